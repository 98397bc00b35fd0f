"""What people say to us in an incident's thread: `lead @ana`, `resolved at 14:20 because …`, `#7 note …`.

The grammar alone, without any chat: a person is `@IDENTITY` or `@NAME`. It forgives case, marks and punctuation, but
what it does not understand it never guesses: a question is no command, and `resolved` with words behind it that are
neither a time nor a reason resolves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from difflib import get_close_matches

from musterpoint.core.command_parts import Person, SpokenAt, due_last, person_of, reason_of, time_first, time_last
from musterpoint.core.command_words import FORMS, SHOWING, WORDS, Verb
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Severity

_NUMBER = re.compile(r"(?:actions?\s+)?#?(\d{1,6})\b[\s,:;–—-]*", re.IGNORECASE)
#: Behind a number: an issue of its own, in a repository or at an address, or none any more.
_ISSUE = re.compile(r"issue(?:\s+(?:(none|nobody|no|off)|(?:(?:in|from|is|at)\s+)?([^\s/#]*[/#]\S*)))?", re.IGNORECASE)
_FINISHED = re.compile(
    r"[-\s]*(?:up\b)?\s*(?:is\s+)?(?:(done|finished|ready)|open(?:\s+again)?|reopen(?:ed)?)", re.IGNORECASE
)
_RUNS = re.compile(r"(?:is\s+)?(?:runs|running|on|yes|started|it\s+runs)", re.IGNORECASE)
_NOT_NEEDED = re.compile(
    r"(?:is\s+)?(?:not\s+(?:needed|necessary)|unneeded|unnecessary|no|none|no\s+need)", re.IGNORECASE
)
_REF = re.compile(r"(?:incident\s+)?(?:#\s?(\d{1,18}|s-[a-z]{8})|(\d{1,18}|s-[a-z]{8}))(?![\w:.]\w|\w)[\s:,.]*", re.I)
_WORD = re.compile(r"[\W_]*(\w+)((?:['’]\w+)?)")
#: Marks around a word or a whole command: code, bold, quotes of any kind.
_MARKS = "`*_~\"'“”„’«» \t\r\n\u2018\u201a\u2039\u203a"
_EMOJI = r":[a-z0-9_+'-]{1,100}:"
#: What people add at the end out of habit, and how far from the end it is looked for.
_HABIT = re.compile(rf"(?:{_EMOJI}|\bplease|\bthanks|\bthank\s+you)\Z", re.IGNORECASE)
_NEAR_THE_END = 110
_BEFORE = re.compile(rf"(?:{_EMOJI}|[\s,.:;!–—-])+")
_CLOSING = re.compile(r"[`*_~\"'”’»]+")


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something was said (UTC), in which zone its speaker lives (None: nobody knows), and what the severities are
    called here."""

    now: datetime
    zone: tzinfo | None
    severities: Mapping[Severity, str]


@dataclass(frozen=True, slots=True)
class Command:
    """What was said. `ref` is the incident that it names, if any; `text` a note, a title or a reason.

    `person` is `me`, an identity or a name, empty for nobody; `at` (UTC) was read in UTC for want of a zone where
    `zone_assumed`; `due` is a day (`YYYY-MM-DD`) or `3d`; `runs` is about the huddle.
    """

    verb: Verb
    ref: str = ""
    text: str = ""
    person: str = ""
    at: datetime | None = None
    zone_assumed: bool = False
    severity: Severity | None = None
    due: str = ""
    runs: bool = False
    #: of a follow-up action
    number: int = 0
    #: of an action's issue: there is to be none
    none: bool = False
    #: of the write-up: done, or open again
    finished: bool = True


def command(text: str, said: Occasion) -> Command:
    """What `text`, which follows our name, asks for. No words at all ask for help.

    Raises NotAllowed: unknown_command, not_understood, empty, bad_time, bad_date.
    """
    ref, text = _begun(text)
    found = _WORD.match(text)
    if found is None:
        return Command(Verb.STATUS if ref else Verb.HELP, ref)
    word, rest = found[1].casefold(), _after(_CLOSING, text[found.end() :]).lstrip()
    verb = None if found[2] else WORDS.get(word)
    if verb is None:
        raise _unknown(text, word, rest, said)
    asked = rest.strip(_MARKS).rstrip("!")
    if verb in SHOWING or (asked and set(asked) == {"?"}):
        return Command(verb if verb in SHOWING else Verb.STATUS, ref)
    made = _READ.get(verb, _marking)(verb, _after(_BEFORE, rest), said)
    return replace(made, ref=ref)


