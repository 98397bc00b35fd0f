"""Signed events at a steady rate, from a process of its own over connections kept alive; how long each answer took.

`python -m tests.slack.load --url URL --secret SECRET --rate 50 --seconds 10` prints one JSON object, see `Measured`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.slack.envelope import signed


@dataclass
class Measured:
    """Of `sent` events `failed` had no 2xx within 3 seconds. Times in seconds: `latencies` from sending to the answer,
    in the order of sending; `behind` by how much the sender itself was late at worst; `took` altogether."""

    sent: int = 0
    failed: int = 0
    took: float = 0.0
    behind: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    worst: float = 0.0
    latencies: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """`rate` events a second for `seconds`, into `channel`, as replies if `thread` is a root's `ts`, or several of them
    with commas between, which take turns."""

    url: str
    secret: str
    rate: float
    seconds: float
    connections: int = 8
    channel: str = "C0000001DEP"
    thread: str = ""
    team: str = "T0HALDEN001"
    app: str = "A0MUSTER001"
    user: str = "U0000001ANA"


def load(url: str, secret: str, rate: float, seconds: float, **more: Any) -> Measured:
    """Run it in a process of its own, so that its work does not slow the receiver, and wait for the result."""
    options = {"url": url, "secret": secret, "rate": rate, "seconds": seconds, **more}
    words = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    run = subprocess.run(
        [sys.executable, "-m", "tests.slack.load", *words],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    return Measured(**json.loads(run.stdout))


class Sender:
    """The workers take the next event in turn and wait until it is due."""

    def __init__(self, asked: Load) -> None:
        self.asked = asked
        self.total = round(asked.rate * asked.seconds)
        self.latencies: list[float | None] = [None] * self.total
        self.failed, self.behind, self._next = 0, 0.0, 0
        self._lock = threading.Lock()
        self._began = time.monotonic() + 0.1
        self._stamp = int(time.time())

    def run(self) -> Measured:
        workers = [threading.Thread(target=self._work) for _ in range(self.asked.connections)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        times = [each for each in self.latencies if each is not None]
        ordered = sorted(times) or [0.0]
        measured = Measured(self.total, self.failed, time.monotonic() - self._began, self.behind, latencies=times)
        parts = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99))
        measured.p50, measured.p95, measured.p99 = parts
        measured.worst = ordered[-1]
        return measured

    def _work(self) -> None:
        parts = urlsplit(self.asked.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=3)
        while (number := self._take()) is not None:
            due = self._began + number / self.asked.rate
            time.sleep(max(0.0, due - time.monotonic()))
            begun = time.monotonic()
            fine = self._send(connection, parts.path or "/", number)
            with self._lock:
                self.behind = max(self.behind, begun - due)
                self.latencies[number] = time.monotonic() - begun
                self.failed += not fine
        connection.close()

    def _take(self) -> int | None:
        with self._lock:
            self._next += 1
            return self._next - 1 if self._next <= self.total else None

    def _send(self, connection: http.client.HTTPConnection, path: str, number: int) -> bool:
        body = json.dumps(self._event(number)).encode()
        headers = {"Content-Type": "application/json", **signed(self.asked.secret, body)}
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return 200 <= answer.status < 300
        except (OSError, http.client.HTTPException):
            connection.close()
            return False

    def _event(self, number: int) -> dict[str, Any]:
        asked = self.asked
        ts = f"{self._stamp + number // 1_000_000}.{number % 1_000_000:06d}"
        event = {"type": "message", "user": asked.user, "ts": ts, "event_ts": ts, "team": asked.team}
        event |= {"text": f"message {number} of a busy channel", "channel": asked.channel, "channel_type": "channel"}
        roots = asked.thread.split(",")
        event |= {"thread_ts": roots[number % len(roots)]} if asked.thread else {}
        return {
            "type": "event_callback",
            "team_id": asked.team,
            "api_app_id": asked.app,
            "event": event,
            "event_id": f"EvLOAD{self._stamp}{number:07d}",
            "event_time": self._stamp,
            "authorizations": [],
            "is_ext_shared_channel": False,
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slack.load", description=__doc__)
    for name, kind in (("url", str), ("secret", str), ("rate", float), ("seconds", float)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--connections", type=int, default=Load.connections)
    for name, usual in (
        ("channel", Load.channel),
        ("thread", ""),
        ("team", Load.team),
        ("app", Load.app),
        ("user", Load.user),
    ):
        parser.add_argument(f"--{name}", default=usual)
    print(json.dumps(asdict(Sender(Load(**vars(parser.parse_args()))).run())))


if __name__ == "__main__":
    main()
