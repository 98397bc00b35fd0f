"""What the tests of the fake GitHub share: one that stands still in time, two people, two repositories, a client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.github.github import GitHub, serving

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACE, OTHER = "halden-ferries/CloudProject", "halden-ferries/timetable"


@dataclass
class Scene:
    """`github` with `ana`, `ben` and two repositories; `client` calls it with the machine user's token."""

    github: GitHub
    client: httpx.Client

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.client.get(path, params=params)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.client.post(path, json=body)

    def patch(self, path: str, **body: Any) -> httpx.Response:
        return self.client.patch(path, json=body)

    def query(self, query: str, **variables: Any) -> Any:
        """The whole answer of GraphQL."""
        return self.client.post("/graphql", json={"query": query, "variables": variables}).json()

    def issue(self, body: str = "- [ ] one\n- [ ] two", place: str = PLACE) -> str:
        """One that the caller opened."""
        number = self.post(f"/repos/{place}/issues", title="Ferries stand still", body=body).json()["number"]
        return f"{place}#{number}"


def path(ref: str, more: str = "") -> str:
    """The path of an issue."""
    name, _, number = ref.partition("#")
    return f"/repos/{name}/issues/{number}{more}"


def made(start: datetime | None = START) -> Iterator[Scene]:
    with serving(start) as github:
        github.user("ana", name="Ana Ortiz")
        github.user("ben", name="Ben Aas")
        github.repository(PLACE)
        github.repository(OTHER)
        headers = {"Authorization": f"Bearer {github.token}"}
        with httpx.Client(base_url=github.url, headers=headers) as client:
            yield Scene(github, client)


@pytest.fixture
def scene() -> Iterator[Scene]:
    yield from made()
