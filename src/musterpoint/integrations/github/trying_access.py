"""Tries who we are for GitHub and what we may: token or app, its installation, the repository, the right to write."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from musterpoint.integrations.github import credentials, keys
from musterpoint.integrations.github.answers import Moved, Refusal, Trouble
from musterpoint.integrations.github.manifest import LEVELS, OPTIONAL, PERMISSIONS
from musterpoint.integrations.github.trial import NotOurTurn, Object, Trial, Tried, worth_a_word, wrong

#: Days before a token ends in which it is worth a word.
SOON = 14
_MAKE_ONE = (
    "Make a fine-grained token with the permission Issues: Read and write for this one repository, put it into "
    "GITHUB_TOKEN, and restart (docs/github.md)."
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def credentials_of(trial: Trial) -> Tried:
    if told := keys.missing():
        return wrong(told, "docs/github.md makes a token in five minutes. Restart afterwards.")
    return _app(trial) if trial.keys.as_app else _token(trial)


def _app(trial: Trial) -> Tried:
    credentials.forget(trial.keys, trial.configured)  # what is tried is to get one now
    trial.app = trial.ask("/app", as_app=True).data
    told = f"GitHub accepts the key of the app {trial.app.get('name') or trial.app['slug']}"
    return Tried(f"{told}{'; GITHUB_TOKEN is not used beside it' if trial.keys.token else ''}.")


def _token(trial: Trial) -> Tried:
    found = trial.ask("/user")
    trial.headers = found.headers
    told = f"The token is accepted, as {found.data['login']}"
    scopes = found.headers.get("x-oauth-scopes", "")
    if scopes:
        return worth_a_word(
            f"{told}. It is a classic one, which opens every repository that this account may enter ({scopes}).",
            f"It works. {_MAKE_ONE}",
        )
    day = _ends(found.headers.get("github-authentication-token-expiration", ""))
    if day is None:
        return Tried(f"{told}.")
    left = (day - trial.moment).days
    ends = f"{told}; it ends on {day:%Y-%m-%d}, in {left} {'day' if left == 1 else 'days'}."
    return worth_a_word(ends, f"Make another one before: {_MAKE_ONE}") if left < SOON else Tried(ends)


def _ends(header: str) -> datetime | None:
    """The day on which a token ends, as GitHub tells it with every answer: `2027-01-31 09:00:00 UTC`."""
    day = _DATE.match(header)
    return datetime.fromisoformat(day[0]).replace(tzinfo=UTC) if day else None


def installation(trial: Trial) -> Tried | None:
    if not trial.app or not trial.configured:
        return None
    try:
        found = trial.ask(f"/repos/{trial.configured}/installation", as_app=True).data
    except Moved as error:
        found = trial.ask(error.location, as_app=True).data
    except Refusal as error:
        if error.status != 404:
            raise
        return _not_there(trial)
    if found.get("suspended_at"):
        raise Trouble("app_suspended")
    number = str(found.get("id"))
    if trial.keys.installation not in ("", number):
        told = f"GITHUB_APP_INSTALLATION is {trial.keys.installation}; the one of {trial.configured} is {number}."
        return wrong(told, "Leave the variable empty: the right one is found by the repository. Then restart.")
    trial.installed = found
    return Tried(f"It is installed on {_account(found)}, with {trial.configured} in its reach.")


def _not_there(trial: Trial) -> Tried:
    """Which installations there are tells what is wrong."""
    told: list[Any] = trial.ask("/app/installations", as_app=True, per_page=100).data
    names = [_account(each) for each in told]
    owner = trial.configured.partition("/")[0]
    page = f"{trial.app.get('html_url')}/installations/new"
    if owner.lower() in (each.lower() for each in names):
        hint = f"Give it the repository: {page}, Configure. Or mend the name in [github] repository."
        return wrong(f"It is installed on {owner}, but {trial.configured} is not in its reach, or not there.", hint)
    where = f"It is installed on {', '.join(names)}, not on {owner}." if names else "It is installed nowhere yet."
    return wrong(where, f"Install it on {owner}: {page}. An app that is not public can be installed by its owner only.")


def _account(installed: Object) -> str:
    return str((installed.get("account") or {}).get("login") or "")


def repository(trial: Trial) -> Tried | None:
    if not trial.configured:
        return wrong("[github] repository is empty.", 'Name it in musterpoint.toml: repository = "OWNER/NAME".')
    if (trial.keys.as_app and not trial.installed) or keys.missing():
        return None
    try:
        trial.facts = trial.ask(f"/repos/{trial.configured}").data
    except Moved as error:
        trial.facts = trial.ask(error.location).data
    except Refusal as error:
        if error.status == 404:
            raise Trouble("repository_gone", trial.configured, error.words) from error
        raise
    name = trial.repository = str(trial.facts["full_name"])
    if trial.facts.get("archived"):
        raise Trouble("archived", name)
    if trial.facts.get("has_issues") is False:
        raise Trouble("issues_disabled", name)
    if name.lower() != trial.configured.lower():
        told = f"{trial.configured} is called {name} by now. Both names lead there."
        return worth_a_word(told, f'Set [github] repository = "{name}" in musterpoint.toml, and restart.')
    seen = "private" if trial.facts.get("private") else "public: whoever reads it reads its Incident issues"
    return Tried(f"{name} is there, and has issues. It is {seen}.")


def rights(trial: Trial) -> Tried | None:
    if not trial.repository:
        return None
    found = _of_the_app(trial) if trial.keys.as_app else _of_the_token(trial)
    trial.writes = not found.broken
    return found


def _of_the_app(trial: Trial) -> Tried:
    """https://docs.github.com/en/apps/using-github-apps/approving-updated-permissions-for-a-github-app"""
    missing = _lacking(trial.installed, optional=False)
    left_out = _lacking(trial.installed, optional=True)
    if not missing:
        told = "Issues can be written, with labels, type and assignees."
        without = "; ".join(f"{each}, for {PERMISSIONS[each][1]}" for each in left_out)
        return Tried(f"{told} Left out: {without}." if without else told)
    told = "; ".join(f"{each}: {PERMISSIONS[each][0]}, for {PERMISSIONS[each][1]}" for each in missing)
    if set(missing) & set(_lacking(trial.app, optional=False)):
        page = f"{trial.app.get('html_url')} (App settings, Permissions & events)"
        return wrong(f"Missing: {told}.", f"Add it at {page}, and accept it at {trial.installed.get('html_url')}.")
    return wrong(f"Not accepted yet: {told}.", f"An owner accepts it at {trial.installed.get('html_url')}.")


