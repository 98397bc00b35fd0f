"""Import: whole or not at all, only what is new, and nobody gets a hint of what they may not see."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from musterpoint import access, actions, importing, reading
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Basis, Milestone, Moment, Who
from musterpoint.core.journal import Edit, MarkKind, Message
from musterpoint.core.said import Said
from musterpoint.importing import Imported, Source
from musterpoint.store import clock, models
from tests.actions.telling import (
    BEN,
    CLEO,
    brought_in,
    declared,
    edited,
    message,
    reacted,
    read,
    refused,
    rows,
    searched,
    source,
    state,
    texts,
)
from tests.conftest import World

SAID = [message(0, "checkout answers 502"), message(1, "looking", CLEO), message(2, "rolled back to 41")]


class Killed(BaseException):
    """As if the process were killed."""


def killed_after(world: World, batches: int, *sources: Source) -> None:
    """An import that dies when so many batches are written."""

    def progress(done: int, total: int) -> None:
        nonlocal batches
        batches -= 1
        if not batches:
            raise Killed

    with pytest.raises(Killed):
        importing.bring_in(world.by("bob"), list(sources), DeclareRequest(""), progress)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)


@contextmanager
def living_process() -> Iterator[int]:
    process = subprocess.Popen(["sleep", "60"])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def of_process(number: int, host: str = "", silent_for: float = 0) -> None:
    """The unfinished import belongs to that process, which gave its last sign of life so many seconds ago."""
    models.Import.objects.exclude(status="whole").update(
        process=number, host=host or socket.gethostname(), beat_at=clock.later(-silent_for)
    )


# --- what an import makes -----------------------------------------------------------------------------------------


def test_a_thread_becomes_an_incident(world: World) -> None:
    done = brought_in(world, source(*SAID))
    assert done == Imported("1", 3, 3, True)
    assert texts(world, "1") == ["checkout answers 502", "looking", "rolled back to 41"]
    assert state("1").title == "checkout answers 502"
    times = state("1").milestones
    assert times[Milestone.DECLARED] == Moment(read(world, "1")[-2].known_at, Basis.RECORDED)
    assert times[Milestone.DETECTED] == Moment(SAID[0].at, Basis.ESTIMATED)
    assert times[Milestone.FIRST_RESPONDER] == Moment(SAID[1].at, Basis.ESTIMATED)
    assert searched(world, "rolled back") == [("1", "rolled back to 41")]
    (declaration,) = [each for each in read(world, "1") if each.kind == "declaration"]
    assert declaration.fact.detected_ref == SAID[0].ref  # type: ignore[union-attr]


def test_an_import_is_long_over_and_announces_nothing(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = brought_in(world, source(*SAID)).incident
    actions.note(world.by("bob"), ref, "written afterwards")
    assert not models.Effect.objects.exists()


def test_it_takes_the_title_that_is_given(world: World) -> None:
    done = brought_in(world, source(*SAID), title="Checkout", affected="the shop")
    assert (state(done.incident).title, state(done.incident).affected) == ("Checkout", "the shop")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "Thread of #checkout at 2026-03-01 09:00"),
        ("  down\n again ", "down again"),
        ("word " * 40, "word " * 19 + "word…"),
        ("x" * 500, "x" * 100 + "…"),
    ],
)
def test_a_title_is_made_of_the_first_message(world: World, text: str, title: str) -> None:
    assert state(brought_in(world, source(message(0, text))).incident).title == title


def test_a_viewer_imports_nothing(world: World) -> None:
    with refused("read_only"):
        brought_in(world, source(*SAID), by="victor")
    assert not models.Import.objects.exists()


def test_a_thread_may_be_imported_as_restricted(world: World) -> None:
    done = brought_in(world, source(*SAID), security=Security.YES)
    assert done.incident.startswith("s-")
    assert access.listing(world.by("charlie").actor) == []
    assert searched(world, "rolled", "charlie") == []
    assert len(searched(world, "rolled")) == 1


def test_a_huddles_thread_comes_with_it(world: World) -> None:
    talk = [message(1.5, "in the huddle"), message(3, "bye")]
    done = brought_in(world, source(*SAID), source(*talk, role="huddle"))
    assert (done.entries, done.new) == (5, 5)
    assert texts(world, done.incident)[2] == "in the huddle"
    roles = [each["role"] for each in reading.shown(world.by("bob"), done.incident)["threads"]]
    assert roles == ["local", "thread", "huddle"]


def test_what_is_missing_is_named(world: World) -> None:
    done = brought_in(world, source(*SAID, incomplete="Slack counts 9 replies, 2 are here."))
    shown = reading.shown(world.by("bob"), done.incident)["threads"]
    assert shown[1]["incomplete"] == "Slack counts 9 replies, 2 are here."
    brought_in(world, source(*SAID))
    assert reading.shown(world.by("bob"), done.incident)["threads"][1]["incomplete"] is None


def test_names_belong_to_their_import(world: World) -> None:
    """The same id is somebody else in another workspace, and nobody's account here."""
    own = Who("import:C7CHECKOUT/1/U7BEN", "Ben Okafor")
    person = world.person("ben")
    models.Identity.objects.create(name=BEN.identity, person=person)
    ref = brought_in(world, source(message(0, "down", own), zones={own.identity: "Asia/Kolkata"})).incident
    (entry,) = [each for each in read(world, ref) if isinstance(each.fact, Message)]
    assert entry.who == own
    assert own.identity not in access.names_of(access.person("ben"))
    assert str(reading.zones([entry])[own.identity]) == "Asia/Kolkata"


