"""`timeline`: the rows as JSON, as text and as the Markdown that goes into a report; and curating them."""

from __future__ import annotations

from collections.abc import Sequence

from musterpoint import actions, reading
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.cli.screen import paint
from musterpoint.core.journal import RowKind, Verdict
from musterpoint.core.timeline import Row, RowStatus
from musterpoint.core.timeline_markdown import basis_of, days_of, markdown, said_by


def timeline(session: Session) -> Answer:
    options, call = session.options, session.call()
    for verdict in Verdict:
        if entry := getattr(options, verdict.value):
            return _curate(session, call, verdict, entry)
    if options.undo:
        return _undo(session, call, options.undo)
    if options.public or options.private:
        return _choose(session, call, options.public or options.private, public=bool(options.public))
    rows = reading.rows_of(call, options.ref)
    data = {"incident": options.ref, "rows": [reading.row_shape(row) for row in rows]}
    shown = [row for row in rows if options.all or row.status is not RowStatus.DROPPED]
    shown = [row for row in shown if not options.kept or row.status is RowStatus.KEPT]
    title = reading.shown(call, options.ref)["title"]
    return Answer(data, text(title, options.ref, shown), markdown(title, shown))


def _curate(session: Session, call: actions.Call, verdict: Verdict, entry: str) -> Answer:
    options = session.options
    kind = RowKind(options.kind) if options.kind else None
    done = actions.curate(call, options.ref, entry, verdict, text=options.text, row_kind=kind, why=options.why)
    told = {"keep": "kept", "drop": "dropped", "reword": "reworded", "reset": "as it was before anybody touched it"}
    data = {"incident": options.ref, "entry": {"id": done.id, "ref": done.ref, "kind": done.kind}}
    return Answer(data, f"The row of entry {entry} is {told[verdict.value]}.")


def _undo(session: Session, call: actions.Call, entry: str) -> Answer:
    done = actions.undo_row(call, session.options.ref, entry)
    data = {"incident": session.options.ref, "entry": {"id": done.id, "ref": done.ref, "kind": done.kind}}
    return Answer(data, f"The last change of the row of entry {entry} is undone.")


def _choose(session: Session, call: actions.Call, entry: str, *, public: bool) -> Answer:
    done = actions.choose_row(call, session.options.ref, entry, public=public)
    data = {"incident": session.options.ref, "entry": {"id": done.id, "ref": done.ref, "kind": done.kind}}
    return Answer(data, f"The row of entry {entry} is {'public' if public else 'not public'}.")


def text(title: str, ref: str, rows: Sequence[Row]) -> str:
    if not rows:
        return "Nothing to tell yet. Messages that are marked, and what the record suggests, become rows."
    days, day = days_of(rows), None
    lines = [paint(f"{title} (all times UTC)", "1")]
    for row in rows:
        if row.at.date() != day:
            day = row.at.date()
            lines += ["", str(day)] if len(days) > 1 or len(lines) == 1 else []
        sign = {RowStatus.KEPT: "●", RowStatus.SUGGESTED: "○", RowStatus.DROPPED: "×"}[row.status]
        lines.append(f"{row.at:%H:%M} {sign} {row.kind.value:<13} {said_by(row)}{row.text}{basis_of(row)}")
        lines.append(paint(f"{'':22}{', '.join(each.url or each.ref for each in row.evidence)} — {row.why}", "2"))
    lines += ["", "● kept  ○ suggested  × dropped" + f"   keep one with: timeline {ref} --keep ENTRY"]
    return "\n".join(lines)
