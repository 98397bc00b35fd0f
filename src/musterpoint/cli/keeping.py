"""`effects`, `export`, `backup`, `restore`, `redact`."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from musterpoint import actions, effects, outside, saving
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed, must_respond
from musterpoint.integrations import registry
from musterpoint.running import Busy
from musterpoint.store import models

NOTHING = "Nothing waits to be carried out."


def effects_of(session: Session) -> Answer:
    call, options = session.call(), session.options
    match options.what:
        case "release":
            count = outside.release(call)
            return Answer({"released": count}, f"Effects go out again; {count} wait. Each is looked up outside first.")
        case "run":
            must_respond(call.actor)
            return _run(session)
        case "retry":
            told = outside.retry(call, options.key)
            return Answer({"effect": options.key, "status": "waiting"}, told)
        case "drop":
            told = outside.drop(call, options.key, options.reason)
            return Answer({"effect": options.key, "status": "dropped"}, told)
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


def _list(session: Session) -> Answer:
    call = session.call()
    shapes = [
        outside.effect_shape(each)
        for each in outside.outgoing(call, everything=session.options.all).order_by("id")[:1000]
    ]
    parked = outside.events(call)
    held = effects.held()
    lines = ["Held back since the restore: `musterpoint effects release` lets them go."] if held else []
    if shapes:
        table = [
            [each["status"], each["key"], str(each["tries"]), each["error"] or each["external"] or "-"]
            for each in shapes
        ]
        lines.append(columns([["STATUS", "KEY", "TRIES", "LAST"], *table]))
    lines += [
        f"{outside.EVENT}{each['id']} of {each['source']} could not be taken in: {each['error']}" for each in parked
    ]
    text = "\n".join(lines) or "Nothing waits and nothing is parked."
    return Answer({"effects": shapes, "parked_events": parked, "held": held}, text)


def export(session: Session) -> Answer:
    options = session.options
    files = session.here.exported(session.call(), options.ref, options.to)
    return Answer({"incident": options.ref, "files": files}, "\n".join(files))


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
    text = session.text(options.text)
    text = text.rstrip("\n") if options.text == "-" else text
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
