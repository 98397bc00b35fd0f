"""What history no longer has: messages that we know and it has not, reactions that it does not list any more.

When that happened nobody can say: it is learnt now, hence estimated. Only what we knew before the page was asked for
may be missing from it: `horizon` is the highest number of an entry at that time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from musterpoint.core.conversation import reacted_at
from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Deletion, Edit, Message, ReactionAdded, ReactionRemoved
from musterpoint.core.said import Said
from musterpoint.integrations.slack.shapes import Object, objects, string, strings
from musterpoint.integrations.slack.stamps import is_stamp, moment
from musterpoint.store import journal, models

#: So long the message may still come of which an edit or a deletion is known.
ORPHANED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a thread that a page shows: after the ts `after` ("" for the root on) up to the ts `upto` ("" without
    an end)."""

    after: str
    upto: str


def deletions(
    thread: models.Thread, stretch: Stretch, present: frozenset[str], horizon: int, now: datetime
) -> list[Said]:
    """Messages of this stretch that are known here and not `present` (by ts) there any more."""
    known = models.Entry.objects.filter(thread=thread, kind="message", pk__lte=horizon)
    if stretch.after:
        known = known.filter(anchor__gt=moment(stretch.after))
    if stretch.upto:
        known = known.filter(anchor__lte=moment(stretch.upto))
    missing = [each for each in known.order_by("anchor") if each.key not in present and is_stamp(each.key)]
    if not missing:
        return []
    gone = _deleted(thread, {each.anchor for each in missing})
    return [
        Said(
            f"deletion:{each.key}", f"{each.ref}#deletion", each.anchor, Deletion(each.ref), now, Basis.ESTIMATED, None
        )
        for each in missing
        if each.ref not in gone
    ]


def _deleted(thread: models.Thread, anchors: Iterable[datetime]) -> set[str]:
    rows = models.Entry.objects.filter(thread=thread, kind="deletion", anchor__in=list(anchors))
    return {str(getattr(journal.entry(row).fact, "of", "")) for row in rows}


def reactions(thread: models.Thread, messages: Iterable[Object], horizon: int, now: datetime) -> list[Said]:
    """Reactions that our record shows on these messages and history does not, where its list of people is complete."""
    by_anchor = {moment(string(each, "ts")): each for each in messages}
    rows = models.Entry.objects.filter(
        thread=thread, kind__in=("reaction_added", "reaction_removed"), anchor__in=list(by_anchor)
    )
    on: dict[tuple[str, str, str], models.Entry] = {}
    for row in sorted(rows, key=lambda row: reacted_at(journal.entry(row))):
        fact = journal.entry(row).fact
        if isinstance(fact, ReactionAdded):
            on[fact.of, fact.name, row.who_identity] = row
        elif isinstance(fact, ReactionRemoved):
            on.pop((fact.of, fact.name, row.who_identity), None)
    return [
        _removed(row, name, of, now)
        for (of, name, who), row in on.items()
        if row.pk <= horizon and _is_gone(by_anchor[row.anchor], name, who.removeprefix("slack:"))
    ]


def _is_gone(message: Object, name: str, user: str) -> bool:
    for each in objects(message, "reactions"):
        if string(each, "name") == name:
            users = strings(each, "users")
            return user not in users and each.get("count") == len(users)
    return True


def _removed(row: models.Entry, name: str, of: str, now: datetime) -> Said:
    """Of each giving at most one taking back."""
    who = Who(row.who_identity, row.who_name) if row.who_identity else None
    key = f"reaction_removed:{row.pk}"
    return Said(
        key, f"{of}#reaction-removed-{row.pk}", row.anchor, ReactionRemoved(of, name), now, Basis.ESTIMATED, who
    )


def orphans(thread: models.Thread, now: datetime) -> list[Said]:
    """Messages of which only an edit or a deletion ever came, and that history cannot tell any more: with the words
    that those knew."""
    rows = models.Entry.objects.filter(thread=thread, kind__in=("edit", "deletion"), redacted=False)
    changes = list(rows.filter(known_at__lte=now - ORPHANED).order_by("-kind", "at", "id"))  # edits first
    known = models.Entry.objects.filter(thread=thread, kind__in=("message", "note"))
    there = set(known.filter(anchor__in={each.anchor for each in changes}).values_list("ref", flat=True))
    found: dict[str, Said] = {}
    for row in changes:
        entry = journal.entry(row)
        fact = entry.fact
        of = fact.of if isinstance(fact, Edit | Deletion) else ""
        stamp = of.rpartition("/")[2]
        if not is_stamp(stamp) or of in there or of in found:
            continue
        text, digest = (fact.text, fact.digest) if isinstance(fact, Edit) else ("", "")
        message = Message(text, root=stamp == thread.root, digest=digest)
        who = entry.who if isinstance(fact, Edit) else None
        found[of] = Said(stamp, of, row.anchor, message, row.anchor, Basis.ESTIMATED, who)
    return list(found.values())
