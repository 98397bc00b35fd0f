"""The public post out of the record: impact before cause, every sentence with its evidence, nobody's name in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core import writeup
from musterpoint.core.aftermath import Action, ActionStatus, Aftermath
from musterpoint.core.aftermath_journal import ActionAdded, ActionEnded, RowPublic, WriteupEdit
from musterpoint.core.compose_record import FIELDS
from musterpoint.core.incident import Basis, Incident, Status, Who
from musterpoint.core.journal import (
    Correction,
    Curation,
    Declaration,
    Deletion,
    Entry,
    Fact,
    LeadChange,
    Mark,
    MarkKind,
    Message,
    Note,
    Redaction,
    RowKind,
    StatusChange,
    Verdict,
    replay,
)
from musterpoint.core.post import PublicPost, compose
from musterpoint.core.post_words import day_words, filled, length_words, slug
from musterpoint.core.process import Process
from musterpoint.core.public_words import Known, people_of
from tests.core.incidents import BOB, at, entry

KIM, OLA = Who("slack:U1KIM", "Kim Sato"), Who("slack:U2OLA", "Ola Berg")


class Story:
    """An incident that is told entry by entry, a minute apart unless a test says when."""

    def __init__(self, affected: str = "the web shop", title: str = "Checkout answers 502") -> None:
        self.entries: list[Entry] = []
        self.add(Declaration(title, affected, detected_at=at(-5), detected_basis=Basis.STATED), 0)
        self.add(LeadChange(KIM), 1, who=KIM)

    def add(self, fact: Fact, minutes: float | None = None, who: Who | None = OLA) -> str:
        number = len(self.entries) + 1
        self.entries.append(entry(fact, number if minutes is None else minutes, number, who))
        return self.entries[-1].ref

    def did(self, text: str, minutes: float | None = None, **values: Any) -> str:
        ref = self.add(Note(text), minutes, **values)
        self.add(Mark(ref, MarkKind.ACTION_TAKEN), minutes)
        return ref

    def resolved(self, minutes: float = 90) -> Story:
        self.add(Correction("impact_began", at(-10)), minutes)
        self.add(StatusChange(Status.RESOLVED, "rolled back"), minutes)
        return self

    @property
    def state(self) -> Incident:
        return replay("7", self.entries)

    def post(self, known: Sequence[Known] = (), **settings: Any) -> PublicPost:
        process = Process(**settings)
        parts = writeup.parts(self.state, self.entries, process)
        return compose(self.state, self.entries, process, parts, known)


def rows(post: PublicPost) -> list[tuple[str, str]]:
    return [(f"{each.at:%H:%M}", each.sentence.text) for each in post.rows]


def said(sentences: Sequence[Any]) -> str:
    return " ".join(each.text for each in sentences)


def whole(post: PublicPost) -> str:
    return "\n".join([post.title, post.description, *(each.text for each in post.sentences)])


def test_it_tells_the_impact_first_then_what_happened() -> None:
    story = Story()
    story.did("Rolled back to 4.1.2", 30)
    post = story.resolved().post()
    assert post.title == "Service Disruption Report for March 2nd, 2026"
    assert said(post.introduction) == (
        "On March 2nd, 2026, a disruption affected our customers for 1 hour and 40 minutes. Affected: the web shop. "
        "We are sorry for the trouble that this has caused you."
    )
    assert said(post.summary) == (
        "What we saw: Checkout answers 502. The disruption began at 09:20 UTC on March 2nd, 2026. "
        "We noticed it at 09:25 UTC, 5 minutes later. The disruption was resolved at 11:00 UTC."
    )
    assert said(post.resolution) == "At 10:00 UTC: Rolled back to 4.1.2. The disruption was resolved at 11:00 UTC."
    assert rows(post) == [
        ("09:20", "The disruption began."),
        ("09:25", "We noticed the disruption."),
        ("10:00", "Rolled back to 4.1.2."),
        ("11:00", "The disruption was resolved."),
    ]
    assert 80 <= len(post.description) <= 220
    assert "outage" not in whole(post)


def test_every_sentence_rests_on_an_entry_or_a_field() -> None:
    story = Story()
    story.did("Rolled back", 30)
    story.add(ActionAdded(1, "Add an alert"))
    story.add(WriteupEdit("impact", "38 % of the orders failed."))
    story.add(WriteupEdit("trigger", "A deployment with a wrong setting."))
    story.resolved()
    known = {each.ref for each in story.entries} | set(FIELDS) | {"action:1"}
    for sentence in story.post().sentences:
        assert sentence.cites, sentence
        assert set(sentence.cites) <= known, sentence


def test_a_relapse_is_told_and_only_the_time_of_the_impact_counts() -> None:
    story = Story()
    story.add(Correction("impact_began", at(0)), 1)
    story.add(StatusChange(Status.RESOLVED), 20)
    story.add(StatusChange(Status.OPEN, relapse=True), 50)
    story.add(StatusChange(Status.RESOLVED), 60)
    post = story.post()
    assert "for 30 minutes" in said(post.introduction)
    assert "It came back at 10:20 UTC, after it had seemed to be resolved." in said(post.summary)
    assert [text for _, text in rows(post)] == [
        "We noticed the disruption.",
        "The disruption began.",
        "The disruption seemed to be resolved.",
        "The disruption came back.",
        "The disruption was resolved.",
    ]


def test_while_customers_are_affected_it_says_so() -> None:
    post = Story().post()
    assert said(post.introduction).startswith("On March 2nd, 2026, a disruption affected our customers. ")
    assert said(post.summary).endswith("We are still working on it.")


def test_what_nobody_said_is_asked_not_told() -> None:
    story = Story(affected="")
    post = story.post()
    assert post.questions == (
        "When did the impact begin?",
        "What was affected, in numbers?",
        "What caused it? The RCA of the write-up says nothing yet that a person wrote.",
        "What is done so that it does not happen again? There is no action yet.",
    )
    assert (post.technical, post.steps) == ((), ())
    story.add(ActionAdded(1, "Add an alert"))
    story.add(WriteupEdit("factors", "A wrong setting."))
    story.add(WriteupEdit("impact", "Every tenth order failed."))
    assert story.resolved().post().questions == ()


def test_what_people_wrote_in_the_writeup_is_taken_over_without_names() -> None:
    story = Story()
    story.add(WriteupEdit("summary", "Kim’s deployment filled db-01."))
    story.add(WriteupEdit("impact", "38 % of the orders of Acme failed.\n\nMore of it."))
    story.add(WriteupEdit("factors", "ola had no alert."))
    story.add(WriteupEdit("resolution", "Kim Sato rolled back."))
    post = story.resolved().post(customers=("Acme",))
    assert said(post.summary) == "The incident lead’s deployment filled one of our servers."
    assert "38 % of the orders of a customer failed. We are sorry" in said(post.introduction)
    assert [(each.title, each.sentence.text) for each in post.technical] == [
        ("Contributing factors", "An engineer had no alert.")
    ]
    assert said(post.resolution) == "The incident lead rolled back."


def test_the_next_steps_name_open_and_done_actions_with_links_that_work() -> None:
    story = Story()
    for number, tracked in enumerate(["https://github.com/acme/shop/issues/3", "http://localhost/4", "", ""], start=1):
        story.add(ActionAdded(number, f"Step {number} of Kim.", KIM, tracked=tracked))
    story.add(ActionEnded(2, ActionStatus.DONE))
    story.add(ActionEnded(4, ActionStatus.DECLINED, "too dear"))
    steps = [(each.sentence.text, each.url, each.done) for each in story.resolved().post().steps]
    assert steps == [
        ("Step 1 of the incident lead", "https://github.com/acme/shop/issues/3", False),
        ("Step 2 of the incident lead", "", True),
        ("Step 3 of the incident lead", "", False),
    ]


# --- which rows the public sees -----------------------------------------------------------------------------------


def shown(story: Story, **settings: Any) -> list[str]:
    own = ("The disruption", "We noticed")
    return [text for _, text in rows(story.resolved().post(**settings)) if not text.startswith(own)]


def test_a_finding_is_public_only_when_somebody_chooses_it() -> None:
    story = Story()
    ref = story.add(Note("The pool is full"))
    story.add(Mark(ref, MarkKind.FINDING))
    assert shown(story) == []
    story.add(RowPublic(ref, True))
    assert shown(story) == ["The pool is full."]


def test_a_row_that_is_kept_from_the_public_is_hidden_whatever_it_is() -> None:
    story = Story()
    ref = story.did("Rolled back", 30)
    assert shown(story) == ["Rolled back."]
    story.add(RowPublic(ref, False))
    assert shown(story) == []
    resolution = next(each.ref for each in story.entries if isinstance(each.fact, StatusChange))
    story.add(RowPublic(resolution, False))
    assert "The disruption was resolved." not in [text for _, text in rows(story.post())]


def test_what_is_suggested_or_dropped_is_not_public_by_itself() -> None:
    story = Story()
    story.add(Note("I rolled back to 4.1.2, errors are gone"), 30)
    dropped = story.did("Restarted it", 31)
    story.add(Curation(dropped, Verdict.DROP))
    assert shown(story) == []
    story.add(RowPublic(dropped, True))
    assert shown(story) == ["Restarted it."]


@pytest.mark.parametrize("public", [True, None])
def test_of_a_deleted_or_redacted_message_nothing_is_left_to_tell(public: bool | None) -> None:
    story = Story()
    deleted, redacted = story.did("Rolled back", 30), story.did("The password is hunter2", 31)
    story.add(Deletion(deleted))
    story.add(Redaction(redacted, "a password"))
    if public:
        story.add(RowPublic(deleted, True))
        story.add(RowPublic(redacted, True))
    assert shown(story) == []


def test_a_row_that_names_hosts_is_public_only_when_it_is_chosen() -> None:
    story = Story()
    ref = story.did("Restarted db-01", 30)
    assert shown(story) == []
    story.add(RowPublic(ref, True))
    assert shown(story) == ["Restarted one of our servers."]


def test_a_row_that_says_a_name_is_public_without_it() -> None:
    story = Story()
    story.did("Kim Sato and ola rolled back", 30)
    assert shown(story) == ["The incident lead and an engineer rolled back."]


def test_what_an_app_said_is_our_monitoring_s() -> None:
    story = Story()
    ref = story.add(Message("5xx above 5 %", bot=True), 2, who=Who("slack:B1", "Alert Bot"))
    story.add(Mark(ref, MarkKind.TIMELINE))
    story.add(RowPublic(ref, True))
    assert shown(story) == ["Our monitoring: 5xx above 5 %."]


def test_markup_in_what_people_wrote_stays_text() -> None:
    story = Story()
    story.did("<script>x</script> *all* [x](y)", 30)
    assert shown(story) == ["\\<script>x\\</script> \\*all\\* \\[x\\](y)."]


def test_how_days_lengths_and_patterns_are_put() -> None:
    days = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31]
    found = [day_words(at(0).date().replace(month=1, day=day)).split()[1].rstrip(",") for day in days]
    assert found == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "31st"]
    lengths = {30: "less than a minute", 60: "1 minute", 3600: "1 hour", 3720: "1 hour and 2 minutes"}
    lengths |= {90_000: "1 day and 1 hour", 172_800: "2 days", 86_400 + 120: "1 day", -5: "less than a minute"}
    for seconds, words in lengths.items():
        assert length_words(timedelta(seconds=seconds)) == words
    assert filled("{ref}-{what}-{", {"ref": "7"}) == "7-{what}-{"
    assert [slug("Über: A/b..c "), slug("../"), slug("a_b")] == ["ber-a-b..c", "incident", "a-b"]


# --- whatever is said ---------------------------------------------------------------------------------------------

PEOPLE = [KIM, OLA, BOB.who, Who("slack:U3", "Noor Aziz"), Who("slack:U4", "José O'Neil")]
NAMED = some.sampled_from([form for each in PEOPLE for form in (each.name, *each.name.split(), each.name.upper())])
FILLING = some.sampled_from(["rolled", "back", "and", "asked", "it", "failed:", "(now)", "–", "restarted", "@", "*"])
SAID = some.lists(some.one_of(NAMED, FILLING), min_size=1, max_size=8).map(" ".join)


@given(texts=some.lists(some.tuples(SAID, some.sampled_from(PEOPLE)), max_size=6), title=SAID, part=SAID)
def test_no_name_of_anybody_who_took_part_is_in_any_post(texts: list[tuple[str, Who]], title: str, part: str) -> None:
    story = Story(affected=title, title=title)
    for text, who in texts:
        ref = story.did(text, who=who)
        story.add(RowPublic(ref, True))
    story.add(ActionAdded(1, part, PEOPLE[3]))
    for name in ("summary", "impact", "factors"):
        story.add(WriteupEdit(name, part))
    post = story.resolved().post([Known(each.name) for each in PEOPLE])
    names = {word.lower() for each in PEOPLE for word in re.findall(r"[^\W_]{2,}", each.name)}
    assert not {word.lower() for word in re.findall(r"[^\W_]{2,}", whole(post))} & names
    assert {each.name for each in people_of(story.state, story.entries)} >= {KIM.name, OLA.name}


def test_an_action_of_nobody_and_no_time_at_all_make_a_post_too() -> None:
    state = Incident("7", "Something", after=Aftermath(actions=(Action(1, "Look"),)))
    post = compose(state, [], Process())
    assert said(post.introduction).startswith("A disruption affected our customers. We are sorry")
    assert all(sentence.cites for sentence in post.sentences)
    assert post.rows == ()


def test_row_kinds_that_are_public_are_kinds_of_row() -> None:
    story = Story()
    ref = story.add(Note("Customers told us"))
    story.add(Curation(ref, Verdict.KEEP, row_kind=RowKind.DETECTION))
    assert shown(story) == ["Customers told us."]
