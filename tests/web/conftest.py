"""Pages as people get them: a client for each person of the world, who is signed in; without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from musterpoint import process
from musterpoint.accounts import calls
from musterpoint.accounts.models import Account
from tests.conftest import World


@dataclass
class Site:
    """The pages of a world. Its clock stands still between calls, unless the world moves it."""

    world: World
    clients: dict[str, Client] = field(default_factory=dict)

    def by(self, account: str) -> Client:
        """The browser of that person."""
        if account not in self.clients:
            person = self.world.by(account).actor.who.identity.removeprefix("person:")
            email = f"{account}@example.com"
            signs_in, _ = Account.objects.get_or_create(email=email, defaults={"person_id": int(person)})
            client = Client()
            client.force_login(signs_in, backend="musterpoint.accounts.backend.OfAccounts")
            self.clients[account] = client
        return self.clients[account]

    def page(self, account: str, address: str, status: int = 200) -> str:
        """The text of a page, which must answer with `status`."""
        answer = self.by(account).get(address)
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[:2000])
        return answer.content.decode()

    def send(self, account: str, address: str, status: int = 303, **fields: Any) -> str:
        """Post a form, as a browser without JavaScript does. With 303 (taken) the page that it leads to is returned."""
        answer = self.by(account).post(address, fields)
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[:2000])
        return self.page(account, answer["Location"]) if status == 303 else answer.content.decode()


def runs_under(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages and the API run under the world's process, by the world's clock."""
    monkeypatch.setattr(process, "_in_force", lambda: (world.process, []))
    monkeypatch.setattr(calls, "now", lambda: world.now)


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    runs_under(world, monkeypatch)
    return Site(world)
