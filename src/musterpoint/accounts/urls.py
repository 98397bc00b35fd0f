"""The addresses of coming in that are not allauth's: one-time links, the way to a service, Django's admin."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from musterpoint.accounts import arriving, leaving

urls: list[URLPattern | URLResolver] = [
    path("join/<str:text>", arriving.join, name="join"),
    path("accounts/via/<str:service>", leaving.via, name="via"),
]
if settings.ADMIN:
    from musterpoint.accounts.admin import site

    urls.append(path("admin/", site.urls))
