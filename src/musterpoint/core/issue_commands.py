"""What somebody asks of us in a comment on the issue: `/musterpoint close because …`, at the beginning of a line.

    close because WHY      let the issue close though something is outstanding
    done N                 finish an action
    decline N because WHY
    assign N to @LOGIN     or `me`
    status                 what is outstanding
    help

A command is one line, a reason may go on to the end of its paragraph. Code and quotes hold none, and of several
commands in a comment the first counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from musterpoint.core.process import Process

_COMMAND = re.compile(r" {0,3}/musterpoint(?![\w/-])[:,]?[ \t]*(.*)", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_BECAUSE = re.compile(r"[\s,]*(?:because\b\s*:?|:)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?:action\b\s*)?#?([0-9]{1,9})\b", re.IGNORECASE)
_TO = re.compile(r"\s*(?:to\b)?\s*", re.IGNORECASE)


class Deed(StrEnum):
    CLOSE = "close"
    DONE = "done"
    DECLINE = "decline"
    ASSIGN = "assign"
    STATUS = "status"
    HELP = "help"
    UNKNOWN = "unknown"


#: These change something.
CHANGES = (Deed.CLOSE, Deed.DONE, Deed.DECLINE, Deed.ASSIGN)
#: The form in which each is shown to people.
FORMS = {
    Deed.CLOSE: "/musterpoint close because WHY",
    Deed.DONE: "/musterpoint done N",
    Deed.DECLINE: "/musterpoint decline N because WHY",
    Deed.ASSIGN: "/musterpoint assign N to @LOGIN",
    Deed.STATUS: "/musterpoint status",
    Deed.HELP: "/musterpoint help",
}


@dataclass(frozen=True, slots=True)
class Command:
    """`number` is an action's, None where none is given. `words` are the reason, whom to assign it to, or what was not
    understood. `more`: there are other commands in the comment."""

    deed: Deed
    number: int | None = None
    words: str = ""
    more: bool = False


def commanded(text: str) -> Command | None:
    """The command of a comment; None where it has none."""
    lines = list(_plain(text.replace("\r\n", "\n").split("\n")))
    places = [place for place, line in enumerate(lines) if _COMMAND.match(line)]
    if not places:
        return None
    first, found = places[0], _COMMAND.match(lines[places[0]])
    assert found is not None
    end = next((place for place in range(first + 1, len(lines)) if not lines[place].strip()), len(lines))
    end = min([end, *places[1:2]])
    return _read(found[1].strip(), " ".join(each.strip() for each in lines[first + 1 : end]), more=len(places) > 1)


def _plain(lines: Sequence[str]) -> Iterator[str]:
    """The lines; those in code and quotes are empty."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if fence:
            closes = found and found[1].startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
            yield ""
        elif found:
            fence = found[1]
            yield ""
        else:
            yield "" if _QUOTE.match(line) else line


def _read(line: str, following: str, *, more: bool) -> Command:
    word = re.match(r"[A-Za-z]*", line)
    name, rest = (word[0].lower(), line[word.end() :]) if word else ("", line)
    whole = f"{rest} {following}".rstrip()
    match name:
        case "close":
            return Command(Deed.CLOSE, None, _reason(whole), more)
        case "done" | "decline" | "assign":
            number = _NUMBER.match(rest)
            place = number.end() if number else 0
            words = _TO.sub("", rest[place:], count=1).strip() if name == "assign" else _reason(whole[place:])
            return Command(Deed(name), int(number[1]) if number else None, words, more)
        case "status" | "help":
            return Command(Deed(name), more=more)
        case "" if not rest.strip():
            return Command(Deed.HELP, more=more)
    return Command(Deed.UNKNOWN, None, line, more)


def _reason(text: str) -> str:
    """What stands behind `because`, or behind a colon; without either none is given."""
    found = _BECAUSE.match(text)
    return text[found.end() :].strip() if found else ""


def how(step: str, ref: str, process: Process) -> str:
    """How people of this tracker let the issue close (`close`), or open it again (`reopen`)."""
    if process.tracker == "local":
        return {
            "close": f"`musterpoint issue override {ref} --reason WHY`",
            "reopen": f"`musterpoint issue reopen {ref}`",
        }[step]
    return {"close": f"comment `{FORMS[Deed.CLOSE]}`", "reopen": "open the issue again"}[step]
