"""The tables. `Entry` is the journal and is only appended; the state on `Incident` is its projection.

Exactly one of `Entry.incident` and `Entry.thread` is set: what people say belongs to its thread, which several
incidents may read; what happens to the incident belongs to it. Times are UTC.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models

from musterpoint.store.tracker_models import ActionIssue, IssuePage, Throttle, TrackerPoll

__all__ = ["ActionIssue", "IssuePage", "Throttle", "TrackerPoll", "unique_key"]


def unique_key() -> str:
    """The key of an entry that nobody outside can send twice."""
    return secrets.token_hex(8)


class Counter(models.Model):
    """Numbers handed out in the transaction that uses them."""

    name = models.CharField(max_length=50, primary_key=True)
    value = models.BigIntegerField(default=0)


class Setting(models.Model):
    """Switches of the installation that must survive a restart, such as holding back effects after a restore."""

    name = models.CharField(max_length=50, primary_key=True)
    value = models.TextField(default="")


class Person(models.Model):
    """One human, whatever they are called elsewhere."""

    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, default="responder")
    zone = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Identity(models.Model):
    """`slack:U…`, `github:LOGIN`, `email:…`, `account:…`; each belongs to one person."""

    name = models.CharField(max_length=250, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")


class Thread(models.Model):
    """A thread of a chat, or (workspace `local`) the thread on an incident's own page."""

    workspace = models.CharField(max_length=100, default="")
    channel = models.CharField(max_length=100)
    channel_name = models.CharField(max_length=200, default="")
    root = models.CharField(max_length=64)
    url = models.TextField(default="")
    incomplete = models.TextField(default="")
    #: of a private channel: what is said of the incident may be said there and nowhere else
    private = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "channel", "root"], name="one_row_per_thread")
        ]


class Incident(models.Model):
    """The state that the journal says; changed only in the transaction that appends to the journal."""

    ref = models.CharField(max_length=32, unique=True)
    title = models.TextField()
    affected = models.TextField(default="")
    status = models.CharField(max_length=20, default="open")
    kind = models.CharField(max_length=20, default="availability")
    severity = models.CharField(max_length=20, default="")
    lead_identity = models.CharField(max_length=250, default="")
    lead_name = models.CharField(max_length=200, default="")
    nominee_identity = models.CharField(max_length=250, default="")
    nominee_name = models.CharField(max_length=200, default="")
    restricted = models.BooleanField(default=False)
    duplicate_of = models.CharField(max_length=32, default="")
    milestones = models.JSONField(default=dict)
    #: write-up, actions, issue, publication, reminders: see core.aftermath
    after = models.JSONField(default=dict)
    open_actions = models.IntegerField(default=0)
    #: when somebody last wrote into one of its threads
    spoken_at = models.DateTimeField(null=True)
    #: since when a huddle runs, as far as the chat has told
    huddle_at = models.DateTimeField(null=True)
    #: restricted because its thread is in a private channel, whose members may be told of it there
    confined = models.BooleanField(default=False)
    #: whether it has, or is to get, a thread of its own in the chat
    announced = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    #: raised with every entry that changes the incident; the page and the card compare it
    version = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["restricted", "-id"], name="incident_newest"),
            models.Index(fields=["status", "restricted", "-id"], name="incident_by_status"),
            models.Index(fields=["-id"], name="incident_with_actions", condition=models.Q(open_actions__gt=0)),
            models.Index(fields=["lead_identity", "status"], name="incident_by_lead"),
            models.Index(fields=["nominee_identity", "status"], name="incident_by_nominee"),
        ]


class Member(models.Model):
    """Who knows of a restricted incident, by identity: an account may be linked later."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="members")
    identity = models.CharField(max_length=250)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "identity"], name="member_once")]
        indexes: ClassVar = [models.Index(fields=["identity"], name="member_by_identity")]


class Reading(models.Model):
    """An incident reads a thread, from `since` (inclusive) until `until` (exclusive); null is without end."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    role = models.CharField(max_length=20, default="thread")


class Capture(models.Model):
    """How far a thread of the chat is captured. What comes by itself is taken in as it comes; `read_to` is the stamp up
    to which the chat's own history was compared with it. `cursor` is where a pass goes on, which began at
    `reading_since`. `whole`: the pass goes over the thread from its root. Whoever reads a page holds `leased_until`.
    """

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="capture")
    #: since when we are told of what happens in it
    since = models.DateTimeField()
    read_to = models.CharField(max_length=64, default="")
    #: when the last pass began that reached the end
    read_at = models.DateTimeField(null=True)
    cursor = models.TextField(default="")
    reading_since = models.DateTimeField(null=True)
    whole = models.BooleanField(default=True)
    due_at = models.DateTimeField(db_index=True)
    leased_until = models.DateTimeField(null=True)
    error = models.TextField(default="")


class ChatUser(models.Model):
    """Somebody whom the chat's workspace knows. `kind`: `member`, `guest`, `stranger` (of another workspace), `app`,
    `gone`."""

    workspace = models.CharField(max_length=100)
    user = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="")
    email = models.CharField(max_length=250, default="")
    kind = models.CharField(max_length=20)
    known_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user"], name="one_row_per_chat_user")]


class ChatChannel(models.Model):
    """A channel of the chat that concerns us. `member`: our app is in it."""

    workspace = models.CharField(max_length=100)
    channel = models.CharField(max_length=100)
    name = models.CharField(max_length=200, default="")
    private = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    member = models.BooleanField(default=True)
    known_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "channel"], name="one_row_per_channel")]


