"""What people do at GitHub: `who` is a login, `issue` is "OWNER/REPO#N"."""

from __future__ import annotations

import re

from tests.github.records import Account, Issue
from tests.github.refusal import Refusal
from tests.github.tokens import Tokens


class People(Tokens):
    """They act on the web pages: no token, no limits; but what they have no right to is refused."""

    #: A browser's form sends "\r\n", and GitHub keeps it: a test may set that for all that people write.
    line_ends = "\n"

    def _typed(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\n", self.line_ends)

    def open_issue(self, who: str, repository: str, title: str, body: str = "") -> str:
        with self.lock:
            return self.create(self.account(who), self.repo(repository), title, self._typed(body)).ref

    def edit(self, who: str, issue: str, body: str) -> None:
        """Save a whole new body."""
        with self.lock:
            actor, found = self._on(who, issue)
            self.change_body(actor, found, self._typed(body))

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
            return self.add_comment(self.account(who), found, self._typed(body)).id

    def edit_comment(self, who: str, issue: str, comment: int, body: str) -> None:
        with self.lock:
            found = self.found(issue)
            self.change_comment(
                self.account(who), next(one for one in found.comments if one.id == comment), self._typed(body)
            )

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

    def delete(self, who: str, issue: str) -> None:
        """For good."""
        with self.lock:
            actor, found = self._on(who, issue)
            self.remove(actor, found)

    def transfer(self, who: str, issue: str, repository: str) -> str:
        """To another repository of the same owner; the new "OWNER/REPO#N"."""
        with self.lock:
            actor, found = self._on(who, issue)
            return self.move(actor, found, self.repo(repository)).ref

    def add_sub_issue(self, who: str, parent: str, child: str) -> None:
        with self.lock:
            actor, found = self._on(who, parent)
            self.link(actor, found, self.found(child))

    def remove_sub_issue(self, who: str, parent: str, child: str) -> None:
        with self.lock:
            actor, found = self._on(who, parent)
            assert self.found(child).parent is found, f"{child} is no sub-issue of {parent}"
            self.unlink(actor, self.found(child))

    def pull_request(
        self, who: str, repository: str, title: str = "A change", body: str = "", *, closes: str = "", branch: str = ""
    ) -> str:
        """A pull request to the default branch, from a branch with one more commit; `closes` names an issue."""
        with self.lock:
            actor, repo = self.account(who), self.repo(repository)
            branch = branch or f"change-{repo.numbers + 1}"
            base = repo.branches[repo.default_branch]
            files = base[-1].files | {f"{branch}.txt": branch.encode()}
            repo.branches[branch] = [*base, self.commit(title, actor, files)]
            text = f"{body}\n\nCloses {closes}".strip() if closes else body
            return self.propose(actor, repo, title, text, branch, repo.default_branch).ref

    def merge(self, who: str, pull: str) -> None:
        """Merge it: the issues that its text closes are closed by it."""
        with self.lock:
            self.merge_pull(self.account(who), self.found(pull))

    def close_unmerged(self, who: str, pull: str) -> None:
        with self.lock:
            self.close_pull(self.account(who), self.found(pull))

    def forget_edit(self, who: str, issue: str, number: int) -> None:
        """Delete the revision `number` (0: the first text) from the history of a body; its place stays."""
        with self.lock:
            revision = self.found(issue).revisions[number]
            revision.deleted_at, revision.deleted_by = self.now, self.account(who)

    def _on(self, who: str, issue: str) -> tuple[Account, Issue]:
        """The actor and the issue, where the one may change the other."""
        actor, found = self.account(who), self.found(issue)
        if found.gone:
            raise Refusal(410, "This issue was deleted")
        if actor is not found.author and not self.may(actor, found.repository, "triage"):
            raise Refusal(403, f"{who} has no right to change {issue}")
        return actor, found
