"""Installing as docs/install.md says: from the wheel, in an empty environment; and its snippets name what there is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from musterpoint.cli.arguments import parse
from musterpoint.core.process import Process
from musterpoint.process import SETTINGS
from tests.test_docs import DOCS, ROOT, sections

TEXT = (DOCS / "install.md").read_text()
PROGRAM = "/opt/musterpoint/bin/musterpoint "


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> Iterator[str]:
    """Every command line of ours that the document names."""
    for unit in blocks("ini"):
        yield from re.findall(rf"^ExecStart={PROGRAM}(.+)$", unit, re.MULTILINE)
    for script in blocks("sh"):
        yield from re.findall(r"^musterpoint (.+?)(?: +#.*)?$", script, re.MULTILINE)


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_one(command: str) -> None:
    assert parse(shlex.split(command.replace("%i", "8001"))) is not None


def test_the_units_run_serve_web_worker_and_backup() -> None:
    assert {each.split()[0] for each in commands()} >= {"serve", "web", "worker", "backup", "init", "migrate"}


def test_every_variable_is_one() -> None:
    named = {name for block in blocks("ini") for name in re.findall(r"^([A-Z][A-Z_]+)=", block, re.MULTILINE)}
    assert named >= {"MUSTERPOINT_HOME", "MUSTERPOINT_ADDRESS", "DATABASE_URL", "SMTP_URL", "MAIL_FROM"}
    assert named <= {each for each in sections("configuration.md") if not each.startswith("[")}


def test_every_setting_is_one() -> None:
    named = {
        (section, key) for block in blocks("toml") for section, keys in tomllib.loads(block).items() for key in keys
    }
    named |= set(re.findall(r"`\[(\w+)\] (\w+)`", TEXT))
    assert ("server", "trusted_proxy") in named
    assert named <= set(SETTINGS)


def test_the_proxies_reach_the_ports_that_we_listen_on() -> None:
    started = set(re.findall(r"musterpoint-web@(\d+)", TEXT)) | {str(Process().port)}
    proxied = {each for block in blocks("caddy") + blocks("nginx") for each in re.findall(r"127\.0\.0\.1:(\d+)", block)}
    assert proxied == started


def test_every_file_of_ours_that_a_unit_needs_is_made_in_the_document() -> None:
    for unit in blocks("ini"):
        for file in re.findall(r"^EnvironmentFile=(\S+)$", unit, re.MULTILINE):
            assert f"/dev/null {file}\n" in TEXT


@pytest.mark.slow
def test_the_wheel_runs_in_an_empty_environment(tmp_path: Path) -> None:
    wheel = built(tmp_path)
    assert in_it(wheel) == in_the_source()
    here = tmp_path / "installed"
    venv.create(here, with_pip=True)
    pip: list[str | Path] = [
        here / "bin" / "pip",
        "--disable-pip-version-check",
        "install",
        "-qq",
        "--no-deps",
        "--no-compile",
    ]
    quietly([*pip, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt"])
    quietly([*pip, wheel])
    program, environment = (
        here / "bin" / "musterpoint",
        {"MUSTERPOINT_HOME": str(tmp_path / "home"), "PATH": "/usr/bin"},
    )
    quietly([program, "init", "--name", "Ana Ruiz"], environment)
    serve: list[str | Path] = [program, "serve", "--port", "0"]
    with subprocess.Popen(serve, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stderr is not None
            told = ""
            while (found := re.search(r"musterpoint: (http://127\.0\.0\.1:\d+)/ ", told)) is None:
                line = serving.stderr.readline()
                assert line, told
                told += line
            assert asked(f"{found[1]}/readyz") == '{"status": "ok"}'
            assert re.search(rf"{found[1]}/join/\S+", told)
            page = asked(f"{found[1]}/accounts/login/")
            static = set(re.findall(r'"(/static/[^"]+)"', page))
            assert len(static) > 2
            assert [each for each in static if not asked(found[1] + each)] == []
        finally:
            serving.terminate()
            assert serving.wait(30) == 0


def built(folder: Path) -> Path:
    quietly([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, ROOT])
    [wheel] = folder.glob("musterpoint-*.whl")
    return wheel


def in_it(wheel: Path) -> set[str]:
    return {each for each in ZipFile(wheel).namelist() if each.startswith("musterpoint/")}


def in_the_source() -> set[str]:
    """Templates, static files and migrations among them."""
    files = [each for each in (ROOT / "src" / "musterpoint").rglob("*") if each.is_file()]
    return {each.relative_to(ROOT / "src").as_posix() for each in files if each.suffix != ".pyc"}


def quietly(command: list[str | Path], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def asked(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  # ours
        return str(answer.read().decode())
