"""What a saying looks like in Slack: as blocks, and as the text of a notification."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from musterpoint.core.card import Card
from musterpoint.core.incident import Status
from musterpoint.integrations.slack.app import blocks_of, cutting
from musterpoint.ports import Button, Saying
from musterpoint.store import models
from tests.conftest import World
from tests.slack.limits import check_blocks

pytestmark = pytest.mark.usefixtures("world")
CARD = Card(
    "7",
    "Tickets <!channel> & co",
    Status.OPEN,
    (("Status", "open"), ("severity", "major"), ("lead", "Ana <@U1> Example")),
    (("Affected", "the ticket desk"), ("Detected", "2026-03-02 09:00 UTC (recorded)")),
    "https://incidents.example.com/incidents/7",
    "https://issues.example.com/4",
)


def shown(saying: Saying, *users: str, named: bool = False) -> tuple[str, list[dict[str, Any]]]:
    text, blocks = blocks_of.message(saying, users, named=named)
    assert len(text) <= 3_900
    return text, check_blocks(blocks)


def test_a_sentence_is_a_section_and_calls_nobody_by_itself() -> None:
    text, (block,) = shown(Saying("Ana wrote: <!here> look & <@U0000001ANA>"))
    assert text == block["text"]["text"] == "Ana wrote: &lt;!here&gt; look &amp; &lt;@U0000001ANA&gt;"
    assert block["text"]["verbatim"] is True


def test_whom_it_is_for_is_called_in_the_block_and_in_the_notification() -> None:
    text, (block,) = shown(Saying("say who leads"), "U0000001ANA", "U0000002BEN")
    assert text == block["text"]["text"] == "<@U0000001ANA> <@U0000002BEN> say who leads"


def test_a_name_stands_in_front_where_it_must() -> None:
    saying = Saying("rolled back", writer="Ana *&* <Example>")
    assert shown(saying, named=True)[0] == "*Ana *&amp;* &lt;Example&gt;*: rolled back"
    assert shown(saying)[0] == "rolled back"


def test_buttons_carry_what_they_do_and_about_what() -> None:
    buttons = (Button("Not needed", "remind:dismiss", "7"), Button("Tomorrow " * 20, "remind:dismiss", "8"))
    _, (_, pressed) = shown(Saying("No huddle runs.", buttons=buttons))
    assert [(each["action_id"], each["value"]) for each in pressed["elements"]] == [
        ("remind:dismiss", "7"),
        ("remind:dismiss#2", "8"),
    ]
    assert pressed["elements"][1]["text"]["text"].endswith("…")


def test_a_long_sentence_leads_to_the_page_if_there_is_one() -> None:
    long = "the queue grows and grows " * 400
    text, (block,) = shown(Saying(long, address="https://incidents.example.com/incidents/7"))
    pointer = "<https://incidents.example.com/incidents/7|the rest is on its page>"
    assert text.endswith(f"… {pointer}")
    assert block["text"]["text"].endswith(f"… {pointer}")
    assert shown(Saying(long))[0].endswith("grows…")


def test_the_card_has_title_reference_standing_facts_and_links() -> None:
    text, blocks = shown(Saying(CARD.text, card=CARD))
    assert text.startswith("Incident 7: Tickets &lt;!channel&gt; &amp; co\n")
    assert [each["type"] for each in blocks[:4]] == ["header", "context", "section", "context"]
    assert blocks[0]["text"] == {"type": "plain_text", "text": "Tickets &lt;!channel&gt; &amp; co"}
    assert blocks[1]["elements"][0]["text"] == "Incident 7 · *open*"
    assert [each["text"] for each in blocks[2]["fields"]] == [
        "*Status*\nopen",
        "*Severity*\nmajor",
        "*Lead*\nAna &lt;@U1&gt; Example",
        "*Affected*\nthe ticket desk",
        "*Detected*\n2026-03-02 09:00 UTC (recorded)\n"
        "<!date^1772442000^{date_short_pretty} {time} where you are|2026-03-02 09:00 UTC>",
    ]
    assert blocks[3]["elements"][0]["text"] == (
        "<https://incidents.example.com/incidents/7|The incident's page> · <https://issues.example.com/4|Issue>"
    )


def test_nothing_that_people_wrote_is_markup_anywhere() -> None:
    evil = "<!channel> <@U0000001ANA> <https://evil.example.com|Issue>"
    card = Card(
        "7", evil, Status.OPEN, (("lead", evil),), (("Affected", evil),), "https://x|y", "javascript:x", "<!here>"
    )
    sent = json.dumps(shown(Saying(card.text, card=card, writer=evil), named=True))
    assert "<!" not in sent
    assert "<@" not in sent
    assert "|Issue>" not in sent.replace("&gt;", "")


def test_a_card_without_anything_known_is_taken_too() -> None:
    _, blocks = shown(Saying("", card=Card("7", "", Status.OPEN, (), ())))
    assert [each["type"] for each in blocks[:2]] == ["header", "context"]


def test_the_buttons_of_the_card_are_those_that_its_own_module_names(monkeypatch: pytest.MonkeyPatch) -> None:
    _, blocks = shown(Saying(CARD.text, card=CARD))
    assert "card:resolved" in [each["action_id"] for each in blocks[-1]["elements"]]
    given = [cutting.button("Resolve", "card:resolve")] * 2
    monkeypatch.setattr(blocks_of, "buttons", lambda card, channel: given)
    _, blocks = shown(Saying(CARD.text, card=CARD))
    assert [each["action_id"] for each in blocks[-1]["elements"]] == ["card:resolve", "card:resolve#2"]


def test_what_can_be_pressed_stays_when_a_card_says_too_much() -> None:
    long = "very & long <words> " * 2_000
    facts = tuple((f"Fact {number}", long) for number in range(25))
    _, blocks = shown(Saying(long, card=replace(CARD, facts=facts)))
    assert [blocks[0]["type"], blocks[-1]["type"]] == ["header", "actions"]
    assert len(blocks[2]["fields"]) == 10


def test_people_are_found_by_whatever_they_are_called_here(world: World) -> None:
    alice = models.Identity.objects.get(name="account:alice").person
    models.Identity.objects.create(name="slack:U0000001ANA", person=alice)
    assert blocks_of.users_of([f"person:{alice.pk}"]) == ["U0000001ANA"]
    assert blocks_of.users_of(["account:alice", "slack:U0000001ANA", "slack:U0000009ZOE"]) == [
        "U0000001ANA",
        "U0000009ZOE",
    ]
    assert blocks_of.users_of(["account:bob", "person:0", "person:x", "slack:>!channel", "", "import:1/U1"]) == []
