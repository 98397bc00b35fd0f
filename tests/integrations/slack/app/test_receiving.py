"""Requests of Slack are told from forged ones, answered by their form, and acknowledged once they are stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import declaring, ourselves, pressing, receiving, storing, taking
from musterpoint.integrations.slack.app.asking import Place, Reply, Request, privately
from musterpoint.ports import Answer
from musterpoint.store import models
from tests.conftest import World
from tests.slack.envelope import signed
from tests.slack.workspace import Workspace

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MENTION = {"type": "app_mention", "user": "U0000001ANA", "channel": "C1", "ts": "1772442000.000100", "text": "hello"}


@pytest.fixture
def hears(world: World, workspace: Workspace, process: Process) -> Callable[..., Answer]:
    """Sends one request to the hook, signed unless it says otherwise."""

    def send(
        body: bytes | dict[str, Any], form: str = "application/json", headers: dict[str, str] | None = None
    ) -> Answer:
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        given = signed(workspace.signing_secret, raw, now=NOW.timestamp()) if headers is None else headers
        lowered = {name.lower(): value for name, value in {**given, "Content-Type": form}.items()}
        return receiving.hook(process)(lowered, raw, NOW)

    return send


def event(**values: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T0HALDEN001", "event_id": "Ev1", "event": MENTION, **values}


def stored() -> int:
    return models.Inbound.objects.count()


# --- signatures ----------------------------------------------------------------------------------------------------


def test_what_slack_signed_is_stored_and_acknowledged(hears: Callable[..., Answer]) -> None:
    assert hears(event()).status == 200
    row = models.Inbound.objects.get()
    assert (row.source, row.key, row.status) == ("slack", "Ev1", "waiting")
    assert json.loads(row.data)["payload"]["event"] == MENTION


def test_an_unsigned_a_forged_and_a_changed_request_are_refused(hears: Callable[..., Answer]) -> None:
    body = json.dumps(event()).encode()
    fine = signed("a-made-up-signing-secret", body, now=NOW.timestamp())
    wrong: list[dict[str, str]] = [
        {},
        {"X-Slack-Signature": fine["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": fine["X-Slack-Request-Timestamp"]},
        signed("another secret", body, now=NOW.timestamp()),
        signed("a-made-up-signing-secret", body + b" ", now=NOW.timestamp()),
        {**fine, "X-Slack-Request-Timestamp": f"{int(NOW.timestamp()) + 1}"},
        {**fine, "X-Slack-Request-Timestamp": "soon"},
        {**fine, "X-Slack-Request-Timestamp": "9" * 400},
        {**fine, "X-Slack-Signature": "v0=\u00e9"},
    ]
    for headers in wrong:
        answer = hears(body, headers=headers)
        assert answer.status == 401
        assert "not signed by Slack" in answer.body
    assert stored() == 0


@pytest.mark.parametrize(("skew", "status"), [(-301, 401), (-299, 200), (299, 200), (301, 401)])
def test_a_request_is_good_for_five_minutes_either_way(
    hears: Callable[..., Answer], workspace: Workspace, skew: float, status: int
) -> None:
    body = json.dumps(event()).encode()
    headers = signed(workspace.signing_secret, body, skew, now=NOW.timestamp())
    assert hears(body, headers=headers).status == status
    assert stored() == (status == 200)


@pytest.mark.parametrize("secret", ["", "  "])
def test_without_a_secret_everything_is_refused(
    hears: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", secret)
    body = json.dumps(event()).encode()
    for headers in ({}, signed("", body, now=NOW.timestamp()), signed(secret, body, now=NOW.timestamp())):
        answer = hears(body, headers=headers)
        assert answer.status == 401
        assert "SLACK_SIGNING_SECRET" in answer.body
    assert stored() == 0


# --- forms ---------------------------------------------------------------------------------------------------------


def test_the_address_is_verified(workspace: Workspace, hears: Callable[..., Answer]) -> None:
    assert hears({"type": "url_verification", "challenge": "a-word"}) == Answer(200, "a-word")


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xff", "application/json"),
        (b"{}", "application/json"),
        (b'{"type": "dance"}', "application/json"),
        (b'{"type": "event_callback"}', "application/json"),
        (b'{"type": "event_callback", "event_id": "Ev1"}', "application/json"),
        (b'{"type": "event_callback", "event_id": "Ev1", "event": 7}', "application/json"),
        (b'{"type": "event_callback", "event_id": 7, "event": {"type": "message"}}', "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"payload=", "application/x-www-form-urlencoded"),
        (b"payload=7", "application/x-www-form-urlencoded"),
        (b"payload=%7B%22type%22:%22block_actions%22%7D", "application/x-www-form-urlencoded"),
        (b"command=/incident", "application/x-www-form-urlencoded"),
        (b"hello", "text/plain"),
        (b"", ""),
    ],
)
def test_nonsense_is_refused_and_nothing_is_stored(hears: Callable[..., Answer], body: bytes, form: str) -> None:
    assert hears(body, form).status in (400, 401)
    assert stored() == 0


def test_slack_may_ask_whether_the_certificate_is_good(hears: Callable[..., Answer]) -> None:
    assert hears(b"ssl_check=1&token=x", "application/x-www-form-urlencoded").status == 200


@contextmanager
def _busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fails(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(models.Inbound.objects, "bulk_create", fails)
        broken.setattr(models.Inbound, "save", fails)
        yield


def test_while_the_database_is_busy_slack_is_to_come_again(
    hears: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _busy(monkeypatch):
        assert hears(event()).status == 503
        assert hears(command(), FORM).status == 503
    assert hears(event()).status == 200
    assert stored() == 1


# --- another workspace ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"team_id": "T0OTHER"}, {"api_app_id": "A0OTHER"}])
def test_what_another_workspace_sends_is_acknowledged_dropped_and_shown(
    hears: Callable[..., Answer], process: Process, wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "_noted", {})
    ourselves.introduce(process, NOW)
    assert hears(event(**wrong)).status == 200
    assert stored() == 0
    assert models.Trouble.objects.get().code == "workspace_changed"
    answer = hears(command(**wrong), FORM)
    assert "another workspace" in answer.body
    assert not models.Incident.objects.exists()


def test_in_a_shared_channel_slack_names_the_other_workspace_first(hears: Callable[..., Answer]) -> None:
    ours = {"authorizations": [{"team_id": "T0HALDEN001"}]}
    assert hears(event(team_id="T0OTHER", **ours)).status == 200
    assert stored() == 1
    assert not models.Trouble.objects.exists()


# --- requests ------------------------------------------------------------------------------------------------------

FORM = "application/x-www-form-urlencoded"


def command(**values: str) -> bytes:
    given = {"command": "/incident", "text": "Login fails", "user_id": "U0000001ANA", "channel_id": "C1"}
    given |= {"team_id": "T0HALDEN001", "trigger_id": "1.1", "response_url": "https://example.com/answer"}
    return urlencode({**given, **values}).encode()


def interaction(kind: str, **values: Any) -> bytes:
    payload = {"type": kind, "user": {"id": "U0000001ANA"}, "team": {"id": "T0HALDEN001"}, "trigger_id": "1.1"}
    return urlencode({"payload": json.dumps({**payload, **values})}).encode()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Request]]:
    """Who was asked, by which request; each answers with what it was asked."""
    found: list[tuple[str, Request]] = []

    def noting(name: str) -> Callable[..., Reply]:
        def answers(request: Request, *more: Any) -> Reply:
            found.append((name, request))
            return privately(f"{name} {more[0] if more else ''}".strip())

        return answers

    for module, name in ((declaring, "slash"), (declaring, "shortcut"), (declaring, "sent"), (pressing, "pressed")):
        monkeypatch.setattr(module, name, noting(name))
    return found


def test_a_command_is_answered_in_the_response(
    hears: Callable[..., Answer], asked: list[tuple[str, Request]], process: Process
) -> None:
    answer = hears(command(), FORM)
    assert (answer.status, answer.type) == (200, "application/json")
    assert json.loads(answer.body) == {"response_type": "ephemeral", "text": "slash Login fails"}
    ((name, request),) = asked
    assert (name, request.workspace, request.user) == ("slash", "T0HALDEN001", "U0000001ANA")
    assert (request.place, request.trigger, request.response_url) == (Place("C1"), "1.1", "https://example.com/answer")
    assert request.now == NOW


def test_each_interaction_goes_to_whoever_knows_it(
    hears: Callable[..., Answer], asked: list[tuple[str, Request]]
) -> None:
    inside = {"channel": {"id": "C1"}, "message": {"ts": "3.000000", "thread_ts": "2.000000"}}
    container = {"container": {"message_ts": "3.000000", "channel_id": "C1", "thread_ts": "2.000000"}}
    hears(interaction("block_actions", **container, trigger_id="1.1"), FORM)
    hears(interaction("message_action", **inside, message_ts="3.000000", trigger_id="1.2"), FORM)
    hears(interaction("shortcut", trigger_id="1.3"), FORM)
    hears(interaction("view_submission", view={"id": "V1", "hash": "h"}, trigger_id="1.4"), FORM)
    hears(interaction("view_closed", trigger_id="1.5"), FORM)
    there = Place("C1", "2.000000", "3.000000")
    assert [(name, request.place) for name, request in asked] == [
        ("pressed", there),
        ("shortcut", there),
        ("shortcut", Place()),
        ("sent", Place()),
    ]


def test_a_request_that_is_played_again_is_acknowledged_and_not_done_twice(
    hears: Callable[..., Answer], asked: list[tuple[str, Request]]
) -> None:
    bodies = [command(), interaction("block_actions"), interaction("view_submission", view={"id": "V1", "hash": "h"})]
    for body in bodies:
        hears(body, FORM)
        assert hears(body, FORM) == Answer(200)
    assert len(asked) == 3


def test_a_form_with_something_wrong_in_it_can_be_sent_again(
    hears: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = iter([{"response_action": "errors", "errors": {"title": "Give one."}}, None])
    monkeypatch.setattr(declaring, "sent", lambda *_: next(replies))
    body = interaction("view_submission", view={"id": "V1", "hash": "h"})
    assert "Give one." in hears(body, FORM).body
    assert hears(body, FORM) == Answer(200)
    assert next(replies, "all used") == "all used"
    assert hears(body, FORM) == Answer(200)  # by now it is done


def test_a_request_that_goes_wrong_is_kept_and_whoever_asked_is_told(
    hears: Callable[..., Answer], asked: list[tuple[str, Request]], monkeypatch: pytest.MonkeyPatch, process: Process
) -> None:
    def fails(*_: object) -> Reply:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken:
        broken.setattr(declaring, "slash", fails)
        broken.setattr(declaring, "sent", fails)
        assert "was not done" in json.loads(hears(command(), FORM).body)["text"]
        sent = json.loads(hears(interaction("view_submission", view={"id": "V1"}), FORM).body)
        assert sent["response_action"] == "update"
        assert len(sent["view"]["title"]["text"]) <= 24
    parked = models.Inbound.objects.filter(status="parked")
    assert [row.error for row in parked] == ["RuntimeError: a mistake of ours"] * 2
    parked.update(status="waiting", error="")  # somebody has it tried again
    taking.take_in(process, NOW + timedelta(minutes=1))
    assert [name for name, _ in asked] == ["slash", "sent"]


def test_a_request_whose_process_died_is_carried_out_by_the_sweep_once(
    asked: list[tuple[str, Request]], world: World, process: Process, workspace: Workspace
) -> None:
    payload = {"user_id": "U0000001ANA", "team_id": workspace.team_id, "text": "Login fails", "trigger_id": "1.1"}
    assert storing.store_request("command:1.1", "slash_commands", payload, NOW, process)
    taking.take_in(process, NOW + timedelta(seconds=20))
    assert asked == []  # it may be answered still
    for _ in range(2):
        taking.take_in(process, NOW + timedelta(seconds=40))
    assert [(name, request.user) for name, request in asked] == [("slash", "U0000001ANA")]


def test_minutes_in_which_slack_held_events_back_are_a_gap(
    hears: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    from musterpoint.integrations.slack.app import gaps

    found: list[tuple[datetime, datetime, str]] = []
    monkeypatch.setattr(gaps, "noticed", lambda since, until, why: found.append((since, until, why)))
    assert hears({"type": "app_rate_limited", "minute_rate_limited": int(NOW.timestamp())}).status == 200
    assert hears({"type": "app_rate_limited", "minute_rate_limited": "soon"}).status == 200
    ((since, until, why),) = found
    assert (since, until) == (NOW, NOW + timedelta(minutes=1))
    assert "Slack held events back" in why
