"""What each field of the GraphQL slice answers: "Type.field" → function(context, source, **arguments)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.github import shapes
from tests.github.clock import moment, text
from tests.github.graph_pages import connection
from tests.github.records import Account, Comment, Commit, Event, Issue, Label, Pull, Repository, Revision, Written

Context = Any
Resolver = Callable[..., Any]


class Missing(Exception):
    """Answered as an error with `type`: NOT_FOUND or FORBIDDEN."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


#: How a value is called in the schema; an account's kinds have their own names.
TYPES: dict[type, Callable[[Any], str]] = {
    Account: lambda account: str(account.kind),
    Issue: lambda issue: "Issue",
    Comment: lambda comment: "IssueComment",
    Pull: lambda pull: "PullRequest",
    Commit: lambda commit: "Commit",
    Repository: lambda repo: "Repository",
    Label: lambda label: "Label",
    Revision: lambda revision: "UserContentEdit",
    Event: lambda event: "ClosedEvent" if event.kind == "closed" else "ReopenedEvent",
}
KINDS = {"CLOSED_EVENT": "closed", "REOPENED_EVENT": "reopened"}


def _actor(context: Context, account: Account | None) -> Account | None:
    """Somebody who has left GitHub is null here (and `ghost` in REST)."""
    return None if account is None or account.deleted else account


