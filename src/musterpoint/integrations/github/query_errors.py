"""What the GraphQL API answers: with status 200 whatever happened, so that its errors tell.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

from typing import Any

from musterpoint.integrations.github.answers import Limited, Refusal, Reply, Trouble, answer, delay
from musterpoint.ports import Refused, Unavailable

LIMITS = ("RATE_LIMITED", "RATE_LIMIT")
RIGHTS = ("FORBIDDEN", "INSUFFICIENT_SCOPES")
#: So begin the names of what is asked for besides the main thing.
ASIDE = "also"
#: These pass by themselves: GitHub had not the time, or failed.
PASSING = ("SERVICE_UNAVAILABLE", "INTERNAL", "INTERNAL_ERROR", "TIMEOUT")
#: What it says, with no type, when it took too long or failed.
_FAILED = "something went wrong"


def data(reply: Reply, *, place: str = "", writes: bool = False) -> dict[str, Any]:
    """The data. A part that is not there, and one of a list that we must not see, are None in it.

    Raises Limited, Trouble, Unavailable, Refused.
    """
    content = answer(reply, place=place, writes=writes).data
    if not isinstance(content, dict):
        raise Unavailable("GitHub answered, and nothing that makes sense.")
    found, errors = content.get("data"), content.get("errors") or []
    if not isinstance(errors, list):
        raise Unavailable("GitHub answered, and nothing that makes sense.")
    for each in errors:
        error = each if isinstance(each, dict) else {"message": str(each)}
        if not (isinstance(found, dict) and _of_a_part(error)):
            raise _failure(error, reply, place, writes)
    if not isinstance(found, dict):
        raise Unavailable("GitHub answered a question with nothing.")
    return found


def _of_a_part(error: dict[str, Any]) -> bool:
    path, kind = error.get("path"), error.get("type")
    if not isinstance(path, list) or not path:
        return False
    aside = str(path[0]).startswith(ASIDE) or any(isinstance(each, int) for each in path)
    return kind == "NOT_FOUND" or (kind in RIGHTS and aside)


def _failure(error: dict[str, Any], reply: Reply, place: str, writes: bool) -> Unavailable | Refused:
    kind, said = str(error.get("type") or ""), str(error.get("message") or "an error without words")[:600]
    low = said.lower()
    if kind in LIMITS or "rate limit" in low:
        return Limited(f"GitHub asks us to wait: {said}"[:300], delay(reply.headers))
    if kind in RIGHTS:
        return Trouble("no_rights" if writes else "no_sight", place, said)
    if kind in PASSING or low.startswith(_FAILED):
        return Unavailable(f"GitHub failed: {said}"[:300])
    return Refusal(404 if kind == "NOT_FOUND" else 422, said)
