"""The verbs of GitHub: what makes the app, what takes its secrets over, and whether all of it works."""

from __future__ import annotations

from musterpoint.cli.grammar import Parser, Verbs, verb

ABOUT = """\
Open the page in a browser, press its button, and take the code over that GitHub answers with.
docs/github.md leads through it all, also with a token and no app.

  musterpoint github manifest --to app.html
  musterpoint github app CODE
  musterpoint github check
"""


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
    outer = verbs.add_parser("github", help="GitHub: the app, and a check", description="GitHub.")
    kinds = outer.add_subparsers(dest="what", metavar="WHAT", required=True, parser_class=Parser)
    parser = verb(kinds, "manifest", "print the manifest that GitHub makes the app of", acts=False, more=ABOUT)
    parser.add_argument("--organisation", default="", metavar="ORG", help="the app is that organisation's")
    parser.add_argument("--address", default="", metavar="URL", help="ours (default: MUSTERPOINT_ADDRESS)")
    parser.add_argument("--poll-only", action="store_true", help="GitHub calls nobody; no public address is needed")
    parser.add_argument("--to", default="", metavar="FILE", help="write a page that posts it to GitHub instead")
    parser = verb(kinds, "app", "take the new app's key and secret over into the home", acts=False)
    parser.add_argument("code", metavar="CODE", help="what GitHub answered with: the code, or the whole address")
    parser.add_argument("--force", action="store_true", help="though the home has those of another app")
    verb(kinds, "check", "try credentials, rights, labels, the way back and more, and say what to mend", acts=False)
