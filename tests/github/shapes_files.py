"""How GitHub writes down branches, files and commits; see `shapes.py` for the rest."""

from __future__ import annotations

import base64
import hashlib

from tests.github.clock import text
from tests.github.records import Commit, Json, Repository
from tests.github.shapes import SITE
from tests.github.tokens import Tokens


def blob(data: bytes) -> str:
    """The name that git gives to a content."""
    return hashlib.sha1(b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest()


def ref(github: Tokens, repo: Repository, branch: str) -> Json:
    api, sha = f"{github.url}/repos/{repo.full_name}/git", repo.branches[branch][-1].sha
    return {
        "ref": f"refs/heads/{branch}",
        "node_id": f"REF_kwDO{repo.id:X}{branch}",
        "url": f"{api}/refs/heads/{branch}",
        "object": {"type": "commit", "sha": sha, "url": f"{api}/commits/{sha}"},
    }


def _entry(github: Tokens, repo: Repository, path: str, sha: str, size: int, kind: str) -> Json:
    url = f"{github.url}/repos/{repo.full_name}/contents/{path}?ref={repo.default_branch}"
    page = f"{SITE}/{repo.full_name}/blob/{repo.default_branch}/{path}"
    git = f"{github.url}/repos/{repo.full_name}/git/blobs/{sha}"
    return {
        "type": kind,
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "size": size,
        "url": url,
        "git_url": git,
        "html_url": page,
        "download_url": None,
        "_links": {"self": url, "git": git, "html": page},
    }


def file(github: Tokens, repo: Repository, path: str, data: bytes) -> Json:
    told = _entry(github, repo, path, blob(data), len(data), "file")
    return told | {"encoding": "base64", "content": base64.encodebytes(data).decode()}


def folder(github: Tokens, repo: Repository, path: str, files: dict[str, bytes]) -> list[Json]:
    """What is right below it, files and folders."""
    told: dict[str, Json] = {}
    for each in sorted(files):
        if not each.startswith(f"{path}/"):
            continue
        name, _, deeper = each.removeprefix(f"{path}/").partition("/")
        data = b"" if deeper else files[each]
        told[name] = _entry(github, repo, f"{path}/{name}", blob(data), len(data), "dir" if deeper else "file")
    return list(told.values())


def file_commit(github: Tokens, repo: Repository, path: str, data: bytes, commit: Commit) -> Json:
    api, page = f"{github.url}/repos/{repo.full_name}/git/commits", f"{SITE}/{repo.full_name}/commit"
    who = {"name": commit.author.name or commit.author.login, "date": text(commit.at)}
    who["email"] = commit.author.email or f"{commit.author.login}@users.noreply.github.com"
    entry = _entry(github, repo, path, blob(data), len(data), "file")
    entry["download_url"] = f"https://raw.githubusercontent.com/{repo.full_name}/{commit.sha}/{path}"
    return {
        "content": entry,
        "commit": {
            "sha": commit.sha,
            "node_id": commit.node_id,
            "url": f"{api}/{commit.sha}",
            "html_url": f"{page}/{commit.sha}",
            "message": commit.message,
            "author": who,
            "committer": who,
            "tree": {"sha": blob(commit.sha.encode()), "url": f"{github.url}/repos/{repo.full_name}/git/trees/main"},
            "parents": [],
            "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
        },
    }
