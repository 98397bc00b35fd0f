"""A chat behind the bridge's HTTP interface, in a thread: it keeps messages, and fails on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Fault:
    """What the next request is answered with instead; `late`: only after so many seconds."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0
    #: the request is carried out, and only its answer is lost
    stored: bool = False


@dataclass
class Server:
    url: str = ""
    messages: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def fails(self, status: int = 200, body: bytes = b"", **values: Any) -> None:
        self.faults.append(Fault(status, body, **values))

    def texts(self) -> list[str]:
        return [each["text"] for each in self.messages.values()]

    def carry_out(self, method: str, path: str, body: dict[str, str]) -> tuple[int, dict[str, str]]:
        parts = urlsplit(path)
        if method == "POST" and parts.path == "/messages":
            external = f"M/{len(self.messages) + 1} ü"
            self.messages[external] = body
            return 201, {"external": external, "url": f"https://chat.example.com/{len(self.messages)}"}
        if method == "GET" and parts.path == "/messages":
            (key,) = parse_qs(parts.query, keep_blank_values=True)["key"]
            found = [external for external, each in self.messages.items() if each["key"] == key]
            return (200, {"external": found[0], "url": ""}) if found else (404, {})
        external = unquote(parts.path.removeprefix("/messages/"))
        if method == "PUT" and external in self.messages:
            self.messages[external]["text"] = body["text"]
            return 200, {}
        return 404, {}


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            server.tokens.append(self.headers.get("Authorization", ""))
            fault = server.faults.pop(0) if server.faults else None
            if fault is None or fault.stored:
                status, answer = server.carry_out(self.command, self.path, body)
                content = json.dumps(answer).encode()
            if fault is not None:
                time.sleep(fault.late)
                status, content = fault.status, fault.body
            try:
                self.send_response_only(status)
                for name, value in (fault.headers if fault else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # nobody waits for the answer any more

        do_GET = do_POST = do_PUT = answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
