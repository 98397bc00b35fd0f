"""What each kind of entry does to an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from musterpoint.core.aftermath import (
    Action,
    ActionKind,
    ActionStatus,
    Aftermath,
    Decision,
    Issue,
    IssueCause,
    Publication,
    Reminded,
)
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionChanged,
    ActionEnded,
    AftermathFact,
    IssueChange,
    IssueComment,
    IssueRaised,
    IssueRequested,
    Override,
    PostPublished,
    PostRequested,
    PublicationDecision,
    Reminder,
    ReminderPutOff,
    RowPublic,
    WriteupDone,
    WriteupEdit,
)
from musterpoint.core.incident import Basis, Incident, Kind, Milestone, Moment, Severity, Status, Who
from musterpoint.core.issue_journal import ActionIssueFound, ActionIssueWanted, IssueMoved, RegionLost
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
    Gap,
    GapRead,
    HuddleBegun,
    HuddleEnded,
    HuddleSettled,
    LeadChange,
    Link,
    Mark,
    MarkKind,
    Membership,
    Merge,
    Message,
    Nomination,
    Note,
    Opening,
    ReactionAdded,
    ReactionRemoved,
    Redaction,
    Restriction,
    RowTime,
    RowUndo,
    SecurityAnswer,
    SeverityChange,
    Split,
    StatusChange,
    Verdict,
    apply,
    replay,
)
from tests.core.incidents import BOB, at, entry, estimated, incident, recorded, stated

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
    Gap(at(-9), at(-5), "the connection was away"),
    GapRead(at(-9), at(-5), 2),
    Note("looking"),
    Mark("slack:C7/1.0", MarkKind.FINDING),
    Curation("slack:C7/1.0", Verdict.DROP),
    RowTime("slack:C7/1.0", at(-2), at(-1)),
    RowUndo("slack:C7/1.0", "entry:4"),
    Split("7", "8", at(-5), "slack:C7/1.0"),
    Merge("6", "7"),
    Link("-/C7/1.0"),
    Redaction("slack:C7/1.0", "a secret"),
    IssueComment("looks good"),
    RowPublic("slack:C7/1.0", True),
]


def followed_by(**after: Any) -> Incident:
    return incident(after=Aftermath(**after))


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
    (Opening("it concerns nobody's data"), incident()),
    (Membership(("slack:U1",)), incident(members=frozenset({"slack:U1"}))),
    (SecurityAnswer(), incident()),
    (HuddleSettled(True), followed_by(huddle_settled=True)),
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
    (WriteupEdit("summary", "Nobody could pay."), followed_by(parts={"summary": 1})),
    (WriteupDone(True), followed_by(writeup_done=True)),
    (
        ActionAdded(1, "Alert", BEN, "2026-03-10", ActionKind.DETECT, "https://tracker.example/9", "entry:3"),
        followed_by(
            actions=(
                Action(
                    1,
                    "Alert",
                    BEN,
                    "2026-03-10",
                    ActionKind.DETECT,
                    "https://tracker.example/9",
                    "entry:3",
                    added_at=at(0),
                ),
            )
        ),
    ),
    # a fact about an action, a part or an issue that does not exist changes nothing; the cases below have one
    (ActionChanged(1, ("title",), "Alarm"), incident()),
    (ActionEnded(1, ActionStatus.DONE), incident()),
    (IssueRequested(), followed_by(issue=Issue())),
    (
        IssueRaised("local-1", "https://tracker.example/1"),
        incident(
            milestones={**incident().milestones, Milestone.ISSUE_RAISED: recorded(0)},
            after=Aftermath(issue=Issue("local-1", "https://tracker.example/1")),
        ),
    ),
    (ActionIssueWanted(1, place="halden-ferries/shop"), incident()),
    (ActionIssueFound(1, "halden-ferries/shop#12"), incident()),
    (RegionLost("rca"), followed_by(issue=Issue(lost=("rca",)))),
    (IssueMoved("halden-ferries/ops#1", was="halden-ferries/CloudProject#5"), incident()),
    (IssueChange(False, IssueCause.SETTLED), followed_by(issue=Issue(open=False))),
    (Override("moving on", ("writeup_open",)), followed_by(excused=("writeup_open",))),
    (
        PublicationDecision(Decision.SKIP, "one customer"),
        followed_by(publication=Publication(Decision.SKIP, "one customer", BOB.who, at(0))),
    ),
    (
        PostRequested(1, "blog/a.md", "/blog/a/", "# A"),
        followed_by(publication=Publication(path="blog/a.md", url="/blog/a/", requested=1)),
    ),
    (
        PostPublished(1, "blog/a.md", "/blog/a/"),
        followed_by(publication=Publication(url="/blog/a/", published=1, published_at=at(0))),
    ),
    (Reminder("no_lead", "Who leads?"), followed_by(reminded={"no_lead": Reminded(1, at(0))})),
    (ReminderPutOff("no_lead", at(60)), followed_by(reminded={"no_lead": Reminded(until=at(60))})),
]
#: The same for what is there already: what was, what happened, what is.
AGAIN: list[tuple[Aftermath, AftermathFact, Aftermath]] = [
    (Aftermath(parts={"summary": 3}), WriteupEdit("summary", "x", on=3), Aftermath(parts={"summary": 1})),
    (Aftermath(parts={"summary": 3}), WriteupEdit("summary", "x", aside=True), Aftermath(parts={"summary": 3})),
    (Aftermath(parts={"summary": 3, "impact": 4}), WriteupEdit("summary", reset=True), Aftermath(parts={"impact": 4})),
    (
        Aftermath(actions=(Action(1, "Alert", BEN), Action(2, "Limit"))),
        ActionChanged(1, ("title", "owner", "due"), "Alarm", None, "2026-03-10", tracked="not named"),
        Aftermath(actions=(Action(1, "Alarm", None, "2026-03-10"), Action(2, "Limit"))),
    ),
    (
        Aftermath(actions=(Action(1, "Alert"),)),
        ActionEnded(1, ActionStatus.DECLINED, "too dear"),
        Aftermath(
            actions=(
                Action(1, "Alert", status=ActionStatus.DECLINED, reason="too dear", ended_at=at(0), ended_by=BOB.who),
            )
        ),
    ),
    (
        Aftermath(actions=(Action(1, "Alert", status=ActionStatus.DONE, ended_at=at(-5), ended_by=BEN),)),
        ActionEnded(1, ActionStatus.OPEN, "it does not ring"),
        Aftermath(actions=(Action(1, "Alert", reason="it does not ring"),)),
    ),
    (
        Aftermath(issue=Issue("i", open=False), excused=("writeup_open",)),
        IssueChange(True),
        Aftermath(issue=Issue("i", held=True)),
    ),
    (
        Aftermath(issue=Issue("i", open=False)),
        IssueChange(True, IssueCause.GUARD),
        Aftermath(issue=Issue("i", reopened=1)),
    ),
    (
        Aftermath(issue=Issue("i", reopened=3)),
        IssueChange(False, IssueCause.YIELDED, ("writeup_open",)),
        Aftermath(issue=Issue("i", open=False, reopened=3, yielded=("writeup_open",))),
    ),
    (
        Aftermath(issue=Issue("i", open=False, reopened=3, yielded=("writeup_open",))),
        IssueChange(True, IssueCause.BLOCKER),
        Aftermath(issue=Issue("i", reopened=3)),
    ),
    (
        Aftermath(issue=Issue("i", reopened=2, held=True)),
        IssueChange(False, IssueCause.SETTLED),
        Aftermath(issue=Issue("i", open=False)),
    ),
    (
        Aftermath(issue=Issue("i", reopened=2)),
        IssueChange(False),
        Aftermath(issue=Issue("i", open=False, reopened=2)),
    ),
    (
        Aftermath(actions=(Action(1, "Alert", apart="no right there"),)),
        ActionIssueWanted(1, place="o/a"),
        Aftermath(actions=(Action(1, "Alert", wanted=True),)),
    ),
    (
        Aftermath(actions=(Action(1, "Alert", tracked="https://board.example/3", wanted=True),)),
        ActionIssueFound(1, "", linked=False, why="no right there"),
        Aftermath(actions=(Action(1, "Alert", tracked="https://board.example/3", apart="no right there"),)),
    ),
    (
        Aftermath(issue=Issue("o/a#5", "https://tracker.example/5", reopened=2, lost=("rca",))),
        IssueMoved("o/b#1", "https://tracker.example/b/1", was="o/a#5"),
        Aftermath(issue=Issue("o/b#1", "https://tracker.example/b/1", reopened=2, lost=("rca",))),
    ),
    (
        Aftermath(issue=Issue("o/b#1", reopened=2), gone=("o/a#5",)),
        IssueMoved("", was="o/b#1"),
        Aftermath(gone=("o/a#5", "o/b#1")),
    ),
    (
        Aftermath(excused=("writeup_open",)),
        Override("again", ("writeup_open", "action_open:1")),
        Aftermath(excused=("writeup_open", "action_open:1")),
    ),
    (
        Aftermath(publication=Publication(Decision.SKIP, "small", BEN, at(-5), "blog/a.md")),
        PublicationDecision(None, "it was not small"),
        Aftermath(publication=Publication(reason="it was not small", path="blog/a.md")),
    ),
    (
        Aftermath(publication=Publication(published=3, url="/a/")),
        PostPublished(2, "blog/a.md"),
        Aftermath(publication=Publication(published=3, url="/a/", published_at=at(0))),
    ),
    (
        Aftermath(reminded={"no_lead": Reminded(2, at(-9), at(60))}),
        Reminder("no_lead", "Who leads?"),
        Aftermath(reminded={"no_lead": Reminded(3, at(0), at(60))}),
    ),
    (
        Aftermath(reminded={"no_lead": Reminded(2, at(-9))}),
        ReminderPutOff("no_lead"),
        Aftermath(reminded={"no_lead": Reminded(2, at(-9), dismissed=True)}),
    ),
    (
        Aftermath(reminded={"no_lead": Reminded(2, at(-9), dismissed=True)}),
        ReminderPutOff("no_lead", resumed=True),
        Aftermath(reminded={"no_lead": Reminded(2, at(-9))}),
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


@pytest.mark.parametrize(("before", "fact", "after"), AGAIN, ids=lambda each: KIND_OF.get(type(each), "-"))
def test_what_follows_a_resolution_changes_what_is_there(
    before: Aftermath, fact: AftermathFact, after: Aftermath
) -> None:
    assert apply(incident(after=before), entry(fact)).after == after


def test_a_relapse_takes_the_finished_write_up_back_and_its_reminders_begin_anew() -> None:
    reminded = {"still_affected": Reminded(3), "writeup": Reminded(2)}
    state = incident(status=Status.RESOLVED, after=Aftermath(writeup_done=True, reminded=reminded))
    after = apply(state, entry(StatusChange(Status.OPEN, relapse=True))).after
    assert after == Aftermath(reminded={"writeup": Reminded(2)}, opened_at=at(0))


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


def test_what_was_confined_to_a_channel_is_for_those_alone_who_handle_it_from_then_on() -> None:
    state = incident(restricted=True, confined=True, members=frozenset({"slack:U1", "person:1"}))
    after = apply(state, entry(Restriction(("person:2",))))
    assert after.members == {"person:2"}
    assert (after.confined, after.kind) == (False, Kind.SECURITY)


def test_an_opened_incident_has_no_members() -> None:
    state = incident(restricted=True, confined=True, members=frozenset({"slack:U1"}))
    assert apply(state, entry(Opening("all are affected"))) == incident()


@pytest.mark.parametrize("fact", [SecurityAnswer(), Restriction(("person:2",))], ids=["no", "restricted"])
def test_what_was_not_asked_at_the_declaration_is_asked_until_it_is_answered(fact: Fact) -> None:
    unasked = apply(Incident("7"), entry(Declaration("Down", unasked=True)))
    assert unasked.after.security_unasked
    assert not apply(unasked, entry(fact)).after.security_unasked
    assert not apply(Incident("7"), entry(Declaration("Down"))).after.security_unasked


def test_who_leaves_the_channel_does_not_know_any_more() -> None:
    state = incident(restricted=True, confined=True, members=frozenset({"slack:U1", "person:1"}))
    assert apply(state, entry(Membership(("slack:U1",), joined=False))).members == {"person:1"}


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
        after=Aftermath(opened_at=at(0)),
    )
    assert all(replay("7", list(order)) == expected for order in permutations(entries))


def test_moments_are_frozen() -> None:
    moment = Moment(datetime(2026, 3, 2, tzinfo=UTC), Basis.STATED)
    with pytest.raises(AttributeError):
        moment.at = at(0)  # type: ignore[misc]