def understood(text: str) -> bool:
    """Whether this begins like a command: with one of its words."""
    found = _WORD.match(_begun(text)[1])
    return found is not None and found[1].casefold() in WORDS


def _begun(text: str) -> tuple[str, str]:
    """The incident that is named first, and what follows."""
    return _reference(_without_marks(_after(_BEFORE, _without_marks(text))))


def _after(pattern: re.Pattern[str], text: str) -> str:
    """`text` without what it begins with, if it does."""
    found = pattern.match(text)
    return text[found.end() :] if found else text


def _without_marks(text: str) -> str:
    """Without the marks that stand around all of it, in pairs or not."""
    stripped = text.strip()
    while len(stripped) > 1 and stripped[0] in _MARKS and stripped[-1] in _MARKS:
        stripped = stripped[1:-1].strip()
    return stripped.lstrip(_MARKS)


def _reference(text: str) -> tuple[str, str]:
    found = _REF.match(text)
    return ((found[1] or found[2]).lower(), text[found.end() :]) if found else ("", text)


def _tidy(text: str) -> str:
    """Without marks around it, and without what people add out of habit at the end."""
    while True:
        shorter = text.strip(_MARKS).rstrip(" \t\r\n,.!")
        if found := _HABIT.search(shorter[-_NEAR_THE_END:]):
            shorter = shorter[: len(shorter) - len(found[0])]
        if shorter == text:
            return text
        text = shorter


# --- one verb each ------------------------------------------------------------------------------------------------


def _lead(verb: Verb, rest: str, said: Occasion) -> Command:
    rest, spoken = time_last(_tidy(rest), said.now, said.zone)
    who = person_of(rest)
    if who is None:
        raise _not_understood(verb, rest, "Who leads? Say `lead me`, `lead @ana` or `lead nobody`.")
    if who is Person.NOBODY:
        return Command(verb, at=spoken.at, zone_assumed=spoken.zone_assumed)
    return Command(verb, person=str(who), at=spoken.at, zone_assumed=spoken.zone_assumed)


def _nominate(verb: Verb, rest: str, said: Occasion) -> Command:
    who = person_of(_tidy(rest))
    if who is None or who is Person.NOBODY:
        raise _not_understood(verb, rest, "Say `nominate @ana`, or `nominate me`.")
    return Command(verb, person=str(who))


def _severity(verb: Verb, rest: str, said: Occasion) -> Command:
    wanted, spoken = _tidy(re.sub(r"\A(?:is|to|=)\s+", "", rest, flags=re.IGNORECASE)), SpokenAt()
    names = _severity_names(said)
    if wanted.casefold() not in names:
        wanted, spoken = time_last(wanted, said.now, said.zone)
    if (name := " ".join(wanted.casefold().split())) in names:
        return Command(verb, severity=names[name], at=spoken.at, zone_assumed=spoken.zone_assumed)
    near = get_close_matches(name[:30], names, 1, 0.6)
    known = ", ".join(f"`severity {each}`" for each in (*said.severities.values(), "none"))
    hint = f"Did you mean `severity {near[0]}`? " if near else ""
    raise _not_understood(verb, wanted, f"{hint}There are {known}.")


def _severity_names(said: Occasion) -> dict[str, Severity | None]:
    own = {" ".join(name.casefold().split()): each for each, name in said.severities.items()}
    return {"none": None, "no": None, "nothing": None, **{each.value: each for each in Severity}, **own}


