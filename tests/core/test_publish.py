"""Publish: a post is the default, skipping it takes authority and a reason, and one revision follows the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from musterpoint.core import publish
from musterpoint.core.aftermath import Aftermath, Decision, Publication
from musterpoint.core.aftermath_journal import PostRequested, PublicationDecision, RowPublic
from musterpoint.core.decision import Draft
from musterpoint.core.incident import Incident, Kind, Status
from tests.core.incidents import ADELE, ALICE, BOB, NOW, VICTOR, incident, refused

TEXT = "---\ndate: 2026-03-02\n---\n\nWe are sorry.\n"


def resolved(status: Status = Status.RESOLVED, **publication: Any) -> Incident:
    return incident(status=status, after=Aftermath(publication=Publication(**publication)))


def requested(state: Incident, text: str = TEXT, **values: Any) -> PostRequested:
    draft = publish.request(state, BOB, NOW, "blog/a.md", "/blog/a/", text, **values)
    assert isinstance(draft.fact, PostRequested)
    return draft.fact


def test_whoever_responds_decides_to_publish() -> None:
    draft = publish.decide(resolved(), BOB, Decision.PUBLISH, NOW)
    assert draft.fact == PublicationDecision(Decision.PUBLISH)
    with refused("read_only", "Victor may read"):
        publish.decide(resolved(), VICTOR, Decision.PUBLISH, NOW)


@pytest.mark.parametrize("actor", [BOB, ADELE])
def test_skipping_takes_authority(actor: Any) -> None:
    with refused("no_authority", "has no authority to skip the public post", "[authority]"):
        publish.decide(resolved(), actor, Decision.SKIP, NOW, "three users")


def test_skipping_takes_a_reason() -> None:
    with refused("empty", "The reason is empty"):
        publish.decide(resolved(), ALICE, Decision.SKIP, NOW, "  ")
    draft = publish.decide(resolved(), ALICE, Decision.SKIP, NOW, " three users ")
    assert draft.fact == PublicationDecision(Decision.SKIP, "three users")


@pytest.mark.parametrize("decision", [None, Decision.PUBLISH])
def test_whoever_responds_takes_a_skip_back(decision: Decision | None) -> None:
    state = resolved(decision=Decision.SKIP)
    assert publish.decide(state, BOB, decision, NOW).fact == PublicationDecision(decision)


@pytest.mark.parametrize(
    ("decision", "words"),
    [(None, "not decided already"), (Decision.PUBLISH, "to be published"), (Decision.SKIP, "to be skipped")],
)
def test_the_same_decision_twice_is_none(decision: Decision | None, words: str) -> None:
    with refused("unchanged", words):
        publish.decide(resolved(decision=decision), ALICE, decision, NOW, "because")


def test_what_is_on_the_website_cannot_be_skipped() -> None:
    with refused("published", "is on the website: blog/a.md", "remove it there by hand"):
        publish.decide(resolved(requested=1, published=1, path="blog/a.md"), ALICE, Decision.SKIP, NOW, "no")
    with refused("on_its_way", "Revision 1"):
        publish.decide(resolved(requested=1), ALICE, Decision.SKIP, NOW, "no")
    draft = publish.decide(resolved(requested=1), ALICE, Decision.SKIP, NOW, "no", given_up=True)
    assert draft.fact == PublicationDecision(Decision.SKIP, "no")


@pytest.mark.parametrize("values", [{"restricted": True}, {"kind": Kind.SECURITY}])
def test_of_a_security_incident_nothing_is_published_here(values: dict[str, Any]) -> None:
    state = replace(resolved(), **values)
    steps: list[Callable[[], Draft]] = [
        lambda: publish.decide(state, ALICE, Decision.PUBLISH, NOW),
        lambda: publish.request(state, ALICE, NOW, "a.md", "/a", TEXT),
        lambda: publish.choose_row(state, ALICE, "entry:1", True, NOW),
    ]
    for step in steps:
        with refused("not_public", "concerns security", "[security] contact"):
            step()


def test_an_open_incident_is_not_published() -> None:
    with refused("not_resolved", "is open", "resolve 7"):
        requested(resolved(Status.OPEN))
    with refused("cancelled", "was cancelled"):
        requested(resolved(Status.CANCELLED))


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
@pytest.mark.parametrize("decision", [None, Decision.PUBLISH])
def test_publishing_needs_no_decision_first(status: Status, decision: Decision | None) -> None:
    assert requested(resolved(status, decision=decision)) == PostRequested(1, "blog/a.md", "/blog/a/", TEXT)


def test_a_skip_must_be_taken_back_first() -> None:
    with refused("skipped", "publish no post: three users", "publication decide 7 publish"):
        requested(resolved(decision=Decision.SKIP, reason="three users"))


def test_one_revision_follows_the_other_at_the_same_path() -> None:
    state = resolved(requested=1, published=1, path="blog/first.md")
    fact = requested(state, TEXT.replace("sorry", "very sorry"), was=TEXT)
    assert (fact.revision, fact.path) == (2, "blog/first.md")


def test_not_while_one_is_on_its_way_unless_it_was_given_up() -> None:
    with refused("on_its_way", "Revision 2", "effects"):
        requested(resolved(requested=2, published=1), was=TEXT)
    assert requested(resolved(requested=2, published=1), "other", given_up=True, was=TEXT).revision == 3


def test_the_same_text_is_not_published_twice_whatever_its_day_of_update() -> None:
    state = resolved(requested=1, published=1)
    with refused("unchanged", "exactly this text", "publication edit 7"):
        requested(state, TEXT.replace("---\n", "---\nlastUpdated: 2026-03-09\n", 1), was=TEXT)
    with refused("empty", "The post is empty"):
        requested(resolved(), "\n")


def test_a_row_is_chosen_or_kept_back() -> None:
    assert publish.choose_row(incident(), BOB, "entry:3", True, NOW).fact == RowPublic("entry:3", True)
    with refused("read_only", "Victor"):
        publish.choose_row(incident(), VICTOR, "entry:3", False, NOW)
