"""Whose turn it is to write, and the pause that GitHub asked for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.models.functions import Now

from musterpoint.core.process import Process
from musterpoint.integrations.github import throttle
from musterpoint.ports import NotSent
from musterpoint.store import models
from musterpoint.store.clock import later
from tests.integrations.github.odd import Said, listening

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROCESS = Process()


def write(now: datetime) -> None:
    with throttle.turn(PROCESS, now):
        pass


def wait_at(now: datetime) -> float:
    """The seconds to wait that a turn at this time is refused with."""
    with pytest.raises(NotSent) as caught:
        write(now)
    assert caught.value.retry_after is not None
    return caught.value.retry_after


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_seventy_sixth_write_of_a_minute_waits_until_the_first_is_a_minute_old(db: None) -> None:
    for number in range(75):
        write(after(number * 0.1))
    wait = wait_at(after(10))
    assert wait == pytest.approx(50, abs=0.5)
    assert wait_at(after(10 + wait - 0.5)) > 0
    write(after(10 + wait))
    assert 0 < wait_at(after(10 + wait)) <= 0.5  # for the second of them


def test_the_four_hundred_and_eighty_first_write_of_an_hour_waits_for_the_hour(db: None) -> None:
    start = (NOW - throttle._EPOCH) // timedelta(milliseconds=1)
    times = [start + number * 5_000 for number in range(480)]
    models.Throttle.objects.create(source="github", calls=str(times))
    with pytest.raises(throttle.HourFull) as caught:
        write(after(2400))
    assert caught.value.retry_after == pytest.approx(1200, abs=0.5)
    write(after(3600))
    assert wait_at(after(3600)) == pytest.approx(5, abs=0.5)


def test_sixty_actions_are_written_in_order_by_waiting_as_long_as_one_is_told(db: None) -> None:
    """41 writes for 20 sub-issues: 125 for 60. Never more than 80 in any minute."""
    now, times = NOW, list[datetime]()
    while len(times) < 125:
        try:
            write(now)
            times.append(now)
            now += timedelta(seconds=0.2)
        except NotSent as error:
            now += timedelta(seconds=error.retry_after or 0)
    assert max(sum(0 <= (b - a).total_seconds() < 60 for b in times) for a in times) <= 80
    assert times[-1] - times[0] < timedelta(minutes=2)


def test_a_time_from_a_clock_that_was_far_ahead_stops_nobody(db: None) -> None:
    ahead = (after(86_400) - throttle._EPOCH) // timedelta(milliseconds=1)
    models.Throttle.objects.create(source="github", calls=str([ahead] * 500))
    write(NOW)


def test_nobody_writes_or_reads_while_a_pause_lasts_and_is_told_exactly_how_long(db: None) -> None:
    assert throttle.held(30, NOW) == 30
    assert wait_at(after(10)) == pytest.approx(20, abs=0.5)
    with pytest.raises(NotSent) as caught:
        throttle.unless_held(after(29))
    assert caught.value.retry_after == 1
    throttle.unless_held(after(30))
    write(after(30))


def test_a_shorter_pause_does_not_end_a_longer_one(db: None) -> None:
    throttle.held(300, NOW)
    assert throttle.held(5, after(100)) == 200
    assert throttle.held(None, after(100)) == 200


def test_a_pause_without_a_length_is_a_minute_and_doubles_up_to_a_quarter_of_an_hour(db: None) -> None:
    now, pauses = NOW, []
    for _ in range(6):
        pauses.append(throttle.held(None, now))
        now += timedelta(seconds=pauses[-1])
    assert pauses == [60, 120, 240, 480, 900, 900]


def test_calls_that_are_told_to_wait_at_the_same_time_double_nothing(db: None) -> None:
    assert [throttle.held(None, NOW), throttle.held(None, after(1)), throttle.held(None, after(2))] == [60, 59, 58]


@pytest.mark.parametrize("how", ["something is written", "a quarter of an hour passes"])
def test_the_doubling_is_forgotten_when(how: str, db: None) -> None:
    throttle.held(None, NOW)
    throttle.held(None, after(60))
    if how == "something is written":
        write(after(181))
        assert throttle.held(None, after(182)) == 60
    else:
        assert throttle.held(None, after(180 + 900)) == 60


def test_what_failed_does_not_forget_the_doubling_and_gives_the_turn_back(db: None) -> None:
    throttle.held(None, NOW)
    with pytest.raises(ZeroDivisionError), throttle.turn(PROCESS, after(61)):
        raise ZeroDivisionError
    assert throttle.held(None, after(62)) == 120
    write(after(182))


def test_a_turn_that_somebody_holds_is_waited_for_a_little_then_the_caller_is_sent_away(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(throttle, "WAITS", 0.1)
    models.Throttle.objects.create(source="github", busy_until=later(30), busy_by="another")
    assert wait_at(NOW) == throttle.AGAIN
    row = models.Throttle.objects.get()
    assert (row.busy_by, row.calls) == ("another", "[]")  # nothing was counted


def test_a_turn_ends_though_its_holder_died_and_it_takes_nothing_from_the_next(db: None) -> None:
    models.Throttle.objects.create(source="github", busy_until=Now(), busy_by="dead")
    with throttle.turn(PROCESS, NOW):
        throttle._given_back("dead", True)  # it was not dead, only slow
        assert models.Throttle.objects.get().busy_by not in ("", "dead")


def test_a_turn_lasts_longer_than_a_call_can(db: None) -> None:
    with throttle.turn(Process(timeout=10), NOW):
        assert models.Throttle.objects.filter(busy_until__gt=later(40), busy_until__lt=later(60)).exists()


def test_threads_of_a_process_take_turns(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    """And one that waits too long is sent away, with nothing counted."""
    inside, most, refused = 0, 0, 0
    lock = threading.Lock()

    def writing() -> None:
        nonlocal inside, most, refused
        try:
            with throttle.turn(PROCESS, NOW):
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.3)
                with lock:
                    inside -= 1
        except NotSent:
            refused += 1
        finally:
            connection.close()

    monkeypatch.setattr(throttle, "WAITS", 0.4)
    threads = [threading.Thread(target=writing) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (most, refused) == (1, 2)
    assert models.Throttle.objects.get().calls.count(",") == 1


def test_a_write_that_somebody_counts_between_our_read_and_our_turn_is_not_lost(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, others = throttle._counted, ["[1772442000000]"]

    def meanwhile(text: str, now: datetime, process: Process) -> list[int]:
        found = counted(text, now, process)
        if others:
            models.Throttle.objects.update(calls=others.pop())
        return found

    monkeypatch.setattr(throttle, "_counted", meanwhile)
    write(after(1))
    assert models.Throttle.objects.get().calls.startswith("[1772442000000, 17724420010")


def test_of_two_processes_that_write_at_once_one_writes_at_a_time(transactional_db: None) -> None:
    """Both get all of theirs done, and GitHub never sees two requests at once."""
    with listening() as odd:
        odd.says(Said(201, {"id": 1}, slow=0.02))
        environment = os.environ | {
            "DATABASE_URL": _address(),
            "DJANGO_SETTINGS_MODULE": "musterpoint.settings",
            "GITHUB_API_URL": odd.url,
            "GITHUB_TOKEN": "any",
        }
        words = [sys.executable, "-m", "tests.integrations.github.writer", "12"]
        root = Path(__file__).parents[3]
        started = [
            subprocess.Popen(words, env=environment, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        assert [each.stdout.readline() for each in started if each.stdout] == [b"ready\n"] * 2
        for each in started:
            assert each.stdin
            each.stdin.write(b"go\n")
            each.stdin.flush()
        for each in started:
            each.communicate(timeout=60)
        assert [each.returncode for each in started] == [0, 0]
    assert (len(odd.asked), odd.most) == (24, 1)
    assert models.Throttle.objects.get().calls.count(",") == 23


def _address() -> str:
    """Of the database that this test uses."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(given['NAME']))}"
    who = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}"
    return f"postgresql://{who}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
