"""Remind: a pass over all incidents that are not over. What is due is said and recorded, once, whoever else does so."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from musterpoint import logs, mailing
from musterpoint.actions import Call
from musterpoint.actions.reminding import addressed, give, known_people
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role, Who
from musterpoint.core.process import Process
from musterpoint.core.reminder_words import named_in_settings
from musterpoint.core.reminders import due
from musterpoint.store import incidents, live, models

log = logging.getLogger("musterpoint.reminding")


def by_hand(call: Call) -> int:
    """A pass that an admin asks for, where no engine runs. Raises NotAllowed. Returns how many reminders were given."""
    if call.actor.role is not Role.ADMIN:
        raise NotAllowed("not_an_admin", f"{call.actor.who.name} is not an admin.", "An admin can do this.")
    return remind(call.process, call.now)


def remind(process: Process, now: datetime) -> int:
    """Give every reminder that is due. Returns how many. What is wrong with one incident concerns it alone."""
    known: dict[str, Who] | None = None
    given = 0
    for number, ref in list(_with_something_due(process, now)):
        try:
            known = known_people(process) if known is None else known
            with logs.about(incident=ref):
                given += _remind(number, process, now, known)
        except (OperationalError, InterfaceError):  # our own database: no incident is to blame
            raise
        except Exception:
            with logs.about(incident=ref):
                log.exception("incident %s: nobody could be reminded; the others were", ref)
    return given


def _with_something_due(process: Process, now: datetime) -> Iterator[tuple[int, str]]:
    for values in live.live():
        number, ref = values[:2]
        try:
            state, heard = live.state(values)
            if due(state, heard, now, process):
                yield number, ref
        except Exception:
            log.exception("incident %s: nobody could be reminded; the others were", ref)


def _remind(number: int, process: Process, now: datetime, known: dict[str, Who]) -> int:
    """Once more with the row locked: somebody else may have reminded, or settled it, meanwhile."""
    with transaction.atomic():
        row = models.Incident.objects.select_for_update().get(pk=number)
        state = incidents.state(row, incidents.members(row))
        found = addressed(due(state, live.heard(row), now, process), known)
        give(process, row, state, found, now, _by_mail(process, known))
    return len(found)


def _by_mail(process: Process, known: dict[str, Who]) -> list[Who] | None:
    """Those with authority, where reminders are mailed: the local chat is a page that nobody may have open."""
    if process.announces or not mailing.configured():
        return None
    named = (named_in_settings(each) for each in process.authority)
    return [known[each.identity] for each in named if each.identity in known]