def _status(verb: Verb, rest: str, said: Occasion) -> Command:
    """`resolved` and `relapse`: nothing but a time and a reason may follow."""
    before, reason = reason_of(rest)
    spoken = SpokenAt()
    before = _tidy(before)
    if before:
        spoken = time_first(before, said.now, said.zone) or spoken
        left = spoken.rest if spoken.at else before
        if left.startswith((",", ";", ":", "-", "–", "—")) and "?" not in left and not reason:
            reason, left = left.lstrip(",;:–—- "), ""
        if _tidy(left):
            raise _not_understood(verb, _tidy(left), f"Say `{FORMS[verb][0]}`.")
    return Command(verb, text=reason, at=spoken.at, zone_assumed=spoken.zone_assumed)


def _milestone(verb: Verb, rest: str, said: Occasion) -> Command:
    before, reason = reason_of(rest)
    spoken = time_first(_tidy(before), said.now, said.zone)
    if spoken is None or _tidy(spoken.rest):
        raise _not_understood(verb, _tidy(spoken.rest if spoken else before), f"Say `{FORMS[verb][0]}`.")
    return Command(verb, text=reason, at=spoken.at, zone_assumed=spoken.zone_assumed)


def _marking(verb: Verb, rest: str, said: Occasion) -> Command:
    """The words are kept as they were typed; a time counts only behind `at`."""
    spoken = time_first(rest, said.now, said.zone, led=True) or SpokenAt(rest=rest)
    text = spoken.rest.strip().lstrip(",;:–—-").strip() if spoken.at else rest.strip()
    if not text.strip(_MARKS):
        raise _empty(verb)
    return Command(verb, text=text, at=spoken.at, zone_assumed=spoken.zone_assumed)


def _action(verb: Verb, rest: str, said: Occasion) -> Command:
    if (found := _of_an_issue(rest)) is not None:
        return found
    title, owner, due = due_last(rest.strip())
    if not title.strip(_MARKS):
        raise _empty(verb)
    return Command(verb, text=title, person=owner, due=due)


def _of_an_issue(rest: str) -> Command | None:
    """`2 issue in OWNER/REPO`; None where these are the words of a title."""
    number = _NUMBER.match(rest)
    found = _ISSUE.fullmatch(_tidy(rest[number.end() :])) if number else None
    if number is None or found is None:
        return None
    return Command(Verb.ISSUE, number=int(number[1]), text=(found[2] or "").rstrip(_MARKS), none=bool(found[1]))


def _issue(verb: Verb, rest: str, said: Occasion) -> Command:
    """The same said the other way round: `issue 2 in OWNER/REPO`."""
    number = _NUMBER.match(rest)
    found = _of_an_issue(f"{number[1]} issue {rest[number.end() :]}") if number else None
    if found is None:
        raise _not_understood(verb, _tidy(rest), f"Say `{FORMS[verb][0]}`: each action has a number.")
    return found


def _text(verb: Verb, rest: str, said: Occasion) -> Command:
    text = re.sub(r"\A(?:is|are|to|=)\s+", "", rest, flags=re.IGNORECASE).strip()
    text = _without_marks(text) if text[:1] in _MARKS and text[-1:] in _MARKS else text
    if not text.strip(_MARKS):
        raise _empty(verb)
    return Command(verb, text=text)


def _why(verb: Verb, rest: str, said: Occasion) -> Command:
    before, reason = reason_of(rest)
    reason = reason or _tidy(before)
    if verb is Verb.CANCEL and not reason:
        raise NotAllowed("empty", "Why is it cancelled? The record keeps the reason.", "Say `cancel because …`.")
    if before.strip().endswith("?"):
        raise _not_understood(verb, before.strip(), f"Say `{FORMS[verb][0]}`.")
    return Command(verb, text=reason)


def _huddle(verb: Verb, rest: str, said: Occasion) -> Command:
    wanted = _tidy(rest)
    if _NOT_NEEDED.fullmatch(wanted):
        return Command(verb)
    if _RUNS.fullmatch(wanted):
        return Command(verb, runs=True)
    raise _not_understood(verb, wanted, "Say `huddle runs` or `huddle not needed`.")


