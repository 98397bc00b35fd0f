"""Composing: every sentence rests on an entry or a field, lengths are computed, and what nobody said is a question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.compose import compose, compose_part
from musterpoint.core.compose_record import FIELDS
from musterpoint.core.incident import Basis, Incident, Milestone, Severity, Status
from musterpoint.core.journal import (
    Correction,
    Curation,
    Declaration,
    Deletion,
    Edit,
    Fact,
    LeadChange,
    Mark,
    MarkKind,
    Message,
    RowKind,
    SeverityChange,
    StatusChange,
    Verdict,
    replay,
)
from musterpoint.core.process import Process
from musterpoint.core.writeup_parts import PARTS
from tests.core.incidents import BOB, NOW, at
from tests.core.writeups import PRIYA, PROCESS, Story, begun, relapsed


def test_the_summary_tells_what_since_when_how_bad_and_how_it_was_resolved() -> None:
    text = relapsed().text("summary")
    assert text.startswith("Checkout answers 502. (`entry:2`) Affected: web shop. (`entry:2`)")
    assert (
        "28 min went by from the beginning of the impact at 2026-03-02 09:01 UTC (stated)"
        " to its resolution at 2026-03-02 09:29 UTC." in text
    )
    assert "Severity: major." in text
    assert "Bob reported a relapse at 2026-03-02 09:25 UTC: “same errors”." in text
    assert "Bob resolved it: “proxies restarted”." in text
    assert "Open question" not in text


def test_a_team_names_its_severities_itself() -> None:
    process = Process(severities={**Process().severities, Severity.MAJOR: "SEV2"})
    story = begun()
    assert "Severity: SEV2." in compose(story.incident, story.entries, process)["summary"].text


def test_what_nobody_said_is_asked_and_not_guessed() -> None:
    story = begun(affected="", severity=None, detected_at=None)
    composed = compose(story.incident, story.entries, PROCESS)
    assert composed["summary"].questions == ("What was affected?", "When did the impact begin?", "How severe was it?")
    assert "*Open question: What was affected?*" in composed["summary"].text
    assert "How many customers were affected?" in composed["impact"].questions
    assert composed["trigger"].questions == ("What triggered it?",)
    assert composed["lucky"].sentences == ()
    assert composed["detection"].questions == ("When was it detected?",)


def test_without_the_beginning_of_the_impact_the_length_is_from_detection_and_says_so() -> None:
    story = begun()
    story.resolves(-1)
    assert (
        "21 min went by from its detection at 2026-03-02 09:08 UTC (estimated)"
        " to its resolution at 2026-03-02 09:29 UTC." in story.text("summary")
    )
    assert "Customers were affected until 2026-03-02 09:29 UTC; since when is not known." in story.text("impact")


def test_an_open_incident_is_said_to_be_open() -> None:
    story = begun()
    assert "nobody has said yet that it is resolved" in story.text("summary")
    story.corrects("impact_began", -29)
    assert "Customers are affected since 2026-03-02 09:01 UTC (stated)." in story.text("summary")
    assert "It is not resolved yet." in story.text("resolution")


def test_a_relapse_makes_two_stretches_that_are_counted_apart_and_together() -> None:
    text = relapsed().text("impact")
    assert "Stretch 1: customers were affected from 2026-03-02 09:01 UTC (stated) to 09:22 UTC: 21 min." in text
    assert "Stretch 2: customers were affected from 2026-03-02 09:25 UTC to 09:29 UTC: 4 min." in text
    assert "All 2 stretches together: 25 min." in text
    assert "Time to detect: 7 min (estimated)." in text


def test_the_end_of_a_stretch_follows_its_correction() -> None:
    story = begun()
    story.corrects("impact_began", -29)
    story.resolves(-8)
    story.corrects("resolved", -10)
    story.relapses(-5)
    story.resolves(-2)
    story.corrects("resolved", -3)
    text = story.text("impact")
    assert "to 09:20 UTC (stated): 19 min" in text
    assert "from 2026-03-02 09:25 UTC to 09:27 UTC (stated): 2 min" in text


def test_closing_and_reopening_is_no_resolution_of_its_own() -> None:
    story = begun()
    story.corrects("impact_began", -29)
    story.resolves(-8)
    story.add(StatusChange(Status.CLOSED), -7)
    story.add(StatusChange(Status.RESOLVED, "an action was opened again"), -6)
    text = story.text("impact")
    assert "from 2026-03-02 09:01 UTC (stated) to 09:22 UTC: 21 min" in text
    assert "Stretch" not in text
    assert "opened again" not in story.text("summary")


def test_figures_about_customers_are_quoted_with_who_said_them() -> None:
    text = relapsed().text("impact")
    assert "Priya Nair at 2026-03-02 09:15 UTC: “About 1,200 customers cannot pay, 38% of checkouts fail”" in text
    assert "Open question" not in text


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("200 users cannot log in", True),
        ("12 % of requests fail", True),
        ("3k failed payments", True),
        ("CPU at 95 %", False),
        ("502 errors on checkout", False),
        ("at 14:20 users complained", False),
        ("customers complain", False),
    ],
)
def test_figures_of_machines_are_no_impact(text: str, counts: bool) -> None:
    story = begun()
    story.says(text, -15, mark=MarkKind.TIMELINE)
    assert (f"“{text}”" in story.text("impact")) == counts


def test_the_timeline_is_its_rows_without_a_heading() -> None:
    story = relapsed()
    composed = story.part("timeline").composed
    assert composed.text.startswith("2026-03-02, all times are UTC.\n\n- **08:50** Priya Nair: 4.1.3 deployed")
    assert len(composed.sentences) == composed.text.count("\n- **") == 10
    assert "## " not in composed.text


def test_a_finding_that_names_a_cause_is_quoted_as_the_trigger() -> None:
    composed = relapsed().part("trigger").composed
    assert [each.text for each in composed.sentences] == [
        "Priya Nair at 2026-03-02 09:18 UTC: “The 502s were caused by the new pool size in 4.1.3”"
    ]
    assert composed.questions == ()


def test_a_change_before_the_detection_is_only_named_as_such() -> None:
    story = begun()
    story.says("4.1.3 deployed to production", -40, mark=MarkKind.TIMELINE)
    composed = story.part("trigger").composed
    assert [each.text for each in composed.sentences] == [
        "Before it was noticed: Priya Nair at 2026-03-02 08:50 UTC: “4.1.3 deployed to production”"
    ]
    assert composed.questions == ("Is one of these what triggered it?",)


def test_factors_are_findings_decisions_and_relapses_as_a_list() -> None:
    story = relapsed()
    story.says("We do not scale the old pool any more", -2, mark=MarkKind.DECISION)
    lines = story.text("factors").splitlines()
    assert len([each for each in lines if each.startswith("- ")]) == 3
    assert "Bob reported a relapse: same errors" in story.text("factors")


def test_one_factor_alone_is_asked_about() -> None:
    story = begun()
    story.says("The pool is too small", -12, mark=MarkKind.FINDING)
    assert story.part("factors").composed.questions == ("What else contributed? There is hardly ever only one factor.",)


def test_detection_cites_the_message_that_it_rests_on() -> None:
    text = relapsed().text("detection")
    assert "It was detected at 2026-03-02 09:08 UTC (estimated)." in text
    assert "Probe at 2026-03-02 09:08 UTC: “ALERT checkout 5xx rate above 10%”" in text
    assert "From detection to declaration: 2 min (estimated)." in text


def test_the_resolution_is_what_was_done_since_the_last_relapse() -> None:
    text = relapsed().text("resolution")
    assert "Restarted the proxies" in text
    assert "Rolled back" not in text
    assert "Bob resolved the incident: proxies restarted" in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Luckily it was a Sunday", "lucky"),
        ("Unfortunately it was a Monday", ""),
        ("Were we lucky?", ""),
        ("The rollback went well", "went_well"),
        ("That did not go well", ""),
        ("The failover has never worked well", ""),
    ],
)
def test_luck_and_what_went_well_are_quoted_where_somebody_says_so(text: str, part: str) -> None:
    story = begun()
    story.says(text, -10)
    found = [name for name in ("lucky", "went_well") if f"“{text}”" in story.text(name)]
    assert found == ([part] if part else [])


def test_what_was_deleted_or_is_to_be_ignored_is_not_quoted() -> None:
    story = begun()
    first, second = story.says("Luckily it was night", -10), story.says("Luckily nobody saw it", -9)
    story.add(Deletion(first), -8)
    story.add(Mark(second, MarkKind.IGNORE), -7)
    assert story.part("lucky").composed.sentences == ()


def test_an_edited_message_is_quoted_as_it_stands_now() -> None:
    story = begun()
    first = story.says("Luckily it was a Sundae", -10)
    story.add(Edit(first, "Luckily it was a Sunday"), -9)
    assert "“Luckily it was a Sunday”" in story.text("lucky")


def test_a_reworded_row_is_not_put_into_the_mouth_of_who_wrote_the_message() -> None:
    story = begun()
    said = story.says("Rolled back", -10, mark=MarkKind.ACTION_TAKEN)
    reworded = story.add(Curation(said, Verdict.REWORD, "Went back to 4.1.2", RowKind.ACTION_TAKEN), 0)
    [sentence] = [each for each in story.part("resolution").composed.sentences if "4.1.2" in each.text]
    assert sentence.text == "2026-03-02 09:20 UTC: Went back to 4.1.2"
    assert sentence.cites == (said, reworded)


def test_what_people_wrote_does_not_become_markup() -> None:
    story = begun(title="Checkout <b>fails</b> [now](x) *often*", affected="a_b")
    text = story.text("summary")
    assert r"Checkout \<b>fails\</b> \[now\](x) \*often\*." in text
    assert r"Affected: a\_b." in text


def test_one_part_alone_is_composed_like_all_of_them() -> None:
    story = relapsed()
    every = compose(story.incident, story.entries, PROCESS)
    assert list(every) == [part.name for part in PARTS]
    for name, composed in every.items():
        assert compose_part(story.incident, story.entries, PROCESS, name) == composed


# --- whatever happened -------------------------------------------------------------------------------------------

TEXTS = (
    "Luckily 12 customers saw it",
    "Rolled back",
    "caused by the pool",
    "went well",
    "12% of requests fail",
    "*x* [a](b)",
    "ALERT probe failed",
    "",
)
FACTS = some.one_of(
    some.builds(Message, some.sampled_from(TEXTS)),
    some.builds(Mark, some.integers(1, 20).map("slack:C1/{}".format), some.sampled_from(MarkKind)),
    some.builds(
        Curation, some.integers(1, 20).map("slack:C1/{}".format), some.sampled_from(Verdict), some.sampled_from(TEXTS)
    ),
    some.builds(Deletion, some.integers(1, 20).map("slack:C1/{}".format)),
    some.builds(Edit, some.integers(1, 20).map("slack:C1/{}".format), some.sampled_from(TEXTS)),
    some.builds(
        StatusChange, some.sampled_from([Status.OPEN, Status.RESOLVED, Status.CLOSED]), some.just(""), some.booleans()
    ),
    some.builds(SeverityChange, some.sampled_from([None, *Severity])),
    some.builds(LeadChange, some.just(PRIYA)),
    some.builds(
        Correction,
        some.sampled_from(Milestone),
        some.one_of(some.none(), some.integers(-500, 500).map(at)),
        evidence=some.sampled_from(["", "slack:C1/3", "slack:C9/9"]),
    ),
    some.builds(WriteupEdit, some.sampled_from([part.name for part in PARTS]), some.just("Words")),
)


def told(facts: list[tuple[Fact, int]]) -> Story:
    story = Story()
    story.add(Declaration("It burns", detected_at=at(-30), detected_ref="slack:C1/2"), -20)
    for fact, minutes in facts:
        story.add(fact, minutes, PRIYA)
    return story


@given(some.lists(some.tuples(FACTS, some.integers(-500, 0)), max_size=25))
def test_every_composed_sentence_cites_what_is_there(facts: list[tuple[Fact, int]]) -> None:
    story = told(facts)
    there = {entry.ref for entry in story.entries} | set(FIELDS)
    for name, composed in compose(story.incident, story.entries, PROCESS).items():
        assert composed.text, name
        for sentence in composed.sentences:
            assert sentence.cites, sentence
            assert set(sentence.cites) <= there
        for question in composed.questions:
            assert question in composed.text


@given(some.lists(some.tuples(FACTS, some.integers(-500, 0)), max_size=25))
def test_no_composed_length_is_negative(facts: list[tuple[Fact, int]]) -> None:
    story = told(facts)
    for composed in compose(story.incident, story.entries, PROCESS).values():
        assert not re.search(r": -\d", composed.text)


def test_a_relapse_that_was_recorded_late_gives_no_negative_length() -> None:
    story = begun()
    story.resolves(-1)
    story.relapses(-3)
    story.resolves(-5)
    assert not re.search(r": -\d", story.text("impact"))


def test_an_incident_without_a_journal_is_composed_of_questions() -> None:
    composed = compose(Incident("7"), [], PROCESS)
    assert composed["summary"].questions
    assert composed["timeline"].text == "*Open question: What happened, and when?*"


def test_a_time_of_a_row_that_is_not_recorded_says_its_basis() -> None:
    story = begun()
    story.says("Rolled back", -10, mark=MarkKind.ACTION_TAKEN)
    last = story.entries[-2]
    story.entries[-2] = replace(last, basis=Basis.ESTIMATED, at=NOW - timedelta(minutes=10))
    assert "Priya Nair at 2026-03-02 09:20 UTC (estimated): “Rolled back”" in story.text("resolution")


def test_the_state_need_not_know_what_the_journal_says() -> None:
    """Nothing is read from the prose of the journal that the state does not have."""
    story = relapsed()
    bare = replace(replay("7", story.entries), milestones={})
    text = compose(bare, story.entries, PROCESS)["summary"].text
    assert "min" not in text
    assert BOB.who.name in text
