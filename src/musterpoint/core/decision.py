"""What every step shares: who asks, when it happened, and the refusal that says what to do instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from musterpoint.core.incident import Basis, Incident, Moment, Role, Status, Who
from musterpoint.core.journal import Fact
from musterpoint.core.spoken_text import kept, one_line

#: A clock may be a little ahead of ours.
CLOCK_SKEW = timedelta(minutes=2)
#: Nothing that is told here happened before; and some clocks cannot count so far back.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
#: Characters of any text, and of a reason.
TEXT_LIMIT = 100_000
REASON_LIMIT = 2_000


class NotAllowed(Exception):
    """A step that the rules refuse. `message` says what is so; `hint` what would work."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf something is done."""

    who: Who
    role: Role
    authority: bool = False
    identities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that a decision wants written: the fact and when it happened."""

    fact: Fact
    moment: Moment


def when(now: datetime, at: datetime | None) -> Moment:
    """The moment of a step: now (recorded), or the time that the person stated. Raises NotAllowed for the future."""
    if at is None:
        return Moment(now, Basis.RECORDED)
    if at < EARLIEST:
        raise NotAllowed("bad_time", f"{at.isoformat()} lies before 1970.", "Give the time it happened.")
    if at > now + CLOCK_SKEW:
        raise NotAllowed("in_the_future", f"{at:%Y-%m-%d %H:%M} UTC lies in the future.", "Give the time it happened.")
    return Moment(at, Basis.STATED)


def must_respond(actor: Actor) -> None:
    """Viewers read; everybody else responds."""
    if actor.role is Role.VIEWER:
        raise NotAllowed(
            "read_only", f"{actor.who.name} may read but not change incidents.", "An admin can make them a responder."
        )


def must_have_authority(actor: Actor, step: str) -> None:
    """Those named in `[authority]` of musterpoint.toml; an admin has none by being admin."""
    if not actor.authority:
        raise NotAllowed(
            "no_authority",
            f"{actor.who.name} has no authority to {step}.",
            "The people named in [authority] of musterpoint.toml may.",
        )


def must_be_live(incident: Incident) -> None:
    """A cancelled incident is not worked on any more."""
    if incident.status is Status.CANCELLED:
        raise NotAllowed("cancelled", f"Incident {incident.ref} was cancelled.", "Declare a new one if it is real.")


def some_text(text: str, what: str, limit: int = TEXT_LIMIT) -> str:
    """`text` without surrounding space. Raises NotAllowed when nothing is left, or too much."""
    text = few_words(text, what, limit)
    if not text:
        raise NotAllowed("empty", f"The {what} is empty.", f"Write the {what}.")
    return text


def few_words(text: str, what: str = "reason", limit: int = REASON_LIMIT) -> str:
    """The same for what may be left out: it may be empty. Raises NotAllowed (`too_long`)."""
    text = kept(text).strip()
    if len(text) > limit:
        message = f"The {what} has {len(text)} characters; {limit} are allowed."
        raise NotAllowed("too_long", message, "Say the rest in a note.")
    return text


def some_line(text: str, what: str, limit: int) -> str:
    """The same as one line, such as a title. Raises NotAllowed: empty, too_long."""
    return some_text(one_line(text), what, limit)
