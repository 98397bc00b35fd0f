"""Reads the follow-up actions: each begins with what is to be done, has an owner known here, and a due date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from musterpoint.core.advice import Advice
from musterpoint.core.aftermath import Action
from musterpoint.core.followup import awaits_reason

_VERBS = frozenset(
    """
    add adjust adopt agree alert align allow analyse analyze announce answer apply arrange archive ask assess assign
    audit automate avoid back backport backup balance ban batch begin benchmark block book build bump buy cache
    calculate call cancel cap capture carry catch centralise centralize change check choose circulate clarify clean
    clear close collect combine communicate compare compile complete compress configure confirm connect consider
    consolidate contact contain continue convert copy correct count cover create cut cycle deal debug decide declare
    decommission decouple decrease define delay delete deliver demand deny deploy deprecate describe design detect
    determine develop diagnose disable disallow discuss display distribute divide do document double downgrade draft
    drain drill drive drop duplicate edit educate eliminate email emit employ enable encourage encrypt enforce
    engage enhance ensure enter escalate establish estimate evaluate examine exclude exercise expand expire explain
    explore export expose extend extract fail file fill filter find finish fix flag flush follow forbid force
    forward freeze gate gather generate get give grant group grow guard guarantee handle harden have help hide hire
    hold identify implement import improve include increase index inform install instrument integrate introduce
    inventory investigate invite isolate issue join keep label launch learn let limit link list load locate lock log
    look lower maintain make manage map mark match measure meet merge migrate mirror mitigate mock modify monitor
    mount move mute name negotiate notify observe obtain offer open optimise optimize order organise organize
    outline own page pair parse partition patch pay pin pilot plan post practise practice prepare prevent print
    prioritise prioritize probe process produce profile prohibit promote propose protect prove provide provision
    prune publish pull purge push put query queue quantify raise randomise rate reach read rebalance rebase rebuild
    recommend reconcile reconfigure record recover rectify recycle redesign redo redirect reduce refactor refine
    refresh refuse regenerate register rehearse reinforce reinstall reject release relocate rely remind remove
    rename renew reorder repair repeat replace replay replicate report reproduce request require rerun research
    reserve reset resize resolve respond restart restore restrict retest rethink retire retrain retry return reuse
    reveal revert review revise revisit revoke rewrite roll rotate route run sample sanitise sanitize save scale
    scan schedule scope script search secure see segment select send separate serve set settle setup shard share
    shift ship shorten show shrink shut sign simplify simulate size skip slow smooth snapshot sort specify speed
    split stabilise stabilize stage stagger standardise standardize start state stop store strengthen stress strip
    study submit subscribe suggest supervise support surface suspend swap switch synchronise synchronize sync take
    talk teach tell terminate test throttle tie tighten time trace track train transfer translate treat trial
    trigger trim triple try tune turn unblock undo unify uninstall unpin update upgrade upload use validate vary
    verify version visit wait walk warm warn watch widen withdraw work wrap write zone
    """.split()
)
_BEFORE = re.compile(r"^(?:\[[^\]]*\]|\([^)]*\)|`[^`]*`|[\w./-]+:\s|\W)+")
_LEADING = re.compile(
    r"^(?:please|we (?:need|have|should|must|will)(?: to)?|to|also|then|always|never|don['’]t|do not)\s+", re.I
)
_MAKES_VERBS = re.compile(r"(?:re|un|de|pre|auto|over|under|dis|double|hot|cross|soft|hard|load)-?(?P<verb>\w{3,})$")


def actions(every: tuple[Action, ...]) -> Iterator[Advice]:
    """Of the open ones, and why one was declined; what is done needs nothing any more."""
    for action in every:
        if awaits_reason(action):
            text = f"Action {action.number} was declined, and nobody has said why: the issue and the post tell it."
            yield _one("action_no_reason", action.title, text)
        if action.ended_at is not None:
            continue
        number, ref = f"Action {action.number}", action.title
        if not begins_with_a_verb(action.title):
            yield _one("action_no_verb", ref, f"{number} does not begin with what is to be done, such as “Alert on …”.")
        if action.owner is None:
            yield _one("action_no_owner", ref, f"{number} has no owner: nobody's action is done by nobody.")
        elif action.owner.identity.startswith("name:"):
            text = f"{number} belongs to {action.owner.name}, whom nobody here knows: they are not reminded."
            yield _one("action_owner_unknown", ref, text)
        if not action.due:
            yield _one("action_no_due", ref, f"{number} has no due date.")


def _one(code: str, passage: str, text: str) -> Advice:
    return Advice(code, "actions", passage, text)


def begins_with_a_verb(title: str) -> bool:
    """Whether it says what is to be done: `Alert on full disks`, `[infra] Re-deploy …`; not `Disk alerts`."""
    rest = _LEADING.sub("", _BEFORE.sub("", title))
    first = re.match(r"[^\W\d_][\w'’-]*", rest)
    if first is None:
        return False
    word = first[0].casefold()
    made = _MAKES_VERBS.match(word)
    return word in _VERBS or word.partition("-")[0] in _VERBS or bool(made and made["verb"] in _VERBS)
