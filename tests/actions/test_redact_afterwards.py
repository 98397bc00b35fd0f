"""What write-up, issue, comments, actions and post quote of a message goes with it when it is redacted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from musterpoint import actions
from musterpoint.core.incident import Who
from musterpoint.core.journal import MarkKind
from musterpoint.delivery import deliver
from musterpoint.integrations.local.desk import Desk
from musterpoint.store import models
from tests.actions.telling import declared, state
from tests.conftest import World

SECRET = "hunter2_Grüße_50%"
SAID = f"The pool was too small, the password is {SECRET}, and nobody saw the alert"
CARL = Who("tracker:carl", "Carl")


@pytest.fixture
def world(real_world: World) -> World:
    return real_world


def settle(world: World) -> None:
    while keys := list(models.Effect.objects.filter(status="waiting").order_by("id").values_list("key", flat=True)):
        for key in keys:
            assert deliver(key, world.process)


def everything() -> Iterator[tuple[str, str]]:
    """Every text of every table, but the index (which holds words alone)."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("store_") and not table.startswith("store_search"):
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # our own tables
                for row in cursor.fetchall():
                    yield from ((table, str(value)) for value in row)


def told(world: World) -> tuple[str, str]:
    """An incident whose issue and write-up quote a message in many ways; its reference and that of the message."""
    ref = declared(world)
    note = actions.note(world.by("bob"), ref, SAID, mark=MarkKind.FINDING)
    actions.resolve(world.by("bob"), ref)
    actions.raise_issue(world.by("alice"), ref)
    settle(world)
    actions.write_part(world.by("bob"), ref, "trigger", f"It was this. {SAID}.")
    actions.add_action(world.by("bob"), ref, "", entry=note.ref)
    settle(world)
    issue = state(ref).after.issue
    assert issue is not None
    desk = Desk(issue.ref, world.process)
    body = models.LocalIssue.objects.get().body
    world.later(1)
    desk.edit(CARL, body.replace("## RCA", f"Copied: {SAID}\n\n## RCA"), world.now, was=body)
    desk.comment(CARL, f"Oh no: {SAID}", world.now)
    desk.close(CARL, world.now)
    settle(world)
    return ref, note.ref


@pytest.mark.parametrize("by_text", [False, True])
def test_nothing_of_it_is_left_in_what_followed(world: World, by_text: bool) -> None:
    ref, note = told(world)
    assert {table for table, value in everything() if SECRET in value} >= {
        "store_entry", "store_localissue", "store_localcomment", "store_issuecopy",
    }  # fmt: skip
    if by_text:
        done = actions.redact(world.by("bob"), ref, "a password", text=SECRET)
    else:
        done = actions.redact(world.by("bob"), ref, "a password", entry=note)
    assert "issue" in done.places
    settle(world)
    assert [(table, value) for table, value in everything() if "hunter2" in value] == []
    body = models.LocalIssue.objects.get().body
    assert "[redacted]" in body
    assert "Copied:" in body
    assert state(ref).after.actions[0].title != ""


def test_a_post_that_is_out_there_is_named(world: World) -> None:
    ref, _ = told(world)
    actions.publish(world.by("alice"), ref, anyway=True)
    post = models.Entry.objects.get(kind="post_requested")
    models.Entry.objects.filter(pk=post.pk).update(data=post.data.replace('"text":"', f'"text":"{SECRET} '))
    settle(world)
    done = actions.redact(world.by("bob"), ref, "a password", text=SECRET)
    assert any("on the website" in each for each in done.unreachable)


def test_a_short_word_is_not_taken_out_of_other_peoples_sentences(world: World) -> None:
    ref = declared(world)
    note = actions.note(world.by("bob"), ref, "pool")
    actions.write_part(world.by("bob"), ref, "trigger", "The pool was too small.")
    actions.redact(world.by("bob"), ref, "a test", entry=note.ref)
    assert "The pool was too small." in models.Entry.objects.get(kind="writeup_edit").data
