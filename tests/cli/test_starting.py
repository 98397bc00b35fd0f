"""What hinders a chat from being listened to is said before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_running import environment, run

KEYS = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose chat is Slack, without any key."""
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    home = tmp_path / "home"
    assert run(home, "init").returncode == 0
    (home / "musterpoint.toml").write_text('[chat]\nprovider = "slack"\n')
    return home


@pytest.mark.parametrize("verb", ["serve", "web", "worker"])
def test_an_empty_signing_secret_refuses_to_start(home: Path, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SLACK_BOT_TOKEN is empty" in run(home, verb).stderr
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up")
    for secret in ("", "  "):
        monkeypatch.setenv("SLACK_SIGNING_SECRET", secret)
        done = run(home, verb)
        assert done.returncode == 1
        assert "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both empty" in done.stderr
        assert "docs/slack.md" in done.stderr
    assert not list((home / "processes").glob("*"))


@pytest.mark.parametrize("key", ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"])
def test_one_way_to_be_told_is_enough(home: Path, key: str) -> None:
    keys = {"SLACK_BOT_TOKEN": "xoxb-made-up", key: "made-up", "SLACK_API_URL": "http://127.0.0.1:9/"}
    command = [sys.executable, "-m", "musterpoint.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, env={**environment(home), **keys}, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = ""
        for line in process.stderr:
            told += line
            if "health:" in line:
                break
        process.terminate()
        process.communicate(timeout=60)
    assert "Stop it with Ctrl-C" in told


def test_other_verbs_go_on_without(home: Path) -> None:
    assert run(home, "list").returncode == 0
    assert os.environ.get("SLACK_BOT_TOKEN") is None
