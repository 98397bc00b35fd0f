"""The pages' addresses. Nouns: what is posted to is what comes to be (`POST /incidents/7/resolution`)."""

from __future__ import annotations

from django.urls import URLPattern, path

from musterpoint.web import (
    actions,
    declare,
    followups,
    health,
    hooks,
    incidents,
    metrics,
    now,
    publication,
    record,
    settings,
    steps,
    thread,
    timeline,
    writeup,
)

urls: list[URLPattern] = [
    path("healthz", health.health),
    path("readyz", health.ready),
    *metrics.urls,
    *hooks.urls,
    *now.urls,
    *declare.urls,
    *incidents.urls,
    *followups.urls,
    *thread.urls,
    *steps.urls,
    *timeline.urls,
    *writeup.urls,
    *actions.urls,
    *publication.urls,
    *record.urls,
    *settings.urls,
]
