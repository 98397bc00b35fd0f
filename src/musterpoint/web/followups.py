"""All follow-up actions that a person may see: overdue ones first, by owner and due date; narrowed in the address."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from musterpoint.core.incident import Role
from musterpoint.reading.followups import ME, NEWEST, NOBODY, Chosen, followups
from musterpoint.web.asked import Asked, signed_in
from musterpoint.web.where import solved_at

#: Digits of a page's number, characters of a name, and owners that are summed up.
DIGITS, LONGEST, OWNERS = 6, 200, 24


@require_safe
@signed_in
def actions(request: Asked) -> HttpResponse:
    asked = request.GET
    chosen = Chosen(asked.get("who", "")[:LONGEST], bool(asked.get("overdue")), bool(asked.get("done")))
    number = asked.get("page", "")
    page = int(number) if number.isdecimal() and len(number) <= DIGITS else 1
    shown = followups(request.call, chosen, page)
    for each in shown["actions"]:
        each["url"] = solved_at(f"action_due:{each['number']}", each["incident"])
    for owner in shown["owners"]:
        owner["url"] = _address(Chosen(owner["name"] or NOBODY, chosen.overdue, chosen.ended))
        owner["chosen"] = chosen.who == (owner["name"] or NOBODY)
    told = {
        **shown,
        "chosen": chosen,
        "may_end": request.call.actor.role is not Role.VIEWER,
        "filters": _filters(chosen),
        "owners": shown["owners"][:OWNERS],
        "earlier": _address(chosen, shown["page"] - 1) if shown["page"] > 1 else "",
        "later": _address(chosen, shown["page"] + 1) if shown["page"] < shown["pages"] else "",
        "newest": NEWEST,
    }
    return render(request, "followups.html", told)


def _filters(chosen: Chosen) -> list[tuple[str, str, bool]]:
    """Links that narrow the list, each with its address and whether it is what is shown."""
    who, overdue, ended = chosen.who, chosen.overdue, chosen.ended
    return [
        ("Everybody's", _address(Chosen("", overdue, ended)), not who),
        ("Mine", _address(Chosen(ME, overdue, ended)), who == ME),
        ("Nobody's", _address(Chosen(NOBODY, overdue, ended)), who == NOBODY),
        ("Overdue only", _address(Chosen(who, not overdue, ended)), overdue),
        ("Done and declined, too", _address(Chosen(who, overdue, not ended)), ended),
    ]


def _address(chosen: Chosen, page: int = 1) -> str:
    values = {"who": chosen.who, "overdue": "1" * chosen.overdue, "done": "1" * chosen.ended}
    values["page"] = str(page) if page > 1 else ""
    given = urlencode({name: value for name, value in values.items() if value})
    return f"/actions?{given}" if given else "/actions"


urls: list[URLPattern] = [path("actions", actions)]
