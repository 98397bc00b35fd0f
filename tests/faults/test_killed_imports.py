"""An import that is cut off shows nothing; resumed it is whole; abandoned it is swept away; two at once are one."""

from __future__ import annotations

import json
import random
import time

import pytest

from tests.faults import slack
from tests.faults.house import LONG, House

pytestmark = pytest.mark.faults
MESSAGES = 3000
KILLS = 10
#: Lengths of threads that two processes import at once: short ones end while the other begins.
TWINS = (600, 600, 3, 3, 3, 3)


def cut_off(house: House, words: tuple[str, ...], told: int) -> bool:
    """Start an import and kill it when it has told so often how far it is. Whether that was before its end."""
    process = house.command(*words, form="text")
    process.wait_for(f" of {MESSAGES:,}", told)
    return process.kill() and not process.said()


def test_an_import_that_is_killed_ten_times_shows_nothing_until_it_is_whole(house: House, dice: random.Random) -> None:
    words = slack.arguments(slack.thread_file(house.home.parent, "unlucky", MESSAGES))
    for told in sorted(dice.choices(range(1, 8), k=KILLS)):
        assert cut_off(house, words, told)
        assert house.inside("showing", words="unlucky") == {"incidents": 0, "entries": 0, "hits": 0}
    answer = house.musterpoint(*words)
    assert answer["entries"] == MESSAGES
    (thread,) = house.inside("threads").values()
    assert thread == {"entries": MESSAGES, "most": 1, "readers": [answer["incident"]]}
    assert house.inside("found_by", words="unlucky") == {"hits": MESSAGES + 1, "rows": MESSAGES + 1}
    assert house.musterpoint(*words)["new"] == 0
    assert house.inside("unlike_their_journal") == []


def test_two_imports_of_one_thread_at_once_are_one_whole_import(house: House, dice: random.Random) -> None:
    for number, length in enumerate(TWINS):
        words = slack.arguments(slack.thread_file(house.home.parent, f"twin{'s' * number}", length))
        pair = [house.command(*words)]
        time.sleep(dice.uniform(0, 0.05))
        pair.append(house.command(*words))
        codes = [process.popen.wait(LONG) for process in pair]
        answers = [json.loads(process.said()) for process in pair if process.said()]
        refusals = [json.loads(each.complained().splitlines()[-1]) for each in pair if each.complained()]
        assert sorted(codes) in ([0, 0], [0, 1]), refusals
        assert [each["error"]["code"] for each in refusals] == ["import_running"] * sum(codes)
        assert len({answer["incident"] for answer in answers}) == 1
        assert sum(answer["new"] for answer in answers) == length
    threads = list(house.inside("threads").values())
    assert sorted(each["entries"] for each in threads) == sorted(TWINS)
    assert {(each["most"], len(each["readers"])) for each in threads} == {(1, 1)}
    assert house.inside("rows")["Incident"] == len(TWINS)


def test_what_an_abandoned_import_left_is_swept_away(house: House) -> None:
    other = slack.arguments(slack.thread_file(house.home.parent, "kept", 100))
    house.musterpoint(*other)
    before = house.inside("rows")
    assert cut_off(house, slack.arguments(slack.thread_file(house.home.parent, "abandoned", MESSAGES)), 5)
    assert house.inside("sweep_imports") == 0
    assert house.inside("found_by", words="abandoned")["rows"] > 0
    assert house.inside("age_imports", hours=2) == 1
    assert house.inside("sweep_imports") == 1
    assert house.inside("rows") == before
    assert house.inside("found_by", words="abandoned") == {"hits": 0, "rows": 0}
    assert house.inside("found_by", words="kept")["hits"] == 101
