"""All incidents: narrowed by what stands in the address, newest first; or the lines in which a search found something.

What makes no sense in the address is told and left out; it never hides a page.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Kind, Severity, Status
from musterpoint.core.worktime import calendar_day
from musterpoint.reading import listing
from musterpoint.web.asked import Asked, signed_in

#: Characters of an address's value that is told back to whoever wrote it; and digits of a number of ours.
TOLD, DIGITS = 40, 18


@require_safe
@signed_in
def incidents(request: Asked) -> HttpResponse:
    call, asked = request.call, request.GET
    problems: list[str] = []
    wanted = _wanted(asked, problems)
    query = asked.get("q", "").strip()
    shown = _searched(call, query, wanted, asked, problems) if query else _listed(call, wanted, asked, problems)
    return render(request, "incidents.html", {**shown, **_filters(call, asked, wanted), "problems": problems})


def _listed(call: Call, wanted: listing.Wanted, asked: QueryDict, problems: list[str]) -> dict[str, Any]:
    before = asked.get("before", "")
    try:
        shown = listing.listed(call, wanted, before)
    except access.NotFound:
        problems.append(f"There is no incident “{before[:TOLD]}” to go on after: this is the beginning of the list.")
        shown = listing.listed(call, wanted)
    names = {each.value: name for each, name in call.process.severities.items()}
    for each in shown["incidents"]:
        each["severity_name"] = names.get(each["severity"], "")
    return {"rows": shown["incidents"], "next": _page(asked, shown["next"])}


def _searched(call: Call, query: str, wanted: listing.Wanted, asked: QueryDict, problems: list[str]) -> dict[str, Any]:
    text = asked.get("before", "")
    before = int(text) if text.isdecimal() and len(text) <= DIGITS else None
    if text and before is None:
        problems.append(f"“{text[:TOLD]}” is no place to go on after: these are the newest.")
    try:
        shown = listing.searched(call, query, wanted, before)
    except NotAllowed as error:
        problems.append(f"{error.message} {error.hint}")
        shown = {"found": [], "lines": 0, "next": None}
    for group in shown["found"]:
        for line in group["lines"]:
            line["url"] = _place(group["ref"], line)
    return {**shown, "query": query, "next": _page(asked, shown["next"])}


def _place(ref: str, line: dict[str, Any]) -> str:
    """Where the line is read in full."""
    if line["kind"] == "writeup_edit":
        return f"/incidents/{ref}/writeup"
    return f"/incidents/{ref}" if line["kind"] == "declaration" else f"/incidents/{ref}/entries/{line['entry']}"


def _wanted(asked: QueryDict, problems: list[str]) -> listing.Wanted:
    def known(name: str, values: list[str]) -> list[str]:
        given = [each for each in asked.getlist(name) if each]
        problems.extend(f"“{each[:TOLD]}” is no {name}." for each in given if each not in values)
        return [each for each in given if each in values]

    wanted = listing.Wanted(
        status=tuple(known("status", [each.value for each in Status])),
        kind=next(iter(known("kind", [each.value for each in Kind])), ""),
        severity=next(iter(known("severity", [*(each.value for each in Severity), "none"])), ""),
        restricted=bool(asked.get("restricted")),
    )
    if since := asked.get("since", "").strip():
        try:
            day = calendar_day(since)
            wanted = replace(wanted, since=datetime(day.year, day.month, day.day, tzinfo=UTC))
        except ValueError:
            problems.append(f"“{since[:TOLD]}” is no day. Write it as 2026-03-02.")
    return wanted


def _filters(call: Call, asked: QueryDict, wanted: listing.Wanted) -> dict[str, Any]:
    names = [(each.value, name) for each, name in call.process.severities.items()]
    return {
        "wanted": wanted,
        "narrowed": wanted != listing.Wanted(),
        "severities": [("", "any"), *names, ("none", "none yet")],
        "kinds": [("", "any"), *((each.value, each.value) for each in Kind)],
        "statuses": [each.value for each in Status],
        "since": asked.get("since", "")[:TOLD],
        "member": access.member_of(call.actor).exists(),
        "continued": bool(asked.get("before")),
    }


def _page(asked: QueryDict, following: object) -> str:
    """The address of the page that follows, under the same filters; empty for none."""
    if following is None:
        return ""
    values = asked.copy()
    values["before"] = str(following)
    return f"/incidents?{values.urlencode()}"


urls: list[URLPattern] = [path("incidents", incidents)]
