"""Sub-issues: their limits, and both sides of a link."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.github.conftest import OTHER, PLACE, Scene, path
from tests.github.refusal import Refusal


def number_of(scene: Scene, ref: str) -> int:
    return scene.github.issue(ref).id


def test_a_child_of_another_repository_is_linked_by_its_id_and_told_on_both_sides(scene: Scene) -> None:
    parent, child = scene.issue(), scene.issue(place=OTHER)
    answer = scene.post(path(parent, "/sub_issues"), sub_issue_id=number_of(scene, child))
    assert (answer.status_code, answer.json()["number"]) == (201, 1)
    assert scene.get(path(child, "/parent")).json()["id"] == number_of(scene, parent)
    scene.github.close("ana", child)
    told = scene.get(path(parent)).json()["sub_issues_summary"]
    assert told == {"total": 1, "completed": 1, "percent_completed": 100}
    assert [each["id"] for each in scene.get(path(parent, "/sub_issues")).json()] == [number_of(scene, child)]
    gone = scene.client.request("DELETE", path(parent, "/sub_issue"), json={"sub_issue_id": number_of(scene, child)})
    assert gone.status_code == 200
    assert scene.get(path(child, "/parent")).status_code == 404


def test_a_number_instead_of_an_id_finds_nothing(scene: Scene) -> None:
    parent = scene.issue()
    scene.issue()
    answer = scene.post(path(parent, "/sub_issues"), sub_issue_id=2)
    assert (answer.status_code, answer.json()["message"]) == (404, "The provided sub-issue does not exist")


def test_one_child_has_one_parent_unless_it_is_replaced(scene: Scene) -> None:
    first, second, child = scene.issue(), scene.issue(), scene.issue()
    assert scene.post(path(first, "/sub_issues"), sub_issue_id=number_of(scene, child)).status_code == 201
    twice = scene.post(path(first, "/sub_issues"), sub_issue_id=number_of(scene, child))
    assert (twice.status_code, "duplicate" in twice.json()["message"]) == (422, True)
    other = scene.post(path(second, "/sub_issues"), sub_issue_id=number_of(scene, child))
    assert (other.status_code, "one parent" in other.json()["message"]) == (422, True)
    scene.post(path(second, "/sub_issues"), sub_issue_id=number_of(scene, child), replace_parent=True)
    assert scene.github.issue(child).parent == second
    assert scene.github.issue(first).children == ()


def test_a_hundred_children_and_not_one_more(scene: Scene) -> None:
    parent = scene.issue()
    for _ in range(100):
        scene.github.add_sub_issue("ana", parent, scene.github.open_issue("ana", OTHER, "Part"))
    one_more = scene.github.issue(scene.github.open_issue("ana", OTHER, "Part")).id
    answer = scene.post(path(parent, "/sub_issues"), sub_issue_id=one_more)
    assert (answer.status_code, "100" in answer.json()["message"]) == (422, True)
    assert len(scene.get(path(parent, "/sub_issues"), per_page=100).json()) == 100


def test_eight_levels_and_not_one_more(scene: Scene) -> None:
    chain = [scene.issue() for _ in range(9)]
    for parent, child in pairwise(chain[:8]):
        scene.github.add_sub_issue("ana", parent, child)
    assert scene.post(path(chain[7], "/sub_issues"), sub_issue_id=number_of(scene, chain[8])).status_code == 422
    with pytest.raises(Refusal, match="ancestor"):
        scene.github.add_sub_issue("ana", chain[3], chain[0])


def test_another_owner_is_refused_and_where_there_are_none_is_404(scene: Scene) -> None:
    scene.github.repository("fjord-lines/app", sub_issues=False)
    parent, foreign = scene.issue(), scene.github.open_issue("ana", "fjord-lines/app", "Foreign")
    answer = scene.post(path(parent, "/sub_issues"), sub_issue_id=number_of(scene, foreign))
    assert (answer.status_code, "owner" in answer.json()["message"]) == (422, True)
    assert scene.get(path(foreign, "/sub_issues")).status_code == 404


def test_a_transfer_takes_the_family_along_and_a_deletion_ends_it(scene: Scene) -> None:
    parent, child = scene.issue(), scene.issue()
    scene.github.add_sub_issue("ana", parent, child)
    moved = scene.github.transfer("ana", child, OTHER)
    assert scene.github.issue(parent).children == (moved,)
    scene.github.delete("ana", moved)
    assert scene.github.issue(parent).children == ()
    assert scene.github.repo(PLACE).issues[2].gone == "transferred"


def test_a_parent_that_is_transferred_keeps_its_children_until_they_are_removed(scene: Scene) -> None:
    parent, child = scene.issue(), scene.issue()
    scene.github.add_sub_issue("ana", parent, child)
    moved = scene.github.transfer("ana", parent, OTHER)
    assert scene.get(path(child, "/parent")).json()["html_url"].endswith(f"{OTHER}/issues/1")
    assert [each["number"] for each in scene.get(path(moved, "/sub_issues")).json()] == [2]
    scene.github.remove_sub_issue("ana", parent, child)
    assert (scene.github.issue(moved).children, scene.github.issue(child).parent) == ((), "")
    assert scene.get(path(child, "/parent")).status_code == 404
