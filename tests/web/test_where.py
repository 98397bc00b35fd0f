"""A hint that names a command leads, on a page, to where the page does the same."""

from __future__ import annotations

import pytest

from musterpoint.web.where import led, solved_at
from tests.actions.telling import declared
from tests.web.conftest import Site


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("First: resolve 7", 'First: <a href="/incidents/7#steps">Resolve</a>'),
        ("musterpoint raise s-abcdefgh", '<a href="/incidents/s-abcdefgh#steps">Raise the issue</a>'),
        ("Write: correct 7 detected --at TIME.", 'Write: <a href="/incidents/7#times">Times</a>.'),
        ("`action list 7`", '<a href="/incidents/7/actions">Actions</a>'),
        ("Back: publication decide 7 publish", 'Back: <a href="/incidents/7/publication">Publication</a>'),
        ("`musterpoint huddle 7 --runs`", '<a href="/incidents/7#steps">Huddle</a>'),
        ("See: effects", 'See: <a href="/settings/effects">Effects and events</a>'),
        ("Write the note.", "Write the note."),
        ("An admin can do this.", "An admin can do this."),
        ("<b>resolve 7</b>", '&lt;b&gt;<a href="/incidents/7#steps">Resolve</a>&lt;/b&gt;'),
        ("", ""),
    ],
)  # fmt: skip
def test_commands_become_links_and_nothing_else_does(hint: str, shown: str) -> None:
    assert led(hint) == shown


def test_a_refusal_leads_on(site: Site) -> None:
    ref = declared(site.world, "Checkout answers 502")
    told = site.send("bob", f"/incidents/{ref}/writeup/completion", status=409)
    assert f'<a href="/incidents/{ref}#steps">Resolve</a>' in told


def test_a_blocker_of_one_action_leads_to_it() -> None:
    assert solved_at("action_due:3", "7") == "/incidents/7/actions#action-3"
    assert solved_at("unheard_of", "7") == "/incidents/7"
