"""The manifest asks for exactly what the code uses, the page posts it to the owner, and a code becomes an app once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from musterpoint.core.decision import NotAllowed
from musterpoint.integrations.github import converting, events, manifest
from tests.github.github import GitHub, serving

ADDRESS = "https://incidents.example.com"


def test_with_an_address_github_is_told_where_to_send_what_happens() -> None:
    made = manifest.manifest(f"{ADDRESS}/")
    assert made["hook_attributes"] == {"url": f"{ADDRESS}/hooks/github", "active": True}
    assert made["redirect_url"] == f"{ADDRESS}/settings/github"
    assert (made["url"], made["public"]) == (ADDRESS, False)
    assert made["default_permissions"]["issues"] == "write"
    assert made["default_permissions"]["metadata"] == "read"
    json.dumps(made)


def test_the_events_are_those_that_are_taken_in_and_every_one_has_its_permission() -> None:
    """GitHub refuses the whole manifest for an event without one: all of ours are of issues."""
    made = manifest.manifest(ADDRESS)
    assert set(made["default_events"]) == set(events.USED)
    assert set(made["default_events"]) <= {"issues", "issue_comment", "sub_issues"}


def test_poll_only_needs_no_address_and_has_no_webhook_at_all() -> None:
    """One that is there but inactive would need an address as well."""
    made = manifest.manifest("", hook=False)
    assert "hook_attributes" not in made
    assert "default_events" not in made
    assert made["redirect_url"] == "http://127.0.0.1:8000/settings/github"
    assert manifest.manifest(ADDRESS, hook=False)["url"] == ADDRESS


@pytest.mark.parametrize("address", ["", "http://incidents.example.com"])
def test_without_an_address_that_github_can_reach_there_is_an_error(address: str) -> None:
    with pytest.raises(NotAllowed) as error:
        manifest.manifest(address)
    assert "MUSTERPOINT_ADDRESS" in error.value.message
    assert "--poll-only" in error.value.hint


@pytest.mark.parametrize(
    ("web", "organisation", "repository", "urls"),
    [
        ("", "", "", ["https://github.com/settings/apps/new"]),
        ("", "halden-ferries", "", ["https://github.com/organizations/halden-ferries/settings/apps/new"]),
        (
            "https://git.example.com/",
            "",
            "halden-ferries/CloudProject",
            [
                "https://git.example.com/organizations/halden-ferries/settings/apps/new",
                "https://git.example.com/settings/apps/new",
            ],
        ),
    ],
)
def test_it_goes_to_the_owner_of_the_repository(web: str, organisation: str, repository: str, urls: list[str]) -> None:
    places = manifest.form_addresses(web, organisation, repository)
    assert [url for _, url in places] == urls
    made = manifest.manifest('https://incidents.example.com/"><b>')
    page = manifest.page(made, places)
    assert re.findall(r'<form action="([^"]+)" method="post">', page) == urls
    for value in re.findall(r'name="manifest" value="([^"]+)"', page):
        assert json.loads(unescape(value)) == made
    assert "<b>" not in page
    assert "musterpoint github app CODE" in page


@pytest.mark.parametrize("name", ["halden ferries", "../settings", "halden-", "a" * 40])
def test_what_is_no_organisation_is_refused(name: str) -> None:
    with pytest.raises(NotAllowed, match="organisation"):
        manifest.form_addresses("", name, "")


# --- the code ------------------------------------------------------------------------------------------------------


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with serving() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        yield running


def test_a_code_becomes_the_app_once(github: GitHub) -> None:
    code = github.manifest_code()
    made = converting.converted(code, 3)
    assert (made.id, made.private_key) == (str(github.app_id), github.private_key)
    assert made.hook_secret == github.webhook_secret
    assert made.url.endswith("/apps/musterpoint")
    assert github.private_key not in repr(made)
    assert github.webhook_secret not in repr(made)
    with pytest.raises(NotAllowed) as error:
        converting.converted(code, 3)
    assert error.value.code == "bad_code"
    assert "github manifest" in error.value.hint


def test_a_code_that_is_too_old_is_refused(github: GitHub) -> None:
    code = github.manifest_code()
    github.clock.move(3601)
    with pytest.raises(NotAllowed, match="does not take this code"):
        converting.converted(code, 3)


def test_where_nobody_knows_whether_it_was_done_it_says_what_to_look_at(github: GitHub) -> None:
    github.fails("POST", "/app-manifests/*", 502)
    with pytest.raises(NotAllowed) as error:
        converting.converted(github.manifest_code(), 3)
    assert "nobody knows" in error.value.message
    assert "make a private key" in error.value.hint


def test_where_nothing_was_sent_the_code_can_be_used_again(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:1")
    with pytest.raises(NotAllowed) as error:
        converting.converted("abc", 3)
    assert "can still be used" in error.value.hint


def test_the_whole_address_is_taken_for_its_code() -> None:
    assert converting.code_of(" a180b1a3d2 ") == "a180b1a3d2"
    assert converting.code_of(f"{ADDRESS}/settings/github?code=a180&state=x") == "a180"
    assert converting.code_of("http://127.0.0.1:8000/accounts/login/?next=/settings/github%3Fcode%3Da180") == "a180"


@pytest.mark.parametrize("given", ["", "../../user", "https://example.com/?state=7", "two words"])
def test_what_is_no_code_is_not_sent(given: str) -> None:
    with pytest.raises(NotAllowed) as error:
        converting.code_of(given)
    assert error.value.code == "bad_code"
