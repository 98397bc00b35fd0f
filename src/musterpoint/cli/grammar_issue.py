"""The verbs of the issue: raise, close, and what people do to it."""

from __future__ import annotations

from musterpoint.cli.grammar import Parser, Verbs, reference, verb

GUARD = """\
The issue stays open until the write-up is marked as done and no action is open; then it closes by itself. Closed early
it is opened again, with the reason. Somebody with authority may override that: issue override REF --reason WHY."""


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    parser = verb(verbs, "raise", "raise the incident's issue (its nominee, or authority)", more=GUARD)
    parser.add_argument("ref", metavar="REF", type=reference)
    parser = verb(verbs, "blockers", "say why an incident cannot close yet, and what to do about it")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser = verb(verbs, "close", "close an incident that has nothing left to do", more=GUARD)
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--reason", default="", help="in a few words")
    parser.add_argument(
        "--override", default="", metavar="WHY", help="authority only: close it though write-up or actions are open"
    )
    _issue(verbs)


def _issue(verbs: Verbs) -> None:
    outer = verbs.add_parser(
        "issue",
        help="see the issue and work on it, as on a tracker's page",
        description="See the issue and work on it, as on a tracker's page.",
        epilog=GUARD,
    )
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    _on(kinds, "show", "show its text and comments")
    parser = _on(kinds, "edit", "edit its text, in your editor ($VISUAL, $EDITOR)")
    parser.add_argument(
        "--body", default="", metavar="FILE", help="take the new text from a file, or - for standard input"
    )
    parser = _on(kinds, "tick", "tick an action off")
    parser.add_argument("number", type=int, metavar="NUMBER", help="the action's number")
    parser.add_argument("--off", action="store_true", help="take the tick away")
    _on(kinds, "close", "close it; early, it is opened again with the reason")
    _on(kinds, "reopen", "open it again")
    parser = _on(kinds, "comment", "comment on it")
    parser.add_argument("text", help="the text, or - to read it from standard input")
    parser = _on(
        kinds, "override", "authority only: let it close though something is outstanding; an exception on record"
    )
    parser.add_argument("--reason", required=True, metavar="WHY")


def _on(kinds: Verbs, name: str, help: str) -> Parser:
    parser = verb(kinds, name, help)
    parser.add_argument("ref", metavar="REF", type=reference)
    return parser
