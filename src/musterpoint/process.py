"""Reads musterpoint.toml into a `Process`. Every problem is told with what to do about it; none stops the reading."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from musterpoint.core.chat_settings import reactions_meet, without_own_reactions, wrong_chat_setting
from musterpoint.core.conformance_steps import STEP_NAMES
from musterpoint.core.incident import Role, Severity
from musterpoint.core.own_steps import read_steps
from musterpoint.core.pace import Wrong, read_paces
from musterpoint.core.process import Process
from musterpoint.core.worktime import clock_time, wrong_setting

FILE = "musterpoint.toml"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the settings that is not as it should be. `fatal`: the setting was ignored."""

    where: str
    message: str
    hint: str
    fatal: bool = True


#: section, key → field of Process, and what its value must be
SETTINGS: dict[tuple[str, str], tuple[str, type]] = {
    ("authority", "people"): ("authority", list),
    ("security", "sirt"): ("sirt", list),
    ("security", "contact"): ("security_contact", str),
    ("chat", "provider"): ("chat", str),
    ("chat", "url"): ("chat_url", str),
    ("chat", "token"): ("chat_token", str),
    ("chat", "channel"): ("channel", str),
    ("chat", "workspace"): ("workspace", str),
    ("chat", "timeout"): ("timeout", float),
    ("chat", "say"): ("say", list),
    ("chat", "reaction"): ("reaction", str),
    ("chat", "history_every"): ("history_every", float),
    ("marks", "timeline"): ("mark_timeline", str),
    ("marks", "finding"): ("mark_finding", str),
    ("marks", "action_taken"): ("mark_action_taken", str),
    ("marks", "decision"): ("mark_decision", str),
    ("marks", "follow_up"): ("mark_follow_up", str),
    ("marks", "ignore"): ("mark_ignore", str),
    ("engine", "lease"): ("lease", float),
    ("engine", "attempts"): ("attempts", int),
    ("engine", "retry_after"): ("retry_after", float),
    ("server", "bind"): ("bind", str),
    ("server", "port"): ("port", int),
    ("server", "trusted_proxy"): ("trusted_proxy", str),
    ("accounts", "domains"): ("join_domains", list),
    ("accounts", "github_organisation"): ("join_github", str),
    ("accounts", "slack_workspace"): ("join_slack", str),
    ("accounts", "role"): ("join_role", str),
    ("issue", "tracker"): ("tracker", str),
    ("issue", "nominee"): ("nominee", str),
    ("issue", "reopenings"): ("reopenings", int),
    ("issue", "sections"): ("sections", list),
    ("issue", "timeline"): ("heading_timeline", str),
    ("issue", "rca"): ("heading_rca", str),
    ("issue", "actions"): ("heading_actions", str),
    ("github", "repository"): ("github_repository", str),
    ("github", "labels"): ("github_labels", list),
    ("github", "type"): ("github_type", str),
    ("github", "assignees"): ("github_assignees", list),
    ("github", "edit_every"): ("github_edit_every", float),
    ("github", "poll_every"): ("github_poll_every", float),
    ("github", "reconcile_every"): ("github_reconcile_every", float),
    ("github", "writes_a_minute"): ("github_writes_a_minute", int),
    ("github", "writes_an_hour"): ("github_writes_an_hour", int),
    ("writeup", "silence"): ("silence", float),
    ("website", "provider"): ("website", str),
    ("website", "folder"): ("website_folder", str),
    ("website", "path"): ("website_path", str),
    ("website", "url"): ("website_url", str),
    ("website", "branch"): ("website_branch", str),
    ("website", "title"): ("website_title", str),
    ("website", "slug"): ("website_slug", str),
    ("website", "tags"): ("website_tags", list),
    ("website", "authors"): ("website_authors", list),
    ("website", "template"): ("website_template", str),
    ("website", "customers"): ("customers", list),
    ("website", "internal_hosts"): ("internal_hosts", list),
    ("calendar", "zone"): ("zone", str),
    ("calendar", "days"): ("work_days", list),
    ("calendar", "begins"): ("work_begins", str),
    ("calendar", "ends"): ("work_ends", str),
    ("calendar", "holidays"): ("holidays", list),
}
#: sections with a shape of their own
SPECIAL = {"severity", "reminders", "steps"}
TYPE_NAMES = {list: "a list of texts", str: "a text", float: "a number of seconds", int: "a whole number"}

