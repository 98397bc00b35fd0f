"""The verbs of tokens: what programs, and the command line on another machine, act with."""

from __future__ import annotations

from musterpoint.cli.grammar import Parser, Verbs, verb

ABOUT = """\
A token acts as its person, within its scopes: read; write, which may read; admin, which may write. It is shown once.

  musterpoint token issue laptop --scope write
  MUSTERPOINT_URL=https://incidents.example.com MUSTERPOINT_TOKEN=mp_… musterpoint list
"""
SCOPES = ("read", "write", "admin")


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    outer = verbs.add_parser("token", help="tokens: issue, list, revoke", description="Tokens.")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    parser = verb(kinds, "issue", "make a token; it is shown this once", more=ABOUT)
    parser.add_argument("name", metavar="NAME", help="what it is for, such as the program or the machine")
    parser.add_argument("--scope", choices=SCOPES, action="append", default=[], help="what it may do (default: read)")
    parser.add_argument("--expires", default="", metavar="WHEN", help="90d (the default), 2w, 2027-01-31, or never")
    parser.add_argument("--for", dest="whom", default="", metavar="PERSON", help="whose it is (admin only)")
    parser = verb(kinds, "list", "list your tokens, without what they are")
    parser.add_argument("--all", action="store_true", help="everybody's (admin only)")
    parser = verb(kinds, "revoke", "let a token work no more; an admin may revoke everybody's")
    parser.add_argument("number", type=int, metavar="ID", help="its number in `token list`")
