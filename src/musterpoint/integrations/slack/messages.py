"""One message of a channel's history, as Slack answers or exports it, translated to the facts that it witnesses.

Pure: no clock, no network. History holds only the last text of a message, so what it cannot know is not made up:

- A message that was edited gives the message with its last text **and** an `Edit` with the same text at the time of the
  edit: the first wording is unknown, but that there was an edit is not.
- A reaction has no time: it stands at the time of its message, *estimated*. So does a deletion that left a tombstone.
- The message by which Slack shows a huddle changes by itself when the huddle ends: no `Edit`, and no digest to compare.
- What we posted ourselves says what the record has anyway: it gives nothing, unless it is the root: then its first
  line, which names the incident.
- What Slack itself notes in a thread (somebody joined, a pin, a reminder, a new topic) nobody wrote: it gives nothing,
  unless it is the root, which a thread cannot be without.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Deletion, Edit, Fact, File, HuddleBegun, HuddleEnded, Message, ReactionAdded
from musterpoint.core.said import Said
from musterpoint.integrations.slack.authors import author, is_app, person
from musterpoint.integrations.slack.content import content, digest, files_of
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.shapes import Object, inner, objects, string, strings, web_address
from musterpoint.integrations.slack.stamps import is_stamp, moment, permalink, whole_seconds

#: Subtypes of the messages that Slack writes itself: https://docs.slack.dev/reference/events/message
NOTICES = frozenset(
    f"{place}_{what}"
    for place in ("channel", "group")
    for what in ("archive", "join", "leave", "name", "posting_permissions", "purpose", "topic", "unarchive")
) | {
    "app_conversation_join",
    "bot_add",
    "bot_disable",
    "bot_enable",
    "bot_remove",
    "channel_convert_to_private",
    "channel_convert_to_public",
    "joiner_notification",
    "pinned_item",
    "reminder_add",
    "reply_broadcast",
    "unpinned_item",
}
#: The type of the metadata of what we post ourselves.
OURS = "musterpoint"
HUDDLES = frozenset({"huddle_thread", "sh_room_created"})
_LONGEST = 120  # characters of a key; Slack's names of reactions end at 100


def said(message: Object, channel: str, root: str, names: Names, workspace: str = "") -> list[Said]:
    """What one checked message of a thread (see `files`) witnesses, the message itself first.

    `channel` is an id ("" if unknown), `root` the ts of the thread's first message, `workspace` a name or host for the
    address. Keys: `TS` for the message, `KIND:TS` and more for what happened to it. Refs: `slack:CHANNEL/TS`, and that
    with `#KIND`. Raises ValueError only for a `ts` that is none.
    """
    is_root = string(message, "ts") == root
    if (string(message, "subtype") in NOTICES or is_ours(message)) and not is_root:
        return []
    own = _message(message, channel, root, names, workspace)
    if is_tombstone(message):
        return [own, _about(own, "deletion", "", Deletion(own.ref), own.at, Basis.ESTIMATED, None)]
    if is_huddle(message):
        return [own, *_huddle(message, own, names), *_reactions(message, own, names)]
    happened = [own, *_edit(message, own, names), *_files(message, own), *_reactions(message, own, names)]
    return list({each.key: each for each in happened}.values())


def is_ours(message: Object) -> bool:
    """Whether we posted it: what we post carries its key in its metadata, which exports leave out."""
    named = string(inner(message, "bot_profile"), "name").casefold() == OURS
    return named or string(inner(message, "metadata"), "event_type") == OURS


def is_tombstone(message: Object) -> bool:
    """Whether this is what Slack leaves in the place of a deleted message that has replies."""
    return string(message, "subtype") == "tombstone"


def is_huddle(message: Object) -> bool:
    return string(message, "subtype") in HUDDLES


def _files(message: Object, own: Said) -> list[Said]:
    """The files of a message. Of a file that is gone or out of reach Slack keeps no name."""
    found: list[Said] = []
    for number, file in enumerate(files_of(message), 1):
        identity = string(file, "id") or f"{number}"
        gone = "deleted file" if string(file, "mode") == "tombstone" else ""
        fact = File(
            of=own.ref,
            name=string(file, "title") or string(file, "name") or gone or identity,
            type=string(file, "mimetype") or string(file, "filetype"),
            link=web_address(file, "permalink", "url_private"),
        )
        found.append(_about(own, "file", identity, fact, own.at, own.basis, own.who))
    return found


def _huddle(message: Object, own: Said, names: Names) -> list[Said]:
    """The beginning of the huddle that this message shows and, once it is over, the end with who was there."""
    room = inner(message, "room")
    if not room:
        return []
    begin, end = whole_seconds(room.get("date_start")) or own.at, whole_seconds(room.get("date_end"))
    creator = string(room, "created_by")
    host = person(creator, names) if creator else None
    begun = HuddleBegun(web_address(room, "huddle_link"))
    happened = [_about(own, "huddle_begun", "", begun, begin, own.basis, host)]
    if end is not None and end >= begin:
        present = dict.fromkeys([*strings(room, "participant_history"), *strings(room, "participants")])
        ended = HuddleEnded(tuple(person(identity, names) for identity in present))
        happened.append(_about(own, "huddle_ended", "", ended, end, own.basis, None))
    return happened


def _message(message: Object, channel: str, root: str, names: Names, workspace: str) -> Said:
    stamp = string(message, "ts")
    address = web_address(message, "permalink")  # that of a huddle's message leads to the call
    deleted = is_tombstone(message)
    fact = Message(
        text="" if deleted else _words(message, names),
        bot=not deleted and is_app(message, names),
        root=stamp == root,
        digest="" if deleted or is_huddle(message) else digest(message),
    )
    return Said(
        key=stamp,
        ref=f"slack:{channel or '-'}/{stamp}",
        anchor=moment(stamp),
        fact=fact,
        at=moment(stamp),
        basis=Basis.RECORDED,
        who=None if deleted else author(message, names),  # the tombstone's own author is Slackbot
        url=address if "/archives/" in address else permalink(workspace, channel, stamp, root),
    )


def _words(message: Object, names: Names) -> str:
    words = content(message, names.by_id)
    return words.partition("\n")[0] if is_ours(message) else words


def _edit(message: Object, own: Said, names: Names) -> list[Said]:
    """Slack counts the time of edits in whole seconds: the digest in the key tells two edits of one second apart."""
    edited = inner(message, "edited")
    if not edited or not isinstance(own.fact, Message):
        return []
    stamp, editor = string(edited, "ts"), string(edited, "user")
    who = person(editor, names) if editor else own.who
    fact = Edit(own.ref, own.fact.text, own.fact.digest)
    known = is_stamp(stamp)
    at = max(own.at, moment(stamp)) if known else own.at
    basis = Basis.RECORDED if known else Basis.ESTIMATED
    return [_about(own, "edit", f"{stamp if known else '-'}:{fact.digest}", fact, at, basis, who)]


def _reactions(message: Object, own: Said, names: Names) -> list[Said]:
    """Slack names only some of the many who gave the same reaction."""
    return [
        _about(
            own,
            "reaction",
            f"{name}:{user}",
            ReactionAdded(own.ref, name),
            own.at,
            Basis.ESTIMATED,
            person(user, names),
        )
        for reaction in objects(message, "reactions")
        if (name := string(reaction, "name"))
        for user in dict.fromkeys(strings(reaction, "users"))
    ]


def _about(own: Said, kind: str, detail: str, fact: Fact, at: datetime, basis: Basis, who: Who | None) -> Said:
    """Something that happened to the message `own` and has the same address."""
    if len(detail) > _LONGEST:
        detail = hashlib.sha256(detail.encode()).hexdigest()[:32]
    key = f"{kind}:{own.key}:{detail}" if detail else f"{kind}:{own.key}"
    sign = "-".join(filter(None, (kind.replace("_", "-"), detail)))
    return Said(key, f"{own.ref}#{sign}", own.anchor, fact, at, basis, who, own.url)
