"""Redact: a text goes for good from everything of ours; who, when and why stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from musterpoint import access, actions, announcing, delivery, effects, exporting, intake, reading
from musterpoint.actions.redaction import Redacted
from musterpoint.core.incident import Milestone, Who, time_text
from musterpoint.core.journal import File, MarkKind, Message, Redaction, StatusChange, Verdict, replay
from musterpoint.integrations.local.chat import Room
from musterpoint.integrations.local.chat import read as read_local
from musterpoint.saving import backup
from musterpoint.store import clock, models, search
from tests.actions.telling import (
    BEN,
    ROOT,
    about,
    brought_in,
    declared,
    edited,
    message,
    read,
    refused,
    rows,
    says,
    searched,
    source,
    state,
    texts,
)
from tests.conftest import World

#: Words that stand nowhere else; beyond ASCII, with what JSON and SQL must quote.
SECRET = 'hunter2-Grüße-"50%_off"'
WHY = "a password was pasted"


@pytest.fixture(autouse=True)
def _empty_index(transactional_db: None) -> None:
    """The flush of pytest-django knows our models alone, not the index beside them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_search")
    search.scrub()


def redacted(world: World, ref: str, entry: str = "", text: str = "", by: str = "bob") -> Redacted:
    return actions.redact(world.by(by), ref, WHY, entry, text)


def tables() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (the names of our own tables)
            for values in cursor.fetchall():
                yield from ((table, str(value)) for value in values)


def on_disk() -> bytes:
    """The raw bytes of the SQLite files: freed pages and the log too."""
    name = Path(settings.DATABASES["default"]["NAME"])
    return b"".join(file.read_bytes() for file in name.parent.glob(f"{name.name}*"))


def leaks(secret: str) -> list[str]:
    """Where the secret still is, in any spelling that our tables use."""
    spellings = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    found = [table for table, value in tables() if any(each in value for each in spellings)]
    if connection.vendor == "sqlite":
        found += ["file" for each in spellings if each.encode() in on_disk()]
    return found


def gone(secret: str = SECRET) -> bool:
    where = leaks(secret)
    assert where == []
    assert not [table for table, value in tables() if "hunter2" in value]
    return connection.vendor != "sqlite" or b"hunter2" not in on_disk()


def replays(ref: str) -> bool:
    row = models.Incident.objects.get(ref=ref)
    said = access.entries(access.actor("bob", World().process), row)
    return replay(ref, said) == state(ref)


def test_the_search_for_leaks_finds_one(real_world: World) -> None:
    ref = declared(real_world)
    actions.note(real_world.by("bob"), ref, f"it is {SECRET}")
    assert "store_entry" in leaks(SECRET)
    assert connection.vendor != "sqlite" or "file" in leaks(SECRET)


def test_a_message_goes_with_all_that_repeats_it(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"the password is {SECRET}, rolled back")
    world.later(1)
    Room(ref).edit(BEN, stamp, f"the new password is {SECRET}, rolled back", world.now)
    actions.mark(world.by("bob"), ref, stamp, MarkKind.ACTION_TAKEN)
    actions.curate(world.by("bob"), ref, stamp, Verdict.REWORD, text=f"Set {SECRET}", why=f"it is {SECRET}")
    actions.correct_row(world.by("bob"), ref, stamp, world.now, f"before {SECRET}")
    actions.correct_time(world.by("bob"), ref, Milestone.DETECTED, ROOT, evidence=stamp)
    before = [(each.id, each.kind, each.at, each.who) for each in read(world, ref)]
    done = redacted(world, ref, entry=stamp)
    assert gone()
    assert done.entries == 5
    after = read(world, ref)
    assert [(each.id, each.kind, each.at, each.who) for each in after[:-1]] == before
    assert texts(world, ref) == ["[redacted]"]
    assert searched(world, "password") == searched(world, "redacted") == []
    assert "hunter2" not in str([reading.shown(world.by("bob"), ref), rows(world, ref)])
    assert [text for text, kind, _ in rows(world, ref) if kind == "action_taken"] == ["[redacted]"]
    assert replays(ref)


