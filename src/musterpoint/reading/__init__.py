"""What surfaces show: the same shapes for command line, pages and API. Read only, through `access`.

One module for each thing that is shown; those of the incident itself are here as well.
"""

from musterpoint.reading.incident import (
    incident_shape,
    proposal_shape,
    proposals_of,
    row_shape,
    rows_of,
    shown,
    thread_of,
    zones,
)

__all__ = [
    "incident_shape",
    "proposal_shape",
    "proposals_of",
    "row_shape",
    "rows_of",
    "shown",
    "thread_of",
    "zones",
]
