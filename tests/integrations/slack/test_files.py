"""Whole files: what is read of them, and the sentence for each way in which a file can be wrong."""

from __future__ import annotations

import json
import os
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musterpoint.integrations.slack import archive, documents
from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.files import read_export, read_replies
from musterpoint.integrations.slack.messages import said
from musterpoint.integrations.slack.threads import ThreadFile

ROOT = "1772442845.000100"
DAY, NEXT_DAY = "2026-03-02.json", "2026-03-03.json"


def reply(number: int, text: str = "looking", **more: Any) -> dict[str, Any]:
    return {"ts": f"{1772442845 + number}.000100", "thread_ts": ROOT, "user": "U7ANA", "text": text, **more}


def thread() -> list[dict[str, Any]]:
    return [reply(0, "checkout answers 502"), reply(60), reply(120, "rolled back", user="U9NEW")]


def saved(folder: Path, content: object) -> Path:
    path = folder / "thread.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def refusal(folder: Path, content: object) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read_replies(saved(folder, content))
    assert caught.value.hint
    return caught.value


# --- the answer of conversations.replies -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shaped",
    [
        lambda messages: {"ok": True, "messages": messages, "has_more": False},
        lambda messages: messages,
        lambda messages: [{"messages": messages[:2], "has_more": True}, {"messages": [messages[0], messages[2]]}],
        lambda messages: [{"messages": [messages[2], messages[0]]}, {"messages": messages[:2], "has_more": True}],
        lambda messages: b"\xef\xbb\xbf" + json.dumps(messages).encode(),
    ],
)
def test_an_answer_its_pages_and_a_bare_list_read_the_same(tmp_path: Path, shaped: Any) -> None:
    users = tmp_path / "users.json"
    users.write_text('[{"id": "U7ANA", "real_name": "Ana Ruiz"}]')
    read = read_replies(saved(tmp_path, shaped(thread())), users, "#checkout")
    assert [message["text"] for message in read.messages] == ["checkout answers 502", "looking", "rolled back"]
    assert (read.root, read.channel_id, read.channel_name, read.incomplete) == (ROOT, "", "checkout", "")
    assert read.names.by_id == {"U7ANA": "Ana Ruiz"}
    assert read.warnings == ("U9NEW is not in the users file: the id stands for the name.",)


def test_the_channel_is_the_one_given_or_the_one_that_messages_tell(tmp_path: Path) -> None:
    path = saved(tmp_path, [reply(0, channel="C7CHECKOUT"), reply(1)])
    assert read_replies(path).channel_id == "C7CHECKOUT"
    assert read_replies(path, channel="C8OTHER").channel_id == "C8OTHER"
    assert read_replies(saved(tmp_path, [reply(0, channel="../x")])).channel_id == ""


