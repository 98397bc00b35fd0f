"""One-time links: the first account, invitations, sign-in links. Each works once, for whom it is meant."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from pytest_django import Settings

from musterpoint import access, people
from musterpoint.accounts import links, lockout
from musterpoint.accounts.models import Account, Link
from musterpoint.store.models import Identity, Person
from tests.accounts.conftest import PASSWORD, counted, has_account, names, signs_in, who
from tests.actions.telling import refused
from tests.conftest import World
from tests.web.conftest import Site, runs_under

BASE = "http://127.0.0.1:8000/"
ZOE = {"name": "Zoe Lund", "email": "zoe@example.com", "password": PASSWORD}


def local(address: str | None) -> str:
    assert address is not None
    assert address.startswith(f"{BASE}join/")
    return address.removeprefix(BASE[:-1])


def invited(site: Site, **values: Any) -> str:
    return f"/join/{links.invite(site.world.by('adele'), **values)[1]}"


def sign_in_link(site: Site, who: str) -> str:
    return f"/join/{links.sign_in(site.world.by('adele'), who)[1]}"


# --- the first account ---------------------------------------------------------------------------------------------


def test_the_first_person_becomes_admin_and_the_link_is_gone(site: Site) -> None:
    address = local(links.set_up_link(BASE))
    browser = Client()
    assert "Yours is the first" in browser.get(address).content.decode()
    assert browser.post(address, ZOE).status_code == 302
    assert who(browser) == "Zoe Lund"
    zoe = Account.objects.get().person
    assert zoe is not None
    assert (zoe.role, names(zoe)) == ("admin", ["email:zoe@example.com"])
    assert Client().get(address).status_code == 404
    assert links.set_up_link(BASE) is None


def test_the_first_person_may_be_the_one_whom_init_made(site: Site) -> None:
    Identity.objects.create(name=f"account:{getpass.getuser()}", person=access.person("adele"))
    address = local(links.set_up_link(BASE))
    assert "I am Adele" in Client().get(address).content.decode()
    browser = Client()
    browser.post(address, {**ZOE, "name": "", "known": "on"})
    assert who(browser) == "Adele"


def test_whom_init_called_like_their_account_says_their_name(site: Site) -> None:
    Identity.objects.create(name=f"account:{getpass.getuser()}", person=access.person("adele"))
    browser = Client()
    browser.post(local(links.set_up_link(BASE)), {**ZOE, "known": "on"})
    assert who(browser) == "Zoe Lund"
    assert "account:adele" in names(access.person("Zoe Lund"))


def test_any_number_of_set_up_links_makes_one_first_account(site: Site) -> None:
    first, second = local(links.set_up_link(BASE)), local(links.set_up_link(BASE))
    assert Client().post(first, ZOE).status_code == 302
    assert Client().post(second, {**ZOE, "email": "eve@example.com"}).status_code == 404
    assert Account.objects.count() == 1


def test_a_set_up_link_is_nothing_once_somebody_came_in_otherwise(site: Site) -> None:
    address = local(links.set_up_link(BASE))
    has_account("bob")
    assert Client().get(address).status_code == 404
    assert Client().post(address, ZOE).status_code == 404


def test_the_first_password_is_a_strong_one(site: Site) -> None:
    address = local(links.set_up_link(BASE))
    for weak in ("short", "1234567890123", "passwordpassword1"[:8], "zoe@example.com", ""):
        answer = Client().post(address, {**ZOE, "password": weak})
        assert answer.status_code == 400, weak
    assert "zoe@example.com" in answer.content.decode()
    assert not Account.objects.exists()


# --- invitations ---------------------------------------------------------------------------------------------------


def test_somebody_joins_by_invitation_with_its_role(site: Site) -> None:
    address = invited(site, role="viewer")
    browser = Client()
    assert "Adele invites you" in browser.get(address).content.decode()
    assert browser.post(address, ZOE).status_code == 302
    assert who(browser) == "Zoe Lund"
    zoe = access.person("Zoe Lund")
    assert zoe.role == "viewer"
    assert names(zoe) == []
    again, _ = signs_in("ZOE@example.com")
    assert who(again) == "Zoe Lund"


def test_a_link_works_once(site: Site) -> None:
    address = invited(site)
    Client().post(address, ZOE)
    before = counted(site.world)
    for answer in (Client().get(address), Client().post(address, {**ZOE, "email": "eve@example.com"})):
        assert answer.status_code == 404
        assert "This link does not work" in answer.content.decode()
    assert counted(site.world) == before


def test_opening_a_link_uses_nothing_up(site: Site) -> None:
    address = invited(site)
    for _ in range(3):  # a mail scanner
        Client().get(address)
        Client().head(address)
    Client().post(address, {**ZOE, "password": "weak"})
    assert Client().post(address, ZOE).status_code == 302


@pytest.mark.parametrize("address", ["/join/x", "/join/%00", "/join/" + "a" * 5000, "/join/%ED%A0%80"])
def test_an_unknown_link_answers_as_a_used_one(site: Site, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()


@pytest.mark.parametrize(
    ("make", "lasts"), [(invited, timedelta(days=7)), (lambda site: sign_in_link(site, "bob"), timedelta(hours=1))]
)
def test_a_link_expires(site: Site, make: Callable[[Site], str], lasts: timedelta) -> None:
    address = make(site)
    site.world.now += lasts - timedelta(seconds=1)
    assert Client().get(address).status_code == 200
    site.world.now += timedelta(seconds=2)
    assert Client().get(address).status_code == 404
    assert Client().post(address, ZOE).status_code == 404


def test_a_withdrawn_invitation_works_no_more(site: Site) -> None:
    address = invited(site)
    [waiting] = links.waiting(site.world.by("adele"))
    links.withdraw(site.world.by("adele"), waiting.pk)
    assert Client().post(address, ZOE).status_code == 404
    with refused("not_found"):
        links.withdraw(site.world.by("adele"), waiting.pk)


def test_only_digests_are_stored(site: Site) -> None:
    address = invited(site)
    text = address.rpartition("/")[2]
    assert text not in str(list(Link.objects.values()))
    assert Client().get(f"/join/{Link.objects.get().digest}").status_code == 404


def test_an_invitation_with_an_address_leads_to_whoever_is_known_by_it(site: Site) -> None:
    people.link(site.world.by("adele"), "bob", "email:bob@corp.example")
    address = invited(site, email="Bob@Corp.example", role="viewer")
    browser = Client()
    assert "Join as Bob" in browser.get(address).content.decode()
    browser.post(address, {"email": "eve@example.com", "password": PASSWORD})  # it cannot be changed
    assert who(browser) == "Bob"
    assert Account.objects.get().email == "bob@corp.example"
    assert access.person("bob").role == "responder"


def test_an_invitation_for_somebody_known_from_chat_makes_them_an_account(site: Site) -> None:
    people.add(site.world.by("adele"), "Ben Okafor", "responder", "", ["slack:U7BEN"])
    address = invited(site, who="Ben Okafor")
    browser = Client()
    browser.post(address, {"email": "ben@example.com", "password": PASSWORD})
    assert who(browser) == "Ben Okafor"
    assert names(access.person("Ben Okafor")) == ["slack:U7BEN"]


def test_an_address_that_is_only_claimed_leads_to_nobody(site: Site) -> None:
    """Somebody invited without an address writes that of a person with authority."""
    people.link(site.world.by("adele"), "alice", "email:alice@corp.example")
    browser = Client()
    browser.post(invited(site), {**ZOE, "email": "alice@corp.example"})
    assert who(browser) == "Zoe Lund"
    assert names(access.person("Zoe Lund")) == []
    assert not access.actor("Zoe Lund", site.world.process).authority
    assert names(access.person("alice")) == ["account:alice", "email:alice@corp.example"]


@pytest.mark.parametrize(
    "name", ["Alice", "alice", "ALICE", "sirt", "Al\u200bice", "@alice", " Alice ", "bob", "", ":"]
)
def test_nobody_takes_a_name_that_means_somebody_else(site: Site, name: str) -> None:
    """Authority and the security team can be given by name."""
    address = invited(site)
    answer = Client().post(address, {**ZOE, "name": name})
    assert answer.status_code == 400
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("name", ["account:sirt", "person:1", "email:cto@example.com"])
def test_no_name_is_an_identity(site: Site, name: str) -> None:
    Client().post(invited(site), {**ZOE, "name": name})
    named = Account.objects.get().person
    assert named is not None
    assert ":" not in named.name


def test_an_address_with_an_account_is_not_given_twice(site: Site) -> None:
    has_account("bob")
    address = invited(site)
    assert (
        "Another account has this address"
        in Client().post(address, {**ZOE, "email": "BOB@example.com"}).content.decode()
    )
    with refused("has_account"):
        links.invite(site.world.by("adele"), "bob@example.com")
    with refused("has_account"):
        links.invite(site.world.by("adele"), who="bob")
    with refused("bad_email"):
        links.invite(site.world.by("adele"), "bob")
    with refused("no_such_role"):
        links.invite(site.world.by("adele"), role="owner")


@pytest.mark.parametrize("account", ["alice", "bob", "victor", "charlie"])
def test_only_an_admin_makes_links(site: Site, account: str) -> None:
    call = site.world.by(account)
    for step in (lambda: links.invite(call), lambda: links.sign_in(call, "bob"), lambda: links.waiting(call)):
        with refused("not_an_admin"):
            step()
    assert not Link.objects.exists()


def test_an_invitation_is_mailed_where_mail_is_configured(site: Site, settings: Settings) -> None:
    settings.SMTP_URL = "smtp://mail.example"
    text = site.by("adele").post("/settings/people/invitations", {"email": "zoe@example.com"}).content.decode()
    assert "It was mailed to zoe@example.com" in text
    [letter] = mail.outbox
    assert letter.to == ["zoe@example.com"]
    found = re.search(r"http://testserver(/join/\S+)", str(letter.body))
    assert found
    assert found[0] in text
    browser = Client()
    browser.post(found[1], {"name": "Zoe Lund", "password": PASSWORD})
    assert who(browser) == "Zoe Lund"
    assert names(access.person("Zoe Lund")) == ["email:zoe@example.com"]


def test_without_mail_the_address_is_shown_to_be_passed_on(site: Site) -> None:
    text = site.by("adele").post("/settings/people/invitations", {"email": "zoe@example.com"}).content.decode()
    assert "Pass this address on" in text
    assert mail.outbox == []


# --- sign-in links -------------------------------------------------------------------------------------------------


def test_a_person_signs_in_by_link_and_chooses_a_new_password(site: Site) -> None:
    has_account("bob")
    old, _ = signs_in("bob@example.com")
    assert who(old) == "Bob"
    browser, address = Client(), sign_in_link(site, "bob")
    assert browser.post(address, {"password": "short"}).status_code == 400
    assert browser.post(address, {"password": "another harbour 8"}).status_code == 302
    assert who(browser) == "Bob"
    assert who(old) == ""
    assert who(signs_in("bob@example.com", "another harbour 8")[0]) == "Bob"
    assert Client().post(address).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("/incidents/1", "/incidents/1"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("javascript:x", "/")],
)
def test_a_link_may_lead_to_a_page_of_ours_alone(site: Site, wanted: str, leads_to: str) -> None:
    _, text = links.sign_in(site.world.by("adele"), "bob")
    answer = Client().post(f"/join/{text}?next={wanted}")
    assert (answer.status_code, answer["Location"]) == (302, leads_to)


def test_without_an_account_the_link_makes_one(site: Site) -> None:
    browser = Client()
    assert browser.post(sign_in_link(site, "alice")).status_code == 302
    assert who(browser) == "Alice"
    assert "none yet" in browser.get("/settings/me").content.decode()
    assert "@" not in browser.get("/settings/people").content.decode()
    Client().post(sign_in_link(site, "alice"))
    assert Account.objects.count() == 1


def test_whoever_a_link_was_made_for_sees_that(site: Site) -> None:
    browser = Client()
    browser.post(sign_in_link(site, "alice"))
    page = browser.get("/settings/me").content.decode()
    assert "Sign-in links made for you" in page
    assert "Adele" in page


def test_a_link_replaces_whoever_was_signed_in_with_the_browser(site: Site) -> None:
    has_account("bob")
    browser, _ = signs_in("bob@example.com")
    browser.post(sign_in_link(site, "alice"))
    assert who(browser) == "Alice"


def test_somebody_shut_out_gets_no_link_and_theirs_work_no_more(site: Site) -> None:
    has_account("bob")
    address = sign_in_link(site, "bob")
    lockout.deactivate(site.world.by("adele"), "bob")
    assert Client().get(address).status_code == 404
    assert Client().post(address).status_code == 404
    with refused("deactivated"):
        links.sign_in(site.world.by("adele"), "bob")


# --- races ---------------------------------------------------------------------------------------------------------


def at_once(steps: list[Callable[[], int]]) -> list[int]:
    def run(step: Callable[[], int]) -> int:
        try:
            return step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(run, steps))


def sends(address: str, number: int) -> Callable[[], int]:
    given = {"name": f"Zoe {number}", "email": f"zoe{number}@example.com", "password": PASSWORD}
    return lambda: Client().post(address, given).status_code


def test_of_many_who_use_a_link_at_once_one_comes_in(real_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs_under(real_world, monkeypatch)
    address = f"/join/{links.invite(real_world.by('adele'))[1]}"
    assert at_once([sends(address, number) for number in range(6)]) == [302, *[404] * 5]
    assert Account.objects.count() == 1
    assert Person.objects.filter(name__startswith="Zoe").count() == 1


def test_of_many_who_set_up_at_once_one_becomes_admin(real_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs_under(real_world, monkeypatch)
    addresses = [local(links.set_up_link(BASE)) for _ in range(5)]
    steps = [sends(address, number) for number, address in enumerate(addresses)]
    assert at_once(steps) == [302, *[404] * 4]
    assert Account.objects.count() == 1
