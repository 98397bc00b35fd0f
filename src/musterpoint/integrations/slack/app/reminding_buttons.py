"""The buttons below a reminder: in an hour, tomorrow, not again. Each is answered to who pressed alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from musterpoint import access, actions
from musterpoint.access import NotFound
from musterpoint.actions import Call
from musterpoint.core.aftermath import Reminded
from musterpoint.core.decision import NotAllowed
from musterpoint.core.describe import clock
from musterpoint.core.process import Process
from musterpoint.core.worktime import ONE_DAY, work_time
from musterpoint.integrations.slack.app import people
from musterpoint.integrations.slack.app.asking import Reply, Request, privately
from musterpoint.integrations.slack.shapes import objects, string

HOUR, TOMORROW, DISMISS = "remind:hour", "remind:tomorrow", "remind:dismiss"
#: Pressed twice within this is pressed once.
TWICE = timedelta(minutes=1)


def pressed(request: Request) -> Reply:
    """Puts off what the message reminded of: the button's value is `REF NAME NAME …`. Raises people.Unknown."""
    press = next(iter(objects(request.payload, "actions")), {})
    action = string(press, "action_id").partition("#")[0]
    ref, *names = string(press, "value").split()[:200] or [""]
    if action not in (HOUR, TOMORROW, DISMISS) or not names:
        return privately("This version does not know that button.")
    until = _until(action, request.process, request.now)
    try:
        with transaction.atomic():
            call = people.caller(request.process, request.workspace, request.user, request.now)
            _put_off(call, ref, names, until)
    except (NotAllowed, NotFound) as error:
        return privately(f"{error.message}\n{error.hint}".strip())
    return privately(_told(ref, names, until))


def _until(action: str, process: Process, now: datetime) -> datetime | None:
    """Tomorrow is when people begin to work here; what is not urgent waits for a day on which they do."""
    if action == DISMISS:
        return None
    if action == HOUR:
        return now + timedelta(hours=1)
    work = work_time(process)
    day = now.astimezone(work.zone).date() + ONE_DAY
    return datetime.combine(day, work.begins, tzinfo=work.zone).astimezone(UTC)


def _put_off(call: Call, ref: str, names: list[str], until: datetime | None) -> None:
    """Each that is not put off so already."""
    known = access.find(call.actor, ref).state.after.reminded
    for name in names:
        if not _stands(known.get(name, Reminded()), until):
            actions.put_off(call, ref, name, until)


def _stands(reminded: Reminded, until: datetime | None) -> bool:
    if until is None:
        return reminded.dismissed
    return reminded.until is not None and abs(reminded.until - until) < TWICE


def _told(ref: str, names: list[str], until: datetime | None) -> str:
    what = "it" if len(names) == 1 else "them"
    if until is None:
        return f"Nobody is reminded of {what} any more. What waits in incident {ref} goes on waiting."
    return f"Nobody is reminded of {what} before {clock(until)}."
