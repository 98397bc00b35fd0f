from django.urls import path

from musterpoint.web import health

urlpatterns = [path("", health.home), path("healthz", health.health), path("readyz", health.ready)]
handler404 = health.not_found
