"""Publish: a public post is the default; skipping it is a decision with a name and a reason (handbook, Publish)."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.aftermath import Decision
from musterpoint.core.aftermath_journal import PostRequested, PublicationDecision, RowPublic
from musterpoint.core.decision import (
    Actor,
    Draft,
    NotAllowed,
    few_words,
    must_be_live,
    must_have_authority,
    must_respond,
    some_text,
    when,
)
from musterpoint.core.front_matter import unstamped
from musterpoint.core.incident import Incident, Kind, Status


def must_be_public(incident: Incident) -> None:
    """What is said about a security incident is decided elsewhere (handbook, Disclosure)."""
    if incident.restricted or incident.kind is Kind.SECURITY:
        raise NotAllowed(
            "not_public",
            f"Incident {incident.ref} concerns security: no post is made of it here.",
            "What is said about it is decided by those whom [security] contact in musterpoint.toml names.",
        )


def decide(
    incident: Incident,
    actor: Actor,
    decision: Decision | None,
    now: datetime,
    reason: str = "",
    *,
    given_up: bool = False,
) -> Draft:
    """To publish, to skip, or (None) no decision any more, so that a post is the default again.

    `given_up`: the revision that was asked for last will not arrive, a person dropped it.
    Raises NotAllowed: read_only, cancelled, not_public, unchanged, no_authority, empty, published, on_its_way.
    """
    must_respond(actor)
    must_be_live(incident)
    must_be_public(incident)
    publication = incident.after.publication
    if publication.decision is decision:
        is_so = {None: "not decided", Decision.SKIP: "to be skipped"}.get(decision, "to be published")
        raise NotAllowed("unchanged", f"The post of incident {incident.ref} is {is_so} already.")
    if decision is Decision.SKIP:
        must_have_authority(actor, "skip the public post")
        reason = some_text(reason, "reason")
        if publication.published:
            raise NotAllowed(
                "published",
                f"The post of incident {incident.ref} is on the website: {publication.path}.",
                "It cannot be skipped any more. Tell in it what has changed, or remove it there by hand.",
            )
        _must_have_arrived(incident, given_up)
    return Draft(PublicationDecision(decision, few_words(reason)), when(now, None))


def request(
    incident: Incident,
    actor: Actor,
    now: datetime,
    path: str,
    url: str,
    text: str,
    *,
    was: str = "",
    given_up: bool = False,
) -> Draft:
    """The next revision of the post is to be published: exactly this text. `was` is what was published last.

    Raises NotAllowed: read_only, cancelled, not_public, not_resolved, skipped, on_its_way, unchanged, empty.
    """
    must_respond(actor)
    must_be_live(incident)
    must_be_public(incident)
    publication = incident.after.publication
    if incident.status is Status.OPEN:
        raise NotAllowed(
            "not_resolved",
            f"Incident {incident.ref} is open: its post can be written, not published.",
            f"First: resolve {incident.ref}",
        )
    if publication.decision is Decision.SKIP:
        because = f": {publication.reason}" if publication.reason else ""
        raise NotAllowed(
            "skipped",
            f"It was decided to publish no post{because}.",
            f"To take that back: publication decide {incident.ref} publish",
        )
    _must_have_arrived(incident, given_up)
    some_text(text, "post")
    if publication.published and unstamped(text) == unstamped(was):
        raise NotAllowed(
            "unchanged",
            f"The post of incident {incident.ref} is on the website with exactly this text.",
            f"To change it: publication edit {incident.ref}",
        )
    revision = publication.requested + 1
    return Draft(PostRequested(revision, publication.path or path, url, text), when(now, None))


def choose_row(incident: Incident, actor: Actor, of: str, public: bool, now: datetime) -> Draft:
    """A row of the timeline is chosen for the public, or kept from it. Raises NotAllowed."""
    must_respond(actor)
    must_be_live(incident)
    must_be_public(incident)
    return Draft(RowPublic(of, public), when(now, None))


def _must_have_arrived(incident: Incident, given_up: bool) -> None:
    publication = incident.after.publication
    if publication.requested > publication.published and not given_up:
        raise NotAllowed(
            "on_its_way",
            f"Revision {publication.requested} of the post is on its way to the website.",
            "`musterpoint effects` shows what hinders it, if anything does; there it can be tried again or dropped.",
        )