@pytest.mark.parametrize(
    ("messages", "missing"),
    [
        ({"messages": [reply(0)], "has_more": True}, "has_more"),
        ([{"messages": [reply(0)], "has_more": True}, {"messages": [reply(1)], "has_more": True}], "has_more"),
        ([reply(1), reply(2)], f"The root message {ROOT} is missing."),
        ([reply(0, reply_count=4), reply(1)], "Slack counts 4 replies, 1 are here."),
        ([reply(0, reply_count=1), reply(1)], ""),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, messages: object, missing: str) -> None:
    read = read_replies(saved(tmp_path, messages))
    assert missing in read.incomplete
    assert bool(missing) is bool(read.incomplete)


def test_the_latest_copy_of_a_message_counts(tmp_path: Path) -> None:
    early = reply(60, "fixd")
    late = reply(60, "fixed", edited={"user": "U7ANA", "ts": "1772443000.000000"})
    stone = reply(0, "", subtype="tombstone")
    for copies in ([reply(0), early, late, stone], [stone, late, early, reply(0)]):
        read = read_replies(saved(tmp_path, copies))
        assert [(message.get("subtype"), message["text"]) for message in read.messages] == [
            ("tombstone", ""),
            (None, "fixed"),
        ]


def test_a_message_without_a_thread_is_a_thread_of_its_own(tmp_path: Path) -> None:
    alone = {"ts": ROOT, "text": "down", "user": "USLACKBOT"}
    read = read_replies(saved(tmp_path, [alone]))
    assert (read.root, read.warnings, read.incomplete) == (ROOT, (), "")
    with_root = read_replies(saved(tmp_path, [alone, reply(1)]))
    assert with_root.root == ROOT
    several = read_replies(saved(tmp_path, [{**alone, "ts": "1772442900.000000"}, alone]))
    assert several.root == ROOT
    assert "is taken for the root" in several.warnings[0]


def test_messages_without_words_are_allowed_and_counted(tmp_path: Path) -> None:
    empty = [reply(1, ""), {"ts": "1772442850.000000", "thread_ts": ROOT, "text": None, "user": None}]
    fine = [reply(0), reply(2, "", files=[{"id": "F1"}]), reply(3, "", subtype="tombstone")]
    one, several = (read_replies(saved(tmp_path, [*fine, *empty[:count]])).warnings for count in (1, 2))
    assert one[0] == "Message 1772442846.000100 has neither text nor file."
    assert several[0].startswith("2 messages have neither text nor file: 1772442846.000100, 1772442850.000000")


def test_people_who_are_only_mentioned_or_only_react_are_missed_too_but_no_app(tmp_path: Path) -> None:
    messages = [
        reply(0, "<@U8BEN> and <@U8EVE|eve>", reactions=[{"name": "eyes", "users": ["U8CY"]}]),
        reply(1, user="U8BOT", bot_profile={"name": "CI"}),
        reply(2, user="U8DAN", user_profile={"display_name": "dan"}),
    ]
    (warning,) = read_replies(saved(tmp_path, messages)).warnings
    assert warning == ("3 people are not in the users file: their ids stand for their names (U7ANA, U8BEN, U8CY).")


def test_characters_that_a_database_refuses_are_replaced(tmp_path: Path) -> None:
    path = saved(
        tmp_path, rb'[{"ts": "1772442845.000100", "text": "a\u0000b\ud83d", "x\u0000": 1, "user": "U\ud83d\ude00"}]'
    )
    (message,) = read_replies(path).messages
    assert message["text"] == "a\ufffdb\ufffd"
    assert message["user"] == "U\U0001f600"
    assert "x\ufffd" in message


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b'{"messages": [', "line 1, column 15"),
        (b'{"messages":\n [}', "line 2, column 3"),
        ('{"messages": []}'.encode("utf-16"), "not in UTF-8"),
        (b'{"messages": [NaN]}', "NaN"),
        (b"[" * 5000, "nested"),
        (b"[" * 300 + b"]" * 300, "nested"),
        (b"[" + b"1" * 5000 + b"]", "not JSON"),
        ([], "holds no message"),
        ({"messages": []}, "holds no message"),
        ({"messages": {}}, "no list of messages"),
        ({"events": []}, "no list of messages"),
        ("text", "not an answer of Slack"),
        ({"ok": False, "error": "thread_not_found"}, "thread_not_found"),
        ([{"messages": []}, 7], "answer 2 is not an answer"),
        ([7], "message 1 is not an object"),
        ([reply(0), {"text": "x", "thread_ts": ROOT}], "message 2 has no ts"),
        ([{"ts": 1772442845.0001}], "ts is the number 1772442845.0001"),
        ([{"ts": ["1"]}], "ts is not text"),
        ([{"ts": "1772442845.1"}], "not a Slack ts"),
        ([{"ts": "-1.000000"}], "not a Slack ts"),
        ([{"ts": "999999999999.000000"}], "beyond the year 9999"),
        ([{**reply(0), "thread_ts": 1.5}], "thread_ts is the number 1.5"),
        ([{**reply(0), "thread_ts": "yes"}], "thread_ts is not a Slack ts"),
        ([{**reply(0), "text": ["x"]}], "(ts 1772442845.000100): text is not text"),
        ([{**reply(0), "blocks": {}}], "blocks is not a list"),
        ([{**reply(0), "edited": "yes"}], "edited is not an object"),
        ([reply(0), reply(0, ts="1772442999.000000", thread_ts="")], f"2 threads: {ROOT}, 1772442999.000000"),
        ([reply(n, thread_ts=f"{n}.000000") for n in range(1, 9)], "8 threads: 1.000000, 2.000000"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_its_place(tmp_path: Path, content: object, part: str) -> None:
    refused = refusal(tmp_path, content)
    assert part in refused.message
    assert "thread.json" in refused.message


def test_a_ts_that_became_a_number_is_explained(tmp_path: Path) -> None:
    assert "in quotes" in refusal(tmp_path, [{"ts": 1772442845}]).hint


@pytest.mark.parametrize("name", ["absent.json", ".", "a\0b"])
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile):
        read_replies(tmp_path / name)
    with pytest.raises(BadFile):
        read_export(tmp_path / name, "checkout", ROOT)


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LIMIT", 10)
    assert "larger than 2 GiB" in refusal(tmp_path, thread()).message


