"""The list of incidents, and the search."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
