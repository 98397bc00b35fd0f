"""`init` and `migrate`: the home, the database, the first person."""

from __future__ import annotations

import getpass
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.process import FILE, TEMPLATE
from musterpoint.running import Lock, exclusive
from musterpoint.store import models, schema


def init(session: Session) -> Answer:
    """Safe to repeat: what is there stays."""
    home: Path = settings.HOME
    made = []
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / "secret-key").exists():
        write_secret(home / "secret-key", secrets.token_urlsafe(48))
        made.append("secret key")
    if not (home / FILE).exists():
        (home / FILE).write_text(TEMPLATE, encoding="utf-8")
        made.append(f"settings ({home / FILE})")
    if migrated():
        made.append("database")
    person, new = first_admin(session.options.name)
    if new:
        made.append(f"admin {person.name}")
    text = [f"Home: {home}", f"Made: {', '.join(made)}." if made else "Everything was there already."]
    text.append("Next: musterpoint check, then musterpoint declare TITLE")
    return Answer({"home": str(home), "made": made, "person": person.name}, "\n".join(text))


def write_secret(file: Path, value: str) -> None:
    """Readable by its owner alone, from its first moment."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(value)


def first_admin(name: str) -> tuple[models.Person, bool]:
    """The operating system's user, who acts where nobody else is named."""
    account = f"account:{getpass.getuser()}"
    with transaction.atomic():
        identity = models.Identity.objects.select_related("person").filter(name=account).first()
        if identity:
            return identity.person, False
        person = models.Person.objects.create(name=name or _full_name() or getpass.getuser(), role="admin")
        models.Identity.objects.create(name=account, person=person)
        return person, True


def _full_name() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_gecos.split(",")[0].strip()
    except (ImportError, KeyError):
        return ""


def migrated() -> bool:
    """Bring the schema up to date, one process at a time. Whether there was anything to do."""
    if not schema.missing():
        return False
    with exclusive(settings.HOME, Lock.MIGRATION):
        call_command("migrate", interactive=False, verbosity=0)
    return True


def migrate(session: Session) -> Answer:
    if not settings.HOME.exists():
        raise NotAllowed("not_initialised", f"There is no {settings.HOME} yet.", "Run: musterpoint init")
    done = migrated()
    return Answer({"migrated": done}, "The database is up to date now." if done else "The database was up to date.")
