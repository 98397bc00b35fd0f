"""What people say to us in a thread: what is understood, what is refused and how, and that nothing else happens."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.command import Command, Occasion, command, understood
from musterpoint.core.command_words import FORMS, SHOWING, WORDS, Verb
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Severity, read_time, time_text
from musterpoint.core.process import Process
from tests.core.incidents import refused

OSLO = ZoneInfo("Europe/Oslo")
SAID = Occasion(datetime(2026, 3, 2, 14, 30, tzinfo=UTC), OSLO, Process().severities)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(text: str, by: Occasion) -> Command | NotAllowed:
    """What is understood, or how it is refused."""
    try:
        return command(text, by)
    except NotAllowed as refusal:
        return refusal


UNDERSTOOD: list[tuple[str, Command]] = [
    ("lead @slack:U0ANA", Command(Verb.LEAD, person="slack:U0ANA")),
    ("Lead: @slack:U0ANA.", Command(Verb.LEAD, person="slack:U0ANA")),
    ("lead me", Command(Verb.LEAD, person="me")),
    ("LEAD ME please!", Command(Verb.LEAD, person="me")),
    ("lead is me", Command(Verb.LEAD, person="me")),
    ("lead nobody", Command(Verb.LEAD)),
    ("lead no  one", Command(Verb.LEAD)),
    ("lead @nobody", Command(Verb.LEAD, person="nobody")),
    ("lead Ana Lindqvist", Command(Verb.LEAD, person="Ana Lindqvist")),
    ("lead @ana at 14:20", Command(Verb.LEAD, person="ana", at=utc("2026-03-02T13:20"))),
    ("done 2", Command(Verb.DONE, number=2)),
    ("Done #2!", Command(Verb.DONE, number=2)),
    ("declined 3 because it is too dear", Command(Verb.DECLINED, number=3, text="it is too dear")),
    ("decline action 3: nobody needs it", Command(Verb.DECLINED, number=3, text="nobody needs it")),
    ("action 2 issue", Command(Verb.ISSUE, number=2)),
    ("Action #2 issue!", Command(Verb.ISSUE, number=2)),
    ("action 2 issue in halden-ferries/shop.", Command(Verb.ISSUE, number=2, text="halden-ferries/shop")),
    ("action 2 issue halden-ferries/shop#12", Command(Verb.ISSUE, number=2, text="halden-ferries/shop#12")),
    (
        "action 2 issue https://github.com/a/b/issues/12",
        Command(Verb.ISSUE, number=2, text="https://github.com/a/b/issues/12"),
    ),
    ("issue 2 in halden-ferries/shop", Command(Verb.ISSUE, number=2, text="halden-ferries/shop")),
    ("action 2 issue none", Command(Verb.ISSUE, number=2, none=True)),
    ("action 2 issue templates", Command(Verb.ACTION, text="2 issue templates")),
    ("action 2 issues are to be closed", Command(Verb.ACTION, text="2 issues are to be closed")),
    ("raise", Command(Verb.RAISE)),
    ("raise the issue please", Command(Verb.RAISE)),
    ("write-up done", Command(Verb.WRITEUP)),
    ("writeup is done.", Command(Verb.WRITEUP)),
    ("write-up open again", Command(Verb.WRITEUP, finished=False)),
    ("publish", Command(Verb.PUBLISH)),
    ("publish the post", Command(Verb.PUBLISH)),
    ("skip because two people saw it", Command(Verb.SKIP, text="two people saw it")),
    ("skip the post: nobody saw it", Command(Verb.SKIP, text="nobody saw it")),
    ("close", Command(Verb.CLOSE)),
    ("close it", Command(Verb.CLOSE)),
    ("severity major", Command(Verb.SEVERITY, severity=Severity.MAJOR)),
    ("*Severity*: Major!", Command(Verb.SEVERITY, severity=Severity.MAJOR)),
    ("sev to minor", Command(Verb.SEVERITY, severity=Severity.MINOR)),
    ("severity none", Command(Verb.SEVERITY)),
    ("severity critical at 14:20", Command(Verb.SEVERITY, severity=Severity.CRITICAL, at=utc("2026-03-02T13:20"))),
    ("resolved", Command(Verb.RESOLVED)),
    ("`resolved`", Command(Verb.RESOLVED)),
    ("“resolved”", Command(Verb.RESOLVED)),
    ("\u2018resolved.\u2019", Command(Verb.RESOLVED)),
    ("resolved :tada: :tada:!", Command(Verb.RESOLVED)),
    ("resolved now", Command(Verb.RESOLVED, at=SAID.now)),
    ("resolved at 14:20", Command(Verb.RESOLVED, at=utc("2026-03-02T13:20"))),
    ("resolved 14:20", Command(Verb.RESOLVED, at=utc("2026-03-02T13:20"))),
    ("resolved at `14:20`", Command(Verb.RESOLVED, at=utc("2026-03-02T13:20"))),
    ("resolved at 14:20 UTC", Command(Verb.RESOLVED, at=utc("2026-03-02T14:20"))),
    ("resolved at 2:20pm", Command(Verb.RESOLVED, at=utc("2026-03-02T13:20"))),
    ("resolved at 23:50", Command(Verb.RESOLVED, at=utc("2026-03-01T22:50"))),
    ("resolved at 14:20 yesterday", Command(Verb.RESOLVED, at=utc("2026-03-01T13:20"))),
    ("resolved yesterday at 14:20", Command(Verb.RESOLVED, at=utc("2026-03-01T13:20"))),
    ("resolved at 2026-03-01 14:20", Command(Verb.RESOLVED, at=utc("2026-03-01T13:20"))),
    ("resolved at 2026-03-01T14:20Z", Command(Verb.RESOLVED, at=utc("2026-03-01T14:20"))),
    ("resolved at 2026-03-01T14:20+02:00", Command(Verb.RESOLVED, at=utc("2026-03-01T12:20"))),
    ("resolved 10 minutes ago", Command(Verb.RESOLVED, at=utc("2026-03-02T14:20"))),
    ("resolved because the pump runs", Command(Verb.RESOLVED, text="the pump runs")),
    (
        "resolved at 14:20 because it was restarted at 13:00",
        Command(Verb.RESOLVED, text="it was restarted at 13:00", at=utc("2026-03-02T13:20")),
    ),
    (
        "resolved at noon, the pump was restarted",
        Command(Verb.RESOLVED, text="the pump was restarted", at=utc("2026-03-02T11:00")),
    ),
    ("relapse", Command(Verb.RELAPSE)),
    ("relapsed at 14:20 because of load", Command(Verb.RELAPSE, text="of load", at=utc("2026-03-02T13:20"))),
    ("note the *pump* is “hot”", Command(Verb.NOTE, text="the *pump* is “hot”")),
    ("note at 14:05 we saw it", Command(Verb.NOTE, text="we saw it", at=utc("2026-03-02T13:05"))),
    ("note at 3 places it broke", Command(Verb.NOTE, text="at 3 places it broke")),
    ("note 14:05 is when it broke", Command(Verb.NOTE, text="14:05 is when it broke")),
    ("did: restarted `pump-3`", Command(Verb.DID, text="restarted `pump-3`")),
    ("did at 14:05, restarted it", Command(Verb.DID, text="restarted it", at=utc("2026-03-02T13:05"))),
    ("finding the disk was full", Command(Verb.FINDING, text="the disk was full")),
    ("decision\nwe fail over\nat once", Command(Verb.DECISION, text="we fail over\nat once")),
    ("action Fix the pump", Command(Verb.ACTION, text="Fix the pump")),
    (
        "action Fix the pump @slack:U0ANA by 2026-12-01",
        Command(Verb.ACTION, text="Fix the pump", person="slack:U0ANA", due="2026-12-01"),
    ),
    ("action Fix it by tomorrow @ana", Command(Verb.ACTION, text="Fix it", person="ana", due="tomorrow")),
    ("action Ask @ana about the pump", Command(Verb.ACTION, text="Ask @ana about the pump")),
    ("action Write it by hand", Command(Verb.ACTION, text="Write it by hand")),
    ("action Fix it by 3d", Command(Verb.ACTION, text="Fix it", due="3d")),
    ("action Fix it by friday", Command(Verb.ACTION, text="Fix it", due="friday")),
    ("nominate @slack:U0ANA", Command(Verb.NOMINATE, person="slack:U0ANA")),
    ("title “Ferry bookings fail”", Command(Verb.TITLE, text="Ferry bookings fail")),
    ("affected: the *night* ferries", Command(Verb.AFFECTED, text="the *night* ferries")),
    ("detected at 14:05", Command(Verb.DETECTED, at=utc("2026-03-02T13:05"))),
    ("began 20 minutes ago", Command(Verb.BEGAN, at=utc("2026-03-02T14:10"))),
    ("cancel because it was a drill", Command(Verb.CANCEL, text="it was a drill")),
    ("cancel false alarm", Command(Verb.CANCEL, text="false alarm")),
    ("restrict", Command(Verb.RESTRICT)),
    ("restrict because a key leaked", Command(Verb.RESTRICT, text="a key leaked")),
    ("status", Command(Verb.STATUS)),
    ("Status?", Command(Verb.STATUS)),
    ("timeline", Command(Verb.TIMELINE)),
    ("huddle runs", Command(Verb.HUDDLE, runs=True)),
    ("huddle not needed", Command(Verb.HUDDLE)),
    ("help", Command(Verb.HELP)),
    ("", Command(Verb.HELP)),
    (" \u200b\n", Command(Verb.HELP)),
    (":wave:", Command(Verb.HELP)),
    ("?", Command(Verb.HELP)),
    ("#7 resolved", Command(Verb.RESOLVED, ref="7")),
    ("7 resolved", Command(Verb.RESOLVED, ref="7")),
    ("#7: note it is back", Command(Verb.NOTE, ref="7", text="it is back")),
    ("incident s-abcdefgh status", Command(Verb.STATUS, ref="s-abcdefgh")),
    ("#7", Command(Verb.STATUS, ref="7")),
    ("resolved?", Command(Verb.STATUS)),
    ("lead??", Command(Verb.STATUS)),
    (":rotating_light: severity minor", Command(Verb.SEVERITY, severity=Severity.MINOR)),
]

REFUSED: list[tuple[str, str, str, str]] = [
    ("done restarting the pods", "not_understood", "restarting the pods", "`did …`"),
    ("done 1 and 2", "not_understood", "and 2", "one action at a time"),
    ("declined 2", "empty", "Why is it declined?", "because"),
    ("issue is fixed", "not_understood", "is fixed", "action 2 issue"),
    ("issue", "not_understood", "something is missing", "each action has a number"),
    ("raise the pool size", "not_understood", "the pool size", "nothing else"),
    ("close the valve", "not_understood", "the valve", "nothing else"),
    ("write a note", "not_understood", "a note", "`writeup done`"),
    ("skip", "empty", "Why is there no post?", "skip because"),
    ("resolved at 25:99", "bad_time", "“25:99” is no time", "at 14:20"),
    ("resolved at 2026-13-40 10:00", "bad_time", "is no time", "10 minutes ago"),
    ("note at 25:99 it broke", "bad_time", "“25:99” is no time", "at 14:20"),
    ("detected at half past", "not_understood", "“at half past”", "`detected at 14:20`"),
    ("detected", "not_understood", "something is missing", "`detected at 14:20`"),
    ("resolved yet?", "not_understood", "but not “yet?”", "`resolved [at 14:20] [because …]`"),
    ("resolved not yet", "not_understood", "but not “not yet”", "`resolved"),
    ("resolved at 14:20, or not?", "not_understood", "or not?", "`resolved"),
    ("resolved the pump", "not_understood", "but not “the pump”", "`resolved"),
    ("not resolved", "unknown_command", "“not resolved”", "`help`"),
    ("severty major", "unknown_command", "“severty major”", "Did you mean `severity major`?"),
    ("Major", "unknown_command", "“Major”", "Did you mean `severity major`?"),
    ("severity mayor", "not_understood", "“mayor”", "Did you mean `severity major`?"),
    ("severity", "not_understood", "something is missing", "`severity none`"),
    ("resolvd at 14:20", "unknown_command", "“resolvd at 14:20”", "Did you mean `resolved at 14:20`?"),
    ("what's up", "unknown_command", "“what's up”", "`help`"),
    ("14:20 resolved", "unknown_command", "“14:20 resolved”", "`help`"),
    ("lead", "not_understood", "something is missing", "`lead me`"),
    ("lead @ana @ben", "not_understood", "“@ana @ben”", "`lead @ana`"),
    ("lead the way, everybody!", "not_understood", "“the way, everybody", "`lead @ana`"),
    ("nominate nobody", "not_understood", "“nobody”", "`nominate @ana`"),
    ("note", "empty", "no words", "`note"),
    ("did at 14:05", "empty", "no words", "`did"),
    ("action", "empty", "no words", "`action TITLE"),
    ("action @ana by tomorrow", "empty", "no words", "`action TITLE"),
    ("title", "empty", "no words", "`title"),
    ("cancel", "empty", "Why is it cancelled?", "`cancel because …`"),
    ("cancel it?", "not_understood", "“it?”", "`cancel because …`"),
    ("huddle maybe", "not_understood", "“maybe”", "`huddle not needed`"),
]


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_what_is_understood(text: str, expected: Command) -> None:
    assert command(text, SAID) == expected


@pytest.mark.parametrize(("text", "code", "message", "hint"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_is_refused_says_what_would_work(text: str, code: str, message: str, hint: str) -> None:
    with refused(code, message, hint):
        command(text, SAID)


def test_without_a_zone_a_time_is_read_as_utc_and_says_so() -> None:
    nowhere = replace(SAID, zone=None)
    assert command("resolved at 14:20", nowhere) == Command(
        Verb.RESOLVED, at=utc("2026-03-02T14:20"), zone_assumed=True
    )
    assert not command("resolved at 14:20 UTC", nowhere).zone_assumed
    assert not command("resolved 10 minutes ago", nowhere).zone_assumed
    assert command("resolved at 2026-03-01 14:20", nowhere).zone_assumed


def test_the_severities_have_the_names_that_the_team_gave_them() -> None:
    own = replace(SAID, severities={Severity.CRITICAL: "SEV 1", Severity.MAJOR: "SEV 2", Severity.MINOR: "SEV 3"})
    assert command("severity sev  2", own).severity is Severity.MAJOR
    assert command("severity minor", own).severity is Severity.MINOR
    with refused("not_understood", "“sev 4”", "`severity SEV 1`, `severity SEV 2`, `severity SEV 3`, `severity none`"):
        command("severity sev 4", own)


def test_every_form_that_help_shows_is_understood() -> None:
    """What stands in brackets may be left out, or be there."""
    for verb, (form, _) in FORMS.items():
        for text in (form.replace("[", "").replace("]", ""), form.partition("[")[0]):
            if text != "note " and text != "did ":
                assert command(text.replace("LEVEL", "major").replace("…", "words"), SAID).verb is verb


def test_what_begins_like_a_command_is_told_from_what_does_not() -> None:
    assert all(understood(text) for text in ("resolved", "#7 `note` x", ":tada: Status please"))
    assert not any(understood(text) for text in ("", "card is nice", "the resolved one"))


TALK = some.lists(
    some.sampled_from(
        [*WORDS, "at", "by", "because", "14:20", "25:99", "2026-03-02", "2026-99-99T99:99", "10 minutes ago", "#7",
         "@ana", "@slack:U1", "me", "nobody", "major", "`", "“", "’", "?", "!", ":tada:", "\n", "\u200b", "yesterday"]
    )
    | some.text(max_size=8),
    max_size=8,
).map(" ".join)  # fmt: skip


@given(TALK | some.text(max_size=60), some.sampled_from([OSLO, None]))
def test_whatever_is_said_is_understood_or_refused_with_words(text: str, zone: Any) -> None:
    found = said(text, replace(SAID, zone=zone))
    if isinstance(found, NotAllowed):
        assert found.code in ("unknown_command", "not_understood", "empty", "bad_time")
        assert all((found.message, found.hint, len(found.message) + len(found.hint) < 500))
        return
    if found.at is not None:
        assert read_time(time_text(found.at)) == found.at
    if found.verb in (Verb.NOTE, Verb.DID, Verb.FINDING, Verb.DECISION, Verb.ACTION, Verb.TITLE, Verb.AFFECTED):
        assert found.text.strip()


@given(some.text(max_size=20))
def test_a_question_neither_resolves_nor_restricts_anything(words: str) -> None:
    for verb in ("resolved", "relapse", "restrict", "cancel"):
        with suppress(NotAllowed):
            found = command(f"{verb} {words}?", SAID)
            assert found.verb in SHOWING, found


@pytest.mark.parametrize(
    "verb", ["resolved at ", "resolved x", "note at ", "lead x", "action ", "severity x", "cancel x"]
)
def test_a_very_long_message_is_read_in_no_time(verb: str) -> None:
    """Slack takes 40,000 characters."""
    for piece in ("14:20 ", "@ana ", "because ", "`*_", ":a", ":a: ", "  by ", "1", "\n", "-", ", ", "please ", ". a"):
        begun = time.perf_counter()
        with suppress(NotAllowed):
            command(f"{verb}{piece * (40_000 // len(piece))}x", SAID)
        assert time.perf_counter() - begun < 1, piece
