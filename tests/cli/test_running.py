"""What every run of the command line shares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), "MUSTERPOINT_HOME": str(home), "DATABASE_URL": ""}


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "musterpoint.cli", *words]
    return subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A home whose database lacks the last migration."""
    home = tmp_path / "home"
    assert run(home, "init").returncode == 0
    story = "import django; django.setup(); from django.core.management import call_command as call\n"
    story += "call('migrate', 'store', '0002', interactive=False, verbosity=0)"
    settings = {"DJANGO_SETTINGS_MODULE": "musterpoint.settings"}
    subprocess.run([sys.executable, "-c", story], env=environment(home) | settings, check=True, timeout=60)
    return home


@pytest.mark.parametrize("words", [("list",), ("declare", "It burns"), ("worker",)])
def test_an_older_schema_is_refused_with_what_to_do(older: Path, words: tuple[str, ...]) -> None:
    done = run(older, *words)
    assert done.returncode == 1
    assert "musterpoint migrate" in done.stderr
    assert run(older, "migrate").returncode == 0
    assert run(older, "list").returncode == 0


def test_serve_brings_an_older_schema_up_to_date_itself(older: Path) -> None:
    command = [sys.executable, "-m", "musterpoint.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment(older), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        process.terminate()
        process.communicate(timeout=60)
    assert any("brought up to date" in line for line in said), said
    assert run(older, "list").returncode == 0


def test_what_was_decided_is_told_even_if_the_chat_does_not_answer(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "init")
    (home / "musterpoint.toml").write_text('[chat]\nprovider = "bridge"\nurl = "http://127.0.0.1:9"\ntimeout = 0.5\n')
    done = run(home, "declare", "Checkout answers 502", "--wait", "1")
    assert done.returncode == 0
    assert "Incident 1 declared" in done.stdout
    assert "still on the way" in done.stdout
    assert "thread:1" in run(home, "effects").stdout
