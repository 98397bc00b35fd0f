"""Carries out what is said in the chat: the thread with its status card, sentences, and what is to be written anew.

Of a restricted incident nothing is said, but for one whose thread is in a private channel: there, and nowhere else.
What is said of one incident arrives in the order in which it was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from musterpoint import effects
from musterpoint.core import reminder_chat
from musterpoint.core.aftermath_journal import IssueRaised, Reminder
from musterpoint.core.card import card
from musterpoint.core.describe import describe
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.journal import Entry, Link, Note
from musterpoint.core.not_taken import not_taken
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.integrations import registry
from musterpoint.ports import Button, Chat, NotSent, Place, Posted, Refused, Saying
from musterpoint.store import incidents, journal, models
from musterpoint.store.addresses import chat_users

KINDS = ("thread", "say", "card", "rewrite")

Renew = Callable[[], None]

#: Seconds until the next try, for each sentence that is to come before; and at most.
SOON, LONGEST = 0.5, 60.0
#: What failed this often holds nobody up any more while it waits for its next try.
STUCK = 10


def deliver(effect: models.Effect, process: Process, renew: Renew) -> Posted:
    """Carry out an effect of one of KINDS. `renew` is called before every call outside. Raises Unavailable, Refused."""
    chat = registry.chat(process)
    if effect.kind == "thread":
        return _once(chat, effect, renew, _where_it_begins(effect, process), _card(effect, process))
    place = _place(effect, process)
    match effect.kind:
        case "say":
            _in_turn(effect)
            if chat.gathers and effect.tries == 1 and _goes_with_the_next(effect):
                return Posted("said together with what came next")
            return _once(chat, effect, renew, place, _sentence(effect))
        case "card":
            return _bring_card(chat, effect, process, renew, place)
    return _rewrite(chat, effect, process, renew, place)


def _once(chat: Chat, effect: models.Effect, renew: Renew, place: Place, saying: Saying) -> Posted:
    """Post, unless an earlier try did: it may have been stored there before we could note it here."""
    if effect.tries > 1 and (found := chat.find(place, name_outside(effect))) is not None:
        return found
    renew()
    return chat.post(place, saying, name_outside(effect))


def _in_turn(effect: models.Effect) -> None:
    """Raises NotSent while something that was recorded earlier is still to be said of the incident."""
    held_up = Q(leased_until__gte=Now()) | Q(not_before__lte=Now()) | Q(tries__lt=STUCK)
    earlier = models.Effect.objects.filter(
        held_up, incident=effect.incident, kind__in=("thread", "say"), status="waiting", id__lt=effect.pk
    )
    due = list(earlier.order_by("id").annotate(clock=Now()).values_list("not_before", "clock"))
    if due:
        first = (due[0][0] - due[0][1]).total_seconds()
        pause = min(max(SOON * len(due), first), LONGEST)
        raise NotSent("What was said before it is still on its way.", pause)


def _goes_with_the_next(effect: models.Effect) -> bool:
    """Of several that wait one message is made: what this one tells goes to the next, which nobody has tried yet. A
    note stays its writer's own, and a reminder keeps its buttons."""
    later = models.Effect.objects.filter(incident=effect.incident, kind="say", status="waiting", id__gt=effect.pk)
    following = later.order_by("id").first()
    if following is None or not (_only_tells(effect) and _only_tells(following)):
        return False
    data = json.dumps({"entries": [*_entries(effect), *_entries(following)]})
    untouched = models.Effect.objects.filter(effects.free(), pk=following.pk, tries=0, data=following.data)
    return bool(untouched.update(data=data))


def _only_tells(effect: models.Effect) -> bool:
    kinds = models.Entry.objects.filter(pk__in=_entries(effect)).values_list("kind", flat=True)
    return not {"note", "reminder"} & set(kinds)


def _entries(effect: models.Effect) -> list[int]:
    data = json.loads(effect.data)
    return [int(each) for each in data.get("entries") or [data["entry"]]]


