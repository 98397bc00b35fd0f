"""A thread that is there becomes an incident: by the shortcut on a message, or by a reaction; in any channel."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint import access, actions
from musterpoint.core.incident import Basis, Kind, Milestone
from musterpoint.core.journal import Link
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import adopting, people, private
from musterpoint.integrations.slack.app.asking import Place, Request
from musterpoint.integrations.slack.stamps import moment
from musterpoint.store import journal, models
from tests.actions.telling import state
from tests.conftest import World
from tests.integrations.slack.app.desk import Desk
from tests.slack.workspace import Workspace


@pytest.fixture
def desk(world: World, workspace: Workspace, process: Process) -> Desk:
    return Desk(world, workspace, process)


def talk(desk: Desk, channel: str = "") -> tuple[str, str]:
    """A thread with a reply: the stamps of the root and the reply."""
    root = desk.says("ana", "Checkout answers 502 &amp; worse\nsee the graph", channel)
    desk.workspace.clock.move(60)
    return root, desk.says("ben", "rolling back", channel, root)


def reacts(desk: Desk, name: str, ts: str, channel: str = "") -> None:
    """The configured reaction, as it is taken in; and what comes of it is carried out."""
    place = channel or desk.dept
    adopting.reaction(desk.process, desk.workspace.team_id, place, ts, desk.users[name], timezone.now())
    desk.carried_out("slack_adopt")


def thread_of(ref: str) -> models.Thread:
    return models.Reading.objects.get(incident__ref=ref, role="chat").thread


# --- the shortcut --------------------------------------------------------------------------------------------------


def test_the_thread_becomes_the_incident_with_its_first_line_as_the_title(desk: Desk) -> None:
    place = desk.workspace.channel("shop", members=[desk.users["ana"], desk.users["ben"]])
    root, _ = talk(desk, place)
    desk.shortcut("ben", place, root)
    assert desk.sends("ben", affected="the shop") == {"response_action": "clear"}
    assert (desk.one.title, desk.one.affected) == ("Checkout answers 502 & worse", "the shop")
    thread = thread_of("1")
    assert (thread.channel, thread.root, thread.channel_name, thread.private) == (place, root, "#shop", False)
    detected = desk.one.milestones[Milestone.DETECTED]
    assert (detected.at, detected.basis) == (moment(root), Basis.ESTIMATED)
    assert models.Capture.objects.get(thread=thread).due_at <= timezone.now()
    link = journal.entry(models.Entry.objects.get(kind="link")).fact
    assert link == Link(f"{desk.workspace.team_id}/{place}/{root}", thread.url, "chat")
    assert any("This thread is incident 1 now" in each for each in desk.whispered("ben"))


def test_its_card_is_a_reply_in_that_thread(desk: Desk) -> None:
    root, reply = talk(desk)
    desk.shortcut("ana", desk.dept, root)
    desk.sends("ana")
    desk.carried_out("thread")
    thread = desk.workspace.thread(desk.dept, root)
    assert [each["ts"] for each in thread[:2]] == [root, reply]
    assert len(thread) == 3
    assert "Checkout answers 502" in json.dumps(thread[2])
    assert models.Reading.objects.filter(role="chat").count() == 1


def test_a_reply_that_is_chosen_means_its_thread(desk: Desk) -> None:
    root, reply = talk(desk)
    desk.shortcut("ana", desk.dept, reply)
    desk.sends("ana", title="Checkout is down")
    assert thread_of("1").root == root
    assert desk.one.milestones[Milestone.DETECTED].at == moment(root)


def test_detection_may_be_stated(desk: Desk) -> None:
    root, _ = talk(desk)
    desk.shortcut("ana", desk.dept, root)
    desk.sends("ana", noticed="2 hours ago")
    detected = desk.one.milestones[Milestone.DETECTED]
    assert (detected.at < moment(root), detected.basis) == (True, Basis.STATED)


def test_a_thread_that_is_an_incident_already_says_which(desk: Desk) -> None:
    root, reply = talk(desk)
    desk.shortcut("ana", desk.dept, root)
    desk.sends("ana")
    desk.shortcut("ben", desk.dept, reply)
    assert "This thread is incident 1 already: Checkout answers 502" in json.dumps(desk.form("ben")["blocks"])
    assert len(desk.refs) == 1


def test_of_two_who_fill_in_the_form_the_second_is_told(desk: Desk) -> None:
    root, _ = talk(desk)
    for name in ("ana", "ben"):
        desk.shortcut(name, desk.dept, root)
    desk.sends("ana")
    assert desk.sends("ben")["response_action"] == "update"
    assert "This thread is incident 1 already" in json.dumps(desk.form("ben")["blocks"])
    assert len(desk.refs) == 1


def test_a_cancelled_incident_leaves_its_thread_free(desk: Desk) -> None:
    root, _ = talk(desk)
    reacts(desk, "ana", root)
    actions.cancel(desk.world.by("alice"), "1", "a drill")
    reacts(desk, "ben", root)
    assert desk.refs == ["1", "2"]


@pytest.mark.parametrize("security", ["unsure", "yes"])
def test_where_security_is_involved_nothing_is_said_in_the_thread(desk: Desk, security: str) -> None:
    root, _ = talk(desk)
    desk.shortcut("ana", desk.dept, root)
    answer = desk.sends("ana", security=security)
    assert answer["response_action"] == "update"
    assert (desk.one.kind, desk.one.restricted, desk.one.confined) == (Kind.SECURITY, True, False)
    [reading] = models.Reading.objects.filter(thread__root=root)
    assert reading.role == "thread"
    assert models.Capture.objects.filter(thread=reading.thread).exists()
    assert not models.Effect.objects.exists()
    assert len(desk.workspace.thread(desk.dept, root)) == 2
    desk.shortcut("ben", desk.dept, root)
    told = json.dumps(desk.form("ben")["blocks"])
    assert "This thread cannot become an incident." in told
    assert desk.one.ref not in told


def test_a_channel_that_the_app_is_not_in_is_said_so(desk: Desk) -> None:
    place = desk.workspace.channel("elsewhere", members=[desk.users["ana"]], app=False)
    root = desk.says("ana", "it burns", place)
    desk.shortcut("ana", place, root)
    desk.sends("ana")
    assert "/invite" in json.dumps(desk.form("ana")["blocks"])
    assert desk.refs == []


def test_without_a_form_the_thread_becomes_an_incident_all_the_same(desk: Desk) -> None:
    root, reply = talk(desk)
    desk.workspace.fails("views.open", status=500)
    desk.shortcut("ana", desk.dept, reply)
    desk.carried_out("slack_adopt")
    assert (desk.one.title, thread_of("1").root) == ("rolling back", root)
    assert desk.one.after.security_unasked


def test_while_slack_does_not_answer_the_filled_in_form_waits(desk: Desk) -> None:
    root, _ = talk(desk)
    desk.shortcut("ana", desk.dept, root)
    desk.workspace.fails("conversations.info", status=503)
    desk.sends("ana", title="Checkout is down", affected="the shop", noticed="2 hours ago")
    assert "as soon as it does" in json.dumps(desk.form("ana")["blocks"])
    assert desk.refs == []
    desk.carried_out("slack_adopt")
    assert (desk.one.title, desk.one.affected, desk.one.after.security_unasked) == (
        "Checkout is down",
        "the shop",
        False,
    )
    assert desk.one.milestones[Milestone.DETECTED].basis is Basis.STATED
    assert "Checkout is down" not in models.Effect.objects.get(kind="slack_adopt").data


# --- the reaction --------------------------------------------------------------------------------------------------


def test_the_reaction_comes_as_an_event_and_any_other_adopts_nothing(desk: Desk) -> None:
    root, reply = talk(desk)
    for name in ("eyes", "rotating_light"):
        desk.workspace.react(desk.users["ben"], desk.dept, reply, name)
        desk.takes_in()
        desk.carried_out("slack_adopt")
        assert len(desk.refs) == (name == "rotating_light")
    assert thread_of("1").root == root


@pytest.mark.parametrize("which", [0, 1])
def test_the_reaction_adopts_the_thread_once_whoever_reacts_again(desk: Desk, which: int) -> None:
    stamps = talk(desk)
    reacts(desk, "ben", stamps[which])
    assert (desk.one.title, thread_of("1").root) == ("Checkout answers 502 & worse", stamps[0])
    assert desk.one.after.security_unasked
    assert models.Entry.objects.get(kind="declaration").who_name == "Ben"
    for name, stamp in (("ben", stamps[0]), ("ana", stamps[1]), ("ana", stamps[0])):
        reacts(desk, name, stamp)
    assert desk.refs == ["1"]
    assert any("This thread is incident 1 already" in each for each in desk.whispered("ana"))


def test_an_adoption_that_died_after_it_was_done_is_not_done_again(desk: Desk) -> None:
    root, _ = talk(desk)
    reacts(desk, "ben", root)
    desk.whispered("ben")
    models.Effect.objects.filter(kind="slack_adopt").update(status="waiting", ended_at=None)
    desk.carried_out("slack_adopt")
    assert desk.refs == ["1"]
    assert not models.Effect.objects.filter(kind="slack_whisper", status="waiting").exists()


def test_a_reaction_waits_until_slack_answers(desk: Desk) -> None:
    root, _ = talk(desk)
    desk.workspace.fails("conversations.replies", status=429, retry_after=1)
    reacts(desk, "ben", root)
    assert desk.refs == []
    models.Effect.objects.filter(kind="slack_adopt").update(not_before=timezone.now() - timedelta(seconds=9))
    desk.carried_out("slack_adopt")
    assert desk.one.title == "Checkout answers 502 & worse"


def test_a_root_that_slack_does_not_tell_leaves_the_words_of_the_reply(desk: Desk) -> None:
    root, reply = talk(desk)
    request = Request(desk.process, timezone.now(), desk.workspace.team_id, desk.users["ana"], Place(desk.dept, root))
    found = adopting._message(request, reply)
    assert found is not None
    desk.workspace.fails("conversations.replies", status=429, retry_after=60)
    assert adopting._title(request, found, lambda: None) == "rolling back"


def test_a_message_that_is_gone_adopts_nothing(desk: Desk) -> None:
    root = desk.says("ana", "never mind")
    desk.workspace.delete(desk.users["ana"], desk.dept, root)
    reacts(desk, "ben", root)
    assert desk.refs == []
    assert models.Effect.objects.get(kind="slack_adopt").status == "done"


def test_a_guests_reaction_does_nothing_but_tell_them(desk: Desk) -> None:
    root, _ = talk(desk)
    reacts(desk, "gus", root)
    assert desk.refs == []
    assert any("Guests of the workspace cannot do this." in each for each in desk.whispered("gus"))
    reacts(desk, "ben", root)
    assert desk.refs == ["1"]


def test_a_picture_alone_is_named_after_its_channel(desk: Desk) -> None:
    root = desk.workspace.share_file(desk.users["ana"], desk.dept, "graph.png")
    reacts(desk, "ben", root)
    assert desk.one.title.startswith("Thread of #dept-engineering at ")


def test_incidents_in_one_channel_never_mix(desk: Desk) -> None:
    roots = [talk(desk)[0] for _ in range(3)]
    for root in roots:
        reacts(desk, "ana", root)
    assert [thread_of(ref).root for ref in desk.refs] == roots
    desk.carried_out("thread")
    for ref, root in zip(desk.refs, roots, strict=True):
        ours = desk.workspace.thread(desk.dept, root)[2:]
        assert [f"Incident {ref}" in json.dumps(each) for each in ours] == [True]


# --- the question that was not asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "restricted"), [("no", False), ("unsure", True), ("yes", True)])
def test_the_card_asks_about_security_until_somebody_answers(desk: Desk, answer: str, restricted: bool) -> None:
    root, _ = talk(desk)
    reacts(desk, "ana", root)
    desk.carried_out("thread")
    card = desk.workspace.thread(desk.dept, root)[2]
    assert "Could security" in json.dumps(card)
    from musterpoint.integrations.slack.app import modals

    user = desk.users["ben"]
    desk.workspace.views.open(desk.workspace.trigger(user), modals.security_form(modals.Origin(ref="1")))
    reply = desk.sends("ben", security=answer)
    assert reply["response_action"] == ("update" if restricted else "clear")
    assert (desk.one.restricted, desk.one.after.security_unasked) == (restricted, False)
    if not restricted:
        desk.carried_out("card")
        assert "Could security" not in json.dumps(desk.workspace.thread(desk.dept, root)[2])


# --- private channels ----------------------------------------------------------------------------------------------


@pytest.fixture
def room(desk: Desk) -> str:
    """A private channel with ana and ben."""
    return desk.workspace.channel("plans", private=True, members=[desk.users["ana"], desk.users["ben"]])


def sees(desk: Desk, name: str) -> bool:
    """Whether the incident exists for the person whom this member of the workspace is."""
    call = people.caller(desk.process, desk.workspace.team_id, desk.users[name], timezone.now())
    return access.visible(call.actor).exists()


def test_a_private_channels_thread_is_for_those_who_are_in_it(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    assert (desk.one.restricted, desk.one.confined, desk.one.kind) == (True, True, Kind.AVAILABILITY)
    assert desk.one.ref.startswith("s-")
    assert [sees(desk, each) for each in ("ana", "ben", "alice", "sirt")] == [True, True, False, False]
    assert any("only who is in it knows" in each for each in desk.whispered("ana"))
    desk.carried_out("thread", "card", "say")
    assert len(desk.workspace.thread(room, root)) == 3
    assert desk.workspace.messages(desk.dept) == []


def test_its_form_does_the_same(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    desk.shortcut("ben", room, root)
    assert desk.sends("ben") == {"response_action": "clear"}
    assert (desk.one.confined, thread_of(desk.one.ref).private) == (True, True)


def test_who_is_in_a_private_channel_is_read_page_by_page(desk: Desk, room: str) -> None:
    many = [desk.workspace.user(f"crew{each}") for each in range(1_005)]
    desk.workspace.channels[room].members += many
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    assert {f"slack:{each}" for each in many} <= desk.one.members


def test_who_joins_knows_of_it_and_who_leaves_does_not_any_more(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    team, now = desk.workspace.team_id, timezone.now()
    private.joined(desk.process, team, room, desk.users["alice"], now)
    private.joined(desk.process, team, room, desk.users["alice"], now)
    assert sees(desk, "alice")
    private.left(desk.process, team, room, desk.users["ben"], now)
    assert not sees(desk, "ben")
    told = [each.fact.joined for each in map(journal.entry, models.Entry.objects.filter(kind="membership"))]  # type: ignore[union-attr]
    assert told == [True, False]
    private.joined(desk.process, team, desk.dept, desk.users["sirt"], now)
    assert not sees(desk, "sirt")
    assert state(desk.one.ref) == desk.one


def test_events_tell_who_joins_and_leaves(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    desk.workspace.join(desk.users["alice"], room)
    desk.workspace.leave(desk.users["ben"], room)
    desk.takes_in()
    assert [sees(desk, each) for each in ("alice", "ben")] == [True, False]


def test_what_was_not_told_of_the_members_is_read_now_and_then(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    channel, now = desk.workspace.channels[room], timezone.now()
    private.tend(desk.process, now)
    channel.members.remove(desk.users["ben"])
    channel.members.append(desk.users["sirt"])
    private.tend(desk.process, now + timedelta(minutes=1))
    assert sees(desk, "ben")
    private.tend(desk.process, now + timedelta(minutes=16))
    assert [sees(desk, each) for each in ("ana", "ben", "sirt")] == [True, False, True]
    assert models.Entry.objects.filter(kind="membership").count() == 2


def test_whoever_declared_it_keeps_knowing_of_it(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    private.left(desk.process, desk.workspace.team_id, room, desk.users["ana"], timezone.now())
    assert sees(desk, "ana")


def test_authority_that_is_in_the_channel_opens_it_and_its_thread_goes_on(desk: Desk, room: str) -> None:
    desk.workspace.channels[room].members.append(desk.users["alice"])
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    desk.carried_out("thread")
    ref = desk.one.ref
    actions.open_up(desk.world.by("alice"), ref, "all teams are affected")
    assert (desk.one.restricted, desk.one.confined) == (False, False)
    assert sees(desk, "sirt")
    actions.resolve(desk.world.by("charlie"), ref)
    desk.carried_out("card", "say")
    assert len(desk.workspace.thread(room, root)) == 4


def test_one_that_is_restricted_later_is_spoken_of_no_more(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    reacts(desk, "ana", root, room)
    desk.carried_out("thread")
    ana = people.caller(desk.process, desk.workspace.team_id, desk.users["ana"], timezone.now())
    actions.restrict(ana, desk.one.ref, "customer data")
    assert (desk.one.confined, desk.one.kind) == (False, Kind.SECURITY)
    assert [sees(desk, each) for each in ("ana", "ben", "sirt")] == [True, False, True]
    actions.resolve(ana, desk.one.ref)
    private.joined(desk.process, desk.workspace.team_id, room, desk.users["ben"], timezone.now())
    assert not sees(desk, "ben")
    desk.carried_out("card", "say")
    assert len(desk.workspace.thread(room, root)) == 3


def test_a_private_channel_whose_members_slack_does_not_tell_is_never_shown_to_all(desk: Desk, room: str) -> None:
    root, _ = talk(desk, room)
    desk.workspace.fails("conversations.members", status=503)
    reacts(desk, "ana", root, room)
    assert desk.refs == []
    models.Effect.objects.filter(kind="slack_adopt").update(not_before=timezone.now() - timedelta(seconds=9))
    desk.carried_out("slack_adopt")
    assert desk.one.confined
