"""What somebody did to the regions of the issue's body and to the parts of the write-up in them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Protocol

from musterpoint import access
from musterpoint.actions.recording import comment, happened
from musterpoint.core import writeup
from musterpoint.core.aftermath_journal import IssueComment, WriteupEdit
from musterpoint.core.decision import Actor, NotAllowed
from musterpoint.core.describe import REDACTED
from musterpoint.core.incident import Incident
from musterpoint.core.issue_body import Changes, PartChange
from musterpoint.core.issue_journal import RegionLost
from musterpoint.core.journal import Entry, Fact
from musterpoint.core.process import Process
from musterpoint.core.writeup_parts import PartText
from musterpoint.store import models


class Taking(Protocol):
    """An event on its way into an incident, whose row is locked."""

    @property
    def process(self) -> Process: ...
    @property
    def row(self) -> models.Incident: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def source(self) -> str: ...
    @property
    def now(self) -> datetime: ...

    state: Incident
    new: int

    def record(self, fact: Fact) -> Entry: ...


def remark(taking: Taking, text: str) -> None:
    """Say on the issue, and on record, what we did or left undone there: nobody's words but ours."""
    entry, taking.state = happened(taking.process, taking.row, taking.state, IssueComment(text), taking.now)
    taking.new += 1
    comment(taking.row, entry)


def markers(taking: Taking, found: Changes, *, current: bool, known: frozenset[str] = frozenset()) -> None:
    """Markers that were taken away or stand there again. Of an event that is old (not `current`) only those regions are
    lost that still stand in the body that we know (`known`): the others were told of before."""
    for region in found.lost:
        issue = taking.state.after.issue
        if issue is None or not (current or region in known) or region in issue.given_up:
            continue
        taking.record(RegionLost(region, given_up=region in issue.lost))
    for region in found.found:
        issue = taking.state.after.issue
        if issue is not None and region in issue.given_up:
            taking.record(RegionLost(region, found=True))


def parts(taking: Taking, found: Changes) -> None:
    """What was written into parts stands, for it stands there already. What the rules refuse is kept as a comment."""
    if not found.parts:
        return
    entries = access.entries(access.NOBODY, taking.row)
    stand = {each.part.name: each for each in writeup.parts(taking.state, entries, taking.process)}
    for change in found.parts:
        _part(taking, stand[change.name], change)


def _part(taking: Taking, part: PartText, change: PartChange) -> None:
    if _before_redaction(change):
        return
    if not change.after.strip():
        if part.version and writeup.plain(change.before) == writeup.plain(part.text):
            taking.record(WriteupEdit(part.part.name, on=part.version, reset=True))
        return
    try:
        draft = writeup.edit(taking.state, taking.actor, part, change.after, taking.now, base=change.before, there=True)
    except NotAllowed:
        taking.record(IssueComment(change.after))
        return
    if draft is not None:
        taking.record(draft.fact)


def _before_redaction(change: PartChange) -> bool:
    """It is what stood there before we took something out: nobody has written it since."""
    parts = [re.escape(each) for each in writeup.plain(change.before).split(REDACTED)]
    return len(parts) > 1 and re.fullmatch(".*".join(parts), writeup.plain(change.after), re.DOTALL) is not None
