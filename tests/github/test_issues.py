"""REST of issues and comments: what is taken over, what is dropped, what is found again."""

from __future__ import annotations

import pytest

from tests.github.conftest import OTHER, PLACE, Scene, path


def test_an_issue_has_what_it_was_given(scene: Scene) -> None:
    told = scene.post(
        f"/repos/{PLACE}/issues", title="Down", body="Why", labels=["incident", "new"], assignees=["ana"], type="Bug"
    ).json()
    assert [each["name"] for each in told["labels"]] == ["incident", "new"]
    assert (told["type"]["name"], told["assignees"][0]["login"], told["number"]) == ("Bug", "ana", 1)
    assert told["created_at"] == "2026-03-02T09:00:00Z"
    assert told["id"] > 2**31


def test_without_push_access_labels_assignees_and_type_are_dropped_without_a_word(scene: Scene) -> None:
    scene.github.rights(PLACE, scene.github.token_user, "read")
    answer = scene.post(f"/repos/{PLACE}/issues", title="Down", labels=["incident"], assignees=["ana"], type="Bug")
    told = answer.json()
    assert (answer.status_code, told["labels"], told["assignees"], told["type"]) == (201, [], [], None)


def test_somebody_who_cannot_be_assigned_is_left_out(scene: Scene) -> None:
    scene.github.rights(PLACE, "ben", "none")
    told = scene.post(f"/repos/{PLACE}/issues", title="Down", assignees=["ben", "ana", "nobody"]).json()
    assert [each["login"] for each in told["assignees"]] == ["ana"]
    assert scene.get(f"/repos/{PLACE}/assignees/ben").status_code == 404
    assert scene.get(f"/repos/{PLACE}/assignees/ana").status_code == 204


def test_a_reason_counts_only_where_the_state_changes(scene: Scene) -> None:
    ref = scene.issue()
    assert scene.patch(path(ref), state_reason="not_planned").json()["state_reason"] is None
    assert scene.patch(path(ref), state="closed", state_reason="not_planned").json()["state_reason"] == "not_planned"
    assert scene.patch(path(ref), state="closed", state_reason="completed").json()["state_reason"] == "not_planned"
    assert scene.patch(path(ref), state="open").json()["state_reason"] == "reopened"


@pytest.mark.parametrize(("length", "status"), [(65_536, 201), (65_537, 422)])
def test_a_body_has_a_greatest_length(scene: Scene, length: int, status: int) -> None:
    assert scene.post(f"/repos/{PLACE}/issues", title="Long", body="ø" * length).status_code == status
    ref = scene.issue()
    assert scene.post(path(ref, "/comments"), body="ø" * length).status_code == status
    assert scene.patch(path(ref), body="ø" * length).status_code == (200 if status == 201 else 422)


def test_since_is_the_last_change_to_the_second(scene: Scene) -> None:
    first, second = scene.issue(), scene.issue()
    scene.github.clock.move(90)
    scene.github.comment("ana", first, "Still down.")
    now = "2026-03-02T09:01:30Z"
    listed = scene.get(f"/repos/{PLACE}/issues", since=now, state="all", sort="updated", direction="asc").json()
    assert [each["number"] for each in listed] == [1]
    scene.github.close("ben", second)
    listed = scene.get(f"/repos/{PLACE}/issues", since=now, state="all", sort="updated", direction="asc").json()
    assert [each["number"] for each in listed] == [1, 2]
    assert [each["number"] for each in scene.get(f"/repos/{PLACE}/issues").json()] == [1]


def test_pull_requests_are_in_the_list_of_issues(scene: Scene) -> None:
    scene.github.pull_request("ben", PLACE)
    assert ["pull_request" in each for each in scene.get(f"/repos/{PLACE}/issues").json()] == [True]


