"""A Slack export archive, written here: a thread over three days' files, with the thread of its huddle."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commands import Musterpoint

ROOT, HUDDLE = "1767607200.000100", "1767607800.000200"
USERS = [
    {"id": "U0MAY", "name": "may", "real_name": "May Lund"},
    {"id": "U0RAJ", "name": "raj", "real_name": "Raj Nair"},
]
CHANNELS = [{"id": "C0OPS", "name": "ops"}, {"id": "C0TEA", "name": "tea"}]


def said(ts: str, user: str, text: str, root: str = "") -> dict[str, Any]:
    return {"type": "message", "ts": ts, "user": user, "text": text, **({"thread_ts": root} if root else {})}


#: The thread runs over midnight twice; on the second day the huddle has a thread of its own.
DAYS = {
    "ops/2026-01-05.json": [
        said(ROOT, "U0MAY", "Exports fail with a 500 since 9:40 UTC", ROOT) | {"reply_count": 3},
        said("1767607300.000100", "U0RAJ", "looking", ROOT),
        said("1767607400.000100", "U0MAY", "another matter altogether"),
        said(HUDDLE, "U0RAJ", "Notes from the huddle", HUDDLE) | {"reply_count": 1},
    ],
    "ops/2026-01-06.json": [
        said("1767693700.000100", "U0RAJ", "Restarted the exporter with twice the memory", ROOT),
        said("1767693800.000100", "U0MAY", "The exporter ran out of memory on the yearly report", HUDDLE),
    ],
    "ops/2026-01-07.json": [said("1767780100.000100", "U0MAY", "All exports went through over night", ROOT)],
    "tea/2026-01-05.json": [said("1767607500.000100", "U0MAY", "Green or black?")],
}


def as_folder(path: Path, top: str = "") -> Path:
    for name, document in {"users.json": USERS, "channels.json": CHANNELS, **DAYS}.items():
        file = path / top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document))
    return path


def as_zip(path: Path) -> Path:
    folder = as_folder(path / "unpacked", "acme export")
    with zipfile.ZipFile(path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.json")):
            archive.write(file, file.relative_to(folder))
    return path / "export.zip"


def thread(file: Path) -> list[str]:
    return ["import", "slack-export", str(file), "--channel", "#ops", "--thread", ROOT, "--huddle-thread", HUDDLE]


@pytest.fixture
def here(tmp_path: Path) -> Musterpoint:
    new = Musterpoint(tmp_path / "home")
    new.tell("init")
    return new


@pytest.mark.parametrize("write", [as_folder, as_zip])
def test_a_thread_over_several_days_comes_with_the_thread_of_its_huddle(
    here: Musterpoint, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    done = here.answer(*thread(write(tmp_path)), "--workspace", "acme", "--title", "Exports fail")
    assert (done["incident"], done["entries"], done["new"]) == ("1", 6, 6)
    entries = [each for each in here.answer("thread", "1")["entries"] if each["kind"] == "message"]
    assert [each["who"] for each in entries] == ["May Lund", "Raj Nair", "Raj Nair", "Raj Nair", "May Lund", "May Lund"]
    assert entries[0]["url"].startswith("https://acme.slack.com/archives/C0OPS/p1767607200000100")
    assert "Green or black?" not in here.tell("thread", "1")
    assert "another matter" not in here.tell("thread", "1")
    roles = [each["role"] for each in here.answer("show", "1")["threads"]]
    assert roles == ["local", "thread", "huddle"]
    markdown = here.tell("timeline", "1", "--format", "markdown")
    assert "### 2026-01-05" in markdown
    assert "### 2026-01-07" in markdown


def test_the_same_thread_out_of_a_newer_archive_adds_what_is_new(here: Musterpoint, tmp_path: Path) -> None:
    here.tell(*thread(as_folder(tmp_path / "old")))
    newer = as_folder(tmp_path / "new")
    (newer / "ops" / "2026-01-08.json").write_text(
        json.dumps([said("1767866500.000100", "U0RAJ", "Closing this", ROOT)])
    )
    done = here.answer(*thread(newer))
    assert (done["incident"], done["entries"], done["new"]) == ("1", 7, 1)
    assert here.answer(*thread(newer))["new"] == 0


def test_a_reaction_that_marks_in_the_chat_marks_here_and_our_own_posts_are_no_messages(
    here: Musterpoint, tmp_path: Path
) -> None:
    folder = as_folder(tmp_path)
    marked = said("1767780200.000100", "U0MAY", "green", ROOT)
    marked["reactions"] = [{"name": "pushpin", "users": ["U0RAJ", "U0MAY"], "count": 2}]
    ours = said("1767780300.000100", "U0APP", "Raj Nair resolved the incident", ROOT)
    ours["metadata"] = {"event_type": "musterpoint", "event_payload": {"key": "say:1:2"}}
    (folder / "ops" / "2026-01-08.json").write_text(json.dumps([marked, ours]))
    here.tell(*thread(folder))
    (row,) = [each for each in here.answer("timeline", "1")["rows"] if each["text"] == "green"]
    assert (row["status"], row["why"]) == ("kept", "marked for the timeline by Raj Nair")
    assert "Raj Nair resolved" not in here.tell("thread", "1")


def test_a_zip_whose_path_climbs_out_is_refused(here: Musterpoint, tmp_path: Path) -> None:
    file = as_zip(tmp_path)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("../../climbed.json", "[]")
    assert here.refusal(*thread(file))["code"] == "bad_file"
    assert here.answer("list")["incidents"] == []
    assert not list(tmp_path.parent.rglob("climbed.json"))


def test_a_channel_or_a_thread_that_is_not_there_is_named(here: Musterpoint, tmp_path: Path) -> None:
    folder = str(as_folder(tmp_path))
    error = here.refusal("import", "slack-export", folder, "--channel", "opps", "--thread", ROOT)
    assert ("opps" in error["message"], "ops" in error["hint"]) == (True, True)
    error = here.refusal("import", "slack-export", folder, "--channel", "ops", "--thread", "1.000001")
    assert error["code"] == "bad_file"
    assert here.answer("list")["incidents"] == []


@pytest.mark.slow
def test_fifty_thousand_messages_come_in_with_their_progress_shown(here: Musterpoint, tmp_path: Path) -> None:
    start = int(datetime(2026, 1, 5, 10, tzinfo=UTC).timestamp())
    texts = ("looking", "Rolled back to 4.1.{}", "still failing, {} errors a minute", "is it any better?")
    messages = [
        said(
            f"{start + number}.000100",
            "U0MAY" if number % 3 else "U0RAJ",
            texts[number % 4].format(number),
            f"{start}.000100",
        )
        for number in range(50_000)
    ]
    file = tmp_path / "replies.json"
    file.write_text(json.dumps({"ok": True, "messages": messages, "has_more": False}))
    done = here.run("import", "slack-thread", str(file))
    assert done.code == 0, done.error
    assert "50,000 of 50,000 entries" in done.error
    assert 5 <= done.error.count(" of 50,000 entries") <= 60
    assert "50000 entries taken in" in done.out.replace(",", "")
    assert here.answer("import", "slack-thread", str(file))["new"] == 0
    assert len(here.answer("thread", "1", "--last", "5")["entries"]) == 5
