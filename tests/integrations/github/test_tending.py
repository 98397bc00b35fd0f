"""Whatever was told or not, every live issue is looked at once in a while; nothing that fails stops the rest."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from musterpoint.integrations import registry
from musterpoint.integrations.github import ourselves, readiness, reconciling, tending
from musterpoint.ports import NotSent
from musterpoint.store import models
from tests.integrations.github.following import OTHER, REPOSITORY, Following, looked

BEFORE = datetime(2026, 3, 1, tzinfo=UTC)


def reconciled(following: Following, begun: datetime = BEFORE) -> list[str]:
    reconciling.reconcile(following.process, following.world.now, begun)
    return looked()


def is_looked_at(ref: str, at: datetime) -> None:
    models.IssueCopy.objects.filter(incident__ref=ref).update(looked_at=at)


# --- reconciling ---------------------------------------------------------------------------------------------------


def test_every_live_incident_is_looked_at_in_every_round_and_once(following: Following) -> None:
    refs = [following.raised()[0] for _ in range(3)]
    assert reconciled(following) == []  # they were looked at when they were raised
    following.goes_on(1800)
    assert sorted(reconciled(following)) == sorted(refs)
    following.goes_on(600)
    assert reconciled(following) == []
    following.goes_on(1800)
    is_looked_at(refs[1], following.world.now)
    assert sorted(reconciled(following)) == sorted([refs[0], refs[2]])


def test_an_engine_that_starts_looks_at_everything(following: Following) -> None:
    refs = [following.raised()[0] for _ in range(3)]
    is_looked_at(refs[0], following.world.now)
    following.goes_on(10)
    assert reconciled(following) == []
    assert sorted(reconciled(following, begun=following.world.now)) == sorted(refs)
    assert reconciled(following, begun=following.world.now) == []


def test_the_one_that_was_looked_at_longest_ago_goes_first(following: Following) -> None:
    refs = [following.raised()[0] for _ in range(4)]
    now = following.goes_on(7200)
    for ref, minutes in zip(refs, (90, 110, 100, 0), strict=True):
        is_looked_at(ref, now - timedelta(minutes=minutes))
    models.IssueCopy.objects.filter(incident__ref=refs[3]).update(looked_at=None)
    assert reconciled(following) == [refs[3], refs[1], refs[2], refs[0]]


def test_many_come_a_few_at_a_time_and_no_more_than_are_looked_at(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "AT_A_TIME", 3)
    for _ in range(8):
        following.raised()
    now = following.goes_on(1800)
    assert reconciling.reconcile(following.process, now, BEFORE) == 3
    assert reconciling.reconcile(following.process, now, BEFORE) == 0  # GitHub may be down: they all wait
    models.Effect.objects.filter(pk=models.Effect.objects.first().pk).update(status="done")  # type: ignore[union-attr]
    assert reconciling.reconcile(following.process, now, BEFORE) == 1
    looked()
    assert [len(reconciled(following)) for _ in range(3)] == [3, 1, 0]


def test_one_that_waits_to_be_looked_at_or_is_left_to_a_person_is_not_asked_for_again(following: Following) -> None:
    waits, parked, dropped, other = (following.raised()[0] for _ in range(4))
    now = following.goes_on(1800)
    reconciling.reconcile(following.process, now, BEFORE)
    for ref, status in ((waits, "waiting"), (parked, "parked"), (dropped, "dropped"), (other, "done")):
        models.Effect.objects.filter(incident__ref=ref).update(status=status)
    assert reconciling.reconcile(following.process, now, BEFORE) == 0
    now = following.goes_on(1800)
    assert reconciling.reconcile(following.process, now, BEFORE) == 2
    new = models.Effect.objects.filter(key__endswith=str(int(now.timestamp() // 1800 * 1800)))
    assert set(new.values_list("incident__ref", flat=True)) == {dropped, other}


def test_one_that_has_been_quiet_for_a_month_is_looked_at_once_a_day(following: Following) -> None:
    ref, _ = following.raised()
    models.IssueCopy.objects.filter(incident__ref=ref).update(open=False)
    now = following.goes_on(86_400 * 40)
    models.Entry.objects.filter(incident__ref=ref).update(known_at=now - timedelta(days=31))
    assert reconciled(following) == [ref]
    is_looked_at(ref, now)
    for _ in range(46):
        following.goes_on(1800)
        assert reconciled(following) == []
    following.goes_on(5400)
    assert reconciled(following) == [ref]


def test_a_closed_incident_in_which_something_happened_lately_is_live(following: Following) -> None:
    ref, _ = following.raised()
    models.IssueCopy.objects.filter(incident__ref=ref).update(open=False)
    following.goes_on(1800)
    assert reconciled(following) == [ref]


def test_an_issue_that_was_never_made_or_is_forgotten_is_not_looked_for(following: Following) -> None:
    ref, _ = following.raised()
    lost, _ = following.raised()
    models.IssueCopy.objects.filter(incident__ref=ref).update(ref=None)
    row = models.Incident.objects.get(ref=lost)
    row.after.pop("issue")
    row.save()
    assert reconciling.reconcile(following.process, following.goes_on(1800), BEFORE) == 0


def test_a_thousand_live_incidents_cost_one_question_each_turn(
    following: Following, django_assert_max_num_queries: Any
) -> None:
    following.raised()
    row = models.Incident.objects.get()
    rows = [
        models.Incident(ref=f"2025-{number:04}", title="x", after=row.after, created_at=following.world.now)
        for number in range(1000)
    ]
    models.Incident.objects.bulk_create(rows)
    made = models.Incident.objects.filter(ref__startswith="2025-")
    models.IssueCopy.objects.bulk_create(
        [models.IssueCopy(incident=each, ref=f"{REPOSITORY}#{each.pk + 5000}") for each in made]
    )
    now = following.goes_on(1800)
    with django_assert_max_num_queries(2 + reconciling.AT_A_TIME):
        assert reconciling.reconcile(following.process, now, BEFORE) == reconciling.AT_A_TIME
    models.Effect.objects.all().delete()
    models.IssueCopy.objects.update(looked_at=now)
    with django_assert_max_num_queries(2):
        assert reconciling.reconcile(following.process, now, BEFORE) == 0


# --- every ten seconds ---------------------------------------------------------------------------------------------


def test_a_turn_asks_for_changes_and_reconciles_at_the_start(following: Following) -> None:
    ref, issue = following.raised()
    quiet, _ = following.raised(OTHER)
    following.goes_on(86_400 * 2)
    following.github.close("olga", issue)
    registry.tend(following.process, following.goes_on(5))
    assert sorted(looked()) == sorted([ref, quiet])  # the one because it has changed, the other because we start
    assert following.asked() == following.asked(OTHER) == [200]
    is_looked_at(ref, following.world.now)
    registry.tend(following.process, following.goes_on(10))
    assert following.asked() == [200]
    assert looked() == []


def test_what_fails_is_told_and_the_others_go_on(following: Following, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "musterpoint.github")
    done: list[str] = []

    def breaks(*given: object) -> None:
        raise RuntimeError("as none should")

    def is_away(*given: object) -> None:
        raise NotSent("GitHub cannot be reached.")

    steps = (("one", breaks), ("two", is_away), ("three", lambda *given: done.append("three")))
    tending.tend(following.process, following.world.now, steps)
    assert done == ["three"]
    levels = [
        (each.levelname, each.exc_info is not None) for each in caplog.records if each.name == "musterpoint.github"
    ]
    assert levels == [("ERROR", True), ("INFO", False)]


def test_while_github_is_down_a_turn_never_raises_and_reconciles_all_the_same(following: Following) -> None:
    ref, _ = following.raised()
    following.github.down = True
    for _ in range(6):
        tending.tend(following.process, following.goes_on(10))
    assert looked() == [ref]
    tending.tend(following.process, following.goes_on(1800))
    assert looked() == [ref]
    following.github.down = False
    tending.tend(following.process, following.goes_on(60))
    assert following.asked()[-1] == 200


def test_the_turn_learns_what_our_app_is_called(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_APP_ID", str(following.github.app_id))
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", following.github.private_key)
    tending.tend(following.process, following.world.now)
    assert models.Setting.objects.filter(name=ourselves.NAME, value__contains="musterpoint[bot]").exists()


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_TOKEN_FILE"])
def test_without_credentials_nothing_is_asked(following: Following, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    following.raised()
    monkeypatch.setenv("GITHUB_TOKEN", "")
    monkeypatch.setenv(name, "/nowhere/at/all" if name.endswith("FILE") else "")
    tending.tend(following.process, following.goes_on(1800))
    assert (following.github.requests, looked()) == ([], [])


# --- whether all is there ------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_with_what_to_do(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.missing_for_issues(following.process) == ""
    monkeypatch.setenv("GITHUB_TOKEN", "")
    assert "GITHUB_TOKEN is empty" in registry.missing_for_issues(following.process)
    following.world.runs(github_repository="")
    assert "[github] repository is empty" in registry.missing_for_issues(following.world.process)
    following.world.runs(tracker="local")
    assert registry.missing_for_issues(following.world.process) == ""


def test_how_we_are_told_is_said_calmly(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    assert readiness.ways(following.process).startswith("GitHub calls us at /hooks/github.")
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "")
    assert registry.told_of_issues(following.process) == (
        "GitHub is asked every 60 seconds what has changed. It does not call us, for GITHUB_WEBHOOK_SECRET is empty; "
        "that works as well."
    )
    following.world.runs(tracker="local")
    assert registry.told_of_issues(following.world.process) == ""
