"""The write-up as surfaces show it: its parts, what is to be said of it, and the incidents that are like it.

Read as everybody who sees the incident may read it; only what is similar depends on who asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core import check_writeup
from musterpoint.core import writeup as core
from musterpoint.core.followup import proposed
from musterpoint.core.incident import Incident, Milestone, Role, Status, time_text
from musterpoint.core.journal import Entry
from musterpoint.core.similar import Profile, Similar, ranked, shared, telling
from musterpoint.core.writeup_parts import PARTS, POST, PartText, Version
from musterpoint.reading.actions import action_shapes
from musterpoint.store import incidents, models
from musterpoint.store.search import words

#: What names an incident: its declaration, corrections of its title, its write-up.
_NAMING = ("declaration", "correction", "writeup_edit")
_TELLING = ("message", "note", "writeup_edit")
#: What a composed sentence says before somebody's words: who, and when.
_SAID = re.compile(r"^.*?\d{2}:\d{2} UTC(?: \(\w+\))?: ")


def _read(call: Call, ref: str) -> tuple[models.Incident, Incident, list[Entry]]:
    """Raises NotFound, and NotAllowed where only a number is left."""
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref) if view.row is None else view.row
    return row, view.state, access.entries(access.NOBODY, row)


def writeup(call: Call, ref: str, part: str = "", *, advice: bool = False) -> dict[str, Any]:
    """The write-up, or one part of it: what stands, whose it is, what changed since, what is open, what is similar.

    `advice`: with what `check` says, too. `evidence` has the number of every entry that a sentence cites.
    """
    row, state, entries = _read(call, ref)
    parts = [core.current(state, entries, call.process, part)] if part else core.parts(state, entries, call.process)
    numbers = {each.ref: each.id for each in reversed(entries)}
    shapes = [_part_shape(_folded(call, each), numbers) for each in parts]
    shape: dict[str, Any] = {
        "incident": state.ref,
        "title": state.title,
        "status": state.status.value,
        "done": state.after.writeup_done,
        "parts": shapes,
        "questions": [{"part": name, "text": text} for text, name in _questions(shapes).items()],
        "evidence": _evidence(parts, numbers),
    }
    if advice:
        shape["advice"] = _advice(call, state, entries, parts)
    if part:
        return shape
    found = proposed(entries, state)
    return {
        **shape,
        "actions": action_shapes(state, call.process, call.now),
        "proposed": [{"entry": numbers[each.ref], "text": each.text, "why": each.why} for each in found],
        "similar": _similar(call, row, state, parts, 5),
    }


def standing(call: Call, ref: str) -> dict[str, Any]:
    """Which version of each part stands, 0 for a composed one, and of the post under `post`. Costs little.

    `version` is the incident's: whatever happens to it raises that.
    """
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref) if view.row is None else view.row
    names = (*(each.name for each in PARTS), POST)
    return {
        "incident": row.ref,
        "version": row.version,
        "parts": {name: view.state.after.parts.get(name, 0) for name in names},
    }


def as_markdown(shape: dict[str, Any]) -> str:
    """The whole write-up as one document, of the shape that `writeup` returns."""
    lines = [f"# Write-up of incident {shape['incident']}: {shape['title']}"]
    for part in shape["parts"]:
        lines += ["", f"## {part['title']}", "", part["text"]]
    return "\n".join(lines)


def _evidence(parts: Sequence[PartText], numbers: dict[str, int]) -> dict[str, int]:
    cited = (ref for part in parts for sentence in part.composed.sentences for ref in sentence.cites)
    return {ref: numbers[ref] for ref in cited if ref in numbers}


def _folded(call: Call, part: PartText) -> PartText:
    """What an edit or a deletion took away is for responders: a viewer is told what is new alone."""
    if call.actor.role is not Role.VIEWER:
        return part
    new = [line for line in part.changed.splitlines() if not line.startswith("-")]
    return replace(part, changed="\n".join(new))


def _part_shape(part: PartText, numbers: dict[str, int]) -> dict[str, Any]:
    """`version` is 0 where it is composed; `composed` is what the record says, whoever's words stand."""
    return {
        "name": part.part.name,
        "title": part.part.title,
        "section": part.part.section.value,
        "text": part.text,
        "version": part.version,
        "who": part.who.name if part.who else None,
        "at": time_text(part.at) if part.at else None,
        "composed": part.composed.text,
        "changed": part.changed,
        "sentences": [
            {
                "text": each.text,
                "cites": list(each.cites),
                "entries": [numbers[ref] for ref in each.cites if ref in numbers],
            }
            for each in part.composed.sentences
        ],
        "questions": [] if part.version else list(part.composed.questions),
        "versions": [version_shape(each, part.version) for each in part.versions],
    }


