"""What every website promises: one suite over a plain folder and a git checkout; then what each does by itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.integrations.local.git import Checkout
from musterpoint.integrations.local.website import FolderWebsite
from musterpoint.ports import Post, Refused, Unavailable, Website

POST = Post("blog/2026/03/report.md", "We are sorry. – läuft\n", "incident-7", "Public post of incident 7")
AGAIN = replace(POST, text="We are very sorry.\n", was=POST.text)


class Repository:
    """A git checkout as people have it."""

    def __init__(self, folder: Path, *, commits: bool = True) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self("init", "--quiet", "--initial-branch=main")
        if commits:
            (folder / "README.md").write_text("The website\n")
            self("add", "README.md")
            self("-c", "user.name=Kim", "-c", "user.email=kim@example.com", "commit", "--quiet", "-m", "Begin")

    def __call__(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.rstrip("\n")

    def commit(self, branch: str, path: str, text: str) -> None:
        """Somebody changes a file on a branch that they have not checked out."""
        FolderWebsite(self.folder, 10).publish(
            Post(path, text, branch, "Mended", was=self.text(branch, path)), "theirs"
        )

    def text(self, branch: str, path: str = POST.path) -> str:
        done = subprocess.run(["git", "show", f"{branch}:{path}"], cwd=self.folder, capture_output=True, check=False)
        return done.stdout.decode()

    def commits(self, branch: str = POST.branch) -> list[str]:
        return self("log", "--format=%s", branch).splitlines()


@dataclass
class Case:
    """A website, what is there at a post's path, and somebody who changes it there."""

    website: Website
    text: Callable[[str], str]
    change: Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _git_of_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the settings of whoever runs the tests, nor a repository around the tests' folder."""
    for name in [each for each in os.environ if each.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "site")


@pytest.fixture(params=["folder", "git", "git without a commit", "folder in a checkout"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    folder = tmp_path / "site"
    if request.param == "folder":
        folder.mkdir()

        def write(path: str, text: str) -> None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)

        return Case(FolderWebsite(folder, 10), lambda path: _read(folder / path), write)
    repository = Repository(folder, commits=request.param != "git without a commit")
    prefix = "apps/site/" if request.param == "folder in a checkout" else ""
    (folder / prefix).mkdir(parents=True, exist_ok=True)
    return Case(
        FolderWebsite(folder / prefix, 10),
        lambda path: repository.text(POST.branch, prefix + path),
        lambda path, text: repository.commit(POST.branch, prefix + path, text),
    )


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def test_what_is_published_is_there_and_is_found_by_its_key(case: Case) -> None:
    assert case.website.find(POST, "publish:7:1@1") is None
    posted = case.website.publish(POST, "publish:7:1@1")
    assert case.text(POST.path) == POST.text
    assert posted.external
    found = case.website.find(POST, "publish:7:1@1")
    assert found == posted


def test_a_second_time_is_the_same_as_once(case: Case) -> None:
    first = case.website.publish(POST, "publish:7:1@1")
    assert case.website.publish(POST, "publish:7:1@1") == first
    assert case.text(POST.path) == POST.text


def test_the_next_revision_replaces_the_text(case: Case) -> None:
    case.website.publish(POST, "publish:7:1@1")
    assert case.website.find(AGAIN, "publish:7:2@2") is None
    posted = case.website.publish(AGAIN, "publish:7:2@2")
    assert case.text(POST.path) == AGAIN.text
    assert case.website.find(AGAIN, "publish:7:2@2") == posted


def test_what_somebody_changed_there_is_not_written_over(case: Case) -> None:
    case.website.publish(POST, "publish:7:1@1")
    case.change(POST.path, "Mended by hand.\n")
    with pytest.raises(Refused, match=r"somebody changed it since it was published. Nothing was written"):
        case.website.publish(AGAIN, "publish:7:2@2")
    assert case.text(POST.path) == "Mended by hand.\n"


def test_a_file_of_somebody_else_is_not_written_over(case: Case) -> None:
    case.change(POST.path, "An older post.\n")
    with pytest.raises(Refused, match="is there already, and is not ours"):
        case.website.publish(POST, "publish:7:1@1")
    assert case.text(POST.path) == "An older post.\n"


def test_what_was_redacted_here_since_may_be_replaced_there(case: Case) -> None:
    case.website.publish(POST, "publish:7:1@1")
    case.website.publish(replace(AGAIN, was="We are [redacted]. – läuft\n"), "publish:7:2@2")
    assert case.text(POST.path) == AGAIN.text


@pytest.mark.parametrize(
    "path", ["../a.md", "/etc/a.md", "a/../../b.md", "", ".", ".git/hooks/x", "a/.GIT/x", "a\\b.md", "a\nb.md", "a/"]
)
def test_a_path_that_leads_out_is_refused(case: Case, path: str) -> None:
    with pytest.raises(Refused, match="is no path inside of the website"):
        case.website.publish(replace(POST, path=path), "publish:7:1@1")


def test_a_folder_at_the_path_is_refused(case: Case) -> None:
    case.website.publish(POST, "publish:7:1@1")
    for path in ("blog/2026", f"{POST.path}/more.md"):
        with pytest.raises(Refused):
            case.website.publish(replace(POST, path=path), "publish:7:2@1")


# --- a plain folder -----------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_refused_unless_it_is_our_own(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"does not exist. Make it or clone the website there"):
        FolderWebsite(tmp_path / "none", 10)
    assert FolderWebsite(tmp_path / "none", 10, made=True).find(POST, "publish:7:1@1") is None
    FolderWebsite(tmp_path / "none", 10, made=True).publish(POST, "publish:7:1@1")
    assert _read(tmp_path / "none" / POST.path) == POST.text


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    place = tmp_path / POST.path
    place.parent.mkdir(parents=True)
    (place.parent / ".report.md.0a0b.part").write_text("We are so")
    FolderWebsite(tmp_path, 10).publish(POST, "publish:7:1@1")
    assert [each.name for each in place.parent.iterdir()] == ["report.md"]


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "site" / "blog").symlink_to(tmp_path / "outside")
    with pytest.raises(Refused, match="leads out of the folder"):
        FolderWebsite(tmp_path / "site", 10).publish(POST, "publish:7:1@1")
    assert list((tmp_path / "outside").iterdir()) == []


