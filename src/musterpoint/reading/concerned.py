"""Which incidents that are not over may wait for one person: found by index, without looking at every one of them.

More may be found than wait, never fewer: whom something waits for is decided by `core.reminder_words.whom` alone, and
these queries name everybody whom it can answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.incident import Status
from musterpoint.core.reminder_words import is_for, named_in_settings
from musterpoint.store import live, models

_OVER = [each.value for each in Status if each.value not in live.LIVE]


def concerned(call: Call, limit: int) -> tuple[list[live.Values], bool]:
    """Rows of `store.live` with the title at their end, at most so many for each reason to be concerned: open ones
    first, then the oldest. And whether there are more of them than that."""
    found: dict[int, live.Values] = {}
    more = False
    for query in _queries(call):
        rows = list(live.values(query, "title")[: limit + 1])
        more = more or len(rows) > limit
        found |= {row[0]: row for row in rows[:limit]}
    return [found[number] for number in sorted(found)], more


def _queries(call: Call) -> Iterator[QuerySet[models.Incident]]:
    """Each of an index of its own. What is sought is chosen in an inner query, and what is over left out by a condition
    that no index answers: else the databases walk through all incidents in their order to find these few."""
    seen, mine = access.visible(call.actor), access.member_of(call.actor)
    names = {*call.actor.identities, *(f"name:{each}" for each in call.actor.identities)}
    led = seen.filter(status__in=live.LIVE, lead_identity__in=names).values("pk")
    nominated = seen.filter(status__in=live.LIVE, nominee_identity__in=names).values("pk")
    busy = seen.filter(open_actions__gt=0).annotate(text=Cast("after", TextField())).filter(_owner(names)).values("pk")
    for few in (seen.filter(pk__in=led.union(nominated)), seen.filter(pk__in=busy), mine):
        yield few.exclude(status__in=_OVER).order_by("status", "pk")
    if _named(call):
        for status in live.LIVE:
            yield access.unrestricted().filter(status=status).order_by("pk")


def _owner(names: set[str]) -> Q:
    """That one of them stands in the text of the actions; what is not ASCII is written differently by each database."""
    written = {json.dumps(each) for each in names} | {json.dumps(each, ensure_ascii=False) for each in names}
    wanted = Q()
    for each in sorted(written):
        wanted |= Q(GreaterThan(StrIndex("text", Value(each)), 0))  # LIKE takes several times as long
    return wanted


def _named(call: Call) -> bool:
    """Whether the settings name this person, or nobody: then what waits for nobody in particular waits for them."""
    process = call.process
    named = {*process.authority, process.nominee} - {""}
    whom = (named_in_settings(each) for each in named)
    return not process.authority or any(is_for((each,), call.actor.identities) for each in whom)
