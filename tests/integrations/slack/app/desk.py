"""People of the fake workspace who declare: what they type, click and fill in reaches us as Slack sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from musterpoint import delivery
from musterpoint.core.incident import Incident
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import people, receiving, taking
from musterpoint.integrations.slack.app.asking import Place, Request
from musterpoint.store import models
from tests.actions.telling import state
from tests.conftest import World
from tests.slack.wire import Answer
from tests.slack.workspace import Workspace


@dataclass
class Desk:
    """`ana` and `ben` are members, `gus` is a guest, `stella` of another workspace; `sirt` handles security, `alice`
    has authority. `dept` is the channel of incidents."""

    world: World
    workspace: Workspace
    process: Process
    users: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.process = self.process
        kinds = {"gus": "guest", "stella": "stranger"}
        for name in ("ana", "ben", "alice", "sirt", "gus", "stella"):
            self.users[name] = self.workspace.user(name, kind=kinds.get(name, "member"))
        for name in ("alice", "sirt"):
            person = models.Person.objects.get(name=name.capitalize())
            models.Identity.objects.create(name=f"slack:{self.users[name]}", person=person)
        for user in self.users.values():
            people.fetch(self.process, self.workspace.team_id, user, timezone.now())
        self.dept = self.workspace.channel("dept-engineering", members=list(self.users.values()))
        self.workspace.deliver_to(self.hears)

    def runs(self, **settings: Any) -> None:
        self.world.runs(**settings)
        self.process = self.world.process

    # --- what reaches us

    def hears(self, body: bytes, headers: dict[str, str]) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        answer = receiving.hook(self.process)(given, body, timezone.now())
        return Answer(answer.status, answer.body.encode(), answer.type)

    def request(self, name: str, trigger_id: str = "1.1", **place: str) -> Request:
        """The same click, once more."""
        where = Place(place.get("channel", self.dept))
        return Request(
            self.process, timezone.now(), self.workspace.team_id, self.users[name], where, trigger=trigger_id
        )

    # --- what people do

    def types(self, name: str, text: str = "", channel: str = "") -> str:
        """`/incident`; what the app answers privately."""
        answer = self.workspace.slash(self.users[name], channel or self.dept, "/incident", text)
        assert answer.fine
        return str(json.loads(answer.body)["text"]) if answer.body else ""

    def form(self, name: str) -> dict[str, Any]:
        """The one that is open on their screen."""
        return self.workspace.views[self.users[name]]

    def sends(self, name: str, **values: str) -> dict[str, Any]:
        """Fill in and send; what the app answers. The question about security is answered with no unless it is."""
        user = self.users[name]
        view = self.workspace.views[user]["id"]
        answer = self.workspace.submit(view, {"security": "no", **values}, user)
        assert answer.fine
        return dict(json.loads(answer.body)) if answer.body else {}

    def shortcut(self, name: str, channel: str = "", ts: str = "") -> None:
        callback = "adopt_thread" if ts else "declare_incident"
        assert self.workspace.shortcut(self.users[name], channel, ts, callback_id=callback).fine

    def says(self, name: str, text: str, channel: str = "", root: str = "") -> str:
        place, user = channel or self.dept, self.users[name]
        return self.workspace.reply(user, place, root, text) if root else self.workspace.say(user, place, text)

    def takes_in(self) -> None:
        """All that Slack has told of is taken in."""
        self.workspace.settle()
        taking.take_in(self.process, timezone.now())

    # --- what is there afterwards

    @property
    def refs(self) -> list[str]:
        return list(models.Incident.objects.order_by("pk").values_list("ref", flat=True))

    @property
    def one(self) -> Incident:
        """The only incident."""
        [ref] = self.refs
        return state(ref)

    def carried_out(self, *kinds: str) -> None:
        """Carry out what waits of these kinds, as long as something does."""
        waiting = models.Effect.objects.filter(kind__in=kinds, status="waiting")
        for key in list(waiting.values_list("key", flat=True)):
            delivery.deliver(key, self.process)

    def whispered(self, name: str) -> list[str]:
        """What they alone were told, where they asked or directly, once it is carried out."""
        self.carried_out("slack_whisper")
        user = self.users[name]
        direct = self.workspace.messages(self.workspace.direct(user).id)
        return [
            *(each.text for each in self.workspace.ephemerals if each.user == user),
            *(each["text"] for each in direct),
        ]

    def in_public(self) -> str:
        """Everything that anybody reads in a channel."""
        channels = [each for each in self.workspace.channels.values() if not each.with_user]
        return json.dumps([self.workspace.messages(each.id) for each in channels])
