"""Every step by its form, without JavaScript: done, refused with what was written kept, or not there at all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from musterpoint import actions
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Basis, Kind, Milestone, Severity, Status
from musterpoint.store import models
from musterpoint.web.aside import ONWARD
from musterpoint.web.steps import STEPS, TIMES
from tests.actions.telling import counted, declared, secretly_declared, state, texts
from tests.web.conftest import Site
from tests.web.forms import entries, steps, without_tokens

STRANGERS = ("charlie", "adele", "alice", "victor")


def resolved(site: Site) -> str:
    ref = declared(site.world)
    actions.resolve(site.world.by("bob"), ref)
    return ref


def test_only_what_may_be_done_now_has_a_form(site: Site) -> None:
    ref = declared(site.world)
    always = {"lead", "severity", "title", "affected", "merge", "cancellation", "restriction", "redaction"}
    times = {TIMES[each].address for each in TIMES if each is not Milestone.RESOLVED}
    assert steps(site.page("bob", f"/incidents/{ref}")) == {*always, *times, "resolution", "huddle"}
    actions.resolve(site.world.by("bob"), ref)
    assert steps(site.page("bob", f"/incidents/{ref}")) == {*always, *times, "relapse", "milestones/resolved"}
    authority = steps(site.page("alice", f"/incidents/{ref}"))
    assert authority - steps(site.page("bob", f"/incidents/{ref}")) == {"issue", "nomination", "override"}
    assert steps(site.page("victor", f"/incidents/{ref}")) == set()
    actions.cancel(site.world.by("bob"), ref, "a drill")
    assert steps(site.page("bob", f"/incidents/{ref}")) == {"restriction"}


def test_the_step_that_leads_on_comes_first(site: Site) -> None:
    ref = declared(site.world)
    first = re.compile(r'class="step first" id="step-([\w-]+)"')
    assert first.findall(site.page("alice", f"/incidents/{ref}")) == ["resolution"]
    actions.resolve(site.world.by("bob"), ref)
    assert first.findall(site.page("alice", f"/incidents/{ref}")) == ["issue"]
    assert first.findall(site.page("bob", f"/incidents/{ref}")) == []
    assert set(ONWARD) <= {each.needs for each in STEPS}


def test_what_keeps_it_from_closing_leads_to_where_it_is_solved(site: Site) -> None:
    ref = declared(site.world)
    page = site.page("bob", f"/incidents/{ref}")
    assert f'<a href="/incidents/{ref}#steps">Customers are affected' in page
    assert f'<a href="/incidents/{ref}/writeup#done">' in page
    assert 'id="steps"' in page


def test_resolve_and_take_it_back(site: Site) -> None:
    ref = declared(site.world)
    page = site.send("bob", f"/incidents/{ref}/resolution", at="", why="rolled back")
    assert "Resolved at" in page
    assert "takes it back" in page
    assert state(ref).status is Status.RESOLVED
    site.world.later(1)
    page = site.send("bob", f"/incidents/{ref}/relapse", why="it comes back")
    assert "open again" in page
    assert state(ref).status is Status.OPEN


def test_a_time_may_be_given(site: Site) -> None:
    ref = declared(site.world)
    site.world.later(60)
    site.send("bob", f"/incidents/{ref}/resolution", at="5m ago")
    moment = state(ref).milestones[Milestone.RESOLVED]
    assert (moment.at, moment.basis) == (site.world.now - timedelta(minutes=5), Basis.STATED)


def test_lead(site: Site) -> None:
    ref = declared(site.world)
    assert '<option value="Alice">' in site.page("bob", f"/incidents/{ref}")
    site.send("bob", f"/incidents/{ref}/lead", choice="me")
    assert (lead := state(ref).lead)
    assert lead.name == "Bob"
    page = site.send("bob", f"/incidents/{ref}/lead", person="alice")
    assert "Alice leads." in page
    assert (lead := state(ref).lead)
    assert lead.name == "Alice"
    site.send("bob", f"/incidents/{ref}/lead", choice="nobody")
    assert state(ref).lead is None


def test_people_of_the_same_name_are_told_apart(site: Site) -> None:
    other = models.Person.objects.create(name="Alice", role="responder")
    ref = declared(site.world)
    assert f'<option value="person:{other.pk}">' in site.page("bob", f"/incidents/{ref}")
    assert "names several people" in site.send("bob", f"/incidents/{ref}/lead", 409, person="Alice")
    site.send("bob", f"/incidents/{ref}/lead", person=f"person:{other.pk}")
    assert (lead := state(ref).lead)
    assert lead.identity == f"person:{other.pk}"


def test_severity(site: Site) -> None:
    ref = declared(site.world)
    assert "The severity is major now." in site.send("bob", f"/incidents/{ref}/severity", severity="major")
    assert state(ref).severity is Severity.MAJOR
    site.send("bob", f"/incidents/{ref}/severity", severity="")
    assert state(ref).severity is None
    assert "There is no severity" in site.send("bob", f"/incidents/{ref}/severity", 409, severity="terrible")


def test_nominate_and_raise(site: Site) -> None:
    ref = resolved(site)
    site.send("alice", f"/incidents/{ref}/nomination", person="bob")
    page = site.page("bob", f"/incidents/{ref}")
    assert "issue" in steps(page)
    assert "The issue is being raised." in site.send("bob", f"/incidents/{ref}/issue")
    assert state(ref).after.issue is not None


def test_close_or_be_told_what_is_in_the_way(site: Site) -> None:
    ref = resolved(site)
    assert "cannot close yet" in site.send("bob", f"/incidents/{ref}/closure", 409)
    assert state(ref).status is Status.RESOLVED


def test_override_needs_a_reason(site: Site) -> None:
    ref = resolved(site)
    assert "The reason is empty." in site.send("alice", f"/incidents/{ref}/override", 409, reason="")
    site.send("alice", f"/incidents/{ref}/override", reason="a drill")
    assert state(ref).after.excused


@pytest.mark.parametrize(("field", "text"), [("title", "Login fails"), ("affected", "the EU")])
def test_title_and_affected_are_corrected(site: Site, field: str, text: str) -> None:
    ref = declared(site.world, affected="nobody")
    page = site.page("bob", f"/incidents/{ref}")
    assert f'id="{field}-text" name="text" value="{getattr(state(ref), field)}"' in page
    site.send("bob", f"/incidents/{ref}/{field}", text=text)
    assert getattr(state(ref), field) == text


@pytest.mark.parametrize("milestone", list(TIMES))
def test_times_are_corrected(site: Site, milestone: Milestone) -> None:
    ref = resolved(site)
    at = state(ref).milestones[Milestone.DETECTED].at
    site.world.later(60)
    page = site.send("bob", f"/incidents/{ref}/milestones/{milestone}", at=f"{at:%Y-%m-%dT%H:%M:%SZ}", why="the graph")
    moment = state(ref).milestones[milestone]
    assert (moment.at, moment.basis) == (at, Basis.STATED)
    assert f"{at:%Y-%m-%d %H:%M} UTC" in page


def test_a_time_may_be_unknown_again(site: Site) -> None:
    ref = declared(site.world)
    site.send("bob", f"/incidents/{ref}/milestones/detected", unknown="yes")
    assert Milestone.DETECTED not in state(ref).milestones
    assert "No time was given." in site.send("bob", f"/incidents/{ref}/milestones/detected", 409, at="")


# --- what cannot be undone is asked twice -------------------------------------------------------------------------


def asked_twice(site: Site, ref: str, address: str, **fields: Any) -> str:
    before = counted()
    page = site.send("bob", f"/incidents/{ref}/{address}", 200, **fields)
    assert "This cannot be undone." in page
    for name, value in fields.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert counted() == before
    return site.send("bob", f"/incidents/{ref}/{address}", **fields, confirmed="yes")


def test_cancel(site: Site) -> None:
    ref, original = declared(site.world), declared(site.world, "Login fails")
    asked_twice(site, ref, "cancellation", why="a drill", duplicate_of=original)
    assert (state(ref).status, state(ref).duplicate_of) == (Status.CANCELLED, original)


def test_restrict(site: Site) -> None:
    site.world.runs(security_contact="security@example.com")
    ref = declared(site.world)
    page = asked_twice(site, ref, "restriction", why="names of customers")
    assert "only its members know of it now. Turn to security@example.com." in page
    assert state(ref).kind is Kind.SECURITY
    assert "restriction" not in steps(page)


def test_open_up(site: Site) -> None:
    place = actions.ThreadPlace("T7", "C7PLANS", "1772355600.000100", private=True, members=("account:alice",))
    ref = actions.adopt(site.world.by("bob"), DeclareRequest("Plans burn"), place).state.ref
    assert "opening" not in steps(site.page("bob", f"/incidents/{ref}"))
    page = site.page("alice", f"/incidents/{ref}")
    assert "opening" in steps(page)
    assert "Its thread is in a private channel" in page
    assert "security" not in page.partition("<aside")[2].partition("What is next")[0].casefold()
    asked = site.send("alice", f"/incidents/{ref}/opening", 200, reason="all are affected")
    assert "Redact first" in asked
    assert state(ref).restricted
    page = site.send("alice", f"/incidents/{ref}/opening", reason="all are affected", confirmed="yes")
    assert "Everybody can see it now" in page
    assert "Plans burn" in site.page("charlie", f"/incidents/{ref}")


def test_merge(site: Site) -> None:
    ref, into = declared(site.world), declared(site.world, "Login fails")
    actions.note(site.world.by("bob"), ref, "the pool is full")
    page = asked_twice(site, ref, "merge", into=into)
    assert "<h1>Login fails</h1>" in page
    assert "the pool is full" in entries(page)


def test_redact_one_entry_or_a_text(site: Site) -> None:
    ref = declared(site.world)
    number = actions.note(site.world.by("bob"), ref, "the password is hunter2").id
    actions.note(site.world.by("bob"), ref, "call 555-0100 now")
    form = site.page("bob", f"/incidents/{ref}/redaction?entry={number}")
    assert f'name="entry" value="{number}"' in form
    assert "the password is hunter2" in form
    page = asked_twice(site, ref, "redaction", entry=str(number), text="", why="a secret")
    assert "Redacted in 1 entry." in page
    asked_twice(site, ref, "redaction", entry="", text="555-0100", why="personal data")
    assert texts(site.world, ref) == ["[redacted]", "call [redacted] now"]


def test_split(site: Site) -> None:
    ref = declared(site.world)
    actions.note(site.world.by("bob"), ref, "one")
    number = actions.note(site.world.by("bob"), ref, "two").id
    assert "two" in site.page("bob", f"/incidents/{ref}/split?entry={number}")
    page = site.send("bob", f"/incidents/{ref}/split", entry=str(number), title="Second")
    assert "<h1>Second</h1>" in page
    assert "two" in entries(page)


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "fields", "at", "told"),
    [
        ("resolution", {"at": "25:99", "why": "rolled back"}, "at", "is not a time"),
        ("resolution", {"at": "2020-01-01 10:00", "why": "<b>"}, "at", "It was detected at"),
        ("milestones/detected", {"at": "2027-01-01 10:00", "why": "the graph"}, "at", "lies in the future"),
        ("lead", {"person": "zoe & co", "at": "now"}, "person", "Nobody here is called"),
        ("title", {"text": "x" * 301, "why": "y"}, "text", "300 are allowed"),
        ("cancellation", {"why": "w", "duplicate_of": "99", "confirmed": "yes"}, "duplicate_of", "no incident"),
        ("merge", {"into": "s-qqqqqqqq", "confirmed": "yes"}, "into", "no incident"),
        ("redaction", {"entry": "", "text": "", "why": "secret", "confirmed": "yes"}, "entry", "is empty"),
        ("split", {"entry": "999999", "title": "Second"}, "", "has no entry"),
    ],
)
def test_a_refusal_keeps_what_was_written_beside_its_field(
    site: Site, address: str, fields: dict[str, str], at: str, told: str
) -> None:
    ref = declared(site.world)
    before = counted()
    page = site.send("bob", f"/incidents/{ref}/{address}", 409, **fields)
    assert told in page
    for name, value in fields.items():
        if name != "confirmed":
            shown = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            assert re.search(rf'name="{name}" value="{re.escape(shown)}"', page), name
    if at:
        assert re.search(rf'id="{address.replace("/", "-")}-{at}"[^>]*aria-invalid="true"', page)
    assert counted() == before


def test_what_cannot_be_done_now_says_so(site: Site) -> None:
    ref = declared(site.world)
    page = site.page("bob", f"/incidents/{ref}/relapse")
    assert "This cannot be done now." in page
    assert steps(page) == set()
    assert "This cannot be done now." in site.page("victor", f"/incidents/{ref}/resolution")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_bad_input_breaks_no_step(site: Site, step: Any) -> None:
    ref = declared(site.world)
    for value in ("\0", "\u202e<script>alert(1)</script>", "x" * 1_000_000, "9" * 40, "-1", "²"):
        fields = dict.fromkeys([*(each.name for each in step.fields), "choice", "confirmed"], value)
        answer = site.by("bob").post(f"/incidents/{ref}/{step.address}", {**fields, "confirmed": "yes"})
        assert answer.status_code in (303, 404, 409), value[:40]
        assert "<script>alert" not in answer.content.decode()
        assert "<script>alert" not in site.page("bob", f"/incidents/{ref}")


# --- strangers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_no_step_tells_a_stranger_of_it(site: Site, step: Any) -> None:
    secret, never = secretly_declared(site.world, "zanzibar leaked"), "s-qqqqqqqq"
    hidden = actions.note(site.world.by("bob"), secret, "the zanzibar bucket is open").id
    fields = {
        each.name: "now" if each.kind == "time" else "alice" if each.kind == "person" else "1" for each in step.fields
    }
    fields |= {"entry": str(hidden), "into": secret, "duplicate_of": secret} if step.fields else {}
    for account in STRANGERS:
        before = counted()
        address = f"/incidents/{{}}/{step.address}"
        told = [without_tokens(site.page(account, address.format(ref), 404)) for ref in (secret, never)]
        assert told[0].replace(secret, never) == told[1]
        for confirmed in ({}, {"confirmed": "yes"}):
            sent = [site.send(account, address.format(ref), 404, **fields, **confirmed) for ref in (secret, never)]
            assert without_tokens(sent[0]).replace(secret, never) == without_tokens(sent[1]).replace(secret, never)
            assert "zanzibar" not in sent[0]
        assert counted() == before


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_on_one_that_was_restricted_later_is_refused_as_on_a_cancelled_one(site: Site, step: Any) -> None:
    ref = declared(site.world, "zanzibar leaked")
    hidden = actions.note(site.world.by("bob"), ref, "the zanzibar bucket is open").id
    actions.restrict(site.world.by("bob"), ref)
    for account in STRANGERS:
        before = counted()
        assert "This cannot be done now." in site.page(account, f"/incidents/{ref}/{step.address}?entry={hidden}")
        sent = {"at": "now", "person": "alice", "entry": str(hidden), "text": "x", "why": "y", "title": "z"}
        page = site.send(account, f"/incidents/{ref}/{step.address}", 409, **sent, confirmed="yes")
        assert "zanzibar" not in page
        assert counted() == before


@pytest.mark.parametrize("address", ["merge", "cancellation"])
def test_what_is_restricted_is_no_target_and_is_not_offered(site: Site, address: str) -> None:
    secret, public = secretly_declared(site.world, "zanzibar leaked"), declared(site.world)
    page = site.page("charlie", f"/incidents/{public}")
    assert secret not in page
    assert "zanzibar" not in page
    told = [
        site.send("charlie", f"/incidents/{public}/{address}", 409, into=ref, duplicate_of=ref, confirmed="yes")
        for ref in (secret, "s-qqqqqqqq")
    ]
    assert without_tokens(told[0]).replace(secret, "s-qqqqqqqq") == without_tokens(told[1])


def test_an_entry_of_a_restricted_incident_is_not_quoted(site: Site) -> None:
    secret, public = secretly_declared(site.world), declared(site.world)
    hidden = actions.note(site.world.by("bob"), secret, "the zanzibar bucket is open").id
    for address in ("redaction", "split"):
        assert "zanzibar" not in site.page("charlie", f"/incidents/{public}/{address}?entry={hidden}")
        assert "has no entry" in site.send(
            "charlie", f"/incidents/{public}/{address}", 409, entry=str(hidden), why="x", title="y", confirmed="yes"
        )
