"""GitHub as the tracker: the Incident issue is an issue of the configured repository.

Bodies and comments carry a hidden key (see `hidden`); whoever calls gets and gives texts without it. GitHub cannot
compare and replace in one: a body is read just before it is written, and what somebody saved in that moment is told by
the next look among the revisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.process import Process
from musterpoint.integrations.github import hidden, history, texts
from musterpoint.integrations.github.calling import Refusal
from musterpoint.integrations.github.filing import Given, file, found, listed
from musterpoint.integrations.github.looking import look
from musterpoint.integrations.github.people import us
from musterpoint.integrations.github.references import reference
from musterpoint.integrations.github.whereabouts import call_at, plainly
from musterpoint.ports import Filed, Posted, Refused, Seen


@dataclass(slots=True)
class GitHubTracker:
    """The port. `limit` is what GitHub takes, less the line of the key; `apart` is a setting, in seconds."""

    process: Process
    limit: int = hidden.LONGEST - hidden.ROOM
    apart: float = 30.0
    exact: bool = False

    @classmethod
    def of(cls, process: Process) -> GitHubTracker:
        return cls(process, apart=process.github_edit_every)

    def create(self, title: str, body: str, key: str) -> Filed:
        process = self.process
        given = Given(process.github_labels, process.github_type, process.github_assignees)
        return file(process, self._repository(), title, body, key, given)

    def find(self, key: str, since: datetime | None = None) -> Filed | None:
        return found(self.process, self._repository(), key, since)

    def _repository(self) -> str:
        if not self.process.github_repository:
            raise Refused('No repository is set: name one in musterpoint.toml, [github] repository = "owner/name".')
        return self.process.github_repository

    def read(self, ref: str, of: Sequence[str] = ()) -> Seen:
        return look(self.process, ref, of)

    def write(self, ref: str, body: str, was: str) -> None:
        where = reference(ref)
        with plainly(self.process, where):
            texts.replace(self.process, where.path, where.repository, body, was)

    def set_open(self, ref: str, open: bool) -> None:
        where = reference(ref)
        state = {"state": "open"} if open else {"state": "closed", "state_reason": "completed"}
        with plainly(self.process, where):
            call_at(self.process, "PATCH", where.path, owner=where.repository, json=state, write=True)

    def comment(self, ref: str, text: str, key: str) -> Posted:
        where = reference(ref)
        content = {"body": hidden.with_key(text, key)}
        with plainly(self.process, where):
            path = f"{where.path}/comments"
            data = call_at(self.process, "POST", path, owner=where.repository, json=content, write=True).data
        return Posted(str(data["id"]), str(data["html_url"]))

    def commented(self, ref: str, key: str) -> Posted | None:
        where, mark = reference(ref), hidden.written(key)
        with plainly(self.process, where):
            every = list(listed(self.process, f"{where.path}/comments", {"per_page": 100}, where.repository))
        carry = [each for each in every if mark and hidden.last_mark_of(str(each.get("body") or "")) == mark]
        mine = us(self.process, where.repository) if carry else None
        made = next((each for each in carry if mine and mine.wrote(each)), None)
        return Posted(str(made["id"]), str(made["html_url"])) if made else None

    def rewrite(self, ref: str, external: str, text: str, was: str) -> str:
        where = reference(ref)
        if not (external.isascii() and external.isdigit()):
            raise Refused(f"{external!r} is no comment on GitHub.")
        try:
            path = f"/repos/{where.repository}/issues/comments/{external}"
            node = texts.replace(self.process, path, where.repository, text, was)
        except Refusal as error:
            if error.status not in (404, 410):
                raise
            raise Refused(f"The comment {external} on {ref} is not on GitHub any more.") from error
        return history.replaced(self.process, where, node, was, text) if node else ""
