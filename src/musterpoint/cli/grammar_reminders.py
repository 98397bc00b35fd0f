"""The verbs of what is due, reminders, and the record of the process."""

from __future__ import annotations

from musterpoint.cli.grammar import Parser, Verbs, reference, verb

TO_COME = "TIME is 14:20 (the next one, UTC), 2026-03-10, 2026-03-10 09:00; LENGTH is 2h, 3d or 1w."
NAMES = "NAME is what `due` shows in front, such as no_lead or action_overdue:3."


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    parser = verb(verbs, "due", "show what waits for somebody, the most urgent first, and what settles it")
    parser.add_argument("ref", metavar="REF", type=reference, nargs="?", default="", help="in this incident alone")
    parser.add_argument("--for", dest="whom", default="", metavar="PERSON", help="what waits for them; me: for you")
    parser = verb(verbs, "conformance", "show each step of the process with its evidence, or the exception")
    parser.add_argument("ref", metavar="REF", type=reference)
    outer = verbs.add_parser("remind", help="put reminders off, or end them", description="Reminders.")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    parser = verb(kinds, "snooze", "put a reminder off", more=f"{TO_COME}\n{NAMES}")
    _named(parser)
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument("--until", default="", metavar="TIME", help="not before this time")
    when.add_argument("--for", dest="length", default="", metavar="LENGTH", help="not for so long")
    _named(verb(kinds, "dismiss", "let a reminder never come again; what waits goes on waiting", more=NAMES))
    _named(verb(kinds, "resume", "let a reminder come again that was put off or dismissed", more=NAMES))
    verb(kinds, "pass", "give what is due now, where no engine runs (admin only)")


def _named(parser: Parser) -> None:
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("name", metavar="NAME")
