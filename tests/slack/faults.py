"""What goes wrong on request: answers of the Web API that fail, come late, or are lost after the call was made."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass
class Fault:
    """For calls of `method` ("*": any), `times` of them.

    `status` other than 200 is answered instead (429 with `retry_after` seconds), or `error` with status 200. With
    `stored` the call is carried out all the same. `late`: real seconds before the answer. `reset`: the connection is
    reset after the call was carried out, without an answer.
    """

    method: str
    status: int = 200
    error: str = ""
    retry_after: int = 1
    stored: bool = False
    late: float = 0.0
    reset: bool = False
    times: int = 1

    @property
    def carries_out(self) -> bool:
        return self.stored or self.reset or (self.status == 200 and not self.error)


class Faults:
    """The faults that wait for their calls, each used up by as many as it is for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        with self._lock:
            for fault in self._waiting:
                if fault.method in ("*", method):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None
