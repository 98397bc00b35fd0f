"""A configured reaction marks its message for as long as a member of the workspace has it on.

What counts is who has it on by the times of the reactions, not by the order in which they came. It is marked when that
differs from what reactions said last, so that what somebody decided on a page since then stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from musterpoint import intake
from musterpoint.core.conversation import reacted_at
from musterpoint.core.journal import Entry, Mark, MarkKind, ReactionAdded, ReactionRemoved
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.store import journal, models

SOURCE = "slack"
_PREFIX = "mark:"
_KINDS = ("reaction_added", "reaction_removed", "mark")
Keyed = tuple[str, Entry]


def kind_of(process: Process, name: str) -> MarkKind | None:
    """What a reaction stands for, whatever the colour of its skin."""
    return process.marks.get(name.partition("::")[0])


def follow(process: Process, workspace: str, thread: models.Thread, said: Said, now: datetime) -> None:
    """After `said`, a reaction, was written, in the same transaction: bring its message's mark in step with it."""
    assert isinstance(said.fact, ReactionAdded | ReactionRemoved)
    of, kind = said.fact.of, kind_of(process, said.fact.name)
    if kind is None:
        return
    rows = models.Entry.objects.filter(thread=thread, anchor=said.anchor, kind__in=_KINDS).order_by("id")
    near = [(row.key, journal.entry(row)) for row in rows]
    holder = _holder(process, workspace, near, of, kind)
    wanted, marks = holder is not None, _marks(near, of, kind)
    given = [fact.on for key, fact in marks if key.startswith(_PREFIX)]
    if wanted == (bool(given) and given[-1]) or _stands_on_a_page(marks):
        return
    key = holder[0] if holder else said.key
    by = holder[1] if holder else said
    mark = Said(
        key=f"{_PREFIX}{kind}:{key}",
        ref=f"{of}#mark-{kind}-{key}",
        anchor=said.anchor,
        fact=Mark(of, kind, wanted),
        at=by.at,
        basis=by.basis,
        who=by.who,
        url=said.url,
    )
    intake.write(thread, [mark], SOURCE, now)


def _holder(process: Process, workspace: str, near: Sequence[Keyed], of: str, kind: MarkKind) -> Keyed | None:
    """The last of the reactions by which members hold this mark on; None where nobody does."""
    there: dict[tuple[str, str], Keyed | None] = {}
    for key, entry in sorted(near, key=_order):
        fact = entry.fact
        if isinstance(fact, ReactionAdded | ReactionRemoved) and fact.of == of and kind_of(process, fact.name) is kind:
            giver = entry.who.identity if entry.who else ""
            there[giver, fact.name] = (key, entry) if isinstance(fact, ReactionAdded) else None
    users = {giver.removeprefix("slack:") for (giver, _), held in there.items() if held}
    known = models.ChatUser.objects.filter(workspace=workspace, user__in=users, kind="member")
    members = {f"slack:{user}" for user in known.values_list("user", flat=True)}
    held = [each for (giver, _), each in there.items() if each is not None and giver in members]
    return max(held, key=_order, default=None)


def _order(each: Keyed) -> tuple[datetime, int]:
    return reacted_at(each[1])


def _marks(near: Sequence[Keyed], of: str, kind: MarkKind) -> list[tuple[str, Mark]]:
    """In the order in which they were given."""
    found = [(key, entry.fact) for key, entry in near]
    return [(key, fact) for key, fact in found if isinstance(fact, Mark) and (fact.of, fact.mark) == (of, kind)]


def _stands_on_a_page(marks: Sequence[tuple[str, Mark]]) -> bool:
    """Whether the mark is there because somebody gave it by other means than a reaction."""
    return bool(marks) and marks[-1][1].on and not marks[-1][0].startswith(_PREFIX)
