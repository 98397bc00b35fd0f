"""The sender of events: in order and at once by default, retries by the workspace's clock; disorder on request."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from tests.slack.envelope import SUBSCRIBED, Sending, as_body, envelope, signed
from tests.slack.shapes import Channel, Json
from tests.slack.wire import Answer, Receiver

if TYPE_CHECKING:
    from tests.slack.state import State

#: Seconds until each retry, counted from the failure before it.
RETRIES = (0.0, 60.0, 300.0)
#: Real seconds by which a shuffled event may come late.
DISORDER = 0.1
Order = Callable[[list[Sending]], Iterable[Sending]]


class Delivery:
    """`duplicate`, `shuffle`, `lose` are probabilities per event; `lose_next` and `duplicate_next` count them by type.

    With `background` threads send, `workers` of them (more than one: several requests at a time, in no certain order);
    without, whoever calls `settle` does (for a receiver in the test's own thread).
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.receiver: Receiver | None = None
        self.background, self.workers = True, 1
        self.timeout = 3.0
        self.skew = 0.0
        self.subscribed = set(SUBSCRIBED.split())
        self.duplicate = self.shuffle = self.lose = 0.0
        self.lose_next: Counter[str] = Counter()
        self.duplicate_next: Counter[str] = Counter()
        self.emitted: list[Json] = []
        self.lost: list[Json] = []
        self.sent: list[Sending] = []
        self.given_up: list[Sending] = []
        self._queue: list[Sending] = []
        self._held, self._busy, self._closed = False, 0, False
        self._random = random.Random(1)
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        state.clock.on_move.append(self.wake)

    def seed(self, number: int) -> None:
        """Chance of this delivery starts anew from that number."""
        self._random.seed(number)

    def emit(self, channel: Channel | None, event: Json, kind: str) -> None:
        """Queue an event, if it is subscribed, the app is installed and in the channel."""
        if self._state.revoked or kind not in self.subscribed or (channel is not None and not channel.app):
            return
        payload = envelope(self._state, channel, event)
        with self._changed:
            self.emitted.append(payload)
            unheard = self.receiver is None and not self._state.socket and not self._held
            if unheard or self._chance(self.lose, self.lose_next, kind):
                self.lost.append(payload)
                return
            times = 2 if self._chance(self.duplicate, self.duplicate_next, kind) else 1
            for _ in range(times):
                sending = Sending(deepcopy(payload))
                if self._random.random() < self.shuffle:
                    sending.not_before = time.monotonic() + self._random.random() * DISORDER
                    self._queue.insert(self._random.randrange(len(self._queue) + 1), sending)
                else:
                    self._queue.append(sending)
            self._start()
            self._changed.notify_all()

    def _chance(self, probability: float, explicit: Counter[str], kind: str) -> bool:
        for key in (kind, "*"):
            if explicit[key] > 0:
                explicit[key] -= 1
                return True
        return self._random.random() < probability

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
    def waiting(self) -> list[Sending]:
        """What is not sent yet, retries included."""
        with self._changed:
            return list(self._queue)

    def settle(self, timeout: float = 20.0) -> None:
        """Wait until all that is due has been sent. What is held, and retries of a later time, are not due."""
        end = time.monotonic() + timeout
        while True:
            if not self.background:
                while self._send_one():
                    pass
            with self._changed:
                if self._held or not (self._busy or any(self._due())):
                    return
                if time.monotonic() > end:
                    raise AssertionError(f"events are still on their way after {timeout} s: {self._queue[:3]}")
                self._changed.wait(0.05)

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for each in self._threads:
            each.join(self.timeout + 1)

    def _start(self) -> None:
        while len(self._threads) < self.workers and self.background and not self._closed:
            self._threads.append(threading.Thread(target=self._run, name="slack-events", daemon=True))
            self._threads[-1].start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (self._held or not self._ready()):
                    self._changed.wait(0.01 if any(self._due()) else 0.2)
                if self._closed:
                    return
            self._send_one()

    def _due(self) -> Iterator[Sending]:
        if self.receiver is not None or self._state.socket:
            now = self._state.clock.seconds
            yield from (each for each in self._queue if each.due <= now)

    def _ready(self) -> Sending | None:
        now = time.monotonic()
        return next((each for each in self._due() if each.not_before <= now), None)

    def _send_one(self) -> bool:
        with self._changed:
            sending = None if self._held else self._ready()
            if sending is None:
                return False
            self._queue.remove(sending)
            self._busy += 1
        try:
            answer = self._sent(sending)
        finally:
            with self._changed:
                self._busy -= 1
        with self._changed:
            sending.answers.append(answer.status)
            self.sent.append(sending)
            if answer.reason == "no_connection":
                self.lost.append(sending.payload)
            elif not answer.fine:
                self._again(sending, answer)
            self._changed.notify_all()
        return True

    def _sent(self, sending: Sending) -> Answer:
        if self._state.socket:
            return self._state.sockets.event(sending)
        assert self.receiver is not None
        body = as_body(sending.payload)
        headers = {"Content-Type": "application/json", **signed(self._state.signing_secret, body, self.skew)}
        if sending.retry:
            headers |= {"X-Slack-Retry-Num": str(sending.retry), "X-Slack-Retry-Reason": sending.reason}
        return self.receiver(body, headers)

    def _again(self, sending: Sending, answer: Answer) -> None:
        refuses = {key.lower(): value for key, value in answer.headers.items()}.get("x-slack-no-retry") == "1"
        if sending.retry >= len(RETRIES) or refuses:
            self.given_up.append(sending)
            return
        due = self._state.clock.seconds + RETRIES[sending.retry]
        reason = answer.reason or "http_error"
        again = Sending(sending.payload, due, retry=sending.retry + 1, reason=reason, answers=sending.answers)
        self._queue.append(again)
