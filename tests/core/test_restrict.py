"""Restrict: the rules."""

from __future__ import annotations

from musterpoint.core.incident import Status, Who
from musterpoint.core.journal import Restriction
from musterpoint.core.process import Process
from musterpoint.core.restrict import restrict
from tests.core.incidents import ADELE, BOB, NOW, VICTOR, incident, refused

PROCESS = Process(sirt=("account:sirt", "person:2"))


def test_those_who_know_are_whoever_restricts_it_the_security_team_and_the_lead() -> None:
    led = incident(lead=Who("person:9", "Ben"))
    draft = restrict(led, BOB, PROCESS, NOW, " customer data ")
    assert draft.fact == Restriction(("person:2", "account:sirt", "person:9"), "customer data")
    assert draft.moment.at == NOW


def test_any_responder_may_and_a_viewer_may_not() -> None:
    restrict(incident(), ADELE, PROCESS, NOW)
    with refused("read_only", "Victor may read", "An admin"):
        restrict(incident(), VICTOR, PROCESS, NOW)


def test_even_a_cancelled_incident_is_restricted_but_none_twice() -> None:
    restrict(incident(status=Status.CANCELLED), BOB, PROCESS, NOW)
    with refused("already_restricted", "Incident 7 is restricted already."):
        restrict(incident(restricted=True), BOB, PROCESS, NOW)