def _repository(context: Context, root: Any, owner: str, name: str, followRenames: bool = True) -> Repository:
    github, full = context.github, f"{owner}/{name}".lower()
    found: Repository | None = github.repositories.get(full) or (github.former.get(full) if followRenames else None)
    if found is None or not github.sees(context.token, found):
        raise Missing("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return found


def _issue(context: Context, repo: Repository, number: int) -> Issue:
    found = repo.issues.get(number)
    if found is None or found.gone or found.pull is not None:
        raise Missing("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    if not context.token.has("issues", "read"):
        raise Missing("FORBIDDEN", _inaccessible(context))
    return found


def _inaccessible(context: Context) -> str:
    kind = "integration" if context.token.kind == "installation" else "personal access token"
    return f"Resource not accessible by {kind}"


def _pull(context: Context, repo: Repository, number: int) -> Pull:
    found = repo.issues.get(number)
    if found is None or found.pull is None:
        raise Missing("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return found.pull


def _node(context: Context, root: Any, id: str) -> Any:
    """By global id; what is deleted, transferred away or hidden is not found."""
    found = context.github.nodes.get(id)
    if isinstance(found, Issue) and found.pull is not None:
        found = found.pull
    home = _home(found)
    if found is None or (home is not None and not context.github.sees(context.token, home)):
        raise Missing("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
    return found


def _home(found: Any) -> Repository | None:
    if isinstance(found, Repository):
        return found
    if isinstance(found, Comment | Pull):
        return found.issue.repository
    return found.repository if isinstance(found, Issue) else None


def _edits(context: Context, written: Written, **page: Any) -> Any:
    """Nothing while it was never edited; then the newest first, down to the text as it was made."""
    return connection(list(reversed(written.revisions)) if written.edited else [], **page)


def _timeline(
    context: Context,
    issue: Issue,
    itemTypes: list[str] | None = None,
    since: str | None = None,
    skip: int | None = None,
    **page: Any,
) -> Any:
    kinds = [KINDS[each] for each in itemTypes or KINDS]
    every = [each for each in issue.events if each.kind in KINDS.values()]
    events = [each for each in every if each.kind in kinds]
    if since is not None:
        events = [each for each in events if each.at >= moment(since)]
    told = connection(events[skip or 0 :], **page)
    changed = text(issue.updated)
    return told | {"filteredCount": len(events), "pageCount": len(told["nodes"]), "updatedAt": changed}


def _labels(context: Context, issue: Issue, **page: Any) -> Any:
    page.pop("orderBy", None)
    return connection(issue.labels, **page)


def _issues(
    context: Context, repo: Repository, states: list[str] | None = None, labels: list[str] | None = None, **page: Any
) -> Any:
    every = [each for each in repo.issues.values() if not each.gone and each.pull is None]
    every = [each for each in every if states is None or each.state.upper() in states]
    every = [each for each in every if labels is None or {one.name for one in each.labels} & set(labels)]
    return connection(every, **page)


def _summary(context: Context, issue: Issue) -> dict[str, int]:
    done, total = sum(not each.open for each in issue.children), len(issue.children)
    return {"completed": done, "total": total, "percentCompleted": done * 100 // total if total else 0}


def _reason(context: Context, issue: Issue, enableDuplicate: bool = False) -> str | None:
    if issue.reason is None:
        return None
    return "NOT_PLANNED" if issue.reason == "duplicate" and not enableDuplicate else issue.reason.upper()


def _right(context: Context, repo: Repository) -> str:
    if context.token.kind == "installation":
        return "WRITE" if context.token.has("contents", "write") else "READ"
    return str(context.github.right_of(context.token.actor, repo)).upper()


def _viewer(context: Context, root: Any) -> dict[str, Any]:
    """The caller as a User; the account of an app has `[bot]` here, though not as the author of anything."""
    account = context.token.actor
    login = f"{account.login}[bot]" if account.kind == "Bot" else account.login
    return {"id": account.node_id, "databaseId": _small(context, account), "login": login, "name": account.name or None,
            "url": f"{shapes.SITE}/{login}", "resourcePath": f"/{login}",
            "avatarUrl": f"https://avatars.githubusercontent.com/u/{account.id}"}  # fmt: skip


def _rate(context: Context, root: Any, dryRun: bool = False) -> dict[str, Any]:
    github = context.github
    told = github.rates.told(github.caller(context.token), "graphql")
    until = github.rates.ends(github.caller(context.token), "graphql")
    return {"cost": 1, "nodeCount": 0, "resetAt": until, **told}


def _children(context: Context, issue: Issue, **page: Any) -> Any:
    """A child in a repository that the caller does not see is null, and an error for its place."""
    told = connection(issue.children, **page)
    shown = [each if _seen(context, each) else Missing("FORBIDDEN", _inaccessible(context)) for each in told["nodes"]]
    return told | {"nodes": shown}


def _parent(context: Context, issue: Issue) -> Issue | None:
    return issue.parent if issue.parent is not None and _seen(context, issue.parent) else None


def _seen(context: Context, issue: Issue) -> bool:
    return bool(context.github.sees(context.token, issue.repository))


def _comment_url(context: Context, comment: Comment) -> str:
    return f"{shapes.page_of(comment.issue)}#issuecomment-{comment.id}"


def _plain(name: str) -> Resolver:
    return lambda context, source: getattr(source, name)


def _time(name: str) -> Resolver:
    return lambda context, source: text(value) if (value := getattr(source, name)) else None


def _by(name: str) -> Resolver:
    return lambda context, source: _actor(context, getattr(source, name))


def _listed(name: str) -> Resolver:
    return lambda context, source, **page: connection(getattr(source, name), **page)


def _small(context: Context, source: Any) -> int | None:
    """`databaseId` is an Int of 32 bits and ids of today are larger: GitHub says to use `fullDatabaseId`."""
    return source.id if source.id < 2**31 else None


_WRITTEN: dict[str, Resolver] = {
    "id": _plain("node_id"), "databaseId": _small, "fullDatabaseId": lambda context, it: str(it.id),
    "author": _by("author"), "body": _plain("body"), "createdAt": _time("created"), "updatedAt": _time("updated"),
    "lastEditedAt": lambda context, it: text(it.revisions[-1].at) if it.edited else None,
    "editor": lambda context, it: _actor(context, it.revisions[-1].editor) if it.edited else None,
    "userContentEdits": _edits, "includesCreatedEdit": _plain("edited"),
    "viewerDidAuthor": lambda context, it: it.author is context.token.actor,
}  # fmt: skip
_ACCOUNT: dict[str, Resolver] = {
    "id": _plain("node_id"), "databaseId": _small, "login": _plain("login"),
    "name": lambda context, it: it.name or None, "url": lambda context, it: f"{shapes.SITE}/{it.login}",
    "resourcePath": lambda context, it: f"/{it.login}",
    "avatarUrl": lambda context, it, size=0: f"https://avatars.githubusercontent.com/u/{it.id}?s={size}",
}  # fmt: skip
_OF: dict[str, dict[str, Resolver]] = {
    "Query": {
        "viewer": _viewer, "repository": _repository, "node": _node, "rateLimit": _rate,
        "nodes": lambda context, root, ids: [_node(context, root, each) for each in ids],
    },
    "Repository": {
        "id": _plain("node_id"), "databaseId": _small, "name": _plain("name"),
        "nameWithOwner": _plain("full_name"), "isPrivate": _plain("private"), "isArchived": _plain("archived"),
        "hasIssuesEnabled": _plain("has_issues"), "owner": _plain("owner"), "issue": _issue, "pullRequest": _pull,
        "issues": _issues, "viewerPermission": _right,
        "url": lambda context, it: f"{shapes.SITE}/{it.full_name}",
    },
    "Issue": _WRITTEN | {
        "number": _plain("number"), "title": _plain("title"), "state": lambda context, it: it.state.upper(),
        "stateReason": _reason, "url": lambda context, it: shapes.page_of(it),
        "closed": lambda context, it: not it.open,
        "closedAt": _time("closed_at"), "publishedAt": _time("created"), "repository": _plain("repository"),
        "authorAssociation": lambda context, it: shapes.association(context.github, it.author, it.repository),
        "comments": _listed("comments"), "timelineItems": _timeline, "subIssues": _children,
        "subIssuesSummary": _summary, "parent": _parent, "assignees": _listed("assignees"),
        "labels": _labels,
        "viewerCanUpdate": lambda context, it: context.token.has("issues", "write"),
    },
    "IssueComment": _WRITTEN | {
        "issue": _plain("issue"), "url": _comment_url, "isMinimized": lambda context, it: False,
        "authorAssociation": lambda context, it: shapes.association(context.github, it.author, it.issue.repository),
    },
    "UserContentEdit": {
        "id": _plain("id"), "createdAt": _time("at"), "editedAt": _time("at"), "updatedAt": _time("at"),
        "editor": _by("editor"), "deletedAt": _time("deleted_at"), "deletedBy": _by("deleted_by"),
        "diff": lambda context, it: None if it.deleted_at else it.text,
    },
    "ClosedEvent": {
        "id": _plain("node_id"), "actor": _by("actor"), "createdAt": _time("at"), "closer": _plain("closer"),
        "stateReason": lambda context, it: it.reason.upper() if it.reason else None,
        "url": lambda context, it: f"{shapes.SITE}/events/{it.id}",
    },
    "ReopenedEvent": {
        "id": _plain("node_id"), "actor": _by("actor"), "createdAt": _time("at"),
        "stateReason": lambda context, it: "REOPENED",
    },
    "PullRequest": {
        "id": _plain("node_id"), "databaseId": _small, "number": lambda context, it: it.issue.number,
        "title": lambda context, it: it.issue.title, "url": lambda context, it: shapes.page_of(it.issue),
        "state": lambda context, it: "MERGED" if it.merged_at else it.issue.state.upper(),
        "merged": lambda context, it: it.merged_at is not None, "mergedAt": _time("merged_at"),
        "mergedBy": _by("merged_by"), "author": lambda context, it: _actor(context, it.issue.author),
        "repository": lambda context, it: it.issue.repository, "isDraft": _plain("draft"),
        "body": lambda context, it: it.issue.body, "closed": lambda context, it: not it.issue.open,
        "closedAt": lambda context, it: text(it.issue.closed_at) if it.issue.closed_at else None,
        "createdAt": lambda context, it: text(it.issue.created),
        "updatedAt": lambda context, it: text(it.issue.updated),
    },
    "Commit": {
        "id": _plain("node_id"), "oid": _plain("sha"), "abbreviatedOid": lambda context, it: it.sha[:7],
        "message": _plain("message"), "url": lambda context, it: f"{shapes.SITE}/commit/{it.sha}",
        "committedDate": _time("at"),
        "author": lambda context, it: {"name": it.author.name, "email": it.author.email or None,
                                       "user": _actor(context, it.author), "date": text(it.at)},
    },
    "Label": {
        "name": _plain("name"), "color": _plain("color"), "description": lambda context, it: it.description or None,
        "id": lambda context, it: f"LA_kwDO{it.id:010X}", "url": lambda context, it: f"{shapes.SITE}/labels/{it.name}",
    },
    **dict.fromkeys(("User", "Bot", "Organization", "Mannequin"), _ACCOUNT),
}  # fmt: skip
FIELDS: dict[str, Resolver] = {f"{kind}.{name}": it for kind, each in _OF.items() for name, it in each.items()}
#: The caller is a plain dictionary, an account is not: both are a User.
FIELDS |= {
    f"User.{name}": lambda context, source, name=name, it=it, **more: (
        source[name] if isinstance(source, dict) else it(context, source, **more)
    )
    for name, it in _ACCOUNT.items()
}
