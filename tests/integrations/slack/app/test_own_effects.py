"""Each kind of effect that only Slack knows has one function that carries it out."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest

from musterpoint import delivery, effects
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import own_effects
from musterpoint.store import models
from tests.conftest import World
from tests.slack.workspace import Workspace


@pytest.mark.parametrize(("kind", "named"), own_effects.CARRIED_OUT_BY.items())
def test_every_kind_names_a_function_that_exists(kind: str, named: str) -> None:
    module, function = named.split(":")
    assert kind.startswith("slack_")
    assert find_spec(f"{own_effects.__package__}.{module}")
    assert callable(getattr(import_module(f"{own_effects.__package__}.{module}"), function))


def test_a_kind_that_nobody_knows_is_parked(world: World, workspace: Workspace, process: Process) -> None:
    effects.intend("slack_nonsense", "slack_nonsense:1", None)
    delivery.deliver("slack_nonsense:1", process)
    effect = models.Effect.objects.get()
    assert (effect.status, effect.error) == (
        "parked",
        "This version does not know effects of the kind 'slack_nonsense'.",
    )
    assert workspace.calls == []


def test_without_slack_they_are_nobody_s(world: World) -> None:
    effects.intend("slack_whisper", "slack_whisper:1", None)
    delivery.deliver("slack_whisper:1", world.process)
    assert models.Effect.objects.get().status == "parked"
