"""Pull requests, and what merging one does: its branch's files, and the issues that it names are closed."""

from __future__ import annotations

import re

from tests.github.records import Account, Issue, Pull, Repository
from tests.github.refusal import Refusal, invalid
from tests.github.sub_issues import SubIssues

#: docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+([\w.-]+/[\w.-]+)?#(\d+)", re.IGNORECASE)


class Pulls(SubIssues):
    """Pull requests; each is an issue as well, with a number of its repository's row."""

    def propose(
        self, actor: Account, repo: Repository, title: str, body: str, head: str, base: str, *, draft: bool = False,
        via_app: bool = False,
    ) -> Issue:  # fmt: skip
        """A new pull request from branch to branch. Raises Refusal 422."""
        if head not in repo.branches:
            raise invalid("PullRequest", "head")
        if base not in repo.branches:
            raise invalid("PullRequest", "base")
        if repo.branches[head] == repo.branches[base]:
            raise self._unprocessable(f"No commits between {base} and {head}")
        if any(each.open and each.pull and each.pull.head == head for each in repo.issues.values()):
            raise self._unprocessable(f"A pull request already exists for {repo.owner.login}:{head}.")
        if draft and not repo.draft_pulls:
            raise Refusal(422, "Draft pull requests are not supported in this repository.")
        issue = self.create(actor, repo, title, body, via_app=via_app, pull=True)
        issue.pull = Pull(*self.identify("PR"), issue, head, base, draft)
        self.nodes[issue.pull.node_id] = issue.pull
        self.announce("pull_request", "opened", actor, repo, issue=issue)
        return issue

    def _unprocessable(self, message: str) -> Refusal:
        return Refusal(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])

    def merge_pull(self, actor: Account, issue: Issue) -> None:
        """The base branch takes the files over; into the default branch, what the text names is closed by it."""
        pull, repo = issue.pull, issue.repository
        assert pull is not None, f"{issue.ref} is no pull request"
        assert issue.open, f"{issue.ref} is not open"
        files = repo.branches[pull.base][-1].files | repo.branches[pull.head][-1].files
        commit = self.commit(f"Merge pull request #{issue.number}", actor, files)
        repo.branches[pull.base] = [*repo.branches[pull.base], commit]
        pull.merged_at, pull.merged_by = self.now, actor
        self.set_state(actor, issue, "closed")
        issue.reason = None
        self.announce("pull_request", "closed", actor, repo, issue=issue)
        if pull.base == repo.default_branch:
            for named in self.named_in(repo, issue.body):
                if named.open and not named.gone:
                    self.set_state(actor, named, "closed", "completed", closer=pull)

    def named_in(self, repo: Repository, text: str) -> list[Issue]:
        """The issues that a text says it closes; what is not there is left out."""
        found: list[Issue] = []
        for name, number in CLOSES.findall(text):
            place = self.repositories.get((name or repo.full_name).lower())
            issue = place.issues.get(int(number)) if place else None
            if issue is not None and issue.pull is None:
                found.append(issue)
        return found

    def close_pull(self, actor: Account, issue: Issue) -> None:
        """Closed without being merged."""
        self.set_state(actor, issue, "closed")
        issue.reason = None
        self.announce("pull_request", "closed", actor, issue.repository, issue=issue)
