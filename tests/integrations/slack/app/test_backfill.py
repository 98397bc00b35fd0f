"""What was missed is read out of the chat's own history: everything once, page by page, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from musterpoint import intake
from musterpoint.core.incident import Basis
from musterpoint.core.journal import Deletion, Edit, Gap, GapRead, MarkKind, Message
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.integrations.slack.app import backfill, gaps, history, tending, troubles
from musterpoint.integrations.slack.stamps import moment
from musterpoint.store import models
from tests.conftest import START, World
from tests.integrations.slack.app.past import Past, begun, settled
from tests.slack.workspace import Workspace, serving


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Its clock stands where the test puts it."""
    with serving(START) as running:
        monkeypatch.setenv("SLACK_API_URL", running.url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", running.bot_token)
        monkeypatch.setenv("SLACK_SIGNING_SECRET", running.signing_secret)
        monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
        yield running


@pytest.fixture
def past(world: World, workspace: Workspace, process: Process) -> Past:
    return begun(workspace, process)


# --- everything, once ----------------------------------------------------------------------------------------------


def test_a_new_capture_takes_in_all_that_was_said(past: Past) -> None:
    for number in range(450):
        past.say(f"reply {number}")
    assert past.step() == 1
    assert len(past.rows("message")) == 200 + 1
    assert past.again().read_at is None
    assert past.step(3) == 2
    assert past.texts() == ["Tickets fail", *(f"reply {number}" for number in range(450))]
    assert {each.source for each in past.rows("message")} == {"slack_history"}
    capture = past.again()
    assert (capture.whole, capture.cursor, capture.reading_since, capture.error) == (False, "", None, "")
    assert capture.read_at is not None
    assert capture.due_at == past.now + timedelta(seconds=past.process.history_every) - timedelta(seconds=10)


def test_a_pass_goes_on_where_it_was_after_a_restart(past: Past) -> None:
    for number in range(450):
        past.say(f"reply {number}")
    past.step()
    gaps.begin(past.now)
    past.step()
    assert [bool(each.get("cursor")) for each in past.asked] == [False, True]
    assert len(past.rows("message")) == 401


def test_what_came_by_itself_is_not_taken_in_again(past: Past) -> None:
    first, second = past.say("the queue grows"), past.say("we look")
    past.hears(past.root, first)
    past.workspace.edit(past.ana, past.channel, first, "the queue grows fast")
    past.hears(first)
    past.step(2)
    assert {each.key: each.source for each in past.rows("message")} == {
        past.root: "slack",
        first: "slack",
        second: "slack_history",
    }
    assert [each.source for each in past.rows("edit")] == ["slack"]


def test_a_pass_begins_at_the_high_water_mark(past: Past) -> None:
    last = [past.say("one"), past.say("two")][-1]
    settled(past)
    past.later(1000)
    past.step()
    assert [each.get("oldest") for each in past.asked] == [last]


def test_our_own_messages_are_no_part_of_what_people_said(past: Past) -> None:
    from musterpoint.integrations.slack.app import calling, finding

    calling.call(
        5,
        "chat.postMessage",
        channel=past.channel,
        thread_ts=past.root,
        text="Ours",
        metadata=finding.metadata("say:1"),
    )
    calling.call(5, "chat.postMessage", channel=past.channel, thread_ts=past.root, text="Also ours")
    past.say("theirs")
    past.step(2)
    assert past.texts() == ["Tickets fail", "theirs"]


def test_files_and_reactions_of_the_past_are_learnt(past: Past) -> None:
    stamp = past.workspace.share_file(past.ben, past.channel, "graph.txt", "see", past.root)
    past.workspace.react(past.ana, past.channel, stamp, "eyes")
    past.step()
    assert [each.name for each in past.facts("file")] == ["graph.txt"]
    (row,) = past.rows("reaction_added")
    assert (row.basis, row.who_identity) == (Basis.ESTIMATED, f"slack:{past.ana}")


# --- gaps ----------------------------------------------------------------------------------------------------------


def gap(past: Past, seconds: float = 60) -> tuple[object, object]:
    """From the last `seconds` until now nothing was heard."""
    since, until = past.now - timedelta(seconds=seconds), past.now
    gaps.noticed(since, until, "the connection was away")
    return since, until


def test_what_was_said_edited_and_deleted_in_a_gap_is_learnt(past: Past) -> None:
    old, edited, doomed = past.say("stays"), past.say("first words"), past.say("a slip")
    past.hears(past.root, old, edited, doomed)
    settled(past)
    past.later(100)
    past.say("said in the gap")
    past.workspace.edit(past.ben, past.channel, edited, "second words")
    past.workspace.delete(past.ana, past.channel, doomed)
    past.later(5)
    since, until = gap(past)
    past.step(2)
    assert past.texts() == ["Tickets fail", "stays", "second words", "said in the gap"]
    (deletion,) = past.rows("deletion")
    assert (deletion.key, deletion.basis, deletion.source) == (f"deletion:{doomed}", "estimated", "slack_history")
    (edit,) = past.rows("edit")
    assert (edit.who_name, edit.source) == ("Ben Okafor", "slack_history")
    assert past.facts("gap", "gap_read") == [Gap(since, until, "the connection was away"), GapRead(since, until, 1)]  # type: ignore[arg-type]
    assert past.again().whole is False


def test_the_last_messages_of_a_thread_may_be_those_that_are_gone(past: Past) -> None:
    first, last = past.say("stays"), past.say("goes")
    past.hears(past.root, first, last)
    settled(past)
    past.workspace.delete(past.ana, past.channel, last)
    past.later(50)
    gap(past)
    past.step(2)
    assert past.facts("deletion") == [Deletion(f"slack:{past.channel}/{last}")]


def test_what_reached_us_while_a_page_was_on_its_way_is_not_called_deleted(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(past)
    gap(past)
    fetch = history.fetch

    def slowly(*args: object) -> history.Page:
        page = fetch(*args)  # type: ignore[arg-type]
        past.hears(past.say("said meanwhile"))
        return page

    monkeypatch.setattr(history, "fetch", slowly)
    past.step(2)
    assert past.rows("deletion") == []
    assert "said meanwhile" in past.texts()


def test_a_reaction_that_was_taken_back_in_a_gap_is_taken_back(past: Past) -> None:
    stamp = past.say("we look")
    past.hears(past.root, stamp)
    past.workspace.react(past.ana, past.channel, stamp, "eyes")
    past.workspace.react(past.ben, past.channel, stamp, "eyes")
    settled(past)
    past.later(20)
    gap(past)
    past.step(2)
    assert past.rows("reaction_removed") == []
    past.workspace.react(past.ben, past.channel, stamp, "eyes", on=False)
    gap(past, 5)
    past.step(3)
    (row,) = past.rows("reaction_removed")
    assert (row.who_identity, row.basis) == (f"slack:{past.ben}", "estimated")


def test_a_reaction_stays_where_slack_does_not_name_everybody(past: Past) -> None:
    stamp = past.say("we look")
    past.workspace.react(past.ana, past.channel, stamp, "eyes")
    past.workspace.react(past.ben, past.channel, stamp, "eyes")
    settled(past)
    kept = past.workspace.message(past.channel, stamp)
    kept["reactions"] = [{"name": "eyes", "users": [past.ana], "count": 2}]
    gap(past, 5)
    past.step(3)
    assert past.rows("reaction_removed") == []


def test_a_tombstone_is_a_deletion(past: Past) -> None:
    past.hears(past.root, past.say("a reply"))
    settled(past)
    past.workspace.delete(past.ana, past.channel, past.root)
    gap(past, 5)
    past.step(2)
    assert past.facts("deletion") == [Deletion(f"slack:{past.channel}/{past.root}")]
    assert past.texts() == ["a reply"]


def test_a_gap_that_is_noticed_during_a_pass_is_read_by_the_next(past: Past) -> None:
    for number in range(450):
        past.say(f"reply {number}")
    past.step()
    first = [each.key for each in past.rows("message")][5]
    past.later(5)
    past.workspace.edit(past.ana, past.channel, first, "changed in the gap")
    gap(past, 3)
    past.step(2)
    assert past.rows("gap_read") == []
    past.step(6)
    assert len(past.rows("gap_read")) == 1
    assert "changed in the gap" in past.texts()


def test_a_closed_incident_is_read_for_a_gap_alone(past: Past) -> None:
    settled(past)
    models.Incident.objects.update(
        status="closed", milestones={"closed": {"at": past.now.isoformat().replace("+00:00", "Z"), "basis": "recorded"}}
    )
    past.later(2000)
    assert past.step() == 0
    gap(past, 5)
    assert past.step(4) == 1
    past.later(90_000)
    gap(past, 5)
    assert past.step(2) == 0


def test_messages_that_nobody_told_of_are_a_gap_by_themselves(past: Past) -> None:
    past.hears(past.root)
    settled(past)
    past.later(100)
    lost = past.say("nobody told us")
    past.later(2000)
    past.step(3)
    (named,) = past.facts("gap")
    assert (named.since, named.why) == (moment(lost), "events were lost")
    assert past.facts("gap_read") == [GapRead(named.since, named.until, 1)]
    assert past.texts() == ["Tickets fail", "nobody told us"]


def test_what_may_still_be_on_its_way_is_left_to_come(past: Past) -> None:
    past.hears(past.root)
    settled(past)
    past.later(2000)
    stamp = past.say("just said")
    past.step(2)
    assert past.texts() == ["Tickets fail"]
    past.hears(stamp)
    past.later(2000)
    past.step(2)
    assert past.texts() == ["Tickets fail", "just said"]
    assert past.rows("gap") == []


def test_an_edit_without_its_message_gets_one_in_the_end(past: Past) -> None:
    ref = f"slack:{past.channel}/{int(past.root[:10]) + 1}.000100"
    stamp = ref.rpartition("/")[2]
    edit = Edit(ref, "the last words", "d1")
    said = [
        Said(f"edit:{stamp}:x", f"{ref}#edit", moment(stamp), edit, past.now, Basis.RECORDED, None),
        Said(f"deletion:{stamp}", f"{ref}#deletion", moment(stamp), Deletion(ref), past.now, Basis.RECORDED, None),
    ]
    intake.write(past.thread, said, "slack", past.now)
    past.step()
    assert [each.key for each in past.rows("message")] == [past.root]
    past.later(1000)
    past.step()
    (row,) = [each for each in past.rows("message") if each.key == stamp]
    assert (row.ref, row.basis, row.source) == (ref, "estimated", "slack_history")
    assert past.facts("message")[-1] == Message("the last words", digest="d1")


# --- what goes wrong -----------------------------------------------------------------------------------------------


def test_at_the_low_limit_threads_take_turns_and_everything_is_read(
    past: Past, workspace: Workspace, process: Process
) -> None:
    other = begun(workspace, process, 2, "Ferries are late")
    for number in range(40):
        past.say(f"old {number}")
    for number in range(20):
        other.say(f"new {number}")
    workspace.limits = "low"
    order = []
    for _ in range(60):
        before = len(past.rows("message")), len(other.rows("message"))
        past.step()
        after = len(past.rows("message")), len(other.rows("message"))
        order += ["old"] * (after[0] > before[0]) + ["new"] * (after[1] > before[1])
    assert order == ["new", "old", "new", "old", "old"]
    assert len(past.rows("message")) == 41
    assert len(other.rows("message")) == 21
    assert {name for name, _ in workspace.refusals} == {"conversations.replies"}
    assert len(workspace.refusals) <= len(order) + 1
    assert past.again().error == other.again().error == ""


def test_a_long_thread_does_not_hold_up_the_others(past: Past, workspace: Workspace, process: Process) -> None:
    other = begun(workspace, process, 2, "Ferries are late")
    for number in range(500):
        past.say(f"old {number}")
    other.say("new")
    assert past.step() == 2
    assert other.texts() == ["Ferries are late", "new"]
    assert len(past.rows("message")) == 201


@pytest.mark.parametrize("code", ["not_in_channel", "token_revoked"])
def test_a_trouble_is_noted_and_tried_again_with_growing_pauses(past: Past, code: str) -> None:
    before = models.Incident.objects.get().version
    for number in range(3):
        past.workspace.fails("conversations.replies", error=code)
        past.capture.due_at = past.now
        past.capture.save(update_fields=["due_at"])
        past.step()
        assert past.again().due_at == past.now + timedelta(seconds=60 * 2**number)
    assert past.capture.error == troubles.of()[0].message
    assert [each.code for each in troubles.of()] == [code]
    assert models.Incident.objects.get().version > before
    past.later(300)
    past.step()
    assert past.again().error == ""
    assert past.texts() == ["Tickets fail"]


def test_a_failure_that_passes_loses_nothing(past: Past) -> None:
    for number in range(450):
        past.say(f"reply {number}")
    past.step()
    past.workspace.fails("conversations.replies", status=500)
    past.step()
    past.workspace.fails("conversations.replies", reset=True)
    past.step(2)
    past.step(12)
    assert len(past.rows("message")) == 451
    assert past.again().error == ""


def test_a_thread_that_is_gone_is_said_to_be_and_not_tried_again(past: Past) -> None:
    past.workspace.delete(past.ana, past.channel, past.root)
    past.step()
    assert past.again().error == "the thread is not there any more"
    past.later(5000)
    gap(past, 5)
    assert past.step(3) == 0
    assert len(past.asked) == 1


def test_a_cursor_that_slack_forgot_costs_nothing(past: Past) -> None:
    for number in range(250):
        past.say(f"reply {number}")
    past.step()
    past.workspace.fails("conversations.replies", error="invalid_cursor")
    past.step(3)
    assert len(past.rows("message")) == 251
    assert past.again().whole is False


def test_a_page_whose_reader_died_is_read_by_another(past: Past) -> None:
    until = past.now + timedelta(seconds=backfill.LEASE)
    models.Capture.objects.update(leased_until=until)
    past.later(10)
    assert past.step() == 0
    past.later(60)
    assert past.step() == 1


def test_two_readers_of_one_page_write_it_once(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    past.say("a reply")
    fetch = history.fetch
    nested: list[int] = []

    def twice(process: Process, thread: models.Thread, position: object) -> history.Page:
        page = fetch(process, thread, position)  # type: ignore[arg-type]
        if not nested:
            nested.append(1)
            backfill.step(process, past.later(backfill.LEASE + 1))
        return page

    monkeypatch.setattr(history, "fetch", twice)
    past.step()
    assert past.texts() == ["Tickets fail", "a reply"]
    assert len(past.asked) == 2
    assert past.again().read_at is not None


def test_a_redacted_message_stays_redacted(past: Past) -> None:
    stamp = past.say("the password is pinguin")
    past.hears(past.root, stamp)
    models.Entry.objects.filter(key=stamp).update(redacted=True, data='{"text": "[redacted]"}')
    past.workspace.edit(past.ana, past.channel, stamp, "the password was pinguin")
    past.step(2)
    assert past.rows("edit") == []
    assert not any("pinguin" in each.data for each in past.rows("message"))


def test_every_page_is_asked_for_with_the_metadata_that_tells_our_own(past: Past) -> None:
    past.step()
    assert past.asked[0]["include_all_metadata"] in ("true", "1", True)
    assert str(past.asked[0]["limit"]) == str(history.LIMIT)


def test_settings_say_how_often(past: Past) -> None:
    past.process = replace(past.process, history_every=120.0)
    past.step()
    assert past.again().due_at == past.now + timedelta(seconds=120)


def test_a_configured_reaction_of_the_past_marks_its_message_until_it_is_gone(past: Past) -> None:
    stamp = past.say("the disk is full")
    past.workspace.react(past.ben, past.channel, stamp, past.process.mark_finding)
    settled(past)
    assert [(each.mark, each.on) for each in past.facts("mark")] == [(MarkKind.FINDING, True)]
    past.workspace.react(past.ben, past.channel, stamp, past.process.mark_finding, on=False)
    gap(past, 5)
    past.step(3)
    assert [each.on for each in past.facts("mark")] == [True, False]


def test_people_of_whom_nothing_was_known_have_their_names(past: Past) -> None:
    past.say("hello", past.workspace.user("caro", "Caro Lind"))
    past.step()
    assert [each.who_name for each in past.rows("message")] == ["Ana Ruiz", "Caro Lind"]


def test_what_fails_in_one_step_does_not_stop_the_others(past: Past, caplog: pytest.LogCaptureFixture) -> None:
    past.say("a reply")
    tending.tend(past.process, past.later(10), ("nowhere:step", "backfill:step"))
    assert past.texts() == ["Tickets fail", "a reply"]
    assert "tending Slack: nowhere:step" in caplog.text


def test_every_step_of_tending_is_there(past: Past, caplog: pytest.LogCaptureFixture) -> None:
    tending.tend(past.process, past.later(10))
    assert caplog.text == ""
    assert past.texts() == ["Tickets fail"]


def test_what_is_deleted_between_two_pages_hides_nothing(past: Past) -> None:
    stamps = [past.say(f"reply {number}") for number in range(210)]
    past.hears(past.root, *stamps)
    settled(past)
    gap(past, 5)
    past.step(2)
    for stamp in stamps[:3]:
        past.workspace.delete(past.ana, past.channel, stamp)
    past.step(4)
    assert past.rows("deletion") == []
    assert len(past.rows("message")) == 211
