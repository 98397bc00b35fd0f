"""Put off: a reminder comes not before a time, never again, or again after all. What waits goes on waiting."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from musterpoint.core.aftermath import Reminded
from musterpoint.core.aftermath_journal import ReminderPutOff
from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, when
from musterpoint.core.given_time import CLOCK, given_time
from musterpoint.core.incident import Incident, Status
from musterpoint.core.pace import PACES
from musterpoint.core.reminder_cases import OF_ACTIONS
from musterpoint.core.worktime import ONE_DAY, calendar_day

_LENGTH = re.compile(r"(\d{1,6})\s*(m|min|h|d|w)$")
_UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST = timedelta(days=3660)


def put_off(incident: Incident, actor: Actor, name: str, until: datetime | None, now: datetime) -> Draft:
    """Not before `until`; without a time never again. Raises NotAllowed: read_only, cancelled, closed,
    no_such_reminder, in_the_past, too_far, unchanged."""
    known = _checked(incident, actor, name)
    if until is None and known.dismissed:
        raise NotAllowed(
            "unchanged", f"Nobody is reminded of {name} any more.", f"Take it back: {_resume(incident, name)}"
        )
    if until is not None and until <= now:
        raise NotAllowed("in_the_past", f"{until:%Y-%m-%d %H:%M} UTC has passed.", "Give a time to come, such as 2d.")
    if until is not None and until > now + LONGEST:
        raise NotAllowed("too_far", f"{until:%Y-%m-%d} is more than ten years away.", "Dismiss it instead.")
    return Draft(ReminderPutOff(name, until), when(now, None))


def resume(incident: Incident, actor: Actor, name: str, now: datetime) -> Draft:
    """Takes back that it was put off or dismissed. Raises NotAllowed as `put_off` does."""
    known = _checked(incident, actor, name)
    if not known.dismissed and (known.until is None or known.until <= now):
        raise NotAllowed("unchanged", f"The reminder of {name} is not put off.", f"See: due {incident.ref}")
    return Draft(ReminderPutOff(name, resumed=True), when(now, None))


def _checked(incident: Incident, actor: Actor, name: str) -> Reminded:
    must_respond(actor)
    must_be_live(incident)
    if incident.status is Status.CLOSED:
        raise NotAllowed("closed", f"Incident {incident.ref} is closed: nobody is reminded of it.")
    kind, _, number = name.partition(":")
    names_action = number in {str(each.number) for each in incident.after.actions}
    if kind not in PACES or not (names_action if kind in OF_ACTIONS else name == kind):
        raise NotAllowed(
            "no_such_reminder", f"Incident {incident.ref} has no reminder {name!r}.", f"See: due {incident.ref}"
        )
    return incident.after.reminded.get(name, Reminded())


def _resume(incident: Incident, name: str) -> str:
    return f"remind resume {incident.ref} {name}"


def time_to_come(text: str, now: datetime) -> datetime:
    """`2h`, `3d`, `1w` from now; `14:20` (the next one), `2026-03-10`, `2026-03-10 09:00`; UTC.

    Raises NotAllowed (`bad_time`) for anything else.
    """
    text = text.strip()
    if match := _LENGTH.match(text):
        return now + timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    try:
        day = calendar_day(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    try:
        at = given_time(text, now)
    except NotAllowed as error:
        hint = "Write 2h, 3d, 1w, 14:20, 2026-03-10 or 2026-03-10 09:00 (UTC)."
        raise NotAllowed(error.code, error.message, hint) from error
    return at + ONE_DAY if CLOCK.match(text) and at <= now else at
