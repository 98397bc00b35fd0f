"""The app's manifest: what GitHub makes our app of, with exactly the rights and events that the code uses.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest. GitHub refuses the whole
manifest for an event that no permission covers, and for `hook_attributes` without an address, also if inactive.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any
from urllib.parse import urlsplit

from musterpoint.core.decision import NotAllowed

#: Permission → its level, and what does not work without it.
PERMISSIONS: dict[str, tuple[str, str]] = {
    "issues": ("write", "the Incident issue, its comments, and the issues of actions"),
    "metadata": ("read", "finding the repository, its labels and its people"),
    "pull_requests": ("read", "naming the pull request that completed an action"),
}
#: Those that only tell more.
OPTIONAL = frozenset({"pull_requests"})
#: Event → what is noticed without it at the next poll alone. (A pull request that closes an issue is told by `issues`.)
EVENTS: dict[str, str] = {
    "issues": "edits, ticks, closing and reopening",
    "issue_comment": "comments, and with them commands",
    "sub_issues": "issues that become an action, or stop being one",
}
#: Levels of a permission, the lowest first.
LEVELS = ("", "read", "write", "admin")
#: What is shown for it.
NAME, WEB = "Musterpoint", "https://github.com"
#: A login, as GitHub allows it.
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?")


def manifest(address: str, *, hook: bool = True) -> dict[str, Any]:
    """The manifest as an object. `address` is where people reach this installation. Without `hook` GitHub calls nobody
    and we ask (poll-only); then it may also be an address that GitHub cannot reach.

    Raises NotAllowed (`no_address`).
    """
    made: dict[str, Any] = {"name": NAME, "url": _home(address), "redirect_url": f"{_home(address)}/settings/github"}
    made["description"] = "Incidents: from the first message to the last action."
    made["public"] = False
    made["default_permissions"] = {name: level for name, (level, _) in PERMISSIONS.items()}
    if hook:
        made["hook_attributes"] = {"url": hook_address(address), "active": True}
        made["default_events"] = list(EVENTS)
    return made


def hook_address(address: str) -> str:
    """Where GitHub sends what happens. Raises NotAllowed (`no_address`)."""
    if urlsplit(address).scheme != "https":
        raise NotAllowed(
            "no_address",
            "GitHub sends what happens to an https address that it can reach; MUSTERPOINT_ADDRESS is "
            f"{address or 'not set'}.",
            "Give one: github manifest --address https://incidents.example.com. Without a public address: github "
            "manifest --poll-only",
        )
    return f"{address.rstrip('/')}/hooks/github"


def _home(address: str) -> str:
    """GitHub wants an address to send the browser to; a machine of one's own has this one."""
    return address.rstrip("/") if urlsplit(address).scheme in ("https", "http") else "http://127.0.0.1:8000"


def form_addresses(web: str, organisation: str, repository: str) -> list[tuple[str, str]]:
    """Where the manifest can be posted to, with what to say on the button: an app that is not public can be installed
    only where it was made. `web` is GITHUB_URL, empty for github.com. Raises NotAllowed (`bad_organisation`)."""
    site = web.rstrip("/") or WEB
    personal = ("my own account", f"{site}/settings/apps/new")
    owner = organisation or repository.partition("/")[0]
    if not owner:
        return [personal]
    if not _LOGIN.fullmatch(owner):
        raise NotAllowed("bad_organisation", f"{owner!r} is not the name of an organisation.", "It is as in addresses.")
    theirs = (f"the organisation {owner}", f"{site}/organizations/{owner}/settings/apps/new")
    return [theirs] if organisation else [theirs, personal]


def page(made: dict[str, Any], places: list[tuple[str, str]]) -> str:
    """A page (HTML) with a button for each place, which posts the manifest there. Nothing in it is secret."""
    value = escape(json.dumps(made, ensure_ascii=False))
    forms = "".join(
        f'<form action="{escape(url)}" method="post"><input type="hidden" name="manifest" value="{value}">'
        f"<button>Make the app for {escape(label)}</button></form>\n"
        for label, url in places
    )
    rights = "".join(f"<li>{name}: {level}, for {what}</li>\n" for name, (level, what) in PERMISSIONS.items())
    return _PAGE.format(forms=forms, rights=rights)


_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Make the GitHub App of Musterpoint</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;padding:.5rem 1rem;margin:.25rem 0;cursor:pointer}}</style>
<h1>Make the GitHub App of Musterpoint</h1>
<p>Choose who owns the repository of the incidents: the app can be installed there alone.</p>
{forms}<p>GitHub shows its name, which you may change, and makes the app when you confirm. It then sends your browser to
an address that ends in <code>?code=…</code>. Within the hour run, with that code or the whole address:</p>
<pre>musterpoint github app CODE</pre>
<p>The app gets these rights:</p>
<ul>
{rights}</ul>
</html>
"""
