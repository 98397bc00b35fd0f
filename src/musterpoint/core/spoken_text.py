"""What people write, in the form in which it is kept: with no character that a database refuses or a reader never sees.

A one-line text (a title, a name) also reads in one direction: what turns it round could make it say something else.
"""

from __future__ import annotations

import re

#: NUL, which PostgreSQL stores in no text, and halves of a character, which no file in UTF-8 can hold.
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
#: Control characters, and those that override or embed a direction.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")


def kept(text: str) -> str:
    """The text; in the place of what is no character stands the sign for that."""
    return _NO_CHARACTER.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text as one line, with one space between words."""
    return " ".join(_UNSEEN.sub("", kept(text)).split())
