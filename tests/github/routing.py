"""Which function answers which request: `@endpoint("GET", "/app")`, named as GitHub's description does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from tests.github.records import Issue, Json, Repository
from tests.github.refusal import Refusal, not_found
from tests.github.tokens import Token

if TYPE_CHECKING:
    from tests.github.github import GitHub


@dataclass
class Reply:
    """What is answered: `body` as JSON (None: nothing)."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request. `template` is its path in the description, `at` what stood in its braces."""

    github: GitHub
    method: str
    path: str
    template: str
    at: dict[str, str]
    query: dict[str, str]
    body: Json
    token: Token | None

    @property
    def caller(self) -> Token:
        if self.token is None:
            raise Refusal(401, "Requires authentication")
        return self.token

    @property
    def repo(self) -> Repository:
        """The repository of the path, where the caller may see it. A former name answers 301."""
        name = f"{self.at['owner']}/{self.at['repo']}"
        repo = self.github.repo(name)
        if not self.github.sees(self.token, repo):
            raise not_found()
        if repo.full_name.lower() != name.lower():
            tail = self.path.split("/", 4)[4:]
            raise self._moved("/".join([self.github.by_number(repo), *tail]), writes=self.method != "GET")
        return repo

    def issue(self, permission: str = "read") -> Issue:
        """The issue of the path: 404 unknown, 410 deleted, 301 transferred."""
        repo = self.repo
        self.github.require(self.token, repo, "issues", permission)
        found = repo.issues.get(int(self.at["issue_number"]))
        if found is None:
            raise not_found()
        if not repo.has_issues:
            raise Refusal(410, "Issues has been disabled in this repository.")
        if found.gone == "deleted":
            raise Refusal(410, "This issue was deleted")
        if found.moved_to is not None:
            there = self.github.found(found.ref)
            if not self.github.sees(self.token, there.repository):
                raise not_found()
            tail = self.path.split("/", 6)[6:]
            raise self._moved("/".join([self.github.by_number(there.repository), "issues", str(there.number), *tail]))
        return found

    def page(self, every: list[Any]) -> tuple[list[Any], dict[str, str]]:
        """The page that was asked for and, where there are more, the Link header."""
        size, page = min(int(self.query.get("per_page", 30)), 100), max(int(self.query.get("page", 1)), 1)
        last = max(1, -(-len(every) // size))
        links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = {name: to for name, to in links.items() if (page > 1 or name in ("next", "last")) and 1 <= to <= last}
        if page >= last:
            wanted = {name: to for name, to in wanted.items() if name in ("prev", "first") and page > 1}
        header = ", ".join(f'<{self._address(to)}>; rel="{name}"' for name, to in wanted.items())
        return every[(page - 1) * size : page * size], {"link": header} if header else {}

    def _address(self, page: int) -> str:
        """By the repository's number, as GitHub does."""
        tail = self.path.split("/", 4)[4:] if self.path.startswith("/repos/") else []
        place = "/".join([self.github.by_number(self.repo), *tail]) if tail else f"{self.github.url}{self.path}"
        return f"{place}?{urlencode({**self.query, 'page': str(page)})}"

    def _moved(self, address: str, writes: bool = False) -> Refusal:
        """301; a write to a repository's former name answers 307 with the same words."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return Refusal(307 if writes else 301, "Moved Permanently", headers={"location": f"{address}{query}"})


Endpoint = Callable[[Call], Reply]
_ENDPOINTS: list[tuple[str, str, re.Pattern[str], Endpoint]] = []


def endpoint(method: str, template: str) -> Callable[[Endpoint], Endpoint]:
    """`{path}` takes slashes, every other name does not."""
    pattern = re.sub(
        r"\{(\w+)\}", lambda found: f"(?P<{found[1]}>{'.+' if found[1] in ('path', 'ref') else '[^/]+'})", template
    )

    def register(function: Endpoint) -> Endpoint:
        _ENDPOINTS.append((method, template, re.compile(pattern + "$"), function))
        return function

    return register


def routed(method: str, path: str) -> tuple[str, dict[str, str], Endpoint] | None:
    """The template, what stands in its braces, and the function."""
    for wanted, template, pattern, function in _ENDPOINTS:
        if wanted == method and (found := pattern.match(path)):
            return template, {key: unquote(value) for key, value in found.groupdict().items()}, function
    return None
