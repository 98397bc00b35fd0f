"""The bodies of webhooks (docs.github.com/webhooks/webhook-events-and-payloads), as GitHub describes them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.github import shapes, shapes_places
from tests.github.records import Account, Issue, Json, Repository
from tests.github.tokens import Installation, Tokens

DESCRIPTION = Path(__file__).parent / "description" / "webhooks.json"


def body(github: Tokens, event: str, action: str, actor: Account, repo: Repository, parts: dict[str, Any]) -> Json:
    """`parts`: issue, comment, changes, label, assignee, type, parent and child, new or old (of a transfer)."""
    told: Json = {"action": action, **_common(github, actor, repo)}
    if event == "pull_request":
        issue: Issue = parts["issue"]
        return told | {"number": issue.number, "pull_request": shapes_places.pull(github, issue, whole=True)}
    if event == "sub_issues":
        return told | _family(github, action, parts["parent"], parts["child"])
    told["issue"] = shapes.issue(github, parts["issue"])
    if "comment" in parts:
        told["comment"] = shapes.comment(github, parts["comment"])
    if "changes" in parts:
        told["changes"] = parts["changes"]
    if "label" in parts:
        told["label"] = shapes.label(github, repo, parts["label"])
    if "assignee" in parts:
        told["assignee"] = shapes.user(github, parts["assignee"])
    if "type" in parts:
        told["type"] = shapes.issue_type(github, repo.owner, parts["type"])
    for name in ("new", "old"):
        if name in parts:
            told["changes"] = _moved(github, name, parts[name])
    return told


def _common(github: Tokens, actor: Account, repo: Repository) -> Json:
    told: Json = {"repository": shapes_places.repository(github, repo), "sender": shapes.user(github, actor)}
    if repo.owner.kind == "Organization":
        told["organization"] = shapes_places.organisation(github, repo.owner)
    installed = github.installation_of(repo.owner.login)
    if installed is not None:
        told["installation"] = {"id": installed.id, "node_id": f"MDIz{installed.id}"}
    return told


def of_app(github: Tokens, action: str, installation: Installation) -> Json:
    return {
        "action": action,
        "installation": shapes.installation(github, installation),
        "sender": shapes.user(github, installation.account),
    }


def _family(github: Tokens, action: str, parent: Issue, child: Issue) -> Json:
    """An event of the parent names the child's repository, one of the child the parent's."""
    other = "sub_issue" if action.startswith("sub_issue") else "parent_issue"
    away = child.repository if other == "sub_issue" else parent.repository
    return {
        "sub_issue_id": child.id,
        "sub_issue": shapes.issue(github, child),
        "parent_issue_id": parent.id,
        "parent_issue": shapes.issue(github, parent),
        f"{other}_repo": shapes_places.repository(github, away),
    }


def _moved(github: Tokens, which: str, issue: Issue) -> Json:
    return {
        f"{which}_issue": shapes.issue(github, issue),
        f"{which}_repository": shapes_places.repository(github, issue.repository),
    }


@cache
def _described() -> Json:
    found: Json = json.loads(DESCRIPTION.read_text())
    return found


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    described = _described()
    return jsonschema_rs.Draft202012Validator({**described["webhooks"][name], "components": described["components"]})


def wrong(event: str, action: str, told: Json) -> str:
    """What the description has against a body; "" for nothing."""
    name = f"{event}-{action}".replace("_", "-").rstrip("-")
    if name not in _described()["webhooks"]:
        return f"there is no webhook {name}"
    errors = list(_validator(name).iter_errors(told))
    return "; ".join(f"{'/'.join(map(str, each.instance_path))}: {each.message[:300]}" for each in errors)
