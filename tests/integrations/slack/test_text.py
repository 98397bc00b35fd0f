"""Slack's escaped text, its blocks and its attachments as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest

from musterpoint.integrations.slack.content import content, digest
from musterpoint.integrations.slack.text import plain

NAMES = {"U7ANA": "Ana Ruiz", "U7BEN": "@ben", "S7OPS": "ops"}


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        ("<@U7ANA> look", "@Ana Ruiz look"),
        ("<@U7ANA|ana.r> look", "@Ana Ruiz look"),
        ("<@U7BEN>", "@ben"),
        ("<@U9NEW|newcomer>", "@newcomer"),
        ("<@U9NEW>", "@U9NEW"),
        ("in <#C7CHECKOUT|checkout>", "in #checkout"),
        ("in <#C7CHECKOUT>", "in #C7CHECKOUT"),
        ("<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S7OPS|@operators>", "@ops"),
        ("<!subteam^S9NEW|@operators>", "@operators"),
        ("<!subteam^S9NEW>", "@S9NEW"),
        ("<!date^1772442845^{date_num} {time}|2 March, 09:14>", "2 March, 09:14"),
        ("<!date^1772442845^{time}^https://example.com/e|09:14>", "09:14 (https://example.com/e)"),
        ("<!date^1772442845^{time}>", "2026-03-02 09:14:05 UTC"),
        ("<!soon|later>", "later"),
        ("<!soon>", "<!soon>"),
        ("<https://example.com/d/1>", "https://example.com/d/1"),
        ("<https://example.com/d/1|the graph>", "the graph (https://example.com/d/1)"),
        ("<https://example.com/d/1|example.com/d/1>", "https://example.com/d/1"),
        ("<https://www.example.com/|Example.com>", "https://www.example.com/"),
        ("<https://example.com/dashboards/77|https://example.com/dash…>", "https://example.com/dashboards/77"),
        ("<https://example.com/dashboards/77|example.com/.../77>", "https://example.com/dashboards/77"),
        ("<https://example.com/dashboards/77|see ...>", "see ... (https://example.com/dashboards/77)"),
        ("<https://example.com/?a=1&amp;b=2|both>", "both (https://example.com/?a=1&b=2)"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("<mailto:ana@example.com|Ana>", "Ana (ana@example.com)"),
        ("<tel:+341234|+341234>", "+341234"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; stays escaped once", "&lt; stays escaped once"),
        ("&lt;@U7ANA&gt; was typed", "<@U7ANA> was typed"),
        ("if x <y and z> w", "if x <y and z> w"),
        ("<>", "<>"),
        (":fire: *bold* `code` :+1::skin-tone-2:", ":fire: *bold* `code` :+1::skin-tone-2:"),
    ],
)
def test_escaped_text_reads_as_a_person_sees_it(escaped: str, read: str) -> None:
    assert plain(escaped, NAMES) == read


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"text": "", "blocks": [{"type": "rich_text", "elements": list(elements)}]}


def line(*parts: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    return {"type": kind, "elements": list(parts), **more}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, "style": style}


def test_every_kind_of_rich_text_is_read() -> None:
    message = rich(
        line(
            words("Look "),
            {"type": "user", "user_id": "U7ANA"},
            words(" and "),
            {"type": "usergroup", "usergroup_id": "S7OPS"},
            words(": "),
            {"type": "channel", "channel_id": "C7CHECKOUT"},
            words(" is "),
            words("down ", bold=True),
            {"type": "emoji", "name": "fire"},
            {"type": "link", "url": "https://example.com/d", "text": "graph"},
            {"type": "broadcast", "range": "here"},
            {"type": "date", "timestamp": 1772442845, "format": "{time}", "fallback": "09:14"},
            {"type": "color", "value": "#ff0000"},
            {"type": "hologram", "text": "new"},
        ),
        line(words("it is a < b"), kind="rich_text_quote"),
        line(words("kubectl get pods\nNAME"), kind="rich_text_preformatted"),
        line(
            line(words("first")), line(words("second", strike=True)), kind="rich_text_list", style="ordered", offset=2
        ),
        line(line(words("inner", code=True)), kind="rich_text_list", style="bullet", indent=1),
    )
    assert content(message, NAMES) == (
        "Look @Ana Ruiz and @ops: #C7CHECKOUT is *down* :fire:graph (https://example.com/d)@here09:14#ff0000new\n"
        "> it is a < b\n"
        "```kubectl get pods\nNAME```\n"
        "3. first\n4. ~second~\n"
        "    ◦ `inner`"
    )


def test_what_text_and_blocks_both_say_is_said_once() -> None:
    message = rich(
        line(words("Rolled back ", bold=True), {"type": "user", "user_id": "U7ANA"}),
        line(line(words("pods")), line(words("cache")), kind="rich_text_list", style="ordered", indent=1),
    )
    message["text"] = "*Rolled back* <@U7ANA>\n    a. pods\n    b. cache"
    assert content(message, NAMES) == "*Rolled back* @Ana Ruiz\n    a. pods\n    b. cache"


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def test_a_summary_gives_way_to_the_blocks_that_contain_it() -> None:
    message = {"text": "CPU high on db1", "blocks": [section("*CPU high on db1*\nSeverity: critical &amp; rising")]}
    assert content(message, {}) == "*CPU high on db1*\nSeverity: critical & rising"


def test_blocks_that_say_more_than_the_text_are_added_to_it() -> None:
    message = {"text": "New alert", "blocks": [section("OK"), section("New alert"), section("booking is slow")]}
    assert content(message, {}) == "OK\nNew alert\nbooking is slow"
    message = {"text": "Alert: booking", "blocks": [section("OK"), section("booking"), section("x &lt; 5")]}
    assert content(message, {}) == "Alert: booking\nOK\nx < 5"


def test_the_blocks_of_apps_are_read() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy &amp; verify <@U7ANA>"}},
        section(
            "*checkout*",
            fields=[{"type": "mrkdwn", "text": "by <@U7ANA>"}],
            accessory={
                "type": "button",
                "text": {"type": "plain_text", "text": "Open"},
                "url": "https://ci.example.com/9",
            },
        ),
        {"type": "divider"},
        {
            "type": "context",
            "elements": [
                {"type": "mrkdwn", "text": "main"},
                {"type": "image", "alt_text": "a graph", "image_url": "x"},
            ],
        },
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Roll back"}}]},
        {
            "type": "actions",
            "elements": [{"type": "static_select", "placeholder": {"type": "plain_text", "text": "Who"}}],
        },
        {"type": "markdown", "text": "**done** in [CI](https://ci.example.com/9)"},
        {"type": "image", "title": {"type": "plain_text", "text": "p99"}, "image_url": "https://example.com/p.png"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "pod"}, rich(line(words("up")))["blocks"][0]]]},
        {
            "type": "card",
            "title": {"type": "mrkdwn", "text": "Card"},
            "body": "&lt;b&gt;",
            "inner": [{"label": "deep"}],
        },
    ]
    assert content({"blocks": blocks}, NAMES).split("\n") == [
        "Deploy & verify <@U7ANA>",
        "*checkout*",
        "by @Ana Ruiz",
        "Open (https://ci.example.com/9)",
        "main  a graph",
        "**done** in [CI](https://ci.example.com/9)",
        "p99 (https://example.com/p.png)",
        "pod | up",
        "Card",
        "<b>",
        "deep",
    ]


def test_attachments_are_read_and_their_fallback_only_where_nothing_else_is() -> None:
    alert = {
        "fallback": "[FIRING:1] CheckoutErrorRate",
        "pretext": "Alert",
        "author_name": "Grafana",
        "title": "[FIRING:1] CheckoutErrorRate",
        "title_link": "https://grafana.example.com/a/1",
        "text": "12 % of requests fail",
        "fields": [{"title": "Region", "value": "eu-1"}, {"title": "", "value": "alone"}, "odd"],
        "blocks": [section("runbook")],
        "actions": [{"text": "Silence", "url": "https://grafana.example.com/s"}, {"text": "Acknowledge"}],
        "image_url": "https://grafana.example.com/p.png",
        "footer": "v12",
        "files": [{"title": "log.txt", "permalink": "https://example.com/log"}],
    }
    message = {"text": "", "attachments": [alert, {"fallback": "only this"}, None, {"fallback": "only this"}]}
    assert content(message, {}).split("\n") == [
        "Alert",
        "Grafana",
        "[FIRING:1] CheckoutErrorRate (https://grafana.example.com/a/1)",
        "12 % of requests fail",
        "Region: eu-1",
        "alone",
        "runbook",
        "Silence (https://grafana.example.com/s)",
        "https://grafana.example.com/p.png",
        "v12",
        "log.txt (https://example.com/log)",
        "only this",
    ]


def test_the_preview_of_a_link_is_not_said_but_a_shared_message_is() -> None:
    preview = {"from_url": "https://example.com/1", "text": "A page"}
    assert content({"text": "<https://example.com/1>", "attachments": [preview]}, {}) == "https://example.com/1"
    shared = {"from_url": "https://example.com/2", "is_share": True, "text": "It began at 09:10"}
    assert content({"text": "see", "attachments": [shared]}, {}) == "see\nIt began at 09:10"
    blocks = [{"message": {"blocks": [section("It began at 09:10")]}}]
    assert content({"attachments": [{"message_blocks": blocks}]}, {}) == "It began at 09:10"
    assert content({"attachments": [preview]}, {}) == "A page"


def test_only_what_people_see_changes_the_digest() -> None:
    message: dict[str, Any] = {"text": "down", "blocks": [section("down", block_id="a")], "files": [{"id": "F1"}]}
    same = {
        "text": "down",
        "blocks": [section("down", block_id="b")],
        "files": [{"id": "F1", "is_starred": False}],
        "attachments": [{"from_url": "https://example.com", "text": "A page"}],
        "reply_count": 3,
    }
    assert digest(message) == digest(same)
    assert digest(message) != digest({**message, "text": "up"})
    assert digest(message) != digest({**message, "files": []})
    assert digest(message) != digest({**message, "blocks": [section("up")]})
    assert digest(message) != digest({**message, "attachments": [{"text": "more"}]})


def test_a_sentence_that_ends_inside_a_line_is_not_taken_for_the_sign_of_a_list() -> None:
    words = "It asks seat-service in the middle of the transaction. Mrs. Lund waits."
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    message = {"text": words, "blocks": [{"type": "rich_text", "elements": [section]}]}
    assert content(message, {}) == words
