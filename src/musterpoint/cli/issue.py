"""`raise`, `blockers`, `close`, and `issue`: what a person does to the local issue arrives as an event from outside."""

from __future__ import annotations

import re
from typing import Any

from musterpoint import access, actions, reading
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.cli.working import done
from musterpoint.core.aftermath import Issue
from musterpoint.core.blockers import Blocker, blockers, of_the_issue
from musterpoint.core.decision import NotAllowed, must_respond, some_text
from musterpoint.core.given_up import given_up
from musterpoint.core.incident import Incident, Status, time_text
from musterpoint.core.not_taken import not_taken
from musterpoint.integrations.local.desk import Desk, page
from musterpoint.ports import Changed


def raise_issue(session: Session) -> Answer:
    call, ref = session.call(), session.options.ref
    actions.raise_issue(call, ref)

    def told() -> Answer:
        shape = reading.issue_shape(access.find(call.actor, ref).state)
        if shape is None:
            text = f"The issue of incident {ref} is on its way; the tracker has not made it yet."
        else:
            text = f"The issue of incident {ref} is {shape['url'] or shape['ref']}. See: issue show {ref}"
            text = "\n".join(filter(None, (text, not_taken(shape["dropped"]))))
        return Answer({"incident": ref, "issue": shape}, text)

    return Answer(afterwards=told)


def blockers_of(session: Session) -> Answer:
    state = access.find(session.call().actor, session.options.ref).state
    found = blockers(state)
    shapes = [{"code": each.code, "text": each.text, "resolve": each.resolve} for each in found]
    lines = [f"{each.text}\n    {each.resolve}" for each in found]
    return Answer({"incident": state.ref, "blockers": shapes}, "\n".join(lines) or _nothing(state))


def _nothing(state: Incident) -> str:
    match state.status:
        case Status.CLOSED:
            return f"Incident {state.ref} is closed."
        case Status.CANCELLED:
            return f"Incident {state.ref} was cancelled."
    return f"Nothing keeps incident {state.ref} from closing: close {state.ref}"


def close(session: Session) -> Answer:
    options = session.options
    return done(options.ref, actions.close(session.call(), options.ref, options.reason, options.override))


def issue(session: Session) -> Answer:
    deeds = {"show": _show, "edit": _edit, "tick": _tick, "comment": _comment, "override": _override}
    deeds |= {"close": _close, "reopen": _reopen}
    return deeds[session.options.what](session)


def _ref(session: Session) -> str:
    """The issue's reference. Raises NotAllowed where there is none yet, or it lives elsewhere."""
    state = access.find(session.call().actor, session.options.ref).state
    access.seen(session.call().actor, state.ref)
    there = state.after.issue
    if there is None:
        raise NotAllowed("no_issue", f"Incident {state.ref} has no issue yet.", f"raise {state.ref}")
    if not there.ref:
        raise NotAllowed("no_issue", "The issue is on its way; the tracker has not made it yet.", "See: effects")
    if session.process.tracker != "local":
        raise NotAllowed("elsewhere", f"The issue lives at {there.url or there.ref}.", "Work on it there.")
    return there.ref


def _desk(session: Session) -> Desk:
    must_respond(session.call().actor)
    return Desk(_ref(session), session.process)


def _show(session: Session) -> Answer:
    """The whole issue; of one that lives elsewhere where it is, and how it stands."""
    call = session.call()
    state = access.find(call.actor, session.options.ref).state
    if session.process.tracker != "local" and (there := state.after.issue) is not None and there.ref:
        return _elsewhere(state, there)
    ref = _ref(session)
    shown = page(ref)
    not_written = state.after.issue.given_up if state.after.issue else ()
    comments = [{"who": each.who, "at": time_text(each.at), "text": each.text} for each in shown.comments]
    data: dict[str, Any] = {
        "incident": session.options.ref,
        "issue": {
            "ref": ref,
            "url": None,
            "open": shown.open,
            "given_up": list(not_written),
            "title": shown.title,
            "body": shown.body,
            "comments": comments,
        },
    }
    head = f"{ref} {'open' if shown.open else 'closed'}: {shown.title}"
    lines = [*filter(None, (head, given_up(not_written))), "", _as_rendered(shown.body)]
    for each in shown.comments:
        lines += ["", f"--- {each.who}, {each.at:%Y-%m-%d %H:%M} UTC", _as_rendered(each.text)]
    return Answer(data, "\n".join(lines))


