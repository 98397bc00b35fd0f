"""Who may join, and as whom. Only what is proven counts: an address that its service verified, a sign-in that it told.

An identity that is somebody's leads to that person or to nobody: it is never taken over. Names are chosen freely, so
nobody may choose one that the settings or the record know somebody else by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from musterpoint.accounts.models import Account
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.core.spoken_text import one_line
from musterpoint.store.models import Identity, Person

LONGEST_NAME = 200
#: Seen by nobody, so that two names could look like one.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2065\ufeff]")


def _nothing_to_ask() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who wants to come in, as far as it is proven who they are.

    `emails` are verified; `identities` are `github:…` and `slack:…`. `in_organisation` asks GitHub: it comes last.
    """

    name: str
    emails: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    workspace: str = ""
    in_organisation: Callable[[], bool] = _nothing_to_ask

    @property
    def proven(self) -> tuple[str, ...]:
        return (*(f"email:{each.casefold()}" for each in self.emails), *self.identities)


def must_be_let_in(comer: Comer, process: Process) -> None:
    """Raises NotAllowed for somebody whom no rule of `[accounts]` lets join without an invitation."""
    domains = {each.casefold() for each in process.join_domains}
    if any("@" in each and each.rpartition("@")[2].casefold() in domains for each in comer.emails):
        return
    if process.join_slack and comer.workspace == process.join_slack:
        return
    if process.join_github and comer.in_organisation():
        return
    raise NotAllowed("not_invited", "You have no account here.", "Ask an admin for an invitation, then open its link.")


def person_of(comer: Comer, role: str, process: Process, wanted: Person | None = None) -> Person:
    """The person whom the comer is: `wanted`, or whose proven identity it is, or a new one with that role.

    What is proven and nobody's becomes theirs. Runs in a transaction. Raises NotAllowed for somebody shut out.
    """
    with transaction.atomic():
        known = {each.name: each for each in Identity.objects.filter(name__in=comer.proven).select_related("person")}
        found = next((known[each].person for each in comer.proven if each in known), None)
        person = wanted or found
        if person is None:
            person = Person.objects.create(name=free_name(comer.name, process, comer.proven), role=role)
        elif is_shut_out(person):
            raise NotAllowed("deactivated", "Your account was deactivated.", "An admin can activate it again.")
        give(person, comer.proven)
    return person


def give(person: Person, identities: Iterable[str]) -> None:
    """Identities that are proven to be this person's; one that is somebody else's stays theirs."""
    for each in identities:
        if len(each) <= 250:
            Identity.objects.get_or_create(name=each, defaults={"person": person})


def is_shut_out(person: Person) -> bool:
    """Whoever has accounts, but none that is active."""
    active = list(Account.objects.filter(person=person).values_list("is_active", flat=True))
    return bool(active) and not any(active)


# --- names ---------------------------------------------------------------------------------------------------------


def cleaned(name: str) -> str:
    """Without what cannot be seen, and without the colon that makes an identity."""
    return one_line(_UNSEEN.sub("", name).replace(":", " "))[:LONGEST_NAME].strip()


def must_be_free(name: str, process: Process, but: Person | None = None) -> None:
    """Raises NotAllowed for a name that means somebody else: authority and membership can be given by name."""
    if not name:
        raise NotAllowed("empty", "The name is empty.", "Write how others call you.")
    if _is_taken(name, process, but):
        raise NotAllowed(
            "name_taken", f"{name} is how somebody else is known here.", "Choose another one, or ask an admin."
        )


def _is_taken(name: str, process: Process, but: Person | None = None) -> bool:
    others = Person.objects.filter(name__iexact=name)
    accounts = Identity.objects.filter(name__iexact=f"account:{name}")
    if but is not None:
        others, accounts = others.exclude(pk=but.pk), accounts.exclude(person=but)
    said = {each.strip().removeprefix("@").casefold() for each in (*process.authority, *process.sirt, process.nominee)}
    return name.removeprefix("@").casefold() in said or others.exists() or accounts.exists()


def free_name(name: str, process: Process, proven: tuple[str, ...]) -> str:
    """The name, or one like it that nobody else is known by."""
    told = [each.partition(":")[2] for each in proven]
    name = cleaned(name) or cleaned(told[0].partition("@")[0] if told else "") or "Somebody"
    if not _is_taken(name, process):
        return name
    shortened = name[: LONGEST_NAME - 80]
    perhaps = [f"{shortened} ({cleaned(each)[:60]})" for each in told]
    perhaps += [f"{shortened} {number}" for number in range(2, 1000)]
    return next(each for each in perhaps if not _is_taken(each, process))
