"""Calls: what comes back, and what it means where none does."""

from __future__ import annotations

import threading
import time

import pytest

from musterpoint import __version__
from musterpoint.core.process import Process
from musterpoint.integrations.github import sending
from musterpoint.integrations.github.calling import call
from musterpoint.ports import NotSent, Unavailable
from musterpoint.store import models
from tests.github.github import GitHub
from tests.integrations.github.calls import ISSUES, failed, read, write
from tests.integrations.github.odd import Odd, Said, listening

pytestmark = pytest.mark.usefixtures("db")


def test_an_issue_is_made_and_read_as_the_token_and_as_the_app(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    made = write()
    assert (made.status, made.data["title"]) == (201, "Halyard is down")
    monkeypatch.setenv("GITHUB_APP_ID", str(github.app_id))
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key)
    second = write()
    assert {made.data["user"]["login"], second.data["user"]["login"]} == {"muster-robot", "musterpoint[bot]"}
    assert {each["number"] for each in read().data} == {made.data["number"], second.data["number"]}


def test_what_has_not_changed_is_answered_without_data(github: GitHub) -> None:
    first = read()
    assert first.etag
    again = read(etag=first.etag)
    assert (again.status, again.data) == (304, None)
    write()
    assert len(read(etag=first.etag).data) == 1


def test_the_next_page_is_found_by_the_address_that_github_gives(github: GitHub) -> None:
    for _ in range(3):
        write()
    first = read(params={"per_page": 2})
    assert len(first.data) == 2
    second = read(first.link_next)
    assert (len(second.data), second.link_next) == (1, "")


def test_a_request_says_who_asks_and_which_version_it_wants(odd: Odd) -> None:
    read(params={"state": "all"})
    method, path, headers, _ = odd.asked[0]
    assert (method, path) == ("GET", f"{ISSUES}?state=all")
    assert headers["user-agent"] == f"musterpoint/{__version__}"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["authorization"] == "Bearer hidden-token"


def test_an_answer_without_content_is_one(odd: Odd) -> None:
    odd.says(Said(204))
    assert write().data is None


def test_connections_are_kept_between_calls(odd: Odd) -> None:
    read()
    read()
    assert (len(odd.asked), len(odd.ports)) == (2, 1)


# --- what may pass ---


@pytest.mark.parametrize(
    "said",
    [
        Said(502, {"message": "Server Error"}),
        Said(503, b"<html>Unicorn!</html>"),
        Said(500),
        Said(200, b"<html>a proxy's page</html>"),
        Said(200, b""),
        Said(200, b"[" * 100_000),
        Said(200, {"a": "b"}, cut=3),
        Said(cut=-1),
        Said(200, {}, slow=0.8),
        Said(200, {"a": "b" * 20}, slow=0.1, drips=True),
        Said(408, {"message": "Request Timeout"}),
        Said(304, cut=-1),
        Said(302, b""),
        Said(200, b"no gzip", {"Content-Encoding": "gzip"}),
    ],
)
def test_no_answer_and_a_broken_one_leave_open_whether_it_was_done(odd: Odd, said: Said) -> None:
    odd.says(said)
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        call(Process(timeout=0.4), "POST", ISSUES, json={}, write=True)
    assert not isinstance(caught.value, NotSent)
    assert time.monotonic() - began < 2
    assert models.Throttle.objects.get().busy_until is None  # the next one need not wait


def test_where_nobody_listens_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as gone:
        monkeypatch.setenv("GITHUB_API_URL", gone.url)
    monkeypatch.setenv("GITHUB_TOKEN", "hidden-token")
    error = failed(write)
    assert isinstance(error, NotSent)
    assert error.retry_after is None  # it counts as a try, with the pauses of one


def test_a_failing_server_may_say_when_to_come_again(odd: Odd) -> None:
    odd.says(Said(503, {"message": "Unavailable"}, {"Retry-After": "7"}))
    assert failed(read).retry_after == 7


# --- threads ---


def test_many_threads_read_at_once_over_one_client(odd: Odd) -> None:
    odd.says(Said(200, {"data": {}}, slow=0.1))
    found: list[int] = []

    def reads() -> None:
        found.append(sending.send("GET", f"{odd.url}/x", "Bearer any", 5).status)

    threads = [threading.Thread(target=reads) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (found, odd.most > 1) == ([200] * 8, True)
