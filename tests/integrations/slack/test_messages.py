"""One message of a thread, and the facts that it witnesses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Deletion, Edit, File, HuddleBegun, HuddleEnded, Message, ReactionAdded
from musterpoint.core.said import Said
from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.messages import said
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.stamps import as_typed, moment, order

ROOT = "1772442845.000100"
REPLY = "1772442880.123456"
ANA = Who("slack:U7ANA", "Ana Ruiz")
NAMES = Names.from_users([{"id": "U7ANA", "real_name": "Ana Ruiz", "is_bot": False}, {"id": "U7BOT", "name": "robot"}])


def heard(message: dict[str, Any], workspace: str = "") -> list[Said]:
    return said({"ts": REPLY, "user": "U7ANA", **message}, "C7CHECKOUT", ROOT, NAMES, workspace)


def test_a_message_is_exact_to_the_microsecond_and_has_its_address() -> None:
    (own,) = heard({"text": "all 502s come from the &lt;new&gt; pods"}, "acme")
    assert own.key == REPLY
    assert own.ref == f"slack:C7CHECKOUT/{REPLY}"
    assert own.at == own.anchor == datetime(2026, 3, 2, 9, 14, 40, 123456, tzinfo=UTC)
    assert own.basis is Basis.RECORDED
    assert own.who == ANA
    assert isinstance(own.fact, Message)
    assert (own.fact.text, own.fact.bot, own.fact.root) == ("all 502s come from the <new> pods", False, False)
    assert own.url == (f"https://acme.slack.com/archives/C7CHECKOUT/p1772442880123456?thread_ts={ROOT}&cid=C7CHECKOUT")


def test_the_root_says_so_and_its_address_is_plain() -> None:
    (own,) = heard({"ts": ROOT, "text": "down"}, "https://acme.slack.com/")
    assert isinstance(own.fact, Message)
    assert own.fact.root
    assert own.url == "https://acme.slack.com/archives/C7CHECKOUT/p1772442845000100"


def test_without_workspace_or_channel_there_is_no_address_but_the_messages_own() -> None:
    own = said({"ts": REPLY, "text": "x"}, "", ROOT, NAMES, "acme")[0]
    assert (own.ref, own.url, own.who) == (f"slack:-/{REPLY}", "", None)
    assert heard({"text": "x"})[0].url == ""
    address = "https://acme.slack.com/archives/C7CHECKOUT/p1772442880123456"
    assert heard({"permalink": address})[0].url == address
    assert heard({"permalink": "javascript:/archives/"})[0].url == ""


@pytest.mark.parametrize(
    ("message", "who", "bot"),
    [
        ({"user": "U7ANA"}, ANA, False),
        ({"user": "U7ANA", "bot_id": "B7", "bot_profile": {"name": "giphy"}}, ANA, False),
        ({"user": "U9NEW"}, Who("slack:U9NEW", "U9NEW"), False),
        ({"user": "USLACKBOT"}, Who("slack:USLACKBOT", "Slackbot"), True),
        ({"user": "U7BOT", "bot_id": "B7", "bot_profile": {"name": "CI"}}, Who("slack:U7BOT", "CI"), True),
        ({"user": "U7BOT", "bot_id": "B7", "username": "Deploys"}, Who("slack:U7BOT", "Deploys"), True),
        ({"user": "U7BOT", "bot_id": "B7"}, Who("slack:U7BOT", "robot"), True),
        ({"user": None, "bot_id": "B7", "subtype": "bot_message"}, Who("slack:B7", "B7"), True),
        ({"user": None, "bot_profile": {"id": "B8", "name": "CI"}}, Who("slack:B8", "CI"), True),
        ({"user": None, "username": "Grafana"}, Who("slack:-/Grafana", "Grafana"), True),
        ({"user": None}, None, False),
        ({"user": "U9" + "X" * 300}, Who("slack:U9" + "X" * 198, "U9" + "X" * 198), False),
    ],
)
def test_the_author_is_a_person_or_an_app(message: dict[str, Any], who: Who | None, bot: bool) -> None:
    (own,) = heard({"text": "x", **message})
    assert own.who == who
    assert isinstance(own.fact, Message)
    assert own.fact.bot is bot


def test_an_edited_message_shows_its_edit_with_the_only_text_that_is_known() -> None:
    own, edit = heard({"text": "fixed", "edited": {"user": "U7BOT", "ts": "1772443000.000000"}})
    assert isinstance(own.fact, Message)
    assert edit.fact == Edit(own.ref, "fixed", own.fact.digest)
    assert edit.key == f"edit:{REPLY}:1772443000.000000:{own.fact.digest}"
    assert edit.ref == f"{own.ref}#edit-1772443000.000000:{own.fact.digest}"
    assert (edit.at, edit.anchor, edit.basis) == (moment("1772443000.000000"), own.at, Basis.RECORDED)
    assert edit.who == Who("slack:U7BOT", "robot")


def test_an_edit_is_never_before_its_message_nor_at_a_time_nobody_gave() -> None:
    same_second = heard({"text": "x", "edited": {"user": "U7ANA", "ts": "1772442880.000000"}})[1]
    assert same_second.at == moment(REPLY)
    unknown = heard({"text": "x", "edited": {"ts": 5}})[1]
    assert (unknown.at, unknown.basis, unknown.who) == (moment(REPLY), Basis.ESTIMATED, ANA)


def test_files_come_with_their_message() -> None:
    files = [
        {"id": "F1", "title": "p99", "mimetype": "image/png", "permalink": "https://acme.slack.com/files/F1"},
        {"id": "F2", "mode": "tombstone", "url_private": "file:///etc/passwd"},
        {"id": "F3", "file_access": "check_file_info"},
        {"id": "F1", "title": "p99 again"},
        {"name": "no id"},
        None,
    ]
    own, *found = heard({"text": "", "files": files})
    assert [each.fact for each in found] == [
        File(own.ref, "p99 again"),
        File(own.ref, "deleted file"),
        File(own.ref, "F3"),
        File(own.ref, "no id"),
    ]
    assert [each.key for each in found] == [f"file:{REPLY}:{name}" for name in ("F1", "F2", "F3", "5")]
    assert found[0].who == ANA
    one = heard({"text": "", "file": {"id": "F9", "name": "old.txt", "filetype": "text"}})[1]
    assert one.fact == File(own.ref, "old.txt", "text")


def test_reactions_have_no_time_of_their_own() -> None:
    given = [
        {"name": "eyes", "users": ["U7ANA", "U9NEW", "U7ANA"], "count": 9},
        {"name": "+1::skin-tone-2"},
        {"users": []},
    ]
    own, first, second = heard({"text": "x", "reactions": given})
    assert first.fact == ReactionAdded(own.ref, "eyes")
    assert (first.key, first.ref) == (f"reaction:{REPLY}:eyes:U7ANA", f"{own.ref}#reaction-eyes:U7ANA")
    assert (first.at, first.basis, first.who) == (own.at, Basis.ESTIMATED, ANA)
    assert second.who == Who("slack:U9NEW", "U9NEW")
    long = heard({"text": "x", "reactions": [{"name": "x" * 900, "users": ["U7ANA"]}]})[1]
    assert len(long.key) < 200


HUDDLE = {
    "ts": ROOT,
    "subtype": "huddle_thread",
    "user": "USLACKBOT",
    "text": "",
    "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "A huddle began"}}],
    "edited": {"user": "USLACKBOT", "ts": "1772444000.000000"},
    "permalink": "https://acme.slack.com/call/R1",
    "room": {
        "created_by": "U7ANA",
        "date_start": 1772442845,
        "date_end": 1772444000,
        "participant_history": ["U7ANA", "U9NEW"],
        "participants": ["U9NEW"],
        "huddle_link": "https://app.slack.com/huddle/T7/C7CHECKOUT",
    },
}


def test_a_huddle_begins_and_ends_and_its_message_is_not_edited() -> None:
    own, begun, ended = heard(HUDDLE, "acme")
    assert isinstance(own.fact, Message)
    assert (own.fact.text, own.fact.digest, own.fact.bot) == ("A huddle began", "", True)
    assert own.url.endswith("/archives/C7CHECKOUT/p1772442845000100")
    assert begun.fact == HuddleBegun("https://app.slack.com/huddle/T7/C7CHECKOUT")
    assert (begun.key, begun.ref) == (f"huddle_begun:{ROOT}", f"{own.ref}#huddle-begun")
    assert (begun.at, begun.who) == (moment("1772442845.000000"), ANA)
    assert ended.fact == HuddleEnded((ANA, Who("slack:U9NEW", "U9NEW")))
    assert (ended.key, ended.at) == (f"huddle_ended:{ROOT}", moment("1772444000.000000"))


@pytest.mark.parametrize("end", [0, None, "soon", 10**30, 1, True])
def test_a_huddle_without_a_time_of_its_end_has_not_ended(end: object) -> None:
    own, begun = heard({**HUDDLE, "room": {"date_start": "?", "date_end": end}})
    assert (begun.at, begun.who) == (own.at, None)
    assert len(heard({**HUDDLE, "room": {}})) == 1


def test_a_tombstone_is_a_deleted_message_that_keeps_its_place() -> None:
    stone = {"ts": ROOT, "subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."}
    own, deletion = heard(stone)
    assert own.fact == Message("", root=True)
    assert deletion.fact == Deletion(own.ref)
    assert (deletion.key, deletion.ref) == (f"deletion:{ROOT}", f"{own.ref}#deletion")
    assert (deletion.at, deletion.basis, deletion.who, own.who) == (own.at, Basis.ESTIMATED, None, None)


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "bot_add", "pinned_item", "reminder_add"])
def test_what_slack_notes_by_itself_nobody_wrote_unless_a_thread_hangs_on_it(subtype: str) -> None:
    notice = {"subtype": subtype, "text": "<@U7ANA> did something"}
    assert heard(notice) == []
    assert len(heard({**notice, "ts": ROOT})) == 1


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message", "file_share", "bot_message", "of_tomorrow"])
def test_any_other_subtype_is_an_ordinary_message(subtype: str) -> None:
    (own,) = heard({"subtype": subtype, "text": "rolled back", "root": {"text": "not this"}})
    assert isinstance(own.fact, Message)
    assert own.fact.text == "rolled back"


def test_names_prefer_what_people_chose_and_keep_zone_and_address() -> None:
    names = Names.from_users(
        {
            "ok": True,
            "members": [
                {
                    "id": "U1",
                    "name": "a",
                    "real_name": "A B",
                    "profile": {"display_name": " Ann\n B ", "real_name": "x"},
                },
                {"id": "U2", "name": "b", "real_name": "Bo", "profile": {"display_name": "", "real_name": "Bo C"}},
                {
                    "id": "U3",
                    "name": "c",
                    "real_name": "Cy",
                    "tz": "Europe/Berlin",
                    "profile": {"email": "c@example.com"},
                },
                {"id": "U4", "name": "d", "profile": None, "is_bot": True},
                {"id": "U5", "is_bot": False, "deleted": True},
                {"id": "USLACKBOT", "name": "slackbot", "is_bot": False},
            ],
        }
    )
    assert names.by_id == {"U1": "Ann B", "U2": "Bo C", "U3": "Cy", "U4": "d", "U5": "U5", "USLACKBOT": "slackbot"}
    assert names.zones == {"U3": "Europe/Berlin"}
    assert names.emails == {"U3": "c@example.com"}
    assert names.people == {"U5"}


def test_names_come_from_pages_from_an_object_by_id_and_from_profiles_in_messages() -> None:
    pages = [{"members": [{"id": "U1", "name": "a"}]}, {"members": [{"id": "U2", "name": "b"}]}]
    assert Names.from_users(pages).by_id == {"U1": "a", "U2": "b"}
    assert Names.from_users({"U1": "Ann", "U2": {"name": "b"}}).by_id == {"U1": "Ann", "U2": "b"}
    assert Names.from_users([]).by_id == {}
    messages = [
        {"user": "U1", "user_profile": {"display_name": "?"}},
        {"user": "U3", "user_profile": {"name": "c"}},
        {},
    ]
    assert Names.from_users({"U1": "Ann"}).with_profiles(messages).by_id == {"U1": "Ann", "U3": "c"}
    merged = Names.merged([Names.from_users({"U1": "Ann"}), Names.from_users({"U1": "old", "U2": "Bo"})])
    assert merged.by_id == {"U1": "Ann", "U2": "Bo"}


@pytest.mark.parametrize(
    ("users", "part"),
    [
        ({"ok": False, "error": "missing_scope"}, "missing_scope"),
        ([{"name": "no id"}], "user 1 has no id"),
        (["U1"], "user 1 has no id"),
        ({"members": {}}, "no list of users"),
        ({"U1": 7}, "'U1'"),
        ("U1", "no list of users"),
        (None, "no list of users"),
    ],
)
def test_a_malformed_users_file_is_named(users: object, part: str) -> None:
    with pytest.raises(BadFile, match="The users file") as caught:
        Names.from_users(users)
    assert part in caught.value.message
    assert "users.list" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        ROOT,
        "p1772442845000100",
        "1772442845000100",
        "https://acme.slack.com/archives/C7/p1772442845000100",
        f"https://acme.slack.com/archives/C7/p1772442880123456?thread_ts={ROOT}&cid=C7",
    ],
)
def test_a_thread_may_be_named_as_people_have_it_at_hand(text: str) -> None:
    assert as_typed(f" {text}\n") == ROOT
    assert as_typed("yesterday") == "yesterday"


@pytest.mark.parametrize(
    "text", ["", "1.5", "-1.000000", "01.000000", "1772442845", "٣.000000", "1.000000\n", "253402300800.000000"]
)
def test_what_is_no_ts_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ts|9999"):
        order(text)
    assert moment("253402300799.999999") == datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
