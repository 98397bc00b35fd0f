"""The trackers that must keep the contract, each with what people do there and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from musterpoint.core.process import Process
from musterpoint.integrations.github import credentials
from musterpoint.integrations.github.hidden import without_key
from musterpoint.integrations.github.tracker import GitHubTracker
from musterpoint.integrations.local.tracker import LocalTracker
from musterpoint.ports import Tracker
from musterpoint.store import models
from tests.github.github import serving

REPOSITORY = "halden-ferries/CloudProject"


@dataclass
class Case:
    """A tracker, how a person changes a body and a comment of ours there, and the texts of all comments of an issue."""

    name: str
    tracker: Tracker
    person_writes: Callable[[str, str], object]
    person_rewrites: Callable[[str, str, str], object]
    comments: Callable[[str], list[str]]
    #: references that name no issue there
    nowhere: tuple[str, ...]


def local_comments(ref: str) -> list[str]:
    rows = models.LocalComment.objects.filter(issue__pk=ref.removeprefix("local#")).order_by("id")
    return list(rows.values_list("text", flat=True))


def _local() -> Case:
    def writes(ref: str, body: str) -> object:
        return models.LocalIssue.objects.filter(pk=ref.removeprefix("local#")).update(body=body)

    def rewrites(ref: str, external: str, text: str) -> object:
        return models.LocalComment.objects.filter(pk=int(external)).update(text=text)

    refs = ("local#999", "local#", "", "local#x", "#1", "1", "local#-1", "local#²")
    return Case("local", LocalTracker(), writes, rewrites, local_comments, refs)


@contextmanager
def _github(patch: pytest.MonkeyPatch, *, app: bool) -> Iterator[Case]:
    patch.setattr(credentials, "_tokens", {})
    with serving() as github:
        github.organisation("halden-ferries")
        github.repository(REPOSITORY)
        github.user("ana")
        patch.setenv("GITHUB_API_URL", github.url)
        given: dict[str, Any] = {"GITHUB_TOKEN": github.token}
        if app:
            given = {"GITHUB_APP_ID": str(github.app_id), "GITHUB_APP_PRIVATE_KEY": github.private_key}
        for name, value in given.items():
            patch.setenv(name, value)

        def comments(ref: str) -> list[str]:
            return [without_key(each.body) for each in github.issue(ref).comments]

        process = Process(tracker="github", github_repository=REPOSITORY, timeout=5)
        refs = (
            f"{REPOSITORY}#999", f"{REPOSITORY}#", f"{REPOSITORY}#0", f"{REPOSITORY}#²", f"{REPOSITORY}#1/comments",
            "halden-ferries/..#1", "halden-ferries/Elsewhere#1", "local#1", "#1", "1", "",
        )  # fmt: skip
        yield Case(
            "github",
            GitHubTracker.of(process),
            lambda ref, body: github.edit("ana", ref, body),
            lambda ref, external, text: github.edit_comment("ana", ref, int(external), text),
            comments,
            refs,
        )


@contextmanager
def tracker(name: str, patch: pytest.MonkeyPatch) -> Iterator[Case]:
    """`local`, `github` (with a token) or `github-app`."""
    if name == "local":
        yield _local()
        return
    with _github(patch, app=name == "github-app") as case:
        yield case
