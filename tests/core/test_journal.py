"""What each kind of entry does to an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from musterpoint.core.incident import Basis, Incident, Kind, Milestone, Moment, Severity, Status, Who
from musterpoint.core.journal import (
    KIND_OF,
    KINDS,
    Correction,
    Curation,
    Declaration,
    Deletion,
    Edit,
    Fact,
    File,
    HuddleBegun,
    HuddleEnded,
    LeadChange,
    Link,
    Mark,
    MarkKind,
    Merge,
    Message,
    Nomination,
    Note,
    ReactionAdded,
    ReactionRemoved,
    Redaction,
    Restriction,
    RowTime,
    SeverityChange,
    Split,
    StatusChange,
    Verdict,
    apply,
    replay,
)
from tests.core.incidents import at, entry, estimated, incident, recorded, stated

BEN = Who("person:9", "Ben")
#: Kinds that say something without changing what the incident is.
TALK: list[Fact] = [
    Message("down", digest="d1"),
    Edit("slack:C7/1.0", "up"),
    Deletion("slack:C7/1.0"),
    ReactionAdded("slack:C7/1.0", "eyes"),
    ReactionRemoved("slack:C7/1.0", "eyes"),
    File("slack:C7/1.0", "graph.png"),
    HuddleBegun("https://chat.example.com/huddle"),
    HuddleEnded((BEN,)),
    Note("looking"),
    Mark("slack:C7/1.0", MarkKind.FINDING),
    Curation("slack:C7/1.0", Verdict.DROP),
    RowTime("slack:C7/1.0", at(-2), at(-1)),
    Split("7", "8", at(-5), "slack:C7/1.0"),
    Merge("6", "7"),
    Link("-/C7/1.0"),
    Redaction("slack:C7/1.0", "a secret"),
]
#: Kinds that do, each with what the incident is after it.
CHANGES: list[tuple[Fact, Incident]] = [
    (
        Declaration("Mail down", "all", Kind.SECURITY, Severity.MINOR, True, ("person:1",), at(-3), Basis.STATED),
        incident(
            title="Mail down",
            affected="all",
            kind=Kind.SECURITY,
            severity=Severity.MINOR,
            restricted=True,
            members=frozenset({"person:1"}),
            milestones={Milestone.DECLARED: recorded(0), Milestone.DETECTED: stated(-3)},
        ),
    ),
    (SeverityChange(Severity.CRITICAL), incident(severity=Severity.CRITICAL)),
    (
        LeadChange(BEN),
        incident(lead=BEN, milestones={**incident().milestones, Milestone.FIRST_RESPONDER: recorded(0)}),
    ),
    (Nomination(BEN), incident(nominee=BEN)),
    (
        StatusChange(Status.RESOLVED),
        incident(status=Status.RESOLVED, milestones={**incident().milestones, Milestone.RESOLVED: recorded(0)}),
    ),
    (StatusChange(Status.CANCELLED, duplicate_of="3"), incident(status=Status.CANCELLED, duplicate_of="3")),
    (Correction("title", text="Mail down"), incident(title="Mail down")),
    (Correction("affected", text="mail"), incident(affected="mail")),
    (
        Correction("impact_began", at(-40), Basis.ESTIMATED),
        incident(milestones={**incident().milestones, Milestone.IMPACT_BEGAN: estimated(-40)}),
    ),
    (Correction("detected", None), incident(milestones={Milestone.DECLARED: recorded(-20)})),
    (
        Restriction(("person:1", "account:sirt")),
        incident(restricted=True, kind=Kind.SECURITY, members=frozenset({"person:1", "account:sirt"})),
    ),
]


def test_every_kind_has_a_case_here() -> None:
    tried = {type(fact) for fact in TALK} | {type(fact) for fact, _ in CHANGES}
    assert tried == set(KINDS.values()) == set(KIND_OF)


@pytest.mark.parametrize("fact", TALK, ids=lambda fact: KIND_OF[type(fact)])
def test_talk_leaves_the_state_as_it_was(fact: Fact) -> None:
    assert apply(incident(), entry(fact)) == incident()


@pytest.mark.parametrize(("fact", "after"), CHANGES, ids=lambda each: KIND_OF.get(type(each), "after"))
def test_what_happens_to_the_incident_changes_it(fact: Fact, after: Incident) -> None:
    assert apply(incident(), entry(fact)) == after


def test_the_time_and_basis_of_a_milestone_are_those_of_its_entry() -> None:
    said = replace(entry(StatusChange(Status.RESOLVED), -7), basis=Basis.STATED)
    assert apply(incident(), said).milestones[Milestone.RESOLVED] == stated(-7)


def test_a_relapse_withdraws_the_resolution_and_the_closing() -> None:
    times = {Milestone.DECLARED: recorded(-60), Milestone.RESOLVED: recorded(-9), Milestone.CLOSED: recorded(-5)}
    state = apply(incident(status=Status.CLOSED, milestones=times), entry(StatusChange(Status.OPEN, relapse=True)))
    assert state.status is Status.OPEN
    assert dict(state.milestones) == {Milestone.DECLARED: recorded(-60)}


def test_closing_is_dated_and_an_action_opened_again_takes_only_the_closing_back() -> None:
    closed = apply(
        incident(status=Status.RESOLVED, milestones={Milestone.RESOLVED: recorded(-9)}),
        entry(StatusChange(Status.CLOSED)),
    )
    assert closed.milestones == {Milestone.RESOLVED: recorded(-9), Milestone.CLOSED: recorded(0)}
    again = apply(closed, entry(StatusChange(Status.RESOLVED), 5))
    assert (again.status, dict(again.milestones)) == (Status.RESOLVED, {Milestone.RESOLVED: recorded(-9)})


def test_the_first_lead_is_the_first_responder_unless_somebody_was_before() -> None:
    known = {Milestone.FIRST_RESPONDER: estimated(-15)}
    assert apply(incident(milestones=known), entry(LeadChange(BEN))).milestones == known


def test_a_declaration_may_know_the_first_responder() -> None:
    fact = Declaration("Down", first_responder_at=at(-4))
    assert apply(incident(), entry(fact)).milestones[Milestone.FIRST_RESPONDER] == estimated(-4)


def test_who_knew_goes_on_knowing() -> None:
    state = incident(restricted=True, members=frozenset({"person:1"}))
    assert apply(state, entry(Restriction(("person:2",)))).members == {"person:1", "person:2"}


def test_a_journal_is_replayed_in_the_order_in_which_it_was_learnt() -> None:
    entries = [
        entry(Declaration("Down"), -30, 1),
        entry(SeverityChange(Severity.MINOR), -20, 2),
        entry(SeverityChange(Severity.MAJOR), -25, 3),
        entry(StatusChange(Status.RESOLVED), -10, 4),
    ]
    expected = Incident(
        "7",
        "Down",
        status=Status.RESOLVED,
        severity=Severity.MAJOR,
        milestones={Milestone.DECLARED: recorded(-30), Milestone.RESOLVED: recorded(-10)},
    )
    assert all(replay("7", list(order)) == expected for order in permutations(entries))


def test_moments_are_frozen() -> None:
    moment = Moment(datetime(2026, 3, 2, tzinfo=UTC), Basis.STATED)
    with pytest.raises(AttributeError):
        moment.at = at(0)  # type: ignore[misc]
