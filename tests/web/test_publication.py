"""The post's page: decided, written, seen as the public will see it, published, kept honest; without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musterpoint import actions
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.journal import MarkKind
from musterpoint.delivery import deliver
from musterpoint.reading import publication as reading
from musterpoint.store import models
from tests.actions.telling import brought_in, counted, declared, message, secretly_declared, source, state
from tests.conftest import World
from tests.web.conftest import Site
from tests.web.writing import BAD, bare, field, is_harmless, textarea, told

STRANGERS = ("charlie", "adele", "alice", "victor")
MINE = """\
---
title: "We were slow"
subtitle: "And why"
authors: ["ops"]
description: "d"
---

Some customers could not pay.

<!--more-->

## Summary

It is over.
"""


@pytest.fixture(autouse=True)
def website(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    world.runs(website_folder=str(folder), customers=("Zephyr Freight",))
    return folder


def resolved(world: World, **values: Any) -> str:
    ref = declared(world, **{"affected": "the web shop", **values})
    actions.did(world.by("bob"), ref, "Bob rolled back to 4.1.2")
    actions.resolve(world.by("bob"), ref)
    return ref


def home(ref: str, rest: str = "") -> str:
    return f"/incidents/{ref}/publication{rest}"


def source_of(world: World, ref: str) -> str:
    return str(reading.draft(world.by("bob"), ref)["source"])


def own(page: str) -> str:
    """The page below the pages' tabs."""
    return page.split('<nav class="tabs"')[1]


# --- the decision -------------------------------------------------------------------------------------------------


def test_a_post_is_the_default_and_a_responder_decides_for_one(site: Site) -> None:
    ref = resolved(site.world)
    page = site.page("bob", home(ref))
    assert "Nobody has decided yet. The default is to publish a post." in page
    assert "Publish no post" not in page
    page = site.send("bob", home(ref, "/decision"), decision="publish")
    assert "Bob decided to publish one" in page
    assert "Decide to publish" not in page
    page = site.send("bob", home(ref, "/decision"), decision="undecided")
    assert state(ref).after.publication.decision is None
    assert "Decide to publish" in page


def test_authority_skips_it_with_a_reason(site: Site) -> None:
    ref = resolved(site.world)
    assert "Publish no post" in site.page("alice", home(ref))
    assert "reason is empty" in site.send("alice", home(ref, "/decision"), 409, decision="skip", reason=" ")
    assert "no authority" in site.send("bob", home(ref, "/decision"), 409, decision="skip", reason="three users")
    page = site.send("alice", home(ref, "/decision"), decision="skip", reason="three users")
    assert "No post is published" in page
    assert ": three users" in page
    assert f'action="{home(ref)}/revisions"' not in page
    site.send("bob", home(ref, "/decision"), decision="undecided")
    assert f'action="{home(ref)}/revisions"' in site.page("bob", home(ref))
    assert "no decision" in site.send("bob", home(ref, "/decision"), 409, decision="perhaps")


def test_while_customers_are_affected_it_can_be_written_and_not_published(site: Site) -> None:
    ref = declared(site.world)
    page = site.page("bob", home(ref))
    assert "once customers are no longer affected" in page
    assert f'action="{home(ref)}/revisions"' not in page
    assert "is open" in site.send("bob", home(ref, "/revisions"), 409)


# --- its text -----------------------------------------------------------------------------------------------------


def test_the_preview_is_the_page_that_the_public_gets(site: Site) -> None:
    ref = resolved(site.world)
    composed = site.page("victor", home(ref))
    article = composed.split('<article class="post')[1].split("</article>")[0]
    assert "Service Disruption Report for March 2nd, 2026</h2>" in article
    assert "An engineer rolled back to 4.1.2." in article
    for hidden in ("---", "description:", "&lt;!--more", "Bob"):
        assert hidden not in article
    assert "nuxt/content/blog/2026/03/service-disruption-report-2026-03-02.md" in composed
    assert "/blog/2026/03/service-disruption-report-2026-03-02/" in composed
    written = site.send("bob", home(ref, "/text"), text=MINE, seen="0")
    article = written.split('<article class="post')[1].split("</article>")[0]
    for each in ("We were slow</h2>", "And why", "2026-03-02 · ops", "<h2>Summary</h2>", "<p>It is over.</p>"):
        assert each in article
    assert 'class="introduction"><p>Some customers could not pay.</p>' in article
    assert "Bob wrote it" in written


