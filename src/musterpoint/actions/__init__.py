"""Everything that can be done to an incident. Each action decides (in `core`), records and enqueues in one transaction.

Every action takes a `Call` (on whose behalf, through which surface, when) and raises NotAllowed or NotFound, both with
a message and a hint for the person; nothing is written then.
"""

from musterpoint.actions.begin import Declared as Declared
from musterpoint.actions.begin import declare
from musterpoint.actions.huddle import huddle
from musterpoint.actions.recording import Call
from musterpoint.actions.redaction import redact
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
)

__all__ = [
    "Call",
    "cancel",
    "confirm",
    "correct_row",
    "correct_text",
    "correct_time",
    "curate",
    "declare",
    "did",
    "huddle",
    "lead",
    "mark",
    "merge",
    "nominate",
    "note",
    "redact",
    "relapse",
    "resolve",
    "restrict",
    "severity",
    "split",
]
