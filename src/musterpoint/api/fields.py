"""The kinds of values that requests and answers are made of. What is not declared is refused, and never answered."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt

from musterpoint.core.spoken_text import kept

#: Characters of a text in a request. The rules know shorter limits for most, and say which.
LONGEST = 100_000
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


class Asked(BaseModel):
    """What a request says."""

    model_config = ConfigDict(extra="forbid")


class Answered(BaseModel):
    """What an answer says."""

    model_config = ConfigDict(extra="forbid")


def answer(shape: Any, status: int = 200) -> HttpResponse:
    """The shape as it is read for every surface: the document declares it, tests hold it, and nothing checks it again
    at each call."""
    text = json.dumps(shape, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def _whole(text: str) -> str:
    if text != kept(text):
        raise ValueError("It holds a character that is none (NUL, or half of one)")
    return text


def _time(value: Any) -> Any:
    if not isinstance(value, str) or not _TIME.match(value):
        raise ValueError("Write a time like 2026-03-02T14:20:00Z")
    return value


def _utc(at: datetime) -> datetime:
    try:
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("That is no time of ours") from error
    raise ValueError("A time needs its zone: Z, or +02:00")


_Whole = AfterValidator(_whole)
_NO_NUL = {"pattern": r"^[^\u0000]*$"}
#: What a person writes.
Text = Annotated[str, Field(max_length=LONGEST, json_schema_extra=_NO_NUL), _Whole]
#: A name, an account, an identity, a reference.
Name = Annotated[str, Field(max_length=300, json_schema_extra=_NO_NUL), _Whole]
#: A time in a request: ISO 8601 with its zone.
Time = Annotated[datetime, BeforeValidator(_time), AfterValidator(_utc)]
#: A time in an answer, always in UTC.
At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Flag = StrictBool
Number = Annotated[StrictInt, Field(ge=0, lt=2**53)]

#: In an address.
Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$", description="the incident's reference"), Path()]
Entry = Annotated[int, Field(ge=1, lt=2**53, description="the entry's number"), Path()]
