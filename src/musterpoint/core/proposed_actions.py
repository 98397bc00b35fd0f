"""What the record proposes as follow-up actions: messages that begin with `TODO:`, and those marked `follow_up`.

It is not one any more once it was adopted, deleted, redacted, or marked as to be ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.conversation import Told, conversation
from musterpoint.core.describe import REDACTED, describe, named
from musterpoint.core.incident import Incident, Who
from musterpoint.core.journal import Entry, MarkKind, Message, Note

TITLE_LIMIT = 300
_SIGN = "todo:"


@dataclass(frozen=True, slots=True)
class ProposedAction:
    """`ref` is the entry's, `text` the title that it would get, `why` says how it came to be proposed."""

    ref: str
    text: str
    who: Who | None
    at: datetime
    why: str


def title_of(text: str) -> str:
    """What a message gives as a title: the first line behind `TODO:`, cut at a word."""
    text = text.strip()
    if text[: len(_SIGN)].casefold() == _SIGN:
        text = text[len(_SIGN) :]
    title = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
    if len(title) <= TITLE_LIMIT:
        return title
    cut = title[: TITLE_LIMIT - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip() + "…"


def proposed(entries: Sequence[Entry], incident: Incident) -> list[ProposedAction]:
    """In the order in which they were said."""
    adopted = {each.of for each in incident.after.actions}
    return [
        ProposedAction(told.entry.ref, text, told.entry.who, told.entry.at, why)
        for told in conversation(entries)
        if told.entry.ref not in adopted and (why := _why(told)) and (text := title_of(text_of(told)))
    ]


def text_of(told: Told) -> str:
    """What stands there now; empty for what was deleted or redacted."""
    if told.deleted is not None or told.entry.redacted or told.text == REDACTED:
        return ""
    return told.text if isinstance(told.entry.fact, Message | Note) else describe(told.entry)


def _why(told: Told) -> str:
    if MarkKind.IGNORE in told.marks:
        return ""
    if mark := told.marks.get(MarkKind.FOLLOW_UP):
        return f"marked by {named(mark.who)}"
    said = told.text.lstrip()[: len(_SIGN)].casefold() == _SIGN
    return f"said by {named(told.entry.who)}" if said else ""
