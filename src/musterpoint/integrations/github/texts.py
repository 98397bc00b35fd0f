"""Replaces a text on GitHub, the body of an issue or of a comment, if it is what it was when it was read.

The last texts are kept in memory with their ETags, so that reading one again that did not change does not count:
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github.calling import Answer
from musterpoint.integrations.github.hidden import joined, mark_of, without_key
from musterpoint.integrations.github.keys import keys
from musterpoint.integrations.github.whereabouts import call_at
from musterpoint.ports import Changed, Unavailable

#: So many texts are kept.
KEPT = 64

_kept: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()
_keeping = Lock()


def replace(process: Process, path: str, owner: str, text: str, was: str) -> str:
    """`path` is the address of the issue or comment. The hidden key that stands there stays. Returns its node id, empty
    where there was nothing to do. Raises Changed, Refused where the text is too long."""
    there = _there(process, path, owner)
    if not _same(without_key(there), was):
        raise Changed
    new = joined(text, mark_of(there))
    if new == there:
        return ""
    answer = call_at(process, "PATCH", path, owner=owner, json={"body": new}, write=True)
    _keep(path, answer)
    return str(answer.data["node_id"])


def _there(process: Process, path: str, owner: str) -> str:
    with _keeping:
        etag, text = _kept.get((keys().api, path), ("", ""))
    answer = call_at(process, "GET", path, owner=owner, etag=etag)
    return text if answer.status == 304 else _keep(path, answer)


def _keep(path: str, answer: Answer) -> str:
    """The text in the answer."""
    data: Any = answer.data
    if not isinstance(data, dict) or "body" not in data:
        raise Unavailable("GitHub answered, and did not say what stands there.")
    text, name = str(data["body"] or ""), (keys().api, path)
    with _keeping:
        _kept.pop(name, None)
        if answer.etag:
            _kept[name] = (answer.etag, text)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return text


def _same(one: str, other: str) -> bool:
    """Line ends, and blanks at the end, are nobody's words."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()
