"""Settings, Tokens: made and shown once, used, revoked; one's own, and everybody's for an admin."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from musterpoint import access
from musterpoint.accounts import tokens
from musterpoint.accounts.models import Token
from tests.web.conftest import Site

HERE = "/settings/tokens"


def made(site: Site, account: str, **fields: str) -> str:
    """The text of a token that was made with the form."""
    page = site.send(account, HERE, status=200, **{"name": "laptop", "scope": "read", "expires": "90d", **fields})
    found = re.search(r'value="(mp_[\w-]{43})"', page)
    assert found is not None
    return found[1]


def test_without_one_the_page_says_what_to_do(site: Site) -> None:
    page = site.page("bob", HERE)
    assert "You have no token yet." in page
    assert "Everybody" not in page


def test_a_token_is_shown_once_and_works(site: Site) -> None:
    text = made(site, "bob", scope="write", expires="30d")
    token = tokens.found(text, site.world.now)
    assert token is not None
    assert (token.person.name, token.scopes) == ("Bob", "read write")
    assert token.expires_at == site.world.now + timedelta(days=30)
    page = site.page("bob", HERE)
    assert "laptop" in page
    assert text not in page
    answer = site.by("bob").get("/api/v1/incidents", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200


def test_neither_page_is_kept_by_anybody_and_it_is_in_no_address(site: Site) -> None:
    answer = site.by("bob").post(HERE, {"name": "laptop", "scope": "read", "expires": "never"})
    assert answer.status_code == 200
    assert "Location" not in answer
    for each in (answer, site.by("bob").get(HERE)):
        assert "no-store" in each["Cache-Control"]
    assert "mp_" not in str(dict(site.by("bob").session))


@pytest.mark.parametrize(
    ("account", "fields", "words"),
    [
        ("bob", {"name": " "}, "The name is empty."),
        ("bob", {"scope": "admin"}, "Bob is not an admin."),
        ("bob", {"scope": "root"}, "There is no scope"),
        ("victor", {"scope": "write"}, "Victor may only read."),
        ("bob", {"expires": "some day"}, "is not a time"),
        ("bob", {"expires": "2020-01-01"}, "has passed"),
    ],
)
def test_what_is_refused_is_told_and_what_was_written_is_kept(
    site: Site, account: str, fields: dict[str, str], words: str
) -> None:
    fields = {"name": "the big laptop", "scope": "read", "expires": "90d", **fields}
    page = site.send(account, HERE, status=409, **fields)
    assert words in page
    assert fields["name"] in page
    assert Token.objects.count() == 0


def test_nobody_is_offered_what_they_may_not_have(site: Site) -> None:
    for account, scopes in (("victor", ["read"]), ("bob", ["read", "write"]), ("adele", ["read", "write", "admin"])):
        assert re.findall(r'name="scope" value="(\w+)"', site.page(account, HERE)) == scopes


def test_one_that_expired_is_told(site: Site) -> None:
    made(site, "bob", expires="30d")
    assert "expired" not in site.page("bob", HERE)
    site.world.later(31 * 24 * 60)
    assert "expired" in site.page("bob", HERE)


def test_a_token_that_is_revoked_is_gone(site: Site) -> None:
    text = made(site, "bob")
    page = site.send("bob", f"{HERE}/{Token.objects.get().pk}/revocation")
    assert "The token laptop of Bob works no more." in page
    assert "You have no token yet." in page
    assert tokens.found(text, site.world.now) is None


def test_others_tokens_are_not_there(site: Site) -> None:
    text = made(site, "bob", name="bobs own")
    number = Token.objects.get().pk
    for account in ("charlie", "alice", "victor"):
        assert "bobs own" not in site.page(account, HERE)
        assert "bobs own" not in site.page(account, f"{HERE}?everybody")
        for wanted in (number, 99):
            page = site.send(account, f"{HERE}/{wanted}/revocation", status=404)
            assert f"There is no token {wanted}." in page
            assert "bobs own" not in page
    assert tokens.found(text, site.world.now) is not None


def test_an_admin_sees_and_revokes_everybodys(site: Site) -> None:
    made(site, "bob", name="bobs own")
    assert "bobs own" not in site.page("adele", HERE)
    assert "bobs own" in site.page("adele", f"{HERE}?everybody")
    page = site.send("adele", f"{HERE}/{Token.objects.get().pk}/revocation", everybody="1")
    assert "Nobody has a token." in page


def test_a_name_is_shown_harmlessly(site: Site) -> None:
    tokens.issue(access.person("bob"), "<script>alert(1)</script>", ["read"], None)
    assert "<script>alert" not in site.page("bob", HERE)


def test_whoever_is_signed_out_signs_in_first(site: Site) -> None:
    client = site.by("bob")
    client.logout()
    assert client.get(HERE).status_code == 302
    assert client.post(HERE, {"name": "laptop", "scope": "read"}).status_code == 401
    assert Token.objects.count() == 0
