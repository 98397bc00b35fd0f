"""`slack`: prints the manifest of the app, and tries everything that the Slack part needs."""

from __future__ import annotations

import json

from django.conf import settings

from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.integrations.slack.app import manifest, trying

#: Seconds that each call of the check may take.
TIMEOUT = 5.0


def slack(session: Session) -> Answer:
    return {"manifest": _manifest, "check": _check}[session.options.what](session)


def _manifest(session: Session) -> Answer:
    """JSON, which Slack's page takes as well as YAML: nothing but it, so that it can be piped."""
    made = manifest.manifest(settings.ADDRESS, socket=session.options.socket)
    return Answer(made, json.dumps(made, ensure_ascii=False, indent=2))


def _check(session: Session) -> Answer:
    timeout = min(session.process.timeout, TIMEOUT)
    found = list(trying.tried(session.process, settings.ADDRESS, session.now, timeout))
    works = all(each.works for each in found)
    lines = []
    if session.process.chat != "slack":
        lines.append('! [chat] provider is not "slack" yet: nothing is used of this until it is.')
    for each in found:
        lines.append(f"{'✓' if each.works else '✗'} {each.name:<10} {each.told}")
        lines += [f"  {'':<10} {each.hint}"] if each.hint and not each.works else []
    lines.append("Everything works." if works else "Something is missing.")
    shapes = [trying.shape(each) for each in found]
    return Answer({"ok": works, "tried": shapes}, "\n".join(lines), code=0 if works else 1)
