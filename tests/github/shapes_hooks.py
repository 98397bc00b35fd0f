"""How GitHub writes down webhooks and their deliveries; see `shapes.py` for the rest."""

from __future__ import annotations

from tests.github.clock import text
from tests.github.delivery import Sending
from tests.github.records import Json, Repository
from tests.github.tokens import Tokens

ID, MADE = 540_011_223, "2026-01-01T00:00:00Z"
SUBSCRIBED = ["issues", "issue_comment", "pull_request", "sub_issues"]


def config(url: str) -> Json:
    """Where webhooks go; the secret is never told."""
    return {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": url}


def ping(github: Tokens, url: str) -> Json:
    """What is sent when a webhook is saved."""
    hook = {"type": "App", "id": ID, "name": "web", "active": True, "app_id": github.app_id, "events": SUBSCRIBED}
    dates = {"created_at": MADE, "updated_at": MADE}
    return {"zen": "Design for failure.", "hook_id": ID, "hook": {**hook, "config": config(url), **dates}}


def hook(github: Tokens, repo: Repository, url: str) -> Json:
    api = f"{github.url}/repos/{repo.full_name}/hooks/{ID}"
    return {
        "type": "Repository",
        "id": ID,
        "name": "web",
        "active": True,
        "events": SUBSCRIBED,
        "config": config(url),
        "created_at": MADE,
        "updated_at": MADE,
        "url": api,
        "test_url": f"{api}/test",
        "ping_url": f"{api}/pings",
        "deliveries_url": f"{api}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }


def delivery(each: Sending) -> Json:
    told = each.json
    return {
        "id": each.id,
        "guid": each.guid,
        "delivered_at": text(each.at),
        "redelivery": each.again,
        "duration": round(each.seconds, 2),
        "status": "OK" if 200 <= each.status < 300 else f"Invalid HTTP Response: {each.status}",
        "status_code": each.status,
        "event": each.event,
        "action": each.action or None,
        "installation_id": told.get("installation", {}).get("id"),
        "repository_id": told.get("repository", {}).get("id"),
    }
