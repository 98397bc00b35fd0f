"""Tries everything that the GitHub part needs, one after the other, and says what is missing and how to mend it.

Nothing is written there. What cannot be tried without an earlier thing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github import troubles, trying_access, trying_hook, trying_issues
from musterpoint.integrations.github.answers import Refusal, Trouble
from musterpoint.integrations.github.keys import keys, missing
from musterpoint.integrations.github.sending import send
from musterpoint.integrations.github.trial import Trial, Tried, begun, worth_a_word, wrong
from musterpoint.ports import Refused, Unavailable

__all__ = ["STEPS", "Tried", "shape", "tried"]

AGAIN = "Try again in a minute. If it stays like that, see https://www.githubstatus.com, or who runs your server."
#: Seconds that clocks may differ: GitHub refuses what an app signs in the future, and we sign a minute back.
APART = 60
#: How an answer of another form than GitHub's shows up: what answers may be a proxy.
_NONSENSE = (AttributeError, KeyError, IndexError, TypeError, ValueError)
#: Of what is left of an hour's requests, less than this part is worth a word.
LITTLE = 0.1


def tried(process: Process, address: str, now: datetime, timeout: float) -> Iterator[Tried]:
    """Each as soon as it is known. `address` is MUSTERPOINT_ADDRESS; each call ends within `timeout` seconds.

    Raises OSError where a file that holds a secret cannot be read.
    """
    trial = begun(process, keys(), address, now, timeout)
    for name, step in STEPS:
        try:
            found = step(trial)
        except Trouble as error:
            if name in ESSENTIAL:
                troubles.noted(error, trial.moment)
            message, hint = troubles.words(error)
            found = wrong(message, hint)
        except (Unavailable, Refused) as error:
            found = wrong(str(error), AGAIN)
        except _NONSENSE:
            found = wrong("GitHub answered, and nothing that makes sense.", AGAIN)
        if found is not None:
            if name in ESSENTIAL:
                _mended(trial, name, found)
            yield replace(found, name=name)


def _mended(trial: Trial, name: str, found: Tried) -> None:
    """What was noted before and is well now: with an answer about the repository the connection, with the right to
    write all of it."""
    if name == "repository" and trial.repository and not found.broken:
        troubles.worked(trial.repository, trial.moment, write=False)
    if name == "rights" and trial.writes:
        troubles.mended(trial.repository, trial.moment)


def _limits(trial: Trial) -> Tried | None:
    """https://docs.github.com/en/rest/rate-limit/rate-limit: asking costs nothing."""
    if not trial.repository:
        return None
    try:
        told = trial.ask("/rate_limit").data["resources"]
    except Refusal as error:
        if error.status == 404:
            return Tried("This server counts no requests.")
        raise
    names = {"core": "requests", "graphql": "points for queries"}
    parts = [(told[each]["remaining"], told[each]["limit"], name) for each, name in names.items() if each in told]
    left = ", ".join(f"{remaining:,} of {limit:,} {name}" for remaining, limit, name in parts)
    if any(remaining < limit * LITTLE for remaining, limit, _ in parts):
        hint = "See whether other programs use the same token or app. What is to be written waits where it must."
        return worth_a_word(f"Left in this hour: {left}.", hint)
    return Tried(f"Left in this hour: {left}.")


def _clock(trial: Trial) -> Tried | None:
    """Asked without a token: a wrong clock is why an app's key may not be accepted."""
    if missing():
        return None
    reply = send("GET", f"{trial.keys.api}/rate_limit", "", trial.process.timeout)
    try:
        theirs = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return None
    apart = round((trial.moment - theirs).total_seconds())
    if abs(apart) <= APART:
        return Tried("This machine's clock and GitHub's agree.")
    told = f"This machine's clock is {abs(apart):,} s {'ahead of' if apart > 0 else 'behind'} GitHub's."
    return wrong(
        told, "Let it be set by itself (on Debian: timedatectl set-ntp true). Times in the record are wrong too."
    )


STEPS: tuple[tuple[str, Callable[[Trial], Tried | None]], ...] = (
    ("credentials", trying_access.credentials_of),
    ("installation", trying_access.installation),
    ("repository", trying_access.repository),
    ("rights", trying_access.rights),
    ("labels", trying_issues.labels),
    ("type", trying_issues.type_of),
    ("assignees", trying_issues.assignees),
    ("history", trying_issues.history),
    ("sub-issues", trying_issues.sub_issues),
    ("webhook", trying_hook.webhook),
    ("deliveries", trying_hook.deliveries),
    ("limits", _limits),
    ("clock", _clock),
)
#: Without these nothing goes: what hinders there is shown everywhere until it is mended.
ESSENTIAL = frozenset({"credentials", "installation", "repository", "rights"})


def shape(each: Tried) -> dict[str, Any]:
    return {
        "name": each.name, "works": each.works, "needed": each.needed, "told": each.told, "hint": each.hint or None
    }  # fmt: skip
