"""Asking what has changed works as well as being told, costs nothing where nothing has, and forgets nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from musterpoint.integrations.github import concerned, polling, troubles
from musterpoint.integrations.github.calling import Answer
from musterpoint.ports import NotSent, Unavailable
from musterpoint.store import models
from tests.integrations.github.following import OTHER, REPOSITORY, Following, looked


def row(place: str = REPOSITORY) -> models.TrackerPoll:
    return models.TrackerPoll.objects.get(source="github", place=place)


def settled(following: Following) -> None:
    """Everything that is there has been asked for, and nothing has changed since."""
    for _ in range(3):
        following.polls()
    following.github.requests.clear()


# --- without any webhook -------------------------------------------------------------------------------------------


def test_behind_nat_everything_that_people_do_is_learnt_by_asking(following: Following) -> None:
    ref, issue = following.raised()
    other, _ = following.raised()
    child = following.child(other)
    settled(following)
    github = following.github
    deeds: list[tuple[str, Any]] = [
        (ref, lambda: github.edit("olga", issue, "Half of the kiosks were down.")),
        (ref, lambda: github.comment("olga", issue, "See the graph.")),
        (ref, lambda: github.close("olga", issue)),
        (ref, lambda: github.reopen("olga", issue)),
        (other, lambda: github.assign("olga", child, "olga")),
        (other, lambda: github.close("olga", child)),
    ]
    for concerns, deed in deeds:
        following.goes_on(5)
        deed()
        assert following.polls() == [concerns]
        assert following.polls() == []
    assert following.github.writes == []


def test_a_lost_webhook_costs_a_minute(following: Following) -> None:
    ref, issue = following.raised()
    settled(following)
    following.github.deliver_to(following.hears)
    following.github.webhooks.lose_next["issues"] = 1
    following.github.close("olga", issue)
    following.github.settle()
    assert looked() == []
    assert following.polls(seconds=59) == []
    assert following.polls(seconds=1) == [ref]


def test_a_quiet_repository_costs_nothing_of_the_limit(following: Following) -> None:
    following.raised()
    settled(following)
    for _ in range(10):
        assert following.polls() == []
    assert following.asked() == [304] * 10


def test_a_change_that_concerns_nobody_leaves_nothing_behind(following: Following) -> None:
    following.raised()
    issue = following.github.open_issue("olga", REPOSITORY, "The logo is askew")
    settled(following)
    before = models.Effect.objects.count()
    following.github.close("olga", issue)
    assert following.polls() == []
    assert models.Effect.objects.count() == before
    assert following.polls() == []
    assert following.asked() == [200, 200]
    following.polls()
    assert following.asked()[-1] == 304


def test_a_repository_is_asked_once_in_poll_every_and_one_that_concerns_nobody_never(following: Following) -> None:
    following.raised()
    for _ in range(12):
        following.polls(seconds=10)
    assert len(following.asked()) == 2
    assert following.asked(OTHER) == []
    ref, _ = following.raised()
    following.child(ref)
    following.polls()
    assert len(following.asked(OTHER)) == 1


def test_without_an_issue_nobody_is_asked(following: Following) -> None:
    following.polls()
    assert following.github.requests == []
    assert not models.TrackerPoll.objects.exists()


# --- seconds, pages ------------------------------------------------------------------------------------------------


def test_what_changes_in_the_second_in_which_it_was_asked_for_is_not_missed(following: Following) -> None:
    """GitHub's clock stands still while we ask, and shows the same second afterwards."""
    one, first = following.raised()
    two, second = following.raised()
    settled(following)
    following.goes_on(60)
    following.github.close("olga", first)
    assert following.polls(seconds=0) == [one]
    following.github.comment("olga", first, "One more thing.")
    following.github.close("olga", second)
    assert following.github.issue(first).updated == following.github.issue(second).updated
    assert sorted(following.polls()) == sorted([one, two])
    assert following.polls() == []
    following.polls()
    assert following.asked()[-1] == 304


def test_as_long_as_its_second_lasts_an_issue_is_looked_at_with_every_question(following: Following) -> None:
    ref, issue = following.raised()
    settled(following)
    following.github.close("olga", issue)
    for _ in range(3):
        following.world.later(1)  # it is GitHub's clock that tells, not ours
        assert following.polls(seconds=0) == [ref]
    assert following.polls() == [ref]
    assert following.polls() == []


