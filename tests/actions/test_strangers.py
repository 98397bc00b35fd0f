"""What a person may not see does not exist for them, whatever they do: every action and every reader is tried.

Strangers are charlie (a responder), adele (admin), alice (authority) and victor (viewer): none is a member.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

from musterpoint import access, actions, exporting, reading
from musterpoint.actions import Call, ThreadPlace
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Basis, Milestone, Moment, Severity, Who
from musterpoint.core.journal import MarkKind, Verdict
from musterpoint.core.proposals import Proposal
from musterpoint.reading import listing, now, publication, writeup
from musterpoint.reading.concerned import concerned
from musterpoint.reading.conformance import conformance
from musterpoint.reading.connections import reached
from musterpoint.reading.due import waiting_for, waiting_for_me
from musterpoint.reading.followups import Chosen, followups
from musterpoint.reading.journal import evidence_of, journal_of, learnt_after, number_of
from musterpoint.reading.thread import Cursor, Window, thread_entry, thread_news, thread_window
from musterpoint.reading.timeline import curated, curated_row
from musterpoint.store import models
from tests.actions.telling import (
    BEN,
    brought_in,
    counted,
    declared,
    message,
    says,
    searched,
    secretly_declared,
    source,
    texts,
    words,
)
from tests.conftest import START, World

STRANGERS = ("charlie", "adele", "alice", "victor")
WORD = "zanzibar"
SOMETIME = START - timedelta(hours=1)
PROPOSAL = Proposal(Milestone.DETECTED, Moment(SOMETIME, Basis.STATED), "at 8", "entry:1", "", None, False, "")


@dataclass
class Told:
    """A restricted incident, one that was restricted later, and one that everybody sees."""

    secret: str
    numbered: str
    public: str


@pytest.fixture(params=["security", "private channel"])
def told(world: World, request: pytest.FixtureRequest) -> Told:
    """`secret` involves security, or its thread is in a private channel."""
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    public = declared(world, "Checkout answers 502", "charlie")
    leaked = f"{WORD} key leaked"
    secret = secretly_declared(world, leaked) if request.param == "security" else _confined(world, leaked)
    numbered = declared(world, f"{WORD} data leaked")
    for ref in (secret, numbered):
        actions.note(world.by("bob"), ref, f"the {WORD} bucket is open")
        actions.add_action(world.by("bob"), ref, f"Rotate the {WORD} key")
        says(world, ref, f"{WORD} is closed now")
    actions.restrict(world.by("bob"), numbered, f"{WORD} customers")
    return Told(secret, numbered, public)


def _confined(world: World, title: str) -> str:
    place = ThreadPlace("T7", "C7CREW", "1772355600.000200", private=True, members=("account:sirt",))
    return actions.adopt(world.by("bob"), DeclareRequest(title), place).state.ref


def _entry(ref: str) -> str:
    """A real entry of the incident: strangers may guess numbers."""
    thread = models.Thread.objects.filter(root=ref).first()
    row = models.Entry.objects.filter(thread=thread).first() if thread else None
    return str(row.pk) if row else "1"


ACTIONS: dict[str, Callable[[Call, str, str], object]] = {
    "answer_security": lambda call, ref, public: actions.answer_security(call, ref, Security.YES),
    "add_action": lambda call, ref, public: actions.add_action(call, ref, "Rotate it", entry=_entry(ref)),
    "cancel": lambda call, ref, public: actions.cancel(call, ref, "a drill"),
    "change_action": lambda call, ref, public: actions.change_action(call, ref, 1, title="Nothing"),
    "change_action_issue": lambda call, ref, public: actions.change_action_issue(call, ref, 1),
    "choose_row": lambda call, ref, public: actions.choose_row(call, ref, _entry(ref), public=True),
    "close": lambda call, ref, public: actions.close(call, ref),
    "confirm": lambda call, ref, public: actions.confirm(call, ref, PROPOSAL),
    "correct_row": lambda call, ref, public: actions.correct_row(call, ref, _entry(ref), SOMETIME),
    "correct_text": lambda call, ref, public: actions.correct_text(call, ref, "title", "Nothing"),
    "correct_time": lambda call, ref, public: actions.correct_time(call, ref, Milestone.DETECTED, SOMETIME),
    "curate": lambda call, ref, public: actions.curate(call, ref, _entry(ref), Verdict.DROP),
    "decide_publication": lambda call, ref, public: actions.decide_publication(call, ref, Decision.SKIP, "no"),
    "did": lambda call, ref, public: actions.did(call, ref, "restarted"),
    "end_action": lambda call, ref, public: actions.end_action(call, ref, 1, ActionStatus.DONE),
    "huddle": lambda call, ref, public: actions.huddle(call, ref),
    "lead": lambda call, ref, public: actions.lead(call, ref, call.actor.who),
    "mark": lambda call, ref, public: actions.mark(call, ref, _entry(ref), MarkKind.FINDING),
    "merge": actions.merge,
    "nominate": lambda call, ref, public: actions.nominate(call, ref, Who("person:1", "Alice")),
    "note": lambda call, ref, public: actions.note(call, ref, "hello"),
    "publish": lambda call, ref, public: actions.publish(call, ref, anyway=True),
    "put_off": lambda call, ref, public: actions.put_off(call, ref, "no_lead", None),
    "open_up": lambda call, ref, public: actions.open_up(call, ref, "all are affected"),
    "override": lambda call, ref, public: actions.override(call, ref, "enough"),
    "raise_issue": lambda call, ref, public: actions.raise_issue(call, ref),
    "redact": lambda call, ref, public: actions.redact(call, ref, "a secret", text=WORD),
    "relapse": lambda call, ref, public: actions.relapse(call, ref),
    "reset_post": lambda call, ref, public: actions.reset_post(call, ref),
    "reset_part": lambda call, ref, public: actions.reset_part(call, ref, "summary"),
    "resolve": lambda call, ref, public: actions.resolve(call, ref),
    "restrict": lambda call, ref, public: actions.restrict(call, ref),
    "resume_reminder": lambda call, ref, public: actions.resume_reminder(call, ref, "no_lead"),
    "settle_huddle": lambda call, ref, public: actions.settle_huddle(call, ref, True),
    "severity": lambda call, ref, public: actions.severity(call, ref, Severity.MINOR),
    "split": lambda call, ref, public: actions.split(call, ref, _entry(ref), "Second"),
    "write_part": lambda call, ref, public: actions.write_part(call, ref, "summary", "Nothing happened."),
    "write_post": lambda call, ref, public: actions.write_post(call, ref, "Nothing happened."),
    "undo_row": lambda call, ref, public: actions.undo_row(call, ref, _entry(ref)),
    "writeup_done": lambda call, ref, public: actions.writeup_done(call, ref),
    "writeup_reopen": lambda call, ref, public: actions.writeup_reopen(call, ref),
}


def _stub(ref: str) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "issue": None,
        "issue_gone": None,
        "publication": None,
        "version": 0,
        **{name: [] for name in ("actions", "blockers", "proposals", "threads", "troubles", "corrections", "can")},
    }
    return {**reading.incident_shape(access._withdrawn(ref).state), **empty}


def _nothing_curated(ref: str) -> dict[str, Any]:
    empty: dict[str, Any] = {name: [] for name in ("rows", "proposals", "corrections")}
    counts = {"kept": 0, "suggested": 0, "dropped": 0}
    return {"incident": ref, "seen": 0, "counts": counts, "chosen": 0, "page": 1, "pages": 1, **empty}


#: Readers of one incident, by module and name: what a stranger gets of the number that looks cancelled.
REFUSED = object()
READERS: dict[tuple[str, str], tuple[Callable[[Call, str], object], Callable[[str], object]]] = {
    ("access", "seen"): (lambda call, ref: access.seen(call.actor, ref), lambda ref: REFUSED),
    ("access", "locked"): (lambda call, ref: access.locked(call.actor, ref).__enter__(), lambda ref: REFUSED),
    ("access", "find"): (lambda call, ref: access.find(call.actor, ref), access._withdrawn),
    ("reading", "shown"): (reading.shown, _stub),
    ("reading", "head"): (
        reading.head,
        lambda ref: {name: value for name, value in _stub(ref).items() if name not in ("proposals", "corrections")},
    ),
    ("reading", "actions_of"): (
        reading.actions_of,
        lambda ref: {"incident": ref, "actions": [], "proposed": []},
    ),
    ("reading", "conformance"): (conformance, lambda ref: []),
    ("reading", "waiting_for"): (waiting_for, lambda ref: []),
    ("reading", "proposals_of"): (reading.proposals_of, lambda ref: REFUSED),
    ("reading", "rows_of"): (reading.rows_of, lambda ref: []),
    **{
        ("reading", each.__name__): (each, lambda ref: REFUSED)
        for each in (
            publication.publication,
            publication.publication_of,
            publication.draft,
            publication.post_check,
            publication.public_rows,
            publication.everything,
            publication.arrival,
        )
    },
    ("reading", "writeup"): (writeup.writeup, lambda ref: REFUSED),
    ("reading", "standing"): (writeup.standing, lambda ref: REFUSED),
    ("reading", "check"): (writeup.check, lambda ref: REFUSED),
    ("reading", "similar"): (writeup.similar, lambda ref: REFUSED),
    ("reading", "thread_window"): (thread_window, lambda ref: Window([])),
    ("reading", "thread_entry"): (lambda call, ref: thread_entry(call, ref, _entry(ref)), lambda ref: REFUSED),
    ("reading", "thread_news"): (lambda call, ref: thread_news(call, ref, Cursor(version=1)), lambda ref: REFUSED),
    ("reading", "thread_of"): (lambda call, ref: reading.thread_of(call, ref, history=True), lambda ref: []),
    ("exporting", "export"): (lambda call, ref: exporting.export(call, ref, Path("/nowhere")), lambda ref: REFUSED),
    ("exporting", "texts"): (exporting.texts, lambda ref: REFUSED),
    ("reading", "curated"): (curated, _nothing_curated),
    ("reading", "curated_row"): (lambda call, ref: curated_row(call, ref, _entry(ref)), lambda ref: REFUSED),
    ("reading", "journal_of"): (
        journal_of,
        lambda ref: {"incident": ref, "entries": [], "total": 0, "page": 1, "pages": 1},
    ),
    ("reading", "learnt_after"): (lambda call, ref: learnt_after(call, ref, 0, 100), lambda ref: []),
    ("reading", "evidence_of"): (lambda call, ref: evidence_of(call, ref, ["entry:1"]), lambda ref: {}),
    ("reading", "number_of"): (lambda call, ref: number_of(call, ref, _entry(ref)), lambda ref: REFUSED),
}
#: Those that take a row which somebody was allowed to fetch, or no reference; tried below.
OTHERS = {
    ("access", "visible"),
    ("access", "listing"),
    ("access", "found"),
    ("access", "found_page"),
    ("access", "member_of"),
    ("access", "sharing"),
    ("access", "entries"),
    ("access", "stretches"),
    ("access", "all_stretches"),
    ("reading", "all_actions"),
    ("reading", "concerned"),
    ("reading", "followups"),
    ("reading", "listed"),
    ("reading", "reached"),
    ("reading", "asked"),
    ("reading", "searched"),
    ("reading", "waiting_for_me"),
    ("reading", "happening"),
    ("reading", "stamp"),
    ("reading", "newest"),
}
#: Of a security incident no post is made, not even for its members.
NOT_PUBLIC = ("publication", "publication_of", "draft", "post_check", "public_rows", "everything", "arrival")
#: Of so little as there is here.
SAY_NOTHING_YET = ("number_of", "evidence_of", "standing", "proposals_of", "conformance", "check", "similar")
#: Whatever may be read on somebody's behalf is in one of these.
MODULES = [
    access,
    exporting,
    *(import_module(f"{reading.__name__}.{each.name}") for each in iter_modules(reading.__path__)),
]


def _on_behalf(module: ModuleType) -> Iterator[str]:
    """The public functions of a module that are done on somebody's behalf."""
    for name, found in inspect.getmembers(module, inspect.isfunction):
        first = next(iter(inspect.signature(found).parameters.values()), None)
        ours = not name.startswith("_") and found.__module__ == module.__name__
        if ours and first is not None and first.name in ("actor", "call"):
            yield name


