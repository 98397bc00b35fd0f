"""Whatever people do here and in the issue, in whatever order, and wherever we die in between.

No sentence of a person gets lost, the issue is never closed with an open action unless that is on record, and there is
one issue and one post for an incident. Dying is played by an exception that nothing catches, before or after a call of
the tracker or the website; what was leased then is free again some time later. Real processes are killed in
`tests/faults`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as some

from musterpoint import access, actions
from musterpoint.core import writeup
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, IssueComment, PostRequested, WriteupEdit
from musterpoint.core.blockers import of_the_issue
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Incident, Status, Who
from musterpoint.core.issue_body import render
from musterpoint.core.journal import Curation, Note, replay
from musterpoint.core.regions import regions
from musterpoint.core.row_lines import key_in
from musterpoint.core.writeup_parts import PARTS
from musterpoint.delivery import deliver
from musterpoint.integrations import registry
from musterpoint.integrations.local.desk import Desk
from musterpoint.integrations.local.tracker import LocalTracker
from musterpoint.integrations.local.website import FolderWebsite
from musterpoint.ports import Changed, Tracker, Website
from musterpoint.store import incidents, journal, models
from tests.conftest import World

CARL, DANA = Who("tracker:carl", "Carl"), Who("tracker:dana", "Dana")
CALLS = ("create", "find", "read", "write", "set_open", "comment", "commented", "publish")


class Died(BaseException):
    """Nothing catches it, as nothing catches a SIGKILL."""


class Doomed:
    """The local tracker, or the website, with a process that dies before or after one of its calls."""

    def __init__(self, inner: Any, chance: Random) -> None:
        self.inner, self.chance = inner, chance

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.inner, name)
        if name not in CALLS:
            return call

        def doomed(*words: Any) -> Any:
            fate = self.chance.random()
            if fate < 0.12:
                raise Died
            done = call(*words)
            if fate > 0.88:
                raise Died
            return done

        return doomed


@dataclass
class Player:
    world: World
    chance: Random
    ref: str = ""
    #: sentences outside of our parts, which must stand in the body; and those that must stand anywhere
    outside: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    deaths: int = 0

    def pick(self, options: Any) -> Any:
        return self.chance.choice(list(options))

    def sentence(self) -> str:
        return f"Sentence {len(self.outside) + len(self.written)} of {self.chance.getrandbits(32):08x}."

    def state(self) -> Incident:
        row = models.Incident.objects.get(ref=self.ref)
        return incidents.state(row, incidents.members(row))

    def by(self, account: str = "alice") -> actions.Call:
        return self.world.by(account)

    def number(self) -> int:
        return int(self.pick([each.number for each in self.state().after.actions] or [1]))

    # in the issue

    def desk(self) -> Desk | None:
        issue = self.state().after.issue
        self.world.later(1)
        return Desk(issue.ref, self.world.process) if issue and issue.ref else None

    def edits(self, change: Callable[[list[str]], None]) -> bool:
        """A person opens the body, we may write meanwhile, and they save. Raises Changed where that was too late."""
        if (desk := self.desk()) is None:
            return False
        before = models.LocalIssue.objects.get().body
        lines = before.split("\n")
        change(lines)
        if self.chance.random() < 0.2:
            self.carry_out()
        return desk.edit(self.pick([CARL, DANA]), "\n".join(lines), self.world.now, was=before)

    def writes_outside(self) -> None:
        sentence = self.sentence()
        free = _outside(models.LocalIssue.objects.values_list("body", flat=True).first() or "")
        if self.edits(lambda lines: lines.insert(self.pick(free), sentence)):
            self.outside.append(sentence)

    def writes_inside(self) -> None:
        sentence, name = self.sentence(), self.pick([*[each.name for each in PARTS], "actions", "facts"])

        def change(lines: list[str]) -> None:
            marker = next((each for each in _markers(name) if each in lines), None)
            if marker is not None:
                lines.insert(lines.index(marker) + 1, sentence)

        if self.edits(change):
            self.written.append(sentence)

    def rewords_a_row(self) -> None:
        sentence = self.sentence()

        def change(lines: list[str]) -> None:
            if found := _rows(lines):
                place = self.pick(found)
                lines[place] = f"- {sentence} {lines[place][lines[place].rindex('<!-- row ') :]}"

        if self.edits(change):
            self.written.append(sentence)

    def deletes_rows(self) -> None:
        """One, or all of them."""
        chosen = self.pick([1, 1, 1, 99])

        def change(lines: list[str]) -> None:
            for place in _rows(lines)[-chosen:][::-1]:
                del lines[place]

        self.edits(change)

    def takes_a_marker_away(self) -> None:
        chosen = self.pick([each.name for each in PARTS] + ["facts", "timeline"])

        def change(lines: list[str]) -> None:
            for marker in [*_markers(chosen), f"<!-- /musterpoint:{chosen} -->"]:
                if marker in lines:
                    lines.remove(marker)

        self.edits(change)

    def adds_a_line(self) -> None:
        title = self.sentence()

        def change(lines: list[str]) -> None:
            if "<!-- musterpoint:actions -->" not in lines:
                return
            lines.insert(lines.index("<!-- musterpoint:actions -->") + 1, f"- [{self.pick(' x')}] {title}")

        if self.edits(change):
            self.written.append(title)

    def ticks(self) -> None:
        if (desk := self.desk()) is not None:
            desk.tick(CARL, self.number(), self.world.now, on=self.pick([True, True, False]))

    def closes(self) -> None:
        if (desk := self.desk()) is not None:
            desk.close(DANA, self.world.now)

    def reopens(self) -> None:
        if (desk := self.desk()) is not None:
            desk.reopen(CARL, self.world.now)

    def comments(self) -> None:
        if (desk := self.desk()) is not None:
            desk.comment(CARL, sentence := self.sentence(), self.world.now)
            self.written.append(sentence)

    # here

    def writes_a_part(self) -> None:
        sentence = self.sentence()
        actions.write_part(self.by("bob"), self.ref, self.pick(PARTS).name, sentence)
        self.written.append(sentence)

    def adds_an_action(self) -> None:
        title = self.sentence()
        actions.add_action(self.by("bob"), self.ref, title)
        self.written.append(title)

    def ends_an_action(self) -> None:
        actions.end_action(self.by("bob"), self.ref, self.number(), self.pick(ActionStatus), "as decided")

    def writes_the_post(self) -> None:
        sentence = self.sentence()
        actions.write_post(self.by("bob"), self.ref, f"---\ntitle: T\n---\n\n{sentence}\n")
        self.written.append(sentence)

    def notes(self) -> None:
        sentence = self.sentence()
        actions.note(self.by("bob"), self.ref, sentence)
        self.written.append(sentence)

    # the machine

    def carry_out(self) -> None:
        """Some of what waits; the process may die at any call of the tracker."""
        models.Effect.objects.filter(status="waiting").update(not_before=self.world.now)
        keys = list(models.Effect.objects.filter(status="waiting").order_by("id").values_list("key", flat=True))
        for key in keys[: self.chance.randint(1, 4)]:
            try:
                deliver(key, self.world.process)
            except Died:
                self.deaths += 1
                models.Effect.objects.update(leased_until=None, leased_by="")


def _markers(name: str) -> list[str]:
    return [f"<!-- musterpoint:{name}{kind} -->" for kind in ("", " words")]


def _rows(lines: list[str]) -> list[int]:
    """Places of the rows of the timeline, in their region."""
    region = regions(lines).get("timeline")
    return [place for place in range(region.begin, region.end) if key_in(lines[place])] if region else []


def _outside(body: str) -> list[int]:
    """Places in the lines of a body that are in no region of ours."""
    free, inside = [], False
    for place, line in enumerate(body.split("\n")):
        if not inside:
            free.append(place)
        if line.startswith("<!-- musterpoint:"):
            inside = True
        elif line.startswith("<!-- /musterpoint:"):
            inside = False
    return free or [0]


STEPS: dict[str, Callable[[Player], object]] = {
    "raise": lambda p: actions.raise_issue(p.by(), p.ref),
    "resolve": lambda p: actions.resolve(p.by(), p.ref),
    "relapse": lambda p: actions.relapse(p.by(), p.ref),
    "done": lambda p: actions.writeup_done(p.by(), p.ref),
    "not done": lambda p: actions.writeup_reopen(p.by(), p.ref),
    "override": lambda p: actions.override(p.by(), p.ref, "it is switched off"),
    "close": lambda p: actions.close(p.by(), p.ref),
    "writes outside": Player.writes_outside,
    "writes inside": Player.writes_inside,
    "rewords a row": Player.rewords_a_row,
    "deletes rows": Player.deletes_rows,
    "takes a marker away": Player.takes_a_marker_away,
    "adds a line": Player.adds_a_line,
    "ticks": Player.ticks,
    "closes the issue": Player.closes,
    "opens the issue": Player.reopens,
    "comments": Player.comments,
    "writes a part": Player.writes_a_part,
    "adds an action": Player.adds_an_action,
    "ends an action": Player.ends_an_action,
    "notes": Player.notes,
    "writes the post": Player.writes_the_post,
    "publishes": lambda p: actions.publish(p.by(), p.ref, anyway=True),
    "carries out": Player.carry_out,
}


def emptied() -> None:
    """Hypothesis plays many times within one test."""
    order = ("LocalComment", "LocalIssue", "IssueCopy", "LocalPost", "Effect", "Entry", "Reading", "Thread", "Incident")
    for name in (*order, "Inbound", "Counter"):
        getattr(models, name).objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_search")


def closed_only_for_a_reason(state: Incident) -> None:
    """At any time: what keeps it open is done, or the guard has given in to just that, on record."""
    issue = state.after.issue
    if issue and issue.ref and not issue.open:
        assert {each.key for each in of_the_issue(state)} <= set(issue.yielded)
    if state.status is Status.CLOSED:
        assert of_the_issue(state) == []


def nothing_is_lost(player: Player) -> None:
    row = models.Incident.objects.get(ref=player.ref)
    facts = [each.fact for each in journal.load(row, list(row.readings.all()))]
    kept = "\n".join(
        getattr(each, "text", "") or getattr(each, "title", "")
        for each in facts
        if isinstance(each, WriteupEdit | IssueComment | ActionAdded | ActionChanged | Note | Curation)
    )
    body = models.LocalIssue.objects.values_list("body", flat=True).first() or ""
    assert [each for each in player.written if each not in kept and each not in body] == []
    assert [each for each in player.outside if each not in body] == []


def one_post(player: Player, website: Path) -> None:
    """What was asked for last is on the website, and nothing else is."""
    row = models.Incident.objects.get(ref=player.ref)
    asked = [each.fact for each in journal.load(row, []) if isinstance(each.fact, PostRequested)]
    there = [each for each in website.rglob("*") if each.is_file()]
    assert [each.read_text() for each in there] == [each.text for each in asked[-1:]]
    assert [str(each.relative_to(website)) for each in there] == [each.path for each in asked[-1:]]
    assert player.state().after.publication.published == len(asked)


def settled(player: Player) -> None:
    """Nobody dies any more, and everything that waits is carried out: both sides say the same."""
    for _ in range(200):
        registry.take_in(player.world.process, player.world.now)
        models.Effect.objects.filter(status="waiting").update(not_before=player.world.now)
        keys = list(models.Effect.objects.filter(status="waiting").order_by("id").values_list("key", flat=True))
        if not keys:
            break
        for key in keys:
            deliver(key, player.world.process)
    assert list(models.Effect.objects.exclude(status="done").values("key", "status", "error")) == []
    assert list(models.Inbound.objects.exclude(status="taken").values("status", "error")) == []
    state = player.state()
    if state.after.issue is None:
        assert not models.LocalIssue.objects.exists()
        return
    [issue] = models.LocalIssue.objects.all()
    assert issue.open == state.after.issue.open
    row = models.Incident.objects.get(ref=player.ref)
    parts = writeup.parts(state, access.entries(access.NOBODY, row), player.world.process)
    assert render(state, parts, player.world.process, issue.body) == issue.body
    keys = list(issue.comments.exclude(key="").values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == models.Effect.objects.filter(kind="comment").count()


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(steps=some.lists(some.sampled_from(sorted(STEPS)), min_size=25, max_size=50), seed=some.integers(0, 1 << 32))
def test_no_sentence_is_lost_and_nothing_is_closed_early_or_made_twice(
    real_world: World, tmp_path: Path, steps: list[str], seed: int
) -> None:
    emptied()
    home = tmp_path / secrets.token_hex(8)
    home.mkdir()
    chance = Random(seed)
    player = Player(real_world, chance)
    player.ref = actions.declare(real_world.by("bob"), DeclareRequest("Checkout answers 502")).state.ref
    tracker: Tracker = Doomed(LocalTracker(), chance)
    website: Website = Doomed(FolderWebsite(home / "website", 5, made=True), chance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "HOME", home)
        patch.setattr(registry, "tracker", lambda process: tracker)
        patch.setattr(registry, "website", lambda process, home: website)
        for step in ["adds an action", "resolve", "raise", "carries out", "carries out", *steps]:
            try:
                STEPS[step](player)
                event(f"{step} done")
            except (NotAllowed, Changed) as refused:
                event(f"{step} {getattr(refused, 'code', 'changed')}")
            closed_only_for_a_reason(player.state())
            assert models.LocalIssue.objects.count() <= 1
    event(f"died {min(player.deaths, 5)} times or more")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "HOME", home)
        settled(player)
    nothing_is_lost(player)
    one_post(player, home / "website")
    closed_only_for_a_reason(player.state())
    row = models.Incident.objects.get(ref=player.ref)
    assert replay(row.ref, journal.load(row, list(row.readings.all()))) == player.state()
