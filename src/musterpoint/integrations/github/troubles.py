"""What hinders the connection to GitHub now, in plain words with what to do; gone when it is mended.

Nothing is lost meanwhile: what is to be written waits, and what was written there is read afterwards. A row for each
place: a repository, an owner, or empty for the connection as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Set
from datetime import datetime

from musterpoint.core.process import Process
from musterpoint.integrations.github.answers import Trouble
from musterpoint.integrations.github.throttle import HourFull
from musterpoint.ports import Unavailable
from musterpoint.store import incidents, models

SOURCE = "github"
#: Longer pauses (seconds) are worth a word.
LONG = 300.0
#: Only something that was written shows that these are mended.
OF_WRITING = frozenset({"no_rights", "archived", "hour_full"})
#: Seconds after which a process looks whether another one has noted something.
LOOKS_EVERY = 60.0

#: code → what is so, and what to do
CODES: dict[str, tuple[str, str]] = {
    "no_credentials": (
        "Musterpoint has neither a token nor an app to call GitHub with.",
        "Set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY (docs/github.md), and restart.",
    ),
    "bad_credentials": (
        "GitHub does not accept our token any more.",
        "It has ended or was withdrawn: make a new one (docs/github.md), put it into GITHUB_TOKEN, and restart.",
    ),
    "bad_app_key": (
        "GitHub does not accept the key of our app.",
        "See that GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY belong to the same app, that the key was not deleted in the "
        "app's settings, and that this machine's clock is right. Then restart.",
    ),
    "app_suspended": (
        "GitHub has suspended our app, or the account of our token.",
        "If it is the app, unsuspend it in the owner's settings (GitHub Apps, Configure). If it is the account, ask "
        "GitHub.",
    ),
    "not_installed": (
        "Our app is not installed for {place}.",
        "Install it there (the app's settings, Install App) and give it the repository. Is GITHUB_APP_INSTALLATION "
        "set, see that it is the right number.",
    ),
    "no_rights": (
        "We must not write in {place}.",
        "Give the token or the app the permission {needed} there. A change of an app's permissions has to be accepted "
        "by the owner. `musterpoint github check` tells what is missing.",
    ),
    "no_sight": (
        "We must not read what we need in {place}.",
        "Give the token or the app the permission {needed} there. A change of an app's permissions has to be accepted "
        "by the owner. `musterpoint github check` tells what is missing.",
    ),
    "repository_gone": (
        "{place} is not there, or we must not see it.",
        "Look at the name in [github] repository, and give the token or the app access to the repository.",
    ),
    "issues_disabled": (
        "Issues are switched off in {place}.",
        "Switch them on in the repository's settings (General, Features), or name another one in [github] repository.",
    ),
    "archived": (
        "{place} is archived: nothing can be written there.",
        "Unarchive it in its settings, or name another one in [github] repository.",
    ),
    "ratelimited": (
        "GitHub asks us to wait for more than five minutes.",
        "Nothing has to be done; what is to be written waits. See whether other programs use the same token or app.",
    ),
    "hour_full": (
        "As much was written to GitHub within an hour as it takes.",
        "Nothing has to be done; what is to be written waits for the hour to pass.",
    ),
}
#: What a permission is called where GitHub does not say which one is needed.
_NEEDED = {"no_rights": "Issues: Read and write", "no_sight": "Issues: Read"}

_memory = {"there": False, "looked_at": float("-inf")}


def noted(error: Unavailable, now: datetime) -> None:
    """Remember a Trouble, or a long pause; anything else passes by itself and is not noted."""
    if isinstance(error, Trouble):
        _note(error.code, error.place, words(error), now)
    elif isinstance(error, HourFull):
        if (error.retry_after or 0) > LONG:
            _note("hour_full", "", CODES["hour_full"], now)
    elif (error.retry_after or 0) > LONG:
        _note("ratelimited", "", CODES["ratelimited"], now)


def words(error: Trouble) -> tuple[str, str]:
    """What is so, with GitHub's own words, and what to do."""
    message, hint = CODES.get(error.code, CODES["no_rights"])
    needed = error.needed or _NEEDED.get(error.code, "that it needs")
    told = message.format(place=error.place or "its owner")
    return f"{told} GitHub says: {error.words}" if error.words else told, hint.format(needed=needed)


def _note(code: str, place: str, told: tuple[str, str], now: datetime) -> None:
    place = place.lower()[:100]
    known = models.Trouble.objects.filter(source=SOURCE, place=place).first()
    since = known.since if known is not None and known.code == code else now
    models.Trouble.objects.update_or_create(
        source=SOURCE, place=place, defaults={"code": code, "message": told[0], "hint": told[1], "since": since}
    )
    _memory["there"] = True
    if known is None or known.code != code:
        incidents.look_again()


def worked(place: str, now: datetime, *, write: bool) -> None:
    """A call worked in this repository: what hindered is mended. Cheap where nothing did."""
    if not _memory["there"] and time.monotonic() - _memory["looked_at"] < LOOKS_EVERY:
        return
    rows = models.Trouble.objects.filter(source=SOURCE)
    mended_now = [each for each in rows if each.place in _about(place) and (write or each.code not in OF_WRITING)]
    _gone(mended_now)
    _memory.update(there=len(rows) > len(mended_now), looked_at=time.monotonic())


def mended(place: str, now: datetime) -> None:
    """It is known that nothing hinders at this place any more; with an empty one, of the connection as a whole."""
    _gone(list(models.Trouble.objects.filter(source=SOURCE, place=place.lower()[:100])))


def _gone(rows: list[models.Trouble]) -> None:
    if rows and models.Trouble.objects.filter(pk__in=[each.pk for each in rows]).delete()[0]:
        incidents.look_again()


def of(place: str = "") -> list[models.Trouble]:
    """What hinders now: everything, or what concerns this repository (with what concerns all), the longest first."""
    rows = models.Trouble.objects.filter(source=SOURCE).order_by("since", "id")
    return [each for each in rows if not place or each.place in _about(place)]


def is_about_all(process: Process, place: str) -> bool:
    """Whether it hinders the repository of the incidents; what is about another one is for whoever called."""
    return place.lower() in _about(process.github_repository)


def _about(place: str) -> Set[str]:
    """The places that count for a repository: itself, its owner, and the connection as a whole."""
    low = place.lower()
    return {"", low.partition("/")[0], low[:100]}
