"""The verbs of an incident: what responders do to systems, in the forms in which people write it.

Broad English, no product's and no team's names. `cues` builds its patterns from these.
"""

from __future__ import annotations

from collections.abc import Iterable

#: What responders do to systems. Base forms; a second word ("roll back") follows the verb through its forms.
REGULAR_VERBS = """
abort add allowlist apply attach bounce block bump bypass cancel cap clear clean cordon correct cut_over deploy demote
detach disable double downgrade drain edit enable escalate evict exclude expand extend fail_over fence filter flip
flush force halve hotfix increase invalidate isolate kick kill limit lower merge migrate mount move mute nuke patch
pause pin promote provision prune pull purge push quarantine raise re-create re-enable re-queue re-run reapply reboot
recreate recycle redeploy redirect reduce reenable reindex reissue release reload remove rename renew repair replace
replay reprocess requeue reroute resize rescale restart restore resume resync retry revert revoke roll_back roll_out
roll_forward rotate scale shed ship silence skip start stop suspend swap switch sync terminate throttle toggle trim
truncate turn_off turn_on unblock undo unmount unpin upgrade vacuum whitelist wipe yank rate-limit trigger delete
pre-warm warm back_out comment_out change update point route call fix open stage allocate fork tweak assign reserve
blacklist unlock lock mark tag relabel copy fail_back drop detune tune relax tighten shrink install uninstall
reinstall regenerate reconfigure configure deregister register pad import load unload seed preload reimage reseat
replug unplug plug power_cycle powercycle cycle hand_over lift loosen log_in park archive uncordon
unsuspend unpause remount disconnect reconnect reschedule ban unban suppress reopen
""".split()

#: Past tenses of verbs that change their form.
IRREGULAR_PAST = [
    *"ran sent brought spun froze unfroze rewrote reran overrode rebuilt undid reset took put set cut shut".split(),
    *"made gave grew split turned wrote built got moved rolled failed swapped".split(),
]
IRREGULAR_PROGRESSIVE = """
taking putting setting cutting shutting running bringing spinning freezing rewriting rebuilding resetting turning
rolling failing making
""".split()

#: What responders do towards people.
TELLING_PAST = """
posted announced emailed e-mailed informed contacted notified told updated published messaged phoned called tweeted
mailed replied answered warned briefed
""".split()

#: Past tenses that tell of no deed on a system: people looked, thought or asked.
NO_DEED = """
looked asked wondered wanted thought needed missed joined expected guessed assumed figured agreed hoped checked
noticed pinged used liked loved seemed worried learned learnt talked chatted discussed followed happened interested
supposed related based need indeed speed feed seed embed exceed proceed red bed fed led unrelated confused surprised
tired excited concerned scared impressed messed screwed tried appeared believed remembered mentioned meant heard
suspected confirmed verified reproduced observed ended required watched listed called named expired failed crashed
died
""".split()

_DOUBLED = frozenset("stop flip swap ship skip pin unpin trim cut cap tag unplug plug drop shed log".split())


def past(verb: str) -> str:
    """The regular past of a verb, its second word kept: `roll_back` gives `rolled back`."""
    return _formed(verb, "ed")


def progressive(verb: str) -> str:
    """`roll_back` gives `rolling back`."""
    return _formed(verb, "ing")


def base(verb: str) -> str:
    return verb.replace("_", " ")


def any_of(phrases: Iterable[str]) -> str:
    """One pattern for any of the words or phrases (which may be patterns themselves), the longest first.

    Grouped by their first letter: `re` then tries a few of them instead of all.
    """
    letters: dict[str, list[str]] = {}
    others: list[str] = []
    for phrase in sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase)):
        pattern = phrase.replace(" ", r"\s")
        if phrase[0].isalpha() and phrase[1:2] not in ("", "?", "*", "+", "{"):
            letters.setdefault(phrase[0], []).append(pattern[1:])
        else:
            others.append(pattern)
    return "|".join([f"{letter}(?:{'|'.join(rest)})" for letter, rest in sorted(letters.items())] + others)


def _formed(verb: str, ending: str) -> str:
    head, _, rest = verb.partition("_")
    if head in _DOUBLED:
        head += head[-1]
    elif head.endswith("e") and not head.endswith("ee"):
        head = head[:-1]
    elif ending == "ed" and head.endswith("y") and head[-2] not in "aeou":
        head = head[:-1] + "i"
    return f"{head}{ending} {rest}".strip()