def test_every_action_and_every_reader_is_tried_here() -> None:
    assert set(ACTIONS) == set(actions.__all__) - {"Call", "declare", "adopt"}
    found = {(module.__name__.split(".")[1], name) for module in MODULES for name in _on_behalf(module)}
    assert found == set(READERS) | OTHERS


def outcome(call: Call, step: Callable[[], object]) -> tuple[str, str, str]:
    """How somebody is refused: code, message, hint."""
    before = counted()
    with pytest.raises((NotAllowed, access.NotFound)) as caught:
        step()
    assert counted() == before
    return words(caught)


@pytest.mark.parametrize("name", list(ACTIONS))
def test_an_action_on_a_restricted_incident_fails_as_if_it_were_not_there(world: World, told: Told, name: str) -> None:
    step, never = ACTIONS[name], "s-qqqqqqqq"
    for account in STRANGERS:
        call = world.by(account)
        code, *words = outcome(call, lambda call=call: step(call, told.secret, told.public))  # type: ignore[misc]
        absent, *absent_words = outcome(call, lambda call=call: step(call, never, told.public))  # type: ignore[misc]
        assert (code, [each.replace(told.secret, never) for each in words]) == (absent, absent_words)
        assert code in ("not_found", "read_only")


@pytest.mark.parametrize("name", list(ACTIONS))
def test_an_action_on_a_number_that_was_restricted_fails_as_if_it_were_cancelled(
    world: World, told: Told, name: str
) -> None:
    for account in STRANGERS:
        call = world.by(account)
        code, text, _ = outcome(call, lambda call=call: ACTIONS[name](call, told.numbered, told.public))  # type: ignore[misc]
        assert code in ("cancelled", "read_only")
        assert code == "read_only" or text == f"Incident {told.numbered} was cancelled."


