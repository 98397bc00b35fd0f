"""`./run demo [--once]`: gives the demo a home of its own, plays it, and serves the pages of what it played.

The home of the user who runs it is never touched: the variables that name one are set anew before anything is read.
"""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ABOUT = (
    "A whole incident on this machine, from the declaration to the public post, in a folder of its own; then its pages."
)
FOREIGN = ("DATABASE_URL", "DATABASE_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE", "MUSTERPOINT_HOME_FILE")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run demo", description=ABOUT)
    parser.add_argument("--once", action="store_true", help="go through without a pause, serve no pages, end by itself")
    options = parser.parse_args(arguments)
    pauses = not options.once and sys.stdin.isatty() and sys.stdout.isatty()
    home = Path(tempfile.mkdtemp(prefix="musterpoint-demo-"))
    _prepare(home)
    from musterpoint.demo.stage import perform

    try:
        perform(home, pauses)
    except KeyboardInterrupt:
        print(f"\nStopped. What was played so far is in {home}")
        return 130
    if options.once:
        return 0
    from musterpoint.demo.site import serve

    code = serve(home, f"account:{getpass.getuser()}", "ingrid")
    if pauses and _goes():
        shutil.rmtree(home)
    return code


def _prepare(home: Path) -> None:
    """Point everything at the demo's home, before the settings are read."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ["MUSTERPOINT_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "musterpoint.settings"
    import django

    django.setup()


def _goes() -> bool:
    """Whether the folder may go; without an answer it stays."""
    try:
        return input("Enter removes that folder, k keeps it: ").strip().casefold() != "k"
    except (EOFError, KeyboardInterrupt):
        print()
        return False


if __name__ == "__main__":
    sys.exit(main())
