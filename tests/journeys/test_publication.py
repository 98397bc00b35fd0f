"""The public post through the command line, from the decision to the second revision on the website.

The tests of this file build on each other: they are one journey.
"""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.journeys.commands import Musterpoint

SLUG = "service-disruption-report-2026-03-02"


@pytest.fixture(scope="module")
def site(installed: Musterpoint) -> Path:
    """The website as a git checkout beside the home; and how the team sets it up."""
    folder = installed.home.parent / f"{installed.home.name}-site"
    folder.mkdir()
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        [
            "-c",
            "user.name=Kim",
            "-c",
            "user.email=kim@example.com",
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            "Begin",
        ],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    settings = f'[authority]\npeople = ["bob"]\n\n[website]\nfolder = "{folder}"\ncustomers = ["Acme Freight"]\n'
    (installed.home / "musterpoint.toml").write_text(settings)
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def path() -> str:
    now = datetime.now(UTC)
    return f"nuxt/content/blog/{now:%Y}/{now:%m}/{SLUG}.md"


def test_check_finds_the_website(installed: Musterpoint, site: Path) -> None:
    assert installed.answer("check")["ok"]


def test_a_post_is_the_default_and_skipping_it_takes_authority_and_a_reason(installed: Musterpoint, site: Path) -> None:
    installed.tell("declare", "Checkout answers 502", "--affected", "the web shop", "--at", "2026-03-02 14:10")
    installed.tell("did", "1", "Bob rolled back to 4.1.2", "--at", "2026-03-02 14:40")
    installed.tell("did", "1", "Restarted db-01", "--at", "2026-03-02 14:50")
    installed.tell("correct", "1", "impact_began", "--at", "2026-03-02 13:40")
    shown = installed.answer("publication", "show", "1")["publication"]
    assert (shown["decision"], shown["decided"], shown["published"]) == ("publish", False, False)
    assert "the default is to publish one" in installed.tell("publication", "show", "1")
    assert installed.refusal("publication", "publish", "1")["code"] == "not_resolved"
    assert installed.refusal("publication", "decide", "1", "skip", "--reason", "few")["code"] == "no_authority"
    assert installed.refusal("publication", "decide", "1", "skip", "--as", "bob")["code"] == "empty"
    told = installed.tell("publication", "decide", "1", "skip", "--reason", "three users", "--as", "bob")
    assert "No post is published (Bob, " in told
    installed.tell("resolve", "1", "--at", "2026-03-02 15:36")
    assert installed.refusal("publication", "publish", "1")["code"] == "skipped"
    installed.tell("publication", "decide", "1", "undecided")
    assert not installed.answer("publication", "show", "1")["publication"]["decided"]


def test_the_draft_is_ready_and_its_rows_are_chosen(installed: Musterpoint, site: Path) -> None:
    text = installed.tell("publication", "draft", "1")
    assert "On March 2nd, 2026, a disruption affected our customers for 1 hour and 56 minutes." in text
    assert "- **14:40** - An engineer rolled back to 4.1.2." in text
    assert "Restarted" not in text
    rows = installed.tell("publication", "rows", "1")
    assert "it names hosts, addresses or ids" in rows
    restarted, rolled = installed.number("1", "Restarted db-01"), installed.number("1", "Bob rolled back to 4.1.2")
    installed.tell("timeline", "1", "--public", restarted)
    installed.tell("timeline", "1", "--private", rolled)
    draft = installed.answer("publication", "draft", "1")
    assert "- **14:50** - Restarted one of our servers." in draft["text"]
    assert "rolled back" not in draft["text"]
    assert all(each["cites"] for each in draft["sentences"])
    assert draft["questions"]


