"""What is said to us in a thread: done once, on the speaker's behalf, answered to them alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from musterpoint import actions
from musterpoint.actions.recording import happened
from musterpoint.core.incident import Basis, Milestone, Severity, Status
from musterpoint.core.issue_journal import ActionIssueFound
from musterpoint.core.journal import Curation, Mark, MarkKind, RowTime, Verdict
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app.help import in_the_thread
from musterpoint.integrations.slack.app.spoken import addressed, named
from musterpoint.reading.timeline import curated
from musterpoint.store import incidents, models
from tests.conftest import World
from tests.integrations.slack.app.talk import Talk
from tests.slack.workspace import Workspace


@pytest.fixture
def talk(world: World, workspace: Workspace, process: Process) -> Talk:
    return Talk(world, workspace, process)


def minutes_ago(minutes: int) -> datetime:
    return (timezone.now() - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


# --- one verb each ------------------------------------------------------------------------------------------------


def test_somebody_takes_gives_and_leaves_the_lead(talk: Talk) -> None:
    ref = talk.declared()
    assert talk.tells("ben", "lead me", ref) == f"Ben leads incident {ref}."
    assert talk.tells("ben", f"lead <@{talk.users['ana']}|ana>", ref) == f"Ana leads incident {ref}."
    lead = talk.state(ref).lead
    assert lead is not None
    assert lead.name == "Ana"
    assert talk.tells("ben", "lead alice", ref) == f"Alice leads incident {ref}."
    assert talk.tells("ana", "lead nobody", ref) == f"Nobody leads incident {ref}."
    assert talk.state(ref).lead is None


def test_the_severity_is_set_and_taken_back(talk: Talk) -> None:
    ref = talk.declared()
    assert talk.tells("ana", "Severity: MAJOR!", ref) == f"The severity of incident {ref} is major."
    assert talk.state(ref).severity is Severity.MAJOR
    assert "already" in talk.tells("ana", "severity major", ref)
    assert talk.tells("ana", "severity none", ref) == f"The severity of incident {ref} is none."
    assert talk.state(ref).severity is None


def test_it_is_resolved_and_relapses_at_the_time_at_which_that_was_said(talk: Talk) -> None:
    ref = talk.declared()
    assert f"Incident {ref} is resolved." in talk.tells("ana", "resolved because the pump runs", ref)
    state = talk.state(ref)
    assert state.status is Status.RESOLVED
    message = talk.workspace.thread(talk.dept, talk.root(ref))[-1]
    moment = state.milestones[Milestone.RESOLVED]
    assert moment.basis is Basis.RECORDED
    assert abs(moment.at.timestamp() - float(message["ts"])) < 0.001
    assert "is resolved already" in (told := talk.tells("ben", "resolved", ref))
    assert "`relapse`" in told
    assert f"relapse {ref}" not in told
    assert talk.tells("ben", "relapse because it is back", ref) == f"Incident {ref} is open again."
    assert talk.state(ref).status is Status.OPEN


def test_a_time_is_read_in_the_speakers_zone(talk: Talk) -> None:
    ref = talk.declared()
    actions.correct_time(talk.call("alice"), ref, Milestone.DETECTED, None)
    talk.workspace.change_user(talk.users["ana"], zone="Asia/Kolkata")
    talk.takes_in()
    at = minutes_ago(10)
    there = at + timedelta(hours=5, minutes=30)
    told = talk.tells("ana", f"resolved at {there:%H:%M}", ref)
    assert f"is resolved since {at:%Y-%m-%d %H:%M} UTC." in told
    assert talk.state(ref).milestones[Milestone.RESOLVED].at == at


def test_without_a_known_zone_a_time_is_utc_and_the_answer_says_so(talk: Talk) -> None:
    ref = talk.declared()
    models.ChatUser.objects.update(zone="")
    models.Person.objects.update(zone="")
    at = minutes_ago(10)
    told = talk.tells("ben", f"detected at {at:%H:%M}", ref)
    assert f"was detected at {at:%Y-%m-%d %H:%M} UTC (read as UTC: nobody here knows your time zone)." in told
    assert talk.state(ref).milestones[Milestone.DETECTED].at == at


@pytest.mark.parametrize(
    ("verb", "mark"),
    [
        ("note", MarkKind.TIMELINE),
        ("did", MarkKind.ACTION_TAKEN),
        ("finding", MarkKind.FINDING),
        ("decision", MarkKind.DECISION),
    ],
)
def test_the_message_itself_becomes_the_row(talk: Talk, verb: str, mark: MarkKind) -> None:
    ref = talk.declared()
    before = len(talk.workspace.thread(talk.dept, talk.root(ref)))
    told = talk.tells("ana", f"{verb} restarted &lt;pump&gt; with <@{talk.users['ben']}>", ref)
    assert told == f"In the timeline of incident {ref}."
    entries = talk.entries(ref)
    (message,) = [each for each in entries if each.kind == "message" and each.who and each.who.name == "Ana"]
    assert [each.fact for each in entries if isinstance(each.fact, Mark)] == [Mark(message.ref, mark)]
    assert [each.fact for each in entries if isinstance(each.fact, Curation)] == [
        Curation(message.ref, Verdict.REWORD, "restarted <pump> with @Ben")
    ]
    assert "note" not in talk.kinds(ref)
    (row,) = [row for row in curated(talk.call("ana"), ref)["rows"] if message.ref in str(row)]
    assert row["text"] == "restarted <pump> with @Ben"
    talk.carried_out("say", "card")
    assert len(talk.workspace.thread(talk.dept, talk.root(ref))) == before + 1


def test_what_was_done_earlier_stands_at_its_time(talk: Talk) -> None:
    ref = talk.declared()
    at = minutes_ago(7)
    assert f"at {at:%Y-%m-%d %H:%M} UTC" in talk.tells("ana", f"did at {at:%H:%M} UTC restarted it", ref)
    (moved,) = [each.fact for each in talk.entries(ref) if isinstance(each.fact, RowTime)]
    assert moved.moment_at == at


def test_a_very_long_note_is_kept_whole_and_its_row_is_cut(talk: Talk) -> None:
    ref = talk.declared()
    talk.tells("ana", "note " + "the pump is hot " * 300, ref)
    (wording,) = [each.fact for each in talk.entries(ref) if isinstance(each.fact, Curation)]
    assert len(wording.text) <= 2000
    assert wording.text.endswith("…")
    assert any(len(each.fact.text) > 4000 for each in talk.entries(ref) if each.kind == "message")  # type: ignore[union-attr]  # a message


def test_an_action_has_an_owner_and_a_day(talk: Talk) -> None:
    ref = talk.declared()
    told = talk.tells("ana", f"action Alert on pump pressure <@{talk.users['ben']}> by 2030-12-01", ref)
    assert told == f"Action 1 of incident {ref}, for Ben, due 2030-12-01: Alert on pump pressure"
    (action,) = talk.state(ref).after.actions
    assert action.owner is not None
    assert (action.title, action.owner.name, action.due) == ("Alert on pump pressure", "Ben", "2030-12-01")
    assert "is not a day" in talk.tells("ana", "action Clean the filter by friday", ref)
    assert len(talk.state(ref).after.actions) == 1


def test_an_action_gets_an_issue_of_its_own_and_gives_it_up(talk: Talk) -> None:
    ref = talk.declared()
    talk.tells("ana", "action Alert on pump pressure", ref)
    assert "lines of the issue" in talk.tells("ana", "action 1 issue", ref)
    row, call = models.Incident.objects.get(ref=ref), talk.call("alice")
    fact = ActionIssueFound(1, "halden-ferries/shop#12", "https://github.com/halden-ferries/shop/issues/12")
    happened(call.process, row, incidents.state(row), fact, call.now)
    assert (
        talk.tells("ana", "action 1 issue none", ref) == f"Action 1 of incident {ref} has no issue of its own any more."
    )
    assert talk.state(ref).after.actions[0].issue == ""


def test_texts_and_times_are_corrected(talk: Talk) -> None:
    ref = talk.declared()
    talk.tells("ana", "title Bookings fail for <https://example.com/ferries|night ferries>", ref)
    talk.tells("ana", "affected the night ferries", ref)
    at = minutes_ago(30)
    talk.tells("ana", f"began at {at:%H:%M} UTC", ref)
    state = talk.state(ref)
    assert state.title == "Bookings fail for night ferries (https://example.com/ferries)"
    assert state.affected == "the night ferries"
    assert state.milestones[Milestone.IMPACT_BEGAN].at == at


def test_only_authority_nominates(talk: Talk) -> None:
    ref = talk.declared()
    assert "has no authority" in talk.tells("ana", f"nominate <@{talk.users['ben']}>", ref)
    assert "Ben is nominated" in talk.tells("alice", f"nominate <@{talk.users['ben']}>", ref)
    nominee = talk.state(ref).nominee
    assert nominee is not None
    assert nominee.name == "Ben"


def test_it_is_cancelled_with_a_reason(talk: Talk) -> None:
    ref = talk.declared()
    assert "Why is it cancelled?" in talk.tells("ana", "cancel", ref)
    assert talk.tells("ana", "cancel because it was a drill", ref) == f"Incident {ref} is cancelled."
    assert talk.state(ref).status is Status.CANCELLED


def test_restricting_is_answered_with_the_contact_and_nothing_more_goes_into_the_thread(talk: Talk) -> None:
    talk.runs(security_contact="security@example.com")
    ref = talk.declared()
    before = len(talk.workspace.thread(talk.dept, talk.root(ref)))
    told = talk.tells("ana", "restrict because a key leaked", ref)
    assert "security@example.com" in told
    assert talk.state(ref).restricted
    talk.carried_out("say", "card", "thread")
    assert len(talk.workspace.thread(talk.dept, talk.root(ref))) == before + 1
    assert f"Incident {ref} was cancelled." in talk.tells("ben", "resolved", ref)  # as everywhere for Ben
    assert "`severity" in talk.tells("ben", "help", ref)
    assert "resolved" in talk.tells("ana", "resolved", ref)


def test_whether_a_huddle_is_needed_is_said(talk: Talk) -> None:
    ref = talk.declared()
    assert talk.tells("ana", "huddle not needed", ref) == f"Incident {ref}: no huddle is needed."
    assert "huddle_settled" in talk.kinds(ref)


def test_status_timeline_and_help_show_something_and_change_nothing(talk: Talk, settings: object) -> None:
    settings.ADDRESS = "https://incidents.example.com"  # type: ignore[attr-defined]  # a fixture's
    ref = talk.declared("Checkout <!channel> & co")
    before = talk.state(ref)
    told = talk.tells("ana", "status?", ref)
    assert f"Incident {ref}: Checkout &lt;!channel&gt; &amp; co" in told
    assert "Status: open" in told
    assert f"https://incidents.example.com/incidents/{ref}/timeline" in talk.tells("ana", "timeline", ref)
    told = talk.tells("ana", "", ref)
    assert "`resolved [at 14:20] [because …]`" in told
    assert "`severity critical|major|minor|none`" in told
    assert not {"status", "severity", "lead", "mark"} & set(talk.kinds(ref))
    assert (talk.state(ref).status, talk.state(ref).lead) == (before.status, before.lead)


# --- refusals -----------------------------------------------------------------------------------------------------


def test_what_is_not_understood_is_answered_with_what_would_work(talk: Talk) -> None:
    ref = talk.declared()
    assert "Did you mean `severity major`?" in talk.tells("ana", "severty major", ref)
    assert "“25:99” is no time" in talk.tells("ana", "resolved at 25:99", ref)
    assert "Mention the person" in talk.tells("ana", "lead @nobody", ref)
    assert talk.state(ref).status is Status.OPEN
    assert talk.workspace.messages(talk.dept)[-1]["user"] == talk.users["ana"]


@pytest.mark.parametrize("name", ["gus", "stella"])
def test_guests_and_strangers_are_captured_and_command_nothing(talk: Talk, name: str) -> None:
    ref = talk.declared()
    assert "cannot do this" in talk.tells(name, "resolved", ref)
    assert talk.state(ref).status is Status.OPEN
    assert any(each.kind == "message" and each.who and each.who.name == name.capitalize() for each in talk.entries(ref))


def test_a_guest_does_not_lead(talk: Talk) -> None:
    ref = talk.declared()
    told = talk.tells("ana", f"lead <@{talk.users['gus']}>", ref)
    assert "Gus cannot be that here" in told
    assert "cannot do this" in talk.tells("ana", f"lead {talk.us}", ref) or talk.state(ref).lead is None


def test_a_viewer_only_reads(talk: Talk) -> None:
    ref = talk.declared()
    person = models.Person.objects.get(identities__name="account:victor")
    models.Identity.objects.create(name=f"slack:{talk.users['ben']}", person=person)
    assert "may read but not change" in talk.tells("ben", "resolved", ref)
    assert "Status: open" in talk.tells("ben", "status", ref)


def test_somebody_unknown_is_asked_for_and_then_it_is_done(talk: Talk) -> None:
    ref = talk.declared()
    kim = talk.workspace.user("kim", "Kim Sato")
    talk.workspace.join(kim, talk.dept)
    talk.users["kim"] = kim
    assert talk.tells("kim", "lead me", ref) == ""
    talk.carried_out("slack_who")
    models.Inbound.objects.filter(status="waiting").update(not_before=timezone.now())
    talk.takes_in()
    assert talk.whispered("kim") == [f"Kim Sato leads incident {ref}."]


# --- once, and where it belongs -----------------------------------------------------------------------------------


def test_a_mention_that_comes_twice_is_carried_out_once(talk: Talk) -> None:
    ref = talk.declared()
    talk.workspace.delivery.duplicate = 1.0
    assert talk.tells("ana", "action Alert on pump pressure", ref).count("Action 1") == 1
    assert len(talk.state(ref).after.actions) == 1


def test_an_edit_never_runs_a_command_again(talk: Talk) -> None:
    ref = talk.declared()
    stamp = talk.says("ana", f"{talk.us} action Alert on pump pressure", root=talk.root(ref))
    talk.takes_in()
    talk.workspace.edit(talk.users["ana"], talk.dept, stamp, f"{talk.us} action Alert on pump pressure and heat")
    talk.takes_in()
    assert len(talk.state(ref).after.actions) == 1


def test_who_only_speaks_of_us_is_left_alone_unless_it_looks_like_a_command(talk: Talk) -> None:
    ref = talk.declared()
    root = talk.root(ref)
    talk.says("ana", f"I asked {talk.us} yesterday", root=root)
    talk.takes_in()
    assert talk.whispered("ana") == []
    talk.says("ana", f"It runs again {talk.us} resolved", root=root)
    talk.takes_in()
    assert "begins with `@musterpoint`" in talk.whispered("ana")[-1]
    assert talk.state(ref).status is Status.OPEN


def test_in_a_thread_of_several_incidents_the_speaker_chooses(talk: Talk) -> None:
    first, second = talk.declared(), talk.declared("Search is slow")
    thread = models.Reading.objects.get(incident__ref=first, role="chat").thread
    row = models.Incident.objects.get(ref=second)
    models.Reading.objects.create(incident=row, thread=thread, role="thread")
    assert "Several incidents read this thread" in talk.tells("ana", "note the pump is hot", first)
    assert f"Incident {second} is resolved" in talk.tells("ana", f"#{second} resolved", first)
    assert [talk.state(first).status, talk.state(second).status] == [Status.OPEN, Status.RESOLVED]
    shown = talk.workspace.ephemerals[0]
    values = [each["value"] for block in shown.blocks for each in block.get("elements", []) if "value" in each]
    assert [value.split("\n")[0] for value in values] == [first, second]
    for _ in range(2):
        talk.workspace.press(talk.users["ana"], talk.dept, shown.ts, "whisper:which", value=values[0])
    assert talk.whispered("ana")[-2:] == [f"In the timeline of incident {first}.", "That was done already."]


def test_an_incident_that_does_not_read_the_thread_is_not_touched_there(talk: Talk) -> None:
    first, second = talk.declared(), talk.declared("Search is slow")
    assert f"Incident {second} does not read this thread" in talk.tells("ana", f"#{second} resolved", first)
    assert talk.state(second).status is Status.OPEN


def test_a_live_incident_comes_before_one_that_is_over(talk: Talk) -> None:
    first, second = talk.declared(), talk.declared("Search is slow")
    actions.cancel(talk.call("alice"), first, "a drill")
    thread = models.Reading.objects.get(incident__ref=first, role="chat").thread
    models.Reading.objects.create(incident=models.Incident.objects.get(ref=second), thread=thread, role="thread")
    assert f"Incident {second} is resolved" in talk.tells("ana", "resolved", first)


def test_outside_of_any_thread_it_is_said_what_would_work(talk: Talk) -> None:
    assert "No incident is open" in talk.tells_at("ana", "status")
    ref = talk.declared()
    assert f"{ref}: Checkout answers 502 (Status: open" in talk.tells_at("ana", "status")
    assert f"Incident {ref}: Checkout answers 502" in talk.tells_at("ana", f"#{ref} status")
    assert "There is no incident '99'" in talk.tells_at("ana", "#99 status")
    told = talk.tells_at("ana", "resolved")
    assert "`resolved` works in an incident's thread" in told
    assert "`/incident TITLE`" in told
    assert "What works here" in talk.tells_at("ana", "help")
    assert talk.state(ref).status is Status.OPEN


def test_open_incidents_are_those_that_the_speaker_sees(talk: Talk) -> None:
    ref = talk.declared("A key leaked")
    actions.restrict(talk.call("alice"), ref)
    assert "No incident is open" in talk.tells_at("ana", "status")
    assert "A key leaked" in talk.tells_at("alice", "status")


def test_a_secret_incident_leaves_no_trace_for_others(talk: Talk) -> None:
    """It never had a number: its thread is that of none."""
    ref = talk.declared()
    row = models.Incident.objects.get(ref=ref)
    row.ref, row.restricted = "s-abcdefgh", True
    row.save()
    assert "no incident reads this one" in talk.tells("ben", "resolved", "s-abcdefgh")


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U1> status", "status"),
        ("<@U1|musterpoint>: status", "status"),
        ("hey <@U1>, <@U1> status", "status"),
        (":wave: &gt; *<@U1>* status", "* status"),
        ("<@U1>", ""),
        ("<@U1> lead <@U2|ana>", "lead @slack:U2"),
        ("<@U1> note <https://example.com|here> &amp; <#C1|dept>", "note here (https://example.com) & #dept"),
        ("status <@U1>", None),
        ("<@U2> <@U1> status", None),
        ("", None),
    ],
)
def test_what_follows_our_name(text: str, expected: str | None) -> None:
    assert addressed(text, "U1") == expected
    assert addressed(text, "") is None


def test_in_the_record_people_have_their_names() -> None:
    assert named("ask @slack:U2 and @slack:U3.", {"U2": "Ana"}) == "ask @Ana and @U3."


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("If customers are affected again: relapse 7. To change the time: correct 7.",
         "If customers are affected again: `relapse`. To change the time: the page of incident 7."),
        ("Check the time, or first correct 7 detected --at TIME.", "Check the time, or first `detected at 14:20`."),
        ("Somebody with authority nominates: nominate 7 PERSON", "Somebody with authority nominates: `nominate @ana`"),
        ("First: resolve s-abcdefgh", "First: `resolved`"),
        ("action add 7 TITLE", "`action TITLE`"),
        ("To give it up first: action issue 7 2 --none", "To give it up first: `action 2 issue none`"),
        ("See: issue show 7", "See: the page of incident 7"),
        ("`thread 7` shows them with their numbers.", "the page of incident 7 shows them with their numbers."),
        ("An admin can make them a responder.", "An admin can make them a responder."),
    ],
)  # fmt: skip
def test_hints_name_what_works_in_a_thread(hint: str, said: str) -> None:
    assert in_the_thread(hint) == said
