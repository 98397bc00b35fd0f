"""Django's admin: not there by default; turned on, for admins alone, it changes nothing and shows nothing hidden."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.web.conftest import Site

SRC = Path(__file__).parents[2] / "src"

STORY = """
import io, sys
from contextlib import redirect_stdout
from musterpoint.cli.main import main

def cli(*words):
    with redirect_stdout(io.StringIO()) as told:
        assert main(words) == 0, words
    return told.getvalue().strip()

cli("init", "--name", "Root")
import django.db
from django.test.utils import setup_test_environment
setup_test_environment()
cli("people", "add", "Bob", "account:bob")
cli("declare", "An open matter")
cli("note", "1", "said in the open")
for ref in (cli("declare", "zanzibar leaks", "--security", "yes", "--as", "bob", "--format", "json"),):
    secret = __import__("json").loads(ref)["incident"]
cli("note", secret, "zanzibar again", "--as", "bob")

from django.test import Client
from django.contrib import admin
from musterpoint.accounts.admin import site
from musterpoint.accounts.models import Account
from musterpoint.store import models

def browser(name):
    person = models.Person.objects.get(name=name)
    flags = {"is_staff": True, "is_superuser": True}
    account = Account.objects.create(email=f"{name.lower()}@example.com", person=person, **flags)
    made = Client()
    made.force_login(account, backend="musterpoint.accounts.backend.OfAccounts")
    return made

root, bob, stranger = browser("Root"), browser("Bob"), Client()
assert stranger.get("/admin/").status_code == 302, stranger.get("/admin/").status_code
assert "/accounts/login/" in stranger.get("/admin/login/").url
assert bob.get("/admin/").status_code in (302, 404)
assert bob.get("/admin/", follow=True).status_code == 404
assert root.get("/admin/").status_code == 200
assert "An open matter" in root.get("/admin/store/incident/").content.decode()

before = [list(model.objects.order_by("pk").values()) for model in site._registry]
for model in site._registry:
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    page = root.get(base)
    assert page.status_code == 200, base
    assert "zanzibar" not in page.content.decode(), base
    assert root.get(base + "add/").status_code == 403, base
    assert root.post(base + "add/", {}).status_code == 403, base
    root.post(base, {"action": "delete_selected", "_selected_action": ["1", "2", "3"], "post": "yes"})
    for row in model.objects.all():
        one = root.get(f"{base}{row.pk}/change/")
        assert one.status_code in (200, 302), (base, one.status_code)
        assert "zanzibar" not in one.content.decode(), (base, row.pk)
        assert "pbkdf2" not in one.content.decode()
        assert 'name="_save"' not in one.content.decode()
        assert root.post(f"{base}{row.pk}/change/", {"title": "x", "name": "x"}).status_code in (302, 403), base
        assert root.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code in (302, 403), base
    assert bob.get(base, follow=True).status_code == 404, base
    assert stranger.get(base).status_code == 302, base
after = [list(model.objects.order_by("pk").values()) for model in site._registry]
assert before == after
every = {model for model in django.apps.apps.get_models() if model._meta.app_label == "store"}
assert every <= set(site._registry), every - set(site._registry)
page = root.get("/admin/")
assert "unsafe" not in page["Content-Security-Policy"]
print("done")
"""


@pytest.mark.slow
def test_turned_on_it_is_for_admins_and_read_only(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment |= {"MUSTERPOINT_ADMIN": "yes", "MUSTERPOINT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(SRC)}
    done = subprocess.run(
        [sys.executable, "-c", STORY], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "done"


def test_by_default_there_is_none(site: Site) -> None:
    for browser in (site.by("adele"), Client()):
        assert browser.get("/admin/").status_code == 404
        assert browser.get("/admin/login/").status_code == 404
