"""The thread on an incident's own page: where people write when no chat is connected.

It is a chat like any other: what people do in it arrives as events through the intake, and what we post is kept apart,
so that an effect can be looked up here as anywhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from musterpoint import intake
from musterpoint.core.incident import Basis, Who, read_time, time_text
from musterpoint.core.journal import (
    Deletion,
    Edit,
    Fact,
    HuddleBegun,
    HuddleEnded,
    Message,
    ReactionAdded,
    ReactionRemoved,
)
from musterpoint.core.said import Said
from musterpoint.ports import Place, Posted, Refused, Saying
from musterpoint.store import models

SOURCE = "local"


class LocalChat:
    """The port: what Musterpoint itself posts."""

    announces, gathers = False, False

    def post(self, place: Place, saying: Saying, key: str) -> Posted:
        thread = models.Thread.objects.filter(workspace=SOURCE, root=place.root or place.channel).first()
        if thread is None:
            raise Refused(f"There is no thread {place.root or place.channel!r} here.")
        models.LocalPost.objects.bulk_create(
            [models.LocalPost(key=key, thread=thread, text=saying.text)], ignore_conflicts=True
        )
        return Posted(key)

    def find(self, place: Place, key: str) -> Posted | None:
        return Posted(key) if models.LocalPost.objects.filter(key=key).exists() else None

    def update(self, place: Place, external: str, saying: Saying) -> None:
        if not models.LocalPost.objects.filter(key=external).update(text=saying.text):
            raise Refused(f"The message {external} is not there any more.")


@dataclass(frozen=True, slots=True)
class Room:
    """The other side of the port: what people do in the thread of an incident (`root` is its reference)."""

    root: str

    def say(self, who: Who, text: str, at: datetime, *, bot: bool = False) -> str:
        """Write a message; returns its stamp, by which it is edited, deleted and reacted to."""
        stamp = _stamp(at)
        self._happened({"type": "message", "stamp": stamp, "text": text, "bot": bot}, who, at)
        return stamp

    def edit(self, who: Who, stamp: str, text: str, at: datetime) -> None:
        self._happened({"type": "edit", "stamp": stamp, "text": text}, who, at)

    def delete(self, who: Who, stamp: str, at: datetime) -> None:
        self._happened({"type": "deletion", "stamp": stamp}, who, at)

    def react(self, who: Who, stamp: str, name: str, at: datetime, *, on: bool = True) -> None:
        self._happened({"type": "reaction", "stamp": stamp, "name": name, "on": on}, who, at)

    def begin_huddle(self, who: Who, link: str, at: datetime) -> str:
        stamp = _stamp(at)
        self._happened({"type": "huddle_begun", "stamp": stamp, "link": link}, who, at)
        return stamp

    def end_huddle(self, who: Who, stamp: str, people: list[Who], at: datetime) -> None:
        names = [{"identity": each.identity, "name": each.name} for each in people]
        self._happened({"type": "huddle_ended", "stamp": stamp, "people": names}, who, at)

    def _happened(self, event: dict[str, Any], who: Who, at: datetime) -> None:
        event |= {"root": self.root, "at": time_text(at), "who": {"identity": who.identity, "name": who.name}}
        intake.receive(SOURCE, secrets.token_hex(8), event, at)
        intake.take_in(SOURCE, read, at)


def _stamp(at: datetime) -> str:
    return f"{int(at.timestamp())}.{at.microsecond:06d}"


def _moment(stamp: str) -> datetime:
    seconds, _, micros = stamp.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros))


def read(event: Mapping[str, Any]) -> intake.Told:
    """An event of the local chat in our words. Raises KeyError, ValueError for one that makes no sense."""
    thread = models.Thread.objects.get(workspace=SOURCE, root=event["root"])
    stamp, kind, at = event["stamp"], event["type"], read_time(event["at"])
    who = Who(event["who"]["identity"], event["who"]["name"])
    ref = f"local:{event['root']}/{stamp}"
    first = kind in ("message", "huddle_begun")
    key = stamp if kind == "message" else ":".join([kind, stamp, *([] if first else [time_text(at), who.identity])])
    said = Said(
        key=key,
        ref=ref if kind == "message" else f"{ref}#{kind}-{_stamp(at)}",
        anchor=_moment(stamp),
        fact=_fact(kind, ref, event),
        at=at,
        basis=Basis.RECORDED,
        who=who,
    )
    return intake.Told(thread, [said])


def _fact(kind: str, ref: str, event: Mapping[str, Any]) -> Fact:
    match kind:
        case "message":
            return Message(event["text"], bot=event["bot"])
        case "edit":
            return Edit(ref, event["text"])
        case "deletion":
            return Deletion(ref)
        case "reaction":
            return ReactionAdded(ref, event["name"]) if event["on"] else ReactionRemoved(ref, event["name"])
        case "huddle_begun":
            return HuddleBegun(event["link"])
        case "huddle_ended":
            return HuddleEnded(tuple(Who(each["identity"], each["name"]) for each in event["people"]))
    raise ValueError(f"unknown event {kind!r}")
