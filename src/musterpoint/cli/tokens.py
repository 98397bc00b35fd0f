"""`token`: issue, list and revoke what programs act with."""

from __future__ import annotations

from typing import Any

from musterpoint import access
from musterpoint.accounts import tokens
from musterpoint.actions import Call
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.reading import markdown_table
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role, read_time
from musterpoint.store.models import Person

HEAD = ["ID", "NAME", "PERSON", "SCOPES", "EXPIRES", "LAST USED"]


def token(session: Session) -> Answer:
    return {"issue": _issue, "list": _list, "revoke": _revoke}[session.options.what](session)


def _issue(session: Session) -> Answer:
    options = session.options
    person, within = _whose(session), session.here.token
    expires_at = tokens.expiry(options.expires, session.now)
    if within and within.expires_at and expires_at and not options.expires:
        expires_at = min(expires_at, within.expires_at)
    text = tokens.issue(person, options.name, options.scope or ["read"], expires_at, within=within)
    shape = tokens.shape(tokens.named(text))
    lines = [text, f"The token {shape['name']!r} of {person.name}, for {_scopes(shape)}, {_until(shape)}."]
    lines.append("Keep it now: it is not shown again.")
    return Answer({"token": text, **shape}, "\n".join(lines))


def _whose(session: Session) -> Person:
    """Whose token it is to be. Raises NotAllowed, NotFound.

    From afar always one's own: an admin who could make another's would read what only its members may see.
    """
    call, wanted = session.call(), session.options.whom
    if not wanted:
        return access.person(call.actor.who.identity)
    _must_be_admin(call)
    if session.here.token is not None:
        message = "A token for somebody else is made at the machine itself."
        raise NotAllowed("at_the_machine", message, "Everybody makes their own on the page Settings, Tokens.")
    return access.person(wanted)


def _must_be_admin(call: Call) -> None:
    if call.actor.role is not Role.ADMIN:
        raise NotAllowed("not_an_admin", f"{call.actor.who.name} is not an admin.", "An admin can do this.")


def _list(session: Session) -> Answer:
    call = session.call()
    if session.options.all:
        _must_be_admin(call)
    person = None if session.options.all else access.person(call.actor.who.identity)
    shapes = [tokens.shape(each) for each in tokens.listed(person)]
    rows = [
        [
            str(each["id"]),
            each["name"],
            each["person"],
            " ".join(each["scopes"]),
            _day(each["expires_at"], "never") + (" expired" if each["expired"] else ""),
            _day(each["used_at"], "not yet"),
        ]
        for each in shapes
    ]
    empty = "No tokens yet. Make one: token issue NAME --scope write"
    markdown = markdown_table(HEAD, rows) if rows else empty
    return Answer({"tokens": shapes}, columns([HEAD, *rows]) if rows else empty, markdown)


def _revoke(session: Session) -> Answer:
    gone = tokens.revoke(session.call().actor, session.options.number)
    text = f"The token {gone.name!r} of {gone.person.name} works no more."
    return Answer({"revoked": gone.pk, "name": gone.name}, text)


def _scopes(shape: dict[str, Any]) -> str:
    return ", ".join(shape["scopes"])


def _until(shape: dict[str, Any]) -> str:
    return f"until {_day(shape['expires_at'], '')} UTC" if shape["expires_at"] else "for ever"


def _day(at: str | None, none: str) -> str:
    return f"{read_time(at):%Y-%m-%d %H:%M}" if at else none
