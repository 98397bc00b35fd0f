"""The public post: the decision, its draft, its rows."""

from __future__ import annotations

from musterpoint.api.fields import Answered, Asked, At, Flag, Name, Text
from musterpoint.api.shapes.incident import Publication
from musterpoint.api.shapes.writeup import Advice, Sentence, Version
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.journal import RowKind


class Revision(Answered):
    revision: int
    requested_at: At
    by: str | None
    published_at: At | None
    where: str | None


class Ended(Answered):
    """An action that changed since the post was published."""

    number: int
    title: str
    status: ActionStatus


class OnItsWay(Answered):
    """How it goes with a revision that was asked for."""

    key: str
    status: str
    error: str | None


class Refusal(Answered):
    """Why it cannot be published now."""

    code: str
    message: str
    hint: str


class PublicationShown(Answered):
    """The decision, the revisions, and what the record has that the published text has not."""

    incident: str
    publication: Publication
    revisions: list[Revision]
    written_by: str | None
    unpublished: bool
    changed: str
    actions_since: list[Ended]
    blocked: list[str]
    effect: OnItsWay | None
    refusal: Refusal | None


class PublicationOf(Answered):
    incident: str
    publication: Publication


class Draft(Answered):
    """The post as it would be published now; `source` is what is edited."""

    incident: str
    path: str
    url: str
    text: str
    source: str
    composed: str
    version: int
    written_by: str | None
    written_at: At | None
    sentences: list[Sentence]
    questions: list[str]
    changed: str
    versions: list[Version]


class PostAdvice(Advice):
    """`grave`: with it the post is not published, unless somebody says that it may be there."""

    grave: bool


class PostAdviceGiven(Answered):
    incident: str
    advice: list[PostAdvice]


class PublicRow(Answered):
    """A row of the timeline as the public would read it, and whether it does."""

    entry: int | None
    at: At
    kind: RowKind
    text: str
    public: bool
    why: str
    cites: list[str]


class PublicRows(Answered):
    incident: str
    rows: list[PublicRow]


class Decided(Asked):
    """To publish, to skip (authority alone, with a reason), or null: no decision any more."""

    decision: Decision | None
    reason: Text = ""


class RowChosen(Asked):
    """The row of an entry is for the public, or is not."""

    entry: Name
    public: Flag


class Publish(Asked):
    """`anyway`: though it holds what looks like a secret or a customer's name."""

    anyway: Flag = False
