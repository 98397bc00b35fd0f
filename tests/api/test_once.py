"""A write is done once for each `Idempotency-Key`, and with `If-Match` only on what was seen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from musterpoint.accounts import answered
from musterpoint.accounts.models import Answered
from musterpoint.api import writing
from musterpoint.store import models
from tests.actions.telling import counted, declared, texts
from tests.api.asking import Asking
from tests.conftest import World
from tests.web.conftest import runs_under


def test_a_repeat_is_answered_and_not_done_again(ask: Asking, world: World) -> None:
    ref = declared(world)
    body = {"text": "Rolled back"}
    first = ask.send("bob", "POST", f"/incidents/{ref}/notes", body, Idempotency_Key="a")
    before = counted()
    again = ask.send("bob", "POST", f"/incidents/{ref}/notes", body, Idempotency_Key="a")
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert (again.headers.get("Idempotent-Replay"), first.headers.get("Idempotent-Replay")) == ("true", None)
    assert counted() == before
    ask("bob", "POST", f"/incidents/{ref}/notes", body, Idempotency_Key="b")
    assert texts(world, ref) == ["Rolled back"] * 2


@pytest.mark.parametrize("other", [("notes", {"text": "Another"}), ("resolution", {"reason": "Rolled back"})])
def test_a_key_belongs_to_one_request(ask: Asking, world: World, other: tuple[str, dict[str, str]]) -> None:
    ref = declared(world)
    ask("bob", "POST", f"/incidents/{ref}/notes", {"text": "Rolled back"}, Idempotency_Key="a")
    before, (place, body) = counted(), other
    refusal = ask.refused("bob", "POST", f"/incidents/{ref}/{place}", body, Idempotency_Key="a")
    assert refusal == (422, "idempotency_mismatch")
    assert counted() == before


def test_a_key_belongs_to_one_token(ask: Asking, world: World) -> None:
    ref = declared(world)
    for account in ("bob", "alice"):
        answer = ask.send(account, "POST", f"/incidents/{ref}/notes", {"text": account}, Idempotency_Key="a")
        assert "Idempotent-Replay" not in answer.headers
    assert texts(world, ref) == ["bob", "alice"]


def test_a_refusal_leaves_the_key_free(ask: Asking, world: World) -> None:
    ref = declared(world)
    assert ask.refused("bob", "POST", f"/incidents/{ref}/relapse", {}, Idempotency_Key="a") == (409, "not_resolved")
    assert not Answered.objects.exists()
    ask("bob", "POST", f"/incidents/{ref}/resolution")
    ask("bob", "POST", f"/incidents/{ref}/relapse", {}, Idempotency_Key="a")


def test_who_dies_before_the_answer_is_kept_has_done_nothing(
    ask: Asking, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key, action and answer are one transaction."""
    ref = declared(world)
    before = counted()
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_kept", lambda answer: 1 / 0)
        answer = ask.send("bob", "POST", f"/incidents/{ref}/notes", {"text": "once"}, Idempotency_Key="a")
        assert answer.status_code == 500
    assert counted() == before
    assert not Answered.objects.exists()
    ask("bob", "POST", f"/incidents/{ref}/notes", {"text": "once"}, Idempotency_Key="a")
    assert texts(world, ref) == ["once"]


@pytest.mark.parametrize("key", ["", "x" * 201, "a b\x7f"])
def test_a_key_that_is_none(ask: Asking, key: str) -> None:
    assert ask.refused("bob", "POST", "/incidents", {"title": "x"}, Idempotency_Key=key) == (422, "bad_key")


def test_reading_takes_no_key(ask: Asking, world: World) -> None:
    ask("bob", "GET", "/incidents", Idempotency_Key="a")
    assert not Answered.objects.exists()


def test_answers_are_forgotten_after_a_day(ask: Asking, world: World) -> None:
    ask("bob", "POST", "/incidents", {"title": "It burns"}, Idempotency_Key="a")
    Answered.objects.update(at=world.now)
    world.later(24 * 60)
    assert answered.swept() == 0
    world.later(1)
    assert answered.swept() == 1