def test_a_person_edits_it_in_their_editor(installed: Musterpoint, site: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/We are sorry/We are very sorry, Acme Freight above all/' \"$1\"\n")
    editor.chmod(0o755)
    done = installed.run("publication", "edit", "1", EDITOR=str(editor), VISUAL="")
    assert (done.code, done.error) == (0, "")
    assert "very sorry" in installed.tell("publication", "draft", "1")
    assert list((installed.home / "drafts").iterdir()) == []
    assert "Nothing was changed" in installed.run("publication", "edit", "1", EDITOR="true", VISUAL="").out
    failed = installed.run("publication", "edit", "1", EDITOR="false", VISUAL="")
    assert (failed.code, "The text is kept in" in failed.error) == (1, True)
    assert installed.refusal("publication", "edit", "1", EDITOR="/no/editor", VISUAL="")["code"] == "no_editor"


def test_what_must_not_be_public_keeps_it_back(installed: Musterpoint, site: Path, tmp_path: Path) -> None:
    advice = installed.answer("publication", "check", "1")["advice"]
    assert {each["code"]: each["grave"] for each in advice} == {"customer_named": True, "next_steps_missing": False}
    assert installed.refusal("publication", "publish", "1")["code"] == "not_fit"
    file = tmp_path / "post.md"
    file.write_text(installed.answer("publication", "draft", "1")["source"].replace(", Acme Freight above all", ""))
    installed.tell("publication", "edit", "1", "--from", str(file))
    installed.tell("action", "add", "1", "Alert on the pool", "--tracked", "https://github.com/acme/shop/issues/3")
    assert "No action" not in installed.tell("publication", "check", "1")


def test_it_is_published_on_a_branch_of_its_own(installed: Musterpoint, site: Path) -> None:
    told = installed.answer("publication", "publish", "1")
    assert list(told) == ["incident", "publication"]
    post = told["publication"]
    assert (post["decision"], post["published"], post["revision"], post["path"]) == ("publish", True, 1, path())
    assert post["where"].startswith("incident-1@")
    assert git(site, "symbolic-ref", "HEAD") == "refs/heads/main\n"
    assert git(site, "status", "--porcelain") == ""
    text = git(site, "show", f"incident-1:{path()}")
    assert "We are very sorry for the trouble" in text
    assert installed.refusal("publication", "publish", "1")["code"] == "unchanged"
    assert "publication" not in json.dumps(installed.answer("blockers", "1"))


def test_it_is_kept_honest(installed: Musterpoint, site: Path) -> None:
    installed.tell("action", "done", "1", "1")
    shown = installed.answer("publication", "show", "1")
    assert [each["status"] for each in shown["actions_since"]] == ["done"]
    assert "Alert on the pool" in shown["changed"]
    installed.tell("publication", "edit", "1", "--composed")
    assert "is not the one on the website" in installed.tell("publication", "show", "1")
    assert "Revision 2 is on the website" in installed.tell("publication", "publish", "1")
    text = git(site, "show", f"incident-1:{path()}")
    assert "- [Alert on the pool](https://github.com/acme/shop/issues/3) (done)" in text
    assert f"lastUpdated: {datetime.now(UTC):%Y-%m-%d}\n" in text
    assert git(site, "log", "--format=%s", "incident-1").splitlines() == [
        "Public post of incident 1, revision 2",
        "Public post of incident 1",
        "Begin",
    ]


def test_of_a_restricted_incident_there_is_no_post(installed: Musterpoint, site: Path) -> None:
    ref = installed.answer("declare", "Keys in the log", "--security", "yes")["incident"]
    for what in ("show", "draft", "rows", "check", "publish"):
        assert installed.refusal("publication", what, ref)["code"] == "not_public"
        assert installed.refusal("publication", what, ref, "--as", "victor")["code"] in ("not_found", "read_only")


def test_who_restricts_an_incident_with_a_post_is_told_where_it_is(installed: Musterpoint, site: Path) -> None:
    told = installed.answer("restrict", "1", "--why", "customer data in the log")
    assert told["post"] == path()
    assert installed.refusal("publication", "publish", "1")["code"] == "not_public"


def test_check_names_a_template_that_is_broken_and_a_folder_that_is_gone(installed: Musterpoint, site: Path) -> None:
    (installed.home / "post.md").write_text("---\n{% if title %}\n")
    (installed.home / "musterpoint.toml").write_text('[website]\nfolder = "/no/site"\ntemplate = "post.md"\n')
    done = installed.run("check", "--format", "json")
    found = {each["where"]: each["message"] for each in json.loads(done.out)["problems"]}
    assert "does not exist" in found["[website]"]
    assert "post.md, line 2, is broken" in found["[website] template"]
    ref = installed.answer("declare", "Search is slow")["incident"]
    assert installed.refusal("publication", "draft", ref)["code"] == "bad_template"
