"""Adopt: a thread that is there already becomes an incident, with everything that was said in it.

In a private channel it is for those who are in that channel, until somebody with authority opens it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from musterpoint import access
from musterpoint.actions.begin import Declared, begun
from musterpoint.actions.recording import LOCAL, Call, write
from musterpoint.core import declare as rules
from musterpoint.core.decision import Draft, NotAllowed, when
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.journal import Link
from musterpoint.store import models


@dataclass(frozen=True, slots=True)
class ThreadPlace:
    """A thread of the chat. `channel` and `root` are the chat's own ids; `members` the identities of those who are in
    its channel, where that is private."""

    workspace: str
    channel: str
    root: str
    channel_name: str = ""
    url: str = ""
    private: bool = False
    members: tuple[str, ...] = ()


def adopt(call: Call, request: DeclareRequest, place: ThreadPlace) -> Declared:
    """Declare an incident that reads this thread. Its card goes there, unless security may be involved: then nothing is
    said. Raises NotAllowed, where an incident reads the thread already (`already_an_incident`) too."""
    confined_to = place.members if place.private else None
    draft = rules.declare(call.actor, call.process, request, call.now, confined_to)
    with transaction.atomic():
        thread = _thread(place)
        must_be_free(call, place)
        aloud = request.security is Security.NO
        return begun(call, draft, lambda row: _reads(call, row, thread, "chat" if aloud else "thread"))


def _thread(place: ThreadPlace) -> models.Thread:
    """Its row, locked: of two people who adopt it at the same moment one waits for the other."""
    known = {"workspace": place.workspace, "channel": place.channel, "root": place.root}
    models.Thread.objects.get_or_create(**known, defaults={"url": place.url})
    thread = models.Thread.objects.select_for_update().get(**known)
    thread.private = place.private
    thread.url, thread.channel_name = thread.url or place.url, place.channel_name or thread.channel_name
    thread.save(update_fields=["private", "url", "channel_name"])
    return thread


def must_be_free(call: Call, place: ThreadPlace) -> None:
    """Raises NotAllowed where an incident that is not cancelled reads the thread: which one, if this person sees it.

    An imported thread may not name its workspace, nor (`-`) its channel.
    """
    same = Q(workspace__in=("", place.workspace), channel__in=("-", place.channel), root=place.root)
    threads = models.Thread.objects.filter(same).exclude(workspace=LOCAL)
    readings = models.Reading.objects.filter(thread__in=threads)
    mine = access.visible(call.actor).filter(readings__in=readings)
    if live := mine.exclude(status="cancelled").order_by("pk").first():
        raise NotAllowed(
            "already_an_incident",
            f"This thread is incident {live.ref} already: {live.title}.",
            "Go on there; a second one begins in another thread.",
        )
    if readings.exclude(incident__in=mine).exists():
        contact = call.process.security_contact or "an admin"
        raise NotAllowed("cannot_adopt", "This thread cannot become an incident.", f"Ask {contact}.")


def _reads(call: Call, row: models.Incident, thread: models.Thread, role: str) -> None:
    """The incident reads the thread from now on, and all that was said in it is fetched at once."""
    models.Reading.objects.create(incident=row, thread=thread, role=role)
    capture = {"due_at": call.now, "whole": True}
    models.Capture.objects.update_or_create(
        thread=thread, defaults=capture, create_defaults={**capture, "since": call.now}
    )
    link = Link(f"{thread.workspace}/{thread.channel}/{thread.root}", thread.url, role)
    write(call, row, Draft(link, when(call.now, None)))
