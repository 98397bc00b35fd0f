"""Reminders by mail: intended with the reminder, sent by a real client, seen once; no word too many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from musterpoint import actions, effects, mailing, reminding
from musterpoint.accounts.models import Account
from musterpoint.core.incident import Severity
from musterpoint.delivery import deliver
from musterpoint.settings import mail
from musterpoint.store import models
from tests.actions.telling import declared, secretly_declared, state
from tests.conftest import World
from tests.sink import Sink, sink


@pytest.fixture
def server(settings: Any) -> Iterator[Sink]:
    """Mail goes to a server on this machine."""
    with sink() as here:
        settings.SMTP_URL = f"smtp://127.0.0.1:{here.port}"
        for name, value in mail(settings.SMTP_URL).items():
            setattr(settings, f"EMAIL_{name}", value)
        settings.DEFAULT_FROM_EMAIL = "Musterpoint <incidents@example.com>"
        settings.ADDRESS = "https://incidents.example.com"
        yield here


def has_mail(account: str, email: str = "") -> str:
    person = models.Person.objects.get(name=account.capitalize())
    models.Identity.objects.create(name=f"email:{email or f'{account}@example.com'}", person=person)
    return f"{account}@example.com"


def quiet(world: World, title: str = "Checkout answers 502") -> str:
    return declared(world, title, severity=Severity.MAJOR)


def passes(world: World, minutes: float = 11) -> list[str]:
    """Give what is due after so many minutes; to whom it is to be mailed."""
    before = set(models.Effect.objects.values_list("pk", flat=True))
    world.later(minutes)
    reminding.remind(world.process, world.now)
    new = models.Effect.objects.filter(kind="mail").exclude(pk__in=before).order_by("pk")
    people = [json.loads(each.data)["person"] for each in new]
    return [models.Person.objects.get(pk=each).name for each in people]


def sends(world: World) -> list[str]:
    """Carry every mail out that waits; how each stands afterwards."""
    models.Effect.objects.filter(status="waiting").update(not_before=world.now)
    waiting = list(models.Effect.objects.filter(kind="mail", status="waiting").order_by("pk"))
    for each in waiting:
        deliver(each.key, world.process)
    return [models.Effect.objects.get(pk=each.pk).status for each in waiting]


def test_a_reminder_reaches_whom_it_is_for(world: World, server: Sink) -> None:
    has_mail("alice"), has_mail("bob")
    ref = quiet(world)
    assert passes(world) == ["Alice"]
    assert server.taken == []  # nothing is sent before it is committed
    assert sends(world) == ["done"]
    [(receivers, taken)] = server.taken
    assert receivers == ["alice@example.com"]
    assert (taken["To"], taken["From"]) == ("alice@example.com", "Musterpoint <incidents@example.com>")
    assert taken["Subject"] == f"Incident {ref}: Checkout answers 502"
    assert taken["Auto-Submitted"] == "auto-generated"
    text = taken.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert text.decode().splitlines() == [
        f"Nobody has led the incident since 2026-03-02 09:01 UTC (`musterpoint lead {ref} PERSON`).",
        "",
        f"https://incidents.example.com/incidents/{ref}",
    ]


def test_an_account_has_an_address_too_while_it_is_active(world: World, server: Sink) -> None:
    person = models.Person.objects.get(name="Alice")
    account = Account.objects.create(email="alice@example.org", person=person)
    quiet(world)
    assert passes(world) == ["Alice"]
    sends(world)
    assert [receivers for receivers, _ in server.taken] == [["alice@example.org"]]
    account.is_active = False
    account.save()
    assert passes(world, 15) == []


def test_it_goes_to_the_lead_when_there_is_one(world: World, server: Sink) -> None:
    has_mail("alice"), has_mail("bob")
    ref = quiet(world)
    actions.lead(world.by("bob"), ref, world.by("bob").actor.who)
    assert passes(world, 61) == ["Bob"]


def test_without_mail_or_with_a_chat_nothing_is_mailed(world: World, server: Sink, settings: Any) -> None:
    has_mail("alice")
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    quiet(world)
    assert passes(world) == []
    world.runs(chat="local")
    settings.SMTP_URL = ""
    assert passes(world, 15) == []
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    assert passes(world, 15) == ["Alice"]


def test_a_reminder_and_its_mails_are_written_together_or_not_at_all(
    world: World, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_mail("alice")
    ref = quiet(world)

    def breaks(*arguments: object, **values: object) -> None:
        raise ValueError("nonsense")

    monkeypatch.setattr(effects, "intend", breaks)
    assert passes(world) == []
    assert state(ref).after.reminded == {}


def test_of_a_restricted_incident_members_alone_are_told_where_and_nothing_else(world: World, server: Sink) -> None:
    for each in ("alice", "adele", "charlie", "victor", "sirt"):
        has_mail(each)
    ref = secretly_declared(world, "zanzibar leaks")
    assert set(passes(world)) == {"Sirt"}  # bob declared it, and has no address
    has_mail("bob")
    assert set(passes(world, 15)) == {"Bob", "Sirt"}
    assert set(sends(world)) == {"done"}
    for receivers, taken in server.taken:
        assert receivers[0] in ("bob@example.com", "sirt@example.com")
        assert taken["Subject"] == "Something waits for you"
        assert "zanzibar" not in taken.as_string()
        assert f"https://incidents.example.com/incidents/{ref}" in taken.as_string()


def test_who_may_not_see_it_any_more_gets_nothing(world: World, server: Sink) -> None:
    has_mail("alice")
    ref = quiet(world)
    assert passes(world) == ["Alice"]
    models.Incident.objects.filter(ref=ref).update(restricted=True)
    assert (sends(world), server.taken) == (["done"], [])


def test_what_waits_is_dropped_when_the_incident_is_restricted(world: World, server: Sink) -> None:
    has_mail("alice")
    ref = quiet(world)
    assert passes(world) == ["Alice"]
    actions.restrict(world.by("bob"), ref)
    assert (sends(world), server.taken) == ([], [])
    assert models.Effect.objects.get(kind="mail").status == "dropped"


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ({"RCPT": "550 no such user"}, "parked"),
        ({"RCPT": "450 busy"}, "waiting"),
        ({"MAIL": "530 sign in first"}, "parked"),
        ({"DATA": "554 no"}, "parked"),
        ({"DATA": "451 later"}, "waiting"),
        ({".": "552 too large"}, "parked"),
        ({".": "452 full"}, "waiting"),
        ({".": None}, "waiting"),
        ({"": None}, "waiting"),
        ({"": "421 going down"}, "waiting"),
    ],
    ids=str,
)
def test_what_is_refused_for_good_is_parked_and_anything_else_tried_again(
    world: World, server: Sink, says: dict[str, str | None], status: str
) -> None:
    has_mail("alice")
    quiet(world)
    passes(world)
    server.says = says
    assert sends(world) == [status]
    effect = models.Effect.objects.get(kind="mail")
    assert "mail server" in effect.error
    assert not [each for each in ("made-up", "alice@") if each in effect.error]
    server.says = {}
    effects.retry(effect)
    assert sends(world) == ["done"]


def test_a_repeat_is_the_same_mail(world: World, server: Sink) -> None:
    has_mail("alice")
    quiet(world)
    passes(world)
    server.says = {".": None}  # it took the mail and we do not know
    sends(world)
    server.says = {}
    sends(world)
    first, second = [each["Message-ID"] for _, each in server.taken]
    assert first == second
    assert first.endswith("@example.com>")
    passes(world, 15)
    sends(world)
    assert server.taken[-1][1]["Message-ID"] != first


def test_a_title_of_several_lines_adds_no_header(world: World, server: Sink) -> None:
    has_mail("alice")
    ref = quiet(world)
    models.Incident.objects.filter(ref=ref).update(title="It burns\r\nBcc: eve@example.com")
    passes(world)
    assert sends(world) == ["done"]
    [(receivers, taken)] = server.taken
    assert (receivers, taken["Bcc"]) == (["alice@example.com"], None)
    assert taken["Subject"] == f"Incident {ref}: It burns Bcc: eve@example.com"


def test_a_server_that_does_not_listen_is_tried_again(world: World, settings: Any) -> None:
    has_mail("alice")
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    for name, value in mail(settings.SMTP_URL).items():
        setattr(settings, f"EMAIL_{name}", value)
    quiet(world)
    passes(world)
    assert sends(world) == ["waiting"]
    settings.SMTP_URL = ""
    assert sends(world) == ["parked"]


def test_it_is_sent_outside_of_any_transaction(
    real_world: World, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_mail("alice")
    quiet(real_world)
    passes(real_world)
    send, seen = mailing._send, []

    def sent(*arguments: str) -> None:
        seen.append(connection.in_atomic_block)
        send(*arguments)

    monkeypatch.setattr(mailing, "_send", sent)
    assert sends(real_world) == ["done"]
    assert seen == [False]
    assert len(server.taken) == 1


def test_the_address_of_the_server_says_how_it_is_asked() -> None:
    assert mail("")["BACKEND"].endswith("dummy.EmailBackend")
    assert {**mail("smtp://ana:p%40ss@mail.example.com?tls=1"), "BACKEND": ""} == {
        "BACKEND": "",
        "HOST": "mail.example.com",
        "PORT": 587,
        "HOST_USER": "ana",
        "HOST_PASSWORD": "p@ss",
        "USE_TLS": True,
        "USE_SSL": False,
        "TIMEOUT": 10,
    }
    assert [mail(f"smtp://m{each}")["PORT"] for each in ("", "?tls=ssl", ":2525?tls=1")] == [25, 465, 2525]


@pytest.mark.parametrize(
    "url", ["http://m", "smtp://", "smtp://m?tls=2", "smtp://m?ssl=1", "m:25", "smtp://m:port", "smtp://[m"]
)
def test_an_address_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP_URL|[Pp]ort|IPv6"):
        mail(url)