def _ended(verb: Verb, rest: str, said: Occasion) -> Command:
    """An action by its number; declined with a reason."""
    found = _NUMBER.match(rest)
    if found is None:
        other = " What was done during the incident is `did …`." if verb is Verb.DONE else ""
        raise _not_understood(verb, rest, f"Say `{FORMS[verb][0]}`: each action has a number.{other}")
    before, reason = reason_of(rest[found.end() :])
    if verb is Verb.DECLINED and not (reason := reason or _tidy(before)):
        raise NotAllowed("empty", "Why is it declined? The record keeps the reason.", f"Say `{FORMS[verb][0]}`.")
    if verb is Verb.DONE and _tidy(before):
        raise _not_understood(verb, _tidy(before), f"Say `{FORMS[verb][0]}`, one action at a time.")
    return Command(verb, text=reason, number=int(found[1]))


def _writeup(verb: Verb, rest: str, said: Occasion) -> Command:
    found = _FINISHED.fullmatch(_tidy(rest))
    if found is None:
        raise _not_understood(verb, _tidy(rest), f"Say `{FORMS[verb][0]}`; it is written on its page.")
    return Command(verb, finished=found[1] is not None)


def _alone(verb: Verb, rest: str, said: Occasion) -> Command:
    """Nothing but a reason may follow: `raise the pool size` raises no issue."""
    before, reason = reason_of(rest)
    if _tidy(re.sub(r"\A(?:it|(?:the|an|its)\s+(?:issue|post|incident))\b", "", before, flags=re.IGNORECASE)):
        raise _not_understood(verb, _tidy(before), f"Say `{FORMS[verb][0]}`, and nothing else.")
    return Command(verb, text=reason)


def _skip(verb: Verb, rest: str, said: Occasion) -> Command:
    before, reason = reason_of(re.sub(r"\A(?:it|(?:the\s+)?(?:public\s+)?post)\b", "", rest, flags=re.IGNORECASE))
    if not (reason := reason or _tidy(before).lstrip(",;:–— ")):
        raise NotAllowed("empty", "Why is there no post? The record keeps the reason.", "Say `skip because …`.")
    return Command(verb, text=reason)


_READ: Mapping[Verb, Callable[[Verb, str, Occasion], Command]] = {
    Verb.LEAD: _lead,
    Verb.NOMINATE: _nominate,
    Verb.SEVERITY: _severity,
    Verb.RESOLVED: _status,
    Verb.RELAPSE: _status,
    Verb.DETECTED: _milestone,
    Verb.BEGAN: _milestone,
    Verb.ACTION: _action,
    Verb.ISSUE: _issue,
    Verb.TITLE: _text,
    Verb.AFFECTED: _text,
    Verb.CANCEL: _why,
    Verb.RESTRICT: _why,
    Verb.HUDDLE: _huddle,
    **dict.fromkeys((Verb.DONE, Verb.DECLINED), _ended),
    Verb.WRITEUP: _writeup,
    **dict.fromkeys((Verb.RAISE, Verb.PUBLISH, Verb.CLOSE), _alone),
    Verb.SKIP: _skip,
}

# --- refusals -----------------------------------------------------------------------------------------------------


def shown(text: str) -> str:
    """The beginning of what somebody said, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _unknown(text: str, word: str, rest: str, said: Occasion) -> NotAllowed:
    names = _severity_names(said)
    if word in names and names[word] is not None and not rest.strip(_MARKS + ".!?"):
        near = f"severity {word}"
    else:
        verbs = get_close_matches(word[:30], WORDS, 1, 0.7) if len(word) > 3 else []  # "not" is not nearly "note"
        near = shown(f"{WORDS[verbs[0]].value} {rest}") if verbs else ""
    hint = f"Did you mean `{near.replace('`', '')}`? " if near else ""
    return NotAllowed(
        "unknown_command",
        f"I do not understand “{shown(text)}”; nothing was changed.",
        f"{hint}`help` lists what works.",
    )


def _not_understood(verb: Verb, words: str, hint: str) -> NotAllowed:
    what = f", but not “{shown(words)}”" if words else ", but something is missing"
    return NotAllowed("not_understood", f"I understand `{verb}`{what}; nothing was changed.", hint)


def _empty(verb: Verb) -> NotAllowed:
    return NotAllowed("empty", f"`{verb}` has no words behind it; nothing was changed.", f"Say `{FORMS[verb][0]}`.")
