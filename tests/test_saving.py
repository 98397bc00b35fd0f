"""What a killed backup leaves behind goes with the next one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from musterpoint import saving


def test_what_a_killed_backup_left_behind_is_removed(tmp_path: Path) -> None:
    old, young = tmp_path / f"{saving.WORK}old", tmp_path / f"{saving.WORK}young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "musterpoint.sqlite3").write_text("a copy of everything")
    long_ago = time.time() - saving.ABANDONED_AFTER - 60
    os.utime(old, (long_ago, long_ago))
    saving._folder(tmp_path).cleanup()
    assert not old.exists()
    assert young.exists()
