"""The workspace as a process of its own, the sender of load, and the archive that it exports."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from musterpoint.integrations.slack.files import read_export
from tests.slack.conftest import Scene
from tests.slack.load import load
from tests.slack.remote import ROOT, started


class Receiver(BaseHTTPRequestHandler):
    """Takes events in over HTTP, and answers 200 if their signature holds."""

    protocol_version = "HTTP/1.1"
    taken: list[dict[str, Any]] = []
    secret = "a-made-up-signing-secret"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fine = SignatureVerifier(self.secret).is_valid_request(body, dict(self.headers))
        self.taken.append(json.loads(body))
        self.send_response(200 if fine else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.taken.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/slack/"
        server.shutdown()
        thread.join()


def test_a_process_of_its_own_is_driven_from_outside(receiver: str) -> None:
    with started("--deliver-to", receiver, "--start", "2026-03-02T09:00:00") as remote:
        state = remote("state")
        ana = remote("user", handle="ana", name="Ana Ortiz")
        channel = remote("channel", name="dept-engineering", members=[ana])
        ts = remote("say", user=ana, channel=channel, text="down")
        client = WebClient("xoxb-fake-bot", base_url=remote.url)
        assert client.auth_test()["user_id"] == state["app"]["user"]
        client.chat_postMessage(channel=channel, thread_ts=ts, text="looking")
        assert [each["text"] for each in remote("messages", channel=channel)] == ["down", "looking"]
        remote("settle")
        assert [each["event"]["text"] for each in Receiver.taken] == ["down", "looking"]
        remote("set", limits="real", scopes=["chat:write"])
        assert remote("move", seconds=60) == "2026-03-02T09:01:00+00:00"
        with pytest.raises(AssertionError, match="nothing to press"):
            remote("press", user=ana, channel=channel, ts=ts, action_id="resolve")


def test_events_by_http_reach_an_address_and_a_dead_one_is_tried_again(scene: Scene, receiver: str) -> None:
    scene.workspace.deliver_to("http://127.0.0.1:9/nobody")
    scene.workspace.say(scene.ana, scene.channel, "down")
    scene.workspace.settle()
    assert [each.answers for each in scene.workspace.delivery.sent] == [[0, 0], [0, 0]]
    scene.workspace.deliver_to(receiver)
    scene.workspace.clock.move(60)
    scene.workspace.settle()
    assert [each["event"]["text"] for each in Receiver.taken] == ["down"]


def test_load_is_sent_at_its_rate_and_each_answer_timed(receiver: str) -> None:
    measured = load(receiver, Receiver.secret, rate=50, seconds=1, thread="1772442000.000000")
    assert (measured.sent, measured.failed, len(measured.latencies)) == (50, 0, 50)
    assert 0.9 < measured.took < 10
    assert 0 < measured.p50 <= measured.p95 <= measured.p99 <= measured.worst
    assert len({each["event_id"] for each in Receiver.taken}) == 50
    refused = load(receiver, "another secret", rate=10, seconds=0.2)
    assert refused.failed == 2


def test_an_export_has_each_reply_in_the_file_of_its_own_day(scene: Scene, tmp_path: Path) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "down")
    scene.workspace.clock.move(20 * 3600)
    scene.workspace.reply(scene.ben, scene.channel, root, "up again")
    folder = scene.workspace.export(scene.channel, tmp_path / "export")
    files = sorted(each.name for each in (folder / "dept-engineering").iterdir())
    assert files == ["2026-03-02.json", "2026-03-03.json"]
    read = read_export(folder, "dept-engineering", root)
    assert [message["text"] for message in read.messages] == ["down", "up again"]
    assert (read.channel_id, read.names.by_id[scene.ana]) == (scene.channel, "Ana Ortiz")


def test_the_workspace_loads_neither_django_nor_the_product() -> None:
    story = "import sys, tests.slack.__main__; print(sorted({'django', 'musterpoint'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", story], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    assert run.stdout.strip() == "[]"
