"""What stands above every page of an incident, and the pages (tabs) that it has."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from musterpoint import reading
from musterpoint.core.given_up import given_up
from musterpoint.core.incident import Severity
from musterpoint.core.not_taken import not_taken
from musterpoint.web.asked import Asked
from musterpoint.web.where import solved_at

TABS = (
    ("thread", "Thread"),
    ("timeline", "Timeline"),
    ("writeup", "Write-up"),
    ("actions", "Actions"),
    ("publication", "Publication"),
    ("record", "Record"),
)


def head(request: Asked, ref: str) -> dict[str, Any]:
    """`reading.head`, and what a page adds: since when customers were affected, links, where each blocker is solved.

    Raises NotFound.
    """
    shape = reading.head(request.call, ref)
    times = shape["milestones"]
    begun = times["impact_began"] or times["detected"] or times["declared"]
    severity = Severity(shape["severity"]) if shape["severity"] else None
    return {
        **shape,
        "not_taken": not_taken(shape["issue"]["dropped"]) if shape["issue"] else "",
        "given_up": given_up(shape["issue"]["given_up"]) if shape["issue"] else "",
        "affected_since": begun["at"] if begun else None,
        "severity_name": request.call.process.severities[severity] if severity else "",
        "blockers": [{**each, "url": solved_at(each["code"], shape["ref"])} for each in shape["blockers"]],
        "links": [{"url": each["url"], "text": _called(each)} for each in shape["threads"] if each["url"]],
    }


def _called(thread: dict[str, Any]) -> str:
    return "Huddle" if thread["role"] == "huddle" else f"Thread in #{thread['channel'].removeprefix('#')}"


def page(
    request: Asked, ref: str, tab: str, told: dict[str, Any] | None = None, *, template: str = "", status: int = 200
) -> HttpResponse:
    """One page of an incident: `incident/TAB.html`, which extends `incident/base.html`. `told` is what it shows."""
    known = {"head": head(request, ref), "tab": tab, "tabs": TABS, **(told or {})}
    return render(request, template or f"incident/{tab}.html", known, status=status)
