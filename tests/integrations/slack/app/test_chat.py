"""What Musterpoint posts in the workspace: once, in order, to those who may read it, whatever goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from musterpoint import actions, delivery
from musterpoint.actions.adopting import ThreadPlace, adopt
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Severity
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import ourselves
from musterpoint.integrations.slack.app.calling import Trouble
from musterpoint.integrations.slack.app.chat import SlackChat
from musterpoint.integrations.slack.app.finding import metadata
from musterpoint.ports import Chat, NotSent, Place, Posted, Refused, Saying, Unavailable
from musterpoint.store import clock, models
from tests.actions.telling import declared
from tests.conftest import World
from tests.contracts.bridge import Server
from tests.contracts.bridge import serving as any_answer
from tests.slack.limits import check_blocks
from tests.slack.workspace import Workspace

KEY = "say:1:1@20260302T090000.000000"


class Team:
    """The team of the workspace: Olga, the channel of incidents, and a thread in it."""

    def __init__(self, world: World, workspace: Workspace, process: Process) -> None:
        world.process = process
        self.world, self.workspace, self.process = world, workspace, process
        self.olga = workspace.user("olga")
        self.channel = workspace.channel("dept-engineering", members=[self.olga])
        self.root = workspace.say(self.olga, self.channel, "something burns")
        self.chat = SlackChat.of(process)
        self.place = Place(workspace.team_id, self.channel, self.root)

    def deliver(self, *keys: str) -> None:
        """What is due, oldest first, or these alone."""
        models.Effect.objects.filter(status="waiting").update(not_before=clock.later(-1))
        for key in keys or models.Effect.objects.filter(status="waiting").order_by("id").values_list("key", flat=True):
            delivery.deliver(key, self.process)

    def texts(self, root: str = "") -> list[str]:
        """What stands in the thread of the first incident, or in another one, without its root."""
        root = root or models.Thread.objects.exclude(workspace="local").get().root
        return [each["text"] for each in self.workspace.thread(self.channel, root)[1:]]

    def note(self, ref: str, text: str) -> str:
        """The key of the effect that says it in the chat."""
        entry = actions.note(self.world.by("bob"), ref, text)
        return f"say:{ref}:{entry.id}"

    def called(self, method: str) -> list[dict[str, Any]]:
        return [each.args for each in self.workspace.calls if each.method == method]


@pytest.fixture
def team(world: World, workspace: Workspace, process: Process) -> Team:
    return Team(world, workspace, process)


def effect(key: str) -> models.Effect:
    return models.Effect.objects.get(key=key)


# --- what is posted -----------------------------------------------------------------------------------------------


def test_a_message_carries_its_key_and_shows_no_previews(team: Team) -> None:
    posted = team.chat.post(team.place, Saying("see https://example.com/x"), KEY)
    message = team.workspace.thread(team.channel, team.root)[1]
    assert message["metadata"] == {"event_type": "musterpoint", "event_payload": {"key": KEY}}
    assert posted == Posted(
        message["ts"],
        team.workspace.permalink(team.channel, message["ts"]),
        Place(team.workspace.team_id, team.channel, team.root),
    )
    (sent,) = team.called("chat.postMessage")
    assert (sent["unfurl_links"], sent["unfurl_media"]) in (("0", "0"), (False, False))


def test_a_channel_is_named_or_identified(team: Team) -> None:
    for channel in ("#dept-engineering", "dept-engineering", team.channel):
        posted = team.chat.post(Place("", channel), Saying("hello"), KEY)
        assert posted.place == Place(team.workspace.team_id, team.channel)
        assert posted.url == team.workspace.permalink(team.channel, posted.external)


def test_a_channel_stays_the_same_when_it_is_renamed(team: Team) -> None:
    team.chat.post(Place("", "#dept-engineering"), Saying("before"), KEY)
    team.workspace.rename(team.channel, "engineering")
    posted = team.chat.post(Place("", "#dept-engineering"), Saying("after"), KEY)
    assert posted.place is not None
    assert posted.place.channel == team.channel


def test_somebody_is_told_directly_and_it_is_found_and_replaced_there(team: Team) -> None:
    place = Place(team.workspace.team_id, team.olga)
    posted = team.chat.post(place, Saying("You lead <it>."), KEY)
    direct = team.workspace.direct(team.olga).id
    assert posted.place == Place(team.workspace.team_id, direct)
    assert team.chat.find(place, KEY) == posted
    team.chat.update(place, posted.external, Saying("You lead no more."))
    assert [each["text"] for each in team.workspace.messages(direct)] == ["You lead no more."]


def test_a_note_stands_there_under_its_writer_s_name(team: Team) -> None:
    team.chat.post(team.place, Saying("rolled back", writer="Ana Example"), KEY)
    message = team.workspace.thread(team.channel, team.root)[1]
    assert (message["text"], message["username"]) == ("rolled back", "Ana Example")
    found = team.chat.find(team.place, KEY)
    assert found is not None
    assert found.external == message["ts"]


def test_where_the_app_may_not_use_a_name_it_stands_in_front(team: Team) -> None:
    team.workspace.scopes.discard("chat:write.customize")
    posted = team.chat.post(team.place, Saying("rolled back", writer="Ana <Example>"), KEY)
    assert team.texts(team.root) == ["*Ana &lt;Example&gt;*: rolled back"]
    team.chat.update(team.place, posted.external, Saying("[redacted]", writer="Ana <Example>"))
    assert team.texts(team.root) == ["*Ana &lt;Example&gt;*: [redacted]"]


def test_where_slack_refuses_the_name_the_note_is_posted_all_the_same(team: Team) -> None:
    team.workspace.fails("chat.postMessage", error="missing_scope")
    team.chat.post(team.place, Saying("rolled back", writer="Ana Example"), KEY)
    assert team.texts(team.root) == ["*Ana Example*: rolled back"]


def test_whatever_is_too_long_is_posted_and_replaced(team: Team) -> None:
    long = "the <queue> & the cache " * 5_000
    posted = team.chat.post(team.place, Saying(long, writer=long), KEY)
    team.chat.update(team.place, posted.external, Saying(long))
    message = team.workspace.thread(team.channel, team.root)[1]
    assert len(message["text"]) <= 3_900
    check_blocks(message["blocks"])


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_what_cannot_be_replaced_any_more_is_refused(team: Team, error: str) -> None:
    posted = team.chat.post(team.place, Saying("hello"), KEY)
    team.workspace.fails("chat.update", error=error)
    with pytest.raises(Refused, match="is not there any more"):
        team.chat.update(team.place, posted.external, Saying("bye"))


# --- what is there already ----------------------------------------------------------------------------------------


def test_a_post_that_timed_out_after_slack_had_stored_it_is_not_posted_twice(team: Team) -> None:
    ref = declared(team.world)
    team.workspace.fails("chat.postMessage", stored=True, reset=True)
    team.deliver(f"thread:{ref}")
    assert effect(f"thread:{ref}").status == "waiting"
    team.deliver(f"thread:{ref}")
    (card,) = [each for each in team.workspace.messages(team.channel) if "metadata" in each]
    assert (effect(f"thread:{ref}").status, effect(f"thread:{ref}").external) == ("done", card["ts"])
    key = team.note(ref, "rolled back")
    team.workspace.fails("chat.postMessage", stored=True, status=503)
    team.deliver(key)
    assert effect(key).status == "waiting"
    team.deliver(key)
    assert effect(key).status == "done"
    assert team.texts() == ["rolled back"]
    assert models.Thread.objects.exclude(workspace="local").get().root == card["ts"]


def test_the_first_try_and_one_that_slack_put_off_look_for_nothing(team: Team) -> None:
    ref = declared(team.world)
    team.workspace.fails("chat.postMessage", status=429, retry_after=7)
    team.deliver(f"thread:{ref}")
    assert 5 < (effect(f"thread:{ref}").not_before - clock.now()).total_seconds() <= 7
    team.deliver(f"thread:{ref}")
    assert effect(f"thread:{ref}").status == "done"
    assert team.called("conversations.history") == []


def test_nobody_else_s_message_is_taken_for_ours(team: Team) -> None:
    other = team.workspace.user("copycat", kind="bot")
    stamp = team.workspace.bot_says(other, team.channel, "a copy", thread=team.root)
    team.workspace.message(team.channel, stamp)["metadata"] = metadata(KEY)
    stamp = team.workspace.say(team.olga, team.channel, "a copy", thread=team.root)
    team.workspace.message(team.channel, stamp)["metadata"] = metadata(KEY)
    assert team.chat.find(team.place, KEY) is None
    team.chat.post(team.place, Saying("the original"), KEY)
    assert team.chat.find(team.place, KEY) is not None


def test_what_was_posted_long_after_it_was_recorded_is_found(team: Team) -> None:
    posted = team.chat.post(Place("", team.channel), Saying("hello"), "say:1:1@20200101T000000.000000")
    assert team.chat.find(Place("", team.channel), "say:1:1@20200101T000000.000000") == posted


def test_what_was_there_before_it_was_recorded_is_not_read(team: Team) -> None:
    team.chat.find(team.place, "say:1:1@20260302T090000.000000")
    team.chat.find(Place("", team.channel), "say:1:1@20260302T090000.000000")
    (replies,) = team.called("conversations.replies")
    (history,) = team.called("conversations.history")
    assert replies["oldest"] == history["oldest"] == "1772441400.000000"


@pytest.mark.parametrize("root", [True, False])
def test_a_search_at_the_low_limit_goes_on_where_it_was(team: Team, root: bool) -> None:
    place = team.place if root else replace(team.place, root="")
    thread = team.root if root else ""
    if not root:
        posted = team.chat.post(place, Saying("hello"), KEY)
    for number in range(40):
        team.workspace.say(team.olga, team.channel, f"message {number}", thread=thread)
    if root:
        posted = team.chat.post(place, Saying("hello"), KEY)
    team.workspace.limits = "low"
    for _ in range(2):
        with pytest.raises(NotSent) as caught:
            team.chat.find(place, KEY)
        assert caught.value.retry_after
        team.workspace.clock.move(caught.value.retry_after)
    assert team.chat.find(place, KEY) == posted


def test_a_search_that_found_nothing_looks_at_what_came_since(team: Team) -> None:
    channel = replace(team.place, root="")
    for place in (team.place, channel):
        assert team.chat.find(place, KEY) is None
        posted = team.chat.post(place, Saying("hello"), KEY)
        assert team.chat.find(place, KEY) == posted


def test_a_thread_that_is_gone_has_nothing_of_ours(team: Team) -> None:
    assert team.chat.find(replace(team.place, root="1772442000.000100"), KEY) is None


def test_who_may_not_read_direct_messages_says_it_again_rather_than_never(team: Team) -> None:
    place = Place(team.workspace.team_id, team.olga)
    team.chat.post(place, Saying("You lead."), KEY)
    team.workspace.fails("conversations.history", error="missing_scope")
    assert team.chat.find(place, KEY) is None
    team.workspace.fails("conversations.history", error="missing_scope")
    with pytest.raises(Trouble):
        team.chat.find(replace(team.place, root=""), KEY)


# --- what hinders it ----------------------------------------------------------------------------------------------


def test_a_revoked_token_keeps_everything_until_it_is_mended(team: Team) -> None:
    team.workspace.revoked = True
    ref = declared(team.world)
    key = team.note(ref, "rolled back")
    for _ in range(3):
        team.deliver()
    assert effect(f"thread:{ref}").status == effect(key).status == "waiting"
    assert models.Trouble.objects.get().code == "token_revoked"
    team.workspace.revoked = False
    team.deliver()
    assert effect(f"thread:{ref}").status == effect(key).status == "done"
    assert team.texts() == ["rolled back"]
    assert not models.Trouble.objects.exists()


def test_an_archived_channel_hinders_what_is_in_it_alone(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    team.workspace.archive(team.channel)
    key = team.note(ref, "rolled back")
    team.deliver(key)
    trouble = models.Trouble.objects.get()
    assert (effect(key).status, trouble.code, trouble.place) == ("waiting", "is_archived", team.channel)
    other = team.workspace.channel("elsewhere", members=[team.olga])
    team.chat.post(Place("", other), Saying("hello"), KEY)
    assert models.Trouble.objects.exists()
    team.workspace.unarchive(team.channel)
    team.deliver(key)
    assert effect(key).status == "done"
    assert not models.Trouble.objects.exists()


def test_a_channel_that_is_nowhere_hinders_and_parks_nothing(team: Team) -> None:
    team.process = team.world.process = replace(team.process, channel="#no-such-channel")
    ref = declared(team.world)
    team.deliver()
    assert effect(f"thread:{ref}").status == "waiting"
    assert [each.code for each in models.Trouble.objects.all()] == ["channel_not_found"]
    team.workspace.channel("no-such-channel")
    team.deliver()
    assert effect(f"thread:{ref}").status == "done"
    assert not models.Trouble.objects.exists()


# --- who may read it ----------------------------------------------------------------------------------------------


def test_of_a_restricted_incident_nothing_goes_out(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    key = team.note(ref, "the key leaked")
    before = team.workspace.messages(team.channel)
    models.Incident.objects.filter(ref=ref).update(restricted=True)
    team.deliver()
    assert effect(key).status == "parked"
    models.Incident.objects.filter(ref=ref).update(restricted=False)
    later = team.note(ref, "it was the key of the mail server")
    actions.restrict(team.world.by("alice"), ref)
    team.deliver()
    assert effect(later).status == "dropped"
    assert team.workspace.messages(team.channel) == before


def test_a_confined_incident_is_spoken_of_in_its_private_thread_alone(team: Team) -> None:
    private = team.workspace.channel("security", private=True, members=[team.olga])
    root = team.workspace.say(team.olga, private, "a key leaked")
    call = team.world.by("bob")
    place = ThreadPlace(
        team.workspace.team_id, private, root, private=True, members=("account:bob", f"slack:{team.olga}")
    )
    ref = adopt(call, DeclareRequest("Key leaked"), place).state.ref
    key = team.note(ref, "revoked it")
    team.deliver()
    assert effect(key).status == "done"
    said = [each["text"] for each in team.workspace.thread(private, root)[1:]]
    assert len(said) == 2
    assert said[0].startswith(f"Incident {ref}: Key leaked")
    assert said[1] == "revoked it"
    assert len(team.workspace.messages(team.channel)) == 1
    models.Thread.objects.filter(root=root).update(private=False)
    key = team.note(ref, "it is public now")
    team.deliver(key)
    assert effect(key).status == "parked"
    assert len(team.workspace.thread(private, root)) == 3


def test_whom_a_title_or_a_note_mentions_is_not_called(team: Team) -> None:
    ref = declared(team.world, f"Fire <!channel> <@{team.olga}>")
    team.deliver()
    team.note(ref, f"<!here> tell <@{team.olga}>")
    team.deliver()
    sent = json.dumps([*team.called("chat.postMessage"), *team.called("chat.update")])
    assert "Fire &lt;!channel&gt;" in sent
    assert "<!c" not in sent
    assert "<!h" not in sent
    assert "<@" not in sent


# --- in which order -----------------------------------------------------------------------------------------------


def test_what_is_said_arrives_in_the_order_in_which_it_was_recorded(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    keys = [team.note(ref, f"note {number}") for number in range(5)]
    for _ in keys:
        team.deliver(*reversed(keys))
    assert team.texts() == [f"note {number}" for number in range(5)]
    assert team.called("conversations.replies") == []
    assert {effect(key).tries for key in keys} == {1}


def test_who_waits_for_another_waits_as_long_as_that_one_does(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    first, second, third = [team.note(ref, text) for text in ("one", "two", "three")]
    team.workspace.fails("chat.postMessage", status=429, retry_after=20)
    delivery.deliver(first, team.process)
    for key in (third, second):
        delivery.deliver(key, team.process)
        assert 15 < (effect(key).not_before - clock.now()).total_seconds() <= 20
    models.Effect.objects.filter(key__in=(first, second, third)).update(not_before=clock.later(-1))
    delivery.deliver(third, team.process)
    assert 0.5 < (effect(third).not_before - clock.now()).total_seconds() <= 1
    team.deliver(first, third, second)
    team.deliver()
    assert team.texts() == ["one", "two", "three"]


def test_one_that_is_being_posted_right_now_is_waited_for(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    first, second = team.note(ref, "one"), team.note(ref, "two")
    models.Effect.objects.filter(key=first).update(leased_by="other:1:aa", leased_until=clock.later(30), tries=50)
    delivery.deliver(second, team.process)
    assert effect(second).status == "waiting"
    models.Effect.objects.filter(key=first).update(leased_by="", leased_until=None, not_before=clock.later(600))
    models.Effect.objects.filter(key=second).update(not_before=clock.later(-1))
    delivery.deliver(second, team.process)  # the first one failed so often that it holds nobody up any more
    assert effect(second).status == "done"


def test_another_incident_waits_for_nobody(team: Team) -> None:
    one, two = declared(team.world), declared(team.world, "Search is slow")
    team.deliver()
    slow, quick = team.note(one, "slow"), team.note(two, "quick")
    delivery.deliver(quick, team.process)
    assert (effect(quick).status, effect(slow).status) == ("done", "waiting")


def test_what_is_parked_holds_nobody_up(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    first, second = team.note(ref, "one"), team.note(ref, "two")
    team.workspace.fails("chat.postMessage", error="invalid_blocks", times=2)
    delivery.deliver(first, team.process)
    assert effect(first).status == "parked"
    team.workspace.faults.clear()
    delivery.deliver(second, team.process)
    assert effect(second).status == "done"


def test_of_a_burst_one_message_is_made_in_its_order_and_nothing_is_said_twice(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    actions.resolve(team.world.by("bob"), ref, reason="restarted")
    actions.relapse(team.world.by("bob"), ref, reason="it is back")
    note = team.note(ref, "a note of the page")
    actions.resolve(team.world.by("bob"), ref, reason="rolled back")
    actions.relapse(team.world.by("bob"), ref, reason="once more")
    for _ in range(3):
        team.deliver()
    assert team.texts() == [
        "Bob resolved the incident: restarted\nBob reported a relapse: it is back",
        "a note of the page",
        "Bob resolved the incident: rolled back\nBob reported a relapse: once more",
    ]
    assert {effect(note).status, *models.Effect.objects.values_list("status", flat=True)} == {"done"}


def test_what_may_have_been_said_already_is_not_said_again_with_what_came_next(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    first = actions.resolve(team.world.by("bob"), ref, reason="restarted")
    team.workspace.fails("chat.postMessage", stored=True, reset=True)
    delivery.deliver(f"say:{ref}:{first.id}", team.process)
    actions.relapse(team.world.by("bob"), ref, reason="it is back")
    for _ in range(3):
        team.deliver()
    assert team.texts() == ["Bob resolved the incident: restarted", "Bob reported a relapse: it is back"]


def test_only_the_newest_of_several_cards_is_shown(team: Team) -> None:
    ref = declared(team.world)
    team.deliver()
    actions.severity(team.world.by("bob"), ref, Severity.MAJOR)
    actions.resolve(team.world.by("bob"), ref)
    cards = models.Effect.objects.filter(kind="card", status="waiting").order_by("id")
    keys = list(cards.values_list("key", flat=True))
    assert len(keys) > 1
    team.deliver(*keys)
    (shown,) = team.called("chat.update")
    assert "resolved" in str(shown["text"])
    assert [effect(key).status for key in keys] == ["done"] * len(keys)


# --- how Slack fails ----------------------------------------------------------------------------------------------

CALLS: dict[str, Callable[[Chat, Place], object]] = {
    "post": lambda chat, place: chat.post(place, Saying("text", writer="Ana"), KEY),
    "find": lambda chat, place: chat.find(place, KEY),
    "find in the channel": lambda chat, place: chat.find(replace(place, root=""), KEY),
    "update": lambda chat, place: chat.update(place, "1772442000.000100", Saying("text")),
}


@pytest.fixture(params=list(CALLS))
def call(request: pytest.FixtureRequest, team: Team) -> Callable[[], object]:
    team.chat.post(team.place, Saying("so that we are known"), "say:1:0")
    return lambda: CALLS[request.param](team.chat, team.place)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_may_pass_is_tried_again(team: Team, call: Callable[[], object], status: int) -> None:
    team.workspace.fails(status=status)
    with pytest.raises(Unavailable, match=f"answered {status}"):
        call()


def test_who_asks_us_to_wait_is_waited_for(team: Team, call: Callable[[], object]) -> None:
    team.workspace.fails(status=429, retry_after=17)
    with pytest.raises(NotSent) as caught:
        call()
    assert caught.value.retry_after == 17
    assert not models.Trouble.objects.exists()


def test_who_asks_for_a_long_pause_is_shown_to_people(team: Team, call: Callable[[], object]) -> None:
    team.workspace.fails(status=429, retry_after=3_600)
    with pytest.raises(NotSent):
        call()
    assert models.Trouble.objects.get().code == "ratelimited"


def test_who_hangs_up_may_answer_later(team: Team, call: Callable[[], object]) -> None:
    team.workspace.fails(reset=True)
    with pytest.raises(Unavailable, match="does not answer"):
        call()


def test_an_answer_that_comes_too_late_is_none(team: Team, call: Callable[[], object]) -> None:
    team.chat.process = replace(team.process, timeout=0.1)
    team.workspace.fails(late=1.4)
    with pytest.raises(Unavailable, match="does not answer"):
        call()


def moved(team: Team, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The Web API is there from now on, and who we are in the workspace is known all the same."""
    ourselves.introduce(team.process, timezone.now())
    monkeypatch.setenv("SLACK_API_URL", url)
    kept = models.Setting.objects.get(name=ourselves.APP)
    kept.value = json.dumps({**json.loads(kept.value), "token": ourselves._digest()})
    kept.save()


