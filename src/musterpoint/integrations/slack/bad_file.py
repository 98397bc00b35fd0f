"""The one error of this package's readers, in words for the person who chose the file."""

from __future__ import annotations


class BadFile(ValueError):
    """`message` says what is wrong and where (file, message number, ts); `hint` says what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