@pytest.mark.parametrize("kind", ["secret", "confined"])
def test_a_thread_that_others_alone_may_read_is_no_incident_for_a_stranger(world: World, told: Told, kind: str) -> None:
    place = ThreadPlace("T7", "C7PLANS", "1772355600.000100", private=True, members=("account:bob",))
    security = Security.YES if kind == "secret" else Security.NO
    taken = actions.adopt(world.by("bob"), DeclareRequest(f"{WORD} leaked", security=security), place).state.ref
    for account in STRANGERS:
        call = world.by(account)
        code, *said = outcome(call, lambda call=call: actions.adopt(call, DeclareRequest("Mine"), place))  # type: ignore[misc]
        assert code in ("cannot_adopt", "read_only")
        assert taken not in " ".join(said)
        assert WORD not in " ".join(said)


@pytest.mark.parametrize("name", ["merge", "cancel"])
def test_what_is_restricted_is_no_target_either(world: World, told: Told, name: str) -> None:
    steps: dict[str, Callable[[Call, str], object]] = {
        "merge": lambda call, ref: actions.merge(call, told.public, ref),
        "cancel": lambda call, ref: actions.cancel(call, told.public, duplicate_of=ref),
    }
    call = world.by("charlie")
    assert outcome(call, lambda: steps[name](call, told.secret))[0] == "not_found"


