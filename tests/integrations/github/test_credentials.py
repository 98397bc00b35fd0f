"""Whom we call as: by a token, as an installation, as the app itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from musterpoint.integrations.github import credentials
from musterpoint.integrations.github.answers import Trouble
from musterpoint.integrations.github.keys import Keys
from musterpoint.ports import NotSent
from tests.github.github import GitHub, serving
from tests.integrations.github.odd import Said, listening

REPOSITORY = "halden-ferries/CloudProject"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def github() -> Iterator[GitHub]:
    """Its clock stands."""
    with serving(NOW) as running:
        running.organisation("halden-ferries")
        running.repository(REPOSITORY)
        yield running


def app(github: GitHub, **changes: str) -> Keys:
    given = {"app_id": str(github.app_id), "private_key": github.private_key, "api": github.url}
    return Keys(**given | changes)


def asked_for_tokens(github: GitHub) -> int:
    return sum(each.path.endswith("/access_tokens") for each in github.requests)


def test_a_token_of_any_length_is_used_as_it_is() -> None:
    for token in ("t", "ghs_" + "x" * 500):
        assert credentials.authorization(Keys(token=token), "halden-ferries", NOW) == f"Bearer {token}"


def test_without_token_and_app_a_person_is_told() -> None:
    with pytest.raises(Trouble) as caught:
        credentials.authorization(Keys(), "halden-ferries", NOW)
    assert caught.value.code == "no_credentials"


def test_the_apps_own_token_is_signed_and_short_lived_and_older_than_now(github: GitHub) -> None:
    header = credentials.app_header(app(github), NOW)
    claims = jwt.decode(
        header.removeprefix("Bearer "), github.public_key, algorithms=["RS256"], options={"verify_exp": False}
    )
    assert claims["iss"] == str(github.app_id)
    assert claims["iat"] == NOW.timestamp() - 60
    assert 0 < claims["exp"] - NOW.timestamp() <= 600


def test_an_installation_is_found_by_its_repository_and_its_token_kept_until_shortly_before_its_end(
    github: GitHub,
) -> None:
    first = credentials.authorization(app(github), REPOSITORY, NOW)
    assert credentials.authorization(app(github), "Halden-Ferries", NOW + timedelta(minutes=54)) == first
    assert asked_for_tokens(github) == 1
    github.clock.move(56 * 60)
    second = credentials.authorization(app(github), REPOSITORY, NOW + timedelta(minutes=56))
    assert (second != first, asked_for_tokens(github)) == (True, 2)


def test_an_installation_whose_number_is_given_is_not_asked_for(github: GitHub) -> None:
    credentials.authorization(app(github, installation=str(github.installation)), REPOSITORY, NOW)
    assert [each.method for each in github.requests] == ["POST"]


def test_threads_that_need_a_token_at_once_ask_for_one(github: GitHub) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(credentials.authorization(app(github), REPOSITORY, NOW)))
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(found), len(set(found)), asked_for_tokens(github)) == (6, 1, 1)


def test_a_suspended_app_is_a_trouble_of_the_whole_connection(github: GitHub) -> None:
    github.suspend()
    with pytest.raises(Trouble) as caught:
        credentials.authorization(app(github), REPOSITORY, NOW)
    assert (caught.value.code, caught.value.place) == ("app_suspended", "")


def test_an_app_that_the_owner_has_not_installed_is_named_with_the_place(github: GitHub) -> None:
    with pytest.raises(Trouble) as caught:
        credentials.authorization(app(github), "somebody-else/place", NOW)
    assert (caught.value.code, caught.value.place) == ("not_installed", "somebody-else/place")
    with pytest.raises(Trouble) as caught:
        credentials.authorization(app(github, installation="12"), REPOSITORY, NOW)
    assert (caught.value.code, caught.value.place) == ("not_installed", "")


@pytest.mark.parametrize("wrong", [{"app_id": "1"}, {"private_key": "no key at all: hidden"}])
def test_an_id_and_a_key_that_do_not_fit_are_a_trouble_that_quotes_no_key(
    github: GitHub, wrong: dict[str, str]
) -> None:
    with pytest.raises(Trouble) as caught:
        credentials.authorization(app(github, **wrong), REPOSITORY, NOW)
    assert caught.value.code == "bad_app_key"
    assert "hidden" not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_a_clock_that_is_wrong_is_a_trouble_with_githubs_words(github: GitHub) -> None:
    with pytest.raises(Trouble) as caught:
        credentials.authorization(app(github), REPOSITORY, NOW + timedelta(hours=1))
    assert caught.value.code == "bad_app_key"
    assert "too far in the future" in caught.value.words


@pytest.mark.parametrize(
    "said",
    [Said(502, b"<html>"), Said(cut=-1), Said(201, {"no": "token"}), Said(201, b"{"), Said(201, ["a"]), Said(503)],
)
def test_while_github_gives_no_token_nothing_was_sent_of_the_call(github: GitHub, said: Said) -> None:
    """An effect that failed here need not look whether it was done."""
    with listening() as odd:
        odd.says(said)
        keys = app(github, api=odd.url, installation="7")
        with pytest.raises(NotSent):
            credentials.authorization(keys, REPOSITORY, NOW)


def test_the_installation_of_a_person_is_found_where_no_organisation_has_that_name(github: GitHub) -> None:
    with listening() as odd:
        odd.says(
            Said(404, {"message": "Not Found"}),
            Said(200, {"id": 77}),
            Said(201, {"token": "any", "expires_at": "2026-03-02T10:00:00Z"}),
        )
        assert credentials.authorization(app(github, api=odd.url), "ana", NOW) == "Bearer any"
        paths = [each[1] for each in odd.asked]
    assert paths == ["/orgs/ana/installation", "/users/ana/installation", "/app/installations/77/access_tokens"]
