"""How people are called on the tracker: by a mention where they have an account there, by their name otherwise.

What people wrote, names and titles among it, calls nobody (see `quiet_words`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from musterpoint.core.action_lines import one_line
from musterpoint.core.aftermath import Action
from musterpoint.core.describe import named
from musterpoint.core.incident import Incident
from musterpoint.core.person import Who
from musterpoint.core.process import Process
from musterpoint.core.quiet_words import quiet

#: An identity, or a name of `[authority]`, → what calls that person (`@kim`). Who is not in it is named alone.
Mentions = Mapping[str, str]
NO_MENTIONS: Mentions = {}


def called(who: Who | None, mentions: Mentions) -> str:
    return (mentions.get(who.identity) if who else None) or quiet(one_line(named(who)))


def authority(process: Process, mentions: Mentions) -> str:
    """Those with authority in a row; empty where nobody has any."""
    names = (mentions.get(each) or quiet(each.partition(":")[2] or each) for each in process.authority)
    return ", ".join(dict.fromkeys(names))


def as_called(incident: Incident, mentions: Mentions) -> Incident:
    """The same incident in words that may stand in a comment: people as they are called, all else quiet."""
    actions = tuple(_action(each, mentions) for each in incident.after.actions)
    nominee = _who(incident.nominee, mentions)
    return replace(incident, nominee=nominee, after=replace(incident.after, actions=actions))


def _action(action: Action, mentions: Mentions) -> Action:
    return replace(
        action,
        title=quiet(action.title),
        reason=quiet(one_line(action.reason)),
        owner=_who(action.owner, mentions),
        ended_by=_who(action.ended_by, mentions),
    )


def _who(who: Who | None, mentions: Mentions) -> Who | None:
    return replace(who, name=called(who, mentions)) if who else None
