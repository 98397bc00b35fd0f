"""The tables about issues on a tracker besides the copy of the body: pages, actions' issues, polls, turns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IssuePage(models.Model):
    """A comment of ours with rows of the timeline that do not fit into the issue's body; as IssueCopy."""

    incident = models.ForeignKey("store.Incident", on_delete=models.CASCADE, related_name="issue_pages")
    number = models.IntegerField()
    #: the comment's id on the tracker, empty while it is not there
    external = models.CharField(max_length=100, default="")
    body = models.TextField(default="")
    writing = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "number"], name="one_row_per_page")]


class ActionIssue(models.Model):
    """The issue of its own that a follow-up action has on the tracker, as both sides last knew it.

    `writing` is what we were about to change there, as JSON: if we died, the other side may have it.
    """

    incident = models.ForeignKey("store.Incident", on_delete=models.CASCADE, related_name="action_issues")
    #: the action's
    number = models.IntegerField()
    ref = models.CharField(max_length=250, unique=True)
    url = models.TextField(default="")
    title = models.TextField(default="")
    open = models.BooleanField(default=True)
    #: `completed`, `not_planned`, `duplicate`; empty while it is open
    reason = models.CharField(max_length=30, default="")
    #: the identity of whoever it is assigned to
    owner = models.CharField(max_length=250, default="")
    linked = models.BooleanField(default=False)
    writing = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "number"], name="one_issue_per_action")]


class TrackerPoll(models.Model):
    """How far a repository of the tracker was asked for what changed: `etag` and `since` of the last question."""

    source = models.CharField(max_length=30)
    place = models.CharField(max_length=250)
    etag = models.CharField(max_length=200, default="")
    since = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "place"], name="one_poll_per_place")]


class Throttle(models.Model):
    """Whose turn it is to write to a service that counts. `calls` are the times of the last hour's writes, as JSON.

    `held_until`: the service asked us to wait until then; `held_for` is how long (seconds) the last pause was for which
    it named no time.
    """

    source = models.CharField(max_length=30, unique=True)
    busy_until = models.DateTimeField(null=True)
    busy_by = models.CharField(max_length=100, default="")
    held_until = models.DateTimeField(null=True)
    held_for = models.FloatField(default=0)
    calls = models.TextField(default="[]")
