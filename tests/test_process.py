"""musterpoint.toml: every setting is read; what is wrong is said with what to do, and the default holds."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.incident import Severity
from musterpoint.core.marks import MarkKind
from musterpoint.core.own_steps import OwnStep
from musterpoint.core.pace import PACES, Pace
from musterpoint.core.process import Process
from musterpoint.process import FILE, SETTINGS, TEMPLATE, Problem, load

ADVICE = {"[security] contact", "[security] sirt"}
FULL = """
[authority]
people = ["cto", "email:ana@example.com"]
[security]
sirt = ["account:nia"]
contact = "security@example.com"
[severity]
critical = "SEV1"
minor = "SEV3"
[chat]
provider = "bridge"
url = "https://chat.example.com"
token = "made-up"
channel = "C7OPS"
workspace = "acme"
timeout = 4
say = ["resolved", "closed"]
reaction = "fire"
history_every = 300
[marks]
timeline = "round_pushpin"
finding = "eyes"
action_taken = "hammer"
decision = "ballot_box_with_check"
follow_up = "todo"
ignore = "x"
[engine]
lease = 20.5
attempts = 3
retry_after = 1
[server]
bind = "0.0.0.0"
port = 9000
trusted_proxy = "127.0.0.1"
[issue]
tracker = "elsewhere"
nominee = "Ana Ruiz"
reopenings = 2
sections = ["rca", "timeline", "actions"]
timeline = "What happened"
rca = "Why"
actions = "What follows"
[github]
repository = "halden-ferries/CloudProject"
labels = ["incident", "customer"]
type = "Bug"
assignees = ["ana"]
edit_every = 20
poll_every = 90
reconcile_every = 3600.5
writes_a_minute = 600
writes_an_hour = 5000
[writeup]
silence = 1800
[website]
provider = "elsewhere"
folder = "site"
path = "posts/{slug}.md"
url = "/posts/{slug}/"
branch = "post-{ref}"
title = "Report for {date}"
slug = "report-{day}"
tags = ["incident"]
authors = ["ana-ruiz"]
template = "post.md"
customers = ["Larch Mutual"]
internal_hosts = ["*.corp.example.com"]
[accounts]
domains = ["example.com"]
github_organisation = "acme"
slack_workspace = "T0123ABCD"
role = "viewer"
[calendar]
zone = "Europe/Berlin"
days = ["mon", "sat"]
begins = "08:30"
ends = "18:00"
holidays = ["2026-12-25"]
[reminders]
no_lead = {after = 60, every = 120, times = 1}
no_severity = {times = 0}
action_due = {before = 86400}
[[steps]]
name = "status_page"
title = "Tell customers"
said = "status page"
before = "resolved"
incidents = ["availability"]
[[steps]]
name = "legal"
kind = "restriction"
"""


def read(tmp_path: Path, text: str | bytes) -> tuple[Process, list[Problem]]:
    """The process, and the problems without the advice that an empty file gets as well."""
    (tmp_path / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    process, problems = load(tmp_path)
    return process, [each for each in problems if each.fatal or each.where not in ADVICE]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == (Process(), [])


def test_every_setting_is_read(tmp_path: Path) -> None:
    process, problems = read(tmp_path, FULL)
    assert problems == []
    assert process == Process(
        authority=("cto", "email:ana@example.com"),
        sirt=("account:nia",),
        security_contact="security@example.com",
        severities={Severity.CRITICAL: "SEV1", Severity.MAJOR: "major", Severity.MINOR: "SEV3"},
        chat="bridge",
        chat_url="https://chat.example.com",
        chat_token="made-up",
        channel="C7OPS",
        workspace="acme",
        lease=20.5,
        attempts=3,
        retry_after=1.0,
        timeout=4.0,
        say=("resolved", "closed"),
        reaction="fire",
        history_every=300.0,
        mark_timeline="round_pushpin",
        mark_finding="eyes",
        mark_action_taken="hammer",
        mark_decision="ballot_box_with_check",
        mark_follow_up="todo",
        mark_ignore="x",
        port=9000,
        trusted_proxy="127.0.0.1",
        bind="0.0.0.0",  # noqa: S104  (what a file may say)
        tracker="elsewhere",
        nominee="Ana Ruiz",
        reopenings=2,
        sections=("rca", "timeline", "actions"),
        heading_timeline="What happened",
        heading_rca="Why",
        heading_actions="What follows",
        github_repository="halden-ferries/CloudProject",
        github_labels=("incident", "customer"),
        github_type="Bug",
        github_assignees=("ana",),
        github_edit_every=20.0,
        github_poll_every=90.0,
        github_reconcile_every=3600.5,
        github_writes_a_minute=600,
        github_writes_an_hour=5000,
        silence=1800.0,
        website="elsewhere",
        website_folder="site",
        website_path="posts/{slug}.md",
        website_url="/posts/{slug}/",
        website_branch="post-{ref}",
        website_title="Report for {date}",
        website_slug="report-{day}",
        website_tags=("incident",),
        website_authors=("ana-ruiz",),
        website_template="post.md",
        customers=("Larch Mutual",),
        internal_hosts=("*.corp.example.com",),
        zone="Europe/Berlin",
        work_days=("mon", "sat"),
        work_begins="08:30",
        work_ends="18:00",
        holidays=("2026-12-25",),
        join_domains=("example.com",),
        join_github="acme",
        join_slack="T0123ABCD",
        join_role="viewer",
        reminders={
            **PACES,
            "no_lead": Pace(60, 120, 1),
            "no_severity": replace(PACES["no_severity"], times=0),
            "action_due": replace(PACES["action_due"], before=86_400),
        },
        steps=(
            OwnStep("status_page", "Tell customers", "status page", before="resolved", incidents=("availability",)),
            OwnStep("legal", "legal", kind="restriction"),
        ),
    )
    assert process.announces
    assert not Process().announces
    assert process.marks["todo"] is MarkKind.FOLLOW_UP
    assert set(Process().marks.values()) == set(MarkKind)


def test_every_field_has_a_setting_and_this_test_tries_it() -> None:
    special = {"severities", "reminders", "steps"}
    assert {field for field, _ in SETTINGS.values()} | special == {each.name for each in fields(Process)}
    tables = {section: content for section, content in tomllib.loads(FULL).items() if section != "steps"}
    tried = {(section, key) for section, content in tables.items() for key in content}
    assert set(SETTINGS) <= tried


def test_the_template_says_nothing_but_the_defaults(tmp_path: Path) -> None:
    process, problems = read(tmp_path, TEMPLATE)
    assert (process, problems) == (Process(), [])


def test_what_is_left_empty_is_worth_a_word_and_not_wrong(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("")
    process, problems = load(tmp_path)
    assert process == Process()
    assert {each.where for each in problems} == ADVICE
    assert all(each.hint and not each.fatal for each in problems)
    assert load(tmp_path / "nowhere") == (Process(), [])


WRONG: dict[type, tuple[str, ...]] = {
    list: ('"cto"', "7", "true", "[1]", '["cto", 2]', "{}", "2026-03-02"),
    str: ("7", "true", "[]", "1.5", "{}", "2026-03-02"),
    float: ('"4"', "true", "[]", "0", "-1", "0.0", "-0.5", "nan", "inf", "-inf", "2000000000", "1" + "0" * 400),
    int: ('"4"', "true", "1.5", "[]", "0", "-1", "2000000000", "1" + "0" * 400),
}


@pytest.mark.parametrize(
    ("place", "value"),
    [(place, value) for place, (_, kind) in SETTINGS.items() for value in WRONG[kind]],
    ids=lambda each: each[:12] if isinstance(each, str) else ".".join(each),
)
def test_a_wrong_value_is_a_problem_and_the_default_holds(tmp_path: Path, place: tuple[str, str], value: str) -> None:
    process, problems = read(tmp_path, f"[{place[0]}]\n{place[1]} = {value}\n")
    assert process == Process()
    (problem,) = problems
    assert problem.where == f"[{place[0]}] {place[1]}"
    assert problem.message.startswith("must be ")
    assert problem.hint
    assert problem.fatal


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[authorty]\npeople = []", "[authorty]"),
        ('people = ["cto"]', "[people]"),
        ("[[chat]]\nurl = 'https://chat.example.com'", "[chat]"),
        ("severity = 'SEV1'", "[severity]"),
        ("[chat]\nurls = 'https://chat.example.com'", "[chat] urls"),
        ("[severity]\nblocker = 'SEV0'", "[severity] blocker"),
        ("[severity]\ncritical = 1", "[severity] critical"),
        ("[severity]\ncritical = ' '", "[severity] critical"),
        ("[severity]\ncritical = 'major'", "[severity]"),
        ("[severity]\ncritical = 'SEV'\nminor = 'sev '", "[severity]"),
        ("[server]\nport = 65536", "[server] port"),
        ('[server]\ntrusted_proxy = "*"', "[server] trusted_proxy"),
        ('[server]\ntrusted_proxy = "10.0.0.0/8"', "[server] trusted_proxy"),
        ("[engine]\nlease = 20", "[engine] lease"),
        ("[chat]\ntimeout = 15", "[engine] lease"),
        ("[chat]\nreaction = ':fire:'", "[chat] reaction"),
        ("[chat]\nreaction = ''", "[chat] reaction"),
        ("[chat]\nreaction = 'pushpin'", "[marks]"),
        ("[chat]\nsay = ['everything']", "[chat] say"),
        ("[marks]\nfinding = 'wrench'", "[marks]"),
        ("[marks]\nfinding = 'two words'", "[marks] finding"),
        ("[marks]\nimportant = 'star'", "[marks] important"),
        ("[calendar]\nzone = 'Mars/Olympus'", "[calendar] zone"),
        ("[issue]\nsections = ['actions', 'foo', 'timeline']", "[issue] sections"),
        ("[issue]\nsections = ['timeline', 'rca']", "[issue] sections"),
        ("[issue]\nsections = ['rca', 'rca', 'timeline', 'actions']", "[issue] sections"),
        ("[website]\npath = '{nope}/{slug}.md'", "[website] path"),
        ("[website]\npath = 'blog/post.md'", "[website] path"),
        ("[website]\npath = '../{slug}.md'", "[website] path"),
        ("[website]\nslug = 'report-{ref'", "[website] slug"),
        ("[website]\nbranch = 'post-{slug}'", "[website] branch"),
        ("[website]\ntitle = 'Report of {when}'", "[website] title"),
        ("[github]\nrepository = 'CloudProject'", "[github] repository"),
        ("[github]\nrepository = 'https://github.com/halden-ferries/CloudProject'", "[github] repository"),
        ("[github]\nlabel = ['incident']", "[github] label"),
        ("[issue]\nrca = ' '", "[issue] rca"),
        ('[issue]\nrca = "a\\nb"', "[issue] rca"),
        ("[issue]\nrca = 'Actions'", "[issue]"),
        ("[calendar]\ndays = ['monday']", "[calendar] days"),
        ("[calendar]\ndays = []", "[calendar] days"),
        ("[calendar]\nbegins = '9:00'", "[calendar] begins"),
        ("[calendar]\nends = '24:00'", "[calendar] ends"),
        ("[calendar]\nends = '08:00'", "[calendar] begins"),
        ("[calendar]\nbegins = '17:00'", "[calendar] begins"),
        ("[calendar]\nholidays = ['25.12.']", "[calendar] holidays"),
        ("reminders = 7", "[reminders]"),
        ("[reminders]\nno_leader = {times = 1}", "[reminders] no_leader"),
        ("[reminders]\nno_lead = 600", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {often = 3}", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {before = 60}", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {times = 1.5}", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {times = -1}", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {every = 1}", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {after = nan}", "[reminders] no_lead"),
        ("[reminders]\nno_lead = {after = true}", "[reminders] no_lead"),
        ("[steps]\nname = 'x'", "[steps]"),
        ("steps = 3", "[steps]"),
        ("steps = [3]", "[[steps]] 1"),
        ("[[steps]]\nsaid = 'status page'", "[[steps]] 1"),
        ("[[steps]]\nname = 'Status Page'\nsaid = 'x'", "[[steps]] Status Page"),
        ("[[steps]]\nname = 'huddle'\nsaid = 'x'", "[[steps]] huddle"),
        ("[[steps]]\nname = 'x'", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = ' '", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = 'x'\nkind = 'note'", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nkind = 'huddle'", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nmark = 'important'", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = 'x'\nafter = 'noon'", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = 'x'\nincidents = ['fire']", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = 'x'\nincidents = 'security'", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = 7", "[[steps]] x"),
        ("[[steps]]\nname = 'x'\nsaid = 'x'\nwhen = 'now'", "[[steps]] x"),
    ],
)
def test_what_is_not_known_or_does_not_fit_is_named(tmp_path: Path, text: str, where: str) -> None:
    process, problems = read(tmp_path, text)
    assert [each.where for each in problems] == [where]
    assert all(each.hint and each.fatal for each in problems)
    assert process == Process()


def test_one_wrong_setting_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    process, problems = read(tmp_path, '[authority]\npeople = 7\n[security]\nsirt = ["nia"]\n[server]\nport = 9000\n')
    assert len(problems) == 1
    assert (process.authority, process.sirt, process.port) == (("cto",), ("nia",), 9000)


@pytest.mark.parametrize(
    "text", ["[authority", "people = ", "a = 1\na = 2", "\ufeff[x]", "= 1", b"\xff\xfe", b"x = '\x00'"]
)
def test_a_file_that_is_no_toml_is_one_problem(tmp_path: Path, text: str | bytes) -> None:
    process, problems = read(tmp_path, text)
    assert process == Process()
    (problem,) = problems
    assert problem.where == FILE
    assert "the defaults hold" in problem.hint


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    process, problems = load(tmp_path)
    assert process == Process()
    assert [each.where for each in problems] == [FILE]


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case str():
            return '"' + "".join(f"\\U{ord(each):08x}" for each in value) + '"'
        case _:
            return str(value)


VALUES = some.recursive(
    some.booleans() | some.integers() | some.floats() | some.text(max_size=5), lambda each: some.lists(each, max_size=2)
)


OTHERS = some.sampled_from([("severity", "critical"), ("reminders", "no_lead")])


@given(place=some.sampled_from(sorted(SETTINGS)) | OTHERS, value=VALUES)
def test_any_value_is_taken_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[str, str], value: Any
) -> None:
    folder = tmp_path_factory.mktemp("home", numbered=True)
    process, problems = read(folder, f"[{place[0]}]\n{place[1]} = {_toml(value)}\n")
    assert (process == Process()) or problems == []
    assert all(each.hint for each in problems)


def test_of_two_steps_with_one_name_the_first_stands(tmp_path: Path) -> None:
    process, problems = read(tmp_path, "[[steps]]\nname = 'x'\nsaid = 'a'\n" * 2)
    assert [each.where for each in problems] == ["[[steps]] x"]
    assert process.steps == (OwnStep("x", "x", "a"),)
