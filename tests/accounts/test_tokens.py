"""Tokens: who may have which, what they open, and what ends them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import access
from musterpoint.accounts import calls, tokens
from musterpoint.accounts.models import Account, Token
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.store.models import Person
from tests.conftest import World


@pytest.fixture(autouse=True)
def _by_the_clock_of_the_world(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "now", lambda: world.now)


def soon(world: World) -> datetime:
    return world.now + timedelta(days=90)


def issued(world: World, account: str, *scopes: str) -> str:
    return tokens.issue(access.person(account), "laptop", scopes or ("read",), soon(world))


def refused(person: Person, name: str, scopes: tuple[str, ...], expires_at: datetime | None) -> str:
    with pytest.raises(NotAllowed) as refusal:
        tokens.issue(person, name, scopes, expires_at)
    assert refusal.value.message
    assert Token.objects.count() == 0
    return refusal.value.code


def test_a_token_opens_as_its_person_and_is_kept_as_a_digest_alone(world: World) -> None:
    text = issued(world, "bob", "write")
    assert text.startswith("mp_")
    assert len(text) >= 3 + 43
    token = tokens.found(text, world.now)
    assert token is not None
    assert (token.person.name, token.scopes) == ("Bob", "read write")
    row = Token.objects.values().get()
    assert text not in str(row)
    assert text[3:] not in str(row)
    assert text not in str(tokens.shape(token))


@pytest.mark.parametrize("text", ["", "mp_", "mp_unknown", "Bearer", "mp_\udc80", "mp_\0"])
def test_an_unknown_token_opens_nothing(world: World, text: str) -> None:
    issued(world, "bob")
    assert tokens.found(text, world.now) is None


def test_a_digest_that_somebody_read_in_the_database_opens_nothing(world: World) -> None:
    issued(world, "bob")
    digest = Token.objects.get().digest
    assert tokens.found(digest, world.now) is None
    assert tokens.found(f"mp_{digest}", world.now) is None


def test_an_expired_token_opens_nothing_and_one_for_ever_does(world: World) -> None:
    text = issued(world, "bob")
    ever = tokens.issue(access.person("bob"), "for ever", ["read"], None)
    world.later(90 * 24 * 60)
    assert tokens.found(text, world.now) is None
    assert tokens.found(ever, world.now) is not None


def test_a_revoked_token_opens_nothing(world: World) -> None:
    text = issued(world, "bob")
    tokens.revoke(world.by("bob").actor, Token.objects.get().pk)
    assert tokens.found(text, world.now) is None
    assert tokens.listed(access.person("bob")) == []


def test_whose_account_is_shut_has_no_token_any_more_and_who_has_none_has_theirs(world: World) -> None:
    text = issued(world, "bob")
    account = Account.objects.create(email="bob@example.com", person=access.person("bob"))
    assert tokens.found(text, world.now) is not None
    account.is_active = False
    account.save()
    assert tokens.found(text, world.now) is None


def test_it_is_found_with_person_and_identities_in_two_queries(world: World) -> None:
    text = issued(world, "bob")
    tokens.found(text, world.now)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        token = tokens.found(text, world.now)
        assert token is not None
        access.actor_of(token.person, world.process)
    assert len(queries) == 2


def test_its_use_is_noted_once_a_minute(world: World) -> None:
    text = issued(world, "bob")
    first = world.now
    tokens.found(text, first)
    tokens.found(text, first + timedelta(seconds=59))
    assert Token.objects.get().used_at == first
    tokens.found(text, first + timedelta(seconds=60))
    assert Token.objects.get().used_at == first + timedelta(seconds=60)


def test_what_is_refused_says_why(world: World) -> None:
    bob, victor, adele = (access.person(each) for each in ("bob", "victor", "adele"))
    assert refused(bob, " \n", ("read",), None) == "empty"
    assert refused(bob, "n" * 101, ("read",), None) == "too_long"
    assert refused(bob, "laptop", (), None) == "no_such_scope"
    assert refused(bob, "laptop", ("read", "root"), None) == "no_such_scope"
    assert refused(victor, "laptop", ("write",), None) == "read_only"
    assert refused(victor, "laptop", ("admin",), None) == "read_only"
    assert refused(bob, "laptop", ("admin",), None) == "not_an_admin"
    assert refused(bob, "laptop", ("read",), world.now) == "in_the_past"
    assert refused(bob, "laptop", ("read",), world.now + timedelta(days=4000)) == "too_far"
    tokens.issue(adele, "n" * 100, ["admin"], None)
    assert Token.objects.get().scopes == "read write admin"


def test_a_token_gives_none_that_is_wider_or_lives_longer(world: World) -> None:
    adele = access.person("adele")
    token = tokens.named(tokens.issue(adele, "laptop", ["write"], soon(world)))
    for scopes, until, code in (
        (["admin"], soon(world), "wider_scope"),
        (["read"], None, "longer_life"),
        (["read"], soon(world) + timedelta(seconds=1), "longer_life"),
    ):
        with pytest.raises(NotAllowed) as refusal:
            tokens.issue(adele, "another", scopes, until, within=token)
        assert refusal.value.code == code
    assert tokens.issue(adele, "another", ["write"], soon(world), within=token)


def test_the_expiry_is_ninety_days_unless_another_or_never_is_said(world: World) -> None:
    assert tokens.expiry("", world.now) == soon(world)
    assert tokens.expiry("never", world.now) is None
    assert tokens.expiry("2w", world.now) == world.now + timedelta(days=14)
    assert f"{tokens.expiry('2027-01-31', world.now)}" == "2027-01-31 00:00:00+00:00"
    with pytest.raises(NotAllowed):
        tokens.expiry("some day", world.now)


def test_people_see_and_revoke_their_own_and_an_admin_everybodys(world: World) -> None:
    issued(world, "bob")
    issued(world, "alice")
    number = Token.objects.get(person__name="Alice").pk
    assert [each.person.name for each in tokens.listed(access.person("bob"))] == ["Bob"]
    assert [each.person.name for each in tokens.listed(None)] == ["Alice", "Bob"]
    with pytest.raises(access.NotFound) as stranger:
        tokens.revoke(world.by("bob").actor, number)
    with pytest.raises(access.NotFound) as nothing:
        tokens.revoke(world.by("bob").actor, 999)
    assert stranger.value.message.replace(str(number), "999") == nothing.value.message
    assert tokens.revoke(world.by("adele").actor, number).person.name == "Alice"
    with pytest.raises(access.NotFound):
        tokens.revoke(world.by("adele").actor, number)
    with pytest.raises(access.NotFound):
        tokens.revoke(world.by("adele").actor, 2**64)


def test_a_token_caps_the_role_of_its_person(world: World) -> None:
    adele, alice = access.person("adele"), access.person("alice")
    for scope, role in (("read", Role.VIEWER), ("write", Role.RESPONDER), ("admin", Role.ADMIN)):
        token = tokens.named(tokens.issue(adele, scope, [scope], None))
        assert tokens.capped(access.actor_of(adele, world.process), token).role is role
    reads = tokens.named(tokens.issue(alice, "reads", ["read"], None))
    writes = tokens.named(tokens.issue(alice, "writes", ["write"], None))
    assert not tokens.capped(access.actor_of(alice, world.process), reads).authority
    assert tokens.capped(access.actor_of(alice, world.process), writes).authority
