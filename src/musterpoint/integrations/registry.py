"""The only module that names a provider: from the process's settings to the adapter behind a port."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from musterpoint.core.process import Process
from musterpoint.ports import Chat, Tracker, Website

CHATS = ("local", "bridge")
TRACKERS = ("local",)
WEBSITES = ("folder",)


def chat(process: Process) -> Chat:
    """The chat of this process. Raises ValueError for a provider that does not exist."""
    if process.chat == "local":
        from musterpoint.integrations.local.chat import LocalChat

        return LocalChat()
    if process.chat == "bridge":
        from musterpoint.integrations.bridge.chat import BridgeChat

        return BridgeChat(process.chat_url, process.chat_token, process.timeout)
    raise ValueError(f"[chat] provider is {process.chat!r}; known: {', '.join(CHATS)}")


def tracker(process: Process) -> Tracker:
    """The tracker of this process. Raises ValueError for a provider that does not exist."""
    if process.tracker == "local":
        from musterpoint.integrations.local.tracker import LocalTracker

        return LocalTracker()
    raise ValueError(f"[issue] tracker is {process.tracker!r}; known: {', '.join(TRACKERS)}")


def take_in_issues(process: Process, now: datetime) -> None:
    """Take in what people did to issues, as far as the tracker has told."""
    if process.tracker == "local":
        from musterpoint.integrations.local.desk import take_in

        take_in(process, now)


def take_in(process: Process, now: datetime) -> None:
    """Take in every stored event that nobody has: whoever received it may have died."""
    from musterpoint.intake import take_in as events
    from musterpoint.integrations.local.chat import SOURCE, read

    events(SOURCE, read, now)
    take_in_issues(process, now)


def website(process: Process, home: Path) -> Website:
    """The website of this process. Raises ValueError for a provider that does not exist."""
    if process.website == "folder":
        from musterpoint.integrations.local.website import FolderWebsite

        made = process.website_folder == Process().website_folder
        return FolderWebsite(home / Path(process.website_folder).expanduser(), process.timeout, made=made)
    raise ValueError(f"[website] provider is {process.website!r}; known: {', '.join(WEBSITES)}")
