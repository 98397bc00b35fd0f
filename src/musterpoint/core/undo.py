"""Undo: what somebody decided last about a row of the timeline counts no more, and what was before counts again.

Exactly so: the entry that is taken back is passed over, as if it had never been; nothing is decided anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, when
from musterpoint.core.describe import named
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Curation, Entry, RowTime, RowUndo


def decisions(entries: Iterable[Entry], of: str) -> list[Entry]:
    """What was decided about the row of the entry with that `ref` and is not taken back, in the order it was learnt."""
    about = [each for each in entries if isinstance(each.fact, Curation | RowTime | RowUndo) and each.fact.of == of]
    gone = {each.fact.undone for each in about if isinstance(each.fact, RowUndo)}
    stand = [each for each in about if not isinstance(each.fact, RowUndo) and each.ref not in gone]
    return sorted(stand, key=lambda each: each.id)


def undo(incident: Incident, actor: Actor, of: str, undone: str, stand: list[Entry], now: datetime) -> Draft:
    """Take back the last of the decisions that `stand`; `undone` is the `ref` of the one that is meant.

    Raises NotAllowed: read_only, cancelled, nothing_to_undo, changed_meanwhile.
    """
    must_respond(actor)
    must_be_live(incident)
    if not stand:
        raise NotAllowed("nothing_to_undo", "Nobody has decided anything about this row, or it is undone already.")
    if undone and stand[-1].ref != undone:
        raise NotAllowed(
            "changed_meanwhile",
            f"{named(stand[-1].who)} decided something about this row that is not what you want to undo.",
            "Look at the row as it is now.",
        )
    return Draft(RowUndo(of, stand[-1].ref), when(now, None))
