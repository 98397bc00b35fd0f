"""REST: sub-issues (docs.github.com/rest/issues/sub-issues). A child is named by its id, never by its number."""

from __future__ import annotations

from tests.github import shapes
from tests.github.records import Issue
from tests.github.refusal import Refusal, not_found
from tests.github.rest_issues import ISSUE
from tests.github.routing import Call, Reply, endpoint


def _parent(call: Call, level: str) -> Issue:
    found = call.issue(level)
    if not found.repository.sub_issues:
        raise not_found()
    return found


def _child(call: Call) -> Issue:
    """404 for an id that is none, or of an issue that the caller cannot see."""
    child = call.github.issue_by_id(int(call.body["sub_issue_id"]))
    if child is None or not call.github.sees(call.token, child.repository):
        raise Refusal(404, "The provided sub-issue does not exist")
    return child


@endpoint("GET", f"{ISSUE}/sub_issues")
def listed(call: Call) -> Reply:
    page, headers = call.page(_parent(call, "read").children)
    return Reply(200, [shapes.issue(call.github, each) for each in page], headers)


@endpoint("POST", f"{ISSUE}/sub_issues")
def added(call: Call) -> Reply:
    """Answers with the parent."""
    parent = _parent(call, "write")
    child = _child(call)
    call.github.link(call.caller.actor, parent, child, bool(call.body.get("replace_parent")))
    told = shapes.issue(call.github, parent)
    return Reply(201, told, {"location": told["url"]})


@endpoint("DELETE", f"{ISSUE}/sub_issue")
def removed(call: Call) -> Reply:
    """Answers with the parent."""
    parent = _parent(call, "write")
    child = _child(call)
    if child.parent is not parent:
        raise Refusal(404, "The provided sub-issue does not exist")
    call.github.unlink(call.caller.actor, child)
    return Reply(200, shapes.issue(call.github, parent))


@endpoint("GET", f"{ISSUE}/parent")
def parent(call: Call) -> Reply:
    found = _parent(call, "read").parent
    if found is None or not call.github.sees(call.token, found.repository):
        raise not_found()
    return Reply(200, shapes.issue(call.github, found))
