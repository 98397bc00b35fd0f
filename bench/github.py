"""GitHub: how many requests each step of an incident costs, and how long an incident with 60 actions writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bench.installation import databases, installation
from bench.tables import Figure, Table

ACTIONS = 60
#: GitHub's own limits: 80 requests that make something in a minute, 500 in an hour.
A_MINUTE, AN_HOUR = 80, 500


def run() -> list[Table]:
    tables = []
    for database in databases()[:1]:  # the requests are the same on the other one
        with installation(database) as where:
            costs: dict[str, list[int]] = where.inside("bench.github:costs")
    figures = [Figure(step, sum(cost), "requests") for step, cost in costs.items()]
    writes = costs[f"{ACTIONS} actions, each with an issue of its own"][1]
    figures += [
        Figure("… of them writes", writes, ""),
        Figure("… minutes that GitHub's limits make of it", writes / A_MINUTE, "min", 5),
        Figure("… of the hour's writes", writes / AN_HOUR * 100, "%", 100),
    ]
    note = "Requests that changed nothing (304) and the token of the hour are counted, too."
    tables.append(Table("What each step costs at GitHub", figures, note))
    return tables


@dataclass
class Counting:
    """Counts the requests of what is done in between: those that read, and those that write."""

    counted: Callable[[], tuple[int, int]]
    before: tuple[int, int] = (0, 0)

    def since(self) -> list[int]:
        now = self.counted()
        cost = [now[0] - self.before[0], now[1] - self.before[1]]
        self.before = now
        return cost


def costs() -> dict[str, list[int]]:
    """Reads and writes of each step."""
    from musterpoint import actions
    from musterpoint.core.aftermath import ActionStatus
    from tests.github.house import housed

    found: dict[str, list[int]] = {}
    with pytest.MonkeyPatch.context() as environment, housed(environment) as house:
        github = house.github

        def counted() -> tuple[int, int]:
            writes = len(github.writes)
            return len(github.requests) - writes, writes

        counting = Counting(counted)
        house.raised()
        found["the issue is raised, and looked at"] = counting.since()
        ref = house.ref
        house.turn()
        found["a look at it that finds nothing new"] = counting.since()
        actions.add_action(house.call(), ref, "Alert on pool exhaustion")
        house.turn(look=False)
        found["an action is added: the body is written"] = counting.since()
        github.tick("tim", house.issue, "Alert on pool exhaustion")
        house.turn()
        found["a box is ticked there: learnt and written"] = counting.since()
        github.close("tim", house.issue)
        house.turn()
        found["closed too early: reopened, with a comment"] = counting.since()
        actions.add_action(house.call(), ref, "Raise the limit")
        house.turn(look=False)
        counting.since()
        actions.change_action_issue(house.call(), ref, 2)
        house.turn(look=False)
        found["an action gets an issue of its own"] = counting.since()
        for number in range(3, ACTIONS + 3):
            actions.add_action(house.call(), ref, f"Alert on pool {number}")
            actions.change_action_issue(house.call(), ref, number)
        house.turn(look=False)
        found[f"{ACTIONS} actions, each with an issue of its own"] = counting.since()
        for each in house.state().after.open_actions:
            actions.end_action(house.call(), ref, each.number, ActionStatus.DONE)
        actions.writeup_done(house.call(), ref)
        house.turn(look=False)
        found["all of them are done: every issue is closed"] = counting.since()
        assert not house.there().open
    return found
