"""The write-up's page: read, edited in place without a script, two edits that crossed, nothing lost, nothing told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musterpoint import actions
from musterpoint.core.declare import Security
from musterpoint.core.journal import MarkKind
from musterpoint.reading import writeup as reading
from tests.actions.telling import brought_in, counted, declared, message, secretly_declared, source, state
from tests.conftest import World
from tests.web.conftest import Site
from tests.web.writing import BAD, bare, field, is_harmless, textarea, told

STRANGERS = ("charlie", "adele", "alice", "victor")


def resolved(world: World, **values: str) -> str:
    ref = declared(world, **{"affected": "the web shop", **values})
    actions.did(world.by("bob"), ref, "Rolled back to 4.1.2")
    actions.resolve(world.by("bob"), ref)
    return ref


def home(ref: str, rest: str = "") -> str:
    return f"/incidents/{ref}/writeup{rest}"


def text(world: World, ref: str, part: str = "summary") -> str:
    return str(reading.writeup(world.by("bob"), ref, part)["parts"][0]["text"])


# --- reading it ---------------------------------------------------------------------------------------------------


def test_every_part_stands_there_in_order_with_its_evidence(site: Site) -> None:
    ref = resolved(site.world)
    page = site.page("victor", home(ref))
    titles = ("Summary", "Customer impact", "Timeline", "What triggered it", "Contributing factors", "What went well")
    places = [page.index(f">{title}</h") for title in titles]
    assert places == sorted(places)
    assert page.count("Composed from the record") == 9
    did = next(each for each in reading.writeup(site.world.by("bob"), ref)["parts"] if each["name"] == "resolution")
    [number, *_] = did["sentences"][0]["entries"]
    assert f'<a href="/incidents/{ref}/entries/{number}"' in page
    assert "`entry:" not in page
    assert "<code>entry:" not in page
    assert "What triggered it?" in page
    assert f'href="{home(ref)}.md"' in page


def test_whose_words_they_are_and_what_the_record_says_since(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_part(site.world.by("bob"), ref, "factors", "A **pool** that was too small.")
    assert "What the record says since then" not in site.page("victor", home(ref))
    note = actions.note(site.world.by("bob"), ref, "The muted channel hid the alert")
    actions.mark(site.world.by("bob"), ref, str(note.id), MarkKind.FINDING)
    page = site.page("victor", home(ref))
    assert "<strong>pool</strong>" in page
    assert "Bob wrote it, " in page
    since = page.split("What the record says since then")[1].split("</details>")[0]
    assert 'class="new"' in since
    assert "The muted channel hid the alert" in since
    assert f"/incidents/{ref}/entries/{note.id}" in since


def test_what_a_reader_would_point_out_leads_to_its_part(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_part(site.world.by("bob"), ref, "impact", "It was human error.")
    page = site.page("victor", home(ref))
    advice = page.split('id="advice"')[1].split("</section>")[0]
    assert f'<a href="{home(ref)}#part-impact">Customer impact</a>' in advice
    assert "It was human error." in advice
    assert "Still open" not in advice  # questions are listed by themselves


def test_similar_incidents_come_with_what_is_still_open_there(site: Site) -> None:
    earlier = declared(site.world, "Checkout answers 502", "charlie", affected="the web shop")
    actions.add_action(site.world.by("bob"), earlier, "Alert on the pool")
    secret = {"affected": "the web shop", "security": Security.YES}
    hidden = declared(site.world, "Checkout answers 502 and leaks", **secret)
    ref = resolved(site.world)
    page = site.page("charlie", home(ref))
    assert f'<a href="/incidents/{earlier}">{earlier}: Checkout answers 502</a>' in page
    assert f'<a href="/incidents/{earlier}/actions#action-1">Alert on the pool</a>' in page
    assert "leaks" not in page
    assert hidden in site.page("bob", home(ref))


def test_proposed_actions_lead_to_the_actions(site: Site) -> None:
    ref = resolved(site.world)
    note = actions.note(site.world.by("bob"), ref, "We should alert on the pool")
    actions.mark(site.world.by("bob"), ref, str(note.id), MarkKind.FOLLOW_UP)
    assert f'<a href="/incidents/{ref}/actions">1 proposed in the thread' in site.page("bob", home(ref))


def test_it_can_be_taken_along_as_markdown(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_part(site.world.by("bob"), ref, "summary", "Checkout was *down*.")
    answer = site.by("victor").get(home(ref, ".md"))
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert "## Summary\n\nCheckout was *down*.\n" in answer.content.decode()


# --- writing it ---------------------------------------------------------------------------------------------------


def test_a_part_is_previewed_and_saved_without_a_script(site: Site) -> None:
    ref = resolved(site.world)
    form = site.page("bob", home(ref, "/summary"))
    assert textarea(form) == text(site.world, ref)
    assert 'data-draft="writeup:' in form
    words = "Checkout was **down**."
    previewed = site.send("bob", home(ref, "/summary/preview"), 200, text=words, seen=field(form, "seen"))
    assert "<strong>down</strong>" in previewed
    assert textarea(previewed) == words
    assert field(previewed, "seen") == field(form, "seen")
    assert state(ref).after.parts == {}
    page = site.send("bob", home(ref, "/summary"), text=textarea(previewed), seen=field(previewed, "seen"))
    assert "“Summary” stands as you wrote it." in page
    assert text(site.world, ref) == words
    again = site.send("bob", home(ref, "/summary"), text=words, seen="0")
    assert "Nothing was changed" in again


def test_beside_the_text_htmx_gets_the_preview_alone(site: Site) -> None:
    ref = resolved(site.world)
    answer = site.by("bob").post(home(ref, "/summary/preview"), {"text": "**down**"}, headers={"HX-Request": "true"})
    assert answer.content.decode().strip() == '<div class="prose"><p><strong>down</strong></p>\n</div>'


def test_an_emptied_part_is_composed_again_and_its_versions_can_be_read(site: Site) -> None:
    ref = resolved(site.world)
    composed = text(site.world, ref)
    for words in ("One", "Two"):
        form = site.page("bob", home(ref, "/summary"))
        site.send("bob", home(ref, "/summary"), text=words, seen=field(form, "seen"))
    first, second = _versions(site.world, ref)
    page = site.send("bob", home(ref, "/summary"), text="  \n", seen=str(second))
    assert "composed from the record" in page
    assert text(site.world, ref) == composed
    assert told(site.page("victor", home(ref, f"/summary/versions/{first}"))) == ["One"]
    site.page("victor", home(ref, "/summary/versions/999999"), 404)


def _versions(world: World, ref: str) -> dict[int, str]:
    shapes = reading.writeup(world.by("bob"), ref, "summary")["parts"][0]["versions"]
    return {each["version"]: each["text"] for each in shapes}


def test_only_what_was_seen_is_set_back_to_the_record(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_part(site.world.by("bob"), ref, "summary", "One")
    page = site.page("bob", home(ref))
    seen = field(page, "seen")
    actions.write_part(site.world.by("alice"), ref, "summary", "Two")
    refused = site.send("bob", home(ref, "/summary/composition"), 409, seen=seen)
    assert "Somebody saved another text" in refused
    assert text(site.world, ref) == "Two"
    site.send("bob", home(ref, "/summary/composition"), seen=field(site.page("bob", home(ref)), "seen"))
    assert state(ref).after.parts == {}


def test_two_who_write_at_once_see_all_texts_and_put_them_together(site: Site) -> None:
    ref = resolved(site.world)
    first = actions.write_part(site.world.by("alice"), ref, "summary", "It began.\n\nThe same end.").entry
    assert first is not None
    forms = {account: site.page(account, home(ref, "/summary")) for account in ("alice", "bob")}
    site.send(
        "alice", home(ref, "/summary"), text="Alice's words.\n\nThe same end.", seen=field(forms["alice"], "seen")
    )
    crossed = site.send(
        "bob", home(ref, "/summary"), text="Bob's words.\n\nThe same end.", seen=field(forms["bob"], "seen")
    )
    assert "What you wrote is kept" in crossed
    assert "two texts that crossed" in crossed
    assert told(crossed) == [
        "Alice's words.\n\nThe same end.",
        "Bob's words.\n\nThe same end.",
        "It began.\n\nThe same end.",
    ]
    assert textarea(crossed) == "Alice's words.\nBob's words.\n\nThe same end."
    assert text(site.world, ref) == "Alice's words.\n\nThe same end."
    assert "put both together" in site.page("alice", home(ref))
    site.send("bob", home(ref, "/summary"), text="Both words.\n\nThe same end.", seen=field(crossed, "seen"))
    assert text(site.world, ref) == "Both words.\n\nThe same end."
    page = site.page("victor", home(ref))
    assert "put both together" not in page
    assert "aside" in page
    assert list(_versions(site.world, ref).values()) == [
        "It began.\n\nThe same end.",
        "Alice's words.\n\nThe same end.",
        "Bob's words.\n\nThe same end.",
        "Both words.\n\nThe same end.",
    ]


def test_what_crosses_with_the_first_words_is_shown_beside_what_was_composed(site: Site) -> None:
    ref = resolved(site.world)
    composed = text(site.world, ref)
    form = site.page("bob", home(ref, "/summary"))
    actions.write_part(site.world.by("alice"), ref, "summary", "Alice's")
    crossed = site.send("bob", home(ref, "/summary"), text="Bob's", seen=field(form, "seen"))
    assert told(crossed) == ["Alice's", "Bob's", composed]


def test_merging_may_cross_again(site: Site) -> None:
    ref = resolved(site.world)
    form = site.page("bob", home(ref, "/summary"))
    actions.write_part(site.world.by("alice"), ref, "summary", "First")
    crossed = site.send("bob", home(ref, "/summary"), text="Second", seen=field(form, "seen"))
    actions.write_part(site.world.by("alice"), ref, "summary", "Third")
    again = site.send("bob", home(ref, "/summary"), text=textarea(crossed), seen=field(crossed, "seen"))
    assert told(again) == ["Third", "First\nSecond", "First"]


def test_who_writes_is_told_calmly_that_somebody_else_saved(site: Site) -> None:
    ref = resolved(site.world)
    asks = home(ref, "/summary/news?seen=0")
    assert site.by("bob").get(asks).status_code == 204
    actions.write_part(site.world.by("alice"), ref, "impact", "Nothing of yours")
    assert site.by("bob").get(asks).status_code == 204
    written = actions.write_part(site.world.by("alice"), ref, "summary", "Alice's").entry
    assert written is not None
    notice = site.page("bob", asks, 286)  # with which htmx stops to ask
    assert "Somebody saved another text of “Summary”" in notice
    assert home(ref, f"/summary/versions/{written.id}") in notice
    assert "<html" not in notice


def test_who_reads_is_told_that_there_is_something_new(site: Site) -> None:
    ref = resolved(site.world)
    version = reading.standing(site.world.by("bob"), ref)["version"]
    asks = home(ref, f"/news?version={version}")
    assert asks in site.page("bob", home(ref))
    assert site.by("bob").get(asks).status_code == 204
    actions.write_part(site.world.by("alice"), ref, "impact", "Alice's")
    assert "Look again" in site.page("bob", asks, 286)


def test_it_is_marked_as_done_and_taken_up_again(site: Site) -> None:
    ref = declared(site.world)
    assert "completion" not in site.page("bob", home(ref))
    assert "is open" in site.send("bob", home(ref, "/completion"), 409)
    actions.resolve(site.world.by("bob"), ref)
    assert f'action="{home(ref)}/completion"' in site.page("bob", home(ref))
    page = site.send("bob", home(ref, "/completion"))
    assert "marked as done" in page
    assert "completion" not in page
    page = site.send("bob", home(ref, "/reopening"), reason="one more cause")
    assert not state(ref).after.writeup_done
    assert f'action="{home(ref)}/completion"' in page


# --- nothing is lost ----------------------------------------------------------------------------------------------


def test_a_session_that_ends_while_somebody_writes_loses_no_text(site: Site) -> None:
    ref = resolved(site.world)
    answer = Client().post(home(ref, "/summary"), {"text": "Long words\nabout it", "seen": "0"})
    kept = answer.content.decode()
    assert answer.status_code == 401
    assert textarea(kept) == "Long words\nabout it"
    site.send("bob", home(ref, "/summary"), text=textarea(kept), seen=field(kept, "seen"))
    assert text(site.world, ref) == "Long words\nabout it"


def test_a_refusal_keeps_the_text(site: Site) -> None:
    ref = resolved(site.world)
    form = site.page("bob", home(ref, "/summary"))
    actions.cancel(site.world.by("bob"), ref, "a drill")
    kept = site.send("bob", home(ref, "/summary"), 409, text="Long words\nabout it", seen=field(form, "seen"))
    assert "was cancelled" in kept
    assert textarea(kept) == "Long words\nabout it"


@pytest.mark.parametrize("rest", ["/summary", "/summary/preview"])
def test_what_is_too_long_is_refused_clearly(site: Site, rest: str) -> None:
    ref = resolved(site.world)
    before = counted()
    page = site.send("bob", home(ref, rest), 409, text="a\n" * 500_000, seen="0")
    assert "60000 is the most" in page
    assert counted() == before


def test_what_is_no_character_is_kept_as_the_sign_for_that(site: Site) -> None:
    ref = resolved(site.world)
    site.send("bob", home(ref, "/summary"), text="Down\0 for an hour", seen="0")
    assert text(site.world, ref) == "Down\ufffd for an hour"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_form_without_a_proper_version_writes_over_nobody(site: Site, seen: str) -> None:
    ref = resolved(site.world)
    actions.write_part(site.world.by("alice"), ref, "summary", "Alice's")
    site.send("bob", home(ref, "/summary"), text="Bob's", seen=seen)
    assert text(site.world, ref) == "Alice's"
    assert list(_versions(site.world, ref).values()) == ["Alice's", "Bob's"]


def test_markdown_of_bad_intent_is_text(site: Site) -> None:
    ref = resolved(site.world)
    is_harmless(site.send("bob", home(ref, "/summary/preview"), 200, text=BAD, seen="0"))
    page = site.send("bob", home(ref, "/summary"), text=BAD, seen="0")
    is_harmless(page)
    is_harmless(site.page("bob", home(ref, f"/summary/versions/{state(ref).after.parts['summary']}")))
    answer = site.by("bob").get(home(ref, ".md"))
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_part_that_is_none_is_not_there(site: Site) -> None:
    ref = resolved(site.world)
    site.page("bob", home(ref, "/cause"), 404)
    site.page("bob", home(ref, "/post"), 404)
    site.send("bob", home(ref, "/cause"), 404, text="x", seen="0")


# --- who may ------------------------------------------------------------------------------------------------------


def test_who_only_reads_is_shown_no_form(site: Site) -> None:
    ref = resolved(site.world)
    written = actions.write_part(site.world.by("bob"), ref, "summary", "Bob's").entry
    aside = actions.write_part(site.world.by("alice"), ref, "summary", "Alice's", seen=0).entry
    assert written is not None
    assert aside is not None
    for rest in ("", "/summary", f"/summary/versions/{aside.id}", f"/summary/versions/{written.id}"):
        page = site.page("victor", home(ref, rest)).split('<nav class="tabs"')[1]
        assert "<form" not in page
        assert "Edit" not in page
        assert "<form" in site.page("bob", home(ref, rest)).split('<nav class="tabs"')[1] or rest.endswith(
            str(written.id)
        )
    before = counted()
    for rest in ("/summary", "/summary/composition", "/completion", "/reopening"):
        site.send("victor", home(ref, rest), 409, text="Victor's", seen=str(written.id))
    assert counted() == before


READ = ("", ".md", "/news?version=1", "/summary", "/summary/news?seen=1", "/summary/versions/{number}")
POSTED = ("/summary", "/summary/preview", "/summary/composition", "/completion", "/reopening")


@pytest.mark.parametrize("account", STRANGERS)
def test_what_is_restricted_is_not_there_for_strangers(site: Site, account: str) -> None:
    ref, never = secretly_declared(site.world, "Zanzibar key leaked"), "s-qqqqqqqq"
    number = actions.write_part(site.world.by("bob"), ref, "summary", "Zanzibar is open").entry.id  # type: ignore[union-attr]
    client, before = site.by(account), counted()
    for rest in READ:
        answers = [client.get(home(each, rest.format(number=number))) for each in (ref, never)]
        assert [each.status_code for each in answers] == [404, 404], rest
        assert "anzibar" not in answers[0].content.decode()
        assert bare(answers[0].content.decode(), ref) == bare(answers[1].content.decode(), never)
    for rest in POSTED:
        answer = client.post(home(ref, rest), {"text": "mine", "seen": "0"})
        assert answer.status_code in (404, 409), rest
        assert answer.status_code == client.post(home(never, rest), {"text": "mine", "seen": "0"}).status_code
        assert "anzibar" not in answer.content.decode()
        hidden = client.post(home(ref, rest), {"text": "mine", "seen": "0"}, headers={"HX-Request": "true"})
        assert "anzibar" not in hidden.content.decode()
    assert counted() == before
    for rest in READ[:2]:
        assert "anzibar" in site.page("bob", home(ref, rest))


@pytest.mark.parametrize("account", STRANGERS)
def test_a_number_that_was_restricted_answers_as_if_it_were_cancelled(site: Site, account: str) -> None:
    ref = declared(site.world, "Zanzibar key leaked")
    number = actions.write_part(site.world.by("bob"), ref, "summary", "Zanzibar is open").entry.id  # type: ignore[union-attr]
    actions.restrict(site.world.by("bob"), ref)
    client, before = site.by(account), counted()
    assert "was cancelled" in site.page(account, home(ref))
    for rest in READ:
        answer = client.get(home(ref, rest.format(number=number)))
        assert answer.status_code in (200, 409)
        assert "was cancelled" in answer.content.decode()
        assert "anzibar" not in answer.content.decode()
    for rest in POSTED:
        answer = client.post(home(ref, rest), {"text": "mine", "seen": "0"})
        assert answer.status_code == 409
        assert "anzibar" not in answer.content.decode()
    assert counted() == before


def test_nothing_of_it_is_told_to_whoever_is_not_signed_in(site: Site) -> None:
    ref = resolved(site.world)
    for rest in READ:
        assert Client().get(home(ref, rest.format(number=1))).status_code == 302
    for rest in POSTED:
        assert Client().post(home(ref, rest), {"text": "mine"}).status_code == 401


def test_a_thread_that_a_restricted_incident_reads_too_is_not_quoted(site: Site) -> None:
    ref = declared(site.world, "Login fails")
    actions.note(site.world.by("bob"), ref, "the zanzibar token is out")
    other = declared(site.world, "Nobody can sign in", security=Security.NO)
    actions.merge(site.world.by("bob"), ref, other)
    actions.restrict(site.world.by("bob"), other)
    for account in ("bob", "charlie"):
        assert "zanzibar" not in site.page(account, home(ref))


# --- what it costs ------------------------------------------------------------------------------------------------


def _queries(site: Site, address: str) -> int:
    site.page("bob", address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        site.page("bob", address)
    return len(asked)


def test_the_number_of_queries_does_not_grow_with_the_thread(site: Site) -> None:
    few = brought_in(site.world, source(message(0, "checkout is slow"), message(1, "rolled back"))).incident
    said = [message(each, f"message {each} of many: rolled back pod-{each}", channel="C7MANY") for each in range(2_000)]
    many = brought_in(site.world, source(*said, channel="C7MANY"), title="Checkout is slow").incident
    for ref in (few, many):
        for part in ("summary", "impact"):
            actions.write_part(site.world.by("bob"), ref, part, "Words")
    for rest in ("", ".md", "/summary", "/news?version=0", "/summary/news?seen=0"):
        addresses = [home(ref, rest) for ref in (few, many)]
        if "news" in rest:
            with CaptureQueriesContext(connection) as asked:
                site.by("bob").get(addresses[1])
            assert len(asked) <= 7
            continue
        small, large = (_queries(site, each) for each in addresses)
        assert small == large <= 30, rest


def test_time_goes_on_between_the_texts(site: Site) -> None:
    """Times on the page are those of the record, in UTC."""
    ref = resolved(site.world)
    site.world.now = datetime(2026, 3, 2, 12, 30, tzinfo=UTC) - timedelta(minutes=1)
    actions.write_part(site.world.by("bob"), ref, "summary", "Bob's")
    assert '<time datetime="2026-03-02T12:30:00Z"' in site.page("victor", home(ref))
