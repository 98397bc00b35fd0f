"""Several incidents at once in one workspace: everything lands where it belongs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from musterpoint import access, reading
from musterpoint.access import NotFound
from musterpoint.store import models
from tests.conftest import World
from tests.slack.house import House, housed


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch) as house:
        yield house


def declared(house: House, user: str, channel: str, title: str) -> str:
    """Returns the root of the incident's thread."""
    house.workspace.slash(user, channel, "/incident", title)
    view = house.workspace.views[user]
    house.workspace.submit(view["id"], {"title": title, "security": "no"}, user)
    house.turn()
    return next(str(each["ts"]) for each in house.workspace.messages(channel) if title in each["text"])


def said(house: House, user: str, ref: str) -> list[str]:
    """The messages in the threads of an incident, as that person reads them."""
    entries = reading.thread_of(house.call(user), ref)
    return [each["text"] for each in entries if each["kind"] == "message"]


def kept(house: House, user: str, ref: str) -> list[str]:
    rows = [reading.row_shape(each) for each in reading.rows_of(house.call(user), ref)]
    return [each["text"] for each in rows if each["why"].startswith("marked")]


def test_two_in_one_channel_and_a_third_elsewhere_never_mix(house: House) -> None:
    space = house.workspace
    ana, ben = (space.user(name, name=name.capitalize(), email=f"{name}@halden.example") for name in ("ana", "ben"))
    one, other = space.channel("dept-engineering", members=[ana, ben]), space.channel("team-mail", members=[ana, ben])
    pay, mail = declared(house, ana, one, "Nobody can pay"), declared(house, ben, one, "Mail is late")
    root = space.say(ben, other, "The printer queue is stuck")
    reply = space.reply(ana, other, root, "for me as well")
    space.say(ana, one, "Lunch?")
    for thread, text in ((pay, "The cache is empty"), (mail, "The relay is down"), (pay, "Filled the cache")):
        space.clock.move(30)
        ts = space.reply(ana, one, thread, text)
        space.react(ben, one, ts, "pushpin")
    space.reply(ben, one, mail, "It is back", broadcast=True)
    space.react(ana, other, reply, "rotating_light")
    house.turn()
    space.react(ben, other, reply, "mag")
    space.reply(ben, other, root, "Restarted it")
    house.turn()
    assert said(house, ana, "1") == ["The cache is empty", "Filled the cache"]
    assert said(house, ana, "2") == ["The relay is down", "It is back"]
    assert said(house, ana, "3") == ["The printer queue is stuck", "for me as well", "Restarted it"]
    assert [kept(house, ana, each) for each in "123"] == [
        ["The cache is empty", "Filled the cache"],
        ["The relay is down"],
        ["for me as well"],
    ]
    assert reading.shown(house.call(ana), "3")["title"] == "The printer queue is stuck"
    assert models.Inbound.objects.exclude(status="taken").count() == 0


def test_a_thread_of_a_private_channel_is_for_its_members_until_authority_opens_it(house: House) -> None:
    space = house.workspace
    people = {
        name: space.user(name, name=name.capitalize(), email=f"{name}@halden.example") for name in ("ana", "ben", "cto")
    }
    ana, ben, cto = people.values()
    open_to_all = space.channel("dept-engineering", members=list(people.values()))
    secret = space.channel("payroll", private=True, members=[ana, cto], app=True)
    root = space.say(ana, secret, "The payroll run stopped half-way")
    house.turn()
    space.react(ana, secret, root, "rotating_light")
    house.turn()
    incident = models.Incident.objects.get()
    assert (incident.restricted, incident.confined, incident.kind) == (True, True, "availability")
    assert said(house, ana, incident.ref) == ["The payroll run stopped half-way"]
    declared(house, ben, open_to_all, "Mail is late")
    with pytest.raises(NotFound):
        access.find(house.call(ben).actor, incident.ref)
    card = next(each for each in space.thread(secret, root) if each.get("metadata"))
    assert "The payroll run stopped" in card["text"]
    public = [
        each["text"]
        for channel in space.channels.values()
        if channel.name != "payroll"
        for each in space.messages(channel.id)
    ]
    assert not any("payroll" in text for text in public)
