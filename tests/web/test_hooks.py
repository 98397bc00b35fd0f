"""What providers call is answered before all that pages need, and told and measured like everything else."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.test import Client

from musterpoint import process as processes
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import Answer
from musterpoint.web import hooks
from musterpoint.web.observed import SECONDS
from musterpoint.web.wsgi import application
from tests.conftest import World

Called = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def called(world: World, monkeypatch: pytest.MonkeyPatch) -> Called:
    """Calls the application as waitress does; its status, headers and body. The chat is Slack."""
    monkeypatch.setattr(hooks, "in_force", lambda: Process(chat="slack", workspace="T0HALDEN001"))
    monkeypatch.setattr(hooks, "close_old_connections", lambda: None)  # the test's own transaction
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "a-made-up-signing-secret")

    def call(path: str, body: bytes = b"", **environ: Any) -> tuple[int, dict[str, str], str]:
        given: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))}
        given |= {"wsgi.input": io.BytesIO(body), **environ}
        setup_testing_defaults(given)
        started: list[Any] = []
        answer = b"".join(application(given, lambda *told: started.extend(told)))
        return int(started[0].partition(" ")[0]), dict(started[1]), answer.decode()

    return call


def test_a_request_that_nobody_signed_is_refused(called: Called) -> None:
    status, headers, body = called("/hooks/slack", b"{}", CONTENT_TYPE="application/json")
    assert (status, headers["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert "not signed by Slack" in body
    assert headers["Content-Length"] == str(len(body.encode()))


def test_headers_and_body_reach_whoever_answers(called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Any] = []

    def hook(name: str, process: Process) -> Callable[..., Any]:
        def answers(headers: dict[str, str], body: bytes, now: object) -> Any:
            found.extend([name, headers["x-slack-signature"], headers["content-type"], body])
            return Answer(200, '{"text": "f\u00fcr dich"}', "application/json")

        return answers

    monkeypatch.setattr(registry, "hook", hook)
    told = {"CONTENT_TYPE": "application/json", "HTTP_X_SLACK_SIGNATURE": "v0=1"}
    status, headers, body = called("/hooks/slack", b'{"a": 1}', **told)
    assert (status, body, headers["Content-Type"]) == (
        200,
        '{"text": "f\u00fcr dich"}',
        "application/json; charset=utf-8",
    )
    assert found == ["slack", "v0=1", "application/json", b'{"a": 1}']


def test_what_is_not_there_or_not_allowed(called: Called) -> None:
    assert called("/hooks/teams")[0] == 404
    assert called("/hooks/slack/more")[0] == 404
    assert called("/hooks/")[0] == 404
    assert called("/hooks/slack", REQUEST_METHOD="GET")[0] == 405
    assert called("/hooks/slack", CONTENT_LENGTH="")[0] == 401
    for length in (str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), "-1", "many"):
        assert called("/hooks/slack", CONTENT_LENGTH=length)[0] == 413


def test_an_error_of_ours_is_told_without_what_was_sent(
    called: Called, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(registry, "hook", fails)
    with caplog.at_level(logging.INFO):
        status, _, body = called("/hooks/slack", b"a secret word")
    assert (status, body) == (500, "Something went wrong here.")
    assert "a hook failed" in caplog.text
    assert "a secret word" not in caplog.text


def test_it_is_measured_by_its_route_and_told_when_it_fails(called: Called, caplog: pytest.LogCaptureFixture) -> None:
    before = _measured("401")
    with caplog.at_level(logging.INFO):
        called("/hooks/slack", b"{}")
    assert _measured("401") == before + 1
    assert [each.message for each in caplog.records if each.name == "musterpoint.web"] == ["answered"]


def _measured(status: str) -> float:
    found = SECONDS.labels(hooks.ROUTE, "POST", status).collect()
    return next(each.value for metric in found for each in metric.samples if each.name.endswith("_count"))


def test_pages_are_answered_as_ever(called: Called) -> None:
    assert called("/healthz", REQUEST_METHOD="GET", HTTP_HOST="localhost")[0] == 200


def test_the_route_of_pages_answers_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    processes.in_force()
    monkeypatch.setattr(hooks, "in_force", lambda: Process(chat="slack", workspace="T0HALDEN001"))
    client = Client(enforce_csrf_checks=True)
    assert client.post("/hooks/slack", b"{}", content_type="application/json").status_code == 401
    assert client.get("/hooks/slack").status_code == 405
    monkeypatch.setattr(hooks, "in_force", Process)
    assert client.post("/hooks/slack", b"{}", content_type="application/json").status_code == 404
