"""The verbs of Slack: what to paste there, and whether all of it works."""

from __future__ import annotations

from musterpoint.cli.grammar import Parser, Verbs, verb

ABOUT = """\
Paste the manifest at https://api.slack.com/apps: Create New App, From a manifest. docs/slack.md leads through it all.

  musterpoint slack manifest --socket
  musterpoint slack check
"""


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    outer = verbs.add_parser("slack", help="Slack: the app's manifest, and a check", description="Slack.")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    parser = verb(kinds, "manifest", "print the manifest that Slack makes the app of", acts=False, more=ABOUT)
    parser.add_argument("--socket", action="store_true", help="for Socket Mode, which needs no public address")
    verb(kinds, "check", "try token, scopes, channel, history and the way back, and say what to mend", acts=False)
