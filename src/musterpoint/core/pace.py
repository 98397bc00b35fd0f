"""The pace of reminders: when the first one is given, when again, and how often at the most; each kind has its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LONGEST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: the first `after` so long, again `every` so long, at most so many `times` (0: never).

    `before`: for `action_due` alone, how long before the due day it begins.
    """

    after: float
    every: float
    times: int
    before: float = 0.0


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a setting: where, what it must be, and an example."""

    where: str
    message: str
    hint: str


PACES: Mapping[str, Pace] = {
    "no_lead": Pace(10 * MINUTE, 15 * MINUTE, 3),
    "no_severity": Pace(20 * MINUTE, 30 * MINUTE, 3),
    "nobody_writes": Pace(HOUR, HOUR, 3),
    "still_affected": Pace(4 * HOUR, 4 * HOUR, 6),
    "no_huddle": Pace(10 * MINUTE, HOUR, 1),
    "huddle_silent": Pace(15 * MINUTE, HOUR, 1),
    "guard_asked": Pace(0, DAY, 5),
    "writeup_waiting": Pace(DAY, DAY, 5),
    "decision_waiting": Pace(2 * DAY, 2 * DAY, 5),
    "post_waiting": Pace(3 * DAY, 2 * DAY, 5),
    "action_overdue": Pace(0, 3 * DAY, 10),
    "action_due": Pace(0, 2 * DAY, 2, before=3 * DAY),
    "action_unowned": Pace(DAY, 3 * DAY, 3),
    "action_undated": Pace(DAY, 3 * DAY, 3),
    "one_step_left": Pace(2 * DAY, 3 * DAY, 5),
}
_FIELDS = ("after", "every", "times")
_EXAMPLE = "Write: {} = {{after = 600, every = 900, times = 3}}. The default holds until it is."


def read_paces(content: Any) -> tuple[dict[str, Pace], list[Wrong]]:
    """`[reminders]` of musterpoint.toml: the paces, defaults where it is silent or wrong, and what is wrong."""
    if not isinstance(content, Mapping):
        return dict(PACES), [Wrong("[reminders]", "must be a table.", _EXAMPLE.format("no_lead"))]
    paces, wrong = dict(PACES), []
    for name, value in content.items():
        where = f"[reminders] {name}"
        if name not in PACES:
            wrong.append(Wrong(where, "is not known.", f"Known there: {', '.join(PACES)}."))
        elif problem := _problem(name, value):
            wrong.append(Wrong(where, problem, _EXAMPLE.format(name)))
        else:
            paces[name] = replace(PACES[name], **value)
    return paces, wrong


def _problem(name: str, value: Any) -> str:
    fields = (*_FIELDS, "before") if name == "action_due" else _FIELDS
    if not isinstance(value, Mapping) or not set(value) <= set(fields):
        return f"must be a table of {', '.join(fields)}."
    for field, given in value.items():
        kinds, what = (int, "a whole number") if field == "times" else ((int, float), "a number of seconds")
        if isinstance(given, bool) or not isinstance(given, kinds):
            return f"must have {what} as {field}."
        least = 60 if field == "every" else 0
        if not least <= given <= LONGEST:  # "not": nan is neither
            return f"must have {field} between {least} and {LONGEST:,}."
    return ""
