"""Events as Slack sends them, by themselves: what each tells, and where it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from musterpoint.core.incident import Basis
from musterpoint.core.journal import Deletion, Edit, File, Message
from musterpoint.core.said import Said
from musterpoint.integrations.slack.app import facts
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.stamps import moment

SHAPES = Path(__file__).resolve().parents[5] / "shared" / "real" / "slack-shapes"
NAMES = Names.from_users([{"id": "U7ANA000", "real_name": "Ana Ruiz", "is_bot": False}])
ROOT, STAMP, LATER = "1772442845.000100", "1772442880.123456", "1772442990.000200"


def told(event: dict[str, Any]) -> list[Said]:
    return facts.happened(event, facts.place(event), NAMES, "halden.slack.com")


def words(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U7ANA000", "ts": STAMP, "thread_ts": ROOT, "text": text, **more}


def changed(message: dict[str, Any], previous: dict[str, Any] | None) -> dict[str, Any]:
    event = {"type": "message", "subtype": "message_changed", "channel": "C7", "event_ts": LATER, "message": message}
    return event if previous is None else {**event, "previous_message": previous}


EDITED = {"edited": {"user": "U7ANA000", "ts": "1772442989.000000"}}


def test_an_edit_has_the_key_that_history_gives_it() -> None:
    live = told(changed(words("b", **EDITED), words("a")))
    history = told({**words("b", **EDITED), "channel": "C7"})
    assert [each.key for each in live] == [STAMP, history[0].key]
    assert live[1] == history[0]
    assert isinstance(live[0].fact, Message)
    assert live[0].fact.text == "a"


def test_what_changed_without_an_editor_has_the_time_of_its_event() -> None:
    _, edit = told(changed(words("b"), words("a")))
    assert isinstance(edit.fact, Edit)
    assert (edit.at, edit.basis, edit.key.split(":")[2]) == (moment(LATER), Basis.RECORDED, LATER)
    back, again = (told(changed(words(one), words(other)))[1] for one, other in (("a", "b"), ("b", "a")))
    assert back.key != again.key


def test_a_change_without_the_old_version_is_an_edit_only_if_it_says_so() -> None:
    assert [type(each.fact) for each in told(changed(words("b", **EDITED), None))] == [Edit]
    assert [type(each.fact) for each in told(changed(words("a"), None))] == [Message]


def test_an_edit_of_an_edit_tells_of_both_the_older_first() -> None:
    twice = {"edited": {"user": "U7ANA000", "ts": "1772442989.000000"}}
    found = told(changed(words("c", **twice), words("b", **EDITED)))
    assert [each.fact.text for each in found if isinstance(each.fact, Edit)] == ["b", "c"]


def test_reactions_inside_a_message_are_left_to_their_own_events() -> None:
    reactions = {"reactions": [{"name": "eyes", "users": ["U7ANA000"], "count": 1}]}
    (own,) = told({**words("a", **reactions), "channel": "C7"})
    assert isinstance(own.fact, Message)


def test_a_deletion_whose_words_slack_does_not_send_hides_its_thread() -> None:
    event = {"type": "message", "subtype": "message_deleted", "channel": "C7", "deleted_ts": STAMP, "event_ts": LATER}
    assert facts.place(event) == facts.Place("C7", "", STAMP)
    (deletion,) = facts.happened(event, facts.Place("C7", ROOT, STAMP), NAMES, "halden.slack.com")
    assert (deletion.fact, deletion.at, deletion.key) == (
        Deletion(f"slack:C7/{STAMP}"),
        moment(LATER),
        f"deletion:{STAMP}",
    )
    assert deletion.url == f"https://halden.slack.com/archives/C7/p1772442880123456?thread_ts={ROOT}&cid=C7"


def test_people_are_those_who_are_named_and_nothing_that_looks_like_them() -> None:
    blocks = [{"type": "rich_text", "elements": [{"type": "user", "user_id": "U7BEN0000"}]}]
    event = {**words("<@U7CLEO000|cleo> says WEEKENDS are UNUSUAL", blocks=blocks), "channel": "C7"}
    assert facts.people_in(event) == ["U7ANA000", "U7CLEO000", "U7BEN0000"]
    assert facts.people_in({**words("URGENTLY", user="USLACKBOT"), "channel": "C7"}) == []
    room = {"created_by": "U7DAN0000", "participant_history": ["U7EVE0000"], "participants": ["U7DAN0000"]}
    huddle = {**words("", user="USLACKBOT", subtype="huddle_thread", room=room), "channel": "C7"}
    assert facts.people_in(huddle) == ["U7DAN0000", "U7EVE0000"]
    crowd = " ".join(f"<@U7{number:07d}>" for number in range(100))
    assert len(facts.people_in({**words(crowd), "channel": "C7"})) == facts.MOST_PEOPLE


@pytest.mark.parametrize("own", [{"user": "U0US"}, {"bot_id": "B0US"}, {"app_id": "A0US"}])
def test_ours_is_what_our_user_bot_or_app_wrote(own: dict[str, str]) -> None:
    us = ("U0US", "B0US", "A0US")
    message = {**words("x"), **own}
    deleted = {"type": "message", "subtype": "message_deleted", "deleted_ts": STAMP, "previous_message": message}
    for event in (message, changed(message, None), changed({"subtype": "tombstone", "ts": STAMP}, message), deleted):
        assert facts.is_ours(event, us)
        assert not facts.is_ours(event, ("", "", ""))
    assert not facts.is_ours(words("x"), us)


# --- as captured ---------------------------------------------------------------------------------------------------


needs_shapes = pytest.mark.skipif(
    not SHAPES.is_dir(), reason="The folder `shared` with the captured events is not beside this repository."
)


def captured(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHAPES / f"event-{name}.json").read_text())
    return found


@pytest.mark.shared
@needs_shapes
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("message", [Message]),
        ("message-in-thread", [Message]),
        ("message-changed", [Message, Edit]),
        ("message-in-thread-changed", [Message, Edit]),
        ("message-in-thread-deleted", [Edit, Deletion]),
        ("message2-deleted", [Message, Deletion]),
        ("thread-root-message-deleted", [Edit, Deletion]),
        ("bot-message", [Message]),
        ("bot-message-file-share", [Message, File]),
        ("file-share-message", [Message, File]),
        ("file-share-message-changed", [Message, File, Edit]),
        ("file-share-root-message-deleted", [Edit, Deletion]),
    ],
)
def test_captured_events_tell_what_happened(name: str, kinds: list[type]) -> None:
    assert [type(each.fact) for each in told(captured(name))] == kinds


def _to_the_second(said: Said) -> Said:
    return replace(said, at=said.at.replace(microsecond=0))


@pytest.mark.shared
@needs_shapes
def test_captured_events_of_one_message_meet() -> None:
    message, edit, gone = (
        captured(name) for name in ("message-in-thread", "message-in-thread-changed", "message-in-thread-deleted")
    )
    (said,) = told(message)
    before, change = told(edit)
    assert before == said
    assert told(gone)[0] == _to_the_second(change)  # of the same edit a later copy knows the second alone
    assert {facts.place(each) for each in (message, edit, gone)} == {
        facts.Place("C0000XXX0XX", "1736207085.539649", "1736481285.683829")
    }
    assert told(captured("message-changed"))[0] == told(captured("message"))[0]
    change = told(captured("message-changed"))[1]
    assert _to_the_second(change) == told(captured("thread-root-message-deleted"))[0]
