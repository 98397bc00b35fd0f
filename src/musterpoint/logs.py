"""What the processes tell about their work: one line for each thing, as text or as JSON, with what it is about.

What is known of the work at hand (request, person, incident) is set where it begins and stands in each of its lines: an
incident by its reference alone. Never told: secrets, what people wrote, titles, and addresses as they were asked for,
for a one-time link is one.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

FORMS = ("text", "json")
#: What may be known of the work at hand, in the order in which it is told.
KNOWN = ("request", "method", "route", "status", "milliseconds", "person", "incident", "effect")

_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOWHERE = "(no route)"


@contextmanager
def about(**known: object) -> Iterator[dict[str, Any]]:
    """Every line that is told inside carries these (see `KNOWN`) beside what was known outside."""
    told = {**(_about.get() or {}), **known}
    token = _about.set(told)
    try:
        yield told
    finally:
        _about.reset(token)


def know(**known: object) -> None:
    """The same for the rest of the work at hand; without any, nothing."""
    if (told := _about.get()) is not None:
        told.update(known)


def begin(form: str = "") -> None:
    """From now on this process tells its lines on standard error: `text`, `json`, or what suits it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if (form or ("text" if sys.stderr.isatty() else "json")) == "text" else Json())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    engine = logging.getLogger("dbos")  # gives itself a handler in a form of its own where it has none
    engine.handlers[:], engine.propagate = [handler], False
    for name, level in {
        "waitress.queue": logging.ERROR,
        "httpx": logging.WARNING,
        "django.request": logging.ERROR,  # the line of each request has its status
    }.items():
        logging.getLogger(name).setLevel(level)


class Told(logging.Formatter):
    """What both forms have in common."""

    def time(self, record: logging.LogRecord) -> str:
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def message(self, record: logging.LogRecord) -> str:
        """Django names the address of a request that failed: its route says as much and gives no link away."""
        text = record.getMessage()
        request = getattr(record, "request", None)
        address = getattr(request, "path", "")
        if not isinstance(address, str) or len(address) < 2:
            return text
        match = getattr(request, "resolver_match", None)
        return text.replace(address, f"/{match.route}" if match else _NOWHERE)

    def known(self) -> dict[str, Any]:
        told = _about.get() or {}
        return {name: told[name] for name in KNOWN if told.get(name) not in (None, "")}

    def traceback(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""


class Json(Told):
    """One JSON object in a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message(record),
            **self.known(),
        }
        if trace := self.traceback(record):
            line["traceback"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


class Lines(Told):
    """A line for people; nothing that is told can begin a line of its own, but for a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        known = " ".join(f"{name}={value}" for name, value in self.known().items())
        line = f"{self.time(record)[:19]}Z {record.levelname} {record.name} {self.message(record)}"
        line = _CONTROL.sub(lambda found: repr(found[0])[1:-1], f"{line}  {known}".rstrip())
        return "\n".join([line, self.traceback(record)]).rstrip()