def test_it_is_previewed_and_saved_without_a_script(site: Site) -> None:
    ref = resolved(site.world)
    form = site.page("bob", home(ref, "/text"))
    assert textarea(form) == source_of(site.world, ref)
    previewed = site.send("bob", home(ref, "/text/preview"), 200, text=MINE, seen=field(form, "seen"))
    assert "<h2>Summary</h2>" in previewed
    assert textarea(previewed) == MINE.strip()
    assert state(ref).after.parts == {}
    alone = site.by("bob").post(home(ref, "/text/preview"), {"text": MINE}, headers={"HX-Request": "true"})
    assert alone.content.decode().startswith('<article class="post')
    site.send("bob", home(ref, "/text"), text=textarea(previewed), seen=field(previewed, "seen"))
    assert source_of(site.world, ref) == MINE.strip()
    seen = field(site.page("bob", home(ref, "/text")), "seen")
    site.send("bob", home(ref, "/text"), text="", seen=seen)
    assert state(ref).after.parts == {}


def test_two_who_write_it_at_once_see_all_texts_and_put_them_together(site: Site) -> None:
    ref = resolved(site.world)
    first = site.page("bob", home(ref, "/text"))
    actions.write_post(site.world.by("alice"), ref, "Nobody could pay.\n\nSorry.")
    crossed = site.send("bob", home(ref, "/text"), text="Few could pay.\n\nSorry.", seen=field(first, "seen"))
    composed = reading.draft(site.world.by("bob"), ref)["composed"].strip()
    assert [each.strip() for each in told(crossed)] == [
        "Nobody could pay.\n\nSorry.",
        "Few could pay.\n\nSorry.",
        composed,
    ]
    assert textarea(crossed) == "Nobody could pay.\nFew could pay.\n\nSorry."
    assert source_of(site.world, ref) == "Nobody could pay.\n\nSorry."
    assert "put both together" in site.page("alice", home(ref))
    site.send("bob", home(ref, "/text"), text="One in ten could pay.", seen=field(crossed, "seen"))
    assert source_of(site.world, ref) == "One in ten could pay."
    texts = [each["text"] for each in reading.draft(site.world.by("bob"), ref)["versions"]]
    assert texts == ["Nobody could pay.\n\nSorry.", "Few could pay.\n\nSorry.", "One in ten could pay."]


def test_who_writes_is_told_that_somebody_else_saved(site: Site) -> None:
    ref = resolved(site.world)
    assert site.by("bob").get(home(ref, "/text/news?seen=0")).status_code == 204
    actions.write_post(site.world.by("alice"), ref, MINE)
    assert "Somebody saved another text" in site.page("bob", home(ref, "/text/news?seen=0"), 286)


