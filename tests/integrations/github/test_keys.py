"""The secrets and addresses, from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from musterpoint.integrations.github.keys import Keys, keys, missing


@pytest.mark.parametrize(
    ("variable", "value", "api", "graphql"),
    [
        ("GITHUB_URL", "", "https://api.github.com", "https://api.github.com/graphql"),
        ("GITHUB_URL", "https://github.com/", "https://api.github.com", "https://api.github.com/graphql"),
        (
            "GITHUB_URL",
            "https://git.example.com/",
            "https://git.example.com/api/v3",
            "https://git.example.com/api/graphql",
        ),
        ("GITHUB_URL", "https://halden.ghe.com", "https://api.halden.ghe.com", "https://api.halden.ghe.com/graphql"),
        ("GITHUB_API_URL", "http://127.0.0.1:7/", "http://127.0.0.1:7", "http://127.0.0.1:7/graphql"),
    ],
)
def test_the_addresses_follow_the_server_of_the_company(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, api: str, graphql: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert (keys().api, keys().graphql) == (api, graphql)


def test_the_address_of_the_api_goes_before_that_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_URL", "https://git.example.com")
    monkeypatch.setenv("GITHUB_API_URL", "https://elsewhere.example.com/v3")
    assert keys().graphql == "https://elsewhere.example.com/v3/graphql"


def test_a_secret_may_be_in_a_file_and_a_key_on_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ghp_from_a_file\n")
    monkeypatch.setenv("GITHUB_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", r"-----BEGIN-----\nabc\n-----END-----")
    assert keys().token == "ghp_from_a_file"
    assert keys().private_key == "-----BEGIN-----\nabc\n-----END-----"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, "GITHUB_TOKEN"),
        ({"GITHUB_APP_ID": "7"}, "GITHUB_APP_PRIVATE_KEY"),
        ({"GITHUB_APP_PRIVATE_KEY": "x"}, "GITHUB_APP_ID"),
    ],
)
def test_what_is_missing_is_named_first_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], names: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert missing().startswith(f"{names} is empty")
    assert "docs/github.md" in missing()


@pytest.mark.parametrize("given", [{"GITHUB_TOKEN": "t"}, {"GITHUB_APP_ID": "7", "GITHUB_APP_PRIVATE_KEY": "x"}])
def test_a_token_or_an_app_is_enough_without_a_secret_for_webhooks(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert missing() == ""


def test_no_secret_shows_in_the_value() -> None:
    assert "hidden" not in repr(Keys(token="hidden-1", private_key="hidden-2", webhook_secret="hidden-3"))
