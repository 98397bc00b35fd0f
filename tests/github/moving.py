"""What takes an issue, a repository or a person away from where they were: deleted, transferred, renamed."""

from __future__ import annotations

from tests.github.pulls import Pulls
from tests.github.records import Account, Issue, Repository


class Moving(Pulls):
    """Deletions, transfers and new names."""

    #: Whether the edit history of a body survives a transfer; GitHub promises it nowhere.
    transfer_keeps_edits = True

    def remove(self, actor: Account, issue: Issue) -> None:
        """Gone for good: 410 from now on, and not to be found by its node_id. Its children lose their parent."""
        for child in list(issue.children):
            self.unlink(actor, child)
        if issue.parent is not None:
            self.unlink(actor, issue)
        issue.gone = "deleted"
        for each in (issue, *issue.comments):
            self.nodes.pop(each.node_id, None)
        self.announce("issues", "deleted", actor, issue.repository, issue=issue)

    def move(self, actor: Account, issue: Issue, target: Repository) -> Issue:
        """A new issue (id, node_id, number) with everything of the old one; the old address answers 301."""
        number, node = self.identify("I")
        target.numbers += 1
        revisions = list(issue.revisions) if self.transfer_keeps_edits else issue.revisions[-1:]
        new = Issue(
            number, node, issue.author, issue.created, self.now, revisions, issue.via_app, repository=target,
            number=target.numbers, title=issue.title,
        )  # fmt: skip
        new.open, new.reason, new.closed_at, new.closed_by = issue.open, issue.reason, issue.closed_at, issue.closed_by
        new.labels = [target.labels[each.name.lower()] for each in issue.labels if each.name.lower() in target.labels]
        new.type = issue.type if target.owner is issue.repository.owner else None
        new.assignees = [each for each in issue.assignees if self.assignable(each, target)]
        new.comments, new.events = issue.comments, issue.events
        for comment in new.comments:
            comment.issue = new
        self._take_family(issue, new)
        issue.gone, issue.moved_to, issue.comments = "transferred", new, []
        target.issues[new.number] = self.nodes[node] = new
        self.nodes.pop(issue.node_id, None)
        self.announce("issues", "transferred", actor, issue.repository, issue=issue, new=new)
        self.announce("issues", "opened", actor, target, issue=new, old=issue)
        return new

    def _take_family(self, old: Issue, new: Issue) -> None:
        new.parent, new.children = old.parent, old.children
        if new.parent is not None:
            new.parent.children[new.parent.children.index(old)] = new
        for child in new.children:
            child.parent = new
        old.parent, old.children = None, []

    def rename_repository(self, full_name: str, name: str) -> str:
        """The old name answers 301. Returns the new full name."""
        with self.lock:
            repo = self.repo(full_name)
            self.former[repo.full_name.lower()] = repo
            del self.repositories[repo.full_name.lower()]
            repo.name = name
            self.repositories[repo.full_name.lower()] = repo
            return repo.full_name

    def rename_user(self, login: str, new: str) -> None:
        """A person takes another login; nothing redirects, and somebody else may take the old one."""
        with self.lock:
            account = self.accounts.pop(login.lower())
            account.login = new
            self.accounts[new.lower()] = account
            for repo in self.repositories.values():
                if login.lower() in repo.rights:
                    repo.rights[new.lower()] = repo.rights.pop(login.lower())

    def delete_user(self, login: str) -> None:
        """A person leaves GitHub: `ghost` in REST, null in GraphQL; nobody's assignee any more."""
        with self.lock:
            account = self.account(login)
            account.deleted = True
            for repo in self.repositories.values():
                for issue in repo.issues.values():
                    issue.assignees = [each for each in issue.assignees if each is not account]