# --- importing again ----------------------------------------------------------------------------------------------


def test_importing_again_adds_nothing_that_is_here(world: World) -> None:
    first = brought_in(world, source(*SAID, reacted(SAID[2], "tada")))
    journal = [(each.id, each.fact) for each in read(world, first.incident)]
    again = brought_in(world, source(*SAID, reacted(SAID[2], "tada")), title="Another")
    assert again == Imported(first.incident, 4, 0, False)
    assert [(each.id, each.fact) for each in read(world, first.incident)] == journal


def test_importing_again_adds_a_reply_an_edit_and_a_reaction(world: World) -> None:
    ref = brought_in(world, source(*SAID)).incident
    actions.mark(world.by("bob"), ref, SAID[2].key, MarkKind.ACTION_TAKEN)
    more = [*SAID[:2], message(2, "rolled back to 40"), edited(SAID[2], "rolled back to 40"), reacted(SAID[1], "eyes")]
    again = brought_in(world, source(*more, message(9, "all good")))
    assert again == Imported(ref, 6, 3, False)
    assert texts(world, ref) == ["checkout answers 502", "looking", "rolled back to 40", "all good"]
    assert ("rolled back to 40", "action_taken", "kept") in rows(world, ref)
    assert searched(world, "back 40") == [(ref, "rolled back to 40")]
    assert searched(world, "back 41") == []
    unfolded = reading.thread_of(world.by("bob"), ref, history=True)
    assert "rolled back to 41" in [each.get("original") for each in unfolded]


def test_a_message_that_changed_without_saying_so_is_an_edit_of_now(world: World) -> None:
    ref = brought_in(world, source(*SAID)).incident
    other = [*SAID[:2], message(2, "rolled back to 40")]
    again = brought_in(world, source(*other))
    assert (again.entries, again.new) == (3, 1)
    edit = read(world, ref)[-1]
    assert edit.fact == Edit(SAID[2].ref, "rolled back to 40", "digest of rolled back to 40")
    assert (edit.at, edit.basis, edit.ref) == (
        world.now,
        Basis.ESTIMATED,
        f"{SAID[2].ref}#edit--:digest of rolled back to 40",
    )
    assert models.Entry.objects.get(kind="edit").key == f"edit:{SAID[2].key}:-:digest of rolled back to 40"
    assert texts(world, ref)[-1] == "rolled back to 40"
    assert searched(world, "back 41") == []
    assert brought_in(world, source(*other)).new == 0
    assert brought_in(world, source(*SAID)).new == 0


