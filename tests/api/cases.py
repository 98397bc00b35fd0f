"""One case for each operation: what is sent so that it does its work, and what must have happened before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from musterpoint import actions, effects
from musterpoint.accounts import tokens
from musterpoint.accounts.models import Token
from musterpoint.actions import ThreadPlace
from musterpoint.actions.recording import happened
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import time_text
from musterpoint.core.journal import MarkKind, Verdict
from musterpoint.delivery import deliver
from musterpoint.store import incidents, models
from musterpoint.store.models import Person
from tests.actions.telling import BEN, declared, says
from tests.conftest import World


@dataclass
class Told:
    """An incident that everybody sees, with a note and an action; and another one."""

    world: World
    ref: str = ""
    note: int = 0
    other: str = ""

    def __post_init__(self) -> None:
        self.ref = declared(self.world, "Checkout answers 502", affected="web shop")
        self.note = actions.note(self.world.by("bob"), self.ref, "All 502s come from the new pods").id
        actions.add_action(self.world.by("bob"), self.ref, "Alert on 502s")
        self.other = declared(self.world, "Search is slow")

    def at(self) -> str:
        return time_text(self.world.now - timedelta(minutes=1))

    def resolved(self) -> None:
        actions.resolve(self.world.by("bob"), self.ref)

    def confined(self) -> None:
        """Its thread is in a private channel, which alice is in."""
        place = ThreadPlace("T7", "C7PLANS", "1772355600.000100", private=True, members=("account:alice",))
        self.ref = actions.adopt(self.world.by("bob"), DeclareRequest("Plans burn"), place).state.ref

    def written_up(self) -> None:
        self.resolved()
        actions.writeup_done(self.world.by("bob"), self.ref)

    def raised(self) -> None:
        self.resolved()
        actions.raise_issue(self.world.by("alice"), self.ref)

    def all_done(self) -> None:
        self.raised()
        assert deliver(f"raise:{self.ref}", self.world.process)
        actions.end_action(self.world.by("bob"), self.ref, 1, ActionStatus.DONE)
        actions.writeup_done(self.world.by("bob"), self.ref)
        actions.decide_publication(self.world.by("alice"), self.ref, Decision.SKIP, "a drill")

    def on_github(self) -> None:
        """Its issue is there; nothing is carried out."""
        self.resolved()
        row = models.Incident.objects.get(ref=self.ref)
        fact = IssueRaised("halden-ferries/CloudProject#1")
        happened(self.world.process, row, incidents.state(row), fact, self.world.now)
        self.world.runs(tracker="github", github_repository="halden-ferries/CloudProject")

    def with_action_issue(self) -> None:
        self.on_github()
        actions.change_action_issue(self.world.by("bob"), self.ref, 1)

    def token(self) -> dict[str, Any]:
        tokens.issue(Person.objects.get(name="Bob"), "old", ["read"], None)
        return {"number": Token.objects.get(name="old").pk}

    def parked(self) -> str:
        row = models.Incident.objects.get(ref=self.ref)
        now = self.world.now
        models.Effect.objects.create(
            key="say:7", kind="say", incident=row, status="parked", not_before=now, created_at=now
        )
        return "say:7"


Body = Callable[[Told], Any]
Step = Callable[[Told], object]


@dataclass(frozen=True)
class Case:
    """`where`: what stands in the address beside the incident's reference. `before`: what was done."""

    account: str = "bob"
    body: Body = lambda told: None
    where: Callable[[Told], dict[str, Any]] = lambda told: {}
    before: Step = lambda told: None
    query: str = ""
    status: int = 200

    def address(self, template: str, told: Told, ref: str = "") -> str:
        values = {"ref": ref or told.ref, **self.where(told)}
        return template.format(**values) + (f"?{self.query}" if self.query else "")


def entry(told: Told) -> dict[str, Any]:
    return {"entry": told.note}


def first(told: Told) -> dict[str, Any]:
    return {"number": 1}


def sends(**values: Any) -> Body:
    return lambda told: values


def about_entry(**values: Any) -> Body:
    return lambda told: {"entry": str(told.note), **values}


def says_more(told: Told) -> str:
    says(told.world, told.ref, "payment fails too")
    later = says(told.world, told.ref, "payment is another thing", BEN)
    return str(models.Entry.objects.get(key=later, kind="message").pk)


