"""What may be done now is what the steps themselves would not refuse."""

from __future__ import annotations

from musterpoint.core.aftermath import Aftermath, Decision, Publication
from musterpoint.core.incident import Incident, Status
from musterpoint.core.possible import ATTEMPTS, possible
from musterpoint.core.process import Process
from tests.core.incidents import ALICE, BOB, NOW, VICTOR, incident

PROCESS = Process()


def steps(state: Incident, actor: object = BOB) -> frozenset[str]:
    assert actor in (ALICE, BOB, VICTOR)
    return possible(state, actor, PROCESS, NOW)


def test_while_customers_are_affected() -> None:
    assert steps(incident()) == {
        "note", "lead", "severity", "resolve", "cancel", "restrict", "add_action", "write",
        "decide_publish", "settle_huddle",
    }  # fmt: skip


def test_authority_may_more_once_it_is_resolved() -> None:
    state = incident(status=Status.RESOLVED)
    assert steps(state, ALICE) - steps(state) == {"nominate", "raise", "decide_skip", "override"}
    assert {"relapse", "writeup_done"} <= steps(state)
    assert "resolve" not in steps(state)


def test_a_finished_writeup_can_be_taken_up_again() -> None:
    done = incident(status=Status.RESOLVED, after=Aftermath(writeup_done=True))
    assert "writeup_reopen" in steps(done)
    assert "writeup_done" not in steps(done)


def test_a_viewer_may_nothing_and_of_a_cancelled_incident_little_is_left() -> None:
    assert steps(incident(), VICTOR) == frozenset()
    assert steps(incident(status=Status.CANCELLED), ALICE) == {"restrict"}


def test_a_decision_about_the_post_can_be_taken_back() -> None:
    decided = incident(after=Aftermath(publication=Publication(Decision.PUBLISH)))
    assert "undecide" in steps(decided)
    assert "decide_publish" not in steps(decided)
    assert "undecide" not in steps(incident())


def test_every_step_is_possible_sometimes() -> None:
    done = Aftermath(writeup_done=True, publication=Publication(Decision.PUBLISH))
    states = [incident(), incident(status=Status.RESOLVED), incident(status=Status.RESOLVED, after=done)]
    states.append(incident(restricted=True, confined=True))
    found = frozenset().union(*(steps(state, ALICE) for state in states))
    assert set(ATTEMPTS) - found == {"close"}
