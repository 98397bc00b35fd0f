"""Raise, edit, close and publish, killed before every one of their steps; the engine finishes what was begun.

The first run of a command dies before its first step, the second before its second, and so on to the one that comes to
its end. Each works on an incident of its own.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.faults.house import House

pytestmark = pytest.mark.faults
#: More steps than any of the commands has.
MOST = 70
SENTENCE = "Asked the vendor about it, ticket 4711."


@pytest.fixture(autouse=True)
def _no_chat(house: House) -> None:
    """The steps that concern the chat are those of every command: they have tests of their own."""
    settings = house.home / "musterpoint.toml"
    settings.write_text(settings.read_text().replace('provider = "bridge"', 'provider = "local"'))


@pytest.fixture
def website(house: House) -> Path:
    folder = house.home / "website"
    folder.mkdir()
    return folder


def killed(house: House, commands: list[list[str]]) -> list[str]:
    """The steps before which a process died; then what was left is carried out by a real engine."""
    process = house.spawn("tests.faults.stepper", json.dumps(commands))
    code = process.popen.wait(400)
    assert code == 0, process.complained()
    answer: dict[str, Any] = json.loads(process.said())
    assert answer["code"] == 0, process.complained()
    engine = house.running_engine()
    house.settle()
    assert engine.stop() == 0
    assert "Traceback" not in engine.complained(), engine.complained()
    steps: list[str] = answer["killed"]
    print(f"killed before each of {len(steps)} steps")
    assert len(steps) > 10
    assert any("commit" in each for each in steps)
    return steps


def prepared(house: House, stage: str) -> list[str]:
    refs: list[str] = house.inside("prepare", stage=stage, count=MOST)
    return refs


def outcomes(house: House, refs: list[str]) -> list[dict[str, Any]]:
    """Of those that were reached; both sides must say the same of each, and nothing may be there twice."""
    found: list[dict[str, Any]] = house.inside("outcomes", refs=refs)
    for each in found:
        assert each["unlike"] == [], each
        assert each["issues"] <= 1, each
        assert each["comments"] == each["comment_effects"], each
        assert each["closed_early"] == [], each
    assert house.inside("unlike_their_journal") == []
    return found


def test_raise(house: House) -> None:
    refs = prepared(house, "resolved")
    steps = killed(house, [["raise", ref] for ref in refs])
    found = outcomes(house, refs[: len(steps) + 1])
    assert {each["issues"] for each in found} == {0, 1}
    assert [each for each in found if each["issues"] != each["requests"]] == []
    assert found[-1]["issues"] == 1


def test_edit(house: House, tmp_path: Path) -> None:
    refs = prepared(house, "raised")
    files = []
    for ref, body in house.inside("bodies", refs=refs).items():
        file = tmp_path / f"{ref}.md"
        inside = "<!-- musterpoint:trigger -->\n"
        file.write_text(body.replace("## RCA", f"{SENTENCE}\n\n## RCA").replace(inside, f"{inside}An import. "))
        files.append(["issue", "edit", ref, "--body", str(file)])
    steps = killed(house, files)
    found = outcomes(house, refs[: len(steps) + 1])
    for each in found:
        saved = SENTENCE in each["body"]
        assert each["body"].count(SENTENCE) == saved
        assert ("An import." in each["parts"].get("trigger", "")) == saved, "half of an edit"
        assert ("An import." in each["body"]) == saved
    assert {SENTENCE in each["body"] for each in found} == {False, True}


def test_close_early(house: House) -> None:
    refs = prepared(house, "raised")
    steps = killed(house, [["issue", "close", ref] for ref in refs])
    found = outcomes(house, refs[: len(steps) + 1])
    assert {each["open"] for each in found} == {True}
    assert {tuple(each["changes"]) for each in found} == {(), ("person", "guard")}
    assert [each for each in found if each["comments"] != bool(each["changes"])] == []


def test_tick_off_the_last_thing(house: House) -> None:
    refs = prepared(house, "all but one")
    steps = killed(house, [["issue", "tick", ref, "1"] for ref in refs])
    found = outcomes(house, refs[: len(steps) + 1])
    assert {(each["open"], tuple(each["changes"])) for each in found} == {(True, ()), (False, ("settled",))}


def test_close_with_an_override(house: House) -> None:
    refs = prepared(house, "skipped")
    steps = killed(house, [["close", ref, "--override", "it is switched off"] for ref in refs])
    found = outcomes(house, refs[: len(steps) + 1])
    assert {(each["status"], each["open"], tuple(each["changes"])) for each in found} == {
        ("resolved", True, ()),
        ("closed", False, ("override",)),
    }


@pytest.mark.parametrize("kept_in", ["folder", "git"])
def test_publish(house: House, website: Path, kept_in: str) -> None:
    if kept_in == "git":
        git(website, "init", "--quiet", "--initial-branch=main")
        git(website, "-c", "user.name=Olga", "-c", "user.email=olga@example.com", "commit", "-qm", "x", "--allow-empty")
    refs = prepared(house, "resolved")
    steps = killed(house, [["publication", "publish", ref] for ref in refs])
    found = outcomes(house, refs[: len(steps) + 1])
    assert {each["published"] for each in found} == {0, 1}
    assert [each for each in found if each["published"] != each["posts_asked_for"]] == []
    assert len({each["path"] for each in found if each["path"]}) == sum(each["published"] for each in found)
    for each in found:
        there = in_git(website, each) if kept_in == "git" else in_folder(website, each)
        assert there == ([each["post"]] if each["published"] else [])
    left = [each for each in website.rglob("*") if each.is_file() and ".git" not in each.parts]
    assert len(left) == (0 if kept_in == "git" else sum(each["published"] for each in found))


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


def in_folder(website: Path, outcome: dict[str, Any]) -> list[str]:
    file = website / outcome["path"]
    return [file.read_text()] if outcome["path"] and file.exists() else []


def in_git(website: Path, outcome: dict[str, Any]) -> list[str]:
    """The post in each commit of the incident's branch."""
    branch = f"incident-{outcome['ref']}"
    if not git(website, "branch", "--list", branch).strip():
        return []
    commits = git(website, "log", "--format=%H", f"main..{branch}").split()
    return [git(website, "show", f"{commit}:{outcome['path']}") for commit in commits]
