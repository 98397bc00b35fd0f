"""The addresses of coming in that are not allauth's: one-time links, and one's own account."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
