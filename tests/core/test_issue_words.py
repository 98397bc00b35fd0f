"""What we say on the issue: who is called, what is told, and that nobody's words call anybody."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from musterpoint.core.aftermath import ActionStatus, IssueCause
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionEnded,
    IssueChange,
    IssueComment,
    IssueRaised,
    Override,
    WriteupDone,
    WriteupEdit,
)
from musterpoint.core.incident import Incident, Status, Who
from musterpoint.core.issue_answers import answer
from musterpoint.core.issue_commands import commanded
from musterpoint.core.issue_words import comment
from musterpoint.core.journal import Declaration, Entry, Fact, StatusChange, replay
from musterpoint.core.not_taken import not_taken
from musterpoint.core.process import Process
from tests.core.incidents import entry

KIM, BEN = Who("person:7", "Kim Sato"), Who("github:ben", "ben")
GITHUB = Process(tracker="github", authority=("account:cto", "Kim Sato"))
MENTIONS = {"person:7": "@kim", "github:ben": "@ben", "account:cto": "@ana", "Kim Sato": "@kim"}
BEGIN: tuple[Fact, ...] = (
    Declaration("Checkout answers 502"),
    StatusChange(Status.RESOLVED),
    IssueRaised("halden-ferries/CloudProject#5"),
    ActionAdded(1, "Ask @someone whether it fixes #12", KIM),
)
KEYS, ABOUT = ("writeup_open", "action_open:1"), ("The write-up is not marked as done.", "Action 1 is open (Kim)")


def journal(*facts: Fact, who: Who | None = BEN, minutes: Sequence[float] = ()) -> list[Entry]:
    told = [*BEGIN, *facts]
    times = [0, 10, 70, 100, *(minutes or [200] * len(facts))]
    return [entry(fact, times[place], place + 1, who, f"entry:{place + 1}") for place, fact in enumerate(told)]


def last(entries: list[Entry], process: Process = GITHUB) -> str:
    return comment(Incident("7"), entries, entries[-1], process, MENTIONS if process is GITHUB else {})


def test_the_guard_says_who_closed_it_and_when_and_calls_the_owners() -> None:
    text = last(journal(IssueChange(False), IssueChange(True, IssueCause.GUARD, KEYS, ABOUT)))
    assert text == (
        "@ben (2026-03-02 12:50 UTC) closed this issue, but it is not finished, so it is open again. Outstanding:\n\n"
        "- The write-up is not marked as done.\n"
        "- Action 1 is open (@kim): Ask @\u2060someone whether it fixes\u2060 #12\n\n"
        "Somebody with authority may let it close: comment `/musterpoint close because WHY`."
    )


def test_where_nobody_has_an_account_names_are_said_and_the_command_line_is_named() -> None:
    text = last(journal(IssueChange(False), IssueChange(True, IssueCause.GUARD, KEYS, ABOUT)), Process())
    assert text.startswith("ben (2026")
    assert "Action 1 is open (Kim Sato): " in text
    assert text.endswith("may let it close: `musterpoint issue override 7 --reason WHY`.")


def test_after_a_fight_those_with_authority_are_called_each_once() -> None:
    text = last(journal(IssueChange(False), IssueChange(False, IssueCause.YIELDED, KEYS, ABOUT)))
    assert "Please decide, @ana, @kim: comment `/musterpoint close because WHY`, or open the issue again." in text


def test_the_closing_comment_lists_what_was_done_by_whom_and_how_long_it_took() -> None:
    facts = (ActionEnded(1, ActionStatus.DECLINED, "too dear, says @ben"), WriteupDone(True))
    entries = journal(*facts, IssueChange(False, IssueCause.SETTLED), minutes=[220, 230, 250])
    assert last(entries) == (
        "Nothing is outstanding any more, so this issue is closed.\n\n"
        "- The write-up is done.\n"
        "- Action 1 was declined by @ben: Ask @\u2060someone whether it fixes\u2060 #12 (too dear, says @\u2060ben); "
        "it was open for 2 h 00 min\n\n"
        "That is 4 h 00 min after the resolution and 3 h 00 min after it was raised."
    )


def test_what_happened_later_is_not_told_in_an_earlier_comment() -> None:
    entries = journal(
        ActionEnded(1, ActionStatus.DONE), IssueChange(False, IssueCause.SETTLED), ActionEnded(1, ActionStatus.OPEN)
    )
    assert "Action 1 was done by @ben" in comment(Incident("7"), entries, entries[-2], GITHUB, MENTIONS)


def test_an_override_is_told_with_who_decided_and_why() -> None:
    decided = Override("it is off, @all", KEYS, ABOUT)
    text = last(journal(decided, IssueChange(False, IssueCause.OVERRIDE)))
    assert text.startswith("Closed, as @ben decided: it is off, @\u2060all\n\n- Action 1 stays open, as an exception: ")


def test_of_two_texts_that_crossed_the_one_in_the_issue_stands_and_the_difference_is_shown() -> None:
    first = WriteupEdit("trigger", "The import.\nIt ran at noon, @kim.")
    text = last(journal(first, WriteupEdit("trigger", "The import.\nIt ran at 12:05.", on=5, over=True)))
    assert text.endswith(
        "The difference:\n\n```diff\n--- not here\n+++ here\n@@ -1,2 +1,2 @@\n The import.\n"
        "-It ran at noon, @kim.\n+It ran at 12:05.\n```"
    )


def test_words_that_cannot_stay_in_the_body_are_quoted_and_call_nobody() -> None:
    assert last(journal(IssueComment("Talk to @kim\nfirst"))) == (
        "@ben wrote this where it cannot stay; it is kept here:\n\n> Talk to @\u2060kim\n> first"
    )


# --- answers ------------------------------------------------------------------------------------------------------


def answered(text: str, *refused: str, known: bool = True, process: Process = GITHUB) -> str:
    command = commanded(text)
    assert command is not None
    return answer(replay("7", journal()), BEN, command, refused, process, MENTIONS, known=known)


@pytest.mark.parametrize(
    ("text", "refused", "said"),
    [
        ("/musterpoint done 1", (), "@ben: action 1, Ask @\u2060someone whether it fixes\u2060 #12, is done."),
        ("/musterpoint decline 1", ("no_why", ""), "`/musterpoint decline N because WHY`"),
        ("/musterpoint assign", ("no_number", ""), "`/musterpoint assign N to @LOGIN`"),
        ("/musterpoint assign 1 me", (), "is now with @kim."),
        (
            "/musterpoint close because x",
            ("no_authority", ""),
            "@ben: only those with authority may decide that: @ana, @kim.",
        ),
        ("/musterpoint close because x", ("nothing_outstanding", "Ask @kim."), "that was not done. Ask @\u2060kim."),
        ("/musterpoint status", (), "Incident 7 is resolved. Outstanding:\n\n- The write-up is not marked as done."),
        ("/musterpoint dance", (), "@ben: that is no command that Musterpoint knows.\n\nWritten at"),
        ("/musterpoint done 1\n/musterpoint done 2", (), "Of several commands in a comment only the first counts."),
    ],
)
def test_an_answer_says_what_became_of_it(text: str, refused: tuple[str, ...], said: str) -> None:
    assert said in answered(text, *refused)


def test_only_a_stranger_is_told_how_an_account_is_linked() -> None:
    for code in ("no_authority", "not_known"):
        assert "people link YOUR-NAME github:ben" in answered("/musterpoint close because x", code, "", known=False)
        assert "people link" not in answered("/musterpoint close because x", code, "")


def test_what_was_not_taken_is_said_with_what_to_mend() -> None:
    assert not_taken(()) == ""
    told = not_taken(("the label incident", "the type Incident"))
    assert told.startswith("The tracker did not take the label incident, the type Incident. ")
    assert "labels need push access" in told
    assert "the organisation's issue types" in told
    assert "assignee" not in told