def _bring_card(chat: Chat, effect: models.Effect, process: Process, renew: Renew, place: Place) -> Posted:
    """Only the newest of several changes is shown: each shows how it stands by then."""
    later = models.Effect.objects.filter(incident=effect.incident, kind="card", status="waiting", id__gt=effect.pk)
    if later.exists():
        return Posted("a later one shows it")
    began = _begins(effect)
    external = began.external if began and began.external else place.root
    renew()
    chat.update(place, external, _card(effect, process))
    return Posted(external)


def _rewrite(chat: Chat, effect: models.Effect, process: Process, renew: Renew, place: Place) -> Posted:
    """What an earlier effect posted gets the text that stands now; one that never got there needs nothing."""
    original = models.Effect.objects.get(key=json.loads(effect.data)["effect"])
    if original.status == "waiting":
        raise NotSent("What is to be written anew has not gone out yet.", retry_after=process.retry_after)
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
        raise NotSent("The incident's thread in the chat has not begun yet.", retry_after=process.retry_after)
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


def _card(effect: models.Effect, process: Process) -> Saying:
    assert effect.incident is not None
    row = models.Incident.objects.get(pk=effect.incident.pk)
    shown = card(incidents.state(row), _address(effect), process.severities)
    return Saying(shown.text, card=shown)


def _address(effect: models.Effect) -> str:
    """That of the incident's page, if it is known where people reach it."""
    return f"{settings.ADDRESS}/incidents/{effect.incident.ref}" if settings.ADDRESS and effect.incident else ""


def _sentence(effect: models.Effect) -> Saying:
    """A note stands there in its writer's name; several reminders are one message."""
    assert effect.incident is not None
    rows = models.Entry.objects.filter(pk__in=_entries(effect)).order_by("id")
    told = [journal.entry(each) for each in rows]
    if "entries" in json.loads(effect.data) and all(isinstance(each.fact, Reminder) for each in told):
        return _reminders(effect.incident.ref, told)
    first = told[0]
    writer = first.who.name if first.who and isinstance(first.fact, Note) else ""
    return Saying("\n".join(_words(each) for each in told), writer=writer, address=_address(effect))


def _words(entry: Entry) -> str:
    if isinstance(entry.fact, IssueRaised):
        raised = f"The issue is raised: {entry.fact.url or entry.fact.issue}"
        return f"{raised}\n{not_taken(entry.fact.dropped)}" if entry.fact.dropped else raised
    return describe(entry)


def _reminders(ref: str, told: list[Entry]) -> Saying:
    found = [each.fact for each in told if isinstance(each.fact, Reminder)]
    called = [each.identity for each in reminder_chat.called(found)]
    reached = chat_users(called, "slack")
    buttons = tuple(Button(*each) for each in reminder_chat.choices(ref, found))
    return Saying(reminder_chat.together(found, reached), buttons=buttons, to=tuple(reached))


def thread_began(effect: models.Effect, process: Process, posted: Posted) -> None:
    """The incident reads the thread that began in the chat from now on, in the transaction that ends the effect."""
    incident = effect.incident
    assert incident is not None
    if _reading(effect) is not None:
        return
    place = posted.place or Place(process.workspace, process.channel)
    known = models.ChatChannel.objects.filter(workspace=place.workspace, channel=place.channel)
    name = known.values_list("name", flat=True).first() or ""
    thread, _ = models.Thread.objects.get_or_create(
        workspace=place.workspace,
        channel=place.channel,
        root=posted.external,
        defaults={"url": posted.url, "channel_name": name},
    )
    models.Reading.objects.create(incident=incident, thread=thread, role="chat")
    now = timezone.now()
    if registry.has_history(process):
        models.Capture.objects.get_or_create(thread=thread, defaults={"since": now, "due_at": now})
    fact = Link(f"{thread.workspace}/{thread.channel}/{thread.root}", posted.url, "chat")
    journal.row(journal.Owner(incident=incident), fact, Moment(now, Basis.RECORDED), None, process.chat, now).save()
