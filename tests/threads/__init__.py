"""Reads the threads of this folder (see README.md): as Slack's answer, as users.json, as journal entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Entry, Message, ReactionAdded, RowKind

FOLDER = Path(__file__).parent
TEAM = "T0THREADS"
PERSON = re.compile(r"  (\S+)\s*=\s*(bot )?([^(]+?)\s*(?:\(([^)]+)\))?$")
LINE = re.compile(r"(\d\d):(\d\d):(\d\d) ([\w.-]+)(?: \[(\w+)\])?: ?(.*)$")
REACTION = re.compile(r"\+ (\S+) (.+)$")
MENTION = re.compile(r"(?<![\w/@.])@([a-z][\w-]*)")


@dataclass(frozen=True)
class Person:
    """`id` is Slack's: `U…` for a person, `B…` for an app. `zone` is a name of the tz database."""

    handle: str
    name: str
    id: str
    bot: bool = False
    zone: str = "UTC"


@dataclass
class Said:
    """A message; `at` is UTC and `ts` its form in Slack; `reactions` maps a name to the handles that gave it."""

    at: datetime
    ts: str
    handle: str
    text: str
    row: RowKind | None = None
    thread: str = "main"
    reactions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Thread:
    name: str
    title: str
    channel: str
    traps: tuple[str, ...]
    people: dict[str, Person]
    messages: list[Said]

    @property
    def reference(self) -> dict[str, RowKind]:
        """The rows of the careful person's timeline, by `ts`."""
        return {said.ts: said.row for said in self.messages if said.row is not None}


def all_threads(folder: str | None = None) -> list[Thread]:
    """Every thread of this folder, or of the one below it that is named."""
    return [load(path) for path in sorted((FOLDER / folder if folder else FOLDER).rglob("*.thread"))]


def load(path: Path) -> Thread:
    """Raises ValueError, naming file and line, for anything that is not in the format."""
    reader = _Reader(path.stem)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            reader.take(line)
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"{path}:{number}: {error}: {line!r}") from error
    return reader.thread()


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.head = {"title": name, "channel": "C0THREADS", "traps": "", "date": ""}
        self.part = "main"
        self.people: dict[str, Person] = {}
        self.messages: list[Said] = []

    def take(self, line: str) -> None:
        if line.startswith("    ") and self.messages:
            self._continue(line[4:])
        elif line.startswith("  ") and not self.messages:
            self._person(line)
        elif found := LINE.match(line):
            self._message(found)
        elif found := re.match(r"(\w+):\s*(.*)$", line):
            self._head(found[1], found[2].strip())
        elif not line.strip() and self.messages:
            self._continue("")
        elif line.strip():
            raise ValueError("neither head, message nor continuation")

    def thread(self) -> Thread:
        for said in self.messages:
            said.text = said.text.rstrip("\n")
        traps = tuple(trap.strip() for trap in self.head["traps"].split(",") if trap.strip())
        return Thread(self.name, self.head["title"], self.head["channel"], traps, self.people, self.messages)

    def _head(self, name: str, value: str) -> None:
        if name == "thread":
            self.part = value
        elif name != "people":
            self.head[name] = value

    def _person(self, line: str) -> None:
        found = PERSON.match(line)
        if found is None:
            raise ValueError("not a person")
        handle, bot, name, zone = found.groups()
        identity = f"{'B' if bot else 'U'}{re.sub('[^A-Z0-9]', '', handle.upper())}{len(self.people):03}"
        self.people[handle] = Person(handle, name, identity, bool(bot), zone or "UTC")

    def _message(self, found: re.Match[str]) -> None:
        hour, minute, second, handle, kind, text = found.groups()
        day = date.fromisoformat(self.head["date"])
        at = datetime(day.year, day.month, day.day, int(hour), int(minute), int(second), tzinfo=UTC)
        earlier = [said.at for said in self.messages if said.thread == self.part]
        if earlier and at < earlier[-1].replace(microsecond=0):
            raise ValueError("time goes back")
        at += timedelta(microseconds=100 * (len(self.messages) + 1))
        ts = f"{int(at.timestamp())}.{at.microsecond:06}"
        row = RowKind(kind) if kind else None
        self.messages.append(Said(at, ts, self.people[handle].handle, text, row, self.part))

    def _continue(self, line: str) -> None:
        said = self.messages[-1]
        if found := REACTION.match(line):
            said.reactions.setdefault(found[1].strip(":"), []).extend(found[2].split())
        else:
            said.text += "\n" + line


