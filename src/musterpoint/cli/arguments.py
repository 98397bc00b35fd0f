"""The grammar of the command line: verbs, their arguments, and help that teaches."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from musterpoint import __version__
from musterpoint.cli import (
    grammar_followup,
    grammar_github,
    grammar_issue,
    grammar_publication,
    grammar_reminders,
    grammar_slack,
    grammar_tokens,
    grammar_writeup,
)
from musterpoint.cli.grammar import TIMES, Parser, Verbs, at, reference, unseen, verb
from musterpoint.core.incident import Kind, Severity, Status
from musterpoint.core.journal import MarkKind, RowKind

ABOUT = """\
Incident response: declare, work in the thread, resolve, and get a timeline in which every row cites its evidence.

  musterpoint declare "Checkout answers 502" --affected "web shop"
  musterpoint note 1 "All 502s come from the new pods"
  musterpoint did 1 "Rolled back to 4.1.2" --at 14:20
  musterpoint resolve 1
  musterpoint timeline 1 --format markdown

or take in a thread that exists already:

  musterpoint import slack-thread replies.json --users users.json
"""


def parse(words: Sequence[str]) -> argparse.Namespace | None:
    """The options of one command; None when help or the version was asked for and told. Raises Usage."""
    Parser.words = words
    parser = _grammar()
    if not words:
        parser.print_help()
        return None
    try:
        return parser.parse_args(list(words))
    except SystemExit:
        return None


def parse_unseen(words: Sequence[str]) -> argparse.Namespace | None:
    """The same for words from elsewhere: no help is shown here."""
    token = unseen.set(True)
    try:
        return parse(words)
    finally:
        unseen.reset(token)


def _grammar() -> argparse.ArgumentParser:
    parser = Parser(
        prog="musterpoint", description=ABOUT, epilog=TIMES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"musterpoint {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _installation(verbs)
    _incident(verbs)
    _marks_and_people(verbs)
    _status(verbs)
    _shape(verbs)
    _import(verbs)
    _reading(verbs)
    for group in (grammar_writeup, grammar_issue, grammar_followup, grammar_publication, grammar_reminders):
        group.add(verbs)
    _people(verbs)
    grammar_tokens.add(verbs)
    grammar_slack.add(verbs)
    grammar_github.add(verbs)
    _keeping(verbs)
    return parser


def _installation(verbs: Verbs) -> None:
    parser = verb(verbs, "init", "make the home: database, secret key, settings; you become its admin", acts=False)
    parser.add_argument("--name", default="", help="your name (default: the operating system's)")
    verb(verbs, "check", "look at everything that this installation needs, and say what to mend", acts=False)
    for name, help in (
        ("serve", "run pages and engine in one process"),
        ("web", "run the pages alone; workers carry effects out (PostgreSQL)"),
    ):
        parser = verb(verbs, name, help, acts=False)
        parser.add_argument("--bind", default="", help="address to listen on (default: [server] bind)")
        parser.add_argument("--port", type=int, default=None, help="port (default: [server] port; 0 takes a free one)")
    verb(verbs, "worker", "run the engine alone (PostgreSQL; any number, on any host)", acts=False)
    verb(verbs, "migrate", "bring the database to this version's schema", acts=False)


def _incident(verbs: Verbs) -> None:
    parser = verb(verbs, "declare", "declare an incident", more=TIMES)
    parser.add_argument("title", help="what is wrong, in a few words")
    parser.add_argument("--affected", default="", help="what is affected")
    parser.add_argument("--severity", choices=[each.value for each in Severity])
    parser.add_argument(
        "--security",
        choices=["no", "unsure", "yes"],
        default="no",
        help="could security or personal data be involved? unsure and yes restrict it to you and the security team",
    )
    parser.add_argument("--detected", default="", metavar="TIME", help="when it was noticed")
    at(parser, "when it was declared (default: now)")
    for name, help in (("note", "write into the incident's thread"), ("did", "write down what was done")):
        parser = verb(verbs, name, help, more=TIMES)
        parser.add_argument("ref", metavar="REF", type=reference)
        parser.add_argument("text", help="the text, or - to read it from standard input")
        at(parser)
        if name == "note":
            parser.add_argument("--mark", choices=[each.value for each in MarkKind], help="mark it at once")


def _marks_and_people(verbs: Verbs) -> None:
    parser = verb(verbs, "mark", "mark a message or a note")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("entry", metavar="ENTRY", help="its number in `thread REF`, or its reference")
    parser.add_argument("mark", choices=[each.value for each in MarkKind])
    parser.add_argument("--off", action="store_true", help="take the mark away")
    parser = verb(verbs, "lead", "say who co-ordinates")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("who", nargs="?", metavar="PERSON", help="default: you")
    parser.add_argument("--none", action="store_true", help="nobody leads any more")
    at(parser)
    parser = verb(verbs, "severity", "say how severe it is")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("level", help="critical, major, minor (or your own names), or none")
    at(parser)
    parser = verb(verbs, "huddle", "open a thread for what is typed while people talk, or say whether a huddle runs")
    parser.add_argument("ref", metavar="REF", type=reference)
    said = parser.add_mutually_exclusive_group()
    said.add_argument("--runs", action="store_true", help="one runs, of which the chat has not told")
    said.add_argument(
        "--not-needed", action="store_true", dest="unneeded", help="none is needed; nobody is asked again"
    )
    parser = verb(verbs, "nominate", "say who raises the issue (authority only)")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("who", metavar="PERSON")


def _status(verbs: Verbs) -> None:
    for name, help in (
        ("resolve", "customers are no longer impacted"),
        ("relapse", "customers are impacted again: take the resolution back"),
        ("cancel", "it was no incident, or repeats another"),
    ):
        parser = verb(verbs, name, help, more=TIMES)
        parser.add_argument("ref", metavar="REF", type=reference)
        parser.add_argument("--reason", default="", help="in a few words")
        if name == "cancel":
            parser.add_argument("--duplicate-of", default="", metavar="REF", dest="duplicate_of")
        else:
            at(parser)


def _shape(verbs: Verbs) -> None:
    parser = verb(verbs, "merge", "make one incident of two: REF becomes a duplicate of INTO, which reads both threads")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("into", metavar="INTO", type=reference)
    parser = verb(verbs, "split", "make two incidents of one: everything from an entry on becomes a new one")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--from", dest="first", required=True, metavar="ENTRY", help="the first entry of the new one")
    parser.add_argument("--title", required=True, help="title of the new one")
    parser = verb(
        verbs, "restrict", "security or personal data is involved: only you, its lead and the security team see it"
    )
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--why", default="")
    parser = verb(
        verbs, "open-up", "an incident of a private channel is for everybody, with all of its thread (authority only)"
    )
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--why", required=True)
    parser = verb(
        verbs, "correct", "correct a time, the title, or one row's time; the old value stays in the record", more=TIMES
    )
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument(
        "what",
        metavar="WHAT",
        help="impact_began, detected, declared, first_responder, resolved; title, affected; or an ENTRY",
    )
    parser.add_argument("text", nargs="?", default="", help="the new title or description")
    parser.add_argument("--at", default="", metavar="TIME", help="the right time")
    parser.add_argument("--unknown", action="store_true", help="the time is not known")
    parser.add_argument("--confirm", action="store_true", help="take the time that the record proposes (see `show`)")
    parser.add_argument("--evidence", default="", metavar="ENTRY", help="the entry that supports it")
    parser.add_argument("--why", default="")


def _import(verbs: Verbs) -> None:
    outer = verbs.add_parser("import", help="take in a thread of chat", description="Take in a thread of chat.")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    parser = verb(kinds, "slack-thread", "take in the answer of Slack's conversations.replies")
    parser.add_argument("file", help="JSON file")
    parser.add_argument("--users", default="", metavar="FILE", help="users.json, or the answer of users.list")
    parser.add_argument("--channel", default="", help="the channel's id (C…) or name")
    parser.add_argument("--huddle", default="", metavar="FILE", help="a second thread: the huddle's own")
    _import_options(parser)
    parser = verb(kinds, "slack-export", "take in a thread out of a Slack export archive")
    parser.add_argument("file", metavar="ZIP_OR_FOLDER")
    parser.add_argument("--channel", required=True, metavar="NAME")
    parser.add_argument("--thread", required=True, metavar="TS", help="the stamp (ts) of the thread's first message")
    parser.add_argument("--huddle-thread", default="", metavar="TS", help="a second thread: the huddle's own")
    _import_options(parser)


def _import_options(parser: Parser) -> None:
    parser.add_argument("--title", default="", help="default: the first message")
    parser.add_argument("--affected", default="", help="what was affected")
    parser.add_argument("--workspace", default="", help="the workspace's address (acme for acme.slack.com), for links")
    parser.add_argument("--security", choices=["no", "unsure", "yes"], default="no")


def _reading(verbs: Verbs) -> None:
    parser = verb(verbs, "list", "list incidents, newest first")
    parser.add_argument("--status", choices=[each.value for each in Status], action="append", default=[])
    parser.add_argument("--kind", choices=[each.value for each in Kind], default="")
    parser.add_argument("--severity", choices=[*(each.value for each in Severity), "none"], default="")
    parser.add_argument("--since", default="", metavar="TIME", help="declared to us since")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--before", default="", metavar="REF", help="continue after this one")
    parser = verb(verbs, "show", "show what is known of an incident")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser = verb(verbs, "thread", "show everything that was said and done, in its order")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--last", type=int, default=0, metavar="N", help="only the last N")
    parser.add_argument("--history", action="store_true", help="unfold what was edited or deleted (responders)")
    parser = verb(verbs, "timeline", "show the timeline, or curate it")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--all", action="store_true", help="rows that somebody dropped, too")
    parser.add_argument("--kept", action="store_true", help="no suggestions")
    parser.add_argument("--why", default="", help="shown beside the row; or the reason of a change")
    change = parser.add_mutually_exclusive_group()
    for name, help in CURATE.items():
        change.add_argument(f"--{name}", default="", metavar="ENTRY", help=help)
    parser.add_argument("--text", default="", help="the new wording, with --reword")
    parser.add_argument("--kind", choices=[each.value for each in RowKind], help="what the row tells, with --keep")
    parser = verb(verbs, "search", "find incidents by words of titles, messages and notes, newest first")
    parser.add_argument("words", nargs="+")
    parser.add_argument("--limit", type=int, default=20)


CURATE = {
    "keep": "keep the row of this entry",
    "drop": "drop it",
    "reword": "say it in other words (--text)",
    "reset": "take earlier decisions about it back",
    "undo": "take the last change of it back",
    "public": "show it to the public, in the post",
    "private": "keep it from the public",
}


def _people(verbs: Verbs) -> None:
    outer = verbs.add_parser("people", help="who is who", description="Who is who.")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    verb(kinds, "list", "list everybody with roles and identities")
    parser = verb(kinds, "add", "add a person")
    parser.add_argument("name")
    parser.add_argument("--role", choices=["admin", "responder", "viewer"], default="responder")
    parser.add_argument("--zone", default="", help="time zone, e.g. Europe/Berlin")
    parser.add_argument("identity", nargs="*", metavar="IDENTITY", help="slack:U…, github:LOGIN, email:…, account:…")
    parser = verb(kinds, "invite", "make a link by which somebody joins with an account")
    parser.add_argument("email", nargs="?", default="", metavar="EMAIL", help="theirs; it counts as confirmed")
    parser.add_argument("--role", choices=["admin", "responder", "viewer"], default="responder")
    parser.add_argument("--for", dest="who", default="", metavar="PERSON", help="they are this person")
    parser = verb(kinds, "sign-in", "make a link by which a person signs in once")
    parser.add_argument("who", metavar="PERSON")
    parser = verb(kinds, "link", "say that an identity is a person's")
    parser.add_argument("who", metavar="PERSON")
    parser.add_argument("identity", metavar="IDENTITY", help="slack:U…, github:LOGIN, email:…, account:…")
    parser = verb(kinds, "unlink", "take an identity away from its person")
    parser.add_argument("identity", metavar="IDENTITY")
    parser = verb(kinds, "merge", "two people are one: the second keeps everything")
    parser.add_argument("who", metavar="PERSON")
    parser.add_argument("into", metavar="INTO")
    parser = verb(kinds, "set", "change a person's name, role or zone")
    parser.add_argument("who", metavar="PERSON")
    parser.add_argument("--name", default="")
    parser.add_argument("--role", choices=["admin", "responder", "viewer"], default="")
    parser.add_argument("--zone", default=None)


def _keeping(verbs: Verbs) -> None:
    outer = verbs.add_parser("effects", help="what goes outside: waiting, parked, done")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", parser_class=Parser)
    _effects_options(outer)
    _effects_options(verb(kinds, "list", "list what waits and what is parked"), own=False)
    parser = verb(kinds, "retry", "try a parked or dropped effect again; the other side is looked at first")
    parser.add_argument("key", metavar="KEY")
    parser = verb(kinds, "drop", "leave an effect; it stays visible with the reason")
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--reason", required=True)
    verb(kinds, "release", "after a restore: let effects go out again")
    verb(kinds, "run", "carry out here what waits; an engine (serve, worker) does so by itself")
    parser = verb(verbs, "export", "write all of an incident as Markdown and JSON Lines")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("--to", default="", metavar="FOLDER", help="default: exports/ in the home")
    parser = verb(
        verbs, "backup", "write database, files and settings into one archive, while everything runs", acts=False
    )
    parser.add_argument("--to", default="", metavar="FILE", help="default: backups/ in the home")
    parser = verb(verbs, "restore", "put a backup back; refuses while a process lives", acts=False)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--yes", action="store_true", help="replace what is there")
    parser = verb(verbs, "redact", "remove a secret or personal data for good, everywhere it is in our reach")
    parser.add_argument("ref", metavar="REF", type=reference)
    parser.add_argument("entry", nargs="?", default="", metavar="ENTRY", help="the entry whose whole text goes")
    parser.add_argument(
        "--text", default="", help="or: this text goes, wherever the incident holds it (- reads it from standard input)"
    )
    parser.add_argument("--why", required=True)


def _effects_options(parser: argparse.ArgumentParser, *, own: bool = True) -> None:
    parser.add_argument("--all", action="store_true", help="done and dropped ones, too")
    if own:
        parser.add_argument("--format", choices=["text", "json", "markdown"], default="text")
        parser.add_argument("--as", dest="person", default="", metavar="PERSON")
        parser.add_argument("--wait", type=float, default=0.0, help=argparse.SUPPRESS)
