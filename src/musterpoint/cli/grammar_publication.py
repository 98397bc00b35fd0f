"""The verbs of the public post."""

from __future__ import annotations

import argparse

from musterpoint.cli.grammar import Parser, Verbs, reference, verb

ABOUT = """\
The public post. Every availability incident gets one unless somebody with authority decides otherwise.

  musterpoint publication draft 7          what the record makes of it
  musterpoint publication rows 7           which rows of the timeline the public sees
  musterpoint publication edit 7           in your own words
  musterpoint publication check 7          what to look at before it goes out
  musterpoint publication publish 7        onto the website
"""


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    outer = verbs.add_parser(
        "publication",
        help="the public post: decide, draft, edit, check, publish",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    _one(kinds, "show", "show the decision, the revisions, and what the record has that the post has not")
    parser = _one(kinds, "decide", "decide whether there is a post; skipping it needs authority and a reason")
    parser.add_argument("decision", choices=["publish", "skip", "undecided"])
    parser.add_argument("--reason", default="", metavar="WHY", help="needed to skip")
    _one(kinds, "draft", "print the post as it would be published now")
    _one(kinds, "rows", "list the rows of the timeline as the public would read them, chosen or not")
    parser = _one(kinds, "edit", "open $VISUAL or $EDITOR on the post, and keep what you wrote")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--from", dest="file", default="", metavar="FILE", help="take this file's text (- is the input)")
    how.add_argument("--composed", action="store_true", help="let it be composed from the record again")
    _one(kinds, "check", "list what to look at before it is published")
    parser = _one(kinds, "publish", "publish it, or its next revision, onto the website")
    parser.add_argument(
        "--anyway", action="store_true", help="though it holds a customer's name, or what looks like a secret"
    )


def _one(kinds: Verbs, name: str, help: str) -> Parser:
    parser = verb(kinds, name, help)
    parser.add_argument("ref", metavar="REF", type=reference)
    return parser
