"""Webhooks: what is sent about what, signed, and everything that can happen to it on the way."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.github.conftest import OTHER, PLACE, Scene
from tests.github.test_tokens import signed


class Inbox(list[tuple[str, str, str]]):
    """(event, action, delivery id) of each that came in."""

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        action = json.loads(body).get("action", "")
        self.append((headers["X-GitHub-Event"], action, headers["X-GitHub-Delivery"]))
        return 204

    @property
    def kinds(self) -> list[str]:
        return [f"{event}.{action}" for event, action, _ in self]


@pytest.fixture
def inbox(scene: Scene) -> Inbox:
    found = Inbox()
    scene.github.deliver_to(found)
    return found


def test_everything_that_people_do_is_told(scene: Scene, inbox: Inbox) -> None:
    github = scene.github
    ref, child = github.open_issue("ana", PLACE, "Down", "- [ ] look"), github.open_issue("ben", OTHER, "Part")
    github.tick("ben", ref, "look")
    github.rename("ana", ref, "Down again")
    comment = github.comment("ben", ref, "I look")
    github.edit_comment("ben", ref, comment, "I am looking")
    github.delete_comment("ben", ref, comment)
    github.assign("ana", ref, "ben")
    github.assign("ana", ref)
    github.label("ana", ref, "bug")
    github.add_sub_issue("ana", ref, child)
    github.remove_sub_issue("ana", ref, child)
    github.close("ana", ref)
    github.reopen("ana", ref)
    github.merge("ben", github.pull_request("ben", PLACE, closes=ref))
    github.transfer("ana", ref, OTHER)
    github.delete("ben", child)
    github.suspend()
    github.ping()
    github.settle()
    assert (
        inbox.kinds
        == (
            "issues.opened issues.opened issues.edited issues.edited issue_comment.created issue_comment.edited"
            " issue_comment.deleted issues.assigned issues.unassigned issues.labeled sub_issues.sub_issue_added"
            " sub_issues.parent_issue_added sub_issues.sub_issue_removed sub_issues.parent_issue_removed issues.closed"
            " issues.reopened pull_request.opened pull_request.closed issues.closed issues.transferred issues.opened"
            " issues.deleted installation.suspend ping."
        ).split()
    )


def test_an_edit_carries_the_body_as_it_was(scene: Scene, inbox: Inbox) -> None:
    ref = scene.issue("- [ ] one")
    scene.github.tick("ana", ref, "one")
    scene.github.settle()
    told = scene.github.webhooks.sent[-1].json
    assert (told["changes"]["body"]["from"], told["issue"]["body"]) == ("- [ ] one", "- [x] one")
    assert (told["sender"]["login"], told["repository"]["full_name"]) == ("ana", PLACE)


def test_what_the_product_does_is_told_too_with_itself_as_the_sender(scene: Scene, inbox: Inbox) -> None:
    scene.issue()
    scene.github.settle()
    assert scene.github.webhooks.sent[-1].json["sender"]["login"] == scene.github.token_user


def test_a_closing_is_told_as_it_was_then(scene: Scene, inbox: Inbox) -> None:
    ref = scene.issue()
    scene.github.close("ana", ref, "not_planned")
    scene.github.reopen("ana", ref)
    scene.github.settle()
    assert [each.json["issue"]["state"] for each in scene.github.webhooks.sent] == ["open", "closed", "open"]


def test_losing_doubling_holding_and_sending_again(scene: Scene, inbox: Inbox) -> None:
    github = scene.github
    github.webhooks.lose_next["issues"] = 1
    github.webhooks.duplicate_next["issue_comment"] = 1
    ref = github.open_issue("ana", PLACE, "Down")
    github.comment("ana", ref, "Hello")
    github.settle()
    assert inbox.kinds == ["issue_comment.created"] * 2
    assert inbox[0] == inbox[1]
    inbox.clear()
    github.hold()
    github.close("ana", ref)
    github.reopen("ana", ref)
    github.settle()
    assert (inbox.kinds, github.webhooks.waiting) == ([], 2)
    github.release(reversed)
    github.settle()
    assert inbox.kinds == ["issues.reopened", "issues.closed"]
    last = inbox[-1]
    inbox.clear()
    github.redeliver(last[2])
    github.settle()
    assert inbox == [last]
    github.redeliver()
    github.settle()
    assert sorted(inbox.kinds) == sorted(
        ["issues.closed"] * 2 + ["issues.opened", "issues.reopened", "issue_comment.created"]
    )


def test_what_happens_while_nobody_listens_is_lost_and_nothing_is_tried_twice(scene: Scene) -> None:
    ref = scene.issue()
    tried: list[bytes] = []

    def fails(body: bytes, headers: dict[str, str]) -> int:
        tried.append(body)
        return 500

    scene.github.deliver_to(fails)
    scene.github.close("ana", ref)
    scene.github.settle()
    scene.github.clock.move(3600)
    scene.github.settle()
    assert (len(tried), len(scene.github.webhooks.lost)) == (1, 1)


def test_it_is_posted_to_an_address_with_a_signature_over_the_body(scene: Scene) -> None:
    came: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {key.lower(): value for key, value in self.headers.items()}
            came.append((headers, self.rfile.read(int(headers["content-length"]))))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        scene.github.webhook_secret = "of the ferries"
        scene.github.deliver_to(f"http://127.0.0.1:{server.server_port}/hooks/github")
        scene.issue()
        scene.github.settle()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    headers, body = came[0]
    wanted = hmac.new(b"of the ferries", body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={wanted}"
    assert (headers["x-github-event"], headers["content-type"]) == ("issues", "application/json")
    deliveries = scene.client.get("/app/hook/deliveries", headers=signed(scene.github)).json()
    assert (deliveries[0]["guid"], deliveries[0]["status_code"]) == (headers["x-github-delivery"], 202)


def test_github_tells_where_webhooks_go(scene: Scene, inbox: Inbox) -> None:
    github, headers = scene.github, signed(scene.github)
    assert scene.client.get("/app/hook/config", headers=headers).json()["url"] == github.hook_url
    assert scene.get(f"/repos/{PLACE}/hooks").status_code == 403
    github.hook_of = "repository"
    token = github.new_token("ana", {"metadata": "read", "repository_hooks": "read"})
    told = scene.client.get(f"/repos/{PLACE}/hooks", headers={"Authorization": f"Bearer {token}"}).json()
    assert told[0]["config"]["url"] == github.hook_url
    assert scene.client.get("/app/hook/config", headers=headers).status_code == 404
