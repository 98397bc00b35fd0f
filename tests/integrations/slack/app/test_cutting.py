"""Slack's limits are kept whatever people write, and their words call nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.integrations.slack.app import cutting
from tests.slack.limits import check_blocks, check_view

WORDS = some.text(max_size=300) | some.text(alphabet="&<> a\n!@#|", max_size=300)
LINK = "<https://example.com/incidents/7|the rest>"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<!channel> come", "&lt;!channel&gt; come"),
        ("<@U0000001ANA> did it", "&lt;@U0000001ANA&gt; did it"),
        ("a && b", "a &amp;&amp; b"),
        ("&lt;", "&amp;lt;"),
        ("rolled back – läuft", "rolled back – läuft"),
        ("one\ntwo", "one\ntwo"),
        ("one\r\ntwo", "one\ntwo"),
        ("nul\0 half\ud800", "nul\ufffd half\ufffd"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("bell\x07", "bell"),
    ],
)
def test_what_people_write_comes_out_as_text(written: str, sent: str) -> None:
    assert cutting.escaped(written) == sent


@given(WORDS, some.integers(10, 200))
def test_nothing_is_longer_than_its_limit_and_no_escape_is_cut_through(text: str, limit: int) -> None:
    for found in (cutting.cut(text, limit), cutting.cut(text, limit, LINK), cutting.line(text, limit)):
        assert len(found) <= limit
        own = found.replace(LINK, "")
        assert not re.search("[<>]", own)
        assert "&" not in re.sub("&(amp|lt|gt);", "", own)
        found.encode()


def test_what_is_too_long_ends_at_a_word_and_says_where_the_rest_is() -> None:
    text = "the queue of the payment service " * 10
    assert cutting.cut(text, 30) == "the queue of the payment…"
    assert cutting.cut(text, 100, LINK) == f"the queue of the payment service the queue of the… {LINK}"
    assert cutting.cut("a" * 100, 10) == "a" * 9 + "…"
    assert cutting.cut("exactly ten"[:10], 10) == "exactly te"


def test_a_pointer_that_would_take_most_of_the_room_is_left_out() -> None:
    assert cutting.cut("word " * 20, 50, LINK) == "word word word word word word word word word word…"[-50:]


def test_addresses_can_be_followed_and_are_links_to_nothing_else() -> None:
    linked = cutting.section("see https://example.com/a?b=1&c=2, and <https://evil.example.com|here>")
    assert linked["text"]["text"] == (
        "see <https://example.com/a?b=1&amp;c=2>, and &lt;<https://evil.example.com>|here&gt;"
    )
    assert linked["text"]["verbatim"] is True


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "https://a b", "https://a|b", "https://a>b", "/x"])
def test_what_is_no_web_address_becomes_no_link(address: str) -> None:
    assert cutting.link(address, "Page") == ""


def test_a_link_names_what_it_leads_to() -> None:
    assert cutting.link("https://example.com/?a=1&b=2", "R&D") == "<https://example.com/?a=1&amp;b=2|R&amp;D>"


@given(WORDS, WORDS, some.integers(0, 60))
def test_slack_takes_every_block_that_is_made_here(text: str, label: str, count: int) -> None:
    pressed = [cutting.button(label, "card:resolve", "7") for _ in range(count)]
    pairs = [("Affected", cutting.cut(text, 500))] * count
    check_blocks(
        cutting.fitting(
            [
                {"type": "header", "text": cutting.plain(text, cutting.HEADER)},
                cutting.section(text * 40, LINK, "<@U0000001ANA> "),
                *cutting.fields(pairs),
                *cutting.actions(pressed),
            ]
        )
    )


def test_everything_that_has_a_limit_is_at_it_and_not_over_it() -> None:
    long = "long words " * 5_000
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": cutting.plain(long, cutting.HEADER)},
        cutting.section(long),
        *cutting.fields([("Name", cutting.cut(long, 100))] * 13),
        *cutting.actions([cutting.button("Resolve", f"card:{number}", "7") for number in range(30)]),
    ]
    sent = check_blocks(cutting.fitting(blocks))
    assert sent == blocks
    sizes = [len(each["elements"]) for each in sent if each["type"] == "actions"]
    assert sizes == [25, 5]
    assert [len(each["fields"]) for each in sent if "fields" in each] == [10, 3]
    assert 140 < len(sent[0]["text"]["text"]) <= 150
    assert 2_980 < len(sent[1]["text"]["text"]) <= 3_000
    assert len(cutting.fitting([cutting.section("x")] * 70)) == 50
    check_blocks(cutting.fitting([cutting.section(long)] * 6))


def test_a_modal_is_within_its_limits() -> None:
    view = {
        "type": "modal",
        "title": cutting.plain("Start an incident from this very thread", cutting.MODAL_TITLE),
        "private_metadata": "x" * cutting.PRIVATE_METADATA,
        "submit": cutting.plain("Start", cutting.MODAL_TITLE),
        "blocks": [
            {
                "type": "input",
                "label": cutting.plain("What", cutting.LABEL),
                "element": {
                    "type": "static_select",
                    "placeholder": cutting.plain("long " * 100, cutting.PLACEHOLDER),
                    "options": [
                        {"text": cutting.plain("choice " * 30, cutting.OPTION), "value": str(number)}
                        for number in range(cutting.OPTIONS)
                    ],
                },
            }
        ],
    }
    assert check_view(view)["title"]["text"] == "Start an incident from…"


def test_an_action_id_is_there_once() -> None:
    (block,) = cutting.actions([cutting.button("A", "x"), cutting.button("B", "x"), cutting.button("C", "y")])
    assert [each["action_id"] for each in block["elements"]] == ["x", "x#2", "y"]


@pytest.mark.parametrize("more", [{"value": "v" * 2_001}, {"url": "https://example.com/" + "u" * 3_000}])
def test_what_would_be_something_else_when_cut_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="at most"):
        cutting.button("Resolve", "card:resolve", **more)
