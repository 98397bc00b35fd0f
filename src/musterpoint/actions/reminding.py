"""Put reminders off, dismiss and resume them; and the giving of one, which the engine does (see `reminding`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from musterpoint import access
from musterpoint.actions.recording import Call, aloud, announce, intend, remark
from musterpoint.core import put_off as rules
from musterpoint.core.aftermath_journal import Reminder
from musterpoint.core.decision import Actor, Draft
from musterpoint.core.incident import Incident, Who
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.core.reminder_words import named_in_settings
from musterpoint.core.reminders import Due
from musterpoint.core.said_aloud import is_said
from musterpoint.store import models
from musterpoint.store.addresses import chat_users, mail_address, people_named

SLACK = "slack"
#: The kind of effect that is a message to one person there.
DIRECT = "slack_direct"


def put_off(call: Call, ref: str, name: str, until: datetime | None) -> Entry:
    """Nobody is reminded of it before `until`, or (None) ever again."""
    return _put_off(call, ref, lambda state: rules.put_off(state, call.actor, name.strip(), until, call.now))


def resume_reminder(call: Call, ref: str, name: str) -> Entry:
    """It comes again at its pace."""
    return _put_off(call, ref, lambda state: rules.resume(state, call.actor, name.strip(), call.now))


def _put_off(call: Call, ref: str, decide: Callable[[Incident], Draft]) -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = decide(state)
        entry, _ = remark(row, state, draft.fact, call.now, who=call.actor.who, source=call.source)
        return entry


def give(
    process: Process,
    row: models.Incident,
    state: Incident,
    found: Sequence[Due],
    now: datetime,
    by_mail: Sequence[Who] | None = None,
) -> None:
    """Record reminders and say them in the chat, inside the caller's transaction; the row is locked.

    Where there is no chat and mail goes out, `by_mail` names who has authority: each reminder is also mailed.
    """
    given: list[tuple[Due, Entry]] = []
    for each in found:
        entry, state = remark(row, state, Reminder(each.name, each.sentence, each.whom, each.since), now)
        given.append((each, entry))
        if process.chat != SLACK:
            aloud(process, row, entry)
        if by_mail is not None:
            for person in _reached(state, each.whom, by_mail):
                intend("mail", f"mail:{row.ref}:{entry.id}:{person}", row, entry=entry.id, person=person)

    if process.chat == SLACK:
        _in_slack(process, row, state, given)


def _in_slack(process: Process, row: models.Incident, state: Incident, given: Sequence[tuple[Due, Entry]]) -> None:
    """What is urgent is said in the thread, all of it in one message; the rest to the people whom it is for, each in
    one message of their own, or in the thread where the chat does not know them. An incident that is not spoken of
    there leaves its people's own messages alone."""
    spoken_of = row.announced and (row.confined or not row.restricted)
    in_thread: list[Entry] = []
    for_user: dict[str, list[int]] = {}
    for each, entry in given:
        users = [] if each.urgent and spoken_of else _users(state, each.whom)
        for user in users:
            for_user.setdefault(user, []).append(entry.id)
        if not users:
            in_thread.append(entry)
    said = [each.id for each in in_thread if is_said(each, process)]
    if said:
        announce(row, "say", f"say:{row.ref}:{said[0]}", entries=said)
    for user, entries in for_user.items():
        intend(DIRECT, f"direct:{row.ref}:{entries[0]}:{user}", row, entries=entries, user=user)


def _users(state: Incident, whom: Sequence[Who]) -> list[str]:
    """Whom a message of their own reaches. Of a restricted incident its members alone, and all of them where it is for
    nobody by name."""
    asked = [each.identity for each in whom] or (sorted(state.members) if state.restricted else [])
    if state.restricted:
        members = {each.pk for each in people_named(state.members)}
        asked = [
            each
            for each in asked
            if each in state.members or not members.isdisjoint(person.pk for person in people_named([each]))
        ]
    return list(chat_users(asked, SLACK).values())


def _reached(state: Incident, whom: Sequence[Who], authority: Sequence[Who]) -> list[int]:
    """The people who get a mail: those whom it is for; else who leads; else those with authority. Of a restricted
    incident its members alone, and all of them where it is for nobody by name."""
    asked = whom or ([state.lead] if state.lead else [] if state.restricted else authority)
    people = people_named([each.identity for each in asked] or state.members)
    if state.restricted:
        people = [each for each in people if not access.names_of(each).isdisjoint(state.members)]
    return [each.pk for each in people if mail_address(each)]


def known_people(process: Process) -> dict[str, Who]:
    """Whom the settings name, as the people that they are here; somebody unknown stays a name."""
    known = {}
    for name in {*process.authority, process.nominee} - {""}:
        try:
            person: Actor = access.actor(name, process)
        except access.NotFound:
            continue
        if name in person.identities:  # a first name finds somebody, too, but names nobody in the settings
            known[named_in_settings(name).identity] = person.who
    return known


def addressed(found: Sequence[Due], known: dict[str, Who]) -> list[Due]:
    """The same, to the people whom the settings name."""
    return [replace(each, whom=tuple(known.get(who.identity, who) for who in each.whom)) for each in found]
