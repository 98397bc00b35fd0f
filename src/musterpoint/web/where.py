"""Where on the pages a thing is solved: for each blocker and each reminder the address that does it."""

from __future__ import annotations

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
