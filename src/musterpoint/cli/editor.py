"""Opens a person's editor on a text. What they wrote stays in the file until it is in the record."""

from __future__ import annotations

import os
import shlex
import subprocess
from itertools import count
from pathlib import Path

from musterpoint.core.decision import NotAllowed


def edited(text: str, file: Path) -> str:
    """The text after $VISUAL, $EDITOR or `vi` was opened on it, in `file`. Raises NotAllowed; the file stays then.

    Once the text is recorded the file is to go. One that an earlier edit left there is kept under another name.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.read_text(encoding="utf-8", errors="replace").strip():
        file.rename(_free(file))
    file.write_text(text, encoding="utf-8")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    kept = f"The text is kept in {file}."
    try:
        ended = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode
    except (OSError, ValueError) as error:
        raise NotAllowed(
            "no_editor", f"The editor {editor!r} does not start: {error}.", f"Set EDITOR. {kept}"
        ) from error
    if ended:
        raise NotAllowed("editor_failed", f"The editor ended with code {ended}: nothing was changed.", kept)
    try:
        return file.read_text(encoding="utf-8").replace("\0", "\ufffd")
    except (OSError, UnicodeDecodeError) as error:
        raise NotAllowed("not_text", f"{file} cannot be read as UTF-8: {error}.", "Nothing was changed.") from error


def _free(file: Path) -> Path:
    names = (file.with_name(f"{file.stem}.kept-{number}{file.suffix}") for number in count(1))
    return next(each for each in names if not each.exists())
