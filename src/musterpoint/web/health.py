"""`/healthz`: this process answers. `/readyz`: its database does too, at the schema that this version needs."""

from __future__ import annotations

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from musterpoint import __version__
from musterpoint.store import schema


def health(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok", "version": __version__})


def ready(request: HttpRequest) -> HttpResponse:
    try:
        missing = schema.missing()
    except Error as error:
        return JsonResponse({"status": "unavailable", "message": f"The database does not answer: {error}"}, status=503)
    if missing:
        return JsonResponse(
            {"status": "unavailable", "message": "The database needs `musterpoint migrate`."}, status=503
        )
    return JsonResponse({"status": "ok"})
