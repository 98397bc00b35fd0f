"""Intake: what comes from outside becomes entries of threads, once, and the incidents that read them are told."""

from musterpoint.intake.entries import Prepared, append, changed, prepared, reindex, write
from musterpoint.intake.events import (
    GIVE_UP,
    LOOK_AGAIN,
    Asked,
    NotYet,
    Reader,
    Told,
    drop,
    parked,
    receive,
    retry,
    say,
    take_in,
)
from musterpoint.intake.readers import tell_incidents, tell_readers

__all__ = [
    "GIVE_UP",
    "LOOK_AGAIN",
    "Asked",
    "NotYet",
    "Prepared",
    "Reader",
    "Told",
    "append",
    "changed",
    "drop",
    "parked",
    "prepared",
    "receive",
    "reindex",
    "retry",
    "say",
    "take_in",
    "tell_incidents",
    "tell_readers",
    "write",
]
