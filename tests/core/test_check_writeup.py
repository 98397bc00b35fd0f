"""The reader of drafts: what it points out with its passage, and the good texts about which it says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from musterpoint.core.advice import Advice
from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.check_writeup import check
from musterpoint.core.check_writeup_actions import begins_with_a_verb
from musterpoint.core.incident import Who
from musterpoint.core.journal import Curation, MarkKind, Verdict
from musterpoint.core.process import Process
from tests.core.incidents import BOB, NOW
from tests.core.writeups import PROCESS, Story, begun, relapsed

GOOD = {
    "summary": "On 2026-03-02 the checkout of the web shop answered 502, from 09:01 UTC until 09:29 UTC: 28 minutes. "
    "Between 09:22 and 09:25 UTC it seemed to be resolved.",
    "impact": "About 1,200 customers could not pay; 38 % of checkouts failed. Customers were affected for 25 minutes.",
    "trigger": "Version 4.1.3 was deployed at 08:50 UTC. It made the connection pool half as large (`pool.size=5`).",
    "factors": "- The pool size is not part of the load test.\n"
    "- Rolling back took the proxies out of step, which no runbook tells.\n"
    "- Because of Priya's note in the thread the pool was found quickly; nothing else showed its size.",
    "detection": "A probe noticed it at 09:08 UTC, 7 minutes after the beginning and 18 minutes after the deployment.",
    "resolution": "Priya Nair rolled back to 4.1.2 at 09:20 UTC. She failed over to the old proxies and restarted them "
    "at 09:27 UTC, every 5 minutes one more; a timeout of 30 minutes had kept them out.",
    "lucky": "It was a Monday morning: at noon it could have been worse.",
    "went_well": "The rollback took 2 minutes. The page <https://status.example/12:34> was kept up.",
}


def advice(story: Story, process: Process = PROCESS, *actions: Action) -> list[Advice]:
    incident = story.incident
    incident = replace(incident, after=replace(incident.after, actions=actions))
    return check(incident, story.entries, list(story.parts().values()), process, NOW)


def of(code: str, found: list[Advice]) -> list[tuple[str, str]]:
    return [(each.part, each.passage) for each in found if each.code == code]


def written(**texts: str) -> Story:
    """A story whose parts are people's: these, and good texts for all others."""
    story = relapsed()
    for name, text in {**GOOD, **texts}.items():
        story.put(name, text)
    return story


def test_of_a_good_text_nothing_is_said() -> None:
    assert advice(written()) == []


def test_of_what_is_composed_and_complete_only_the_questions_are_named() -> None:
    assert {each.code for each in advice(relapsed())} == {"open_question"}


def test_a_passage_stands_in_its_part_exactly() -> None:
    story = written(summary="It broke.  At 11:11 all\nwas well. Human error.", factors="Bob should have looked.")
    parts = story.parts()
    found = advice(story)
    assert len(found) >= 4
    for each in found:
        assert each.passage in parts[each.part].text


# --- the timeline ------------------------------------------------------------------------------------------------


def test_a_timeline_without_detection_and_resolution_is_pointed_out() -> None:
    story = relapsed()
    story.add(Curation("slack:C1/1", Verdict.DROP), 0)
    story.corrects("detected", -60)
    found = advice(story)
    assert [part for part, _ in of("no_detection", found)] == ["timeline"]
    story.put("timeline", "- 09:20 nothing happened\n- 09:21 nothing more")
    found = advice(story)
    assert of("no_detection", found) == [("timeline", "- 09:20 nothing happened")]
    assert of("no_resolution", found) == [("timeline", "- 09:21 nothing more")]


def test_a_timeline_of_an_open_incident_needs_no_resolution() -> None:
    story = begun()
    assert of("no_resolution", advice(story)) == []


def test_a_long_silence_names_both_rows() -> None:
    story = begun()
    story.says("Rolled back to 4.1.2", -2, mark=MarkKind.ACTION_TAKEN)
    story.resolves(-1)
    found = advice(story, Process(silence=600))
    [(part, passage)] = of("silence", found)
    assert part == "timeline"
    assert "Bob made an incident of the thread" in passage
    assert passage.endswith("2026-03-02 09:28 Priya Nair: Rolled back to 4.1.2")
    assert "silent for 18 min" in next(each.text for each in found if each.code == "silence")
    assert of("silence", advice(story, Process(silence=3600))) == []


# --- times -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "At 12:34 the pool was found.",
        "It was found at 09:33 UTC.",
        "It went on until 2026-03-05.",
        "At 9:07 am it began.",
    ],
)
def test_a_time_that_the_record_does_not_have_is_pointed_out(sentence: str) -> None:
    assert of("time_not_in_record", advice(written(summary=f"All failed. {sentence} Then all was well."))) == [
        ("summary", sentence)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It began at 09:01.",
        "It began at 9:01 am.",
        "It began around 09:05.",
        "It began at 10:01 CET.",
        "It listens on 10.0.0.1:5432.",
        "See `12:34` and https://chat.example/12:34.",
        "Priya wrote: “it began at 12:34”.",
        "The certificate is from 2026-03-02.",
    ],
)
def test_times_that_fit_or_are_none_are_left_alone(text: str) -> None:
    assert of("time_not_in_record", advice(written(summary=text))) == []


def test_a_time_that_somebody_named_in_a_row_is_known() -> None:
    story = written(trigger="The job ran at 07:45.")
    assert len(of("time_not_in_record", advice(story))) == 1
    story.says("The job ran at 07:45, says its log", -3, mark=MarkKind.FINDING)
    assert of("time_not_in_record", advice(story)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The outage lasted 45 minutes.",
        "Checkout was unavailable for about 2 hours.",
        "It was resolved within 12 min.",
        "45 minutes of downtime for all shops.",
        "Customers were affected for 1 h 05 min.",
    ],
)
def test_a_length_that_differs_from_the_record_is_pointed_out(sentence: str) -> None:
    found = advice(written(impact=f"1,200 customers. {sentence}"))
    assert of("length_differs", found) == [("impact", sentence)]
    assert "it has " in next(each.text for each in found if each.code == "length_differs")