class Trouble(models.Model):
    """What hinders a connection now. `place`: the channel that it concerns, empty for all. Gone when it is mended."""

    source = models.CharField(max_length=30)
    place = models.CharField(max_length=100, default="")
    code = models.CharField(max_length=60)
    message = models.TextField()
    hint = models.TextField(default="")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "place"], name="one_trouble_per_place")]


class Import(models.Model):
    """A file that is being taken in. Its entries stay invisible until `status` is `whole`."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="imports")
    status = models.CharField(max_length=20, default="running")
    digest = models.CharField(max_length=64)
    host = models.CharField(max_length=200)
    process = models.BigIntegerField()
    total = models.IntegerField(default=0)
    beat_at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class ImportedName(models.Model):
    """Whom an imported file names, with their zone: ids belong to their import, elsewhere they mean somebody else."""

    identity = models.CharField(max_length=250, unique=True)
    zone = models.CharField(max_length=64, default="")


class Entry(models.Model):
    """One fact of the journal. `anchor` is the time of the message it is about, so that facts move with it.

    `score`, `row_kind` and `reasons` are what the message's own words say (a projection that can be rebuilt).
    """

    #: no index of their own: those below begin with them, and a shorter one misleads PostgreSQL
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False)
    taken_in_by = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="entries")
    key = models.CharField(max_length=250)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    basis = models.CharField(max_length=20)
    known_at = models.DateTimeField()
    anchor = models.DateTimeField()
    who_identity = models.CharField(max_length=250, default="")
    who_name = models.CharField(max_length=200, default="")
    source = models.CharField(max_length=30)
    ref = models.CharField(max_length=250, default="")
    url = models.TextField(default="")
    data = models.TextField()
    score = models.FloatField(null=True)
    row_kind = models.CharField(max_length=20, default="")
    reasons = models.TextField(default="")
    redacted = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "key"], name="entry_once_per_thread"),
            models.CheckConstraint(
                condition=models.Q(incident__isnull=True) ^ models.Q(thread__isnull=True), name="entry_has_one_owner"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["thread", "anchor"], name="entry_in_thread"),
            models.Index(fields=["incident", "id"], name="entry_of_incident"),
        ]


class Inbound(models.Model):
    """An event from outside, stored before it is acknowledged. `waiting` → `taken`, or `parked` with its error."""

    source = models.CharField(max_length=30)
    key = models.CharField(max_length=250)
    data = models.TextField()
    status = models.CharField(max_length=20, default="waiting")
    error = models.TextField(default="")
    attempt = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    #: what it is about is not known yet: looked at again then
    not_before = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "key"], name="inbound_once")]
        indexes: ClassVar = [models.Index(fields=["status", "id"], name="inbound_by_status")]


class Effect(models.Model):
    """Something to be done outside, written in the transaction that decided it. The row is the work.

    `waiting` → `done`, or `parked` (Refused, or too many attempts), or `dropped` by a person with a reason.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=30)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="effects")
    data = models.TextField(default="{}")
    status = models.CharField(max_length=20, default="waiting")
    #: how often it was put into the queue (the job's id is KEY:ATTEMPT), and how often somebody began
    attempt = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    enqueued_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=100, default="")
    external = models.TextField(default="")
    error = models.TextField(default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "not_before"], name="effect_due"),
            models.Index(fields=["incident", "id"], name="effect_of_incident"),
        ]


class Copy(models.Model):
    """A file that we wrote outside the database (backup, export): what a redaction must name or clean."""

    kind = models.CharField(max_length=20)
    path = models.TextField()
    incident_ref = models.CharField(max_length=32, default="")
    made_at = models.DateTimeField()


class LocalPost(models.Model):
    """What the local chat was asked to post: the other side that an effect is looked up on."""

    key = models.CharField(max_length=200, unique=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE)
    text = models.TextField()
    withdrawn = models.BooleanField(default=False)


class IssueCopy(models.Model):
    """The body of an incident's issue as both sides last knew it: what differs from it was written by a person.

    `writing` is what we were about to write; if we died, the other side may have it.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="issue_copy")
    #: the issue's reference on the tracker, once it is there
    ref = models.CharField(max_length=250, null=True, unique=True)
    body = models.TextField(default="")
    writing = models.TextField(default="")
    #: `body` with what a write of ours replaced put back into it, as long as that is not written
    owed = models.TextField(default="")
    #: digests of the bodies that we wrote, a line each, the newest last: to know our own words where nothing else tells
    wrote = models.TextField(default="")
    #: whether the issue was open when we last looked
    open = models.BooleanField(default=True)
    written_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)


class LocalIssue(models.Model):
    """The local tracker: an issue as people see it there. A party of its own: asked twice, it makes two."""

    key = models.CharField(max_length=200, db_index=True)
    title = models.TextField()
    body = models.TextField()
    open = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()


class LocalComment(models.Model):
    """A comment on a local issue; `key` is ours, empty for what people write."""

    issue = models.ForeignKey(LocalIssue, on_delete=models.CASCADE, related_name="comments")
    key = models.CharField(max_length=200, default="")
    who_identity = models.CharField(max_length=250, default="")
    who_name = models.CharField(max_length=200, default="")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["issue", "key"], name="comment_by_key")]
