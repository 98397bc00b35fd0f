"""Advice: what a reader of a draft points out, with the passage it is about; never a block by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark: its code, the part of the text it is about, the passage as it stands there, what to do about it."""

    code: str
    part: str
    passage: str
    text: str