def test_the_settings_choose_the_website(tmp_path: Path) -> None:
    own = registry.website(Process(), tmp_path)
    assert isinstance(own, FolderWebsite)
    assert own.folder == tmp_path / "website"
    with pytest.raises(Refused, match="does not exist"):
        registry.website(Process(website_folder="site"), tmp_path)
    (tmp_path / "site").mkdir()
    there = registry.website(Process(website_folder=str(tmp_path / "site")), Path("/elsewhere"))
    assert isinstance(there, FolderWebsite)
    assert there.folder == tmp_path / "site"
    with pytest.raises(ValueError, match="known: folder"):
        registry.website(Process(website="a wall"), tmp_path)


# --- a git checkout -----------------------------------------------------------------------------------------------


def test_neither_working_tree_nor_index_nor_head_is_touched(repository: Repository) -> None:
    (repository.folder / "staged.md").write_text("staged\n")
    repository("add", "staged.md")
    (repository.folder / "README.md").write_text("changed\n")
    before = (repository("status", "--porcelain"), repository("rev-parse", "HEAD"), repository("diff", "--cached"))
    FolderWebsite(repository.folder, 10).publish(POST, "publish:7:1@1")
    after = (repository("status", "--porcelain"), repository("rev-parse", "HEAD"), repository("diff", "--cached"))
    assert after == before
    assert repository("symbolic-ref", "HEAD") == "refs/heads/main"
    assert repository.text(POST.branch, "README.md") == "The website\n"
    assert repository.text(POST.branch, "staged.md") == ""


def test_the_commit_names_its_key_and_who_made_it(repository: Repository) -> None:
    website = FolderWebsite(repository.folder, 10)
    website.publish(POST, "publish:7:1@1")
    form = "--format=%an <%ae>|%s|%b"
    nobody = "Musterpoint <musterpoint@localhost>|Public post of incident 7|Musterpoint-Key: publish:7:1@1"
    assert repository("log", "-1", form, POST.branch).strip() == nobody
    repository("config", "user.name", "Web Team")
    repository("config", "user.email", "web@example.com")
    website.publish(AGAIN, "publish:7:2@1")
    assert repository("log", "-1", "--format=%an <%ae>", POST.branch) == "Web Team <web@example.com>"


def test_a_commit_is_made_once_however_often_it_is_asked_for(repository: Repository) -> None:
    website = FolderWebsite(repository.folder, 10)
    for _ in range(3):
        website.publish(POST, "publish:7:1@1")
    assert repository.commits() == ["Public post of incident 7", "Begin"]


@pytest.mark.parametrize("key", ["publish:7:1", "publish:7:1@1 ", "", "PUBLISH:7:1@1", "ublish:7:1@1", "publish:7:1@."])
def test_another_key_is_not_found(repository: Repository, key: str) -> None:
    website = FolderWebsite(repository.folder, 10)
    website.publish(POST, "publish:7:1@1")
    assert website.find(POST, key) is None


