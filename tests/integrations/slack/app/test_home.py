"""The app's home: what waits for me, what is open, and how to declare."""

from __future__ import annotations

import json
from typing import Any

import pytest

from musterpoint import actions
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Status
from musterpoint.core.pace import PACES, Pace
from musterpoint.core.process import Process
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.talk import Talk
from tests.slack.workspace import Workspace


@pytest.fixture
def talk(world: World, workspace: Workspace, process: Process) -> Talk:
    return Talk(world, workspace, process)


def opened(talk: Talk, name: str) -> dict[str, Any]:
    """Their home, after they opened it."""
    talk.workspace.open_home(talk.users[name])
    talk.takes_in()
    return shown(talk, name)


def shown(talk: Talk, name: str) -> dict[str, Any]:
    talk.carried_out("slack_home")
    home = talk.workspace.home(talk.users[name])
    assert home is not None
    return home


def words(home: dict[str, Any]) -> str:
    return json.dumps(home["blocks"], ensure_ascii=False)


def test_an_empty_home_says_so_and_offers_to_declare(talk: Talk) -> None:
    home = opened(talk, "ana")
    assert "Nothing." in words(home)
    assert "None. Customers are not affected" in words(home)
    assert home["blocks"][0]["elements"][0]["action_id"] == "home:declare"


def test_what_waits_for_me_has_a_button_and_pressing_it_shows_the_home_anew(talk: Talk) -> None:
    ref = talk.declared("Checkout <b> & co")
    home = opened(talk, "alice")
    assert f"{ref}: Checkout &lt;b&gt; &amp; co" in words(home)
    assert "Nobody has led the incident" in words(home)
    (button,) = [block["accessory"] for block in home["blocks"] if "home:lead" in json.dumps(block)]
    assert talk.workspace.press(talk.users["alice"], "", home["id"], button["action_id"]).fine
    assert talk.whispered("alice") == []
    lead = talk.state(ref).lead
    assert lead is not None
    assert lead.name == "Alice"
    assert "lead: Alice" in words(shown(talk, "alice"))


def test_a_press_in_the_home_that_is_refused_is_answered_directly(talk: Talk) -> None:
    ref = talk.declared()
    home = opened(talk, "alice")
    (button,) = [block["accessory"] for block in home["blocks"] if "home:lead" in json.dumps(block)]
    actions.lead(talk.call("ben"), ref, talk.call("ben").actor.who)
    talk.workspace.press(talk.users["alice"], "", home["id"], button["action_id"])
    assert f"Ben leads incident {ref} by now." in talk.whispered("alice")[-1]


def test_it_is_resolved_from_the_home(talk: Talk) -> None:
    ref = talk.declared()
    talk.runs(reminders={**PACES, "still_affected": Pace(0, 60, 5)})
    actions.lead(talk.call("ana"), ref, talk.call("ana").actor.who)
    home = opened(talk, "ana")
    (button,) = [block["accessory"] for block in home["blocks"] if "home:resolved" in json.dumps(block)]
    talk.workspace.press(talk.users["ana"], "", home["id"], button["action_id"])
    assert talk.fills_in("ana") == {}
    assert talk.state(ref).status is Status.RESOLVED
    assert ref not in words(shown(talk, "ana")).partition("Open incidents")[2]


def test_open_incidents_are_those_that_i_see_with_the_way_to_their_thread(talk: Talk) -> None:
    secret, public = talk.declared("A key leaked"), talk.declared("Search is slow")
    actions.restrict(talk.call("alice"), secret)
    home = words(opened(talk, "ana"))
    assert "A key leaked" not in home
    assert f"https://halden.slack.com/archives/{talk.dept}/p{talk.root(public).replace('.', '')}" in home
    assert "detected 2" in home
    assert "A key leaked" in words(opened(talk, "alice"))


@pytest.mark.parametrize("name", ["gus", "stella"])
def test_guests_read_a_friendly_word(talk: Talk, name: str) -> None:
    talk.declared("Search is slow")
    home = opened(talk, name)
    assert "Welcome." in words(home)
    assert "Search is slow" not in words(home)
    assert len(home["blocks"]) == 1


def test_a_home_that_was_opened_often_is_written_once(talk: Talk) -> None:
    for _ in range(3):
        talk.workspace.open_home(talk.users["ana"])
    talk.takes_in()
    assert models.Effect.objects.filter(kind="slack_home").count() == 1
    shown(talk, "ana")
    opened(talk, "ana")
    assert models.Effect.objects.filter(kind="slack_home", status="done").count() == 2


def test_very_many_incidents_fit(talk: Talk) -> None:
    for number in range(30):
        actions.declare(talk.call("alice"), DeclareRequest(f"{'Much is slow ' * 20}{number}"))
    home = opened(talk, "alice")
    assert len(home["blocks"]) <= 100
    assert words(home).count("And more.") == 2


def test_declaring_begins_in_the_home(talk: Talk) -> None:
    home = opened(talk, "ana")
    talk.workspace.press(talk.users["ana"], "", home["id"], "home:declare")
    talk.sends("ana", title="Search is slow")
    assert talk.one.title == "Search is slow"


def test_slack_being_away_only_puts_it_off(talk: Talk) -> None:
    talk.workspace.open_home(talk.users["ana"])
    talk.takes_in()
    talk.workspace.fails("views.publish", status=503)
    talk.carried_out("slack_home")
    (effect,) = models.Effect.objects.filter(kind="slack_home")
    assert effect.status == "waiting"
    models.Effect.objects.update(not_before=effect.created_at)
    assert "Nothing." in words(shown(talk, "ana"))
