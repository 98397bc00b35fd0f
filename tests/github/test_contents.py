"""Branches, files and pull requests: a file is published by a pull request."""

from __future__ import annotations

import base64

import pytest

from tests.github.conftest import PLACE, Scene

REPO = f"/repos/{PLACE}"


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def branched(scene: Scene, name: str = "post-mortem") -> None:
    sha = scene.get(f"{REPO}/git/ref/heads/main").json()["object"]["sha"]
    assert scene.post(f"{REPO}/git/refs", ref=f"refs/heads/{name}", sha=sha).status_code == 201


def test_a_file_comes_onto_main_by_a_pull_request(scene: Scene) -> None:
    branched(scene)
    put = scene.client.put(
        f"{REPO}/contents/incidents/2026/ferry.md",
        json={"message": "Add it", "content": coded("# Ferry\n"), "branch": "post-mortem"},
    )
    assert put.status_code == 201
    assert scene.get(f"{REPO}/contents/incidents/2026/ferry.md").status_code == 404
    pull = scene.post(f"{REPO}/pulls", title="Ferry", head="post-mortem", base="main", draft=True)
    assert (pull.status_code, pull.json()["draft"], pull.json()["head"]["sha"]) == (
        201, True, put.json()["commit"]["sha"],
    )  # fmt: skip
    assert [each["number"] for each in scene.get(f"{REPO}/pulls", head="halden-ferries:post-mortem").json()] == [1]
    scene.github.merge("ana", f"{PLACE}#1")
    told = scene.get(f"{REPO}/contents/incidents/2026/ferry.md").json()
    assert base64.b64decode(told["content"]) == b"# Ferry\n"
    assert [(each["name"], each["type"]) for each in scene.get(f"{REPO}/contents/incidents").json()] == [
        ("2026", "dir")
    ]
    assert (scene.get(f"{REPO}/pulls/1").json()["merged"], scene.get(f"{REPO}/pulls").json()) == (True, [])


def test_a_file_that_is_there_is_changed_by_its_sha(scene: Scene) -> None:
    place = f"{REPO}/contents/README.md"
    change = {"message": "Change it", "content": coded("New\n")}
    assert scene.client.put(place, json=change).status_code == 422
    assert scene.client.put(place, json=change | {"sha": "0" * 40}).status_code == 409
    sha = scene.get(place).json()["sha"]
    assert scene.client.put(place, json=change | {"sha": sha}).status_code == 200
    assert base64.b64decode(scene.get(place).json()["content"]) == b"New\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"head": "nowhere", "base": "main"}, "invalid"),
        ({"head": "same", "base": "main"}, "No commits between"),
        ({"head": "taken", "base": "main"}, "already exists"),
    ],
)
def test_a_pull_request_that_cannot_be_is_refused(scene: Scene, given: dict[str, str], words: str) -> None:
    branched(scene, "same")
    scene.github.pull_request("ana", PLACE, branch="taken")
    answer = scene.post(f"{REPO}/pulls", title="No", **given)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_where_drafts_are_not_for_free_they_are_refused(scene: Scene) -> None:
    scene.github.repo(PLACE).draft_pulls = False
    scene.github.pull_request("ana", PLACE, branch="new")
    scene.github.close_unmerged("ana", f"{PLACE}#1")
    answer = scene.post(f"{REPO}/pulls", title="Draft", head="new", base="main", draft=True)
    assert (answer.status_code, "Draft" in answer.json()["message"]) == (422, True)
    assert scene.post(f"{REPO}/pulls", title="Real", head="new", base="main").status_code == 201


def test_a_branch_is_made_once_and_at_a_commit(scene: Scene) -> None:
    branched(scene)
    sha = scene.get(f"{REPO}/git/ref/heads/main").json()["object"]["sha"]
    again = scene.post(f"{REPO}/git/refs", ref="refs/heads/post-mortem", sha=sha)
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    assert scene.post(f"{REPO}/git/refs", ref="refs/heads/other", sha="0" * 40).status_code == 422
    assert scene.get(f"{REPO}/git/ref/heads/other").status_code == 404