def test_it_is_found_after_its_branch_was_merged_and_removed(repository: Repository) -> None:
    website = FolderWebsite(repository.folder, 10)
    website.publish(POST, "publish:7:1@1")
    repository("merge", "--quiet", "--ff-only", POST.branch)
    repository("branch", "-D", POST.branch)
    assert website.find(POST, "publish:7:1@1") is not None
    website.publish(AGAIN, "publish:7:2@1")
    assert repository.text(POST.branch) == AGAIN.text
    assert repository.text("main") == POST.text


def test_a_branch_that_is_checked_out_is_left_alone(repository: Repository) -> None:
    repository("checkout", "--quiet", "-b", POST.branch)
    with pytest.raises(Refused, match=r"is checked out in .*where people may be working"):
        FolderWebsite(repository.folder, 10).publish(POST, "publish:7:1@1")
    repository("checkout", "--quiet", "main")
    repository("worktree", "add", "--quiet", str(repository.folder.parent / "other"), POST.branch)
    with pytest.raises(Refused, match="other"):
        FolderWebsite(repository.folder, 10).publish(POST, "publish:7:1@1")
    assert repository.commits() == ["Begin"]


def test_a_branch_that_has_not_begun_yet_is_checked_out_too(tmp_path: Path) -> None:
    Repository(tmp_path / "site", commits=False)
    with pytest.raises(Refused, match="is checked out"):
        FolderWebsite(tmp_path / "site", 10).publish(replace(POST, branch="main"), "publish:7:1@1")


@pytest.mark.parametrize("branch", ["a..b", "-x", "a b", "", "main/x"])
def test_a_name_that_is_no_branch_is_refused(repository: Repository, branch: str) -> None:
    with pytest.raises(Refused, match=r"no name for a branch|does not move"):
        FolderWebsite(repository.folder, 10).publish(replace(POST, branch=branch), "publish:7:1@1")


def test_whoever_loses_a_race_tries_again(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    website, made = FolderWebsite(repository.folder, 10), Checkout._made

    def overtaken(self: Checkout, parent: str, path: str, text: bytes, message: str) -> str:
        mine = made(self, parent, path, text, message)
        monkeypatch.setattr(Checkout, "_made", made)
        FolderWebsite(repository.folder, 10).publish(replace(POST, path="blog/other.md"), "publish:8:1@1")
        return mine

    monkeypatch.setattr(Checkout, "_made", overtaken)
    with pytest.raises(Unavailable, match="at the same moment"):
        website.publish(POST, "publish:7:1@1")
    assert website.find(POST, "publish:7:1@1") is None
    website.publish(POST, "publish:7:1@1")
    assert len(repository.commits()) == 3
    assert repository.text(POST.branch, "blog/other.md") == repository.text(POST.branch) == POST.text


def test_hooks_are_not_run(repository: Repository) -> None:
    for name in ("pre-commit", "commit-msg", "post-commit", "prepare-commit-msg"):
        hook = repository.folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\ntouch hooked\nexit 1\n")
        hook.chmod(0o755)
    FolderWebsite(repository.folder, 10).publish(POST, "publish:7:1@1")
    assert not (repository.folder / "hooked").exists()


def test_a_folder_that_git_ignores_is_a_plain_one(repository: Repository) -> None:
    (repository.folder / ".gitignore").write_text("home/\n")
    FolderWebsite(repository.folder / "home" / "website", 10, made=True).publish(POST, "publish:7:1@1")
    assert _read(repository.folder / "home" / "website" / POST.path) == POST.text
    assert repository("branch", "--list", POST.branch) == ""


def test_variables_of_git_lead_nowhere_else(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git" / "index"))
    FolderWebsite(repository.folder, 10).publish(POST, "publish:7:1@1")
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert repository.text(POST.branch) == POST.text
    assert other("branch", "--list", POST.branch) == ""


def test_without_git_it_says_so(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    website = FolderWebsite(repository.folder, 10)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(Refused, match="git is not installed here: install it"):
        website.publish(POST, "publish:7:1@1")


def test_a_git_that_does_not_answer_is_tried_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(Unavailable, match=r"took longer than 0.2 s"):
        FolderWebsite(repository.folder, 0.2).publish(POST, "publish:7:1@1")


def test_a_lock_that_somebody_holds_is_waited_for(repository: Repository) -> None:
    website = FolderWebsite(repository.folder, 10)
    website.publish(POST, "publish:7:1@1")
    lock = repository.folder / ".git" / "refs" / "heads" / f"{POST.branch}.lock"
    lock.touch()
    with pytest.raises(Unavailable):
        website.publish(AGAIN, "publish:7:2@1")
    lock.unlink()
    website.publish(AGAIN, "publish:7:2@1")
    assert repository.text(POST.branch) == AGAIN.text
