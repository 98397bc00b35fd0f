"""Buttons, choices and forms: of the status card, of our answers, of the home. Each is done once, at once.

What was pressed and what it did are one transaction: if the process dies, Slack shows that it failed, and nothing was
done. The answer is for whoever pressed alone. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from musterpoint import access, actions
from musterpoint.access import NotFound
from musterpoint.actions import Call
from musterpoint.core.command import Command, Occasion
from musterpoint.core.command_words import Verb
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Severity
from musterpoint.core.possible import ATTEMPTS
from musterpoint.integrations.slack.app import calling, forms, home, huddle_buttons, modals, people, reminding_buttons
from musterpoint.integrations.slack.app.asking import Place, Reply, Request
from musterpoint.integrations.slack.app.commands import Asked, carry_out, zone_of
from musterpoint.integrations.slack.app.keyed import once
from musterpoint.integrations.slack.app.mentions import answer, done, refusal
from musterpoint.integrations.slack.shapes import Object, inner, objects, string
from musterpoint.integrations.slack.text import unescaped
from musterpoint.ports import Refused, Unavailable
from musterpoint.store import incidents, models

#: Seconds for a form to open: three after the click it cannot any more.
OPENING = 2.0
#: What a form is for → what the rules call the step, which is tried before the form is shown.
_TRIED = {"resolved": "resolve", "relapse": "relapse", "note": "note", "nominate": "nominate", "cancel": "cancel"}
_TRIED |= {"restrict": "restrict", "security": "restrict"}
#: What is done at once where its form cannot be opened.
_WITHOUT_FORM = frozenset({"resolved", "relapse"})


def pressed(request: Request) -> Reply:
    """Something was pressed or chosen: `block_actions`, by the first word of its `action_id`."""
    action = next(iter(objects(request.payload, "actions")), {})
    name = string(action, "action_id").partition("#")[0]
    word, _, what = name.partition(":")
    if word in _OTHERS:
        _elsewhere(request, _OTHERS[word])
    elif name == "home:declare":
        _declare(request)
    elif word in ("card", "home", "whisper"):
        _own(request, what, _value(action))
    return None


#: What is pressed by others' messages: first word → what carries it out. It answers with words, or with nothing.
_OTHERS: Mapping[str, Callable[[Request], Reply]] = {
    "remind": reminding_buttons.pressed,
    "huddle": huddle_buttons.pressed,
}


def _elsewhere(request: Request, carry_out: Callable[[Request], Reply]) -> None:
    """The response to a press shows nothing: what is answered is said privately."""

    def step() -> None:
        said = carry_out(request)
        if said and (text := string(said, "text")):
            answer(request, text)

    _known(request, step)


def _value(action: Object) -> str:
    return string(action, "value") or string(inner(action, "selected_option"), "value")


def _declare(request: Request) -> None:
    """The form by which an incident is declared; what its command would answer is said directly."""
    from musterpoint.integrations.slack.app import declaring

    said = declaring.slash(request, "")
    if said and (text := string(said, "text")):
        _say(request, unescaped(text))


def _own(request: Request, what: str, value: str) -> None:
    request = _where_it_is_seen(request)
    ref, _, rest = value.partition(" ")
    step = rest if what == "more" else what
    if what == "which":
        _known(request, lambda: _chosen(request, value))
    elif step in _TRIED:
        _ask(request, step, ref)
    elif what in _AT_ONCE:
        _known(request, lambda: _once(request, lambda call: _AT_ONCE[what](request, call, ref, rest)))


def _where_it_is_seen(request: Request) -> Request:
    """A card that begins its thread stands in the channel, and there its answer is looked for."""
    place = request.place
    return replace(request, place=replace(place, thread="")) if place.thread == place.message else request


# --- who, and once ------------------------------------------------------------------------------------------------


def _known(request: Request, step: Callable[[], None]) -> None:
    """Do it in a transaction; somebody who is not known yet is asked for first, outside of it."""
    for attempt in (1, 2):
        try:
            with transaction.atomic():
                step()
            return
        except people.Unknown as error:
            if attempt == 2 or not _fetched(request, error):
                _say(request, "Slack has not told me who that is: nothing was done. Try again in a moment.")
                return


def _fetched(request: Request, error: people.Unknown) -> bool:
    try:
        people.fetch(request.process, error.workspace, error.user, request.now)
    except (Unavailable, Refused):
        return False
    return True


def _say(request: Request, text: str) -> None:
    with transaction.atomic():
        answer(request, text)


def _key(request: Request) -> str:
    action = next(iter(objects(request.payload, "actions")), {})
    return f"action:{request.trigger or string(action, 'action_ts')}"


def _once(request: Request, step: Callable[[Call], str]) -> None:
    """Do it on behalf of whoever pressed, and answer. Raises people.Unknown."""
    with once(_key(request), request.now) as click:
        if click.before:
            return
        try:
            with transaction.atomic():
                call = people.caller(request.process, request.workspace, request.user, request.now)
                _answered(request, step(call))
        except (NotAllowed, NotFound) as error:
            answer(request, refusal(error))


def _answered(request: Request, text: str) -> None:
    """In a home there is nothing to say: it shows how things stand now."""
    if request.place.channel:
        answer(request, text)
    else:
        home.opened(request.process, request.workspace, request.user, request.now)


# --- at once ------------------------------------------------------------------------------------------------------


def _asked(request: Request, call: Call, ref: str, said: Command) -> Asked:
    return Asked(request, call, access.seen(call.actor, ref), said)


def _lead(request: Request, call: Call, ref: str, rest: str) -> str:
    """Whoever presses a card that has been overtaken takes the lead from nobody."""
    row = access.seen(call.actor, ref)
    if row.lead_identity and row.lead_identity not in call.actor.identities:
        raise NotAllowed("led", f"{row.lead_name} leads incident {ref} by now.", "To take over: `lead me`.")
    return carry_out(Asked(request, call, row, Command(Verb.LEAD, person="me")))


def _severity(request: Request, call: Call, ref: str, rest: str) -> str:
    return carry_out(_asked(request, call, ref, Command(Verb.SEVERITY, severity=Severity(rest))))


def _raise(request: Request, call: Call, ref: str, rest: str) -> str:
    actions.raise_issue(call, ref)
    return f"The issue of incident {ref} is being made."


_Step = Callable[[Request, Call, str, str], str]
_AT_ONCE: Mapping[str, _Step] = {"lead": _lead, "severity": _severity, "raise": _raise}


def _chosen(request: Request, value: str) -> None:
    """Several incidents were meant: the command is carried out on the one that was chosen, once."""
    ref, ts, thread, text = value.split("\n", 3)
    with once(f"choice:{request.place.channel}:{ts}", request.now) as click:
        if click.before:
            answer(request, "That was done already.")
        else:
            place = Place(request.place.channel, thread, ts)
            done(replace(request, place=place), text, ref)


# --- by a form ----------------------------------------------------------------------------------------------------


def _ask(request: Request, step: str, ref: str) -> None:
    """Open the form of a step that this person may take now."""
    view = None

    def look() -> None:
        nonlocal view
        try:
            call = people.caller(request.process, request.workspace, request.user, request.now)
            row = access.seen(call.actor, ref)
            state = incidents.state(row, incidents.members(row))
            ATTEMPTS[_TRIED[step]](state, call.actor, call.process, call.now)
            view = _form(request, step, row)
        except (NotAllowed, NotFound) as error:
            answer(request, refusal(error))

    _known(request, look)
    if view is None:
        return
    try:
        calling.call(OPENING, "views.open", trigger_id=request.trigger, view=view)
    except (Unavailable, Refused):
        _without_form(request, step, ref)


def _form(request: Request, step: str, row: models.Incident) -> dict[str, Any]:
    """The question about security is the one that is asked when an incident is declared."""
    if step != "security":
        return forms.form(step, row, request.place)
    place = request.place
    origin = modals.Origin(_key(request), place.channel, place.thread, ref=row.ref)
    return modals.security_form(origin)


def _without_form(request: Request, step: str, ref: str) -> None:
    if step not in _WITHOUT_FORM:
        said = "restrict" if step == "security" else f"{step} …"
        _say(request, f"The form could not be opened. In the thread, `@musterpoint {said}` does the same.")
        return

    def at_once(call: Call) -> str:
        said = carry_out(_asked(request, call, ref, Command(Verb(step))))
        return f"{said} The form could not be opened, so it was done as of now."

    _known(request, lambda: _once(request, at_once))


def sent(request: Request, view: Object) -> Reply:
    """A form was sent (`view_submission`, callback_id `say:…`). What is refused is shown in the form."""
    step, ref, place = forms.asked_for(view)
    request = replace(request, place=place)
    shown: Reply = None

    def do() -> None:
        nonlocal shown
        try:
            with transaction.atomic():
                _send(request, step, ref, view)
        except NotAllowed as error:
            shown = {"response_action": "errors", "errors": {forms.field_of(step, error): refusal(error)[:300]}}
        except NotFound as error:
            answer(request, refusal(error))

    _known(request, do)
    return shown


def _send(request: Request, step: str, ref: str, view: Object) -> None:
    with once(modals.key_of(view), request.now) as click:
        if click.before:
            return
        call = people.caller(request.process, request.workspace, request.user, request.now)
        zone = zone_of(request.workspace, request.user, call)
        command = forms.filled(step, view, Occasion(call.now, zone, call.process.severities))
        if command.verb is Verb.NOTE:
            actions.note(call, ref, command.text, command.at)
            _answered(request, f"Noted in incident {ref}.")
        else:
            _answered(request, carry_out(_asked(request, call, ref, command)))
