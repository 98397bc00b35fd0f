"""How GitHub's REST API writes things down (docs.github.com/rest); the description in `description/` holds it."""

from __future__ import annotations

from tests.github.clock import text
from tests.github.records import Account, Comment, Issue, Json, Label, Pull, Repository, Written
from tests.github.tokens import Installation, Tokens

SITE = "https://github.com"


def user(github: Tokens, account: Account) -> Json:
    """A simple user. The account of an app is `slug[bot]` here; that of somebody who has left is `ghost`."""
    account = github.ghost if account.deleted else account
    bot = account.kind == "Bot"
    login = f"{account.login}[bot]" if bot else account.login
    api = f"{github.url}/users/{login}"
    return {
        "login": login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{SITE}/apps/{account.login}" if bot else f"{SITE}/{login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.kind,
        "site_admin": False,
    }


def label(github: Tokens, repo: Repository, each: Label) -> Json:
    return {
        "id": each.id,
        "node_id": f"LA_kwDO{each.id:010X}",
        "url": f"{github.url}/repos/{repo.full_name}/labels/{each.name}",
        "name": each.name,
        "color": each.color,
        "default": each.name == "bug",
        "description": each.description or None,
    }


def issue_type(github: Tokens, owner: Account, name: str) -> Json:
    number = owner.id * 10 + owner.issue_types.index(name)
    made = "2026-01-01T00:00:00Z"
    return {
        "id": number,
        "node_id": f"IT_kwDO{number:010X}",
        "name": name,
        "description": None,
        "color": "blue",
        "created_at": made,
        "updated_at": made,
        "is_enabled": True,
    }


def association(github: Tokens, account: Account, repo: Repository) -> str:
    if account is repo.owner:
        return "OWNER"
    return "MEMBER" if account.kind == "User" and github.may(account, repo, "triage") else "NONE"


def app(github: Tokens) -> Json:
    made = "2026-01-01T00:00:00Z"
    return {
        "id": github.app_id,
        "slug": github.slug,
        "client_id": f"Iv23li{github.app_id}",
        "node_id": f"A_kwDO{github.app_id:010X}",
        "owner": user(github, github.ghost),
        "name": github.bot.name,
        "description": None,
        "external_url": "https://musterpoint.example.com",
        "html_url": f"{SITE}/apps/{github.slug}",
        "created_at": made,
        "updated_at": made,
        "permissions": {"issues": "write", "metadata": "read"},
        "events": ["issues", "issue_comment", "pull_request"],  # the webhooks' description knows no sub_issues here
    }


def installation(github: Tokens, each: Installation) -> Json:
    api, organisation = f"{github.url}/app/installations/{each.id}", each.account.kind == "Organization"
    place = f"organizations/{each.account.login}/settings" if organisation else "settings"
    return {
        "id": each.id,
        "account": user(github, each.account),
        "repository_selection": "all",
        "access_tokens_url": f"{api}/access_tokens",
        "repositories_url": f"{github.url}/installation/repositories",
        "html_url": f"{SITE}/{place}/installations/{each.id}",
        "app_id": github.app_id,
        "app_slug": github.slug,
        "target_id": each.account.id,
        "target_type": each.account.kind,
        "permissions": each.permissions,
        "events": ["issues", "issue_comment", "sub_issues", "pull_request"],
        "created_at": text(each.created),
        "updated_at": text(each.created),
        "single_file_name": None,
        "suspended_by": user(github, each.account) if each.suspended else None,
        "suspended_at": text(each.suspended) if each.suspended else None,
    }


def reactions(url: str) -> Json:
    kinds = "+1 -1 laugh hooray confused heart rocket eyes".split()
    return {"url": f"{url}/reactions", "total_count": 0} | dict.fromkeys(kinds, 0)


def issue_url(github: Tokens, each: Issue) -> str:
    return f"{github.url}/repos/{each.repository.full_name}/issues/{each.number}"


def page_of(each: Issue) -> str:
    """The address of its page, for people."""
    return f"{SITE}/{each.repository.full_name}/{'pull' if each.pull else 'issues'}/{each.number}"


def _written(github: Tokens, each: Written, repo: Repository) -> Json:
    return {
        "id": each.id,
        "node_id": each.node_id,
        "user": user(github, each.author),
        "created_at": text(each.created),
        "updated_at": text(each.updated),
        "author_association": association(github, each.author, repo),
        "performed_via_github_app": app(github) if each.via_app else None,
    }


def issue(github: Tokens, each: Issue) -> Json:
    repo, api = each.repository, issue_url(github, each)
    done = sum(not child.open for child in each.children)
    told = _written(github, each, repo) | {
        "url": api,
        "repository_url": f"{github.url}/repos/{repo.full_name}",
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": page_of(each),
        "timeline_url": f"{api}/timeline",
        "number": each.number,
        "title": each.title,
        "labels": [label(github, repo, one) for one in each.labels],
        "state": each.state,
        "state_reason": each.reason,
        "locked": False,
        "active_lock_reason": None,
        "assignees": [user(github, one) for one in each.assignees],
        "assignee": user(github, each.assignees[0]) if each.assignees else None,
        "milestone": None,
        "comments": len(each.comments),
        "closed_at": text(each.closed_at) if each.closed_at else None,
        "closed_by": user(github, each.closed_by) if each.closed_by else None,
        "body": each.body or None,
        "reactions": reactions(api),
        "type": issue_type(github, repo.owner, each.type) if each.type else None,
        "sub_issues_summary": {
            "total": len(each.children),
            "completed": done,
            "percent_completed": done * 100 // len(each.children) if each.children else 0,
        },
    }
    if each.parent is not None:
        told["parent_issue_url"] = issue_url(github, each.parent)
    return told | ({"pull_request": _links(github, each.pull), "draft": each.pull.draft} if each.pull else {})


def _links(github: Tokens, each: Pull) -> Json:
    page = page_of(each.issue)
    return {
        "url": f"{github.url}/repos/{each.issue.repository.full_name}/pulls/{each.issue.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": text(each.merged_at) if each.merged_at else None,
    }


def comment(github: Tokens, each: Comment) -> Json:
    repo = each.issue.repository
    api = f"{github.url}/repos/{repo.full_name}/issues/comments/{each.id}"
    return _written(github, each, repo) | {
        "url": api,
        "html_url": f"{page_of(each.issue)}#issuecomment-{each.id}",
        "issue_url": issue_url(github, each.issue),
        "body": each.body,
        "reactions": reactions(api),
    }
