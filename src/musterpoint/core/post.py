"""Composes the public post from the record: impact before cause, plain words first, people and customers as roles.

Every sentence cites an entry or a field. What people wrote in the write-up is taken over in their words, without names;
what nobody said is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.compose_record import Record
from musterpoint.core.compose_words import full_stop
from musterpoint.core.incident import Incident, Milestone, Moment, Status
from musterpoint.core.journal import Entry, RowKind
from musterpoint.core.post_rows import Choice, choices
from musterpoint.core.post_words import clock_words, day_words, filled, length_words, names, utc_day
from musterpoint.core.process import Process
from musterpoint.core.public_ids import public_link
from musterpoint.core.public_words import Known, anonymous, people_of
from musterpoint.core.timeline_markdown import escaped
from musterpoint.core.writeup_parts import PARTS, PartText, Section, Sentence


@dataclass(frozen=True, slots=True)
class Passage:
    """A person's words from the write-up, under their part's title."""

    title: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Step:
    """A follow-up action. `url` is empty where nobody outside could open it."""

    sentence: Sentence
    url: str
    done: bool


@dataclass(frozen=True, slots=True)
class PublicPost:
    """Everything that a template may say. The body's parts are sentences; those that have nothing to say are empty."""

    ref: str
    title: str
    description: str
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    introduction: tuple[Sentence, ...]
    summary: tuple[Sentence, ...]
    technical: tuple[Passage, ...]
    resolution: tuple[Sentence, ...]
    steps: tuple[Step, ...]
    rows: tuple[Choice, ...]
    questions: tuple[str, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        told = (*self.introduction, *self.summary, *(each.sentence for each in self.technical), *self.resolution)
        return (*told, *(each.sentence for each in self.steps), *(each.sentence for each in self.rows))


def compose(
    incident: Incident,
    entries: Sequence[Entry],
    process: Process,
    parts: Sequence[PartText] = (),
    known: Sequence[Known] = (),
) -> PublicPost:
    """The post that the record makes. `parts` is the write-up, `known` are people whose names must not be in it."""
    return _Composer(Record(incident, entries, process), parts, people_of(incident, entries, known)).post()


def day_of(incident: Incident) -> date | None:
    """The day on which it began, else was noticed."""
    moment = _begin(incident)
    return utc_day(moment.at) if moment else None


def _begin(incident: Incident) -> Moment | None:
    order = (Milestone.IMPACT_BEGAN, Milestone.DETECTED, Milestone.DECLARED)
    return next((incident.milestones[each] for each in order if each in incident.milestones), None)


class _Composer:
    def __init__(self, record: Record, parts: Sequence[PartText], people: Iterable[Known]) -> None:
        self.record, self.incident, self.process = record, record.incident, record.process
        self.people = people
        self.written = {each.part.name: each for each in parts if each.version}
        self.keep = frozenset(
            each.tracked
            for each in self.incident.after.actions
            if public_link(each.tracked, self.process.internal_hosts)
        )
        self.day = day_of(self.incident)

    def post(self) -> PublicPost:
        rows = tuple(each for each in choices(self.record, self.people, self.keep) if each.public)
        day = self.day or date(1970, 1, 1)
        return PublicPost(
            ref=self.incident.ref,
            title=filled(self.process.website_title, names(self.incident.ref, day, day)),
            description=self._description(),
            tags=self.process.website_tags,
            authors=self.process.website_authors,
            introduction=self._introduction(),
            summary=self._summary(),
            technical=self._technical(),
            resolution=self._resolution(rows),
            steps=tuple(self._steps()),
            rows=rows,
            questions=tuple(self._questions()),
        )

    # --- what is said in several places

    def _words(self, text: str) -> str:
        return anonymous(text, self.people, self.process, self.keep).strip()

    def _part(self, name: str) -> Sentence | None:
        """What a person wrote in the write-up, with the entry that holds it."""
        part = self.written.get(name)
        if part is None:
            return None
        ref = next((each.ref for each in self.record.entries if each.id == part.version), f"entry:{part.version}")
        return Sentence(self._words(part.text), (ref,))

    @property
    def _length(self) -> timedelta | None:
        """For how long customers were affected, all stretches together; None where a beginning or an end is unknown."""
        begin, total = _begin(self.incident), timedelta()
        for number, stretch in enumerate(self.record.stretches):
            first = stretch.begin or (begin if number == 0 else None)
            if first is None or stretch.end is None or stretch.end.at < first.at:
                return None
            total += stretch.end.at - first.at
        return total

    def _times(self, *milestones: Milestone) -> tuple[str, ...]:
        here = [f"milestone:{each}" for each in milestones if self.record.moment(each)]
        return self.record.cites(*here)

    @property
    def _whole(self) -> tuple[str, ...]:
        return self._times(Milestone.IMPACT_BEGAN, Milestone.DETECTED, Milestone.DECLARED, Milestone.RESOLVED)

    def _for_how_long(self) -> str:
        return f" for {length_words(self._length)}" if self._length else ""

    def _on(self) -> str:
        return f"On {day_words(self.day)}, a" if self.day else "A"

    # --- its parts

    def _description(self) -> str:
        return (
            f"{self._on()} disruption affected our customers{self._for_how_long()}: what happened, how we resolved it, "
            "and what we do so that it does not happen again."
        )

    def _introduction(self) -> tuple[Sentence, ...]:
        cites = self._whole or ("status",)
        found = [Sentence(f"{self._on()} disruption affected our customers{self._for_how_long()}.", cites)]
        if affected := self._words(self.incident.affected):
            found.append(Sentence(f"Affected: {full_stop(escaped(affected))}", self.record.cites("affected")))
        if (impact := self._part("impact")) is not None:
            found.append(Sentence(full_stop(impact.text.partition("\n\n")[0]), impact.cites))
        found.append(Sentence("We are sorry for the trouble that this has caused you.", cites))
        return tuple(found)

    def _summary(self) -> tuple[Sentence, ...]:
        if (written := self._part("summary")) is not None:
            return (written,)
        title = full_stop(escaped(self._words(self.incident.title)))
        found = [Sentence(f"What we saw: {title}", self.record.cites("title"))]
        began, noticed = self.record.moment(Milestone.IMPACT_BEGAN), self.record.moment(Milestone.DETECTED)
        if began:
            text = f"The disruption began at {clock_words(began)}."
            found.append(Sentence(text, self._times(Milestone.IMPACT_BEGAN)))
        if noticed:
            later = f", {length_words(noticed.at - began.at)} later" if began and noticed.at > began.at else ""
            near = utc_day(began.at) if began else None
            text = f"We noticed it at {clock_words(noticed, near)}{later}."
            cites = (Milestone.IMPACT_BEGAN, Milestone.DETECTED) if later else (Milestone.DETECTED,)
            found.append(Sentence(text, self._times(*cites)))
        return (*found, *self._relapses(), *self._end())

    def _relapses(self) -> list[Sentence]:
        found = []
        for entry in self.record.history.relapses:
            at = clock_words(Moment(entry.at, entry.basis), self.day)
            found.append(Sentence(f"It came back at {at}, after it had seemed to be resolved.", (entry.ref,)))
        return found

    def _end(self) -> list[Sentence]:
        resolved = self.record.moment(Milestone.RESOLVED)
        if self.incident.status is Status.OPEN or resolved is None:
            return [Sentence("We are still working on it.", self.record.cites("status"))]
        at = clock_words(resolved, self.day)
        return [Sentence(f"The disruption was resolved at {at}.", self._times(Milestone.RESOLVED))]

    def _technical(self) -> tuple[Passage, ...]:
        """The RCA, as far as people wrote it themselves: a composed draft of it quotes the thread."""
        wanted = [each for each in PARTS if each.section is Section.RCA and each.name != "resolution"]
        found = [(each, self._part(each.name)) for each in wanted]
        return tuple(Passage(part.title, text) for part, text in found if text is not None and text.text)

    def _resolution(self, rows: Sequence[Choice]) -> tuple[Sentence, ...]:
        if (written := self._part("resolution")) is not None:
            return (written,)
        done = [each for each in rows if each.kind is RowKind.ACTION_TAKEN]
        found = [
            Sentence(
                f"At {clock_words(Moment(each.at, each.basis), self.day)}: {full_stop(each.sentence.text)}",
                each.sentence.cites,
            )
            for each in done
        ]
        return (*found, *self._end())

    def _steps(self) -> list[Step]:
        wanted = [each for each in self.incident.after.actions if each.status is not ActionStatus.DECLINED]
        return [self._step(each) for each in wanted]

    def _step(self, action: Action) -> Step:
        title = escaped(self._words(action.title).rstrip("."))
        url = action.tracked if action.tracked in self.keep else ""
        return Step(Sentence(title, (f"action:{action.number}",)), url, action.status is ActionStatus.DONE)

    def _questions(self) -> list[str]:
        found = []
        if Milestone.IMPACT_BEGAN not in self.incident.milestones:
            found.append("When did the impact begin?")
        if not self.incident.affected.strip() and "impact" not in self.written:
            found.append("What was affected, in numbers?")
        if not self._technical():
            found.append("What caused it? The RCA of the write-up says nothing yet that a person wrote.")
        if not self.incident.after.actions:
            found.append("What is done so that it does not happen again? There is no action yet.")
        return found
