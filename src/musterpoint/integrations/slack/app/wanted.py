"""Which events concern us; everything else is acknowledged and dropped unstored, for a few queries a batch.

Kept are: what happens in threads that an incident reads; mentions; reactions that mean something here, anywhere; any
other reaction to what is recorded or, in a channel with a live incident, may be recorded in a moment; huddles in such
channels; the home; and what happens to channels and people that we know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import compress
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import channels, facts, ourselves, people
from musterpoint.integrations.slack.shapes import Object, inner, objects, string
from musterpoint.store import models
from musterpoint.store.live import LIVE

_NOWHERE = facts.Place("", "", "")


class _Of(Enum):
    """What decides about an event."""

    ALWAYS, NEVER, THREAD, MESSAGE, HUDDLE, CHANNEL, PERSON = (auto() for _ in range(7))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What has to be looked up for one event. `place.channel` is set for all but people."""

    of: _Of
    place: facts.Place = _NOWHERE
    user: str = ""


Ours = tuple[str, str, str]
_ALWAYS, _NEVER = _Asked(_Of.ALWAYS), _Asked(_Of.NEVER)


def reaction_name(event: Object) -> str:
    """Without the colour of the skin: https://docs.slack.dev/reference/methods/reactions.add"""
    return string(event, "reaction").partition("::")[0]


def is_foreign(process: Process, payload: Object) -> bool:
    """Whether it comes from another workspace or for another app. In a shared channel Slack names theirs first, and
    ours beside it. What is not known yet of ourselves tells nothing."""
    ours, app = ourselves.workspace(process), ourselves.ourselves()[2]
    return _is_foreign(payload, ours, app)


def _is_foreign(payload: Object, ours: str, app: str) -> bool:
    teams = {string(payload, "team_id"), string(payload, "context_team_id")}
    teams |= {string(each, "team_id") for each in objects(payload, "authorizations")}
    named, of_app = teams - {""}, string(payload, "api_app_id")
    return bool((ours and named and ours not in named) or (app and of_app and of_app != app))


def kept(process: Process, payloads: Sequence[Mapping[str, Any]]) -> tuple[list[bool], list[Object]]:
    """For each `event_callback` whether it is to be stored; and those that come from elsewhere."""
    ours, who = ourselves.workspace(process), ourselves.ourselves()
    theirs = [_is_foreign(each, ours, who[2]) for each in payloads]
    asked = [
        _NEVER if elsewhere else _about(process, inner(each, "event"), who)
        for each, elsewhere in zip(payloads, theirs, strict=True)
    ]
    known = _Known(process, ours or next((string(each, "team_id") for each in payloads), ""), asked)
    return [known.wants(each) for each in asked], list(compress(payloads, theirs))


def _about(process: Process, event: Object, ours: Ours) -> _Asked:
    kind = string(event, "type")
    if kind in ("app_mention", "tokens_revoked", "app_uninstalled"):
        return _ALWAYS
    if kind == "app_home_opened":
        return _ALWAYS if string(event, "tab") == "home" else _NEVER
    if kind == "message":
        return _message(event, ours)
    if kind in ("reaction_added", "reaction_removed"):
        return _reaction(process, event, ours)
    if kind in channels.EVENTS:
        channel = string(event, "channel") or string(inner(event, "channel"), "id")
        return _ALWAYS if string(event, "user") == ours[0] else _Asked(_Of.CHANNEL, facts.Place(channel, "", ""))
    if kind == "team_join":
        return _ALWAYS
    return _Asked(_Of.PERSON, user=string(inner(event, "user"), "id")) if kind in people.EVENTS else _NEVER


def _message(event: Object, ours: Ours) -> _Asked:
    place = facts.place(event)
    if not place.stamp or string(event, "subtype") == "message_replied" or facts.is_ours(event, ours):
        return _NEVER
    if facts.of_a_huddle(event):
        return _Asked(_Of.HUDDLE, place)
    return _Asked(_Of.THREAD if place.root else _Of.MESSAGE, place)


def _reaction(process: Process, event: Object, ours: Ours) -> _Asked:
    item = inner(event, "item")
    if string(item, "type") != "message" or string(event, "user") == ours[0]:
        return _NEVER
    name = reaction_name(event)
    if name in process.marks or name == process.reaction:
        return _ALWAYS
    return _Asked(_Of.MESSAGE, facts.Place(string(item, "channel"), "", string(item, "ts")))


class _Known:
    """What the database knows of a batch: one query for each kind of question that is asked at all."""

    def __init__(self, process: Process, workspace: str, asked: Sequence[_Asked]) -> None:
        self._workspace = workspace
        by = {of: [each for each in asked if each.of is of] for of in _Of}
        self._threads = self._tracked([*by[_Of.THREAD], *by[_Of.HUDDLE]])
        self._live = self._with_incidents([*by[_Of.MESSAGE], *by[_Of.HUDDLE]])
        unsure = [each for each in by[_Of.MESSAGE] if each.place.channel not in self._live]
        self._messages = self._recorded(unsure)
        self._channels = self._ours(process, by[_Of.CHANNEL])
        self._people = self._met(by[_Of.PERSON])

    def wants(self, asked: _Asked) -> bool:
        channel, root, stamp = asked.place
        match asked.of:
            case _Of.ALWAYS:
                return True
            case _Of.THREAD:
                return (channel, root) in self._threads
            case _Of.MESSAGE:
                return channel in self._live or (channel, stamp) in self._messages
            case _Of.HUDDLE:
                return channel in self._live or (channel, root) in self._threads
            case _Of.CHANNEL:
                return channel in self._channels
            case _Of.PERSON:
                return asked.user in self._people
        return False

    def _of_workspace(self, asked: Iterable[_Asked]) -> Any:
        return models.Thread.objects.filter(
            workspace=self._workspace, channel__in={each.place.channel for each in asked}
        ).order_by()

    def _tracked(self, asked: list[_Asked]) -> set[tuple[str, str]]:
        if not asked:
            return set()
        roots = {each.place.root for each in asked}
        found = self._of_workspace(asked).filter(root__in=roots, readings__isnull=False)
        return set(found.values_list("channel", "root"))

    def _with_incidents(self, asked: list[_Asked]) -> set[str]:
        if not asked:
            return set()
        found = self._of_workspace(asked).filter(readings__incident__status__in=LIVE)
        return set(found.values_list("channel", flat=True).distinct())

    def _recorded(self, asked: list[_Asked]) -> set[tuple[str, str]]:
        if not asked:
            return set()
        threads = self._of_workspace(asked).filter(readings__isnull=False)
        rows = models.Entry.objects.filter(thread__in=threads, key__in={each.place.stamp for each in asked})
        return set(rows.values_list("thread__channel", "key"))

    def _ours(self, process: Process, asked: list[_Asked]) -> set[str]:
        if not asked:
            return set()
        named = {each.place.channel for each in asked}
        known = models.ChatChannel.objects.filter(workspace=self._workspace, channel__in=named)
        threads = self._of_workspace(asked).values_list("channel", flat=True).distinct()
        return {channels.found(process), *known.values_list("channel", flat=True), *threads} - {""}

    def _met(self, asked: list[_Asked]) -> set[str]:
        if not asked:
            return set()
        users = {each.user for each in asked}
        known = models.ChatUser.objects.filter(workspace=self._workspace, user__in=users)
        return set(known.values_list("user", flat=True))
