"""Carries out what concerns the issue: make it, bring it in step with the journal, comment, an issue for an action.

Bringing it in step reads it first. What people wrote there is taken in before anything is written, what stands outside
of our regions stays, and a body that changed meanwhile is read again. Only the newest of several waiting steps writes:
each writes what the journal says by then.
"""

from __future__ import annotations

from collections.abc import Callable

from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import Posted, Refused
from musterpoint.store import models
from musterpoint.tracking import commenting, making, stepping, sub_issues
from musterpoint.tracking.document import incident_of

__all__ = ["KINDS", "deliver", "raised", "sub_issue_made"]

#: Kinds of effect.
KINDS = ("raise", "issue", "comment", "action_issue")
raised = making.raised
sub_issue_made = sub_issues.made


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Carry out an effect of one of the KINDS. `renew` is called before every call outside. Raises Unavailable,
    Refused.

    What became restricted is not told in a tracker that others read: its issue there stays as it was.
    """
    if process.tracker != "local" and effect.kind != "action_issue" and incident_of(effect).restricted:
        if effect.kind == "raise":
            raise Refused("The incident is restricted: an issue in the tracker would show it to others.")
        return Posted("the incident is restricted: nothing is written there")
    tracker = registry.tracker(process)
    match effect.kind:
        case "raise":
            return making.make(tracker, effect, process, renew)
        case "comment":
            return commenting.comment(tracker, effect, process, renew)
        case "action_issue":
            return sub_issues.make(effect, process, renew)
    return stepping.step(tracker, effect, process, renew)
