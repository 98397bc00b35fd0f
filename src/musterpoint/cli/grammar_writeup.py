"""The verbs of the write-up."""

from __future__ import annotations

import argparse

from musterpoint.cli.grammar import Parser, Verbs, reference, verb
from musterpoint.core.writeup_parts import PARTS

NAMES = tuple(part.name for part in PARTS)
ABOUT = f"""\
PART is one of: {", ".join(NAMES[:5])},
{", ".join(NAMES[5:])}. Each is composed from the record until somebody writes it; then their words stand, and what
changed in the record since is shown. Every version is kept: where two people write the same part at the same time, the
first one's text stands and the second one is shown both.

  musterpoint writeup show 1
  musterpoint writeup edit 1 factors
  musterpoint writeup set 1 summary "Checkout failed for all shops." --base 0
  musterpoint writeup check 1
  musterpoint writeup done 1
"""


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    outer = verbs.add_parser(
        "writeup",
        help="the write-up: show, edit, check, finish",
        description="The write-up: summary, impact, timeline, RCA.",
        epilog=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    parser = _on(kinds, "show", "show it: what stands, whose words, what changed since, what is open", part="?")
    parser.add_argument("--versions", action="store_true", help="all that people wrote, also what stands no longer")
    parser.add_argument("--composed", action="store_true", help="what the record says, whoever's words stand")
    _on(kinds, "edit", "edit it in your editor ($VISUAL, $EDITOR), as a whole or one part", part="?")
    parser = _on(kinds, "set", "write one part", part="")
    parser.add_argument("words", nargs="?", default=None, metavar="TEXT", help="Markdown; - reads standard input")
    parser.add_argument("--text", default=None, help="the same as an option, for texts that begin with a dash")
    parser.add_argument(
        "--base", type=int, default=None, metavar="VERSION", help="the version that you saw; 0 is the composed one"
    )
    parser.add_argument("--composed", action="store_true", help="let the part be composed from the record again")
    _on(kinds, "done", "mark it as done: with the last action done, the issue closes")
    parser = _on(kinds, "reopen", "take it up again")
    parser.add_argument("--reason", default="", help="in a few words")
    _on(kinds, "check", "read it as a careful colleague would; advice, never a block")


def _on(kinds: Verbs, name: str, help: str, part: str | None = None) -> Parser:
    """`part`: how argparse counts it; REF and PART may stand in either order."""
    parser = verb(kinds, name, help, more=ABOUT if part is not None else "")
    parser.add_argument("ref", metavar="REF", type=reference)
    if part == "?":
        parser.add_argument("part", nargs="?", default="", metavar="PART", help="default: all of them")
    elif part is not None:
        parser.add_argument("part", metavar="PART")
    return parser
