"""The documents keep up with the code: every command, setting, kind of entry and row, and provider has its place."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from musterpoint import posting
from musterpoint.cli.arguments import _grammar, parse
from musterpoint.cli.grammar import Usage
from musterpoint.core.command_words import FORMS, Verb
from musterpoint.core.conformance_steps import STEP_NAMES
from musterpoint.core.incident import Severity
from musterpoint.core.journal import KINDS, MarkKind, RowKind, Verdict
from musterpoint.core.own_steps import OwnStep
from musterpoint.core.pace import PACES
from musterpoint.core.process import Process
from musterpoint.integrations.github import events
from musterpoint.integrations.github import manifest as github_manifest
from musterpoint.integrations.github import trying as github_trying
from musterpoint.integrations.github.manifest import PERMISSIONS
from musterpoint.integrations.github.troubles import CODES
from musterpoint.integrations.registry import CHATS, TRACKERS, WEBSITES
from musterpoint.integrations.slack.app import manifest, trying
from musterpoint.process import SETTINGS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
APP = ROOT / "src" / "musterpoint" / "integrations" / "slack" / "app"
GITHUB = ROOT / "src" / "musterpoint" / "integrations" / "github"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
#: What a web server tells of one request (PEP 3333), which is no variable of ours.
OF_A_REQUEST = {"REQUEST_METHOD", "PATH_INFO", "CONTENT_TYPE", "CONTENT_LENGTH"}
#: Every verb has these; they are explained once.
COMMON = {"--help", "--format", "--as", "--wait", "--at"}


def sections(file: str, level: str = "###") -> dict[str, str]:
    """Heading → text, of one document."""
    parts = re.split(rf"^{level} (.+)$", (DOCS / file).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def verbs(parser: argparse.ArgumentParser, prefix: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every verb and sub-verb with its parser. One that only groups others is none itself."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                if not (inner._subparsers and inner._subparsers._group_actions[0].required):
                    yield f"{prefix}{name}", inner
                yield from verbs(inner, f"{prefix}{name} ")


VERBS = dict(verbs(_grammar()))
COMMANDS = re.findall(r"^musterpoint (.+)$", (DOCS / "commands.md").read_text(), re.MULTILINE)


def test_every_verb_has_a_heading_and_every_heading_is_a_verb() -> None:
    assert set(sections("commands.md")) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_and_names_its_options(verb: str) -> None:
    text = sections("commands.md")[verb]
    assert f"\nmusterpoint {verb}" in text
    options = {each for action in VERBS[verb]._actions for each in action.option_strings if each.startswith("--")}
    assert {each for each in options - COMMON if each not in text} == set()


@pytest.mark.parametrize("example", COMMANDS)
def test_every_example_is_a_command(example: str) -> None:
    assert parse(shlex.split(example)) is not None


def test_the_examples_of_the_readme_are_commands() -> None:
    found = re.findall(r"^\./run musterpoint (.+?)(?: +#.*)?$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(found) > 5
    for each in found:
        assert parse(shlex.split(each)) is not None


def test_a_word_that_is_no_option_makes_no_command() -> None:
    with pytest.raises(Usage):
        parse(["resolve", "1", "--when", "now"])


def test_every_setting_has_a_heading_and_every_heading_is_a_setting() -> None:
    documented = {each for each in sections("configuration.md") if each.startswith("[")}
    special = {f"[severity] {each}" for each in Severity} | {f"[reminders] {each}" for each in PACES}
    special |= {f"[[steps]] {each.name}" for each in fields(OwnStep)}
    assert documented == special | {f"[{section}] {key}" for section, key in SETTINGS}


def test_every_reminder_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)(?::3)?` \|", (DOCS / "reminders.md").read_text(), re.MULTILINE)
    assert explained == list(PACES)


def test_every_step_of_the_process_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", (DOCS / "conformance.md").read_text(), re.MULTILINE)
    assert explained == list(STEP_NAMES)


def test_every_variable_of_the_environment_has_a_heading() -> None:
    read = re.compile(r"environ(?:ment\(|\.get\(|\[)\s*f?\"([A-Z][A-Z_]+)\"")
    used = {name for file in (ROOT / "src").rglob("*.py") for name in read.findall(file.read_text())}
    documented = {each for each in sections("configuration.md") if not each.startswith("[")}
    assert documented == used - {"DJANGO_SETTINGS_MODULE"} - OF_A_REQUEST


def test_the_page_of_slack_names_every_command_and_what_it_does() -> None:
    table = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", (DOCS / "slack.md").read_text(), re.MULTILINE))
    forms = [form for form, _ in FORMS.values()]
    assert [each for each in table if each in forms] == forms
    assert [verb for verb in Verb if verb not in FORMS] == []


def test_the_page_of_slack_names_every_setting_variable_reaction_and_scope() -> None:
    text = (DOCS / "slack.md").read_text()
    of_others = {"url", "token"}
    settings = [f"`[chat] {key}`" for section, key in SETTINGS if section == "chat" and key not in of_others]
    marks = [f"| `:{name}:` | " for name in Process().marks]
    marks += [f"| `[marks] {kind}` |" for kind in MarkKind]
    variables = {name for file in APP.glob("*.py") for name in re.findall(r"\bSLACK_[A-Z_]+\b", file.read_text())}
    scopes = [f"`{scope}`" for scope in manifest.SCOPES]
    wanted = [*settings, *marks, f"`:{Process().reaction}:`", *scopes, *(f"| `{name}` |" for name in variables)]
    assert [each for each in wanted if each not in text] == []
    assert manifest.ADOPTING in text
    assert {"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "SLACK_API_URL"} <= variables


def test_the_check_of_slack_is_shown_as_it_is() -> None:
    shown = re.findall(r"^✓ (\w+) ", (DOCS / "slack.md").read_text(), re.MULTILINE)
    assert shown == [name for name, _ in trying.STEPS if name != "address"]


def test_the_page_of_github_names_every_setting_variable_right_and_event() -> None:
    text = (DOCS / "github.md").read_text()
    settings = [f"| `[github] {key}` | " for section, key in SETTINGS if section == "github"]
    read = re.compile(r"environment\(\"(GITHUB_[A-Z_]+)\"")
    variables = {name for file in GITHUB.glob("*.py") for name in read.findall(file.read_text())}
    rights = [f"| `{name}` | {level} | {what}" for name, (level, what) in PERMISSIONS.items()]
    shown = {"issues": "*Issues*", "issue_comment": "*Issue comments*", "sub_issues": "*Sub issues*"}
    wanted = [*settings, *(f"| `{name}` | " for name in variables), *rights, *shown.values()]
    assert [each for each in wanted if each not in text] == []
    assert set(shown) == set(github_manifest.EVENTS) == set(events.USED)
    assert "GITHUB_TOKEN" in variables


def test_the_check_of_github_is_shown_as_it_is() -> None:
    shown = re.findall(r"^✓ ([\w-]+) ", (DOCS / "github.md").read_text(), re.MULTILINE)
    assert shown == [name for name, _ in github_trying.STEPS]


def test_every_trouble_of_github_has_its_row() -> None:
    """By the first words that stand behind the place."""
    table = sections("github.md", "##")["Troubles and what to do"]
    rows = " ".join(re.findall(r"^\| (.+?) \| ", table, re.MULTILINE)).lower()
    words = {
        "no_credentials": "neither a token nor an app",
        "bad_credentials": "accept our token",
        "bad_app_key": "key of our app",
        "app_suspended": "suspended our app",
        "not_installed": "not installed",
        "no_rights": "must not write",
        "no_sight": "or read",
        "repository_gone": "is not there",
        "issues_disabled": "switched off",
        "archived": "archived",
        "ratelimited": "more than five minutes",
        "hour_full": "within an hour as it takes",
    }
    assert set(words) == set(CODES)
    assert [code for code, each in words.items() if each not in rows + table.lower()] == []


def test_every_tracker_is_named() -> None:
    text = sections("configuration.md")["[issue] tracker"]
    assert [each for each in TRACKERS if f"`{each}`" not in text] == []


def test_every_kind_of_entry_has_a_heading() -> None:
    assert set(sections("journal.md")) == set(KINDS)


def test_every_kind_of_row_and_every_verdict_is_explained() -> None:
    text = (DOCS / "timeline.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [each.value for each in RowKind]
    assert [each for each in Verdict if f"--{each}" not in text] == []


def test_every_mark_is_named() -> None:
    assert [each for each in MarkKind if f"`{each}`" not in sections("journal.md")["mark"]] == []


def test_every_chat_has_a_heading() -> None:
    assert tuple(sections("bridge.md", "##")) == CHATS


def test_every_website_has_a_heading() -> None:
    assert tuple(sections("website.md")) == WEBSITES


def test_every_variable_of_a_template_is_explained() -> None:
    named = set(re.findall(r"^\| (`.+?`) \|", (DOCS / "website.md").read_text(), re.MULTILINE))
    explained = {each for names in named for each in re.findall(r"`(\w+)`", names)}
    assert set(posting.variables(posting.example())) <= explained


def test_every_decision_is_in_the_list() -> None:
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (DOCS / "decisions" / "README.md").read_text())
    assert listed == sorted(each.name for each in (DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text())
    assert [each for each in links if not (document.parent / each).exists()] == []


def test_the_architecture_names_every_package_and_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    package = ROOT / "src" / "musterpoint"
    parts = [f"{each.name}/" for each in package.iterdir() if each.is_dir() and any(each.glob("*.py"))]
    parts += [each.name for each in package.glob("*.py") if each.name != "__init__.py"]
    assert [each for each in parts if each not in text] == []
