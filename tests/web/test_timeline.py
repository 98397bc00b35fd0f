"""The timeline on its page: what is there, what is decided, and that each decision can be undone to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import actions, reading
from musterpoint.core.journal import MarkKind, RowKind, Verdict
from musterpoint.core.timeline import Row
from musterpoint.reading import timeline as curating
from tests.actions.telling import (
    brought_in,
    counted,
    declared,
    message,
    read,
    says,
    source,
)
from tests.conftest import START, World
from tests.web.conftest import Site

TOLD = "Restarted the broker on pay-3, the errors are gone"
CHATTER = "ok thanks"


@pytest.fixture
def ref(site: Site) -> str:
    return declared(site.world)


@pytest.fixture
def note(site: Site, ref: str) -> int:
    """An entry that the record suggests a row of."""
    return actions.note(site.world.by("bob"), ref, TOLD).id


def first(site: Site, ref: str) -> int:
    """The entry of its declaration."""
    return read(site.world, ref)[0].id


def row(site: Site, ref: str, entry: int) -> Row | None:
    key = f"entry:{entry}"
    return next((each for each in reading.rows_of(site.world.by("bob"), ref) if each.key == key), None)


def there(site: Site, ref: str, entry: int, deed: str, **fields: str) -> str:
    return site.send("bob", f"/incidents/{ref}/timeline/{entry}/{deed}", 303, **fields)


def of_row(page: str, entry: int) -> str:
    """The piece of a page that shows the row."""
    found = re.search(rf'<li id="row-{entry}".*?</li>', page, re.DOTALL)
    return found[0] if found else ""


def undone(page: str) -> str:
    """What the page's button Undo would take back."""
    found = re.search(r'class="timeline-undo".*?name="undone" value="(\d+)"', page, re.DOTALL)
    assert found, "no Undo is offered"
    return found[1]


# --- what is there ------------------------------------------------------------------------------------------------


def test_a_row_stands_beside_what_was_really_said(site: Site, ref: str) -> None:
    words = f"{TOLD}.\n\nThe pool was full; the log is full of\n> TimeoutError\n{'and more of it ' * 20}"
    entry = actions.note(site.world.by("bob"), ref, words).id
    shown = of_row(site.page("bob", f"/incidents/{ref}/timeline"), entry)
    assert "action taken" in shown
    assert "suggested" in shown
    assert "TimeoutError" in shown
    assert f'href="/incidents/{ref}/entries/{entry}"' in shown
    assert "As it was written" not in shown


def test_rows_are_grouped_by_day_and_an_estimated_time_says_so(site: Site, ref: str, note: int) -> None:
    site.world.later(24 * 60)
    late = actions.note(site.world.by("bob"), ref, "Deployed 5.2 with the fix", site.world.now).id
    page = site.page("bob", f"/incidents/{ref}/timeline")
    assert re.findall(r'class="timeline-day">([\d-]+)<', page) == ["2026-03-02", "2026-03-03"]
    assert page.index("2026-03-03</h3>") < page.index(f'id="row-{late}"')
    assert ">stated</small>" in of_row(page, late)
    assert "stated" not in of_row(page, note)


def test_an_empty_timeline_says_what_to_do(site: Site, ref: str) -> None:
    actions.curate(site.world.by("bob"), ref, str(first(site, ref)), Verdict.DROP)
    assert "No row is like that" in site.page("bob", f"/incidents/{ref}/timeline")
    assert "No row is like that" not in site.page("bob", f"/incidents/{ref}/timeline?show=all")


@pytest.mark.parametrize(("show", "seen"), [("", "ks"), ("kept", "k"), ("all", "ksd"), ("nonsense", "ks")])
def test_the_filter(site: Site, ref: str, note: int, show: str, seen: str) -> None:
    dropped = actions.note(site.world.by("bob"), ref, "Restarted it again, no change").id
    actions.curate(site.world.by("bob"), ref, str(dropped), Verdict.DROP)
    page = site.page("bob", f"/incidents/{ref}/timeline?show={show}")
    numbers = {"k": first(site, ref), "s": note, "d": dropped}
    assert [int(each) for each in re.findall(r'<li id="row-(\d+)"', page)] == [numbers[each] for each in seen]
    assert [int(each) for each in re.findall(r'<span class="muted">(\d+)</span></a></li>', page)] == [2, 1, 3]


