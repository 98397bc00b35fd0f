"""The recorder's handle in the tests: starts it, sets its mood, reads its log."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class OtherSide:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def mood(self, mood: str) -> None:
        part = self.folder / "mood.part"
        part.write_text(mood)
        part.replace(self.folder / "mood")

    def size(self) -> int:
        """Of the log, in bytes: it grows when something happens."""
        file = self.folder / "log"
        return file.stat().st_size if file.exists() else 0

    def lines(self, since: int = 0) -> list[dict[str, Any]]:
        """The log from a size on; a line that is being written is left out."""
        with (self.folder / "log").open("rb") as file:
            file.seek(since)
            return [json.loads(line) for line in file if line.endswith(b"\n")]

    def stored(self, since: int = 0) -> list[dict[str, Any]]:
        return [line for line in self.lines(since) if line["what"] == "stored"]

    def times(self) -> Counter[str]:
        """How often each key was stored."""
        return Counter(line["key"] for line in self.stored())

    def wait_for_stored(self, since: int, seconds: float) -> bool:
        """Until something is stored after `since`; looks often, for who wants to strike just then."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.size() > since and self.stored(since):
                return True
            time.sleep(0.002)
        return False


@contextmanager
def other_side(folder: Path, seed: str, mood: str = "calm") -> Iterator[OtherSide]:
    folder.mkdir()
    side = OtherSide(folder)
    side.mood(mood)
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.recorder", str(folder), seed], cwd=ROOT)
    try:
        until = time.monotonic() + 30
        while not (folder / "port").exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        side.url = f"http://127.0.0.1:{(folder / 'port').read_text()}"
        yield side
    finally:
        process.kill()
        process.wait()
