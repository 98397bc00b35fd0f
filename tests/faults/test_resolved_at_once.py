"""Four processes resolve the same incidents at the same moments."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.faults.house import LONG, House

pytestmark = pytest.mark.faults
INCIDENTS = 24


def test_exactly_one_of_four_processes_resolves_each_incident(house: House) -> None:
    refs = house.inside("declare", title="Everybody wants to resolve it", count=INCIDENTS)
    file = house.home.parent / "resolved"
    rivals = [house.spawn("tests.faults.driver", "resolve", str(number), str(file), *refs) for number in range(4)]
    assert [rival.popen.wait(LONG) for rival in rivals] == [0] * 4, [rival.complained() for rival in rivals]
    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert Counter(each["ref"] for each in told if "entry" in each) == dict.fromkeys(refs, 1)
    assert [each["refused"] for each in told if "entry" not in each] == ["not_open"] * 3 * INCIDENTS
    assert house.inside("status_changes") == dict.fromkeys(refs, 1)
    assert house.inside("unlike_their_journal") == []
