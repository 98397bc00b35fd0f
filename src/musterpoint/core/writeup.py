"""The write-up: each part is composed until a person writes it; then their words stand, and every version is kept.

Two people who write different parts both win. Where both write the same part, the first one's text stands and the
second one's is kept aside, with both shown to the second. Nothing that a person wrote is ever lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import unified_diff
from itertools import islice

from musterpoint.core.aftermath_journal import WriteupDone, WriteupEdit
from musterpoint.core.compose import compose, compose_part
from musterpoint.core.decision import Actor, Draft, NotAllowed, few_words, must_be_live, must_respond, when
from musterpoint.core.incident import Incident, Status
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.core.spoken_text import kept
from musterpoint.core.writeup_parts import PARTS, POST, Composed, Part, PartText, Version

#: Characters of one part.
LONGEST = 60_000


def named(name: str) -> Part:
    """The part with that name. Raises NotAllowed (`unknown_part`)."""
    for part in PARTS:
        if part.name == name.strip().lower().replace("-", "_"):
            return part
    hint = f"The parts are: {', '.join(part.name for part in PARTS)}."
    if name.strip().lower() == POST:
        hint = f"The public post is edited with: publication edit REF. {hint}"
    raise NotAllowed("unknown_part", f"The write-up has no part {name!r}.", hint)


def parts(incident: Incident, entries: Sequence[Entry], process: Process) -> list[PartText]:
    """Every part as it stands, in their order."""
    composed, written = compose(incident, entries, process), _written(entries)
    return [_standing(incident, part, composed[part.name], written.get(part.name, [])) for part in PARTS]


def current(incident: Incident, entries: Sequence[Entry], process: Process, name: str) -> PartText:
    """One part as it stands. Raises NotAllowed for a name that is none."""
    part = named(name)
    return part_text(incident, entries, part, compose_part(incident, entries, process, part.name))


def part_text(incident: Incident, entries: Sequence[Entry], part: Part, composed: Composed) -> PartText:
    """A part, or another text that is versioned like one, as it stands."""
    return _standing(incident, part, composed, _written(entries).get(part.name, []))


def _written(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """What people wrote, by part; the oldest first."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry.fact, WriteupEdit) and not entry.fact.reset:
            found.setdefault(entry.fact.part, []).append(entry)
    return {name: sorted(each, key=lambda entry: entry.id) for name, each in found.items()}


def _standing(incident: Incident, part: Part, composed: Composed, written: Sequence[Entry]) -> PartText:
    versions = tuple(_version(each) for each in written)
    number = incident.after.parts.get(part.name, 0)
    for entry in written:
        if entry.id == number and isinstance(entry.fact, WriteupEdit):
            fact = entry.fact
            changed = difference(fact.composed, composed.text)
            return PartText(part, fact.text, number, entry.who, entry.at, composed, changed, versions)
    return PartText(part, composed.text, composed=composed, versions=versions)


def _version(entry: Entry) -> Version:
    assert isinstance(entry.fact, WriteupEdit)
    return Version(entry.id, entry.fact.text, entry.who, entry.at, entry.fact.aside)


def difference(before: str, after: str) -> str:
    """What changed from one text to the other, as a unified diff without its file names; empty when nothing did."""
    if before == after:
        return ""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    return "\n".join(islice(lines, 2, None))


def plain(text: str) -> str:
    """A text as it is kept and compared: one kind of line end, nothing around it, no character that is none."""
    return kept(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def edit(
    incident: Incident,
    actor: Actor,
    part: PartText,
    text: str,
    now: datetime,
    *,
    base: str | None = None,
    there: bool = False,
) -> Draft | None:
    """A person writes a part; None when that changes nothing.

    `base` is the text that they saw. Where another person's text stands by now, theirs is kept aside; what they wrote
    into the issue (`there`) stands all the same, and the other one among the versions, unless it is old news.
    Raises NotAllowed: read_only, cancelled, empty, too_long.
    """
    must_respond(actor)
    must_be_live(incident)
    text, stands = plain(text), plain(part.text)
    must_fit(text, part.part)
    if not text:
        raise NotAllowed(
            "empty",
            f"The text of “{part.part.title}” is empty.",
            "Write it, or let it be composed from the record again (`--composed`).",
        )
    if text == stands:
        return None
    crossed = part.version != 0 and base is not None and plain(base) != stands
    if crossed and there and any(plain(each.text) == text for each in part.versions):
        return None
    fact = WriteupEdit(
        part.part.name,
        text,
        on=part.version,
        composed=part.composed.text,
        aside=crossed and not there,
        over=crossed and there,
    )
    return Draft(fact, when(now, None))


def must_fit(text: str, part: Part) -> None:
    """Raises NotAllowed: too_long."""
    if len(text) > LONGEST:
        raise NotAllowed(
            "too_long",
            f"“{part.title}” has {len(text)} characters; {LONGEST} is the most.",
            "Put what is long elsewhere and link to it.",
        )


def text_seen(part: PartText, number: int) -> str:
    """The text of the version with that number, 0 for what was composed before anybody wrote: it is what they saw who
    name it as their base. Raises NotAllowed (`unknown_version`)."""
    if number == part.version:
        return part.text
    if number == 0:
        return ""
    for version in part.versions:
        if version.number == number:
            return version.text
    known = ", ".join(str(each) for each in (0, *(version.number for version in part.versions)))
    raise NotAllowed(
        "unknown_version", f"“{part.part.title}” has no version {number}.", f"It has: {known} (0 is composed)."
    )


def reset(incident: Incident, actor: Actor, part: PartText, now: datetime) -> Draft:
    """The part is composed from the record again; what people wrote stays among its versions."""
    must_respond(actor)
    must_be_live(incident)
    if not part.version:
        raise NotAllowed("unchanged", f"“{part.part.title}” is composed from the record already.")
    return Draft(WriteupEdit(part.part.name, on=part.version, reset=True), when(now, None))


def finish(incident: Incident, actor: Actor, now: datetime) -> Draft:
    """The write-up is done. Raises NotAllowed: not_resolved, unchanged, read_only, cancelled."""
    must_respond(actor)
    must_be_live(incident)
    if incident.status is Status.OPEN:
        raise NotAllowed(
            "not_resolved",
            f"Incident {incident.ref} is open: its write-up cannot be done yet.",
            f"When customers are no longer impacted: resolve {incident.ref}.",
        )
    if incident.after.writeup_done:
        raise NotAllowed("unchanged", f"The write-up of incident {incident.ref} is done already.")
    return Draft(WriteupDone(True), when(now, None))


def resume(incident: Incident, actor: Actor, now: datetime, reason: str = "") -> Draft:
    """The write-up is worked on again. Raises NotAllowed: unchanged, read_only, cancelled."""
    must_respond(actor)
    must_be_live(incident)
    if not incident.after.writeup_done:
        raise NotAllowed("unchanged", f"The write-up of incident {incident.ref} is not marked as done.")
    return Draft(WriteupDone(False, few_words(reason)), when(now, None))