def test_who_when_and_why_are_kept(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"the password is {SECRET}")
    redacted(world, ref, entry=stamp)
    last = read(world, ref)[-1]
    assert isinstance(last.fact, Redaction)
    assert (last.who and last.who.name, last.at, last.fact.why) == ("Bob", world.now, WHY)
    assert last.fact.of == f"local:{ref}/{stamp}"
    assert f"Bob redacted a text: {WHY}" in [each["text"] for each in reading.thread_of(world.by("victor"), ref)]
    (shown,) = [each for each in reading.thread_of(world.by("victor"), ref) if each["kind"] == "message"]
    assert (shown["redacted"], shown["who"]) == (True, "Ben Okafor")


def test_whoever_names_the_edit_means_the_message(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"the password is {SECRET}")
    world.later(1)
    Room(ref).edit(BEN, stamp, f"sorry: {SECRET}", world.now)
    (edit,) = [each for each in read(world, ref) if each.kind == "edit"]
    redacted(world, ref, entry=str(edit.id))
    assert gone()


def test_a_text_goes_wherever_the_incident_holds_it(real_world: World) -> None:
    world = real_world
    ref = declared(world, f"Somebody posted {SECRET}", affected=f"users of {SECRET}")
    actions.note(world.by("bob"), ref, f"first {SECRET} then {SECRET}")
    stamp = says(world, ref, f"rotate {SECRET}", Who("slack:U7X", f"Mr {SECRET}"))
    actions.curate(world.by("bob"), ref, stamp, Verdict.REWORD, text=f"Rotated {SECRET}")
    actions.correct_text(world.by("bob"), ref, "title", f"The word {SECRET} is out")
    actions.lead(world.by("bob"), ref, Who("slack:U7X", f"Mr {SECRET}"))
    actions.resolve(world.by("bob"), ref, reason=f"{SECRET} rotated")
    untouched = actions.note(world.by("bob"), ref, "HUNTER-2 is no secret")
    done = redacted(world, ref, text=SECRET)
    assert gone()
    assert done.entries == 7
    assert state(ref).title == "The word [redacted] is out"
    assert state(ref).lead == Who("slack:U7X", "Mr [redacted]")
    assert texts(world, ref) == [
        "first [redacted] then [redacted]",
        "rotate [redacted]",
        "HUNTER-2 is no secret",
    ]
    assert searched(world, "word out") == [(ref, "The word [redacted] is out")]
    assert [each for each in read(world, ref) if each.id == untouched.id] == [untouched]
    assert replays(ref)


def test_what_only_looks_alike_is_not_touched(real_world: World) -> None:
    """SQLite compares letters loosely, and % and _ are wild in SQL."""
    world = real_world
    ref = declared(world)
    kept = [actions.note(world.by("bob"), ref, text) for text in ("Key_A1", "key-a1", "keyXa1", "100 percent")]
    actions.note(world.by("bob"), ref, "it is key_a1 and 100%")
    assert redacted(world, ref, text="key_a1").entries == 1
    assert redacted(world, ref, text="100%").entries == 1
    assert [each for each in read(world, ref) if each.id in {one.id for one in kept}] == kept


def test_a_title_taken_from_the_message_goes_and_one_that_a_person_gave_stays(real_world: World) -> None:
    world = real_world
    root = message(0, f"the password is {SECRET} and it fails")
    ref = brought_in(world, source(root, message(1, "looking")), affected="the shop").incident
    actions.correct_text(world.by("bob"), ref, "title", "A password leaked")
    redacted(world, ref, entry=root.key)
    assert gone()
    assert (state(ref).title, state(ref).affected) == ("A password leaked", "the shop")
    other = brought_in(world, source(message(0, f"checkout {SECRET}", channel="C7"), channel="C7"), title="checkout")
    redacted(world, other.incident, entry=message(0, "").key)
    assert state(other.incident).title == "checkout"
    third = brought_in(world, source(message(0, f"{SECRET} is out", channel="C8"), channel="C8")).incident
    redacted(world, third, entry=message(0, "").key)
    assert gone()
    assert state(third).title == "[redacted]"
    assert replays(ref)
    assert replays(third)