@pytest.mark.parametrize("reader", list(READERS), ids=".".join)
def test_a_restricted_incident_is_not_there_to_read(world: World, told: Told, reader: tuple[str, str]) -> None:
    read, of_a_number = READERS[reader]
    for account in STRANGERS:
        call = world.by(account)
        code, text, hint = outcome(call, lambda call=call: read(call, told.secret))  # type: ignore[misc]
        assert (code, text) == ("not_found", f"There is no incident {told.secret!r}.")
        if (expected := of_a_number(told.numbered)) is REFUSED:
            code, text, hint = outcome(call, lambda call=call: read(call, told.numbered))  # type: ignore[misc]
            assert (code, text, hint) == ("cancelled", f"Incident {told.numbered} was cancelled.", "")
        else:
            assert read(call, told.numbered) == expected
    assert not Path("/nowhere").exists()


@pytest.mark.parametrize("account", STRANGERS)
def test_no_list_search_or_effect_tells_of_it(world: World, told: Told, account: str) -> None:
    actor = world.by(account).actor
    assert [each.ref for each in access.listing(actor)] == [told.public]
    assert [each.ref for each in access.visible(actor)] == [told.public]
    assert [each.ref for each in access.listing(actor, status=["open", "resolved"])] == [told.public]
    assert list(access.member_of(actor)) == access.listing(actor, restricted=True) == []
    assert access.listing(actor, kind="security") == access.listing(actor, status=["cancelled"]) == []
    assert reading.all_actions(world.by(account), open_only=False) == []
    assert {each.ref for each in waiting_for(world.by(account))} == {told.public}
    assert {row[1] for row in concerned(world.by(account), 10)[0]} <= {told.public}
    assert {each.ref for each in waiting_for_me(world.by(account), 10)[0]} <= {told.public}
    shown = now.happening(world.by(account))
    assert ([each["ref"] for each in shown["open"]], shown["open_count"]) == ([told.public], 1)
    assert shown["stamp"] == now.stamp(world.by(account))
    listed = listing.listed(world.by(account), listing.Wanted())
    assert ([each["ref"] for each in listed["incidents"]], listed["next"]) == ([told.public], None)
    assert listing.searched(world.by(account), WORD, listing.Wanted())["found"] == []
    assert followups(world.by(account), Chosen(ended=True))["owners"] == []
    assert sum(each["waiting"] for each in reached(world.by(account)).values()) == 1
    for query in (WORD, WORD[:4], "leaked", "bucket", "closed"):
        assert access.found(actor, query) == []
        assert access.found_page(actor, query, only=access.narrowed(status=["open"])) == ([], None)
        assert access.sharing(actor, ([query], []), ([query], ["declaration", "note"])) == []
    seen = models.Effect.objects.filter(incident__in=access.visible(actor))
    assert {each.incident and each.incident.ref for each in seen} == {told.public}
    assert not models.Effect.objects.filter(incident__ref=told.secret, incident__confined=False).exists()


