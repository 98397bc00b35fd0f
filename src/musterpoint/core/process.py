"""The settings of a team as one frozen value; `musterpoint.process` reads it from musterpoint.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from musterpoint.core.incident import Severity


@dataclass(frozen=True, slots=True)
class Process:
    """Defaults follow the handbook's process. Durations are seconds.

    `authority` and `sirt` name people: an identity (`email:ana@example.com`, `slack:U123`, `account:cto`) or,
    without a colon, an account or a person's full name.
    """

    authority: tuple[str, ...] = ("cto",)
    sirt: tuple[str, ...] = ()
    security_contact: str = ""
    severities: Mapping[Severity, str] = field(default_factory=lambda: {each: each.value for each in Severity})
    chat: str = "local"
    chat_url: str = ""
    chat_token: str = ""
    channel: str = "#dept-engineering"
    workspace: str = ""
    lease: float = 30.0
    #: with pauses that double up to ten minutes, most of a day: an outage of the chat parks nothing
    attempts: int = 100
    retry_after: float = 5.0
    timeout: float = 10.0
    port: int = 8000
    bind: str = "127.0.0.1"

    @property
    def announces(self) -> bool:
        """Whether there is a chat to tell; the local one is the incident's own page."""
        return self.chat != "local"
