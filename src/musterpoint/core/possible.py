"""What a person may do now. No rule of its own: each step is tried as it is decided; what is refused is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from musterpoint.core import close, followup, huddle, publish, respond, restrict, writeup
from musterpoint.core import raise_issue as raising
from musterpoint.core import resolve as resolution
from musterpoint.core.aftermath import Decision
from musterpoint.core.decision import Actor, Draft, NotAllowed
from musterpoint.core.incident import Incident, Severity, Who
from musterpoint.core.process import Process
from musterpoint.core.writeup_parts import PARTS, PartText

_SOMEBODY = Who("name:somebody", "Somebody")

Attempt = Callable[[Incident, Actor, Process, datetime], Draft]

#: step → an attempt of it with whatever a person would be asked for
ATTEMPTS: Mapping[str, Attempt] = {
    "note": lambda incident, actor, process, now: respond.note(incident, actor, "…", now),
    "lead": lambda incident, actor, process, now: respond.lead(incident, actor, _SOMEBODY, now),
    "severity": lambda incident, actor, process, now: respond.severity(incident, actor, _another(incident), now),
    "settle_huddle": lambda incident, actor, process, now: huddle.settle(incident, actor, True, None, now),
    "resolve": lambda incident, actor, process, now: resolution.resolve(incident, actor, now),
    "relapse": lambda incident, actor, process, now: resolution.relapse(incident, actor, now),
    "cancel": lambda incident, actor, process, now: resolution.cancel(incident, actor, now, "…"),
    "restrict": restrict.restrict,
    "open_up": lambda incident, actor, process, now: restrict.open_up(incident, actor, "…", now),
    "nominate": lambda incident, actor, process, now: respond.nominate(incident, actor, _SOMEBODY, now),
    "raise": raising.raise_issue,
    "write": lambda incident, actor, process, now: _written(incident, actor, now),
    "writeup_done": lambda incident, actor, process, now: writeup.finish(incident, actor, now),
    "writeup_reopen": lambda incident, actor, process, now: writeup.resume(incident, actor, now),
    "add_action": lambda incident, actor, process, now: followup.add(incident, actor, "…", now),
    "decide_publish": lambda incident, actor, process, now: publish.decide(incident, actor, Decision.PUBLISH, now),
    "undecide": lambda incident, actor, process, now: publish.decide(incident, actor, None, now),
    "decide_skip": lambda incident, actor, process, now: publish.decide(incident, actor, Decision.SKIP, now, "…"),
    "override": lambda incident, actor, process, now: close.override(incident, actor, "…", now),
    "close": lambda incident, actor, process, now: close.close(incident, actor, now),
}


def _written(incident: Incident, actor: Actor, now: datetime) -> Draft:
    draft = writeup.edit(incident, actor, PartText(PARTS[0], ""), "…", now)
    assert draft is not None  # it changes something
    return draft


def _another(incident: Incident) -> Severity:
    return Severity.MINOR if incident.severity is not Severity.MINOR else Severity.MAJOR


def possible(incident: Incident, actor: Actor, process: Process, now: datetime) -> frozenset[str]:
    """The names of the steps that this person could take now."""
    return frozenset(name for name, attempt in ATTEMPTS.items() if _allowed(attempt, incident, actor, process, now))


def _allowed(attempt: Attempt, incident: Incident, actor: Actor, process: Process, now: datetime) -> bool:
    try:
        attempt(incident, actor, process, now)
    except NotAllowed:
        return False
    return True
