"""How soon the command line and `serve` answer, what `serve` holds while idle, and how large the installation is."""

from __future__ import annotations

import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

from bench.inside import seconds
from bench.installation import SQLITE, Installation, databases, installation
from bench.tables import Figure, Table
from tests.postgresql import free_port

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7
IDLE_SECONDS = 20
MEGABYTE = 1_000_000


def run() -> list[Table]:
    tables = [_table(name) for name in databases()]
    return [*tables, *_installed()]


def _table(database: str) -> Table:
    with installation(database) as where:
        ref = str(where.musterpoint("declare", "Checkout is down")["incident"])
        commands = [_command(where, "--version"), _command(where, "show", ref)] if database == SQLITE else []
        answers = [_serve(where, idle=0)[0] for _ in range(2)]
        last, memory = _serve(where, idle=IDLE_SECONDS)
    names = ("musterpoint --version", "musterpoint show REF")
    return Table(
        f"Starting, {database}",
        [
            *(Figure(name, value, "s", 0.7) for name, value in zip(names, commands, strict=False)),
            Figure("serve: start to first answer", statistics.median([*answers, last]), "s", 2, peers="1.4 s"),
            Figure(f"serve: memory after {IDLE_SECONDS} s idle", memory, "MB", 140, peers="114 MB"),
        ],
        "Memory is what the one process has resident, with pages and engine loaded.",
    )


def _command(where: Installation, *words: str) -> float:
    def work() -> None:
        where.begin("musterpoint.cli", *words, stdout=subprocess.DEVNULL).communicate()

    work()
    return statistics.median(seconds(work) for _ in range(RUNS))


def _serve(where: Installation, idle: float) -> tuple[float, float]:
    """Seconds to the first answer, and megabytes resident after so many idle seconds."""
    port = free_port()
    begun = time.perf_counter()
    serving = where.begin("musterpoint.cli", "serve", "--port", str(port), stderr=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            if serving.poll() is not None or time.perf_counter() - begun > 60:
                raise RuntimeError("serve does not answer")
            time.sleep(0.01)
        took = time.perf_counter() - begun
        _answers(f"http://127.0.0.1:{port}/readyz")
        time.sleep(idle)
        return took, _resident(serving.pid)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=30)


def _answers(url: str) -> bool:
    with suppress(URLError, ConnectionError), urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 # ours
        return bool(response.status == 200)
    return False


def _resident(number: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
    assert found
    return int(found[1]) * 1024 / MEGABYTE


def _installed() -> list[Table]:
    """What the pinned requirements and this package become in an environment of their own."""
    with tempfile.TemporaryDirectory(prefix="musterpoint-bench-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        packages = next(Path(folder).glob("lib/python3*/site-packages"))
        pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check"]
        pins: list[str | Path] = ["--require-hashes", "-r", ROOT / "requirements" / "runtime.txt"]
        if subprocess.run([*pip, "install", "-qq", "--no-compile", "--no-deps", *pins], check=False).returncode:
            print("Skipped: the size of the installation (the package index does not answer)")
            return []
        subprocess.run([*pip, "uninstall", "-qq", "-y", "setuptools"], check=True, capture_output=True)
        subprocess.run([*pip, "uninstall", "-qq", "-y", "pip"], check=True)
        ours = [path for path in (ROOT / "src").rglob("*") if path.suffix != ".pyc"]
        bare = _size([path for path in packages.rglob("*") if path.suffix != ".pyc"] + ours)
        subprocess.run([python, "-m", "compileall", "-qq", packages], check=False)
        whole = _size([*packages.rglob("*"), *(ROOT / "src").rglob("*")])
        count = len(list(packages.glob("*.dist-info"))) + 1
    figures = [
        Figure("packages, this one included", count, "", 70, peers="60"),
        Figure("size before byte-code", bare, "MB", 160, peers="141 MB"),
        Figure("size with byte-code", whole, "MB", 220),
    ]
    return [Table("The installation", figures, "Without pip and the development tools.")]


def _size(paths: list[Path]) -> float:
    return sum(path.lstat().st_blocks * 512 for path in paths) / MEGABYTE
