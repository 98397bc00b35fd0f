"""`writeup`: show, set, finish, take up again, check. `edit` is in `writeup_edit`, the looks in `writeup_shown`."""

from __future__ import annotations

from musterpoint import actions
from musterpoint.actions.writeup import Written
from musterpoint.cli.answer import Answer
from musterpoint.cli.grammar import reference
from musterpoint.cli.grammar_writeup import NAMES
from musterpoint.cli.running import Session
from musterpoint.cli.working import done
from musterpoint.cli.writeup_edit import edit
from musterpoint.cli.writeup_shown import check_lines, conflict, markdown, part_lines, version_lines, writeup_lines
from musterpoint.core.decision import NotAllowed
from musterpoint.reading import writeup as reading


def writeup(session: Session) -> Answer:
    """Runs the sub-verb that was named."""
    options = session.options
    if getattr(options, "part", "") and options.ref.replace("-", "_") in NAMES and options.part not in NAMES:
        options.ref, options.part = reference(options.part), options.ref
    verbs = {"show": _show, "edit": edit, "set": _set, "done": _done, "reopen": _reopen, "check": _check}
    return verbs[options.what](session)


def _show(session: Session) -> Answer:
    options = session.options
    shape = reading.writeup(session.call(), options.ref, options.part)
    if options.versions:
        return Answer(shape, "\n".join(version_lines(shape)))
    if options.composed:
        for part in shape["parts"]:
            part["text"] = part["composed"]
    lines = part_lines(shape["parts"][0]) if options.part else writeup_lines(shape)
    return Answer(shape, "\n".join(lines), markdown(shape, alone=bool(options.part)))


def _set(session: Session) -> Answer:
    options, call = session.options, session.call()
    given = [each for each in (options.words, options.text) if each is not None]
    if options.composed:
        if given or options.base is not None:
            raise NotAllowed("two_wishes", "A composed part has no text of yours.", "Give a text, or --composed alone.")
        return _set_answer(session, actions.reset_part(call, options.ref, options.part), "is composed again")
    if len(given) != 1:
        message = "The text was given twice." if given else "There is no text."
        hint = f'writeup set {options.ref} {options.part} "TEXT", --text TEXT, or - to read it from standard input'
        raise NotAllowed("no_text", message, hint)
    text = session.text(given[0])
    written = actions.write_part(call, options.ref, options.part, text, seen=options.base)
    if written.aside:
        return Answer(afterwards=lambda: conflict(options.ref, [written]))
    return _set_answer(session, written, "stands as you wrote it")


def _set_answer(session: Session, written: Written, what: str) -> Answer:
    entry, part = written.entry, written.stands
    shape = {"id": entry.id, "ref": entry.ref, "kind": entry.kind} if entry else None
    data = {"incident": session.options.ref, "part": part.part.name, "version": part.version, "entry": shape}
    version = f" (version {part.version})" if part.version else ""
    text = f"“{part.part.title}” {what}{version}." if entry else f"Nothing was changed: “{part.part.title}” says that."
    return Answer(data, text)


def _done(session: Session) -> Answer:
    return done(session.options.ref, actions.writeup_done(session.call(), session.options.ref))


def _reopen(session: Session) -> Answer:
    options = session.options
    return done(options.ref, actions.writeup_reopen(session.call(), options.ref, options.reason))


def _check(session: Session) -> Answer:
    shape = reading.check(session.call(), session.options.ref)
    return Answer(shape, "\n".join(check_lines(shape)))
