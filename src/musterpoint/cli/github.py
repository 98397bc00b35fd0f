"""`github`: makes the app by its manifest, takes its secrets over, and tries everything that the GitHub part needs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.environment import environment
from musterpoint.integrations.github import manifest

if TYPE_CHECKING:
    from musterpoint.integrations.github.converting import Made
    from musterpoint.integrations.github.trying import Tried

#: Seconds that each call of the check may take.
TIMEOUT = 5.0
#: Files of the home, for its owner alone.
KEY, SECRET = "github-app.pem", "github-webhook-secret"


def github(session: Session) -> Answer:
    return {"manifest": _manifest, "app": _app, "check": _check}[session.options.what](session)


# --- the manifest --------------------------------------------------------------------------------------------------


def _manifest(session: Session) -> Answer:
    """JSON and nothing but it, so that it can be piped; or a page, since GitHub takes it from a browser alone."""
    options = session.options
    made = manifest.manifest(options.address or settings.ADDRESS, hook=not options.poll_only)
    places = manifest.form_addresses(environment("GITHUB_URL"), options.organisation, session.process.github_repository)
    if not options.to:
        return Answer(made, json.dumps(made, ensure_ascii=False, indent=2))
    file = Path(options.to).absolute()
    if file.exists():
        raise NotAllowed("exists", f"{file} is there already.", "Choose another name with --to.")
    file.write_text(manifest.page(made, places), encoding="utf-8")
    lines = [
        str(file),
        "Open it in a browser that is signed in to GitHub, and press the button. Then, within the hour:",
        "  musterpoint github app CODE",
    ]
    shape = {"file": str(file), "manifest": made, "posts_to": [url for _, url in places]}
    return Answer(shape, "\n".join(lines))


# --- the app's secrets ---------------------------------------------------------------------------------------------


def _app(session: Session) -> Answer:
    from musterpoint.integrations.github import converting

    code = converting.code_of(session.options.code)
    files = {settings.HOME / KEY: "", settings.HOME / SECRET: ""}
    if not session.options.force and (there := [each for each in files if each.exists()]):
        told = f"{' and '.join(map(str, there))} {'is' if len(there) == 1 else 'are'} there already, of another app."
        raise NotAllowed("exists", told, "Nothing was asked of GitHub: the code still works. With --force it goes.")
    made = converting.converted(code, TIMEOUT)
    files = {settings.HOME / KEY: made.private_key, settings.HOME / SECRET: made.hook_secret}
    for file, secret in files.items():
        _keep(file, secret)
    return _made(made)


def _keep(file: Path, secret: str) -> None:
    """Whole or not at all, and readable by its owner alone from its first moment. One of another app must not stay."""
    if not secret:
        file.unlink(missing_ok=True)
        return
    part = file.with_name(f".{file.name}.new")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(secret if secret.endswith("\n") else f"{secret}\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def _made(made: Made) -> Answer:
    variables = {"GITHUB_APP_ID": made.id, "GITHUB_APP_PRIVATE_KEY_FILE": str(settings.HOME / KEY)}
    if made.hook_secret:
        variables["GITHUB_WEBHOOK_SECRET_FILE"] = str(settings.HOME / SECRET)
    install = f"{made.url}/installations/new"
    lines = [
        f"The app {made.name} is made: {made.url}",
        f"Its secrets are in files of {settings.HOME} that only their owner can read. Put into the environment:",
        "",
        *(f"{name}={value}" for name, value in variables.items()),
        "",
        f"Install it, for the repository of the incidents: {install}",
        "Restart, then: musterpoint github check",
    ]
    shape = {"app": made.id, "name": made.name, "url": made.url, "install": install, "environment": variables}
    return Answer(shape, "\n".join(lines))


# --- the check -----------------------------------------------------------------------------------------------------


def _check(session: Session) -> Answer:
    from musterpoint.integrations.github import trying

    timeout = min(session.process.timeout, TIMEOUT)
    found = list(trying.tried(session.process, settings.ADDRESS, session.now, timeout))
    works = not any(each.broken for each in found)
    lines = []
    if session.process.tracker != "github":
        lines.append('! [issue] tracker is not "github" yet: nothing is used of this until it is.')
    for each in found:
        lines += _lines(each)
    lines.append("Everything works." if works else "Something is missing.")
    return Answer(
        {"ok": works, "tried": [trying.shape(each) for each in found]}, "\n".join(lines), code=0 if works else 1
    )


def _lines(each: Tried) -> list[str]:
    sign = "✗" if each.broken else "✓" if each.works else "!"
    hint = [f"  {'':<12} {each.hint}"] if each.hint and not each.works else []
    return [f"{sign} {each.name:<12} {each.told}", *hint]
