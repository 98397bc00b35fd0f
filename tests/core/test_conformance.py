"""The record of the process: each step with its evidence, its time, or the exception and who made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.aftermath import ActionStatus, Decision, IssueCause
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionEnded,
    IssueChange,
    IssueRaised,
    IssueRequested,
    Override,
    PostPublished,
    PostRequested,
    PublicationDecision,
    WriteupDone,
    WriteupEdit,
)
from musterpoint.core.conformance import conformance
from musterpoint.core.conformance_steps import STEPS, StepRecord, StepStatus
from musterpoint.core.incident import Basis, Incident, Kind, Milestone, Severity, Status, Who
from musterpoint.core.journal import (
    Correction,
    Declaration,
    Deletion,
    Edit,
    Entry,
    Fact,
    HuddleBegun,
    HuddleSettled,
    Link,
    Mark,
    MarkKind,
    Message,
    Nomination,
    Note,
    Restriction,
    SecurityAnswer,
    SeverityChange,
    StatusChange,
    apply,
)
from musterpoint.core.own_steps import OwnStep
from musterpoint.core.process import Process
from tests.core.incidents import ALICE, BOB, NOW

DONE, OPEN, EXCEPTION = StepStatus.DONE, StepStatus.OPEN, StepStatus.EXCEPTION
MISSING, NOT_APPLICABLE = StepStatus.MISSING, StepStatus.NOT_APPLICABLE


@dataclass
class Story:
    """A journal that grows, one minute with each entry."""

    process: Process = field(default_factory=Process)
    entries: list[Entry] = field(default_factory=list)
    state: Incident = field(default_factory=lambda: Incident("7"))

    def happens(self, *facts: Fact, who: Who | None = BOB.who) -> Story:
        for fact in facts:
            number = len(self.entries) + 1
            at = NOW + timedelta(minutes=number)
            entry = Entry(number, fact, at, Basis.RECORDED, at, who, "cli", f"e{number}")
            self.entries.append(entry)
            self.state = apply(self.state, entry)
        return self

    @property
    def last(self) -> str:
        return self.entries[-1].ref

    def steps(self) -> dict[str, StepRecord]:
        return {each.name: each for each in conformance(self.state, self.entries, self.process, NOW)}

    def statuses(self) -> dict[str, StepStatus]:
        return {name: each.status for name, each in self.steps().items()}


def declared(**values: object) -> Story:
    detected = {"detected_at": NOW - timedelta(minutes=19), "detected_ref": "slack:C1/1"}
    return Story().happens(Declaration("Checkout answers 502", **{**detected, **values}))  # type: ignore[arg-type]


def worked_on() -> Story:
    story = declared().happens(Link("acme/C7/1"), HuddleBegun(), Note("All 502s come from the new pods"))
    story.happens(Mark(story.last, MarkKind.FINDING))
    story.happens(Note("Rolled back to 4.1.2"))
    return story.happens(Mark(story.last, MarkKind.ACTION_TAKEN))


def resolved() -> Story:
    return worked_on().happens(StatusChange(Status.RESOLVED))


def written() -> Story:
    story = resolved().happens(Nomination(BOB.who), IssueRequested(), IssueRaised("7", "https://issues.example/7"))
    return story.happens(WriteupEdit("trigger", "A new pod template"), WriteupDone(True))


def closed() -> Story:
    story = written().happens(ActionAdded(1, "Alert on 502s"), ActionAdded(2, "Replace the proxy"))
    story.happens(ActionEnded(1, ActionStatus.DONE), ActionEnded(2, ActionStatus.DECLINED, "too old"))
    story.happens(PublicationDecision(Decision.PUBLISH), PostRequested(1, "blog/7.md", "/blog/7/", "Text"))
    return story.happens(PostPublished(1, "blog/7.md", "/blog/7/"), StatusChange(Status.CLOSED))


def test_a_new_incident_has_its_first_two_steps_and_the_rest_to_come() -> None:
    statuses = declared().statuses()
    assert [name for name, status in statuses.items() if status is DONE] == ["identify", "route"]
    assert {status for name, status in statuses.items() if name not in ("identify", "route")} == {OPEN}
    assert list(statuses) == [each.name for each in STEPS if Kind.AVAILABILITY in each.kinds]


def test_a_closed_and_published_one_has_all() -> None:
    story = closed()
    assert set(story.statuses().values()) == {DONE}
    refs = {each.ref for each in story.entries} | {"slack:C1/1"}
    for step in story.steps().values():
        assert step.evidence, step.name
        assert set(step.evidence) <= refs
        assert step.at is not None
        assert step.rule.startswith("handbook, ")


def test_identify_has_the_time_of_the_detection_and_its_evidence() -> None:
    step = declared().steps()["identify"]
    assert (step.at, step.basis, step.who) == (NOW - timedelta(minutes=19), Basis.ESTIMATED, BOB.who)
    assert step.evidence == ("slack:C1/1", "e1")
    assert step.note == "declared 20 min after the detection"
    unknown = declared(detected_at=None, detected_ref="").steps()["identify"]
    assert (unknown.note, unknown.evidence) == ("when it was noticed is not known", ("e1",))


def test_a_correction_brings_its_own_evidence() -> None:
    story = declared().happens(Correction("detected", NOW, evidence="slack:C1/9"))
    assert story.steps()["identify"].evidence == ("slack:C1/9", "e1")


def test_the_incidents_own_page_is_a_thread_too_and_silence_is_none() -> None:
    story = declared().happens(Note("Looking"))
    step = story.steps()["thread"]
    assert (step.status, step.evidence, step.note) == (DONE, ("e2",), "1 message on the incident's own page")
    silent = declared().happens(StatusChange(Status.RESOLVED)).steps()["thread"]
    assert (silent.status, silent.note) == (MISSING, "nothing was written in a thread")


def test_no_huddle_is_told_plainly() -> None:
    story = declared().happens(StatusChange(Status.RESOLVED))
    step = story.steps()["huddle"]
    assert (step.status, step.note, step.exception) == (MISSING, "no huddle in the record", "")


def test_what_a_person_said_of_the_huddle_stands_where_the_chat_told_of_none() -> None:
    story = declared().happens(HuddleSettled(False))
    step = story.steps()["huddle"]
    assert (step.status, step.exception, step.exception_by) == (EXCEPTION, "none was needed", BOB.who)
    assert (step.evidence, step.at is not None) == (("e2",), True)
    story.happens(HuddleSettled(True))
    step = story.steps()["huddle"]
    assert (step.status, step.evidence, step.exception) == (DONE, ("e3",), "")
    assert step.note == "Bob said that it runs; the chat has not told of it"
    story.happens(HuddleBegun())
    assert story.steps()["huddle"].evidence == ("e4",)


def test_the_record_needs_findings_and_actions_taken() -> None:
    story = worked_on()
    step = story.steps()["record"]
    assert (step.status, step.note, step.evidence) == (DONE, "1 finding, 1 action taken", ("e4", "e6"))
    lacking = declared().happens(Note("All 502s come from the new pods"))
    lacking.happens(Mark(lacking.last, MarkKind.FINDING), StatusChange(Status.RESOLVED))
    step = lacking.steps()["record"]
    assert (step.status, step.note) == (MISSING, "no actions taken in 1 message")


def test_a_relapse_and_a_corrected_time_are_told_with_the_resolution() -> None:
    story = resolved().happens(StatusChange(Status.OPEN, relapse=True))
    assert story.steps()["resolve"].status is OPEN
    assert "relapsed at 2026-03-02 09:39 UTC" in story.steps()["resolve"].note
    story.happens(StatusChange(Status.RESOLVED))
    first = story.state.milestones[Milestone.RESOLVED].at
    right = first - timedelta(minutes=5)
    story.happens(Correction("resolved", right, was_at=first, was_basis=Basis.RECORDED, why="the graph"))
    step = story.steps()["resolve"]
    assert (step.status, step.at, step.basis) == (DONE, right, Basis.STATED)
    assert "its time was corrected by Bob, was 2026-03-02 09:40 UTC (the graph)" in step.note
    assert step.evidence == ("e10", "e9", "e11")


def test_the_nominee_is_named_until_it_is_raised() -> None:
    story = resolved().happens(Nomination(BOB.who))
    assert story.steps()["raise"].note == "nobody has raised the issue (Bob is nominated)"
    story.happens(IssueRequested())
    assert story.steps()["raise"].note == "the tracker has not made it yet"


def test_raised_by_authority_instead_of_the_nominee_is_allowed_and_noted() -> None:
    story = resolved().happens(Nomination(BOB.who)).happens(IssueRequested(), who=ALICE.who)
    story.happens(IssueRaised("7"), who=None)
    step = story.steps()["raise"]
    assert (step.status, step.who) == (DONE, ALICE.who)
    assert step.note == "issue 7; Bob was nominated, Alice raised it with authority"


def test_a_timeline_that_nobody_kept_and_a_rca_that_nobody_wrote_are_told_once_the_writeup_is_done() -> None:
    story = Story().happens(WriteupDone(True))
    steps = story.steps()
    assert (steps["timeline"].status, steps["timeline"].note) == (MISSING, "nobody kept a row of the timeline")
    assert steps["rca"].status is MISSING
    assert "composed from the record" in steps["rca"].note


def test_a_version_that_no_longer_stands_is_no_evidence() -> None:
    story = written()
    assert story.steps()["rca"].note == "written: trigger"
    story.happens(WriteupEdit("trigger", "", reset=True))
    assert story.steps()["rca"].status is MISSING


def test_a_declined_action_is_told_with_its_reason() -> None:
    assert closed().steps()["actions"].note == "2 actions, all ended; action 2 was declined by Bob: too old"


def test_no_action_at_all_is_missing_once_the_writeup_is_done() -> None:
    assert resolved().statuses()["actions"] is OPEN
    assert written().statuses()["actions"] is MISSING


def test_an_override_is_an_exception_with_who_and_why() -> None:
    story = written().happens(ActionAdded(1, "Replace the proxy"))
    assert story.steps()["actions"].note == "1 of 1 action open"
    override = Override("moved to the new platform", ("action_open:1",), ("Action 1 is open",))
    story.happens(override, StatusChange(Status.CLOSED), who=ALICE.who)
    for name in ("actions", "close"):
        step = story.steps()[name]
        assert (step.status, step.exception, step.exception_by) == (EXCEPTION, override.reason, ALICE.who)
        assert story.entries[-2].ref in step.evidence


def test_a_close_that_was_undone_is_told_and_one_on_which_the_guard_gave_in_is_an_exception() -> None:
    story = written().happens(ActionAdded(1, "Alert on 502s"))
    story.happens(IssueChange(False), IssueChange(True, IssueCause.GUARD, ("action_open:1",)))
    assert story.steps()["close"].note == "not closed yet; closed early and opened again 1 time"
    story.happens(IssueChange(False), IssueChange(False, IssueCause.YIELDED, ("action_open:1",)))
    step = story.steps()["close"]
    assert step.status is EXCEPTION
    assert "those with authority were asked" in step.exception
    assert story.last in step.evidence


def test_a_skipped_post_is_an_exception_and_one_undecided_is_to_come() -> None:
    story = written()
    assert story.steps()["publish"].note == "nobody has decided: the default is to publish"
    story.happens(PublicationDecision(Decision.SKIP, "one customer alone"), who=ALICE.who)
    step = story.steps()["publish"]
    assert (step.status, step.exception, step.exception_by) == (EXCEPTION, "one customer alone", ALICE.who)
    story.happens(PublicationDecision(None), PublicationDecision(Decision.PUBLISH))
    assert (story.steps()["publish"].status, story.steps()["publish"].note) == (OPEN, "not published yet")


def test_what_was_not_done_in_a_cancelled_incident_does_not_apply() -> None:
    story = declared().happens(StatusChange(Status.CANCELLED, duplicate_of="3"))
    steps = story.steps()
    assert steps["identify"].status is DONE
    assert {steps[name].status for name in ("thread", "huddle", "resolve", "publish")} == {NOT_APPLICABLE}
    assert steps["resolve"].note == "a duplicate of 3"


# --- security ---


def secret() -> Story:
    story = Story(process=Process(sirt=("account:sirt", "account:nia")))
    members = ("person:2", "account:sirt", "account:nia")
    return story.happens(Declaration("Key leaked", kind=Kind.SECURITY, restricted=True, members=members))


def test_a_security_incident_has_its_own_steps_and_rules() -> None:
    story = secret()
    steps = story.steps()
    assert list(steps)[:4] == ["identify", "route", "sirt", "severity"]
    assert (steps["sirt"].status, steps["sirt"].note) == (DONE, "2 names of the security team")
    assert steps["publish"].status is steps["huddle"].status is NOT_APPLICABLE
    assert "CEO" in steps["publish"].note
    assert steps["publish"].rule == "security policy, Disclosure"
    assert steps["severity"].status is OPEN
    story.happens(SeverityChange(Severity.CRITICAL))
    assert (story.steps()["severity"].status, story.steps()["severity"].note) == (DONE, "critical")


def test_one_that_was_restricted_later_tells_when_and_by_whom() -> None:
    story = worked_on().happens(Restriction(("person:2",), "customer data"), who=ALICE.who)
    steps = story.steps()
    assert (steps["route"].who, steps["route"].evidence) == (ALICE.who, ("e8",))
    assert (steps["sirt"].status, steps["huddle"].status) == (OPEN, DONE)


# --- the team's own ---


def own(story: Story, step: OwnStep) -> StepRecord:
    story.process = Process(steps=(step,))
    return story.steps()[step.name]


def test_a_step_of_the_team_is_shown_by_words_a_kind_of_entry_or_a_mark() -> None:
    story = worked_on().happens(Message("Updated the Status  page"), Message("updated the status page"))
    said = own(story, OwnStep("status_page", "Tell customers", said="STATUS PAGE"))
    assert (said.status, said.evidence, said.title) == (DONE, ("e9",), "Tell customers")
    assert said.rule == "musterpoint.toml, [[steps]] status_page"
    assert own(story, OwnStep("talk", kind="huddle_begun")).evidence == ("e3",)
    assert own(story, OwnStep("found", mark="finding")).evidence == ("e4",)
    assert own(story, OwnStep("decided", mark="decision")).note == "no decision marked in the record"


def test_words_count_as_they_stand_now() -> None:
    step = OwnStep("status_page", said="status page")
    story = declared().happens(Message("updated the status page"))
    edited = story.last
    story.happens(Edit(edited, "updated the page"))
    assert own(story, step).status is OPEN
    story.happens(Message("the status page says so"))
    story.happens(Deletion(story.last))
    assert own(story, step).status is OPEN


def test_it_can_be_bound_to_milestones_and_kinds_of_incident() -> None:
    story = declared().happens(Message("status page is red"), StatusChange(Status.RESOLVED))
    assert own(story, OwnStep("red", said="status page", before="resolved")).status is DONE
    assert own(story, OwnStep("green", said="status page", after="resolved")).status is OPEN
    assert own(story, OwnStep("closed", said="status page", after="closed")).note == "awaits closed"
    missed = own(story, OwnStep("call", said="called the customer", before="resolved"))
    assert (missed.status, missed.note) == (MISSING, "no message with “called the customer” in the record")
    story.process = Process(steps=(OwnStep("legal", said="legal", incidents=("security",)),))
    assert "legal" not in story.steps()


FACTS: list[Fact] = [
    Note("Rolled back"),
    Message("status page"),
    Mark("e2", MarkKind.FINDING),
    HuddleBegun(),
    StatusChange(Status.RESOLVED),
    StatusChange(Status.OPEN, relapse=True),
    StatusChange(Status.CLOSED),
    StatusChange(Status.CANCELLED),
    Restriction(("person:2",)),
    Nomination(ALICE.who),
    IssueRequested(),
    IssueRaised("7"),
    IssueChange(False, IssueCause.YIELDED, ("action_open:1",)),
    WriteupEdit("trigger", "x"),
    WriteupDone(True),
    ActionAdded(1, "Alert"),
    ActionEnded(1, ActionStatus.DECLINED, "no"),
    Override("because", ("action_open:1", "writeup_open")),
    PublicationDecision(Decision.SKIP, "internal"),
    PublicationDecision(None),
    PostPublished(1, "p"),
    Correction("detected", None),
]


@given(some.lists(some.sampled_from(FACTS), max_size=25), some.booleans())
def test_whatever_happened_every_step_is_told_with_evidence_that_is_there(facts: list[Fact], begun: bool) -> None:
    story = (declared() if begun else Story()).happens(*facts)
    story.process = Process(steps=(OwnStep("s", said="status"), OwnStep("k", kind="override", after="resolved")))
    refs = {each.ref for each in story.entries} | {"slack:C1/1"}
    found = conformance(story.state, list(reversed(story.entries)), story.process, NOW)
    kind = story.state.kind
    assert [each.name for each in found] == [each.name for each in STEPS if kind in each.kinds] + ["s", "k"]
    for step in found:
        assert set(step.evidence) <= refs
        assert step.status is not DONE or step.at is not None
        assert (step.status is EXCEPTION) == bool(step.exception)
        assert step.evidence or step.note


@pytest.mark.parametrize("step", STEPS, ids=lambda each: each.name)
def test_every_step_says_what_it_asks_for_and_where_that_is_written(step: object) -> None:
    assert step.asks.endswith(".")  # type: ignore[attr-defined]
    assert step.rule.partition(", ")[0] in ("handbook", "security policy")  # type: ignore[attr-defined]


def test_where_nobody_was_asked_about_security_the_answer_is_the_evidence() -> None:
    story = Story().happens(Declaration("Down", unasked=True))
    steps = {each.name: each for each in conformance(story.state, story.entries, story.process, NOW)}
    assert steps["route"].status is OPEN
    story.happens(SecurityAnswer(), who=ALICE.who)
    steps = {each.name: each for each in conformance(story.state, story.entries, story.process, NOW)}
    assert (steps["route"].status, steps["route"].evidence, steps["route"].who) == (DONE, ("e2",), ALICE.who)
    left = Story().happens(Declaration("Down", unasked=True), StatusChange(Status.RESOLVED))
    steps = {each.name: each for each in conformance(left.state, left.entries, left.process, NOW)}
    assert steps["route"].status is MISSING
