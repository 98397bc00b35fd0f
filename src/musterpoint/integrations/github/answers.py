"""What GitHub's answers mean: an Answer, or the error that says what is to be done about it.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from musterpoint.ports import NotSent, Refused, Unavailable

#: Seconds until the next try where a person has to mend something first.
MENDING = 60.0
#: The longest delay (seconds) that is believed.
LONGEST_DELAY = 86_400.0
#: What GitHub says in a 403 or 410 → the code of the trouble. The first that fits counts.
_CODES = (
    ("suspended", "app_suspended"),
    ("archived", "archived"),
    ("issues are disabled", "issues_disabled"),
    ("issues has been disabled", "issues_disabled"),
)
#: What is the matter with one issue, and not with our rights.
_OF_ONE_ISSUE = re.compile(r"\blocked\b")
#: The errors of a token of the app itself: of its key, its id, or the clock.
_OF_THE_APP = ("json web token", "integration not found", "claim (", "issuer")


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as it came. `headers` have small letters; `body` may hold a token."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is the answer's JSON (None without one, and with status 304); `link_next` is the next page's address."""

    status: int
    data: Any = field(default=None, repr=False)
    etag: str = ""
    link_next: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Trouble(NotSent):
    """Something that a person has to mend; nothing was done. `code` is one of `troubles.CODES`, `place` the repository
    or owner (empty for all), `words` are GitHub's own, `needed` the permission that it names."""

    def __init__(self, code: str, place: str = "", words: str = "", needed: str = "") -> None:
        where = f" in {place}" if place else ""
        super().__init__(f"GitHub refuses{where}: {code}{f' ({words})' if words else ''}", MENDING)
        self.code, self.place, self.words, self.needed = code, place, words, needed


class Limited(NotSent):
    """GitHub did nothing, because too much was asked. `retry_after` is None where it does not say how long to wait."""


class Refusal(Refused):
    """GitHub will not do it like this. `status` is HTTP's: 404 and 410 gone (or out of reach), 409 a conflict, 422 what
    was sent is not right."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"GitHub refused it: {words}"[:1000])
        self.status, self.words = status, words


class Moved(Refusal):
    """It has another address now: transferred, or the repository was renamed."""

    def __init__(self, status: int, location: str) -> None:
        super().__init__(status, f"it has moved to {location}")
        self.location = location


def answer(reply: Reply, *, place: str = "", writes: bool = False) -> Answer:
    """Raises Trouble, Limited, Unavailable, Refusal or Moved for all that is no success."""
    headers = reply.headers
    if reply.status == 304:
        return Answer(304, None, headers.get("etag", ""), "", headers)
    if reply.status in (301, 302, 307, 308) and headers.get("location"):
        raise Moved(reply.status, headers["location"])
    if not 200 <= reply.status < 300:
        raise failure(reply, place=place, writes=writes)
    return Answer(reply.status, _data(reply), headers.get("etag", ""), _next(headers.get("link", "")), headers)


def _data(reply: Reply) -> Any:
    if not reply.body and reply.status in (202, 204, 205):
        return None
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise Unavailable(f"GitHub answered {reply.status}, and nothing that makes sense.") from None


def failure(reply: Reply, *, place: str = "", writes: bool = False) -> Unavailable | Refused:
    """The error for an answer with another status than 2xx."""
    status, said = reply.status, words(reply)
    low = said.lower()
    if status == 429 or (status == 403 and _is_limit(reply, low)):
        return Limited(f"GitHub asks us to wait: {said}"[:300], delay(reply.headers))
    if status >= 500 or status == 408:
        return Unavailable(f"GitHub answered {status}: {said}"[:300], _retry_after(reply.headers))
    if status == 401:
        return Trouble("bad_app_key" if any(each in low for each in _OF_THE_APP) else "bad_credentials", "", said)
    code = next((code for part, code in _CODES if part in low), "") if status in (403, 410) else ""
    if code == "app_suspended":
        return Trouble(code, "", said)
    if code:
        return Trouble(code, place, said)
    if status == 403 and not _OF_ONE_ISSUE.search(low):
        needed = reply.headers.get("x-accepted-github-permissions", "")
        return Trouble("no_rights" if writes else "no_sight", place, said, needed)
    if status < 400:
        return Unavailable(f"GitHub answered {status}, and nothing that makes sense.")
    return Refusal(status, said)


def words(reply: Reply) -> str:
    """GitHub's own words, with what exactly is wrong; the status where it has none."""
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        return f"status {reply.status}"
    errors = data.get("errors")
    details = [_detail(each) for each in errors[:5]] if isinstance(errors, list) else []
    return "; ".join([data["message"], *filter(None, details)])[:600]


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)[:200]
    if isinstance(error.get("message"), str):
        return str(error["message"])[:200]
    return " ".join(str(error[each]) for each in ("resource", "field", "code") if error.get(each))[:200]


def _is_limit(reply: Reply, said: str) -> bool:
    headers = reply.headers
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0" or "rate limit" in said


def delay(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: what `retry-after` says; where the hour's requests are used up, until there are new ones.
    None where it does not say."""
    if (given := _retry_after(headers)) is not None:
        return given
    reset, told_at = headers.get("x-ratelimit-reset", ""), _their_time(headers)
    if headers.get("x-ratelimit-remaining") != "0" or not (reset.isascii() and reset.isdigit()) or told_at is None:
        return None
    return min(max(int(reset) - told_at, 1.0), LONGEST_DELAY)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    given = headers.get("retry-after", "")
    return min(max(float(given), 1.0), LONGEST_DELAY) if given.isascii() and given.isdigit() else None


def _their_time(headers: Mapping[str, str]) -> float | None:
    """Seconds since 1970 by GitHub's clock, in which its limits are told: ours may be wrong."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        return None


def _next(link: str) -> str:
    """https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api"""
    found = re.search(r'<([^<>]+)>;\s*rel="next"', link)
    return found[1] if found else ""
