"""One server, called over HTTP. Where the connection breaks it is asked once more, with the same key, so that nothing
is done twice; what went wrong is told in words.
"""

from __future__ import annotations

import ssl
import time
import uuid
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from musterpoint import __version__
from musterpoint.core.decision import NotAllowed

PATH = "/api/v1/commands"
#: Seconds before the second and the third try.
PAUSES = (0.3, 1.0)
CONNECT, ANSWER = 5.0, 45.0
#: Somebody between us says that the server is away for a moment.
AWAY = (502, 503, 504)
SEEMS_WRONG = "MUSTERPOINT_URL is the address of the pages, such as https://incidents.example.com."


class Server:
    """Raises NotAllowed for all that goes wrong: codes of its own, and those that the server answers."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.strip().rstrip("/")
        if not _is_address(self.url):
            raise NotAllowed("bad_url", f"MUSTERPOINT_URL is {url!r}, which is no address.", SEEMS_WRONG)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise NotAllowed("bad_token", "MUSTERPOINT_TOKEN holds what no token has.", "A token begins with mp_.")
        headers = {"Authorization": f"Bearer {token}", "User-Agent": f"musterpoint/{__version__}"}
        try:
            self.client = httpx.Client(headers=headers, timeout=httpx.Timeout(ANSWER, connect=CONNECT))
        except (ssl.SSLError, OSError) as error:
            raise NotAllowed("tls", f"The certificates cannot be read: {error}.", "See SSL_CERT_FILE.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def ask(self, body: dict[str, Any], *, writes: bool) -> dict[str, Any]:
        """What the server answers to a command."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if writes else {}
        broken: list[httpx.TransportError] = []
        for pause in (*PAUSES, None):
            try:
                response = self.client.post(self.url + PATH, json=body, headers=headers)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
                raise NotAllowed("bad_url", f"MUSTERPOINT_URL is no address: {error}.", SEEMS_WRONG) from error
            except httpx.TransportError as error:
                broken.append(error)
                if pause is None or isinstance(error, httpx.ConnectTimeout) or _of_tls(error):
                    raise self._unreachable(broken, writes=writes) from error
            else:
                if pause is None or response.status_code not in AWAY:
                    return self._read(response)
            time.sleep(pause)
        raise AssertionError("the last try answers or raises")

    def _unreachable(self, broken: list[httpx.TransportError], *, writes: bool) -> NotAllowed:
        last = broken[-1]
        if _of_tls(last):
            message = f"{self.url} shows a certificate that is not trusted here: {last}."
            return NotAllowed("tls", message, "SSL_CERT_FILE names the certificates of an authority of your own.")
        if writes and any(not isinstance(each, httpx.ConnectError | httpx.ConnectTimeout) for each in broken):
            message = f"The connection to {self.url} broke. Whether it was done is not known."
            return NotAllowed("broken_off", message, "Look first (`musterpoint list`): the same words do it once more.")
        why = str(last) or type(last).__name__
        hint = "Nothing was done. Is MUSTERPOINT_URL right, and does it run (`musterpoint serve`)?"
        return NotAllowed("unreachable", f"{self.url} cannot be reached: {why}.", hint)

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_redirect:
            there = response.headers.get("Location", "").removesuffix(PATH)
            raise NotAllowed("moved", f"{self.url} leads to {there}.", "Set MUSTERPOINT_URL to the address it has now.")
        found = _json(response)
        if response.is_success and set(found) >= {"code", "data", "text", "markdown", "needs"}:
            return found
        error = found.get("error")
        if isinstance(error, dict) and {"code", "message"} <= set(error):
            raise self._refusal(response, error)
        if response.is_server_error:
            message = f"{self.url} failed ({response.status_code}). Whether it was done is not known."
            raise NotAllowed("failed", message, "Its log says more. Look first: the same words do it once more.")
        what = f"{self.url} answers {response.status_code}, and not as Musterpoint does."
        raise NotAllowed("not_musterpoint", what, SEEMS_WRONG)

    def _refusal(self, response: httpx.Response, error: dict[str, Any]) -> NotAllowed:
        code, message, hint = (str(error.get(name, "")) for name in ("code", "message", "hint"))
        if response.status_code == 401:
            hint = f"Make one on {self.url}/settings/tokens, and set MUSTERPOINT_TOKEN to it."
            return NotAllowed("token_refused", "The token is unknown, expired or revoked.", hint)
        if code in ("no_such_address", "no_such_method", "invalid", "usage"):
            theirs = response.headers.get("Musterpoint-Version", "")
            message = f"The server{f' ({theirs})' if theirs else ''} does not know this command of {__version__}"
            message += f": {error['message']}" if code in ("invalid", "usage") else ", or MUSTERPOINT_URL is wrong."
            return NotAllowed("other_version", message, "Bring both to the same version.")
        return NotAllowed(code, message, hint)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


def _of_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
