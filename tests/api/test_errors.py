"""Whatever goes wrong has one shape, and says what to do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from musterpoint import reading
from musterpoint.accounts import tokens
from musterpoint.accounts.models import Account, Token
from musterpoint.store.models import Person
from tests.actions.telling import counted, declared, state
from tests.api.asking import Asking
from tests.conftest import World

SOMEWHERE_ELSE = ("/", "", "/nothing", "/incidents/7/nothing", "/incidents/", "/incidents/1/lead/", "/../v2", "/%00")


@pytest.mark.parametrize("address", SOMEWHERE_ELSE)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_does_not_exist(ask: Asking, address: str, method: str) -> None:
    assert ask.refused("bob", method, address) == (404, "no_such_address")
    assert ask.refused("", method, address) == (404, "no_such_address")


@pytest.mark.parametrize("method", ["GET", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_a_method_that_cannot_be(ask: Asking, world: World, method: str) -> None:
    ref = declared(world)
    answer = ask.send("bob", method, f"/incidents/{ref}/resolution")
    assert json.loads(answer.content)["error"]["code"] == "no_such_method"
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("body", ["{", b"\xff\xfe", '{"title": "a",}', "[" * 100_000])
def test_a_body_that_is_no_json(ask: Asking, body: str | bytes) -> None:
    assert ask.refused("bob", "POST", "/incidents", body) == (400, "bad_json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": 7}, "title"),
        ({"title": "x", "severity": "enormous"}, "severity"),
        ({"title": "x", "nonsense": True}, "nonsense"),
        ({"title": "x", "at": "yesterday"}, "at"),
        ({"title": "x", "at": 1_700_000_000}, "at"),
        ({"title": "x", "at": "2026-03-02T09:00:00"}, "at"),
        ({"title": "x", "at": "0001-01-01T00:00:00+14:00"}, "at"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_a_body_of_another_form(ask: Asking, body: Any, field: str) -> None:
    answer = ask.send("bob", "POST", "/incidents", json.dumps(body))
    error = json.loads(answer.content)["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "invalid", field)


def test_a_body_that_is_too_large(ask: Asking) -> None:
    assert ask.refused("bob", "POST", "/incidents", {"title": "x" * 6_000_000}) == (413, "too_big")


@pytest.mark.parametrize("query", ["status=burning", "limit=0", "limit=501", "limit=x", "since=soon", "kind=other"])
def test_a_filter_that_is_none(ask: Asking, query: str) -> None:
    assert ask.refused("bob", "GET", f"/incidents?{query}") == (422, "invalid")


@pytest.mark.parametrize("cursor", ["x", "e30", "bnVsbA", "WyJ4Il0", "WzFd", "%00", "é"])
def test_a_cursor_that_is_none(ask: Asking, cursor: str) -> None:
    assert ask.refused("bob", "GET", f"/incidents?cursor={cursor}") == (422, "bad_cursor")


def test_what_is_sent_as_a_form_would_be_is_read_as_what_it_is(ask: Asking) -> None:
    """As `curl -d` does without more."""
    answer = ask.client.post(
        "/api/v1/incidents",
        '{"title": "It burns"}',
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {ask.token('bob')}"},
    )
    assert answer.status_code == 201


def test_refusals_have_the_status_of_their_reason(ask: Asking, world: World) -> None:
    ref = declared(world)
    assert ask.refused("bob", "POST", "/incidents/99/resolution") == (404, "not_found")
    assert ask.refused("bob", "POST", f"/incidents/{ref}/relapse") == (409, "not_resolved")
    assert ask.refused("victor", "POST", f"/incidents/{ref}/resolution") == (403, "scope")
    assert ask.refused("bob", "PUT", f"/incidents/{ref}/nominee", {"person": "bob"}) == (403, "no_authority")
    assert ask.refused("bob", "PUT", f"/incidents/{ref}/lead", {"person": "nobody"}) == (404, "not_found")
    assert ask.refused("bob", "POST", f"/incidents/{ref}/notes", {"text": " "}) == (422, "empty")
    late = {"text": "x", "at": "2036-03-02T09:00:00Z"}
    assert ask.refused("bob", "POST", f"/incidents/{ref}/notes", late) == (422, "in_the_future")
    early = {"text": "x", "at": "0001-01-01T00:00:00Z"}
    assert ask.refused("bob", "POST", f"/incidents/{ref}/notes", early) == (422, "bad_time")


def test_an_admin_s_token_of_somebody_who_is_none_any_more(ask: Asking) -> None:
    ask.token("adele")
    Person.objects.filter(name="Adele").update(role="responder")
    assert ask.refused("adele", "POST", "/people", {"name": "Cleo"}) == (403, "not_an_admin")


@pytest.mark.parametrize(
    ("name", "value"), [("revoked_at", timedelta()), ("expires_at", timedelta()), ("expires_at", timedelta(hours=-1))]
)
def test_a_token_that_has_ended(ask: Asking, world: World, name: str, value: timedelta) -> None:
    text = ask.token("bob")
    Token.objects.update(**{name: world.now + value})
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {text}"})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("text", ["Bearer", "Bearer mp_unknown", "Bearer \u00e9", "Basic Ym9iOmJvYg==", "mp_x"])
def test_a_token_that_is_none(ask: Asking, text: str) -> None:
    answer = Client().get("/api/v1/me", headers={"Authorization": text})
    assert json.loads(answer.content)["error"]["code"] == "unauthenticated"


def test_somebody_who_is_signed_in_reads_and_does_not_write(ask: Asking, world: World) -> None:
    """A form on another page could send a write along with the session, but no token."""
    account = Account.objects.create(email="bob@example.com", person=Person.objects.get(name="Bob"))
    client = Client()
    client.force_login(account, backend="musterpoint.accounts.backend.OfAccounts")
    assert client.get("/api/v1/me").json()["scopes"] is None
    answer = client.post("/api/v1/incidents", {"title": "It burns"}, content_type="application/json")
    assert answer.status_code == 401
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer mp_wrong"}).status_code == 401


def test_what_breaks_here_is_told_in_the_same_shape(ask: Asking, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = declared(world)

    def broken(problem: Exception) -> Any:
        def fails(*arguments: Any) -> None:
            raise problem

        return fails

    monkeypatch.setattr(reading, "head", broken(ZeroDivisionError("secret")))
    answer = ask.send("bob", "GET", f"/incidents/{ref}")
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    monkeypatch.setattr(reading, "head", broken(OperationalError("database is locked")))
    assert ask.refused("bob", "GET", f"/incidents/{ref}") == (503, "database_unavailable")


# --- texts -------------------------------------------------------------------------------------------------------

TURNED = "invoice \u202egpj.exe"


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800"])
def test_what_is_no_character_is_refused(ask: Asking, world: World, text: str) -> None:
    ref, before = declared(world), counted()
    assert ask.refused("bob", "POST", "/incidents", json.dumps({"title": text})) == (422, "invalid")
    assert ask.refused("bob", "POST", f"/incidents/{ref}/notes", json.dumps({"text": text})) == (422, "invalid")
    assert ask.refused("bob", "PUT", f"/incidents/{ref}/lead", json.dumps({"person": text})) == (422, "invalid")
    assert ask.refused("bob", "GET", "/search?q=a%00b") == (422, "invalid")
    assert ask.refused("bob", "GET", "/incidents/a%00b") == (422, "invalid")
    assert ask.refused("bob", "GET", f"/incidents/{ref}/writeup/parts/a%00b") == (422, "invalid")
    assert counted() == before


def test_a_title_of_a_megabyte_is_refused_and_says_why(ask: Asking, world: World) -> None:
    ref = declared(world)
    answer = ask.send("bob", "POST", "/incidents", {"title": "x" * 1_000_000})
    assert answer.status_code == 422
    assert "100000 characters" in json.loads(answer.content)["error"]["message"]
    for method, address, body in (
        ("POST", "/incidents", {"title": "x" * 301}),
        ("POST", "/incidents", {"title": "x", "affected": "x" * 301}),
        ("PUT", f"/incidents/{ref}/title", {"text": "x" * 301}),
        ("POST", f"/incidents/{ref}/resolution", {"reason": "x" * 2001}),
        ("POST", f"/incidents/{ref}/actions", {"title": "x" * 2001}),
        ("POST", f"/incidents/{ref}/notes", {"text": "x" * 20_001}),
    ):
        assert ask.refused("bob", method, address, body) == (422, "too_long")


def test_a_title_reads_in_one_direction(ask: Asking, world: World) -> None:
    ref = ask("bob", "POST", "/incidents", {"title": TURNED, "affected": f"a\x1b[31m\n{TURNED}"})["incident"]
    assert (state(ref).title, state(ref).affected) == ("invoice gpj.exe", "a[31m invoice gpj.exe")
    ask("bob", "PUT", f"/incidents/{ref}/title", {"text": f"again {TURNED}"})
    assert state(ref).title == "again invoice gpj.exe"
    shown = ask("bob", "POST", f"/incidents/{ref}/actions", {"title": TURNED})
    assert shown["action"]["title"] == "invoice gpj.exe"


def test_hebrew_is_kept(ask: Asking, world: World) -> None:
    ref = ask("bob", "POST", "/incidents", {"title": "האתר לא עובד"})["incident"]
    assert state(ref).title == "האתר לא עובד"


def test_a_token_is_noted_as_used_once_a_minute(ask: Asking, world: World) -> None:
    ask("bob", "GET", "/me")
    first = Token.objects.get().used_at
    world.later(0.5)
    ask("bob", "GET", "/me")
    assert Token.objects.get().used_at == first == world.now - timedelta(seconds=30)
    world.later(1)
    ask("bob", "GET", "/me")
    assert Token.objects.get().used_at == world.now
    assert tokens.found("mp_unknown", world.now) is None
