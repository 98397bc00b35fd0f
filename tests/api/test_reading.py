"""What is read: pages, filters, search, and how many queries each costs."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import actions, exporting, reading
from musterpoint.store import models
from tests.actions.telling import brought_in, declared, message, read, says, secretly_declared, source
from tests.api.asking import Asking
from tests.conftest import World


def pages(ask: Asking, address: str, limit: int, account: str = "bob") -> list[list[Any]]:
    """Every page of a list."""
    found: list[list[Any]] = []
    cursor: str | None = ""
    joint = "&" if "?" in address else "?"
    while cursor is not None:
        answer = ask(account, "GET", f"{address}{joint}limit={limit}&cursor={cursor}")
        found.append(answer["items"])
        cursor = answer["next"]
        assert len(found) < 100
    return found


def test_a_list_in_pages_is_the_whole_list(ask: Asking, world: World) -> None:
    refs = [declared(world, f"It burns {number}") for number in range(7)]
    secretly_declared(world, by="alice")
    found = pages(ask, "/incidents", 3)
    assert [[each["ref"] for each in page] for page in found] == [refs[:3:-1], refs[3:0:-1], refs[:1]]
    assert pages(ask, "/incidents", 7) == [ask("bob", "GET", "/incidents")["items"]]


def test_what_is_declared_meanwhile_moves_no_page(ask: Asking, world: World) -> None:
    refs = [declared(world) for _ in range(4)]
    first = ask("bob", "GET", "/incidents?limit=2")
    declared(world)
    then = ask("bob", "GET", f"/incidents?limit=2&cursor={first['next']}")
    assert [each["ref"] for each in then["items"]] == [refs[1], refs[0]]


def test_a_cursor_tells_no_number_of_the_database(ask: Asking, world: World) -> None:
    """Whoever sees one incident cannot count those that they do not see."""
    for _ in range(3):
        secretly_declared(world)
    declared(world)
    declared(world)
    first = ask("charlie", "GET", "/incidents?limit=1")["next"]
    models.Incident.objects.filter(ref="2").update(ref="77")
    assert ask.refused("charlie", "GET", f"/incidents?cursor={first}") == (422, "bad_cursor")


def test_filters(ask: Asking, world: World) -> None:
    first, second = declared(world, severity=None), declared(world)
    actions.resolve(world.by("bob"), second)
    secret = secretly_declared(world)
    for query, refs in {
        "status=open": [secret, first],
        "status=resolved&status=open": [secret, second, first],
        "kind=security": [secret],
        "restricted=true": [secret],
        "severity=none": [secret, second, first],
        "severity=major": [],
        "since=2100-01-01T00:00:00Z": [],
    }.items():
        assert [each["ref"] for each in ask("bob", "GET", f"/incidents?{query}")["items"]] == refs, query


def test_search_shows_the_lines_and_goes_on(ask: Asking, world: World) -> None:
    refs = [declared(world, f"Checkout {number}") for number in range(4)]
    for ref in refs:
        actions.note(world.by("bob"), ref, "the new pods answer 502")
    found = pages(ask, "/search?q=pods", 3)
    assert [each["ref"] for page in found for each in page] == refs[::-1]
    assert found[0][0]["lines"][0]["text"] == "the new pods answer 502"
    assert ask.refused("bob", "GET", "/search?q=%20") == (422, "empty_query")
    assert ask.refused("bob", "GET", "/search") == (422, "invalid")


def test_the_thread_is_read_from_its_end(ask: Asking, world: World) -> None:
    ref = declared(world)
    for number in range(5):
        says(world, ref, f"line {number}")
    found = [each["id"] for page in pages(ask, f"/incidents/{ref}/thread", 2) for each in page]
    whole = [each["id"] for each in reading.thread_of(world.by("bob"), ref)]
    assert found == whole[::-1]


def test_the_journal_is_read_from_where_one_was(ask: Asking, world: World) -> None:
    ref = declared(world)
    for number in range(5):
        says(world, ref, f"line {number}")
    whole = [each for page in pages(ask, f"/incidents/{ref}/journal", 4) for each in page]
    assert [each["entry"] for each in whole] == [each.id for each in read(world, ref)]
    after = whole[3]["entry"]
    assert ask("bob", "GET", f"/incidents/{ref}/journal?after={after}")["items"] == whole[4:]
    assert ask("bob", "GET", f"/incidents/{ref}/journal?after={whole[-1]['entry']}") == {"items": [], "next": None}


def test_actions_of_all_incidents_come_in_pages(ask: Asking, world: World) -> None:
    for _ in range(2):
        ref = declared(world)
        for number in range(3):
            ask("bob", "POST", f"/incidents/{ref}/actions", {"title": f"Do {number}", "owner": "me"})
    ask("bob", "PUT", f"/incidents/{ref}/actions/1/status", {"status": "done"})
    found = pages(ask, "/actions?owner=bob", 2)
    assert [len(page) for page in found] == [2, 2, 1]
    assert len(ask("bob", "GET", "/actions?ended=true")["items"]) == 6
    assert ask("bob", "GET", "/actions?owner=alice")["items"] == []


def test_people_come_in_pages(ask: Asking) -> None:
    found = pages(ask, "/people", 4)
    assert [each["name"] for page in found for each in page] == ["Alice", "Bob", "Charlie", "Victor", "Adele", "Sirt"]


def test_a_crossed_edit_keeps_both_texts(ask: Asking, world: World) -> None:
    ref = declared(world)
    address = f"/incidents/{ref}/writeup/parts/summary"
    first = ask("bob", "PUT", address, {"text": "Pods failed.", "seen": 0})
    second = ask("alice", "PUT", address, {"text": "The database failed.", "seen": 0})
    assert (second["aside"], second["text"], second["yours"]) == (True, "Pods failed.", "The database failed.")
    again = ask("alice", "PUT", address, {"text": "Both failed.", "seen": first["version"]})
    assert (again["aside"], again["text"], again["yours"]) == (False, "Both failed.", None)
    assert ask("alice", "PUT", address, {"text": "Both failed."})["entry"] is None


def test_an_export_is_what_the_command_line_writes(ask: Asking, world: World) -> None:
    ref = declared(world)
    says(world, ref, "it burns: ü")
    wanted = exporting.texts(world.by("bob"), ref)
    answer = ask.send("bob", "GET", f"/incidents/{ref}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == wanted
    for suffix in ("md", "jsonl"):
        answer = ask.send("bob", "GET", f"/incidents/{ref}/export.{suffix}")
        assert answer.content.decode() == wanted[f"incident-{ref}.{suffix}"]
        assert answer["Content-Disposition"] == f'attachment; filename="incident-{ref}.{suffix}"'


# --- the cost ----------------------------------------------------------------------------------------------------

COSTS = {
    "/incidents": 4,
    "/incidents/{ref}": 6,
    "/incidents/{ref}/timeline": 7,
    "/incidents/{ref}/thread": 12,
    "/incidents/{ref}/journal": 7,
    "/search?q=line": 9,
    "/actions": 3,
}


def queries(ask: Asking, address: str) -> int:
    ask("bob", "GET", "/me")  # notes that the token was used
    with CaptureQueriesContext(
        connection,
    ) as found:
        ask("bob", "GET", address)
    return len(found)


@pytest.mark.parametrize("address", COSTS)
def test_reading_costs_the_same_number_of_queries_however_much_there_is(
    ask: Asking, world: World, address: str
) -> None:
    ref = declared(world)
    says(world, ref, "line")
    few = queries(ask, address.format(ref=ref))
    for number in range(12):
        other = declared(world)
        for each in (ref, other):
            says(world, each, f"line {number}")
            actions.add_action(world.by("bob"), each, "Do it")
    assert queries(ask, address.format(ref=ref)) == few <= COSTS[address]


@pytest.mark.parametrize(("address", "most"), [("/incidents", 14), ("/incidents/1/notes", 16)])
def test_writing_costs_a_constant_number_of_queries(ask: Asking, world: World, address: str, most: int) -> None:
    declared(world)
    ask("bob", "GET", "/me")
    with CaptureQueriesContext(connection) as found:
        ask("bob", "POST", address, {"title": "It burns"} if address == "/incidents" else {"text": "all pods"})
    assert len(found) <= most, [each["sql"][:100] for each in found]


def test_nothing_new_is_told_without_reading_the_thread(ask: Asking, world: World) -> None:
    ref = declared(world)
    seen = ask.send("bob", "GET", f"/incidents/{ref}")["ETag"]
    with CaptureQueriesContext(connection) as found:
        assert ask.send("bob", "GET", f"/incidents/{ref}", If_None_Match=seen).status_code == 304
    assert not [each for each in found if "store_entry" in each["sql"]]


@pytest.mark.slow
def test_a_timeline_of_ten_thousand_rows_is_answered_at_once(ask: Asking, world: World) -> None:
    """Half a second is the target on a quiet machine (docs/performance.md); here others work as well."""
    said = [message(number / 10, f"restarted pod {number} and it is back") for number in range(10_000)]
    ref = brought_in(world, source(*said)).incident
    begun = time.monotonic()
    answer = ask.client.get(
        f"/api/v1/incidents/{ref}/timeline", headers={"Authorization": f"Bearer {ask.token('bob')}"}
    )
    took = time.monotonic() - begun
    assert len(json.loads(answer.content)["rows"]) > 100
    assert took < 2
    print(f"{took * 1000:.0f} ms, {len(answer.content)} bytes")
