"""Webhooks are told from forged ones; what concerns an incident makes us look, once; all else leaves nothing behind."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import pytest
from django.db import OperationalError, transaction

from musterpoint import effects
from musterpoint.integrations import registry
from musterpoint.integrations.github import events, ourselves, receiving, tending
from musterpoint.store import models
from tests.conftest import World
from tests.github.delivery import Sending, signed
from tests.integrations.github.following import OTHER, REPOSITORY, SECRET, Following, looked

GUID = "0b989ba4-242f-11e5-81e1-c7b6966d2516"


def written() -> tuple[int, int]:
    return models.Inbound.objects.count(), models.Effect.objects.count()


def sent(following: Following) -> list[Sending]:
    following.github.settle()
    return following.github.webhooks.sent


@pytest.fixture
def hearing(following: Following) -> Following:
    following.github.deliver_to(following.hears)
    return following


# --- signatures ----------------------------------------------------------------------------------------------------


def test_what_github_signed_is_noted_before_it_is_answered(hearing: Following) -> None:
    ref, issue = hearing.raised()
    hearing.github.close("olga", issue)
    (sending,) = sent(hearing)[-1:]
    assert sending.status == 200
    row = models.Inbound.objects.get()
    assert (row.source, row.key, row.status, row.data) == ("github", sending.guid, "taken", "")
    (effect,) = models.Effect.objects.filter(status="waiting")
    assert (effect.kind, effect.key) == ("issue", f"issue:{ref}:look:{sending.guid}")
    assert json.loads(effect.data) == {"look": True}


def test_an_unsigned_a_forged_and_a_changed_request_are_refused(hearing: Following) -> None:
    _, issue = hearing.raised()
    hearing.github.close("olga", issue)
    body = sent(hearing)[-1].body
    looked()
    before = written()
    head = {"Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": GUID}
    fine = signed(SECRET, body)["X-Hub-Signature-256"]
    for signature in (
        None,
        "",
        fine.removeprefix("sha256="),
        fine.upper(),
        f"{fine[:-1]}{'0' if fine[-1] != '0' else '1'}",
        signed("another secret", body)["X-Hub-Signature-256"],
        signed(SECRET, body + b" ")["X-Hub-Signature-256"],
        signed(SECRET, body)["X-Hub-Signature"],
        "sha256=\u00e9\ud800",
    ):
        answer = hearing.hears(body, head if signature is None else {**head, "X-Hub-Signature-256": signature})
        assert answer.status == 401
        assert "GITHUB_WEBHOOK_SECRET are the same" in answer.body
    assert written() == before
    assert hearing.hears(body, {**head, "X-Hub-Signature-256": fine}).status == 200


def test_without_a_secret_everything_is_refused(hearing: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    _, issue = hearing.raised()
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "")
    hearing.github.webhook_secret = ""
    hearing.github.close("olga", issue)
    assert sent(hearing)[-1].status == 401
    empty = {"Content-Type": "application/json", **signed("", b"{}")}
    assert "GITHUB_WEBHOOK_SECRET is empty" in hearing.hears(b"{}", empty).body
    assert written() == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-GitHub-Event": ""},
        {"X-GitHub-Event": "issues\nevil"},
        {"X-GitHub-Delivery": ""},
        {"X-GitHub-Delivery": "x" * 101},
        {"X-GitHub-Delivery": "../../etc"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
    ],
)
def test_odd_headers_are_answered_with_400(hearing: Following, headers: dict[str, str]) -> None:
    _, issue = hearing.raised()
    hearing.github.close("olga", issue)
    body = sent(hearing)[-1].body
    before = written()
    fine = {"Content-Type": "application/json; charset=utf-8", "X-GitHub-Event": "issues", "X-GitHub-Delivery": GUID}
    assert hearing.hears(body, {**fine, **headers, **signed(SECRET, body)}).status == 400
    assert written() == before
    assert hearing.hears(body, {**fine, **signed(SECRET, body)}).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"null",
        b'{"action": "closed"}',
        b'{"action": "closed", "issue": []}',
        b'{"action": "closed", "issue": {"number": "1", "repository_url": "https://api.github.com/repos/a/b"}}',
        b'{"action": "closed", "issue": {"number": 1, "repository_url": "nowhere"}}',
        b'{"action": "closed", "issue": {"number": 1}}',
    ],
)
def test_signed_nonsense_is_answered_with_400_and_leaves_nothing(hearing: Following, body: bytes) -> None:
    head = {"Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": GUID}
    assert hearing.hears(body, {**head, **signed(SECRET, body)}) == receiving.NONSENSE
    assert written() == (0, 0)


def test_an_action_that_is_a_list_is_no_action(hearing: Following) -> None:
    body = b'{"action": ["closed"], "issue": {}}'
    head = {"Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": GUID}
    assert hearing.hears(body, {**head, **signed(SECRET, body)}) == receiving.FINE
    assert written() == (0, 0)


def test_a_ping_is_answered(hearing: Following) -> None:
    hearing.github.ping()
    assert [each.status for each in sent(hearing)] == [200]
    assert written() == (0, 0)


def test_the_hook_is_there_where_github_is_the_tracker(following: Following) -> None:
    hook = registry.hook("github", following.process)
    assert hook is not None
    assert hook({}, b"", following.world.now).status == 401
    following.world.runs(tracker="local")
    assert registry.hook("github", following.world.process) is None


# --- what concerns us ----------------------------------------------------------------------------------------------


def test_everything_that_people_do_to_the_issue_makes_us_look(hearing: Following) -> None:
    ref, issue = hearing.raised()
    github = hearing.github
    deeds: list[Any] = [
        lambda: github.edit("olga", issue, "Half of the kiosks were down."),
        lambda: github.rename("olga", issue, "Kiosks down"),
        lambda: github.comment("olga", issue, "See the graph."),
        lambda: github.close("olga", issue, "not_planned"),
        lambda: github.reopen("olga", issue),
        lambda: github.assign("olga", issue, "olga"),
        lambda: github.assign("olga", issue),
    ]
    for deed in deeds:
        deed()
        assert {each.status for each in sent(hearing)} == {200}
        assert looked() == [ref]
    for label in ("bug", "incident"):
        github.label("olga", issue, label)
    sent(hearing)
    assert looked() == []  # its labels are nobody's business


def test_what_happens_to_the_issue_of_an_action_makes_us_look_at_the_incident(hearing: Following) -> None:
    ref, _ = hearing.raised()
    child = hearing.child(ref)
    hearing.github.close("olga", child)
    sent(hearing)
    assert looked() == [ref]


def test_an_issue_that_is_two_incidents_business_makes_us_look_at_both(hearing: Following) -> None:
    one, issue = hearing.raised()
    other, _ = hearing.raised()
    models.ActionIssue.objects.create(incident=models.Incident.objects.get(ref=other), number=9, ref=issue)
    hearing.github.close("olga", issue)
    assert sent(hearing)[-1].status == 200
    assert sorted(looked()) == sorted([one, other])
    assert models.Inbound.objects.count() == 1


def test_a_sub_issue_that_is_linked_by_hand_makes_us_look_at_its_parent(hearing: Following) -> None:
    ref, issue = hearing.raised()
    unknown = hearing.github.open_issue("olga", OTHER, "Somebody's idea")
    hearing.github.add_sub_issue("olga", issue, unknown)
    assert {each.event for each in sent(hearing)} >= {"sub_issues"}
    assert set(looked()) == {ref}


def test_a_transfer_and_a_deletion_make_us_look(hearing: Following) -> None:
    ref, issue = hearing.raised()
    child = hearing.child(ref)
    hearing.github.delete("olga", child)
    sent(hearing)
    assert looked() == [ref]
    moved = hearing.github.transfer("olga", issue, OTHER)
    transferred = next(each for each in sent(hearing) if each.action == "transferred")
    assert set(looked()) == {ref}
    assert events.about("issues", transferred.json) == (issue, moved)


def test_a_pull_request_that_closes_an_issue_is_told_by_the_issue(hearing: Following) -> None:
    ref, _ = hearing.raised()
    child = hearing.child(ref)
    pull = hearing.github.pull_request("olga", OTHER, "Alert on it", f"Closes #{child.partition('#')[2]}")
    sent(hearing)
    looked()
    hearing.github.merge("olga", pull)
    assert {each.event for each in sent(hearing)} >= {"pull_request", "issues"}
    assert looked() == [ref]


def test_a_thousand_events_that_concern_nobody_leave_no_row_and_take_no_time(hearing: Following) -> None:
    hearing.raised()
    issue = hearing.github.open_issue("olga", REPOSITORY, "The logo is askew")
    hearing.github.close("olga", issue)
    sending = sent(hearing)[-1]
    before, took = written(), []
    for number in range(1000):
        body = sending.body.replace(b'"number": ', b'"number": %d' % (number + 1), 1)
        head = {"Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": f"{GUID}-{number}"}
        headers = {**head, **signed(SECRET, body)}
        begun = time.perf_counter()
        assert hearing.hears(body, headers).status == 200
        took.append(time.perf_counter() - begun)
    assert written() == before
    assert statistics.median(took) < 0.02


def test_an_unconcerned_event_costs_two_questions(hearing: Following, django_assert_num_queries: Any) -> None:
    hearing.raised()
    issue = hearing.github.open_issue("olga", REPOSITORY, "The logo is askew")
    hearing.github.close("olga", issue)
    with django_assert_num_queries(2):
        sent(hearing)


def test_an_issue_that_is_not_noted_yet_concerns_nobody(hearing: Following) -> None:
    ref, issue = hearing.raised()
    models.IssueCopy.objects.filter(incident__ref=ref).update(ref=None)
    hearing.github.close("olga", issue)
    assert sent(hearing)[-1].status == 200
    assert written() == (0, 0)  # once it is noted, the step that follows reads it


# --- twice, late, in disorder --------------------------------------------------------------------------------------


def test_a_redelivery_is_acknowledged_and_not_done_twice(hearing: Following, django_assert_num_queries: Any) -> None:
    ref, issue = hearing.raised()
    hearing.github.close("olga", issue)
    sending = sent(hearing)[-1]
    assert looked() == [ref]
    before = written()
    hearing.github.webhooks.redeliver(sending.guid)
    with django_assert_num_queries(3):
        assert [each.status for each in sent(hearing)][-2:] == [200, 200]
    assert written() == before
    assert looked() == []


def test_doubled_and_disordered_deliveries_make_one_look_each(hearing: Following) -> None:
    ref, issue = hearing.raised()
    hearing.github.hold()
    hearing.github.webhooks.duplicate = 1.0
    for text in ("One.", "Two.", "Three."):
        hearing.github.comment("olga", issue, text)
    hearing.github.release(reversed)
    assert len([each for each in sent(hearing) if each.event == "issue_comment"]) == 6
    assert looked() == [ref] * 3


def test_an_old_delivery_under_another_id_makes_us_look_and_nothing_else(hearing: Following) -> None:
    ref, issue = hearing.raised()
    hearing.github.close("olga", issue)
    sending = sent(hearing)[-1]
    assert looked() == [ref]
    head = {"Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": GUID}
    assert hearing.hears(sending.body, {**head, **signed(SECRET, sending.body)}).status == 200
    assert looked() == [ref]


def test_a_busy_database_is_told_and_nothing_is_half_noted(hearing: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    ref, issue = hearing.raised()

    def busy(*given: object, **named: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "look", busy)
        hearing.github.close("olga", issue)
        assert sent(hearing)[-1].status == 503
    assert written() == (0, 0)
    hearing.github.webhooks.redeliver(hearing.github.webhooks.sent[-1].guid)
    assert sent(hearing)[-1].status == 200
    assert looked() == [ref]


def test_what_is_noted_is_sent_on_its_way_at_once(hearing: Following, django_capture_on_commit_callbacks: Any) -> None:
    ref, issue = hearing.raised()
    carried: list[str] = []
    effects.carried_by(carried.append)
    with django_capture_on_commit_callbacks(execute=True):
        hearing.github.close("olga", issue)
        sent(hearing)
    assert [each.startswith(f"issue:{ref}:look:") for each in carried] == [True]


# --- ourselves -----------------------------------------------------------------------------------------------------


def as_app(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_APP_ID", str(following.github.app_id))
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", following.github.private_key)


def test_what_our_app_did_itself_is_acknowledged_and_dropped(
    hearing: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref, issue = hearing.raised()
    as_app(hearing, monkeypatch)
    hearing.github.close(hearing.github.slug, issue)
    sent(hearing)
    assert looked() == [ref]  # as long as we do not know what it is called
    ourselves.learn(hearing.process, hearing.world.now)
    before = written()
    hearing.github.reopen(hearing.github.slug, issue)
    sending = sent(hearing)[-1]
    assert (sending.status, sending.json["sender"]["login"]) == (200, "musterpoint[bot]")
    assert written() == before
    hearing.github.close("olga", issue)
    sent(hearing)
    assert looked() == [ref]


def test_our_name_is_asked_for_once_a_day_and_a_failure_is_not_repeated_at_once(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_app(following, monkeypatch)

    def asked() -> int:
        return len([each for each in following.github.requests if each.path == "/app"])

    following.github.down = True
    for _ in range(3):
        tending.tend(following.process, following.world.now, (("our name", ourselves.learn),))
        following.goes_on(10)
    assert asked() == 1
    following.github.down = False
    following.goes_on(60)
    for hours in (0, 1, 22, 2):
        ourselves.learn(following.process, following.goes_on(hours * 3600))
    assert asked() == 3


def test_with_a_token_it_may_have_been_its_owner(hearing: Following) -> None:
    ref, issue = hearing.raised()
    ourselves.learn(hearing.process, hearing.world.now)
    hearing.github.close(hearing.github.token_user, issue)
    sent(hearing)
    assert looked() == [ref]
    assert not models.Setting.objects.filter(name="github_app").exists()


def test_two_of_the_same_at_once_are_one(real_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is written between our question and our writing."""
    from tests.integrations.github.following import followed

    with followed(real_world, monkeypatch) as hearing:
        ref, issue = hearing.raised()
        hearing.github.deliver_to(hearing.hears)
        atomic = transaction.atomic

        def other_first(*given: Any, **named: Any) -> Any:
            monkeypatch.setattr(transaction, "atomic", atomic)
            assert hearing.hears(sending.body, headers).status == 200
            return atomic(*given, **named)

        hearing.github.hold()
        hearing.github.close("olga", issue)
        (sending,) = hearing.github.webhooks._queue
        headers = hearing.github.webhooks._headers(sending)
        monkeypatch.setattr(transaction, "atomic", other_first)
        assert hearing.hears(sending.body, headers).status == 200
        assert looked() == [ref]
        assert models.Inbound.objects.count() == 1
