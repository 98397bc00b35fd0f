"""The verbs of the follow-up actions."""

from __future__ import annotations

from musterpoint.cli.grammar import Parser, Verbs, reference, verb
from musterpoint.core.aftermath import ActionKind

DATES = """\
DATE is 2026-03-10, 3d, 2w or tomorrow. A message that begins with `TODO:`, and one that is marked `follow_up`, proposes
an action: `action list REF` shows them. The issue stays open until every action is done or declined."""
_KINDS = [each.value for each in ActionKind]


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    outer = verbs.add_parser(
        "action",
        help="follow-up actions: add, assign, finish, decline, list",
        description="Follow-up actions: what is done so that it does not happen again.",
        epilog=DATES,
    )
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    _adding(kinds)
    _changing(kinds)
    _issue(kinds)
    _ending(kinds)
    parser = verb(kinds, "list", "list open actions, overdue and unowned ones first; with REF also what is proposed")
    parser.add_argument("ref", nargs="?", default="", metavar="REF", type=reference, help="default: of all incidents")
    parser.add_argument("--all", action="store_true", help="those done and declined, too")
    parser.add_argument("--owner", default="", metavar="PERSON", help="of this person, or `me`")
    parser.add_argument("--overdue", action="store_true", help="only those whose day has passed")


def _on(kinds: Verbs, name: str, help: str, more: str = "") -> Parser:
    parser = verb(kinds, name, help, more=more)
    parser.add_argument("ref", metavar="REF", type=reference)
    return parser


def _one(kinds: Verbs, name: str, help: str, more: str = "") -> Parser:
    parser = _on(kinds, name, help, more)
    parser.add_argument("number", type=int, metavar="NUMBER", help="the number of the action")
    return parser


def _adding(kinds: Verbs) -> None:
    parser = _on(kinds, "add", "add an action", DATES)
    parser.add_argument("title", nargs="?", default="", metavar="TITLE", help="with --from: the words of the entry")
    parser.add_argument("--owner", default="", metavar="PERSON", help="who does it; anybody, known here or not")
    parser.add_argument("--due", default="", metavar="DATE", help="the day until which it is done")
    parser.add_argument("--kind", choices=_KINDS, help="what it is for")
    parser.add_argument("--tracked", default="", metavar="URL", help="where it is worked on")
    parser.add_argument(
        "--from",
        dest="entry",
        default="",
        metavar="ENTRY",
        help="adopt what this entry proposes; or the address of an existing issue, which becomes the action's",
    )
    parser.add_argument(
        "--issue",
        nargs="?",
        const="",
        metavar="OWNER/REPO",
        help="make an issue of its own in this repository (default: [github] repository)",
    )


def _changing(kinds: Verbs) -> None:
    parser = _one(kinds, "assign", "say who does it")
    parser.add_argument("who", nargs="?", default="", metavar="PERSON", help="default: you")
    parser.add_argument("--none", action="store_true", help="nobody any more")
    parser = _one(kinds, "due", "say until when", DATES)
    parser.add_argument("date", nargs="?", default="", metavar="DATE")
    parser.add_argument("--none", action="store_true", help="no date any more")
    parser = _one(kinds, "set", "change title, kind, or where it is tracked")
    parser.add_argument("--title", default=None)
    parser.add_argument("--kind", choices=[*_KINDS, "none"], help="what it is for")
    parser.add_argument("--tracked", default=None, metavar="URL", help="where it is worked on; empty: nowhere else")


def _issue(kinds: Verbs) -> None:
    parser = _one(kinds, "issue", "give it an issue of its own on the tracker")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--repository", default="", metavar="OWNER/REPO", help="where (default: [github] repository)")
    how.add_argument("--existing", default="", metavar="ADDRESS", help="the issue that is there: OWNER/REPO#12")
    how.add_argument("--none", action="store_true", help="none any more; the issue itself stays as it is")


def _ending(kinds: Verbs) -> None:
    for name, help, why in (
        ("done", "mark an action as done", "what was done, in a few words"),
        ("decline", "decide that it is not done; the reason is told in the issue", "why not: it is needed"),
        ("reopen", "take done or declined back", "why, in a few words"),
    ):
        parser = _one(kinds, name, help)
        parser.add_argument("--reason", default="", metavar="WHY", help=why)