def test_only_what_was_seen_is_set_back_to_the_record(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_post(site.world.by("alice"), ref, MINE)
    site.send("bob", home(ref, "/text/composition"), 409, seen="0")
    stands = str(state(ref).after.parts["post"])
    assert "composed from the record" in site.send("bob", home(ref, "/text/composition"), seen=stands)
    assert told(site.page("victor", home(ref, f"/text/versions/{stands}"))) == [MINE.strip()]


def test_a_session_that_ends_and_a_refusal_keep_the_text(site: Site) -> None:
    ref = resolved(site.world)
    answer = Client().post(home(ref, "/text"), {"text": MINE, "seen": "0"})
    assert answer.status_code == 401
    assert textarea(answer.content.decode()) == MINE
    long = site.send("bob", home(ref, "/text"), 409, text="a\n" * 500_000, seen="0")
    assert "60000 is the most" in long
    assert "60000 is the most" in site.send("bob", home(ref, "/text/preview"), 409, text="a\n" * 500_000, seen="0")
    actions.cancel(site.world.by("bob"), ref, "a drill")
    assert textarea(site.send("bob", home(ref, "/text"), 409, text=MINE, seen="0")) == MINE
    site.page("bob", home(ref))


def test_markdown_and_front_matter_of_bad_intent_are_text(site: Site) -> None:
    ref = resolved(site.world)
    bad = (
        f'---\ntitle: "<script>alert(1)</script>"\nauthors: ["<img src=https://elsewhere.example/d.png>"]\n---\n\n{BAD}'
    )
    is_harmless(site.send("bob", home(ref, "/text/preview"), 200, text=bad, seen="0"))
    is_harmless(site.send("bob", home(ref, "/text"), text=bad, seen="0"))
    for odd in ("\0", "---\n---", "---\ntitle:\n", "---\ntags: [\n---\n", "<!--more-->"):
        site.send("bob", home(ref, "/text/preview"), 200, text=odd, seen="0")


# --- which rows ---------------------------------------------------------------------------------------------------


def test_each_row_has_a_switch(site: Site) -> None:
    ref = resolved(site.world)
    note = actions.note(site.world.by("bob"), ref, "The new pods had no memory left", mark=MarkKind.FINDING)
    page = site.page("bob", home(ref))
    assert "The new pods had no memory left." not in page.split("</article>")[0]
    assert f'href="/incidents/{ref}/entries/{note.id}"' in page
    shown = site.send("bob", home(ref, "/rows"), entry=str(note.id), public="yes")
    assert "That row is in the post." in shown
    assert "The new pods had no memory left." in shown.split("</article>")[0]
    assert "chosen for the public" in shown
    hidden = site.send("bob", home(ref, "/rows"), entry=str(note.id), public="no")
    assert "kept from the public" in hidden
    assert "The new pods had no memory left." not in hidden.split("</article>")[0]


@pytest.mark.parametrize("entry", ["", "x", "999999", "9" * 40])
def test_a_row_that_is_none_is_not_there(site: Site, entry: str) -> None:
    ref = resolved(site.world)
    site.send("bob", home(ref, "/rows"), 404, entry=entry, public="yes")


# --- publishing ---------------------------------------------------------------------------------------------------


def test_it_is_published_and_the_page_tells_when_it_is_there(site: Site, website: Path) -> None:
    ref = resolved(site.world)
    page = site.send("bob", home(ref, "/revisions"))
    assert "Revision 1 is on its way" in page
    asks = home(ref, "/news?status=waiting")
    assert asks in page
    assert f'action="{home(ref)}/revisions"' not in page
    assert "HX-Refresh" not in site.by("bob").get(asks).headers
    assert deliver(f"publish:{ref}:1", site.world.process)
    answer = site.by("bob").get(asks)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    page = site.page("victor", home(ref))
    assert "Revision 1 is on the website" in page
    assert "news?status" not in page
    assert "by Bob" in page
    assert str(next(each for each in website.rglob("*.md")).name) in page


def test_the_next_revision_is_for_what_has_changed_since(site: Site) -> None:
    ref = resolved(site.world)
    actions.add_action(site.world.by("bob"), ref, "Alert on the pool")
    site.send("bob", home(ref, "/revisions"))
    deliver(f"publish:{ref}:1", site.world.process)
    page = site.page("bob", home(ref))
    assert f'action="{home(ref)}/revisions"' not in page
    assert "exactly this text" in site.send("bob", home(ref, "/revisions"), 409)
    actions.end_action(site.world.by("bob"), ref, 1, ActionStatus.DONE)
    page = site.page("bob", home(ref))
    since = page.split("Since it was published")[1].split("</section>")[0]
    assert f'<a href="/incidents/{ref}/actions#action-1">Alert on the pool</a> is <strong>done</strong>' in since
    assert 'class="new"' in since
    assert "Publish revision 2" in page
    assert "Revision 2 is on its way" in site.send("bob", home(ref, "/revisions"))


def test_what_the_public_must_not_see_needs_a_tick(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_post(site.world.by("bob"), ref, MINE.replace("Some customers", "Zephyr Freight"))
    page = site.page("bob", home(ref))
    assert "It holds what the public must not see" in page
    assert "Publish anyway" in page
    before = counted()
    refused = site.by("bob").post(home(ref, "/revisions"))
    assert refused["Location"] == home(ref, "#grave")
    assert "It was not published." in site.page("bob", refused["Location"])
    assert counted() == before
    assert "on its way" in site.send("bob", home(ref, "/revisions"), anyway="yes")


def test_a_parked_revision_says_why_and_where_to_mend_it(site: Site) -> None:
    ref = resolved(site.world)
    site.send("bob", home(ref, "/revisions"))
    effect = models.Effect.objects.get(key=f"publish:{ref}:1")
    effect.status, effect.error = "parked", "The file was changed by <somebody> else."
    effect.save()
    assert site.by("bob").get(home(ref, "/news?status=waiting"))["HX-Refresh"] == "true"
    page = site.page("bob", home(ref))
    assert "The file was changed by &lt;somebody&gt; else." in page
    assert 'href="/settings/effects"' in page
    assert f'action="{home(ref)}/revisions"' not in page
    effect.status = "dropped"
    effect.save()
    page = site.page("bob", home(ref))
    assert "dropped revision 1" in page
    assert "Publish revision 2" in page


def test_of_a_security_incident_no_post_is_made(site: Site) -> None:
    ref = secretly_declared(site.world)
    entry = str(actions.note(site.world.by("bob"), ref, "revoked").id)
    site.world.runs(security_contact="security@example.com")
    page = site.page("bob", home(ref))
    assert "No post is made of it here" in page
    assert "security@example.com" in page
    assert "<form" not in own(page)
    for rest in ("/decision", "/rows", "/revisions", "/text", "/text/composition"):
        site.send("bob", home(ref, rest), 409, decision="publish", entry=entry, text=MINE, seen="0")


def test_a_broken_template_is_told(site: Site, tmp_path: Path) -> None:
    ref = resolved(site.world)
    (tmp_path / "post.md").write_text("{% if %}")
    site.world.runs(website_template=str(tmp_path / "post.md"))
    page = site.page("bob", home(ref))
    assert "The post cannot be shown" in page
    assert "line 1" in page


# --- who may ------------------------------------------------------------------------------------------------------

READ = ("", "/news?status=waiting", "/text", "/text/news?seen=0", "/text/versions/1")
POSTED = ("/decision", "/rows", "/revisions", "/text", "/text/preview", "/text/composition")
FORM = {"decision": "publish", "entry": "1", "public": "yes", "text": "mine", "seen": "0", "anyway": "yes"}


def test_who_only_reads_is_shown_no_form(site: Site) -> None:
    ref = resolved(site.world)
    actions.write_post(site.world.by("bob"), ref, MINE)
    number = state(ref).after.parts["post"]
    entry = str(actions.note(site.world.by("bob"), ref, "back to normal").id)
    for rest in ("", "/text", f"/text/versions/{number}"):
        assert "<form" not in own(site.page("victor", home(ref, rest)))
    before = counted()
    for rest in POSTED:
        if rest != "/text/preview":
            site.send("victor", home(ref, rest), 409, **{**FORM, "seen": str(number), "entry": entry})
    assert counted() == before


@pytest.mark.parametrize("account", STRANGERS)
def test_what_is_restricted_is_not_there_for_strangers(site: Site, account: str) -> None:
    ref, never = secretly_declared(site.world, "Zanzibar key leaked"), "s-qqqqqqqq"
    client, before = site.by(account), counted()
    for rest in READ:
        answers = [client.get(home(each, rest)) for each in (ref, never)]
        assert [each.status_code for each in answers] == [404, 404], rest
        assert bare(answers[0].content.decode(), ref) == bare(answers[1].content.decode(), never)
    for rest in POSTED:
        answers = [client.post(home(each, rest), FORM) for each in (ref, never)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in (404, 409)
        assert "anzibar" not in answers[0].content.decode()
    assert counted() == before


@pytest.mark.parametrize("account", STRANGERS)
def test_a_number_that_was_restricted_answers_as_if_it_were_cancelled(site: Site, account: str) -> None:
    ref = resolved(site.world, title="Zanzibar data leaked")
    actions.write_post(site.world.by("bob"), ref, "Zanzibar")
    actions.decide_publication(site.world.by("bob"), ref, Decision.PUBLISH)
    actions.restrict(site.world.by("bob"), ref)
    client, before = site.by(account), counted()
    for rest in READ:
        answer = client.get(home(ref, rest))
        assert answer.status_code in (200, 409)
        assert "was cancelled" in answer.content.decode()
        assert "anzibar" not in answer.content.decode()
        assert "security" not in answer.content.decode().lower()
    for rest in POSTED:
        answer = client.post(home(ref, rest), FORM)
        assert answer.status_code == 409
        assert "anzibar" not in answer.content.decode()
    assert counted() == before


def test_nothing_of_it_is_told_to_whoever_is_not_signed_in(site: Site) -> None:
    ref = resolved(site.world)
    assert {Client().get(home(ref, rest)).status_code for rest in READ} == {302}
    assert {Client().post(home(ref, rest), FORM).status_code for rest in POSTED} == {401}


# --- what it costs ------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_thread(site: Site) -> None:
    few = brought_in(site.world, source(message(0, "checkout is slow"), message(1, "rolled back"))).incident
    said = [message(each, f"message {each} of many: rolled back pod-{each}", channel="C7MANY") for each in range(2_000)]
    many = brought_in(site.world, source(*said, channel="C7MANY"), title="Checkout is slow").incident
    for rest in ("", "/text"):
        costs = []
        for ref in (few, many):
            site.page("bob", home(ref, rest))
            with CaptureQueriesContext(connection) as asked:
                site.page("bob", home(ref, rest))
            costs.append(len(asked))
        assert costs[0] == costs[1] <= 25, rest
    with CaptureQueriesContext(connection) as asked:
        site.by("bob").get(home(many, "/news?status=waiting"))
    assert len(asked) <= 7
