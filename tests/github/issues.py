"""What can happen to an issue, whoever does it: each change keeps its revision or event, and is announced."""

from __future__ import annotations

from typing import Any

from tests.github.records import Account, Comment, Commit, Event, Issue, Label, Pull, Repository, Revision, Written
from tests.github.refusal import Refusal, invalid
from tests.github.state import State

#: Longest body of an issue and of a comment, in characters.
LONGEST = 65_536
REASONS = ("completed", "not_planned", "duplicate", "reopened")


class Issues(State):
    """Issues and their comments. Rights are not asked for here."""

    def create(
        self, actor: Account, repo: Repository, title: str, body: str = "", *, via_app: bool = False, pull: bool = False
    ) -> Issue:
        """A new issue (with `pull` the issue part of a pull request, which is announced by its own event)."""
        self._short(body, "Issue")
        if not title.strip():
            raise invalid("Issue", "title", "missing_field")
        number, node = self.identify("PR" if pull else "I")
        repo.numbers += 1
        first = Revision(self.identify("UCE")[1], body, actor, self.now)
        issue = Issue(
            number, node, actor, self.now, self.now, [first], via_app, repository=repo, number=repo.numbers, title=title
        )
        repo.issues[issue.number] = self.nodes[node] = issue
        if not pull:
            self.announce("issues", "opened", actor, repo, issue=issue)
        return issue

    def _short(self, body: str, resource: str) -> None:
        if len(body) > LONGEST:
            raise invalid(resource, "body", "custom", message=f"body is too long (maximum is {LONGEST} characters)")

    def _revise(self, actor: Account, written: Written, text: str) -> None:
        written.revisions.append(Revision(self.identify("UCE")[1], text, actor, self.now))
        written.updated = self.now

    def change_body(self, actor: Account, issue: Issue, text: str) -> None:
        """A body that stays the same is no edit."""
        self._short(text, "Issue")
        if text == issue.body:
            return
        old = issue.body
        self._revise(actor, issue, text)
        self.announce("issues", "edited", actor, issue.repository, issue=issue, changes={"body": {"from": old}})

    def change_title(self, actor: Account, issue: Issue, title: str) -> None:
        if title == issue.title:
            return
        old, issue.title, issue.updated = issue.title, title, self.now
        self._event(actor, issue, "renamed")
        self.announce("issues", "edited", actor, issue.repository, issue=issue, changes={"title": {"from": old}})

    def _event(self, actor: Account, issue: Issue, kind: str, **more: Any) -> Event:
        prefix = {"closed": "CE", "reopened": "REE"}.get(kind, "EV")
        event = Event(*self.identify(prefix), kind, actor, self.now, **more)
        issue.events.append(event)
        issue.updated = self.now
        self.nodes[event.node_id] = event
        return event

    def set_state(
        self, actor: Account, issue: Issue, state: str, reason: str | None = None, closer: Pull | Commit | None = None
    ) -> None:
        """Close or reopen. Where the state does not change, `reason` is ignored, as GitHub does."""
        if (state == "open") == issue.open:
            return
        issue.open = state == "open"
        if issue.open:
            issue.reason, issue.closed_at, issue.closed_by = "reopened", None, None
            self._event(actor, issue, "reopened", reason="reopened")
        else:
            issue.reason, issue.closed_at, issue.closed_by = reason or "completed", self.now, actor
            self._event(actor, issue, "closed", reason=issue.reason, closer=closer)
        if issue.pull is None:
            self.announce("issues", "reopened" if issue.open else "closed", actor, issue.repository, issue=issue)

    def set_labels(self, actor: Account, issue: Issue, names: list[str]) -> None:
        """A label that the repository has not is made, as GitHub does for who may."""
        repo = issue.repository
        for name in names:
            repo.labels.setdefault(name.lower(), Label(self.identify("LA")[0], name))
        before, issue.labels = issue.labels, [repo.labels[name.lower()] for name in names]
        for label in issue.labels:
            if label not in before:
                self._event(actor, issue, "labeled")
                self.announce("issues", "labeled", actor, repo, issue=issue, label=label)
        for label in before:
            if label not in issue.labels:
                self._event(actor, issue, "unlabeled")
                self.announce("issues", "unlabeled", actor, repo, issue=issue, label=label)

    def set_assignees(self, actor: Account, issue: Issue, logins: list[str]) -> None:
        """At most ten; somebody who cannot be assigned is left out without a word."""
        known = [self.accounts.get(login.lower()) for login in logins]
        able = [each for each in known if each is not None and self.assignable(each, issue.repository)]
        before, issue.assignees = issue.assignees, list(dict.fromkeys(able))[:10]
        for each in issue.assignees:
            if each not in before:
                self._event(actor, issue, "assigned")
                self.announce("issues", "assigned", actor, issue.repository, issue=issue, assignee=each)
        for each in before:
            if each not in issue.assignees:
                self._event(actor, issue, "unassigned")
                self.announce("issues", "unassigned", actor, issue.repository, issue=issue, assignee=each)

    def assignable(self, account: Account, repo: Repository) -> bool:
        return account.kind == "User" and not account.deleted and self.may(account, repo, "read")

    def type_of(self, repo: Repository, name: str) -> str:
        types = {each.lower(): each for each in repo.owner.issue_types}
        if name.lower() not in types:
            raise invalid("Issue", "type", "invalid", value=name)
        return types[name.lower()]

    def set_type(self, actor: Account, issue: Issue, name: str | None) -> None:
        new = None if name is None else self.type_of(issue.repository, name)
        if new == issue.type:
            return
        issue.type, issue.updated = new, self.now
        self._event(actor, issue, "issue_type_changed")
        if new is not None:
            self.announce("issues", "typed", actor, issue.repository, issue=issue, type=new)

    def add_comment(self, actor: Account, issue: Issue, body: str, *, via_app: bool = False) -> Comment:
        self._short(body, "IssueComment")
        if not body.strip():
            raise Refusal(
                422, "Validation Failed", [{"resource": "IssueComment", "code": "missing_field", "field": "body"}]
            )
        number, node = self.identify("IC")
        first = Revision(self.identify("UCE")[1], body, actor, self.now)
        comment = Comment(number, node, actor, self.now, self.now, [first], via_app, issue=issue)
        issue.comments.append(comment)
        issue.updated = self.now
        self.nodes[node] = comment
        self.announce("issue_comment", "created", actor, issue.repository, issue=issue, comment=comment)
        return comment

    def change_comment(self, actor: Account, comment: Comment, text: str) -> None:
        self._short(text, "IssueComment")
        if text == comment.body:
            return
        old, issue = comment.body, comment.issue
        self._revise(actor, comment, text)
        issue.updated = self.now
        changes = {"body": {"from": old}}
        self.announce("issue_comment", "edited", actor, issue.repository, issue=issue, comment=comment, changes=changes)

    def remove_comment(self, actor: Account, comment: Comment) -> None:
        issue = comment.issue
        issue.comments.remove(comment)
        del self.nodes[comment.node_id]
        issue.updated = self.now
        self.announce("issue_comment", "deleted", actor, issue.repository, issue=issue, comment=comment)
