"""The fake GitHub as tests see it: `with serving() as github:`, people act, the product calls `github.url`.

FIRST FORM: REST of issues, comments, repository, labels, issue types, app and installation tokens, and the GraphQL
look are there; webhooks, limits, faults, sub-issues, pulls, contents and the validation follow.

    github.url              what goes into GITHUB_API_URL; GraphQL is at `url/graphql`
    credentials             token (of the machine user `token_user`), new_token(login); app_id, private_key,
                            installation, slug, install(owner); revoke(), suspend(), unsuspend()
    people and places       user() organisation() repository("owner/name") rights(repository, login, "read")
    what people do          open_issue() edit() rename() tick() comment() edit_comment() delete_comment() close()
                            reopen() assign() label(): `who` is a login, an issue is "OWNER/REPO#N"
    what is there           issue("OWNER/REPO#N") issues("OWNER/REPO") requests writes
    time                    clock.now clock.move(seconds)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tests.github.looking import Looked, looked
from tests.github.people import People
from tests.github.server import Server

__all__ = ["GitHub", "Looked", "serving"]


class GitHub(People):
    """Everything of it; see the module."""

    def issue(self, ref: str) -> Looked:
        """An issue as it is now, transfers followed; it does not change any more when the issue does."""
        with self.lock:
            return looked(self, self.found(ref))

    def issues(self, repository: str) -> list[Looked]:
        """Those of a repository that are not gone, pull requests left out, by number."""
        with self.lock:
            every = self.repo(repository).issues.values()
            return [looked(self, each) for each in every if not each.gone and each.pull is None]


@contextmanager
def serving(start: datetime | None = None, port: int = 0) -> Iterator[GitHub]:
    """A GitHub that listens. With `start` its clock stands there until it is moved; without, it runs."""
    github = GitHub(start)
    server = Server(github, port=port)
    try:
        yield github
    finally:
        server.close()
