"""What every chat promises: one suite over the local one, the bridge and Slack; then how the bridge fails."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from musterpoint import actions
from musterpoint.core.declare import DeclareRequest
from musterpoint.integrations import registry
from musterpoint.integrations.bridge.chat import BridgeChat
from musterpoint.integrations.local.chat import LocalChat
from musterpoint.ports import Chat, Place, Posted, Refused, Saying, Unavailable
from musterpoint.store import models
from tests.conftest import World
from tests.contracts.bridge import Server, serving
from tests.slack import workspace as workspaces


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    running.messages.clear()
    running.faults.clear()
    running.tokens.clear()
    return running


@dataclass
class Case:
    """A chat, a place in it, and what lies there."""

    chat: Chat
    place: Place
    texts: Callable[[], list[str]]


@pytest.fixture
def slack(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """A thread of a channel in the fake workspace."""
    with workspaces.serving() as workspace:
        monkeypatch.setenv("SLACK_API_URL", workspace.url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", workspace.bot_token)
        channel = workspace.channel("dept-engineering", members=[workspace.user("olga")])
        root = workspace.say(next(iter(workspace.users)), channel, "something burns")

        def texts() -> list[str]:
            return [each["text"] for each in workspace.thread(channel, root)[1:]]

        world.runs(chat="slack")
        yield Case(registry.chat(world.process), Place(workspace.team_id, channel, root), texts)


@pytest.fixture(params=["local", "bridge", "slack"])
def case(request: pytest.FixtureRequest, world: World, server: Server) -> Case:
    if request.param == "slack":
        found: Case = request.getfixturevalue("slack")
        return found
    if request.param == "bridge":
        return Case(BridgeChat(server.url, "", 5), Place("acme", "C7CHECKOUT", "1.0"), server.texts)
    ref = actions.declare(world.by("bob"), DeclareRequest("Checkout answers 502")).state.ref
    texts = models.LocalPost.objects.order_by("id").values_list("text", flat=True)
    return Case(LocalChat(), Place("local", "incident", ref), lambda: list(texts.all()))


def test_what_is_posted_is_found_by_its_key(case: Case) -> None:
    first = case.chat.post(case.place, Saying("rolled back – läuft"), "say:1:1")
    second = case.chat.post(case.place, Saying("all good"), "say:1:2")
    assert case.texts() == ["rolled back – läuft", "all good"]
    assert first.external != second.external
    for posted, key in ((first, "say:1:1"), (second, "say:1:2")):
        found = case.chat.find(case.place, key)
        assert found is not None
        assert found.external == posted.external


@pytest.mark.parametrize("key", ["say:1:9", "", "say:1:1 ", "SAY:1:1", "say:1:1&key=say:1:1", "%", "ü"])
def test_a_key_that_was_never_posted_is_not_found(case: Case, key: str) -> None:
    case.chat.post(case.place, Saying("rolled back"), "say:1:1")
    assert case.chat.find(case.place, key) is None


def test_an_update_replaces_the_text_and_twice_is_the_same_as_once(case: Case) -> None:
    posted = case.chat.post(case.place, Saying("status: open"), "thread:1")
    case.chat.post(case.place, Saying("looking"), "say:1:1")
    for _ in range(2):
        case.chat.update(case.place, posted.external, Saying("status: resolved"))
        assert case.texts() == ["status: resolved", "looking"]
    found = case.chat.find(case.place, "thread:1")
    assert found is not None
    assert found.external == posted.external


def test_what_is_gone_cannot_be_updated(case: Case) -> None:
    with pytest.raises(Refused, match="is not there any more"):
        case.chat.update(case.place, "no such message", Saying("text"))


def test_the_local_chat_posts_once_and_only_where_there_is_a_thread(world: World) -> None:
    ref = actions.declare(world.by("bob"), DeclareRequest("Checkout answers 502")).state.ref
    chat, place = LocalChat(), Place("local", "incident", ref)
    assert chat.post(place, Saying("once"), "say:1:1") == chat.post(place, Saying("once"), "say:1:1")
    assert models.LocalPost.objects.count() == 1
    with pytest.raises(Refused, match="no thread"):
        chat.post(Place("local", "incident", "99"), Saying("nowhere"), "say:1:2")


def test_the_settings_choose_the_chat(world: World, server: Server) -> None:
    assert isinstance(registry.chat(world.process), LocalChat)
    world.runs(chat="bridge", chat_url=server.url)
    assert isinstance(registry.chat(world.process), BridgeChat)
    world.runs(chat="carrier pigeon")
    with pytest.raises(ValueError, match="known: local, bridge"):
        registry.chat(world.process)
    assert [LocalChat().announces, BridgeChat(server.url, "", 1).announces] == [False, True]


# --- how the bridge fails -----------------------------------------------------------------------------------------

PLACE = Place("acme", "C7CHECKOUT", "1.0")
CALLS: dict[str, Callable[[Chat], object]] = {
    "post": lambda chat: chat.post(PLACE, Saying("text"), "say:1:1"),
    "find": lambda chat: chat.find(PLACE, "say:1:1"),
    "update": lambda chat: chat.update(PLACE, "M1", Saying("text")),
}


@pytest.fixture(params=list(CALLS))
def call(request: pytest.FixtureRequest) -> Callable[[Chat], object]:
    return CALLS[request.param]


def test_the_token_goes_with_every_call(server: Server) -> None:
    for each in CALLS.values():
        server.fails(200, b'{"external": "M1"}')
        each(BridgeChat(server.url + "/", "made-up", 5))
    assert server.tokens == ["Bearer made-up"] * 3


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(server: Server, call: Callable[[Chat], object], status: int) -> None:
    server.fails(status, b"busy", headers={"Retry-After": "17"})
    with pytest.raises(Unavailable, match=f"answered {status}") as caught:
        call(BridgeChat(server.url, "", 5))
    assert caught.value.retry_after == 17


@pytest.mark.parametrize(
    ("value", "pause"),
    [("0", 0.0), ("Wed, 04 Mar 2026 07:28:00 GMT", None), ("-5", None), ("²", None), ("soon", None), ("", None),
     ("9" * 500, 86_400.0)],
)  # fmt: skip
def test_only_a_sensible_delay_is_believed(server: Server, value: str, pause: float | None) -> None:
    server.fails(429, headers={"Retry-After": value})
    with pytest.raises(Unavailable) as caught:
        BridgeChat(server.url, "", 5).find(PLACE, "say:1:1")
    assert caught.value.retry_after == pause


@pytest.mark.parametrize("status", [300, 302, 304, 400, 401, 403, 405, 409, 410, 413, 422, 501])
def test_what_will_not_pass_is_refused(server: Server, call: Callable[[Chat], object], status: int) -> None:
    server.fails(status, b"" if status == 304 else b"no such channel")
    with pytest.raises(Refused, match=f"{status}"):
        call(BridgeChat(server.url, "", 5))


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"<html>", b"null", b"[]", b"{}", b'"M1"', b"\xff\xfe", b'{"external": null}', b'{"external": ""}',
     b'{"external": {}}', b'{"external": true}', b"[" * 100_000],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
@pytest.mark.parametrize("name", ["post", "find"])
def test_an_answer_that_makes_no_sense_is_refused(server: Server, name: str, body: bytes) -> None:
    server.fails(200, body)
    with pytest.raises(Refused, match="did not answer with an id"):
        CALLS[name](BridgeChat(server.url, "", 5))


@pytest.mark.parametrize("external", ["M1", 17])
def test_an_id_is_a_text_or_a_number(server: Server, external: object) -> None:
    server.fails(200, f'{{"external": {"17" if external == 17 else chr(34) + "M1" + chr(34)}, "url": null}}'.encode())
    assert BridgeChat(server.url, "", 5).find(PLACE, "say:1:1") == Posted(str(external))


def test_an_answer_that_comes_too_late_is_none(server: Server, call: Callable[[Chat], object]) -> None:
    server.fails(200, b'{"external": "M1"}', late=0.5)
    with pytest.raises(Unavailable, match="does not answer"):
        call(BridgeChat(server.url, "", 0.05))


def test_what_was_stored_before_the_answer_was_lost_is_found(server: Server) -> None:
    server.fails(503, stored=True)
    chat = BridgeChat(server.url, "", 5)
    with pytest.raises(Unavailable):
        chat.post(PLACE, Saying("rolled back"), "say:1:1")
    assert chat.find(PLACE, "say:1:1") is not None
    assert server.texts() == ["rolled back"]


def test_nobody_there_may_be_somebody_later(call: Callable[[Chat], object]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="does not answer"):
            call(BridgeChat(f"http://127.0.0.1:{taken.getsockname()[1]}", "", 1))


def test_who_hangs_up_may_answer_later(call: Callable[[Chat], object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)

        def hang_up() -> None:
            connection, _ = listening.accept()
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(Unavailable, match="does not answer"):
            call(BridgeChat(f"http://127.0.0.1:{listening.getsockname()[1]}", "", 1))
        thread.join()


@pytest.mark.parametrize("url", ["", "chat.example.com", "ftp://chat", "file:///etc/passwd", "javascript:x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="must begin with"):
        BridgeChat(url, "", 1)


@pytest.mark.parametrize(
    ("url", "token"), [("http://[bad", ""), ("http://a\nb", ""), ("http://", ""), ("", "grüße"), ("", "a\nb")]
)
def test_settings_that_cannot_work_are_refused_too(
    server: Server, call: Callable[[Chat], object], url: str, token: str
) -> None:
    with pytest.raises((Refused, Unavailable)):
        call(BridgeChat(url or server.url, token, 1))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=some.integers(200, 599),
    body=some.binary(max_size=60) | some.text(max_size=30).map(lambda text: f'{{"external": "{text}"}}'.encode()),
    name=some.sampled_from(sorted(CALLS)),
    kind=some.sampled_from(["application/json", "text/html; charset=no-such", "", "\x7f"]),
)
@example(status=204, body=b"", name="find", kind="")
@example(status=404, body=b"\xff", name="post", kind="application/json")
def test_no_answer_leads_to_another_error(server: Server, status: int, body: bytes, name: str, kind: str) -> None:
    server.faults.clear()
    server.fails(status, b"" if status in (204, 304) else body, headers={"Content-Type": kind})
    try:
        found = CALLS[name](BridgeChat(server.url, "", 5))
    except (Unavailable, Refused):
        return
    assert found is None or (isinstance(found, Posted) and found.external)
    assert status < 300 or (status, name) == (404, "find")