_OF_THE_INCIDENT = ("ref", "date", "day", "year", "month")
#: what may stand in braces
PLACEHOLDERS = {
    "website_path": (*_OF_THE_INCIDENT, "slug"),
    "website_url": (*_OF_THE_INCIDENT, "slug"),
    "website_branch": ("ref",),
    "website_title": _OF_THE_INCIDENT,
    "website_slug": _OF_THE_INCIDENT,
}
HEADINGS = ("heading_timeline", "heading_rca", "heading_actions")

LARGEST, LAST_PORT = 1_000_000_000, 65_535

TEMPLATE = """\
# How this team works. Every setting is optional; docs/configuration.md explains each.

[authority]
# Who nominates, raises the issue, overrides the guard and skips publication: names, accounts or identities.
people = ["cto"]

[security]
# Who knows of a restricted incident, besides whoever declared it.
sirt = []
# Shown to whoever declares a security incident.
contact = ""

[severity]
# Your own names for the three.
critical = "critical"
major = "major"
minor = "minor"
"""


def load(home: Path) -> tuple[Process, list[Problem]]:
    """The process as the file in `home` says, defaults where it is silent or wrong, and what is wrong in it."""
    file = home / FILE
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return Process(), []
    except (OSError, UnicodeDecodeError) as error:
        return Process(), [Problem(FILE, f"cannot be read: {error}", "Mend the file; until then the defaults hold.")]
    except tomllib.TOMLDecodeError as error:
        return Process(), [Problem(FILE, f"is not TOML: {error}", "Mend the line; until then the defaults hold.")]
    return _read(data)


def in_force() -> Process:
    """What this process runs under: the file as it was when somebody first asked."""
    return _in_force()[0]


def problems_in_force() -> list[Problem]:
    """What was wrong in it."""
    return _in_force()[1]


@cache
def _in_force() -> tuple[Process, list[Problem]]:
    from django.conf import settings

    return load(settings.HOME)


def _read(data: dict[str, Any]) -> tuple[Process, list[Problem]]:
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for section, content in data.items():
        if section == "severity" and isinstance(content, dict):
            values["severities"] = _severities(content, problems)
        elif section == "reminders":
            values["reminders"], wrong = read_paces(content)
            problems += _problems(wrong)
        elif section == "steps":
            values["steps"], wrong = read_steps(content, STEP_NAMES)
            problems += _problems(wrong)
        elif not isinstance(content, dict) or section not in {each for each, _ in SETTINGS}:
            problems.append(Problem(f"[{section}]", "is not known.", _known_sections()))
        else:
            for key, value in content.items():
                _setting(section, key, value, values, problems)
    process = replace(Process(), **values)
    problems += _together(process)
    if process.lease <= 2 * process.timeout:
        process = replace(process, lease=Process().lease, timeout=Process().timeout)
    if reactions_meet(process):
        process = without_own_reactions(process)
    if clock_time(process.work_begins) >= clock_time(process.work_ends):
        process = replace(process, work_begins=Process().work_begins, work_ends=Process().work_ends)
    headings = {name: getattr(process, name).strip() for name in HEADINGS}
    if len(set(headings.values())) < len(headings):
        problems.append(Problem("[issue]", "gives two sections one heading.", "The defaults hold until they differ."))
        headings = {name: getattr(Process(), name) for name in HEADINGS}
    return replace(process, **headings), problems


def _problems(wrong: list[Wrong]) -> list[Problem]:
    return [Problem(each.where, each.message, each.hint) for each in wrong]


def _setting(section: str, key: str, value: Any, values: dict[str, Any], problems: list[Problem]) -> None:
    where = f"[{section}] {key}"
    if (section, key) not in SETTINGS:
        known = ", ".join(name for each, name in SETTINGS if each == section)
        problems.append(Problem(where, "is not known.", f"Known there: {known}."))
        return
    field, kind = SETTINGS[section, key]
    others = (_no_server, wrong_setting, _no_issue, _no_pattern, _no_joining, wrong_chat_setting)
    if wrong := _wrong(kind, value) or next((told for each in others if (told := each(field, value))), ""):
        problems.append(Problem(where, wrong, "The default holds until it is."))
    else:
        values[field] = tuple(value) if kind is list else kind(value)


def _wrong(kind: type, value: Any) -> str:
    """What the value must be, if it is not."""
    fits = (int, float) if kind is float else kind
    texts = not isinstance(value, list) or all(isinstance(each, str) for each in value)
    if isinstance(value, bool) or not isinstance(value, fits) or not texts:
        return f"must be {TYPE_NAMES[kind]}."
    if isinstance(value, int | float) and not 0 < value <= LARGEST:  # "not": nan is neither
        return "must be more than 0." if not value > LARGEST else f"must be at most {LARGEST:,}."
    return ""