def test_fifty_thousand_messages_take_a_few_seconds(tmp_path: Path) -> None:
    messages = [reply(0), *(rich_reply(number) for number in range(1, 50_000))]
    path = saved(tmp_path, {"messages": messages[::-1]})
    begin = time.perf_counter()
    read = read_replies(path)
    heard = [each for message in read.messages for each in said(message, "C7", read.root, read.names)]
    assert len(heard) == 50_000
    assert time.perf_counter() - begin < 15  # about 4 on a laptop


def rich_reply(number: int) -> dict[str, Any]:
    text = f"pod {number} restarted after the rollback, error rate at {number % 97} %"
    elements = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}]
    return reply(number, text, blocks=[{"type": "rich_text", "block_id": f"b{number}", "elements": elements}])


# --- garbage and order -------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
stamps = st.sampled_from([ROOT, "1772442846.000100", "1772442846.000099", "0.000000"])
FIELDS = ("text", "user", "blocks", "attachments", "files", "reactions", "edited", "room", "bot_profile", "subtype")
part_of_message = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["rich_text", "section", "table", "text", "rich_text_list", "link", "header", "new"]),
        "text": st.sampled_from(["<@U1>", "<!date^", "&lt;", ""]) | json_values,
        "elements": st.lists(json_values, max_size=2),
        "style": json_values,
        "users": json_values,
        "name": json_values,
        "ts": stamps | json_values,
        "date_start": json_values,
        "date_end": st.integers(),
        "rows": json_values,
        "fields": json_values,
        "title": json_values,
    },
)
rough_messages = st.fixed_dictionaries(
    {"ts": stamps},
    optional={
        "thread_ts": st.just(ROOT),
        **{field: st.lists(part_of_message, max_size=2) | part_of_message | json_values for field in FIELDS},
        "subtype": st.sampled_from(["huddle_thread", "tombstone", "channel_join", "bot_message"]),
    },
)
anything = json_values | st.lists(rough_messages, max_size=4) | st.fixed_dictionaries({"messages": json_values})


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=anything)
def test_garbage_is_refused_or_read_and_nothing_else(tmp_path: Path, content: object) -> None:
    try:
        read = read_replies(saved(tmp_path, content))
    except BadFile:
        return
    heard = [each for message in read.messages for each in said(message, "C7", read.root, read.names, "acme")]
    keys = [each.key for each in heard]
    assert len(keys) == len(set(keys))
    assert all(len(each.key) <= 250 and len(each.ref) <= 250 and "\0" not in each.ref for each in heard)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), messages=st.lists(rough_messages, min_size=1, max_size=5))
def test_order_and_repetition_do_not_matter(tmp_path: Path, data: st.DataObject, messages: list[Any]) -> None:
    def outcome(content: list[Any]) -> ThreadFile | None:
        try:
            return read_replies(saved(tmp_path, content))
        except BadFile:
            return None

    shuffled = data.draw(st.permutations([*messages, *messages]))
    assert outcome(messages) == outcome(shuffled)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), byte=st.binary(min_size=1, max_size=4))
def test_a_damaged_zip_is_refused_or_read_and_nothing_else(tmp_path: Path, place: int, byte: bytes) -> None:
    path = zipped(tmp_path, exported())
    content = bytearray(path.read_bytes())
    place %= len(content)
    content[place : place + len(byte)] = byte
    path.write_bytes(content)
    with suppress(BadFile):
        assert read_export(path, "checkout", ROOT).root == ROOT


# --- an export archive -------------------------------------------------------------------------------------------


