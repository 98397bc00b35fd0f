"""Where a pass over a thread's history is: kept in `Capture.cursor`, so that it goes on there whatever happens."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Position:
    """`cursor` is Slack's for the next page. The pass began after the ts `begin` ("" for the root) and has read up to
    the ts `end`; it goes up to `until` ("" for all there is). `whole`: it goes
    over the thread from its root. `tries`: how often the next page was not to be had."""

    cursor: str = ""
    begin: str = ""
    end: str = ""
    until: str = ""
    whole: bool = False
    tries: int = 0

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})


def read(text: str) -> Position:
    """The reverse of `str(position)`."""
    return Position(**json.loads(text)) if text else Position()


def stamp(at: datetime) -> str:
    """The `ts` of a time (UTC), exact to the microsecond."""
    since = at - _EPOCH
    return f"{since // timedelta(seconds=1)}.{since.microseconds:06d}"
