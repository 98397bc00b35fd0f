"""The variables of the environment. `NAME_FILE` names a file that holds the value of `NAME`, for secrets."""

from __future__ import annotations

import os
from pathlib import Path


def environment(name: str, default: str = "") -> str:
    """The variable, or the contents of the file that `NAME_FILE` names. Raises OSError."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text().strip()
    return os.environ.get(name, default)
