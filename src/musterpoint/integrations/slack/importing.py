"""A thread out of a Slack file, in our words, ready to be imported.

Whom a file names belongs to that file: the same id means somebody else in another workspace. So the identities of an
import carry its thread, and are nobody's account until somebody links them. A reaction that marks in the live chat
marks here as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from musterpoint.core.incident import Who
from musterpoint.core.journal import Fact, HuddleEnded, Mark, MarkKind, ReactionAdded
from musterpoint.core.said import Said
from musterpoint.importing import Source
from musterpoint.integrations.slack.messages import said
from musterpoint.integrations.slack.stamps import permalink
from musterpoint.integrations.slack.threads import ThreadFile


def source_of(
    file: ThreadFile,
    workspace: str,
    role: str = "thread",
    marks: Mapping[str, MarkKind] | None = None,
    beside: ThreadFile | None = None,
) -> Source:
    """`workspace` is the name or host for links, "" if unknown; `marks`: reaction -> the mark that it gives; `beside`:
    the thread that this one is imported with, so that the same people are meant."""
    channel = file.channel_id or file.channel_name or "-"
    first = beside or file
    place = f"import:{first.channel_id or first.channel_name or '-'}/{first.root}"

    def own(who: Who) -> Who:
        return Who(f"{place}/{who.identity.removeprefix('slack:')}"[:250], who.name)

    happened = [
        _with(each, own)
        for message in file.messages
        for each in _marked(
            said(message, channel, file.root, file.names, workspace if file.channel_id else ""), marks or {}
        )
    ]
    return Source(
        workspace=workspace,
        channel=channel,
        channel_name=file.channel_name,
        root=file.root,
        said=happened,
        digest=file.digest,
        incomplete=file.incomplete,
        role=role,
        url=permalink(workspace, file.channel_id, file.root, file.root),
        zones={f"{place}/{user}"[:250]: zone for user, zone in file.names.zones.items()},
    )


def _marked(happened: Iterable[Said], marks: Mapping[str, MarkKind]) -> Iterator[Said]:
    """The same, and the mark that whoever reacted first with one of these gave."""
    given: set[MarkKind] = set()
    for each in happened:
        yield each
        kind = marks.get(each.fact.name) if isinstance(each.fact, ReactionAdded) else None
        if isinstance(each.fact, ReactionAdded) and kind is not None and kind not in given:
            given.add(kind)
            key, ref = f"mark:{each.key}"[:250], f"{each.ref}-mark"[:250]
            yield replace(each, key=key, ref=ref, fact=Mark(each.fact.of, kind))


def _with(each: Said, own: Callable[[Who], Who]) -> Said:
    who = own(each.who) if each.who else None
    return replace(each, who=who, fact=_fact(each.fact, own))


def _fact(fact: Fact, own: Callable[[Who], Who]) -> Fact:
    return replace(fact, people=tuple(own(each) for each in fact.people)) if isinstance(fact, HuddleEnded) else fact
