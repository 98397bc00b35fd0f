"""What goes outside and what came in from there, as far as one person sees it: listed, tried again, dropped, released.

An event belongs to the incidents that read its thread, or to that of its issue: who does not see all of them does not
see it. One that nobody can tell to belong anywhere is shown to admins, without the words of its error.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from musterpoint import access, effects, intake
from musterpoint.access import NotFound
from musterpoint.actions import Call
from musterpoint.core.decision import REASON_LIMIT, NotAllowed, must_respond, some_text
from musterpoint.core.incident import Role, time_text
from musterpoint.store import models

#: How an event is named where an effect's key is asked for: `event:12`.
EVENT = "event:"
#: So many of the events that could not be taken in are shown, the oldest ones.
EVENTS = 200
OVER = ("done", "dropped")


def outgoing(call: Call, *, everything: bool = False) -> QuerySet[models.Effect]:
    """The effects of incidents that this person sees; without `everything` those that are not over."""
    seen = Exists(access.visible(call.actor).filter(pk=OuterRef("incident")))
    rows = models.Effect.objects.filter(seen).select_related("incident")
    return rows if everything else rows.exclude(status__in=OVER)


def effect_shape(row: models.Effect) -> dict[str, Any]:
    """What every surface shows of an effect."""
    return {
        "key": row.key,
        "kind": row.kind,
        "incident": row.incident.ref if row.incident else None,
        "status": row.status,
        "tries": row.tries,
        "not_before": time_text(row.not_before),
        "error": row.error or None,
        "external": row.external or None,
    }


def effect(call: Call, key: str) -> models.Effect:
    """Raises NotFound."""
    found = models.Effect.objects.filter(key=key.replace("\0", "")).select_related("incident").first()
    if found is None or (found.incident and not access.visible(call.actor).filter(pk=found.incident.pk).exists()):
        raise NotFound(f"There is no effect {key!r}.", "`effects --all` lists them.")
    return found


def retry(call: Call, key: str) -> str:
    """Try a parked or dropped effect, or a parked event, again. What came of it, as a sentence. Raises NotFound,
    NotAllowed: read_only, not_parked."""
    must_respond(call.actor)
    if key.startswith(EVENT):
        intake.retry(_event(call, key))
        return f"{key} is taken in anew within seconds."
    found = effect(call, key)
    if not effects.retry(found):
        raise NotAllowed("not_parked", f"{key} is {found.status}.", "Only what is parked or dropped is retried.")
    transaction.on_commit(lambda: effects.carry(key))
    return f"{key} is tried again."


def drop(call: Call, key: str, reason: str) -> str:
    """Leave an effect, or a parked event, which is forgotten. As `retry`. Raises NotAllowed: finished, empty, too_long
    as well."""
    must_respond(call.actor)
    told = f"dropped by {call.actor.who.name}: {some_text(reason, 'reason', REASON_LIMIT)}"
    if key.startswith(EVENT):
        intake.drop(_event(call, key), told)
    elif not effects.drop(found := effect(call, key), told):
        raise NotAllowed("finished", f"{key} is {found.status} already.")
    return f"{key} is dropped."


def release(call: Call) -> int:
    """After a restore: let effects go out again. Returns how many wait that this person sees. Raises NotAllowed."""
    must_respond(call.actor)
    effects.release()
    return outgoing(call).filter(status="waiting").count()


def events(call: Call) -> list[dict[str, Any]]:
    """Events that could not be taken in, with what is wrong with each."""
    rows = list(models.Inbound.objects.filter(status="parked").order_by("id")[:EVENTS])
    owners = _owners(rows)
    seen = set(
        access.visible(call.actor)
        .filter(pk__in={each for several in owners.values() for each in several})
        .values_list("pk", flat=True)
    )
    return [
        _shape(row, known=bool(owners[row.pk]))
        for row in rows
        if owners[row.pk] <= seen and (owners[row.pk] or call.actor.role is Role.ADMIN)
    ]


def _event(call: Call, key: str) -> int:
    for each in events(call):
        if f"{EVENT}{each['id']}" == key:
            return int(each["id"])
    raise NotFound(f"There is no event {key!r}.", "`effects` lists those that could not be taken in.")


def _owners(rows: list[models.Inbound]) -> dict[int, set[int]]:
    """The incidents of each event."""
    told = {row.pk: _named(row) for row in rows}
    readings = models.Reading.objects.filter(thread__root__in={root for root, _ in told.values() if root})
    by_root: dict[str, set[int]] = {}
    for root, incident in readings.values_list("thread__root", "incident_id"):
        by_root.setdefault(root, set()).add(incident)
    copies = models.IssueCopy.objects.filter(ref__in={issue for _, issue in told.values() if issue})
    by_issue = {ref: {incident} for ref, incident in copies.values_list("ref", "incident_id")}
    return {number: by_root.get(root, set()) | by_issue.get(issue, set()) for number, (root, issue) in told.items()}


def _named(row: models.Inbound) -> tuple[str, str]:
    """The thread and the issue that an event names, as far as it can be read."""
    try:
        data = json.loads(row.data)
    except ValueError:
        return "", ""
    values = data if isinstance(data, dict) else {}
    root, issue = values.get("root", ""), values.get("issue", "")
    return (root if isinstance(root, str) else "", issue if isinstance(issue, str) else "")


def _shape(row: models.Inbound, *, known: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "source": row.source,
        "key": row.key,
        "error": row.error if known else row.error.partition(":")[0],
        "received_at": time_text(row.received_at),
    }
