"""What we say on the issue, and why: one comment for each entry that people there must know of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff

from musterpoint.core.aftermath import IssueCause
from musterpoint.core.aftermath_journal import IssueChange, IssueComment, Override, WriteupEdit
from musterpoint.core.blockers import of_the_issue
from musterpoint.core.describe import clock
from musterpoint.core.durations import duration_text
from musterpoint.core.guard import what_was_done
from musterpoint.core.incident import Incident, Milestone, Status
from musterpoint.core.issue_calling import NO_MENTIONS, Mentions, as_called, authority, called
from musterpoint.core.issue_commands import how
from musterpoint.core.journal import Entry, replay
from musterpoint.core.process import Process
from musterpoint.core.quiet_words import quiet


@dataclass(frozen=True, slots=True)
class _Told:
    """An entry that is told of. `then` is how it was with it, in words that may stand in a comment."""

    entry: Entry
    before: Sequence[Entry]
    then: Incident
    process: Process
    mentions: Mentions


def comment(
    incident: Incident, entries: Sequence[Entry], entry: Entry, process: Process, mentions: Mentions = NO_MENTIONS
) -> str:
    """Markdown. `entries` is the incident's own journal; `entry` is in it. What is said is how it was then."""
    before = [each for each in entries if each.id < entry.id]
    then = as_called(replay(incident.ref, [*before, entry]), mentions)
    told = _Told(entry, before, then, process, mentions)
    match entry.fact:
        case IssueChange():
            return _changed(told, entry.fact)
        case WriteupEdit():
            return _crossed(told, entry.fact)
        case IssueComment() if entry.who is None:
            return quiet(entry.fact.text)
        case IssueComment():
            who = called(entry.who, mentions)
            return f"{who} wrote this where it cannot stay; it is kept here:\n\n{_quoted(entry.fact.text)}"
    raise ValueError(f"nothing to say about an entry of the kind {entry.kind}")


def _changed(told: _Told, fact: IssueChange) -> str:
    ref, process = told.then.ref, told.process
    closed, outstanding = f"{_who_closed(told)} closed this issue", _list(_outstanding(told.then, fact))
    match fact.cause:
        case IssueCause.GUARD:
            return (
                f"{closed}, but it is not finished, so it is open again. Outstanding:\n\n{outstanding}\n\n"
                f"Somebody with authority may let it close: {how('close', ref, process)}."
            )
        case IssueCause.YIELDED:
            whom = authority(process, told.mentions) or "you who have authority"
            return (
                f"{closed} once more. It stays closed for now, though this is outstanding:\n\n{outstanding}\n\n"
                f"Please decide, {whom}: {how('close', ref, process)}, or {how('reopen', ref, process)}."
            )
        case IssueCause.OVERRIDE:
            return f"Closed, as {_overridden(told)}\n\n{_done(told)}"
        case IssueCause.SETTLED:
            return f"Nothing is outstanding any more, so this issue is closed.\n\n{_done(told)}"
    return f"This issue is open again. Outstanding:\n\n{outstanding}"


def _outstanding(then: Incident, fact: IssueChange) -> Sequence[str]:
    """In the words of today; in those of the entry where it is not known any more what they are about."""
    found = {each.key: each.text for each in of_the_issue(then)}
    return [found.get(key, quiet(text)) for key, text in zip(fact.keys, fact.about, strict=False)]


def _done(told: _Told) -> str:
    """What was done, by whom and in what time; and how long it took altogether."""
    lines = _list(what_was_done(told.then))
    lengths = [
        f"{duration_text(told.entry.at - moment.at)} after {what}"
        for what, milestone in (("the resolution", Milestone.RESOLVED), ("it was raised", Milestone.ISSUE_RAISED))
        if (moment := told.then.milestones.get(milestone)) and moment.at <= told.entry.at
    ]
    if told.then.status is Status.CANCELLED or not lengths:
        return lines
    return f"{lines}\n\nThat is {' and '.join(lengths)}."


def _overridden(told: _Told) -> str:
    for each in reversed(told.before):
        if isinstance(each.fact, Override):
            return f"{called(each.who, told.mentions)} decided: {quiet(each.fact.reason)}"
    return "somebody with authority decided."


def _who_closed(told: _Told) -> str:
    for each in reversed(told.before):
        if isinstance(each.fact, IssueChange) and not each.fact.open and each.fact.cause is IssueCause.PERSON:
            return f"{called(each.who, told.mentions)} ({clock(each.at)})"
    return "Somebody"


def _crossed(told: _Told, fact: WriteupEdit) -> str:
    """Two people wrote the same part: the second is shown both texts. What was written in the issue stands (`over`):
    what it stands over is shown as a difference."""
    if fact.over:
        return _over(told, fact)
    stands = next(
        (
            each
            for each in reversed(told.before)
            if isinstance(each.fact, WriteupEdit) and each.fact.part == fact.part and not each.fact.aside
        ),
        None,
    )
    first = stands.fact.text if stands and isinstance(stands.fact, WriteupEdit) else ""
    one, other = called(told.entry.who, told.mentions), called(stands.who if stands else None, told.mentions)
    return (
        f"{one} and {other} wrote “{fact.part}” at the same time. This stands:\n\n{_quoted(first)}\n\n"
        f"This was set aside, and is kept:\n\n{_quoted(fact.text)}\n\nEdit the part to make one of the two."
    )


def _over(told: _Told, fact: WriteupEdit) -> str:
    under = next((each for each in told.before if each.id == fact.on), None)
    was = under.fact.text if under and isinstance(under.fact, WriteupEdit) else ""
    one, other = called(told.entry.who, told.mentions), called(under.who if under else None, told.mentions)
    lines = unified_diff(was.splitlines(), fact.text.splitlines(), "not here", "here", lineterm="")
    difference = "\n".join(lines)
    fence = "`" * max(3, 1 + max((len(each) for each in re.findall("`+", difference)), default=0))
    return (
        f"{one} wrote “{fact.part}” here while {other} wrote it elsewhere. What is written here stands; the other text "
        f"is kept in the record. The difference:\n\n{fence}diff\n{difference}\n{fence}"
    )


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {each}" for each in lines)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in quiet(text).splitlines()) or "> (empty)"
