"""Import: a file that was read and checked whole is written in batches, under a record that marks it whole at the end.

Nothing shows before the last batch. An import that was killed is resumed by importing again, or swept away. Importing
again finds the thread by its root and adds only what is new.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from musterpoint import access, intake
from musterpoint.actions.begin import begin
from musterpoint.actions.recording import Call, touched, write
from musterpoint.core import declare as rules
from musterpoint.core.decision import Draft, NotAllowed, must_respond, when
from musterpoint.core.declare import TITLE_LIMIT, DeclareRequest
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.journal import Link, Message, apply
from musterpoint.core.said import Said
from musterpoint.store import incidents, models, search
from musterpoint.store.clock import later

BATCH = 250
#: Seconds between two batches: on SQLite writers that wait only look now and then whether it is their turn.
PAUSE = 0.02
#: An import that gave no sign of life for so many seconds is dead.
SILENT_AFTER = 60
#: A dead import that nobody resumed is swept away after this long.
ABANDONED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Source:
    """One thread out of a file, in our words; `incomplete` says what the file itself says is missing."""

    workspace: str
    channel: str
    channel_name: str
    root: str
    said: Sequence[Said]
    digest: str
    incomplete: str = ""
    role: str = "thread"
    url: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """`entries`: how many the files hold; `new`: how many of them were not here yet."""

    incident: str
    entries: int
    new: int
    created: bool


Progress = Callable[[int, int], None]


def bring_in(call: Call, sources: Sequence[Source], request: DeclareRequest, progress: Progress) -> Imported:
    """Import one thread, and perhaps a second one (a huddle's own), as one incident. Raises NotAllowed, NotFound."""
    must_respond(call.actor)
    known, *_ = [_incident_of(call, each) for each in sources]
    total = sum(len(each.said) for each in sources)
    records: list[models.Import] = []
    new, done = 0, 0
    for source in sources:
        record = _begin(source)
        records.append(record)
        for batch in _batches([*source.said, *intake.changed(record.thread, source.said, call.now)]):
            new += _write(call, source, record, batch)
            done += len(batch)
            time.sleep(PAUSE)
            progress(min(done, total), total)
    with transaction.atomic():
        for record in records:
            _still_mine(record)
            intake.reindex(record)
        known = known or _incident_of(call, sources[0])  # another import may have ended before this one began
        ref = known or _declare(call, sources, request)
        _read(call, ref, sources, [each.thread for each in records])
        models.Import.objects.filter(pk__in=[each.pk for each in records]).update(status="whole", ended_at=Now())
    return Imported(ref, total, new, not known)


def _thread(source: Source) -> models.Thread | None:
    """The thread with this root: the channel may have been unknown when one of the two was imported. What the chat is
    captured from goes by its id, which a file may call by its name."""
    rows = models.Thread.objects.filter(root=source.root).exclude(workspace="local")
    if source.workspace:
        rows = rows.filter(Q(workspace__in=("", source.workspace)) | Q(channel=source.channel, capture__isnull=False))
    same = [each for each in rows if "-" in (each.channel, source.channel) or each.channel == source.channel]
    return same[0] if same else None


def _incident_of(call: Call, source: Source) -> str:
    """The incident that reads this thread already; a live one before a cancelled one.

    Raises NotAllowed where only incidents that this person may not see read it: which, and that, is not said.
    """
    thread = _thread(source)
    if thread is None:
        return ""
    mine = access.visible(call.actor).filter(readings__thread=thread).order_by("pk")
    found = mine.exclude(status="cancelled").first() or mine.first()
    if found is None and thread.readings.exists():
        contact = call.process.security_contact or "an admin"
        raise NotAllowed("cannot_import", "This thread cannot be imported here.", f"Ask {contact}.")
    return found.ref if found else ""


def _new_thread(source: Source) -> models.Thread:
    """Another import may begin it at the same moment: then it is that one's."""
    thread, _ = models.Thread.objects.get_or_create(
        workspace=source.workspace,
        channel=source.channel,
        root=source.root,
        defaults={"channel_name": source.channel_name, "url": source.url},
    )
    return thread


def _begin(source: Source) -> models.Import:
    """The import record of this thread: a new one, or that of an import that died, which is resumed."""
    with transaction.atomic():
        thread = _thread(source) or _new_thread(source)
        thread = models.Thread.objects.select_for_update().get(pk=thread.pk)
        running = models.Import.objects.filter(thread=thread).exclude(status="whole").first()
        if running and _alive(running):
            raise NotAllowed(
                "import_running",
                f"Another import of this thread runs since {running.started_at:%H:%M} UTC (process {running.process}).",
                "Wait for it, or stop it and import again.",
            )
        if running is None:
            running = models.Import(thread=thread, started_at=Now())
        running.digest, running.total = source.digest, len(source.said)
        running.host, running.process, running.beat_at = socket.gethostname(), os.getpid(), Now()
        running.save()
    return models.Import.objects.select_related("thread").get(pk=running.pk)


def _alive(record: models.Import) -> bool:
    """On this machine the process itself tells; elsewhere its last sign of life does."""
    if record.host == socket.gethostname():
        if record.process == os.getpid():
            return False
        try:
            os.kill(record.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
    return models.Import.objects.filter(pk=record.pk, beat_at__gte=later(-SILENT_AFTER)).exists()


def _still_mine(record: models.Import) -> None:
    query = models.Import.objects.filter(pk=record.pk, host=record.host, process=record.process)
    if not query.update(beat_at=Now()):
        raise NotAllowed("import_taken_over", "Another process took this import over.", "Import again to be sure.")


def _batches(said: Sequence[Said]) -> Iterator[list[Said]]:
    rest = iter(said)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _write(call: Call, source: Source, record: models.Import, batch: list[Said]) -> int:
    rows = intake.prepared(record.thread, batch, call.source, call.now, record)
    with transaction.atomic():
        _still_mine(record)
        return len(intake.append(record.thread, rows))


def _declare(call: Call, sources: Sequence[Source], request: DeclareRequest) -> str:
    """Declared now (recorded), detected at the root message (estimated)."""
    said = sources[0].said
    root = said[0]
    first = next((each for each in said[1:] if isinstance(each.fact, Message) and not each.fact.bot), None)
    request = replace(
        request,
        title=request.title or _title(root, sources[0]),
        detected=request.detected or Moment(root.anchor, Basis.ESTIMATED),
        detected_ref=root.ref,
        first_responder_at=first.at if first else None,
        first_responder_ref=first.ref if first else "",
    )
    row, _, _ = begin(call, rules.declare(call.actor, call.process, request, call.now), announced=False)
    return row.ref


def _title(root: Said, source: Source) -> str:
    """What the root message says, cut at a word; the channel's name where it says nothing."""
    text = " ".join(root.fact.text.split()) if isinstance(root.fact, Message) else ""
    if not text:
        return f"Thread of {source.channel_name or source.channel} at {root.anchor:%Y-%m-%d %H:%M}"
    limit = min(100, TITLE_LIMIT)
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + "…"


def _read(call: Call, ref: str, sources: Sequence[Source], threads: Sequence[models.Thread]) -> None:
    """The incident reads the threads from now on; what a file says is missing is named."""
    row = models.Incident.objects.select_for_update().get(ref=ref)
    for source, thread in zip(sources, threads, strict=True):
        reads = models.Reading.objects.filter(thread=thread).exists()
        if not reads:
            models.Reading.objects.create(incident=row, thread=thread, role=source.role)
        if not reads or thread.incomplete != source.incomplete:
            gaps = (source.incomplete,) if source.incomplete else ()
            fact = Link(f"{thread.workspace or '-'}/{thread.channel}/{thread.root}", source.url, source.role, gaps)
            entry = write(call, row, Draft(fact, when(call.now, None)))
            incidents.project(row, apply(incidents.state(row, incidents.members(row)), entry))
            row.save(update_fields=["after"])
            models.Thread.objects.filter(pk=thread.pk).update(incomplete=source.incomplete)
        names = [models.ImportedName(identity=who, zone=zone) for who, zone in source.zones.items()]
        models.ImportedName.objects.bulk_create(names, ignore_conflicts=True)
    touched(row)


def sweep() -> int:
    """Remove what abandoned imports left: nobody ever saw it. Returns how many there were."""
    abandoned = models.Import.objects.exclude(status="whole").filter(
        beat_at__lt=later(-ABANDONED_AFTER.total_seconds())
    )
    return sum(_swept(record) for record in abandoned.select_related("thread") if not _alive(record))


def _swept(record: models.Import) -> bool:
    """Take the record over, so that nobody resumes it meanwhile; remove its entries. False: somebody was quicker."""
    mine = {"host": socket.gethostname(), "process": os.getpid(), "beat_at": Now()}
    if not models.Import.objects.filter(pk=record.pk, beat_at=record.beat_at).update(**mine):
        return False
    while True:
        with transaction.atomic():
            numbers = list(record.entries.values_list("id", flat=True)[:500])
            search.remove(numbers)
            with connection.cursor() as cursor:
                cursor.executemany("DELETE FROM store_entry WHERE id = %s", [(each,) for each in numbers])
        if not numbers:
            break
    with transaction.atomic():
        record.delete()
        thread = record.thread
        if not thread.readings.exists() and not thread.imports.exists() and not thread.entries.exists():
            thread.delete()
    return True