def test_an_issue_that_is_told_late_is_found(following: Following) -> None:
    """GitHub's list may lag behind: what is older than the newest that we know has not been told of all."""
    one, first = following.raised()
    _, second = following.raised()
    settled(following)
    following.goes_on(60)
    with following.github.lock:
        following.github.close("olga", first)
        late = following.github.found(first)
        late.gone = "for now"
    following.goes_on(20)
    following.github.close("olga", second)
    assert len(following.polls(seconds=20)) == 1
    late.gone = ""
    assert following.polls(seconds=60) == [one]


def test_every_page_is_read(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PER_PAGE", 5)
    refs = [following.raised() for _ in range(13)]
    settled(following)
    for _, issue in refs:
        following.goes_on(1)
        following.github.close("olga", issue)
    assert sorted(following.polls()) == sorted(ref for ref, _ in refs)
    assert following.polls() == []


def test_every_page_of_one_second_is_read(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PER_PAGE", 5)
    refs = [following.raised() for _ in range(13)]
    following.goes_on(100)
    for _, issue in refs:
        following.github.close("olga", issue)
    assert sorted(following.polls()) == sorted(ref for ref, _ in refs)
    for _ in range(3):
        assert following.polls() == []
    following.github.reopen("olga", refs[12][1])
    assert following.polls() == [refs[12][0]]  # no mark of a first page hides what is on another one


def test_an_issue_that_changes_between_two_pages_hides_no_other_one(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PER_PAGE", 5)
    refs = [following.raised() for _ in range(9)]
    settled(following)
    following.goes_on(600)
    for _, issue in refs:
        following.goes_on(5)
        following.github.close("olga", issue)
    page = polling._page

    def and_then_one_moves(*given: Any) -> Any:
        answer = page(*given)
        monkeypatch.setattr(polling, "_page", page)
        following.github.comment("olga", refs[0][1], "One more thing.")
        return answer

    monkeypatch.setattr(polling, "_page", and_then_one_moves)
    assert set(following.polls()) == {ref for ref, _ in refs}


def test_more_than_one_turn_reads_goes_on_from_there(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PER_PAGE", 2)
    monkeypatch.setattr(polling, "PAGES", 2)
    refs = [following.raised() for _ in range(6)]
    settled(following)
    following.goes_on(600)
    for _, issue in refs:
        following.goes_on(90)
        following.github.close("olga", issue)
    found = following.polls()
    assert 0 < len(found) < 6
    for _ in range(4):
        found += following.polls()
    assert sorted(found) == sorted(ref for ref, _ in refs)


def test_it_moves_on_only_with_what_it_has_noted(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    ref, issue = following.raised()
    settled(following)
    since, tag = row().since, row().etag
    following.goes_on(600)
    following.github.close("olga", issue)

    def dies(*given: object) -> None:
        raise RuntimeError("the machine is switched off")

    with monkeypatch.context() as patch:
        patch.setattr(polling, "look", dies)
        with pytest.raises(RuntimeError):
            polling.poll(following.process, following.world.now)
    assert (row().since, row().etag) == (since, tag)
    assert following.polls() == [ref]
    assert row().since > since


def test_a_page_that_fails_costs_nothing_of_the_one_before(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PER_PAGE", 3)
    refs = [following.raised() for _ in range(5)]
    settled(following)
    for _, issue in refs:
        following.goes_on(120)
        following.github.close("olga", issue)
    pages: list[int] = []

    def second_fails() -> None:
        pages.append(1)
        if len(pages) == 2:
            following.github.fails("GET", "/repos/*/issues", 502)

    following.github.between("GET /repos/*/issues", second_fails, times=2)
    with pytest.raises(Unavailable):
        following.polls()
    found = looked()
    assert 0 < len(found) < 5
    while more := following.polls():
        found += more
    assert sorted(found) == sorted(ref for ref, _ in refs)


def test_a_second_page_that_fails_is_not_hidden_by_the_mark_of_the_first(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PER_PAGE", 5)
    refs = [following.raised() for _ in range(8)]
    settled(following)
    following.goes_on(600)
    for _, issue in refs[:4]:
        following.github.close("olga", issue)
    found = following.polls(seconds=0)
    for _, issue in refs[4:]:
        following.github.close("olga", issue)
    following.goes_on(60)
    page = polling._page

    def only_the_first(*given: Any) -> Answer:
        if given[3] > 1 or given[2] != row().since:
            raise Unavailable("GitHub answered 502.")
        return page(*given)

    with monkeypatch.context() as patch:
        patch.setattr(polling, "_page", only_the_first)
        with pytest.raises(Unavailable):
            polling.poll(following.process, following.world.now)
    found += looked()
    found += following.polls()
    assert set(found) == {ref for ref, _ in refs}


# --- what goes wrong -----------------------------------------------------------------------------------------------


def test_github_is_down_for_an_hour_and_everything_is_learnt_afterwards(following: Following) -> None:
    ref, issue = following.raised()
    settled(following)
    following.github.down = True
    following.github.close("olga", issue)
    for _ in range(60):
        with pytest.raises(Unavailable):
            following.polls(seconds=60)
    assert len(following.asked()) == 60
    assert row().polled_at == following.world.now - timedelta(hours=1)  # the page says since when it is silent
    following.github.down = False
    assert following.polls() == [ref]


def test_a_limit_is_waited_for_without_asking(following: Following) -> None:
    ref, issue = following.raised()
    settled(following)
    following.github.close("olga", issue)
    following.github.fails("GET", "/repos/*", 429, retry_after=300)
    with pytest.raises(NotSent):
        following.polls()
    assert following.asked() == [429]
    for _ in range(4):
        with pytest.raises(NotSent):
            following.polls(seconds=60)
    assert following.asked() == [429]
    models.Throttle.objects.update(held_until=None)  # by the clock of this machine, which no test moves
    assert following.polls(seconds=60) == [ref]


def test_a_repository_that_is_gone_does_not_hide_the_others(
    following: Following, caplog: pytest.LogCaptureFixture
) -> None:
    ref, issue = following.raised()
    following.child(ref)
    settled(following)
    with following.github.lock:
        del following.github.repositories[OTHER.lower()]
    following.github.close("olga", issue)
    caplog.set_level(logging.INFO, "musterpoint.github")
    assert following.polls() == [ref]
    assert following.asked(OTHER) == [404]
    assert "could not ask GitHub about a repository" in caplog.text
    for _ in range(12):
        following.polls(seconds=10)
    assert len(following.asked(OTHER)) == 3  # not sooner than the others


def test_our_own_repository_that_is_gone_is_shown(following: Following) -> None:
    following.raised()
    with following.github.lock:
        del following.github.repositories[REPOSITORY.lower()]
    following.polls()
    assert [each.code for each in troubles.of()] == ["repository_gone"]


def test_a_repository_that_was_renamed_is_followed(following: Following) -> None:
    ref, issue = following.raised()
    settled(following)
    following.github.rename_repository(REPOSITORY, "Incidents")
    following.github.close("olga", issue)
    assert following.polls() == [ref]
    assert following.polls() == []


def test_an_answer_that_makes_no_sense_is_no_answer(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    following.raised()
    settled(following)
    since = row().since
    odd: list[Any] = [{"message": "hm"}, [{}], [{"number": 1}], None, [[]]]
    for nonsense in odd:
        monkeypatch.setattr(polling, "call", lambda *_, told=nonsense, **__: Answer(200, told))
        with pytest.raises(Unavailable):
            following.polls()
    assert row().since == since


# --- how far -------------------------------------------------------------------------------------------------------


def test_a_repository_is_followed_until_all_of_its_incidents_have_been_quiet_for_a_month(following: Following) -> None:
    ref, _ = following.raised()
    copy = models.IssueCopy.objects.filter(incident__ref=ref)
    copy.update(open=False)
    last = models.Entry.objects.filter(incident__ref=ref).order_by("-id").values_list("known_at", flat=True)[0]
    assert concerned.places(last + timedelta(days=29)) == [REPOSITORY]
    assert concerned.places(last + timedelta(days=31)) == []
    models.Incident.objects.filter(ref=ref).update(open_actions=1)
    assert concerned.places(last + timedelta(days=31)) == [REPOSITORY]
    models.Incident.objects.filter(ref=ref).update(open_actions=0)
    copy.update(open=True)
    assert concerned.places(last + timedelta(days=31)) == [REPOSITORY]


def test_an_old_incident_is_found_as_long_as_its_repository_is_followed(following: Following) -> None:
    old, issue = following.raised()
    models.IssueCopy.objects.filter(incident__ref=old).update(open=False)
    models.Entry.objects.filter(incident__ref=old).update(known_at=following.world.now - timedelta(days=90))
    following.raised()
    settled(following)
    following.github.comment("olga", issue, "It happened again.")
    assert following.polls() == [old]


def test_a_repository_that_is_not_followed_any_more_begins_anew(following: Following) -> None:
    ref, _ = following.raised()
    child = following.child(ref)
    following.polls()
    assert row(OTHER).polled_at == following.world.now
    models.ActionIssue.objects.update(ref="halden-ferries/elsewhere#1")
    following.polls()
    assert not models.TrackerPoll.objects.filter(place=OTHER).exists()
    models.ActionIssue.objects.update(ref=child)
    following.polls(seconds=86_400 * 40)
    assert row(OTHER).since == following.world.now - polling.FIRST
