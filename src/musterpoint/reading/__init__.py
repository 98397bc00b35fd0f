"""What surfaces show: the same shapes for command line, pages and API. Read only, through `access`.

One module for each thing that is shown; those of the incident itself are here as well.
"""

from musterpoint.reading.actions import action_shapes, actions_of, all_actions
from musterpoint.reading.incident import (
    head,
    incident_shape,
    proposal_shape,
    proposals_of,
    row_shape,
    rows_of,
    shown,
    zones,
)
from musterpoint.reading.issue import issue_shape
from musterpoint.reading.thread import thread_of

__all__ = [
    "action_shapes",
    "actions_of",
    "all_actions",
    "head",
    "incident_shape",
    "issue_shape",
    "proposal_shape",
    "proposals_of",
    "row_shape",
    "rows_of",
    "shown",
    "thread_of",
    "zones",
]
