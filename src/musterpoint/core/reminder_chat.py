"""Reminders in a chat that shows buttons: what is due at once in one incident is one message, with one row of buttons.

Urgent ones call the people whom they are for, but for the one that asks people who talk to write down what they found:
it disturbs nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from musterpoint.core.aftermath_journal import Reminder
from musterpoint.core.person import Who

#: What it is said with on other surfaces: the command that settles it.
_COMMAND = re.compile(r" \(`musterpoint [^`]*`\)$")
#: What settles it in the thread, by what is said to us there.
_IN_THREAD = {
    "no_lead": "lead me",
    "no_severity": "severity LEVEL",
    "still_affected": "resolved",
}
QUIET = frozenset({"huddle_silent"})
#: The longest value of a button: https://docs.slack.dev/reference/block-kit/block-elements/button-element
_LONGEST = 2000
Choice = tuple[str, str, str]


def together(reminders: Sequence[Reminder], unnamed: Collection[str], *, in_thread: bool = True) -> str:
    """A line for each. Whoever is not in `unnamed` (identities) is named: nothing else would call them."""
    lines = [_line(each, unnamed, in_thread) for each in reminders]
    return lines[0] if len(lines) == 1 else "\n".join(f"• {each}" for each in lines)


def _line(reminder: Reminder, unnamed: Collection[str], in_thread: bool) -> str:
    kind = reminder.name.partition(":")[0]
    names = ", ".join(each.name for each in reminder.whom if each.identity not in unnamed)
    text = _COMMAND.sub("", reminder.text)
    settles = _IN_THREAD.get(kind, "") if in_thread else ""
    text = f"For {names}: {text}" if names and kind not in QUIET else text
    return f"{text} (`@musterpoint {settles}`)" if settles else text


def called(reminders: Sequence[Reminder]) -> tuple[Who, ...]:
    """Whom these are for, each once."""
    return tuple(dict.fromkeys(who for each in reminders if each.name not in QUIET for who in each.whom))


def choices(ref: str, reminders: Sequence[Reminder]) -> tuple[Choice, ...]:
    """Label, action and value of each button. The value of those that put off is `REF NAME NAME …`."""
    names = list(dict.fromkeys(each.name for each in reminders))
    value = f"{ref} {' '.join(names)}"
    while len(value) > _LONGEST:
        names.pop()
        value = f"{ref} {' '.join(names)}"
    settled: tuple[Choice, ...] = (("It runs", "huddle:runs", ref), ("Not needed", "huddle:unneeded", ref))
    return (
        *(settled if "no_huddle" in names else ()),
        ("In an hour", "remind:hour", value),
        ("Tomorrow", "remind:tomorrow", value),
        ("Not again", "remind:dismiss", value),
    )
