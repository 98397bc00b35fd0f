"""Clients of a server, in a process of their own: what they ask again and again over connections that they keep."""

from __future__ import annotations

import http.client
import json
import secrets
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

#: How a client shows who it is, and what it sends: `{}` in a path or a body becomes the number of the request.
Asked = dict[str, Any]


@dataclass
class Client:
    """One client with its connection."""

    port: int
    headers: dict[str, str]
    method: str
    paths: list[str]
    body: dict[str, str] | None
    name: str

    def __post_init__(self) -> None:
        self.name = f"{self.name}-{secrets.token_hex(4)}"
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, number: int) -> tuple[float, int, bytes]:
        """One request: its seconds, the status of the answer, the answer."""
        told = f"{self.name}-{number}"
        path = self.paths[number % len(self.paths)].replace("{}", told)
        headers, body = dict(self.headers), None
        if self.body is not None:
            body = json.dumps({key: value.replace("{}", told) for key, value in self.body.items()})
            headers |= {"Content-Type": "application/json", "Idempotency-Key": f"bench-{told}"}
        begun = time.perf_counter()
        try:
            self.connection.request(self.method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            return time.perf_counter() - begun, 0, repr(error).encode()
        return time.perf_counter() - begun, answer.status, text


def alone(port: int, headers: dict[str, str], paths: list[str], times: int) -> dict[str, float]:
    """One client that asks each path in turn so often, after it has asked each twice."""
    client = Client(port, headers, "GET", paths, None, "alone")
    for number in range(2 * len(paths)):
        client.ask(number)
    found = [client.ask(number) for number in range(times)]
    if wrong := [(status, text[:300]) for _, status, text in found if not 200 <= status < 300]:
        raise RuntimeError(f"{len(wrong)} of {times} requests of {paths} failed: {wrong[0]}")
    took = sorted(seconds for seconds, _, _ in found)
    return {
        "median": statistics.median(took),
        "p95": took[int(len(took) * 0.95)],
        "bytes": max(len(text) for _, _, text in found),
    }


def together(clients: list[Asked], seconds: float) -> dict[str, Any]:
    """All of these at once, each in a thread, when standard input says so, for so many seconds."""
    ready = threading.Barrier(len(clients) + 1)
    took: list[float] = []
    wrong: list[str] = []

    def work(asked: Asked) -> None:
        client = Client(**asked)
        client.ask(-1)
        ready.wait()
        ready.wait()
        until, number = time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            time_taken, status, text = client.ask(number)
            number += 1
            if 200 <= status < 300:
                took.append(time_taken)
            else:
                wrong.append(f"{status}: {text[:300]!r}")

    with ThreadPoolExecutor(len(clients)) as pool:
        working = [pool.submit(work, each) for each in clients]
        ready.wait()
        print("ready", flush=True)
        sys.stdin.readline()
        ready.wait()
        for each in working:
            each.result()
    for told in wrong[:3]:
        print(told, file=sys.stderr)
    return {"times": took, "errors": len(wrong), "ended": time.perf_counter()}
