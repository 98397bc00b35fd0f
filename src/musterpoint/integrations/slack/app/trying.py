"""Tries everything that the Slack part needs, one after the other, and says what is missing and how to mend it.

Nothing is posted. What cannot be tried without an earlier thing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, channels, manifest, ourselves, troubles
from musterpoint.integrations.slack.app.keys import keys
from musterpoint.integrations.slack.app.ourselves import Introduced
from musterpoint.integrations.slack.shapes import Object, objects, string
from musterpoint.ports import Refused, Unavailable

AGAIN = "Try again in a minute. If it stays like that, see https://slack-status.com."
_SCOPES = (
    "Add it at api.slack.com/apps, OAuth & Permissions, Bot Token Scopes; then Install App, Reinstall. "
    "`musterpoint slack manifest` prints all of them."
)
_SOCKET = "Make one at api.slack.com/apps, Basic Information, App-Level Tokens, with the scope connections:write."


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one trial: `told` is what is so, `hint` how to mend it where it does not work."""

    name: str
    works: bool
    told: str
    hint: str = ""


@dataclass(slots=True)
class _Trial:
    """What the trials learn for those after them."""

    process: Process
    address: str
    now: datetime
    us: Introduced | None = None
    channel: str = ""
    facts: Object = field(default_factory=dict)


def tried(process: Process, address: str, now: datetime, timeout: float) -> Iterator[Tried]:
    """Each as soon as it is known. `address` is MUSTERPOINT_ADDRESS; each call ends within `timeout` seconds."""
    trial = _Trial(replace(process, timeout=timeout), address, now)
    for name, step in STEPS:
        try:
            found = step(trial)
        except calling.Trouble as error:
            if name == "token":
                troubles.noted(error, now)
            message, hint = troubles.words(error)
            found = Tried(name, False, message, hint)
        except (Unavailable, Refused) as error:
            found = Tried(name, False, str(error), AGAIN)
        if found is not None:
            yield replace(found, name=name)


def _token(trial: _Trial) -> Tried:
    if not keys().bot:
        hint = "Copy the Bot User OAuth Token (xoxb-…) from api.slack.com/apps, Install App, into SLACK_BOT_TOKEN."
        return Tried("", False, "SLACK_BOT_TOKEN is empty.", hint)
    trial.us = ourselves.introduce(trial.process, trial.now)
    return Tried("", True, f"It is accepted, in the workspace {trial.us.name} ({trial.us.team}).")


def _scopes(trial: _Trial) -> Tried | None:
    if trial.us is None:
        return None
    missing = [each for each in manifest.SCOPES if each not in trial.us.scopes | manifest.OPTIONAL]
    if not trial.us.scopes:
        return Tried("", False, "Slack does not say which scopes the token has.", AGAIN)
    if missing:
        told = "; ".join(f"{each}, for {manifest.SCOPES[each]}" for each in missing)
        return Tried("", False, f"Missing: {told}.", _SCOPES)
    left_out = ", ".join(sorted(manifest.OPTIONAL - trial.us.scopes))
    return Tried("", True, f"All are there that must be.{f' Left out: {left_out}.' if left_out else ''}")


def _channel(trial: _Trial) -> Tried | None:
    if trial.us is None:
        return None
    trial.channel = channels.id_of(trial.process, trial.process.channel, trial.now)
    told: Object = calling.call(trial.process.timeout, "conversations.info", channel=trial.channel)["channel"]
    name = string(told, "name") or trial.channel
    if told.get("is_archived") is True:
        raise calling.Trouble("is_archived", f"#{name}")
    if told.get("is_member") is not True:
        raise calling.Trouble("not_in_channel", f"#{name}")
    trial.facts = told
    if trial.process.channel.strip().removeprefix("#").casefold() not in (name, trial.channel.casefold()):
        return Tried("", True, f"{trial.process.channel} is called #{name} by now; the app is in it.")
    return Tried("", True, f"#{name} is there, and the app is in it.")


def _history(trial: _Trial) -> Tried | None:
    """Whether bot tokens may read threads is something that Slack's own pages disagree about."""
    if not trial.facts:
        return None
    newest = calling.call(trial.process.timeout, "conversations.history", channel=trial.channel, limit=1)
    messages = objects(newest.data, "messages") if isinstance(newest.data, dict) else []
    if not messages:
        return Tried("", True, "Nothing was said in the channel yet; the app may read it.")
    root = string(messages[0], "thread_ts") or string(messages[0], "ts")
    calling.call(trial.process.timeout, "conversations.replies", channel=trial.channel, ts=root, limit=1)
    return Tried("", True, "Threads can be read with this token, so what was missed can be made up for.")


def _posting(trial: _Trial) -> Tried | None:
    if not trial.facts or trial.us is None:
        return None
    if trial.facts.get("is_read_only") is True or trial.facts.get("is_thread_only") is True:
        raise calling.Trouble("restricted_action_read_only_channel", f"#{string(trial.facts, 'name')}")
    if "chat:write" not in trial.us.scopes:
        raise calling.Trouble("missing_scope", needed="chat:write")
    return Tried("", True, "The app may write in the channel. (Nothing was posted.)")


def _huddle(trial: _Trial) -> Tried | None:
    if not trial.channel or trial.us is None:
        return None
    link = f"https://app.slack.com/huddle/{trial.us.team}/{trial.channel}"
    return Tried("", True, f"The button of the card opens {link}. Open it once to see that it leads to the channel.")


def _listening(trial: _Trial) -> Tried:
    """What Slack tells comes by Socket Mode where there is an app-level token, else over HTTP."""
    found = keys()
    if found.app:
        try:
            calling.call(trial.process.timeout, "apps.connections.open", app_token=found.app)
        except (calling.Trouble, Refused) as error:
            return Tried("", False, f"Socket Mode cannot be opened with SLACK_APP_TOKEN: {error}", _SOCKET)
        return Tried("", True, "Socket Mode can be opened with SLACK_APP_TOKEN; no public address is needed.")
    if not found.signing:
        hint = "Copy the Signing Secret from api.slack.com/apps, Basic Information, into SLACK_SIGNING_SECRET. Or use "
        return Tried("", False, "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both empty.", f"{hint}Socket Mode.")
    return Tried("", True, "SLACK_SIGNING_SECRET is set; whether it is the right one shows when Slack calls.")


def _address(trial: _Trial) -> Tried | None:
    if keys().app:
        return None
    try:
        url = manifest.hook(trial.address)
    except NotAllowed as error:
        return Tried("", False, error.message, error.hint)
    hint = "api.slack.com/apps, Event Subscriptions, shows whether it is verified."
    return Tried("", True, f"Slack calls {url}. {hint}")


STEPS: tuple[tuple[str, Callable[[_Trial], Tried | None]], ...] = (
    ("token", _token),
    ("scopes", _scopes),
    ("channel", _channel),
    ("history", _history),
    ("posting", _posting),
    ("huddle", _huddle),
    ("listening", _listening),
    ("address", _address),
)


def shape(each: Tried) -> dict[str, Any]:
    return {"name": each.name, "works": each.works, "told": each.told, "hint": each.hint or None}
