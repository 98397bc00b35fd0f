"""Reminders: what waits, what is said and when, over days, with a clock that the tests move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from musterpoint.core.aftermath import ActionKind, ActionStatus, Decision, Issue, IssueCause, Publication
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionChanged,
    ActionEnded,
    IssueChange,
    IssueRaised,
    IssueRequested,
    PublicationDecision,
    Reminder,
    ReminderPutOff,
    WriteupDone,
)
from musterpoint.core.incident import Basis, Incident, Severity, Status, Who
from musterpoint.core.journal import (
    Declaration,
    Entry,
    Fact,
    HuddleSettled,
    LeadChange,
    Link,
    Nomination,
    Restriction,
    SeverityChange,
    StatusChange,
    apply,
)
from musterpoint.core.pace import PACES, Pace
from musterpoint.core.process import Process
from musterpoint.core.reminder_cases import URGENT, Heard
from musterpoint.core.reminders import Due, due, waiting
from musterpoint.core.worktime import work_time

#: A Monday.
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOB, KIM = Who("person:2", "Bob"), Who("name:Kim Sato", "Kim Sato")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Story:
    """An incident that lives on while the clock goes: a reminder that is due is given, as the engine does."""

    process: Process = field(default_factory=lambda: Process(authority=("Alice",)))
    now: datetime = START
    state: Incident = field(default_factory=lambda: Incident("7"))
    spoken_at: datetime | None = None
    huddle_at: datetime | None = None
    announced: bool = True
    number: int = 0
    given: list[tuple[datetime, Due]] = field(default_factory=list)

    def happens(self, fact: Fact, who: Who | None = BOB) -> None:
        self.number += 1
        entry = Entry(self.number, fact, self.now, Basis.RECORDED, self.now, who, "cli", f"entry:{self.number}")
        self.state = apply(self.state, entry)

    @property
    def heard(self) -> Heard:
        return Heard(self.spoken_at, self.huddle_at, self.announced)

    def declared(self, **values: object) -> Story:
        self.happens(Declaration("Checkout answers 502", **values))  # type: ignore[arg-type]
        return self

    def resolved(self) -> Story:
        self.happens(StatusChange(Status.RESOLVED))
        return self

    def wait(self, length: timedelta, step: timedelta = timedelta(minutes=5)) -> list[str]:
        """Let the time pass, with a pass of the engine every `step`; the names of what was said."""
        end, before = self.now + length, len(self.given)
        while self.now < end:
            self.now = min(self.now + step, end)
            for each in due(self.state, self.heard, self.now, self.process):
                self.given.append((self.now, each))
                self.happens(Reminder(each.name, each.sentence, each.whom, each.since), None)
        return [each.name for _, each in self.given[before:]]

    def waits(self) -> dict[str, Due]:
        return {each.name: each for each in waiting(self.state, self.heard, self.now, self.process)}

    def times(self, name: str) -> list[datetime]:
        return [at for at, each in self.given if each.name == name]


def calm() -> Story:
    """An incident of which nothing but its age is reminded."""
    return Story().declared(severity=Severity.MAJOR)


def raised() -> Story:
    story = calm()
    story.happens(LeadChange(BOB))
    story.resolved()
    story.happens(IssueRequested())
    story.happens(IssueRaised("7"), None)
    return story


# --- while it is open ---


def test_no_lead_is_said_after_a_while_again_and_at_most_so_often() -> None:
    story = Story().declared()
    story.wait(3 * DAY)
    assert story.times("no_lead") == [START + minutes * MINUTE for minutes in (10, 25, 40)]


def test_it_is_not_said_before_its_time_but_waits_at_once() -> None:
    story = Story().declared()
    assert story.wait(9 * MINUTE, MINUTE) == []
    found = story.waits()["no_lead"]
    assert (found.since, found.times, found.next_at) == (START, 0, START + 10 * MINUTE)
    assert found.urgent
    assert found.sentence == "Nobody has led the incident since 2026-03-02 09:00 UTC (`musterpoint lead 7 PERSON`)"


def test_it_is_not_said_once_somebody_leads() -> None:
    story = Story().declared(severity=Severity.MAJOR)
    story.happens(LeadChange(BOB))
    assert "no_lead" not in story.wait(HOUR)
    assert "no_lead" not in story.waits()
    story.happens(SeverityChange(None))
    assert "no_severity" in story.wait(HOUR)


def test_what_is_urgent_is_said_at_night_and_on_holidays() -> None:
    story = Story(now=datetime(2026, 3, 7, 23, tzinfo=UTC)).declared()
    assert story.wait(HOUR).count("no_lead") == 3


def test_an_open_incident_is_asked_about_every_few_hours_and_not_for_ever() -> None:
    story = Story().declared()
    story.wait(5 * DAY)
    assert story.times("still_affected") == [START + hours * HOUR for hours in (4, 8, 12, 16, 20, 24)]


def test_silence_is_said_and_begins_anew_when_somebody_writes() -> None:
    story = calm()
    assert "nobody_writes" not in story.waits()
    story.wait(12 * HOUR)
    assert len(story.times("nobody_writes")) == 3
    story.spoken_at = story.now
    assert "nobody_writes" not in story.waits()
    story.wait(12 * HOUR)
    assert len(story.times("nobody_writes")) == 6
    assert story.state.after.reminded["nobody_writes"].times == 3


def test_a_message_in_time_keeps_the_question_away() -> None:
    story = calm()
    for _ in range(10):
        story.wait(50 * MINUTE)
        story.spoken_at = story.now
    assert story.times("nobody_writes") == []


def test_a_relapse_begins_it_anew_from_its_own_time() -> None:
    story = Story().declared()
    story.wait(2 * HOUR)
    story.resolved()
    story.wait(DAY)
    assert len(story.times("no_lead")) == 3
    story.happens(StatusChange(Status.OPEN, relapse=True))
    relapsed = story.now
    assert story.wait(5 * MINUTE) == []
    story.wait(HOUR)
    assert story.times("no_lead")[3:] == [relapsed + minutes * MINUTE for minutes in (10, 25, 40)]
    assert story.times("still_affected") == []


def test_a_restart_is_nothing_but_a_pause() -> None:
    """All that is known is in the state: an engine that was away says what is due once, not what it missed."""
    story = Story().declared()
    story.wait(10 * HOUR, 10 * HOUR)
    assert [each.name for _, each in story.given] == ["no_lead", "no_severity", "still_affected", "nobody_writes"]


# --- huddles ---


def in_slack(**values: object) -> Story:
    """An incident that is led, of which nothing but its age and its huddle is reminded."""
    story = Story(process=Process(authority=("Alice",), chat="slack")).declared(severity=Severity.MAJOR, **values)
    story.happens(LeadChange(BOB))
    return story


def test_without_a_huddle_the_lead_is_asked_once() -> None:
    story = in_slack()
    assert "no_huddle" not in story.waits()
    story.wait(3 * HOUR)
    assert story.times("no_huddle") == [START + 10 * MINUTE]
    found = story.waits()["no_huddle"]
    assert (found.whom, found.urgent, found.next_at) == ((BOB,), True, None)
    assert found.text == "No huddle has begun since 2026-03-02 09:00 UTC: does one run, or is none needed?"
    assert found.resolve == "musterpoint huddle 7 --runs"
    story.happens(LeadChange(None))
    assert story.waits()["no_huddle"].whom == (Who("name:Alice", "Alice"),)


@pytest.mark.parametrize("fact", [HuddleSettled(True), HuddleSettled(False), Link("T1/C1/1.000001", role="huddle")])
def test_a_huddle_that_is_linked_or_settled_is_asked_for_no_more_not_even_after_a_relapse(fact: Fact) -> None:
    story = in_slack()
    story.happens(fact)
    story.wait(HOUR)
    story.resolved()
    story.happens(StatusChange(Status.OPEN, relapse=True))
    story.wait(HOUR)
    assert story.times("no_huddle") == []


def test_the_thread_of_the_chat_is_no_huddle() -> None:
    story = in_slack()
    story.happens(Link("T1/C1/1.000001", role="chat"))
    assert "no_huddle" in story.wait(HOUR)


def test_a_huddle_that_runs_is_not_asked_for_and_a_relapse_without_one_asks_anew() -> None:
    story = in_slack()
    story.huddle_at = story.now
    assert "no_huddle" not in story.wait(HOUR)
    story.huddle_at = None
    story.wait(HOUR)
    story.resolved()
    story.happens(StatusChange(Status.OPEN, relapse=True))
    relapsed = story.now
    story.wait(HOUR)
    assert story.times("no_huddle")[-1] == relapsed + 10 * MINUTE
    assert len(story.times("no_huddle")) == 2


@pytest.mark.parametrize("chat", ["local", "bridge"])
def test_where_the_chat_has_no_huddles_nobody_is_nagged(chat: str) -> None:
    story = Story(process=Process(authority=("Alice",), chat=chat)).declared()
    assert "no_huddle" not in story.wait(3 * HOUR)
    assert "no_huddle" not in story.waits()


@pytest.mark.parametrize(("confined", "asked"), [(False, False), (True, True)])
def test_a_restricted_incident_is_asked_only_where_it_is_spoken_of(confined: bool, asked: bool) -> None:
    story = in_slack(restricted=True, members=("person:2",), confined=confined)
    assert ("no_huddle" in story.wait(HOUR)) is asked


def test_an_incident_that_has_no_thread_in_the_chat_is_not_asked_for_a_huddle() -> None:
    story = in_slack()
    story.announced = False
    assert "no_huddle" not in story.wait(HOUR)


def test_silence_while_a_huddle_runs_is_said_once_and_anew_after_somebody_wrote() -> None:
    story = in_slack()
    story.wait(5 * MINUTE)
    story.huddle_at = begun = story.now
    assert "huddle_silent" not in story.waits()
    story.wait(50 * MINUTE)
    assert story.times("huddle_silent") == [begun + 15 * MINUTE]
    assert story.waits()["huddle_silent"].text == (
        "A huddle runs and nobody has written since 2026-03-02 09:05 UTC: write down what was found or decided"
    )
    story.spoken_at = written = story.now
    assert "huddle_silent" not in story.waits()
    story.wait(50 * MINUTE)
    assert story.times("huddle_silent")[1:] == [written + 15 * MINUTE]


def test_what_was_written_before_the_huddle_does_not_count_as_silence_in_it() -> None:
    story = in_slack()
    story.spoken_at = story.now
    story.wait(HOUR)
    story.huddle_at = story.now
    assert "huddle_silent" not in story.wait(14 * MINUTE, MINUTE)
    assert "huddle_silent" in story.wait(MINUTE)


def test_a_huddle_that_ended_or_outlived_the_incident_asks_for_nothing() -> None:
    story = in_slack()
    story.huddle_at = story.now
    story.wait(10 * MINUTE)
    story.huddle_at = None
    assert "huddle_silent" not in story.wait(30 * MINUTE)
    story.huddle_at = story.now
    story.resolved()
    assert "huddle_silent" not in story.wait(HOUR)


# --- afterwards ---


def test_the_writeup_waits_for_the_nominee_else_the_default_else_authority() -> None:
    story = calm().resolved()
    assert story.waits()["writeup_waiting"].whom == (Who("name:Alice", "Alice"),)
    story.process = replace(story.process, nominee="email:ana@example.com")
    assert story.waits()["writeup_waiting"].whom == (Who("email:ana@example.com", "ana@example.com"),)
    story.happens(Nomination(BOB))
    found = story.waits()["writeup_waiting"]
    assert found.whom == (BOB,)
    assert found.resolve == "musterpoint raise 7"
    assert not found.urgent


def test_what_is_not_urgent_waits_for_working_hours() -> None:
    story = Story(now=datetime(2026, 3, 6, 15, tzinfo=UTC)).declared(severity=Severity.MAJOR).resolved()  # a Friday
    story.wait(3 * DAY + 3 * HOUR)
    assert story.times("writeup_waiting") == [datetime(2026, 3, 9, 9, tzinfo=UTC)]
    assert story.times("decision_waiting") == story.times("writeup_waiting")
    assert story.waits()["writeup_waiting"].next_at == datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_holidays_and_the_teams_own_zone_count() -> None:
    process = Process(zone="Australia/Sydney", holidays=("2026-03-04",))
    story = Story(process=process).declared(severity=Severity.MAJOR).resolved()
    story.wait(4 * DAY)
    first = story.times("writeup_waiting")[0]
    assert first == datetime(2026, 3, 4, 22, tzinfo=UTC)  # Thursday at nine there


def test_once_raised_it_is_the_writing_that_waits() -> None:
    story = raised()
    found = story.waits()["writeup_waiting"]
    assert found.resolve == "musterpoint writeup done 7"
    assert "write-up is not done" in found.text
    story.happens(WriteupDone(True))
    assert "writeup_waiting" not in story.waits()


def test_while_the_tracker_has_not_made_the_issue_nobody_is_bothered() -> None:
    story = calm().resolved()
    story.happens(IssueRequested())
    assert "writeup_waiting" not in story.waits()


def test_the_decision_about_the_post_waits_until_it_is_made_and_then_the_post() -> None:
    story = raised()
    assert story.waits()["decision_waiting"].resolve == "musterpoint publication decide 7 publish"
    story.happens(PublicationDecision(Decision.PUBLISH))
    assert "decision_waiting" not in story.waits()
    assert story.waits()["post_waiting"].since == story.now
    story.happens(PublicationDecision(Decision.SKIP, "internal"))
    assert "post_waiting" not in story.waits()


def test_no_public_post_is_asked_for_a_security_incident() -> None:
    story = raised()
    story.happens(Restriction(("person:2",)))
    story.happens(LeadChange(None))
    found = story.waits()
    assert set(found) == {"one_step_left"}
    assert found["one_step_left"].whom == ()


def test_an_action_is_told_before_its_day_and_after_it() -> None:
    story = raised()
    story.happens(ActionAdded(3, "Alert on 502s", KIM, "2026-03-12", ActionKind.DETECT))
    assert "action_due:3" not in story.waits()
    story.wait(14 * DAY)
    assert story.times("action_due:3") == [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (9, 11)]
    assert story.times("action_overdue:3")[0] == datetime(2026, 3, 13, 9, tzinfo=UTC)
    found = story.waits()["action_overdue:3"]
    assert found.whom == (KIM,)
    assert found.text == "Action 3 is overdue, it was due on 2026-03-12: Alert on 502s"
    assert found.resolve == "musterpoint action done 7 3"


def test_another_due_day_begins_it_anew() -> None:
    story = raised()
    story.happens(ActionAdded(1, "Alert on 502s", KIM, "2026-03-03"))
    story.wait(60 * DAY, HOUR)
    assert len(story.times("action_overdue:1")) == 10
    story.happens(ActionChanged(1, ("due",), due=f"{story.now + 10 * DAY:%Y-%m-%d}"))
    assert "action_overdue:1" not in story.waits()
    story.wait(30 * DAY, HOUR)
    assert len(story.times("action_overdue:1")) > 13


def test_an_action_without_owner_or_day_is_told_and_one_that_is_done_is_not() -> None:
    story = raised()
    story.happens(ActionAdded(1, "Write a runbook"))
    found = story.waits()
    assert found["action_unowned:1"].whom == (BOB,)  # the lead
    assert "action_undated:1" not in found
    story.happens(ActionChanged(1, ("owner",), owner=KIM))
    found = story.waits()
    assert "action_unowned:1" not in found
    assert found["action_undated:1"].whom == (KIM,)
    assert found["action_undated:1"].resolve == "musterpoint action due 7 1 DATE"
    story.happens(ActionEnded(1, ActionStatus.DONE))
    assert not any(name.startswith("action") for name in story.waits())


@pytest.mark.parametrize("due_day", ["soon", "2026-13-45", "9999-12-31", "0001-01-01", "2026-3-4"])
def test_whatever_stands_as_due_day_breaks_nothing(due_day: str) -> None:
    story = raised()
    story.happens(ActionAdded(1, "Write a runbook", KIM, due_day))
    assert story.waits()


def test_the_one_step_that_is_left_is_told_instead_of_its_own_reminder() -> None:
    story = raised()
    story.happens(WriteupDone(True))
    found = story.waits()
    assert set(found) == {"one_step_left"}
    assert "decided about the public post" in found["one_step_left"].text
    assert found["one_step_left"].resolve == "musterpoint publication decide 7 publish"


def test_an_action_with_a_day_to_come_is_no_last_step_to_press_for() -> None:
    story = raised()
    story.happens(WriteupDone(True))
    story.happens(PublicationDecision(Decision.SKIP, "internal"))
    story.happens(ActionAdded(1, "Replace the proxy", KIM, "2026-09-01"))
    assert story.waits() == {}
    story.happens(ActionChanged(1, ("due",), due=""))
    assert set(story.waits()) == {"one_step_left"}


def test_where_the_guard_gave_in_authority_is_asked() -> None:
    story = raised()
    story.happens(IssueChange(False, IssueCause.YIELDED, ("writeup_open",), ("The write-up is not done.",)))
    found = story.waits()["guard_asked"]
    assert found.whom == (Who("name:Alice", "Alice"),)
    story.happens(WriteupDone(True))
    assert "guard_asked" not in story.waits()


@pytest.mark.parametrize("status", [Status.CLOSED, Status.CANCELLED])
def test_nothing_waits_in_what_is_over(status: Status) -> None:
    story = Story().declared()
    story.happens(StatusChange(status))
    assert story.waits() == {}
    assert story.wait(10 * DAY, HOUR) == []


def test_an_incident_of_which_nothing_is_known_breaks_nothing() -> None:
    assert due(Incident("7"), Heard(), START, Process()) == []
    odd = Incident("7", status=Status.RESOLVED)
    odd = replace(odd, after=replace(odd.after, issue=Issue(), publication=Publication(Decision.PUBLISH)))
    assert waiting(odd, Heard(), START, Process())


# --- snoozed, dismissed ---


def test_a_reminder_that_was_put_off_comes_at_its_time_even_after_the_last_one() -> None:
    story = Story().declared()
    story.wait(HOUR)
    assert len(story.times("no_lead")) == 3
    until = START + 20 * HOUR
    story.happens(ReminderPutOff("no_lead", until))
    assert story.waits()["no_lead"].until == until
    story.wait(3 * DAY)
    assert story.times("no_lead")[3:] == [until]


def test_it_is_silent_until_then() -> None:
    story = Story().declared()
    story.happens(ReminderPutOff("no_lead", START + 2 * HOUR))
    story.wait(115 * MINUTE)
    assert story.times("no_lead") == []
    story.wait(6 * HOUR)
    assert story.times("no_lead") == [START + minutes * MINUTE for minutes in (120, 135, 150)]


def test_one_that_was_dismissed_never_comes_and_resumed_goes_on() -> None:
    story = Story().declared()
    story.happens(ReminderPutOff("no_lead"))
    assert "no_lead" not in story.wait(3 * HOUR)
    found = story.waits()["no_lead"]
    assert found.dismissed
    assert found.next_at is None
    story.happens(ReminderPutOff("no_lead", resumed=True))
    assert "no_lead" in story.wait(10 * MINUTE)


def test_a_kind_that_is_set_to_never_is_not_even_said_once() -> None:
    story = Story(process=Process(reminders={**PACES, "no_lead": Pace(0, 60, 0)})).declared()
    assert "no_lead" not in story.wait(3 * HOUR)
    assert "no_lead" in story.waits()


# --- whatever happens ---

FACTS: dict[str, Fact] = {
    "led": LeadChange(BOB),
    "unled": LeadChange(None),
    "severe": SeverityChange(Severity.MINOR),
    "resolved": StatusChange(Status.RESOLVED),
    "relapse": StatusChange(Status.OPEN, relapse=True),
    "raised": IssueRaised("7"),
    "written": WriteupDone(True),
    "action": ActionAdded(1, "Alert on 502s", KIM, "2026-03-04"),
    "no owner": ActionChanged(1, ("owner",)),
    "skipped": PublicationDecision(Decision.SKIP, "internal"),
}
STEPS = some.lists(some.tuples(some.sampled_from([*FACTS, "says", "nothing"]), some.integers(1, 4000)), max_size=12)
ZONES = some.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, zone=ZONES, begins=some.integers(0, 24 * 60 * 30))
def test_never_more_than_so_often_and_never_outside_working_hours(
    steps: list[tuple[str, int]], zone: str, begins: int
) -> None:
    story = Story(process=Process(authority=("Alice",), zone=zone), now=START + begins * MINUTE).declared()
    for step, minutes in steps:
        if step == "says":
            story.spoken_at = story.now
        elif step in FACTS and not (step == "action" and story.state.after.actions):
            story.happens(FACTS[step])
        story.wait(minutes * MINUTE, 30 * MINUTE)
    counted: dict[tuple[str, datetime], list[datetime]] = {}
    for at, each in story.given:
        kind = each.name.partition(":")[0]
        pace = PACES[kind]
        assert each.urgent == (kind in URGENT)
        assert each.urgent or work_time(story.process).is_working(at)
        assert at >= each.since + timedelta(seconds=pace.after)
        before = counted.setdefault((each.name, each.since), [])
        if before and _unbroken(story, before[-1], at):
            assert at >= before[-1] + timedelta(seconds=pace.every)
        before.append(at)
        assert "`musterpoint " in each.sentence
    resets = sum(step in ("resolved", "relapse") for step, _ in steps) + 1
    assert all(len(times) <= PACES[name.partition(":")[0]].times * resets for (name, _), times in counted.items())


def _unbroken(story: Story, first: datetime, second: datetime) -> bool:
    """Whether the status stayed the same all the time between: a change of it begins some of them anew."""
    opened, resolved = story.state.after.opened_at, story.state.milestones
    return not opened and len(resolved) < 2 and first < second


def test_one_that_is_declared_to_us_late_is_not_reminded_of_the_time_before() -> None:
    story = Story()
    known = START + 5 * HOUR
    story.state = apply(story.state, Entry(1, Declaration("Down"), START, Basis.STATED, known, BOB, "cli", "entry:1"))
    story.now = known
    assert {each.since for each in story.waits().values()} == {known}
    assert story.wait(5 * MINUTE) == []
