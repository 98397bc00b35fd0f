"""Declare: the rules."""

from __future__ import annotations

import pytest

from musterpoint.core.declare import TITLE_LIMIT, DeclareRequest, Security, declare
from musterpoint.core.incident import Basis, Kind, Moment, Severity
from musterpoint.core.journal import Declaration
from musterpoint.core.process import Process
from tests.core.incidents import ADELE, BOB, NOW, VICTOR, at, refused, stated

PROCESS = Process(sirt=("account:sirt", "slack:U7SIRT"))


def declared(request: DeclareRequest) -> Declaration:
    fact = declare(BOB, PROCESS, request, NOW).fact
    assert isinstance(fact, Declaration)
    return fact


def test_a_title_is_all_it_takes_and_its_space_is_tidied() -> None:
    fact = declared(DeclareRequest("  Checkout\n answers   502 "))
    assert (fact.title, fact.kind, fact.severity, fact.restricted) == (
        "Checkout answers 502",
        Kind.AVAILABILITY,
        None,
        False,
    )


def test_it_is_declared_now_and_was_detected_by_then() -> None:
    draft = declare(BOB, PROCESS, DeclareRequest("Down"), NOW)
    assert draft.moment == Moment(NOW, Basis.RECORDED)
    assert isinstance(draft.fact, Declaration)
    assert (draft.fact.detected_at, draft.fact.detected_basis) == (NOW, Basis.ESTIMATED)


def test_a_time_that_a_person_gives_is_stated() -> None:
    draft = declare(BOB, PROCESS, DeclareRequest("Down", at=at(-10), detected=stated(-15)), NOW)
    assert draft.moment == stated(-10)
    assert isinstance(draft.fact, Declaration)
    assert (draft.fact.detected_at, draft.fact.detected_basis) == (at(-15), Basis.STATED)


def test_what_is_known_goes_with_it() -> None:
    fact = declared(DeclareRequest("Down", affected=" the shop ", severity=Severity.MAJOR))
    assert (fact.affected, fact.severity) == ("the shop", Severity.MAJOR)


@pytest.mark.parametrize("security", [Security.YES, Security.UNSURE])
def test_unsure_is_handled_like_yes(security: Security) -> None:
    fact = declared(DeclareRequest("Key leaked", security=security))
    assert fact.restricted
    assert fact.kind is Kind.SECURITY
    assert fact.members == ("person:2", "account:sirt", "slack:U7SIRT")


def test_what_is_said_in_a_private_channel_is_for_those_who_are_in_it() -> None:
    fact = declare(BOB, PROCESS, DeclareRequest("Down"), NOW, ["slack:U1", "slack:U2"]).fact
    assert isinstance(fact, Declaration)
    assert (fact.restricted, fact.confined, fact.kind) == (True, True, Kind.AVAILABILITY)
    assert fact.members == ("person:2", "slack:U1", "slack:U2")
    unread = declare(BOB, PROCESS, DeclareRequest("Down"), NOW, []).fact
    assert isinstance(unread, Declaration)
    assert (unread.restricted, unread.members) == (True, ("person:2",))


@pytest.mark.parametrize("security", [Security.YES, Security.UNSURE])
def test_security_comes_before_the_channel(security: Security) -> None:
    fact = declare(BOB, PROCESS, DeclareRequest("Key leaked", security=security, unasked=True), NOW, ["slack:U1"]).fact
    assert isinstance(fact, Declaration)
    assert (fact.restricted, fact.confined, fact.kind, fact.unasked) == (True, False, Kind.SECURITY, False)
    assert fact.members == ("person:2", "account:sirt", "slack:U7SIRT")


def test_an_open_incident_has_no_members() -> None:
    assert declared(DeclareRequest("Down")).members == ()


def test_an_admin_may_declare_and_a_viewer_may_not() -> None:
    declare(ADELE, PROCESS, DeclareRequest("Down"), NOW)
    with refused("read_only", "Victor may read but not change incidents.", "An admin can make them a responder."):
        declare(VICTOR, PROCESS, DeclareRequest("Down"), NOW)


@pytest.mark.parametrize("title", ["", " \n\t "])
def test_an_empty_title_is_refused(title: str) -> None:
    with refused("empty", "The title is empty.", "Write the title."):
        declared(DeclareRequest(title))


def test_a_title_has_its_limit() -> None:
    assert len(declared(DeclareRequest("x" * TITLE_LIMIT)).title) == TITLE_LIMIT
    with refused("too_long", f"{TITLE_LIMIT + 1} characters", "in a note"):
        declared(DeclareRequest("x" * (TITLE_LIMIT + 1)))


def test_nothing_is_declared_in_the_future_but_clocks_may_differ_a_little() -> None:
    declared(DeclareRequest("Down", at=at(2)))
    with refused("in_the_future", "2026-03-02 09:33 UTC lies in the future", "Give the time it happened."):
        declared(DeclareRequest("Down", at=at(3)))


def test_it_cannot_be_noticed_after_it_was_declared() -> None:
    with refused("after_declaration", "after it was declared", "--detected"):
        declared(DeclareRequest("Down", at=at(-10), detected=stated(-9)))
