"""The only module that names a provider: from the process's settings to the adapter behind a port."""

from __future__ import annotations

from musterpoint.core.process import Process
from musterpoint.ports import Chat

CHATS = ("local", "bridge")


def chat(process: Process) -> Chat:
    """The chat of this process. Raises ValueError for a provider that does not exist."""
    if process.chat == "local":
        from musterpoint.integrations.local.chat import LocalChat

        return LocalChat()
    if process.chat == "bridge":
        from musterpoint.integrations.bridge.chat import BridgeChat

        return BridgeChat(process.chat_url, process.chat_token, process.timeout)
    raise ValueError(f"[chat] provider is {process.chat!r}; known: {', '.join(CHATS)}")
