"""Where an issue is now that is not found under its name: transferred, its repository renamed, deleted, or hidden.

https://docs.github.com/en/rest/issues/issues: 301 where it moved, 410 where it was deleted, 404 where we must not see
it (any more).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github.calling import Answer, Moved, Refusal, call
from musterpoint.integrations.github.references import Reference, of_data, same
from musterpoint.ports import Gone, Refused, Unavailable

#: So many addresses are followed one after the other.
_MOVES = 5


def call_at(process: Process, method: str, path: str, *, owner: str, **given: Any) -> Answer:
    """As `call`, and follows what has moved, with the same method: nothing was done where it is not any more.
    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects"""
    for _ in range(_MOVES):
        try:
            return call(process, method, path, owner=owner, **given)
        except Moved as moved:
            path = moved.location
    raise Unavailable(f"GitHub sends us from one address to the next for {path[:200]}.")


def data_of(process: Process, ref: Reference) -> dict[str, Any]:
    """The issue as REST tells it, also where it moved. Raises Gone or Refused, in a plain sentence."""
    with plainly(process, ref):
        data = call_at(process, "GET", ref.path, owner=ref.repository).data
    if not isinstance(data, dict):
        raise Unavailable(f"GitHub told nothing that makes sense of {ref}.")
    if "pull_request" in data:
        raise Refused(f"{ref} is a pull request on GitHub, not an issue.")
    return data


def whereabouts(process: Process, ref: Reference) -> Reference:
    """Where `ref` is now. Raises Gone, Refused (out of reach), or Unavailable where GitHub contradicts itself."""
    there = of_data(data_of(process, ref))
    if same(there, ref):
        raise Unavailable(f"GitHub has {ref}, and does not tell about it just now.")
    return there


@contextmanager
def plainly(process: Process, ref: Reference) -> Iterator[None]:
    """Where GitHub answers inside that `ref` is gone, Gone or Refused says so in a plain sentence."""
    try:
        yield
    except Refusal as error:
        raise _gone(process, ref, error) from error


def _gone(process: Process, ref: Reference, error: Refusal) -> Refused:
    """Any other refusal is as it was. Whether an issue is gone or the right to see it, GitHub does not say, so that its
    repository is asked for. Raises Trouble where that is the incidents' and out of reach: a person must mend it."""
    if error.status == 410:
        return Gone(f"The issue {ref} was deleted on GitHub.")
    if error.status != 404:
        return error
    try:
        path, params = f"/repos/{ref.repository}/issues", {"per_page": 1}
        call_at(process, "GET", path, owner=ref.repository, params=params)  # the right to see issues is of its own
    except Refusal:
        return Refused(f"The issue {ref} is out of reach: Musterpoint must not see {ref.repository}, or it is gone.")
    return Gone(f"The issue {ref} is not on GitHub any more.")
