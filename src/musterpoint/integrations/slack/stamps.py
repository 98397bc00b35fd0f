"""Slack's `ts`: the identity of a message within its channel, and the time at which it was sent.

It is a decimal string with six digits after the point and is never turned into a float, which would change it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_STAMP = re.compile(r"(0|[1-9][0-9]{0,11})\.([0-9]{6})")
_IN_ADDRESS = re.compile(r"/p([0-9]{10})([0-9]{6})(?![0-9])")
_THREAD_IN_ADDRESS = re.compile(r"[?&]thread_ts=([0-9]+\.[0-9]{6})(?![0-9])")
_COMPACT = re.compile(r"p?([0-9]{10})([0-9]{6})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = 253_402_300_800  # the first second of the year 10000, which datetime cannot hold


def order(stamp: str) -> tuple[int, int]:
    """(seconds, microseconds) of a `ts`, exact, to sort by. Raises ValueError if it is none."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        raise ValueError(f"not a Slack ts: {stamp!r}")
    seconds, microseconds = int(match[1]), int(match[2])
    if seconds >= _END:
        raise ValueError(f"beyond the year 9999: {stamp!r}")
    return seconds, microseconds


def moment(stamp: str) -> datetime:
    """The time (UTC) of a `ts`, exact to the microsecond. Raises ValueError if it is none."""
    seconds, microseconds = order(stamp)
    return _EPOCH + timedelta(seconds=seconds, microseconds=microseconds)


def is_stamp(stamp: str) -> bool:
    try:
        order(stamp)
    except ValueError:
        return False
    return True


def whole_seconds(value: object) -> datetime | None:
    """The time (UTC) of a count of seconds such as `room.date_start`; None for 0 (not yet) and for nonsense."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _END:
        return None
    return _EPOCH + timedelta(seconds=value)


def as_typed(text: str) -> str:
    """The `ts` that a person names: itself, without its dot (`p1712…`), or in the address of a message.

    The address of a reply names its thread too; then the thread is meant. Anything else comes back unchanged.
    """
    text = text.strip()
    if thread := _THREAD_IN_ADDRESS.search(text):
        return thread[1]
    match = _IN_ADDRESS.search(text) or _COMPACT.fullmatch(text)
    return f"{match[1]}.{match[2]}" if match else text


def permalink(workspace: str, channel: str, stamp: str, root: str) -> str:
    """The address of a message, "" unless workspace (its name or its host) and channel are known.

    The form is the one that `chat.getPermalink` answers: a reply names its thread and channel once more.
    """
    if not workspace or not channel:
        return ""
    host = workspace.removeprefix("https://").strip("/")
    host = host if "." in host else f"{host}.slack.com"
    address = f"https://{host}/archives/{channel}/p{stamp.replace('.', '')}"
    return address if stamp == root else f"{address}?thread_ts={root}&cid={channel}"
