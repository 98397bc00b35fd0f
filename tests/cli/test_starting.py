"""What hinders the chat or the tracker from working at all is said before anything starts."""

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
    assert "Stop it with Ctrl-C" in begun(home, keys)


def begun(home: Path, keys: dict[str, str]) -> str:
    """What `serve` says until it listens."""
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
    return told


def test_other_verbs_go_on_without(home: Path) -> None:
    assert run(home, "list").returncode == 0
    assert os.environ.get("SLACK_BOT_TOKEN") is None


# --- issues on GitHub ----------------------------------------------------------------------------------------------


@pytest.fixture
def tracked(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose issues are on GitHub, without a repository or credentials."""
    for key in ("GITHUB_TOKEN", "GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET"):
        monkeypatch.delenv(key, raising=False)
    (home / "musterpoint.toml").write_text('[issue]\ntracker = "github"\n')
    return home


@pytest.mark.parametrize("verb", ["serve", "web", "worker"])
def test_without_a_repository_or_credentials_nothing_starts(tracked: Path, verb: str) -> None:
    done = run(tracked, verb)
    assert done.returncode == 1
    assert "[github] repository is empty" in done.stderr
    assert "musterpoint github check" in done.stderr
    settings = '[issue]\ntracker = "github"\n[github]\nrepository = "halden-ferries/CloudProject"\n'
    (tracked / "musterpoint.toml").write_text(settings)
    done = run(tracked, verb)
    assert done.returncode == 1
    assert "GITHUB_TOKEN is empty" in done.stderr


def test_without_a_webhook_secret_it_starts_and_says_how_it_is_told(tracked: Path) -> None:
    settings = '[issue]\ntracker = "github"\n[github]\nrepository = "halden-ferries/CloudProject"\n'
    (tracked / "musterpoint.toml").write_text(settings)
    keys = {"GITHUB_TOKEN": "made-up", "GITHUB_API_URL": "http://127.0.0.1:9"}
    told = begun(tracked, keys)
    assert "GitHub is asked every 60 seconds what has changed. It does not call us" in told
    assert "Stop it with Ctrl-C" in told
