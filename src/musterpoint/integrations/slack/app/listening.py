"""Hears the workspace without a public address: Socket Mode, in the processes that have an engine.

Each envelope is stored before it is acknowledged; one that could not be stored is not acknowledged, and Slack sends it
again (https://docs.slack.dev/apis/events-api/using-socket-mode#acknowledge). While no connection is there events are
lost: each (re)connection names the gap. Where Slack calls us instead (HTTP), whoever serves the pages can hear.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.utils import timezone

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import gaps
from musterpoint.integrations.slack.app.keys import Keys, keys, missing
from musterpoint.store import models

if TYPE_CHECKING:
    from slack_sdk.socket_mode.builtin import SocketModeClient
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger("musterpoint.slack")

#: Seconds between two looks at the connection, between two signs of life, and until the next try to connect.
LOOK, BEAT, AGAIN = 1.0, 4.0, 5.0
#: Seconds that whoever ends it waits for a turn that has begun.
ENDS = 3.0
#: Of what hinders the connection: see `models.Trouble`.
PLACE = "Socket Mode"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hello:
    """Slack greeted a connection at that time; `others`: it had more of ours then."""

    at: datetime
    session: str | None
    others: bool


def begin(process: Process, *, called: bool, engine: bool) -> Callable[[], None]:
    """Begin to hear, in a thread of its own: Slack or the database may be away now. Returns what ends it.

    `called`: this process answers Slack's requests; `engine`: it has the engine, and so the line of Socket Mode.
    """
    if why := missing():
        log.warning("nothing is heard from Slack: %s", why)
        return lambda: None
    found = keys()
    if not (engine if found.app else called):
        return lambda: None
    ear = Socket(process, found) if found.app else Ear()
    ear.thread.start()
    return ear.end


class Ear:
    """Of a process that Slack calls: while it lives, it can hear."""

    def __init__(self) -> None:
        self.over, self.nudge = threading.Event(), threading.Event()
        self.begun, self.told_at = False, NEVER
        self.thread = threading.Thread(target=self.run, name="slack-listening", daemon=True)

    def run(self) -> None:
        while not self.over.is_set():
            close_old_connections()
            try:
                self.turn()
            except Exception:  # the edge: whatever is away may be back at the next turn
                log.exception("listening to Slack")
            finally:
                connection.close()
            self.nudge.wait(LOOK)
            self.nudge.clear()

    def turn(self) -> None:
        now = timezone.now()
        if not self.begun:
            gaps.begin(now)
            self.begun = True
        self.listen(now)

    def listen(self, now: datetime) -> None:
        if now - self.told_at >= timedelta(seconds=BEAT):
            gaps.alive(now)
            self.told_at = now

    def end(self) -> None:
        """What is being noted is noted still."""
        self.over.set()
        self.nudge.set()
        self.thread.join(ENDS)


class Socket(Ear):
    """A connection of ours to the workspace. `proof` is the last time at which it is known to have been there."""

    def __init__(self, process: Process, found: Keys) -> None:
        super().__init__()
        self.process, self.keys = process, found
        self.client: SocketModeClient | None = None
        self.proof: datetime | None = None
        self.hello: Hello | None = None
        self.session: str | None = None
        self.tried_at = NEVER

    def listen(self, now: datetime) -> None:
        """What lies between the last connection and this one is settled before anything is noted of this one."""
        if (hello := self.hello) is not None:
            gaps.connected(hello.at, self.proof, others=hello.others)
            self.proof, self.session = hello.at, hello.session
            self.hello = None if self.hello is hello else self.hello
        if self.client is None or not self.client.is_connected() or _is_cut(self.client):
            if now - self.tried_at >= timedelta(seconds=AGAIN):
                self.tried_at = now
                self.connect(now)
        elif self.client.session_id() == self.session:
            self.proof = max(filter(None, (self.proof, _pong(self.client))), default=None)
            if self.proof is not None and self.proof - self.told_at >= timedelta(seconds=BEAT):
                gaps.beat(self.proof)
                self.told_at = self.proof

    def connect(self, now: datetime) -> None:
        from slack_sdk.errors import SlackApiError

        if self.client is None:
            self.client = _client(self.keys, self.process.timeout)
            self.client.on_message_listeners.append(self.greeted)
            self.client.socket_mode_request_listeners.append(self.envelope)
        try:
            self.client.connect_to_new_endpoint()
        except SlackApiError as error:
            _hindered(str(error.response.get("error") or error.response.status_code), now)
        except OSError as error:
            log.warning("no connection to Slack: %s", error)
        else:
            models.Trouble.objects.filter(source="slack", place=PLACE).delete()

    def greeted(self, raw: str) -> None:
        """Slack greets each connection: https://docs.slack.dev/apis/events-api/using-socket-mode#connect. Called where
        its messages are received, so that it is the session that is there now."""
        if '"hello"' not in raw[:200]:
            return
        message = json.loads(raw)
        if message.get("type") == "hello" and self.client is not None:
            others = int(message.get("num_connections") or 1) > 1
            self.hello = Hello(timezone.now(), self.client.session_id(), others)
            self.tried_at = NEVER  # if it is cut now, the next is tried at once
            self.nudge.set()

    def envelope(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Stored, then acknowledged."""
        from slack_sdk.socket_mode.response import SocketModeResponse

        from musterpoint.integrations.slack.app import hearing

        close_old_connections()
        try:
            reply = hearing.heard(request.type, request.payload, self.process, timezone.now())
        except Exception:  # the edge: it is not acknowledged and comes again
            log.exception("could not store what Slack sent")
            return
        finally:
            connection.close()
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload=reply))

    def end(self) -> None:
        super().end()
        if self.client is not None:
            self.client.closed, self.client.auto_reconnect_enabled = True, False
            with suppress(OSError, AttributeError):  # whoever reads from it would wait some seconds more
                self.client.current_session.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]  # may be gone
            self.client.close()


