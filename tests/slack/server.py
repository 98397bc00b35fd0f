"""The HTTP side: /api/METHOD, /response/TOKEN (response_url) and /control/VERB, in a thread of its own."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.slack.answering import Reply, called
from tests.slack.control import controlled
from tests.slack.responses import responded
from tests.slack.shapes import Json

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace


class Server(ThreadingHTTPServer):
    """Listens on loopback; `port` 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, workspace: Workspace, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), Handler)
        self.workspace = workspace
        workspace.address = f"http://{host}:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class Handler(BaseHTTPRequestHandler):
    """One connection; kept alive as Slack does."""

    protocol_version = "HTTP/1.1"
    server: Server
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        _, kind, name = ["", *parts.path.strip("/").split("/", 1), ""][:3]
        args = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        args |= self._arguments(body)
        workspace = self.server.workspace
        if kind == "api":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ") or str(args.pop("token", ""))
            args.pop("token", None)
            self._reply(called(workspace, name, token, args))
        elif kind == "response":
            self._reply(responded(workspace, name, args))
        elif kind == "control":
            self._reply(controlled(workspace, name, args))
        else:
            self._reply(Reply(404, {"ok": False, "error": "not_found"}, {}))

    def _arguments(self, body: bytes) -> Json:
        if not body:
            return {}
        if "json" in self.headers.get("Content-Type", ""):
            given = json.loads(body)
            return given if isinstance(given, dict) else {}
        return {key: values[-1] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}

    def _reply(self, reply: Reply) -> None:
        if reply.late:
            time.sleep(reply.late)
        if reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        body = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Type": "application/json; charset=utf-8"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet; what was called is in `workspace.calls`."""
