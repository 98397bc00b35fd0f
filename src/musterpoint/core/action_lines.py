"""The actions in an issue's body, a line each; ticked, it is done. Written from the state, read back as text.

    - [ ] Title — owner, due 2026-03-10, prevent, halden-ferries/shop#12 <!-- action 3 -->

What stands for an action's own issue is its reference, which trackers show as a link. The title ends at the last dash
that stands so, or where what stood behind it before still stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from musterpoint.core.aftermath import Action, ActionStatus

DASH = " — "
NONE_YET = "There are no follow-up actions yet."
EXPLAINED = "A tick finishes an action, and a new line that begins with `- [ ]` adds one."
_ITEM = re.compile(r"([ \t]*)(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$)(?:\[([ xX])\](?:[ \t]+|$))?(.*)", re.DOTALL)
_COMMENT, _END = "<!-- action ", " -->"
#: Characters of why an action's issue is only a link, or is not there.
_WHY_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: `number` is None for one that a person wrote. `said` is all its text, `behind` what follows
    the comment. `loose`: an indented item without a box, which tells about the one above."""

    said: str
    done: bool
    number: int | None = None
    behind: str = ""
    loose: bool = False


def actions_text(actions: Sequence[Action]) -> str:
    """What stands in the region: open ones by their dates, then those done, then those declined."""
    listed = [written(each) for each in sorted(actions, key=_order)]
    return "\n".join([*(listed or [NONE_YET]), "", EXPLAINED])


def _order(action: Action) -> tuple[int, str, int]:
    if action.status is ActionStatus.OPEN:
        return (0, action.due or "9999", action.number)
    return (1 if action.status is ActionStatus.DONE else 2, "", action.number)


def written(action: Action) -> str:
    title, about = one_line(action.title), ", ".join(_about(action)).replace(DASH, " – ")
    if action.status is ActionStatus.DECLINED:
        title = f"~~{title}~~"
    box = "x" if action.status is ActionStatus.DONE else " "
    return f"- [{box}] {title}{DASH}{about} {_COMMENT}{action.number}{_END}"


def _about(action: Action) -> list[str]:
    """What stands behind the title; never nothing, so that the title's end is known."""
    reason = f": {one_line(action.reason)}" if action.reason else ""
    by = f" by {one_line(action.ended_by.name)}" if action.ended_by else ""
    on = f" on {action.ended_at:%Y-%m-%d}" if action.ended_at else ""
    if action.status is ActionStatus.DECLINED:
        why = reason or ", no reason given yet"
        return ["; ".join([f"declined{by}{on}{why}", *_issue(action)])]
    said = [_owner(action)]
    if action.status is ActionStatus.DONE:
        return [*said, *_issue(action), f"done{by}{on}{reason}"]
    if action.due:
        said.append(f"due {action.due}")
    if action.kind:
        said.append(action.kind.value)
    said += _issue(action)
    if action.tracked and not _is_of_its_issue(action):
        said.append(one_line(action.tracked))
    return said


def _issue(action: Action) -> list[str]:
    """The action's own issue, or why it has none."""
    why = one_line(action.apart)
    why = why if len(why) <= _WHY_LIMIT else f"{why[: _WHY_LIMIT - 1]}…"
    if action.issue:
        return [f"{action.issue} (only a link: {why})" if why else action.issue]
    return [f"no issue of its own: {why}"] if why else []


def _is_of_its_issue(action: Action) -> bool:
    """The address says no more than the reference."""
    place, _, number = action.issue.partition("#")
    return bool(action.issue) and action.tracked.casefold().endswith(f"/{place}/issues/{number}".casefold())


def _owner(action: Action) -> str:
    if action.owner is None:
        return "nobody yet"
    name = one_line(action.owner.name)
    return f"{name} (not known here)" if action.owner.identity.startswith("name:") else name


def one_line(text: str) -> str:
    return " ".join(text.split())


def read(line: str) -> Line | None:
    """The line of a list; None for anything else."""
    found = _ITEM.fullmatch(line.rstrip())
    if found is None:
        return None
    indent, box, text = found.groups()
    loose = bool(indent) and box is None
    done = box in ("x", "X")
    place = text.rfind(_COMMENT)
    number, end, behind = text[place + len(_COMMENT) :].partition(_END) if place >= 0 else ("", "", "")
    if end and number.isascii() and number.isdecimal() and len(number) < 10:
        return Line(one_line(text[:place]), done, int(number), one_line(behind))
    return Line(one_line(text), done, loose=loose)


def title_and_about(said: str) -> tuple[str, str]:
    """Of a line that we wrote."""
    title, dash, about = said.rpartition(DASH)
    if not dash:
        return said, ""
    return (_unstruck(title) if about.startswith("declined") else title), about


def read_again(said: str, title: str, about: str) -> tuple[str, str]:
    """Title and what is behind it in a line that had these before, as a person left it."""
    struck = about.startswith("declined")
    for same in (title, f"~~{title}~~") if struck else (title,):
        if said == same:
            return title, ""
        if said.startswith(f"{same}{DASH}"):
            return title, said.removeprefix(f"{same}{DASH}")
    head, dash, tail = said.rpartition(DASH)
    if not dash or not (tail == about or set(tail.split(", ")) & set(about.split(", "))):
        head, tail = said, ""
    return (_unstruck(head) if struck else head), tail


def _unstruck(title: str) -> str:
    return title[2:-2] if len(title) > 4 and title.startswith("~~") and title.endswith("~~") else title
