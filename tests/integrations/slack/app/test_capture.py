"""What happens in a thread that an incident reads is recorded, once, in whatever order it is told."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musterpoint.core.conversation import conversation
from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Deletion, Edit, File, Message
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import facts, taking
from musterpoint.integrations.slack.messages import said
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.told import Team
from tests.slack.envelope import Sending
from tests.slack.workspace import Workspace


@pytest.fixture
def team(world: World, workspace: Workspace, process: Process) -> Team:
    return Team(world, workspace, process)


def of_history(team: Team) -> dict[str, Any]:
    """What the chat's history tells of the thread now, by key."""
    from musterpoint.integrations.slack.app import ourselves, people

    names = people.names(team.workspace.team_id)
    told = team.workspace.thread(team.channel, team.root)
    found = [one for each in told for one in said(each, team.channel, team.root, names, ourselves.address())]
    return {each.key: each for each in found}


def test_a_message_is_recorded_as_history_would_tell_it(team: Team) -> None:
    stamp = team.says("ben", f"<@{team.users['ana']}> the pool is &lt;empty&gt;")
    team.workspace.share_file(team.users["ana"], team.channel, "graph.txt", "see here", team.root)
    team.workspace.bot_says("Grafana", team.channel, "", team.root, attachments=[{"text": "p99 is 9 s"}])
    team.says("ben", "told everybody", broadcast=True)
    team.arrives()
    told = of_history(team)
    rows = {each.key: each for each in models.Entry.objects.filter(thread=team.thread)}
    assert set(rows) == set(told) - {team.root}  # the root was said before the incident began
    for key, row in rows.items():
        assert (row.ref, row.anchor, row.at, row.basis) == (
            told[key].ref,
            told[key].anchor,
            told[key].at,
            told[key].basis.value,
        )
        assert row.who_identity == (told[key].who.identity if told[key].who else "")
    assert next(each.fact for each in team.entries("message")) == told[stamp].fact
    assert [each.text for each in team.facts("message")] == [
        "@Ana the pool is <empty>",
        "see here",
        "p99 is 9 s",
        "told everybody",
    ]
    assert [each.name for each in team.facts("file")] == ["graph.txt"]
    assert {each.source for each in team.entries()} == {"slack"}


def test_what_is_said_elsewhere_is_dropped_unstored(team: Team) -> None:
    before = models.Inbound.objects.count()
    team.workspace.say(team.users["ana"], team.channel, "lunch?")
    other = team.workspace.say(team.users["ana"], team.channel, "another thread")
    team.workspace.reply(team.users["ben"], team.channel, other, "of no incident")
    team.arrives()
    assert models.Inbound.objects.count() == before
    assert team.entries() == []


def test_an_edit_has_its_time_and_its_editor_and_keeps_the_first_words(team: Team) -> None:
    stamp = team.says("ben", "it is the pool")
    team.later(60)
    team.workspace.edit(team.users["ben"], team.channel, stamp, "it is the proxy")
    team.arrives()
    (message,), (edit,) = team.entries("message"), team.entries("edit")
    assert isinstance(message.fact, Message)
    assert message.fact.text == "it is the pool"
    assert isinstance(edit.fact, Edit)
    assert (edit.fact.of, edit.fact.text) == (message.ref, "it is the proxy")
    assert (edit.at - message.at).total_seconds() == pytest.approx(60, abs=1.5)
    assert edit.who == Who(f"slack:{team.users['ben']}", "Ben")
    assert edit.basis is Basis.RECORDED


def test_an_edit_that_arrives_before_its_message_is_kept(team: Team) -> None:
    team.workspace.hold()
    stamp = team.says("ben", "it is the pool")
    team.edits("ben", stamp, "it is the proxy")
    team.edits("ben", stamp, "it is the proxy, sorry")
    team.workspace.release(reversed)
    team.arrives()
    assert [each.text for each in team.facts("message")] == ["it is the pool"]
    assert {each.text for each in team.facts("edit")} == {"it is the proxy", "it is the proxy, sorry"}


def test_the_words_of_a_message_whose_own_event_was_lost_come_with_its_first_edit(team: Team) -> None:
    team.workspace.delivery.lose_next["message.channels"] = 1
    stamp = team.says("ben", "it is the pool")
    team.edits("ben", stamp, "it is the proxy")
    team.arrives()
    assert [each.text for each in team.facts("message")] == ["it is the pool"]
    assert [each.text for each in team.facts("edit")] == ["it is the proxy"]


