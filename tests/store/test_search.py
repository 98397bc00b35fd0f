"""Search: the same answers on both databases."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from musterpoint import access, actions
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest
from musterpoint.store import search
from tests.conftest import World

TEXTS = {
    1: "Checkout answers 502 since the deploy of checkout-api_v2",
    2: "Zürich café: die Straße ist zu, naïve Øresund",
    3: "see https://grafana.example.com/d/checkout?var-pod=api_7f9c&from=now-1h",
    4: "🔥🔥 all pods down 🔥",
    5: "数据库 is slow; 데이터베이스 too; база данных лежит",
    6: "it's O'Brien's \"quoted\" text: NOT bad OR worse NEAR miss* (really)",
    7: "rolled back to 1.2.3 at 12e4 and 0x1f, commit 1e5abc7d",
    8: "user@example.com wrote: ERR_CONN_RESET, 10.0.0.1:8080",
    9: "ﬁle \uff26\uff35\uff2c\uff2c Ⅷ x² İstanbul",
    10: "a" * 5000 + " tail",
    11: "",
    12: "rolled back again",
}


@pytest.fixture
def indexed(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_search")  # what a test with real transactions left
    search.index(TEXTS.items())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("checkout", [3, 1]),
        ("CHECKOUT answers", [1]),
        ("answers checkout", [1]),
        ("checkout mail", []),
        ("check", [3, 1]),
        ("check answers", []),  # only the last word may be a beginning
        ("answers check", [1]),
        ("checkout-api", [3, 1]),
        ("checkout_api_v2", [1]),
        ("v2", [1]),
        ("zurich cafe", [2]),
        ("Zürich CAFÉ", [2]),
        ("strasse", [2]),
        ("Straße", [2]),
        ("naive", [2]),
        ("øresund", [2]),
        ("oresund", []),
        ("https://grafana.example.com/d/checkout", [3]),
        ("grafana", [3]),
        ("api_7f9c", [3]),
        ("🔥", None),
        ("🔥 pods", [4]),
        ("数据库", [5]),
        ("数据", [5]),
        ("데이터베이스", [5]),
        ("БАЗА данных", [5]),
        ("o'brien", [6]),
        ('"quoted text"', [6]),
        ("NOT", [6]),
        ("bad OR good", []),
        ("or", [6]),
        ("NEAR", [6]),
        ("miss*", [6]),
        ("*", None),
        ("mis* real", []),
        ("miss* real", [6]),
        ("1.2.3", [7]),
        ("12e4", [7]),
        ("1e5abc7d", [7]),
        ("1e5ab", [7]),
        ("1e5", [7]),
        ("0x1f", [7]),
        ("user@example.com", [8]),
        ("ERR_CONN", [8]),
        ("10.0.0.1", [8]),
        ("file", [9]),
        ("full", [9]),
        ("viii", [9]),
        ("istanbul", [9]),
        ("a" * 5000, [10]),
        ("a" * 4000, [10]),
        ("tail", [10]),
        ("rolled back", [12, 7]),
        ("", None),
        ("  \t ", None),
        ("!?-_'\"():&|", None),
        ("'", None),
        ("\0", None),
        ("body:checkout", []),
        ("checkout & answers | !", [1]),
        ("-checkout", [3, 1]),
    ],
)
def test_a_query_finds_the_same_everywhere(indexed: None, query: str, found: list[int] | None) -> None:
    assert search.find(query, 100) == (found or [])
    assert bool(search.words(query)) is (found is not None)


def test_an_empty_query_is_refused(world: World) -> None:
    actions.declare(world.by("bob"), DeclareRequest("Checkout answers 502"))
    for query in ("", " ", "🔥", "*", '"'):
        with pytest.raises(NotAllowed) as caught:
            access.found(world.by("bob").actor, query)
        assert (caught.value.code, caught.value.hint) == ("empty_query", "Give one or more words.")


def test_newest_first_and_page_by_page(world: World) -> None:
    titles = [f"Checkout fails {number}" for number in range(7)]
    for title in titles:
        actions.declare(world.by("bob"), DeclareRequest(title))
    hits = access.found(world.by("bob").actor, "checkout fails", limit=3)
    assert [hit.text for hit in hits] == titles[:3:-1]
    first = search.find("checkout", 3)
    second = search.find("checkout", 3, before=first[-1])
    assert first == sorted(first, reverse=True)
    assert max(second) < min(first)


def test_what_a_person_may_not_see_does_not_shorten_the_answer(world: World) -> None:
    open_one = actions.declare(world.by("bob"), DeclareRequest("Checkout fails")).state.ref
    secret = actions.declare(world.by("bob"), DeclareRequest("Checkout leaks")).state.ref
    for number in range(120):
        actions.note(world.by("bob"), secret, f"checkout {number}")
    actions.restrict(world.by("bob"), secret)
    assert [hit.incident.ref for hit in access.found(world.by("charlie").actor, "checkout", limit=5)] == [open_one]


def test_the_last_text_replaces_the_one_before(indexed: None) -> None:
    search.index([(1, "mail is down")])
    assert search.find("answers", 10) == []
    assert search.find("mail", 10) == [1]
    search.remove([1])
    assert search.find("mail", 10) == []
    search.remove([])


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=some.text(max_size=30), query=some.text(max_size=12))
def test_no_text_and_no_query_breaks_it_and_a_text_is_found_by_its_words(indexed: None, text: str, query: str) -> None:
    search.index([(99, text)])
    search.find(query, 10)
    words = search.words(text)
    assert (99 in search.find(text, 100)) is bool(words)
    search.remove([99])
