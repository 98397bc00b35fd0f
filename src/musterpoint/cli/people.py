"""`people`: who is who. A person is one human with many identities."""

from __future__ import annotations

from django.conf import settings

from musterpoint import people as directory
from musterpoint.accounts import letters, links
from musterpoint.accounts.models import Link
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.running import Session
from musterpoint.core.incident import time_text
from musterpoint.store import models


def people(session: Session) -> Answer:
    options, call = session.options, session.call()
    match options.what:
        case "add":
            person = directory.add(call, options.name, options.role, options.zone, options.identity)
        case "invite":
            return _invite(session)
        case "sign-in":
            made, text = links.sign_in(call, options.who)
            return _linked(made, links.address(_base(session), text), False)
        case "link":
            person = directory.link(call, options.who, options.identity)
        case "unlink":
            person = directory.unlink(call, options.identity)
        case "merge":
            person = directory.merge(call, options.who, options.into)
        case "set":
            person = directory.change(call, options.who, options.name, options.role, options.zone)
        case _:
            return _list(session)
    shape = directory.shape(person, session.process)
    return Answer({"person": shape}, _line(shape))


def _base(session: Session) -> str:
    return settings.ADDRESS or f"http://127.0.0.1:{session.process.port}"


def _invite(session: Session) -> Answer:
    options = session.options
    made, text = links.invite(session.call(), options.email, options.role, options.who)
    address = links.address(_base(session), text)
    return _linked(made, address, letters.sent(made, address))


def _linked(made: Link, address: str, mailed: bool) -> Answer:
    """The address alone on its line, so that it can be copied."""
    until = f"It works once, until {made.expires_at:%Y-%m-%d %H:%M} UTC."
    told = f"Mailed to {made.email}." if mailed else "Pass it on in a way that only they read."
    data = {"address": address, "expires_at": time_text(made.expires_at), "mailed": mailed}
    return Answer(data, f"{address}\n{until} {told}")


def _line(shape: dict[str, object]) -> str:
    identities = shape["identities"]
    known = ", ".join(identities) if isinstance(identities, list) and identities else "no identity"
    return f"{shape['name']} ({shape['id']}): {shape['role']}{', authority' if shape['authority'] else ''}, {known}"


def _list(session: Session) -> Answer:
    found = models.Person.objects.prefetch_related("identities").order_by("name", "pk")
    shapes = [directory.shape(each, session.process) for each in found]
    rows = [
        [
            str(each["id"]),
            str(each["name"]),
            f"{each['role']}{' + authority' if each['authority'] else ''}",
            ", ".join(each["identities"]) or "-",
        ]
        for each in shapes
    ]
    return Answer({"people": shapes}, columns([["ID", "NAME", "ROLE", "IDENTITIES"], *rows]))
