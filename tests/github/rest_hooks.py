"""REST: webhooks as GitHub knows them, and an app made from a manifest (docs.github.com/rest/apps)."""

from __future__ import annotations

from datetime import timedelta

from tests.github import shapes, shapes_hooks
from tests.github.refusal import not_found
from tests.github.rest_app import as_app
from tests.github.routing import Call, Reply, endpoint


@endpoint("GET", "/app/hook/config")
def config(call: Call) -> Reply:
    """404 for an app without a webhook."""
    as_app(call)
    if not call.github.hook_url or call.github.hook_of != "app":
        raise not_found()
    return Reply(200, shapes_hooks.config(call.github.hook_url))


@endpoint("GET", "/app/hook/deliveries")
def deliveries(call: Call) -> Reply:
    """The newest first; the fake has one page of them."""
    as_app(call)
    size = min(int(call.query.get("per_page", 30)), 100)
    newest = list(reversed(call.github.webhooks.sent))[:size]
    return Reply(200, [shapes_hooks.delivery(each) for each in newest])


@endpoint("GET", "/repos/{owner}/{repo}/hooks")
def hooks(call: Call) -> Reply:
    """Needs the permission `repository_hooks`, which a token does not have unless it was given."""
    repo = call.repo
    call.github.require(call.token, repo, "repository_hooks", "read")
    url = call.github.hook_url if call.github.hook_of == "repository" else ""
    return Reply(200, [shapes_hooks.hook(call.github, repo, url)] if url else [])


@endpoint("POST", "/app-manifests/{code}/conversions")
def converted(call: Call) -> Reply:
    """Needs no token. A code works once, within an hour."""
    github = call.github
    given = github.codes.pop(call.at["code"], None)
    if given is None or github.now - given > timedelta(hours=1):
        raise not_found()
    secrets = {
        "client_id": f"Iv23li{github.app_id}",
        "client_secret": "a-made-up-client-secret",
        "webhook_secret": github.webhook_secret,
        "pem": github.private_key,
    }
    return Reply(201, shapes.app(github) | secrets)
