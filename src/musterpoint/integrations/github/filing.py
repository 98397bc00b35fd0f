"""Makes an issue, and finds again what was made: shared by the Incident issue and the issues of actions.

https://docs.github.com/en/rest/issues/issues#create-an-issue: without push access labels, assignees and type are left
out without a word, so that the answer is compared; what GitHub does not know is refused, so that it is left out then.
The search API is not asked: it lags behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github.calling import Refusal, call
from musterpoint.integrations.github.hidden import mark_of, with_key, written
from musterpoint.integrations.github.people import us
from musterpoint.integrations.github.references import of_data
from musterpoint.integrations.github.sub_issue import moment
from musterpoint.integrations.github.whereabouts import call_at
from musterpoint.ports import Filed, Unavailable

#: GitHub's clock and ours may differ so much.
CLOCKS = timedelta(minutes=5)
#: Characters of a title.
LONGEST_TITLE = 256


@dataclass(frozen=True, slots=True)
class Given:
    """What an issue is to have besides its text."""

    labels: tuple[str, ...] = ()
    type: str = ""
    assignees: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        found = {"labels": list(self.labels), "type": self.type, "assignees": list(self.assignees)}
        return {name: value for name, value in found.items() if value}


def file(process: Process, repository: str, title: str, body: str, key: str, given: Given) -> Filed:
    """Raises as `call`; Refused also where the text is too long."""
    text = {"title": title[:LONGEST_TITLE], "body": with_key(body, key)}
    asked = given
    while True:
        try:
            data = changed(process, "POST", f"/repos/{repository}/issues", repository, {**text, **asked.json()})
            return Filed(str(of_data(data)), str(data["html_url"]), dropped(given, data))
        except Refusal as error:
            asked = _without_refused(process, repository, asked, error)


def changed(process: Process, method: str, path: str, owner: str, json: Mapping[str, Any]) -> dict[str, Any]:
    """The issue as GitHub has it after a call that makes or changes it."""
    data = call_at(process, method, path, owner=owner, json=dict(json), write=True).data
    if not isinstance(data, dict):
        raise Unavailable("GitHub answered, and did not say what it made.")
    return data


def _without_refused(process: Process, repository: str, given: Given, error: Refusal) -> Given:
    """What is left of it after GitHub refused some of it; raises `error` where that cannot be the reason."""
    said = error.words.lower()
    if error.status != 422 or "too long" in said:
        raise error
    if given.assignees and ("assignee" in said or not given.type):
        able = tuple(each for each in given.assignees if can_be_assigned(process, repository, each))
        return replace(given, assignees=able if able != given.assignees else ())
    if given.type:
        return replace(given, type="")
    raise error


def can_be_assigned(process: Process, repository: str, login: str) -> bool:
    """https://docs.github.com/en/rest/issues/assignees#check-if-a-user-can-be-assigned"""
    try:
        call(process, "GET", f"/repos/{repository}/assignees/{login}")
    except Refusal as error:
        if error.status != 404:
            raise
        return False
    return True


def dropped(given: Given, data: Mapping[str, Any]) -> tuple[str, ...]:
    """What the answer lacks of it."""
    labels = {str(each.get("name") if isinstance(each, dict) else each).lower() for each in data.get("labels") or []}
    logins = {str(each.get("login")).lower() for each in data.get("assignees") or []}
    of_type = str((data.get("type") or {}).get("name", "")).lower()
    return (
        *(f"the label {each}" for each in given.labels if each.lower() not in labels),
        *(f"the type {each}" for each in [given.type] if each and each.lower() != of_type),
        *(f"the assignee @{each}" for each in given.assignees if each.lower() not in logins),
    )


def found(process: Process, repository: str, key: str, since: datetime | None) -> Filed | None:
    """The oldest issue there that we made with `key`, not before `since`."""
    if not key:
        return None
    least = since - CLOCKS if since else None
    mark = written(key)
    carry = [each for each in _newest_first(process, repository, least) if mark_of(str(each.get("body") or "")) == mark]
    if not carry:
        return None
    mine = us(process, repository)  # a copy that somebody else made of the text has the key, too
    made = [each for each in carry if mine.wrote(each)]
    return Filed(str(of_data(made[-1])), str(made[-1]["html_url"])) if made else None


def _newest_first(process: Process, repository: str, least: datetime | None) -> Iterator[Mapping[str, Any]]:
    params = {"state": "all", "sort": "created", "direction": "desc", "per_page": 100}
    if least:
        params["since"] = f"{least.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for each in listed(process, f"/repos/{repository}/issues", params, repository):
        if least and moment(each["created_at"]) < least:
            return
        if "pull_request" not in each:
            yield each


def listed(process: Process, path: str, params: Mapping[str, Any], owner: str) -> Iterator[Mapping[str, Any]]:
    """Everything that is listed there, page after page."""
    answer = call_at(process, "GET", path, owner=owner, params=params)
    while True:
        every: Sequence[Mapping[str, Any]] = answer.data if isinstance(answer.data, list) else []
        yield from every
        if not answer.link_next:
            return
        answer = call_at(process, "GET", answer.link_next, owner=owner)
