"""REST: branches, files and pull requests (docs.github.com/rest/git/refs, /rest/repos/contents, /rest/pulls)."""

from __future__ import annotations

import base64
import binascii

from tests.github import shapes_files, shapes_places
from tests.github.records import Account, Commit, Issue, Json, Repository
from tests.github.refusal import Refusal, not_found
from tests.github.routing import Call, Reply, endpoint

REPO = "/repos/{owner}/{repo}"


def _branch(repo: Repository, name: str) -> list[Commit]:
    if name not in repo.branches:
        raise Refusal(404, f"Branch {name} not found")
    return repo.branches[name]


@endpoint("GET", f"{REPO}/git/ref/{{ref}}")
def ref(call: Call) -> Reply:
    """`ref` is `heads/NAME`."""
    call.github.require(call.token, call.repo, "contents", "read")
    kind, _, name = call.at["ref"].partition("/")
    if kind != "heads" or name not in call.repo.branches:
        raise not_found()
    return Reply(200, shapes_files.ref(call.github, call.repo, name))


@endpoint("POST", f"{REPO}/git/refs")
def ref_made(call: Call) -> Reply:
    """A branch at a commit that is there."""
    repo = call.repo
    call.github.require(call.token, repo, "contents", "write")
    name = call.body["ref"].removeprefix("refs/heads/")
    if not call.body["ref"].startswith("refs/heads/") or not name:
        raise Refusal(422, f"{call.body['ref']} is not a valid ref name.")
    if name in repo.branches:
        raise Refusal(422, "Reference already exists")
    for commits in list(repo.branches.values()):
        shas = [each.sha for each in commits]
        if call.body["sha"] in shas:
            repo.branches[name] = commits[: shas.index(call.body["sha"]) + 1]
            return Reply(201, shapes_files.ref(call.github, repo, name))
    raise Refusal(422, "Object does not exist")


@endpoint("GET", f"{REPO}/contents/{{path}}")
def contents(call: Call) -> Reply:
    """A file in base64, or what is in a folder."""
    repo, path = call.repo, call.at["path"].strip("/")
    call.github.require(call.token, repo, "contents", "read")
    wanted = call.query.get("ref", repo.default_branch)
    files = _branch(repo, wanted.removeprefix("refs/heads/"))[-1].files
    if path in files:
        return Reply(200, shapes_files.file(call.github, repo, path, files[path]))
    below = sorted(each for each in files if each.startswith(f"{path}/"))
    if not below:
        raise not_found()
    return Reply(200, shapes_files.folder(call.github, repo, path, files))


@endpoint("PUT", f"{REPO}/contents/{{path}}")
def file_put(call: Call) -> Reply:
    """One commit with one file. To change one that is there needs its `sha`: 422 without, 409 for another."""
    github, repo, path, body = call.github, call.repo, call.at["path"].strip("/"), call.body
    token = github.require(call.token, repo, "contents", "write")
    branch = body.get("branch", repo.default_branch)
    commits = _branch(repo, branch)
    files, old = commits[-1].files, commits[-1].files.get(path)
    try:
        data = base64.b64decode("".join(body["content"].split()), validate=True)
    except binascii.Error:
        raise Refusal(422, "content is not valid Base64") from None
    if old is not None and "sha" not in body:
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if old is not None and body["sha"] != shapes_files.blob(old):
        raise Refusal(409, f"{path} does not match {body['sha']}")
    commit = github.commit(body["message"], _author(call, token.actor), files | {path: data})
    repo.branches[branch] = [*commits, commit]
    told = shapes_files.file_commit(github, repo, path, data, commit)
    return Reply(200 if old is not None else 201, told)


def _author(call: Call, actor: Account) -> Account:
    """A name that was given goes into the commit and belongs to nobody's account."""
    given: Json = call.body.get("author") or call.body.get("committer") or {}
    if not given:
        return actor
    return Account(0, "", "", "User", name=given["name"], email=given["email"])


@endpoint("GET", f"{REPO}/pulls")
def pulls(call: Call) -> Reply:
    """`head` is OWNER:BRANCH."""
    repo, query = call.repo, call.query
    call.github.require(call.token, repo, "pull_requests", "read")
    every = [each for each in repo.issues.values() if each.pull is not None and not each.gone]
    state = query.get("state", "open")
    every = [each for each in every if state in ("all", each.state)]
    if "head" in query:
        every = [each for each in every if each.pull and f"{repo.owner.login}:{each.pull.head}" == query["head"]]
    if "base" in query:
        every = [each for each in every if each.pull and each.pull.base == query["base"]]
    every.sort(key=lambda each: each.number, reverse=query.get("direction", "desc") == "desc")
    page, headers = call.page(every)
    return Reply(200, [shapes_places.pull(call.github, each, whole=False) for each in page], headers)


@endpoint("POST", f"{REPO}/pulls")
def pull_made(call: Call) -> Reply:
    github, repo, body = call.github, call.repo, call.body
    token = github.require(call.token, repo, "pull_requests", "write")
    head = body["head"].removeprefix(f"{repo.owner.login}:")
    made = github.propose(
        token.actor,
        repo,
        body.get("title") or "",
        body.get("body") or "",
        head,
        body["base"],
        draft=bool(body.get("draft")),
        via_app=token.kind == "installation",
    )
    told = shapes_places.pull(github, made, whole=True)
    return Reply(201, told, {"location": told["url"]})


@endpoint("GET", f"{REPO}/pulls/{{pull_number}}")
def pull(call: Call) -> Reply:
    call.github.require(call.token, call.repo, "pull_requests", "read")
    found: Issue | None = call.repo.issues.get(int(call.at["pull_number"]))
    if found is None or found.pull is None:
        raise not_found()
    return Reply(200, shapes_places.pull(call.github, found, whole=True))