def replies(thread: Thread, which: str = "main") -> dict[str, Any]:
    """What `conversations.replies` answers for the thread (`main`) or for its huddle's own (`huddle`)."""
    mine = [said for said in thread.messages if said.thread == which]
    return {"ok": True, "has_more": False, "messages": [_slack(thread, said, mine) for said in mine]}


def users(thread: Thread) -> list[dict[str, Any]]:
    """users.json of the people (not the apps) in the thread."""
    return [
        {
            "id": person.id,
            "team_id": TEAM,
            "name": person.handle,
            "real_name": person.name,
            "tz": person.zone,
            "profile": {"real_name": person.name, "display_name": person.handle},
        }
        for person in thread.people.values()
        if not person.bot
    ]


def entries(thread: Thread) -> list[Entry]:
    """The thread as journal entries, messages and reactions, with no signals stored beside them."""
    return list(_entries(thread))


def _entries(thread: Thread) -> Iterator[Entry]:
    number = 0
    roots: set[str] = set()
    for said in sorted(thread.messages, key=lambda said: said.at):
        person = thread.people[said.handle]
        fact = Message(shown(thread, said.text), bot=person.bot, root=said.thread not in roots)
        roots.add(said.thread)
        ref = f"slack:{thread.channel}/{said.ts}"
        url = f"https://threads.slack.com/archives/{thread.channel}/p{said.ts.replace('.', '')}"
        number += 1
        yield Entry(number, fact, said.at, Basis.RECORDED, said.at, _who(person), "slack", ref, url)
        for name, handle in ((name, handle) for name, handles in said.reactions.items() for handle in handles):
            number += 1
            reaction = ReactionAdded(ref, name)
            giver = _who(thread.people[handle])
            yield Entry(number, reaction, said.at, Basis.ESTIMATED, said.at, giver, "slack", f"{ref}#{name}-{handle}")


def _who(person: Person) -> Who:
    return Who(f"slack:{person.id}", person.name)


def shown(thread: Thread, text: str) -> str:
    """The text as people see it: `@ben` becomes `@Ben Okafor`."""
    return MENTION.sub(
        lambda found: f"@{thread.people[found[1]].name}" if found[1] in thread.people else found[0], text
    )


def _slack(thread: Thread, said: Said, mine: list[Said]) -> dict[str, Any]:
    person = thread.people[said.handle]
    message: dict[str, Any] = {"type": "message", "ts": said.ts, "text": _escaped(thread, said.text)}
    if person.bot:
        message |= {"subtype": "bot_message", "bot_id": person.id, "username": person.name}
    else:
        message |= {"user": person.id, "team": TEAM}
    if len(mine) > 1:
        message["thread_ts"] = mine[0].ts
    if said is mine[0] and len(mine) > 1:
        message |= {"reply_count": len(mine) - 1, "latest_reply": mine[-1].ts}
    if said.reactions:
        message["reactions"] = [_reaction(thread, name, given) for name, given in said.reactions.items()]
    return message


def _reaction(thread: Thread, name: str, handles: list[str]) -> dict[str, Any]:
    givers = [thread.people[handle].id for handle in handles]
    return {"name": name, "users": givers, "count": len(givers)}


def _escaped(thread: Thread, text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    people = thread.people
    return MENTION.sub(lambda found: f"<@{people[found[1]].id}>" if found[1] in people else found[0], text)
