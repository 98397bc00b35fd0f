"""What the page of an incident and the chat say of its issue: what the tracker did not take, and that it is gone."""

from __future__ import annotations

from musterpoint import actions, announcing
from musterpoint.actions.recording import happened
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.incident import Incident
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.journal import Entry, Fact
from musterpoint.store import incidents, models
from tests.actions.telling import declared
from tests.web.conftest import Site

ISSUE, URL = "halden-ferries/CloudProject#5", "https://github.com/halden-ferries/CloudProject/issues/5"
LABEL = "The tracker did not take the label incident."
MEND = "labels need push access to the repository"


def resolved(site: Site) -> str:
    ref = declared(site.world)
    actions.resolve(site.world.by("bob"), ref)
    return ref


def told(site: Site, ref: str, fact: Fact) -> tuple[Entry, Incident]:
    row = models.Incident.objects.get(ref=ref)
    state = incidents.state(row, incidents.members(row))
    return happened(site.world.process, row, state, fact, site.world.now)


def test_what_the_tracker_did_not_take_is_said_with_what_to_mend(site: Site) -> None:
    ref = resolved(site)
    entry, _ = told(site, ref, IssueRaised(ISSUE, URL, ("the label incident",)))
    page = site.page("bob", f"/incidents/{ref}")
    assert LABEL in page
    assert MEND in page
    said = announcing._words(entry)
    assert said.startswith(f"The issue is raised: {URL}\n{LABEL}")
    assert MEND in said


def test_a_deleted_issue_is_told_and_can_be_raised_again(site: Site) -> None:
    ref = resolved(site)
    told(site, ref, IssueRaised(ISSUE, URL))
    assert URL in site.page("alice", f"/incidents/{ref}")
    told(site, ref, IssueMoved("", was=ISSUE))
    page = site.page("alice", f"/incidents/{ref}")
    assert f"{ISSUE} was deleted in the tracker" in page
    assert f"The issue {ISSUE} was deleted in the tracker, and no other one is raised." in page
    assert 'id="step-issue"' in page
    actions.raise_issue(site.world.by("alice"), ref)
    assert models.Effect.objects.filter(kind="raise").values_list("key", flat=True).get() == f"raise:{ref}:2"
