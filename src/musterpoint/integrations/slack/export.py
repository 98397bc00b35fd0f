"""The layout of an export archive: which channels and users it has, and where a channel's days lie.

https://slack.com/help/articles/220556107: `channels.json` (public), `groups.json` (private), `dms.json`, `mpims.json`,
`users.json`, and per conversation a folder, named after it or its id, with a file per day.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from musterpoint.integrations.slack.archive import Archive
from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.documents import parse
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.shapes import string
from musterpoint.integrations.slack.threads import Place, conversation_id

_INDEXES = ("channels.json", "groups.json", "dms.json", "mpims.json")
_USERS = ("users.json", "org_users.json")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")


@dataclass(frozen=True, slots=True)
class Export:
    """An archive that was recognised. `top` is where its index files lie: "" or `FOLDER/`."""

    archive: Archive
    top: str
    members: frozenset[str]

    @classmethod
    def recognise(cls, archive: Archive) -> Export:
        """Raises BadFile if the archive does not look like an export."""
        members = frozenset(name for name in archive.names() if not name.startswith("__MACOSX/"))
        tops = {name.rpartition("/")[0] for name in members if name.rpartition("/")[2] in (*_INDEXES, *_USERS)}
        tops = {top for top in tops if "/" not in top}
        if "" in tops or len(tops) == 1:
            return cls(archive, "" if "" in tops else f"{tops.pop()}/", members)
        found = f"several exports ({', '.join(sorted(tops))})" if tops else "no channels.json and no users.json"
        raise BadFile(
            f"{archive.where} does not look like an export of Slack: it holds {found}.",
            "Give the zip that Slack exported, or the folder it was unpacked to.",
        )

    def document(self, name: str) -> object:
        """The JSON document of the member `name`. Raises BadFile."""
        return parse(self.archive.read(name), f"{self.archive.where}: {name}")

    def names(self) -> tuple[Names, list[str]]:
        """The users, and a note if the export lists none."""
        present = [self.top + name for name in _USERS if self.top + name in self.members]
        found = [Names.from_users(self.document(name), f"{self.archive.where}: {name}") for name in present]
        return Names.merged(found), [] if present else ["The export has no users.json: ids stand for names."]

    def channel(self, wanted: str) -> tuple[Place, list[str]]:
        """The conversation with this name (with or without #) or id, and its day files, in order. Raises BadFile."""
        known = list(self._conversations())
        wanted = wanted.strip().removeprefix("#")
        place = next((each for each in known if wanted in (each.channel_name, each.channel_id)), None)
        place = place or next((each for each in known if wanted.casefold() == each.channel_name.casefold()), None)
        if place is None or not wanted:
            raise self._unknown(wanted, known)
        days = self._days(place.channel_name) or self._days(place.channel_id)
        if not days:
            hint = "The export may cover other days, or leave this kind of conversation out."
            raise BadFile(f"{self.archive.where} has no messages of #{wanted}.", hint)
        return place, days

    def _conversations(self) -> Iterable[Place]:
        listed: set[str] = set()
        for index in _INDEXES:
            if self.top + index not in self.members:
                continue
            document = self.document(self.top + index)
            for entry in document if isinstance(document, list) else []:
                if isinstance(entry, dict):
                    place = Place(conversation_id(string(entry, "id")), string(entry, "name"))
                    listed |= {place.channel_id, place.channel_name}
                    yield place
        folders = {name.removeprefix(self.top).split("/")[0] for name in self.members if name.startswith(self.top)}
        for folder in sorted(folders - listed):
            if self._days(folder):
                yield Place("", folder)

    def _days(self, folder: str) -> list[str]:
        start = f"{self.top}{folder}/"
        inside = (name for name in self.members if folder and name.startswith(start))
        return sorted(name for name in inside if _DAY.fullmatch(name.removeprefix(start)))

    def _unknown(self, wanted: str, known: list[Place]) -> BadFile:
        names = sorted({place.channel_name or place.channel_id for place in known})
        near = difflib.get_close_matches(wanted, names, n=5, cutoff=0.5) or names[:5]
        hint = (
            f"There are: {', '.join(near)}{', …' if len(names) > len(near) else ''}." if near else "It has no channels."
        )
        return BadFile(f"{self.archive.where} has no channel {wanted!r}.", hint)
