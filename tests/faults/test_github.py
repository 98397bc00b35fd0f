"""Killed between "GitHub has stored it" and "we have noted it": no second issue, comment or sub-issue.

A command is killed (SIGKILL) before its first request, the next one after it, and so on to the one that comes to its
end (raising: around each commit, too); then a real engine carries out what was left. Each works on an incident of its
own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.house import House
from tests.github.github import GitHub, serving

pytestmark = pytest.mark.faults
REPOSITORY = "halden-ferries/CloudProject"
#: More steps than any of the commands has.
MOST = 24
SETTINGS = f"""
[issue]
tracker = "github"

[github]
repository = "{REPOSITORY}"
edit_every = 0.01
writes_a_minute = 10000
writes_an_hour = 100000
"""


@pytest.fixture
def github(house: House) -> Iterator[GitHub]:
    """The house has its issues there; the steps that concern the chat have tests of their own."""
    settings = house.home / "musterpoint.toml"
    text = settings.read_text().replace('provider = "bridge"', 'provider = "local"')
    text = text.replace("timeout = 0.8", "timeout = 3.0").replace("lease = 3.0", "lease = 7.0")
    settings.write_text(text + SETTINGS)
    with serving() as github:
        github.organisation("halden-ferries")
        github.repository(REPOSITORY)
        house.given |= {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token}
        yield github


def killed(house: House, commands: list[list[str]], kinds: str = "request") -> list[str]:
    """The steps before which a process died; then what was left is carried out by a real engine."""
    process = house.spawn("tests.faults.stepper", json.dumps(commands), kinds)
    code = process.popen.wait(280)
    assert code == 0, process.complained()
    answer: dict[str, Any] = json.loads(process.said())
    assert answer["code"] == 0, process.complained()
    steps: list[str] = answer["killed"]
    engine = house.running_engine()
    house.settle()
    assert engine.stop() == 0
    assert "Traceback" not in engine.complained(), engine.complained()
    assert "after a request" in steps
    print(f"killed before each of {len(steps)} steps")
    return steps


def outcomes(house: House, github: GitHub, refs: list[str]) -> list[dict[str, Any]]:
    """Of those that were reached: both sides say the same of each, and nothing is there twice."""
    there = {each.ref: each for each in github.issues(REPOSITORY)}
    found: list[dict[str, Any]] = house.inside("known", refs=refs)
    titles = Counter(each.title for each in there.values())
    for each in found:
        assert titles[each["title"]] == bool(each["issue"]), each
        if each["issue"]:
            issue = there[each["issue"]]
            assert not each["unlike"]
            assert issue.open == each["open"]
            assert len(issue.comments) == each["comments"], [one.body for one in issue.comments]
    children = {one["issue"] for each in found for one in each["actions"] if one["issue"]}
    others = {ref for ref, each in there.items() if not each.title.startswith("Incident ")}
    assert children <= others
    assert house.inside("unlike_their_journal") == []
    return found


def test_an_issue_is_raised_once(house: House, github: GitHub) -> None:
    refs: list[str] = house.inside("raised", count=MOST, stage="resolved")
    steps = killed(house, [["raise", ref] for ref in refs], "request,commit")
    found = outcomes(house, github, refs[: len(steps) + 1])
    assert {bool(each["issue"]) for each in found} == {False, True}


def test_an_action_gets_one_issue_which_is_linked_once(house: House, github: GitHub) -> None:
    refs: list[str] = house.inside("raised", count=MOST, stage="raised")
    steps = killed(house, [["action", "issue", ref, "1"] for ref in refs])
    found = outcomes(house, github, refs[: len(steps) + 1])
    others = [each.ref for each in github.issues(REPOSITORY) if not each.title.startswith("Incident ")]
    assert sorted(others) == sorted(one["issue"] for each in found for one in each["actions"] if one["issue"])
    assert all(each["actions"][0]["issue"] for each in found), "it was decided before the first request"
    for each in found:
        assert list(github.issue(each["issue"]).children) == [each["actions"][0]["issue"]]


def test_what_is_finished_closes_both_issues_and_is_said_once(house: House, github: GitHub) -> None:
    refs: list[str] = house.inside("raised", count=MOST, stage="with an issue")
    steps = killed(house, [["action", "done", ref, "1"] for ref in refs])
    found = outcomes(house, github, refs[: len(steps) + 1])
    assert {(each["open"], each["actions"][0]["status"]) for each in found} == {(False, "done")}
    assert not any(github.issue(each["actions"][0]["issue"]).open for each in found)
