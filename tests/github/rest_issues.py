"""REST: issues and their comments (docs.github.com/rest/issues)."""

from __future__ import annotations

from typing import Any

from tests.github import shapes
from tests.github.clock import moment
from tests.github.records import Comment, Issue
from tests.github.refusal import Refusal, not_found
from tests.github.routing import Call, Reply, endpoint

REPO = "/repos/{owner}/{repo}"
ISSUE = f"{REPO}/issues/{{issue_number}}"


@endpoint("GET", f"{REPO}/issues")
def listed(call: Call) -> Reply:
    """Pull requests are in it too. `since`: changed at that moment or later."""
    repo, query = call.repo, call.query
    call.github.require(call.token, repo, "issues", "read")
    every = [each for each in repo.issues.values() if not each.gone]
    state = query.get("state", "open")
    if state != "all":
        every = [each for each in every if each.state == state]
    if "since" in query:
        since = moment(query["since"])
        every = [each for each in every if each.updated >= since]
    for name in filter(None, query.get("labels", "").split(",")):
        every = [each for each in every if any(one.name.lower() == name.lower() for one in each.labels)]
    if query.get("creator"):
        creator = query["creator"].lower().removesuffix("[bot]")
        every = [each for each in every if each.author.login.lower() == creator]
    sort = query.get("sort", "created")
    key: Any = {
        "created": lambda each: (each.created, each.number),
        "updated": lambda each: (each.updated, each.number),
    }
    every.sort(key=key.get(sort, key["created"]), reverse=query.get("direction", "desc") == "desc")
    page, headers = call.page(every)
    return Reply(200, [shapes.issue(call.github, each) for each in page], headers)


@endpoint("POST", f"{REPO}/issues")
def created(call: Call) -> Reply:
    github, repo, body = call.github, call.repo, call.body
    token = github.require(call.token, repo, "issues", "write")
    if not repo.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")
    if github.pushes(token, repo) and body.get("type"):
        github.type_of(repo, body["type"])  # what is wrong is refused before anything is made
    made = github.create(
        token.actor, repo, str(body["title"]), body.get("body") or "", via_app=token.kind == "installation"
    )
    if github.pushes(token, repo):
        _decorate(call, made)
    return Reply(201, shapes.issue(github, made), {"location": shapes.issue_url(github, made)})


def _decorate(call: Call, issue: Issue) -> None:
    """Labels, assignees and type; a caller without push access does not get here."""
    github, actor, body = call.github, call.caller.actor, call.body
    if "labels" in body:
        names = [each if isinstance(each, str) else each["name"] for each in body["labels"]]
        github.set_labels(actor, issue, names)
    if "assignees" in body:
        github.set_assignees(actor, issue, body["assignees"])
    if "type" in body:
        github.set_type(actor, issue, body["type"])


@endpoint("GET", ISSUE)
def shown(call: Call) -> Reply:
    return Reply(200, shapes.issue(call.github, call.issue()))


@endpoint("PATCH", ISSUE)
def changed(call: Call) -> Reply:
    """Only the author and who has triage rights or more may; others answer 403."""
    github, issue, body = call.github, call.issue("write"), call.body
    token = call.caller
    triage = token.kind == "installation" or github.may(token.actor, issue.repository, "triage")
    if not triage and token.actor is not issue.author:
        raise Refusal(403, "Must have admin rights to Repository.")
    if body.get("title") is not None:
        github.change_title(token.actor, issue, str(body["title"]))
    if "body" in body:
        github.change_body(token.actor, issue, body["body"] or "")
    if body.get("state"):
        github.set_state(token.actor, issue, body["state"], body.get("state_reason"))
    if github.pushes(token, issue.repository):
        _decorate(call, issue)
    return Reply(200, shapes.issue(github, issue))


@endpoint("GET", f"{ISSUE}/comments")
def comments(call: Call) -> Reply:
    every = list(call.issue().comments)
    if "since" in call.query:
        since = moment(call.query["since"])
        every = [each for each in every if each.updated >= since]
    page, headers = call.page(every)
    return Reply(200, [shapes.comment(call.github, each) for each in page], headers)


@endpoint("POST", f"{ISSUE}/comments")
def commented(call: Call) -> Reply:
    issue, token = call.issue("write"), call.caller
    via_app = token.kind == "installation"
    made = call.github.add_comment(token.actor, issue, call.body["body"], via_app=via_app)
    told = shapes.comment(call.github, made)
    return Reply(201, told, {"location": told["url"]})


def _comment(call: Call, level: str) -> Comment:
    call.github.require(call.token, call.repo, "issues", level)
    found: Comment | None = call.github.comment_by_id(call.repo, int(call.at["comment_id"]))
    if found is None:
        raise not_found()
    return found


@endpoint("GET", f"{REPO}/issues/comments/{{comment_id}}")
def comment(call: Call) -> Reply:
    return Reply(200, shapes.comment(call.github, _comment(call, "read")))


@endpoint("PATCH", f"{REPO}/issues/comments/{{comment_id}}")
def comment_changed(call: Call) -> Reply:
    found, token = _comment(call, "write"), call.caller
    if token.actor is not found.author and not call.github.pushes(token, call.repo):
        raise Refusal(403, "Must have admin rights to Repository.")
    call.github.change_comment(token.actor, found, call.body["body"])
    return Reply(200, shapes.comment(call.github, found))