def exported(top: str = "") -> dict[str, object]:
    late = reply(90_000, "closed", user="U8BEN")
    return {
        f"{top}users.json": [{"id": "U7ANA", "real_name": "Ana Ruiz"}],
        f"{top}channels.json": [{"id": "C7CHECKOUT", "name": "checkout"}, {"id": "C8QUIET", "name": "quiet"}],
        f"{top}groups.json": [{"id": "G7WAR", "name": "war-room"}],
        f"{top}dms.json": [{"id": "D7ANABEN", "members": ["U7ANA", "U8BEN"]}],
        f"{top}integration_logs.json": "no list",
        f"{top}checkout/{DAY}": [
            {"ts": "1772442000.000000", "user": "U7ANA", "text": "lunch?"},
            {"ts": "1772441000.000000", "user": "U7ANA", "subtype": "channel_join", "text": "joined"},
            {"text": "no ts, another's trouble"},
            *thread(),
        ],
        f"{top}checkout/{NEXT_DAY}": [late],
        f"{top}checkout/2026-03-04.json": "damaged, but of another thread",
        f"{top}checkout/canvas.json": 7,
        f"{top}war-room/{DAY}": thread(),
        f"{top}D7ANABEN/{DAY}": thread()[:1],
        f"{top}unlisted/{DAY}": thread()[:1],
    }


