"""Carries out what is said in the chat: the thread with its status card, sentences, and what is to be written anew.

Of a restricted incident nothing is said, but for one whose thread is in a private channel: there, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from musterpoint.core.card import card
from musterpoint.core.describe import describe
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.journal import Link, Note
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.integrations import registry
from musterpoint.ports import Chat, Place, Posted, Refused, Saying, Unavailable
from musterpoint.store import incidents, journal, models

KINDS = ("thread", "say", "card", "rewrite")

Renew = Callable[[], None]


def deliver(effect: models.Effect, process: Process, renew: Renew) -> Posted:
    """Carry out an effect of one of KINDS. `renew` is called before every call outside. Raises Unavailable, Refused."""
    chat = registry.chat(process)
    if effect.kind == "thread":
        return _once(chat, effect, renew, _where_it_begins(effect, process), _card(effect))
    place = _place(effect, process)
    match effect.kind:
        case "say":
            return _once(chat, effect, renew, place, _sentence(effect))
        case "card":
            return _bring_card(chat, effect, renew, place)
    return _rewrite(chat, effect, process, renew, place)


def _once(chat: Chat, effect: models.Effect, renew: Renew, place: Place, saying: Saying) -> Posted:
    """Post, unless an earlier try did: it may have been stored there before we could note it here."""
    if effect.tries > 1 and (found := chat.find(place, name_outside(effect))) is not None:
        return found
    renew()
    return chat.post(place, saying, name_outside(effect))


def _bring_card(chat: Chat, effect: models.Effect, renew: Renew, place: Place) -> Posted:
    """Only the newest of several changes is shown: each shows how it stands by then."""
    later = models.Effect.objects.filter(incident=effect.incident, kind="card", status="waiting", id__gt=effect.pk)
    if later.exists():
        return Posted("a later one shows it")
    began = _begins(effect)
    external = began.external if began and began.external else place.root
    renew()
    chat.update(place, external, _card(effect))
    return Posted(external)


def _rewrite(chat: Chat, effect: models.Effect, process: Process, renew: Renew, place: Place) -> Posted:
    """What an earlier effect posted gets the text that stands now; one that never got there needs nothing."""
    original = models.Effect.objects.get(key=json.loads(effect.data)["effect"])
    if original.status == "waiting":
        raise Unavailable("What is to be written anew has not gone out yet.", retry_after=process.retry_after)
    found = Posted(original.external) if original.external else chat.find(place, name_outside(original))
    if found is None:
        return Posted("")
    renew()
    chat.update(place, found.external, _sentence(original))
    return Posted(found.external)


def _where_it_begins(effect: models.Effect, process: Process) -> Place:
    """The channel of incidents, or the thread that was made an incident: its card is a reply there."""
    reading = _reading(effect)
    if reading is None:
        _must_be_open(effect, private=False)
        return Place(process.workspace, process.channel)
    return _in_thread(effect, reading.thread)


def _place(effect: models.Effect, process: Process) -> Place:
    """The incident's thread in the chat. While it has none yet, what follows waits for it."""
    reading, begins = _reading(effect), _begins(effect)
    if reading is None and (begins is None or begins.status in ("parked", "dropped")):
        raise Refused("The incident has no thread in the chat.")
    if reading is None or (effect.kind == "card" and begins is not None and begins.status == "waiting"):
        raise Unavailable("The incident's thread in the chat has not begun yet.", retry_after=process.retry_after)
    return _in_thread(effect, reading.thread)


def _in_thread(effect: models.Effect, thread: models.Thread) -> Place:
    _must_be_open(effect, private=thread.private)
    return Place(thread.workspace, thread.channel, thread.root)


def _must_be_open(effect: models.Effect, *, private: bool) -> None:
    assert effect.incident is not None
    row = models.Incident.objects.get(pk=effect.incident.pk)
    if row.restricted and not (row.confined and private):
        raise Refused("The incident is restricted: nothing is said of it there.")


def _begins(effect: models.Effect) -> models.Effect | None:
    """The effect that posts the card: what it posted is brought up to date ever after."""
    return models.Effect.objects.filter(incident=effect.incident, kind="thread").order_by("id").last()


def _reading(effect: models.Effect) -> models.Reading | None:
    rows = models.Reading.objects.filter(incident=effect.incident, role="chat").select_related("thread")
    return rows.order_by("id").first()


def _card(effect: models.Effect) -> Saying:
    assert effect.incident is not None
    address = f"{settings.ADDRESS}/incidents/{effect.incident.ref}" if settings.ADDRESS else ""
    row = models.Incident.objects.get(pk=effect.incident.pk)
    shown = card(incidents.state(row), address)
    return Saying(shown.text, card=shown)


def _sentence(effect: models.Effect) -> Saying:
    """A note stands there in its writer's name."""
    entry = journal.entry(models.Entry.objects.get(pk=json.loads(effect.data)["entry"]))
    writer = entry.who.name if entry.who and isinstance(entry.fact, Note) else ""
    return Saying(describe(entry), writer=writer)


def thread_began(effect: models.Effect, process: Process, posted: Posted) -> None:
    """The incident reads the thread that began in the chat from now on, in the transaction that ends the effect."""
    incident = effect.incident
    assert incident is not None
    if _reading(effect) is not None:
        return
    place = posted.place or Place(process.workspace, process.channel)
    thread, _ = models.Thread.objects.get_or_create(
        workspace=place.workspace, channel=place.channel, root=posted.external, defaults={"url": posted.url}
    )
    models.Reading.objects.create(incident=incident, thread=thread, role="chat")
    now = timezone.now()
    models.Capture.objects.get_or_create(thread=thread, defaults={"since": now, "due_at": now})
    fact = Link(f"{thread.workspace}/{thread.channel}/{thread.root}", posted.url, "chat")
    journal.row(journal.Owner(incident=incident), fact, Moment(now, Basis.RECORDED), None, process.chat, now).save()
