"""What the steps of the check share: what came of one, what those before it learnt, and how it asks GitHub.

It asks by itself and not by `calling`: what is refused here may be of no importance, and is no trouble to be noted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github import credentials, query_errors, throttle
from musterpoint.integrations.github.answers import Answer, answer
from musterpoint.integrations.github.keys import Keys
from musterpoint.integrations.github.sending import send
from musterpoint.ports import NotSent, Refused

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one trial: `told` is what is so, `hint` how to mend it where it does not work. Where it is not
    `needed`, everything that must work does so without it."""

    told: str
    works: bool = True
    hint: str = ""
    needed: bool = True
    name: str = ""

    @property
    def broken(self) -> bool:
        return self.needed and not self.works


def wrong(told: str, hint: str) -> Tried:
    return Tried(told, False, hint)


def worth_a_word(told: str, hint: str) -> Tried:
    """It works, and could be better."""
    return Tried(told, False, hint, needed=False)


class NotOurTurn(NotSent):
    """So much is written just now that this has to wait."""


@dataclass(slots=True)
class Trial:
    """`repository` is `OWNER/NAME` as it is called now, empty as long as it was not found. `facts` are GitHub's of it,
    `installed` those of the app's installation, `hook` is what GitHub calls (None: nobody looked, or nobody could)."""

    process: Process
    keys: Keys
    address: str
    now: datetime
    begun: float = field(default_factory=time.monotonic)
    repository: str = ""
    facts: Object = field(default_factory=dict)
    app: Object = field(default_factory=dict)
    installed: Object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False
    hook: Object | None = None

    @property
    def configured(self) -> str:
        return self.process.github_repository

    @property
    def moment(self) -> datetime:
        """This machine's time now."""
        return self.now + timedelta(seconds=time.monotonic() - self.begun)

    def ask(self, path: str, *, as_app: bool = False, **params: Any) -> Answer:
        """A GET. `path` begins with a slash, or is an address that GitHub gave. Raises as `calling.call`, and notes
        nothing."""
        throttle.unless_held(self.moment)
        reply = send("GET", self._address(path), self._as(as_app), self.process.timeout, params=params or None)
        return answer(reply, place=self.configured)

    def refused(self, path: str, content: Object) -> Answer:
        """A POST of something that GitHub cannot take, to learn whether we might: then it raises Refusal 422. Raises
        NotOurTurn."""
        with ExitStack() as stack:
            try:
                stack.enter_context(throttle.turn(self.process, self.moment))
            except NotSent as error:
                raise NotOurTurn(str(error), error.retry_after) from error
            reply = send("POST", self._address(path), self._as(as_app=False), self.process.timeout, json=content)
        return answer(reply, place=self.configured, writes=True)

    def query(self, text: str) -> Object:
        """What is found in our repository by a GraphQL query of the variables `$owner` and `$name`."""
        throttle.unless_held(self.moment)
        owner, _, name = self.repository.partition("/")
        content = {"query": text, "variables": {"owner": owner, "name": name}}
        reply = send("POST", self.keys.graphql, self._as(as_app=False), self.process.timeout, json=content)
        found: Object | None = query_errors.data(reply, place=self.configured).get("repository")
        return found or {}

    def _as(self, as_app: bool) -> str:
        if as_app:
            return credentials.app_header(self.keys, self.moment)
        return credentials.authorization(
            self.keys, self.repository or self.configured, self.moment, self.process.timeout
        )

    def _address(self, path: str) -> str:
        """The token goes nowhere else than to the API."""
        if path.startswith("/"):
            return f"{self.keys.api}{path}"
        if path.startswith(f"{self.keys.api}/"):
            return path
        raise Refused(f"GitHub sent us to {path[:200]}, which does not belong to {self.keys.api}.")


def begun(process: Process, keys: Keys, address: str, now: datetime, timeout: float) -> Trial:
    return Trial(replace(process, timeout=timeout), keys, address, now)
