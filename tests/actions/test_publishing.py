"""The public post: decided, written, published once, and kept honest while the record goes on."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from musterpoint import actions, effects
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.aftermath_journal import PostPublished, PostRequested, PublicationDecision
from musterpoint.core.blockers import blockers
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest
from musterpoint.delivery import deliver
from musterpoint.integrations.local.website import FolderWebsite
from musterpoint.ports import Post, Posted
from musterpoint.reading import publication as reading
from musterpoint.store import models
from tests.actions.telling import declared, read, refused, says, secretly_declared, state
from tests.conftest import World

PATH = "nuxt/content/blog/2026/03/service-disruption-report-2026-03-02.md"


@pytest.fixture
def site(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    world.runs(website_folder=str(folder))
    return folder


def resolved(world: World, title: str = "Checkout answers 502", **values: Any) -> str:
    ref = declared(world, title, **{"affected": "the web shop", **values})
    actions.did(world.by("bob"), ref, "Bob rolled back to 4.1.2")
    actions.resolve(world.by("bob"), ref)
    return ref


def published(world: World, ref: str, revision: int = 1, **values: Any) -> str:
    """The text that is asked for, and carried out."""
    entry = actions.publish(world.by("bob"), ref, **values)
    assert deliver(f"publish:{ref}:{revision}", world.process)
    assert isinstance(entry.fact, PostRequested)
    return entry.fact.text


def effect(ref: str, revision: int = 1) -> models.Effect:
    return models.Effect.objects.get(key=f"publish:{ref}:{revision}")


def shown(world: World, ref: str) -> dict[str, Any]:
    return reading.publication(world.by("victor"), ref)


def files(site: Path) -> list[str]:
    return sorted(each.relative_to(site).as_posix() for each in site.rglob("*") if each.is_file())


# --- the decision -------------------------------------------------------------------------------------------------


def test_a_post_is_the_default_until_somebody_decides(world: World, site: Path) -> None:
    ref = resolved(world)
    now = shown(world, ref)["publication"]
    assert (now["decision"], now["decided"], now["published"], now["path"]) == ("publish", False, False, None)
    actions.decide_publication(world.by("bob"), ref, Decision.PUBLISH)
    now = shown(world, ref)["publication"]
    assert (now["decision"], now["decided"], now["by"]) == ("publish", True, "Bob")


def test_authority_skips_it_with_a_reason_and_a_responder_takes_that_back(world: World, site: Path) -> None:
    ref = resolved(world)
    with refused("no_authority"):
        actions.decide_publication(world.by("bob"), ref, Decision.SKIP, "three users")
    with refused("empty"):
        actions.decide_publication(world.by("alice"), ref, Decision.SKIP)
    actions.decide_publication(world.by("alice"), ref, Decision.SKIP, "three users")
    assert "publication" not in " ".join(each.code for each in blockers(state(ref)))
    with refused("skipped"):
        actions.publish(world.by("alice"), ref)
    actions.decide_publication(world.by("bob"), ref, None, "there were more")
    assert "publication_undecided" in [each.code for each in blockers(state(ref))]


def test_of_a_security_incident_no_post_is_made(world: World, site: Path) -> None:
    ref = secretly_declared(world)
    for step in (
        lambda: actions.decide_publication(world.by("bob"), ref, Decision.PUBLISH),
        lambda: actions.publish(world.by("bob"), ref),
        lambda: actions.write_post(world.by("bob"), ref, "It leaked."),
        lambda: reading.draft(world.by("bob"), ref),
    ):
        with refused("not_public"):
            step()


# --- the draft ----------------------------------------------------------------------------------------------------


def test_the_draft_names_nobody_and_tells_where_its_sentences_come_from(world: World, site: Path) -> None:
    ref = resolved(world)
    says(world, ref, "hello")
    draft = reading.draft(world.by("victor"), ref)
    for name in ("Bob", "Ben", "Okafor", "Alice", "Cleo"):
        assert name not in draft["text"]
    assert "An engineer rolled back to 4.1.2." in draft["text"]
    assert draft["path"] == PATH
    assert all(each["cites"] for each in draft["sentences"])
    assert reading.post_check(world.by("bob"), ref)["advice"] == [
        {
            "code": "next_steps_missing",
            "part": "Next Steps",
            "passage": "## Next Steps",
            "text": "What is done about it is missing. No action is on record yet.",
            "grave": False,
        }
    ]


def test_rows_are_chosen_for_the_public(world: World, site: Path) -> None:
    ref = resolved(world)
    note = actions.note(world.by("bob"), ref, "The new pods had no memory left")
    actions.choose_row(world.by("bob"), ref, str(note.id), public=True)
    assert "The new pods had no memory left." in reading.draft(world.by("bob"), ref)["text"]
    rows = {each["text"]: each for each in reading.public_rows(world.by("bob"), ref)["rows"]}
    assert rows["The new pods had no memory left."]["why"] == "chosen for the public"
    resolution = rows["The disruption was resolved."]["entry"]
    actions.choose_row(world.by("bob"), ref, str(resolution), public=False)
    assert "**\nThe disruption was resolved" not in reading.draft(world.by("bob"), ref)["text"]
    hidden = {each["text"]: each["public"] for each in reading.public_rows(world.by("bob"), ref)["rows"]}
    assert hidden["The disruption was resolved."] is False
    with refused("not_found"):
        actions.choose_row(world.by("bob"), ref, "9999", public=True)


def test_a_person_s_words_stand_and_what_the_record_says_since_is_offered(world: World, site: Path) -> None:
    ref = resolved(world)
    source = reading.draft(world.by("bob"), ref)["source"]
    written = actions.write_post(world.by("bob"), ref, source.replace("We are sorry", "We are very sorry"), source)
    assert written.entry is not None
    actions.correct_text(world.by("bob"), ref, "affected", "the web shop and the app")
    draft = reading.draft(world.by("bob"), ref)
    assert "We are very sorry" in draft["text"]
    assert "the web shop and the app" not in draft["text"]
    assert "the web shop and the app" in draft["changed"]
    assert actions.write_post(world.by("bob"), ref, draft["source"]).entry is None
    actions.reset_post(world.by("bob"), ref)
    assert "the web shop and the app" in reading.draft(world.by("bob"), ref)["text"]


def test_of_two_who_write_at_once_the_second_is_shown_both(world: World, site: Path) -> None:
    ref = resolved(world)
    source = reading.draft(world.by("bob"), ref)["source"]
    actions.write_post(world.by("bob"), ref, f"{source}\nBob's end.", source)
    second = actions.write_post(world.by("alice"), ref, f"{source}\nAlice's end.", source)
    assert second.aside
    assert second.stands.text.endswith("Bob's end.")
    assert second.stands.versions[-1].text.endswith("Alice's end.")


def test_a_template_of_the_team_replaces_ours(world: World, site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("---\ntitle: {{ title|yaml }}\n---\n\n{{ introduction }}\n\n<!--more-->\n")
    world.runs(website_template="mine.md")
    ref = resolved(world)
    with override_settings(HOME=tmp_path):
        text = reading.draft(world.by("bob"), ref)["source"]
    assert text.startswith('---\ntitle: "Service Disruption Report for March 2nd, 2026"\n---\n\nOn March')


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("---\n\n{% if title %}", "mine.md, line 3, is broken: Unclosed tag"),
        ("{{ titel }}", "mine.md, is broken: it names 'titel'"),
        ("a\n{% include 'x.md' %}", "mine.md, line 2, is broken"),
        (None, "cannot be read"),
    ],
)
def test_a_broken_template_is_told_with_its_line(
    world: World, site: Path, tmp_path: Path, template: str | None, words: str
) -> None:
    if template is not None:
        (tmp_path / "mine.md").write_text(template)
    world.runs(website_template="mine.md")
    ref = resolved(world)
    with override_settings(HOME=tmp_path), pytest.raises(NotAllowed) as caught:
        reading.draft(world.by("bob"), ref)
    assert caught.value.code == "bad_template"
    assert words in caught.value.message


# --- publishing ---------------------------------------------------------------------------------------------------


def test_it_is_published_with_exactly_the_text_that_was_asked_for(world: World, site: Path) -> None:
    ref = resolved(world)
    entry = actions.publish(world.by("bob"), ref)
    assert isinstance(entry.fact, PostRequested)
    assert "publication_pending" in [each.code for each in blockers(state(ref))]
    actions.correct_text(world.by("bob"), ref, "affected", "everything")
    deliver(f"publish:{ref}:1", world.process)
    assert (site / PATH).read_text() == entry.fact.text
    kinds = [type(each.fact) for each in read(world, ref)][-4:]
    assert kinds[:2] == [PublicationDecision, PostRequested]
    assert kinds[-1] is PostPublished
    now = shown(world, ref)["publication"]
    assert (now["published"], now["revision"], now["where"], now["decided"]) == (True, 1, PATH, True)
    assert "publication" not in " ".join(each.code for each in blockers(state(ref)))


def test_an_open_incident_is_not_published(world: World, site: Path) -> None:
    ref = declared(world)
    with refused("not_resolved"):
        actions.publish(world.by("bob"), ref)


def test_the_same_text_is_not_published_twice(world: World, site: Path) -> None:
    ref = resolved(world)
    published(world, ref)
    world.later(60 * 24 * 3)
    with refused("unchanged"):
        actions.publish(world.by("bob"), ref)


def test_the_next_revision_goes_to_the_same_place_with_the_day_of_its_update(world: World, site: Path) -> None:
    ref = resolved(world)
    published(world, ref)
    world.later(60 * 24 * 40)
    actions.add_action(world.by("bob"), ref, "Add an alert")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DONE)
    before = shown(world, ref)
    assert before["unpublished"]
    assert "+- Add an alert (done)" in before["changed"]
    assert before["actions_since"] == [{"number": 1, "title": "Add an alert", "status": "done"}]
    text = published(world, ref, 2)
    assert files(site) == [PATH]
    assert "\ndate: 2026-03-02\n" in text
    assert "lastUpdated: 2026-04-11\n" in text
    after = shown(world, ref)
    assert (after["unpublished"], after["changed"], after["actions_since"]) == (False, "", [])
    assert [each["revision"] for each in after["revisions"]] == [1, 2]


def test_a_customer_s_name_or_a_secret_keeps_it_back_until_somebody_says_anyway(world: World, site: Path) -> None:
    world.runs(customers=("Acme",))
    ref = resolved(world)
    source = reading.draft(world.by("bob"), ref)["source"]
    actions.write_post(world.by("bob"), ref, source.replace("the web shop", "Acme"))
    with refused("not_fit"):
        actions.publish(world.by("bob"), ref)
    assert shown(world, ref)["blocked"] == ["Acme"]
    assert "Acme" in published(world, ref, anyway=True)


def test_two_incidents_of_one_day_do_not_share_a_file(world: World, site: Path) -> None:
    first, second = resolved(world), resolved(world, "Search is slow")
    published(world, first)
    published(world, second)
    assert files(site) == sorted([PATH, PATH.replace(".md", f"-{second}.md")])
    assert shown(world, second)["publication"]["url"] == f"/blog/2026/03/service-disruption-report-2026-03-02-{second}/"


def test_what_was_written_but_not_noted_is_found_again(
    world: World, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the website and our note of it."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=site, check=True)
    ref = resolved(world)
    actions.publish(world.by("bob"), ref)
    write = FolderWebsite.publish

    def die(self: FolderWebsite, post: Post, key: str) -> Posted:
        write(self, post, key)
        raise KeyboardInterrupt

    monkeypatch.setattr(FolderWebsite, "publish", die)
    with pytest.raises(KeyboardInterrupt):
        deliver(f"publish:{ref}:1", world.process)
    monkeypatch.setattr(FolderWebsite, "publish", write)
    models.Effect.objects.filter(key=f"publish:{ref}:1").update(leased_until=None)
    assert deliver(f"publish:{ref}:1", world.process)
    log = subprocess.run(["git", "log", "--format=%s", f"incident-{ref}"], cwd=site, capture_output=True, check=True)
    assert log.stdout.decode() == f"Public post of incident {ref}\n"
    assert shown(world, ref)["publication"]["where"].startswith(f"incident-{ref}@")
    assert len([each for each in read(world, ref) if isinstance(each.fact, PostPublished)]) == 1


def test_a_website_that_refuses_parks_it_and_a_person_goes_on(world: World, site: Path) -> None:
    (site / PATH).parent.mkdir(parents=True)
    (site / PATH).write_text("An older post.\n")
    ref = resolved(world)
    actions.publish(world.by("bob"), ref)
    assert deliver(f"publish:{ref}:1", world.process)
    assert (effect(ref).status, "is not ours" in effect(ref).error) == ("parked", True)
    assert (site / PATH).read_text() == "An older post.\n"
    with refused("on_its_way"):
        actions.publish(world.by("bob"), ref)
    (site / PATH).unlink()
    assert effects.retry(effect(ref))
    assert deliver(f"publish:{ref}:1", world.process)
    assert shown(world, ref)["publication"]["published"]


def test_what_a_person_dropped_is_asked_for_again_or_skipped(world: World, site: Path) -> None:
    ref = resolved(world)
    actions.publish(world.by("bob"), ref)
    assert effects.drop(effect(ref), "the site moves today")
    actions.decide_publication(world.by("alice"), ref, Decision.SKIP, "three users")
    actions.decide_publication(world.by("alice"), ref, Decision.PUBLISH)
    published(world, ref, 2)
    assert files(site) == [PATH]
    assert shown(world, ref)["publication"]["published"]


def test_a_title_and_a_place_of_the_team_s_own(world: World, site: Path) -> None:
    world.runs(
        website_title="What happened on {day} ({ref})",
        website_slug="Incident {ref}!",
        website_path="posts/{slug}.md",
        website_url="https://status.example/{year}/{slug}",
        website_tags=(),
        website_authors=("ana-ruiz",),
    )
    ref = actions.declare(world.by("bob"), DeclareRequest("Search is slow")).state.ref
    actions.resolve(world.by("bob"), ref)
    text = published(world, ref)
    assert f'title: "What happened on 2026-03-02 ({ref})"\n' in text
    assert 'authors:\n  - "ana-ruiz"\n' in text
    assert "tags" not in text
    assert files(site) == [f"posts/incident-{ref}.md"]
    assert shown(world, ref)["publication"]["url"] == f"https://status.example/2026/incident-{ref}"
