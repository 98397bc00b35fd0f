"""No token, key or secret shows in an error or in a line of the log."""

from __future__ import annotations

import logging
import os

import pytest

from tests.github.github import GitHub
from tests.integrations.github.calls import failed, write
from tests.integrations.github.odd import Odd, Said

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("token", ["hidden\ttoken\x00", "hidden\nX-Evil: 1", "hidden-…"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted(
    odd: Odd, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "GITHUB_TOKEN": token})  # a file may hold anything
    error = failed(write)
    assert "hidden" not in everything(error)
    assert odd.asked == []


@pytest.mark.parametrize(
    "said", [Said(401, {"message": "Bad credentials"}), Said(cut=-1), Said(502), Said(200, b"x"), Said(429), Said(422)]
)
def test_no_error_and_no_line_of_the_log_has_the_token(odd: Odd, caplog: pytest.LogCaptureFixture, said: Said) -> None:
    odd.says(said)
    with caplog.at_level(logging.DEBUG):
        error = failed(write)
    assert odd.url.removeprefix("http://127.0.0.1:") in caplog.text  # something is logged
    assert "hidden-token" not in everything(error) + caplog.text
    assert odd.asked[0][2]["authorization"] == "Bearer hidden-token"


def test_no_line_of_the_log_has_the_token_of_an_installation_or_the_apps_own(
    as_app: GitHub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = write()
    secrets = [each for each in as_app.tokens if each != as_app.token]
    assert secrets
    assert not any(each in caplog.text + repr(answer) for each in [*secrets, "Bearer ", "PRIVATE KEY"])


def everything(error: BaseException | None) -> str:
    """The error and all that led to it, as a log would show it."""
    told = ""
    while error is not None:
        told += f"{error!r} {error.args!r} {vars(error)!r} "
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told
