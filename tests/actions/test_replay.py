"""Whatever people do, in whatever order: the journal says the state, is only appended to, and tells no stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as some

from musterpoint import access, actions, importing, reading, reminding
from musterpoint.actions import Call
from musterpoint.actions import issue as issues
from musterpoint.actions.recording import happened
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.decision import Actor, NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.followup import Fields
from musterpoint.core.incident import Milestone, Severity, Who
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.journal import MarkKind, RowKind, Verdict, replay
from musterpoint.integrations.local.chat import Room
from musterpoint.store import incidents, journal, models
from tests.actions.telling import BEN, CLEO, edited, message, source
from tests.conftest import World

ACCOUNTS = ("alice", "bob", "charlie", "victor", "adele", "sirt")
WORDS = ("rolled back", "looking", "still failing", "all good", "hunter2 it is", "TODO: alert on it")

REMINDERS = ("no_lead", "no_huddle", "writeup_waiting", "action_due:1", "action_overdue:9")


@dataclass
class Player:
    """Does one thing after the other; by chance, which hypothesis seeds."""

    world: World
    chance: Random
    stamps: list[tuple[str, str]] = field(default_factory=list)
    last: str = ""

    def pick(self, options: Any) -> Any:
        return self.chance.choice(list(options)) if options else ""

    def call(self) -> Call:
        return self.world.by(self.pick([*ACCOUNTS, "bob", "bob", "bob"]))

    def ref(self) -> str:
        self.last = str(self.pick(models.Incident.objects.values_list("ref", flat=True)))
        return self.last

    def entry(self) -> str:
        """Mostly one of the incident that was picked last."""
        row = models.Incident.objects.get(ref=self.last)
        near = [str(each.id) for each in journal.load(row, list(row.readings.all()))]
        return str(self.pick(near * 3 + list(models.Entry.objects.values_list("pk", flat=True))))

    def security(self) -> Security:
        return self.pick([Security.NO] * 5 + [Security.YES])  # type: ignore[no-any-return]

    def at(self) -> datetime | None:
        return self.pick([None, self.world.now - timedelta(minutes=self.pick(range(1, 40)))])  # type: ignore[no-any-return]

    def text(self) -> str:
        return str(self.pick(WORDS))

    # what people do in the chat

    def say(self) -> None:
        ref = self.ref()
        self.stamps.append((ref, Room(ref).say(self.pick([BEN, CLEO]), self.text(), self.tick())))

    def change(self) -> None:
        ref, stamp = self.chance.choice(self.stamps)
        Room(ref).edit(BEN, stamp, self.text(), self.tick())

    def delete(self) -> None:
        ref, stamp = self.chance.choice(self.stamps)
        Room(ref).delete(BEN, stamp, self.tick())

    def react(self) -> None:
        ref, stamp = self.chance.choice(self.stamps)
        Room(ref).react(CLEO, stamp, "eyes", self.tick(), on=self.pick([True, False]))

    def tick(self) -> datetime:
        self.world.later(1)
        return self.world.now

    def bring_in(self) -> None:
        said = [message(each, self.text(), digest=f"{self.pick(range(2))}") for each in range(self.pick(range(1, 5)))]
        said += [edited(said[-1], self.text())] if self.pick([True, False]) else []
        request = DeclareRequest("", security=self.security())
        importing.bring_in(self.call(), [source(*said)], request, lambda done, total: None)


def confirm(player: Player) -> None:
    call, ref = player.call(), player.ref()
    if found := reading.proposals_of(call, ref):
        actions.confirm(call, ref, player.pick(found))


def redact(player: Player) -> None:
    what: dict[str, str] = player.pick([{"entry": player.entry()}, {"text": "hunter2"}])
    actions.redact(player.call(), player.ref(), "a password", **what)


def number(player: Player, ref: str) -> int:
    """Mostly of an action that is there."""
    known = incidents.state(models.Incident.objects.get(ref=ref)).after.actions
    return player.pick([*(each.number for each in known), 9])  # type: ignore[no-any-return]


def adopt_action(player: Player) -> None:
    call, ref = player.call(), player.ref()
    if found := reading.actions_of(call, ref)["proposed"]:
        actions.add_action(call, ref, entry=player.pick(found)["ref"])


def change_action(player: Player) -> None:
    ref = player.ref()
    fields: Fields = player.pick(
        [{"title": player.text()}, {"due": "3d"}, {"due": ""}, {"owner": BEN}, {"owner": None}]
    )
    actions.change_action(player.call(), ref, number(player, ref), **fields)


def change_action_issue(player: Player) -> None:
    """Sometimes where the tracker has issues of their own."""
    ref = player.ref()
    process = replace(player.world.process, tracker=player.pick(["local", "github"]), github_repository="a/b")
    call = replace(player.call(), process=process)
    what: dict[str, Any] = player.pick(
        [{}, {"place": "a/c"}, {"issue": f"a/b#{player.pick(range(1, 9))}"}, {"none": True}]
    )
    actions.change_action_issue(call, ref, number(player, ref), **what)


def end_action(player: Player) -> None:
    ref = player.ref()
    actions.end_action(player.call(), ref, number(player, ref), player.pick(ActionStatus), player.pick(["", "no"]))


def write_part(player: Player) -> None:
    """Sometimes on what stands, sometimes on what somebody saw a while ago."""
    ref = player.ref()
    stands = incidents.state(models.Incident.objects.get(ref=ref)).after.parts.get("summary", 0)
    part, seen = player.pick(["summary", "summary", "factors"]), player.pick([None, 0, stands])
    actions.write_part(player.call(), ref, part, player.text(), player.pick([None, player.text()]), seen)


def on_the_tracker(player: Player) -> None:
    """The issue is made, commented on, moved, or deleted there."""
    row = models.Incident.objects.get(ref=player.ref())
    state, issue = incidents.state(row), f"halden-ferries/CloudProject#{row.pk}"
    there, process = state.after.issue, player.world.process
    with transaction.atomic():
        models.IssueCopy.objects.update_or_create(incident=row, defaults={"ref": issue})
        if there is not None and there.ref:
            if player.pick([True, False]):
                to = player.pick(["", f"halden-ferries/ops#{row.pk}"])
                happened(process, row, state, IssueMoved(to, was=there.ref), player.tick())
                return
            who, said = player.call().actor.who, player.pick(["close because it is off", "done 1", "assign 1", "help"])
            event = IssueEvent(IssueDeed.COMMENTED, issue, player.tick(), who, text=f"/musterpoint {said}")
            issues.take_in(process, event, "tracker", player.world.now)
        elif there is not None:
            happened(process, row, state, IssueRaised(issue), player.tick())


def remind(player: Player) -> None:
    """Some days later."""
    player.world.later(player.pick([30, 600, 6000]))
    reminding.remind(player.world.process, player.world.now)


def adopt_thread(player: Player) -> None:
    """A thread of the chat, which may be one of a private channel, and may be an incident already."""
    root, members = f"177235560{player.pick(range(3))}.000100", player.pick([(), ("account:alice", "slack:U7BEN")])
    place = actions.ThreadPlace("T7", player.pick(["C7PLANS", "C7CREW"]), root, private=bool(members), members=members)
    request = DeclareRequest(player.text(), security=player.security(), unasked=player.pick([True, False]))
    actions.adopt(player.call(), request, place)


def membership(player: Player) -> None:
    who = player.pick([BEN, Who("account:alice", "Alice"), Who("account:charlie", "Charlie")])
    joined = player.pick([True, False])
    actions.membership("T7", player.pick(["C7PLANS", "C7CREW"]), [who], player.tick(), joined=joined, source="slack")


STEPS: dict[str, Callable[[Player], object]] = {
    "add_action": lambda p: actions.add_action(p.call(), p.ref(), p.text(), due=p.pick(["", "2w"])),
    "adopt_action": adopt_action,
    "change_action": change_action,
    "change_action_issue": change_action_issue,
    "end_action": end_action,
    "declare": lambda p: actions.declare(p.call(), DeclareRequest(p.text(), security=p.security(), at=p.at())),
    "note": lambda p: actions.note(p.call(), p.ref(), p.text(), p.at(), p.pick([None, *MarkKind])),
    "did": lambda p: actions.did(p.call(), p.ref(), p.text(), p.at()),
    "mark": lambda p: actions.mark(p.call(), p.ref(), p.entry(), p.pick(MarkKind), on=p.pick([True, False])),
    "curate": lambda p: actions.curate(
        p.call(), p.ref(), p.entry(), p.pick(Verdict), text=p.text(), row_kind=p.pick([None, *RowKind])
    ),
    "lead": lambda p: actions.lead(p.call(), p.ref(), p.pick([None, p.call().actor.who]), p.at()),
    "severity": lambda p: actions.severity(p.call(), p.ref(), p.pick([None, *Severity]), p.at()),
    "nominate": lambda p: actions.nominate(p.call(), p.ref(), Who("person:1", "Alice")),
    "resolve": lambda p: actions.resolve(p.call(), p.ref(), p.at(), p.text()),
    "relapse": lambda p: actions.relapse(p.call(), p.ref(), p.at(), p.text()),
    "cancel": lambda p: actions.cancel(p.call(), p.ref(), p.text(), p.pick(["", p.ref()])),
    "raise_issue": lambda p: actions.raise_issue(p.world.by("alice"), p.ref()),
    "override": lambda p: actions.override(p.world.by("alice"), p.ref(), p.text()),
    "close": lambda p: actions.close(p.call(), p.ref()),
    "correct_time": lambda p: actions.correct_time(
        p.call(), p.ref(), p.pick(Milestone), p.at(), evidence=p.pick(["", p.entry()])
    ),
    "correct_text": lambda p: actions.correct_text(p.call(), p.ref(), p.pick(["title", "affected"]), p.text()),
    "correct_row": lambda p: actions.correct_row(p.call(), p.ref(), p.entry(), p.world.now),
    "undo_row": lambda p: actions.undo_row(p.call(), p.ref(), p.entry()),
    "confirm": confirm,
    "split": lambda p: actions.split(p.call(), p.ref(), p.entry(), p.text()),
    "merge": lambda p: actions.merge(p.call(), p.ref(), p.ref()),
    "reset_part": lambda p: actions.reset_part(p.call(), p.ref(), "summary"),
    "write_part": write_part,
    "writeup_done": lambda p: actions.writeup_done(p.call(), p.ref()),
    "writeup_reopen": lambda p: actions.writeup_reopen(p.call(), p.ref(), p.text()),
    "adopt": adopt_thread,
    "restrict": lambda p: actions.restrict(p.call(), p.ref(), p.text()),
    "open_up": lambda p: actions.open_up(p.world.by("alice"), p.ref(), p.text()),
    "answer_security": lambda p: actions.answer_security(p.call(), p.ref(), p.pick(Security)),
    "membership": membership,
    "huddle": lambda p: actions.huddle(p.call(), p.ref()),
    "settle_huddle": lambda p: actions.settle_huddle(p.call(), p.ref(), p.pick([True, False])),
    "choose_row": lambda p: actions.choose_row(p.call(), p.ref(), p.entry(), public=p.pick([True, False])),
    "decide_publication": lambda p: actions.decide_publication(
        p.call(), p.ref(), p.pick([None, *Decision]), p.pick(["", "three users"])
    ),
    "publish": lambda p: actions.publish(p.call(), p.ref(), anyway=p.pick([True, False])),
    "reset_post": lambda p: actions.reset_post(p.call(), p.ref()),
    "write_post": lambda p: actions.write_post(p.call(), p.ref(), p.text(), p.pick([None, p.text()])),
    "put_off": lambda p: actions.put_off(
        p.call(), p.ref(), p.pick(REMINDERS), p.pick([None, p.world.now + timedelta(days=1)])
    ),
    "redact": redact,
    "remind": remind,
    "on_the_tracker": on_the_tracker,
    "resume_reminder": lambda p: actions.resume_reminder(p.call(), p.ref(), p.pick(REMINDERS)),
    "say": Player.say,
    "change": Player.change,
    "delete": Player.delete,
    "react": Player.react,
    "bring_in": Player.bring_in,
}


def test_every_action_is_played() -> None:
    assert set(actions.__all__) - {"Call"} <= set(STEPS)


def emptied() -> None:
    """Hypothesis plays many times within one test."""
    order = (
        "LocalPost",
        "Effect",
        "Entry",
        "Reading",
        "Import",
        "Capture",
        "Thread",
        "Member",
        "Incident",
        "Inbound",
        "Copy",
    )
    for name in (*order, "Counter"):
        getattr(models, name).objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_search")


Snapshot = dict[int, tuple[Any, ...]]


def written() -> Snapshot:
    columns = ("pk", "key", "kind", "data", "at", "known_at", "anchor", "who_name", "ref", "thread", "incident")
    return {values[0]: values for values in models.Entry.objects.filter(redacted=False).values_list(*columns)}


def only_appended(before: Snapshot) -> Snapshot:
    after = written()
    redacted = set(models.Entry.objects.filter(redacted=True).values_list("pk", flat=True))
    assert all(after[number] == values for number, values in before.items() if number not in redacted)
    return after


def the_journal_says_the_state() -> None:
    for row in models.Incident.objects.all():
        said = journal.load(row, list(row.readings.select_related("thread")))
        members = frozenset(row.members.values_list("identity", flat=True))
        assert replay(row.ref, said) == incidents.state(row, members)


def forbidden(actor: Actor) -> set[int]:
    """The entries of restricted incidents that the person is no member of, told without `access`."""
    found: set[int] = set()
    for row in models.Incident.objects.filter(restricted=True):
        if not set(row.members.values_list("identity", flat=True)) & actor.identities:
            found |= {each.id for each in journal.load(row, list(row.readings.all()))}
    return found


def no_stranger_sees_it(world: World) -> None:
    for account in ACCOUNTS:
        actor = access.actor(account, world.process)
        hidden = forbidden(actor)
        listed = access.listing(actor, limit=1000)
        seen = {each.id for row in listed for each in access.entries(actor, row)}
        seen |= {hit.entry.id for word in ("rolled", "hunter2") for hit in access.found(actor, word)}
        assert not seen & hidden
        assert {row.ref for row in models.Incident.objects.filter(restricted=False)} <= {row.ref for row in listed}


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes; the steps and the seed are enough
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(
    steps=some.lists(some.sampled_from(sorted(STEPS)), min_size=20, max_size=40),
    seed=some.integers(0, 1 << 32),
)
@example(steps=[*["resolve"] * 9, *["raise_issue", "add_action", *["on_the_tracker"] * 5] * 4], seed=3)
def test_the_journal_says_the_state_and_tells_no_stranger(real_world: World, steps: list[str], seed: int) -> None:
    emptied()
    player = Player(real_world, Random(seed))
    actions.declare(real_world.by("bob"), DeclareRequest("Checkout answers 502"))
    player.say()
    before = written()
    for step in ["declare", "note", "bring_in", *steps]:
        try:
            STEPS[step](player)
            event(f"{step} done")
        except (NotAllowed, access.NotFound) as refused:
            event(f"{step} {refused.code}")
        before = only_appended(before)
    the_journal_says_the_state()
    no_stranger_sees_it(real_world)
