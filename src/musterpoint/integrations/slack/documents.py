"""One JSON document, whole: read, decoded, bounded, and freed of the characters that a database refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NoReturn

from musterpoint.integrations.slack.bad_file import BadFile

#: The most that is read of one file or archive, bytes.
LIMIT = 2 * 1024**3
_DEEPEST = 100  # Slack's own documents stay below 30 levels
_REFUSED = re.compile(r"[\x00\ud800-\udfff]")  # PostgreSQL stores neither
_SAVE_AGAIN = "Save the file again: it must be Slack's answer or export, unchanged, in UTF-8."


def load(path: Path, what: str) -> object:
    """The document in the file `path`; `what` names it in an error ("the users file"). Raises BadFile."""
    try:
        if path.is_dir():
            raise BadFile(f"{path} is a folder, not {what}.", "Name the JSON file itself.")
        with path.open("rb") as opened:
            data = opened.read(LIMIT + 1)
    except BadFile:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(path, what, error) from error
    if len(data) > LIMIT:
        raise BadFile(f"{path} is larger than 2 GiB.", "A thread is not: give the answer of conversations.replies.")
    return parse(data, str(path))


def unreadable(path: Path, what: str, error: Exception) -> BadFile:
    """The error for a path that could not be opened (a ValueError: a path with a NUL character)."""
    if isinstance(error, FileNotFoundError):
        return BadFile(f"There is no file {path}.", f"Check the path of {what}.")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return BadFile(f"{path} cannot be read: {reason}.", f"Check the path of {what} and who may read it.")


def parse(data: bytes, where: str) -> object:
    """The JSON document `data`, with U+FFFD for NUL and lone surrogates. `where` names the file. Raises BadFile."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "Save it in UTF-8 (a redirect in Windows PowerShell writes UTF-16)."
        raise BadFile(f"{where} is not in UTF-8: byte {error.start + 1} cannot be read.", hint) from error
    if not text.strip():
        raise BadFile(f"{where} is empty.", _SAVE_AGAIN)
    try:
        return _clean(json.loads(text, parse_constant=_no_number), where, 0)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadFile(f"{where} is not JSON: {error.msg} at {place}.", _SAVE_AGAIN) from error
    except RecursionError as error:
        raise _too_deep(where) from error
    except ValueError as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(f"{where} is not JSON: {error}.", _SAVE_AGAIN) from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _too_deep(where: str) -> BadFile:
    return BadFile(f"{where} is nested more than {_DEEPEST} levels deep.", _SAVE_AGAIN)


def _clean(value: object, where: str, depth: int) -> object:
    if depth > _DEEPEST:
        raise _too_deep(where)
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else _clean_text(value)
    if isinstance(value, list):
        return [_clean(item, where, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_clean_text(key): _clean(item, where, depth + 1) for key, item in value.items()}
    return value


def _clean_text(text: str) -> str:
    return _REFUSED.sub("\ufffd", text)
