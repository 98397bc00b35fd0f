"""What several operations answer: that a step was recorded, and by which entry."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from musterpoint.actions.writeup import Written
from musterpoint.api.fields import answer
from musterpoint.core.journal import Entry


def named(entry: Entry) -> dict[str, Any]:
    return {"id": entry.id, "ref": entry.ref, "kind": entry.kind}


def recorded(ref: str, entry: Entry, status: int = 200) -> HttpResponse:
    return answer({"incident": ref, "entry": named(entry)}, status)


def written(ref: str, written: Written) -> HttpResponse:
    """A text that is versioned: what stands now, and what became of the one that was sent."""
    entry, stands = written.entry, written.stands
    mine = next((each.text for each in stands.versions if entry and each.number == entry.id), "")
    return answer(
        {
            "incident": ref,
            "entry": named(entry) if entry else None,
            "aside": written.aside,
            "text": stands.text,
            "version": stands.version,
            "yours": mine if written.aside else None,
        }
    )
