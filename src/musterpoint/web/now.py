"""What happens now: what affects customers, what is left to do, what waits for whoever looks. It renews itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from musterpoint.actions import Call
from musterpoint.core.incident import Role
from musterpoint.reading import now as reading
from musterpoint.reading.due import Waits, waiting_for_me
from musterpoint.web.asked import Asked, signed_in
from musterpoint.web.where import solved_at

#: Incidents that are looked at for each reason why something may wait for a person; things shown of each group.
LOOKED_AT, SHOWN = 20, 12
GROUPS = ("Now", "Overdue", "Waiting", "Put off")


@require_safe
@signed_in
def now(request: Asked) -> HttpResponse:
    return render(request, "now.html", _told(request.call))


@require_safe
@signed_in
def renewed(request: Asked) -> HttpResponse:
    """The same for a page that is open and shows `?open=` incidents, if anything has changed since (`?stamp=`)."""
    if not request.htmx:
        return redirect("/")
    if request.GET.get("stamp") == _stamp(request.call, reading.stamp(request.call)):
        return HttpResponse(status=204)
    told = _told(request.call)
    return render(request, "now_renewed.html", {**told, "say": request.GET.get("open") != str(told["open_count"])})


def _told(call: Call) -> dict[str, Any]:
    shown = reading.happening(call)
    names = {each.value: name for each, name in call.process.severities.items()}
    for each in (*shown["open"], *shown["resolved"]):
        each["severity_name"] = names.get(each["severity"], "")
    for each in shown["resolved"]:
        for step in each["left"]:
            step["url"] = solved_at(step["code"], each["ref"])
    groups, more = _groups(call)
    return {
        **shown,
        "groups": groups,
        "more": more,
        "stamp": _stamp(call, shown["stamp"]),
        "counted": shown["open_count"] < reading.COUNTED,
        "admin": call.actor.role is Role.ADMIN,
        "may": call.actor.role is not Role.VIEWER,
    }


def _stamp(call: Call, shown: str) -> str:
    """Tells whether the page shows what is. What waits for somebody depends on the clock: looked at each minute."""
    return f"{shown}-{call.now:%H%M}"


def _groups(call: Call) -> tuple[list[dict[str, Any]], bool]:
    found, more = waiting_for_me(call, LOOKED_AT)
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for each in found:
        groups[_group(each)].append(_row(each))
    shown = [
        {"name": name, "rows": rows[:SHOWN], "left": max(0, len(rows) - SHOWN)} for name, rows in groups.items() if rows
    ]
    return shown, more


def _group(waits: Waits) -> str:
    if waits.due.dismissed or waits.due.until:
        return "Put off"
    if waits.due.urgent:
        return "Now"
    return "Overdue" if waits.due.name.startswith("action_overdue") else "Waiting"


def _row(waits: Waits) -> dict[str, Any]:
    due = waits.due
    return {
        "ref": waits.ref,
        "title": waits.title,
        "text": due.text,
        "since": due.since,
        "until": due.until,
        "name": due.name,
        "url": solved_at(due.name, waits.ref),
    }


urls: list[URLPattern] = [path("", now), path("now", renewed)]
