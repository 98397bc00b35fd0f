"""`people`: who is who. A person is one human with many identities."""

from __future__ import annotations

from musterpoint import people as directory
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.running import Session
from musterpoint.store import models


def people(session: Session) -> Answer:
    options, call = session.options, session.call()
    match options.what:
        case "add":
            person = directory.add(call, options.name, options.role, options.zone, options.identity)
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
