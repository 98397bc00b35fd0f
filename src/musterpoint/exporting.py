"""Export: all of an incident, for people as Markdown, for programs as JSON Lines. Each file is whole or absent."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from musterpoint import access, reading
from musterpoint.actions import Call
from musterpoint.core import writeup
from musterpoint.core.action_lines import written
from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.incident import Role, read_time, time_text
from musterpoint.core.journal import Deletion, Edit, Entry, Fact, Message, Note
from musterpoint.core.process import Process
from musterpoint.core.timeline import RowStatus, timeline
from musterpoint.core.timeline_markdown import markdown
from musterpoint.core.writeup_parts import Section
from musterpoint.store import models
from musterpoint.store.codec import encode


def export(call: Call, ref: str, folder: Path) -> list[Path]:
    """`incident-REF.md` and `incident-REF.jsonl` in the folder, which is made. Raises NotFound, NotAllowed, OSError."""
    ref = access.seen(call.actor, ref).ref
    written = texts(call, ref)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / name for name in written]
    for file, text in zip(files, written.values(), strict=True):
        _write(file, text)
        path = str(file.absolute())
        known = models.Copy.objects.filter(kind="export", path=path)
        if not known.update(made_at=call.now, incident_ref=ref):
            models.Copy.objects.create(kind="export", path=path, incident_ref=ref, made_at=call.now)
    return files


def texts(call: Call, ref: str) -> dict[str, str]:
    """What the files hold, by their names: `incident-REF.md`, `incident-REF.jsonl`. Raises NotFound, NotAllowed."""
    row = access.seen(call.actor, ref)
    entries = access.entries(call.actor, row)
    shape = reading.shown(call, ref)
    lines = map(_line, folded(entries) if call.actor.role is Role.VIEWER else entries)
    return {
        f"incident-{row.ref}.md": _document(call, shape, entries),
        f"incident-{row.ref}.jsonl": "\n".join([json.dumps({"incident": shape}, ensure_ascii=False), *lines]) + "\n",
    }


def folded(entries: list[Entry]) -> list[Entry]:
    """Without the texts that an edit or a deletion took away: those are for responders."""
    gone = {entry.fact.of for entry in entries if isinstance(entry.fact, Edit | Deletion)}
    return [replace(entry, fact=_folded(entry.fact, entry.ref in gone)) for entry in entries]


def _folded(fact: Fact, gone: bool) -> Fact:
    """What was composed beside a person's words quotes messages as they were then."""
    if isinstance(fact, WriteupEdit):
        return replace(fact, composed="")
    return replace(fact, text="") if gone and isinstance(fact, Message | Note) else fact


def again(path: Path, person: str, process: Process, ref: str, now: datetime) -> None:
    """After a redaction: write an export anew where it lies, as that person sees it. One that is gone stays gone."""
    if path.exists():
        export(Call(access.actor(person, process), process, "musterpoint", now), ref, path.parent)


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _line(entry: Entry) -> str:
    return json.dumps(
        {
            "id": entry.id,
            "kind": entry.kind,
            "at": time_text(entry.at),
            "basis": entry.basis.value,
            "known_at": time_text(entry.known_at),
            "who": {"identity": entry.who.identity, "name": entry.who.name} if entry.who else None,
            "source": entry.source,
            "ref": entry.ref,
            "url": entry.url or None,
            "redacted": entry.redacted,
            "fact": json.loads(encode(entry.fact)),
        },
        ensure_ascii=False,
    )


def _afterwards(call: Call, ref: str, entries: list[Entry]) -> list[str]:
    """The write-up and the actions."""
    state = access.find(call.actor, ref).state
    lines = ["## Write-up", ""]
    for each in writeup.parts(state, entries, call.process):
        if each.part.section is not Section.TIMELINE:
            lines += [f"### {each.part.title}", "", each.text, ""]
    actions = [written(each).rpartition(" <!--")[0] for each in state.after.actions]
    return [*lines, "## Actions", "", *(actions or ["There are none."]), ""]


def _document(call: Call, shape: dict[str, Any], entries: list[Entry]) -> str:
    lines = [f"# Incident {shape['ref']}: {shape['title']}", ""]
    for name in ("status", "kind", "severity", "lead", "nominee", "affected", "duplicate_of"):
        if shape[name]:
            lines.append(f"- {name.replace('_', ' ')}: {shape[name]}")
    for name, moment in shape["milestones"].items():
        if moment:
            at = read_time(moment["at"])
            lines.append(f"- {name.replace('_', ' ')}: {at:%Y-%m-%d %H:%M:%S} UTC ({moment['basis']})")
    for each in shape["threads"]:
        if each["incomplete"]:
            lines.append(f"- incomplete: of {each['channel']} is missing: {each['incomplete']}")
        sentences = (each["coverage"] or {}).get("sentences", ())
        lines += [f"- record of the thread in {each['channel']}: {sentence}" for sentence in sentences]
    rows = [row for row in timeline(entries) if row.status is not RowStatus.DROPPED]
    lines += [
        "",
        markdown("", rows).replace("## Timeline: \n", "## Timeline\n", 1),
        "",
        *_afterwards(call, shape["ref"], entries),
        "## Everything in its order (UTC)",
        "",
    ]
    for each in reading.thread_of(call, shape["ref"]):
        who = f"**{each['who']}**: " if each["kind"] in ("message", "note", "edit") and each["who"] else ""
        tags = "".join(f" *({name})*" for name in ("edited", "deleted", "redacted") if each[name])
        tags += " *(from the history)*" if each["source"] == "slack_history" else ""
        text = each["text"].replace("\n", "\n  ")
        lines.append(f"- {read_time(each['at']):%Y-%m-%d %H:%M:%S} `{each['ref']}` {each['kind']}: {who}{text}{tags}")
    return "\n".join(lines) + "\n"
