"""Whole files of Slack, checked whole before anything of them is used: a thread's answer, or a thread in an export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from musterpoint.integrations.slack.archive import open_archive
from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.checks import check_stamp, checked
from musterpoint.integrations.slack.documents import load
from musterpoint.integrations.slack.export import Export
from musterpoint.integrations.slack.messages import NOTICES
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.shapes import Object, string
from musterpoint.integrations.slack.stamps import as_typed, is_stamp, moment
from musterpoint.integrations.slack.threads import Place, ThreadFile, assemble, conversation_id, root_of

_REPLIES = 'Give the answer of conversations.replies (an object with "messages"), or several of them in a list.'
_MORE = "Slack had more replies than the file holds (has_more): fetch the pages that follow and import again."
_NO_STAMP = 'Give the ts of the root message (1717984816.912149) or the address that "Copy link" gives.'

Numbered = tuple[str, object]


def read_replies(path: Path, users: Path | None = None, channel: str = "") -> ThreadFile:
    """The thread in the file `path`: an answer of `conversations.replies`, a list of them (pages), or of messages.

    `users` is a file that `Names.from_users` reads, `channel` the name or id, which such an answer rarely tells.
    Raises BadFile.
    """
    found, missing = _replies(load(path, "the thread's file"), str(path))
    messages = [checked(value, where) for where, value in found]
    if not messages:
        raise BadFile(f"{path} holds no message.", _REPLIES)
    root, notes = root_of(messages, str(path))
    names = read_users(users) if users else Names()
    return assemble(_place(channel, messages), root, messages, names, missing, notes)


def read_users(path: Path) -> Names:
    """Raises BadFile."""
    return Names.from_users(load(path, "the users file"), str(path))


def read_export(path: Path, channel: str, thread_ts: str) -> ThreadFile:
    """The thread `thread_ts` of `channel` (name or id) in the export archive `path`, a zip or the folder it became.

    `thread_ts` may be that of any message of the thread, or a message's address. Only the days that speak of the thread
    are read. Raises BadFile.
    """
    wanted = as_typed(thread_ts)
    if not is_stamp(wanted):
        raise BadFile(f"{thread_ts!r} is no ts of a message.", _NO_STAMP)
    with open_archive(path) as archive:
        export = Export.recognise(archive)
        place, days = export.channel(channel)
        names, notes = export.names()
        messages = _thread(export, days, wanted)
        if not messages:
            raise _unknown_thread(export, days, place, wanted)
        root = min(string(message, "thread_ts") or string(message, "ts") for message in messages)
        if root != wanted:
            messages = _thread(export, days, root)
            notes = [*notes, f"{wanted} is a reply in the thread {root}, which was read."]
    return assemble(place, root, messages, names, "", notes)


def _replies(document: object, where: str) -> tuple[list[Numbered], str]:
    """The numbered messages of a document of any accepted shape, and what it says is missing."""
    if isinstance(document, list) and any(isinstance(page, Mapping) and "messages" in page for page in document):
        pages = [_page(page, f"{where}, answer {number}") for number, page in enumerate(document, 1)]
        more = all(more for _, more in pages)
        return [message for messages, _ in pages for message in messages], _MORE if more else ""
    if isinstance(document, list):
        return _numbered(document, where), ""
    messages, more = _page(document, where)
    return messages, _MORE if more else ""


def _page(page: object, where: str) -> tuple[list[Numbered], bool]:
    if not isinstance(page, Mapping):
        raise BadFile(f"{where} is not an answer of Slack.", _REPLIES)
    if page.get("ok") is False:
        error = string(page, "error") or "unknown error"
        raise BadFile(f"{where} holds an error that Slack answered: {error}.", "Fetch the thread again.")
    messages = page.get("messages")
    if not isinstance(messages, list):
        raise BadFile(f"{where} holds no list of messages.", _REPLIES)
    return _numbered(messages, where), page.get("has_more") is True


def _numbered(messages: list[object], where: str) -> list[Numbered]:
    return [(f"{where}, message {number}", message) for number, message in enumerate(messages, 1)]


def _place(channel: str, messages: Iterable[Object]) -> Place:
    channel = channel.strip().removeprefix("#")
    told = {string(message, "channel") for message in messages} - {""}
    if conversation_id(channel):
        return Place(channel, "")
    return Place(conversation_id(told.pop()) if len(told) == 1 else "", channel)


def _thread(export: Export, days: Iterable[str], stamp: str) -> list[Object]:
    """The message `stamp` and what was replied to it, unsorted. A day that never mentions the ts is not even parsed."""
    found: list[Object] = []
    for day in days:
        if stamp.encode() not in export.archive.read(day):
            continue
        for where, value in _day(export, day):
            if not isinstance(value, Mapping):
                raise BadFile(f"{where} is not an object.", "Download the export from Slack again.")
            for field in ("ts", "thread_ts"):
                if isinstance(value.get(field), int | float):
                    check_stamp(value[field], field, where)
            if stamp in (value.get("ts"), value.get("thread_ts")):
                found.append(checked(value, where))
    return found


def _day(export: Export, day: str) -> list[Numbered]:
    document = export.document(day)
    where = f"{export.archive.where}: {day}"
    if not isinstance(document, list):
        raise BadFile(f"{where} is not a list of messages.", "Download the export from Slack again.")
    return _numbered(document, where)


def _unknown_thread(export: Export, days: list[str], place: Place, wanted: str) -> BadFile:
    """Names the threads that began nearest to the one that is not there."""
    at = moment(wanted)
    near = sorted(days, key=lambda day: abs(_ordinal(day) - at.toordinal()))[:3]
    roots = [
        value
        for day in near
        for _, value in _day(export, day)
        if isinstance(value, Mapping) and is_stamp(string(value, "ts")) and string(value, "subtype") not in NOTICES
        if string(value, "thread_ts") in ("", string(value, "ts"))
    ]
    roots.sort(key=lambda value: abs(moment(string(value, "ts")) - at))
    shown = "; ".join(f"{string(value, 'ts')} “{string(value, 'text')[:40]}”" for value in roots[:3])
    message = f"#{place.channel_name or place.channel_id} has no message {wanted} in {export.archive.where}."
    return BadFile(message, f"Near it are: {shown}." if shown else _NO_STAMP)


def _ordinal(day: str) -> int:
    """The number of the day that a file is named after; 0 for one that no calendar has."""
    try:
        return date.fromisoformat(day[-len("2024-06-10.json") : -len(".json")]).toordinal()
    except ValueError:
        return 0
