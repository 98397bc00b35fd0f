"""What people do at GitHub: `who` is a login, `issue` is "OWNER/REPO#N"."""

from __future__ import annotations

import re

from tests.github.records import Account, Issue
from tests.github.refusal import Refusal
from tests.github.tokens import Tokens


class People(Tokens):
    """They act on the web pages: no token, no limits; but what they have no right to is refused."""

    def open_issue(self, who: str, repository: str, title: str, body: str = "") -> str:
        with self.lock:
            return self.create(self.account(who), self.repo(repository), title, body).ref

    def edit(self, who: str, issue: str, body: str) -> None:
        """Save a whole new body."""
        with self.lock:
            actor, found = self._on(who, issue)
            self.change_body(actor, found, body)

    def rename(self, who: str, issue: str, title: str) -> None:
        with self.lock:
            actor, found = self._on(who, issue)
            self.change_title(actor, found, title)

    def tick(self, who: str, issue: str, line: str, done: bool = True) -> None:
        """Tick (or with `done` False untick) the one box whose line has these words."""
        with self.lock:
            actor, found = self._on(who, issue)
            lines = found.body.split("\n")
            boxes = [n for n, each in enumerate(lines) if re.match(r"\s*[-*+] \[[ xX]\] ", each) and line in each]
            assert len(boxes) == 1, f"{len(boxes)} boxes have {line!r}:\n{found.body}"
            lines[boxes[0]] = re.sub(r"\[[ xX]\]", "[x]" if done else "[ ]", lines[boxes[0]], count=1)
            self.change_body(actor, found, "\n".join(lines))

    def comment(self, who: str, issue: str, body: str) -> int:
        """The comment's id."""
        with self.lock:
            found = self.found(issue)
            return self.add_comment(self.account(who), found, body).id

    def edit_comment(self, who: str, issue: str, comment: int, body: str) -> None:
        with self.lock:
            found = self.found(issue)
            self.change_comment(self.account(who), next(one for one in found.comments if one.id == comment), body)

    def delete_comment(self, who: str, issue: str, comment: int) -> None:
        with self.lock:
            found = self.found(issue)
            self.remove_comment(self.account(who), next(one for one in found.comments if one.id == comment))

    def close(self, who: str, issue: str, reason: str = "completed") -> None:
        """`reason`: completed, not_planned or duplicate."""
        with self.lock:
            actor, found = self._on(who, issue)
            self.set_state(actor, found, "closed", reason)

    def reopen(self, who: str, issue: str) -> None:
        with self.lock:
            actor, found = self._on(who, issue)
            self.set_state(actor, found, "open")

    def assign(self, who: str, issue: str, *logins: str) -> None:
        """Exactly these are assigned afterwards."""
        with self.lock:
            actor, found = self._on(who, issue)
            self.set_assignees(actor, found, list(logins))

    def label(self, who: str, issue: str, *labels: str) -> None:
        """Exactly these are its labels afterwards."""
        with self.lock:
            actor, found = self._on(who, issue)
            self.set_labels(actor, found, list(labels))

    def _on(self, who: str, issue: str) -> tuple[Account, Issue]:
        """The actor and the issue, where the one may change the other."""
        actor, found = self.account(who), self.found(issue)
        if found.gone:
            raise Refusal(410, "This issue was deleted")
        if actor is not found.author and not self.may(actor, found.repository, "triage"):
            raise Refusal(403, f"{who} has no right to change {issue}")
        return actor, found
