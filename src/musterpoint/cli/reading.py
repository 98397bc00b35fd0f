"""`list`, `show`, `thread`, `search`: what a person reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from musterpoint import access, reading
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.running import Session
from musterpoint.cli.screen import paint
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Milestone, read_time
from musterpoint.store import incidents

COLOURS = {"open": "31", "resolved": "32", "closed": "2", "cancelled": "2"}
LABELS = {
    Milestone.IMPACT_BEGAN: "impact began",
    Milestone.DETECTED: "detected",
    Milestone.DECLARED: "declared",
    Milestone.FIRST_RESPONDER: "first responder",
    Milestone.RESOLVED: "resolved",
    Milestone.ISSUE_RAISED: "issue raised",
    Milestone.CLOSED: "closed",
}


def listing(session: Session) -> Answer:
    options, call = session.options, session.call()
    before = access.seen(call.actor, options.before).pk if options.before else None
    rows = access.listing(
        call.actor,
        status=options.status,
        kind=options.kind,
        severity=options.severity,
        since=session.time(options.since),
        limit=options.limit,
        before=before,
    )
    shapes = [reading.incident_shape(incidents.state(row)) for row in rows]
    narrowed = options.status or options.kind or options.severity or options.since
    empty = "No incident is like that." if narrowed else "No incidents yet. `musterpoint declare TITLE` begins one."
    table = [[each["ref"], _status(each["status"]), _day(each), each["lead"] or "-", each["title"]] for each in shapes]
    head = ["REF", "STATUS".ljust(9), "DECLARED", "LEAD", "TITLE"]
    lines = columns([head, *table]) if table else empty
    return Answer({"incidents": shapes}, lines, markdown_table(head, table) if table else empty)


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    cells = [[cell.strip().replace("|", "\\|") for cell in row] for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _status(status: str) -> str:
    return paint(status.ljust(9), COLOURS[status])


def _day(shape: dict[str, Any]) -> str:
    declared = shape["milestones"]["declared"]
    return f"{read_time(declared['at']):%Y-%m-%d %H:%M}" if declared else "-"


def show(session: Session) -> Answer:
    call = session.call()
    shape = reading.shown(call, session.options.ref)
    head = f"Incident {shape['ref']}: {shape['title']}"
    lines = [paint(head, "1"), *_facts(shape, session.now)]
    return Answer(shape, "\n".join(lines), "\n".join([f"# {head}", "", *_markdown(_facts(shape, session.now))]))


def _markdown(lines: list[str]) -> list[str]:
    return [
        f"- {line.strip()}" if line.strip() and not line.endswith(":") else f"\n{line}\n" if line else ""
        for line in lines
    ]


def _facts(shape: dict[str, Any], now: datetime) -> list[str]:
    times = shape["milestones"]
    lines = [f"status           {shape['status']}{_how_long(times, shape['status'], now)}"]
    if shape["duplicate_of"]:
        lines.append(f"duplicate of     {shape['duplicate_of']}")
    if shape["restricted"]:
        whom = "those in its private channel" if shape["confined"] else "its members"
        lines.append(f"restricted       only {whom} see it")
    for name in ("affected", "severity", "lead", "nominee"):
        if shape[name] or name in ("severity", "lead"):
            lines.append(f"{name:<16} {shape[name] or ('nobody yet' if name == 'lead' else 'not set')}")
    lines.append("")
    was = {each["field"]: each["was"] for each in shape["corrections"] if isinstance(each["was"], dict)}
    for milestone, label in LABELS.items():
        if (moment := times[milestone.value]) or milestone in (Milestone.IMPACT_BEGAN, Milestone.DETECTED):
            lines.append(f"{label:<16} {_when(moment, was.get(milestone.value))}")
    for each in shape["proposals"]:
        assumed = ", zone assumed" if each["zone_assumed"] else ""
        quote = f"“{each['quote']}” ({each['evidence']['ref']})"
        lines += ["", f"proposed: {each['milestone']} at {_when(each)}{assumed}", f"  {quote}"]
        lines.append(f"  confirm with: correct {shape['ref']} {each['milestone']} --confirm")
    for each in shape["threads"]:
        if each["role"] != "local":
            missing = f" — incomplete: {each['incomplete']}" if each["incomplete"] else ""
            lines += ["", f"reads {each['role']} {each['url'] or each['thread']}{missing}"]
            lines += [f"  {sentence}" for sentence in (each["coverage"] or {}).get("sentences", ())]
    for each in shape["troubles"]:
        since = f"{read_time(each['since']):%Y-%m-%d %H:%M} UTC"
        lines += ["", f"the {each['hinders']} is hindered since {since}: {each['message']}", f"  {each['hint']}"]
    return lines + _what_follows(shape)


def _what_follows(shape: dict[str, Any]) -> list[str]:
    """Issue, open actions, and what keeps it from closing; while customers are affected, the first of that alone."""
    issue = shape["issue"]
    lines = ["", f"issue            {' '.join(filter(None, (issue['ref'], issue['url'])))}"] if issue else []
    actions = [each for each in shape["actions"] if each["status"] == "open"]
    lines += ["", "open actions"] if actions else []
    for each in actions:
        due = f", {'overdue since' if each['overdue'] else 'due'} {each['due']}" if each["due"] else ""
        lines.append(f"  {each['number']:>2}  {each['title']} ({each['owner'] or 'nobody yet'}{due})")
    blockers = [each for each in shape["blockers"] if each["code"] != "action_open"]
    for each in blockers[:1] if shape["status"] == "open" else blockers:
        lines += ["", f"cannot close yet: {each['text']}", f"  {each['resolve']}"]
    return lines


def _when(moment: dict[str, str] | None, was: dict[str, str] | None = None) -> str:
    if moment is None:
        return "not known"
    old = f", was {read_time(was['at']):%Y-%m-%d %H:%M} ({was['basis']})" if was else ""
    return f"{read_time(moment['at']):%Y-%m-%d %H:%M} UTC ({moment['basis']}{old})"


def _how_long(times: dict[str, Any], status: str, now: datetime) -> str:
    """How long customers were, or are, affected: from impact (else detection) to resolution (else now)."""
    begin = times["impact_began"] or times["detected"]
    if not begin or status == "cancelled":
        return ""
    end = times["resolved"]
    since = "impact" if times["impact_began"] else "detection"
    length = duration_text((read_time(end["at"]) if end else now) - read_time(begin["at"]))
    return f", {length} from {since} to resolution" if end else f", {length} since {since}"


def thread(session: Session) -> Answer:
    options, call = session.options, session.call()
    shapes = reading.thread_of(call, options.ref, history=options.history)
    if options.last:
        shapes = shapes[-options.last :]
    numbers = {each["ref"]: each["id"] for each in shapes}
    lines: list[str] = []
    day = ""
    for each in shapes:
        at = read_time(each["at"])
        if f"{at:%Y-%m-%d}" != day:
            day = f"{at:%Y-%m-%d}"
            lines += ["", f"{day} (UTC)"] if lines else [f"{day} (UTC)"]
        lines.append(_line(each, at, numbers.get(each["of"])))
    empty = "Nothing has been said yet."
    return Answer({"incident": options.ref, "entries": shapes}, "\n".join(lines) or empty)


def _line(each: dict[str, Any], at: datetime, about: int | None) -> str:
    number = paint(f"{each['id']:>5}", "2")
    spoken = each["kind"] in ("message", "note", "edit")
    who = f"{each['who'] or 'somebody'}: " if spoken else ""
    text = each["text"].replace("\n", "\n" + " " * 17)
    tags = "".join(f" [{name}]" for name in ("edited", "deleted", "redacted") if each[name])
    tags += " [from the history]" if each["source"] == "slack_history" else ""
    if about is not None:
        tags += f" [entry {about}]"
    if each["kind"] == "edit":
        text = text or "(new text is shown above)"
    old = f"\n{' ' * 17}was: {each['original']}" if "original" in each else ""
    return f"{number}  {at:%H:%M:%S}  {who}{text}{tags}{old}"


def search(session: Session) -> Answer:
    options, call = session.options, session.call()
    hits = access.found(call.actor, " ".join(options.words), options.limit)
    shapes: list[dict[str, Any]] = [
        {
            "incident": hit.incident.ref,
            "title": hit.incident.title,
            "status": hit.incident.status,
            "entry": {"id": hit.entry.id, "ref": hit.entry.ref, "kind": hit.entry.kind},
            "text": _found_text(hit.text, options.words),
        }
        for hit in hits
    ]
    lines = [f"{each['incident']:>6}  {each['title'][:50]:<50}  {each['text']}" for each in shapes]
    return Answer({"query": " ".join(options.words), "hits": shapes}, "\n".join(lines) or "Nothing found.")


def _found_text(text: str, words: list[str]) -> str:
    """The line around the first word that was found."""
    text = " ".join(text.split())
    places = [text.casefold().find(word.casefold()) for word in words]
    first = max(0, min([place for place in places if place >= 0], default=0) - 30)
    return ("…" if first else "") + text[first : first + 110] + ("…" if len(text) > first + 110 else "")
