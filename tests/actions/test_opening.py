"""Who knows of an incident of a private channel: its members as they come and go, then everybody, or fewer."""

from __future__ import annotations

import pytest

from musterpoint import access, actions, reading
from musterpoint.actions import ThreadPlace
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Kind, Status, Who
from musterpoint.store import models
from tests.actions.telling import declared, message, refused, searched, secretly_declared, stamp, state, texts
from tests.conftest import World

CHARLIE = Who("account:charlie", "Charlie")


@pytest.fixture
def confined(world: World) -> str:
    """An incident of a private channel with bob, who declared it, and alice; something was said in its thread."""
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    return in_room(world, "C7PLANS")


def in_room(world: World, channel: str, *members: str) -> str:
    place = ThreadPlace("T7HALDEN", channel, stamp(0), private=True, members=members or ("account:alice",))
    made = actions.adopt(world.by("bob"), DeclareRequest("Checkout answers 502"), place)
    from musterpoint import intake

    thread = models.Thread.objects.get(channel=channel)
    intake.write(thread, [message(0, f"zanzibar is down in {channel}", channel=channel)], "slack", world.now)
    return made.state.ref


def sees(world: World, ref: str) -> set[str]:
    people = ("alice", "bob", "charlie", "sirt", "adele", "victor")
    return {each for each in people if access.visible(world.by(each).actor).filter(ref=ref).exists()}


def changes(world: World, *people: Who, joined: bool) -> int:
    world.later(1)
    return actions.membership("T7HALDEN", "C7PLANS", people, world.now, joined=joined, source="slack")


def test_authority_opens_it_with_its_thread(world: World, confined: str) -> None:
    assert searched(world, "zanzibar", "charlie") == []
    actions.open_up(world.by("alice"), confined, "all teams are affected")
    assert sees(world, confined) == {"alice", "bob", "charlie", "sirt", "adele", "victor"}
    assert [each for each, _ in searched(world, "zanzibar", "charlie")] == [confined]
    assert texts(world, confined, "charlie") == ["zanzibar is down in C7PLANS"]
    assert not models.Member.objects.exists()
    told = [each["text"] for each in reading.thread_of(world.by("charlie"), confined)]
    assert "Alice opened the incident to everybody: all teams are affected" in told
    with refused("already_open"):
        actions.open_up(world.by("alice"), confined, "again")


def test_nobody_else_opens_it(world: World, confined: str) -> None:
    with refused("no_authority"):
        actions.open_up(world.by("bob"), confined, "so")
    with refused("empty"):
        actions.open_up(world.by("alice"), confined, " ")
    world.runs(authority=("charlie",))
    with refused("not_found"):
        actions.open_up(world.by("charlie"), confined, "so")


def test_a_security_incident_is_never_opened(world: World) -> None:
    world.runs(authority=("bob",))
    secret = secretly_declared(world)
    with refused("security"):
        actions.open_up(world.by("bob"), secret, "so")


def test_who_joins_sees_it_and_who_leaves_does_not(world: World, confined: str) -> None:
    assert changes(world, CHARLIE, joined=True) == 1
    assert changes(world, CHARLIE, joined=True) == 0
    assert sees(world, confined) == {"alice", "bob", "charlie"}
    assert changes(world, CHARLIE, Who("account:alice", "Alice"), joined=False) == 1
    assert sees(world, confined) == {"bob"}
    assert state(confined).members == {world.by("bob").actor.who.identity}
    told = [each["text"] for each in reading.thread_of(world.by("bob"), confined)]
    assert "Charlie joined the incident's channel" in told


def test_members_of_other_channels_and_of_open_incidents_are_no_news(world: World, confined: str) -> None:
    public = declared(world)
    assert actions.membership("T7HALDEN", "C7OTHER", [CHARLIE], world.now, joined=True, source="slack") == 0
    actions.open_up(world.by("alice"), confined, "all are affected")
    assert changes(world, CHARLIE, joined=False) == 0
    assert {confined, public} == {each.ref for each in access.listing(world.by("charlie").actor)}


