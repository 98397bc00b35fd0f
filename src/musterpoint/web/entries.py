"""An entry of the thread as the page shows it: its shape, and the marks that it has or may get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from musterpoint.core.journal import MarkKind
from musterpoint.web.templatetags.musterpoint import web_address

#: The kinds that people say or do in a thread; all others happen to the incident and are one line.
SPOKEN = ("message", "note")
MARKABLE = (*SPOKEN, "file", "huddle_begun", "huddle_ended")
#: Our own surfaces: it does not matter which of them somebody wrote on.
OURS = ("web", "cli", "api", "local")
#: It was learnt from the chat's history alone, after it happened.
HISTORY = "slack_history"
VERDICTS = {"keep": "kept", "drop": "dropped from the timeline", "reword": "reworded"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: its name, the key that sets it, and the end of the sentence “Marked …”."""

    kind: str
    label: str
    key: str
    told: str


MARKS = {
    MarkKind.TIMELINE: Mark("timeline", "Timeline", "t", "for the timeline"),
    MarkKind.FINDING: Mark("finding", "Finding", "f", "as a finding"),
    MarkKind.ACTION_TAKEN: Mark("action_taken", "Did", "d", "as something that was done"),
    MarkKind.DECISION: Mark("decision", "Decision", "c", "as a decision"),
    MarkKind.FOLLOW_UP: Mark("follow_up", "Follow-up", "u", "for follow-up"),
    MarkKind.IGNORE: Mark("ignore", "Ignore", "x", "to be ignored"),
}


def shown(shapes: Iterable[dict[str, Any]], may_mark: bool, day: str = "") -> list[dict[str, Any]]:
    """The shapes of the window with what a page adds. `day` (`YYYY-MM-DD`) is what they follow: the first entry of each
    other day begins it."""
    found = []
    for each in shapes:
        begins, day = each["at"][:10] != day, each["at"][:10]
        found.append({**_shown(each, may_mark), "day": day if begins else ""})
    return found


def _shown(shape: dict[str, Any], may_mark: bool) -> dict[str, Any]:
    has = {each["mark"]: each["who"] for each in shape["marks"]}
    return {
        **shape,
        "spoken": shape["kind"] in SPOKEN,
        "badges": [{"mark": MARKS[MarkKind(kind)], "who": who} for kind, who in has.items()],
        "buttons": [{"mark": each, "on": each.kind in has} for each in MARKS.values()]
        if may_mark and shape["kind"] in MARKABLE
        else (),
        "verdict": VERDICTS.get(shape["verdict"] or ""),
        "url": web_address(shape["url"]),
        "link": web_address(shape["link"]),
        "from_history": shape["source"] == HISTORY,
        "elsewhere": shape["kind"] in SPOKEN and shape["source"] not in OURS,
    }