def _no_server(field: str, value: Any) -> str:
    if field == "port" and value > LAST_PORT:
        return f"must be at most {LAST_PORT}."
    if field == "trusted_proxy" and value:
        try:
            ip_address(value)
        except ValueError:
            return "must be the address of one machine, such as 127.0.0.1."
    return ""


def _no_joining(field: str, value: Any) -> str:
    """A rule that is misread would let strangers in, and nobody becomes an admin by joining."""
    if field == "join_domains" and not all(re.fullmatch(r"[\w-]+(\.[\w-]+)+", each) for each in value):
        return "must be domains such as example.com, without @ and without a star."
    if field == "join_github" and not re.fullmatch(r"[\w-]*", value):
        return "must be the organisation's name as its address has it."
    if field == "join_slack" and not re.fullmatch(r"([TE][A-Z0-9]+)?", value):
        return "must be the workspace's id, such as T0123ABCD."
    if field == "join_role" and value not in (Role.RESPONDER, Role.VIEWER):
        return "must be responder or viewer."
    return ""


def _no_issue(field: str, value: Any) -> str:
    """The issue has its three sections, each once and under a heading of its own line."""
    if field == "sections" and sorted(value) != sorted(Process().sections):
        return "must name timeline, rca and actions, each once."
    if field == "github_repository" and not re.fullmatch(r"([\w.-]+/[\w.-]+)?", value):
        return "must be OWNER/REPOSITORY, such as halden-ferries/CloudProject."
    if field in HEADINGS and (not value.strip() or len(value.splitlines()) > 1):
        return "must be one line of text."
    return ""


def _no_pattern(field: str, value: Any) -> str:
    """A post keeps its path for good: a misspelt name in braces must not become part of it."""
    if field not in PLACEHOLDERS:
        return ""
    names = re.findall(r"\{(\w+)\}", value)
    if set(names) - set(PLACEHOLDERS[field]) or value.count("{") + value.count("}") != 2 * len(names):
        return f"may have {', '.join(f'{{{each}}}' for each in PLACEHOLDERS[field])}, and no other braces."
    if field == "website_path" and (not {"slug", "ref"} & set(names) or value.startswith("/") or ".." in value):
        return "must be a path inside of the folder, with {slug} or {ref} in it."
    return ""


def _severities(content: dict[str, Any], problems: list[Problem]) -> dict[Severity, str]:
    names = {each: each.value for each in Severity}
    for key, value in content.items():
        if key not in list(Severity) or not isinstance(value, str) or not value.strip():
            problems.append(
                Problem(f"[severity] {key}", "must rename critical, major or minor.", 'Write: critical = "SEV1".')
            )
        else:
            names[Severity(key)] = value
    if len({each.strip().casefold() for each in names.values()}) < len(names):
        problems.append(Problem("[severity]", "gives two severities one name.", "Choose three different names."))
        return {each: each.value for each in Severity}
    return names


def _together(process: Process) -> list[Problem]:
    problems = []
    if process.lease <= 2 * process.timeout:
        problems.append(
            Problem(
                "[engine] lease",
                f"is {process.lease:g} s; two calls of {process.timeout:g} s each must fit into it.",
                "Make it more than twice [chat] timeout; the defaults of both hold until it is.",
            )
        )
    if meet := reactions_meet(process):
        problems.append(Problem("[marks]", meet, "The default reactions hold until all seven differ."))
    if clock_time(process.work_begins) >= clock_time(process.work_ends):
        problems.append(
            Problem(
                "[calendar] begins",
                f"is {process.work_begins}, and [calendar] ends is {process.work_ends}.",
                "Let the day begin before it ends; the defaults of both hold until it does.",
            )
        )
    if not process.security_contact:
        problems.append(
            Problem(
                "[security] contact",
                "is empty: whoever reports a security incident is told nobody to turn to.",
                "Name an address or a telephone number.",
                fatal=False,
            )
        )
    if not process.sirt:
        problems.append(
            Problem(
                "[security] sirt",
                "is empty: a restricted incident is known to its declarer alone.",
                "Name the people who handle security incidents.",
                fatal=False,
            )
        )
    return problems


def _known_sections() -> str:
    return f"Known: {', '.join(sorted({section for section, _ in SETTINGS} | SPECIAL))}."