def _questions(shapes: list[dict[str, Any]]) -> dict[str, str]:
    """Each open question with the part that asks it first."""
    asked: dict[str, str] = {}
    for each in shapes:
        for text in each["questions"]:
            asked.setdefault(text, each["name"])
    return asked


def version_shape(version: Version, standing: int) -> dict[str, Any]:
    """`aside`: it crossed with another edit, which stands."""
    return {
        "version": version.number,
        "text": version.text,
        "who": version.who.name if version.who else None,
        "at": time_text(version.at),
        "aside": version.aside,
        "stands": version.number == standing,
    }


def check(call: Call, ref: str) -> dict[str, Any]:
    """What a careful reader would point out. Advice, never a block."""
    _, state, entries = _read(call, ref)
    parts = core.parts(state, entries, call.process)
    return {"incident": state.ref, "advice": _advice(call, state, entries, parts)}


def _advice(call: Call, state: Incident, entries: list[Entry], parts: Sequence[PartText]) -> list[dict[str, str]]:
    found = check_writeup.check(state, entries, parts, call.process, call.now)
    return [{"code": each.code, "part": each.part, "passage": each.passage, "text": each.text} for each in found]


def similar(call: Call, ref: str, limit: int = 5) -> dict[str, Any]:
    """Earlier incidents that are like this one, with their actions that are still open."""
    row, state, entries = _read(call, ref)
    parts = [core.current(state, entries, call.process, "factors")]
    return {"incident": state.ref, "similar": _similar(call, row, state, parts, limit)}


def _similar(
    call: Call, row: models.Incident, state: Incident, parts: Sequence[PartText], limit: int
) -> list[dict[str, Any]]:
    """Among the incidents that exist for this person; what was cancelled was none."""
    profile = Profile(
        affected=telling(words(state.affected)),
        title=telling(words(state.title)),
        factors=telling(words(_factors(parts))),
    )
    named = tuple(dict.fromkeys([*profile.affected, *profile.title]))
    rows: dict[int, models.Incident] = {}
    texts: dict[int, list[str]] = {}
    for hit in access.sharing(call.actor, (named, _NAMING), (profile.factors, _TELLING)):
        rows[hit.incident.pk] = hit.incident
        texts.setdefault(hit.incident.pk, []).append(hit.text)
    states = {number: incidents.state(each) for number, each in rows.items() if number != row.pk}
    candidates = [
        Similar(
            number, shared(profile, named=words(f"{each.title} {each.affected}"), told=words(" ".join(texts[number])))
        )
        for number, each in sorted(states.items(), reverse=True)
        if each.status is not Status.CANCELLED and _earlier(each, state)
    ]
    return [_similar_shape(each, states[each.number], call) for each in ranked(profile, candidates)[:limit]]


def _factors(parts: Sequence[PartText]) -> str:
    """What contributed: a person's words, else the findings as they were said."""
    part = next(each for each in parts if each.part.name == "factors")
    if part.version:
        return part.text
    return " ".join(_SAID.sub("", each.text) for each in part.composed.sentences)


def _earlier(other: Incident, state: Incident) -> bool:
    theirs, ours = other.milestones.get(Milestone.DECLARED), state.milestones.get(Milestone.DECLARED)
    return theirs is not None and (ours is None or theirs.at <= ours.at)


def _similar_shape(each: Similar, state: Incident, call: Call) -> dict[str, Any]:
    declared = state.milestones.get(Milestone.DECLARED)
    open_still = [shape for shape in action_shapes(state, call.process, call.now) if shape["status"] == "open"]
    return {
        "incident": state.ref,
        "title": state.title,
        "affected": state.affected,
        "status": state.status.value,
        "declared": time_text(declared.at) if declared else None,
        "shared": {kind: list(words) for kind, words in each.shared.items()},
        "actions": open_still,
    }
