"""The verbs that change an incident: declare, note, did, mark, lead, severity, resolve, relapse, cancel, merge, …"""

from __future__ import annotations

from datetime import datetime

from musterpoint import access, actions
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.describe import describe
from musterpoint.core.incident import Basis, Milestone, Moment, Severity
from musterpoint.core.journal import Entry, MarkKind
from musterpoint.core.process import Process


def done(ref: str, entry: Entry, sentence: str = "") -> Answer:
    data = {"incident": ref, "entry": {"id": entry.id, "ref": entry.ref, "kind": entry.kind}}
    return Answer(data, sentence or f"{entry.at:%H:%M} UTC: {describe(entry)}")


def severity_named(name: str, process: Process) -> Severity:
    """One of the three, by its own name or the team's. Raises NotAllowed."""
    for each in Severity:
        if name.casefold() in (each.value, process.severities[each].casefold()):
            return each
    known = ", ".join(process.severities.values())
    raise NotAllowed("bad_severity", f"There is no severity {name!r}.", f"One of: {known}, none.")


def declare(session: Session) -> Answer:
    options = session.options
    detected = session.time(options.detected)
    request = DeclareRequest(
        title=options.title,
        affected=options.affected,
        severity=Severity(options.severity) if options.severity else None,
        security=Security(options.security),
        at=session.time(options.at),
        detected=Moment(detected, Basis.STATED) if detected else None,
    )
    declared = actions.declare(session.call(), request)
    ref = declared.state.ref
    if declared.restricted:
        return _restricted(ref, declared.contact, "is declared and")
    text = f"Incident {ref} declared: {declared.state.title}\nNext: note {ref} …, lead {ref} PERSON, resolve {ref}"
    return Answer({"incident": ref}, text)


def _restricted(ref: str, contact: str, done: str, public: str = "") -> Answer:
    """`public`: where its post is, which nobody but people can take back."""
    turn_to = f"Turn to {contact}." if contact else "No contact is set: [security] contact in musterpoint.toml."
    text = f"Incident {ref} {done} restricted to you and the security team. {turn_to}"
    if public:
        text += f"\nIts post is on the website, for everybody: {public}. Take it down there yourself."
    return Answer({"incident": ref, "restricted": True, "contact": contact or None, "post": public or None}, text)


def note(session: Session) -> Answer:
    options = session.options
    mark = MarkKind(options.mark) if options.mark else None
    entry = actions.note(session.call(), options.ref, session.text(options.text), session.time(options.at), mark)
    return done(options.ref, entry, f"Noted as entry {entry.id} of incident {options.ref}.")


def did(session: Session) -> Answer:
    options = session.options
    entry = actions.did(session.call(), options.ref, session.text(options.text), session.time(options.at))
    return done(options.ref, entry, f"Written down as entry {entry.id} of incident {options.ref}.")


def mark(session: Session) -> Answer:
    options = session.options
    kind = MarkKind(options.mark)
    entry = actions.mark(session.call(), options.ref, options.entry, kind, on=not options.off)
    return done(options.ref, entry)


def lead(session: Session) -> Answer:
    options, call = session.options, session.call()
    person = call.actor.who
    if options.who:
        person = access.actor(options.who, session.process).who
    entry = actions.lead(call, options.ref, None if options.none else person, session.time(options.at))
    return done(options.ref, entry)


def severity(session: Session) -> Answer:
    options = session.options
    value = None if options.level == "none" else severity_named(options.level, session.process)
    return done(options.ref, actions.severity(session.call(), options.ref, value, session.time(options.at)))


def nominate(session: Session) -> Answer:
    options = session.options
    person = access.actor(options.who, session.process).who
    return done(options.ref, actions.nominate(session.call(), options.ref, person))


def huddle(session: Session) -> Answer:
    options = session.options
    if options.runs or options.unneeded:
        return done(options.ref, actions.settle_huddle(session.call(), options.ref, runs=options.runs))
    thread = actions.huddle(session.call(), options.ref)
    text = f"Incident {options.ref} reads the thread {thread} as well: what is typed while people talk belongs there."
    return Answer({"incident": options.ref, "thread": thread}, text)


def resolve(session: Session) -> Answer:
    options = session.options
    entry = actions.resolve(session.call(), options.ref, session.time(options.at), options.reason)
    return done(options.ref, entry)


def relapse(session: Session) -> Answer:
    options = session.options
    entry = actions.relapse(session.call(), options.ref, session.time(options.at), options.reason)
    return done(options.ref, entry)


def cancel(session: Session) -> Answer:
    options = session.options
    return done(options.ref, actions.cancel(session.call(), options.ref, options.reason, options.duplicate_of))


def merge(session: Session) -> Answer:
    options = session.options
    entry = actions.merge(session.call(), options.ref, options.into)
    return done(
        options.into, entry, f"Incident {options.ref} is a duplicate of {options.into}, which reads both threads."
    )


def split(session: Session) -> Answer:
    options = session.options
    into = actions.split(session.call(), options.ref, options.first, options.title)
    text = f"Incident {into.ref} is everything of incident {options.ref} from entry {options.first} on: {into.title}"
    return Answer({"incident": into.ref, "from": options.ref}, text)


def restrict(session: Session) -> Answer:
    options = session.options
    call = session.call()
    actions.restrict(call, options.ref, options.why)
    publication = access.find(call.actor, options.ref).state.after.publication
    public = publication.path if publication.published else ""
    return _restricted(options.ref, session.process.security_contact, "is now", public)


def open_up(session: Session) -> Answer:
    options = session.options
    entry = actions.open_up(session.call(), options.ref, options.why)
    return done(options.ref, entry, f"Incident {options.ref} exists for everybody now, with all of its thread.")


def correct(session: Session) -> Answer:
    options, call = session.options, session.call()
    what, at = options.what, session.time(options.at)
    if what in ("title", "affected"):
        return done(options.ref, actions.correct_text(call, options.ref, what, options.text, options.why))
    if what in list(Milestone):
        return done(options.ref, _milestone(session, call, Milestone(what), at))
    if at is None:
        raise NotAllowed("no_time", "A row of the timeline needs its right time.", "Give --at TIME.")
    return done(options.ref, actions.correct_row(call, options.ref, what, at, options.why))


def _milestone(session: Session, call: actions.Call, milestone: Milestone, at: datetime | None) -> Entry:
    options = session.options
    if options.confirm:
        from musterpoint.reading import proposals_of

        found = [each for each in proposals_of(call, options.ref) if each.milestone is milestone]
        if not found:
            raise NotAllowed("nothing_proposed", f"The record proposes no time for {milestone}.", "Give --at TIME.")
        return actions.confirm(call, options.ref, found[0])
    if at is None and not options.unknown:
        raise NotAllowed(
            "no_time", f"What is the right time of {milestone}?", "Give --at TIME, --confirm or --unknown."
        )
    return actions.correct_time(call, options.ref, milestone, at, why=options.why, evidence=options.evidence)
