"""Four real incidents out of `../shared` (not part of this repository): imported, curated, resolved, told, exported."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commands import Musterpoint

SHARED = Path(__file__).parents[3] / "shared" / "real"
FOLDERS = sorted(SHARED.glob("2i2c-*"))
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDERS, reason="real incidents (the folder `shared` beside this repository)"),
]
NAMES = [each.name for each in FOLDERS] or ["none"]


def messages(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SHARED / name / "conversations.replies.json").read_text())["messages"]
    return found


def names(name: str) -> dict[str, str]:
    return {each["id"]: each["real_name"] for each in json.loads((SHARED / name / "users.json").read_text())}


@pytest.fixture(scope="module")
def refs(on_sqlite: Musterpoint) -> dict[str, str]:
    """Each folder imported, all into one installation: its name → the incident."""
    found = {}
    settings = on_sqlite.home / "musterpoint.toml"
    settings.write_text(settings.read_text().replace('people = ["cto"]', 'people = ["Adele Admin"]'))
    on_sqlite.tell("people", "add", "Bea", "account:bea")
    on_sqlite.tell("people", "add", "Cem", "account:cem")
    for folder in FOLDERS:
        files = [str(folder / "conversations.replies.json"), "--users", str(folder / "users.json")]
        first = on_sqlite.answer("import", "slack-thread", *files)
        assert first["new"] == first["entries"] >= len(messages(folder.name))
        again = on_sqlite.answer("import", "slack-thread", *files)
        assert (again["incident"], again["entries"], again["new"]) == (first["incident"], first["entries"], 0)
        found[folder.name] = first["incident"]
    assert len(on_sqlite.answer("list")["incidents"]) == len(FOLDERS)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_from_the_import_to_a_resolved_incident_and_its_files(
    on_sqlite: Musterpoint, refs: dict[str, str], name: str, tmp_path: Path
) -> None:
    ref = refs[name]
    shown = on_sqlite.answer("show", ref)
    assert shown["status"] == "open"
    assert shown["milestones"]["detected"] == {"at": stamp_text(messages(name)[0]["ts"]), "basis": "estimated"}
    first, last = [str(row["evidence"][0]["ref"]) for row in suggested(on_sqlite, ref)][
        :: len(suggested(on_sqlite, ref)) - 1
    ]
    on_sqlite.tell("timeline", ref, "--keep", first, "--kind", "detection")
    on_sqlite.tell("timeline", ref, "--drop", last, "--why", "said before")
    over = stamp_text(messages(name)[-1]["ts"])
    on_sqlite.tell("resolve", ref, "--at", over, "--reason", "closed by who was on call")
    told = on_sqlite.answer("show", ref)
    assert (told["status"], told["milestones"]["resolved"]) == ("resolved", {"at": over, "basis": "stated"})
    rows = on_sqlite.answer("timeline", ref)["rows"]
    assert [row["status"] for row in rows if row["evidence"][0]["ref"] in (first, last)] == ["kept", "dropped"]
    for form, sign in (("text", "● detection"), ("markdown", "## Timeline: ")):
        assert sign in on_sqlite.tell("timeline", ref, "--format", form)
    files = [Path(each) for each in on_sqlite.answer("export", ref, "--to", str(tmp_path))["files"]]
    assert all(each.stat().st_size for each in files)


def suggested(here: Musterpoint, ref: str) -> list[dict[str, Any]]:
    return [row for row in here.answer("timeline", ref)["rows"] if row["status"] == "suggested"]


def stamp_text(ts: str) -> str:
    seconds, _, micros = ts.partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros))
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_its_evidence_and_the_time_of_that_evidence(
    on_sqlite: Musterpoint, refs: dict[str, str], name: str
) -> None:
    times = {f"slack:-/{each['ts']}": stamp_text(each["ts"]) for each in messages(name)}
    rows = [row for row in on_sqlite.answer("timeline", refs[name])["rows"] if row["evidence"][0]["ref"] in times]
    assert len(rows) >= 2
    assert [row["at"] for row in rows] == [times[row["evidence"][0]["ref"]] for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_id_is_somebody_else_in_another_folder(
    on_sqlite: Musterpoint, refs: dict[str, str], name: str
) -> None:
    known = names(name)
    told = {each["ref"]: each["who"] for each in on_sqlite.answer("thread", refs[name])["entries"]}
    for each in messages(name):
        if "user" in each:
            assert told[f"slack:-/{each['ts']}"] == known[each["user"]]


@pytest.mark.parametrize("name", NAMES)
def test_it_walks_on_to_the_closed_and_published_incident(
    on_sqlite: Musterpoint, refs: dict[str, str], name: str, tmp_path: Path
) -> None:
    ref, people = refs[name], names(name)
    if on_sqlite.answer("show", ref)["status"] == "open":
        on_sqlite.tell("resolve", ref, "--at", stamp_text(messages(name)[-1]["ts"]))
    draft = on_sqlite.answer("writeup", "show", ref)
    cited = {cite for part in draft["parts"] for each in part["sentences"] for cite in each["cites"]}
    known = {each["ref"] for each in on_sqlite.answer("thread", ref)["entries"]}
    assert {each for each in cited if each.startswith("slack:")} <= known
    assert any(each.startswith("slack:") for each in cited)
    on_sqlite.tell("nominate", ref, "Bea")
    assert on_sqlite.refusal("raise", ref, "--as", "Cem")["code"] == "not_nominated"
    issue = on_sqlite.answer("raise", ref, "--as", "Bea")["issue"]
    for title, due in (("Watch the node pool", "2w"), ("Rewrite everything", "3d")):
        on_sqlite.tell("action", "add", ref, title, "--owner", "Bea", "--due", due)
    on_sqlite.tell("issue", "tick", ref, "1", "--as", "Bea")
    on_sqlite.tell("issue", "close", ref, "--as", "Cem")
    assert on_sqlite.answer("issue", "show", ref)["issue"]["open"]
    on_sqlite.tell("action", "decline", ref, "2", "--reason", "out of proportion")
    on_sqlite.tell("writeup", "done", ref)
    shown = on_sqlite.answer("issue", "show", ref)["issue"]
    assert (shown["ref"], shown["open"], len(shown["comments"])) == (issue["ref"], False, 2)
    assert on_sqlite.refusal("close", ref)["code"] == "blocked"
    published = on_sqlite.answer("publication", "publish", ref)["publication"]
    post = (on_sqlite.home / "website" / published["path"]).read_text()
    assert [each for each in people.values() if each in post] == []
    on_sqlite.tell("close", ref)
    steps = {each["name"]: each for each in on_sqlite.answer("conformance", ref)["steps"]}
    assert {steps[each]["status"] for each in ("raise", "close", "publish", "resolve", "identify")} == {"done"}
    assert on_sqlite.answer("show", ref)["status"] == "closed"
    assert [each for each in on_sqlite.answer("due")["waiting"] if each["incident"] == ref] == []


def test_a_fix_that_nobody_named_is_not_in_the_timeline(on_sqlite: Musterpoint, refs: dict[str, str]) -> None:
    """What helped in the end is known from the report, which is no message of the thread."""
    [name] = [each for each in NAMES if "lis-hub" in each]
    said = " ".join(" ".join(each["text"].split()) for each in messages(name))
    rows = on_sqlite.answer("timeline", refs[name])["rows"]
    told = [row["text"] for row in rows if row["evidence"][0]["ref"].startswith("slack:")]
    assert [text for text in told if text.rstrip("…") not in said] == []
    assert not any("zones" in text or "A and C" in text for text in told)