@pytest.mark.parametrize("times", [8])
def test_repeats_at_the_same_moment_do_it_once(real_world: World, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    runs_under(real_world, monkeypatch)
    ask = Asking(real_world)
    ref = declared(real_world)
    ask.token("bob")

    def send(_: int) -> tuple[int, bytes, str]:
        try:
            answer = ask.send("bob", "POST", f"/incidents/{ref}/notes", {"text": "once"}, Idempotency_Key="a")
            return answer.status_code, answer.content, answer.headers.get("Idempotent-Replay", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(send, range(times)))
    assert {each[:2] for each in answers} == {answers[0][:2]}
    assert answers[0][0] == 201
    assert sorted(each[2] for each in answers) == ["", *["true"] * (times - 1)]
    assert texts(real_world, ref) == ["once"]


def test_different_keys_at_the_same_moment_all_happen(real_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs_under(real_world, monkeypatch)
    ask = Asking(real_world)
    ask.token("bob")

    def send(number: int) -> str:
        try:
            answer = ask.send("bob", "POST", "/incidents", {"title": f"T{number}"}, Idempotency_Key=f"k{number}")
            return str(json.loads(answer.content)["incident"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(send, range(16)))
    assert sorted(map(int, refs)) == list(range(1, 17))
    assert models.Incident.objects.count() == 16


# --- what was seen -----------------------------------------------------------------------------------------------


def test_an_incident_that_has_not_changed_is_not_sent_again(ask: Asking, world: World) -> None:
    ref = declared(world)
    first = ask.send("bob", "GET", f"/incidents/{ref}")
    seen = first["ETag"]
    for header in (seen, f"W/{seen}", f'"other", {seen}', "*"):
        answer = ask.send("bob", "GET", f"/incidents/{ref}", If_None_Match=header)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", seen)
    assert ask.send("bob", "GET", f"/incidents/{ref}", If_None_Match='"other"').status_code == 200
    ask("alice", "POST", f"/incidents/{ref}/notes", {"text": "new pods"})
    answer = ask.send("bob", "GET", f"/incidents/{ref}", If_None_Match=seen)
    assert answer.status_code == 200
    assert answer["ETag"] != seen


def test_a_tag_is_of_what_one_person_sees(ask: Asking, world: World) -> None:
    ref = declared(world)
    tags = {ask.send(account, "GET", f"/incidents/{ref}")["ETag"] for account in ("bob", "alice", "victor")}
    assert len(tags) == 3  # each of them may do something else


def test_a_tag_changes_when_a_day_goes_by_and_something_is_overdue(ask: Asking, world: World) -> None:
    ref = declared(world)
    ask("bob", "POST", f"/incidents/{ref}/actions", {"title": "Alert on 502s", "due": "1d"})
    seen = ask.send("bob", "GET", f"/incidents/{ref}")["ETag"]
    world.now += timedelta(days=3)
    assert ask.send("bob", "GET", f"/incidents/{ref}", If_None_Match=seen).status_code == 200


def test_a_write_happens_only_on_what_was_seen(ask: Asking, world: World) -> None:
    ref = declared(world)
    seen = ask.send("bob", "GET", f"/incidents/{ref}")["ETag"]
    ask("bob", "POST", f"/incidents/{ref}/notes", {"text": "first"}, If_Match=seen)
    before = counted()
    for header in (seen, '"1-abc"', "nonsense", ""):
        refusal = ask.refused("bob", "POST", f"/incidents/{ref}/resolution", If_Match=header, Idempotency_Key="k")
        assert refusal == (412, "changed")
    assert counted() == before
    assert not Answered.objects.exists()
    seen = ask.send("bob", "GET", f"/incidents/{ref}")["ETag"]
    ask("bob", "POST", f"/incidents/{ref}/resolution", If_Match=f'"x", {seen}')
    ask("bob", "POST", f"/incidents/{ref}/relapse", If_Match="*")
    assert ask.refused("bob", "POST", "/incidents/99/resolution", If_Match=seen) == (404, "not_found")