def test_a_change_that_is_known_or_cannot_be_compared_is_no_edit(world: World) -> None:
    bare = Said(**{name: getattr(SAID[1], name) for name in Said.__slots__} | {"fact": Message("looking")})
    ref = brought_in(world, source(SAID[0], bare, SAID[2], edited(SAID[2], "rolled back to 40"))).incident
    known = [SAID[0], message(1, "looking hard", CLEO), message(2, "rolled back to 40")]
    assert brought_in(world, source(*known)).new == 0
    assert texts(world, ref)[1:] == ["looking", "rolled back to 40"]


def test_the_time_of_an_edit_that_says_so_is_its_own(world: World) -> None:
    ref = brought_in(world, source(*SAID)).incident
    marked = [*SAID[:2], message(2, "rolled back to 40"), edited(SAID[2], "rolled back to 40")]
    assert brought_in(world, source(*marked)).new == 1
    assert read(world, ref)[-1].at == SAID[2].at + timedelta(minutes=1)


def test_the_same_root_in_another_channel_is_another_thread(world: World) -> None:
    first = brought_in(world, source(*SAID))
    other = brought_in(world, source(message(0, "mail is down", channel="C7MAIL"), channel="C7MAIL"))
    assert (other.incident, other.created) == (str(int(first.incident) + 1), True)
    unknown = brought_in(world, source(*SAID, channel="-"))
    assert (unknown.incident, unknown.new) == (first.incident, 0)


def test_after_a_merge_it_goes_to_the_incident_that_lives(world: World) -> None:
    live = declared(world, "Checkout is down")
    ref = brought_in(world, source(*SAID)).incident
    actions.merge(world.by("bob"), ref, live)
    assert brought_in(world, source(*SAID, message(9, "all good"))).incident == live
    assert texts(world, live)[-1] == "all good"


# --- killed, resumed, swept ---------------------------------------------------------------------------------------


def nothing_shows(world: World, refs: list[str]) -> None:
    assert [each.ref for each in access.listing(world.by("bob").actor)] == refs
    for word in ("checkout", "looking", "rolled", "good"):
        assert searched(world, word) == []


def test_nothing_shows_before_the_last_batch(world: World, small_batches: None) -> None:
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        nothing_shows(world, [])
        assert not models.Incident.objects.exists()

    done = importing.bring_in(world.by("bob"), [source(*SAID)], DeclareRequest(""), progress)
    assert seen == [2, 3]
    assert len(texts(world, done.incident)) == 3


def test_while_it_is_imported_again_the_old_state_shows(world: World, small_batches: None) -> None:
    ref = brought_in(world, source(*SAID)).incident
    before = (texts(world, ref), rows(world, ref), searched(world, "rolled"))
    more = [*SAID[:2], message(2, "rolling forward"), edited(SAID[2], "rolling forward"), message(9, "all good")]
    killed_after(world, 3, source(*more))
    assert (texts(world, ref), rows(world, ref), searched(world, "rolled")) == before
    assert searched(world, "forward") == searched(world, "good") == []
    number = models.Entry.objects.exclude(taken_in_by__status="whole").filter(taken_in_by__isnull=False).first()
    assert number is not None
    with refused("not_found"):
        actions.mark(world.by("bob"), ref, str(number.pk), MarkKind.FINDING)
    assert brought_in(world, source(*more)).incident == ref
    assert texts(world, ref)[-2:] == ["rolling forward", "all good"]
    assert searched(world, "forward") == [(ref, "rolling forward")]
    assert searched(world, "rolled") == []


