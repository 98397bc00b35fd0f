"""What the public reads: people are roles, customers "a customer", addresses and hosts neutral words."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core import public_ids
from musterpoint.core.aftermath import Action, Aftermath
from musterpoint.core.incident import Who
from musterpoint.core.journal import HuddleEnded, LeadChange, Message
from musterpoint.core.process import Process
from musterpoint.core.public_words import APP, COLLEAGUE, ENGINEER, LEAD, Known, anonymous, cleaned, people_of
from tests.core.incidents import BOB, entry, incident

PEOPLE = [
    Known("Ana Ruiz Soto", LEAD),
    Known("José O'Brien"),
    Known("Anne-Marie van Dyck", COLLEAGUE),
    Known("Will May"),
    Known("An Ng"),
    Known("Deploy Bot", APP),
]
PROCESS = Process(customers=("Acme", "Acme Freight"), internal_hosts=("*.corp.example.com", "vault*"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Ruiz Soto rolled it back", "The incident lead rolled it back"),
        ("we asked ana and Soto's team", "we asked the incident lead and the incident lead's team"),
        ("ana.ruiz.soto is on it", "The incident lead is on it"),
        ("@ana can you look, @kim?", "The incident lead can you look, a colleague?"),
        ("jose o’brien restarted it. José looked", "An engineer restarted it. An engineer looked"),
        ("Marie wrote to Anne-Marie", "A colleague wrote to a colleague"),
        ("van rental, the may fair, it will work", "van rental, the may fair, it will work"),
        ("Will said May looked", "An engineer said an engineer looked"),
        ("An Ng saw an error", "An engineer saw an error"),
        ("An error in the bank analysis", "An error in the bank analysis"),
        ("Deploy Bot: deploy of 4.1.2", "Our monitoring: deploy of 4.1.2"),
        ("in #deploy-bot and the deploy bot's log", "in #deploy-bot and the deploy bot's log"),
        ("Mrs. Nilsen was charged twice, Dr Ada Øst too", "a customer was charged twice, a customer too"),
        ("@here all of ACME FREIGHT and Acme's shop", "everybody all of a customer and a customer's shop"),
    ],
)
def test_names_become_roles(text: str, expected: str) -> None:
    assert cleaned(text, PEOPLE, PROCESS).text == expected
    assert cleaned(text, PEOPLE, PROCESS).whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail ops@shop.example", "mail an address"),
        ("from 10.20.30.40 and fe80::1ff:2", "from an address and an address"),
        ("call +49 30 1234567 or 030 1234 567", "call a telephone number or a telephone number"),
        ("account 123456789012", "account an id"),
        ("card 4417 1234 9876 0001 or 4417-1234-9876-0001", "card an id or an id"),
        ("of 123e4567-e89b-12d3-a456-426614174000", "of an id"),
        ("instance i-0abc1234def56789", "instance an id"),
        ("db-01 and pg.prod.internal:5432", "one of our servers and one of our servers"),
        ("on x.corp.example.com, vault3", "on one of our servers, one of our servers"),
        ("pod checkout-7d9f8b6c5-x2x9p", "pod one of our servers"),
        ("redis:6379 is full", "one of our servers is full"),
        ("see https://grafana.example/d/1?x=2.", "see an internal page."),
        ("see [the graph](https://grafana.example/d/1)", "see the graph"),
        ("postgres://app:secret@db/shop", "an internal page"),
        ("password: hunter2hunter2", "[removed]"),
        ("ghp_abcdefghijklmnopqrstu1234", "[removed]"),
    ],
)
def test_what_only_insiders_know_becomes_a_neutral_word(text: str, expected: str) -> None:
    assert cleaned(text, PEOPLE, PROCESS).text.lower() == expected.lower()
    assert not cleaned(text, PEOPLE, PROCESS).whole


@pytest.mark.parametrize(
    "text",
    [
        "At 14:20:05 on 2026-03-02, 120000 of 1,200,000 requests (10.5%) failed",
        "rolled back to 4.1.2 and utf-8, SEV-1",
        "**13:40** - from 13:40–15:36 UTC",
        "example.com answered 502; node.js and e.g. this/that",
        "the token is invalid, the password was rejected",
        "p-99 of 1.5s, 3x slower",
    ],
)
def test_plain_words_numbers_and_times_stay(text: str) -> None:
    assert cleaned(text, PEOPLE, PROCESS).text == text
    assert cleaned(text, PEOPLE, PROCESS).whole


def test_a_link_that_is_wanted_stays() -> None:
    url = "https://tracker.example/1"
    text = f"see [it]({url}) and {url}, not https://other.example"
    assert anonymous(text, [], PROCESS, {url}) == f"see [it]({url}) and {url}, not an internal page"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://github.com/acme/shop/issues/3", True),
        ("http://localhost:8000/issues/3", False),
        ("https://tracker/3", False),
        ("https://jira.corp.example.com/3", False),
        ("https://git.internal/3", False),
        ("https://10.1.2.3/x", False),
        ("https://ana:pw@example.com/", False),
        ("ftp://example.com/x", False),
        ("local#3", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_whether_somebody_outside_can_open_a_link(url: str, public: bool) -> None:
    assert public_ids.public_link(url, PROCESS.internal_hosts) is public


def test_everybody_who_took_part_is_known_by_their_part_in_it() -> None:
    kim, lee = Who("name:Kim Sato", "Kim Sato"), Who("slack:U1", "Lee Park")
    state = incident(lead=kim, nominee=Who("person:9", "Noor Aziz"))
    entries = [
        entry(Message("alert", bot=True), who=Who("slack:B1", "Alert Bot")),
        entry(LeadChange(kim), number=2),
        entry(HuddleEnded((lee,)), number=3, who=None),
    ]
    after = Aftermath(actions=(Action(1, "Add an alert", Who("name:Ola Berg", "Ola Berg")),))
    found = people_of(incident(lead=kim, nominee=state.nominee, after=after), entries, [Known("Vic", COLLEAGUE)])
    assert {each.name: each.role for each in found} == {
        "Kim Sato": LEAD,
        "Alert Bot": APP,
        "Bob": ENGINEER,
        "Lee Park": ENGINEER,
        "Ola Berg": ENGINEER,
        "Noor Aziz": ENGINEER,
        "Vic": COLLEAGUE,
    }


NAMES = some.lists(
    some.sampled_from(
        ["Kim Sato", "Ola Berg", "José Núñez", "Noor Aziz", "Anne-Marie Dupré", "Zoë O'Neil", BOB.who.name]
    ),
    min_size=1,
    max_size=4,
)
AROUND = some.text(some.characters(exclude_categories=("L", "N", "Cs"), exclude_characters="_@"), max_size=5)


@given(names=NAMES, around=some.lists(AROUND, min_size=8, max_size=8), upper=some.booleans(), part=some.integers(0, 2))
def test_no_name_survives_wherever_it_stands(names: list[str], around: list[str], upper: bool, part: int) -> None:
    said = [name if part == 2 else name.split()[min(part, len(name.split()) - 1)] for name in names]
    said = [each.upper() if upper else each for each in said]
    text = "".join(f" {left}{name}" for left, name in zip(around, said, strict=False))
    left = words(anonymous(text, [Known(name) for name in names], Process()))
    assert not left & {part for name in names for part in words(name)}


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]{2,}", unicodedata.normalize("NFC", text).lower()))


@given(some.text(max_size=200))
def test_cleaning_a_text_twice_changes_nothing_more(text: str) -> None:
    once = anonymous(text, PEOPLE, PROCESS)
    assert anonymous(once, PEOPLE, PROCESS) == once
