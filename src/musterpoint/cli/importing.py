"""`import slack-thread` and `import slack-export`: read and check the whole file, then take it in."""

from __future__ import annotations

import sys
from pathlib import Path

from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.importing import Progress, Source
from musterpoint.importing import bring_in as import_threads
from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.files import read_export, read_replies
from musterpoint.integrations.slack.importing import source_of
from musterpoint.integrations.slack.threads import ThreadFile

#: From this many on, progress is shown.
LONG = 2000


def bring_in(session: Session) -> Answer:
    options, call = session.options, session.call()
    workspace = options.workspace or session.process.workspace
    try:
        files = _exported(session) if options.what == "slack-export" else _answered(session)
        roles = ["thread", "huddle"]
        marks = session.process.marks
        both = zip(files, roles, strict=False)
        sources = [source_of(file, workspace, role, marks, files[0]) for file, role in both]
    except BadFile as error:
        raise NotAllowed("bad_file", error.message, error.hint) from error
    warnings = list(dict.fromkeys(warning for file in files for warning in file.warnings))
    request = DeclareRequest(options.title, affected=options.affected, security=Security(options.security))
    done = import_threads(call, sources, request, _progress(options.format))
    data = {"incident": done.incident, "entries": done.entries, "new": done.new, "warnings": warnings}
    return Answer(data, "\n".join(_story(done.incident, done.created, done.entries, done.new, sources, warnings)))


def _answered(session: Session) -> list[ThreadFile]:
    options = session.options
    users = Path(options.users) if options.users else None
    paths = [Path(each) for each in (options.file, options.huddle) if each]
    return [read_replies(path, users, options.channel) for path in paths]


def _exported(session: Session) -> list[ThreadFile]:
    options = session.options
    stamps = [each for each in (options.thread, options.huddle_thread) if each]
    return [read_export(Path(options.file), options.channel, stamp) for stamp in stamps]


def _progress(form: str) -> Progress:
    def show(done: int, total: int) -> None:
        if form == "text" and total >= LONG and sys.stderr.isatty():
            end = "\n" if done == total else ""
            print(f"\r{done:,} of {total:,} entries", end=end, file=sys.stderr, flush=True)
        elif form == "text" and total >= LONG and (done == total or done * 10 // total != (done - 250) * 10 // total):
            print(f"{done:,} of {total:,} entries", file=sys.stderr, flush=True)

    return show


def _story(ref: str, created: bool, entries: int, new: int, sources: list[Source], warnings: list[str]) -> list[str]:
    if created:
        lines = [f"Incident {ref}: {entries} entries taken in from {len(sources)} thread{'s' * (len(sources) > 1)}."]
        lines.append(f"Next: timeline {ref}, thread {ref}, resolve {ref} --at TIME")
    elif new:
        lines = [f"Incident {ref} has this thread already: {new} of {entries} entries are new."]
    else:
        lines = [f"Incident {ref} has this thread already: nothing in it is new."]
    lines += [f"Incomplete: {each.incomplete}" for each in sources if each.incomplete]
    return lines + [f"Mind: {warning}" for warning in warnings]