def test_many_rows_come_in_pages_and_a_row_is_found_on_its_own(
    site: Site, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curating, "WINDOW", 3)
    entries = [actions.did(site.world.by("bob"), ref, f"Restarted host {each}").id for each in range(7)]

    def shown(query: str) -> list[int]:
        page = site.page("bob", f"/incidents/{ref}/timeline?{query}")
        return [int(each) for each in re.findall(r'<li id="row-(\d+)"', page)]

    every = [first(site, ref), *entries]
    assert [shown(f"page={number}") for number in (0, 1, 2, 3, 9)] == [
        every[:3],
        every[:3],
        every[3:6],
        *[every[6:]] * 2,
    ]
    assert shown(f"row={entries[3]}") == every[3:6]
    assert shown("page=x&row=nothing") == every[:3]


def test_the_page_asks_as_much_of_the_database_however_long_the_thread(site: Site, ref: str) -> None:
    def asked(address: str) -> int:
        site.by("bob")
        with CaptureQueriesContext(connection) as found:
            site.page("bob", address)
        return len(found)

    places = [
        f"/incidents/{ref}/timeline",
        f"/incidents/{ref}/timeline.md",
        f"/incidents/{ref}/timeline/{first(site, ref)}",
    ]
    actions.note(site.world.by("bob"), ref, TOLD)
    before = [asked(each) for each in places]
    for each in range(30):
        actions.did(site.world.by("alice"), ref, f"Restarted host {each}")
    assert [asked(each) for each in places] == before


