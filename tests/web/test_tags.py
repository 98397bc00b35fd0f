"""Times, durations and people's Markdown on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)


def shown(template: str, **values: object) -> str:
    return Template(template).render(Context({"now": NOON, "zone": "", **values}))


def test_a_time_is_utc_with_the_readers_own_on_hover() -> None:
    html = shown("{% at moment %}", moment="2026-03-02T23:30:00.000000Z", zone="Europe/Berlin")
    assert html == (
        '<time datetime="2026-03-02T23:30:00Z" title="2026-03-03 00:30 Europe/Berlin">2026-03-02 23:30 UTC</time>'
    )


@pytest.mark.parametrize(("form", "text"), [("clock", "12:00"), ("day", "2026-03-02"), ("seconds", "12:00:05 UTC")])
def test_a_time_has_several_forms(form: str, text: str) -> None:
    assert f"{text}</time>" in shown(f'{{% at moment "{form}" %}}', moment=NOON)


def test_an_unknown_zone_and_an_unknown_time_do_no_harm() -> None:
    assert 'title="2026-03-02 12:00:05 UTC"' in shown("{% at moment %}", moment=NOON, zone="Mars/Olympus")
    assert shown("{% at nothing %}{% since nothing %}{% between nothing nothing %}", nothing=None) == ""


def test_durations_are_computed() -> None:
    assert "1 h 12 min" in shown("{% since moment %}", moment=NOON - timedelta(minutes=72))
    assert shown("{% between a b %}", a=NOON, b="2026-03-02T12:40:05Z") == "40 min"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[here](javascript:alert(1))",
        "[here](data:text/html;base64,PHNjcmlwdD4=)",
        "![there](https://elsewhere.example/pixel.png)",
        "[a\n](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
    ],
)
def test_markdown_runs_nothing_and_fetches_nothing(text: str) -> None:
    html = shown("{{ text|markdown }}", text=text)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html.casefold()
    assert 'href="data' not in html.casefold()


def test_markdown_is_markdown() -> None:
    html = shown(
        "{{ text|markdown }}", text="**down** for [an hour](https://status.example/1)\n\n|a|b|\n|-|-|\n|1|2|\n"
    )
    assert "<strong>down</strong>" in html
    assert '<a href="https://status.example/1" rel="noopener noreferrer nofollow">' in html
    assert "<td>1</td>" in html
    assert shown("{{ nothing|markdown }}", nothing=None) == ""
