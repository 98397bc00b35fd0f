"""A command in a comment is read as people write it, and nothing that only looks like one is obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.issue_commands import Command, Deed, commanded, how
from musterpoint.core.process import Process


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/musterpoint close because it is off", Command(Deed.CLOSE, None, "it is off")),
        ("/Musterpoint CLOSE Because: it is off", Command(Deed.CLOSE, None, "it is off")),
        ("/musterpoint: close: it is off", Command(Deed.CLOSE, None, "it is off")),
        ("/musterpoint close, because it is off", Command(Deed.CLOSE, None, "it is off")),
        (
            "/musterpoint close because\nthe service\r\nis off\n\nThanks!",
            Command(Deed.CLOSE, None, "the service is off"),
        ),
        ("Enough.\n\n  /musterpoint close because it is off", Command(Deed.CLOSE, None, "it is off")),
        ("/musterpoint close", Command(Deed.CLOSE)),
        ("/musterpoint close because", Command(Deed.CLOSE)),
        ("/musterpoint close it now, please", Command(Deed.CLOSE)),
        ("/musterpoint done 3", Command(Deed.DONE, 3)),
        ("/musterpoint done action #3: deployed", Command(Deed.DONE, 3, "deployed")),
        ("/musterpoint done 3\nIt rings.", Command(Deed.DONE, 3)),
        ("/musterpoint done", Command(Deed.DONE)),
        ("/musterpoint done 30th", Command(Deed.DONE)),
        ("/musterpoint decline 2 because too dear", Command(Deed.DECLINE, 2, "too dear")),
        ("/musterpoint decline 2", Command(Deed.DECLINE, 2)),
        ("/musterpoint assign 2 to @Kim-Sato", Command(Deed.ASSIGN, 2, "@Kim-Sato")),
        ("/musterpoint assign #2 me", Command(Deed.ASSIGN, 2, "me")),
        ("/musterpoint assign 2 Tobias", Command(Deed.ASSIGN, 2, "Tobias")),
        ("/musterpoint status", Command(Deed.STATUS)),
        ("/musterpoint", Command(Deed.HELP)),
        ("/musterpoint help me", Command(Deed.HELP)),
        ("/musterpoint frobnicate 3", Command(Deed.UNKNOWN, None, "frobnicate 3")),
        ("/musterpoint done 1\n/musterpoint done 2", Command(Deed.DONE, 1, "", more=True)),
        (
            "/musterpoint close because it is off\n/musterpoint status",
            Command(Deed.CLOSE, None, "it is off", more=True),
        ),
        ("```\ncode\n```\n/musterpoint status", Command(Deed.STATUS)),
        ("> /musterpoint close because no\n\n/musterpoint status", Command(Deed.STATUS)),
    ],
)
def test_a_command_is_read_as_people_write_it(text: str, found: Command) -> None:
    assert commanded(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What does /musterpoint close do?",
        "> /musterpoint close because it is off",
        "    /musterpoint close because it is off",
        "\t/musterpoint close because it is off",
        "```\n/musterpoint close because it is off\n```",
        "~~~~ text\n~~~\n/musterpoint close because it is off\n~~~~",
        "```\nunfinished\n/musterpoint close because it is off",
        "`/musterpoint close because it is off`",
        "/musterpointer close because it is off",
        "/musterpoint-bot close because it is off",
        "/musterpoint/close because it is off",
    ],
)
def test_what_only_looks_like_a_command_is_none(text: str) -> None:
    assert commanded(text) is None


@given(some.text())
def test_any_text_can_be_read(text: str) -> None:
    commanded(text)
    commanded(f"/musterpoint {text}")


def test_how_to_override_is_said_in_the_trackers_own_way() -> None:
    assert how("close", "7", Process()) == "`musterpoint issue override 7 --reason WHY`"
    assert how("close", "7", Process(tracker="github")) == "comment `/musterpoint close because WHY`"
    assert how("reopen", "7", Process(tracker="github")) == "open the issue again"