def _lacking(of: Object, *, optional: bool) -> list[str]:
    given: Object = of.get("permissions") or {}
    levels = {name: LEVELS.index(level) for name, level in given.items() if level in LEVELS}
    wanted = [name for name in PERMISSIONS if (name in OPTIONAL) is optional]
    return [name for name in wanted if levels.get(name, 0) < LEVELS.index(PERMISSIONS[name][0])]


def _of_the_token(trial: Trial) -> Tried:
    """What GitHub says of rights in a repository are those of the account, whatever its token may. An issue without a
    title is never made, and whether that or the token is said to be wrong tells it."""
    try:
        trial.refused(f"/repos/{trial.repository}/issues", {"title": ""})
    except Refusal as error:
        if error.status != 422:
            raise Trouble("no_rights", trial.repository, error.words) from error
    except NotOurTurn as error:
        return worth_a_word(f"Whether issues can be written was not tried: {error}", "Try again later.")
    wanted = [*trial.process.github_labels, trial.process.github_type, *trial.process.github_assignees]
    if not (trial.facts.get("permissions") or {}).get("push") and any(wanted):
        told = "Issues can be written, but GitHub drops labels, type and assignees: the account has no push access."
        return wrong(told, f"Give the token's account the role Write in {trial.repository} (Settings, Collaborators).")
    return Tried("Issues can be written, with labels, type and assignees. (Nothing was written.)")
