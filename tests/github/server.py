"""The HTTP side: GitHub's REST API, /graphql and /control/VERB, each connection in a thread of its own."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import suppress
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.github.answering import Request, answer
from tests.github.control import controlled
from tests.github.routing import Reply

if TYPE_CHECKING:
    from tests.github.github import GitHub


class Server(ThreadingHTTPServer):
    """Listens on loopback; `port` 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, github: GitHub, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), Handler)
        self.github = github
        self.open: set[socket.socket] = set()
        github.url = f"http://{host}:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()
        for each in list(self.open):  # a client that keeps its connections would keep their threads here
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class Handler(BaseHTTPRequestHandler):
    """One connection; kept alive as GitHub does."""

    protocol_version = "HTTP/1.1"
    server: Server
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        headers = {key.lower(): value for key, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        github = self.server.github
        if parts.path.startswith("/control/"):
            self._reply(controlled(github, parts.path.removeprefix("/control/"), json.loads(raw or b"{}")))
            return
        reply = answer(github, Request(self.command, parts.path, query, headers, raw, github.now)).reply
        if reply is None:
            self._hang_up()
        else:
            self._reply(reply)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header Date goes by GitHub's clock."""
        return format_datetime(self.server.github.now, usegmt=True)

    def _reply(self, reply: Reply) -> None:
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        body = b"" if reply.body is None else text.encode()
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json; charset=utf-8", **reply.headers}.items():
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        """The connection is reset, without an answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet; what was asked is in `github.requests`."""