def test_the_reason_that_quotes_a_message_goes_with_it(real_world: World) -> None:
    world = real_world
    said = [
        message(0, "checkout answers 502, all customers see errors"),
        message(9, "rolled back"),
        message(12, f"all back to normal with {SECRET}, no errors for 10 minutes, resolved"),
    ]
    ref = brought_in(world, source(*said)).incident
    (proposal,) = [each for each in reading.proposals_of(world.by("bob"), ref) if each.milestone is Milestone.RESOLVED]
    actions.confirm(world.by("bob"), ref, proposal)
    redacted(world, ref, entry=said[2].key)
    assert gone()
    assert [each.fact.reason for each in read(world, ref) if isinstance(each.fact, StatusChange)] == ["[redacted]"]


def test_an_incident_split_off_loses_the_text_too(real_world: World) -> None:
    world = real_world
    said = [message(0, "checkout is down"), message(5, f"now {SECRET}")]
    ref = brought_in(world, source(*said)).incident
    into = actions.split(world.by("bob"), ref, said[1].key, f"now {SECRET}").ref
    redacted(world, into, entry=said[1].key)
    assert gone()
    assert state(into).title == "[redacted]"
    assert replays(into)


def test_what_was_edited_or_deleted_before_is_found_by_nothing_old(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamps = [says(world, ref, f"{word} of {SECRET}") for word in ("edited", "deleted")]
    world.later(1)
    Room(ref).edit(BEN, stamps[0], "harmless now", world.now)
    Room(ref).delete(BEN, stamps[1], world.now)
    redacted(world, ref, text=SECRET)
    assert gone()
    assert searched(world, "edited") == searched(world, "deleted") == searched(world, "redacted") == []
    assert searched(world, "harmless") == [(ref, "harmless now")]


def test_importing_again_brings_nothing_back(real_world: World) -> None:
    world = real_world
    said = [message(0, "checkout is down"), message(1, f"it is {SECRET}"), message(2, f"{SECRET} again")]
    ref = brought_in(world, source(*said)).incident
    redacted(world, ref, entry=said[1].key)
    redacted(world, ref, text=SECRET)
    assert gone()
    changed = [said[0], message(1, f"it was {SECRET}"), message(2, f"no {SECRET}")]
    for file in (said, changed, [*changed, edited(said[1], f"is {SECRET}"), edited(said[2], f"still {SECRET}")]):
        assert brought_in(world, source(*file)).new == 0
        assert gone()
    assert texts(world, ref) == ["checkout is down", "[redacted]", "[redacted] again"]
    assert brought_in(world, source(*said, message(9, "all good"))).new == 1


def test_an_edit_alone_may_have_held_it(real_world: World) -> None:
    world = real_world
    said = [message(0, "checkout is down"), message(1, "it is slow")]
    ref = brought_in(world, source(*said)).incident
    brought_in(world, source(said[0], message(1, f"it is {SECRET}")))
    redacted(world, ref, text=SECRET)
    assert gone()
    for file in ([said[0], message(1, f"it is {SECRET}")], [*said, edited(said[1], f"now {SECRET}")]):
        assert brought_in(world, source(*file)).new == 0
        assert gone()


def test_a_later_edit_in_chat_does_not_bring_it_back(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"it is {SECRET}")
    redacted(world, ref, entry=stamp)
    world.later(1)
    Room(ref).edit(BEN, stamp, f"it was {SECRET}", world.now)
    search.scrub()  # an event is stored before it is looked at: until the next checkpoint the log remembers it
    assert gone()
    assert texts(world, ref) == ["[redacted]"]


def test_a_file_of_the_message_loses_its_name_and_link(real_world: World) -> None:
    world = real_world
    said = message(1, "see the file")
    fact = File(said.ref, f"{SECRET}.txt", "text/plain", f"https://files.example.com/{SECRET}")
    file = about(said, "file:F1", fact, said.at)
    ref = brought_in(world, source(message(0, "down"), said, file)).incident
    redacted(world, ref, entry=said.key)
    assert gone()
    assert [each.ref for each in read(world, ref) if each.kind == "file"] == [file.ref]


def test_events_that_wait_or_are_parked_lose_it(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"it is {SECRET}")
    who = {"identity": BEN.identity, "name": BEN.name}
    common: dict[str, Any] = {"root": ref, "at": time_text(world.now), "who": who}
    events = {
        "edit": {**common, "type": "edit", "stamp": stamp, "text": f"no: {SECRET}"},
        "poison": {**common, "type": "nonsense", "stamp": "1.1", "text": f"or {SECRET}"},
        "other": {**common, "type": "message", "stamp": "1772442000.000300", "text": "unlike", "bot": False},
    }
    for key in ("poison", "edit", "other"):
        intake.receive("local", key, events[key], world.now)
    models.Inbound.objects.filter(key="poison").update(status="parked", error="ValueError: unknown event")
    redacted(world, ref, text=SECRET)
    assert gone()
    assert set(models.Inbound.objects.filter(error="redacted").values_list("key", flat=True)) == {"edit", "poison"}
    assert intake.take_in("local", read_local, world.now) == 1
    assert texts(world, ref) == ["it is [redacted]", "unlike"]


def test_redacting_one_entry_leaves_events_about_others_alone(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"it is {SECRET}")
    who = {"identity": BEN.identity, "name": BEN.name}
    for key, named in (("mine", stamp), ("other", "1772442000.000300")):
        event = {"root": ref, "at": time_text(world.now), "who": who, "type": "edit", "stamp": named, "text": key}
        intake.receive("local", key, event, world.now)
    redacted(world, ref, entry=stamp)
    assert list(models.Inbound.objects.filter(error="redacted").values_list("key", flat=True)) == ["mine"]


def test_what_we_posted_is_written_anew_wherever_it_went(real_world: World) -> None:
    world = real_world
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    entries = [actions.note(world.by("bob"), ref, f"note {number} {SECRET}") for number in range(4)]
    keys = [f"say:{ref}:{each.id}" for each in entries]
    sent, begun, waits, parked = keys
    models.Effect.objects.filter(key=sent).update(status="done", external="M1", tries=1)
    models.Effect.objects.filter(key=begun).update(tries=1, error=f"answered 502: {SECRET}")
    models.Effect.objects.filter(key=parked).update(status="parked", tries=1, error=f"refused {SECRET}")
    done = redacted(world, ref, text=SECRET)
    assert "chat" in done.places
    assert gone()
    anew = models.Effect.objects.filter(kind="rewrite")
    assert {json.loads(each.data)["effect"] for each in anew} == {sent, begun, parked}
    row = models.Effect.objects.get(key=waits)
    assert "hunter2" not in announcing._sentence(row).text


def test_a_post_of_before_a_split_is_written_anew_too(real_world: World) -> None:
    world = real_world
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    entries = [actions.note(world.by("bob"), ref, text) for text in ("checkout is down", f"now {SECRET}")]
    into = actions.split(world.by("bob"), ref, entries[1].ref, "Second").ref
    models.Effect.objects.filter(kind="say").update(status="done", external="M1")
    redacted(world, into, entry=entries[1].ref)
    (anew,) = models.Effect.objects.filter(kind="rewrite")
    assert json.loads(anew.data) == {"effect": f"say:{ref}:{entries[1].id}"}
    assert anew.incident is not None
    assert anew.incident.ref == ref


def test_what_was_never_posted_needs_no_writing_anew(real_world: World) -> None:
    """The original waits: so does this. It was dropped without ever getting there: nothing is to do."""
    world = real_world
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    note = actions.note(world.by("bob"), ref, f"it is {SECRET}")
    original = f"say:{ref}:{note.id}"
    models.Effect.objects.filter(key=original).update(tries=1)
    redacted(world, ref, entry=note.ref)
    (anew,) = models.Effect.objects.filter(kind="rewrite")
    reads = models.Thread.objects.create(workspace="local", channel="incident", root="chat")
    models.Reading.objects.create(incident=models.Incident.objects.get(ref=ref), thread=reads, role="chat")
    world.runs(chat="local")
    assert not delivery.deliver(anew.key, world.process)
    assert models.Effect.objects.get(key=anew.key).status == "waiting"
    models.Effect.objects.filter(key=original).update(status="dropped")
    models.Effect.objects.filter(key=anew.key).update(not_before=clock.later(-1))
    assert delivery.deliver(anew.key, world.process)
    assert models.Effect.objects.get(key=anew.key).status == "done"


def test_exports_are_written_anew_and_backups_are_named_while_they_exist(real_world: World, tmp_path: Path) -> None:
    world = real_world
    ref = declared(world)
    stamp = says(world, ref, f"it is {SECRET}")
    files = exporting.export(world.by("bob"), ref, tmp_path / "exports")
    assert all("hunter2" in file.read_text() for file in files)
    saved = tmp_path / "monday.tar.gz"
    if connection.vendor == "sqlite":
        backup(tmp_path, "", saved, world.now)
    else:
        saved.touch()
        models.Copy.objects.create(kind="backup", path=str(saved), made_at=world.now)
    done = redacted(world, ref, entry=stamp)
    assert set(map(str, files)) < set(done.places)
    assert any(str(saved) in each for each in done.unreachable)
    assert f"local:{ref}/{stamp} (delete it there)" in done.unreachable
    for key in effects.due():
        assert delivery.deliver(key, world.process)
    assert not any("hunter2" in file.read_text() for file in files)
    saved.unlink()
    for file in files:
        file.unlink()
    note = actions.note(world.by("bob"), ref, "another")
    again = redacted(world, ref, entry=note.ref)
    assert again.unreachable == ()
    assert again.places == ("journal", "search")


def test_redacting_takes_a_responder_a_reason_and_a_text(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    note = actions.note(world.by("bob"), ref, f"it is {SECRET}")
    with refused("read_only"):
        actions.redact(world.by("victor"), ref, WHY, note.ref)
    with refused("empty"):
        actions.redact(world.by("bob"), ref, " ", note.ref)
    with refused("empty"):
        actions.redact(world.by("bob"), ref, WHY, text=" ")
    with refused("not_found"):
        actions.redact(world.by("bob"), ref, WHY, "99999")
    assert texts(world, ref) == [f"it is {SECRET}"]


def test_what_was_guessed_from_a_short_text_is_gone(real_world: World) -> None:
    """Digest and score would tell a short text to whoever tries all."""
    world = real_world
    said = message(1, "rolled back with hunter2")
    ref = brought_in(world, source(message(0, "down"), said)).incident
    redacted(world, ref, entry=said.key)
    row = models.Entry.objects.get(key=said.key)
    assert json.loads(row.data) == {"text": "[redacted]"}
    assert row.redacted
    entry = next(each for each in read(world, ref) if each.id == row.pk)
    assert isinstance(entry.fact, Message)
    assert entry.fact.digest == ""


@pytest.mark.parametrize("by", ["bob", "sirt"])
def test_members_redact_in_a_restricted_incident(real_world: World, by: str) -> None:
    world = real_world
    ref = declared(world)
    note = actions.note(world.by("bob"), ref, f"it is {SECRET}")
    actions.restrict(world.by("bob"), ref)
    redacted(world, ref, entry=note.ref, by=by)
    assert gone()
