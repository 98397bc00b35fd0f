"""What is new in a thread since a page was made: asked every two seconds, answered with 204 when there is nothing."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from musterpoint.access import NotFound
from musterpoint.accounts.calls import person_of
from musterpoint.core.decision import NotAllowed
from musterpoint.reading.thread import Cursor, News, thread_news
from musterpoint.store.window import Place, read_place
from musterpoint.web.aside import aside
from musterpoint.web.asked import Asked, signed_in
from musterpoint.web.entries import MARKS, shown
from musterpoint.web.head import head

#: htmx stops asking when an answer has this status.
STOP = 286
#: So many entries that somebody wrote meanwhile are read out; of more, their number.
READ_OUT = 3


def poller(ref: str, cursor: Cursor) -> str:
    """The address of the next look."""
    told = "-".join(map(str, sorted(cursor.told)))
    seen = f"{cursor.version}_{cursor.after}_{told}_{cursor.last or ''}"
    return f"/incidents/{quote(ref)}/live?{urlencode({'seen': seen})}"


def read_cursor(seen: str, first: str) -> Cursor:
    """What `poller` wrote; with anything else everything is new."""
    try:
        version, after, told, last = seen.split("_")
        numbers = frozenset(_number(each) for each in told.split("-") if each)
        return Cursor(_number(version), _number(after), numbers, _place(first), _place(last))
    except ValueError:
        return Cursor()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValueError(f"no number: {text[:40]!r}")
    return int(text)


def _place(text: str) -> Place | None:
    return read_place(text) if text else None


@require_safe
def live(request: HttpRequest, ref: str) -> HttpResponse:
    """Whoever is signed out meanwhile is told so once, and keeps the page with all that stands in it."""
    if person_of(request) is None:
        return render(request, "incident/thread_signed_out.html", {"ref": ref}, status=STOP)
    return _live(request, ref)


@signed_in
def _live(request: Asked, ref: str) -> HttpResponse:
    seen = read_cursor(request.GET.get("seen", ""), request.GET.get("from", ""))
    try:
        news = thread_news(request.call, ref, seen)
    except (NotFound, NotAllowed):  # it exists no longer for this person: nor shall their screen show it
        return HttpResponse(status=404, headers={"HX-Redirect": f"/incidents/{quote(ref)}"})
    return HttpResponse(status=204) if news is None else _told(request, ref, seen, news)


def _told(request: Asked, ref: str, seen: Cursor, news: News) -> HttpResponse:
    known = head(request, ref)
    may = "note" in known["can"]
    day = f"{seen.last.at:%Y-%m-%d}" if seen.last else ""
    told = {
        "ref": ref,
        "head": known,
        "live": poller(ref, news.cursor),
        "new": shown(news.new, may, day),
        "between": [(number, shown([each], may)[0]) for number, each in news.between],
        "changed": shown(news.changed, may),
        "anew": news.anew is not None,
        "entries": shown(news.anew.entries, may) if news.anew else (),
        "earlier": news.anew is not None and news.anew.earlier,
        "from": news.cursor.first or "",
        "marks": MARKS,
        "read_out": _read_out(request, news),
        **aside(request, known),
    }
    return render(request, "incident/live.html", told)


def _read_out(request: Asked, news: News) -> str:
    """What somebody who does not see the page hears: what others wrote, in few words."""
    mine = request.call.actor.who.name
    others = [each for each in [*news.new, *(each for _, each in news.between)] if each["who"] != mine]
    if len(others) > READ_OUT:
        return f"{len(others)} new entries."
    return " ".join(
        f"{each['who'] or 'Somebody'}: {each['text'][:200]}" if each["kind"] in ("message", "note") else each["text"]
        for each in others
    )
