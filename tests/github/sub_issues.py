"""Sub-issues: who may be whose child (docs.github.com/rest/issues/sub-issues).

100 children for a parent, 8 levels below each other, one parent for a child, the same owner for both. The words of a
duplicate, a second parent and an unknown child are those that GitHub has; the others are in its manner.
"""

from __future__ import annotations

from tests.github.issues import Issues
from tests.github.records import Account, Issue
from tests.github.refusal import Refusal, not_found

MOST, LEVELS = 100, 8
START = "An error occured while adding the sub-issue to the parent issue."  # GitHub's own spelling
TWICE = "Issue may not contain duplicate sub-issues and Sub issue may only have one parent"


def _level(issue: Issue) -> int:
    """How many parents are above it."""
    return 0 if issue.parent is None else 1 + _level(issue.parent)


def _height(issue: Issue) -> int:
    """How many levels of children are below it."""
    return max((1 + _height(each) for each in issue.children), default=0)


class SubIssues(Issues):
    """Links between issues."""

    def link(self, actor: Account, parent: Issue, child: Issue, replace: bool = False) -> None:
        """The child becomes the last of the parent's. Raises Refusal 422, 404 where sub-issues are not available."""
        if not parent.repository.sub_issues:
            raise not_found()
        if child.repository.owner is not parent.repository.owner:
            raise Refusal(422, f"{START} Sub-issue must belong to the same owner as its parent")
        if child in parent.children:
            raise Refusal(422, f"{START} {TWICE}")
        if child.parent is not None and not replace:
            raise Refusal(422, f"{START} Sub issue may only have one parent")
        if self._above(parent, child):
            raise Refusal(422, f"{START} Issue may not be its own ancestor")
        if len(parent.children) >= MOST:
            raise Refusal(422, f"{START} Parent cannot have more than {MOST} sub-issues")
        if _level(parent) + 1 + _height(child) > LEVELS - 1:
            raise Refusal(422, f"{START} Sub-issues cannot be nested more than {LEVELS} levels deep")
        if child.parent is not None:
            self.unlink(actor, child)
        child.parent = parent
        parent.children.append(child)
        self._linked(actor, parent, child, "added")

    def _above(self, issue: Issue | None, other: Issue) -> bool:
        """Whether `other` is this issue or one above it."""
        return issue is not None and (issue is other or self._above(issue.parent, other))

    def unlink(self, actor: Account, child: Issue) -> None:
        parent = child.parent
        assert parent is not None, f"{child.ref} has no parent"
        child.parent = None
        parent.children.remove(child)
        self._linked(actor, parent, child, "removed")

    def _linked(self, actor: Account, parent: Issue, child: Issue, what: str) -> None:
        """Both sides hear of it, each in its own repository; both count as updated."""
        self._event(actor, parent, f"sub_issue_{what}")
        self._event(actor, child, f"parent_issue_{what}")
        pair = {"parent": parent, "child": child}
        self.announce("sub_issues", f"sub_issue_{what}", actor, parent.repository, **pair)
        self.announce("sub_issues", f"parent_issue_{what}", actor, child.repository, **pair)
