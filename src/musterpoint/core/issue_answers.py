"""What we answer to a command in a comment on the issue (see `issue_commands`): what became of it, and who may."""

from __future__ import annotations

from collections.abc import Sequence

from musterpoint.core.blockers import of_the_issue
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Incident
from musterpoint.core.issue_calling import Mentions, as_called, authority, called
from musterpoint.core.issue_commands import CHANGES, FORMS, Command, Deed
from musterpoint.core.person import Who
from musterpoint.core.process import Process
from musterpoint.core.quiet_words import quiet

_MEANS = {
    Deed.CLOSE: "lets this issue close though something is outstanding; for those with authority",
    Deed.DONE: "finishes an action",
    Deed.DECLINE: "declines an action",
    Deed.ASSIGN: "says who does it (`me` for yourself)",
    Deed.STATUS: "tells what is outstanding",
    Deed.HELP: "tells this",
}
#: Refused for want of these, something is asked for.
ASKED = {
    "no_why": "Say why, and it is done: `{form}`.",
    "no_number": "Say which action, by its number: `{form}`.",
}


def must_be_whole(command: Command) -> None:
    """Raises NotAllowed where the command lacks the reason or the number that it needs."""
    if command.deed in (Deed.DONE, Deed.DECLINE, Deed.ASSIGN) and command.number is None:
        raise NotAllowed("no_number", "Which action?")
    if command.deed in (Deed.CLOSE, Deed.DECLINE) and not command.words:
        raise NotAllowed("no_why", "Why?")


def answer(
    incident: Incident,
    who: Who | None,
    command: Command,
    refused: Sequence[str],
    process: Process,
    mentions: Mentions,
    *,
    known: bool,
) -> str:
    """Markdown. `incident` is as it is now; `refused` are code and message where the rules refused it. `known`: the
    account of who asks is linked to somebody here."""
    name, now = called(who, mentions), as_called(incident, mentions)
    if refused:
        text = f"{name}: {_refused(None if known else who, command, refused[0], refused[1], process, mentions)}"
    elif command.deed is Deed.STATUS:
        text = _status(now)
    elif command.deed is Deed.HELP:
        text = _help()
    elif command.deed is Deed.UNKNOWN:
        text = f"{name}: that is no command that Musterpoint knows.\n\n{_help()}"
    else:
        text = f"{name}: {_done(now, command)}"
    return f"{text}\n\nOf several commands in a comment only the first counts." if command.more else text


def _done(now: Incident, command: Command) -> str:
    if command.deed is Deed.CLOSE:
        return "that is decided, and on record. Nothing keeps this issue open any more."
    action = now.after.action(command.number or 0)
    what = f"action {command.number}" + (f", {action.title}," if action else "")
    match command.deed:
        case Deed.DONE:
            return f"{what} is done."
        case Deed.DECLINE:
            return f"{what} is declined, for the reason that you gave."
    owner = action.owner.name if action and action.owner else "nobody"
    return f"{what} is now with {owner}."


def _refused(
    stranger: Who | None, command: Command, code: str, message: str, process: Process, mentions: Mentions
) -> str:
    if code in ASKED:
        return ASKED[code].format(form=FORMS[command.deed])
    if code == "no_authority":
        may = authority(process, mentions) or "somebody named in [authority] of musterpoint.toml"
        return f"only those with authority may decide that: {may}.{_linking(stranger)}"
    if code == "not_known":
        return f"only people whom Musterpoint knows may do that by a comment.{_linking(stranger)}"
    return f"that was not done. {quiet(message)}"


def _linking(stranger: Who | None) -> str:
    if stranger is None or stranger.identity.startswith("tracker:"):
        return ""
    return (
        " If you are one of them, your account here is not linked to you yet: an admin links it with "
        f"`musterpoint people link YOUR-NAME {stranger.identity}`, or under Settings, People."
    )


def _status(now: Incident) -> str:
    lines = [f"- {each.text}" for each in of_the_issue(now)]
    said = f"Incident {now.ref} is {now.status.value}."
    return "\n".join([f"{said} Outstanding:", "", *lines]) if lines else f"{said} Nothing keeps this issue open."


def _help() -> str:
    lines = [f"- `{form}` {_MEANS[deed]}" for deed, form in FORMS.items()]
    return "\n".join(["Written at the beginning of a line of a comment:", "", *lines])


def needs_somebody_known(command: Command) -> bool:
    """Whoever may comment on a tracker is not by that one of the team."""
    return command.deed in CHANGES
