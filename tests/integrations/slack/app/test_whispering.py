"""What one person alone sees: shown where they asked, else directly; never late and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint import delivery
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import whispering
from musterpoint.ports import Button
from musterpoint.store import models
from tests.conftest import World
from tests.slack.workspace import Workspace


class Place:
    """A channel with a thread in it, and somebody who asked there."""

    def __init__(self, workspace: Workspace, process: Process, **channel: bool) -> None:
        self.workspace, self.process = workspace, process
        self.user = workspace.user("olga")
        self.channel = workspace.channel("ferries", members=[self.user], **channel)
        self.root = workspace.say(self.user, self.channel, "something burns")

    def whisper(self, text: str = "Nobody leads yet.", thread: str | None = None, **more: object) -> models.Effect:
        thread = self.root if thread is None else thread
        given = {"user": self.user, "channel": self.channel, **more}
        key = whispering.whisper(
            "T0HALDEN001", str(given["user"]), str(given["channel"]), thread, text,
            buttons=(Button("Lead", "card:lead", "7"),),
        )  # fmt: skip
        delivery.deliver(key, self.process)
        return models.Effect.objects.get(key=key)

    def direct(self) -> list[str]:
        return [each["text"] for each in self.workspace.messages(self.workspace.direct(self.user).id)]

    def again(self, effect: models.Effect, seconds: float = 0) -> models.Effect:
        """The pause is over, and so much time is gone."""
        row = models.Effect.objects.filter(pk=effect.pk)
        row.update(not_before=timezone.now() - timedelta(seconds=1))
        row.update(created_at=effect.created_at - timedelta(seconds=seconds))
        delivery.deliver(effect.key, self.process)
        return row.get()


@pytest.fixture
def place(world: World, workspace: Workspace, process: Process) -> Place:
    return Place(workspace, process)


def test_it_is_shown_to_one_person_in_the_thread_where_they_asked(place: Place) -> None:
    effect = place.whisper("Nobody leads <@U1> yet.")
    (shown,) = place.workspace.ephemerals
    assert (shown.user, shown.channel, shown.thread) == (place.user, place.channel, place.root)
    assert shown.text == "Nobody leads &lt;@U1&gt; yet."
    assert shown.blocks[1]["elements"][0]["action_id"] == "card:lead"
    assert (effect.status, effect.external) == ("done", shown.ts)
    assert len(place.workspace.messages(place.channel)) == 1


def test_outside_of_a_thread_it_is_shown_in_the_channel(place: Place) -> None:
    place.whisper(thread="")
    assert [each.thread for each in place.workspace.ephemerals] == [""]


@pytest.mark.parametrize("why", ["the app is not in", "the app was put out of", "they left", "it is archived"])
def test_where_it_cannot_be_shown_it_is_said_directly(place: Place, why: str) -> None:
    match why:
        case "the app is not in":
            place.channel = place.workspace.channel("elsewhere", private=True, members=[place.user], app=False)
        case "the app was put out of":
            place.workspace.remove_app(place.channel)
        case "they left":
            place.workspace.leave(place.user, place.channel)
        case "it is archived":
            place.workspace.archive(place.channel)
    assert place.whisper().status == "done"
    assert place.workspace.ephemerals == []
    assert place.direct() == ["Nobody leads yet."]
    assert not models.Trouble.objects.exists()


def test_without_a_channel_it_is_said_directly(place: Place) -> None:
    place.whisper(channel="", thread="")
    assert place.direct() == ["Nobody leads yet."]


def test_what_slack_cannot_do_now_is_tried_again(place: Place) -> None:
    place.workspace.fails("chat.postEphemeral", status=500)
    place.workspace.fails("chat.postEphemeral", status=429, retry_after=3)
    effect = place.whisper()
    assert effect.status == "waiting"
    effect = place.again(effect)
    assert effect.status == "waiting"
    assert 1 < (effect.not_before - timezone.now()).total_seconds() <= 3
    assert place.again(effect).status == "done"
    assert len(place.workspace.ephemerals) == 1


def test_what_slack_may_have_shown_is_not_shown_again(place: Place) -> None:
    place.workspace.fails("chat.postEphemeral", stored=True, reset=True)
    effect = place.whisper()
    assert (effect.status, effect.external[:8]) == ("done", "given up")
    assert len(place.workspace.ephemerals) == 1


def test_an_answer_that_is_minutes_old_is_given_up(place: Place) -> None:
    place.workspace.fails("chat.postEphemeral", status=500)
    effect = place.again(place.whisper(), seconds=301)
    assert (effect.status, effect.external) == ("done", "given up: it came too late to be of use")
    assert place.workspace.ephemerals == []


def test_an_answer_of_four_minutes_is_still_shown(place: Place) -> None:
    place.workspace.fails("chat.postEphemeral", status=500)
    assert place.again(place.whisper(), seconds=240).status == "done"
    assert len(place.workspace.ephemerals) == 1


def test_who_cannot_be_told_at_all_parks_nothing(place: Place) -> None:
    effect = place.whisper(user="U0GONE")
    assert (effect.status, effect.external[:8]) == ("done", "given up")


def test_a_revoked_token_is_shown_to_people_and_nothing_is_lost_by_it(place: Place) -> None:
    place.workspace.revoked = True
    effect = place.whisper()
    assert effect.status == "waiting"
    assert models.Trouble.objects.get().code == "token_revoked"
    place.workspace.revoked = False
    assert place.again(effect).status == "done"
    assert not models.Trouble.objects.exists()
