"""What is pressed about huddles: open the channel's; one runs, or none is needed; to which incident one belongs."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from musterpoint import access, actions
from musterpoint.access import NotFound
from musterpoint.core.decision import NotAllowed, must_be_live, must_respond
from musterpoint.integrations.slack.app import huddle_linking, huddle_memory, people
from musterpoint.integrations.slack.app.asking import Reply, Request, privately
from musterpoint.integrations.slack.shapes import objects, string


def pressed(request: Request) -> Reply:
    """`huddle:open`, `huddle:runs`, `huddle:unneeded`, `huddle:choose`: done once, answered to who pressed alone.

    Raises people.Unknown.
    """
    press = next(iter(objects(request.payload, "actions")), {})
    action, value = string(press, "action_id").partition("#")[0], string(press, "value")
    carry_out = _PRESSED.get(action)
    if carry_out is None:
        return privately("This version does not know that button.")
    try:
        with transaction.atomic():
            return carry_out(request, value)
    except (NotAllowed, NotFound) as error:
        return privately(f"{error.message}\n{error.hint}".strip())


def _open(request: Request, value: str) -> Reply:
    """Slack opens the huddle by itself; we only remember for which incident, in case that several are open here."""
    huddle_memory.press(request.place.channel, request.user, value.strip(), request.now)
    return None


def _runs(request: Request, value: str) -> Reply:
    call = people.caller(request.process, request.workspace, request.user, request.now)
    actions.settle_huddle(call, value, runs=True)
    return privately("Recorded: a huddle runs. Write down in the thread what you find and decide there.")


def _unneeded(request: Request, value: str) -> Reply:
    call = people.caller(request.process, request.workspace, request.user, request.now)
    actions.settle_huddle(call, value, runs=False)
    return privately("Recorded: no huddle is needed. Nobody asks again.")


def _choose(request: Request, value: str) -> Reply:
    ref, channel, stamp = [*value.split(), "", "", ""][:3]
    call = people.caller(request.process, request.workspace, request.user, request.now)
    with access.locked(call.actor, ref) as [(row, state)]:
        must_respond(call.actor)
        must_be_live(state)
        message = huddle_memory.asked(channel, stamp)
        if not message:
            return privately("That was answered already, or too long ago.")
        thread = huddle_linking.link(request.process, request.workspace, channel, message, row.pk, request.now)
        huddle_linking.write(thread, message, call.source, request.now)
        huddle_memory.answered(channel, stamp)
    return privately(f"The huddle belongs to incident {ref} now. What is written in its thread is recorded there.")


_PRESSED: dict[str, Callable[[Request, str], Reply]] = {
    "huddle:open": _open,
    "huddle:runs": _runs,
    "huddle:unneeded": _unneeded,
    "huddle:choose": _choose,
}
