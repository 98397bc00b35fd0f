"""The steps of an incident: one address each."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
