"""Correct: the rules. The old value stays beside the new one."""

from __future__ import annotations

import pytest

from musterpoint.core.correct import correct_row, correct_text, correct_time
from musterpoint.core.declare import TITLE_LIMIT
from musterpoint.core.incident import Basis, Milestone, Status
from musterpoint.core.journal import Correction, RowTime
from tests.core.incidents import BOB, NOW, VICTOR, at, estimated, incident, recorded, refused, stated, with_times


def test_the_old_time_stays_beside_the_new_one() -> None:
    fact = correct_time(
        incident(),
        BOB,
        Milestone.DETECTED,
        stated(-30),
        NOW,
        why=" the page ",
        evidence="slack:C7/1.0",
        quote="at 9 we saw it",
    ).fact
    assert fact == Correction(
        field="detected",
        moment_at=at(-30),
        moment_basis=Basis.STATED,
        was_at=at(-20),
        was_basis=Basis.ESTIMATED,
        why="the page",
        evidence="slack:C7/1.0",
        quote="at 9 we saw it",
    )


def test_a_time_that_was_not_known_becomes_known_and_unknown_again() -> None:
    known = correct_time(incident(), BOB, Milestone.IMPACT_BEGAN, stated(-40), NOW).fact
    assert isinstance(known, Correction)
    assert (known.was_at, known.was_basis) == (None, None)
    unknown = correct_time(with_times(impact_began=stated(-40)), BOB, Milestone.IMPACT_BEGAN, None, NOW).fact
    assert unknown == Correction("impact_began", None, was_at=at(-40), was_basis=Basis.STATED)


@pytest.mark.parametrize("milestone", [Milestone.ISSUE_RAISED, Milestone.CLOSED])
def test_what_is_recorded_when_it_happens_is_not_corrected(milestone: Milestone) -> None:
    with refused("fixed", f"{milestone} is recorded when it happens"):
        correct_time(incident(), BOB, milestone, stated(-1), NOW)


def test_the_declaration_has_always_a_time() -> None:
    with refused("fixed", "has always been declared", "Give --at TIME."):
        correct_time(incident(), BOB, Milestone.DECLARED, None, NOW)
    correct_time(incident(), BOB, Milestone.DECLARED, stated(-22), NOW)


def test_what_is_not_resolved_gets_no_time_of_resolution() -> None:
    with refused("not_resolved", "Incident 7 is not resolved.", "resolve 7 --at TIME"):
        correct_time(incident(), BOB, Milestone.RESOLVED, stated(-1), NOW)


def test_the_future_is_refused() -> None:
    with refused("in_the_future", "lies in the future", "Give the time it happened."):
        correct_time(incident(), BOB, Milestone.DETECTED, stated(10), NOW)


@pytest.mark.parametrize("moment", [stated(-40), None])
def test_the_same_again_is_refused(moment: object) -> None:
    state = with_times(impact_began=stated(-40)) if moment else incident()
    with refused("unchanged", "impact_began has that time already"):
        correct_time(state, BOB, Milestone.IMPACT_BEGAN, stated(-40) if moment else None, NOW)


@pytest.mark.parametrize(
    ("milestone", "minutes", "other"),
    [
        (Milestone.IMPACT_BEGAN, -29, "detected"),
        (Milestone.DETECTED, -51, "impact_began"),
        (Milestone.DETECTED, -9, "resolved"),
        (Milestone.RESOLVED, -31, "detected"),
    ],
)
def test_impact_detection_resolution_come_in_this_order(milestone: Milestone, minutes: int, other: str) -> None:
    state = with_times(impact_began=stated(-50), detected=recorded(-30), resolved=recorded(-10))
    with refused("out_of_order", f"contradicts {other}", f"Correct {other} first"):
        correct_time(state, BOB, milestone, stated(minutes), NOW)


def test_an_estimate_bounds_the_others_too_until_it_is_corrected() -> None:
    """Else a resolution could come before the detection, and last a negative time."""
    state = with_times(detected=estimated(-30), resolved=recorded(-10))
    with refused("out_of_order", "contradicts detected", "Correct detected first"):
        correct_time(state, BOB, Milestone.RESOLVED, stated(-31), NOW)
    correct_time(state, BOB, Milestone.DETECTED, stated(-40), NOW)


def test_the_first_responder_is_free_of_that_order() -> None:
    correct_time(with_times(detected=recorded(-30)), BOB, Milestone.FIRST_RESPONDER, stated(-60), NOW)


def test_title_and_affected_are_corrected() -> None:
    fact = correct_text(incident(), BOB, "title", " Checkout\nanswers 503 ", NOW, " typo ").fact
    assert fact == Correction("title", text="Checkout answers 503", was_text="Checkout answers 502", why="typo")
    fact = correct_text(incident(affected="shop"), BOB, "affected", "shop and app", NOW).fact
    assert fact == Correction("affected", text="shop and app", was_text="shop")


def test_a_text_must_be_another_one_that_fits() -> None:
    with refused("unchanged", "The title is that already."):
        correct_text(incident(), BOB, "title", "Checkout answers 502 ", NOW)
    with refused("empty", "The affected is empty."):
        correct_text(incident(), BOB, "affected", " ", NOW)
    with refused("too_long", "301 characters"):
        correct_text(incident(), BOB, "title", "x" * (TITLE_LIMIT + 1), NOW)


def test_a_row_gets_the_time_that_a_person_states() -> None:
    fact = correct_row(incident(), BOB, "entry:3", at(-9), at(-12), NOW, " off-thread ").fact
    assert fact == RowTime("entry:3", at(-12), at(-9), "off-thread")
    with refused("in_the_future", "lies in the future"):
        correct_row(incident(), BOB, "entry:3", at(-9), at(12), NOW)


def test_correcting_is_refused_like_every_change() -> None:
    for state, actor, code in (
        (incident(), VICTOR, "read_only"),
        (incident(status=Status.CANCELLED), BOB, "cancelled"),
    ):
        with refused(code, ""):
            correct_time(state, actor, Milestone.DETECTED, stated(-30), NOW)
        with refused(code, ""):
            correct_text(state, actor, "title", "Other", NOW)
        with refused(code, ""):
            correct_row(state, actor, "entry:3", at(-9), at(-12), NOW)
