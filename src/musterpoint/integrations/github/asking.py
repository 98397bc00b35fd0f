"""Asks GitHub's GraphQL API about issues: about one everything, about others a little, if it can be in one request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github import query
from musterpoint.integrations.github.calling import Refusal, graphql
from musterpoint.integrations.github.keys import keys
from musterpoint.integrations.github.references import Reference

Data = dict[str, Any]

#: Addresses of servers that have no sub-issues.
_plain: set[str] = set()
#: How GraphQL complains of what it does not know.
_UNKNOWN = ("doesn't exist on type", "doesn't accept argument", "cannot query field", "unknown argument")


def is_plain() -> bool:
    """Whether the server is known to have no sub-issues."""
    return keys().graphql in _plain


def asked(process: Process, text: Callable[[bool], str], variables: Data, owner: str) -> Data:
    """`text` is the question, without what an older server does not know if it is called with True."""
    if not is_plain():
        try:
            return graphql(process, text(False), variables, owner)
        except Refusal as error:
            if not any(each in str(error).lower() for each in _UNKNOWN):
                raise
    data = graphql(process, text(True), variables, owner)
    _plain.add(keys().graphql)
    return data


def everything(process: Process, ref: Reference, others: Sequence[Reference]) -> Data:
    """The answer to `query.everything`."""
    variables = {"owner": ref.owner, "name": ref.name, "number": ref.number, **query.names(others)}
    return asked(process, lambda plain: query.everything(others, plain=plain), variables, ref.repository)


def some(process: Process, others: Sequence[Reference]) -> list[Data | None]:
    """What `query.some` tells about each; None for what is not found. All are of one owner."""
    data = asked(process, lambda plain: query.some(others, plain=plain), query.names(others), others[0].repository)
    return also(data, len(others))


def also(data: Data, count: int) -> list[Data | None]:
    """The answers about the others."""
    return [(data.get(f"also{place}") or {}).get("issue") for place in range(count)]


def by_owner(others: Sequence[Reference]) -> Iterator[list[Reference]]:
    """In portions that one request can ask for: each owner has an installation of its own."""

    def owner(ref: Reference) -> str:
        return ref.owner.lower()

    for _, group in groupby(sorted(others, key=owner), owner):
        every = list(group)
        yield from (every[start : start + query.ALSO] for start in range(0, len(every), query.ALSO))


def more(process: Process, ref: Reference, text: str, **given: str) -> Data:
    """A further page of something of the issue `ref`; empty where the issue is not found any more."""
    variables = {"owner": ref.owner, "name": ref.name, "number": ref.number, **given}
    return ((graphql(process, text, variables, ref.repository).get("repository") or {}).get("issue")) or {}


def edits_of(process: Process, ref: Reference, comment: str) -> list[Data]:
    """The last revisions of a comment, by its node id."""
    data = graphql(process, query.edits_of_a_comment(), {"id": comment}, ref.repository)
    return ((data.get("node") or {}).get("userContentEdits") or {}).get("nodes") or []
