"""The log: one line for each thing, with what it is about; no secret, no title, no address that lets somebody in."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from musterpoint import effects, logs, reminding
from musterpoint import urls as addresses
from musterpoint.delivery import deliver
from musterpoint.web.asked import Asked, signed_in
from tests.actions.telling import declared, secretly_declared
from tests.conftest import World
from tests.web.conftest import Site

Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], io.StringIO]]:
    """Begin to tell lines in a form; where they go. Afterwards the loggers are as they were."""
    names = (None, "dbos", "waitress.queue", "httpx", "django.request")
    loggers = [logging.getLogger(name) for name in names]
    before = [(each.handlers[:], each.level, each.propagate) for each in loggers]
    stream = io.StringIO()

    def begin(form: str) -> io.StringIO:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            logs.begin(form)
        return stream

    yield begin
    for each, (handlers, level, propagate) in zip(loggers, before, strict=True):
        each.handlers[:], each.propagate = handlers, propagate
        each.setLevel(level)


@pytest.fixture
def told(begun: Callable[[str], io.StringIO]) -> Told:
    stream = begun("json")
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_time_level_logger_message_and_what_it_is_about(told: Told) -> None:
    with logs.about(request="r1", incident="7"):
        with logs.about(incident="8"):
            logs.know(person=3)
            logging.getLogger("musterpoint.x").warning("%s of %s", "this", "that")
        logging.getLogger("musterpoint.x").info("more")
    logging.getLogger("musterpoint.x").info("all")
    first, second, third = told()
    assert first.pop("time").endswith("Z")
    assert first == {
        "level": "warning",
        "logger": "musterpoint.x",
        "message": "this of that",
        "request": "r1",
        "person": 3,
        "incident": "8",
    }
    assert (second["incident"], second.get("person")) == ("7", None)
    assert set(third) == {"time", "level", "logger", "message"}


def test_a_traceback_is_one_field(told: Told) -> None:
    try:
        raise ValueError("nonsense")
    except ValueError:
        logging.getLogger("musterpoint.x").exception("it broke")
    [line] = told()
    assert line["message"] == "it broke"
    assert line["traceback"].startswith("Traceback (most recent call last):\n")
    assert line["traceback"].endswith("ValueError: nonsense")


def test_in_text_nobody_forges_a_line(begun: Callable[[str], io.StringIO]) -> None:
    stream = begun("text")
    with logs.about(incident="7\n2026 ERROR"):
        logging.getLogger("musterpoint.x").info("one\ntwo\x1b[2J\u2028three ü")
    [line] = stream.getvalue().splitlines()
    assert line.endswith(r"Z INFO musterpoint.x one\ntwo\x1b[2J\u2028three ü  incident=7\n2026 ERROR")


def test_where_no_terminal_is_it_tells_json_by_itself(begun: Callable[[str], io.StringIO]) -> None:
    stream = begun("")
    logging.getLogger("dbos").warning("the engine, too")
    assert json.loads(stream.getvalue())["message"] == "the engine, too"


def breaks(request: Asked, ref: str) -> HttpResponse:
    raise RuntimeError("nonsense")


def shows(request: Asked, ref: str) -> HttpResponse:
    return HttpResponse("ok")


def lets_in(request: HttpRequest, secret: str) -> HttpResponse:
    raise RuntimeError("nonsense")


@pytest.fixture
def odd(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site with pages that break."""
    more = [
        path("odd/<ref>/broken", signed_in(breaks)),
        path("odd/<ref>/live", signed_in(shows)),
        path("odd/<ref>", signed_in(shows)),
        path("letting/<secret>", lets_in),
    ]
    monkeypatch.setattr(addresses, "urlpatterns", [*more, *addresses.urlpatterns])
    clear_url_caches()
    yield site
    clear_url_caches()


def test_a_request_is_told_by_its_route_with_person_and_incident(odd: Site, told: Told) -> None:
    ref = secretly_declared(odd.world, "zanzibar leaks")
    answer = odd.by("bob").get(f"/odd/{ref}?q=quokka", headers={"X-Odd": "wombat", "Authorization": "Bearer emu"})
    [line] = [each for each in told() if each["logger"] == "musterpoint.web"]
    person = odd.world.by("bob").actor.who.identity
    assert line["request"] == answer["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "odd/<ref>", 200)
    assert (line["incident"], f"person:{line['person']}") == (ref, person)
    assert line["milliseconds"] >= 0
    assert not [each for each in ("zanzibar", "quokka", "wombat", "emu") if each in json.dumps(told())]


def test_what_breaks_leaves_its_traceback_and_the_page_says_so(odd: Site, told: Told) -> None:
    client = odd.by("bob")
    client.raise_request_exception = False
    answer = client.post("/odd/7/broken", {"text": "quokka"})
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "nonsense" not in answer.content.decode()
    broken, line = [each for each in told() if each["logger"] in ("django.request", "musterpoint.web")]
    assert broken["traceback"].endswith("RuntimeError: nonsense")
    assert (broken["request"], broken["incident"]) == (line["request"], "7")
    assert (line["status"], line["level"]) == (500, "info")
    assert "quokka" not in json.dumps(told())


def test_an_address_that_lets_somebody_in_is_not_told(odd: Site, told: Told) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/letting/quokka").status_code == 500
    assert client.get("/letting/wombat/nowhere").status_code == 404
    assert "letting/<secret>" in [each.get("route") for each in told()]
    assert "quokka" not in json.dumps([{**each, "traceback": ""} for each in told()])
    assert "wombat" not in json.dumps(told())


def test_what_is_asked_all_the_time_is_told_only_when_it_fails(odd: Site, told: Told) -> None:
    client = odd.by("bob")
    client.get("/healthz")
    client.get("/odd/7/live")
    assert client.get("/static/page.css").getvalue()  # read, or nothing closes the file
    assert told() == []
    client.get("/static/nothing.css")
    assert [each["status"] for each in told()] == [404]


def test_an_effect_that_fails_is_told_with_its_incident(real_world: World, told: Told) -> None:
    real_world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(real_world, "zanzibar leaks")
    effects.intend("nonsense", "odd", None)
    deliver("odd", real_world.process)
    real_world.runs(chat="nonsense")
    deliver(f"thread:{ref}", real_world.process)
    refused, broken, parked = told()
    assert (refused["effect"], refused["level"], refused.get("incident")) == ("odd", "warning", None)
    assert (broken["effect"], broken["incident"]) == (f"thread:{ref}", ref)
    assert "ValueError" in broken["traceback"]
    assert parked["message"] == refused["message"] == "parked; `musterpoint effects` says why"
    assert "zanzibar" not in json.dumps(told())


def test_a_reminder_that_fails_is_told_with_its_incident(
    world: World, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> int:
        raise ValueError("nonsense")

    ref = secretly_declared(world)
    monkeypatch.setattr(reminding, "_remind", fails)
    world.later(60)
    assert reminding.remind(world.process, world.now) == 0
    assert [(each["incident"], each["level"]) for each in told()] == [(ref, "error")]
