"""Who is who in the workspace: a row for everybody whom Slack has told of, and the person here that each is.

Rules are applied to the rows, inside transactions; Slack is asked for somebody elsewhere (`fetch`, `listing`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils import timezone

from musterpoint.core.incident import Who
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling
from musterpoint.integrations.slack.app.callers import Unknown, caller
from musterpoint.integrations.slack.app.listing import tend
from musterpoint.integrations.slack.app.ourselves import ourselves, workspace
from musterpoint.integrations.slack.app.users import took, took_all
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.ports import Posted, Refused
from musterpoint.store import models

#: Seconds that a person who waits for an answer waits for Slack to say who they are.
SHORT = 2.0
EVENTS = frozenset({"team_join", "user_change"})


def who(workspace: str, user: str) -> Who | None:
    """Who wrote or did something, as the record names them; None if Slack has told nothing of them. No network."""
    name = _row(workspace, user).values_list("name", flat=True).first()
    return None if name is None else Who(f"slack:{user}", name)


def _row(workspace: str, user: str) -> Any:
    return models.ChatUser.objects.filter(workspace=workspace, user=user)


def happened(process: Process, event: Object, now: datetime) -> None:
    """Somebody came, left or changed (`team_join`, `user_change`)."""
    if told := inner(event, "user"):
        took(workspace(process), told, now)


# --- names ---------------------------------------------------------------------------------------------------------


class _Told(Mapping[str, str]):
    """One column of the rows by user, each looked up when it is needed: a workspace may have many thousand people."""

    def __init__(self, workspace: str, column: str, known: dict[str, str]) -> None:
        self._workspace, self._column, self._known = workspace, column, known

    def __getitem__(self, user: str) -> str:
        if user not in self._known:
            found = _row(self._workspace, user).values_list(self._column, flat=True).first() if user else None
            self._known[user] = found or ""
        if not self._known[user]:
            raise KeyError(user)
        return self._known[user]

    def __iter__(self) -> Iterator[str]:
        rows = models.ChatUser.objects.filter(workspace=self._workspace).exclude(**{self._column: ""})
        yield from rows.values_list("user", flat=True)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _People(Set[str]):
    """Those who are known to be no apps."""

    def __init__(self, kinds: _Told) -> None:
        self._kinds = kinds

    def __contains__(self, user: object) -> bool:
        return isinstance(user, str) and self._kinds.get(user, "app") != "app"

    def __iter__(self) -> Iterator[str]:
        return (user for user in self._kinds if user in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def names(workspace: str, users: Iterable[str] = ()) -> Names:
    """What is known of the people of this workspace, as readers of messages want it. No network.

    Those in `users` are looked up at once, everybody else when they are asked for. An e-mail is there only if Slack
    says that it is confirmed.
    """
    columns = ("name", "zone", "email", "kind")
    known: dict[str, dict[str, str]] = {each: {} for each in columns}
    rows = models.ChatUser.objects.filter(workspace=workspace, user__in=set(users)) if users else ()
    for row in rows:
        for column in columns:
            known[column][row.user] = getattr(row, column)
    name, zone, email, kind = (_Told(workspace, each, known[each]) for each in columns)
    return Names(name, zone, email, _People(kind))


# --- asking Slack --------------------------------------------------------------------------------------------------


def fetch(process: Process, workspace: str, user: str, now: datetime, timeout: float = SHORT) -> models.ChatUser:
    """Ask Slack for one of them. Never inside a transaction. Raises Unavailable, Trouble, Refused (nobody is that)."""
    answer = calling.call(min(timeout, process.timeout), "users.info", user=user)
    told = answer.get("user") or {}
    if string(told, "id") != user:
        raise Refused(f"Slack knows nobody with the id {user}.")
    return took(workspace, told, now)


def fetched(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """The effect `slack_who` (data: workspace, user): somebody of whom nothing is known wrote something. That nobody is
    that is an answer, too."""
    data = json.loads(effect.data)
    if who(data["workspace"], data["user"]) is None:
        renew()
        with suppress(Refused):
            fetch(process, data["workspace"], data["user"], timezone.now(), process.timeout)
    return Posted(data["user"])


__all__ = [
    "EVENTS",
    "Unknown",
    "caller",
    "fetch",
    "fetched",
    "happened",
    "names",
    "ourselves",
    "tend",
    "took",
    "took_all",
    "who",
    "workspace",
]
