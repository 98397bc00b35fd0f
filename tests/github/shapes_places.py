"""How GitHub writes down repositories, organisations and pull requests; see `shapes.py` for the rest."""

from __future__ import annotations

from tests.github.clock import text
from tests.github.records import Account, Issue, Json, Pull, Repository
from tests.github.shapes import SITE, issue, page_of, user
from tests.github.tokens import Token, Tokens


def repository(github: Tokens, repo: Repository) -> Json:
    """Of a webhook, and part of a pull request."""
    api, page = f"{github.url}/repos/{repo.full_name}", f"{SITE}/{repo.full_name}"
    told: Json = {f"{name}_url": f"{api}/{tail}" for name, tail in _TAILS.items()}
    told |= dict.fromkeys(("forks_count", "stargazers_count", "watchers_count", "size", "forks", "watchers"), 0)
    told |= dict.fromkeys(("subscribers_count", "network_count"), 0)
    told |= dict.fromkeys(("fork", "has_projects", "has_wiki", "has_pages", "disabled"), False)
    told |= dict.fromkeys(("description", "mirror_url", "homepage", "language", "license"))
    made = text(repo.created) if repo.created else None
    opened = sum(each.open and not each.gone for each in repo.issues.values())
    return told | {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(github, repo.owner),
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "html_url": page,
        "url": api,
        "clone_url": f"{page}.git",
        "git_url": f"git:{page.removeprefix('https:')}.git",
        "ssh_url": f"git@github.com:{repo.full_name}.git",
        "svn_url": page,
        "default_branch": repo.default_branch,
        "archived": repo.archived,
        "has_issues": repo.has_issues,
        "topics": [],
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "has_downloads": True,
        "has_discussions": False,
        "open_issues": opened,
        "open_issues_count": opened,
        "pushed_at": made,
        "created_at": made,
        "updated_at": made,
    }


def full_repository(github: Tokens, repo: Repository, token: Token | None) -> Json:
    """With what the caller may do in it."""
    counts = dict.fromkeys(("subscribers_count", "network_count"), 0)
    return repository(github, repo) | counts | {"permissions": permissions(github, repo, token)}


def permissions(github: Tokens, repo: Repository, token: Token | None) -> Json:
    actor = token.actor if token else None
    if token and token.kind == "installation":
        able = token.has("contents", "write")
        return {"admin": False, "maintain": False, "push": able, "triage": False, "pull": True}
    least = {"admin": "admin", "maintain": "admin", "push": "write", "triage": "triage", "pull": "read"}
    return {name: github.may(actor, repo, right) for name, right in least.items()}


_TAILS = {
    "archive": "{archive_format}{/ref}", "assignees": "assignees{/user}", "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}", "collaborators": "collaborators{/collaborator}", "comments": "comments{/number}",
    "commits": "commits{/sha}", "compare": "compare/{base}...{head}", "contents": "contents/{+path}",
    "contributors": "contributors", "deployments": "deployments", "downloads": "downloads", "events": "events",
    "forks": "forks", "git_commits": "git/commits{/sha}", "git_refs": "git/refs{/sha}", "git_tags": "git/tags{/sha}",
    "hooks": "hooks", "issue_comment": "issues/comments{/number}", "issue_events": "issues/events{/number}",
    "issues": "issues{/number}", "keys": "keys{/key_id}", "labels": "labels{/name}", "languages": "languages",
    "merges": "merges", "milestones": "milestones{/number}", "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}", "releases": "releases{/id}", "stargazers": "stargazers", "statuses": "statuses/{sha}",
    "subscribers": "subscribers", "subscription": "subscription", "tags": "tags", "teams": "teams",
    "trees": "git/trees{/sha}",
}  # fmt: skip


def organisation(github: Tokens, account: Account) -> Json:
    api = f"{github.url}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account.id}?v=4",
        "description": account.name or None,
    }


def pull(github: Tokens, each: Issue, *, whole: bool) -> Json:
    """A pull request; `whole` as it is shown alone and in webhooks, else as in a list."""
    found, as_issue = each.pull, issue(github, each)
    assert found is not None
    told = {name: as_issue[name] for name in _AS_ISSUE.split()} | _addresses(github, each, found)
    told |= {
        "id": found.id,
        "node_id": found.node_id,
        "labels": [],
        "draft": found.draft,
        "auto_merge": None,
        "requested_reviewers": [],
        "requested_teams": [],
        "merged_at": text(found.merged_at) if found.merged_at else None,
        "merge_commit_sha": None,
        "head": _side(github, each.repository, found.head),
        "base": _side(github, each.repository, found.base),
    }
    return told | (_more(github, found) if whole else {})


_AS_ISSUE = (
    "user created_at updated_at author_association number title state locked active_lock_reason assignees assignee"
    " milestone closed_at body"
)


def _addresses(github: Tokens, each: Issue, found: Pull) -> Json:
    repo, page = each.repository, page_of(each)
    place = f"{github.url}/repos/{repo.full_name}"
    api = f"{place}/pulls/{each.number}"
    links = {
        "issue": f"{place}/issues/{each.number}",
        "comments": f"{place}/issues/{each.number}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": f"{place}/pulls/comments{{/number}}",
        "commits": f"{api}/commits",
        "statuses": f"{place}/statuses/{_sha(repo, found.head)}",
    }
    told: Json = {f"{name}_url": address for name, address in links.items()}
    told |= {"url": api, "html_url": page, "diff_url": f"{page}.diff", "patch_url": f"{page}.patch"}
    links |= {"self": api, "html": page}
    return told | {"_links": {name: {"href": address} for name, address in links.items()}}


def _more(github: Tokens, found: Pull) -> Json:
    """What a list does not have."""
    counts = dict.fromkeys(("comments", "review_comments", "additions", "deletions"), 0)
    return {
        **counts,
        "merged": found.merged_at is not None,
        "merged_by": user(github, found.merged_by) if found.merged_by else None,
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "maintainer_can_modify": False,
        "commits": 1,
        "changed_files": 1,
    }


def _sha(repo: Repository, branch: str) -> str:
    return repo.branches[branch][-1].sha


def _side(github: Tokens, repo: Repository, branch: str) -> Json:
    return {
        "label": f"{repo.owner.login}:{branch}",
        "ref": branch,
        "sha": _sha(repo, branch),
        "user": user(github, repo.owner),
        "repo": repository(github, repo),
    }
