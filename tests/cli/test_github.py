"""`github` on the command line: the manifest alone on standard output, secrets into files alone, and a check that fails
if something is not so."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.github import GitHub, serving

SOURCE = Path(__file__).parent.parent.parent / "src"
REPOSITORY = "halden-ferries/CloudProject"
SETTINGS = f'[issue]\ntracker = "github"\n[github]\nrepository = "{REPOSITORY}"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert run(tmp_path, "init", "--name", "Ana Ruiz").returncode == 0
    (tmp_path / "musterpoint.toml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving() as running:
        running.repository(REPOSITORY)
        yield running


def run(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MUSTERPOINT_", "GITHUB_"))}
    environment = kept | {"MUSTERPOINT_HOME": str(home), "DATABASE_URL": "", "PYTHONPATH": str(SOURCE)} | variables
    command = [sys.executable, "-m", "musterpoint.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def keys(github: GitHub) -> dict[str, str]:
    return {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token}


# --- the manifest --------------------------------------------------------------------------------------------------


def test_the_manifest_is_all_that_is_printed(home: Path) -> None:
    made = run(home, "github", "manifest", MUSTERPOINT_ADDRESS="https://incidents.example.com")
    assert made.returncode == 0
    shape = json.loads(made.stdout)
    assert shape["hook_attributes"]["url"] == "https://incidents.example.com/hooks/github"
    made = run(home, "github", "manifest", "--address", "https://other.example.com")
    assert json.loads(made.stdout)["hook_attributes"]["url"] == "https://other.example.com/hooks/github"
    assert "hook_attributes" not in json.loads(run(home, "github", "manifest", "--poll-only").stdout)


def test_without_an_address_it_is_refused_with_what_to_do(home: Path) -> None:
    refused = run(home, "github", "manifest")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "MUSTERPOINT_ADDRESS" in refused.stderr
    assert "github manifest --poll-only" in refused.stderr


def test_a_page_is_written_once_which_posts_it_to_the_owner(home: Path, tmp_path: Path) -> None:
    words = ["github", "manifest", "--poll-only", "--to", str(tmp_path / "app.html"), "--format", "json"]
    made = run(home, *words, "--organisation", "kelp-and-co")
    assert json.loads(made.stdout)["posts_to"] == ["https://github.com/organizations/kelp-and-co/settings/apps/new"]
    assert "/organizations/kelp-and-co/settings/apps/new" in (tmp_path / "app.html").read_text()
    again = run(home, *words)
    assert json.loads(again.stderr)["error"]["code"] == "exists"
    words[4] = str(tmp_path / "own.html")
    own = run(home, *words, GITHUB_URL="https://git.example.com")
    assert json.loads(own.stdout)["posts_to"][0].startswith("https://git.example.com/organizations/halden-ferries/")


# --- the app -------------------------------------------------------------------------------------------------------


def test_a_code_becomes_two_files_that_only_their_owner_reads(home: Path, github: GitHub) -> None:
    address = f"https://incidents.example.com/settings/github?code={github.manifest_code()}"
    made = run(home, "github", "app", address, GITHUB_API_URL=github.url)
    assert made.returncode == 0, made.stderr
    secrets = {home / "github-app.pem": github.private_key, home / "github-webhook-secret": github.webhook_secret}
    for file, secret in secrets.items():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text().strip() == secret.strip()
        assert secret.strip() not in made.stdout + made.stderr
    set_ = dict(line.split("=", 1) for line in made.stdout.splitlines() if line.startswith("GITHUB_"))
    done = run(home, "github", "check", GITHUB_API_URL=github.url, **set_)
    assert "✓ credentials  GitHub accepts the key of the app Musterpoint." in done.stdout
    assert done.returncode == 0, done.stdout


def test_the_key_of_another_app_is_kept_and_the_code_with_it(home: Path, github: GitHub) -> None:
    (home / "github-app.pem").write_text("another")
    code = github.manifest_code()
    refused = run(home, "github", "app", code, "--format", "json", GITHUB_API_URL=github.url)
    assert refused.returncode == 1
    assert json.loads(refused.stderr)["error"]["code"] == "exists"
    assert (home / "github-app.pem").read_text() == "another"
    made = run(home, "github", "app", code, "--force", "--format", "json", GITHUB_API_URL=github.url)
    assert made.returncode == 0, made.stderr
    shape = json.loads(made.stdout)
    assert shape["app"] == str(github.app_id)
    assert shape["environment"]["GITHUB_APP_PRIVATE_KEY_FILE"] == str(home / "github-app.pem")
    assert "BEGIN" not in made.stdout
    assert (home / "github-app.pem").read_text().strip() == github.private_key.strip()
    assert sorted(each.name for each in home.glob(".github*")) == []


def test_a_code_that_is_none_leaves_nothing_behind(home: Path, github: GitHub) -> None:
    refused = run(home, "github", "app", "no-such-code", GITHUB_API_URL=github.url)
    assert refused.returncode == 1
    assert "musterpoint github manifest" in refused.stderr
    assert list(home.glob("*github*")) == []


# --- the check -----------------------------------------------------------------------------------------------------


def test_the_check_says_what_works_and_fails_if_something_is_missing(home: Path, github: GitHub) -> None:
    done = run(home, "github", "check", **keys(github))
    assert done.returncode == 0, done.stdout
    assert f"✓ repository   {REPOSITORY} is there, and has issues. It is private." in done.stdout
    assert done.stdout.endswith("Everything works.\n")
    github.repo(REPOSITORY).labels.clear()
    done = run(home, "github", "check", "--format", "json", **keys(github))
    assert done.returncode == 1
    shape = json.loads(done.stdout)
    told = {each["name"]: each for each in shape["tried"]}
    assert (shape["ok"], told["labels"]["works"], told["labels"]["needed"]) == (False, False, True)
    assert "New label" in told["labels"]["hint"]


def test_what_could_be_better_fails_nothing(home: Path, github: GitHub) -> None:
    (home / "musterpoint.toml").write_text(f'{SETTINGS}type = "Bug"\n')
    github.fails("GET", "/orgs/halden-ferries/issue-types", 403, message="Resource not accessible")
    done = run(home, "github", "check", **keys(github))
    assert done.returncode == 0
    assert "! type         Whether there is the type Bug, we must not see." in done.stdout
    assert done.stdout.endswith("Everything works.\n")


def test_it_says_where_nothing_is_used_of_this_yet(home: Path, github: GitHub) -> None:
    (home / "musterpoint.toml").write_text(f'[github]\nrepository = "{REPOSITORY}"\n')
    done = run(home, "github", "check", **keys(github))
    assert done.stdout.startswith('! [issue] tracker is not "github" yet')
    assert done.returncode == 0


def test_check_shows_what_hinders_github(home: Path, github: GitHub) -> None:
    github.revoke()
    assert run(home, "github", "check", **keys(github)).returncode == 1
    done = run(home, "check", **keys(github))
    assert done.returncode == 1
    assert "✗ [issue] tracker GitHub does not accept our token any more." in done.stdout
    done = run(home, "check", GITHUB_API_URL=github.url)
    assert "✗ [issue] tracker GITHUB_TOKEN is empty" in done.stdout


def test_check_asks_github_what_it_needs(home: Path, github: GitHub) -> None:
    github.repo(REPOSITORY).labels.clear()
    done = run(home, "check", "--format", "json", **keys(github))
    told = [each for each in json.loads(done.stdout)["problems"] if each["where"] == "[issue] tracker"]
    assert [each["message"] for each in told] == ["does not work now: Not there: incident."]


def test_the_command_line_pays_for_github_only_where_it_is_used(home: Path) -> None:
    (home / "musterpoint.toml").write_text("")
    story = """
import sys
from musterpoint.cli.main import main
for words in (["declare", "It burns"], ["show", "1"], ["check"], ["github", "manifest", "--poll-only"]):
    main(words)
heavy = ("httpx", "jwt", "musterpoint.integrations.github.calling")
print(sorted(each for each in sys.modules if each in heavy))
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
