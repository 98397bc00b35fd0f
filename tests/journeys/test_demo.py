"""`./run demo --once` in a process of its own: it ends by itself, and what it leaves behind is a real incident."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from musterpoint.core.journal import MarkKind
from musterpoint.demo.beats import Delete, Huddle, Mark, React, Relapse, Resolve, Rewrite, Say
from musterpoint.demo.story import STORY, TEAM

ROOT = Path(__file__).parents[2]
#: What was said and is not said any more: two texts before their edit, and a message that was deleted.
TAKEN_BACK = ("seat-service", "90 seconds", "Nilsen", "4417")


@dataclass(frozen=True)
class Played:
    """What the demo printed, and the folder it left."""

    told: str
    home: Path
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "musterpoint.cli", *words],
            env=self.environment | {"MUSTERPOINT_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answer(self, *words: str) -> Any:
        return json.loads(self.command(*words, "--format", "json"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """With variables that name somebody's own home: the demo must leave that alone."""
    folder = tmp_path_factory.mktemp("demo")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MUSTERPOINT", "DATABASE"))}
    environment = clean | {"TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "musterpoint.demo", "--once"],
        env=environment | {"MUSTERPOINT_HOME": str(folder / "mine"), "DATABASE_URL": "postgresql://nowhere/mine"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not (folder / "mine").exists()
    [home] = folder.iterdir()
    return Played(done.stdout, home, environment)


def test_it_ends_by_itself_and_tells_how_to_go_on(played: Played) -> None:
    assert "\033" not in played.told
    assert f"MUSTERPOINT_HOME={played.home} ./run musterpoint thread 1" in played.told
    assert "Thanks everybody!" in played.command("thread", "1")
    for file in re.findall(r"^/.*incident-1\.\w+$", played.told, re.MULTILINE):
        assert Path(file).stat().st_size > 1000


def test_the_incident_is_over_and_was_detected_by_the_alert_that_nobody_saw(played: Played) -> None:
    shown = played.answer("show", "1")
    assert (shown["status"], shown["severity"], shown["lead"]) == ("closed", "critical", "Ingrid Aasen")
    assert shown["nominee"] == "Tomasz Wilk"
    today = ("issue_raised", "closed")
    assert all(shown["milestones"][name]["basis"] == "recorded" for name in today)
    times = {name: each["at"][11:16] for name, each in shown["milestones"].items() if each and name not in today}
    expected = {"impact_began": "13:40", "detected": "13:41", "declared": "13:58", "resolved": "15:36"}
    assert times == {**expected, "first_responder": "13:59"}
    [confirmed] = [each for each in shown["corrections"] if each["field"] == "detected"]
    assert "fired at 13:41 UTC" in confirmed["quote"]
    assert [each["role"] for each in shown["threads"]] == ["local", "huddle"]


def test_the_timeline_has_the_false_end_the_relapse_and_the_deletion(played: Played) -> None:
    rows = played.answer("timeline", "1")["rows"]
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert all(row["evidence"] for row in rows)
    turns = ("detection", "relapse", "resolution")
    kept = [(row["kind"], row["at"][11:16]) for row in rows if row["status"] == "kept" and row["kind"] in turns]
    assert kept == [
        ("detection", "13:41"),
        ("resolution", "14:38"),
        ("relapse", "14:50"),
        ("resolution", "15:36"),
    ]
    assert [row["text"] for row in rows if "was deleted" in row["text"]] == ["A message was deleted"]
    assert any(row["evidence"][0]["ref"].startswith("local:1-huddle-1/") for row in rows)


def test_the_timeline_shows_what_people_curated(played: Played) -> None:
    rows = played.answer("timeline", "1")["rows"]
    assert [row["text"][:9] for row in rows if row["why"].startswith("reworded by Tomasz Wilk")] == ["Went live"]
    assert [row["why"] for row in rows if row["status"] == "dropped"] == ["dropped by Ingrid Aasen: said twice"]
    assert "time corrected by Ingrid Aasen" in rows[0]["why"]


@pytest.mark.parametrize("old", TAKEN_BACK)
def test_what_was_taken_back_is_nowhere_but_in_the_history(played: Played, old: str) -> None:
    for words in (("timeline", "1"), ("thread", "1"), ("show", "1"), ("search", *old.split())):
        assert old not in played.command(*words, "--format", "json").replace(f'"query": "{old}"', "")
    assert old not in (played.home / "exports" / "incident-1.md").read_text()
    assert old in played.command("thread", "1", "--history")


def test_a_stranger_sees_nothing_of_what_may_concern_personal_data(played: Played) -> None:
    [seen] = [each for each in played.answer("list", "--as", "cto")["incidents"] if each["restricted"]]
    assert seen["ref"].startswith("s-")
    assert [each["ref"] for each in played.answer("list", "--as", "sam")["incidents"]] == ["1"]
    assert played.answer("search", "laptop", "--as", "sam")["hits"] == []


def test_one_action_is_done_and_one_declined_and_nothing_is_left_to_do(played: Played) -> None:
    shown = played.answer("show", "1")
    ended = {each["number"]: (each["status"], bool(each["reason"])) for each in shown["actions"]}
    assert ended == {1: ("done", False), 2: ("declined", True)}
    assert shown["blockers"] == []
    steps = played.answer("conformance", "1")["steps"]
    assert {each["status"] for each in steps} == {"done"}


def test_the_close_that_came_too_early_was_undone_and_the_last_one_was_not(played: Played) -> None:
    issue = played.answer("issue", "show", "1")["issue"]
    assert not issue["open"]
    early, over = [each["text"] for each in issue["comments"]]
    assert "Sam Okoro" in early
    assert "open again" in early
    assert "Nothing is outstanding any more" in over
    assert "closed this issue, but it is not finished" in played.told


def test_it_shows_the_post_that_it_made_and_nobody_is_named_there(played: Played) -> None:
    [post] = (played.home / "website").rglob("*.md")
    text = post.read_text()
    assert text in played.told
    assert played.answer("show", "1")["publication"]["published"]
    names = [word for person in TEAM for word in person.name.split()]
    assert [each for each in names if each in text] == []
    assert text.index("disruption affected our customers") < text.index("## Technical Details")


def test_the_story_has_every_trap_that_it_promises() -> None:
    beats = [beat for chapter in STORY for beat in chapter.beats]
    counts = {
        kind: sum(isinstance(beat, kind) for beat in beats) for kind in (Rewrite, Delete, Huddle, Resolve, Relapse)
    }
    assert counts == {Rewrite: 2, Delete: 1, Huddle: 2, Resolve: 2, Relapse: 1}
    said = [beat for beat in beats if isinstance(beat, Say)]
    assert 55 <= len(said) <= 70
    assert sum(beat.place == "huddle" for beat in said) >= 5
    assert sum(isinstance(beat, React) for beat in beats) >= 5
    assert {beat.kind for beat in beats if isinstance(beat, Mark)} >= {MarkKind.FINDING, MarkKind.DECISION}
    assert [beat.at for beat in beats] == sorted(beat.at for beat in beats)


def test_without_once_it_ends_with_the_pages_of_what_it_played(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MUSTERPOINT", "DATABASE"))}
    words = [sys.executable, "-m", "musterpoint.demo"]
    options: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, env=clean | {"TMPDIR": str(tmp_path)}, **options) as demo:
        assert demo.stdout is not None
        link = next(found[0] for line in demo.stdout if (found := re.search(r"http://\S+/join/\S+", line)))
        with httpx.Client(follow_redirects=True) as client:
            page = client.get(link)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert token
            arrived = client.post(link, data={"csrfmiddlewaretoken": token[1]})
            assert arrived.url.path == "/incidents/1"
            assert "Paying for a ticket fails" in arrived.text
            demo.terminate()
            assert demo.wait(timeout=20) == 0
            with pytest.raises(httpx.ConnectError):
                client.get(link)


def test_the_story_in_a_workspace_ends_by_itself(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MUSTERPOINT", "DATABASE"))}
    words = [sys.executable, "-m", "tests.slack.demo", "--once"]
    environment = clean | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "only Ingrid Aasen sees Ingrid Aasen leads incident 1." in done.stdout
    assert "Musterpoint Ingrid Aasen resolved the incident: fares are cached again" in done.stdout
    assert list(tmp_path.iterdir()) == []
