"""The day on which an action is due: `2026-03-10`, `3d`, `2w`, `tomorrow`; stored as `YYYY-MM-DD`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from musterpoint.core.decision import NotAllowed

_IN = re.compile(r"(\d{1,4})\s*(d|w)(?:ays?|eeks?)?")
_DAYS = {"today": 0, "tomorrow": 1}


def due_date(text: str, now: datetime, zone: tzinfo = UTC) -> str:
    """The day, empty for no text; days are counted from today in `zone`. Raises NotAllowed (`bad_date`)."""
    wanted = text.strip().casefold()
    if not wanted:
        return ""
    today = now.astimezone(zone).date()
    if wanted in _DAYS:
        return (today + timedelta(days=_DAYS[wanted])).isoformat()
    if found := _IN.fullmatch(wanted):
        return (today + timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))).isoformat()
    try:
        if len(wanted) == 10:
            return date.fromisoformat(wanted).isoformat()
    except ValueError:
        pass
    raise NotAllowed("bad_date", f"{text!r} is not a day.", "Write 2026-03-10, 3d, 2w or tomorrow.")


def overdue(due: str, now: datetime, zone: tzinfo = UTC) -> bool:
    """Whether that day has passed."""
    return bool(due) and due < now.astimezone(zone).date().isoformat()
