"""Follow-up actions: adding, changing, ending them, and what the record proposes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musterpoint.core import followup
from musterpoint.core.aftermath import Action, ActionKind, ActionStatus, Aftermath
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, ActionEnded
from musterpoint.core.decision import Actor, Draft, NotAllowed
from musterpoint.core.due_date import due_date, overdue
from musterpoint.core.incident import Incident, Status, Who
from musterpoint.core.journal import Deletion, Edit, Entry, Fact, HuddleEnded, Mark, MarkKind, Message, Note, Redaction
from musterpoint.core.proposed_actions import title_of
from tests.core.incidents import BOB, NOW, VICTOR, entry, incident, recorded, refused

KIM = Who("name:Kim Sato", "Kim Sato")


def with_actions(*known: Action, status: Status = Status.RESOLVED) -> Incident:
    return incident(status=status, after=Aftermath(actions=known))


def one(status: ActionStatus = ActionStatus.OPEN) -> Incident:
    return with_actions(Action(1, "Alert", status=status))


# --- adding ------------------------------------------------------------------------------------------------------


def test_an_action_gets_the_next_number_and_all_that_is_known_of_it() -> None:
    draft = followup.add(
        with_actions(Action(1, "Limit"), Action(4, "Write down")),
        BOB,
        " Alert on the pool ",
        NOW,
        KIM,
        "2w",
        ActionKind.DETECT,
        " https://tracker.example/9 ",
        "entry:3",
    )
    fact = ActionAdded(
        5, "Alert on the pool", KIM, "2026-03-16", ActionKind.DETECT, "https://tracker.example/9", "entry:3"
    )
    assert draft == Draft(fact, recorded(0))


@pytest.mark.parametrize("status", [Status.OPEN, Status.RESOLVED, Status.CLOSED])
def test_actions_may_be_added_at_any_time(status: Status) -> None:
    assert followup.add(with_actions(status=status), BOB, "Alert", NOW).fact == ActionAdded(1, "Alert")


@pytest.mark.parametrize(
    ("title", "code", "message"),
    [
        (" \n ", "empty", "The title is empty."),
        ("a\nb", "several_lines", "one line"),
        ("a\u2028b", "several_lines", "one line"),
        ("x" * 301, "too_long", "301 characters; 300"),
    ],
)
def test_a_title_is_one_line_of_some_words(title: str, code: str, message: str) -> None:
    with refused(code, message):
        followup.add(incident(), BOB, title, NOW)
    with refused(code, message):
        followup.change(one(), BOB, 1, NOW, title=title)


def test_where_it_is_tracked_is_one_short_line() -> None:
    with refused("several_lines", "one line"):
        followup.add(incident(), BOB, "Alert", NOW, tracked="https://tracker.example/1\nhttps://tracker.example/2")
    with refused("too_long", "501 characters"):
        followup.add(incident(), BOB, "Alert", NOW, tracked="x" * 501)


def test_what_was_adopted_is_not_adopted_again() -> None:
    with refused("already_adopted", "That is action 1 already: Alert"):
        followup.add(with_actions(Action(1, "Alert", of="entry:3")), BOB, "Alert", NOW, of="entry:3")


# --- changing ----------------------------------------------------------------------------------------------------


def test_only_what_differs_is_written_down() -> None:
    state = with_actions(Action(1, "Alert", KIM, "2026-03-05"))
    draft = followup.change(state, BOB, 1, NOW, title="Alert ", owner=BOB.who, due="3d", tracked="#9")
    assert draft.fact == ActionChanged(1, ("owner", "tracked"), owner=BOB.who, tracked="#9")


def test_owner_date_and_kind_may_be_taken_away() -> None:
    state = with_actions(Action(1, "Alert", KIM, "2026-03-05", ActionKind.DETECT))
    assert followup.change(state, BOB, 1, NOW, owner=None, due="", kind=None).fact == ActionChanged(
        1, ("owner", "due", "kind")
    )


def test_nothing_that_differs_is_told() -> None:
    with refused("unchanged", "Action 1 of incident 7 is like that already."):
        followup.change(one(), BOB, 1, NOW, title="Alert", owner=None)


def test_one_that_ended_may_be_worded_better() -> None:
    assert followup.change(one(ActionStatus.DONE), BOB, 1, NOW, title="Alarm").fact == ActionChanged(
        1, ("title",), "Alarm"
    )


# --- ending ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "status", "reason"),
    [
        (ActionStatus.OPEN, ActionStatus.DONE, ""),
        (ActionStatus.OPEN, ActionStatus.DECLINED, "too dear"),
        (ActionStatus.DONE, ActionStatus.OPEN, "it does not ring"),
        (ActionStatus.DECLINED, ActionStatus.OPEN, ""),
        (ActionStatus.DECLINED, ActionStatus.DONE, "after all"),
    ],
)
def test_what_may_become_of_an_action(before: ActionStatus, status: ActionStatus, reason: str) -> None:
    draft = followup.end(one(before), BOB, 1, status, NOW, f" {reason}\n")
    assert draft == Draft(ActionEnded(1, status, reason, "Alert"), recorded(0))


@pytest.mark.parametrize("status", list(ActionStatus))
def test_what_it_is_already_it_does_not_become(status: ActionStatus) -> None:
    with refused("unchanged", f"Action 1 of incident 7 is {status} already."):
        followup.end(with_actions(Action(1, "Alert", status=status, reason="so")), BOB, 1, status, NOW, "why not")


def test_declining_needs_a_reason() -> None:
    with refused("no_reason", "needs a reason", "action decline 7 1 --reason WHY"):
        followup.end(one(), BOB, 1, ActionStatus.DECLINED, NOW, "  ")
    with refused("too_long", "2001 characters"):
        followup.end(one(), BOB, 1, ActionStatus.DECLINED, NOW, "x" * 2001)


def test_what_is_done_is_not_declined() -> None:
    with refused("not_open", "Action 1 is done.", "action reopen 7 1"):
        followup.end(one(ActionStatus.DONE), BOB, 1, ActionStatus.DECLINED, NOW, "too dear")


# --- who and what ------------------------------------------------------------------------------------------------

STEPS: list[Callable[[Incident, Actor], Draft]] = [
    lambda state, actor: followup.add(state, actor, "Limit", NOW),
    lambda state, actor: followup.change(state, actor, 1, NOW, title="Alarm"),
    lambda state, actor: followup.end(state, actor, 1, ActionStatus.DONE, NOW),
]


@pytest.mark.parametrize("step", STEPS)
def test_viewers_read_only_and_what_was_cancelled_needs_no_work(step: Callable[[Incident, Actor], Draft]) -> None:
    with refused("read_only", "Victor may read"):
        step(one(), VICTOR)
    with refused("cancelled", "Incident 7 was cancelled."):
        step(with_actions(Action(1, "Alert"), status=Status.CANCELLED), BOB)


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_number_that_is_not_there_is_told_with_those_that_are(step: Callable[[Incident, Actor], Draft]) -> None:
    with refused("no_such_action", "Incident 7 has no action 1.", "Its actions: 2, 5."):
        step(with_actions(Action(2, "a"), Action(5, "b")), BOB)
    with refused("no_such_action", "Incident 7 has no action 1.", "action add 7 TITLE"):
        step(incident(), BOB)


# --- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", ""),
        ("2026-03-10", "2026-03-10"),
        ("2020-01-01", "2020-01-01"),
        ("3d", "2026-03-05"),
        ("10 days", "2026-03-12"),
        (" 2W ", "2026-03-16"),
        ("today", "2026-03-02"),
        ("Tomorrow", "2026-03-03"),
    ],
)
def test_days_as_people_write_them(text: str, day: str) -> None:
    assert due_date(text, NOW) == day


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "20260310", "2026-W10-1", "3", "d", "-3d", "99999d", "3d ago"])
def test_what_is_no_day_is_told(text: str) -> None:
    with refused("bad_date", f"{text!r} is not a day.", "2026-03-10, 3d, 2w"):
        due_date(text, NOW)


def test_days_are_those_where_the_team_works() -> None:
    late = NOW + timedelta(hours=12)
    assert due_date("1d", late, ZoneInfo("Asia/Tokyo")) == "2026-03-04"
    assert overdue("2026-03-02", late, ZoneInfo("Asia/Tokyo"))
    assert not overdue("2026-03-02", late)
    assert not overdue("", late)


@given(st.text())
def test_any_text_is_a_day_or_refused(text: str) -> None:
    try:
        day = due_date(text, NOW)
    except NotAllowed:
        return
    assert due_date(day, NOW) == day


# --- proposals ---------------------------------------------------------------------------------------------------


def said(text: str, number: int = 1) -> Entry:
    return entry(Message(text), number, number, ref=f"slack:C7/{number}")


def proposals(*entries: Entry, actions: Sequence[Action] = ()) -> list[str]:
    return [each.text for each in followup.proposed(entries, with_actions(*actions))]


def about(fact: Fact, number: int) -> Entry:
    return entry(fact, number, number)


def test_a_message_that_begins_so_proposes_an_action() -> None:
    (found,) = followup.proposed([said("todo: alert on the  pool\nand more")], incident())
    assert (found.ref, found.text, found.who, found.why) == (
        "slack:C7/1",
        "alert on the pool",
        BOB.who,
        "said by Bob",
    )
    assert proposals(entry(Note("  TODO:\nwrite it down"))) == ["write it down"]
    assert proposals(said("a TODO: in the middle"), said("TODO", 2), said("todo:", 3), said("", 4)) == []


def test_a_mark_proposes_one_as_long_as_it_is_there() -> None:
    mark = about(Mark("slack:C7/1", MarkKind.FOLLOW_UP), 2)
    (found,) = followup.proposed([said("we should alert"), mark], incident())
    assert (found.text, found.why) == ("we should alert", "marked by Bob")
    assert proposals(said("we should alert"), mark, about(Mark("slack:C7/1", MarkKind.FOLLOW_UP, on=False), 3)) == []
    huddle = entry(HuddleEnded(), 1, 1, ref="slack:C7/1")
    assert len(proposals(huddle, mark)) == 1


@pytest.mark.parametrize(
    "fact",
    [Deletion("slack:C7/1"), Redaction("slack:C7/1", "a secret"), Mark("slack:C7/1", MarkKind.IGNORE)],
    ids=lambda fact: type(fact).__name__,
)
def test_what_was_taken_away_or_ignored_proposes_nothing(fact: Fact) -> None:
    mark = about(Mark("slack:C7/1", MarkKind.FOLLOW_UP), 2)
    assert proposals(said("TODO: alert"), about(fact, 3)) == []
    assert proposals(said("alert"), mark, about(fact, 3)) == []


def test_what_was_adopted_is_proposed_no_more() -> None:
    assert proposals(said("TODO: alert"), actions=[Action(1, "Alert", of="slack:C7/1")]) == []


def test_an_edited_message_counts_with_its_last_text() -> None:
    assert proposals(said("TODO: alert"), about(Edit("slack:C7/1", "TODO: alert at 80 %"), 2)) == ["alert at 80 %"]
    assert proposals(said("TODO: alert"), about(Edit("slack:C7/1", "never mind"), 2)) == []


@given(st.text())
def test_the_title_that_a_message_gives_is_one_that_an_action_takes(text: str) -> None:
    if title := title_of(text):
        assert isinstance(followup.add(incident(), BOB, title, NOW).fact, ActionAdded)


def test_a_long_message_is_cut_at_a_word() -> None:
    assert title_of("TODO: " + "word " * 100).endswith("word…")
    assert len(title_of("x" * 400)) == 300
