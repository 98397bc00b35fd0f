"""Restrict and open up: the rules of who knows of an incident."""

from __future__ import annotations

from musterpoint.core.aftermath import Aftermath
from musterpoint.core.incident import Status, Who
from musterpoint.core.journal import Membership, Opening, Restriction, SecurityAnswer
from musterpoint.core.process import Process
from musterpoint.core.restrict import membership, open_up, restrict, security_ruled_out
from tests.core.incidents import ADELE, ALICE, BOB, NOW, VICTOR, incident, refused

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


CONFINED = incident(ref="s-abcdefgh", restricted=True, confined=True, members=frozenset({"slack:U1", "person:2"}))


def test_one_that_is_confined_to_a_channel_is_restricted_for_security_later() -> None:
    assert restrict(CONFINED, BOB, PROCESS, NOW).fact == Restriction(("person:2", "account:sirt"))


def test_authority_opens_what_a_private_channel_kept_and_says_why() -> None:
    assert open_up(CONFINED, ALICE, " all teams are affected ", NOW).fact == Opening("all teams are affected")
    with refused("no_authority", "Bob has no authority to open"):
        open_up(CONFINED, BOB, "so", NOW)
    with refused("no_authority", "Adele has no authority"):
        open_up(CONFINED, ADELE, "so", NOW)
    with refused("empty", "The reason is empty."):
        open_up(CONFINED, ALICE, " ", NOW)


def test_a_security_incident_is_never_opened_and_an_open_one_is_open() -> None:
    with refused("security", "it stays with those who handle it", "Declare another"):
        open_up(incident(restricted=True), ALICE, "so", NOW)
    with refused("already_open", "exists for everybody already"):
        open_up(incident(), ALICE, "so", NOW)


def test_only_what_changes_is_said_of_the_members_of_a_channel() -> None:
    joined = membership(CONFINED, ["slack:U1", "slack:U2", "slack:U2"], NOW, joined=True)
    assert joined is not None
    assert joined.fact == Membership(("slack:U2",))
    left = membership(CONFINED, ["slack:U1", "slack:U3"], NOW, joined=False)
    assert left is not None
    assert left.fact == Membership(("slack:U1",), joined=False)
    assert membership(CONFINED, ["slack:U1"], NOW, joined=True) is None
    assert membership(incident(restricted=True), ["slack:U2"], NOW, joined=True) is None
    assert membership(incident(), ["slack:U2"], NOW, joined=True) is None


def test_what_was_not_asked_is_answered_once() -> None:
    unasked = incident(after=Aftermath(security_unasked=True))
    assert security_ruled_out(unasked, BOB, NOW).fact == SecurityAnswer()
    with refused("unchanged", "answered for incident 7 already"):
        security_ruled_out(incident(), BOB, NOW)
    with refused("read_only", "Victor may read"):
        security_ruled_out(unasked, VICTOR, NOW)
