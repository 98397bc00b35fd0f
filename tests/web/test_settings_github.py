"""Where GitHub leads back to when it has made our app: the page tells the command with the code, and does nothing."""

from __future__ import annotations

from musterpoint.store import models
from tests.web.conftest import Site
from tests.web.looking import told


def test_the_code_stands_in_the_command(site: Site) -> None:
    assert "musterpoint github app a180b1a3" in told(site.page("adele", "/settings/github?code=a180b1a3&state=x"))
    assert not models.Setting.objects.filter(value__contains="a180b1a3").exists()


def test_without_a_code_it_tells_how_to_come_by_one(site: Site) -> None:
    for address in ("/settings/github", "/settings/github?code=%3Cb%3E", "/settings/github?code=a;rm"):
        html = site.page("adele", address)
        assert "musterpoint github manifest --to app.html" in told(html)
        assert "rm" not in told(html).split()


def test_it_is_for_admins(site: Site) -> None:
    assert "musterpoint github app" not in site.page("bob", "/settings/github?code=a180b1a3", status=409)
