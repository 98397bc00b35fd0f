"""Which verbs a server carries out for somebody elsewhere, and the scope that each needs. No other is asked of it."""

from __future__ import annotations

import argparse

from musterpoint.cli.arguments import CURATE

READ, WRITE, ADMIN = "read", "write", "admin"
#: These concern this machine, whatever server there is.
LOCAL = (
    *("init", "check", "serve", "web", "worker", "migrate", "backup", "restore"),
    *("import slack-thread", "import slack-export", "slack manifest", "slack check"),
    *("github manifest", "github app", "github check"),
)
_ENGINE = "the engine of a server does it by itself"
_LETS_IN = "it lets somebody in, which a token does not; an admin can on the page Settings, People"
#: What is done where the database is, or on a page, and why.
NOT_FROM_AFAR = {"effects run": _ENGINE, "remind pass": _ENGINE, "people invite": _LETS_IN, "people sign-in": _LETS_IN}
SCOPES = {
    **dict.fromkeys(["list", "show", "thread", "timeline", "search", "due", "conformance", "blockers", "export"], READ),
    **dict.fromkeys(["writeup show", "writeup check", "issue show", "action list"], READ),
    **dict.fromkeys([f"publication {what}" for what in ("show", "draft", "rows", "check")], READ),
    **dict.fromkeys(["people list", "effects", "effects list", "token list"], READ),
    **dict.fromkeys(["declare", "note", "did", "mark", "lead", "severity", "nominate", "huddle"], WRITE),
    **dict.fromkeys(["resolve", "relapse", "cancel", "merge", "split", "restrict", "open-up"], WRITE),
    **dict.fromkeys(["correct", "redact"], WRITE),
    **dict.fromkeys([f"writeup {what}" for what in ("edit", "set", "done", "reopen")], WRITE),
    **dict.fromkeys(["raise", "close"], WRITE),
    **dict.fromkeys([f"issue {what}" for what in ("edit", "tick", "close", "reopen", "comment", "override")], WRITE),
    **dict.fromkeys([f"action {what}" for what in ("add", "assign", "due", "set", "issue")], WRITE),
    **dict.fromkeys([f"action {what}" for what in ("done", "decline", "reopen")], WRITE),
    **dict.fromkeys([f"publication {what}" for what in ("decide", "edit", "publish")], WRITE),
    **dict.fromkeys([f"remind {what}" for what in ("snooze", "dismiss", "resume")], WRITE),
    **dict.fromkeys([f"effects {what}" for what in ("retry", "drop", "release")], WRITE),
    **dict.fromkeys(["token issue", "token revoke"], WRITE),
    **dict.fromkeys([f"people {what}" for what in ("add", "link", "unlink", "merge", "set")], ADMIN),
}


def full(options: argparse.Namespace) -> str:
    """The verb with its second word, if that is part of it: `issue show`, and `correct` whatever is corrected."""
    both = f"{options.verb} {getattr(options, 'what', None)}"
    return both if both in SCOPES or both in LOCAL or both in NOT_FROM_AFAR else str(options.verb)


def scope(options: argparse.Namespace) -> str:
    """The scope that these words need; empty for what is not done for somebody elsewhere."""
    if options.verb == "timeline" and any(getattr(options, name) for name in CURATE):
        return WRITE
    return ADMIN if options.verb == "token" and getattr(options, "all", False) else SCOPES.get(full(options), "")
