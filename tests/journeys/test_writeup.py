"""The write-up at the command line: a process for every command, and an editor that a person could have."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.commands import Done, Musterpoint

#: An editor that replaces texts in the file; `--fail` ends with 3, `--first` runs a command before it writes.
EDITOR = """
import json, pathlib, subprocess, sys
plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
file = pathlib.Path(sys.argv[2])
if plan.get("fail"):
    sys.exit(3)
if plan.get("first"):
    subprocess.run(plan["first"], check=True, stdout=subprocess.DEVNULL)
text = file.read_text()
pathlib.Path(sys.argv[1]).with_suffix(".seen").write_text(text)
for old, new in plan.get("replace", []):
    assert old in text, old
    text = text.replace(old, new, 1)
file.write_text(text + plan.get("append", ""))
"""


def ago(minutes: int) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


class Desk:
    """A person at an installation, with an editor that does what is planned."""

    def __init__(self, installed: Musterpoint, folder: Path) -> None:
        self.installed = installed
        self.plan = folder / "plan.json"
        script = folder / "editor.py"
        script.write_text(EDITOR)
        self.editor = f"{sys.executable} {script} {self.plan}"

    def edit(self, *words: str, **plan: object) -> Done:
        self.plan.write_text(json.dumps(plan))
        return self.installed.run("writeup", "edit", *words, EDITOR=self.editor, VISUAL="")

    @property
    def seen(self) -> str:
        return self.plan.with_suffix(".seen").read_text()

    @property
    def drafts(self) -> list[Path]:
        return sorted((self.installed.home / "drafts").glob("writeup*"))


@pytest.fixture
def desk(installed: Musterpoint, tmp_path: Path) -> Desk:
    return Desk(installed, tmp_path)


@pytest.fixture
def ref(installed: Musterpoint) -> str:
    """An incident that was resolved half an hour ago."""
    ref = str(
        installed.answer("declare", "Checkout answers 502", "--affected", "web shop", "--at", ago(60))["incident"]
    )
    commands = [
        ["note", ref, "1,200 customers cannot pay", "--at", ago(55)],
        ["note", ref, "The 502s were caused by the pool of 4.1.3", "--mark", "finding", "--at", ago(50)],
        ["did", ref, "Rolled back to 4.1.2", "--at", ago(45)],
        ["note", ref, "TODO: alert on a full pool", "--at", ago(44)],
        ["resolve", ref, "--at", ago(40), "--reason", "rolled back"],
    ]
    assert [each.code for each in installed.batch(commands)] == [0] * len(commands)
    return ref


def part(installed: Musterpoint, ref: str, name: str) -> dict[str, object]:
    [shape] = installed.answer("writeup", "show", ref, name)["parts"]
    assert isinstance(shape, dict)
    return shape


def test_it_is_shown_for_people_and_for_programs(installed: Musterpoint, ref: str) -> None:
    shape = installed.answer("writeup", "show", ref)
    assert [each["name"] for each in shape["parts"]][:3] == ["summary", "impact", "timeline"]
    assert all(sentence["cites"] for each in shape["parts"] for sentence in each["sentences"])
    assert (shape["done"], shape["status"]) == (False, "resolved")
    assert [each["text"] for each in shape["proposed"]] == ["alert on a full pool"]
    told = installed.tell("writeup", "show", ref)
    assert f"Write-up of incident {ref}: Checkout answers 502" in told
    assert "“1,200 customers cannot pay”" in told
    assert "? When did the impact begin?" in told
    assert "Open questions" in told
    assert "Similar earlier incidents" in told
    markdown = installed.tell("writeup", "show", ref, "--format", "markdown")
    assert markdown.startswith(f"# Write-up of incident {ref}: Checkout answers 502\n\n## Summary\n\n")
    alone = installed.tell("writeup", "show", "impact", ref)
    assert alone.startswith("Customer impact  composed from the record\n")


def test_a_part_is_set_in_either_order_and_composed_again(installed: Musterpoint, ref: str) -> None:
    composed = part(installed, ref, "summary")["text"]
    first = installed.answer("writeup", "set", ref, "summary", "Checkout was down.")
    assert first["version"] == first["entry"]["id"]
    installed.tell("writeup", "set", "went-well", ref, "-", stdin="- the rollback\n- the page\n")
    assert part(installed, ref, "went_well")["text"] == "- the rollback\n- the page"
    installed.tell("writeup", "set", ref, "lucky", "--text", "- a Sunday")
    assert "Nothing was changed" in installed.tell("writeup", "set", ref, "summary", "Checkout was down.")
    told = installed.tell("writeup", "show", ref, "summary")
    assert f"version {first['version']}" in told
    installed.tell("writeup", "set", ref, "summary", "--composed")
    assert part(installed, ref, "summary")["text"] == composed
    assert "Checkout was down." in installed.tell("writeup", "show", ref, "summary", "--versions")


def test_of_two_who_write_the_same_part_the_second_is_shown_both(installed: Musterpoint, ref: str) -> None:
    version = str(installed.answer("writeup", "set", ref, "summary", "Bob's", "--as", "bob")["version"])
    error = installed.refusal("writeup", "set", ref, "summary", "Adele's", "--base", "0")
    assert error["code"] == "conflict"
    assert "Bob's" in error["message"]
    assert "Adele's" in error["message"]
    assert f"--base {version}" in error["hint"]
    assert part(installed, ref, "summary")["text"] == "Bob's"
    told = installed.tell("writeup", "show", ref, "summary", "--versions")
    assert "Adele's" in told
    installed.tell("writeup", "set", ref, "summary", "Bob's and Adele's", "--base", version)
    assert part(installed, ref, "summary")["text"] == "Bob's and Adele's"


def test_what_is_wrong_is_refused_with_what_would_work(installed: Musterpoint, ref: str) -> None:
    assert "summary, impact" in installed.refusal("writeup", "show", ref, "cause")["hint"]
    assert installed.refusal("writeup", "set", ref, "summary")["code"] == "no_text"
    assert installed.refusal("writeup", "set", ref, "summary", " ")["code"] == "empty"
    assert installed.refusal("writeup", "set", ref, "summary", "x", "--composed")["code"] == "two_wishes"
    assert installed.refusal("writeup", "set", ref, "summary", "x", "--base", "999999")["code"] == "unknown_version"
    assert installed.refusal("writeup", "show", "999")["code"] == "not_found"
    assert installed.refusal("writeup", "reopen", ref)["code"] == "unchanged"


def test_it_is_checked_and_done_and_taken_up_again(installed: Musterpoint, ref: str) -> None:
    installed.tell("writeup", "set", ref, "factors", "Human error. The outage lasted 3 hours.")
    found = installed.answer("writeup", "check", ref)["advice"]
    codes = {each["code"] for each in found if each["part"] == "factors"}
    assert codes == {"blame", "length_differs", "single_cause"}
    told = installed.tell("writeup", "check", ref)
    assert "“Human error.”" in told
    assert "It is advice" in told
    installed.tell("writeup", "done", ref)
    assert installed.answer("writeup", "show", ref)["done"]
    installed.tell("writeup", "reopen", ref, "--reason", "one more cause")
    assert not installed.answer("writeup", "show", ref)["done"]


# --- the editor --------------------------------------------------------------------------------------------------


def test_one_part_is_edited(desk: Desk, ref: str) -> None:
    composed = str(part(desk.installed, ref, "trigger")["text"])
    done = desk.edit(ref, "trigger", replace=[[composed, "The pool of 4.1.3 was too small."]])
    assert (done.code, done.out) == (0, "“What triggered it” stands as you wrote it.\n"), done
    assert part(desk.installed, ref, "trigger")["text"] == "The pool of 4.1.3 was too small."
    assert desk.seen.startswith(f"<!-- “What triggered it” of the write-up of incident {ref}.")
    assert desk.drafts == []


def test_the_whole_is_edited_and_each_part_that_changed_is_merged(desk: Desk, ref: str) -> None:
    desk.installed.tell("action", "add", ref, "Alert on a full pool")
    done = desk.edit(
        ref,
        replace=[
            ["- [ ] Alert", "- [x] Alert"],
            ["*Open question: Where were we lucky?*", "It was a Sunday."],
            ["*Open question: What went well?*", "The rollback."],
            ["<!-- /musterpoint:actions -->", "- [ ] Make the pool larger\n<!-- /musterpoint:actions -->"],
        ],
    )
    assert done.code == 0, done
    shape = desk.installed.answer("writeup", "show", ref)
    versions = {each["name"] for each in shape["parts"] if each["version"]}
    assert versions == {"lucky", "went_well"}
    assert {each["title"]: each["status"] for each in shape["actions"]} == {
        "Alert on a full pool": "done",
        "Make the pool larger": "open",
    }
    assert desk.drafts == []


def test_without_a_change_nothing_is_written(desk: Desk, ref: str) -> None:
    before = len(desk.installed.answer("thread", ref)["entries"])
    for words in ([ref], [ref, "summary"]):
        done = desk.edit(*words)
        assert (done.code, done.out) == (0, "Nothing was changed.\n")
    assert len(desk.installed.answer("thread", ref)["entries"]) == before
    assert desk.drafts == []


def test_somebody_else_wrote_the_same_part_meanwhile(desk: Desk, ref: str) -> None:
    home = str(desk.installed.home)
    environment = ["env", f"MUSTERPOINT_HOME={home}", f"DATABASE_URL={desk.installed.database}", sys.executable]
    first = [*environment, "-m", "musterpoint.cli", "writeup", "set", ref, "lucky", "Bob's luck", "--as", "bob"]
    done = desk.edit(
        ref,
        first=first,
        replace=[
            ["*Open question: Where were we lucky?*", "Adele's luck"],
            ["*Open question: What went well?*", "The rollback."],
        ],
    )
    assert done.code == 1
    assert "Bob's luck" in done.error
    assert "Adele's luck" in done.error
    assert part(desk.installed, ref, "lucky")["text"] == "Bob's luck"
    assert part(desk.installed, ref, "went_well")["text"] == "The rollback."
    [draft] = desk.drafts
    assert str(draft) in done.error
    assert "Adele's luck" in draft.read_text()
    assert "Adele's luck" in desk.installed.tell("writeup", "show", ref, "lucky", "--versions")
    draft.unlink()


def test_what_is_written_outside_of_the_parts_is_not_lost_silently(desk: Desk, ref: str) -> None:
    done = desk.edit(ref, append="\nAn afterthought.\n", replace=[["*Open question: Where were we lucky?*", "Sunday"]])
    assert done.code == 1
    assert "An afterthought." in done.error
    assert part(desk.installed, ref, "lucky")["text"] == "Sunday"
    [draft] = desk.drafts
    assert "An afterthought." in draft.read_text()
    draft.unlink()


def test_a_part_that_is_emptied_is_composed_again(desk: Desk, ref: str) -> None:
    composed = part(desk.installed, ref, "lucky")["text"]
    desk.installed.tell("writeup", "set", ref, "lucky", "It was a Sunday.")
    done = desk.edit(ref, replace=[["It was a Sunday.\n", "\n"]])
    assert done.code == 0, done
    assert part(desk.installed, ref, "lucky")["text"] == composed


def test_an_editor_that_fails_or_is_missing_loses_nothing(desk: Desk, ref: str) -> None:
    done = desk.edit(ref, "summary", fail=True)
    assert done.code == 1
    assert "ended with code 3" in done.error
    assert part(desk.installed, ref, "summary")["version"] == 0
    missing = desk.installed.run("writeup", "edit", ref, "summary", EDITOR="/nowhere/editor", VISUAL="")
    assert missing.code == 1
    assert "does not start" in missing.error
    for draft in desk.drafts:
        draft.unlink()


def test_who_may_not_write_gets_no_editor(desk: Desk, ref: str) -> None:
    done = desk.edit(ref, "--as", "victor", fail=True)
    assert done.code == 1
    assert "may read but not change" in done.error
    assert desk.drafts == []
