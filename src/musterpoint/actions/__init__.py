"""Everything that can be done to an incident. Each action decides (in `core`), records and enqueues in one transaction.

Every action takes a `Call` (on whose behalf, through which surface, when) and raises NotAllowed or NotFound, both with
a message and a hint for the person; nothing is written then.
"""

from musterpoint.actions.action_issue import change_action_issue
from musterpoint.actions.adopting import ThreadPlace as ThreadPlace
from musterpoint.actions.adopting import adopt
from musterpoint.actions.begin import Declared as Declared
from musterpoint.actions.begin import declare
from musterpoint.actions.closing import close, override, raise_issue
from musterpoint.actions.followup import add_action, change_action, end_action
from musterpoint.actions.huddle import huddle, settle_huddle
from musterpoint.actions.opening import answer_security, open_up
from musterpoint.actions.opening import membership as membership
from musterpoint.actions.publishing import choose_row, decide_publication, publish, reset_post, write_post
from musterpoint.actions.recording import Call
from musterpoint.actions.redaction import redact
from musterpoint.actions.reminding import put_off, resume_reminder
from musterpoint.actions.reshaping import merge, restrict, split
from musterpoint.actions.responding import (
    cancel,
    confirm,
    correct_row,
    correct_text,
    correct_time,
    curate,
    did,
    lead,
    mark,
    nominate,
    note,
    relapse,
    resolve,
    severity,
    undo_row,
)
from musterpoint.actions.writeup import reset_part, write_part, writeup_done, writeup_reopen

__all__ = [
    "Call",
    "add_action",
    "adopt",
    "answer_security",
    "cancel",
    "change_action",
    "change_action_issue",
    "choose_row",
    "close",
    "confirm",
    "correct_row",
    "correct_text",
    "correct_time",
    "curate",
    "decide_publication",
    "declare",
    "did",
    "end_action",
    "huddle",
    "lead",
    "mark",
    "merge",
    "nominate",
    "note",
    "open_up",
    "override",
    "publish",
    "put_off",
    "raise_issue",
    "redact",
    "relapse",
    "reset_part",
    "reset_post",
    "resolve",
    "restrict",
    "resume_reminder",
    "settle_huddle",
    "severity",
    "split",
    "undo_row",
    "write_part",
    "write_post",
    "writeup_done",
    "writeup_reopen",
]
