"""The follow-up actions of an incident: add, adopt what the thread proposes, change, finish, decline, take up again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from musterpoint import actions as deeds
from musterpoint import people, reading
from musterpoint.core.action_issue import is_address
from musterpoint.core.aftermath import ActionKind, ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, ActionEnded
from musterpoint.core.decision import NotAllowed
from musterpoint.core.followup import Fields
from musterpoint.core.incident import Who
from musterpoint.core.issue_journal import ActionIssueWanted
from musterpoint.core.journal import Entry
from musterpoint.web import written
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.head import page

#: The fields that a form shows with what stood in them when it was made (`was_title`): only those that differ change.
FIELDS = ("title", "owner", "due", "kind", "tracked")
ENDED = {
    ActionStatus.DONE: "is done",
    ActionStatus.DECLINED: "is declined",
    ActionStatus.OPEN: "is open again",
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def followups(request: Asked, ref: str) -> HttpResponse:
    if request.method == "POST":
        return _add(request, ref)
    found = reading.actions_of(request.call, ref)
    told: dict[str, Any] = {
        **found,
        "open": [each for each in found["actions"] if each["status"] == ActionStatus.OPEN],
        "ended": [each for each in found["actions"] if each["status"] != ActionStatus.OPEN],
        "kinds": [each.value for each in ActionKind],
        "people": written.people(),
        "entry": request.GET.get("entry", ""),
        "issues": request.call.process.tracker == "github",
        "repository": request.call.process.github_repository,
    }
    return page(request, ref, "actions", told)


def _add(request: Asked, ref: str) -> HttpResponse:
    """A new one; `entry` adopts what that entry proposes, in its words where no title is given. `issue`: a repository
    in which it gets one of its own, or the address of one that is there."""
    title, entry = written.text(request, "title"), written.text(request, "entry").strip()
    issue = written.text(request, "issue").strip()
    if not title.strip() and not entry and not issue:
        raise NotAllowed("empty", "What is to be done?", "Write a title.")
    made = deeds.add_action(
        request.call,
        ref,
        title,
        _owner(request),
        written.text(request, "due"),
        _kind(request),
        written.text(request, "tracked"),
        entry,
        issue or None,
    )
    return _there(request, ref, made, "is added")


@require_POST
@signed_in
def change(request: Asked, ref: str, number: int) -> HttpResponse:
    """What the form shows that differs from what it showed before; what somebody else changed meanwhile stays."""
    wanted: Fields = {}
    changed = {name for name in FIELDS if name in request.POST and _differs(request, name)}
    if "title" in changed:
        wanted["title"] = written.text(request, "title")
    if "owner" in changed:
        wanted["owner"] = _owner(request)
    if "due" in changed:
        wanted["due"] = written.text(request, "due")
    if "kind" in changed:
        wanted["kind"] = _kind(request)
    if "tracked" in changed:
        wanted["tracked"] = written.text(request, "tracked")
    if not wanted:
        raise NotAllowed("unchanged", f"Action {number} is like that already.", "Nothing was changed.")
    made = deeds.change_action(request.call, ref, number, **wanted)
    return _there(request, ref, made, "is changed")


@require_POST
@signed_in
def outcome(request: Asked, ref: str, number: int) -> HttpResponse:
    """`status`: done, declined (with a reason), or open again."""
    status = request.POST.get("status", "")
    if status not in list(ActionStatus):
        raise NotAllowed("no_status", "What became of the action?", "It is done, declined, or open.")
    made = deeds.end_action(request.call, ref, number, ActionStatus(status), written.text(request, "reason"))
    return _there(request, ref, made, ENDED[ActionStatus(status)])


@require_POST
@signed_in
def issue(request: Asked, ref: str, number: int) -> HttpResponse:
    """`issue`: the repository in which it gets one of its own (empty: that of the settings), or the address of one that
    is there. `none`: it gives up the one that it has."""
    wanted, none = written.text(request, "issue").strip(), request.POST.get("none") == "yes"
    place, existing = ("", wanted) if is_address(wanted) else (wanted, "")
    made = deeds.change_action_issue(request.call, ref, number, place, existing, none=none)
    return _there(request, ref, made, "has no issue of its own any more" if none else "gets an issue: it is on its way")


def _differs(request: Asked, name: str) -> bool:
    return written.text(request, name).strip() != written.text(request, f"was_{name}").strip()


def _owner(request: Asked) -> Who | None:
    wanted = written.text(request, "owner").strip()
    return people.somebody(request.call, wanted) if wanted else None


def _kind(request: Asked) -> ActionKind | None:
    kind = request.POST.get("kind", "")
    if kind and kind not in list(ActionKind):
        raise NotAllowed("no_kind", f"{kind[:40]!r} is no kind of action.", f"One of: {', '.join(ActionKind)}.")
    return ActionKind(kind) if kind else None


def _there(request: Asked, ref: str, made: Entry, said: str) -> HttpResponse:
    fact = made.fact
    assert isinstance(fact, ActionAdded | ActionChanged | ActionEnded | ActionIssueWanted)
    owner = fact.owner if isinstance(fact, ActionAdded | ActionChanged) else None
    unknown = owner is not None and owner.identity.startswith("name:")
    gap = f" {owner.name} is not known here and gets no reminders." if owner and unknown else ""
    return done(request, f"/incidents/{ref}/actions#action-{fact.number}", f"Action {fact.number} {said}.{gap}")


urls: list[URLPattern] = [
    path("incidents/<str:ref>/actions", followups),
    path("incidents/<str:ref>/actions/<int:number>", change),
    path("incidents/<str:ref>/actions/<int:number>/outcome", outcome),
    path("incidents/<str:ref>/actions/<int:number>/issue", issue),
]