def test_nobody_there_may_be_somebody_later(
    team: Team, call: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(team, monkeypatch, "http://127.0.0.1:9/api/")
    with pytest.raises(Unavailable, match="does not answer"):
        call()


def test_what_slack_does_not_want_is_refused_in_its_own_words(team: Team) -> None:
    team.workspace.fails("chat.postMessage", error="msg_too_long")
    with pytest.raises(Refused, match="Slack refused it: msg_too_long"):
        team.chat.post(team.place, Saying("text"), KEY)


@pytest.fixture(scope="module")
def nonsense() -> Any:
    with any_answer() as server:
        yield server


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=some.integers(200, 599),
    body=some.binary(max_size=60)
    | some.recursive(
        some.none() | some.booleans() | some.integers() | some.text(max_size=5),
        lambda inner: (
            some.lists(inner, max_size=3)
            | some.dictionaries(
                some.sampled_from(["ok", "error", "ts", "messages", "channel", "response_metadata", "metadata"]), inner
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
    name=some.sampled_from(sorted(CALLS)),
    kind=some.sampled_from(["application/json", "text/html; charset=no-such", "", "\x7f"]),
    headers=some.dictionaries(
        some.sampled_from(["Retry-After", "retry-after"]), some.sampled_from(["", "²", "-1", "9" * 400])
    ),
)
@example(status=200, body=b"[" * 100_000, name="post", kind="", headers={})
@example(status=200, body=b'{"ok": true}', name="post", kind="", headers={})
@example(status=200, body=b'{"ok": true, "messages": [{"ts": 1}, 7], "channel": []}', name="find", kind="", headers={})
@example(status=200, body=b'{"ok": false, "error": {"a": 1}, "response_metadata": 3}', name="post", kind="", headers={})
@example(status=204, body=b"", name="find", kind="", headers={})
@example(status=302, body=b"", name="post", kind="", headers={"Location": "http://127.0.0.1:9/"})
def test_no_answer_leads_to_another_error(
    team: Team,
    nonsense: Server,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
    name: str,
    kind: str,
    headers: dict[str, str],
) -> None:
    monkeypatch.setenv("SLACK_API_URL", team.workspace.url)
    moved(team, monkeypatch, f"{nonsense.url}/api/")
    nonsense.faults.clear()
    for _ in range(12):
        nonsense.fails(status, b"" if status in (204, 304) else body, headers={"Content-Type": kind, **headers})
    try:
        found = CALLS[name](SlackChat.of(replace(team.process, timeout=1)), team.place)
    except (Unavailable, Refused):
        return
    assert found is None or (isinstance(found, Posted) and found.external)
    assert status == 200