def _elsewhere(state: Incident, there: Issue) -> Answer:
    outstanding = of_the_issue(state)
    shape = {**(reading.issue_shape(state) or {}), "open": there.open}
    lines = [f"{there.ref} {'open' if there.open else 'closed'}: {there.url or 'no address'}"]
    lines += filter(None, [not_taken(there.dropped), given_up(there.given_up)])
    lines += ["Outstanding:", *(f"  {each.text}" for each in outstanding)] if outstanding else []
    return Answer({"incident": state.ref, "issue": shape}, "\n".join(lines))


#: what a tracker's page does not show
_COMMENT = re.compile(r"^<!--.*?-->\r?\n?|[ \t]*<!--.*?-->", re.MULTILINE)


def _as_rendered(body: str) -> str:
    return _COMMENT.sub("", body).strip()


def _edit(session: Session) -> Answer:
    desk, options = _desk(session), session.options
    before = page(desk.issue).body
    draft = f"issue-{options.ref}.md"
    if options.body:
        after = session.file(options.body)
    else:
        before, after = session.here.edited(before, draft)
    try:
        changed = desk.edit(session.call().actor.who, after, session.now, was=before)
    except Changed as error:
        session.here.keep(after, draft)
        hint = f"Your text is kept: {session.here.kept(draft)}"
        raise NotAllowed("changed_meanwhile", "Somebody wrote into the issue while you did.", hint) from error
    session.here.finished(draft)
    return _after(session, "The issue is edited." if changed else "Nothing was changed.")


def _tick(session: Session) -> Answer:
    desk, options = _desk(session), session.options
    if not desk.tick(session.call().actor.who, options.number, session.now, on=not options.off):
        raise NotAllowed(
            "unchanged",
            f"The issue has no line of action {options.number} to {'untick' if options.off else 'tick'}.",
            f"See: issue show {options.ref}",
        )
    return _after(session, f"Action {options.number} is {'open again' if options.off else 'ticked off'}.")


def _close(session: Session) -> Answer:
    if not _desk(session).close(session.call().actor.who, session.now):
        raise NotAllowed("unchanged", "The issue is closed already.")
    return _after(session, "The issue is closed.")


def _reopen(session: Session) -> Answer:
    if not _desk(session).reopen(session.call().actor.who, session.now):
        raise NotAllowed("unchanged", "The issue is open already.")
    return _after(session, "The issue is open again.")


def _comment(session: Session) -> Answer:
    text = some_text(session.text(session.options.text), "comment")
    _desk(session).comment(session.call().actor.who, text, session.now)
    return _after(session, "Commented.")


def _override(session: Session) -> Answer:
    options = session.options
    return done(options.ref, actions.override(session.call(), options.ref, options.reason))


def _after(session: Session, text: str) -> Answer:
    """What the issue is once everything was carried out: it may have been opened again already."""
    call, ref = session.call(), session.options.ref

    def told() -> Answer:
        state = access.find(call.actor, ref).state
        there = state.after.issue
        is_open = there.open if there else None
        again: list[Blocker] = of_the_issue(state) if session.options.what == "close" else []
        lines = [text]
        if again and is_open:
            lines += ["It was opened again, for this is outstanding:", *(f"  {each.text}" for each in again)]
        elif again:
            lines += [
                "It stays closed; somebody with authority was asked about:",
                *(f"  {each.text}" for each in again),
            ]
        return Answer(
            {"incident": ref, "issue": {"ref": there.ref if there else None, "open": is_open}}, "\n".join(lines)
        )

    return Answer(afterwards=told)