def test_members_see_what_strangers_do_not(world: World, told: Told) -> None:
    """The same queries as above do find something: the test can fail."""
    for account in ("bob", "sirt"):
        actor = world.by(account).actor
        assert {each.ref for each in access.listing(actor)} == {told.secret, told.numbered, told.public}
        assert {hit.incident.ref for hit in access.found(actor, WORD)} == {told.secret, told.numbered}
        assert {hit.incident.ref for hit in access.sharing(actor, ([WORD], []))} == {told.secret, told.numbered}
        for name, (read, _) in READERS.items():
            if name[1] in NOT_PUBLIC:
                call = world.by(account)
                assert outcome(call, lambda call=call, read=read: read(call, told.secret))[0] == "not_public"  # type: ignore[misc]
            elif name[0] == "reading":
                assert WORD in str(read(world.by(account), told.secret)) or name[1] in SAY_NOTHING_YET


def test_an_admin_who_becomes_a_member_sees_it(world: World, told: Told) -> None:
    row = models.Incident.objects.get(ref=told.secret)
    models.Member.objects.create(incident=row, identity="account:adele")
    assert access.find(world.by("adele").actor, told.secret).row == row
    assert texts(world, told.secret, "adele") == [f"the {WORD} bucket is open", f"{WORD} is closed now"]


