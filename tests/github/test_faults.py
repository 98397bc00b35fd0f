"""What goes wrong on request, and people who act in between."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.github.conftest import PLACE, Scene, path


def test_a_write_that_was_answered_with_502_may_have_happened_or_not(scene: Scene) -> None:
    scene.github.fails("POST", "/repos/*/issues", stored=True)
    scene.github.fails("POST", "/repos/*/issues")
    assert scene.post(f"/repos/{PLACE}/issues", title="Kept").status_code == 502
    assert scene.post(f"/repos/{PLACE}/issues", title="Not kept").status_code == 502
    assert [each.title for each in scene.github.issues(PLACE)] == ["Kept"]
    assert [each.done for each in scene.github.writes] == [True, False]
    assert scene.post(f"/repos/{PLACE}/issues", title="Next").status_code == 201


def test_a_connection_that_is_reset_leaves_the_write_behind(scene: Scene) -> None:
    ref = scene.issue()
    scene.github.fails("PATCH", reset=True)
    with pytest.raises(httpx.TransportError):
        scene.patch(path(ref), body="Changed")
    assert scene.github.issue(ref).body == "Changed"


def test_a_limit_or_a_slow_answer_can_be_asked_for(scene: Scene) -> None:
    scene.github.fails("GET", "/user", 429, retry_after=7)
    assert scene.get("/user").headers["retry-after"] == "7"
    scene.github.fails("GET", "/user", 0, late=0.3)
    with pytest.raises(httpx.ReadTimeout):
        scene.client.get("/user", timeout=0.1)


def test_somebody_saves_between_a_read_and_a_write(scene: Scene) -> None:
    ref = scene.issue("Ours")
    scene.github.between("PATCH /repos/*", lambda: scene.github.edit("ana", ref, "Ours, and theirs"))
    scene.patch(path(ref), body="Ours, again")
    assert scene.github.issue(ref).bodies == ("Ours", "Ours, and theirs", "Ours, again")
    assert scene.github.faults.waiting == 0


def test_everything_is_down_until_it_is_up(scene: Scene) -> None:
    scene.github.down = True
    answer = scene.get(f"/repos/{PLACE}")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    scene.github.down = "reset"
    with pytest.raises(httpx.TransportError):
        scene.get(f"/repos/{PLACE}")
    scene.github.down = False
    assert scene.get(f"/repos/{PLACE}").status_code == 200


def test_writes_at_the_same_time_are_counted(scene: Scene) -> None:
    ref = scene.issue()
    assert scene.github.most_writes_at_once == 1
    scene.github.fails("POST", "*/comments", 0, late=0.2, times=2)
    threads = [
        threading.Thread(target=scene.post, args=(path(ref, "/comments"),), kwargs={"body": "At once"})
        for _ in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert scene.github.most_writes_at_once == 2


def test_what_was_asked_is_kept(scene: Scene) -> None:
    scene.issue()
    scene.query("{ viewer { login } }")
    assert [(each.method, each.path, each.write, each.status) for each in scene.github.requests] == [
        ("POST", f"/repos/{PLACE}/issues", True, 201),
        ("POST", "/graphql", False, 200),
    ]
