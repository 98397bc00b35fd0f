"""`python -m bench [NAME ...] [--write]`: measure and print; without a name everything, in this order."""

from __future__ import annotations

import argparse
import importlib
import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from bench.tables import Table

NAMES = {
    "timeline": "how well the timeline drafts itself",
    "record": "a thread of 10,000 messages: import, other writers, timeline",
    "declare": "declaring: one client, eight clients",
    "list": "100,000 incidents: list, show, search (some minutes)",
    "writeup": "a write-up with 500 rows and 60 actions",
    "reminders": "a pass of reminders over 10,000 open incidents",
    "web": "pages and API through HTTP, with 100,000 incidents (some minutes)",
    "slack": "200 events of Slack a second, and a storm of others (some minutes)",
    "github": "how many requests each step of an incident costs at GitHub",
    "start": "start-up times, idle memory, size of the installation",
}
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def main() -> None:
    lines = [f"  {name:10} {what}" for name, what in NAMES.items()]
    reader = argparse.ArgumentParser(
        "./run bench",
        description="Measures, and prints each figure beside its target.\n\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reader.add_argument("names", metavar="NAME", nargs="*", help="what to measure; default: all")
    reader.add_argument("--write", action="store_true", help="also put the figures into docs/performance.md")
    options = reader.parse_args()
    if unknown := set(options.names) - NAMES.keys():
        reader.error(f"there is no measurement called {', '.join(sorted(unknown))}")
    missed = []
    for name in options.names or NAMES:
        missed += _measure(name, write=options.write)
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nNothing misses its target.")


def _measure(name: str, *, write: bool) -> list[str]:
    """Print one set of figures; what of it misses its target."""
    run = importlib.import_module(f"bench.{name}").run
    if name == "timeline":
        with redirect_stdout(io.StringIO()) as printed:
            run()
        print(f"\n{printed.getvalue()}", flush=True)
        if write:
            _write(name, f"```\n{printed.getvalue()}```")
        return []
    tables: list[Table] = run()
    for table in tables:
        print(f"\n{table.text()}", flush=True)
    if write:
        _write(name, "\n\n".join(table.markdown() for table in tables))
    return [f"{table.title}: {each.name}" for table in tables for each in table.figures if each.misses]


def _write(name: str, figures: str) -> None:
    """Between the two marks of that name."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    text = DOCUMENT.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{DOCUMENT} has no place for {name}")
    DOCUMENT.write_text(pattern.sub(lambda _: f"{begin}\n{figures}\n\n{end}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
