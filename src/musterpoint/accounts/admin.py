"""Django's admin, where MUSTERPOINT_ADMIN=yes: a look at the tables, for admins. It changes nothing, and what a person
may not see does not exist here either."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from musterpoint import access
from musterpoint.accounts.calls import call_of, person_of
from musterpoint.accounts.models import Account, Link, Token
from musterpoint.core.incident import Role
from musterpoint.store import models


class Site(admin.AdminSite):
    site_header = site_title = "Musterpoint"
    index_title = "Tables (nothing can be changed here)"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        person = person_of(request)
        return person is not None and person.role == Role.ADMIN

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By our own page, with its throttling and second factor."""
        if person_of(request) is None:
            return redirect_to_login(request.get_full_path())
        return render(request, "404.html", status=404)

    def password_change(  # type: ignore[override]  # a redirect is an answer, too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


site = Site(name="admin")


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # of any model
    """`through` leads from a row to its incident or thread; rows of what this person may not see are left out."""

    incident = ""
    thread = ""
    secret: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.secret)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        fields = [each.name for each in self.model._meta.concrete_fields if each.name not in self.secret]
        return fields[:7]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        person = person_of(request)
        if person is None:
            return super().get_queryset(request).none()
        visible = access.visible(call_of(person, "web").actor)
        hidden = models.Reading.objects.exclude(incident__in=visible).values("thread")
        wanted = Q()
        if self.incident:
            wanted &= Q(**{f"{self.incident}__in": visible}) | Q(**{f"{self.incident}__isnull": True})
        if self.thread:
            wanted &= ~Q(**{f"{self.thread}__in": hidden}) | Q(**{f"{self.thread}__isnull": True})
        return super().get_queryset(request).filter(wanted).order_by("-pk")


def _shown(model: type[Model], *secret: str, incident: str = "", thread: str = "") -> None:
    values = {"incident": incident, "thread": thread, "secret": secret}
    site.register(model, type(f"{model.__name__}Admin", (ReadOnly,), values))


_shown(models.Incident, incident="pk")
_shown(models.Entry, incident="incident", thread="thread")
_shown(models.Effect, incident="incident")
_shown(models.Member, incident="incident")
_shown(models.Reading, incident="incident", thread="thread")
_shown(models.Thread, thread="pk")
_shown(models.Import, thread="thread")
_shown(models.IssueCopy, incident="incident")
_shown(models.IssuePage, incident="incident")
_shown(models.ActionIssue, incident="incident")
_shown(models.LocalPost, thread="thread")
_shown(models.Capture, "error", "cursor", thread="thread")
for each in (models.Person, models.Identity, models.ImportedName, models.Counter, models.ChatUser):
    _shown(each)
#: What came in may be about an incident that is not for this person: of these only that they are there.
_shown(models.Inbound, "key", "data", "error")
_shown(models.LocalIssue, "title", "body", "key")
_shown(models.LocalComment, "text", "key", "who_identity", "who_name", "issue")
_shown(models.Copy, "path", "incident_ref")
_shown(models.Setting, "value")
_shown(models.ChatChannel, "name", "channel")
_shown(models.Trouble, "place", "message", "hint")
_shown(models.TrackerPoll, "place", "etag")
_shown(models.Throttle)
_shown(Account, "password", "groups", "user_permissions", "is_staff", "is_superuser")
_shown(Link, "digest")
_shown(Token, "digest")
