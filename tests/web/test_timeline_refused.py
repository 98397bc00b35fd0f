"""What the timeline's page refuses, in plain words; and that strangers find nothing at any of its addresses."""

from __future__ import annotations

import re

import pytest

from musterpoint import actions
from tests.actions.telling import counted, declared, read, rows, secretly_declared
from tests.actions.test_issue import settled
from tests.web.conftest import Site
from tests.web.test_timeline import DEEDS, TOLD, there


@pytest.fixture
def ref(site: Site) -> str:
    return declared(site.world)


@pytest.fixture
def note(site: Site, ref: str) -> int:
    return actions.note(site.world.by("bob"), ref, TOLD).id


BAD: list[tuple[str, dict[str, str], str]] = [
    ("verdict", {}, "What is to become of the row?"),
    ("verdict", {"verdict": "reword"}, "The new wording is empty"),
    ("verdict", {"verdict": "keep", "kind": "<script>"}, "is no kind of row"),
    ("verdict", {"verdict": "keep", "why": "x" * 1_000_000}, "1000000 characters"),
    ("wording", {"text": "  "}, "The new wording is empty"),
    ("wording", {"text": "x" * 1_000_000}, "1000000 characters"),
    ("time", {"at": "gestern"}, "is not a time"),
    ("time", {}, "No time was given"),
    ("undo", {}, "Nobody has decided anything"),
    ("undo", {"undone": "9" * 30}, "Nobody has decided anything"),
]


@pytest.mark.parametrize(("deed", "fields", "told"), BAD)
def test_bad_input_is_refused_in_plain_words(
    site: Site, ref: str, note: int, deed: str, fields: dict[str, str], told: str
) -> None:
    before = counted()
    assert told in site.send("bob", f"/incidents/{ref}/timeline/{note}/{deed}", 409, **fields)
    assert counted() == before


def test_strange_words_are_shown_harmlessly(site: Site, ref: str, note: int) -> None:
    page = there(site, ref, note, "wording", text="<script>alert(1)</script> \u202egnp.exe \0 end", why="<b>x</b>")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\0" not in page


@pytest.mark.parametrize("entry", ["99999", "9" * 40])
def test_an_entry_that_is_not_there(site: Site, ref: str, entry: str) -> None:
    place = f"/incidents/{ref}/timeline/{entry}"
    site.page("bob", place, 404)
    for deed, fields in DEEDS.values():
        site.send("bob", f"{place}/{deed}", 404, **fields)


def test_only_get_where_nothing_is_written(site: Site, ref: str, note: int) -> None:
    assert site.by("bob").post(f"/incidents/{ref}/timeline").status_code == 405
    assert site.by("bob").get(f"/incidents/{ref}/timeline/{note}/verdict").status_code == 405


def test_a_viewer_reads_and_decides_nothing(site: Site, ref: str, note: int) -> None:
    for place in (f"/incidents/{ref}/timeline", f"/incidents/{ref}/timeline/{note}"):
        page = site.page("victor", place)
        assert TOLD in page
        assert f'action="/incidents/{ref}' not in page
    before = counted()
    for deed, fields in DEEDS.values():
        site.send("victor", f"/incidents/{ref}/timeline/{note}/{deed}", 409, **fields)
    site.send("victor", f"/incidents/{ref}/timeline/times/impact_began", 409, at="2026-03-02 08:00")
    assert counted() == before


def test_a_cancelled_incident_is_read_alone_and_a_closed_one_is_curated_on(site: Site, ref: str, note: int) -> None:
    actions.cancel(site.world.by("bob"), ref, "a drill")
    assert f'action="/incidents/{ref}' not in site.page("bob", f"/incidents/{ref}/timeline")
    site.send("bob", f"/incidents/{ref}/timeline/{note}/verdict", 409, verdict="keep")
    closed = settled(site.world)
    there(site, closed, read(site.world, closed)[0].id, "verdict", verdict="drop")
    assert rows(site.world, closed)[0][2] == "dropped"


# --- strangers ----------------------------------------------------------------------------------------------------


def addresses(ref: str, entry: int) -> list[tuple[str, str, dict[str, str]]]:
    place = f"/incidents/{ref}/timeline"
    read = [place, f"{place}?show=all&row={entry}", f"{place}.md", f"{place}/news?version=0", f"{place}/{entry}"]
    deeds = [(f"{place}/{entry}/{deed}", fields) for deed, fields in DEEDS.values()]
    deeds += [(f"{place}/{entry}/undo", {}), (f"{place}/times/detected", {"at": "2026-03-02 08:00"})]
    deeds += [(f"{place}/times/detected/confirmation", {})]
    return [*(("GET", each, {}) for each in read), *(("POST", each, fields) for each, fields in deeds)]


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_a_stranger_finds_nothing_at_any_address(site: Site, account: str) -> None:
    secret, numbered = secretly_declared(site.world), declared(site.world, "Data leaked")
    said = {each: actions.note(site.world.by("bob"), each, f"zanzibar {TOLD}").id for each in (secret, numbered)}
    actions.restrict(site.world.by("bob"), numbered)
    for ref, never in ((secret, "s-qqqqqqqq"), (numbered, numbered)):
        for method, address, fields in addresses(ref, said[ref]):
            client, before = site.by(account), counted()
            answer = client.get(address) if method == "GET" else client.post(address, fields)
            told = answer.content.decode()
            assert "zanzibar" not in told
            assert counted() == before
            if ref == secret:
                absent = address.replace(secret, never)
                other = client.get(absent) if method == "GET" else client.post(absent, fields)
                assert (answer.status_code, other.status_code) == (404, 404), address
                tokens = r'csrfmiddlewaretoken" value="\w+"'
                assert re.sub(tokens, "", told.replace(secret, never)) == re.sub(tokens, "", other.content.decode())
            else:
                assert answer.status_code in (200, 204, 409), address


def test_members_do_find_it(site: Site) -> None:
    """The same addresses: the test above can fail."""
    secret = secretly_declared(site.world)
    entry = actions.note(site.world.by("bob"), secret, f"zanzibar {TOLD}").id
    found = [
        site.by("sirt").get(each).content.decode() for method, each, _ in addresses(secret, entry) if method == "GET"
    ]
    assert ["zanzibar" in each for each in found] == [True, True, True, False, True]
