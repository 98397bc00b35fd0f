"""/metrics for Prometheus: requests of this process, and what waits in the database, which is the same for all of them.

Numbers say something, too: they are told on this machine alone, or to whoever has the token.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.db import Error
from django.db.models import Count
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from musterpoint import access, effects
from musterpoint.store import models


class Stored(Collector):
    """What is counted in the database when somebody asks."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            found = list(_stored())
        except Error:
            found = []
        yield GaugeMetricFamily("musterpoint_database_up", "Whether the database answers.", value=bool(found))
        yield from found


def _stored() -> Iterator[Metric]:
    unfinished = models.Effect.objects.filter(status__in=("waiting", "parked"))
    counted = dict(unfinished.values_list("status").annotate(Count("id")))
    yield _by_status("musterpoint_effects", "Effects that are not done: waiting, or parked for a person.", counted)
    oldest = models.Effect.objects.filter(status="waiting").annotate(clock=Now()).order_by("created_at")
    age = next((clock - at for at, clock in oldest.values_list("created_at", "clock")[:1]), timedelta()).total_seconds()
    yield GaugeMetricFamily("musterpoint_effects_oldest_waiting_seconds", "Age of the oldest that waits.", value=age)
    held = "Whether effects are held back after a restore."
    yield GaugeMetricFamily("musterpoint_effects_held", held, value=effects.held())
    inbound = models.Inbound.objects.filter(status__in=("waiting", "parked"))
    counted = dict(inbound.values_list("status").annotate(Count("id")))
    yield _by_status("musterpoint_inbound", "Events from outside that are not taken in yet, or parked.", counted)
    hindered = models.Trouble.objects.count()
    yield GaugeMetricFamily("musterpoint_troubles", "What hinders the chat and the tracker now.", value=hindered)
    polls = models.TrackerPoll.objects.exclude(polled_at=None).annotate(clock=Now())
    ages = [(each.clock - each.polled_at).total_seconds() for each in polls if each.polled_at]
    if ages:
        silence = "Seconds since the tracker last said what has changed, of the repository that has not for longest."
        yield GaugeMetricFamily("musterpoint_tracker_silence_seconds", silence, value=max(ages))
    opened = access.visible(access.NOBODY).filter(status="open").count()
    yield GaugeMetricFamily("musterpoint_incidents_open", "Open incidents that everybody may see.", value=opened)


def _by_status(name: str, what: str, counted: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=["status"])
    for status in ("waiting", "parked"):
        family.add_metric([status], counted.get(status, 0))
    return family


REGISTRY.register(Stored())


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_know(request):
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _may_know(request: HttpRequest) -> bool:
    """With METRICS_TOKEN whoever shows it. Without, whoever asks from this machine and by a name of this machine: what
    a proxy passes on from elsewhere comes by the name that the world knows."""
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
    return _of_this_machine(request.META.get("REMOTE_ADDR", "")) and _of_this_machine(_host(request))


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host.rpartition(":")[0].strip("[]") if host.rpartition(":")[2].isdecimal() else host.strip("[]")


def _of_this_machine(address: str) -> bool:
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


urls: list[URLPattern] = [path("metrics", metrics)]
