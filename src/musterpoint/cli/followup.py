"""`action`: the follow-up actions of one incident, or of all."""

from __future__ import annotations

from typing import Any

from musterpoint import actions, people, reading
from musterpoint.cli.answer import Answer, columns
from musterpoint.cli.reading import markdown_table
from musterpoint.cli.running import Session
from musterpoint.core.action_issue import is_address
from musterpoint.core.aftermath import ActionKind, ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, ActionEnded
from musterpoint.core.decision import NotAllowed
from musterpoint.core.describe import describe
from musterpoint.core.followup import Fields
from musterpoint.core.incident import Who
from musterpoint.core.issue_journal import ActionIssueWanted
from musterpoint.core.journal import Entry

ENDS = {"done": ActionStatus.DONE, "decline": ActionStatus.DECLINED, "reopen": ActionStatus.OPEN}
HEAD = ["ACTION", "WHEN", "OWNER", "STATUS", "TITLE"]


def action(session: Session) -> Answer:
    what = session.options.what
    if what == "list":
        return _list(session)
    if what == "add":
        return _add(session)
    if what == "issue":
        return _issue(session)
    return _end(session) if what in ENDS else _change(session)


def _add(session: Session) -> Answer:
    options, call = session.options, session.call()
    existing = is_address(options.entry)
    if existing and options.issue is not None:
        raise NotAllowed("both", "An existing issue stays in its repository.", "Give --from, or --issue.")
    if not options.title and not options.entry:
        raise NotAllowed("empty", "What is to be done?", f'action add {options.ref} "TITLE", or --from ENTRY')
    owner = people.somebody(call, options.owner) if options.owner else None
    kind = ActionKind(options.kind) if options.kind else None
    entry = actions.add_action(
        call,
        options.ref,
        options.title,
        owner,
        options.due,
        kind,
        options.tracked,
        entry="" if existing else options.entry,
        issue=options.entry if existing else options.issue,
    )
    return _told(session, call, entry, owner)


def _change(session: Session) -> Answer:
    options, call = session.options, session.call()
    fields: Fields = {}
    owner = None
    match options.what:
        case "assign":
            if not options.none:
                owner = people.somebody(call, options.who or "me")
            fields["owner"] = owner
        case "due":
            if not options.none and not options.date.strip():
                raise NotAllowed("empty", "Until when?", "Give a DATE (2026-03-10, 3d, 2w, tomorrow) or --none.")
            fields["due"] = "" if options.none else options.date
        case _:
            if options.title is not None:
                fields["title"] = options.title
            if options.kind is not None:
                fields["kind"] = None if options.kind == "none" else ActionKind(options.kind)
            if options.tracked is not None:
                fields["tracked"] = options.tracked
            if not fields:
                raise NotAllowed("empty", "What is to be changed?", "Give --title, --kind or --tracked.")
    return _told(session, call, actions.change_action(call, options.ref, options.number, **fields), owner)


def _end(session: Session) -> Answer:
    options, call = session.options, session.call()
    entry = actions.end_action(call, options.ref, options.number, ENDS[options.what], options.reason)
    return _told(session, call, entry)


def _issue(session: Session) -> Answer:
    options, call = session.options, session.call()
    entry = actions.change_action_issue(
        call, options.ref, options.number, options.repository, options.existing, none=options.none
    )
    return _told(session, call, entry)


def _told(session: Session, call: actions.Call, entry: Entry, owner: Who | None = None) -> Answer:
    assert isinstance(entry.fact, ActionAdded | ActionChanged | ActionEnded | ActionIssueWanted)
    ref, number = session.options.ref, entry.fact.number
    shapes = reading.actions_of(call, ref)["actions"]
    shape = next(each for each in shapes if each["number"] == number)
    text = f"{entry.at:%H:%M} UTC: {describe(entry)}"
    if owner is not None and owner.identity.startswith("name:"):
        text += f"\n{owner.name} is not known here and gets no reminders: people add {owner.name!r}"
    data = {"incident": ref, "entry": {"id": entry.id, "ref": entry.ref, "kind": entry.kind}, "action": shape}
    return Answer(data, text)


def _list(session: Session) -> Answer:
    options, call = session.options, session.call()
    owner = people.names_of(call, options.owner) if options.owner else frozenset()
    open_only, narrowed = not options.all, bool(owner or options.overdue)
    if not options.ref:
        shapes = reading.all_actions(call, owner=owner, open_only=open_only, overdue_only=options.overdue)
        return _table({"actions": shapes}, "No action is like that." if narrowed else "No action is open.")
    found = reading.actions_of(call, options.ref, owner=owner, open_only=open_only, overdue_only=options.overdue)
    empty = f"Incident {options.ref} has no such action." if narrowed else _none_open(call, options.ref)
    return _table(found, empty)


def _none_open(call: actions.Call, ref: str) -> str:
    ended = len(reading.actions_of(call, ref)["actions"])
    if ended:
        return f"No action of incident {ref} is open. All {ended}: action list {ref} --all"
    return f"Incident {ref} has no actions yet. Add one: action add {ref} TITLE"


def _table(data: dict[str, Any], empty: str) -> Answer:
    rows = [[_place(each), _when(each), _owner(each), each["status"], _title(each)] for each in data["actions"]]
    lines = [columns([HEAD, *rows]) if rows else empty]
    markdown = [markdown_table(HEAD, rows) if rows else empty]
    if proposed := data.get("proposed"):
        adopt = f"action add {data['incident']} --from"
        lines += ["", "proposed:"]
        markdown += ["", "Proposed:", ""]
        for each in proposed:
            lines += [f"  {each['text']} ({each['why']})", f"    {adopt} {each['entry']}"]
            markdown.append(f"- {each['text']} ({each['why']}): `{adopt} {each['entry']}`")
    return Answer(data, "\n".join(lines), "\n".join(markdown))


def _place(shape: dict[str, Any]) -> str:
    return f"{shape['incident']} {shape['number']}"


def _when(shape: dict[str, Any]) -> str:
    return f"{shape['due'] or '-'}{' overdue' if shape['overdue'] else ''}"


def _owner(shape: dict[str, Any]) -> str:
    return f"{shape['owner'] or 'nobody'}{' (not known here)' if shape['owner_known'] is False else ''}"


def _title(shape: dict[str, Any]) -> str:
    issue = f"{shape['issue']} (only a link)" if shape["issue"] and shape["apart"] else shape["issue"]
    more = ", ".join(each for each in (shape["kind"], issue or shape["tracked"]) if each)
    declined = shape["status"] == ActionStatus.DECLINED
    reason = f": {shape['reason']}" if shape["reason"] else ": no reason given yet" if declined else ""
    return f"{shape['title']}{f' [{more}]' if more else ''}{reason}"
