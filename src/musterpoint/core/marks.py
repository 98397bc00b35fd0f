"""What people and the scorer say about a message's place in a timeline: marks, kinds of row, verdicts, signals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """What people mark, the same on every surface."""

    TIMELINE = "timeline"
    FINDING = "finding"
    ACTION_TAKEN = "action_taken"
    DECISION = "decision"
    FOLLOW_UP = "follow_up"
    IGNORE = "ignore"


class RowKind(StrEnum):
    """What a row of the timeline tells."""

    DETECTION = "detection"
    FINDING = "finding"
    HYPOTHESIS = "hypothesis"
    ACTION_TAKEN = "action_taken"
    DECISION = "decision"
    VERIFICATION = "verification"
    RELAPSE = "relapse"
    RESOLUTION = "resolution"
    STATUS = "status"
    COMMUNICATION = "communication"
    OTHER = "other"


class Verdict(StrEnum):
    """What a person decided about a row. `reset` takes every earlier decision about it back."""

    KEEP = "keep"
    DROP = "drop"
    REWORD = "reword"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Signals:
    """What a message's own words say about its place in a timeline; computed by `scoring`, kept beside the entry.

    `score` is 0 (chatter) to 1 (surely a row); `reasons` are short phrases for the row's `why`.
    """

    score: float
    kind: RowKind
    reasons: tuple[str, ...] = ()