def _client(found: Keys, timeout: float) -> SocketModeClient:
    from slack_sdk import WebClient
    from slack_sdk.socket_mode.builtin import SocketModeClient

    quiet = logging.getLogger("musterpoint.slack.socket")
    quiet.setLevel(logging.CRITICAL)  # connections come and go: the gaps tell of it
    web = WebClient(base_url=found.url, timeout=max(1, round(timeout)), retry_handlers=[])
    return SocketModeClient(found.app, logger=quiet, web_client=web, receive_buffer_size=16 * 1024)


def _hindered(code: str, now: datetime) -> None:
    """What a person has to mend: https://docs.slack.dev/reference/methods/apps.connections.open#errors"""
    told = {
        "message": f"Slack does not let us connect by Socket Mode ({code}).",
        "hint": "Look at SLACK_APP_TOKEN: an app-level token with the scope connections:write (docs/slack.md).",
    }
    rows = models.Trouble.objects.filter(source="slack", place=PLACE)
    if not rows.filter(code=code[:60]).exists():
        rows.update_or_create(source="slack", place=PLACE, defaults={**told, "code": code[:60], "since": now})


def _pong(client: SocketModeClient) -> datetime | None:
    """When the last ping was sent that was answered."""
    session = client.current_session
    at = session.last_ping_pong_time if session is not None else None
    return datetime.fromtimestamp(at, UTC) if at is not None else None


def _is_cut(client: SocketModeClient) -> bool:
    """Whether the other side is gone without a word, which slack_sdk itself notices some pings later. If so, it is
    told."""
    session = client.current_session
    try:
        with socket.socket(fileno=os.dup(session.sock.fileno())) as same:  # type: ignore[union-attr]  # gone: see below
            gone = same.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False  # nothing has come, nothing has ended
    except (OSError, AttributeError):
        gone = True
    if gone and session is not None:
        session.disconnect()
    return gone
