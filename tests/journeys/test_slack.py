"""The whole process in a workspace alone: from `/incident` to closed, without anybody opening another tool."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from musterpoint import intake, reading
from musterpoint.core.journal import Deletion, Entry
from musterpoint.core.timeline import timeline
from musterpoint.demo.story import STORY
from musterpoint.integrations.slack.files import read_export
from musterpoint.integrations.slack.importing import source_of
from musterpoint.store import journal, models
from tests.conftest import World
from tests.slack.house import House, housed
from tests.slack.playing import Playing

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch) as house:
        yield house


@pytest.fixture
def played(house: House) -> Playing:
    playing = Playing(house.workspace, DAY, house.turn)
    playing.gather()
    house.turn()
    for chapter in STORY:
        for beat in chapter.beats:
            playing.play(beat)
    return playing


def every_beat_is_in_the_record(house: House, played: Playing) -> None:
    call = house.call(played.people["ingrid"])
    shown = reading.shown(call, "1")
    assert (shown["status"], shown["lead"], shown["severity"]) == ("resolved", "Ingrid Aasen", "critical")
    assert [each["role"] for each in shown["threads"]] == ["local", "chat", "huddle"]
    assert [each["channel"] for each in shown["threads"]] == ["incident", "dept-engineering", "dept-engineering"]
    assert models.Inbound.objects.exclude(status="taken").count() == 0
    assert models.Effect.objects.exclude(status="done").count() == 0
    text = "\n".join(each.text for each in reading.rows_of(call, "1"))
    assert "Mrs. Nilsen" not in text  # it was deleted


#: What a chat tells by itself; the rest is what people did with it here.
TOLD = ("message", "edit", "deletion", "reaction_added", "file", "huddle_begun", "huddle_ended")


def rows_told(entries: list[Entry], without: frozenset[str] = frozenset()) -> list[tuple[Any, ...]]:
    mine = [
        each for each in entries if each.kind in TOLD or (each.kind == "mark" and not each.ref.startswith("entry:"))
    ]
    mine = [each for each in mine if each.ref.partition("#")[0] not in without]
    return [(row.evidence[0].ref, row.at, row.text, row.kind, row.status) for row in timeline(mine)]


def the_timeline_is_that_of_an_export(house: House, played: Playing, tmp_path: Path) -> None:
    """An export knows nothing of a reply that was deleted: Slack leaves no trace of it. And it has our card as a
    message, where the record has the declaration."""
    folder = house.workspace.export(played.channel, tmp_path / "export")
    exported: list[Entry] = []
    files = [read_export(folder, "#dept-engineering", root) for root in (played.root, played.huddle)]
    for file in files:
        source = source_of(file, "", marks=house.process.marks, beside=files[0])
        thread = models.Thread.objects.create(workspace="export", channel=source.channel, root=file.root)
        exported += map(journal.entry, intake.write(thread, source.said, "cli", timezone.now()))
    live = [journal.entry(each) for each in models.Entry.objects.filter(thread__capture__isnull=False).order_by("id")]
    deleted = frozenset(each.fact.of for each in live if isinstance(each.fact, Deletion))
    assert len(deleted) == 1
    card = frozenset({f"slack:{played.channel}/{played.root}"})
    assert rows_told(live, deleted) == rows_told(exported, card)
    assert len(rows_told(exported)) > 20


def the_incident_is_closed_there(house: House, played: Playing) -> None:
    steps = (
        ("tomasz", "raise"),
        ("tomasz", f"action An import replaces fares one by one <@{played.people['priya']}> by 2026-03-16"),
        ("tomasz", f"action Forbid to mute ops-alerts <@{played.people['ingrid']}> by 2026-03-10"),
        ("ingrid", "close"),  # too early
        ("priya", "done 1"),
        ("cto", "declined 2 because alerts page whoever is on call since this morning"),
        ("tomasz", "write-up done"),
        ("cto", "skip because two customers were concerned and both were told"),
        ("ingrid", "close"),
    )
    for who, text in steps:
        house.workspace.clock.move(60)
        played.asks(who, text)
        house.turn()
    shown = reading.shown(house.call(played.people["ingrid"]), "1")
    assert shown["status"] == "closed"
    card = next(each for each in house.workspace.messages(played.channel) if each["ts"] == played.root)
    assert "Status: closed" in card["text"]
    ours = [each for each in house.workspace.thread(played.channel, played.root) if each.get("metadata")]
    assert len(ours) <= 8, [each["text"] for each in ours]
    told = [each.text for each in house.workspace.ephemerals]
    assert "cannot close yet" in told[-6]
    assert told[-1] == "Incident 1 is closed."
    assert not any("musterpoint " in each or "blockers 1" in each for each in told)


def test_from_the_first_word_to_closed_nobody_opens_another_tool(house: House, played: Playing, tmp_path: Path) -> None:
    """The story is played once, which takes a while."""
    every_beat_is_in_the_record(house, played)
    the_timeline_is_that_of_an_export(house, played, tmp_path)
    the_incident_is_closed_there(house, played)
