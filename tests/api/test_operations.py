"""Every operation does its work, needs its scope, and tells a stranger nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from musterpoint import actions
from tests.actions.telling import counted, declared, says, secretly_declared
from tests.api.asking import Asking, operations
from tests.api.cases import CASES, Told
from tests.conftest import World

STRANGERS = ("charlie", "adele", "alice", "victor")
WORD = "zanzibar"
NEVER = "s-qqqqqqqq"
OPERATIONS = operations()
#: These write, but to no incident.
BESIDE = "add_person change_person link_identity unlink_identity merge_people revoke_token".split()
BESIDE += "retry_effect drop_effect release_effects".split()
OF_AN_INCIDENT = [name for name, (_, address) in OPERATIONS.items() if "{ref}" in address]
WRITES = [name for name, (method, _) in OPERATIONS.items() if method != "GET" and name != "command"]


@pytest.fixture
def told(world: World) -> Told:
    return Told(world)


def test_every_operation_has_a_case() -> None:
    assert set(CASES) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_does_its_work(ask: Asking, told: Told, name: str) -> None:
    case, (method, address) = CASES[name], OPERATIONS[name]
    case.before(told)
    body = case.body(told)
    before = counted()
    answer = ask.send(case.account, method, case.address(address, told), body)
    assert answer.status_code == case.status, answer.content.decode()
    if method == "GET" or name == "command":
        assert counted() == before
    elif name not in BESIDE:
        assert counted() != before


@pytest.mark.parametrize("name", OPERATIONS)
def test_nobody_gets_in_without_a_token(ask: Asking, told: Told, name: str) -> None:
    case, (method, address) = CASES[name], OPERATIONS[name]
    answer = ask.send("", method, case.address(address, told), case.body(told))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("name", WRITES)
def test_a_token_that_only_reads_writes_nothing(ask: Asking, told: Told, name: str) -> None:
    case, (method, address) = CASES[name], OPERATIONS[name]
    case.before(told)
    body, before = case.body(told), counted()
    assert ask.refused(case.account, method, case.address(address, told), body, scope="read") == (403, "scope")
    if case.account == "adele":
        assert ask.refused("adele", method, case.address(address, told), body, scope="write") == (403, "scope")
    assert counted() == before


# --- strangers ---------------------------------------------------------------------------------------------------


def hidden(world: World) -> tuple[str, str]:
    """A restricted incident, and one that was restricted later and leaves its number."""
    secret, numbered = secretly_declared(world, f"{WORD} key leaked"), declared(world, f"{WORD} data leaked")
    for ref in (secret, numbered):
        actions.note(world.by("bob"), ref, f"the {WORD} bucket is open")
        actions.add_action(world.by("bob"), ref, f"Rotate the {WORD} key")
        says(world, ref, f"{WORD} is closed now")
    actions.restrict(world.by("bob"), numbered, f"{WORD} customers")
    return secret, numbered


def answered(ask: Asking, account: str, name: str, told: Told, ref: str) -> tuple[int, str]:
    case, (method, address) = CASES[name], OPERATIONS[name]
    answer = ask.send(account, method, case.address(address, told, ref), case.body(told))
    return answer.status_code, answer.content.decode().replace(ref, NEVER)


@pytest.mark.parametrize("name", OF_AN_INCIDENT)
def test_what_a_person_may_not_see_does_not_exist_for_them(ask: Asking, told: Told, name: str) -> None:
    secret, numbered = hidden(told.world)
    bodies, before = CASES[name].body(told), counted()
    for account in STRANGERS:
        never = answered(ask, account, name, told, NEVER)
        assert answered(ask, account, name, told, secret) == never
        assert never[0] in (404, 403)
        assert never[0] == 404 or json.loads(never[1])["error"]["code"] in ("read_only", "scope", "no_authority")
        status, text = answered(ask, account, name, told, numbered)
        assert WORD not in text
        assert "restricted" not in text.replace('"restricted": false', "")
        if OPERATIONS[name][0] != "GET":
            code = json.loads(text)["error"]["code"]
            assert (status, code) in ((409, "cancelled"), (403, "read_only"), (403, "scope"), (403, "no_authority"))
    assert name == "split" or counted() == before, bodies


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in OF_AN_INCIDENT])
def test_nothing_else_tells_of_it(ask: Asking, told: Told, name: str) -> None:
    case, (method, address) = CASES[name], OPERATIONS[name]
    secret, numbered = hidden(told.world)
    case.before(told)
    for account in STRANGERS if method == "GET" or name == "command" else [case.account]:
        if name == "search":
            text = ask.send(account, "GET", f"/search?q={WORD}").content.decode()
            assert json.loads(text) == {"items": [], "next": None}
        else:
            text = ask.send(account, method, case.address(address, told), case.body(told)).content.decode()
        assert WORD not in text
        assert secret not in text
    seen = ask("sirt", "GET", "/incidents")["items"]
    assert {secret, numbered} < {each["ref"] for each in seen}
    assert ask("sirt", "GET", f"/search?q={WORD}")["items"]


@pytest.mark.parametrize("account", STRANGERS)
def test_asking_for_it_by_a_list_is_like_asking_for_nothing(ask: Asking, told: Told, account: str) -> None:
    secret, _ = hidden(told.world)

    def due(ref: str) -> Any:
        return ask.send(account, "GET", f"/due?incident={ref}").content.decode().replace(ref, NEVER)

    assert due(secret) == due(NEVER)
    for query in ("kind=security", "restricted=true", "status=cancelled"):
        assert ask(account, "GET", f"/incidents?{query}")["items"] == []