def test_it_is_restricted_for_security_later(world: World, confined: str) -> None:
    actions.restrict(world.by("bob"), confined, "customer data")
    assert (state(confined).kind, state(confined).confined) == (Kind.SECURITY, False)
    assert sees(world, confined) == {"bob", "sirt"}
    assert changes(world, CHARLIE, joined=True) == 0
    assert set(models.Effect.objects.values_list("status", flat=True)) == {"dropped"}
    with refused("already_restricted"):
        actions.restrict(world.by("bob"), confined)


def test_what_is_split_off_stays_in_the_channel(world: World, confined: str) -> None:
    thread = models.Thread.objects.get(channel="C7PLANS")
    from musterpoint import intake

    intake.write(thread, [message(5, "mail is down too", channel="C7PLANS")], "slack", world.now)
    into = actions.split(world.by("bob"), confined, f"slack:C7PLANS/{stamp(5)}", "Mail").ref
    assert (state(into).restricted, state(into).confined) == (True, True)
    assert sees(world, into) == {"alice", "bob"}
    assert changes(world, CHARLIE, joined=True) == 2
    assert sees(world, into) == {"alice", "bob", "charlie"}


def test_what_is_split_off_the_page_alone_is_spoken_of_nowhere(world: World, confined: str) -> None:
    first, second = (actions.note(world.by("bob"), confined, each) for each in ("one", "two"))
    models.Reading.objects.filter(role="chat").update(until=first.at)
    into = actions.split(world.by("bob"), confined, second.ref, "Two").ref
    actions.resolve(world.by("bob"), into)
    waiting = models.Effect.objects.filter(incident__ref=into, status="waiting")
    assert not waiting.exists()


def test_nothing_is_merged_into_what_more_people_know(world: World, confined: str) -> None:
    public, secret = declared(world), secretly_declared(world)
    for ref, into in ((confined, public), (secret, confined)):
        with refused("would_leak"):
            actions.merge(world.by("bob"), ref, into)
        with refused("would_leak"):
            actions.cancel(world.by("bob"), into, duplicate_of=ref)
    actions.merge(world.by("bob"), public, confined)
    assert sees(world, public) == {"alice", "bob"}
    assert (state(public).restricted, state(public).status) == (True, Status.CANCELLED)


def test_what_is_merged_into_a_security_incident_is_not_for_the_channel_any_more(world: World, confined: str) -> None:
    secret = secretly_declared(world)
    actions.merge(world.by("bob"), confined, secret)
    assert sees(world, confined) == sees(world, secret) == {"bob", "sirt"}
    assert texts(world, secret, "bob") == ["zanzibar is down in C7PLANS"]


def test_of_two_channels_nobody_reads_what_was_said_in_the_other(world: World, confined: str) -> None:
    other = in_room(world, "C7CREW", "account:charlie")
    actions.merge(world.by("bob"), other, confined)
    assert texts(world, confined, "alice") == ["zanzibar is down in C7PLANS"]
    assert len(texts(world, confined, "bob")) == 2
    actions.open_up(world.by("alice"), confined, "all are affected")
    assert texts(world, confined, "adele") == ["zanzibar is down in C7PLANS"]


@pytest.mark.parametrize(
    ("answer", "restricted"), [(Security.NO, False), (Security.UNSURE, True), (Security.YES, True)]
)
def test_what_was_not_asked_is_answered_once(world: World, answer: Security, restricted: bool) -> None:
    ref = declared(world, unasked=True)
    assert state(ref).after.security_unasked
    actions.answer_security(world.by("bob"), ref, answer)
    assert (state(ref).after.security_unasked, state(ref).restricted) == (False, restricted)
    with refused("already_restricted" if restricted else "unchanged"):
        actions.answer_security(world.by("bob"), ref, answer)


def test_nothing_of_it_is_counted_or_shown_to_others(world: World, confined: str) -> None:
    actions.add_action(world.by("bob"), confined, "Rotate the zanzibar key")
    for account in ("charlie", "adele", "sirt", "victor"):
        assert access.listing(world.by(account).actor) == []
        assert searched(world, "zanzibar", account) == []
        with refused("not_found"):
            access.seen(world.by(account).actor, confined)
