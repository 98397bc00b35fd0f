"""Whether all is there that the Incident issues need to be on GitHub, and how it is that we are told of changes."""

from __future__ import annotations

from musterpoint.core.process import Process
from musterpoint.integrations.github import keys


def missing(process: Process) -> str:
    """What hinders us from having issues on GitHub at all, in a sentence with what to do; empty if nothing does. Raises
    OSError where a secret cannot be read."""
    if not process.github_repository:
        return (
            "[github] repository is empty: name the repository of the Incident issues in musterpoint.toml, such as "
            "halden-ferries/CloudProject (docs/github.md)."
        )
    return keys.missing()


def ways(process: Process) -> str:
    """How we learn what people do there, in a sentence. Raises OSError."""
    asked = f"GitHub is asked every {process.github_poll_every:g} seconds what has changed"
    if keys.keys().webhook_secret:
        return f"GitHub calls us at /hooks/github. Besides, {asked}: what was lost on the way is found."
    return f"{asked}. It does not call us, for GITHUB_WEBHOOK_SECRET is empty; that works as well."
