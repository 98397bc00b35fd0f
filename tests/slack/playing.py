"""Plays a story (`musterpoint.demo.story`) in the fake workspace: people do there what they would do in Slack.

Whatever is a step of the process is done as people do it there: a slash command and its modal, a mention, a reaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from musterpoint.core.process import Process
from musterpoint.demo.beats import (
    Beat,
    Declare,
    Delete,
    Did,
    Huddle,
    Lead,
    Mark,
    Nominate,
    React,
    Relapse,
    Resolve,
    Rewrite,
    Say,
    Severe,
)
from musterpoint.demo.story import APPS, TEAM
from tests.slack.shapes import Json
from tests.slack.workspace import Workspace

CHANNEL = "dept-engineering"
Step = Resolve | Relapse | Lead | Severe | Nominate | Did


def _nothing() -> None:
    return None


@dataclass
class Playing:
    """`day` is midnight (UTC) of the story's day; `after` is called after each beat: what the app does about it.

    `timed` False lets the workspace's clock run with the real one: then nobody states a time of the story.
    """

    workspace: Workspace
    day: datetime
    after: Callable[[], None] = _nothing
    timed: bool = True
    people: dict[str, str] = field(default_factory=dict)
    channel: str = ""
    root: str = ""
    huddle: str = ""
    #: label -> channel, ts, and the account of whoever wrote it
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    last: tuple[str, int] = ("", 0)

    def gather(self, domain: str = "halden.example") -> None:
        """The people of the story, and their channel with the app in it."""
        for person in TEAM:
            mail = f"{person.account}@{domain}"
            self.people[person.account] = self.workspace.user(
                person.account, name=person.name, email=mail, zone=person.zone
            )
        self.channel = self.workspace.channel(CHANNEL, members=list(self.people.values()), app=True)

    def play(self, beat: Beat) -> None:
        if self.timed:
            self.workspace.clock.move((self._moment(beat.at) - self.workspace.clock.now).total_seconds())
        match beat:
            case Declare():
                self._declare(beat)
            case Say() | Rewrite() | Delete() | React() | Mark():
                self._talk(beat)
            case Huddle():
                self._huddle(beat)
            case _:
                self.asks(beat.who, self._command(beat))
        self.after()

    def asks(self, who: str, text: str) -> str:
        """A mention of the app in the thread; returns its ts."""
        return self.workspace.reply(self.people[who], self.channel, self.root, f"<@{self.workspace.app.user}> {text}")

    def _moment(self, clock: str) -> datetime:
        """That time of the story's day. Beats of one minute follow each other by a few seconds, as people do."""
        minute, second = self.last
        self.last = (clock, second + 8 if clock == minute else 4)
        return datetime.combine(self.day, time.fromisoformat(clock), self.day.tzinfo) + timedelta(seconds=self.last[1])

    def _declare(self, beat: Declare) -> None:
        who = self.people[beat.who]
        answer = self.workspace.slash(who, self.channel, "/incident", beat.title)
        assert (answer.fine, answer.body) == (True, b"")
        view = self.workspace.views[who]
        self.workspace.submit(view["id"], {"title": beat.title, "affected": beat.affected, "security": "no"}, who)
        self.root = self._card(beat.title)

    def _card(self, title: str) -> str:
        """The ts of the card, once it is there."""
        for _ in range(100):
            self.after()
            for message in self.workspace.messages(self.channel):
                if is_card(message, title):
                    return str(message["ts"])
        raise AssertionError("no card came")

    def _command(self, beat: Step) -> str:
        match beat:
            case Did():
                return f"did {beat.text}"
            case Lead():
                return "lead me"
            case Severe():
                return f"severity {beat.level.value}"
            case Nominate():
                return f"nominate <@{self.people[beat.person]}>"
        word = "resolved" if isinstance(beat, Resolve) else "relapse"
        at = f" at {beat.happened} UTC" if beat.happened and self.timed else ""
        because = f" because {beat.reason}" if beat.reason else ""
        return f"{word}{at}{because}"

    def _talk(self, beat: Say | Rewrite | Delete | React | Mark) -> None:
        match beat:
            case Say():
                self._say(beat)
            case Rewrite():
                ts, who = self.said[beat.of]
                self.workspace.edit(self.people[who], self.channel, ts, slack_text(beat.text))
            case Delete():
                ts, who = self.said[beat.of]
                self.workspace.delete(self.people[who], self.channel, ts)
            case React():
                ts = self.said[beat.of][0]
                self.workspace.react(self.people[beat.who], self.channel, ts, beat.name, on=beat.on)
            case Mark():
                name = next(name for name, kind in Process().marks.items() if kind is beat.kind)
                self.workspace.react(self.people[beat.who], self.channel, self.said[beat.of][0], name)

    def _say(self, beat: Say) -> None:
        root, text = self.huddle if beat.place == "huddle" else self.root, slack_text(self._with_mentions(beat.text))
        if beat.who in APPS:
            ts = self.workspace.bot_says(APPS[beat.who], self.channel, text, thread=root)
        else:
            ts = self.workspace.reply(self.people[beat.who], self.channel, root, text)
        self.said[beat.label] = (ts, beat.who)

    def _with_mentions(self, text: str) -> str:
        return re.sub(r"@(\w+)", lambda found: _mention(self.people.get(found[1]), found[0]), text)

    def _huddle(self, beat: Huddle) -> None:
        if beat.people:
            self.workspace.end_huddle(self.huddle, [self.people[each] for each in beat.people])
        else:
            self.huddle = self.workspace.huddle(self.people[beat.who], self.channel)


def _mention(user: str | None, text: str) -> str:
    return f"\ue000{user}\ue001" if user else text


def slack_text(text: str) -> str:
    """As Slack stores what was typed."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub("\ue000(\\w+)\ue001", r"<@\1>", escaped)


def is_card(message: Json, title: str) -> bool:
    """Whether this is the status card of the incident with that title."""
    return bool(message.get("metadata")) and title in message["text"]
