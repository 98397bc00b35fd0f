"""`writeup edit`: opens the write-up, or one part, in a person's editor, and merges back what they changed.

What could not be merged stays in the file that was edited, and its place is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from musterpoint import access, actions
from musterpoint.actions.writeup import Written
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.cli.writeup_shown import conflict
from musterpoint.core import writeup
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.decision import NotAllowed, must_be_live, must_respond
from musterpoint.core.incident import Incident
from musterpoint.core.issue_body import Changes, changes, render
from musterpoint.core.journal import Entry
from musterpoint.core.regions import lines_of, regions

#: An editor needs no text shortened.
WHOLE = 100_000_000
HEAD = """\
<!-- The write-up of incident {ref}. Change what stands between the markers, save and close; without a change nothing
happens. A part that you touch is yours from then on. An emptied one is composed again. In the actions, a tick finishes
one and a new line `- [ ] …` adds one. What you write outside of the markers is not taken. -->

"""
HEAD_OF_A_PART = """\
<!-- “{title}” of the write-up of incident {ref}. Save and close; without a change nothing happens. -->

"""


@dataclass
class _Merged:
    """What became of an edit."""

    written: list[str] = field(default_factory=list)
    crossed: list[Written] = field(default_factory=list)
    acted: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def attempt(self, what: str, step: Callable[[], object]) -> None:
        """What the rules refuse is left in the file and told."""
        try:
            step()
        except NotAllowed as refused:
            self.left.append(f"{what}: {refused.message} {refused.hint}".strip())
        else:
            self.acted.append(what)


def edit(session: Session) -> Answer:
    options, call = session.options, session.call()
    row, state = access.seen(call.actor, options.ref), access.find(call.actor, options.ref).state
    must_respond(call.actor)
    must_be_live(state)
    entries = access.entries(access.NOBODY, row)
    before = _part(session, state, entries) if options.part else _whole(session, state, entries)
    draft = f"writeup-{state.ref}{'-' if options.part else ''}{options.part}.md"
    before, after = session.here.edited(before, draft)
    merged = _Merged()
    if options.part:
        _merge_part(session, call, merged, before, after)
    else:
        found = changes(before, after)
        _merge(session, call, merged, found)
        merged.left += _outside(before, after)
    return _told(session, merged, draft)


def _whole(session: Session, state: Incident, entries: list[Entry]) -> str:
    parts = writeup.parts(state, entries, session.process)
    return HEAD.format(ref=state.ref) + render(state, parts, session.process, limit=WHOLE, document=True)


def _part(session: Session, state: Incident, entries: list[Entry]) -> str:
    part = writeup.current(state, entries, session.process, session.options.part)
    return f"{HEAD_OF_A_PART.format(title=part.part.title, ref=state.ref)}{part.text}\n"


def _without_head(text: str) -> str:
    _, closed, rest = text.partition("-->") if text.lstrip().startswith("<!-- “") else ("", "-", text)
    return rest.strip() if closed else text.strip()


def _merge_part(session: Session, call: actions.Call, merged: _Merged, before: str, after: str) -> None:
    was, now = _without_head(before), _without_head(after)
    if was != now:
        _write(session, call, merged, session.options.part, was, now)


def _write(session: Session, call: actions.Call, merged: _Merged, name: str, was: str, now: str) -> None:
    ref, title = session.options.ref, writeup.named(name).title
    if not now.strip():
        merged.attempt(f"“{title}” is composed again", lambda: actions.reset_part(call, ref, name))
        return
    try:
        written = actions.write_part(call, ref, name, now, base=was)
    except NotAllowed as refused:
        merged.left.append(f"“{title}”: {refused.message} {refused.hint}".strip())
        return
    if written.aside:
        merged.crossed.append(written)
    elif written.entry is not None:
        merged.written.append(name)


def _merge(session: Session, call: actions.Call, merged: _Merged, found: Changes) -> None:
    ref = session.options.ref
    for each in found.parts:
        _write(session, call, merged, each.name, each.before, each.after)
    for number, ticked in found.ticked:
        status = ActionStatus.DONE if ticked else ActionStatus.OPEN
        word = "is done" if ticked else "is open again"
        merged.attempt(f"action {number} {word}", lambda n=number, s=status: actions.end_action(call, ref, n, s))  # type: ignore[misc]
    for number, title in found.retitled:
        merged.attempt(
            f"action {number} is called “{title}”",
            lambda n=number, t=title: actions.change_action(call, ref, n, title=t),  # type: ignore[misc]
        )
    for title, ticked in found.added:
        merged.attempt(f"new action “{title}”", lambda t=title: actions.add_action(call, ref, t))  # type: ignore[misc]
        if ticked:
            merged.left.append(f"The new action “{title}” is added as open: action done")
    merged.left += [f"Not taken over: {note}" for note in found.notes]


def _outside(before: str, after: str) -> list[str]:
    """Lines that somebody wrote where nothing is taken from."""
    known = set(_free_lines(before))
    return [f"Not taken over: {line}" for line in _free_lines(after) if line not in known]


def _free_lines(text: str) -> list[str]:
    lines = lines_of(text)
    taken = {place for region in regions(lines).values() for place in range(region.begin, region.end + 1)}
    return [line.strip() for place, line in enumerate(lines) if place not in taken and line.strip()]


def _told(session: Session, merged: _Merged, draft: str) -> Answer:
    ref, file = session.options.ref, session.here.kept(draft)
    if not merged.crossed and not merged.left:
        session.here.finished(draft)
    if merged.crossed:
        also = f"Your whole text is kept in {file}. "
        if merged.written:
            also += f"What did not cross is written: {', '.join(merged.written)}. "
        return Answer(afterwards=lambda: conflict(ref, merged.crossed, also))
    lines = [f"“{writeup.named(name).title}” stands as you wrote it." for name in merged.written]
    lines += [f"{each[:1].upper()}{each[1:]}." for each in merged.acted]
    if merged.left:
        return Answer(afterwards=lambda: _not_all(ref, [*lines, *merged.left], file))
    data = {"incident": ref, "written": merged.written, "done": merged.acted}
    return Answer(data, "\n".join(lines) or "Nothing was changed.")


def _not_all(ref: str, told: list[str], file: str) -> NoReturn:
    hint = f"Your text is kept in {file}. What stands now: writeup show {ref}"
    raise NotAllowed("not_all_taken", "\n".join(["Not everything could be taken over.", *told]), hint)
