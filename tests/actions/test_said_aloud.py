"""What the chat is told besides the card: each kind once, whichever way it came about, and none that is turned off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from musterpoint import actions, announcing, reminding
from musterpoint.actions import Call
from musterpoint.core.aftermath import Decision
from musterpoint.core.process import SAID
from musterpoint.delivery import deliver
from musterpoint.store import models
from tests.actions.telling import declared
from tests.conftest import World


def resolved(world: World, ref: str) -> None:
    actions.resolve(world.by("bob"), ref)


def relapsed(world: World, ref: str) -> None:
    resolved(world, ref)
    forget()
    actions.relapse(world.by("bob"), ref)


def raised(world: World, ref: str) -> None:
    resolved(world, ref)
    actions.raise_issue(world.by("alice"), ref)
    forget()
    assert deliver(f"raise:{ref}", world.process)


def closed(world: World, ref: str) -> None:
    raised(world, ref)
    actions.writeup_done(world.by("bob"), ref)
    actions.decide_publication(world.by("alice"), ref, Decision.SKIP, "a drill")
    forget()
    actions.close(world.by("alice"), ref)


def overridden(world: World, ref: str) -> None:
    raised(world, ref)
    forget()
    actions.override(world.by("alice"), ref, "one customer alone")


def reminded(world: World, ref: str) -> None:
    world.later(11)
    reminding.remind(world.process, world.now)


WAYS: dict[str, list[Callable[[World, str], object]]] = {
    "resolved": [resolved],
    "relapse": [relapsed],
    "cancelled": [lambda world, ref: actions.cancel(world.by("bob"), ref, "a drill")],
    "merged": [lambda world, ref: actions.merge(world.by("bob"), ref, declared(world, "The same"))],
    "issue_raised": [raised],
    "closed": [closed, overridden],
    "note": [
        lambda world, ref: actions.note(world.by("bob"), ref, "looking"),
        lambda world, ref: actions.did(world.by("bob"), ref, "rolled back"),
    ],
    "reminder": [reminded],
}


def forget() -> None:
    models.Effect.objects.filter(kind="say").delete()


def said() -> list[str]:
    """The sentences that wait to be said, and in which incident."""
    rows = models.Effect.objects.filter(kind="say").order_by("id")
    return [f"{each.incident and each.incident.ref} {announcing._sentence(each).text}" for each in rows]


def test_every_kind_is_tried_here() -> None:
    assert tuple(WAYS) == SAID


@pytest.mark.parametrize(("kind", "way"), [(kind, way) for kind, ways in WAYS.items() for way in range(len(ways))])
def test_each_is_said_once_and_not_if_it_is_turned_off(world: World, kind: str, way: int) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    step = WAYS[kind][way]
    step(world, declared(world))
    assert len(said()) == (2 if kind == "merged" else 1)
    forget()
    world.runs(say=tuple(each for each in SAID if each != kind))
    step(world, declared(world))
    assert said() == []


def test_a_merge_is_told_in_both_threads(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref, into = declared(world), declared(world, "The same")
    actions.merge(world.by("bob"), ref, into)
    sentence = f"Bob merged incident {ref} into incident {into}"
    assert said() == [f"{ref} {sentence}", f"{into} {sentence}"]


def test_the_issue_is_told_with_its_address_once_the_tracker_has_made_it(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    resolved(world, ref)
    forget()
    actions.raise_issue(world.by("alice"), ref)
    assert said() == []
    assert deliver(f"raise:{ref}", world.process)
    (entry,) = models.Entry.objects.filter(kind="issue_raised")
    fact = json.loads(entry.data)
    assert said() == [f"{ref} The issue is raised: {fact.get('url') or fact['issue']}"]


def from_slack(call: Call) -> Call:
    return replace(call, source="slack")


def test_a_note_that_came_through_the_chat_is_not_echoed_there(world: World) -> None:
    world.runs(chat="slack")
    ref = declared(world)
    actions.note(from_slack(world.by("bob")), ref, "looking")
    actions.did(from_slack(world.by("bob")), ref, "rolled back")
    assert said() == []
    actions.note(world.by("bob"), ref, "from the page")
    assert said() == [f"{ref} from the page"]


def test_a_note_stands_in_its_writers_name_and_nothing_else_does(world: World) -> None:
    world.runs(chat="slack")
    ref = declared(world)
    actions.note(world.by("bob"), ref, "looking")
    resolved(world, ref)
    note, sentence = (announcing._sentence(each) for each in models.Effect.objects.filter(kind="say").order_by("id"))
    assert (note.text, note.writer) == ("looking", "Bob")
    assert (sentence.text, sentence.writer) == ("Bob resolved the incident", "")


def test_a_step_that_is_taken_in_the_chat_is_told_there_to_everybody(world: World) -> None:
    world.runs(chat="slack")
    ref = declared(world)
    actions.resolve(from_slack(world.by("bob")), ref)
    assert said() == [f"{ref} Bob resolved the incident"]