CASES: dict[str, Case] = {
    "list_incidents": Case(),
    "search": Case(query="q=pods"),
    "declare": Case(body=sends(title="It burns", affected="everything", severity="major"), status=201),
    "show_incident": Case(),
    "set_lead": Case(body=sends(person="me")),
    "set_severity": Case(body=sends(severity="minor")),
    "nominate": Case("alice", body=sends(person="bob")),
    "resolve": Case(body=sends(reason="rolled back")),
    "relapse": Case(before=Told.resolved),
    "cancel": Case(body=sends(reason="a drill")),
    "merge": Case(body=lambda told: {"into": told.other}),
    "split": Case(body=lambda told: {"first": says_more(told), "title": "Payment fails"}, status=201),
    "restrict": Case(body=sends(reason="a key leaked")),
    "open_up": Case("alice", body=sends(reason="all are affected"), before=Told.confined),
    "huddle": Case(status=201),
    "settle_huddle": Case(body=sends(runs=False)),
    "correct_title": Case(body=sends(text="Checkout fails")),
    "correct_affected": Case(body=sends(text="web shop and app")),
    "show_times": Case(),
    "correct_time": Case(
        body=lambda told: {"at": time_text(told.world.now - timedelta(hours=1)), "why": "the graph"},
        where=lambda told: {"milestone": "detected"},
    ),
    "confirm_time": Case(
        before=lambda told: says(told.world, told.ref, "it began at 08:40 UTC, errors started at 08:40 UTC"),
        where=lambda told: {"milestone": "impact_began"},
    ),
    "redact": Case(body=about_entry(why="a password")),
    "show_thread": Case(),
    "show_entry": Case(where=entry),
    "show_journal": Case(),
    "write_note": Case(body=sends(text="Rolled back", mark="action_taken"), status=201),
    "set_mark": Case(where=lambda told: {"entry": told.note, "mark": "finding"}),
    "remove_mark": Case(
        before=lambda told: actions.mark(told.world.by("bob"), told.ref, str(told.note), MarkKind.FINDING),
        where=lambda told: {"entry": told.note, "mark": "finding"},
    ),
    "show_timeline": Case(),
    "curate": Case(body=about_entry(verdict="reword", text="New pods answered 502")),
    "correct_row": Case(body=lambda told: {"entry": str(told.note), "at": told.at()}),
    "undo_row": Case(
        before=lambda told: actions.curate(told.world.by("bob"), told.ref, str(told.note), Verdict.KEEP),
        body=about_entry(),
    ),
    "show_writeup": Case(),
    "check_writeup": Case(),
    "show_similar": Case(),
    "show_part": Case(where=lambda told: {"part": "summary"}),
    "write_part": Case(body=sends(text="Pods were broken."), where=lambda told: {"part": "summary"}),
    "reset_part": Case(
        before=lambda told: actions.write_part(told.world.by("bob"), told.ref, "summary", "Pods were broken."),
        where=lambda told: {"part": "summary"},
    ),
    "finish_writeup": Case(before=Told.resolved),
    "reopen_writeup": Case(
        before=Told.written_up,
        body=sends(reason="a table is missing"),
    ),
    "list_all_actions": Case(),
    "list_actions": Case(),
    "add_action": Case(body=sends(title="Test the pods", owner="alice", due="2w", kind="prevent"), status=201),
    "change_action": Case(body=sends(owner="Cleo Marsh", due=None), where=first),
    "end_action": Case(body=sends(status="declined", reason="too dear"), where=first),
    "give_action_issue": Case(body=sends(repository="halden-ferries/shop"), where=first, before=Told.on_github),
    "give_up_action_issue": Case(where=first, before=Told.with_action_issue),
    "raise_issue": Case("alice", before=Told.resolved),
    "list_blockers": Case(),
    "override": Case("alice", before=Told.raised, body=sends(reason="a drill")),
    "close": Case("alice", before=Told.all_done, body=sends(reason="done")),
    "show_publication": Case(),
    "decide_publication": Case("alice", body=sends(decision="skip", reason="nobody noticed")),
    "show_draft": Case(),
    "write_draft": Case(body=sends(text="# Checkout\n\nIt failed.")),
    "reset_draft": Case(before=lambda told: actions.write_post(told.world.by("bob"), told.ref, "# It failed.")),
    "check_draft": Case(),
    "list_public_rows": Case(),
    "choose_row": Case(body=about_entry(public=True)),
    "publish": Case(before=Told.resolved, body=sends(anyway=True), status=201),
    "show_conformance": Case(),
    "list_due": Case(query="whom=me"),
    "put_off": Case(
        body=lambda told: {"until": time_text(told.world.now + timedelta(days=2))},
        where=lambda told: {"name": "no_lead"},
    ),
    "resume_reminder": Case(
        before=lambda told: actions.put_off(told.world.by("bob"), told.ref, "no_lead", None),
        where=lambda told: {"name": "no_lead"},
    ),
    "export": Case(),
    "export_markdown": Case(),
    "export_lines": Case(),
    "show_me": Case(),
    "list_people": Case(),
    "add_person": Case("adele", body=sends(name="Cleo Marsh", identities=["github:cleo"]), status=201),
    "change_person": Case("adele", body=sends(zone="Europe/Berlin"), where=lambda told: {"person": "bob"}),
    "link_identity": Case("adele", body=sends(identity="github:bob"), where=lambda told: {"person": "bob"}, status=201),
    "unlink_identity": Case("adele", where=lambda told: {"identity": "account:charlie"}),
    "merge_people": Case("adele", body=sends(into="bob"), where=lambda told: {"person": "charlie"}),
    "list_tokens": Case(),
    "revoke_token": Case(where=Told.token),
    "list_effects": Case(),
    "list_events": Case(),
    "retry_effect": Case("adele", before=Told.parked, body=sends(key="say:7")),
    "drop_effect": Case("adele", before=Told.parked, body=sends(key="say:7", reason="said by hand")),
    "release_effects": Case("adele", before=lambda told: effects.hold("restored")),
    "command": Case(body=sends(words=["list"])),
}