def test_an_edit_that_was_lost_comes_with_the_next_one_and_no_words_are_made_up(team: Team) -> None:
    team.workspace.delivery.lose_next["message.channels"] = 2
    stamp = team.says("ben", "it is the pool")
    team.edits("ben", stamp, "it is the proxy")
    team.edits("ben", stamp, "it is the load balancer")
    team.arrives()
    assert team.facts("message") == []  # nobody told what was said first
    assert [each.text for each in team.facts("edit")] == ["it is the proxy", "it is the load balancer"]


def test_a_preview_of_a_link_is_no_edit(team: Team) -> None:
    stamp = team.says("ben", "see https://example.com/page")
    team.workspace.unfurl(team.channel, stamp)
    team.says("ana", "thanks")  # the root's count of replies
    team.arrives()
    assert team.facts("edit") == []
    assert len(team.facts("message")) == 2


def test_a_deleted_message_is_known_to_have_been_said(team: Team) -> None:
    stamp = team.says("ben", "the password is hunter2")
    team.later(30)
    team.workspace.delete(team.users["ben"], team.channel, stamp)
    team.arrives()
    (deletion,) = team.entries("deletion")
    assert deletion.fact == Deletion(f"slack:{team.channel}/{stamp}")
    assert (deletion.at - team.entries("message")[0].at).total_seconds() == pytest.approx(30, abs=1.5)
    assert (deletion.who, deletion.basis) == (None, Basis.RECORDED)


def test_a_root_that_is_deleted_leaves_a_tombstone_which_is_its_deletion(team: Team) -> None:
    team.says("ben", "looking")
    team.later(30)
    team.workspace.delete(team.users["ana"], team.channel, team.root)
    team.says("ben", "who deleted that?")  # changes the tombstone's count of replies
    team.arrives()
    (deletion,) = team.entries("deletion")
    assert deletion.fact == Deletion(f"slack:{team.channel}/{team.root}")
    assert deletion.basis is Basis.RECORDED
    assert "Tickets fail" in [each.text for each in team.facts("message")]
    known = of_history(team)[f"deletion:{team.root}"]
    assert (known.ref, known.fact) == (deletion.ref, deletion.fact)


def test_what_we_say_ourselves_is_never_taken_in(team: Team) -> None:
    from musterpoint.integrations.slack.app.calling import call
    from musterpoint.integrations.slack.app.ourselves import introduce

    introduce(team.process, team.now)
    posted = call(5, "chat.postMessage", channel=team.channel, thread_ts=team.root, text="Resolved")
    call(5, "chat.update", channel=team.channel, ts=posted["ts"], text="Relapsed")
    call(5, "chat.postMessage", channel=team.channel, thread_ts=team.root, text="Noted", username="Ben")
    team.arrives()
    assert team.entries() == []
    assert models.Inbound.objects.filter(source="slack").count() == 0


def test_a_message_of_ours_is_known_by_its_metadata_before_we_know_who_we_are() -> None:
    event = {"type": "message", "ts": "1.000000", "metadata": {"event_type": "musterpoint"}}
    assert facts.is_ours(event, ("", "", ""))
    changed = {"type": "message", "subtype": "message_changed", "message": event, "previous_message": {}}
    assert facts.is_ours(changed, ("", "", ""))
    assert not facts.is_ours({"type": "message", "ts": "1.000000"}, ("", "", ""))


def test_a_message_that_slack_sends_twice_counts_once(team: Team) -> None:
    team.workspace.delivery.duplicate = 1.0
    team.says("ben", "looking")
    team.arrives()
    assert [each.text for each in team.facts("message")] == ["looking"]


def test_somebody_unknown_is_asked_for_and_the_message_waits(team: Team) -> None:
    team.users["cleo"] = team.workspace.user("cleo", "Cleo")
    team.says("cleo", "me too")
    team.arrives()
    assert team.entries() == []
    assert team.carried_out("slack_who") == 1
    team.later(2)
    team.arrives()
    assert [each.who for each in team.entries()] == [Who(f"slack:{team.users['cleo']}", "Cleo")]


def test_a_name_is_waited_for_a_minute_at_most(team: Team) -> None:
    team.users["cleo"] = team.workspace.user("cleo", "Cleo")
    team.says("cleo", "me too")
    team.arrives()
    team.later(59)
    team.arrives()
    assert team.entries() == []
    team.later(3)
    team.arrives()
    assert [each.who.name for each in team.entries() if each.who] == [team.users["cleo"]]


def test_whom_slack_does_not_know_is_not_waited_for_again(team: Team) -> None:
    nobody = "U0NOBODY000"
    team.says("ben", f"ask <@{nobody}>")
    team.arrives()
    models.Effect.objects.filter(kind="slack_who").update(status="parked")
    team.later(2)
    team.says("ben", f"really, ask <@{nobody}>")
    team.arrives()
    assert [each.text for each in team.facts("message")] == [f"ask @{nobody}", f"really, ask @{nobody}"]


