"""Once a day everybody of the workspace is read anew, a few pages at a time; whoever an event waits for, at once.

Slack's events tell of changes, but not of those that happened while nobody listened. The state of a pass is one
setting of the database: it goes on after a restart, and after a pause that Slack asked for.
https://docs.slack.dev/reference/methods/users.list (tier 2: 20 calls a minute)
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from musterpoint.core.incident import read_time, time_text
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, ourselves, troubles
from musterpoint.integrations.slack.app.paging import page
from musterpoint.integrations.slack.app.users import row, took, took_all
from musterpoint.integrations.slack.shapes import inner, objects, string
from musterpoint.ports import Refused, Unavailable
from musterpoint.store import models

STATE = "slack_people"
EVERY = timedelta(days=1)
#: How often it is asked who we are: while something is wrong, and else.
MENDING, INTRODUCED_EVERY = timedelta(minutes=1), timedelta(hours=1)
#: Users of a page (Slack recommends 200 at most), and pages of one turn: turns are ten seconds apart.
PAGE, PAGES = 200, 3
#: Waiting events that are looked at for people who are not known.
LOOKED_AT = 50


def tend(process: Process, now: datetime) -> None:
    """One turn. What is not done is done in a later one; what hinders is noted."""
    try:
        _introduced(process, now)
        _waited_for(process, now)
        _read(process, now)
    except Unavailable as error:
        troubles.noted(error, now)


def _read(process: Process, now: datetime) -> None:
    """A few pages, if a pass is due or under way."""
    state = _state()
    if _later(state, "not_before", now) or (not state.get("began") and _later(state, "due", now)):
        return
    for _ in range(PAGES):
        try:
            state = _page(process, state, now)
        except Unavailable as error:
            _save({**state, "not_before": time_text(now + timedelta(seconds=error.retry_after or 60))})
            raise
        _save(state)
        if not state.get("cursor"):
            return


def _introduced(process: Process, now: datetime) -> None:
    """Ask who we are: at the start, every hour, and every minute while something is wrong."""
    state = _state("slack_introduced")
    every = MENDING if troubles.of() else INTRODUCED_EVERY
    known = bool(ourselves.workspace(process)) and ourselves.ourselves()[0]
    if known and "at" in state and read_time(state["at"]) + every > now and not ourselves.is_new_token():
        return
    _save({"at": time_text(now)}, "slack_introduced")
    ourselves.introduce(process, now)


def _page(process: Process, state: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Read one page; the state after it."""
    team = ourselves.workspace(process)
    data, cursor = page(process.timeout, "users.list", PAGE, state.get("cursor", ""))
    took_all(row(team, each, now) for each in objects(data, "members") if string(each, "id"))
    began = state.get("began") or time_text(now)
    if cursor:
        return {"began": began, "cursor": cursor}
    return {"due": time_text(read_time(began) + EVERY)}


def _waited_for(process: Process, now: datetime) -> None:
    """Those whom events wait for: of somebody of another workspace no list ever tells."""
    team = ourselves.workspace(process)
    waiting = models.Inbound.objects.filter(source="slack", status="waiting").exclude(not_before=None)
    users = {_asker(data) for data in waiting.order_by("id").values_list("data", flat=True)[:LOOKED_AT]} - {""}
    known = models.ChatUser.objects.filter(workspace=team, user__in=users).values_list("user", flat=True)
    for user in sorted(users - set(known)):
        try:
            took(team, calling.call(process.timeout, "users.info", user=user)["user"], now)
        except Refused:  # nobody: whatever waits for them is left after its hour
            continue


def _asker(data: str) -> str:
    """Who did what a stored event tells; empty where it cannot be read."""
    stored = json.loads(data)
    payload = inner(stored, "payload") if isinstance(stored, dict) else {}
    user = inner(payload, "event").get("user") or payload.get("user_id") or payload.get("user") or ""
    return string(user, "id") if isinstance(user, dict) else user if isinstance(user, str) else ""


def _state(name: str = STATE) -> dict[str, Any]:
    text = models.Setting.objects.filter(name=name).values_list("value", flat=True).first()
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _later(state: dict[str, Any], what: str, now: datetime) -> bool:
    return what in state and read_time(state[what]) > now


def _save(state: dict[str, Any], name: str = STATE) -> None:
    models.Setting.objects.update_or_create(name=name, defaults={"value": json.dumps(state)})