def test_markdown_is_what_the_command_line_prints(site: Site, ref: str, note: int) -> None:
    answer = site.by("victor").get(f"/incidents/{ref}/timeline.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    text = answer.content.decode()
    assert text.startswith("## Timeline: Checkout answers 502\n")
    assert f"Bob: {TOLD} † (`entry:{note}`)" in text
    assert TOLD not in site.page("victor", f"/incidents/{ref}/timeline.md?show=kept")


# --- what is decided ----------------------------------------------------------------------------------------------

#: What may have been decided before: how a person did it.
BEFORE: dict[str, Callable[[World, str, int], object]] = {
    "nothing": lambda world, ref, entry: None,
    "kept": lambda world, ref, entry: actions.curate(world.by("alice"), ref, str(entry), Verdict.KEEP, why="sure"),
    "kept as": lambda world, ref, entry: actions.curate(
        world.by("alice"), ref, str(entry), Verdict.KEEP, row_kind=RowKind.DECISION
    ),
    "dropped": lambda world, ref, entry: actions.curate(world.by("alice"), ref, str(entry), Verdict.DROP, why="twice"),
    "reworded and dropped": lambda world, ref, entry: (
        actions.curate(world.by("alice"), ref, str(entry), Verdict.REWORD, text="Went back", row_kind=RowKind.OTHER),
        actions.curate(world.by("bob"), ref, str(entry), Verdict.DROP),
    ),
    "reworded": lambda world, ref, entry: actions.curate(
        world.by("alice"), ref, str(entry), Verdict.REWORD, text="Went back", row_kind=RowKind.FINDING, why="clear"
    ),
    "marked": lambda world, ref, entry: actions.mark(world.by("alice"), ref, str(entry), MarkKind.FINDING),
    "kept and then marked": lambda world, ref, entry: (
        actions.curate(world.by("alice"), ref, str(entry), Verdict.KEEP, row_kind=RowKind.DECISION),
        actions.mark(world.by("alice"), ref, str(entry), MarkKind.FINDING),
    ),
    "another time": lambda world, ref, entry: actions.correct_row(world.by("alice"), ref, str(entry), START, "late"),
}
#: Of these a reset shows nothing.
NO_CURATION = ("nothing", "marked", "kept and then marked", "another time")
DEEDS: dict[str, tuple[str, dict[str, str]]] = {
    "keep": ("verdict", {"verdict": "keep", "kind": "hypothesis", "why": "so it was"}),
    "drop": ("verdict", {"verdict": "drop", "why": "off topic"}),
    "reset": ("verdict", {"verdict": "reset"}),
    "reword": ("wording", {"text": "The broker was restarted", "why": "shorter"}),
    "time": ("time", {"at": "2026-03-02 08:30", "why": "typed late"}),
}


@pytest.mark.parametrize(
    ("before", "deed", "text"), [*product(BEFORE, DEEDS, [TOLD]), *product(["nothing"], DEEDS, [CHATTER])]
)
def test_undo_brings_back_exactly_what_was(site: Site, ref: str, before: str, deed: str, text: str) -> None:
    entry = actions.note(site.world.by("bob"), ref, text).id
    BEFORE[before](site.world, ref, entry)
    was = row(site, ref, entry)
    name, fields = DEEDS[deed]
    page = there(site, ref, entry, name, **fields)
    if deed != "reset" or before not in NO_CURATION:
        assert row(site, ref, entry) != was
    page = there(site, ref, entry, "undo", undone=undone(page))
    assert row(site, ref, entry) == was
    assert "Undone" in page
    assert "timeline-undo" not in page


def test_each_decision_shows_at_once_at_its_row(site: Site, ref: str, note: int) -> None:
    shown = of_row(there(site, ref, note, "verdict", verdict="keep", kind="finding", why="it helped"), note)
    assert "Kept by Bob: it helped" in shown
    assert "finding" in shown
    shown = of_row(there(site, ref, note, "wording", text="Broker restarted"), note)
    assert "Broker restarted" in shown
    assert TOLD in shown  # what was really said stays beside it
    shown = of_row(there(site, ref, note, "time", at="2026-03-02 08:30"), note)
    assert "08:30" in shown
    assert "stated" in shown
    shown = of_row(there(site, ref, note, "verdict", verdict="drop"), note)
    assert "dropped" in shown  # though the filter leaves such rows out
    assert f'id="row-{note}"' not in site.page("bob", f"/incidents/{ref}/timeline")


def test_a_row_that_is_gone_can_be_brought_back(site: Site, ref: str) -> None:
    entry = actions.note(site.world.by("bob"), ref, CHATTER).id
    actions.curate(site.world.by("bob"), ref, str(entry), Verdict.KEEP)
    page = there(site, ref, entry, "verdict", verdict="reset")
    assert row(site, ref, entry) is None
    assert "not in the timeline any more" in page
    there(site, ref, entry, "undo", undone=undone(page))
    assert row(site, ref, entry) is not None


def test_undo_leaves_what_somebody_else_decided_since(site: Site, ref: str, note: int) -> None:
    mine = undone(there(site, ref, note, "verdict", verdict="drop"))
    actions.curate(site.world.by("alice"), ref, str(note), Verdict.KEEP)
    before = counted()
    page = site.send("bob", f"/incidents/{ref}/timeline/{note}/undo", 409, undone=mine)
    assert "Alice decided something about this row" in page
    assert counted() == before


def test_the_page_of_a_row_offers_everything_and_undoes_the_last(site: Site, ref: str, note: int) -> None:
    actions.curate(site.world.by("alice"), ref, str(note), Verdict.DROP, why="twice")
    page = site.page("bob", f"/incidents/{ref}/timeline/{note}?show=all")
    assert set(re.findall(rf'action="/incidents/{ref}/timeline/{note}/(\w+)\?show=all"', page)) == {
        "verdict",
        "wording",
        "time",
        "undo",
    }
    assert "Alice dropped a row of the timeline: twice" in page
    assert 'value="2026-03-02 09:02:00"' in page


def test_what_htmx_sends_changes_the_row_alone(site: Site, ref: str, note: int) -> None:
    seen = int(re.findall(r'id="seen" name="version" value="(\d+)"', site.page("bob", f"/incidents/{ref}/timeline"))[0])
    place = f"/incidents/{ref}/timeline/{note}"
    headers = {"HX-Request": "true"}
    answer = site.by("bob").post(f"{place}/verdict", {"verdict": "drop", "version": seen}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.startswith(f'<li id="row-{note}"')
    assert f'id="seen" name="version" value="{seen + 1}" hx-swap-oob="true"' in page
    page = (
        site.by("bob")
        .post(f"{place}/undo", {"undone": undone(page), "version": seen}, headers=headers)
        .content.decode()
    )
    assert "Undone" in page
    assert "hx-swap-oob" not in page.replace('id="problem" role="alert" hx-swap-oob', "")  # others' news stay news
    assert 'name="at"' in site.by("bob").get(place, headers=headers).content.decode()
    assert 'name="at"' not in site.by("bob").get(f"{place}?shut", headers=headers).content.decode()


def test_the_page_says_that_the_record_has_changed_and_else_nothing(site: Site, ref: str, note: int) -> None:
    seen = re.findall(r'id="seen" name="version" value="(\d+)"', site.page("bob", f"/incidents/{ref}/timeline"))[0]
    place = f"/incidents/{ref}/timeline/news?version={seen}"
    assert site.by("bob").get(place).status_code == 204
    says(site.world, ref, "anything new?")
    assert "The record has changed" in site.page("bob", place)


# --- the times of the incident -------------------------------------------------------------------------------------


def proposed(site: Site) -> tuple[str, dict[str, str]]:
    """An incident whose thread says when it was noticed; and the form that confirms it."""
    ref = brought_in(
        site.world,
        source(message(0, "checkout is down"), message(2, "the first alert fired at 08:41 UTC, we overlooked it")),
    ).incident
    page = site.page("bob", f"/incidents/{ref}/timeline")
    form = re.search(r"times/detected/confirmation.*?</form>", page, re.DOTALL)
    assert form
    return ref, dict(re.findall(r'name="(at|evidence)" value="([^"]+)"', form[0]))


def test_a_proposed_time_is_confirmed_with_one_click(site: Site) -> None:
    ref, fields = proposed(site)
    assert "the first alert fired at 08:41 UTC" in site.page("bob", f"/incidents/{ref}/timeline")
    page = site.send("bob", f"/incidents/{ref}/timeline/times/detected/confirmation", 303, **fields)
    assert "Detected: 2026-03-01 08:41 UTC, confirmed." in page
    assert "confirmed from the record" in page
    assert "times/detected/confirmation" not in page


def test_a_time_that_is_proposed_no_more_is_not_confirmed(site: Site) -> None:
    ref, fields = proposed(site)
    actions.note(site.world.by("bob"), ref, "correction: it was noticed at 08:20 UTC")
    page = site.send("bob", f"/incidents/{ref}/timeline/times/detected/confirmation", 409, **fields)
    assert "does not propose that time any more" in page


def test_a_time_is_corrected_by_hand_and_both_values_stay(site: Site, ref: str) -> None:
    place = f"/incidents/{ref}/timeline/times"
    page = site.send("bob", f"{place}/impact_began", at="2026-03-02 08:00", why="the graph")
    assert re.search(r"<strong>impact began</strong>:.*?not known.*?2026-03-02 08:00.*?the graph", page, re.DOTALL)
    page = site.send("bob", f"{place}/impact_began", unknown="yes")
    assert re.search(r"<del>.*?08:00", page)


@pytest.mark.parametrize(
    ("name", "fields", "told"),
    [
        ("impact_began", {"at": "yesterday"}, "is not a time"),
        ("impact_began", {}, "No time was given"),
        ("closed", {"at": "2026-03-02 08:00"}, "There is no time"),
        ("nonsense", {"at": "2026-03-02 08:00"}, "There is no time"),
        ("detected", {"at": "2031-03-02 08:00"}, "lies in the future"),
    ],
)
def test_a_wrong_time_is_refused_and_kept(site: Site, ref: str, name: str, fields: dict[str, str], told: str) -> None:
    before = counted()
    assert told in site.send("bob", f"/incidents/{ref}/timeline/times/{name}", 409, **fields)
    assert counted() == before
