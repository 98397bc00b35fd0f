"""Where on the pages a thing is solved: for each blocker, each reminder, and each command that a hint names."""

from __future__ import annotations

import re

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

_TABS = {
    "not_resolved": "#steps",
    "issue_not_raised": "#steps",
    "writeup_open": "/writeup#done",
    "action_open": "/actions",
    "publication_undecided": "/publication",
    "publication_pending": "/publication",
    "no_lead": "#steps",
    "no_severity": "#steps",
    "nobody_writes": "#note",
    "still_affected": "#steps",
    "no_huddle": "#steps",
    "huddle_silent": "#note",
    "guard_asked": "#steps",
    "one_step_left": "#steps",
    "writeup_waiting": "/writeup",
    "decision_waiting": "/publication",
    "post_waiting": "/publication",
    "action_overdue": "/actions",
    "action_due": "/actions",
    "action_unowned": "/actions",
    "action_undated": "/actions",
}


def solved_at(name: str, ref: str) -> str:
    """The address for a blocker's code or a reminder's name (`action_due:3` leads to the third action)."""
    kind, _, number = name.partition(":")
    place = _TABS.get(kind, "")
    return f"/incidents/{ref}{place}{f'#action-{number}' if number and place == '/actions' else ''}"


#: How the pages call what a hint names as a command, and where it is; REF follows the verb.
_COMMANDS = {
    "resolve": ("Resolve", "#steps"),
    "relapse": ("Customers are affected again", "#steps"),
    "raise": ("Raise the issue", "#steps"),
    "close": ("Close", "#steps"),
    "nominate": ("Nominate", "#steps"),
    "lead": ("Lead", "#steps"),
    "severity": ("Severity", "#steps"),
    "huddle": ("Huddle", "#steps"),
    "correct": ("Times", "#times"),
    "blockers": ("What is next", ""),
    "thread": ("Thread", ""),
    "timeline": ("Timeline", "/timeline"),
    "writeup": ("Write-up", "/writeup"),
    "action": ("Actions", "/actions"),
    "publication": ("Publication", "/publication"),
    "issue": ("Record", "/record"),
}
_COMMAND = re.compile(
    rf"`?(?:musterpoint )?\b({'|'.join(_COMMANDS)})(?: (?:show|done|list|edit|decide|publish|due|assign))?"
    r" (s-[a-z]{8}|\d+)((?: (?:[A-Z]+\b|detected|resolved|publish\b|--\w+))*)`?"
)
_EFFECTS = re.compile(r"`?(?:musterpoint )?\beffects\b`?")


def led(hint: str) -> str:
    """A hint for the pages, as HTML: the commands in it become links to where the pages do the same."""

    def linked(found: re.Match[str]) -> str:
        name, place = _COMMANDS[found[1]]
        return format_html('<a href="/incidents/{}{}">{}</a>', found[2], place, name)

    text = _COMMAND.sub(linked, str(escape(hint)))
    text = _EFFECTS.sub('<a href="/settings/effects">Effects and events</a>', text)
    return mark_safe(text)  # noqa: S308  (escaped before the links came in)
