"""Real shapes: captured answers, files of an export, and messages of real incidents, in the folder beside this one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from musterpoint.core.journal import Deletion, File, HuddleBegun, HuddleEnded, Message, ReactionAdded
from musterpoint.core.said import Said
from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.content import content, digest
from musterpoint.integrations.slack.files import read_export, read_replies, read_users
from musterpoint.integrations.slack.messages import said
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.threads import ThreadFile

REAL = Path(__file__).resolve().parents[4] / "shared" / "real"
SHAPES = REAL / "slack-shapes"
INCIDENTS = ["2022-11-14-lis-hub-cannot-scale", "2025-07-22-openscapes-oom", "2026-03-03-pythia-cannot-build"]
INCIDENTS.append("2026-03-09-binderhub-502")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not REAL.is_dir(), reason="The folder `shared` with the real data is not beside this repository."
    ),
]


def heard(read: ThreadFile) -> list[Said]:
    return [each for message in read.messages for each in said(message, read.channel_id, read.root, read.names, "acme")]


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHAPES / f"event-{name}.json").read_text())
    return found


@pytest.mark.parametrize("incident", INCIDENTS)
def test_a_real_incident_is_read_whole(incident: str) -> None:
    folder = REAL / f"2i2c-{incident}"
    read = read_replies(folder / "conversations.replies.json", folder / "users.json")
    written = json.loads((folder / "conversations.replies.json").read_text())["messages"]
    assert (read.incomplete, read.warnings) == ("", ())
    assert [each.key for each in heard(read)] == [message["ts"] for message in written]
    assert all(each.who is not None and each.who.name[:3] not in ("U02", "B02") for each in heard(read))
    texts = [each.fact.text for each in heard(read) if isinstance(each.fact, Message)]
    assert all(texts)
    assert not any("&gt;" in text for text in texts)


def test_a_captured_answer_gives_messages_and_a_reaction() -> None:
    read = read_replies(SHAPES / "conversations-replies-1.json")
    question, answer, reaction = heard(read)
    assert isinstance(question.fact, Message)
    assert isinstance(answer.fact, Message)
    assert (question.fact.text, question.fact.bot) == ("@U06NDV477T2 あなたの名前を教えてください", False)
    assert (answer.fact.text.count("ossans_navi"), answer.fact.bot) == (1, True)
    assert answer.who is not None
    assert answer.who.name == "dev_ossans_navi"
    assert reaction.fact == ReactionAdded(answer.ref, "+1")


def test_a_captured_huddle_gives_its_beginning_its_end_and_its_thread() -> None:
    read = read_replies(SHAPES / "conversations-replies-2.json")
    told = heard(read)
    assert (read.channel_id, read.incomplete) == ("CXXXXXXX", "")
    kinds = [type(each.fact) for each in told]
    assert kinds == [Message, HuddleBegun, HuddleEnded, Message, Message, Message, Message, File]
    assert isinstance(told[2].fact, HuddleEnded)
    assert len(told[2].fact.people) == 4
    assert (told[2].at - told[1].at).total_seconds() == 1970
    assert [each.fact.text for each in told[3:6] if isinstance(each.fact, Message)] == [
        f"https://example.com/dp/ITEM{number}" for number in (1, 2, 3)
    ]


def test_a_captured_edit_differs_and_a_captured_tombstone_is_a_deletion() -> None:
    for name in ("message-changed", "message-in-thread-changed", "file-share-message-changed"):
        changed = event(name)
        assert digest(changed["message"]) != digest(changed["previous_message"])
    noted = event("file-share-message-changed")["message"]
    later = {**noted, "files": [{**noted["files"][0], "is_starred": False, "pretty_type": "Plain Text"}]}
    assert digest(later) == digest(noted)
    stone = event("thread-root-message-deleted")["message"]
    assert [type(each.fact) for each in said(stone, "C7", stone["ts"], Names())] == [Message, Deletion]


@pytest.mark.parametrize(
    "name", ["bot-message", "bot-message-file-share", "file-share-message", "message", "message2", "message-in-thread"]
)
def test_a_captured_message_says_its_words_once(name: str) -> None:
    captured = event(name)
    told = said(captured, captured["channel"], captured.get("thread_ts", captured["ts"]), Names())
    assert isinstance(told[0].fact, Message)
    assert told[0].fact.text.strip()
    assert len(told[0].fact.text) <= len(captured["text"]) + 1
    assert len(told) == 1 + len(captured.get("files", []))


def test_an_alert_that_has_only_attachments_is_read() -> None:
    alert = json.loads((REAL / "alerts" / "grafana-slack-message-v12.2.1.json").read_text())
    text = content(alert, {})
    assert text.startswith("[FIRING:1] TestAlert Test Folder Grafana \n**Firing**")
    assert "https://mon.local/d/dashboard_uid?from=1776157732785" in text
    assert text.count("[FIRING:1]") == 1


def test_an_export_of_2016_is_read(tmp_path: Path) -> None:
    (tmp_path / "enrique").mkdir()
    shutil.copy(SHAPES / "export" / "enrique-2016-03-25.json", tmp_path / "enrique" / "2016-03-25.json")
    for name in ("channels.json", "users.json", "integration_logs.json"):
        shutil.copy(SHAPES / "export" / name, tmp_path / name)
    read = read_export(tmp_path, "enrique", "1458946356.000004")
    (push,) = heard(read)
    assert (read.channel_id, read.names.by_id["U0BMM2FEH"]) == ("C0JGLMMNX", "heroeshannibal")
    assert isinstance(push.fact, Message)
    assert push.fact.text == (
        "[pyrallelsa:master] 1 new commit by Hamza Faran:\n6c077ce (https://github.com/mesos-magellan/pyrallelsa/"
        "commit/6c077cefdb7c33e0298f878fa298108e02ce5c4d): Create README.md - Hamza Faran"
    )
    assert push.who is not None
    assert push.who.identity == "slack:B0VJZKVHC"
    with pytest.raises(BadFile) as caught:
        read_export(tmp_path, "enrique", "1458946357.000004")
    assert "1458946356.000004" in caught.value.hint


def test_every_official_shape_of_a_message_is_read() -> None:
    for path in sorted((SHAPES / "official" / "events").glob("Message*.json")):
        official = json.loads(path.read_text())["event"]
        for message in (official, official.get("message", {}), official.get("previous_message", {})):
            assert said({**message, "ts": "1.000000"}, "", "1.000000", Names())[0].key == "1.000000"


def test_an_official_error_is_not_taken_for_users() -> None:
    with pytest.raises(BadFile, match="error that Slack answered"):
        read_users(SHAPES / "official" / "api" / "users.list.json")
