"""The demo from its first to its last scene: what is played, and the commands that look at it afterwards."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from musterpoint import access
from musterpoint import process as processes
from musterpoint.demo import telling
from musterpoint.demo.afterwards import Afterwards, run
from musterpoint.demo.beats import Beat
from musterpoint.demo.player import Player
from musterpoint.demo.story import APPS, SETTINGS, STORY, TEAM

FOUNDING = "A new installation, in a folder of its own, and the people of Halden Ferries."
CURATING = (
    "Nobody was asked to write a timeline: it is drafted from what was said. People confirm, reword, keep and drop. "
    "The record also proposes times, each with its quote: here that of the alert which is older than the thread."
)
SHOWING = "Every time says how it is known; one that was corrected keeps what it was before."
TIMELINE = "● was marked or kept by a person, ○ is suggested; below each row its evidence, and why it is there."
RESTRICTED = (
    "Joel reports something that may concern personal data. It takes no number, and exists for him and the security "
    "team alone: Sam, who responds to other things, finds nothing."
)
EXPORT = "All of it as Markdown for people and as JSON Lines for programs."

Scene = tuple[str, str, Callable[[], None]]


def perform(home: Path, pauses: bool) -> None:
    """The whole demo in `home`; with `pauses` it waits for Enter between the scenes."""
    stage = Stage(home)
    for number, (title, about, happens) in enumerate(stage.scenes(), start=1):
        if pauses and number > 1:
            _wait()
        telling.heading(number, title, about)
        happens()
    _farewell(home)


def _wait() -> None:
    try:
        input("\n(Enter goes on) ")
    except EOFError:
        return


class Stage:
    """The incident took place yesterday, so that its people can look back at it today."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.day = datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(), UTC)
        self.player = Player(processes.load(home)[0], self.day, APPS)
        self.told = 0

    def scenes(self) -> list[Scene]:
        return [
            ("A team", FOUNDING, self.found),
            *((each.title, each.about, partial(self.play, each.beats)) for each in STORY),
            ("The next morning", CURATING, self.curate),
            ("What is known of it", SHOWING, self.show),
            ("The timeline", TIMELINE, self.timeline),
            *Afterwards("1", self.home, self._number).scenes(),
            ("Not for everybody", RESTRICTED, self.restrict),
            ("Take it with you", EXPORT, self.export),
        ]

    def found(self) -> None:
        (self.home / processes.FILE).write_text(SETTINGS, encoding="utf-8")
        run("init", "--name", "Nils Vinter")
        for person in TEAM:
            run("people", "add", person.name, "--zone", person.zone, f"account:{person.account}")
        self.player.process = processes.load(self.home)[0]

    def play(self, beats: tuple[Beat, ...]) -> None:
        for beat in beats:
            self.player.play(beat)
            self._tell()

    def _tell(self) -> None:
        """What the journal has that was not told yet."""
        actor = access.actor("ingrid", self.player.process)
        new = [each for each in access.entries(actor, access.seen(actor, self.player.ref)) if each.id > self.told]
        for each in new:
            telling.entry(each)
        self.told = max((each.id for each in new), default=self.told)

    def _number(self, label: str) -> str:
        """The number of a message, as `thread` shows it."""
        actor, wanted = access.actor("ingrid", self.player.process), self.player.reference(label)
        entries = access.entries(actor, access.seen(actor, self.player.ref))
        return next(str(each.id) for each in entries if each.ref == wanted)

    def curate(self) -> None:
        ref = self.player.ref
        run("correct", ref, "detected", "--confirm", "--as", "ingrid")
        cause, began = self._number("hit-rate"), f"{self.day:%Y-%m-%d} 13:40"
        run("correct", ref, "impact_began", "--at", began, "--evidence", cause, "--as", "ingrid")
        alert = self._number("alert")
        run("timeline", ref, "--keep", alert, "--kind", "detection", "--as", "ingrid")
        run(
            "correct",
            ref,
            alert,
            "--at",
            f"{self.day:%Y-%m-%d} 13:41",
            "--why",
            "the alert's own time",
            "--as",
            "ingrid",
        )
        wording = "Went live with the seat check: every payment holds a database connection while it asks fare-service"
        run("timeline", ref, "--reword", self._number("seat-check"), "--text", wording, "--as", "tomasz")
        run("timeline", ref, "--keep", self._number("not-paybridge"), "--kind", "finding", "--as", "ingrid")
        run("timeline", ref, "--drop", self._number("brazil"), "--why", "said twice", "--as", "ingrid")

    def show(self) -> None:
        run("show", self.player.ref)

    def timeline(self) -> None:
        run("timeline", self.player.ref)

    def restrict(self) -> None:
        run("declare", "A laptop with customer lists was stolen", "--security", "unsure", "--as", "joel")
        run("list", "--as", "joel")
        run("list", "--as", "sam")
        run("search", "laptop", "--as", "sam")

    def export(self) -> None:
        run("export", self.player.ref)


def _farewell(home: Path) -> None:
    telling.tell()
    telling.tell("Go on with it:", telling.BOLD)
    for words in ("thread 1", "writeup show 1", "issue show 1", "search fare cache", "due"):
        telling.command(words, f"MUSTERPOINT_HOME={shlex.quote(str(home))} ")
    telling.tell(f"\nIt is all in {home}; remove that folder when you are done with it.")
