"""What can be pressed below the card, as the incident stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from musterpoint.core.aftermath import Aftermath
from musterpoint.core.card import Card, card
from musterpoint.core.incident import Severity, Status, Who
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app.card import buttons
from musterpoint.store import models
from tests.core.incidents import incident
from tests.slack.limits import check_blocks

pytestmark = pytest.mark.usefixtures("world")


def shown(**values: Any) -> Card:
    return card(incident(**values), "https://incidents.example.com/incidents/7", Process().severities)


def pressed(found: list[dict[str, Any]]) -> list[str]:
    check_blocks([{"type": "actions", "elements": found}] if found else [])
    return [each["action_id"] for each in found]


def test_an_open_incident_offers_what_comes_next() -> None:
    assert pressed(buttons(shown())) == ["card:lead", "card:severity", "card:resolved", "card:more"]


def test_one_that_is_led_offers_no_lead_and_shows_its_severity() -> None:
    found = buttons(shown(lead=Who("person:2", "Bob"), severity=Severity.MAJOR))
    assert pressed(found) == ["card:severity", "card:resolved", "card:more"]
    assert found[0]["initial_option"]["value"] == "7 major"


def test_the_severities_have_the_teams_names() -> None:
    named = card(incident(), "", {Severity.CRITICAL: "SEV 1", Severity.MAJOR: "SEV 2", Severity.MINOR: "x" * 200})
    options = next(each for each in buttons(named) if each["action_id"] == "card:severity")["options"]
    assert [each["text"]["text"] for each in options][:2] == ["SEV 1", "SEV 2"]
    pressed(buttons(named))


def test_who_was_not_asked_about_security_is_asked_by_the_card() -> None:
    found = buttons(shown(after=replace(Aftermath(), security_unasked=True)))
    assert pressed(found)[0] == "card:security"


def test_a_resolved_incident_offers_the_rest_of_the_process() -> None:
    found = buttons(shown(status=Status.RESOLVED))
    assert pressed(found) == ["card:raise", "card:open", "card:relapse", "card:more"]
    assert found[1]["url"] == "https://incidents.example.com/incidents/7/writeup"
    raised = replace(shown(status=Status.RESOLVED), issue="https://example.com/issues/1")
    assert pressed(buttons(raised)) == ["card:open", "card:relapse", "card:more"]


def test_a_closed_one_can_only_relapse_and_a_cancelled_one_offers_nothing() -> None:
    assert pressed(buttons(shown(status=Status.CLOSED))) == ["card:open", "card:relapse"]
    assert pressed(buttons(shown(status=Status.CANCELLED))) == []


def test_without_an_address_there_is_no_link_that_leads_nowhere() -> None:
    assert "card:open" not in pressed(buttons(card(incident(status=Status.RESOLVED))))


def test_the_huddle_is_that_of_the_channel_where_the_card_is() -> None:
    models.Setting.objects.create(name="slack_workspace", value="T0HALDEN001")
    (huddle,) = [each for each in buttons(shown(), "C0DEPT") if each["action_id"] == "huddle:open"]
    assert huddle["url"] == "https://app.slack.com/huddle/T0HALDEN001/C0DEPT"
    assert "huddle:open" not in pressed(buttons(shown(), "#dept-engineering"))
    assert "huddle:open" not in pressed(buttons(shown(), "D0DIRECT"))


def test_every_value_names_the_incident() -> None:
    for status in Status:
        for each in buttons(shown(status=status), "C0DEPT"):
            values = [each.get("value", ""), *(option["value"] for option in each.get("options", []))]
            assert {value.split(" ")[0] for value in values if value} == {"7"}
