"""`slack` on the command line: the manifest alone on standard output, and a check that fails if something is not so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slack.workspace import Workspace, serving

SOURCE = Path(__file__).parent.parent.parent / "src"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert run(tmp_path, "init", "--name", "Ana Ruiz").returncode == 0
    (tmp_path / "musterpoint.toml").write_text('[chat]\nprovider = "slack"\n')
    return tmp_path


def run(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MUSTERPOINT_", "SLACK_"))}
    environment = kept | {"MUSTERPOINT_HOME": str(home), "DATABASE_URL": "", "PYTHONPATH": str(SOURCE)} | variables
    command = [sys.executable, "-m", "musterpoint.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_manifest_is_all_that_is_printed(home: Path) -> None:
    made = run(home, "slack", "manifest", MUSTERPOINT_ADDRESS="https://incidents.example.com")
    assert made.returncode == 0
    shape = json.loads(made.stdout)
    url = "https://incidents.example.com/hooks/slack"
    assert shape["settings"]["event_subscriptions"]["request_url"] == url
    assert json.loads(run(home, "slack", "manifest", "--socket").stdout)["settings"]["socket_mode_enabled"] is True


def test_without_an_address_it_is_refused_with_what_to_do(home: Path) -> None:
    refused = run(home, "slack", "manifest")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "MUSTERPOINT_ADDRESS" in refused.stderr
    assert "slack manifest --socket" in refused.stderr


def keys(workspace: Workspace) -> dict[str, str]:
    return {
        "SLACK_API_URL": workspace.url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
    }


def test_the_check_says_what_works_and_fails_if_something_is_missing(home: Path) -> None:
    with serving() as workspace:
        channel = workspace.channel("dept-engineering")
        done = run(home, "slack", "check", **keys(workspace))
        assert done.returncode == 0, done.stdout
        assert "✓ channel    #dept-engineering is there, and the app is in it." in done.stdout
        assert done.stdout.endswith("Everything works.\n")
        workspace.remove_app(channel)
        done = run(home, "slack", "check", "--format", "json", **keys(workspace))
    assert done.returncode == 1
    told = {each["name"]: each for each in json.loads(done.stdout)["tried"]}
    assert not told["channel"]["works"]
    assert "/invite @Musterpoint" in told["channel"]["hint"]


def test_check_shows_what_hinders_slack(home: Path) -> None:
    with serving() as workspace:
        workspace.revoke_token()
        assert run(home, "slack", "check", **keys(workspace)).returncode == 1
        done = run(home, "check", **keys(workspace))
    assert done.returncode == 1
    assert "✗ [chat] Slack does not accept our token any more (token_revoked)." in done.stdout


@pytest.mark.parametrize("verb", ["serve", "worker", "web"])
def test_nothing_starts_with_an_empty_signing_secret_and_no_socket(home: Path, verb: str) -> None:
    done = run(home, verb, SLACK_BOT_TOKEN="xoxb-fake-bot")
    assert done.returncode == 1
    assert "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both empty" in done.stderr


def test_the_command_line_pays_for_slack_only_where_it_is_used(home: Path) -> None:
    (home / "musterpoint.toml").write_text("")
    story = """
import sys
from musterpoint.cli.main import main
for words in (["declare", "It burns"], ["show", "1"], ["check"]):
    main(words)
print(sorted(each for each in sys.modules if each.startswith(("slack_sdk", "musterpoint.integrations.slack"))))
"""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", story],
        env=environment | {"MUSTERPOINT_HOME": str(home), "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
