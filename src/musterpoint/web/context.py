"""What every template knows: the time, the reader's zone, and the texts of this version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from musterpoint import __version__
from musterpoint.accounts import calls


def everywhere(request: HttpRequest) -> dict[str, Any]:
    person = calls.person_of(request) if hasattr(request, "user") else None
    return {"now": calls.now(), "person": person, "zone": person.zone if person else "", "version": __version__}
