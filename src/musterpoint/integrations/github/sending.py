"""One HTTP request to GitHub, with the connections that this process keeps open. It neither waits nor tries again."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

import httpx

from musterpoint import __version__
from musterpoint.integrations.github.answers import Reply
from musterpoint.ports import NotSent, Refused, Unavailable

#: https://docs.github.com/en/rest/about-the-rest-api/api-versions
HEADERS = {
    "User-Agent": f"musterpoint/{__version__}",
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}
#: Nothing has left this machine with these.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

_clients: dict[int, httpx.Client] = {}
_making = Lock()


def _client() -> httpx.Client:
    """This process's own: connections must not be shared with the process that it was split off from."""
    with _making:
        if os.getpid() not in _clients:
            _clients[os.getpid()] = httpx.Client(headers=HEADERS, follow_redirects=False)
        return _clients[os.getpid()]


@atexit.register
def end() -> None:
    """Close the connections of this process."""
    with _making:
        if (mine := _clients.pop(os.getpid(), None)) is not None:
            mine.close()


def send(method: str, url: str, authorization: str, timeout: float, **content: Any) -> Reply:
    """Ends within `timeout` seconds, and as many again for the connection. Raises NotSent, Unavailable, or Refused for
    an address or a header that cannot be sent.

    No error is the cause of those raised here: httpx's may quote the headers, and with them the secret.
    """
    headers = {"Authorization": authorization} if authorization else {}
    headers |= content.pop("headers", {})
    try:
        return _exchanged(method, url, headers, timeout, content)
    except _NOT_SENT as error:
        told = f"GitHub cannot be reached: {str(error) or type(error).__name__}"[:300]
        failure: Unavailable | Refused = NotSent(told)
    except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError):
        failure = Refused(
            "This cannot be sent to GitHub: the address (GITHUB_URL, GITHUB_API_URL) or the token has a character that "
            "does not belong there."
        )
    except httpx.HTTPError as error:
        failure = Unavailable(f"GitHub does not answer: {str(error) or type(error).__name__}"[:300])
    raise failure


def _exchanged(method: str, url: str, headers: Mapping[str, str], timeout: float, content: Mapping[str, Any]) -> Reply:
    ends = time.monotonic() + 2 * timeout
    with _client().stream(method, url, headers=headers, timeout=timeout, **content) as response:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if time.monotonic() > ends:  # httpx counts the seconds of each piece, not of the whole
                raise httpx.ReadTimeout("the answer comes too slowly")
        return Reply(
            response.status_code, {name.lower(): value for name, value in response.headers.items()}, bytes(body)
        )
