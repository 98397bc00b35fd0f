"""A team's own steps of the process, from `[[steps]]` of musterpoint.toml: each says which entry shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from musterpoint.core.incident import Kind, Milestone
from musterpoint.core.journal import KINDS
from musterpoint.core.marks import MarkKind
from musterpoint.core.pace import Wrong

NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-"


@dataclass(frozen=True, slots=True)
class OwnStep:
    """Exactly one of `said` (words of a message or note), `kind` (of an entry) and `mark` is not empty.

    `after` and `before` narrow it to entries since or until a milestone; `incidents` to kinds of incident (empty: all).
    """

    name: str
    title: str = ""
    said: str = ""
    kind: str = ""
    mark: str = ""
    after: str = ""
    before: str = ""
    incidents: tuple[str, ...] = ()


_ALLOWED = {
    "kind": (tuple(KINDS), "must be a kind of entry (docs/journal.md)."),
    "mark": (tuple(MarkKind), f"must be one of {', '.join(MarkKind)}."),
    "after": (tuple(Milestone), f"must be one of {', '.join(Milestone)}."),
    "before": (tuple(Milestone), f"must be one of {', '.join(Milestone)}."),
}
_TEXTS = ("name", "title", "said", "kind", "mark", "after", "before")
_EXAMPLE = 'Write: [[steps]] name = "status_page", title = "Tell customers", said = "status page". It is left out.'


def read_steps(content: Any, taken: Sequence[str]) -> tuple[tuple[OwnStep, ...], list[Wrong]]:
    """The steps that make sense, in their order, and what is wrong with the others. `taken` are names in use."""
    if not isinstance(content, list):
        return (), [Wrong("[steps]", "must be tables of their own: [[steps]].", _EXAMPLE)]
    steps: list[OwnStep] = []
    wrong = []
    for number, each in enumerate(content, 1):
        problem = _problem(each, [*taken, *(step.name for step in steps)])
        if problem:
            wrong.append(Wrong(f"[[steps]] {_called(each, number)}", problem, _EXAMPLE))
        else:
            step = OwnStep(**{**each, "incidents": tuple(each.get("incidents", ()))})
            steps.append(replace(step, title=step.title.strip() or step.name))
    return tuple(steps), wrong


def _called(content: Any, number: int) -> str:
    name = content.get("name") if isinstance(content, Mapping) else None
    return name if isinstance(name, str) and name else str(number)


def _problem(content: Any, taken: Sequence[str]) -> str:
    if not isinstance(content, Mapping):
        return "must be a table."
    if unknown := sorted(set(content) - {*_TEXTS, "incidents"}):
        return f"must not have {', '.join(unknown)}: known are {', '.join((*_TEXTS, 'incidents'))}."
    for field in _TEXTS:
        if not isinstance(content.get(field, ""), str):
            return f"must have a text as {field}."
    name = content.get("name", "")
    if not name or set(name) - set(NAME) or name in taken:
        return "must have a name of its own, of small letters, digits, _ and -."
    if sum(bool(content.get(field, "").strip()) for field in ("said", "kind", "mark")) != 1:
        return "must have exactly one of said, kind and mark."
    for field, (allowed, words) in _ALLOWED.items():
        if content.get(field) and content[field] not in allowed:
            return f"{field} {words}"
    incidents = content.get("incidents", [])
    if not isinstance(incidents, list) or not all(each in tuple(Kind) for each in incidents):
        return f"must have a list of {', '.join(Kind)} as incidents."
    return ""
