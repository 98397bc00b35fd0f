"""Calls GitHub. Whatever goes wrong is Unavailable (it may pass, and may have been done), NotSent (it may pass, and
nothing was done), Trouble (a person must mend it; nothing was done) or Refused (it will not work like this).

No transaction may be open: a call takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils import timezone

from musterpoint.core.process import Process
from musterpoint.integrations.github import credentials, query_errors, throttle, troubles
from musterpoint.integrations.github.answers import Answer, Limited, Moved, Refusal, Trouble, answer
from musterpoint.integrations.github.keys import Keys, keys
from musterpoint.integrations.github.sending import send
from musterpoint.ports import NotSent, Refused

__all__ = ["Answer", "Moved", "Refusal", "Trouble", "call", "graphql"]

Result = TypeVar("Result")
_REPOSITORY = re.compile(r"/repos/([^/?]+/[^/?]+)")


def call(
    process: Process,
    method: str,
    path: str,
    *,
    json: Any = None,
    params: Mapping[str, Any] | None = None,
    etag: str = "",
    write: bool = False,
    owner: str = "",
) -> Answer:
    """One call of the REST API. `path` begins with a slash, or is an address that GitHub gave (`link_next`,
    `Moved.location`). `write` for all that changes something: it waits for its turn. `owner` (or `OWNER/REPOSITORY`)
    tells whose installation calls where the path does not. With an `etag` the answer may be 304, without data.

    Raises Trouble, NotSent, Unavailable, Moved, Refused.
    """
    found = keys()
    url = _address(found, path)
    repository = _repository(url.removeprefix(found.api))
    content = {"json": json, "params": params or None, "headers": {"If-None-Match": etag} if etag else {}}

    def once(authorization: str) -> Answer:
        reply = send(method, url, authorization, process.timeout, **content)
        try:
            return answer(reply, place=repository, writes=write)
        except Refusal as error:
            if error.status == 404 and _is_ours(process, found, url):
                raise Trouble("repository_gone", repository, error.words) from error
            raise

    return _carried_out(process, found, _whose(process, repository or owner), once, repository, write)


def graphql(process: Process, query: str, variables: Mapping[str, Any], owner: str = "") -> dict[str, Any]:
    """The `data` of a query or a mutation; None stands there for a part that is not there. Where `variables` has
    `owner` and `name`, they tell the repository. Raises as `call`."""
    found = keys()
    write = query.lstrip().startswith("mutation")
    named = [variables.get("owner"), variables.get("name") or variables.get("repo")]
    repository = "/".join(map(str, named)) if all(named) else ""

    def once(authorization: str) -> dict[str, Any]:
        content = {"query": query, "variables": dict(variables)}
        reply = send("POST", found.graphql, authorization, process.timeout, json=content)
        return query_errors.data(reply, place=repository, writes=write)

    return _carried_out(process, found, _whose(process, repository or owner), once, repository, write)


def _carried_out(
    process: Process, found: Keys, whose: str, once: Callable[[str], Result], place: str, write: bool
) -> Result:
    """What hinders is noted for people; a success mends."""
    try:
        result = _tried(process, found, whose, once, write)
    except NotSent as error:
        if not isinstance(error, Trouble) or troubles.is_about_all(process, error.place):
            troubles.noted(error, timezone.now())
        raise
    troubles.worked(place, timezone.now(), write=write)
    return result


def _tried(process: Process, found: Keys, whose: str, once: Callable[[str], Result], write: bool) -> Result:
    """A token of an installation may be withdrawn before its hour is over; then another one is asked for, once."""
    throttle.unless_held(timezone.now())
    try:
        return _in_turn(process, once, _authorization(process, found, whose), write)
    except Trouble as error:
        if error.code != "bad_credentials" or not credentials.forget(found, whose):
            raise
    return _in_turn(process, once, _authorization(process, found, whose), write)


def _authorization(process: Process, found: Keys, whose: str) -> str:
    return _obeying(lambda: credentials.authorization(found, whose, timezone.now(), process.timeout))


def _in_turn(process: Process, once: Callable[[str], Result], authorization: str, write: bool) -> Result:
    if not write:
        return _obeying(lambda: once(authorization))
    with throttle.turn(process, timezone.now()):
        return _obeying(lambda: once(authorization))


def _obeying(asks: Callable[[], Result]) -> Result:
    """The pause that GitHub asks for is everybody's, before anybody else has a turn."""
    try:
        return asks()
    except Limited as error:
        raise NotSent(str(error), throttle.held(error.retry_after, timezone.now())) from error


def _address(found: Keys, path: str) -> str:
    """The token goes nowhere else than to the API."""
    if path.startswith("/"):
        return f"{found.api}{path}"
    if path.startswith(f"{found.api}/"):
        return path
    raise Refused(f"GitHub sent us to {path[:200]}, which does not belong to {found.api}: that is not followed.")


def _repository(path: str) -> str:
    named = _REPOSITORY.match(path)
    return named[1] if named else ""


def _whose(process: Process, named: str) -> str:
    """Whose installation calls: for every repository of the owner it is asked for by that of the process."""
    known = process.github_repository
    same = named.partition("/")[0].lower() in ("", known.partition("/")[0].lower())
    return known if known and same else named


def _is_ours(process: Process, found: Keys, url: str) -> bool:
    """Whether it is our repository itself, or all of its issues, that is not there."""
    ours = f"{found.api}/repos/{process.github_repository}".lower()
    return bool(process.github_repository) and url.lower() in (ours, f"{ours}/issues")
