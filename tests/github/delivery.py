"""The sender of webhooks: signed, in order and at once, never a second time by itself; disorder on request."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.github.records import Json
from tests.github.state import Receiver

Order = Callable[[list["Sending"]], Iterable["Sending"]]


@dataclass
class Sending:
    """One delivery. `guid` is X-GitHub-Delivery, the same again when it is redelivered; `status` 0: nobody answered."""

    id: int
    guid: str
    event: str
    action: str
    body: bytes
    at: datetime
    again: bool = False
    status: int = 0
    seconds: float = 0.0

    @property
    def json(self) -> Json:
        told: Json = json.loads(self.body)
        return told


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The signature headers; none without a secret."""
    if not secret:
        return {}
    return {
        "X-Hub-Signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }


@dataclass
class Delivery:
    """`lose`, `duplicate`, `shuffle` are probabilities for each event; `lose_next` and `duplicate_next` count by event.

    With `background` a thread sends; without, whoever calls `settle` does (for a receiver in the test's own thread).
    """

    secret: str = "a-made-up-secret"
    receiver: Receiver | None = None
    background: bool = True
    lose: float = 0.0
    duplicate: float = 0.0
    shuffle: float = 0.0
    lose_next: Counter[str] = field(default_factory=Counter)
    duplicate_next: Counter[str] = field(default_factory=Counter)
    sent: list[Sending] = field(default_factory=list)
    lost: list[Sending] = field(default_factory=list)
    _queue: list[Sending] = field(default_factory=list)
    _held: bool = False
    _busy: int = 0
    _closed: bool = False
    _random: random.Random = field(default_factory=lambda: random.Random(1))
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def seed(self, number: int) -> None:
        """Chance starts anew from that number."""
        self._random.seed(number)

    def emit(self, event: str, action: str, body: Json, at: datetime) -> None:
        """Queue it. What happens while nobody listens is lost, unless it is held."""
        with self._changed:
            number = len(self.sent) + len(self.lost) + len(self._queue) + 1
            sending = Sending(number, str(uuid.uuid4()), event, action, json.dumps(body).encode(), at)
            unheard = self.receiver is None and not self._held
            if unheard or self._chance(self.lose, self.lose_next, event):
                self.lost.append(sending)
                return
            for _ in range(2 if self._chance(self.duplicate, self.duplicate_next, event) else 1):
                place = len(self._queue)
                if self._random.random() < self.shuffle:
                    place = self._random.randrange(place + 1)
                self._queue.insert(place, sending)
            self._start()
            self._changed.notify_all()

    def _chance(self, probability: float, explicit: Counter[str], event: str) -> bool:
        for key in (event, "*"):
            if explicit[key] > 0:
                explicit[key] -= 1
                return True
        return self._random.random() < probability

    def redeliver(self, guid: str = "") -> None:
        """Send one again (without a guid: all, lost ones too), each with its own X-GitHub-Delivery."""
        with self._changed:
            known = {each.guid: each for each in [*self.lost, *self.sent]}
            for each in known.values() if not guid else [known[guid]]:
                self._queue.append(Sending(each.id, each.guid, each.event, each.action, each.body, each.at, again=True))
            self._start()
            self._changed.notify_all()

    def hold(self) -> None:
        """Keep everything back until `release`."""
        with self._changed:
            self._held = True

    def release(self, order: Order | None = None) -> None:
        """Send what was held, as `order` puts it (`reversed`, or any function of the list)."""
        with self._changed:
            if order is not None:
                self._queue[:] = list(order(list(self._queue)))
            self._held = False
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        with self._changed:
            return len(self._queue)

    def settle(self, timeout: float = 20.0) -> None:
        """Wait until all that is not held has been sent and answered."""
        end = time.monotonic() + timeout
        while True:
            if not self.background:
                while self._send_one():
                    pass
            with self._changed:
                if self.receiver is None or self._held or not (self._busy or self._queue):
                    return
                if time.monotonic() > end:
                    raise AssertionError(f"webhooks are still on their way after {timeout} s: {len(self._queue)}")
                self._changed.wait(0.05)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(11)

    def _start(self) -> None:
        if self.background and self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="github-webhooks", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not (self._queue and self.receiver and self.background and not self._held):
                    self._changed.wait(0.2)
                if self._closed:
                    return
            self._send_one()

    def _send_one(self) -> bool:
        with self._changed:
            if self._held or not self._queue or self.receiver is None:
                return False
            sending, receiver = self._queue.pop(0), self.receiver
            self._busy += 1
        started = time.monotonic()
        try:
            answer = receiver(sending.body, self._headers(sending))
            sending.status = int(getattr(answer, "status", answer) or 0)
        finally:
            sending.seconds = time.monotonic() - started
            with self._changed:
                self._busy -= 1
                self.sent.append(sending)
                self._changed.notify_all()
        return True

    def _headers(self, sending: Sending) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/1a2b3c4",
            "X-GitHub-Event": sending.event,
            "X-GitHub-Delivery": sending.guid,
            "X-GitHub-Hook-ID": "540011223",
            "X-GitHub-Hook-Installation-Target-ID": "240071",
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            **signed(self.secret, sending.body),
        }