# --- any order ------------------------------------------------------------------------------------------------------


def busy(team: Team) -> list[Sending]:
    """The events of a thread in which people say, edit, delete and share; they are held back."""
    team.workspace.hold()
    stamps = [team.says(name, f"{name} says {number}") for number in range(3) for name in ("ana", "ben", "gus")]
    for number, stamp in enumerate(stamps[:6]):
        team.edits("ana", stamp, f"edited {number}")
    team.later(2)
    team.edits("ana", stamps[0], "edited once more")
    team.workspace.share_file(team.users["ben"], team.channel, "graph.txt", "see", team.root)
    team.workspace.unfurl(team.channel, stamps[7])
    for stamp in (stamps[1], stamps[8], team.root):
        team.later(1)
        team.workspace.delete(team.users["ana"], team.channel, stamp)
    for name, on in (("ana", True), ("ben", True), ("ana", False), ("ana", True), ("ben", False)):
        team.reacts(name, stamps[4], "pushpin", on=on)
    return team.workspace.delivery.waiting


def anew(team: Team, sendings: list[Sending]) -> tuple[Any, Any, Any]:
    """What is known once these events were received in that order."""
    models.Entry.objects.filter(thread=team.thread).delete()
    models.Inbound.objects.all().delete()
    for each in sendings:
        answer = team.hears(*_request(team, each))
        assert answer.status == 200
    for _ in range(2):  # a reaction that came before its message is looked at again
        taking.take_in(team.process, team.now)
        team.later(2)
    assert not models.Inbound.objects.exclude(status="taken").exists()
    record = {each for each in team.record() if type(each[1]).__name__ != "Mark"}
    return record, team.rows(), _counted(team)


def _counted(team: Team) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in team.entries():
        found[type(each.fact).__name__] = found.get(type(each.fact).__name__, 0) + 1
    return {kind: number for kind, number in found.items() if kind != "Mark"}


def _request(team: Team, sending: Sending) -> tuple[bytes, dict[str, str]]:
    from tests.slack.envelope import as_body, signed

    body = as_body(sending.payload)
    now = team.now.timestamp()
    return body, {"Content-Type": "application/json", **signed(team.workspace.signing_secret, body, now=now)}


def test_the_order_in_which_events_come_and_how_often_makes_no_difference(team: Team) -> None:
    sendings = busy(team)
    in_order = anew(team, sendings)
    assert in_order[2] == {
        "Message": 11,
        "Edit": 7,
        "Deletion": 3,
        "File": 1,
        "ReactionAdded": 3,
        "ReactionRemoved": 2,
    }
    assert any("marked for the timeline" in row.why for row in _timeline(team))

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.integers(0, 6))
    def any_order(chance: random.Random, twice: int) -> None:
        mixed = sendings + chance.sample(sendings, twice)
        chance.shuffle(mixed)
        assert anew(team, mixed) == in_order

    any_order()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 1, 0, 3), (1, 3, 0, 2), (0, 3, 2, 1)])
def test_three_edits_of_one_second_end_on_the_last_whatever_comes_first(team: Team, order: tuple[int, ...]) -> None:
    team.workspace.hold()
    ana = team.users["ana"]
    ts = team.workspace.reply(ana, team.channel, team.root, "one")
    for text in ("two", "three", "four"):
        team.workspace.edit(ana, team.channel, ts, text)
    sendings = list(team.workspace.delivery.waiting)
    anew(team, [sendings[number] for number in order])
    (told,) = [each for each in conversation(team.entries()) if each.entry.ref.endswith(ts)]
    assert told.text == "four"


def _timeline(team: Team) -> list[Any]:
    from musterpoint.core.timeline import timeline

    return timeline(team.entries())


def test_several_events_taken_in_apart_say_the_same_as_together(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    sendings = busy(team)
    together = anew(team, sendings)
    monkeypatch.setattr("musterpoint.intake.events.TOGETHER", 1)
    assert anew(team, sendings) == together


def test_a_file_is_told_with_its_name_and_link_and_stays_where_it_is(team: Team) -> None:
    team.workspace.share_file(team.users["ben"], team.channel, "graph.txt", "", team.root)
    team.arrives()
    (fact,) = team.facts("file")
    assert isinstance(fact, File)
    assert (fact.name, fact.type) == ("graph.txt", "text/plain")
    assert fact.link.startswith("https://")
