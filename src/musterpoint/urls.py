"""Every address of this installation: the pages', the accounts', the API's."""

from __future__ import annotations

from django.urls import include, path

from musterpoint.accounts.urls import urls as accounts
from musterpoint.api.app import urls as api
from musterpoint.web.urls import urls as pages

urlpatterns = [
    *pages,
    *accounts,
    path("accounts/", include("allauth.urls")),
    *api,
]
