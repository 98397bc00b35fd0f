"""The last step of the manifest flow: a code, which works once and for an hour, becomes the app's id and its secrets.

https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from musterpoint.core.decision import NotAllowed
from musterpoint.integrations.github.answers import Refusal, answer
from musterpoint.integrations.github.keys import keys
from musterpoint.integrations.github.sending import send
from musterpoint.ports import NotSent, Refused, Unavailable

_AGAIN = "Make the app once more: musterpoint github manifest --to app.html"
_BY_HAND = (
    "See whether the app is there (GitHub, Settings, Developer settings, GitHub Apps). If it is, make a private key "
    "and a webhook secret on its page and set them yourself (docs/github.md); else run this again, or make the app "
    "anew."
)
_CODE = re.compile(r"([A-Za-z0-9_-]{1,200})")
_IN_AN_ADDRESS = re.compile(r"[?&]code=([A-Za-z0-9_-]{1,200})(?![^&#])")


@dataclass(frozen=True, slots=True)
class Made:
    """The app as GitHub made it. `url` is its page there; `hook_secret` is empty for one that nobody calls."""

    id: str
    name: str
    url: str
    private_key: str = field(repr=False)
    hook_secret: str = field(default="", repr=False)


def code_of(given: str) -> str:
    """The code, also out of the address that GitHub sent the browser to. Raises NotAllowed (`bad_code`)."""
    text = unquote(given.strip())
    found = _IN_AN_ADDRESS.search(text) or _CODE.fullmatch(text)
    if found is None:
        raise NotAllowed("bad_code", "That is not a code of GitHub's.", "It stands behind code= in the address.")
    return found[1]


def converted(code: str, timeout: float) -> Made:
    """Raises NotAllowed (`bad_code`, `not_done`). The code is used up when it worked, and its secrets come once."""
    url = f"{keys().api}/app-manifests/{code}/conversions"
    try:
        told = answer(send("POST", url, "", timeout)).data
    except Refusal as error:
        raise NotAllowed("bad_code", f"GitHub does not take this code: {error.words}.", _ONCE) from error
    except (NotSent, Refused) as error:
        raise NotAllowed("not_done", str(error), "Nothing was done: the code can still be used. Run this again.") from (
            error
        )
    except Unavailable as error:
        raise NotAllowed("not_done", f"{error} Whether the code is used up, nobody knows.", _BY_HAND) from error
    made = _made(told)
    if made is None:
        raise NotAllowed("not_done", "GitHub answered, and nothing that makes sense.", _BY_HAND)
    return made


_ONCE = f"It works once, and within an hour. {_AGAIN}"


def _made(told: Any) -> Made | None:
    if not isinstance(told, dict) or not told.get("id") or not isinstance(told.get("pem"), str):
        return None
    return Made(
        str(told["id"]),
        str(told.get("name") or told.get("slug") or "the app"),
        str(told.get("html_url") or ""),
        told["pem"],
        str(told.get("webhook_secret") or ""),
    )
