"""Milestones that the record only suggests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Who
from musterpoint.core.journal import Deletion, Entry, Fact, Message
from musterpoint.core.proposals import Proposal, proposals

BEGUN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANA, BEN, BOT = Who("slack:UANA", "Ana"), Who("slack:UBEN", "Ben"), Who("slack:B1", "Grafana")
ZONES = {ANA.identity: ZoneInfo("Europe/Berlin")}


def entry(number: int, fact: Fact, who: Who = ANA) -> Entry:
    at = BEGUN + timedelta(minutes=number)
    return Entry(
        number, fact, at, Basis.RECORDED, at, who, "slack", f"slack:C1/{number}", f"https://c.example/{number}"
    )


def said(number: int, text: str, who: Who = ANA) -> Entry:
    return entry(number, Message(text, bot=who is BOT, root=number == 1), who)


def found(entries: list[Entry], milestone: Milestone, incident: Incident | None = None) -> Proposal | None:
    incident = incident or Incident("7")
    return next((one for one in proposals(incident, entries, ZONES) if one.milestone is milestone), None)


def test_a_detection_before_the_thread_is_proposed_with_its_quote() -> None:
    proposal = found([said(1, "checkout is down. Customers reported it at 11:50")], Milestone.DETECTED)
    assert proposal is not None
    assert proposal.moment == Moment(datetime(2026, 3, 2, 10, 50, tzinfo=UTC), Basis.STATED)
    assert proposal.quote == "Customers reported it at 11:50"
    assert (proposal.ref, proposal.who, proposal.zone_assumed) == ("slack:C1/1", ANA, False)


def test_a_speaker_without_a_zone_is_read_in_utc_and_marked() -> None:
    proposal = found([said(1, "customers reported it at 11:50", BEN)], Milestone.DETECTED)
    assert proposal is not None
    assert proposal.moment.at == datetime(2026, 3, 2, 11, 50, tzinfo=UTC)
    assert proposal.zone_assumed


def test_a_roughly_said_time_is_estimated() -> None:
    proposal = found([said(1, "checkout fails since around 10:15")], Milestone.IMPACT_BEGAN)
    assert proposal is not None
    assert proposal.moment.basis is Basis.ESTIMATED


def test_the_first_error_dates_the_impact() -> None:
    entries = [said(1, "checkout is down"), said(2, "The first `ZONE_EXHAUSTED` was at 10 am uk time")]
    proposal = found(entries, Milestone.IMPACT_BEGAN)
    assert proposal is not None
    assert proposal.moment.at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_correction_of_a_time_wins_over_what_was_said_first() -> None:
    entries = [said(1, "it started at 11:40"), said(2, "correction: it started at 12:05")]
    proposal = found(entries, Milestone.IMPACT_BEGAN)
    assert proposal is not None
    assert proposal.quote.startswith("correction")


def test_an_alert_before_anybody_wrote_is_the_detection() -> None:
    entries = [said(1, "[FIRING:1] CheckoutErrorRate 12 %", BOT), said(5, "looking")]
    proposal = found(entries, Milestone.DETECTED)
    assert proposal is not None
    assert proposal.moment == Moment(entries[0].at, Basis.ESTIMATED)


def test_the_first_person_after_the_report_is_the_first_responder() -> None:
    entries = [said(1, "checkout is down"), said(2, "[FIRING:1] Checkout", BOT), said(3, "on it", BEN)]
    proposal = found(entries, Milestone.FIRST_RESPONDER)
    assert proposal is not None
    assert (proposal.who, proposal.moment) == (BEN, Moment(entries[2].at, Basis.ESTIMATED))


def test_the_last_word_of_recovery_is_proposed_as_the_resolution() -> None:
    entries = [
        said(1, "checkout is down"),
        said(2, "fixed, all green"),
        said(3, "resolved, closing this"),
        said(4, "ty"),
    ]
    proposal = found(entries, Milestone.RESOLVED)
    assert proposal is not None
    assert proposal.moment.at == entries[2].at


def test_no_resolution_is_proposed_while_the_trouble_is_back() -> None:
    entries = [said(1, "checkout is down"), said(2, "fixed, all green"), said(3, "spoke too soon, errors are back")]
    assert found(entries, Milestone.RESOLVED) is None


def test_a_remark_about_the_write_up_is_no_resolution() -> None:
    entries = [
        said(1, "checkout is down"),
        said(2, "rolled back to 4.1 on all nodes", BEN),
        said(3, "resolved, closing this"),
        said(4, "for the write-up: fixed at 12:03, all 12 nodes healthy again"),
    ]
    proposal = found(entries, Milestone.RESOLVED)
    assert proposal is not None
    assert proposal.ref == "slack:C1/3"


def test_the_first_responder_is_somebody_else_than_who_reported_it() -> None:
    entries = [said(1, "checkout is down"), said(2, "all of it, every order"), said(3, "on it", BEN)]
    proposal = found(entries, Milestone.FIRST_RESPONDER)
    assert proposal is not None
    assert proposal.who == BEN


def test_what_a_person_stated_is_not_proposed_again() -> None:
    stated = Moment(BEGUN - timedelta(hours=1), Basis.STATED)
    incident = Incident("7", milestones={Milestone.DETECTED: stated, Milestone.RESOLVED: stated})
    entries = [said(1, "customers reported it at 11:50"), said(2, "resolved, closing this")]
    assert found(entries, Milestone.DETECTED, incident) is None
    assert found(entries, Milestone.RESOLVED, incident) is None


def test_a_later_time_than_the_estimate_is_no_news() -> None:
    incident = Incident("7", milestones={Milestone.DETECTED: Moment(BEGUN - timedelta(hours=5), Basis.ESTIMATED)})
    assert found([said(1, "customers reported it at 11:50")], Milestone.DETECTED, incident) is None


def test_questions_plans_and_deleted_words_support_nothing() -> None:
    entries = [
        said(1, "checkout is down"),
        said(2, "did it start at 11:40?"),
        said(3, "we deploy the fix that started at 11:30"),
        said(4, "customers reported it at 11:10"),
        entry(5, Deletion("slack:C1/4")),
    ]
    assert {one.milestone for one in proposals(Incident("7"), entries, ZONES)} == {Milestone.FIRST_RESPONDER}


def test_nothing_comes_of_nothing() -> None:
    assert proposals(Incident("7"), [], {}) == []
