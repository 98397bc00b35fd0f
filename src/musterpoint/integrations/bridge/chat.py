"""A chat of your own behind a small HTTP interface (docs/bridge.md).

POST URL/messages {"key", "workspace", "channel", "root", "text"} -> 201 {"external", "url"}
GET  URL/messages?key=KEY -> 200 {"external", "url"} or 404
PUT  URL/messages/EXTERNAL {"text"} -> 200
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx

from musterpoint.ports import Place, Posted, Refused, Saying, Unavailable

#: Answers that may be different next time (RFC 9110, RFC 6585).
TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)
#: No delay longer than this (seconds) is believed.
LONGEST_DELAY = 86_400.0


class BridgeChat:
    announces, gathers = True, False

    def __init__(self, url: str, token: str, timeout: float) -> None:
        if not url.startswith(("http://", "https://")):
            raise Refused(f"[chat] url is {url!r}: it must begin with http:// or https://")
        self._url = url.rstrip("/")
        #: as people are told of it: without a name and a password that stand in it
        self._shown = re.sub(r"//[^/]*@", "//", self._url).partition("?")[0]
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout = timeout

    def post(self, place: Place, saying: Saying, key: str) -> Posted:
        body = {
            "key": key,
            "workspace": place.workspace,
            "channel": place.channel,
            "root": place.root,
            "text": saying.text,
        }
        return _posted(self._call("POST", "/messages", json=body))

    def find(self, place: Place, key: str) -> Posted | None:
        answer = self._call("GET", "/messages", params={"key": key})
        return None if answer.status_code == httpx.codes.NOT_FOUND else _posted(answer)

    def update(self, place: Place, external: str, saying: Saying) -> None:
        answer = self._call("PUT", f"/messages/{quote(external, safe='')}", json={"text": saying.text})
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Refused(f"The message {external} is not there any more.")

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            answer = httpx.request(method, self._url + path, headers=self._headers, timeout=self._timeout, **content)
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._shown} does not answer: {str(error) or type(error).__name__}") from error
        except (httpx.InvalidURL, ValueError) as error:  # an address or a token that cannot be sent
            raise Refused(f"{self._shown} cannot be called: {error}") from error
        if answer.status_code in TRY_AGAIN:
            raise Unavailable(f"{self._shown} answered {answer.status_code}", _retry_after(answer))
        if not answer.is_success and not (method != "POST" and answer.status_code == httpx.codes.NOT_FOUND):
            raise Refused(f"{self._shown} answered {answer.status_code}: {answer.text[:300]}")
        return answer


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("retry-after", "")
    return min(float(value), LONGEST_DELAY) if value.isascii() and value.isdigit() else None


def _posted(answer: httpx.Response) -> Posted:
    try:
        body = answer.json()
        external = body["external"]
        if isinstance(external, bool) or not isinstance(external, str | int) or external == "":
            raise ValueError("no id")
        return Posted(str(external), str(body.get("url") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(
            f"{answer.url.copy_with(userinfo=b'')} did not answer with an id of the message: {answer.text[:300]}"
        ) from error
