"""What people write into the fields of a form: texts, times, names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest

from musterpoint import access
from musterpoint.core.given_time import given_time
from musterpoint.core.incident import Who
from musterpoint.core.process import Process
from musterpoint.store import models

#: So many people are offered while somebody types a name; any name may be written.
OFFERED = 300
#: What refuses a time, whatever the step.
ABOUT_TIME = (
    "bad_time",
    "no_time",
    "in_the_future",
    "after_declaration",
    "before_detection",
    "before_resolution",
    "out_of_order",
)


def text(request: HttpRequest, name: str) -> str:
    """The field as it was sent. A NUL, which no database keeps, becomes the sign for a character that is not there."""
    return request.POST.get(name, "").replace("\0", "\ufffd")


def time(request: HttpRequest, name: str, now: datetime) -> datetime | None:
    """The time in UTC; None where nothing was written, which means now. Raises NotAllowed."""
    written = text(request, name).strip()
    return given_time(written, now) if written else None


def person(written: str, process: Process) -> Who:
    """Whom a name, account or identity means. Raises NotFound."""
    return access.actor(written, process).who


def people() -> Sequence[str]:
    """Names to choose from: each as it can be written, `person:3` where several have the same name."""
    rows = list(models.Person.objects.order_by("name", "pk").values_list("pk", "name")[:OFFERED])
    names = [name for _, name in rows]
    return [name if names.count(name) == 1 else f"person:{number}" for number, name in rows]
