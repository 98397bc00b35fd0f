"""The tracker in our own database: where issues live when no other is connected.

It is a party of its own. Musterpoint reaches it through the port alone; what people do there (see `desk`) arrives as
events through the intake, as from any tracker.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from musterpoint.ports import Changed, Filed, Posted, Refused, Seen
from musterpoint.store import models

#: How references begin: `local#3`.
PREFIX = "local#"


def found(ref: str) -> models.LocalIssue:
    """The issue with this reference. Raises Refused."""
    number = ref.removeprefix(PREFIX) if ref.startswith(PREFIX) and ref.isascii() else ""
    issue = models.LocalIssue.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if issue is None:
        raise Refused(f"There is no issue {ref!r} here.")
    return issue


class LocalTracker:
    """The port: what Musterpoint itself does."""

    #: as many characters as other trackers take (GitHub's limit), so that an issue can move
    limit = 65_536
    apart = 0.0
    exact = True

    def create(self, title: str, body: str, key: str) -> Filed:
        now = timezone.now()
        issue = models.LocalIssue.objects.create(key=key, title=title, body=body, created_at=now, changed_at=now)
        return self._filed(issue)

    def find(self, key: str, since: datetime | None = None) -> Filed | None:
        issue = models.LocalIssue.objects.filter(key=key).order_by("id").first()
        return self._filed(issue) if issue else None

    def _filed(self, issue: models.LocalIssue) -> Filed:
        return Filed(f"{PREFIX}{issue.pk}")

    def read(self, ref: str, of: Sequence[str] = ()) -> Seen:
        issue = found(ref)
        ours = issue.comments.exclude(key="").values_list("pk", "text")
        return Seen(issue.title, issue.body, issue.open, comments={str(pk): text for pk, text in ours})

    def write(self, ref: str, body: str, was: str) -> None:
        issue = found(ref)
        same = models.LocalIssue.objects.filter(pk=issue.pk, body=was)
        if not same.update(body=body, changed_at=timezone.now()):
            raise Changed

    def set_open(self, ref: str, open: bool) -> None:
        issue = found(ref)
        models.LocalIssue.objects.filter(pk=issue.pk).exclude(open=open).update(open=open, changed_at=timezone.now())

    def comment(self, ref: str, text: str, key: str) -> Posted:
        issue = found(ref)
        said = models.LocalComment(issue=issue, key=key, who_name="Musterpoint", text=text, at=timezone.now())
        said.save(force_insert=True)
        return Posted(str(said.pk))

    def commented(self, ref: str, key: str) -> Posted | None:
        issue = found(ref)
        said = models.LocalComment.objects.filter(issue=issue, key=key).order_by("id").first()
        return Posted(str(said.pk)) if said else None

    def rewrite(self, ref: str, external: str, text: str, was: str) -> str:
        number = int(external) if external.isascii() and external.isdecimal() else 0
        said = models.LocalComment.objects.filter(issue=found(ref), pk=number).first()
        if said is None:
            raise Refused(f"There is no comment {external!r} here.")
        if not models.LocalComment.objects.filter(pk=said.pk, text=was).update(text=text):
            raise Changed
        return ""
