"""Static files: their addresses carry the version, so that a browser keeps them until the next one."""

from __future__ import annotations

from django.contrib.staticfiles.storage import StaticFilesStorage

from musterpoint import __version__


class OfThisVersion(StaticFilesStorage):
    """`/static/page.css?v=1.2.3`."""

    def url(self, name: str | None, *arguments: object) -> str:
        return f"{super().url(name)}?v={__version__}"
