"""Delivery: carries one effect out. Claim it, look at the other side, send, note; park what is refused."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from musterpoint import effects, exporting, logs, mailing, publishing, tracking
from musterpoint.core.card import card
from musterpoint.core.describe import describe
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.journal import Link
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import Chat, Place, Posted, Refused, Unavailable
from musterpoint.store import incidents, journal, models

log = logging.getLogger("musterpoint.delivery")
log.addHandler(logging.NullHandler())  # the command line, which has no log, tells in its own words what is left


class LeaseLost(Exception):
    """Somebody else may be working on the effect by now: stop without a word."""


def _holder() -> str:
    """Who holds a lease: this thread of this process, never mistaken for another one or a later try of its own."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def deliver(key: str, process: Process) -> bool:
    """Carry the effect out if nobody else does. Whether it is finished now (done, parked or dropped)."""
    effect = effects.claim(key, _holder(), process.lease)
    if effect is None:
        return models.Effect.objects.filter(key=key).exclude(status="waiting").exists()
    with logs.about(effect=key, incident=effect.incident.ref if effect.incident else ""):
        return _tried(effect, process)


def _tried(effect: models.Effect, process: Process) -> bool:
    try:
        posted = _carry_out(effect, process)
    except LeaseLost:
        return False
    except Unavailable as error:
        return _again(effect, process, error)
    except Refused as error:
        return _park(effect, str(error))
    except (OperationalError, InterfaceError):  # our own database: the row is not to blame, and its lease runs out
        return False
    except Exception as error:  # the edge of a job: a poison row is parked, never fatal
        log.exception("an effect failed as none should")
        return _park(effect, f"{type(error).__name__}: {error}")
    _note(effect, process, posted)
    return True


def _note(effect: models.Effect, process: Process, posted: Posted) -> None:
    """It is done; what that means for the incident is recorded with it. Locked in the order of the actions: the
    incident first, then its effects."""
    noted = {"thread": _thread_began, "raise": tracking.raised, "publish": publishing.published}.get(effect.kind)
    with transaction.atomic():
        if noted is not None and effect.incident is not None:
            models.Incident.objects.select_for_update().get(pk=effect.incident.pk)
        if effects.done(effect, effect.leased_by, posted.external) and noted is not None:
            noted(effect, process, posted)


def _again(effect: models.Effect, process: Process, error: Unavailable) -> bool:
    if effect.tries >= process.attempts and error.retry_after is None:
        return _park(effect, f"{error} (tried {effect.tries} times)")
    pause = error.retry_after or effects.pause_after(effect.tries, process.retry_after)
    effects.again(effect, effect.leased_by, str(error), pause, failed=error.retry_after is None)
    return False


def _park(effect: models.Effect, error: str) -> bool:
    """The reason stays with the effect: it may quote what somebody wrote, which belongs into no log."""
    effects.park(effect, effect.leased_by, error)
    log.warning("parked; `musterpoint effects` says why")
    return True


def _carry_out(effect: models.Effect, process: Process) -> Posted:
    if effect.kind == "export":
        return _export(effect, process)
    if effect.kind in ("raise", "issue", "comment"):
        return tracking.deliver(effect, process, lambda: _renew(effect, process))
    if effect.kind == "publish":
        return publishing.publish(effect, process, lambda: _renew(effect, process))
    if effect.kind == "mail":
        return mailing.deliver(effect, process, lambda: _renew(effect, process))
    chat = registry.chat(process)
    if effect.kind == "thread":
        return _once(chat, effect, process, Place(process.workspace, process.channel), _card(effect))
    place = _place(effect, process)
    if effect.kind == "say":
        return _once(chat, effect, process, place, _sentence(effect))
    if effect.kind == "card":
        return _update(chat, effect, process, place, place.root, _card(effect))
    if effect.kind == "rewrite":
        return _rewrite(chat, effect, process, place)
    raise Refused(f"This version does not know effects of the kind {effect.kind!r}.")


def _export(effect: models.Effect, process: Process) -> Posted:
    data = json.loads(effect.data)
    assert effect.incident is not None
    exporting.again(Path(data["path"]), data["person"], process, effect.incident.ref, timezone.now())
    return Posted(data["path"])


def _once(chat: Chat, effect: models.Effect, process: Process, place: Place, text: str) -> Posted:
    """Post, unless an earlier try did: it may have been stored there before we could note it here."""
    if effect.tries > 1 and (found := chat.find(place, effects.name_outside(effect))) is not None:
        return found
    _renew(effect, process)
    return chat.post(place, text, effects.name_outside(effect))


def _update(chat: Chat, effect: models.Effect, process: Process, place: Place, external: str, text: str) -> Posted:
    _renew(effect, process)
    chat.update(place, external, text)
    return Posted(external)


def _rewrite(chat: Chat, effect: models.Effect, process: Process, place: Place) -> Posted:
    """What an earlier effect posted gets the text that stands now; one that never got there needs nothing."""
    original = models.Effect.objects.get(key=json.loads(effect.data)["effect"])
    if original.status == "waiting":
        raise Unavailable("What is to be written anew has not gone out yet.", retry_after=process.retry_after)
    found = Posted(original.external) if original.external else chat.find(place, effects.name_outside(original))
    if found is None:
        return Posted("")
    return _update(chat, effect, process, place, found.external, _sentence(original))


def _renew(effect: models.Effect, process: Process) -> None:
    if not effects.renew(effect, effect.leased_by, process.lease):
        raise LeaseLost


def _place(effect: models.Effect, process: Process) -> Place:
    """The incident's thread in the chat. While it has none yet, what follows waits for it."""
    reading = (
        models.Reading.objects.filter(incident=effect.incident, role="chat")
        .select_related("thread")
        .order_by("id")
        .first()
    )
    if reading is None:
        opening = models.Effect.objects.filter(incident=effect.incident, kind="thread").first()
        if opening is None or opening.status in ("parked", "dropped"):
            raise Refused("The incident has no thread in the chat.")
        raise Unavailable("The incident's thread in the chat has not begun yet.", retry_after=process.retry_after)
    return Place(reading.thread.workspace, reading.thread.channel, reading.thread.root)


def _card(effect: models.Effect) -> str:
    assert effect.incident is not None
    return card(incidents.state(effect.incident))


def _sentence(effect: models.Effect) -> str:
    row = models.Entry.objects.get(pk=json.loads(effect.data)["entry"])
    return describe(journal.entry(row))


def _thread_began(effect: models.Effect, process: Process, posted: Posted) -> None:
    """The incident reads the thread that began in the chat from now on."""
    incident = effect.incident
    assert incident is not None
    thread, _ = models.Thread.objects.get_or_create(
        workspace=process.workspace, channel=process.channel, root=posted.external, defaults={"url": posted.url}
    )
    models.Reading.objects.get_or_create(incident=incident, thread=thread, role="chat")
    now = timezone.now()
    fact = Link(f"{thread.workspace}/{thread.channel}/{thread.root}", posted.url, "chat")
    journal.row(journal.Owner(incident=incident), fact, Moment(now, Basis.RECORDED), None, process.chat, now).save()
