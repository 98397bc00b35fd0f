"""Everything GitHub knows, and how things are found by the names that people use for them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.github.clock import Clock
from tests.github.records import Account, Commit, Issue, Json, Label, Repository, Written
from tests.github.refusal import Refusal, not_found

#: What a new organisation and a new repository have.
ISSUE_TYPES = ("Task", "Bug", "Feature")
LABELS = ("bug", "enhancement", "incident", "action")
#: The order of rights; "write" is what GitHub's documentation calls push access.
RIGHTS = ("none", "read", "triage", "write", "admin")


class State:
    """Accounts, repositories and issues; one lock over all of them."""

    def __init__(self, start: datetime | None) -> None:
        self.clock = Clock(start)
        self.lock = threading.RLock()
        self.url = ""
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        #: A former OWNER/REPO (small letters) → the repository as it is called now.
        self.former: dict[str, Repository] = {}
        self.nodes: dict[str, Any] = {}
        self._ids = 2_900_000_000
        self.ghost = Account(10137, "MDQ6VXNlcjEwMTM3", "ghost", "User", "Deleted user")

    @property
    def now(self) -> datetime:
        return self.clock.now

    def identify(self, prefix: str) -> tuple[int, str]:
        """A new id and node_id; `prefix` as in GitHub's own: I, IC, R, U, PR, CE, ..."""
        self._ids += 1
        return self._ids, f"{prefix}_kwDO{self._ids:010X}"

    def announce(self, event: str, action: str, actor: Account, repository: Repository, **parts: Any) -> None:
        """Something happened; whoever delivers webhooks overrides this."""

    def _account(self, login: str, kind: str, prefix: str, **more: Any) -> Account:
        assert login.lower() not in self.accounts, f"{login} is taken"
        number, node = self.identify(prefix)
        account = Account(number, node, login, kind, **more)
        self.accounts[login.lower()] = self.nodes[node] = account
        return account

    def user(self, login: str, name: str = "", email: str = "") -> str:
        """A person; `name` is the display name, "" for none. Returns the login."""
        with self.lock:
            return self._account(login, "User", "U", name=name, email=email).login

    def organisation(self, login: str, issue_types: tuple[str, ...] | list[str] = ISSUE_TYPES) -> str:
        with self.lock:
            return self._account(login, "Organization", "O", issue_types=list(issue_types)).login

    def repository(
        self,
        full_name: str,
        *,
        private: bool = True,
        labels: tuple[str, ...] | list[str] = LABELS,
        sub_issues: bool = True,
        has_issues: bool = True,
        draft_pulls: bool = True,
        files: dict[str, str] | None = None,
    ) -> str:
        """A repository "owner/name"; an owner that is not there becomes an organisation. Returns the name."""
        with self.lock:
            owner, name = full_name.split("/")
            if owner.lower() not in self.accounts:
                self.organisation(owner)
            number, node = self.identify("R")
            repo = Repository(number, node, self.accounts[owner.lower()], name, private, has_issues=has_issues)
            repo.sub_issues, repo.draft_pulls, repo.created = sub_issues, draft_pulls, self.now
            for each in labels:
                repo.labels[each.lower()] = Label(self.identify("LA")[0], each)
            if repo.owner.kind == "User":
                repo.rights[owner.lower()] = "admin"
            self.repositories[full_name.lower()] = self.nodes[node] = repo
            tree = {path: text.encode() for path, text in (files or {"README.md": f"# {name}\n"}).items()}
            repo.branches[repo.default_branch] = [self.commit("Initial commit", repo.owner, tree)]
            return repo.full_name

    def commit(self, message: str, author: Account, files: dict[str, bytes]) -> Commit:
        number, node = self.identify("C")
        sha = hashlib.sha1(f"{number}{message}".encode(), usedforsecurity=False).hexdigest()
        found = Commit(sha, node, message, author, self.now, files)
        self.nodes[node] = found
        return found

    def rights(self, full_name: str, login: str, right: str) -> None:
        """What a person may in a repository: "none", "read", "triage", "write" (push access) or "admin"."""
        assert right in RIGHTS, right
        with self.lock:
            self.repo(full_name).rights[login.lower()] = right

    def right_of(self, account: Account | None, repo: Repository) -> str:
        """A person's right: "write" where a test gave them none. Who does not say who they are reads what is public."""
        if account is None:
            return "none" if repo.private else "read"
        return repo.rights.get(account.login.lower(), "write")

    def may(self, account: Account | None, repo: Repository, least: str) -> bool:
        return RIGHTS.index(self.right_of(account, repo)) >= RIGHTS.index(least)

    def account(self, login: str) -> Account:
        """By login, in any letters. An app's own account is found by its slug and by `slug[bot]`."""
        found = self.accounts.get(login.lower().removesuffix("[bot]"))
        if found is None or found.deleted:
            raise Refusal(404, f"Not Found: {login}")
        return found

    def repo(self, full_name: str) -> Repository:
        """By its name, or by a former one."""
        found = self.repositories.get(full_name.lower()) or self.former.get(full_name.lower())
        if found is None:
            raise not_found()
        return found

    def by_number(self, repo: Repository) -> str:
        """The address of a repository as GitHub redirects to it."""
        return f"{self.url}/repositories/{repo.id}"

    def by_name(self, path: str) -> str:
        """A path that has the repository's number, with its name instead; any other path as it is."""
        kind, _, rest = path.lstrip("/").partition("/")
        number, _, tail = rest.partition("/")
        if kind != "repositories":
            return path
        name = next((each.full_name for each in self.repositories.values() if str(each.id) == number), "none/none")
        return f"/repos/{name}/{tail}".rstrip("/")

    def found(self, ref: str) -> Issue:
        """The record behind "OWNER/REPO#N", transfers followed; for tests and people, who know what they mean."""
        name, _, number = ref.rpartition("#")
        issue = self.repo(name).issues[int(number)]
        while issue.moved_to is not None:
            issue = issue.moved_to
        return issue

    def author_of(self, written: Written) -> Account:
        return self.ghost if written.author.deleted else written.author

    def issue_by_id(self, number: int) -> Issue | None:
        every = (issue for repo in self.repositories.values() for issue in repo.issues.values())
        return next((each for each in every if each.id == number and not each.gone), None)

    def comment_by_id(self, repo: Repository, number: int) -> Any:
        every = (comment for issue in repo.issues.values() if not issue.gone for comment in issue.comments)
        return next((each for each in every if each.id == number), None)


#: (body, headers) -> the status that the receiver answered, or an object with `.status`
Receiver = Callable[[bytes, dict[str, str]], Any]
Answered = tuple[int, Json | list[Json] | None, dict[str, str]]
