"""What is said to us in Slack's own form, as the grammar (`core.command`) reads it, and back.

A mention `<@U123|ana>` becomes `@slack:U123`, which is a person to the grammar; in words that are kept it becomes the
person's name. https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from musterpoint.integrations.slack.text import plain

#: What may stand before our name all the same: a greeting, marks, emoji, a quote sign.
_BEFORE = re.compile(r"(?:(?:hey|hi|hello|ok|okay|please|dear|and)\b|:[a-z0-9_+'-]{1,100}:|&gt;|[^\w<&:]|[:_])*", re.I)
_AFTER = re.compile(r"[\s,:;–—-]*")
_PERSON = re.compile(r"@slack:([UW][A-Z0-9]+)")


class _Identities(Mapping[str, str]):
    """Everybody is called by their identity."""

    def __getitem__(self, user: str) -> str:
        if not user.startswith(("U", "W")):
            raise KeyError(user)
        return f"slack:{user}"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def words(text: str) -> str:
    """A message for the grammar."""
    return plain(text, _Identities())


def named(text: str, names: Mapping[str, str]) -> str:
    """Words of the grammar for the record: people by their names."""
    return _PERSON.sub(lambda found: "@" + (names.get(found[1]) or found[1]).removeprefix("@"), text)


def addressed(text: str, bot: str) -> str | None:
    """What follows the mention of us with which the message begins; None where it begins with something else."""
    ours = re.compile(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>") if bot else None
    if ours is None:
        return None
    begins = _BEFORE.match(text)
    assert begins is not None  # it matches nothing at all, too
    found = ours.match(text, begins.end())
    if found is None:
        return None
    rest = text[found.end() :]
    while (again := ours.match(rest, _skipped(rest))) is not None:
        rest = rest[again.end() :]
    return words(rest[_skipped(rest) :])


def behind(text: str, bot: str) -> str:
    """What follows the first mention of us anywhere; empty where there is none."""
    found = re.search(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>", text) if bot else None
    return words(text[found.end() :].lstrip(" ,:")) if found else ""


def _skipped(text: str) -> int:
    found = _AFTER.match(text)
    return found.end() if found else 0
