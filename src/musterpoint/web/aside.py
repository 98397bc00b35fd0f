"""What stands beside the thread: what keeps the incident from closing, the steps that may be done now, its times."""

from __future__ import annotations

from typing import Any

from musterpoint.core.incident import Milestone
from musterpoint.web.asked import Asked
from musterpoint.web.step_form import Head, form, lists, turn_to
from musterpoint.web.steps import MILESTONES, STEPS, TIMES

#: The steps that lead on, in the order of the process: the one that is possible is the one to see first.
ONWARD = ("resolve", "raise", "close")


def aside(request: Asked, head: Head) -> dict[str, Any]:
    """For `incident/aside.html`; only steps that this person could take now."""
    forms = [form(request, head, each) for each in STEPS if each.needs in head["can"] and not each.elsewhere]
    onward = next((name for name in ONWARD if name in head["can"]), "")
    first = next((each for each in forms if each["step"].needs == onward), None)
    left = [each for each in forms if each is not first]
    secret = head["restricted"] and not head["confined"]
    return {
        "first": first,
        "steps": [each for each in left if not each["step"].rare],
        "more": [each for each in left if each["step"].rare],
        "times": _times(request, head),
        "turn_to": turn_to(request.call.process.security_contact) if secret else "",
        "confined": head["confined"],
        "captured": [each for each in head["threads"] if each["coverage"]],
        **lists(request),
    }


def _times(request: Asked, head: Head) -> list[dict[str, Any]]:
    """Each milestone with its time, and the form that corrects it where that may be done."""
    may = "note" in head["can"]
    found = []
    for milestone in Milestone:
        moment, step = head["milestones"][milestone.value], TIMES.get(milestone)
        fixed = step is None or (milestone is Milestone.RESOLVED and moment is None)
        label = MILESTONES.get(milestone, milestone.value.replace("_", " ").capitalize())
        corrected = None if fixed or not may or step is None else form(request, head, step)
        found.append({"label": label, "moment": moment, "form": corrected})
    return found
