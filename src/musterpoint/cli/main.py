"""`musterpoint`: reads the arguments, sets up, runs one verb, tells its answer or its refusal.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Nothing heavy is imported before a verb needs it.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence

from musterpoint.cli import afar
from musterpoint.cli.answer import refuse
from musterpoint.cli.arguments import parse
from musterpoint.cli.grammar import Usage
from musterpoint.environment import environment

#: These show pages or make tables; for the others the parts of the pages are not even loaded.
WITH_PAGES = ("init", "migrate", "serve", "web", "worker", "restore")


def main(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a character that cannot be read or shown is no reason to fail
    words = [word.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for word in arguments or sys.argv[1:]]
    try:
        options = parse(words)
    except Usage as error:
        return refuse(error.form, "usage", str(error), error.hint, status=2)
    if options is None:
        return 0
    try:
        url = "" if afar.full(options) in afar.LOCAL else environment("MUSTERPOINT_URL").strip()
        if not url:
            _set_up(options.verb)
    except (ValueError, OSError) as error:
        return refuse(options.format, "configuration", str(error), "See docs/configuration.md.")
    return _told(options, lambda: _run(options, words, url))


def _set_up(verb: str) -> None:
    """Raises ValueError, OSError."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musterpoint.settings")
    import django

    from musterpoint import settings

    if verb not in WITH_PAGES:
        settings.INSTALLED_APPS = settings.TABLES
    django.setup()


def _run(options: argparse.Namespace, words: Sequence[str], url: str) -> int:
    """Here, or at the server that the environment names."""
    if url:
        from musterpoint.cli import remote

        return remote.run(options, words, url)
    from musterpoint.cli.running import run

    return run(options)


def _told(options: argparse.Namespace, run: Callable[[], int]) -> int:
    try:
        return run()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return refuse(options.format, "interrupted", "Stopped.", "What was acknowledged is kept.", status=130)


if __name__ == "__main__":
    sys.exit(main())
