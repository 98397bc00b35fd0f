"""What the tests of the write-up share: an incident that relapsed, told in a thread, and people's words for a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from musterpoint.core import writeup
from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.decision import Actor
from musterpoint.core.incident import Basis, Incident, Severity, Status, Who
from musterpoint.core.journal import (
    Correction,
    Declaration,
    Entry,
    Fact,
    Mark,
    MarkKind,
    Message,
    StatusChange,
    replay,
)
from musterpoint.core.process import Process
from musterpoint.core.scoring import signals
from musterpoint.core.writeup_parts import PartText
from tests.core.incidents import BOB, NOW, at

PRIYA = Who("slack:U1", "Priya Nair")
PROBE = Who("slack:B1", "Probe")
PROCESS = Process()


@dataclass
class Story:
    """A journal that grows: entries get their numbers and references by themselves."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, fact: Fact, minutes: float, who: Who | None = BOB.who, basis: Basis = Basis.RECORDED) -> str:
        number = len(self.entries) + 1
        spoken = isinstance(fact, Message)
        ref, url = (f"slack:C1/{number}", f"https://chat.example/{number}") if spoken else (f"entry:{number}", "")
        scored = signals(fact.text, bot=fact.bot) if isinstance(fact, Message) else None
        self.entries.append(Entry(number, fact, at(minutes), basis, NOW, who, "cli", ref, url, scored))
        return ref

    def says(self, text: str, minutes: float, who: Who = PRIYA, mark: MarkKind | None = None, **values: Any) -> str:
        ref = self.add(Message(text, **values), minutes, who)
        if mark is not None:
            self.add(Mark(ref, mark), minutes)
        return ref

    def resolves(self, minutes: float, reason: str = "") -> str:
        return self.add(StatusChange(Status.RESOLVED, reason), minutes)

    def relapses(self, minutes: float, reason: str = "") -> str:
        return self.add(StatusChange(Status.OPEN, reason, relapse=True), minutes)

    def corrects(self, milestone: str, minutes: float, evidence: str = "") -> str:
        return self.add(Correction(milestone, at(minutes), Basis.STATED, evidence=evidence), 0)

    def writes(self, part: str, text: str, actor: Actor = BOB, base: str | None = None) -> str:
        draft = writeup.edit(self.incident, actor, self.part(part), text, NOW, base=base)
        assert draft is not None
        return self.add(draft.fact, 0, actor.who)

    def put(self, part: str, text: str) -> str:
        """The words of a person, without the rules."""
        return self.add(WriteupEdit(part, text), 0)

    @property
    def incident(self) -> Incident:
        return replay("7", self.entries)

    def parts(self) -> dict[str, PartText]:
        return {each.part.name: each for each in writeup.parts(self.incident, self.entries, PROCESS)}

    def part(self, name: str) -> PartText:
        return writeup.current(self.incident, self.entries, PROCESS, name)

    def text(self, name: str) -> str:
        return self.part(name).text


def begun(**values: Any) -> Story:
    """Declared at 09:10 of what a probe saw at 09:08; nothing else."""
    story = Story()
    first = story.says("ALERT checkout 5xx rate above 10%", -22, PROBE, root=True, bot=True)
    known: dict[str, Any] = {"title": "Checkout answers 502", "affected": "web shop", "severity": Severity.MAJOR}
    known |= {"detected_at": at(-22), "detected_ref": first, **values}
    fact = Declaration(**known)
    story.add(fact, -20)
    return story


def relapsed() -> Story:
    """09:08 noticed, 09:22 resolved, 09:25 relapsed, 09:29 resolved for good; impact since 09:01."""
    story = begun()
    story.says("4.1.3 deployed to production", -40)
    story.says("About 1,200 customers cannot pay, 38% of checkouts fail", -15)
    story.says("The 502s were caused by the new pool size in 4.1.3", -12, mark=MarkKind.FINDING)
    story.says("Rolled back to 4.1.2", -10, mark=MarkKind.ACTION_TAKEN)
    story.resolves(-8, "rolled back")
    story.relapses(-5, "same errors")
    story.says("Restarted the proxies with the old pool", -3, mark=MarkKind.ACTION_TAKEN)
    story.resolves(-1, "proxies restarted")
    story.corrects("impact_began", -29)
    return story
