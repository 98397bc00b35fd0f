"""Once an hour what nobody needs any more goes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from musterpoint.accounts import answered, links, tokens
from musterpoint.accounts.models import Answered, Link
from musterpoint.accounts.tidy import KEPT, tidy
from musterpoint.store.models import Person
from tests.web.conftest import Site


def test_what_is_over_goes_and_the_rest_stays(site: Site) -> None:
    for key, days in (("over", -1), ("lives", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
    links.sign_in(site.world.by("adele"), "bob")
    links.sign_in(site.world.by("adele"), "alice")
    Link.objects.filter(person__name="Bob").update(expires_at=site.world.now - KEPT - timedelta(minutes=1))
    bob = Person.objects.get(name="Bob")
    text = tokens.issue(bob, "a program", ["read"], site.world.now + timedelta(days=1))
    token = tokens.found(text, site.world.now)
    assert token is not None
    for key in ("old", "new"):
        answered.once(token, key, "a request", lambda: answered.Answer(201, "{}"))
    Answered.objects.filter(key="old").update(at=site.world.now - answered.KEPT - timedelta(minutes=1))
    Answered.objects.filter(key="new").update(at=site.world.now)
    tidy()
    assert [each.session_key for each in Session.objects.all()] == ["lives"]
    assert [each.person.name for each in Link.objects.all() if each.person] == ["Alice"]
    assert [each.key for each in Answered.objects.all()] == ["new"]
