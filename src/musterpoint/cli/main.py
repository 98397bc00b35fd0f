"""`musterpoint`: reads the arguments, sets up, runs one verb, tells its answer or its refusal.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Nothing heavy is imported before a verb needs it.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from musterpoint.cli.answer import refuse
from musterpoint.cli.arguments import parse
from musterpoint.cli.grammar import Usage

#: These show pages or make tables; for the others the parts of the pages are not even loaded.
WITH_PAGES = ("init", "migrate", "serve", "web", "restore")


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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musterpoint.settings")
    try:
        import django

        from musterpoint import settings

        if options.verb not in WITH_PAGES:
            settings.INSTALLED_APPS = settings.TABLES

        django.setup()
    except (ValueError, OSError) as error:
        return refuse(options.format, "configuration", str(error), "See docs/configuration.md.")
    from musterpoint.cli.running import run

    try:
        return run(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return refuse(options.format, "interrupted", "Stopped.", "What was acknowledged is kept.", status=130)


if __name__ == "__main__":
    sys.exit(main())
