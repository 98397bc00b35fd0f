"""The rules of joining: who is let in, and as whom. Nobody becomes somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from musterpoint import access, people, process
from musterpoint.accounts import joining, opening
from musterpoint.accounts.joining import Comer
from musterpoint.accounts.models import Account
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.store.models import Person
from tests.accounts.conftest import has_account, names
from tests.actions.telling import refused
from tests.conftest import World

ANA = Comer("Ana Ruiz", ("ana@example.com",))


def let_in(comer: Comer, **rules: Any) -> bool:
    try:
        joining.must_be_let_in(comer, Process(**rules))
    except NotAllowed:
        return False
    return True


def test_by_default_nobody_joins_without_an_invitation() -> None:
    assert not let_in(ANA)
    assert not let_in(Comer("Ana", ("ana@example.com",), ("github:ana", "slack:U1"), "T1", lambda: True))


@pytest.mark.parametrize(
    ("address", "joins"),
    [
        ("ana@example.com", True),
        ("ANA@EXAMPLE.COM", True),
        ("ana@sub.example.com", False),
        ("ana@notexample.com", False),
        ("ana@example.com.evil.example", False),
        ("ana@evil.example@example.com", True),  # its last part is the domain that gets the mail
        ('"ana@example.com"@evil.example', False),
        ("example.com", False),
    ],
)
def test_a_domain_is_the_whole_domain(address: str, joins: bool) -> None:
    assert let_in(Comer("Ana", (address,)), join_domains=("Example.com",)) is joins


def test_members_of_the_workspace_and_of_the_organisation_join() -> None:
    assert let_in(Comer("Ana", workspace="T1"), join_slack="T1")
    assert not let_in(Comer("Ana", workspace="T2"), join_slack="T1")
    assert not let_in(Comer("Ana", workspace=""), join_slack="")
    assert let_in(Comer("Ana", in_organisation=lambda: True), join_github="acme")
    assert not let_in(Comer("Ana", in_organisation=lambda: False), join_github="acme")


def test_the_organisation_is_asked_only_where_nothing_else_lets_them_in() -> None:
    def asked() -> bool:
        raise AssertionError("asked")

    assert let_in(Comer("Ana", ("ana@example.com",), in_organisation=asked), join_domains=("example.com",))
    assert not let_in(Comer("Ana", in_organisation=asked))


def person_of(world: World, comer: Comer, **values: Any) -> Person:
    return joining.person_of(comer, "responder", world.process, **values)


def test_a_proven_address_leads_to_its_person(world: World) -> None:
    people.link(world.by("adele"), "bob", "email:Bob@Corp.example")
    found = person_of(world, Comer("Robert", ("bob@corp.EXAMPLE",), ("github:bobby",)))
    assert found == access.person("bob")
    assert found.name == "Bob"
    assert names(found) == ["account:bob", "email:bob@corp.example", "github:bobby"]


def test_somebody_new_gets_the_role_of_the_rule(world: World) -> None:
    new = joining.person_of(ANA, "viewer", world.process)
    assert (new.name, new.role, names(new)) == ("Ana Ruiz", "viewer", ["email:ana@example.com"])
    assert person_of(world, ANA) == new


def test_an_identity_of_somebody_else_is_never_taken_over(world: World) -> None:
    people.link(world.by("adele"), "alice", "github:alice")
    people.link(world.by("adele"), "bob", "email:bob@corp.example")
    found = person_of(world, Comer("Bob", ("bob@corp.example",), ("github:alice",)))
    assert found == access.person("bob")
    assert names(access.person("alice")) == ["account:alice", "github:alice"]
    wanted = person_of(world, Comer("Eve", ("bob@corp.example",)), wanted=access.person("charlie"))
    assert wanted == access.person("charlie")
    assert names(wanted) == ["account:charlie"]


@pytest.mark.parametrize("name", ["Alice", "alice", "SIRT", "bob", "@alice", "person:1", "account:sirt", "Al\u200bice"])
def test_a_profile_s_name_gives_nobody_authority(world: World, name: str) -> None:
    """Whoever signs in by a service chooses the name in their profile."""
    world.runs(authority=("alice", "Alice", "Nia Bell"), sirt=("account:sirt", "sirt"))
    new = person_of(world, Comer(name, ("eve@example.com",), ("github:eve",)))
    actor = access.actor_of(new, world.process)
    assert not actor.authority
    assert actor.identities.isdisjoint({"alice", "Alice", "sirt", "account:sirt", "person:1"} - {f"person:{new.pk}"})
    assert access.person("alice").pk != new.pk
    assert not access.actor_of(person_of(world, Comer("Nia Bell", ("nia@evil.example",))), world.process).authority


def test_a_name_is_found_for_everybody(world: World) -> None:
    assert person_of(world, Comer("", ("ana.ruiz@example.com",))).name == "ana.ruiz"
    assert person_of(world, Comer("")).name == "Somebody"
    assert person_of(world, Comer("")).name == "Somebody 2"
    assert person_of(world, Comer("x" * 500, ("x@example.com",))).name == "x" * 200
    long = person_of(world, Comer("x" * 500, ("y@example.com",))).name
    assert long.endswith("(y@example.com)")
    assert len(long) <= 200


def test_somebody_shut_out_does_not_come_back_by_another_door(world: World) -> None:
    account = has_account("bob")
    people.link(world.by("adele"), "bob", "github:bob")
    Account.objects.filter(pk=account.pk).update(is_active=False)
    with refused("deactivated"):
        person_of(world, Comer("Bob", (), ("github:bob",)))


def test_a_claimed_address_yields_to_a_proven_one(world: World) -> None:
    squatter = has_account("charlie", "ana@example.com", verified=False)
    assert not opening.is_free("ANA@example.com")
    assert opening.owner_of(["ana@example.com"]) is None
    opening.freed("ana@example.com")
    squatter.refresh_from_db()
    assert opening.is_free("ana@example.com")
    assert not opening.has_address(squatter)


def test_a_proven_address_does_not_yield(world: World) -> None:
    has_account("bob", "bob@example.com")
    found = opening.owner_of(["BOB@example.com"])
    assert found
    assert found[0].person == access.person("bob")


def test_merged_people_keep_their_accounts(world: World) -> None:
    account = has_account("bob")
    people.merge(world.by("adele"), "bob", "charlie")
    account.refresh_from_db()
    assert account.person == access.person("charlie")


# --- the settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'domains = ["@example.com"]',
        'domains = ["*.example.com"]',
        'domains = ["example"]',
        'domains = ["example.com "]',
        'domains = [""]',
        'github_organisation = "acme/team"',
        'slack_workspace = "acme"',
        'role = "admin"',
        'role = ""',
        "domains = true",
    ],
)
def test_a_rule_that_is_misread_lets_nobody_in(tmp_path: Path, line: str) -> None:
    (tmp_path / process.FILE).write_text(f"[accounts]\n{line}\n")
    read, problems = process.load(tmp_path)
    assert (read.join_domains, read.join_github, read.join_slack, read.join_role) == ((), "", "", "responder")
    assert [each.where.partition(" ")[0] for each in problems if each.fatal] == ["[accounts]"]


def test_the_rules_are_read(tmp_path: Path) -> None:
    (tmp_path / process.FILE).write_text(
        '[accounts]\ndomains = ["example.com", "corp.example"]\ngithub_organisation = "acme"\n'
        'slack_workspace = "T0123ABCD"\nrole = "viewer"\n'
    )
    read, problems = process.load(tmp_path)
    assert read.join_domains == ("example.com", "corp.example")
    assert (read.join_github, read.join_slack, read.join_role) == ("acme", "T0123ABCD", "viewer")
    assert not [each for each in problems if each.fatal]