@pytest.mark.parametrize(
    "text",
    [
        "The outage lasted 28 minutes.",
        "The outage lasted almost 30 minutes.",
        "Customers were affected for 25 minutes.",
        "It was detected within 7 minutes.",
        "The outage began 11 minutes after the deployment.",
        "A timeout of 45 minutes made the outage worse.",
        "The backup is 45 minutes old.",
        "5m requests were affected.",
    ],
)
def test_lengths_that_fit_or_are_of_something_else_are_left_alone(text: str) -> None:
    assert of("length_differs", advice(written(impact=text))) == []


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "Priya broke the pool.",
        "Priya Nair had accidentally misconfigured it.",
        "It was caused by Bob.",
        "Bob's mistake made it worse.",
        "Priya didn't check the size.",
        "The cause is human error.",
        "It was an operator error.",
        "A careless change.",
        "Priya should have tested it.",
    ],
)
def test_a_person_as_the_cause_is_pointed_out(sentence: str) -> None:
    story = written(factors=f"- The pool was small.\n- {sentence}")
    story.says("on it", -3, BOB.who)
    assert of("blame", advice(story)) == [("factors", f"- {sentence}")]


@pytest.mark.parametrize(
    "text",
    [
        "Priya failed over to the other region.",
        "Priya found the broken pool.",
        "Because of Priya's note it was found.",
        "The deploy broke the pool.",
        "Probe failed at once.",
        "Priya rolled back what the deploy had broken.",
        "Priyanka broke the silence.",
    ],
)
def test_what_people_did_is_no_blame(text: str) -> None:
    assert of("blame", advice(written(resolution=f"{text} That helped."))) == []


def test_a_finding_that_names_a_person_as_the_cause_is_pointed_out_where_it_is_composed() -> None:
    story = relapsed()
    story.says("Priya broke the pool with 4.1.3", -2, mark=MarkKind.FINDING)
    assert {part for part, _ in of("blame", advice(story))} == {"trigger", "factors"}


def test_hindsight_is_pointed_out_but_not_luck() -> None:
    story = written(
        resolution="A load test would have shown it. It was rolled back.", lucky="It would have lasted longer."
    )
    assert of("hindsight", advice(story)) == [("resolution", "A load test would have shown it.")]


def test_one_factor_alone_is_pointed_out() -> None:
    assert of("single_cause", advice(written(factors="The pool was too small."))) == [
        ("factors", "The pool was too small.")
    ]
    assert of("single_cause", advice(written(factors="- The pool was too small.\n  - by half"))) == [
        ("factors", "- The pool was too small.")
    ]
    assert of("single_cause", advice(written(factors="The pool was small.\n\nNobody saw it."))) == []


def test_an_impact_without_a_number_is_pointed_out() -> None:
    assert of("no_numbers", advice(written(impact="Many could not pay at 09:08."))) == [
        ("impact", "Many could not pay at 09:08.")
    ]
    assert of("no_numbers", advice(written(impact="No customer was affected."))) == []


@pytest.mark.parametrize("text", ["*Open question: How many customers were affected?*", "TBD", "Since ???"])
def test_a_question_that_is_left_is_pointed_out(text: str) -> None:
    assert of("open_question", advice(written(impact=f"12 customers.\n\n{text}"))) == [("impact", text)]


def test_a_question_that_two_composed_parts_ask_is_told_once() -> None:
    passages = [passage for _, passage in of("open_question", advice(begun()))]
    assert passages.count("When did the impact begin?") == 1


# --- actions -----------------------------------------------------------------------------------------------------


def test_an_action_without_verb_owner_or_date_is_pointed_out() -> None:
    found = advice(written(), PROCESS, Action(1, "Pool alerts"))
    assert {each.code for each in found} == {"action_no_verb", "action_no_owner", "action_no_due"}
    assert {(each.part, each.passage) for each in found} == {("actions", "Pool alerts")}


def test_an_owner_whom_nobody_here_knows_is_pointed_out() -> None:
    owner = Who("name:Kim Sato", "Kim Sato")
    [found] = advice(written(), PROCESS, Action(1, "Alert on the pool", owner, "2026-03-10"))
    assert found.code == "action_owner_unknown"
    assert "Kim Sato" in found.text


def test_of_what_is_done_or_complete_nothing_is_said() -> None:
    complete = Action(1, "Alert on the pool", BOB.who, "2026-03-10")
    done = Action(2, "Pool", status=ActionStatus.DONE, ended_at=NOW)
    declined = Action(3, "Pool", status=ActionStatus.DECLINED, reason="too dear", ended_at=NOW)
    assert advice(written(), PROCESS, complete, done, declined) == []


@pytest.mark.parametrize(
    "title",
    [
        "Alert on a full pool",
        "[infra] Redeploy the proxies",
        "proxy: add a limit",
        "To test the rollback",
        "Don't retry",
        "Auto-scale the pool",
        "Please document it",
        "`pool.size`: raise it",
        "Double-check the size",
    ],
)
def test_a_title_that_begins_with_what_is_to_be_done(title: str) -> None:
    assert begins_with_a_verb(title)


@pytest.mark.parametrize(
    "title", ["Pool alerts", "Better monitoring", "The rollback", "Monitoring", "42", "Disk usage"]
)
def test_a_title_that_does_not_say_what_is_to_be_done(title: str) -> None:
    assert not begins_with_a_verb(title)
