"""Socket Mode: tickets, up to ten connections, envelopes and their acknowledgements, goodbyes and losses."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from tests.slack.envelope import Sending
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json
from tests.slack.wire import Answer

if TYPE_CHECKING:
    from tests.slack.state import State

MOST = 10
ACCEPTS_ANSWER = ("slash_commands", "interactive")


@dataclass
class Waiting:
    """An envelope that waits for its acknowledgement."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: Json | None = None


class Sockets:
    """Listens on a port of its own from the first ticket on. `acknowledged` counts per envelope id."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._server: Server | None = None
        self._tickets: set[str] = set()
        self.open: list[ServerConnection] = []
        self.acknowledged: list[str] = []
        self.silent = False
        self._waiting: dict[str, Waiting] = {}
        self._lock = threading.Lock()

    def ticket(self) -> str:
        """The address of a new connection; good once. Refuses the eleventh with too_many_websockets."""
        ticket = self._state.number("ticket")
        with self._lock:
            if len(self.open) >= MOST:
                raise Refusal("too_many_websockets")
            if self._server is None:
                self._server = serve(self._run, "127.0.0.1", 0, process_request=self._admit, ping_interval=None)
                threading.Thread(target=self._server.serve_forever, name="slack-sockets", daemon=True).start()
            self._tickets.add(ticket)
            port = self._server.socket.getsockname()[1]
            return f"ws://127.0.0.1:{port}/link/?ticket={ticket}&app_id={self._state.app.id}"

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            for each in list(self.open):
                _cut(each)

    def disconnect(self, hard: bool = False, reason: str = "refresh_requested") -> None:
        """All connections end: `hard` without a word, otherwise with Slack's `disconnect` message before. From here on
        nothing goes to them; a new one may be there before the last of them has ended."""
        with self._lock:
            ended, self.open[:] = list(self.open), []
        for each in ended:
            if hard:
                _cut(each)
                continue
            with suppress(ConnectionClosed):
                each.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}))
                each.close()

    def event(self, sending: Sending) -> Answer:
        """Send an event and wait for its acknowledgement."""
        return self._deliver("events_api", sending.payload, sending.retry, sending.reason)

    def send(self, kind: str, payload: Json) -> Answer:
        """Send an interaction; its acknowledgement may hold an answer."""
        return self._deliver(kind, payload, 0, "")

    def _deliver(self, kind: str, payload: Json, retry: int, reason: str) -> Answer:
        identity = self._state.number("envelope")
        with self._lock:
            if not self.open:
                return Answer(0, reason="no_connection")
            connection = self._state.random.choice(self.open)
            waiting = self._waiting[identity] = Waiting()
        envelope: Json = {"envelope_id": identity, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind in ACCEPTS_ANSWER
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        try:
            connection.send(json.dumps(envelope))
        except (ConnectionClosed, OSError):
            return Answer(0, reason="connection_failed")
        acknowledged = waiting.done.wait(self._state.delivery.timeout)
        with self._lock:
            self._waiting.pop(identity, None)
        if not acknowledged:
            return Answer(0, reason="timeout")
        body = json.dumps(waiting.answer).encode() if waiting.answer else b""
        return Answer(200, body, "application/json" if body else "")

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        ticket = request.path.partition("ticket=")[2].partition("&")[0]
        with self._lock:
            if ticket not in self._tickets:
                return connection.respond(403, "the ticket was used, or never given\n")
            self._tickets.remove(ticket)
        return None

    def _run(self, connection: ServerConnection) -> None:
        with self._lock:
            self.open.append(connection)
            number = len(self.open)
        info = {"app_id": self._state.app.id}
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": number, "connection_info": info, "debug_info": debug}
        try:
            if not self.silent:
                connection.send(json.dumps(hello))
            for message in connection:
                self._acknowledge(json.loads(message))
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._lock:
                if connection in self.open:
                    self.open.remove(connection)

    def _acknowledge(self, message: Json) -> None:
        identity = str(message.get("envelope_id", ""))
        with self._lock:
            self.acknowledged.append(identity)
            waiting = self._waiting.get(identity)
        if waiting:
            waiting.answer = message.get("payload")
            waiting.done.set()


def _cut(connection: ServerConnection) -> None:
    """As when a cable is pulled: no closing handshake."""
    with suppress(OSError):
        connection.socket.shutdown(2)
