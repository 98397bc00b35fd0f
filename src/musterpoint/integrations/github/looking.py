"""One look at an Incident issue: a single question tells all about it and about the issues of its actions.

A further request is made for what is not found under its name, for a page that is full, for issues of other owners, and
for more than fifty actions. What is out of reach hinders nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github import asking, history
from musterpoint.integrations.github.calling import Trouble
from musterpoint.integrations.github.hidden import without_key
from musterpoint.integrations.github.people import us_of
from musterpoint.integrations.github.references import Reference, of_node, possible, reference
from musterpoint.integrations.github.sub_issue import nodes, sub_issue
from musterpoint.integrations.github.whereabouts import whereabouts
from musterpoint.ports import Refused, Seen, SubIssue, Unavailable

Node = Mapping[str, Any]


def look(process: Process, ref: str, of: Sequence[str] = ()) -> Seen:
    """See ports.Tracker.read."""
    asked = reference(ref)
    data, with_it, rest = _everything(process, asked, [each for each in map(possible, of) if each is not None])
    issue, us = data["repository"]["issue"], us_of(data["viewer"])
    here = of_node(issue)
    said = history.comments(process, here, issue)
    moved = str(here) != ref
    answers = [*zip(with_it, asking.also(data, len(with_it)), strict=True), *_of_the_rest(process, rest)]
    return Seen(
        str(issue["title"]),
        without_key(str(issue["body"])),
        issue["state"] == "OPEN",
        history.revisions(process, here, issue, us),
        history.happened(issue, said, us, ref),
        history.ours(said, us),
        tuple(_sub_issues(process, here, of, answers, nodes(issue.get("subIssues")))),
        str(here) if moved else "",
        str(issue["url"]) if moved else "",
        keeps=True,
    )


def look_at_one(process: Process, ref: str) -> SubIssue:
    """See ports.ActionIssues.look."""
    asked = here = reference(ref)
    for _ in range(2):
        if (node := asking.some(process, [here])[0]) is not None:
            return sub_issue(node, None, asked=asked)
        here = whereabouts(process, here)
    raise Unavailable(f"GitHub does not tell about {here} just now.")


def _everything(
    process: Process, asked: Reference, others: Sequence[Reference]
) -> tuple[dict[str, Any], list[Reference], list[list[Reference]]]:
    """The answer, the others that were asked for with it, and the portions of those that were not."""
    here = asked
    for _ in range(2):
        portions = list(asking.by_owner(list(dict.fromkeys(others))))
        mine = next((each for each in portions if each[0].owner.lower() == here.owner.lower()), [])
        data = asking.everything(process, here, mine)
        if (data.get("repository") or {}).get("issue"):
            return data, mine, [each for each in portions if each is not mine]
        here = whereabouts(process, here)
    raise Unavailable(f"GitHub does not tell about {here} just now.")


def _of_the_rest(process: Process, portions: Sequence[list[Reference]]) -> Iterator[tuple[Reference, Node | None]]:
    """Where a whole owner is out of reach there is nothing to tell: a person has to mend it, and it may pass."""
    for portion in portions:
        try:
            yield from zip(portion, asking.some(process, portion), strict=True)
        except Trouble:
            continue


def _sub_issues(
    process: Process,
    parent: Reference,
    of: Sequence[str],
    answers: Sequence[tuple[Reference, Node | None]],
    children: Sequence[Node],
) -> Iterator[SubIssue]:
    """Those that were asked for, then those that people linked by hand; each once."""
    told = set()
    yield from (SubIssue(each, gone=True) for each in of if possible(each) is None)
    for asked, node in answers:
        found = _found(process, parent, asked, node)
        if found is not None:
            told.add(found.ref)
            yield found
    for each in children:
        if str(of_node(each)) not in told:
            yield sub_issue(each, parent, linked=True)


def _found(process: Process, parent: Reference, asked: Reference, node: Node | None) -> SubIssue | None:
    """None where GitHub does not say now what became of it."""
    try:
        there = asked
        if node is None:
            there = whereabouts(process, asked)
            node = asking.some(process, [there])[0]
        return None if node is None else sub_issue(node, parent, asked=asked)
    except Unavailable:
        return None
    except Refused:
        return SubIssue(str(asked), gone=True)
