"""What we ask GitHub's GraphQL API: all about an issue at once, and what of it comes in pages.

https://docs.github.com/en/graphql/reference/issues. GitHub Enterprise Server before 3.17 has no sub-issues: to it the
question is put without them (`plain`).
"""

from __future__ import annotations

from collections.abc import Sequence

from musterpoint.integrations.github.references import Reference

#: Revisions (each is a whole body) and comments of a page.
EDITS, COMMENTS = 20, 100
#: Issues that are asked for with the main one.
ALSO = 50

_ACTOR = "{ __typename login ... on User { name } }"
_EVENTS = "itemTypes: [CLOSED_EVENT, REOPENED_EVENT]"
_EVENT = f"""{{
  __typename
  ... on ClosedEvent {{ id createdAt actor {_ACTOR} closer {{ __typename ... on PullRequest {{ url }} }} }}
  ... on ReopenedEvent {{ id createdAt actor {_ACTOR} }}
}}"""
_PAGE = "pageInfo { hasNextPage endCursor hasPreviousPage startCursor }"
_EDITS = f"{{ nodes {{ id editedAt editor {_ACTOR} diff }} {_PAGE} }}"
_ISSUE = "repository(owner: $owner, name: $name) { nameWithOwner issue(number: $number)"
_ABOUT = "$owner: String!, $name: String!, $number: Int!"


def everything(others: Sequence[Reference], *, plain: bool = False) -> str:
    """All about the issue `$number` of `$owner/$name`, and a little about the others (`also0`, `also1`, …)."""
    children = "" if plain else "subIssues(first: 100) { nodes { ...Told } }"
    return f"""query({_ABOUT}{_named(others)}) {{
  viewer {{ login }}
  {_ISSUE} {{
    number title body url state repository {{ nameWithOwner }}
    userContentEdits(first: {EDITS}) {_EDITS}
    comments(last: {COMMENTS}) {_comments(plain)}
    timelineItems({_EVENTS}, last: 30) {{ nodes {_EVENT} }}
    {children}
  }} }}
  {_also(others)}
}}
{_told(plain) if others or children else ""}"""


def some(others: Sequence[Reference], *, plain: bool = False) -> str:
    """A little about these alone."""
    return f"query({_named(others).removeprefix(', ')}) {{ {_also(others)} }}\n{_told(plain)}"


def names(others: Sequence[Reference]) -> dict[str, str | int]:
    """The variables for the others."""
    found: dict[str, str | int] = {}
    for place, each in enumerate(others):
        found |= {f"owner{place}": each.owner, f"name{place}": each.name, f"number{place}": each.number}
    return found


def _named(others: Sequence[Reference]) -> str:
    places = range(len(others))
    return "".join(f", $owner{each}: String!, $name{each}: String!, $number{each}: Int!" for each in places)


def _also(others: Sequence[Reference]) -> str:
    asked = "also{0}: repository(owner: $owner{0}, name: $name{0}) {{ issue(number: $number{0}) {{ ...Told }} }}"
    return "\n  ".join(asked.format(place) for place in range(len(others)))


def _told(plain: bool) -> str:
    """What is asked about each issue of an action."""
    more = (
        "stateReason" if plain else "stateReason(enableDuplicate: true) parent { number repository { nameWithOwner } }"
    )
    number = "databaseId" if plain else "fullDatabaseId"
    return f"""fragment Told on Issue {{
  number title url state {more} {number} repository {{ nameWithOwner }}
  assignees(first: 1) {{ nodes {{ __typename login name }} }}
  timelineItems({_EVENTS}, last: 1) {{ nodes {_EVENT} }}
}}"""


def _comments(plain: bool) -> str:
    """Newer ids are too large for `databaseId`."""
    number = "databaseId" if plain else "fullDatabaseId"
    said = f"{number} url body createdAt lastEditedAt author {_ACTOR} editor {_ACTOR}"
    return f"{{ nodes {{ {said} }} {_PAGE} }}"


def more_edits() -> str:
    """The page of revisions behind `$after`."""
    edits = f"userContentEdits(first: {EDITS}, after: $after) {_EDITS}"
    return f"query({_ABOUT}, $after: String!) {{ {_ISSUE} {{ {edits} }} }} }}"


def more_comments(*, plain: bool = False) -> str:
    """The page of comments before `$before`."""
    said = _comments(plain)
    return (
        f"query({_ABOUT}, $before: String!) {{ {_ISSUE} {{ comments(last: {COMMENTS}, before: $before) {said} }} }} }}"
    )


def edits_of_a_comment() -> str:
    """The last revisions of the comment `$id`."""
    return f"query($id: ID!) {{ node(id: $id) {{ ... on IssueComment {{ userContentEdits(first: 10) {_EDITS} }} }} }}"
