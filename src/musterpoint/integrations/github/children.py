"""Issues of actions: issues of their own in any repository of the same owner, sub-issues of the Incident issue.

https://docs.github.com/en/rest/issues/sub-issues. GitHub wants the child's id, not its number, and takes 100 of them.
What it does not take of a change is told, not hidden: `state_reason` counts only where the state changes, and somebody
who cannot be assigned is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.process import Process
from musterpoint.integrations.github import linking
from musterpoint.integrations.github.calling import Refusal
from musterpoint.integrations.github.filing import LONGEST_TITLE, Given, can_be_assigned, changed, dropped, file, found
from musterpoint.integrations.github.looking import look_at_one
from musterpoint.integrations.github.people import login_of
from musterpoint.integrations.github.references import Reference, reference
from musterpoint.integrations.github.whereabouts import plainly
from musterpoint.ports import Filed, SubIssue

#: What an action's state is on GitHub.
_STATES = {
    ActionStatus.OPEN: ("open", ""),
    ActionStatus.DONE: ("closed", "completed"),
    ActionStatus.DECLINED: ("closed", "not_planned"),
}


@dataclass(frozen=True, slots=True)
class GitHubActionIssues:
    """The port ActionIssues. Places are repositories, `OWNER/NAME`."""

    process: Process

    @classmethod
    def of(cls, process: Process) -> GitHubActionIssues:
        return cls(process)

    def make(self, place: str, title: str, body: str, owner: str, key: str) -> Filed:
        login = login_of(owner)
        filed = file(self.process, place, title, body, key, Given(assignees=(login,) if login else ()))
        if owner and not login:
            return Filed(filed.ref, filed.url, (*filed.dropped, _unknown(owner)))
        return filed

    def made(self, place: str, key: str, since: datetime) -> Filed | None:
        return found(self.process, place, key, since)

    def look(self, ref: str) -> SubIssue:
        """`linked` is not told: that depends on whose sub-issue it is to be."""
        return look_at_one(self.process, ref)

    def link(self, parent: str, ref: str) -> str:
        return linking.link(self.process, reference(parent), reference(ref))

    def unlink(self, parent: str, ref: str) -> None:
        linking.unlink(self.process, reference(parent), reference(ref))

    def change(
        self, ref: str, *, title: str | None = None, status: ActionStatus | None = None, owner: str | None = None
    ) -> tuple[str, ...]:
        where, content, given = reference(ref), dict[str, Any](), Given()
        if title is not None:
            content["title"] = title[:LONGEST_TITLE]
        if status is not None:
            content |= _state(status)
        if owner is not None:
            login = login_of(owner)
            given = Given(assignees=(login,) if login else ())
            content["assignees"] = list(given.assignees)
        with plainly(self.process, where):
            data = self._changed(where, content, given)
            if status is not None and data.get("state_reason") != content.get("state_reason") and status.name != "OPEN":
                self._changed(where, _state(ActionStatus.OPEN), Given())
                self._changed(where, _state(status), Given())
        return (*dropped(given, data), *([_unknown(owner)] if owner and not given.assignees else []))

    def _changed(self, where: Reference, content: Mapping[str, Any], given: Given) -> Mapping[str, Any]:
        """Once more without an assignee whom GitHub does not know."""
        try:
            return changed(self.process, "PATCH", where.path, where.repository, content)
        except Refusal as error:
            if error.status != 422 or not given.assignees:
                raise
        return changed(self.process, "PATCH", where.path, where.repository, {**content, "assignees": []})

    def known(self, identity: str, place: str) -> bool:
        login = login_of(identity)
        return bool(login) and can_be_assigned(self.process, place, login)


def _state(status: ActionStatus) -> dict[str, str]:
    state, reason = _STATES[status]
    return {"state": state, "state_reason": reason} if reason else {"state": state}


def _unknown(owner: str) -> str:
    return f"the assignee {owner}"
