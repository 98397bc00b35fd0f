"""Everything at once, and everything is killed: writers, the command line, imports, the engine.

A slot is a process that is started again whenever it ended or was killed. When the time of a slot has come it is killed
with SIGKILL, every other time in the moment after the other side stored something: between its write and our note.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults import slack
from tests.faults.house import House, Process


@dataclass
class Slot:
    """`start` makes the process; it is killed between `soonest` and `latest` seconds after it said `ready`.

    Without that word they are multiples of what the last one took that came to its end.
    """

    start: Callable[[], Process]
    soonest: float
    latest: float
    ready: str = ""
    pace: float = 1.0
    process: Process | None = None
    due: float | None = None


@dataclass
class Storm:
    house: House
    dice: random.Random
    slots: list[Slot] = field(default_factory=list)
    kills: int = 0
    commands: list[Process] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def acknowledgements(self) -> Path:
        return self.house.home.parent / "acknowledged"

    def writers(self, number: int, kind: str = "write") -> None:
        for _ in range(number):
            self.slots.append(Slot(lambda: self.writer(kind), 0.2, 3.0, "ready"))

    def writer(self, kind: str) -> Process:
        return self.house.spawn("tests.faults.driver", kind, f"{self.dice.random()}", str(self.acknowledgements))

    def command_line(self) -> None:
        self.slots.append(Slot(self.command, 0.5, 1.5))

    def command(self) -> Process:
        text = f"told by command {len(self.commands)}"
        ref = str(self.dice.randint(1, 3))
        words = self.dice.choice([("declare", text), ("note", ref, text), ("did", ref, text), ("resolve", ref)])
        process = self.house.command(*words)
        self.commands.append(process)
        return process

    def importing(self, threads: int, messages: int) -> None:
        folder = self.house.home.parent
        self.files = [slack.thread_file(folder, f"storm{'x' * number}", messages) for number in range(threads)]
        self.slots.append(Slot(self.an_import, 0.5, 1.5))

    def an_import(self) -> Process:
        return self.house.command(*slack.arguments(self.dice.choice(self.files)))

    def engine(self) -> None:
        self.slots.append(Slot(self.house.engine, 2.0, 6.0, "Stop it with Ctrl-C"))

    def rage(self, kills: int, acknowledgements: int, seconds: float = 200) -> None:
        """Until so many were killed and so many acknowledged; a slower machine is given up on after so many seconds."""
        until = time.monotonic() + seconds
        while self.kills < kills or len(self.acknowledged()) < acknowledgements:
            assert time.monotonic() < until, (
                f"{self.kills} kills, {len(self.acknowledged())} acknowledgements, too slow"
            )
            for slot in self.slots:
                self.look_at(slot)
            time.sleep(0.01)

    def look_at(self, slot: Slot) -> None:
        process, now = slot.process, time.monotonic()
        if process is None or not process.lives:
            if process is not None and process.popen.returncode == 0:
                slot.pace = now - process.started
            slot.process, slot.due = slot.start(), None
        elif slot.due is None:
            if not slot.ready:
                slot.due = process.started + slot.pace * self.dice.uniform(slot.soonest, slot.latest)
            elif slot.ready in process.said() + process.complained():
                slot.due = now + self.dice.uniform(slot.soonest, slot.latest)
        elif now > slot.due:
            self.kill(process)

    def kill(self, process: Process) -> None:
        if self.dice.random() < 0.5:
            self.house.other_side.wait_for_stored(self.house.other_side.size(), 0.5)
        self.kills += process.kill()

    def end(self) -> None:
        """The last kills; then it is quiet."""
        for slot in self.slots:
            if slot.process is not None and slot.process.lives:
                self.kills += slot.process.kill()

    def acknowledged(self) -> list[dict[str, Any]]:
        """What the writers and the command line had been told; whoever was killed had not read a half line."""
        text = self.acknowledgements.read_text() if self.acknowledgements.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        told = [json.loads(each.said()) | {"text": each.words[-3]} for each in self.commands if _whole(each.said())]
        return lines + [self.shape(each) for each in told]

    @staticmethod
    def shape(told: dict[str, Any]) -> dict[str, Any]:
        if "entry" not in told:
            return {"title": told["text"]}
        text = told["text"] if told["entry"]["kind"] == "note" else ""
        return {"incident": told["incident"], "entry": told["entry"]["id"], "text": text}


def _whole(said: str) -> bool:
    return said.endswith("\n")
