"""What hinders the connection, told to people until it is mended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint.integrations.github import answers, credentials, query_errors, throttle, troubles
from musterpoint.integrations.github.answers import Trouble
from musterpoint.ports import NotSent, Unavailable
from musterpoint.store import models

pytestmark = pytest.mark.usefixtures("db")

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REPOSITORY = "halden-ferries/CloudProject"


def codes(place: str = "") -> list[str]:
    return [each.code for each in troubles.of(place)]


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("code", troubles.CODES)
def test_every_trouble_says_what_is_so_and_what_to_do(code: str) -> None:
    told, hint = troubles.words(Trouble(code, REPOSITORY))
    assert told.endswith(".")
    assert hint.endswith(".")
    assert "{" not in told + hint


def test_every_code_that_a_call_raises_has_its_words() -> None:
    raised = set[str]()
    for module in (answers, credentials, query_errors):
        assert module.__file__
        with open(module.__file__) as file:
            text = file.read()
        raised |= {code for code in troubles.CODES if f'"{code}"' in text}
    assert raised == set(troubles.CODES) - {"repository_gone", "ratelimited", "hour_full"}


def test_the_words_of_github_and_the_permission_that_it_names_are_told() -> None:
    told, hint = troubles.words(Trouble("no_rights", REPOSITORY, "Resource not accessible", "issues=write"))
    assert told == f"We must not write in {REPOSITORY}. GitHub says: Resource not accessible"
    assert "the permission issues=write there" in hint


def test_a_trouble_that_lasts_keeps_the_time_when_it_began() -> None:
    troubles.noted(Trouble("bad_credentials"), NOW)
    troubles.noted(Trouble("bad_credentials"), later(5))
    assert [each.since for each in troubles.of()] == [NOW]
    troubles.noted(Trouble("app_suspended"), later(6))
    assert [(each.code, each.since) for each in troubles.of()] == [("app_suspended", later(6))]


def test_what_passes_by_itself_is_not_noted() -> None:
    for error in (Unavailable("502"), NotSent("not our turn", 3), NotSent("wait", 300), throttle.HourFull("full", 20)):
        troubles.noted(error, NOW)
    assert codes() == []


def test_long_pauses_are_told_by_whose_count_they_are() -> None:
    troubles.noted(throttle.HourFull("full", 1000), NOW)
    assert codes() == ["hour_full"]
    troubles.worked(REPOSITORY, NOW, write=False)  # reading goes on meanwhile
    assert codes() == ["hour_full"]
    troubles.noted(NotSent("GitHub asks us to wait", 301), NOW)
    assert codes() == ["ratelimited"]
    troubles.worked(REPOSITORY, NOW, write=False)
    assert codes() == []


def test_of_a_repository_is_told_what_concerns_it_its_owner_and_all() -> None:
    troubles.noted(Trouble("no_rights", "halden-ferries/website"), NOW)
    troubles.noted(Trouble("archived", REPOSITORY), later(1))
    troubles.noted(Trouble("not_installed", "halden-ferries"), later(2))
    troubles.noted(Trouble("bad_credentials"), later(3))
    assert codes() == ["no_rights", "archived", "not_installed", "bad_credentials"]
    assert codes("Halden-Ferries/cloudproject") == ["archived", "not_installed", "bad_credentials"]
    assert codes("example/other") == ["bad_credentials"]


def test_what_worked_mends_its_repository_and_the_connection_and_no_other_repository() -> None:
    for trouble in (Trouble("no_rights", "halden-ferries/website"), Trouble("repository_gone", REPOSITORY)):
        troubles.noted(trouble, NOW)
    troubles.noted(Trouble("bad_credentials"), NOW)
    troubles.worked(REPOSITORY, later(1), write=False)
    assert codes() == ["no_rights"]
    troubles.worked("halden-ferries/website", later(1), write=True)
    assert codes() == []


def test_somebody_who_knows_may_say_that_it_is_mended() -> None:
    troubles.noted(Trouble("no_rights", REPOSITORY), NOW)
    troubles.mended("", NOW)
    assert codes() == ["no_rights"]
    troubles.mended(REPOSITORY, NOW)
    assert codes() == []


def test_what_another_process_noted_is_seen_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    troubles.worked(REPOSITORY, NOW, write=True)  # we have looked: nothing is there
    models.Trouble.objects.create(source="github", code="bad_credentials", message="No.", since=NOW)
    troubles.worked(REPOSITORY, NOW, write=True)
    assert codes() == ["bad_credentials"]
    monkeypatch.setattr(troubles, "LOOKS_EVERY", 0.0)
    troubles.worked(REPOSITORY, NOW, write=True)
    assert codes() == []


def test_a_call_that_works_costs_no_query_where_nothing_hindered() -> None:
    troubles.worked(REPOSITORY, NOW, write=True)
    with CaptureQueriesContext(connection) as queries:
        troubles.worked(REPOSITORY, NOW, write=True)
    assert len(queries) == 0


def test_the_troubles_of_the_chat_are_not_ours() -> None:
    models.Trouble.objects.create(source="slack", code="not_in_channel", message="No.", since=NOW)
    troubles.noted(Trouble("bad_credentials"), NOW)
    troubles.mended("", NOW)
    assert [each.source for each in models.Trouble.objects.all()] == ["slack"]


def test_a_repository_of_the_longest_name_has_its_row() -> None:
    place = f"{'o' * 39}/{'r' * 100}"
    troubles.noted(Trouble("archived", place), NOW)
    assert codes(place) == ["archived"]
    troubles.worked(place, NOW, write=True)
    assert codes() == []


def test_whoever_looks_at_an_incident_is_shown_it_at_once_and_not_again_each_minute() -> None:
    incident = models.Incident.objects.create(ref="INC-1", title="Halyard is down", announced=True)

    def version() -> int:
        return models.Incident.objects.values_list("version", flat=True).get(pk=incident.pk)

    troubles.noted(Trouble("bad_credentials"), NOW)
    troubles.noted(Trouble("bad_credentials"), later(1))
    assert version() == 1
    troubles.worked(REPOSITORY, later(2), write=False)
    assert version() == 2
