"""`due`, `remind`, `conformance`: what waits, reminders of it, and the record of the process."""

from __future__ import annotations

from musterpoint import access, actions, reminding
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.running import Session
from musterpoint.cli.screen import paint
from musterpoint.core.conformance_steps import StepRecord, StepStatus
from musterpoint.core.describe import clock, describe, named
from musterpoint.core.put_off import time_to_come
from musterpoint.core.reminders import Due
from musterpoint.reading import conformance as conformances
from musterpoint.reading import due as dues

SIGNS = {
    StepStatus.DONE: ("✓", "32"),
    StepStatus.OPEN: ("○", "0"),
    StepStatus.EXCEPTION: ("!", "33"),
    StepStatus.NOT_APPLICABLE: ("–", "2"),
    StepStatus.MISSING: ("?", "31"),
}
#: How many pieces of evidence a line of text names; JSON has all.
SHOWN = 3


def due(session: Session) -> Answer:
    options, call = session.options, session.call()
    person = call.actor if options.whom == "me" else None
    if options.whom not in ("", "me"):
        person = access.actor(options.whom, session.process)
    found = dues.waiting_for(call, options.ref, person)
    empty = f"Nothing waits for {person.who.name}." if person else "Nothing waits."
    lines = [line for each in found for line in _waits(each)]
    table = [f"- **{each.ref}** {_what(each.due)} (`{each.due.resolve}`){_when_next(each.due)}" for each in found]
    data = {"waiting": [dues.due_shape(each) for each in found]}
    return Answer(data, "\n".join(lines) or empty, "\n".join(table) or empty)


def _waits(waits: dues.Waits) -> list[str]:
    head = f"{waits.ref}  {waits.due.name}"
    colour = "31" if waits.due.urgent else "1"
    return [
        f"{paint(head, colour)}  {_what(waits.due)}{_when_next(waits.due)}",
        f"    {waits.due.resolve}  ({waits.title})",
    ]


def _what(waits: Due) -> str:
    whom = f"{', '.join(each.name for each in waits.whom)}: " if waits.whom else ""
    return f"{whom}{waits.text}"


def _when_next(waits: Due) -> str:
    if waits.dismissed:
        return " [nobody is reminded]"
    return f" [put off until {clock(waits.until)}]" if waits.until else ""


def remind(session: Session) -> Answer:
    options, call = session.options, session.call()
    if options.what == "pass":
        given = reminding.by_hand(call)
        text = f"{given} reminder{'' if given == 1 else 's'} given." if given else "No reminder is due now."
        return Answer({"given": given}, text)
    if options.what == "snooze":
        until = time_to_come(options.until or options.length, session.now)
        entry = actions.put_off(call, options.ref, options.name, until)
    elif options.what == "dismiss":
        entry = actions.put_off(call, options.ref, options.name, None)
    else:
        entry = actions.resume_reminder(call, options.ref, options.name)
    data = {"incident": options.ref, "entry": {"id": entry.id, "ref": entry.ref, "kind": entry.kind}}
    return Answer(data, f"{describe(entry)}. It goes on waiting in `musterpoint due {options.ref}`.")


def conformance(session: Session) -> Answer:
    ref = session.options.ref
    steps = conformances.conformance(session.call(), ref)
    data = {"incident": ref, "steps": [conformances.step_shape(each) for each in steps]}
    rows = [_row(each) for each in steps]
    head = ["", "STEP", "WHEN (UTC)", "WHO", "WHAT THE RECORD SHOWS"]
    text = columns([head, *([each[0], *each[1:]] for each in rows)]) if rows else "The record shows nothing."
    return Answer(data, text, _markdown(ref, steps) if rows else text)


def _row(step: StepRecord) -> list[str]:
    sign, colour = SIGNS[step.status]
    at = f"{step.at:%Y-%m-%d %H:%M}" if step.at else "-"
    return [
        paint(sign, colour),
        step.title,
        at,
        step.who.name if step.who else "-",
        _shows(step),
    ]


def _shows(step: StepRecord) -> str:
    more = f" and {len(step.evidence) - SHOWN} more" if len(step.evidence) > SHOWN else ""
    evidence = f"[{', '.join(step.evidence[:SHOWN])}{more}]" if step.evidence else ""
    exception = f"exception by {named(step.exception_by)}: {step.exception}" if step.exception_by else step.exception
    return " ".join(each for each in ("; ".join(each for each in (step.note, exception) if each), evidence) if each)


def _markdown(ref: str, steps: list[StepRecord]) -> str:
    head = ["", "Step", "When (UTC)", "Who", "What the record shows", "Rule"]
    table = [head, ["---"] * len(head)]
    for each in steps:
        sign = SIGNS[each.status][0]
        at = f"{each.at:%Y-%m-%d %H:%M}" if each.at else "-"
        table.append([sign, each.title, at, each.who.name if each.who else "-", _shows(each), each.rule])
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in table]
    return "\n".join([f"# Incident {ref}: the record of the process", "", *lines])