def test_what_an_abandoned_import_left_is_swept_and_nothing_else(world: World, small_batches: None) -> None:
    ref = brought_in(world, source(*SAID)).incident
    before = [each.id for each in read(world, ref)]
    more = [*SAID[:2], message(2, "rolling forward"), edited(SAID[2], "rolling forward"), message(9, "all good")]
    killed_after(world, 3, source(*more))
    assert importing.sweep() == 0  # it may be resumed yet
    models.Import.objects.exclude(status="whole").update(beat_at=clock.later(-3700))
    assert importing.sweep() == 1
    assert [each.id for each in read(world, ref)] == before
    assert models.Entry.objects.filter(kind="edit").count() == 0
    assert searched(world, "rolled") == [(ref, "rolled back to 41")]
    assert searched(world, "forward") == []
    assert importing.sweep() == 0


def test_a_thread_that_nobody_reads_is_swept_with_its_import(world: World, small_batches: None) -> None:
    killed_after(world, 1, source(*SAID))
    nothing_shows(world, [])
    models.Import.objects.update(beat_at=clock.later(-3700))
    assert importing.sweep() == 1
    for each in (models.Thread, models.Entry, models.Import, models.Incident):
        assert not each._default_manager.exists()
    assert brought_in(world, source(*SAID)).new == 3


def test_a_killed_import_is_resumed(world: World, small_batches: None) -> None:
    killed_after(world, 1, source(*SAID))
    process = subprocess.Popen(["true"])
    process.wait()
    of_process(process.pid)
    done = brought_in(world, source(*SAID))
    assert (done.entries, done.new, done.created) == (3, 1, True)
    assert texts(world, done.incident) == ["checkout answers 502", "looking", "rolled back to 41"]
    assert models.Import.objects.filter(status="whole").count() == models.Import.objects.count() == 1


def test_an_import_that_runs_is_left_alone(world: World, small_batches: None) -> None:
    killed_after(world, 1, source(*SAID))
    with living_process() as number:
        of_process(number)
        with refused("import_running"):
            brought_in(world, source(*SAID))
        models.Import.objects.update(beat_at=clock.later(-3700))
        assert importing.sweep() == 1  # it lives, but has said nothing for an hour


def test_an_import_on_another_host_is_judged_by_its_last_sign_of_life(world: World, small_batches: None) -> None:
    killed_after(world, 1, source(*SAID))
    of_process(os.getpid(), "another.example.com", silent_for=importing.SILENT_AFTER - 10)
    with refused("import_running"):
        brought_in(world, source(*SAID))
    of_process(os.getpid(), "another.example.com", silent_for=importing.SILENT_AFTER + 10)
    assert brought_in(world, source(*SAID)).new == 1


def test_whoever_lost_the_import_stops(world: World, small_batches: None) -> None:
    def taken_over(done: int, total: int) -> None:
        of_process(1, "another.example.com")

    with pytest.raises(NotAllowed) as caught:
        importing.bring_in(world.by("bob"), [source(*SAID)], DeclareRequest(""), taken_over)
    assert caught.value.code == "import_taken_over"
    nothing_shows(world, [])


def test_the_batches_are_small(world: World) -> None:
    many = [message(each, f"line {each}") for each in range(1100)]
    sizes: list[int] = []

    def progress(done: int, total: int) -> None:
        sizes.append(done - sum(sizes))
        assert total == 1100

    done = importing.bring_in(world.by("bob"), [source(*many)], DeclareRequest(""), progress)
    assert done.new == 1100
    assert sum(sizes) == 1100
    assert max(sizes) <= 500


def test_whoever_may_not_see_it_gets_no_hint(world: World) -> None:
    """Neither of the incident, nor of what is new in it: see test_strangers as well."""
    ref = brought_in(world, source(*SAID), security=Security.YES).incident
    with refused("cannot_import"):
        brought_in(world, source(*SAID, message(9, "all good")), by="charlie", title="Mine")
    assert not models.Import.objects.exclude(status="whole").exists()
    assert len(texts(world, ref)) == 3
