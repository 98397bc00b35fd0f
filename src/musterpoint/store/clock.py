"""The database's clock: the one that all processes share, for leases and for what is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.functions import Now


def later(seconds: float) -> Any:
    """An expression: so many seconds from now."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def now() -> datetime:
    """The database's time, UTC."""
    from musterpoint.store.models import Counter

    row = Counter.objects.annotate(clock=Now()).values_list("clock", flat=True).first()
    if row is not None:
        return row
    Counter.objects.get_or_create(name="incident")
    return now()
