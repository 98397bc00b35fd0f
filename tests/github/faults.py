"""What goes wrong on request: answers that fail, come late, or are lost after the write was made; people in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.github.routing import Reply


@dataclass
class Fault:
    """For `times` requests of `method` and `path` (shell patterns; `*` takes slashes too).

    `status` is answered instead (0: the real answer), with `retry_after` seconds where given. With `stored` the request
    is carried out all the same: a write that happened and was answered with an error. `late`: real seconds before the
    answer. `reset`: carried out, then the connection is reset without an answer.
    """

    method: str = "*"
    path: str = "*"
    status: int = 502
    stored: bool = False
    times: int = 1
    late: float = 0.0
    reset: bool = False
    retry_after: int | None = None
    message: str = ""

    @property
    def carries_out(self) -> bool:
        return self.stored or self.reset or not self.status

    def reply(self) -> Reply:
        """In the words that GitHub has for it; 503 and 504 are a page for people."""
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        if self.status in (503, 504) and not self.message:
            return Reply(self.status, "<html><title>Unicorn!</title></html>", headers | {"content-type": "text/html"})
        words = {403: SECONDARY, 429: SECONDARY, 401: "Bad credentials", 404: "Not Found"}
        message = self.message or words.get(self.status, "Server Error")
        return Reply(self.status, {"message": message, "documentation_url": LIMITS}, headers)


@dataclass
class Between:
    """Somebody who acts when a matching request has arrived and before it is carried out."""

    pattern: str
    function: Callable[[], object]
    times: int = 1


SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to"
    " GitHub Support for help, please include the request ID."
)
LIMITS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"


class Faults:
    """The faults that wait for their requests, each used up by as many as it is for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._between: list[Between] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def put_between(self, between: Between) -> None:
        with self._lock:
            self._between.append(between)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._between.clear()

    @property
    def waiting(self) -> int:
        """How many faults and people in between have not had their request yet."""
        with self._lock:
            return len(self._faults) + len(self._between)

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def act(self, method: str, path: str) -> None:
        """Whoever waits for this request acts now."""
        with self._lock:
            due = [each for each in self._between if fnmatchcase(f"{method} {path}", each.pattern)]
            for each in due:
                each.times -= 1
                if each.times <= 0:
                    self._between.remove(each)
        for each in due:
            each.function()
