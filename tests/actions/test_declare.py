"""Declare, and what is written with it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import access, actions
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Basis, Kind, Milestone, Status
from musterpoint.store import models
from tests.conftest import World


def test_a_title_is_enough(world: World) -> None:
    declared = actions.declare(world.by("bob"), DeclareRequest("Checkout  answers 502\n"))
    assert (declared.state.ref, declared.state.title) == ("1", "Checkout answers 502")
    assert declared.state.status is Status.OPEN
    assert declared.state.milestones[Milestone.DECLARED].basis is Basis.RECORDED
    assert declared.state.milestones[Milestone.DETECTED].basis is Basis.ESTIMATED


def test_numbers_are_handed_out_in_order_and_a_restricted_incident_takes_none(world: World) -> None:
    refs = [actions.declare(world.by("bob"), DeclareRequest("One")).state.ref for _ in range(2)]
    secret = actions.declare(world.by("bob"), DeclareRequest("Leak", security=Security.YES)).state.ref
    refs.append(actions.declare(world.by("bob"), DeclareRequest("Two")).state.ref)
    assert refs == ["1", "2", "3"]
    assert secret.startswith("s-")
    assert len(secret) == len("s-") + 8


@pytest.mark.parametrize("security", [Security.YES, Security.UNSURE])
def test_a_security_incident_exists_for_its_declarer_and_the_security_team_alone(
    world: World, security: Security
) -> None:
    world.runs(security_contact="security@example.com", chat="bridge", chat_url="http://127.0.0.1:1")
    declared = actions.declare(world.by("bob"), DeclareRequest("Key leaked", security=security))
    ref = declared.state.ref
    assert declared.contact == "security@example.com"
    assert declared.state.kind is Kind.SECURITY
    assert not models.Effect.objects.exists()
    for account in ("bob", "sirt"):
        assert access.find(world.by(account).actor, ref).row is not None
        assert [hit.incident.ref for hit in access.found(world.by(account).actor, "leaked")] == [ref]
    for account in ("alice", "charlie", "victor", "adele"):
        with pytest.raises(access.NotFound):
            access.find(world.by(account).actor, ref)
        assert access.listing(world.by(account).actor) == []
        assert access.found(world.by(account).actor, "leaked") == []


def test_a_viewer_declares_nothing(world: World) -> None:
    with pytest.raises(NotAllowed, match="may read but not change"):
        actions.declare(world.by("victor"), DeclareRequest("It burns"))
    assert not models.Incident.objects.exists()
    assert not models.Entry.objects.exists()


def test_declaring_takes_at_most_fifteen_statements(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    actions.declare(world.by("bob"), DeclareRequest("The first makes the counter"))
    call = world.by("bob")
    with CaptureQueriesContext(connection) as queries:
        actions.declare(call, DeclareRequest("Checkout answers 502", affected="shop"))
    assert len(queries) <= 15, [each["sql"] for each in queries]
