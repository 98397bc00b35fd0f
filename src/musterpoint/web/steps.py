"""The steps of an incident: one address each, a noun (`POST /incidents/7/resolution`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import URLPattern, path

from musterpoint import access, actions
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Milestone, Severity
from musterpoint.web.asked import Asked
from musterpoint.web.step_form import Done, Field, Given, Head, Step, turn_to, view

WHEN = Field("at", "When", "time", "UTC: 14:20, 2026-03-02 14:20 or 10m ago. Empty: now.")
WHY = Field("why", "Why (optional)")


def _here(given: Given, sentence: str) -> Done:
    return Done(sentence, f"/incidents/{given.ref}")


def _resolve(given: Given) -> Done:
    entry = actions.resolve(given.request.call, given.ref, given.time(), given.text("why"))
    at = f"{entry.at:%H:%M} UTC"
    return _here(
        given,
        f"Resolved at {at}. If that was too early, “Customers are affected again” takes it back; "
        "the time can be corrected under “Times”.",
    )


def _relapse(given: Given) -> Done:
    actions.relapse(given.request.call, given.ref, given.time(), given.text("why"))
    return _here(given, "The incident is open again: customers are affected.")


def _cancel(given: Given) -> Done:
    original = given.text("duplicate_of").removeprefix("#")
    actions.cancel(given.request.call, given.ref, given.text("why"), original)
    return _here(given, f"Cancelled as a duplicate of {original}." if original else "Cancelled: it was no incident.")


def _lead(given: Given) -> Done:
    choice = given.text("choice")
    person = {"me": given.request.call.actor.who, "nobody": None}.get(choice) if choice else given.person()
    actions.lead(given.request.call, given.ref, person, given.time())
    return _here(given, f"{person.name} leads." if person else "Nobody leads now.")


def _who_leads(request: Asked, head: Head) -> Sequence[tuple[str, str]]:
    mine = head["lead"] == request.call.actor.who.name
    return [*([] if mine else [("me", "I lead")]), *([("nobody", "Nobody leads")] if head["lead"] else [])]


def _severities(request: Asked) -> Sequence[tuple[str, str]]:
    return [*((each.value, request.call.process.severities[each]) for each in Severity), ("", "none")]


def _severity(given: Given) -> Done:
    value = given.text("severity")
    if value and value not in list(Severity):
        raise NotAllowed("bad_severity", f"There is no severity {value[:40]!r}.", "Choose one of those that are shown.")
    severity = Severity(value) if value else None
    actions.severity(given.request.call, given.ref, severity, given.time())
    name = given.request.call.process.severities[severity] if severity else ""
    return _here(given, f"The severity is {name} now." if name else "It has no severity now.")


def _huddle(given: Given) -> Done:
    runs = given.text("huddle")
    if runs not in ("runs", "unneeded"):
        raise NotAllowed("not_chosen", "Does one run, or is none needed?", "Choose one of the two.")
    actions.settle_huddle(given.request.call, given.ref, runs == "runs")
    return _here(given, "A huddle runs." if runs == "runs" else "No huddle is needed. Nobody asks again.")


def _huddles(request: Asked) -> Sequence[tuple[str, str]]:
    return [("runs", "one runs"), ("unneeded", "none is needed")]


def _nominate(given: Given) -> Done:
    person = given.person()
    actions.nominate(given.request.call, given.ref, person)
    return _here(given, f"{person.name} is nominated to raise the issue.")


def _restrict(given: Given) -> Done:
    call = given.request.call
    actions.restrict(call, given.ref, given.text("why"))
    publication, contact = access.find(call.actor, given.ref).state.after.publication, call.process.security_contact
    public = f" Its post is public already ({publication.path}): take it down there." if publication.published else ""
    return _here(given, f"Restricted: only its members know of it now.{turn_to(contact)}{public}")


def _open_up(given: Given) -> Done:
    actions.open_up(given.request.call, given.ref, given.text("reason"))
    return _here(given, "Everybody can see it now, with all of its thread. In the chat its channel stays private.")


def _raise(given: Given) -> Done:
    actions.raise_issue(given.request.call, given.ref)
    return _here(given, "The issue is being raised. Next: the write-up.")


def _close(given: Given) -> Done:
    actions.close(given.request.call, given.ref, given.text("why"))
    return _here(given, "The incident is closed.")


def _override(given: Given) -> Done:
    actions.override(given.request.call, given.ref, given.text("reason"))
    return _here(given, "What was outstanding no longer keeps the issue open. Your reason is on record.")


def _merge(given: Given) -> Done:
    into = given.text("into").removeprefix("#")
    actions.merge(given.request.call, given.ref, into)
    return Done(f"Incident {given.ref} is a duplicate of this one, which reads both threads.", f"/incidents/{into}")


def _split(given: Given) -> Done:
    into = actions.split(given.request.call, given.ref, given.text("entry"), given.text("title"))
    return Done(f"Everything of incident {given.ref} from that entry on is here.", f"/incidents/{into.ref}")


def _text(field: str, sentence: str) -> Step:
    def act(given: Given) -> Done:
        actions.correct_text(given.request.call, given.ref, field, given.text("text"), given.text("why"))
        return _here(given, sentence)

    label = {"title": "Title", "affected": "What is affected"}[field]
    fields = (Field("text", label, required=True, starts_as=field), WHY)
    return Step(field, f"Correct: {label.lower()}", "Save", "note", act, fields, rare=True)


def _redact(given: Given) -> Done:
    entry, text = given.text("entry").removeprefix("entry:"), given.text("text")
    redacted = actions.redact(given.request.call, given.ref, given.text("why"), entry, "" if entry else text)
    left = "; ".join(redacted.unreachable)
    count = f"{redacted.entries} {'entry' if redacted.entries == 1 else 'entries'}"
    return _here(given, f"Redacted in {count}." + (f" Out of our reach, see to it yourself: {left}." if left else ""))


MILESTONES = {
    Milestone.IMPACT_BEGAN: "Impact began",
    Milestone.DETECTED: "Detected",
    Milestone.DECLARED: "Declared",
    Milestone.FIRST_RESPONDER: "First responder",
    Milestone.RESOLVED: "Resolved",
}


def _milestone(milestone: Milestone, label: str) -> Step:
    def act(given: Given) -> Done:
        at = given.time()
        if at is None and not given.text("unknown"):
            raise NotAllowed("no_time", "No time was given.", "Write one, or say that it is not known.")
        at = None if given.text("unknown") else at
        actions.correct_time(given.request.call, given.ref, milestone, at, why=given.text("why"))
        return _here(given, f"{label}: {f'{at:%Y-%m-%d %H:%M} UTC' if at else 'not known'}.")

    when = Field("at", "Right time", "time", "UTC: 14:20, 2026-03-02 14:20 or 10m ago.")
    unknown = () if milestone is Milestone.DECLARED else (Field("unknown", "It is not known", "tick"),)
    address = f"milestones/{milestone.value}"
    return Step(address, f"Time: {label.lower()}", "Correct", "note", act, (when, *unknown, WHY), elsewhere=True)


TIMES = {each: _milestone(each, label) for each, label in MILESTONES.items()}
RAISE = Step(
    "issue",
    "Raise the issue",
    "Raise the issue",
    "raise",
    _raise,
    told="The tracker gets an issue made of the record, which is kept in step from then on.",
)
ORIGINAL = Field("duplicate_of", "Duplicate of (optional)", "incident", "The number of the incident that it repeats.")
STEPS = (
    Step("resolution", "Resolve", "Customers are no longer affected", "resolve", _resolve, (WHEN, WHY)),
    Step("relapse", "Customers are affected again", "Open it again", "relapse", _relapse, (WHEN, WHY)),
    RAISE,
    Step("closure", "Close", "Close the incident", "close", _close, (WHY,)),
    Step("lead", "Lead", "Set the lead", "lead", _lead, (Field("person", "Who", "person"), WHEN), shortcuts=_who_leads),
    Step(
        "severity",
        "Severity",
        "Set the severity",
        "severity",
        _severity,
        (Field("severity", "Severity", "choice", starts_as="severity", choices=_severities), WHEN),
    ),
    Step(
        "huddle",
        "Huddle",
        "Record it",
        "settle_huddle",
        _huddle,
        (Field("huddle", "Huddle", "choice", choices=_huddles),),
        told="A huddle that the chat tells of is recorded by itself.",
        rare=True,
    ),
    Step(
        "nomination",
        "Nominate who raises the issue",
        "Nominate",
        "nominate",
        _nominate,
        (Field("person", "Who", "person", required=True),),
    ),
    Step(
        "override",
        "Let it close all the same",
        "Excuse what is outstanding",
        "override",
        _override,
        (Field("reason", "Reason", required=True),),
        told="Write-up and actions that are open no longer keep the issue open. Your name and reason go on record.",
        rare=True,
    ),
    _text("title", "The title is corrected."),
    _text("affected", "What is affected is corrected."),
    Step(
        "merge",
        "Merge into another incident",
        "Merge",
        "cancel",
        _merge,
        (Field("into", "Into incident", "incident", required=True),),
        final="This incident is cancelled as a duplicate, and the other one reads its thread from now on.",
        rare=True,
    ),
    Step(
        "cancellation",
        "Cancel: it is no incident",
        "Cancel the incident",
        "cancel",
        _cancel,
        (WHY, ORIGINAL),
        final="A cancelled incident is not worked on any more. If it turns out to be real, declare a new one.",
        rare=True,
    ),
    Step(
        "restriction",
        "Restrict: security or personal data",
        "Restrict it",
        "restrict",
        _restrict,
        (WHY,),
        told="It disappears for everybody but you, its declarer, its lead and the security team. Nothing goes to chat.",
        final="Only you, its declarer, its lead and the security team will know of it. What is published or was said "
        "in chat stays there.",
        rare=True,
    ),
    Step(
        "opening",
        "Open to everybody",
        "Open it",
        "open_up",
        _open_up,
        (Field("reason", "Reason", required=True),),
        told="Only those in its private channel know of it so far.",
        final="Everybody here will see it, with all that was and will be said in its thread. Redact first what must "
        "stay in the channel.",
        rare=True,
    ),
    Step(
        "redaction",
        "Redact a text",
        "Redact it for good",
        "note",
        _redact,
        (
            Field("entry", "Entry (its number)", hint="With all its versions."),
            Field("text", "or a text, wherever it stands in this incident"),
            Field("why", "Why", required=True),
        ),
        told="For a pasted secret or personal data. A secret that was seen must be changed all the same.",
        final="The text is removed for good: from the record, the search, and what we wrote elsewhere.",
        rare=True,
    ),
    Step(
        "split",
        "Split into two incidents",
        "Split it off",
        "note",
        _split,
        (
            Field("entry", "From entry (its number)", required=True),
            Field("title", "Title of the new incident", required=True),
        ),
        told="Everything in the thread from that entry on belongs to a new incident.",
        elsewhere=True,
    ),
    *TIMES.values(),
)
urls: list[URLPattern] = [path(f"incidents/<str:ref>/{each.address}", view(each)) for each in STEPS]
