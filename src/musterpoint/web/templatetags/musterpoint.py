"""Times, durations and people's Markdown on a page. Times are UTC, the reader's own on hover."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from musterpoint.core.durations import duration_text
from musterpoint.web.where import led

register = template.Library()
register.filter("led", led)

FORMS = {"clock": "%H:%M", "day": "%Y-%m-%d", "full": "%Y-%m-%d %H:%M UTC", "seconds": "%Y-%m-%d %H:%M:%S UTC"}


def _moment(value: datetime | str) -> datetime:
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@register.simple_tag(takes_context=True)
def at(context: Context, value: datetime | str | None, form: str = "full") -> str:
    """`{% at moment.at "clock" %}`: a time (a datetime, or the text of the shapes) as `<time>`; nothing for none.

    Forms: `clock` 14:03, `day` 2026-03-02, `full` 2026-03-02 14:03 UTC, `seconds`.
    """
    if not value:
        return ""
    moment = _moment(value)
    zone = _zone(str(context.get("zone", "")))
    own = f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}" if zone else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    text = moment.strftime(FORMS[form])
    return format_html('<time datetime="{}" title="{}">{}</time>', f"{moment:%Y-%m-%dT%H:%M:%SZ}", own, text)


@register.simple_tag(takes_context=True)
def since(context: Context, value: datetime | str | None) -> str:
    """`{% since moment.at %}`: how long ago that is; goes on by itself in the browser."""
    if not value:
        return ""
    moment = _moment(value)
    text = duration_text(context["now"] - moment)
    return format_html('<span class="since" data-since="{}">{}</span>', f"{moment:%Y-%m-%dT%H:%M:%SZ}", text)


@register.simple_tag
def between(begin: datetime | str | None, end: datetime | str | None) -> str:
    """`{% between a.at b.at %}`: the computed duration; nothing where one of the two is not known."""
    return duration_text(_moment(end) - _moment(begin)) if begin and end else ""


@cache
def _renderer() -> MarkdownIt:
    """CommonMark and tables; HTML is shown as text, images are not fetched, `javascript:` is no link."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("link_open", _link)
    return made


def _link(self: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    tokens[place].attrSet("rel", "noopener noreferrer nofollow")
    return str(self.renderToken(tokens, place, options, environment))


@register.filter
def markdown(text: str | None) -> SafeString:
    """People's Markdown as HTML that cannot run anything."""
    html: SafeString = mark_safe(_renderer().render(text or ""))  # noqa: S308  (it escapes all that is not its own)
    return html


@register.filter
def web_address(text: str | None) -> str:
    """The text where it is an address that may become a link, else nothing: `javascript:` is none."""
    return text if text and text.startswith(("https://", "http://")) else ""


@register.filter
def words(name: str) -> str:
    """`action_taken` as a person reads it: `action taken`."""
    return str(name).replace("_", " ")
