"""What we say on the issue, and why: one comment for each entry that people there must know of."""

from __future__ import annotations

from collections.abc import Sequence

from musterpoint.core.aftermath import IssueCause
from musterpoint.core.aftermath_journal import IssueChange, IssueComment, Override, WriteupEdit
from musterpoint.core.describe import clock, named
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process


def comment(incident: Incident, entries: Sequence[Entry], entry: Entry, process: Process) -> str:
    """Markdown. `entries` is the journal of the incident; `entry` is in it."""
    before = [each for each in entries if each.id < entry.id]
    match entry.fact:
        case IssueChange():
            return _changed(incident, before, entry.fact, process)
        case WriteupEdit():
            return _crossed(before, entry, entry.fact)
        case IssueComment():
            return f"{named(entry.who)} wrote this among the actions; it is kept here:\n\n{_quoted(entry.fact.text)}"
    raise ValueError(f"nothing to say about an entry of the kind {entry.kind}")


def _changed(incident: Incident, before: Sequence[Entry], fact: IssueChange, process: Process) -> str:
    closed, lines = f"{_who_closed(before)} closed this issue", _list(fact.about)
    match fact.cause:
        case IssueCause.GUARD:
            return (
                f"{closed}, but it is not finished, so it is open again. Outstanding:\n\n{lines}\n\n"
                f"Somebody with authority may let it close: `musterpoint issue override {incident.ref} --reason WHY`"
            )
        case IssueCause.YIELDED:
            whom = ", ".join(process.authority) or "you who have authority"
            return (
                f"{closed} once more. It stays closed for now, though this is outstanding:\n\n{lines}\n\n"
                f"Please decide, {whom}: `musterpoint issue override {incident.ref} --reason WHY`, "
                f"or `musterpoint issue reopen {incident.ref}`."
            )
        case IssueCause.OVERRIDE:
            return f"Closed, as {_overridden(before)}\n\n{lines}"
        case IssueCause.SETTLED:
            return f"Nothing is outstanding any more, so this issue is closed.\n\n{lines}"
    return f"This issue is open again. Outstanding:\n\n{lines}"


def _overridden(before: Sequence[Entry]) -> str:
    for each in reversed(before):
        if isinstance(each.fact, Override):
            return f"{named(each.who)} decided: {each.fact.reason}"
    return "somebody with authority decided."


def _who_closed(before: Sequence[Entry]) -> str:
    for each in reversed(before):
        if isinstance(each.fact, IssueChange) and not each.fact.open and each.fact.cause is IssueCause.PERSON:
            return f"{named(each.who)} ({clock(each.at)})"
    return "Somebody"


def _crossed(before: Sequence[Entry], entry: Entry, fact: WriteupEdit) -> str:
    """Two people wrote the same part: the second is shown both texts."""
    stands = next(
        (
            each
            for each in reversed(before)
            if isinstance(each.fact, WriteupEdit) and each.fact.part == fact.part and not each.fact.aside
        ),
        None,
    )
    first = stands.fact.text if stands and isinstance(stands.fact, WriteupEdit) else ""
    other = named(stands.who if stands else None)
    return (
        f"{named(entry.who)} and {other} wrote “{fact.part}” at the same time. This stands:\n\n{_quoted(first)}\n\n"
        f"This was set aside, and is kept:\n\n{_quoted(fact.text)}\n\nEdit the part to make one of the two."
    )


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {each}" for each in lines)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines()) or "> (empty)"
