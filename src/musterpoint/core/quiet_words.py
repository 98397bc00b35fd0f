"""What people wrote, put into an issue so that it calls nobody and closes nothing: `@kim` and `fixes #12` stay to be
read, and a tracker sees neither a mention nor a keyword in them.

A word joiner, which nobody sees, stands behind the sign or the keyword; `as_written` takes it away again. Code and
addresses stay as they are: a tracker sees nothing in them either, and people copy them.

https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#mentioning-people-and-teams
https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
"""

from __future__ import annotations

import re
from bisect import bisect_right

JOINER = "\u2060"
_MENTION = rf"(?<![A-Za-z0-9])@{JOINER}*(?=[A-Za-z0-9])"
_KEYWORD = (
    rf"\b(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?){JOINER}*"
    r"(?=:?\s+(?:(?:[\w.-]+/[\w.-]+)?\#\d|gh-\d|https?://[^\s/]+/[^\s/]+/[^\s/]+/(?:issues|pull)/\d))"
)
_CALLS = re.compile(f"{_MENTION}|{_KEYWORD}", re.IGNORECASE)
#: Code in a block or in a line, and addresses, as far as it is sure that a tracker takes them for these.
_APART = re.compile(
    r"""
    ^[ ]{0,3}(?P<block>`{3,})[^`\n]*\n(?:.*\n)*?[ ]{0,3}(?P=block)`*[ \t]*$
  | (?<![\\`])(?P<ticks>`+)(?!`)[^\n]*?[^`\n](?P=ticks)(?!`)
  | https?://[a-z0-9_-]+(?:\.[a-z0-9_-]+)+[^\s<>()\[\]"'|*`]*
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def quiet(text: str) -> str:
    """The text with a joiner wherever it would call somebody or close something, and with one more where one is."""
    if _CALLS.search(text) is None:
        return text
    apart = [found.span() for found in _APART.finditer(text)]

    def quieted(found: re.Match[str]) -> str:
        place = bisect_right(apart, found.start(), key=lambda span: span[0]) - 1
        within = place >= 0 and found.start() < apart[place][1]
        return found[0] if within and JOINER not in found[0] else found[0] + JOINER

    return _CALLS.sub(quieted, text)


def as_written(text: str) -> str:
    """The reverse of `quiet`."""
    return _CALLS.sub(lambda found: found[0].replace(JOINER, "", 1), text) if JOINER in text else text
