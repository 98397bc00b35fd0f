"""The other side: a chat behind the bridge's protocol, in a process of its own, that fails as servers do.

`python -m tests.faults.recorder FOLDER SEED` writes its port to FOLDER/port once it listens, and to FOLDER/log one line
of JSON for each thing that happened, flushed to disk before anything is answered. A POST is always stored, even with a
key that is there already: the log tells how often each key happened.

FOLDER/mood is read with every request: `calm`; `wild` (after the write it answers late, never, or hangs up; or 503
before the write; at most three times for one key); `silent` (stores, never answers); `busy` (429 with Retry-After for
texts with the word "busy", once each); `strict` (400 for texts with the word "poison").
"""

from __future__ import annotations

import json
import os
import random
import select
import socket
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

#: How long, in seconds, a connection is held whose client does not give up.
PATIENCE = 30.0
#: What the Retry-After of a busy server says, in seconds.
RETRY_AFTER = 4
#: So often it fails for one key in the mood `wild`.
FAILURES = 3


class Chat:
    """What is stored, and the log."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder, self.seed = folder, seed
        self.first: dict[str, str] = {}
        self.known: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.log = (folder / "log").open("a", encoding="utf-8")

    def mood(self) -> str:
        return (self.folder / "mood").read_text().strip()

    def note(self, what: str, key: str, **more: str) -> None:
        """Append to the log and flush it to disk. The caller holds the lock."""
        self.log.write(json.dumps({"at": time.time(), "what": what, "key": key, **more}) + "\n")
        self.log.flush()
        os.fsync(self.log.fileno())

    def store(self, key: str, text: str) -> str:
        with self.lock:
            external = f"m{len(self.known) + 1}"
            self.known.add(external)
            self.first.setdefault(key, external)
            self.note("stored", key, external=external, text=text)
            return external

    def fate(self, what: str, key: str) -> str:
        """What a wild server does with this request: the same for the same seed, key and number of the request."""
        with self.lock:
            self.asked[f"{what} {key}"] += 1
            number = self.asked[f"{what} {key}"]
            dice = random.Random(f"{self.seed} {what} {key} {number}")
            fates = {"POST": ["late", "late", "never", "hang up", "503"], "PUT": ["503", "never"], "GET": ["503"]}[what]
            fate = dice.choice(fates) if dice.random() < {"POST": 0.6}.get(what, 0.15) else "well"
            if fate not in ("well", "late"):
                self.failed[key] += 1
                fate = fate if self.failed[key] <= FAILURES else "well"
            return fate


class Request(BaseHTTPRequestHandler):
    chat: Chat

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key, text, mood = body["key"], body["text"], self.chat.mood()
        fate = self.chat.fate("POST", key) if mood == "wild" else ("never" if mood == "silent" else "well")
        if mood == "strict" and "poison" in text:
            self.refuse(400, key)
        elif mood == "busy" and "busy" in text and key not in self.chat.failed:
            self.chat.failed[key] += 1
            self.refuse(429, key)
        elif fate == "503":
            self.refuse(503, key)
        else:
            external = self.chat.store(key, text)
            self.answer(fate, 201, {"external": external, "url": f"http://chat.example/{external}"})

    def do_GET(self) -> None:
        key = parse_qs(urlsplit(self.path).query)["key"][0]
        if self.chat.mood() == "wild" and self.chat.fate("GET", key) == "503":
            self.refuse(503, key)
            return
        with self.chat.lock:
            external = self.chat.first.get(key)
            self.chat.note("found" if external else "not found", key)
        self.answer("well", 200 if external else 404, {"external": external} if external else {})

    def do_PUT(self) -> None:
        external = unquote(self.path.rpartition("/")[2])
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fate = self.chat.fate("PUT", external) if self.chat.mood() == "wild" else "well"
        if fate == "503":
            self.refuse(503, external)
            return
        with self.chat.lock:
            there = external in self.chat.known
            self.chat.note("changed" if there else "not there", external, text=body["text"])
        self.answer(fate, 200 if there else 404, {})

    def refuse(self, status: int, key: str) -> None:
        with self.chat.lock:
            self.chat.note(f"answered {status}", key)
        self.answer("well", status, {}, RETRY_AFTER if status == 429 else None)

    def answer(self, fate: str, status: int, content: dict[str, Any], retry_after: int | None = None) -> None:
        if fate == "late":
            time.sleep(random.Random().uniform(0, 0.3))
        elif fate == "never":
            self.hold()
            return
        elif fate == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        self.wfile.write(body)

    def hold(self) -> None:
        """Until the client gives up: what can be read then is the end of the connection."""
        select.select([self.connection], [], [], PATIENCE)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed hears no answer: that is the point."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main(folder: Path, seed: str) -> None:
    Request.chat = Chat(folder, seed)
    with Server(("127.0.0.1", 0), Request) as server:
        part = folder / "port.part"
        part.write_text(str(server.server_address[1]))
        part.replace(folder / "port")
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
