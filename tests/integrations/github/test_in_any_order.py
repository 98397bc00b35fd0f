"""Whatever people do here and at GitHub, in whatever order, whatever gets lost on the way, and wherever we die.

No sentence of a person gets lost, no action is wrong after one look at everything, the issue does not stay closed with
an open action unless that is on record, and there is one issue for an incident. Webhooks are lost, doubled and late;
GitHub fails after it has stored; a person saves between our reading and our writing. Dying is played by an exception
that nothing catches; real processes are killed in `tests/faults`.

MUSTERPOINT_PLAYS is how many plays there are on each database.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as some

from musterpoint import access, actions, delivery
from musterpoint.core import writeup
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, IssueComment, Override, WriteupEdit
from musterpoint.core.blockers import of_the_issue
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Incident
from musterpoint.core.issue_body import render
from musterpoint.core.journal import Curation, Note, replay
from musterpoint.core.writeup_parts import PARTS
from musterpoint.integrations import registry
from musterpoint.integrations.github import polling, receiving
from musterpoint.ports import Answer
from musterpoint.store import journal, models
from tests.conftest import World
from tests.github.house import CTO, House, housed

PLAYS = int(os.environ.get("MUSTERPOINT_PLAYS", "12"))
CALLS = (
    "create", "find", "read", "write", "set_open", "comment", "commented", "rewrite",
    "make", "made", "look", "link", "unlink", "change",
)  # fmt: skip


class Died(BaseException):
    """Nothing catches it, as nothing catches a SIGKILL."""


class Doomed:
    """The tracker with a process that dies before or after one of its calls."""

    def __init__(self, inner: Any, chance: Random) -> None:
        self.inner, self.chance = inner, chance

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.inner, name)
        if name not in CALLS:
            return call

        def doomed(*words: Any, **values: Any) -> Any:
            fate = self.chance.random()
            if fate < 0.08:
                raise Died
            done = call(*words, **values)
            if fate > 0.92:
                raise Died
            return done

        return doomed


@dataclass
class Player:
    house: House
    chance: Random
    #: sentences outside of our parts, which must stand in the body; and those that must stand anywhere
    outside: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    late: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    deaths: int = 0
    count: int = 0
    #: what is played just now
    step: str = ""

    def pick(self, options: Any) -> Any:
        return self.chance.choice(list(options))

    def sentence(self) -> str:
        self.count += 1
        return f"Sentence {self.count} of {self.chance.getrandbits(32):08x}, {self.step}."

    def state(self) -> Incident:
        return self.house.state()

    def number(self) -> int:
        return int(self.pick([each.number for each in self.state().after.actions] or [1]))

    @property
    def issue(self) -> str:
        copy = models.IssueCopy.objects.filter(incident__ref=self.house.ref).exclude(ref=None).first()
        if copy is None or copy.ref is None:
            raise Nothing
        return copy.ref

    # at GitHub

    def body(self) -> str:
        return self.house.github.issue(self.issue).body

    def saves(self, change: Callable[[list[str]], None], done: Callable[[], None] = lambda: None) -> None:
        """A person opens the body and saves it: GitHub's page does not let them save over what they did not see, so
        that is at once. Sometimes it is between our reading and our writing."""
        issue = self.issue

        def save() -> None:
            lines = self.house.github.issue(issue).body.replace("\r\n", "\n").split("\n")
            before = list(lines)
            change(lines)
            if lines != before:
                self.house.github.edit(self.pick(["tim", "ines"]), issue, "\n".join(lines))
                done()

        if self.chance.random() < 0.4:
            repository = issue.partition("#")[0]
            self.house.github.between(f"PATCH /repos/{repository}/issues/*", save)
            self.carry_out()
        else:
            save()

    def writes_outside(self) -> None:
        sentence = self.sentence()

        def change(lines: list[str]) -> None:
            lines.insert(self.pick(_outside(lines)), sentence)

        self.saves(change, lambda: self.outside.append(sentence))

    def writes_inside(self) -> None:
        sentence, name = self.sentence(), self.pick([*[each.name for each in PARTS], "actions", "facts"])

        def change(lines: list[str]) -> None:
            marker = f"<!-- musterpoint:{name} -->"
            if marker in lines:
                lines.insert(lines.index(marker) + 1, sentence)

        self.saves(change, lambda: self.written.append(sentence))

    def adds_a_line(self) -> None:
        title = self.sentence()

        def change(lines: list[str]) -> None:
            lines.insert(lines.index("<!-- musterpoint:actions -->") + 1, f"- [{self.pick(' x')}] {title}")

        self.saves(change, lambda: self.written.append(title))

    def ticks(self) -> None:
        def change(lines: list[str]) -> None:
            boxes = [place for place, line in enumerate(lines) if line.startswith(("- [ ] ", "- [x] "))]
            if boxes:
                place = self.pick(boxes)
                lines[place] = ("- [x] " if lines[place][3] == " " else "- [ ] ") + lines[place][6:]

        self.saves(change)

    def rewords_a_row(self) -> None:
        sentence = self.sentence()

        def change(lines: list[str]) -> None:
            rows = [place for place, line in enumerate(lines) if "<!-- row " in line and line.startswith("- **")]
            if rows:
                place = self.pick(rows)
                head, _, tail = lines[place].partition("** ")
                lines[place] = f"{head}** {sentence} {tail[tail.rindex('(') :] if '(' in tail else tail}"
                self.written.append(sentence)

        self.saves(change)

    def closes(self) -> None:
        if self.house.github.issue(self.issue).open:
            self.house.github.close("tim", self.issue)

    def reopens(self) -> None:
        if not self.house.github.issue(self.issue).open:
            self.house.github.reopen("ines", self.issue)

    def comments(self) -> None:
        self.house.github.comment("tim", self.issue, sentence := self.sentence())
        self.written.append(sentence)

    def commands(self) -> None:
        self.house.github.comment(self.pick([CTO, "tim"]), self.issue, "/musterpoint close because it is switched off")

    def child(self) -> str:
        rows = list(models.ActionIssue.objects.filter(incident__ref=self.house.ref).values_list("ref", flat=True))
        if not rows:
            raise Nothing
        return str(self.pick(sorted(rows)))

    def closes_a_child(self) -> None:
        if self.house.github.issue(child := self.child()).open:
            self.house.github.close("ines", child, self.pick(["completed", "not_planned", "duplicate"]))

    def reopens_a_child(self) -> None:
        if not self.house.github.issue(child := self.child()).open:
            self.house.github.reopen("tim", child)

    def renames_a_child(self) -> None:
        """What it was called before, a person has replaced: whether we have seen that in between is chance."""
        was, title = self.house.github.issue(child := self.child()).title, self.sentence()
        self.house.github.rename("tim", child, title)
        self.written = [*(each for each in self.written if each != was), title]

    def assigns_a_child(self) -> None:
        self.house.github.assign("tim", self.child(), self.pick(["tim", "ines"]))

    # here

    def writes_a_part(self) -> None:
        sentence = self.sentence()
        actions.write_part(self.house.call("ines"), self.house.ref, self.pick(PARTS).name, sentence)
        self.written.append(sentence)

    def adds_an_action(self) -> None:
        title = self.sentence()
        actions.add_action(self.house.call("ines"), self.house.ref, title)
        self.written.append(title)

    def ends_an_action(self) -> None:
        actions.end_action(
            self.house.call("ines"), self.house.ref, self.number(), self.pick(ActionStatus), "as decided"
        )

    def wants_an_issue(self) -> None:
        actions.change_action_issue(self.house.call("ines"), self.house.ref, self.number())

    def notes(self) -> None:
        sentence = self.sentence()
        actions.note(self.house.call("ines"), self.house.ref, sentence)
        self.written.append(sentence)

    # the machine

    def carry_out(self) -> None:
        """Some of what waits; the process may die at any call of the tracker."""
        self.house.forget_the_time()
        keys = list(models.Effect.objects.filter(status="waiting").order_by("id").values_list("key", flat=True))
        for key in keys[: self.chance.randint(1, 4)]:
            self.house.forget_the_time()
            try:
                delivery.deliver(key, self.house.process)
            except Died:
                self.deaths += 1

    def fails(self) -> None:
        """The next write is stored, and answered 502 all the same; or it is not even that."""
        self.house.github.fails(self.pick(["POST", "PATCH"]), "/repos/*", 502, stored=self.pick([True, False]))

    def polls(self) -> None:
        models.TrackerPoll.objects.update(polled_at=None)
        polling.poll(self.house.process, timezone.now())

    def hears(self) -> None:
        """What was late arrives, in any order."""
        self.chance.shuffle(self.late)
        while self.late:
            self.taken(*self.late.pop())

    def told(self, body: bytes, headers: dict[str, str]) -> Answer:
        """A webhook: lost, late, doubled, or as it should be."""
        fate = self.chance.random()
        if fate < 0.3:
            return Answer(200)
        if fate < 0.5:
            self.late.append((body, headers))
            return Answer(200)
        if fate < 0.6:
            self.late.append((body, headers))
        return self.taken(body, headers)

    def taken(self, body: bytes, headers: dict[str, str]) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        answer = receiving.hook(self.house.process)(given, body, timezone.now())
        assert answer.status < 300, answer
        return answer


class Nothing(Exception):
    """There is nothing yet that a person could do it to."""


def _outside(lines: list[str]) -> list[int]:
    """Places in the lines of a body that are in no region of ours."""
    free, inside = [], False
    for place, line in enumerate(lines):
        if not inside:
            free.append(place)
        if line.startswith("<!-- musterpoint:"):
            inside = True
        elif line.startswith("<!-- /musterpoint:"):
            inside = False
    return free or [0]


STEPS: dict[str, Callable[[Player], object]] = {
    "resolve": lambda p: actions.resolve(p.house.call(), p.house.ref),
    "relapse": lambda p: actions.relapse(p.house.call(), p.house.ref),
    "done": lambda p: actions.writeup_done(p.house.call(), p.house.ref),
    "not done": lambda p: actions.writeup_reopen(p.house.call(), p.house.ref),
    "override": lambda p: actions.override(p.house.call(), p.house.ref, "it is switched off"),
    "close": lambda p: actions.close(p.house.call(), p.house.ref),
    "writes outside": Player.writes_outside,
    "writes inside": Player.writes_inside,
    "adds a line": Player.adds_a_line,
    "ticks": Player.ticks,
    "rewords a row": Player.rewords_a_row,
    "closes the issue": Player.closes,
    "opens the issue": Player.reopens,
    "comments": Player.comments,
    "commands": Player.commands,
    "closes a child": Player.closes_a_child,
    "opens a child": Player.reopens_a_child,
    "renames a child": Player.renames_a_child,
    "assigns a child": Player.assigns_a_child,
    "writes a part": Player.writes_a_part,
    "adds an action": Player.adds_an_action,
    "ends an action": Player.ends_an_action,
    "wants an issue": Player.wants_an_issue,
    "notes": Player.notes,
    "carries out": Player.carry_out,
    "fails": Player.fails,
    "polls": Player.polls,
    "hears": Player.hears,
}


def emptied() -> None:
    """Hypothesis plays many times within one test."""
    order = ("IssuePage", "ActionIssue", "IssueCopy", "Effect", "Entry", "Reading", "Thread", "Incident")
    for name in (*order, "Inbound", "Counter", "Throttle", "TrackerPoll", "Trouble"):
        getattr(models, name).objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_search")


def closed_only_for_a_reason(state: Incident) -> None:
    """At any time: what keeps it open is done, or the guard has given in to just that, on record."""
    issue = state.after.issue
    if issue and issue.ref and not issue.open:
        assert {each.key for each in of_the_issue(state)} <= set(issue.yielded)


def nothing_is_lost(player: Player) -> None:
    row = models.Incident.objects.get(ref=player.house.ref)
    facts = [each.fact for each in journal.load(row, list(row.readings.all()))]
    kept = "\n".join(
        getattr(each, "text", "") or getattr(each, "title", "")
        for each in facts
        if isinstance(each, WriteupEdit | IssueComment | ActionAdded | ActionChanged | Note | Curation)
    )
    body = player.house.there().body if player.state().after.issue else ""
    assert [each for each in player.written if each not in kept and each not in body] == []
    assert [each for each in player.outside if each not in body] == []


def both_sides_agree(player: Player) -> None:
    """After one look at everything, and without anything left to do."""
    state, house = player.state(), player.house
    assert house.parked() == []
    if state.after.issue is None:
        return
    there = house.there()
    assert there.open == state.after.issue.open
    row = models.Incident.objects.get(ref=house.ref)
    parts = writeup.parts(state, access.entries(access.NOBODY, row), house.process)
    assert render(state, parts, house.process, there.body) == there.body
    for action in state.after.actions:
        if action.issue:
            child = house.github.issue(action.issue)
            assert child.open == (action.status is ActionStatus.OPEN), (action, child)
            assert child.title == action.title
    overrides = [each for each in journal.load(row, []) if isinstance(each.fact, Override)]
    assert {each.who.name for each in overrides if each.who} <= {"Olga Kerr"}


def one_of_each(player: Player, repository: str) -> None:
    made = player.house.github.issues(repository)
    assert sum(each.title.startswith("Incident ") for each in made) <= 1
    wanted = {each.issue for each in player.state().after.actions if each.issue}
    assert len(made) - sum(each.title.startswith("Incident ") for each in made) == len(wanted)
    for each in made:
        ours = [
            line for one in each.comments for line in one.body.split("\n") if line.startswith("<!-- musterpoint:key")
        ]
        assert len(ours) == len(set(ours))


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch) as house:
        yield house


@settings(
    max_examples=PLAYS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(steps=some.lists(some.sampled_from(sorted(STEPS)), min_size=20, max_size=40), seed=some.integers(0, 1 << 32))
def test_no_sentence_is_lost_and_nothing_is_closed_early_or_made_twice(
    house: House, steps: list[str], seed: int
) -> None:
    emptied()
    note(f"steps {steps}, seed {seed}")
    chance = Random(seed)
    player = Player(house, chance)
    repository = house.github.repository(f"halden-ferries/play-{seed}-{chance.getrandbits(16)}", labels=["incident"])
    house.process = replace(house.process, github_repository=repository)
    house.github.line_ends = chance.choice(["\n", "\r\n"])  # those of the browsers that people have
    house.github.deliver_to(player.told)
    house.declared()
    trackers = registry.tracker, registry.action_issues
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "tracker", lambda process: Doomed(trackers[0](process), chance))
        patch.setattr(registry, "action_issues", lambda process: Doomed(trackers[1](process), chance))
        actions.add_action(house.call("ines"), house.ref, "Alert on pool exhaustion")
        actions.resolve(house.call(), house.ref)
        actions.raise_issue(house.call(), house.ref)
        for step in ["carries out", "carries out", *steps]:
            player.step = step
            try:
                STEPS[step](player)
                house.github.settle()
                event(f"{step} done")
            except (NotAllowed, Nothing) as refused:
                event(f"{step} {getattr(refused, 'code', 'nothing')}")
            closed_only_for_a_reason(player.state())
    event(f"died {min(player.deaths, 5)} times or more")
    house.github.faults.clear()
    house.turn()
    house.turn()
    both_sides_agree(player)
    nothing_is_lost(player)
    one_of_each(player, repository)
    closed_only_for_a_reason(player.state())
    row = models.Incident.objects.get(ref=house.ref)
    assert replay(row.ref, journal.load(row, list(row.readings.all()))) == player.state()
