"""`POST /hooks/NAME`: where a provider calls us. Its signature proves who it is; there is no session and no cookie."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from musterpoint.integrations import registry
from musterpoint.process import in_force


@csrf_exempt
@require_POST
def receive(request: HttpRequest, name: str) -> HttpResponse:
    answers = registry.hook(name, in_force())
    if answers is None:
        raise Http404
    headers = {key.lower(): value for key, value in request.headers.items()}
    answer = answers(headers, request.body, timezone.now())
    return HttpResponse(answer.body, status=answer.status, content_type=answer.type)


urls = [path("hooks/<slug:name>", receive)]
