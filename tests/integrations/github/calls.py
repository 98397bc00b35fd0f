"""Calls as the tests make them, of the repository of a company's incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from musterpoint.core.process import Process
from musterpoint.integrations.github.calling import Answer, call
from musterpoint.ports import Refused, Unavailable

REPOSITORY = "halden-ferries/CloudProject"
ISSUES = f"/repos/{REPOSITORY}/issues"
PROCESS = Process(tracker="github", github_repository=REPOSITORY, timeout=2)


def read(path: str = ISSUES, **more: Any) -> Answer:
    return call(PROCESS, "GET", path, **more)


def write(path: str = ISSUES) -> Answer:
    return call(PROCESS, "POST", path, json={"title": "Halyard is down"}, write=True)


def failed(by: Any, **more: Any) -> Any:
    """What the call raises."""
    with pytest.raises((Unavailable, Refused)) as caught:
        by(**more)
    return caught.value


def hours_reset(seconds: float, clock: float = 0) -> dict[str, str]:
    """The headers of a used-up hour; GitHub's clock is `clock` seconds ahead of ours."""
    theirs = datetime.now(UTC) + timedelta(seconds=clock)
    reset = int(theirs.timestamp()) + int(seconds)
    return {
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(reset),
        "Date": format_datetime(theirs, usegmt=True),
    }
