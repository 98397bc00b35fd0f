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

from musterpoint import announcing, effects, exporting, logs, mailing, publishing, tracking
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import NotSent, Posted, Refused, Unavailable
from musterpoint.store import models

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


_NOTED = {
    "thread": announcing.thread_began,
    "raise": tracking.raised,
    "publish": publishing.published,
    "action_issue": tracking.sub_issue_made,
}


def _note(effect: models.Effect, process: Process, posted: Posted) -> None:
    """It is done; what that means for the incident is recorded with it. Locked in the order of the actions: the
    incident first, then its effects."""
    noted = _NOTED.get(effect.kind)
    with transaction.atomic():
        if noted is not None and effect.incident is not None:
            models.Incident.objects.select_for_update().get(pk=effect.incident.pk)
        if effects.done(effect, effect.leased_by, posted.external) and noted is not None:
            noted(effect, process, posted)


def _again(effect: models.Effect, process: Process, error: Unavailable) -> bool:
    if effect.tries >= process.attempts and error.retry_after is None:
        return _park(effect, f"{error} (tried {effect.tries} times)")
    pause = error.retry_after or effects.pause_after(effect.tries, process.retry_after)
    put_off, sent = error.retry_after is not None, not isinstance(error, NotSent)
    effects.again(effect, effect.leased_by, str(error), pause, failed=not put_off, sent=sent)
    return False


def _park(effect: models.Effect, error: str) -> bool:
    """The reason stays with the effect: it may quote what somebody wrote, which belongs into no log."""
    effects.park(effect, effect.leased_by, error)
    log.warning("parked; `musterpoint effects` says why")
    return True


def _carry_out(effect: models.Effect, process: Process) -> Posted:
    if effect.kind == "export":
        return _export(effect, process)
    if effect.kind in tracking.KINDS:
        return tracking.deliver(effect, process, lambda: _renew(effect, process))
    if effect.kind == "publish":
        return publishing.publish(effect, process, lambda: _renew(effect, process))
    if effect.kind == "mail":
        return mailing.deliver(effect, process, lambda: _renew(effect, process))
    if effect.kind in announcing.KINDS:
        return announcing.deliver(effect, process, lambda: _renew(effect, process))
    if (own := registry.own_effect(process, effect.kind)) is not None:
        return own(effect, process, lambda: _renew(effect, process))
    raise Refused(f"This version does not know effects of the kind {effect.kind!r}.")


def _export(effect: models.Effect, process: Process) -> Posted:
    data = json.loads(effect.data)
    assert effect.incident is not None
    exporting.again(Path(data["path"]), data["person"], process, effect.incident.ref, timezone.now())
    return Posted(data["path"])


def _renew(effect: models.Effect, process: Process) -> None:
    if not effects.renew(effect, effect.leased_by, process.lease):
        raise LeaseLost
