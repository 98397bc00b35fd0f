"""Messages found in files, put together as one thread: sorted, each once, with what is missing said."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.content import content, files_of
from musterpoint.integrations.slack.messages import is_huddle, is_tombstone
from musterpoint.integrations.slack.names import SLACKBOT, Names
from musterpoint.integrations.slack.shapes import Object, inner, objects, string, strings
from musterpoint.integrations.slack.stamps import is_stamp, order

_CONVERSATION = re.compile(r"[CDG][A-Z0-9]{1,30}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")


@dataclass(frozen=True, slots=True)
class ThreadFile:
    """A thread as a file holds it. `channel_id` and `channel_name` are "" where the file does not say.

    `root` is the ts of the thread; `messages` are sorted by ts, each there once; `incomplete` says in a sentence what
    is missing ("" if nothing is known to be); `warnings` are sentences for whoever imports; `digest` is the SHA-256 of
    messages, place and names, the same for the same thread in another order.
    """

    channel_id: str
    channel_name: str
    root: str
    messages: tuple[Object, ...]
    names: Names
    incomplete: str
    warnings: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, by id and name; either is "" where it is not known."""

    channel_id: str = ""
    channel_name: str = ""


def conversation_id(text: str) -> str:
    """`text` if it is the id of a conversation (names have no capitals), else ""."""
    return text if _CONVERSATION.fullmatch(text) else ""


def assemble(
    place: Place, root: str, messages: Iterable[Object], names: Names, missing: str, notes: Sequence[str]
) -> ThreadFile:
    """The thread `root` of checked `messages`. `missing` and `notes` are what the reader of the file found before."""
    ordered = _each_once(messages)
    known = names.with_profiles(ordered)
    gaps = [missing, *_gaps(ordered, root)]
    warnings = [*notes, *_empty(ordered, known), *_strangers(ordered, known)]
    return ThreadFile(
        channel_id=place.channel_id,
        channel_name=place.channel_name,
        root=root,
        messages=ordered,
        names=known,
        incomplete=" ".join(gap for gap in gaps if gap),
        warnings=tuple(warnings),
        digest=_digest([place.channel_id, place.channel_name, root, ordered, dict(known.by_id)]),
    )


def root_of(messages: Sequence[Object], where: str) -> tuple[str, list[str]]:
    """The ts of the thread that all `messages` belong to, and a note where that had to be assumed. Raises BadFile."""
    roots = {string(message, "thread_ts") for message in messages} - {""}
    outside = {string(message, "ts") for message in messages if not string(message, "thread_ts")}
    if not roots and len(outside) == 1:
        return outside.pop(), []
    if not roots:
        first = min(outside, key=order)
        return first, [
            f"No message says which thread it belongs to: {first}, the first one, is taken for the root of all."
        ]
    mixed = sorted(roots | outside, key=order)
    if len(mixed) > 1:
        shown = ", ".join(mixed[:5]) + (f" and {len(mixed) - 5} more" if len(mixed) > 5 else "")
        raise BadFile(
            f"{where} mixes messages of {len(mixed)} threads: {shown}.",
            "Give the answer of conversations.replies for one thread; what conversations.history answers is a "
            "channel and holds no replies. A whole channel comes from an export: import slack-export.",
        )
    return mixed[0], []


def _each_once(messages: Iterable[Object]) -> tuple[Object, ...]:
    """Pages repeat the root, and a reply that was also sent to the channel lies there twice: the latest copy counts."""
    latest: dict[str, Object] = {}
    for message in messages:
        stamp = string(message, "ts")
        other = latest.get(stamp)
        latest[stamp] = message if other is None or other == message else max(other, message, key=_freshness)
    return tuple(latest[stamp] for stamp in sorted(latest, key=order))


def _freshness(message: Object) -> tuple[bool, tuple[int, int], int, int, str]:
    """Orders copies of one message by how late they were made; the last is there so that any order gives the same."""
    edited = string(inner(message, "edited"), "ts")
    reactions = sum(len(strings(reaction, "users")) for reaction in objects(message, "reactions"))
    replies = _count(message)
    return is_tombstone(message), order(edited) if is_stamp(edited) else (0, 0), replies, reactions, _canonical(message)


def _count(message: Object) -> int:
    count = message.get("reply_count")
    return count if isinstance(count, int) else 0


def _gaps(messages: Sequence[Object], root: str) -> Iterable[str]:
    first = messages[0]
    if string(first, "ts") != root:
        yield f"The root message {root} is missing."
    elif (counted := _count(first)) > len(messages) - 1:
        yield f"Slack counts {counted} replies, {len(messages) - 1} are here."


def _empty(messages: Sequence[Object], names: Names) -> Iterable[str]:
    special = (message for message in messages if not (is_tombstone(message) or is_huddle(message)))
    silent = (message for message in special if not string(message, "text").strip() and not files_of(message))
    empty = [string(message, "ts") for message in silent if not content(message, names.by_id).strip()]
    if len(empty) == 1:
        yield f"Message {empty[0]} has neither text nor file."
    elif empty:
        yield f"{len(empty)} messages have neither text nor file: {_some(empty)}."


def _strangers(messages: Sequence[Object], names: Names) -> Iterable[str]:
    met: set[str] = set()
    for message in messages:
        signed = string(message, "username") or string(inner(message, "bot_profile"), "name")
        if not signed and not is_tombstone(message):
            met.add(string(message, "user"))
        met.update(user for reaction in objects(message, "reactions") for user in strings(reaction, "users"))
        met.update(_MENTION.findall(string(message, "text")))
    unknown = sorted(met - names.by_id.keys() - {"", SLACKBOT})
    if len(unknown) == 1:
        yield f"{unknown[0]} is not in the users file: the id stands for the name."
    elif unknown:
        yield f"{len(unknown)} people are not in the users file: their ids stand for their names ({_some(unknown)})."


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:5]) + (", …" if len(items) > 5 else "")


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _digest(value: object) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()
