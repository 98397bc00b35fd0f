"""Who is who in the workspace: rows, callers, the person that each becomes, and the daily reading of everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from musterpoint.accounts import opening
from musterpoint.accounts.models import Account
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, ourselves, people, troubles
from musterpoint.ports import NotSent, Refused
from musterpoint.store import models
from tests.conftest import START, World
from tests.slack.workspace import Workspace


def known(workspace: Workspace, process: Process, user: str) -> models.ChatUser:
    return people.fetch(process, workspace.team_id, user, START)


@pytest.mark.parametrize(
    ("kind", "deleted", "expected"),
    [
        ("member", False, "member"),
        ("guest", False, "guest"),
        ("stranger", False, "stranger"),
        ("bot", False, "app"),
        ("member", True, "gone"),
    ],
)
def test_a_user_is_kept_with_name_zone_and_kind(
    world: World, workspace: Workspace, process: Process, kind: str, deleted: bool, expected: str
) -> None:
    user = workspace.user("nia", "Nia Moss", "Nia@example.com", kind=kind, deleted=deleted, display="nia m.")
    row = known(workspace, process, user)
    assert (row.kind, row.name) == (expected, "nia m.")
    assert row.known_at == START
    if expected == "member":
        assert (row.zone, row.email) == ("Europe/Oslo", "nia@example.com")


@pytest.mark.parametrize("flag", [{"is_ultra_restricted": True}, {"is_restricted": True}])
def test_both_kinds_of_guests_are_guests(world: World, flag: dict[str, bool]) -> None:
    row = people.took("T0HALDEN001", {"id": "U1", "team_id": "T0HALDEN001", "name": "gus", **flag}, START)
    assert row.kind == "guest"


def test_a_member_of_an_organisation_belongs_to_each_of_its_workspaces(world: World) -> None:
    user = {"id": "U1", "team_id": "T0OTHER", "name": "ola", "enterprise_user": {"teams": ["T0OTHER", "T0HALDEN001"]}}
    assert people.took("T0HALDEN001", user, START).kind == "member"
    assert people.took("T0ELSEWHERE", user, START).kind == "stranger"


def test_slackbot_is_an_app_whatever_slack_says(world: World) -> None:
    bot = {"id": "USLACKBOT", "team_id": "T1", "name": "slackbot", "is_bot": False}
    assert people.took("T1", bot, START).kind == "app"


def test_an_address_that_slack_does_not_call_confirmed_is_not_kept(world: World) -> None:
    user = {"id": "U1", "team_id": "T1", "name": "eve", "profile": {"email": "alice@example.com"}}
    assert people.took("T1", user, START).email == ""
    assert people.took("T1", {**user, "is_email_confirmed": "true"}, START).email == ""
    assert people.took("T1", {**user, "is_email_confirmed": True}, START).email == "alice@example.com"


def test_nobody_is_refused(world: World, workspace: Workspace, process: Process) -> None:
    with pytest.raises(Refused):
        known(workspace, process, "U0NOBODY")


# --- names ---------------------------------------------------------------------------------------------------------


def test_names_are_looked_up_as_they_are_needed(
    world: World, workspace: Workspace, process: Process, django_assert_num_queries: Callable[..., object]
) -> None:
    nia = workspace.user("nia", "Nia Moss", "nia@example.com")
    bot = workspace.user("gauge", "Gauge", kind="bot")
    for each in (nia, bot):
        known(workspace, process, each)
    names = people.names(workspace.team_id)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert [names.by_id.get(nia), names.by_id.get(nia), names.by_id.get("U0NOBODY")] == [
            "Nia Moss",
            "Nia Moss",
            None,
        ]
    assert (nia in names.people, bot in names.people, "U0NOBODY" in names.people) == (True, False, False)
    assert names.zones[nia] == "Europe/Oslo"
    assert dict(names.emails) == {nia: "nia@example.com"}
    assert set(names.people) == {nia}
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert people.names(workspace.team_id, [nia, bot]).by_id[bot] == "Gauge"
    assert people.names("T0ELSEWHERE").by_id.get(nia) is None


def test_who_is_behind_an_id_is_told_without_asking_slack(world: World, workspace: Workspace, process: Process) -> None:
    nia = workspace.user("nia", "Nia Moss")
    assert people.who(workspace.team_id, nia) is None
    known(workspace, process, nia)
    workspace.calls.clear()
    who = people.who(workspace.team_id, nia)
    assert who is not None
    assert (who.identity, who.name) == (f"slack:{nia}", "Nia Moss")
    assert workspace.calls == []


# --- callers -------------------------------------------------------------------------------------------------------


def test_a_full_member_becomes_a_responder_when_they_first_do_something(
    world: World, workspace: Workspace, process: Process
) -> None:
    nia = workspace.user("nia", "Nia Moss", "nia@example.com")
    known(workspace, process, nia)
    before = models.Person.objects.count()
    call = people.caller(process, workspace.team_id, nia, START)
    again = people.caller(process, workspace.team_id, nia, START)
    assert models.Person.objects.count() == before + 1
    person = models.Person.objects.get(identities__name=f"slack:{nia}")
    assert (person.name, person.role, person.zone) == ("Nia Moss", "responder", "Europe/Oslo")
    assert (call.actor, call.source, call.now) == (again.actor, "slack", START)
    assert call.actor.who.identity == f"person:{person.pk}"
    assert {f"slack:{nia}", "email:nia@example.com"} <= call.actor.identities


def test_whoever_slack_has_not_told_of_is_unknown(world: World, workspace: Workspace, process: Process) -> None:
    with pytest.raises(people.Unknown) as error:
        people.caller(process, workspace.team_id, "U0NEW", START)
    assert (error.value.workspace, error.value.user) == (workspace.team_id, "U0NEW")
    assert isinstance(error.value, LookupError)


@pytest.mark.parametrize("kind", ["guest", "stranger", "bot"])
def test_guests_people_of_other_workspaces_and_apps_do_nothing(
    world: World, workspace: Workspace, process: Process, kind: str
) -> None:
    user = workspace.user("gus", "Gus", kind=kind)
    known(workspace, process, user)
    with pytest.raises(NotAllowed) as error:
        people.caller(process, workspace.team_id, user, START)
    assert error.value.code == "not_a_member"
    assert error.value.hint
    assert not models.Identity.objects.filter(name=f"slack:{user}").exists()


def test_whoever_is_deactivated_in_slack_can_do_nothing_any_more(
    world: World, workspace: Workspace, process: Process
) -> None:
    nia = workspace.user("nia", "Nia Moss")
    known(workspace, process, nia)
    people.caller(process, workspace.team_id, nia, START)
    workspace.change_user(nia, deleted=True)
    known(workspace, process, nia)
    with pytest.raises(NotAllowed) as error:
        people.caller(process, workspace.team_id, nia, START)
    assert error.value.code == "not_a_member"


def test_whoever_an_admin_has_shut_out_can_do_nothing_by_way_of_slack(
    world: World, workspace: Workspace, process: Process
) -> None:
    nia = workspace.user("nia", "Nia Moss")
    known(workspace, process, nia)
    person = models.Person.objects.get(name="Bob")
    models.Identity.objects.create(name=f"slack:{nia}", person=person)
    Account.objects.create(email="bob@example.com", person=person, is_active=False)
    with pytest.raises(NotAllowed) as error:
        people.caller(process, workspace.team_id, nia, START)
    assert error.value.code == "deactivated"


def test_a_viewer_stays_one(world: World, workspace: Workspace, process: Process) -> None:
    victor = workspace.user("victor", "Victor", "victor@example.com")
    known(workspace, process, victor)
    person = models.Person.objects.get(name="Victor")
    models.Identity.objects.create(name="email:victor@example.com", person=person)
    assert people.caller(process, workspace.team_id, victor, START).actor.role is Role.VIEWER
    assert models.Identity.objects.get(name=f"slack:{victor}").person == person


def test_a_confirmed_address_leads_to_the_person_of_that_identity(
    world: World, workspace: Workspace, process: Process
) -> None:
    alice = workspace.user("alice", "Alice A.", "ALICE@example.com")
    known(workspace, process, alice)
    models.Identity.objects.create(name="email:alice@example.com", person=models.Person.objects.get(name="Alice"))
    call = people.caller(process, workspace.team_id, alice, START)
    assert (call.actor.who.name, call.actor.authority) == ("Alice", True)


def test_a_confirmed_address_leads_to_the_account_that_proved_it(
    world: World, workspace: Workspace, process: Process
) -> None:
    bob = workspace.user("bob", "Bob B.", "bob@example.com")
    known(workspace, process, bob)
    opening.opened(models.Person.objects.get(name="Bob"), "bob@example.com", verified=True)
    assert people.caller(process, workspace.team_id, bob, START).actor.who.name == "Bob"


def test_an_address_that_an_account_only_claims_leads_to_nobody(
    world: World, workspace: Workspace, process: Process
) -> None:
    bob = workspace.user("bob", "Bobby", "bob@example.com")
    known(workspace, process, bob)
    opening.opened(models.Person.objects.get(name="Bob"), "bob@example.com", verified=False)
    assert people.caller(process, workspace.team_id, bob, START).actor.who.name == "Bobby"


def test_an_unconfirmed_address_never_leads_to_somebody_with_authority(world: World, process: Process) -> None:
    models.Identity.objects.create(name="email:alice@example.com", person=models.Person.objects.get(name="Alice"))
    profile = {"email": "alice@example.com", "real_name": "Eve"}
    user = {"id": "U0EVE", "team_id": process.workspace, "profile": profile, "is_email_confirmed": False}
    people.took(process.workspace, user, START)
    actor = people.caller(process, process.workspace, "U0EVE", START).actor
    assert (actor.who.name, actor.authority) == ("Eve", False)
    assert "email:alice@example.com" not in actor.identities


@pytest.mark.parametrize("name", ["alice", "Alice", "cto", "CTO", "Adele"])
def test_a_name_that_means_somebody_else_gives_nothing(
    world: World, workspace: Workspace, process: Process, name: str
) -> None:
    eve = workspace.user("eve", name)
    known(workspace, process, eve)
    process = replace(process, authority=("alice", "cto"))
    actor = people.caller(process, workspace.team_id, eve, START).actor
    assert not actor.authority
    assert actor.role is Role.RESPONDER
    assert actor.who.name == f"{name} ({eve})"


def test_two_requests_at_once_make_one_person(real_world: World, workspace: Workspace, process: Process) -> None:
    nia = workspace.user("nia", "Nia Moss", "nia@example.com")
    known(workspace, process, nia)
    start, found, failed = threading.Barrier(4), [], []

    def ask() -> None:
        try:
            start.wait()
            with transaction.atomic():
                found.append(people.caller(process, workspace.team_id, nia, START).actor.who.identity)
        except Exception as error:  # noqa: BLE001  (shown below)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert len(set(found)) == 1
    assert models.Person.objects.filter(name__startswith="Nia").count() == 1


# --- who we are ----------------------------------------------------------------------------------------------------


def test_the_workspace_fills_itself_in(world: World, workspace: Workspace, process: Process) -> None:
    unset = replace(process, workspace="")
    assert people.workspace(unset) == ""
    assert not ourselves.is_ours(unset, workspace.team_id)
    people.tend(unset, START)
    assert people.workspace(unset) == workspace.team_id
    assert people.ourselves()[:2] == (workspace.app.user, workspace.app.bot)
    assert ourselves.address() == "halden.slack.com"
    assert ourselves.is_ours(unset, workspace.team_id)
    assert not ourselves.is_ours(unset, "T0OTHER")


def test_a_token_of_another_workspace_posts_nothing_until_somebody_settles_it(
    world: World, workspace: Workspace, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = replace(process, workspace="")
    channel = workspace.channel("dept-engineering")
    people.tend(unset, START)
    models.Thread.objects.create(workspace=workspace.team_id, channel=channel, root="1772442000.000100")
    workspace.change_team()
    people.tend(unset, START + timedelta(hours=2))
    (trouble,) = troubles.of()
    assert trouble.code == "workspace_changed"
    assert "T0OTHERTEAM (Halden Ferries South)" in trouble.message
    assert "[chat] workspace" in trouble.hint
    with pytest.raises(calling.Trouble):
        calling.call(2, "chat.postMessage", channel=channel, text="It burns")
    assert workspace.messages(channel) == []
    assert people.workspace(unset) == "T0HALDEN001"
    settled = replace(process, workspace="T0OTHERTEAM")
    people.tend(settled, START + timedelta(hours=2, minutes=2))
    assert troubles.of() == []
    calling.call(2, "chat.postMessage", channel=channel, text="It burns")
    assert len(workspace.messages(channel)) == 1


def test_a_new_token_is_used_for_nothing_before_slack_has_told_whose_it_is(
    world: World, workspace: Workspace, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = workspace.channel("dept-engineering")
    people.tend(process, START)
    workspace.bot_token = "xoxb-another"
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-another")
    with pytest.raises(NotSent):
        calling.call(2, "chat.postMessage", channel=channel, text="It burns")
    people.tend(process, START + timedelta(seconds=10))
    calling.call(2, "chat.postMessage", channel=channel, text="It burns")
    assert len(workspace.messages(channel)) == 1


# --- everybody, once a day -----------------------------------------------------------------------------------------


def test_everybody_is_read_once_a_day_and_changes_at_once(world: World, workspace: Workspace, process: Process) -> None:
    nia = workspace.user("nia", "Nia Moss")
    people.tend(process, START)
    assert models.ChatUser.objects.get(user=nia).name == "Nia Moss"
    workspace.calls.clear()
    people.tend(process, START + timedelta(minutes=5))
    assert workspace.calls == []
    new = {"type": "team_join", "user": {"id": "U0NEW", "team_id": process.workspace, "name": "ola"}}
    people.happened(process, new, START)
    assert models.ChatUser.objects.get(user="U0NEW").kind == "member"
    workspace.change_user(nia, name="Nia Moss-Berg")
    people.tend(process, START + timedelta(days=1, minutes=1))
    assert models.ChatUser.objects.get(user=nia).name == "Nia Moss-Berg"


def test_a_large_workspace_is_read_over_several_turns_and_after_a_restart(
    world: World, workspace: Workspace, process: Process
) -> None:
    for number in range(1_100):
        workspace.user(f"person{number}", f"Person {number}")
    people.tend(process, START)
    assert models.ChatUser.objects.filter(name__startswith="Person ").count() < 600
    people.tend(process, START + timedelta(seconds=10))
    assert models.ChatUser.objects.filter(name__startswith="Person ").count() == 1_100
    assert [each.method for each in workspace.calls].count("users.list") == 6


def test_a_pause_that_slack_asks_for_is_kept_and_the_pass_goes_on_afterwards(
    world: World, workspace: Workspace, process: Process
) -> None:
    for number in range(300):
        workspace.user(f"person{number}", f"Person {number}")
    workspace.fails("users.list", status=429, retry_after=30)
    people.tend(process, START)
    people.tend(process, START + timedelta(seconds=20))
    assert [each.method for each in workspace.calls].count("users.list") == 1
    people.tend(process, START + timedelta(seconds=31))
    assert models.ChatUser.objects.filter(name__startswith="Person ").count() == 300


def test_whoever_a_waiting_event_is_about_is_asked_for(world: World, workspace: Workspace, process: Process) -> None:
    people.tend(process, START)
    ida = workspace.user("ida", "Ida", kind="stranger")
    data = f'{{"kind": "events_api", "payload": {{"event": {{"type": "app_mention", "user": "{ida}"}}}}}}'
    models.Inbound.objects.create(source="slack", key="Ev1", data=data, received_at=START, not_before=START)
    people.tend(process, START + timedelta(seconds=10))
    assert models.ChatUser.objects.get(user=ida).kind == "stranger"


def test_the_effect_asks_for_somebody_once(world: World, workspace: Workspace, process: Process) -> None:
    ida = workspace.user("ida", "Ida")
    effect = models.Effect(kind="slack_who", data=f'{{"workspace": "{workspace.team_id}", "user": "{ida}"}}')
    for _ in range(2):
        assert people.fetched(effect, process, lambda: None).external == ida
    assert [each.method for each in workspace.calls].count("users.info") == 1
