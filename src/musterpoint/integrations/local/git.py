"""A commit on a branch of a git checkout, made out of git's own parts: working tree, index and HEAD stay as they are.

The key of the effect is a trailer of the commit, by which it is found again. The branch moves by compare-and-swap:
whoever comes second is told, and looks again.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from musterpoint.integrations.local.place import must_be_ours
from musterpoint.ports import Post, Posted, Refused, Unavailable

TRAILER = "Musterpoint-Key"
#: What a hook or a shell may have left in the environment, and would lead us somewhere else.
_ELSEWHERE = (
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_NAMESPACE GIT_PREFIX"
    " GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CEILING_DIRECTORIES GIT_LITERAL_PATHSPECS"
).split()
_OURSELVES = {"NAME": "Musterpoint", "EMAIL": "musterpoint@localhost"}


class Checkout:
    """The checkout that a folder is, or is in. Raises Refused where git is missing or does not take it."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.folder, self._timeout = folder, timeout
        self._prefix = self._git("rev-parse", "--show-prefix").text

    def ignored(self) -> bool:
        """Git does not look at this folder: it is none of the checkout's files."""
        return self._git("check-ignore", "--quiet", ".", fails=True).ok

    def find(self, key: str) -> Posted | None:
        """The commit that was made with the key, on whatever branch."""
        form = f"--format=%H%x1f%(trailers:key={TRAILER},valueonly,separator=%x1e)%x1f%S"
        starts = ["--branches", *(["HEAD"] if self._commit("HEAD") else [])]
        log = self._git("log", "--fixed-strings", f"--grep={TRAILER}: {key}", form, "--source", *starts, "--")
        for line in log.text.splitlines():
            number, keys, branch = line.split("\x1f")
            if key in keys.split("\x1e"):
                return Posted(_name(branch.removeprefix("refs/heads/"), number))
        return None

    def commit(self, post: Post, key: str) -> Posted:
        """Put the file onto the post's branch, which begins at HEAD. Raises Refused, Unavailable."""
        branch, path = f"refs/heads/{post.branch}", f"{self._prefix}{post.path}"
        self._must_be_free(post.branch, branch)
        tip = self._commit(branch)
        parent = tip or self._commit("HEAD")
        old, text = self._file(parent, path), post.text.encode()
        if old == text:
            return Posted(_name(post.branch if tip else "HEAD", parent))
        must_be_ours(f"{post.path} on {post.branch if tip else 'HEAD'}", old, post)
        made = self._made(parent, path, text, f"{post.message}\n\n{TRAILER}: {key}\n")
        self._move(branch, made, tip)
        return Posted(_name(post.branch, made))

    def _must_be_free(self, name: str, branch: str) -> None:
        if not self._git("check-ref-format", "--branch", name, fails=True).ok:
            raise Refused(f"{name!r} is no name for a branch. Mend [website] branch; nothing was written.")
        where = self._git("for-each-ref", "--format=%(worktreepath)", branch).text
        if where or self._git("symbolic-ref", "--quiet", "HEAD", fails=True).text == branch:
            raise Refused(
                f"The branch {name} is checked out in {where or self.folder}, where people may be working on it. "
                "Nothing was written. Check out another branch there, then try again with `effects retry`."
            )

    def _commit(self, name: str) -> str:
        """The commit that a name stands for, empty where there is none."""
        return self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", fails=True).text

    def _file(self, commit: str, path: str) -> bytes | None:
        """A file as it is in a commit."""
        if not commit:
            return None
        kind = self._git("cat-file", "-t", f"{commit}:{path}", fails=True)
        if not kind.ok:
            return None
        if kind.text != "blob":
            raise Refused(f"{path} is a folder in the website. Mend [website] path or slug; nothing was written.")
        return self._git("cat-file", "blob", f"{commit}:{path}").out

    def _made(self, parent: str, path: str, text: bytes, message: str) -> str:
        """A commit with this file besides what is in its parent. Nothing points to it yet."""
        blob = self._git("hash-object", "-w", "--stdin", given=text).text
        with tempfile.TemporaryDirectory(prefix="musterpoint-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if parent:
                self._git("read-tree", parent, more=index)
            self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", more=index)
            tree = self._git("write-tree", more=index).text
        parents = ["-p", parent] if parent else []
        return self._git("commit-tree", tree, *parents, "-F", "-", given=message.encode(), more=self._author()).text

    def _author(self) -> dict[str, str]:
        """Who commits: whom git's own settings name, else ourselves."""
        known = {"NAME": "user.name", "EMAIL": "user.email"}
        unset = [field for field, name in known.items() if not self._git("config", name, fails=True).text]
        return {f"GIT_{who}_{field}": _OURSELVES[field] for who in ("AUTHOR", "COMMITTER") for field in unset}

    def _move(self, branch: str, to: str, was: str) -> None:
        moved = self._git("update-ref", "-m", "musterpoint: post", branch, to, was or "0" * len(to), fails=True)
        if moved.ok:
            return
        if self._commit(branch) != was or ".lock" in moved.error:
            raise Unavailable(f"Somebody else moved {branch} at the same moment.")
        raise Refused(f"git does not move {branch}: {moved.error}")

    def _git(
        self, *words: str, given: bytes | None = None, more: Mapping[str, str] | None = None, fails: bool = False
    ) -> _Said:
        """Run git. Raises Refused where it fails, unless that is an answer (`fails`)."""
        environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(
                ["git", "-c", "core.fsync=objects,reference", *words],
                cwd=self.folder,
                env=environment | dict(more or {}),
                input=given if given is not None else b"",
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except FileNotFoundError as error:
            if not self.folder.is_dir():
                raise Refused(f"The folder of the website, {self.folder}, is gone.") from error
            raise Refused(f"{self.folder} is a git checkout, and git is not installed here: install it.") from error
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"git {words[0]} took longer than {self._timeout:g} s.") from error
        said = _Said(done.returncode == 0, done.stdout, done.stderr.decode(errors="replace").strip())
        if not said.ok and not fails:
            if ".lock" in said.error:
                raise Unavailable(f"git {words[0]}: {said.error}")
            raise Refused(f"git {words[0]} failed in {self.folder}: {said.error or 'without a word'}")
        return said


@dataclass(frozen=True, slots=True)
class _Said:
    ok: bool
    out: bytes
    error: str

    @property
    def text(self) -> str:
        return self.out.decode(errors="replace").strip()


def _name(branch: str, commit: str) -> str:
    return f"{branch}@{commit[:12]}"
