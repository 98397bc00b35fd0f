"""GraphQL: revisions of a body, closings with their closers, pages, and what is not there."""

from __future__ import annotations

from typing import Any

from tests.github.conftest import OTHER, PLACE, Scene

ISSUE = 'query($n: Int!) { repository(owner: "halden-ferries", name: "CloudProject") { issue(number: $n) { %s } } }'
EDITS = (
    "lastEditedAt editor { login } userContentEdits(first: 50) { totalCount nodes { diff editedAt editor { login } } }"
)
PAGE = "nodes { body fullDatabaseId databaseId } pageInfo { hasNextPage endCursor }"
EVENTS = """timelineItems(first: 50, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) { nodes { __typename
  ... on ClosedEvent { id actor { login __typename } stateReason closer {
      __typename ... on PullRequest { number url } } }
  ... on ReopenedEvent { id actor { login } } } }"""


def asked(scene: Scene, fields: str, number: int = 1) -> Any:
    told = scene.query(ISSUE % fields, n=number)
    assert "errors" not in told, told
    return told["data"]["repository"]["issue"]


def test_a_body_that_was_never_edited_has_no_history(scene: Scene) -> None:
    scene.issue("As it was made.")
    told = asked(scene, EDITS)
    assert (told["userContentEdits"]["nodes"], told["lastEditedAt"], told["editor"]) == ([], None, None)


def test_the_history_has_whole_texts_the_newest_first_and_the_first_one_last(scene: Scene) -> None:
    ref = scene.issue("One")
    scene.github.edit("ana", ref, "Two")
    scene.github.clock.move(5)
    scene.github.edit("ben", ref, "Three")
    scene.github.edit("ben", ref, "Three")
    told = asked(scene, EDITS)
    edits = told["userContentEdits"]["nodes"]
    assert [each["diff"] for each in edits] == ["Three", "Two", "One"]
    assert [each["editor"]["login"] for each in edits] == ["ben", "ana", scene.github.token_user]
    assert (told["lastEditedAt"], told["editor"]["login"]) == ("2026-03-02T09:00:05Z", "ben")


def test_what_is_typed_into_a_browser_may_have_its_line_ends(scene: Scene) -> None:
    ref = scene.issue("- [ ] one\n- [ ] two")
    scene.github.line_ends = "\r\n"
    scene.github.edit("ana", ref, "- [ ] one\n- [ ] two\n")
    assert asked(scene, "body")["body"] == "- [ ] one\r\n- [ ] two\r\n"
    scene.github.tick("ana", ref, "two")
    assert asked(scene, "body")["body"] == "- [ ] one\r\n- [x] two\r\n"


def test_a_revision_that_somebody_deleted_keeps_its_place_without_its_text(scene: Scene) -> None:
    ref = scene.issue("One")
    scene.github.edit("ana", ref, "A secret")
    scene.github.edit("ana", ref, "Three")
    scene.github.forget_edit("ana", ref, 1)
    nodes = asked(scene, "userContentEdits(first: 9) { nodes { diff deletedAt deletedBy { login } } }")[
        "userContentEdits"
    ]["nodes"]
    assert [each["diff"] for each in nodes] == ["Three", None, "One"]
    assert nodes[1]["deletedBy"] == {"login": "ana"}


def test_closings_tell_who_and_by_what(scene: Scene) -> None:
    ref = scene.issue()
    scene.github.close("ana", ref, "not_planned")
    scene.github.reopen("ben", ref)
    pull = scene.github.pull_request("ben", OTHER, closes=ref)
    scene.github.merge("ana", pull)
    first, second, third = asked(scene, EVENTS)["timelineItems"]["nodes"]
    assert (first["actor"]["login"], first["stateReason"], first["closer"]) == ("ana", "NOT_PLANNED", None)
    assert (second["__typename"], second["actor"]["login"]) == ("ReopenedEvent", "ben")
    assert third["closer"] == {"__typename": "PullRequest", "number": 1, "url": f"https://github.com/{OTHER}/pull/1"}
    assert scene.github.issue(ref).reason == "completed"


def test_a_pull_request_that_is_closed_without_a_merge_closes_nothing(scene: Scene) -> None:
    ref = scene.issue()
    scene.github.close_unmerged("ben", scene.github.pull_request("ben", PLACE, closes=ref))
    assert scene.github.issue(ref).open


