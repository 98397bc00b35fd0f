"""`effects`, `export`, `backup`, `restore`, `redact`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from musterpoint import actions, effects, exporting, intake, saving
from musterpoint.access import NotFound
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role, time_text
from musterpoint.integrations import registry
from musterpoint.running import Busy
from musterpoint.store import models

NOTHING = "Nothing waits to be carried out."


def effects_of(session: Session) -> Answer:
    call = session.call()
    match session.options.what:
        case "retry" | "drop" | "release" | "run" if call.actor.role is Role.VIEWER:
            raise NotAllowed("read_only", f"{call.actor.who.name} may only look.", "A responder can do this.")
        case "release":
            count = effects.release()
            return Answer({"released": count}, f"Effects go out again; {count} wait. Each is looked up outside first.")
        case "run":
            return _run(session)
        case "retry":
            return _retry(session)
        case "drop":
            return _drop(session)
    return _list(session)


def _run(session: Session) -> Answer:
    """Carry out here what waits and nobody holds: for where no engine runs."""
    registry.take_in(session.process, session.now)
    keys = effects.due()
    for key in keys:
        effects.carry(key)

    def told() -> Answer:
        left = models.Effect.objects.filter(status="waiting").count()
        return Answer(
            {"begun": len(keys), "waiting": left}, f"{len(keys)} begun; {left} still wait." if keys else NOTHING
        )

    return Answer(afterwards=told)


def _effect(session: Session) -> models.Effect:
    from musterpoint import access

    call, key = session.call(), session.options.key
    found = models.Effect.objects.filter(key=key).select_related("incident").first()
    if found is None or (found.incident and not access.visible(call.actor).filter(pk=found.incident.pk).exists()):
        raise NotFound(f"There is no effect {key!r}.", "`effects --all` lists them.")
    return found


def _retry(session: Session) -> Answer:
    effect = _effect(session)
    if not effects.retry(effect):
        raise NotAllowed(
            "not_parked", f"{effect.key} is {effect.status}.", "Only what is parked or dropped is retried."
        )
    effects.carry(effect.key)
    return Answer({"effect": effect.key, "status": "waiting"}, f"{effect.key} is tried again.")


def _drop(session: Session) -> Answer:
    effect = _effect(session)
    if not effects.drop(effect, f"dropped by {session.call().actor.who.name}: {session.options.reason}"):
        raise NotAllowed("finished", f"{effect.key} is {effect.status} already.")
    return Answer({"effect": effect.key, "status": "dropped"}, f"{effect.key} is dropped.")


def _list(session: Session) -> Answer:
    from musterpoint import access

    visible = access.visible(session.call().actor)
    rows = models.Effect.objects.filter(incident__in=visible).order_by("id").select_related("incident")
    if not session.options.all:
        rows = rows.exclude(status__in=("done", "dropped"))
    shapes = [_shape(each) for each in rows[:1000]]
    parked = intake.parked()
    held = effects.held()
    lines = ["Held back since the restore: `musterpoint effects release` lets them go."] if held else []
    if shapes:
        table = [
            [each["status"], each["key"], str(each["tries"]), each["error"] or each["external"] or "-"]
            for each in shapes
        ]
        lines.append(columns([["STATUS", "KEY", "TRIES", "LAST"], *table]))
    lines += [f"event {each['id']} of {each['source']} could not be taken in: {each['error']}" for each in parked]
    text = "\n".join(lines) or "Nothing waits and nothing is parked."
    return Answer({"effects": shapes, "parked_events": parked, "held": held}, text)


def _shape(row: models.Effect) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.kind,
        "incident": row.incident.ref if row.incident else None,
        "status": row.status,
        "tries": row.tries,
        "not_before": time_text(row.not_before),
        "error": row.error or None,
        "external": row.external or None,
    }


def export(session: Session) -> Answer:
    options = session.options
    folder = Path(options.to) if options.to else settings.HOME / "exports"
    files = exporting.export(session.call(), options.ref, folder)
    return Answer({"incident": options.ref, "files": [str(each) for each in files]}, "\n".join(map(str, files)))


def backup(session: Session) -> Answer:
    target = Path(session.options.to) if session.options.to else None
    saved = saving.backup(settings.HOME, settings.DATABASE_URL, target, session.now)
    return Answer({"file": str(saved.file), "bytes": saved.size, "missing": saved.missing}, saved.text())


def restore(session: Session) -> Answer:
    options = session.options
    try:
        saving.restore(settings.HOME, settings.DATABASE_URL, Path(options.file), replace=options.yes)
    except Busy as error:
        raise NotAllowed(
            "processes_live", f"Musterpoint is running: {error}.", "Stop every process (serve, web, worker) first."
        ) from error
    text = "Restored. Nothing goes out until you say so: `musterpoint effects release`."
    return Answer({"restored": options.file, "held": True}, text)


def redact(session: Session) -> Answer:
    options = session.options
    text = sys.stdin.read().rstrip("\n") if options.text == "-" else options.text
    if bool(options.entry) == bool(text):
        raise NotAllowed("what", "Say what goes: an ENTRY, or --text.", "One of the two.")
    done = actions.redact(session.call(), options.ref, options.why, options.entry, text)
    lines = [f"Removed from {done.entries} entr{'y' if done.entries == 1 else 'ies'} and from the search."]
    if "chat" in done.places:
        lines.append("What we had posted about it in the chat is being written anew.")
    lines += [f"Written anew: {each}" for each in done.places if "/" in each]
    if done.unreachable:
        lines += ["Out of our reach, see to these yourself:", *(f"  {each}" for each in done.unreachable)]
    data = {
        "incident": options.ref,
        "entries": done.entries,
        "places": list(done.places),
        "unreachable": list(done.unreachable),
    }
    return Answer(data, "\n".join(lines))
