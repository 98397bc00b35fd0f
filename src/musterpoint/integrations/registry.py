"""The only module that names a provider: from the process's settings to the adapter behind a port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from musterpoint.core.process import Process
from musterpoint.ports import ActionIssues, Answer, Chat, Posted, Tracker, Website

if TYPE_CHECKING:
    from musterpoint.store import models

CHATS = ("local", "bridge", "slack")
TRACKERS = ("local", "github")
WEBSITES = ("folder",)


def chat(process: Process) -> Chat:
    """The chat of this process. Raises ValueError for a provider that does not exist."""
    if process.chat == "local":
        from musterpoint.integrations.local.chat import LocalChat

        return LocalChat()
    if process.chat == "bridge":
        from musterpoint.integrations.bridge.chat import BridgeChat

        return BridgeChat(process.chat_url, process.chat_token, process.timeout)
    if process.chat == "slack":
        from musterpoint.integrations.slack.app.chat import SlackChat

        return SlackChat.of(process)
    raise ValueError(f"[chat] provider is {process.chat!r}; known: {', '.join(CHATS)}")


def tracker(process: Process) -> Tracker:
    """The tracker of this process. Raises ValueError for a provider that does not exist."""
    if process.tracker == "local":
        from musterpoint.integrations.local.tracker import LocalTracker

        return LocalTracker()
    if process.tracker == "github":
        from musterpoint.integrations.github.tracker import GitHubTracker

        return GitHubTracker.of(process)
    raise ValueError(f"[issue] tracker is {process.tracker!r}; known: {', '.join(TRACKERS)}")


def action_issues(process: Process) -> ActionIssues | None:
    """Where actions may have issues of their own; None where they are lines of the Incident issue alone."""
    if process.tracker == "github":
        from musterpoint.integrations.github.children import GitHubActionIssues

        return GitHubActionIssues.of(process)
    return None


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
    if process.chat == "slack":
        from musterpoint.integrations.slack.app.taking import take_in as slack

        slack(process, now)


def website(process: Process, home: Path) -> Website:
    """The website of this process. Raises ValueError for a provider that does not exist."""
    if process.website == "folder":
        from musterpoint.integrations.local.website import FolderWebsite

        made = process.website_folder == Process().website_folder
        return FolderWebsite(home / Path(process.website_folder).expanduser(), process.timeout, made=made)
    raise ValueError(f"[website] provider is {process.website!r}; known: {', '.join(WEBSITES)}")


# --- what a provider has of its own -------------------------------------------------------------------------------

Hook = Callable[[Mapping[str, str], bytes, datetime], Answer]
OwnEffect = Callable[["models.Effect", Process, Callable[[], None]], Posted]


def hook(name: str, process: Process) -> Hook | None:
    """What answers requests to `/hooks/NAME`, given headers (names in small letters), the raw body and the time."""
    if name == "slack" and process.chat == "slack":
        from musterpoint.integrations.slack.app import receiving

        return receiving.hook(process)
    if name == "github" and process.tracker == "github":
        from musterpoint.integrations.github import receiving as github

        return github.hook(process)
    return None


def own_effect(process: Process, kind: str) -> OwnEffect | None:
    """What carries out effects that only a provider knows; their kinds begin with its name."""
    if kind.startswith("slack_") and process.chat == "slack":
        from musterpoint.integrations.slack.app import own_effects

        return own_effects.carry_out
    return None


def has_history(process: Process) -> bool:
    """Whether the chat lets its threads be read again, so that what was missed can be learnt."""
    return process.chat == "slack"


def missing(process: Process) -> str:
    """What hinders the chat from being listened to at all, in a sentence with what to do; empty if nothing does."""
    if process.chat == "slack":
        from musterpoint.integrations.slack.app import keys

        return keys.missing()
    return ""


def missing_for_issues(process: Process) -> str:
    """The same of the tracker."""
    if process.tracker == "github":
        from musterpoint.integrations.github import readiness

        return readiness.missing(process)
    return ""


def told_of_issues(process: Process) -> str:
    """How we learn what people do on the tracker, in a sentence; empty where that goes without saying."""
    if process.tracker == "github":
        from musterpoint.integrations.github import readiness

        return readiness.ways(process)
    return ""


def tried(process: Process, address: str, now: datetime, timeout: float) -> list[tuple[bool, str]] | None:
    """Ask the chat for all that is needed of it, in its own way: whether each works, and what is so. None for one that
    has no way of its own. Each call ends within `timeout` seconds."""
    if process.chat == "slack":
        from musterpoint.integrations.slack.app import trying

        return [(each.works, each.told) for each in trying.tried(process, address, now, timeout)]
    return None


def tried_issues(process: Process, address: str, now: datetime, timeout: float) -> list[tuple[bool, str]] | None:
    """The same of the tracker. What works and could be better counts as working."""
    if process.tracker == "github":
        from musterpoint.integrations.github import trying

        return [(not each.broken, each.told) for each in trying.tried(process, address, now, timeout)]
    return None


def listen(process: Process, *, called: bool, engine: bool) -> Callable[[], None]:
    """Begin to listen, in a process that the chat can call (it serves the pages), or that has the engine, or both.
    Returns what ends it."""
    if process.chat == "slack":
        from musterpoint.integrations.slack.app import listening

        return listening.begin(process, called=called, engine=engine)
    return lambda: None


def tend(process: Process, now: datetime) -> None:
    """What has to be looked after every ten seconds: history that was missed, who is who, what the chat is like."""
    if process.chat == "slack":
        from musterpoint.integrations.slack.app import tending

        tending.tend(process, now)
    if process.tracker == "github":
        from musterpoint.integrations.github import tending as github

        github.tend(process, now)
