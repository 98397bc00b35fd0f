"""REST: the app and its installations, who calls, repositories, limits (docs.github.com/rest/apps, /users, /repos)."""

from __future__ import annotations

from tests.github import shapes, shapes_places
from tests.github.clock import text
from tests.github.records import Json
from tests.github.refusal import Refusal, not_found
from tests.github.routing import Call, Reply, endpoint
from tests.github.tokens import Installation

REPO = "/repos/{owner}/{repo}"


def as_app(call: Call) -> None:
    """These take the app's JWT and nothing else."""
    if call.caller.kind != "app":
        raise Refusal(401, "A JSON web token could not be decoded")


@endpoint("GET", "/app")
def the_app(call: Call) -> Reply:
    as_app(call)
    return Reply(200, shapes.app(call.github))


@endpoint("GET", "/app/installations")
def installations(call: Call) -> Reply:
    as_app(call)
    page, headers = call.page(list(call.github.installations.values()))
    told = [shapes.installation(call.github, each) for each in page]
    for each in told:  # by GitHub's description of this one answer an account is a user and an enterprise at once
        each["account"] |= {"name": each["account"]["login"], "slug": each["account"]["login"]}
        each["account"] |= {"created_at": each["created_at"], "updated_at": each["updated_at"]}
    return Reply(200, told, headers)


@endpoint("GET", f"{REPO}/installation")
def installation(call: Call) -> Reply:
    as_app(call)
    repo = call.github.repo(f"{call.at['owner']}/{call.at['repo']}")
    found = call.github.installation_of(repo.owner.login)
    if found is None:
        raise not_found()
    return Reply(200, shapes.installation(call.github, found))


@endpoint("POST", "/app/installations/{installation_id}/access_tokens")
def access_token(call: Call) -> Reply:
    as_app(call)
    found: Installation | None = call.github.installations.get(int(call.at["installation_id"]))
    if found is None:
        raise not_found()
    if found.suspended:
        raise Refusal(403, "This installation has been suspended")
    made = call.github.installation_token(found)
    assert made.ends is not None
    told = {
        "token": made.text,
        "expires_at": text(made.ends),
        "permissions": made.permissions,
        "repository_selection": "all",
    }
    return Reply(201, told)


@endpoint("GET", "/user")
def caller(call: Call) -> Reply:
    if call.caller.kind != "token":
        raise Refusal(403, "Resource not accessible by integration")
    account = call.caller.actor
    made = "2026-01-01T00:00:00Z"
    empty = dict.fromkeys(("bio", "blog", "company", "hireable", "location", "twitter_username"))
    counts = dict.fromkeys(_COUNTS.split(), 0)
    more: Json = {"name": account.name or None, "email": account.email or None, "created_at": made, "updated_at": made}
    more |= {"user_view_type": "private", "two_factor_authentication": True}
    return Reply(200, shapes.user(call.github, account) | empty | counts | more)


_COUNTS = (
    "followers following public_gists public_repos collaborators disk_usage owned_private_repos private_gists"
    " total_private_repos"
)


@endpoint("GET", REPO)
def repository(call: Call) -> Reply:
    return Reply(200, shapes_places.full_repository(call.github, call.repo, call.token))


@endpoint("GET", f"{REPO}/labels")
def labels(call: Call) -> Reply:
    repo = call.repo
    page, headers = call.page(list(repo.labels.values()))
    return Reply(200, [shapes.label(call.github, repo, each) for each in page], headers)


@endpoint("GET", "/orgs/{org}/issue-types")
def issue_types(call: Call) -> Reply:
    owner = call.github.accounts.get(call.at["org"].lower())
    if owner is None or owner.kind != "Organization":
        raise not_found()
    return Reply(200, [shapes.issue_type(call.github, owner, each) for each in owner.issue_types])


@endpoint("GET", f"{REPO}/assignees/{{assignee}}")
def assignable(call: Call) -> Reply:
    """204 for somebody who can be assigned, 404 otherwise."""
    account = call.github.accounts.get(call.at["assignee"].lower())
    if account is None or not call.github.assignable(account, call.repo):
        raise not_found()
    return Reply(204)


@endpoint("GET", "/rate_limit")
def rate_limit(call: Call) -> Reply:
    """Asking costs nothing."""
    github = call.github
    caller = github.caller(call.token)
    told = {each: github.rates.told(caller, each) for each in ("core", "graphql")}
    search = {"limit": 30, "remaining": 30, "used": 0, "reset": told["core"]["reset"]}
    return Reply(200, {"resources": told | {"search": search}, "rate": told["core"]})
