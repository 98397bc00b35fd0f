"""Redact, in what follows a resolution: write-up, actions, issue, comments, post. They quote what people said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from musterpoint.core.timeline import condensed
from musterpoint.core.timeline_markdown import escaped
from musterpoint.store import models

GONE = "[redacted]"
#: shorter texts ("ok") stand in too many sentences that are not theirs
SHORTEST = 8
#: kinds of entry whose texts quote messages
QUOTING = (
    "writeup_edit",
    "action_added",
    "action_changed",
    "action_ended",
    "issue_change",
    "issue_comment",
    "override",
    "post_requested",
    "reminder",
)

_Held = models.IssueCopy | models.IssuePage | models.LocalIssue | models.LocalComment


def forms(text: str) -> list[str]:
    """How a text stands in documents: as written, on one line, cut for a row, as Markdown. The longest first."""
    line = " ".join(text.split())
    row = condensed(text).removesuffix("…")
    return sorted({each for each in (text, line, row, escaped(line), escaped(row)) if each}, key=len, reverse=True)


def without(value: str, wanted: Iterable[str]) -> str:
    for each in wanted:
        value = value.replace(each, GONE)
    return value


def quoting(said: Sequence[str], readers: Q) -> tuple[list[models.Entry], list[str]]:
    """The entries of incidents (`readers` finds them) that may quote one of the texts, and the texts' forms."""
    wanted = [form for text in said if len(text) >= SHORTEST for form in forms(text)]
    rows = models.Entry.objects.filter(incident__in=models.Incident.objects.filter(readers), kind__in=QUOTING)
    return (list(rows) if wanted else []), wanted


def clean_issues(incidents: Iterable[int], wanted: Sequence[str]) -> int:
    """Take the texts out of the issues in our own tables, with their comments and our copies. How many had them."""
    changed = 0
    for copy in models.IssueCopy.objects.filter(incident__in=set(incidents)):
        number = (copy.ref or "").partition("local#")[2]
        issue = models.LocalIssue.objects.filter(pk=int(number)).first() if number else None
        comments = list(models.LocalComment.objects.filter(issue=issue)) if issue else []
        pages = models.IssuePage.objects.filter(incident=copy.incident_id)
        held: list[_Held] = [copy, *pages, *comments]
        changed += sum(_clean(row, wanted) for row in ([*held, issue] if issue else held))
    return changed


def _clean(row: _Held, wanted: Sequence[str]) -> bool:
    changed = False
    for name in ("title", "body", "writing", "owed", "text"):
        value = getattr(row, name, "")
        if value and (left := without(value, wanted)) != value:
            setattr(row, name, left)
            changed = True
    if changed:
        row.save()
    return changed


def on_trackers(incidents: Iterable[int]) -> list[str]:
    """Issues elsewhere: their bodies are written anew without the text, but the tracker keeps what stood there."""
    rows = models.IssueCopy.objects.filter(incident__in=set(incidents), ref__isnull=False)
    refs = rows.exclude(ref__startswith="local#").values_list("ref", flat=True)
    return [f"the edit history of the issue {ref}, and our comments on it (delete those there)" for ref in refs]


def published(cleaned: Iterable[models.Entry]) -> list[str]:
    """Posts that are out there with what was removed: their next revision goes without it."""
    posts = {each.incident_id: each for each in cleaned if each.kind == "post_requested" and each.incident}
    there = [each.incident for each in posts.values() if each.incident]
    return [
        f"{each.after.get('publication', {}).get('path', '')} on the website (publish it again, and clean its history)"
        for each in there
        if each.after.get("publication", {}).get("published")
    ]
