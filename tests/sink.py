"""A small mail server on this machine, as much of SMTP as a client needs; it keeps what it takes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default


class Sink(socketserver.ThreadingTCPServer):
    """`says` replaces the answer to a command (`RCPT`, `DATA`, `.` for the end of a mail); None hangs up instead."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.says: dict[str, str | None] = {}
        self.taken: list[tuple[list[str], Message]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    """One client."""

    server: Sink

    def handle(self) -> None:
        receivers: list[str] = []
        if not self._answers("", "220 sink"):
            return
        while line := self.rfile.readline():
            verb = line[:4].decode().strip().upper()
            if verb == "RCPT":
                receivers.append(line.decode().partition("<")[2].partition(">")[0])
            if not self._answers(verb, "354 go on" if verb == "DATA" else "250 fine"):
                return
            if verb == "QUIT":
                return
            if verb == "DATA" and "DATA" not in self.server.says:
                self._takes(receivers)
                receivers = []
                if not self._answers(".", "250 taken"):
                    return

    def _takes(self, receivers: list[str]) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.taken.append((receivers, message_from_bytes(b"".join(lines), policy=default)))

    def _answers(self, verb: str, usual: str) -> bool:
        answer = self.server.says.get(verb, usual)
        if answer is None:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True


@contextmanager
def sink() -> Iterator[Sink]:
    with Sink() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
