"""What works where, in the words of a thread; and in those the rules' hints, which name verbs of the command line."""

from __future__ import annotations

import re

from django.conf import settings

from musterpoint.core.command_words import FORMS, MARKING, Verb
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app.manifest import ADOPTING

#: What the rules' hints name: the command line's verb → what to say in the thread instead.
_SAID = {
    "resolve": "resolved",
    "relapse": "relapse",
    "cancel": "cancel because …",
    "lead": "lead @ana",
    "severity": "severity LEVEL",
    "nominate": "nominate @ana",
    "note": "note …",
    "restrict": "restrict",
    "action add": "action TITLE",
    "action done": "done 2",
    "action issue": "action 2 issue none",
    "raise": "raise",
    "close": "close",
    "writeup done": "writeup done",
    "publication publish": "publish",
    "timeline": "timeline",
}
#: What is done on the incident's page: the verb → its part there.
_ON_THE_PAGE = {
    "correct": "/timeline", "issue": "/record", "action": "/actions", "writeup": "/writeup",
    "publication": "/publication", "thread": "/thread", "blockers": "", "merge": "", "split": "",
}  # fmt: skip
_VERBS = "|".join(sorted((*_SAID, *_ON_THE_PAGE), key=len, reverse=True))
_COMMAND = re.compile(
    rf"`?(?:musterpoint )?\b({_VERBS})(?: (?:show|done|list|edit|decide|publish|due|assign|reopen|decline|add))?"
    r" (s-[a-z]{8}|\d+)((?: (?:\d+\b|[A-Z]{2,}\b|detected\b|resolved\b|impact_began\b|publish\b|--[\w-]+))*)`?"
)
_MILESTONE = {"detected": "detected at 14:20", "impact_began": "began at 14:20"}
_OTHERS = (
    (re.compile(r"`people list` shows everybody, `people add` adds one\."), "Mention the person, such as `lead @ana`."),
    (re.compile(r"Use person:NUMBER\."), "Mention the person, such as `lead @ana`."),
    (re.compile(r"`list` shows all that you may see\."), "`status` outside of a thread lists what is open."),
    (re.compile(r"\bSee: effects\b"), "It is shown under Settings, Effects and events."),
)


def in_the_thread(hint: str) -> str:
    """A hint in which every command is one that works in a thread, or the address where the same is done."""
    for pattern, instead in _OTHERS:
        hint = pattern.sub(instead, hint)
    return _COMMAND.sub(_instead, hint)


def _instead(found: re.Match[str]) -> str:
    verb, ref, rest = found[1], found[2], found[3].split()
    if verb == "correct" and rest and rest[0] in _MILESTONE:
        return f"`{_MILESTONE[rest[0]]}`"
    if verb in _SAID:
        return f"`{_SAID[verb]}`"
    return page(ref, _ON_THE_PAGE[verb])


def page(ref: str, part: str = "") -> str:
    """Where something is done on the incident's page, as a phrase."""
    return f"{settings.ADDRESS}/incidents/{ref}{part}" if settings.ADDRESS else f"the page of incident {ref}"


def of_a_thread(process: Process) -> str:
    """Everything that can be said in an incident's thread."""
    levels = "|".join((*process.severities.values(), "none"))
    lines = ["Begin a message of the thread with `@musterpoint` and one of these:"]
    lines += [f"• `{_form(verb, levels)}`: {what}" for verb, (_, what) in FORMS.items() if verb is not Verb.HELP]
    lines.append("Where several incidents read the thread, begin with the number: `#7 resolved`.")
    marks = ", ".join(f":{name}: {kind.value.replace('_', ' ')}" for name, kind in process.marks.items())
    lines.append(f"Reactions mark any message: {marks}.")
    return "\n".join(lines)


def _form(verb: Verb, levels: str) -> str:
    return FORMS[verb][0].replace("LEVEL", levels)


def outside(process: Process) -> str:
    """What can be said where no incident reads."""
    return "\n".join(
        [
            "This is no incident's thread. What works here:",
            "• `@musterpoint` `status`: which incidents are open",
            "• `/incident TITLE`: declare one",
            f"• :{process.reaction}: on a message, or “{ADOPTING}” among its shortcuts: the thread becomes one",
            "In an incident's thread `@musterpoint` `help` lists what works there.",
        ]
    )


def misplaced(verb: Verb, process: Process) -> str:
    """A command that works in threads of incidents alone was said elsewhere."""
    kept = " What you wrote stays where it is, but no incident reads it." if verb in MARKING else ""
    return f"`{verb}` works in an incident's thread, and no incident reads this one.{kept}\n{outside(process)}"
