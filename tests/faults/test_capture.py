"""Capture is complete and able to prove it: thousands of events, doubled and in disorder, while the connection is cut
and the process that listens is killed again and again.

MUSTERPOINT_CAPTURE_EVENTS sets how many events there are; with 5000 of them the connection is cut 20 times, and the
process is killed 20 times.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from musterpoint.integrations.slack import messages
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.stamps import moment
from tests.faults.house import LONG, House, Process
from tests.faults.other_side import OtherSide
from tests.faults.people_of_slack import Crowd
from tests.slack.workspace import Workspace, serving

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
EVENTS = int(os.environ.get("MUSTERPOINT_CAPTURE_EVENTS", "1500"))
CUTS = KILLS = max(3, EVENTS // 250)
THREADS = 5
#: Acts that people do while nobody hears them; events that may be on their way.
UNHEARD, ON_THEIR_WAY = 12, 5
#: What two clocks and the time between an act and its event may differ by.
SKEW = timedelta(seconds=1)

SETTINGS = """\
[authority]
people = ["olga"]

[security]
contact = "security@example.com"

[chat]
provider = "slack"
workspace = "{team}"
channel = "#dept-engineering"
timeout = 5
"""


@dataclass
class SlackHouse(House):
    workspace: Workspace | None = None

    @property
    def environment(self) -> dict[str, str]:
        assert self.workspace is not None
        return super().environment | {
            "SLACK_API_URL": self.workspace.url,
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "MUSTERPOINT_SECRET_KEY": "made-up",
        }

    def settle_in(self) -> SlackHouse:
        assert self.workspace is not None
        self.home.mkdir(parents=True)
        (self.home / "musterpoint.toml").write_text(SETTINGS.format(team=self.workspace.team_id))
        self.musterpoint("init")
        return self


@pytest.fixture
def workspace(seed: str) -> Iterator[Workspace]:
    with serving(seed=int(seed, 16)) as running:
        running.socket = True
        running.delivery.seed(int(seed, 16))
        running.delivery.timeout = 2.0
        running.delivery.duplicate = running.delivery.shuffle = 0.1
        yield running


@pytest.fixture
def house(database: str, workspace: Workspace, tmp_path: Path) -> Iterator[SlackHouse]:
    house = SlackHouse(tmp_path / "home", database, OtherSide(tmp_path), workspace=workspace)
    try:
        yield house.settle_in()
    finally:
        house.end()


def until(condition: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < limit, f"{what}: not within {LONG} s"
        time.sleep(0.01)


@dataclass
class Weather:
    """The people go on whatever happens to those who listen."""

    house: SlackHouse
    workspace: Workspace
    crowd: Crowd
    dice: random.Random

    def listens(self) -> Process:
        engine = self.house.engine()
        self.heard()
        return engine

    def heard(self) -> None:
        until(lambda: bool(self.workspace.sockets.open), "no connection")

    def goes_on(self, acts: int) -> None:
        for _ in range(acts):
            self.crowd.act()
            until(lambda: len(self.workspace.delivery.waiting) < ON_THEIR_WAY or not self.connected, "nobody answers")

    @property
    def connected(self) -> bool:
        return bool(self.workspace.sockets.open)

    def unheard(self) -> None:
        for _ in range(self.dice.randrange(UNHEARD)):
            self.crowd.act()

    def rages(self, engine: Process) -> Process:
        """Cuts and kills in a random order, with as many acts between each two."""
        blows = ["cut"] * CUTS + ["kill"] * KILLS
        self.dice.shuffle(blows)
        for blow in blows:
            self.goes_on(EVENTS // len(blows))
            if blow == "cut":
                self.workspace.disconnect(hard=self.dice.random() < 0.5)
                self.unheard()
                self.heard()
            else:
                assert engine.kill()
                self.unheard()
                self.workspace.settle(LONG)  # nobody is there: what is sent is lost
                engine = self.listens()
        return engine


def test_after_all_that_everything_that_slack_can_tell_is_recorded_once_and_every_gap_is_named(
    house: SlackHouse, workspace: Workspace, dice: random.Random
) -> None:
    crowd = Crowd(workspace, dice).gather(THREADS)
    house.inside("capture", workspace=workspace.team_id, channel=crowd.channel, roots=crowd.roots)
    weather = Weather(house, workspace, crowd, dice)
    engine = weather.listens()
    workspace.delivery.lost.clear()  # they began before anybody listened
    engine = weather.rages(engine)
    workspace.settle(LONG)
    workspace.clock.move(61)  # what was not acknowledged comes again
    workspace.settle(LONG)
    ended = datetime.now(UTC)
    assert engine.kill()
    engine = weather.listens()
    left = house.inside("compared", since=ended.isoformat(), seconds=LONG)
    assert not left, f"{left}\n{engine.complained()[-3000:]}"
    assert engine.stop() == 0
    assert len(workspace.delivery.emitted) >= 0.85 * EVENTS
    assert len(workspace.delivery.lost) > CUTS, "next to nothing was lost: this proves nothing"
    record = house.inside("captured")
    assert sum(each["source"] == "slack" for each in _all(record)) > EVENTS / 2, "next to nothing came by itself"
    for root in crowd.roots:
        _nothing_is_missing(workspace, crowd, root, record[root])
        _nothing_is_there_twice(record[root])
        _every_gap_is_named_and_read(workspace, root, record[root])


def _all(record: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [each for entries in record.values() for each in entries]


def _nothing_is_missing(workspace: Workspace, crowd: Crowd, root: str, entries: list[dict[str, Any]]) -> None:
    there = {str(each["ts"]): each for each in workspace.thread(crowd.channel, root)}
    known = {each["key"]: each for each in entries if each["kind"] == "message"}
    deleted = Counter(each["of"].rpartition("/")[2] for each in entries if each["kind"] == "deletion")
    keys = {each["key"] for each in entries}
    assert there.keys() - known.keys() == set()
    gone = known.keys() - there.keys()
    assert [stamp for stamp in gone if not deleted[stamp]] == []
    assert [stamp for stamp in deleted if stamp in there] == []
    assert gone | deleted.keys() <= crowd.deleted.keys()  # of some only the end was heard: they get words in a while
    words = _last_words(entries)
    for stamp, message in there.items():
        facts = messages.said(message, crowd.channel, root, Names())
        assert words[stamp] == facts[0].fact.text, (stamp, message)  # type: ignore[union-attr]
        for fact in facts:
            assert fact.key in keys or fact.key.startswith("reaction:"), (fact, message)
        given = {(each["name"], f"slack:{user}") for each in message.get("reactions", []) for user in each["users"]}
        assert _reactions(entries, facts[0].ref) == given, stamp


def _last_words(entries: list[dict[str, Any]]) -> dict[str, str]:
    words = {each["key"]: each["text"] for each in entries if each["kind"] == "message"}
    for each in sorted((each for each in entries if each["kind"] == "edit"), key=lambda each: each["at"]):
        words[each["of"].rpartition("/")[2]] = each["text"]
    return words


def _reactions(entries: list[dict[str, Any]], of: str) -> set[tuple[str, str]]:
    """What is on a message now: one learnt from the history counts from when it was learnt."""
    about = [each for each in entries if each["kind"].startswith("reaction_") and each["of"] == of]
    on: set[tuple[str, str]] = set()
    for each in sorted(about, key=lambda each: each["known_at"] if each["basis"] == "estimated" else each["at"]):
        one = {(each["name"], each["who"])}
        on = on | one if each["kind"] == "reaction_added" else on - one
    return on


def _nothing_is_there_twice(entries: list[dict[str, Any]]) -> None:
    edits = Counter((each["of"], each["at"], each["digest"]) for each in entries if each["kind"] == "edit")
    assert [each for each, times in edits.items() if times > 1] == []
    for kind in ("message", "deletion", "gap", "gap_read"):
        keys = Counter(each.get("of") or each["key"] for each in entries if each["kind"] == kind)
        assert [each for each, times in keys.items() if times > 1] == []


def _every_gap_is_named_and_read(workspace: Workspace, root: str, entries: list[dict[str, Any]]) -> None:
    gaps = [(read(each["since"]), read(each["until"])) for each in entries if each["kind"] == "gap"]
    assert sorted(gaps) == sorted(
        (read(each["since"]), read(each["until"])) for each in entries if each["kind"] == "gap_read"
    )
    for payload in [*workspace.delivery.lost, *(each.payload for each in workspace.delivery.given_up)]:
        at = moment(payload["event"]["event_ts"])
        assert any(since - SKEW <= at <= until_ + SKEW for since, until_ in gaps), (at, payload["event"], gaps)


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)
