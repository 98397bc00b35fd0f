"""Settings, People and Your account: everybody reads, an admin changes, everybody speaks for themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musterpoint import access, people
from musterpoint.accounts import links, lockout
from musterpoint.accounts.models import Account, Link
from musterpoint.store.models import Identity, Person
from tests.accounts.conftest import has_account, names, signs_in, who
from tests.conftest import World
from tests.web.conftest import Site

PEOPLE = "/settings/people"


def number(account: str) -> int:
    return access.person(account).pk


def test_everybody_sees_who_is_who(site: Site) -> None:
    people.link(site.world.by("adele"), "bob", "github:bobby")
    for account in ("victor", "charlie", "adele"):
        page = site.page(account, PEOPLE)
        assert "github:bobby" in page
        assert "authority" in page
        one = site.page(account, f"{PEOPLE}/{number('bob')}")
        assert "account:bob, github:bobby" in one
        assert ("Make a sign-in link" in one) is (account == "adele")
        assert ("Invite somebody" in page) is (account == "adele")
    assert site.by("victor").get(f"{PEOPLE}/999999").status_code == 404
    assert site.by("victor").get(f"{PEOPLE}/{10**30}").status_code == 404
    assert Client().get(PEOPLE).status_code == 302


def test_an_admin_adds_changes_links_and_merges(site: Site) -> None:
    page = site.send("adele", f"{PEOPLE}/additions", name="Nia Bell", role="viewer", zone="", identities="slack:U7NIA")
    assert "Nia Bell was added." in page
    nia = access.person("Nia Bell")
    site.send("adele", f"{PEOPLE}/{nia.pk}/change", name="Nia Hart", role="responder", zone="Europe/Lisbon")
    site.send("adele", f"{PEOPLE}/{nia.pk}/identities", identity="github:Nia")
    site.send("adele", f"{PEOPLE}/{nia.pk}/identities/removal", identity="slack:U7NIA")
    nia.refresh_from_db()
    assert (nia.name, nia.role, nia.zone, names(nia)) == ("Nia Hart", "responder", "Europe/Lisbon", ["github:nia"])
    page = site.send("adele", f"{PEOPLE}/{nia.pk}/merger", into=str(number("bob")))
    assert "They are one person now: Bob." in page
    assert names(access.person("bob")) == ["account:bob", "github:nia", f"person:{nia.pk}"]


def test_what_the_rules_refuse_is_said_with_what_was_written(site: Site) -> None:
    one = f"{PEOPLE}/{number('alice')}"
    assert "account:bob is Bob" in site.send("adele", f"{one}/identities", status=409, identity="account:bob")
    assert "bad" not in site.send("adele", f"{one}/identities", status=409, identity="twitter:alice in wonderland")
    assert "is no time zone" in site.send("adele", f"{one}/change", status=409, name="Alice", zone="Mars/Base")
    assert site.send("adele", f"{one}/merger", status=404, into="")


STEPS: dict[str, Callable[[int], tuple[str, dict[str, str]]]] = {
    "add": lambda who: (f"{PEOPLE}/additions", {"name": "Eve"}),
    "invite": lambda who: (f"{PEOPLE}/invitations", {"role": "admin"}),
    "withdraw": lambda who: (f"{PEOPLE}/invitations/1/withdrawal", {}),
    "change": lambda who: (f"{PEOPLE}/{who}/change", {"name": "Eve", "role": "admin"}),
    "link": lambda who: (f"{PEOPLE}/{who}/identities", {"identity": "account:eve"}),
    "unlink": lambda who: (f"{PEOPLE}/{who}/identities/removal", {"identity": "account:bob"}),
    "merge": lambda who: (f"{PEOPLE}/{who}/merger", {"into": str(number("charlie"))}),
    "sign in": lambda who: (f"{PEOPLE}/{who}/sign-in", {}),
    "deactivate": lambda who: (f"{PEOPLE}/{who}/deactivation", {}),
    "activate": lambda who: (f"{PEOPLE}/{who}/activation", {}),
    "second factor": lambda who: (f"{PEOPLE}/{who}/second-factor/removal", {}),
}


def state() -> list[object]:
    queries = (Person.objects, Identity.objects, Account.objects.defer("last_login"), Link.objects)
    return [list(each.order_by("pk").values()) for each in queries]


@pytest.mark.parametrize("step", STEPS)
def test_only_an_admin_changes_anything(site: Site, step: str) -> None:
    has_account("bob", "bob@corp.example")
    for account in ("alice", "charlie", "victor"):
        site.by(account)
    before = state()
    address, fields = STEPS[step](number("bob"))
    for account in ("alice", "charlie", "victor"):
        assert "is not an admin" in site.send(account, address, status=409, **fields)
        assert site.by(account).get(address).status_code == 405
    assert Client().post(address, fields).status_code == 401
    assert state() == before


def test_a_sign_in_link_is_shown_once_and_works(site: Site) -> None:
    page = site.by("adele").post(f"{PEOPLE}/{number('bob')}/sign-in")
    found = re.search(r'value="http://testserver(/join/[^"]+)"', page.content.decode())
    assert found
    assert "no-store" in page["Cache-Control"]
    assert found[1] not in site.page("adele", PEOPLE)
    browser = Client()
    browser.post(found[1])
    assert who(browser) == "Bob"


def test_invitations_wait_and_are_withdrawn(site: Site) -> None:
    links.invite(site.world.by("adele"), "zoe@example.com", "viewer")
    assert "zoe@example.com" in site.page("adele", PEOPLE)
    assert "zoe@example.com" not in site.page("bob", PEOPLE)
    page = site.send("adele", f"{PEOPLE}/invitations/{Link.objects.get().pk}/withdrawal")
    assert "The invitation was withdrawn." in page
    assert "zoe@example.com" not in page


def test_somebody_is_shut_out_and_let_in_again(site: Site) -> None:
    has_account("bob")
    page = site.send("adele", f"{PEOPLE}/{number('bob')}/deactivation")
    assert "Activate the account" in page
    assert "deactivated" in site.page("victor", PEOPLE)
    page = site.send("adele", f"{PEOPLE}/{number('bob')}/activation")
    assert "Deactivate the account" in page


def test_the_page_asks_as_much_for_many_as_for_few(site: Site) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            site.page("adele", PEOPLE)
        return len(queries)

    site.page("adele", PEOPLE)
    few = asked()
    for each in range(30):
        people.add(site.world.by("adele"), f"Person {each}", "responder", "", [f"slack:U{each}"])
        has_account(f"Person {each}", f"person{each}@example.com")
    assert asked() == few


# --- oneself -------------------------------------------------------------------------------------------------------


def test_everybody_says_their_own_name_and_zone(site: Site) -> None:
    page = site.send("victor", "/settings/me", name="  Victor  Hale ", zone="Europe/Madrid")
    assert "Saved." in page
    victor = access.person("account:victor")
    assert (victor.name, victor.zone, victor.role) == ("Victor Hale", "Europe/Madrid", "viewer")
    assert "is no time zone" in site.send("victor", "/settings/me", status=409, name="Victor Hale", zone="Mars/Base")
    site.send("victor", "/settings/me", name="Victor Hale", zone="")
    assert access.person("account:victor").zone == ""


@pytest.mark.parametrize("name", ["Alice", "alice", "sirt", "account:sirt", "Ali\u200bce", "@alice", "Bob", ""])
def test_nobody_gives_themselves_a_name_that_means_somebody_else(site: Site, world: World, name: str) -> None:
    world.runs(authority=("alice",), sirt=("account:sirt", "sirt"))
    site.by("charlie").post("/settings/me", {"name": name, "zone": ""})
    actor = access.actor("account:charlie", world.process)
    assert not actor.authority
    assert actor.identities.isdisjoint({"sirt", "account:sirt", "Alice", "alice", "Bob"})


def test_the_page_of_oneself_shows_no_other_account(site: Site) -> None:
    has_account("bob", "bob@corp.example")
    assert "bob@corp.example" not in site.page("charlie", "/settings/me")


def test_somebody_shut_out_while_writing_loses_nothing(site: Site) -> None:
    has_account("bob")
    browser, _ = signs_in("bob@example.com")
    lockout.deactivate(site.world.by("adele"), "bob")
    answer = browser.post("/settings/me", {"name": "Bob of the long name", "zone": ""})
    assert answer.status_code == 401
    assert "Bob of the long name" in answer.content.decode()
