"""From the first message in the workspace to the closed issue at GitHub: the whole process over both.

Actions end in three ways (a box that is ticked, an issue that is closed, a pull request that is merged), one is
declined, the issue is closed too early once, and what is left is let go by somebody with authority.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from musterpoint import reading
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import IssueChange, Override
from musterpoint.core.incident import Incident, Status
from musterpoint.demo.story import STORY
from musterpoint.integrations.github import receiving
from musterpoint.ports import Answer
from musterpoint.store import incidents, journal, models
from tests.conftest import World
from tests.github.house import House as AtGitHub
from tests.github.house import housed as at_github
from tests.slack.house import House as InSlack
from tests.slack.house import housed as in_slack
from tests.slack.playing import Playing

DAY = datetime(2026, 3, 2, tzinfo=UTC)
CLOUD, WEBSITE = "halden-ferries/CloudProject", "halden-ferries/fares"


@dataclass
class Company:
    """One installation between a workspace and GitHub."""

    slack: InSlack
    there: AtGitHub
    played: Playing

    def turn(self) -> None:
        self.there.github.settle()
        self.there.forget_the_time()
        self.slack.turn()
        for _ in range(20):
            if not self.there.carry_out():
                break
            self.there.github.settle()
        self.slack.turn()

    def asks(self, who: str, text: str) -> None:
        self.slack.workspace.clock.move(60)
        self.played.asks(who, text)
        self.turn()

    def hears(self, body: bytes, headers: dict[str, str]) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        return receiving.hook(self.slack.process)(given, body, timezone.now())

    @property
    def state(self) -> Incident:
        row = models.Incident.objects.get(ref="1")
        return incidents.state(row, incidents.members(row))

    @property
    def issue(self) -> str:
        found = models.IssueCopy.objects.get(incident__ref="1").ref
        assert found is not None
        return found

    def status(self, number: int) -> ActionStatus:
        action = self.state.after.action(number)
        assert action is not None
        return action.status


@pytest.fixture
def company(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with at_github(monkeypatch) as there, in_slack(monkeypatch) as slack:
        there.github.repository(WEBSITE)
        for login in ("tomasz", "priya", "ingrid", "cto"):
            there.github.user(login)
        slack.process = there.process = replace(
            slack.process, tracker="github", github_repository=CLOUD, github_edit_every=0.001
        )
        played = Playing(slack.workspace, DAY, slack.turn)
        played.gather()
        company = Company(slack, there, played)
        there.github.deliver_to(company.hears)
        slack.turn()
        for chapter in STORY:
            for beat in chapter.beats:
                played.play(beat)
        for login in ("tomasz", "priya", "ingrid", "cto"):
            person = models.Identity.objects.get(name=f"slack:{played.people[login]}").person
            models.Identity.objects.create(name=f"github:{login}", person=person)
        yield company


def the_issue_is_raised_with_its_timeline(company: Company) -> None:
    company.asks("tomasz", "raise")
    there = company.there.github.issue(company.issue)
    assert there.open
    assert there.labels == ("incident",)
    assert [line for line in there.body.splitlines() if line.startswith("## ")] == [
        "## Summary", "## Customer impact", "## Timeline", "## RCA", "## Actions",
    ]  # fmt: skip
    assert "(https://" in there.body.partition("## Timeline")[2].partition("## RCA")[0], "no links to the messages"
    said = company.slack.workspace.thread(company.played.channel, company.played.root)
    assert any(f"{CLOUD}/issues/1" in each["text"] for each in said)


def actions_come_from_all_sides(company: Company) -> None:
    github = company.there.github
    company.asks("tomasz", f"action An import replaces fares one by one <@{company.played.people['priya']}>")  # 1
    body = github.issue(company.issue).body
    github.edit(
        "ingrid", company.issue, body.replace("- [ ] An import", "- [ ] Forbid to mute ops-alerts\n- [ ] An import")
    )  # 2
    company.turn()
    assert [each.title for each in company.state.after.actions][1] == "Forbid to mute ops-alerts"
    child = github.open_issue("priya", WEBSITE, "Check fares before they are published")
    company.asks("priya", f"action Look at prices every hour <@{company.played.people['ingrid']}>")  # 3
    company.asks("ingrid", "action Move the fares to another database")  # 4
    company.asks("ingrid", "action 3 issue")
    github.add_sub_issue("priya", company.issue, child)  # 5
    company.turn()
    company.asks("tomasz", "action 4 issue halden-ferries/fares")
    assert [each.number for each in company.state.after.actions] == [1, 2, 3, 4, 5]
    assert [bool(each.issue) for each in company.state.after.actions] == [False, False, True, True, True]
    assert [each.apart for each in company.state.after.actions] == [""] * 5


def it_does_not_stay_closed(company: Company) -> None:
    github = company.there.github
    github.close("tomasz", company.issue)
    company.turn()
    there = github.issue(company.issue)
    assert there.open
    told = there.comments[-1].body
    assert "@tomasz" in told
    assert "@priya" in told, "the owners of what is open are called"
    assert "Action 1 is open" in told


def actions_end_in_three_ways(company: Company) -> None:
    github, actions = company.there.github, company.state.after.actions
    github.tick("ingrid", company.issue, "Forbid to mute ops-alerts")
    company.turn()
    assert company.status(2) is ActionStatus.DONE
    github.close("ingrid", actions[2].issue)
    company.turn()
    assert company.status(3) is ActionStatus.DONE
    pull = github.pull_request("priya", WEBSITE, closes=actions[4].issue)
    github.merge("priya", pull)
    company.turn()
    assert company.status(5) is ActionStatus.DONE
    assert "pull" in company.state.after.actions[4].reason
    company.asks("cto", "declined 4 because the database is not the problem")
    assert company.status(4) is ActionStatus.DECLINED
    assert (github.issue(actions[3].issue).open, github.issue(actions[3].issue).reason) == (False, "not_planned")


def authority_lets_the_rest_go(company: Company) -> None:
    github = company.there.github
    company.asks("tomasz", "write-up done")
    github.comment("tomasz", company.issue, "/musterpoint close because we have other things to do")
    company.turn()
    assert github.issue(company.issue).open
    assert "@cto" in github.issue(company.issue).comments[-1].body
    github.comment("cto", company.issue, "/musterpoint close because fares are imported by hand from now on")
    company.turn()
    there = github.issue(company.issue)
    assert (there.open, there.reason) == (False, "completed")
    told = "\n".join(each.body for each in there.comments[-2:])
    assert "fares are imported by hand from now on" in told
    assert "Forbid to mute ops-alerts" in told
    row = models.Incident.objects.get(ref="1")
    facts = [each.fact for each in journal.load(row, [])]
    assert [each.reason for each in facts if isinstance(each, Override)] == ["fares are imported by hand from now on"]
    assert [each.cause.value for each in facts if isinstance(each, IssueChange)] == ["person", "guard", "override"]


def the_incident_is_closed(company: Company) -> None:
    company.asks("cto", "skip because two customers were concerned and both were told")
    company.asks("ingrid", "close")
    assert company.state.status is Status.CLOSED
    shown = reading.shown(company.slack.call(company.played.people["ingrid"]), "1")
    assert shown["status"] == "closed"
    assert company.there.parked() == []


def test_from_the_first_message_to_the_closed_issue(company: Company) -> None:
    """The story is played once, which takes a while."""
    the_issue_is_raised_with_its_timeline(company)
    actions_come_from_all_sides(company)
    it_does_not_stay_closed(company)
    actions_end_in_three_ways(company)
    authority_lets_the_rest_go(company)
    the_incident_is_closed(company)
    made = company.there.github.issues(CLOUD)
    assert sum(each.title.startswith("Incident ") for each in made) == 1
