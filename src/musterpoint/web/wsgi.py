"""The WSGI application that waitress serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from musterpoint.web import hooks

_pages = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"].startswith("/hooks/"):
        return hooks.application(environ, start_response)
    return _pages(environ, start_response)
