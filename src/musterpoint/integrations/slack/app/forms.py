"""The small forms that a button of the card opens: when and why, a note, a person. Each is one step on one incident.

Their `callback_id` is `say:STEP`; where they were asked for stands in their `private_metadata`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from musterpoint.core.command import Command, Occasion
from musterpoint.core.command_parts import SpokenAt, time_first
from musterpoint.core.command_words import Verb
from musterpoint.core.decision import NotAllowed
from musterpoint.core.respond import NOTE_LIMIT
from musterpoint.integrations.slack.app import cutting
from musterpoint.integrations.slack.app.asking import Place
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.store import models

AT, WHY, TEXT, PERSON = "at", "why", "text", "person"
#: Step → its title, what sends it, what it says, and its fields.
STEPS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "resolved": ("Resolved", "Resolved", "Customers are no longer affected.", (AT, WHY)),
    "relapse": ("Affected again", "Affected again", "Customers are affected again.", (AT, WHY)),
    "note": ("Note", "Write it", "It becomes part of the record, and stands in the thread.", (TEXT, AT)),
    "nominate": ("Nominate", "Nominate", "Who raises the issue once it is resolved.", (PERSON,)),
    "cancel": ("No incident", "Cancel the incident", "It was no incident, or is handled elsewhere.", (WHY,)),
    "restrict": (
        "Restrict",
        "Restrict",
        "If security or personal data could be involved: from now on only those who handle it know of the incident, and"
        " nothing more is said of it here. What was written here can still be read.",
        (WHY,),
    ),
}
#: Where a reason must be given.
_REASONED = frozenset({"cancel"})


def form(step: str, row: models.Incident, place: Place) -> dict[str, Any]:
    """The modal for a step."""
    title, submit, what, fields = STEPS[step]
    about = f"Incident {row.ref}: {row.title}\n{what}"
    kept = {"ref": row.ref, "channel": place.channel, "thread": place.thread, "message": place.message}
    return {
        "type": "modal",
        "callback_id": f"say:{step}",
        "private_metadata": json.dumps(kept),
        "title": cutting.plain(title, cutting.MODAL_TITLE),
        "submit": cutting.plain(submit, cutting.MODAL_TITLE),
        "close": cutting.plain("Leave it", cutting.MODAL_TITLE),
        "blocks": [cutting.section(about), *(_field(each, step in _REASONED) for each in fields)],
    }


def _field(name: str, reasoned: bool) -> dict[str, Any]:
    if name == PERSON:
        return _input(PERSON, "Who", {"type": "users_select"})
    if name == TEXT:
        return _input(TEXT, "Note", {"type": "plain_text_input", "multiline": True, "max_length": 3_000})
    if name == WHY:
        element = {"type": "plain_text_input", "multiline": True, "max_length": 2_000}
        return _input(WHY, "Why", element) | ({} if reasoned else {"optional": True})
    hint = cutting.plain("Such as 14:20 or 10 minutes ago. Empty: now.", 200)
    return _input(AT, "When", {"type": "plain_text_input", "max_length": 60}) | {"optional": True, "hint": hint}


def _input(name: str, label: str, element: dict[str, Any]) -> dict[str, Any]:
    named = element | {"action_id": name}
    return {"type": "input", "block_id": name, "label": cutting.plain(label, 100), "element": named}


def asked_for(view: Object) -> tuple[str, str, Place]:
    """Step, incident, and where it was asked for. Raises KeyError, ValueError for what is no form of ours."""
    step = string(view, "callback_id").partition(":")[2]
    kept = json.loads(string(view, "private_metadata"))
    if step not in STEPS or not isinstance(kept, dict):
        raise ValueError(f"no form of ours: {step!r}")
    return step, str(kept["ref"]), Place(str(kept["channel"]), str(kept["thread"]), str(kept["message"]))


def filled(step: str, view: Object, said: Occasion) -> Command:
    """What was filled in, as the same command in words would be. Raises NotAllowed (`bad_time`)."""
    spoken = _time(_value(view, AT), said)
    person = _value(view, PERSON)
    text = _value(view, TEXT) or _value(view, WHY)
    return Command(
        Verb(step),
        text=text[:NOTE_LIMIT],
        person=f"slack:{person}" if person else "",
        at=spoken.at,
        zone_assumed=spoken.zone_assumed,
    )


def _time(text: str, said: Occasion) -> SpokenAt:
    if not text:
        return SpokenAt()
    spoken = time_first(text, said.now, said.zone)
    if spoken is None or spoken.rest.strip(" .!"):
        raise NotAllowed("bad_time", f"“{text}” is no time.", "Write 14:20, 2026-03-02 14:20 or 10 minutes ago.")
    return spoken


def _value(view: Object, name: str) -> str:
    entry = inner(inner(inner(view, "state"), "values"), name)
    element = inner(entry, name)
    return (string(element, "value") or string(element, "selected_user")).strip()


def field_of(step: str, error: NotAllowed) -> str:
    """Below which field a refusal is shown."""
    fields = STEPS[step][3]
    about_time = error.code.startswith(("bad_time", "in_the_future", "before_"))
    return AT if about_time and AT in fields else next(each for each in fields if each != AT or len(fields) == 1)
