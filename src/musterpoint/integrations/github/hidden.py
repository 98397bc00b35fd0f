"""The hidden key of what we make on GitHub: the last line of an issue's body or of a comment, which no page shows.

    <!-- musterpoint:key raise:7@20260302T090000.000000 -->

By it we find again what we made where we died before we could note it, and know our comments from people's where our
token is a person's. Whoever asks for a text gets it without that line and gives it back without: it is taken out
wherever it stands (people write below it, and line ends change) and put at the end again when we write. So a text that
nobody changed reads as it was given. In a region of ours no text can forge it (see `core.regions.defused`), and of a
comment only the last line counts, which is ours.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

from musterpoint.ports import Refused

#: Characters that GitHub takes: https://docs.github.com/en/rest/issues/issues ("body is too long")
LONGEST = 65_536
#: Room for the line of the key; longer keys stand there as a digest.
ROOM = 300
_LONGEST_KEY = 240
_LINE = re.compile(r"(?:\r?\n)?^<!-- musterpoint:key (\S+) -->[ \t]*(?=\r?$)", re.MULTILINE)


def with_key(text: str, key: str) -> str:
    """Raises Refused where it is longer than GitHub takes."""
    return joined(text, written(key))


def joined(text: str, mark: str) -> str:
    """With a key as `mark_of` told it; an empty one leaves the text alone. Raises Refused as `with_key`."""
    whole = f"{text}{_new_line(text)}<!-- musterpoint:key {mark} -->" if mark else text
    if len(whole) > LONGEST:
        raise Refused(
            f"The text has {len(whole):,} characters, and GitHub takes {LONGEST:,}. It was not sent: shorten what "
            "people wrote there."
        )
    return whole


def _new_line(text: str) -> str:
    if not text:
        return ""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


def written(key: str) -> str:
    """The key as it stands in the line: without blanks, and without what could end the comment."""
    told = quote(key, safe=":/#@+,;=!$*()'")
    return told if len(told) <= _LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def mark_of(text: str) -> str:
    """The last key in it, as it is written; empty without one."""
    found = _LINE.findall(text)
    return found[-1] if found else ""


def last_mark_of(text: str) -> str:
    """The key in its last line; empty where that is none."""
    last = text.rstrip().rpartition("\n")[2]
    return mark_of(last)


def without_key(text: str) -> str:
    return _LINE.sub("", text)
