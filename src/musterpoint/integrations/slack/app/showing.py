"""How an incident stands, and which are open, as texts for one person alone."""

from __future__ import annotations

from django.conf import settings

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.card import card
from musterpoint.core.incident import Status
from musterpoint.reading.now import left
from musterpoint.store import incidents, models

#: So many open incidents are listed.
MOST = 20


def address(ref: str, part: str = "") -> str:
    """The address of the incident's page; empty where this installation has none."""
    return f"{settings.ADDRESS}/incidents/{ref}{part}" if settings.ADDRESS else ""


def thread_of(row: models.Incident) -> models.Thread | None:
    """The thread of the incident in the chat."""
    readings = models.Reading.objects.filter(incident=row, role="chat").select_related("thread").order_by("id")
    first = readings.first()
    return first.thread if first else None


def link_to(row: models.Incident) -> str:
    """The address of its thread in the chat, else of its page; empty where there is neither."""
    thread = thread_of(row)
    return (thread.url if thread else "") or address(row.ref)


def status(call: Call, row: models.Incident) -> str:
    """The card as text, with what is left to do."""
    row.refresh_from_db()
    state = incidents.state(row)
    lines = [card(state).text]
    if state.status is Status.RESOLVED and (steps := left(state)):
        lines.append(f"Left to do: {', '.join(each['text'] for each in steps)}")
    if where := address(row.ref):
        lines.append(where)
    return "\n".join(lines)


def open_ones(call: Call) -> str:
    """Every open incident that this person sees."""
    rows = access.listing(call.actor, status=[Status.OPEN.value], limit=MOST + 1)
    if not rows:
        return "No incident is open, as far as you can see. `/incident TITLE` declares one."
    lines = [_line(row) for row in rows[:MOST]]
    if len(rows) > MOST:
        lines.append(f"And more: {settings.ADDRESS or 'see the list of incidents'}")
    return "\n".join(lines)


def _line(row: models.Incident) -> str:
    state = incidents.state(row)
    standing = ", ".join(f"{name}: {value}" for name, value in card(state).standing)
    where = link_to(row)
    return f"• {row.ref}: {row.title} ({standing}){f' {where}' if where else ''}"