def zipped(folder: Path, members: dict[str, object], kind: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", kind) as opened:
        for name, content in members.items():
            opened.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def unpacked(folder: Path, members: dict[str, object]) -> Path:
    for name, content in members.items():
        path = folder / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return folder / "export"


def not_exported(folder: Path, changes: dict[str, object], channel: str = "checkout", stamp: str = ROOT) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read_export(zipped(folder, {**exported(), **changes}), channel, stamp)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("pack", [zipped, unpacked])
@pytest.mark.parametrize("top", ["", "Acme export Mar 2026/"])
@pytest.mark.parametrize("channel", ["checkout", "#checkout", "Checkout", "C7CHECKOUT"])
def test_a_thread_is_joined_over_the_days_of_an_export(tmp_path: Path, pack: Any, top: str, channel: str) -> None:
    members = {**exported(top), "__MACOSX/channels.json": 7}
    read = read_export(pack(tmp_path, members), channel, ROOT)
    assert [message["text"] for message in read.messages] == [
        "checkout answers 502",
        "looking",
        "rolled back",
        "closed",
    ]
    assert (read.root, read.channel_id, read.channel_name) == (ROOT, "C7CHECKOUT", "checkout")
    assert (read.incomplete, read.names.by_id["U7ANA"]) == ("", "Ana Ruiz")


@pytest.mark.parametrize(
    ("channel", "place"),
    [("war-room", ("G7WAR", "war-room")), ("D7ANABEN", ("D7ANABEN", "")), ("unlisted", ("", "unlisted"))],
)
def test_private_channels_and_folders_that_no_index_lists_are_found(
    tmp_path: Path, channel: str, place: tuple[str, str]
) -> None:
    read = read_export(zipped(tmp_path, exported()), channel, ROOT)
    assert (read.channel_id, read.channel_name) == place


def test_a_reply_leads_to_its_thread(tmp_path: Path) -> None:
    path = zipped(tmp_path, exported())
    read = read_export(path, "checkout", "https://acme.slack.com/archives/C7CHECKOUT/p1772532845000100")
    assert (read.root, len(read.messages)) == (ROOT, 4)
    assert read.warnings[0] == f"1772532845.000100 is a reply in the thread {ROOT}, which was read."
    assert read_export(path, "checkout", "1772442000.000000").messages[0]["text"] == "lunch?"


def test_an_export_without_users_goes_by_ids(tmp_path: Path) -> None:
    members = exported()
    del members["users.json"]
    assert "no users.json" in read_export(zipped(tmp_path, members), "checkout", ROOT).warnings[0]


def test_an_unknown_channel_names_those_that_are_near(tmp_path: Path) -> None:
    assert "checkout" in not_exported(tmp_path, {}, channel="chekout").hint
    assert "war-room" in not_exported(tmp_path, {}, channel="zzz").hint
    assert "no channel ''" in not_exported(tmp_path, {}, channel="").message
    assert "no messages of #quiet" in not_exported(tmp_path, {}, channel="quiet").message


def test_an_unknown_thread_names_those_that_are_near(tmp_path: Path) -> None:
    changes: dict[str, object] = {"checkout/2026-03-04.json": [], "checkout/2026-13-45.json": []}
    refused = not_exported(tmp_path, changes, stamp="1772442001.000000")
    assert refused.message.startswith("#checkout has no message 1772442001.000000")
    assert refused.hint == f"Near it are: 1772442000.000000 “lunch?”; {ROOT} “checkout answers 502”."
    assert "Copy link" in not_exported(tmp_path, {}, stamp="yesterday").hint


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({f"checkout/{DAY}": f'[{{"ts": "{ROOT}"'.encode()}, f"checkout/{DAY} is not JSON"),
        ({f"checkout/{DAY}": {"ts": ROOT}}, "is not a list of messages"),
        ({f"checkout/{DAY}": [ROOT]}, f"checkout/{DAY}, message 1 is not an object"),
        ({f"checkout/{DAY}": b'[{"ts": 1772442845.000100}]'}, "ts is the number"),
        ({f"checkout/{DAY}": [reply(0, blocks="x")]}, "blocks is not a list"),
        ({"users.json": {}, "org_users.json": [7]}, "org_users.json: user 1 has no id"),
        ({"channels.json": b"\xff"}, "channels.json is not in UTF-8"),
        ({"../evil.json": 1}, "'../evil.json', a path that leads out"),
        ({"checkout/../../evil.json": 1}, "leads out"),
        ({"/etc/evil.json": 1}, "leads out"),
        ({"C:evil.json": 1}, "leads out"),
        ({"checkout\\evil.json": 1}, "leads out"),
        ({"users.json": b"[" + b" " * 3_000_000 + b"]"}, "250 times its size"),
    ],
)
def test_an_export_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, changes: dict[str, object], part: str
) -> None:
    assert part in not_exported(tmp_path, {"checkout/2026-03-04.json": [], **changes}).message


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    def message(path: Path) -> str:
        with pytest.raises(BadFile) as caught:
            read_export(path, "checkout", ROOT)
        return caught.value.message

    assert "not a zip archive" in message(saved(tmp_path, b"PK, but no"))
    assert "no channels.json" in message(zipped(tmp_path, {"notes.json": []}))
    assert "several exports (a, b)" in message(zipped(tmp_path, {"a/users.json": [], "b/users.json": []}))
    assert "no channels.json" in message(unpacked(tmp_path, {"deep/er/users.json": []}))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, exported(), zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    entry = content.find(b"PK\x01\x02")
    while entry >= 0:
        content[entry + 8] |= 1
        entry = content.find(b"PK\x01\x02", entry + 4)
    path.write_bytes(content)
    with pytest.raises(BadFile, match="encrypted"):
        read_export(path, "checkout", ROOT)


def test_a_name_that_an_old_tool_stored_without_saying_utf_8_is_read(tmp_path: Path) -> None:
    members: dict[str, object] = {"channels.json": [{"id": "C7X", "name": "störung"}], f"störung/{DAY}": thread()}
    path = zipped(tmp_path, members, zipfile.ZIP_STORED)
    content = path.read_bytes()
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        pieces = content.split(mark)
        content = mark.join(
            [pieces[0], *(p[: place - 3] + bytes([p[place - 3] & ~8]) + p[place - 2 :] for p in pieces[1:])]
        )
    path.write_bytes(content)
    assert len(read_export(path, "störung", ROOT).messages) == 3


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, exported())
    outside = tmp_path / "outside.json"
    outside.write_text("[]")
    (folder / "users.json").unlink()
    os.symlink(outside, folder / "users.json")
    with pytest.raises(BadFile, match="leads out"):
        read_export(folder, "checkout", ROOT)


@pytest.mark.parametrize("pack", [zipped, unpacked])
def test_an_export_is_not_read_beyond_its_bound(tmp_path: Path, pack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LIMIT", 300)
    with pytest.raises(BadFile, match="more than 2 GiB"):
        read_export(pack(tmp_path, exported()), "checkout", ROOT)
