"""Declare: anybody who may respond, from wherever they are; nothing but a title is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from musterpoint.core.decision import Actor, Draft, NotAllowed, few_words, must_respond, some_line, when
from musterpoint.core.incident import Basis, Kind, Moment, Severity
from musterpoint.core.journal import Declaration
from musterpoint.core.process import Process
from musterpoint.core.spoken_text import one_line

TITLE_LIMIT = 300


class Security(StrEnum):
    """The answer to: could security or personal data be involved? Unsure is handled like yes."""

    NO = "no"
    UNSURE = "unsure"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class DeclareRequest:
    title: str
    affected: str = ""
    severity: Severity | None = None
    security: Security = Security.NO
    at: datetime | None = None
    detected: Moment | None = None
    detected_ref: str = ""
    first_responder_at: datetime | None = None
    first_responder_ref: str = ""
    #: nobody was asked about security: it is treated as no, and asked for later
    unasked: bool = False


def declare(
    actor: Actor,
    process: Process,
    request: DeclareRequest,
    now: datetime,
    confined_to: Sequence[str] | None = None,
) -> Draft:
    """The declaration. One that may involve security or personal data is for its declarer and the SIRT alone.

    `confined_to`: its thread is in a private channel of these people (identities), so it is theirs and the declarer's
    alone. Detection: what was said, else the declaration itself (it was known by then: estimated). Raises NotAllowed.
    """
    must_respond(actor)
    title = some_line(request.title, "title", TITLE_LIMIT)
    affected = few_words(one_line(request.affected), "affected", TITLE_LIMIT)
    declared = when(now, request.at)
    detected = request.detected or Moment(declared.at, Basis.ESTIMATED)
    when(now, detected.at)
    if detected.basis is Basis.STATED and detected.at > declared.at:
        raise NotAllowed(
            "after_declaration", "It cannot be noticed after it was declared.", "Check --detected and --at."
        )
    secret = request.security is not Security.NO
    confined = confined_to is not None and not secret
    fact = Declaration(
        title=title,
        affected=affected,
        kind=Kind.SECURITY if secret else Kind.AVAILABILITY,
        severity=request.severity,
        restricted=secret or confined,
        members=members(actor, process) if secret else confined_members(actor, confined_to),
        detected_at=detected.at,
        detected_basis=detected.basis,
        detected_ref=request.detected_ref,
        first_responder_at=request.first_responder_at,
        first_responder_ref=request.first_responder_ref,
        confined=confined,
        unasked=request.unasked and not secret,
    )
    return Draft(fact, declared)


def members(actor: Actor, process: Process, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Who knows of a restricted incident: whoever declared or restricted it, and `security.sirt`."""
    return tuple(dict.fromkeys([actor.who.identity, *process.sirt, *others]))


def confined_members(actor: Actor, confined_to: Sequence[str] | None) -> tuple[str, ...]:
    """Who knows of an incident whose thread is in a private channel: who is in that channel, and its declarer. The SIRT
    is not told by that: nobody said that it concerns them."""
    return () if confined_to is None else tuple(dict.fromkeys([actor.who.identity, *confined_to]))
