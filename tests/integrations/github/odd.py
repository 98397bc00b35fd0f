"""An HTTP server that answers what it is told to, in turn: for answers that a working GitHub never gives."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Said:
    """What is answered. A body of bytes goes out as it is; `cut`: the connection ends after so many bytes of the body
    (-1: before any answer). `slow` are seconds before the answer, or with `drips` between two bytes of it."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    slow: float = 0.0
    drips: bool = False


@dataclass
class Odd:
    """`answers` are given one after the other, the last one for ever."""

    answers: list[Said] = field(default_factory=lambda: [Said(body={})])
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""
    #: the other ends of the connections
    ports: set[int] = field(default_factory=set)
    #: how many requests were there at once, at most
    most: int = 0
    now: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def says(self, *answers: Said) -> None:
        self.answers = list(answers)

    def next(self) -> Said:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    odd: Odd

    def _serve(self) -> None:
        odd = self.odd
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with odd.lock:
            odd.now += 1
            odd.most = max(odd.most, odd.now)
            odd.ports.add(self.client_address[1])
            headers = {name.lower(): value for name, value in self.headers.items()}
            odd.asked.append((self.command, self.path, headers, json.loads(raw) if raw else None))
            said = odd.next()
        try:
            self._answer(said)
        finally:
            with odd.lock:
                odd.now -= 1

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def _answer(self, said: Said) -> None:
        if said.cut == -1:
            self.close_connection = True
            return
        if not said.drips:
            time.sleep(said.slow)
        body = (
            said.body if isinstance(said.body, bytes) else b"" if said.body is None else json.dumps(said.body).encode()
        )
        self.send_response_only(said.status)  # no Date of its own
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(body[: said.cut], said)
        self.close_connection = self.close_connection or said.cut is not None

    def _write(self, body: bytes, said: Said) -> None:
        try:
            for at in range(0, len(body), 1 if said.drips else len(body) or 1):
                self.wfile.write(body[at : at + (1 if said.drips else len(body))])
                time.sleep(said.slow if said.drips else 0)
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def listening() -> Iterator[Odd]:
    odd = Odd()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"odd": odd}))
    odd.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield odd
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
