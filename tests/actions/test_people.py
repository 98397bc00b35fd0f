"""People and their identities."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from musterpoint import access, actions, people
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.store import models
from tests.actions.telling import declared, read, secretly_declared, words
from tests.conftest import World


def names(person: models.Person) -> list[str]:
    return sorted(each.name for each in person.identities.all())


def refused(code: str, step: Callable[[], object]) -> str:
    """The hint with which it is refused."""
    before = list(models.Person.objects.order_by("pk").values_list("pk", "name", "role", "zone"))
    identities = list(models.Identity.objects.order_by("pk").values_list("name", "person"))
    with pytest.raises((NotAllowed, access.NotFound)) as caught:
        step()
    found, _, hint = words(caught)
    assert found == code
    assert list(models.Person.objects.order_by("pk").values_list("pk", "name", "role", "zone")) == before
    assert list(models.Identity.objects.order_by("pk").values_list("name", "person")) == identities
    return hint


def test_an_admin_adds_people(world: World) -> None:
    added = people.add(
        world.by("adele"), " Nia Bell ", "responder", "Europe/Berlin", ["slack:U7NIA", "email:Nia@Example.com"]
    )
    assert people.shape(added, world.process) == {
        "id": f"person:{added.pk}",
        "name": "Nia Bell",
        "role": "responder",
        "authority": False,
        "zone": "Europe/Berlin",
        "identities": ["email:nia@example.com", "slack:U7NIA"],
    }


STEPS: dict[str, Callable[[Call], object]] = {
    "add": lambda call: people.add(call, "Nia", "responder", "", []),
    "link": lambda call: people.link(call, "bob", "slack:U7BOB"),
    "unlink": lambda call: people.unlink(call, "account:bob"),
    "merge": lambda call: people.merge(call, "bob", "alice"),
    "change": lambda call: people.change(call, "bob", "Robert", "", None),
}


@pytest.mark.parametrize("step", list(STEPS))
def test_only_an_admin_changes_people(world: World, step: str) -> None:
    for account in ("alice", "bob", "victor"):
        assert refused("not_an_admin", lambda account=account: STEPS[step](world.by(account)))  # type: ignore[misc]
    STEPS[step](world.by("adele"))


@pytest.mark.parametrize("wanted", ["bob", "@bob", "BOB", "Bob", "account:bob", " bob ", "slack:u7bob", "slack:U7BOB"])
def test_somebody_is_named_by_account_identity_or_name(world: World, wanted: str) -> None:
    people.link(world.by("adele"), "bob", "slack:U7BOB")
    assert access.person(wanted).name == "Bob"
    assert access.person(f"person:{access.person(wanted).pk}").name == "Bob"


def test_a_first_name_is_enough_while_it_names_one(world: World) -> None:
    people.add(world.by("adele"), "Nia Bell", "responder", "", [])
    assert access.person("nia").name == "Nia Bell"
    people.add(world.by("adele"), "Nia Hart", "responder", "", [])
    assert "person:NUMBER" in refused("not_found", lambda: access.person("nia"))
    assert access.person("Nia Hart").name == "Nia Hart"


@pytest.mark.parametrize(
    "wanted", ["", "nobody", "person:0", "person:999", "person:²", "person:" + "9" * 30, "%", "_ob"]
)
def test_nobody_is_called_like_that(world: World, wanted: str) -> None:
    assert "people list" in refused("not_found", lambda: access.person(wanted))


@pytest.mark.parametrize("identity", ["bob", "slack:", "twitter:bob", "slack:U7 BOB", "", ":", "account"])
def test_an_identity_has_its_form(world: World, identity: str) -> None:
    assert "slack:U…" in refused("bad_identity", lambda: people.link(world.by("adele"), "bob", identity))


def test_an_identity_is_one_persons(world: World) -> None:
    people.link(world.by("adele"), "bob", "github:BobTheCat")
    assert names(access.person("bob")) == ["account:bob", "github:bobthecat"]
    hint = refused("taken", lambda: people.link(world.by("adele"), "alice", "github:bobthecat"))
    assert "Unlink it first" in hint
    people.unlink(world.by("adele"), "github:bobthecat")
    people.link(world.by("adele"), "alice", "github:BOBTHECAT")
    assert names(access.person("alice")) == ["account:alice", "github:bobthecat"]
    assert refused("not_found", lambda: people.unlink(world.by("adele"), "github:nobody"))


def test_if_one_identity_is_taken_nobody_is_added(world: World) -> None:
    refused("taken", lambda: people.add(world.by("adele"), "Nia", "responder", "", ["slack:U7NIA", "account:bob"]))


def test_a_zone_is_one_that_exists(world: World) -> None:
    for zone in ("Berlin", "../../etc/passwd", "Europe/Berlin\0", "Europe"):
        assert "Europe/Berlin" in refused(
            "bad_zone",
            lambda zone=zone: people.change(world.by("adele"), "bob", "", "", zone),  # type: ignore[misc]
        )
    assert people.change(world.by("adele"), "bob", "", "", "Asia/Kolkata").zone == "Asia/Kolkata"
    assert people.change(world.by("adele"), "bob", "Robert", "", None).zone == "Asia/Kolkata"
    assert people.change(world.by("adele"), "Robert", "", "viewer", "").zone == ""
    assert people.shape(access.person("bob"), world.process)["role"] == "viewer"


def test_two_accounts_become_one_person_and_the_journal_keeps_the_name_it_had(world: World) -> None:
    ref = declared(world)
    actions.note(world.by("bob"), ref, "looking")
    secret = secretly_declared(world)
    old = access.person("bob").pk
    into = people.merge(world.by("adele"), "bob", "alice")
    assert names(into) == ["account:alice", "account:bob", f"person:{old}"]
    shown = people.shape(into, world.process)["identities"]
    assert shown == ["account:alice", "account:bob"]
    assert access.person(f"person:{old}") == into
    assert not models.Person.objects.filter(pk=old).exists()
    assert access.person("account:bob") == access.person("alice")
    assert [each.who and each.who.name for each in read(world, ref, "alice")] == ["Bob", "Bob"]
    assert access.seen(world.by("alice").actor, secret).ref == secret
    refused("same_person", lambda: people.merge(world.by("adele"), "account:bob", "alice"))


def test_two_members_of_one_incident_become_one(world: World) -> None:
    secret = secretly_declared(world)
    sirt, bob = access.person("sirt"), access.person("bob")
    models.Member.objects.create(incident=models.Incident.objects.get(ref=secret), identity=f"person:{sirt.pk}")
    people.merge(world.by("adele"), "sirt", f"person:{bob.pk}")
    assert access.seen(world.by("bob").actor, secret).ref == secret


def test_there_is_always_an_admin(world: World) -> None:
    assert refused("last_admin", lambda: people.change(world.by("adele"), "adele", "", "responder", None))
    assert refused("last_admin", lambda: people.merge(world.by("adele"), "adele", "bob"))
    people.change(world.by("adele"), "bob", "", "admin", None)
    people.change(world.by("adele"), "adele", "", "responder", None)
    assert refused("last_admin", lambda: people.change(world.by("bob"), "bob", "", "viewer", None))


def test_authority_is_given_by_the_settings_alone(world: World) -> None:
    assert world.by("alice").actor.authority
    assert not world.by("adele").actor.authority
    for named in ("Bob", "bob", "account:bob", f"person:{access.person('bob').pk}"):
        world.runs(authority=(named,))
        assert world.by("bob").actor.authority
        assert not world.by("alice").actor.authority
