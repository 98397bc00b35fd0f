"""A reminder that is for one person, said to them alone. Whether they may see the incident is asked once more when it
goes out. Of a restricted incident it says that something waits, and where: phones show messages on locked screens.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings

from musterpoint import access
from musterpoint.core import reminder_chat
from musterpoint.core.aftermath_journal import Reminder
from musterpoint.core.decision import Actor
from musterpoint.core.incident import Role, Who
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.integrations.slack.app.chat import SlackChat
from musterpoint.integrations.slack.app.people import workspace
from musterpoint.ports import Button, Place, Posted, Saying
from musterpoint.store import journal, models
from musterpoint.store.addresses import people_named


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Carry out the effect `slack_direct` (data: `entries`, the reminders, and `user`). Raises Unavailable, Refused."""
    data = json.loads(effect.data)
    user = str(data["user"])
    assert effect.incident is not None
    row = access.visible(_actor(user, process)).filter(pk=effect.incident.pk).first()
    if row is None:
        return Posted("")
    chat, place, key = SlackChat.of(process), Place(workspace(process), user), name_outside(effect)
    if effect.tries > 1 and (found := chat.find(place, key)) is not None:
        return found
    saying = _saying(row, data["entries"], process)
    renew()
    return chat.post(place, saying, key)


def _actor(user: str, process: Process) -> Actor:
    """Who that is here; somebody unknown sees what everybody sees, and what they are a member of by that identity."""
    identity = f"slack:{user}"
    person = next(iter(people_named([identity])), None)
    if person is not None:
        return access.actor_of(person, process)
    return Actor(Who(identity, user), Role.VIEWER, identities=frozenset([identity]))


def _saying(row: models.Incident, entries: list[int], process: Process) -> Saying:
    address = f"{settings.ADDRESS or f'http://127.0.0.1:{process.port}'}/incidents/{row.ref}"
    if row.restricted:
        return Saying(f"Something waits in an incident that you are a member of: {address}")
    facts = [journal.entry(each).fact for each in models.Entry.objects.filter(pk__in=entries).order_by("id")]
    found = [fact for fact in facts if isinstance(fact, Reminder)]
    everybody = {each.identity for each in reminder_chat.called(found)}
    told = reminder_chat.together(found, everybody, in_thread=False)
    buttons = tuple(Button(*each) for each in reminder_chat.choices(row.ref, found))
    return Saying(f"Incident {row.ref}: {row.title}\n{told}\n{address}", buttons=buttons, address=address)