def test_pages_go_on_from_their_cursor(scene: Scene) -> None:
    ref = scene.issue()
    for number in range(5):
        scene.github.comment("ana", ref, str(number))
    seen: list[str] = []
    after = ""
    while True:
        part = f"comments(first: 2{after}) {{ {PAGE} }}"
        told = asked(scene, part)["comments"]
        seen += [each["body"] for each in told["nodes"]]
        assert all(each["databaseId"] is None and int(each["fullDatabaseId"]) > 2**31 for each in told["nodes"])
        if not told["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{told["pageInfo"]["endCursor"]}"'
    assert seen == ["0", "1", "2", "3", "4"]
    newest = asked(scene, "comments(last: 2) { nodes { body } }")["comments"]["nodes"]
    assert [each["body"] for each in newest] == ["3", "4"]


def test_a_page_without_a_size_or_too_large_is_refused_with_its_words(scene: Scene) -> None:
    scene.issue()
    assert "`first` or `last`" in scene.query(ISSUE % "comments { totalCount }", n=1)["errors"][0]["message"]
    assert "exceeds" in scene.query(ISSUE % "comments(first: 101) { totalCount }", n=1)["errors"][0]["message"]


def test_what_is_not_there_is_null_with_an_error_of_its_type(scene: Scene) -> None:
    ref = scene.issue()
    scene.github.transfer("ana", ref, OTHER)
    told = scene.query(ISSUE % "id", n=1)
    assert told["data"] == {"repository": {"issue": None}}
    assert (told["errors"][0]["type"], told["errors"][0]["path"]) == ("NOT_FOUND", ["repository", "issue"])
    told = scene.query('{ repository(owner: "nobody", name: "nothing") { id } }')
    assert told["errors"][0]["message"] == "Could not resolve to a Repository with the name 'nobody/nothing'."


def test_a_node_is_found_by_its_id_until_it_is_gone(scene: Scene) -> None:
    ref = scene.issue()
    query = "query($id: ID!) { node(id: $id) { __typename ... on Issue { number parent { number } } } }"
    node = scene.github.issue(ref).node_id
    assert scene.query(query, id=node)["data"]["node"]["__typename"] == "Issue"
    scene.github.delete("ana", ref)
    told = scene.query(query, id=node)
    assert (told["data"], told["errors"][0]["type"]) == ({"node": None}, "NOT_FOUND")


def test_somebody_who_has_left_is_null_here_and_ghost_in_rest(scene: Scene) -> None:
    ref = scene.github.open_issue("ana", PLACE, "Mine")
    scene.github.close("ana", ref)
    scene.github.delete_user("ana")
    told = asked(scene, f"author {{ login }} {EVENTS}")
    assert (told["author"], told["timelineItems"]["nodes"][0]["actor"]) == (None, None)
    assert scene.get(f"/repos/{PLACE}/issues/1").json()["user"]["login"] == "ghost"


def test_an_app_is_its_slug_in_graphql_and_has_bot_in_rest(scene: Scene) -> None:
    token = scene.github.installation_token(next(iter(scene.github.installations.values()))).text
    scene.client.headers["Authorization"] = f"Bearer {token}"
    scene.issue()
    assert asked(scene, "author { login __typename }")["author"] == {"login": "musterpoint", "__typename": "Bot"}
    told = scene.get(f"/repos/{PLACE}/issues/1").json()
    assert (told["user"]["login"], told["user"]["type"]) == ("musterpoint[bot]", "Bot")
    assert told["performed_via_github_app"]["slug"] == "musterpoint"


def test_a_child_that_the_caller_does_not_see_is_null(scene: Scene) -> None:
    parent, seen, hidden = scene.issue(), scene.issue(), scene.issue(place=OTHER)
    scene.github.add_sub_issue("ana", parent, seen)
    scene.github.add_sub_issue("ana", parent, hidden)
    scene.github.rights(OTHER, scene.github.token_user, "none")
    told = scene.query(ISSUE % "subIssuesSummary { total } subIssues(first: 9) { nodes { number } }", n=1)
    assert told["data"]["repository"]["issue"]["subIssues"]["nodes"] == [{"number": 2}, None]
    assert told["errors"][0]["type"] == "FORBIDDEN"
