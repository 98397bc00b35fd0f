"""What somebody filled in, as a request to declare; and which field a refusal is about."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from musterpoint.core.decision import NotAllowed, when
from musterpoint.core.declare import TITLE_LIMIT, DeclareRequest, Security
from musterpoint.core.given_time import given_time
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.spoken_text import one_line
from musterpoint.core.spoken_times import spoken_times
from musterpoint.integrations.slack.app.modals import AFFECTED, INVOLVED, NOTICED, TITLE, Answers
from musterpoint.ports import Refused

#: Of a message so much becomes the title.
_TITLE = 100
_ABOUT_TIME = ("bad_time", "in_the_future", "after_declaration")


class Wrong(Refused):
    """A field that has to be filled in otherwise; `field` is the id of its block."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def request_of(answers: Answers, now: datetime, zone: tzinfo | None, begins: Moment | None, ref: str) -> DeclareRequest:
    """`begins`: when what it is about began to be spoken of, with the `ref` of that message; what the person says
    counts more. Raises Wrong."""
    said = noticed(answers.noticed, now, zone)
    return DeclareRequest(
        answers.title,
        answers.affected,
        security=answers.security or Security.NO,
        detected=said or begins,
        detected_ref="" if said else ref,
        unasked=answers.security is None,
    )


def noticed(text: str, now: datetime, zone: tzinfo | None) -> Moment | None:
    """The time that somebody names (UTC), as exactly as they name it: "about 20 minutes ago" is an estimate.

    None for no words. Raises Wrong for words that are no time, or one to come.
    """
    if not text:
        return None
    try:
        at = Moment(given_time(text, now, zone or UTC), Basis.STATED)
    except NotAllowed:
        at = _spoken(text, now, zone)
    try:
        when(now, at.at)
    except NotAllowed as refusal:
        raise Wrong(NOTICED, f"{refusal.message} {refusal.hint}") from refusal
    return at


def _spoken(text: str, now: datetime, zone: tzinfo | None) -> Moment:
    found = spoken_times(text, now, zone)
    if len(found) != 1:
        raise Wrong(NOTICED, "That is not a time. Write 14:20, 2026-03-02 14:20, or 10m ago.")
    return Moment(found[0].at, Basis.ESTIMATED if found[0].approximate else Basis.STATED)


def errors(refusal: NotAllowed | Wrong) -> dict[str, str]:
    """What stands below which field of the form."""
    if isinstance(refusal, Wrong):
        return {refusal.field: str(refusal)[:150]}
    text = f"{refusal.message} {refusal.hint}".strip()[:300]
    if refusal.code in _ABOUT_TIME:
        return {NOTICED: text}
    if refusal.code in ("empty", "too_long"):
        return {AFFECTED if "affected" in refusal.message else TITLE: text}
    return {INVOLVED: text}


def title_of(text: str, otherwise: str) -> str:
    """The first line that says something, cut at a word."""
    line = next((found for found in (one_line(each) for each in text.splitlines()) if found), "")
    if len(line) > _TITLE:
        line = f"{line[:_TITLE].rsplit(' ', 1)[0]}…"
    return (line or one_line(otherwise))[:TITLE_LIMIT]
