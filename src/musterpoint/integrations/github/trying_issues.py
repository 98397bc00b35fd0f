"""Tries what our issues are given and how far they can be followed: labels, type, assignees, sub-issues, history."""

from __future__ import annotations

from urllib.parse import quote

from musterpoint.integrations.github.answers import Refusal, Trouble
from musterpoint.integrations.github.trial import Trial, Tried, worth_a_word, wrong

_ISSUE = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { issues(first: 1) { %s } } }"
HISTORY = _ISSUE % "nodes { number userContentEdits(first: 1) { totalCount } }"
SUB_ISSUES = _ISSUE % "nodes { number subIssuesSummary { total } }"
_APART = (
    "Actions with issues of their own become lines with links. GitHub Enterprise Server has them in newer versions."
)
_LOST = (
    "What a person saves between our reading and our writing could not be put back. Give the token or the app Issues: "
    "Read and write; GitHub Enterprise Server must answer GraphQL."
)


def labels(trial: Trial) -> Tried | None:
    wanted = trial.process.github_labels
    if not trial.writes or not wanted:
        return None
    there: set[str] = set()
    found = trial.ask(f"/repos/{trial.repository}/labels", per_page=100)
    there.update(str(each["name"]).casefold() for each in found.data)
    while found.link_next:
        found = trial.ask(found.link_next)
        there.update(str(each["name"]).casefold() for each in found.data)
    missing = [each for each in wanted if each.casefold() not in there]
    if not missing:
        return Tried(f"There: {', '.join(wanted)}.")
    hint = (
        f"Make it in {trial.repository} (Issues, Labels, New label): Musterpoint makes none. Or change [github] labels."
    )
    return wrong(f"Not there: {', '.join(missing)}.", hint)


def type_of(trial: Trial) -> Tried | None:
    """https://docs.github.com/en/issues/tracking-your-work-with-issues/configuring-issues/managing-issue-types-in-an-organization"""
    wanted = trial.process.github_type
    if not trial.writes or not wanted:
        return None
    owner = trial.facts.get("owner") or {}
    if owner.get("type") != "Organization":
        told = f"{owner.get('login')} is no organisation, and only those have issue types: {wanted} is dropped."
        return wrong(told, "Leave [github] type empty.")
    try:
        found = trial.ask(f"/orgs/{owner.get('login')}/issue-types").data
    except (Trouble, Refusal):
        told = f"Whether there is the type {wanted}, we must not see. If GitHub drops it, the incident's page says so."
        return worth_a_word(
            told, "To have it looked at, give the token or the app the organisation's Issue types: Read."
        )
    known = {str(each["name"]).casefold(): each for each in found if each}
    mine = known.get(wanted.casefold())
    if mine is None:
        names = ", ".join(str(each["name"]) for each in known.values())
        return wrong(f"{owner.get('login')} has no issue type {wanted}. It has: {names}.", "Change [github] type.")
    if mine.get("is_enabled") is False:
        hint = "Enable it in the organisation's settings (Planning, Issue types), or change [github] type."
        return wrong(f"The issue type {wanted} is disabled.", hint)
    return Tried(f"{wanted} is there.")


def assignees(trial: Trial) -> Tried | None:
    wanted = trial.process.github_assignees
    if not trial.writes or not wanted:
        return None
    missing = [each for each in wanted if not _assignable(trial, each)]
    if not missing:
        return Tried(f"They can be assigned: {', '.join(wanted)}.")
    hint = "Logins, without @. Give them at least the role Read in the repository, or change [github] assignees."
    return wrong(f"Cannot be assigned: {', '.join(missing)}.", hint)


def _assignable(trial: Trial, login: str) -> bool:
    try:
        trial.ask(f"/repos/{trial.repository}/assignees/{quote(login, safe='')}")
    except Refusal as error:
        if error.status == 404:
            return False
        raise
    return True


def history(trial: Trial) -> Tried | None:
    if not trial.repository:
        return None
    try:
        found = trial.query(HISTORY)
    except (Trouble, Refusal) as error:
        return wrong(f"The edits of an issue cannot be read: {error}", _LOST)
    issues = (found.get("issues") or {}).get("nodes") or []
    if any(each and each.get("userContentEdits") is None for each in issues):
        return wrong("The edits of an issue cannot be read.", _LOST)
    return Tried("The edits of an issue can be read, so that no text of a person is lost.")


def sub_issues(trial: Trial) -> Tried | None:
    if not trial.repository:
        return None
    try:
        found = trial.query(SUB_ISSUES)
        issues = [each for each in (found.get("issues") or {}).get("nodes") or [] if each]
        for each in issues:
            trial.ask(f"/repos/{trial.repository}/issues/{each['number']}/sub_issues", per_page=1)
    except Refusal:
        return worth_a_word("There are no sub-issues here.", _APART)
    return Tried("Actions can have issues of their own, as sub-issues.")