def test_pages_follow_their_link_which_names_the_repository_by_number(scene: Scene) -> None:
    for _ in range(5):
        scene.issue()
    answer = scene.get(f"/repos/{PLACE}/issues", per_page=2, direction="asc")
    seen = [each["number"] for each in answer.json()]
    assert "/repositories/" in answer.links["next"]["url"]
    while "next" in answer.links:
        answer = scene.client.get(answer.links["next"]["url"])
        seen += [each["number"] for each in answer.json()]
    assert seen == [1, 2, 3, 4, 5]


def test_what_did_not_change_is_304_and_free(scene: Scene) -> None:
    ref = scene.issue()
    answer = scene.get(path(ref))
    left = answer.headers["x-ratelimit-remaining"]
    again = scene.client.get(path(ref), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["x-ratelimit-remaining"]) == (304, b"", left)
    scene.github.tick("ana", ref, "one")
    assert scene.client.get(path(ref), headers={"If-None-Match": answer.headers["etag"]}).status_code == 200


def test_comments_are_made_changed_and_found_by_their_last_change(scene: Scene) -> None:
    ref = scene.issue()
    first = scene.post(path(ref, "/comments"), body="One").json()["id"]
    scene.post(path(ref, "/comments"), body="Two")
    scene.github.clock.move(10)
    assert scene.patch(f"/repos/{PLACE}/issues/comments/{first}", body="Eins").json()["body"] == "Eins"
    listed = scene.get(path(ref, "/comments"), since="2026-03-02T09:00:10Z").json()
    assert [each["body"] for each in listed] == ["Eins"]
    assert scene.github.issue(ref).said == "Eins\n\nTwo"
    assert scene.get(f"/repos/{PLACE}/issues/comments/7").status_code == 404


def test_a_transferred_issue_is_301_a_deleted_one_410_and_an_unknown_one_404(scene: Scene) -> None:
    moved, gone = scene.issue(), scene.issue()
    there = scene.github.transfer("ana", moved, OTHER)
    scene.github.delete("ana", gone)
    answer = scene.get(path(moved))
    assert answer.status_code == 301
    new = scene.client.get(answer.headers["location"]).json()
    assert (new["number"], new["repository_url"].endswith(OTHER), there) == (1, True, f"{OTHER}#1")
    assert scene.get(path(gone)).status_code == 410
    assert scene.get(f"/repos/{PLACE}/issues/99").status_code == 404
    assert [each["number"] for each in scene.get(f"/repos/{PLACE}/issues", state="all").json()] == []


def test_a_renamed_repository_is_301_to_its_number(scene: Scene) -> None:
    ref = scene.issue()
    scene.github.rename_repository(PLACE, "CloudOps")
    answer = scene.get(path(ref, "/comments"))
    assert answer.status_code == 301
    assert answer.headers["location"].endswith("/issues/1/comments")
    assert scene.client.get(answer.headers["location"]).status_code == 200
    written = scene.patch(path(ref), title="New")
    assert written.status_code == 307
    assert scene.client.patch(written.headers["location"], json={"title": "New"}).json()["title"] == "New"
    assert scene.get("/repos/halden-ferries/CloudOps").json()["full_name"] == "halden-ferries/CloudOps"


def test_an_archived_repository_and_one_without_issues_take_none(scene: Scene) -> None:
    ref = scene.issue()
    scene.github.repo(PLACE).archived = True
    assert scene.patch(path(ref), title="New").status_code == 403
    scene.github.repo(PLACE).archived = False
    scene.github.repo(PLACE).has_issues = False
    assert scene.post(f"/repos/{PLACE}/issues", title="New").status_code == 410


def test_only_who_may_changes_an_issue_of_others(scene: Scene) -> None:
    theirs, ours = scene.github.open_issue("ana", PLACE, "Theirs"), scene.issue()
    scene.github.rights(PLACE, scene.github.token_user, "read")
    assert scene.patch(path(theirs), title="Ours").status_code == 403
    assert scene.patch(path(ours), title="Ours too").status_code == 200