def test_a_thread_that_a_restricted_incident_reads_too_follows_the_strictest(world: World) -> None:
    first, second = declared(world, "Login fails"), declared(world, "Nobody can sign in")
    note = actions.note(world.by("charlie"), second, f"the {WORD} token is out")
    actions.merge(world.by("bob"), second, first)
    assert texts(world, second, "charlie") == [f"the {WORD} token is out"]
    actions.restrict(world.by("bob"), first)
    for account in STRANGERS:
        call = world.by(account)
        assert texts(world, second, account) == []
        assert searched(world, WORD, account) == []
        shown = reading.shown(call, second)
        assert shown["threads"] == []
        assert WORD not in str([shown, reading.rows_of(call, second), reading.thread_of(call, second)])
        code, _, _ = outcome(call, lambda call=call: actions.curate(call, second, note.ref, Verdict.KEEP))  # type: ignore[misc]
        assert code in ("not_found", "read_only")
    assert texts(world, second, "bob") == [f"the {WORD} token is out"]
    assert {ref for ref, _ in searched(world, WORD, "bob")} == {first, second}


def test_only_the_stretch_that_is_restricted_is_hidden(world: World) -> None:
    said = [message(0, "checkout is slow"), message(1, "rolled back"), message(5, f"the {WORD} key leaks")]
    ref = brought_in(world, source(*said)).incident
    into = actions.split(world.by("bob"), ref, said[2].key, "Key").ref
    actions.restrict(world.by("bob"), into)
    assert texts(world, ref, "charlie") == ["checkout is slow", "rolled back"]
    assert searched(world, WORD, "charlie") == []
    assert len(searched(world, "rolled", "charlie")) == 1


@pytest.mark.parametrize("later", [False, True])
def test_importing_a_thread_that_a_restricted_incident_reads_tells_nothing(world: World, later: bool) -> None:
    said = [message(0, f"{WORD} leaks"), message(1, "revoked")]
    values: dict[str, Any] = {} if later else {"security": Security.YES}
    ref = brought_in(world, source(*said), **values).incident
    if later:
        actions.restrict(world.by("bob"), ref)
    mine = source(message(0, "mail is down"), channel="C7MAIL")
    for files in ([source(*said, message(2, "new"))], [mine, source(*said, message(3, "more"), role="huddle")]):
        for account in ("charlie", "adele", "alice"):
            before = counted()
            with pytest.raises((NotAllowed, access.NotFound)) as caught:
                brought_in(world, *files, by=account)
            assert counted() == before
            told = " ".join(words(caught))
            assert ref not in told.split()
            assert WORD not in told
    assert brought_in(world, source(*said, message(2, "new"))).new == 1


def test_a_guess_at_a_number_tells_nothing(world: World, told: Told) -> None:
    """Entries have numbers that anybody can count."""
    numbers = list(models.Entry.objects.filter(thread__root=told.secret).values_list("pk", flat=True))
    for number in numbers:
        call = world.by("charlie")
        code, text, _ = outcome(
            call,
            lambda call=call, number=number: actions.mark(call, told.public, str(number), MarkKind.FINDING),  # type: ignore[misc]
        )
        assert (code, text) == ("not_found", f"Incident {told.public} has no entry '{number}'.")


def test_who_speaks_in_the_thread_of_a_restricted_incident_is_no_member_by_that(world: World, told: Told) -> None:
    says(world, told.secret, "hello", BEN)
    person = world.person("ben")
    models.Identity.objects.create(name=BEN.identity, person=person)
    assert [each.ref for each in access.listing(world.by("ben").actor)] == [told.public]
