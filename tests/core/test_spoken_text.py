"""What people write is kept in a form that every database takes and nobody is deceived by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core import close, correct, followup, respond, restrict
from musterpoint.core import resolve as resolution
from musterpoint.core.decision import few_words, some_line, some_text, when
from musterpoint.core.declare import DeclareRequest, declare
from musterpoint.core.process import Process
from musterpoint.core.spoken_text import kept, one_line
from tests.core.incidents import ALICE, BOB, NOW, incident, refused

TURNED = "invoice \u202egpj.exe\u2069"


@given(some.text())
def test_what_is_kept_can_be_stored(text: str) -> None:
    assert "\0" not in kept(text)
    assert len(kept(text)) == len(text)
    kept(text).encode()


@given(some.text())
def test_a_line_is_one_line_that_reads_in_one_direction(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == one_line(line) == line.strip()
    assert not set(line) & set("\x1b\x07\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_half_a_character_and_none_are_shown_as_such() -> None:
    assert kept("a\0b\ud800c") == "a\ufffdb\ufffdc"
    assert some_text(" a\0b ", "note") == "a\ufffdb"
    assert few_words("") == ""


def test_nothing_of_other_languages_is_lost() -> None:
    for text in ("האתר לא עובד", "الموقع لا يعمل", "👩🏽‍💻 est là", "a\u200db"):
        assert one_line(text) == text


def test_what_is_left_empty_by_that_is_empty() -> None:
    with refused("empty", "is empty"):
        some_line("\u202e\x1b", "title", 10)


@pytest.mark.parametrize(
    "step",
    [
        lambda text: declare(BOB, Process(), DeclareRequest(text), NOW),
        lambda text: declare(BOB, Process(), DeclareRequest("x", affected=text), NOW),
        lambda text: respond.note(incident(), BOB, text, NOW),
        lambda text: correct.correct_text(incident(), BOB, "title", text, NOW),
        lambda text: correct.correct_text(incident(), BOB, "title", "x", NOW, text),
        lambda text: resolution.resolve(incident(), BOB, NOW, None, text),
        lambda text: resolution.cancel(incident(), BOB, NOW, text),
        lambda text: restrict.restrict(incident(), BOB, Process(), NOW, text),
        lambda text: close.override(incident(), ALICE, text, NOW),
        lambda text: followup.add(incident(), BOB, text, NOW),
    ],
)
def test_a_megabyte_is_refused_wherever_a_person_writes(step: Callable[[str], object]) -> None:
    with refused("too_long", "1000000 characters"):
        step("x" * 1_000_000)


def test_a_time_before_there_were_clocks_is_none() -> None:
    with refused("bad_time", "before 1970"):
        when(NOW, datetime(1, 1, 1, tzinfo=UTC))


def test_a_title_is_tidied_wherever_it_is_given() -> None:
    told = [
        declare(BOB, Process(), DeclareRequest(TURNED), NOW).fact,
        correct.correct_text(incident(), BOB, "title", TURNED, NOW).fact,
        followup.add(incident(), BOB, TURNED, NOW).fact,
    ]
    assert [getattr(each, "title", "") or getattr(each, "text", "") for each in told] == ["invoice gpj.exe"] * 3
