"""What one step makes of a look at GitHub: everybody's words stand, whoever saved in the moment of our write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint import access, actions
from musterpoint.core.aftermath_journal import ActionAdded, IssueComment, WriteupEdit
from musterpoint.core.issue_body import texts
from musterpoint.core.journal import Fact
from musterpoint.core.person import Who
from musterpoint.store import models
from tests.conftest import World
from tests.github.github import GitHub
from tests.github.house import House, housed


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """As an app, whose account nobody else uses."""
    with housed(monkeypatch, timezone.now()) as house:
        yield house


@pytest.fixture(params=["an app", "a token"])
def either(request: pytest.FixtureRequest, house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    if request.param == "a token":
        monkeypatch.setenv("GITHUB_APP_ID", "")
        monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", "")
        monkeypatch.setenv("GITHUB_TOKEN", house.github.token)
    return house


def facts(house: House) -> list[Fact]:
    row = models.Incident.objects.get(ref=house.ref)
    return [each.fact for each in access.entries(access.NOBODY, row)]


def action(house: House, title: str) -> None:
    """Changes what the issue is to say."""
    actions.add_action(house.call(), house.ref, title)


# People save in a thread of the fake GitHub, which must not touch our database.


def replaces(github: GitHub, who: str, issue: str, old: str, new: str) -> None:
    body = github.issue(issue).body
    assert old in body
    github.edit(who, issue, body.replace(old, new, 1))


def appends(github: GitHub, who: str, issue: str, text: str) -> None:
    github.edit(who, issue, f"{github.issue(issue).body}\n{text}\n")


def test_a_person_who_saves_between_our_read_and_our_write_loses_nothing(either: House) -> None:
    issue = either.raised()
    asked = "*Open question: Where were we lucky?*"

    def saves() -> None:
        replaces(either.github, "ines", issue, asked, "The tide was low.")
        appends(either.github, "tim", issue, "A sentence below.")

    either.github.between("PATCH /repos/*", saves)
    action(either, "Alert when the pool is full")
    either.turn()
    body = either.there().body
    assert "A sentence below." in body
    assert texts(body)["lucky"] == "The tide was low."
    assert "Alert when the pool is full" in texts(body)["actions"]
    edits = [each for each in facts(either) if isinstance(each, WriteupEdit)]
    assert [each.text for each in edits] == ["The tide was low."]
    assert either.parked() == []


def test_whoever_saves_at_each_of_our_writes_loses_nothing_either(house: House) -> None:
    issue = house.raised()
    words = iter(("One.", "Two.", "Three."))
    house.github.between("PATCH /repos/*", lambda: appends(house.github, "tim", issue, next(words)), times=3)
    action(house, "Alert when the pool is full")
    house.turn()
    body = house.there().body
    assert [each for each in ("One.", "Two.", "Three.") if body.count(each) != 1] == []
    assert "Alert when the pool is full" in texts(body)["actions"]


def test_who_saves_while_we_write_is_on_record_by_their_login(house: House) -> None:
    issue = house.raised()
    house.github.between(
        "PATCH /repos/*", lambda: replaces(house.github, "ines", issue, "*Open question: Where were we lucky?*", "Tide")
    )
    action(house, "Alert when the pool is full")
    house.turn()
    row = models.Incident.objects.get(ref=house.ref)
    edits = [each for each in access.entries(access.NOBODY, row) if isinstance(each.fact, WriteupEdit)]
    assert [each.who for each in edits] == [Who("github:ines", "Ines Vela")]


def test_what_was_told_once_is_not_told_again(house: House) -> None:
    issue = house.raised()
    replaces(house.github, "ines", issue, "There are no follow-up actions yet.", "- [ ] Alert when the pool is full")
    house.github.comment("tim", issue, "I look at the pool.")
    house.turn()
    told = facts(house)
    assert sum(isinstance(each, ActionAdded) for each in told) == 1
    assert [each.text for each in told if isinstance(each, IssueComment)] == ["I look at the pool."]
    house.turn()
    house.turn()
    assert facts(house) == told


def test_our_own_comments_and_closings_are_no_news(either: House) -> None:
    either.github.close("tim", either.raised())
    either.turn()
    assert either.there().open
    assert either.there().comments
    told = facts(either)
    assert not [each for each in told if isinstance(each, IssueComment)]
    either.turn()
    assert facts(either) == told


def test_an_issue_that_moved_is_followed_and_nothing_is_told_twice(house: House) -> None:
    issue = house.raised()
    house.github.repository("halden-ferries/Elsewhere")
    house.github.comment("tim", issue, "I look at the pool.")
    appends(house.github, "tim", issue, "A sentence below.")
    house.turn()
    told = facts(house)
    there = house.github.transfer("ines", issue, "halden-ferries/Elsewhere")
    copied = house.github.found(there)  # GitHub promises nowhere that what is copied keeps its ids
    for revision in copied.revisions:
        revision.id = f"copy-{revision.id}"
    for comment in copied.comments:
        comment.id += 1_000_000
    models.IssueCopy.objects.update(looked_at=timezone.now() + timedelta(minutes=10))
    appends(house.github, "tim", issue, "And another one.")
    house.turn()
    assert house.issue == "halden-ferries/Elsewhere#1"
    assert "A sentence below." in house.there().body
    assert "And another one." in house.there().body
    assert facts(house)[: len(told)] == told
    assert not [each for each in facts(house)[len(told) :] if isinstance(each, IssueComment | WriteupEdit)]


def test_a_step_costs_one_request_where_nothing_changed_and_four_for_an_edit(house: House) -> None:
    issue = house.raised()
    house.turn()
    house.github.requests.clear()
    house.turn()
    assert [(each.method, each.path) for each in house.github.requests] == [("POST", "/graphql")]
    house.github.requests.clear()
    action(house, "Alert when the pool is full")
    house.turn(look=False)
    path = f"/repos/{issue.replace('#', '/issues/')}"
    expected = [("POST", "/graphql"), ("GET", path), ("PATCH", path), ("POST", "/graphql")]
    assert [(each.method, each.path) for each in house.github.requests] == expected
