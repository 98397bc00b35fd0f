"""A writer: `python -m tests.faults.driver KIND SEED FILE [REF …]` calls actions in a loop until it is killed.

Each entry that was acknowledged (the action had returned) is a line of JSON in FILE. `write` carries effects out as the
command line does; `enqueue` leaves them to the workers, as a web process does; `resolve` resolves each REF at the same
moment as every other process that was given the same FILE.meet.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings

from musterpoint import access, actions, effects
from musterpoint import process as processes
from musterpoint.cli.running import carry_out
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Severity
from musterpoint.core.journal import MarkKind
from musterpoint.store import models


class Writer:
    def __init__(self, seed: str, file: Path) -> None:
        self.dice = random.Random(seed)
        self.seed = seed
        self.file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.process, _ = processes.load(settings.HOME)
        self.actor = access.actor("olga", self.process)
        self.count = 0

    def call(self) -> actions.Call:
        return actions.Call(self.actor, self.process, "cli", datetime.now(UTC))

    def acknowledged(self, **what: Any) -> None:
        os.write(self.file, json.dumps(what).encode() + b"\n")

    def text(self) -> str:
        self.count += 1
        return f"written by {self.seed}, number {self.count}"

    def step(self) -> None:
        """One thing that a person does, to an incident of their own or to somebody else's."""
        refs = list(models.Incident.objects.filter(restricted=False).order_by("-id").values_list("ref", flat=True)[:6])
        if not refs or self.dice.random() < 0.12:
            self.declare()
            return
        ref = self.dice.choice(refs)
        match self.dice.choice(["note", "note", "did", "mark", "severity", "lead", "turn"]):
            case "note":
                self.wrote(ref, actions.note(self.call(), ref, text := self.text()).id, text)
            case "did":
                self.wrote(ref, actions.did(self.call(), ref, text := self.text()).id, text)
            case "mark":
                text = self.text()
                entry = actions.note(self.call(), ref, text)
                self.wrote(ref, entry.id, text)
                self.wrote(ref, actions.mark(self.call(), ref, entry.ref, MarkKind.FINDING).id)
            case "severity":
                self.wrote(ref, actions.severity(self.call(), ref, self.dice.choice(list(Severity))).id)
            case "lead":
                self.wrote(ref, actions.lead(self.call(), ref, self.dice.choice([None, self.actor.who])).id)
            case "turn":
                status = models.Incident.objects.values_list("status", flat=True).get(ref=ref)
                turn = actions.resolve if status == "open" else actions.relapse
                self.wrote(ref, turn(self.call(), ref).id)

    def declare(self) -> None:
        security = self.dice.choice([Security.NO] * 7 + [Security.UNSURE])
        declared = actions.declare(self.call(), DeclareRequest(text := self.text(), security=security))
        self.wrote(declared.state.ref, declared.entry.id, "")
        self.acknowledged(title=text)

    def wrote(self, ref: str, entry: int, text: str = "") -> None:
        self.acknowledged(incident=ref, entry=entry, text=text)


def write(writer: Writer) -> None:
    waiting: list[str] = []
    effects.carried_by(waiting.append)
    print("ready", flush=True)
    while True:
        step(writer)
        carry_out(waiting, writer.process, writer.dice.choice([0.0, 0.0, 0.3, 2.0]))
        waiting.clear()
        time.sleep(writer.dice.uniform(0.01, 0.05))


def enqueue(writer: Writer) -> None:
    from musterpoint import jobs, worker

    worker.only_enqueue(settings.HOME, settings.DATABASE_URL, writer.process)
    jobs.client(jobs.url(settings.HOME, settings.DATABASE_URL))  # a page server has loaded the engine's client long ago
    print("ready", flush=True)
    while True:
        step(writer)
        time.sleep(writer.dice.uniform(0.05, 0.25))


def step(writer: Writer) -> None:
    """Two writers may want the same at once: one of them is refused, which is an answer."""
    try:
        writer.step()
    except NotAllowed as error:
        writer.acknowledged(refused=error.code)


def resolve(writer: Writer, meet: Path, refs: list[str]) -> None:
    place = os.open(meet, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, ref in enumerate(refs, 1):
        os.write(place, b".")
        while meet.stat().st_size < 4 * number:
            pass
        try:
            writer.acknowledged(ref=ref, entry=actions.resolve(writer.call(), ref).id)
        except NotAllowed as error:
            writer.acknowledged(ref=ref, refused=error.code)


def main(kind: str, seed: str, file: str, refs: list[str]) -> None:
    writer = Writer(seed, Path(file))
    if kind == "resolve":
        resolve(writer, Path(file).with_name("meet"), refs)
    else:
        {"write": write, "enqueue": enqueue}[kind](writer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
