"""Backup and restore: database, files, settings and secrets in one archive; not the engine's file, which is rebuilt."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from musterpoint import __version__, effects
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import time_text
from musterpoint.process import FILE
from musterpoint.running import alone
from musterpoint.store import models

#: What of the home belongs into a backup, besides the database.
KEPT = (FILE, "secret-key", "files")
#: The folders that a backup and a restore work in; one that old (seconds) is nobody's any more.
WORK = ".musterpoint-work-"
ABANDONED_AFTER = 6 * 3600
DUMP = {"sqlite": "musterpoint.sqlite3", "postgresql": "musterpoint.pgdump"}


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup. `missing` says what is not in it, and why."""

    file: Path
    size: int
    missing: tuple[str, ...]

    def text(self) -> str:
        lines = [f"{self.file} ({self.size:,} bytes)", *(f"Not in it: {each}" for each in self.missing)]
        return "\n".join([*lines, "It holds secrets: keep it where only you can read it."])


def backup(home: Path, url: str, target: Path | None, now: datetime) -> Saved:
    """Write the archive while everything runs; it is whole or absent. Raises NotAllowed, OSError."""
    target = target or home / "backups" / f"musterpoint-{now:%Y-%m-%dT%H%M%S}.tar.gz"
    if target.exists():
        raise NotAllowed("exists", f"{target} is there already.", "Choose another name with --to.")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    missing: list[str] = []
    with _folder(target.parent) as folder:
        parts = [_database(Path(folder), url, missing), _description(Path(folder), now)]
        parts += [home / name for name in KEPT if (home / name).exists()]
        part = Path(folder) / "archive"
        with tarfile.open(part, "w:gz") as archive:
            for each in parts:
                if each is not None:
                    archive.add(each, each.name)
        part.chmod(0o600)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    models.Copy.objects.create(kind="backup", path=str(target.absolute()), made_at=now)
    return Saved(target, target.stat().st_size, tuple(missing))


def _folder(beside: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder to work in, for its owner alone. What a killed backup or restore left behind is removed first."""
    for left in beside.glob(f"{WORK}*"):
        if time.time() - left.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=WORK, dir=beside)


def _database(folder: Path, url: str, missing: list[str]) -> Path | None:
    file = folder / DUMP[connection.vendor]
    if connection.vendor == "sqlite":
        source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True, timeout=30)
        copy = sqlite3.connect(file)
        with source, copy:
            source.backup(copy)  # in one go: in pieces it would begin anew with every write meanwhile
        source.close()
        copy.close()
        return file
    if shutil.which("pg_dump") is None:
        missing.append("the database: there is no pg_dump here (Debian: apt-get install postgresql-client)")
        return None
    where, password = _without_password(url)
    _run(["pg_dump", "--format=custom", "--exclude-schema=dbos", f"--file={file}", where], password)
    return file


def _without_password(url: str) -> tuple[str, str]:
    """Everybody on the machine may read a command's arguments: the password goes into its environment."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host)), unquote(parts.password or "")


def _run(command: list[str], password: str = "") -> None:
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    except FileNotFoundError as error:
        hint = "Debian: apt-get install postgresql-client. Nothing was changed."
        raise NotAllowed("no_program", f"There is no {command[0]} here.", hint) from error
    if done.returncode:
        raise NotAllowed("command_failed", f"{command[0]} failed: {done.stderr.strip()[:500]}", "Nothing was changed.")


def _description(folder: Path, now: datetime) -> Path:
    file = folder / "backup.json"
    file.write_text(json.dumps({"version": __version__, "made_at": time_text(now), "database": connection.vendor}))
    return file


def restore(home: Path, url: str, file: Path, *, replace: bool) -> None:
    """Put a backup back. Raises Busy while a process lives, NotAllowed for an archive that does not fit."""
    if not file.is_file():
        raise NotAllowed("no_file", f"There is no file {file}.")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _folder(home) as folder, alone(home):
        parts = _unpacked(file, Path(folder))
        dump = parts / DUMP[connection.vendor]
        if not dump.exists():
            raise NotAllowed(
                "no_database", f"{file} holds no {connection.vendor} database.", "Was it made on the other?"
            )
        if _something_there() and not replace:
            raise NotAllowed("not_empty", "There are incidents here already.", "Say --yes to replace them.")
        _put_back(home, url, dump, f"restored from {file.name}")
        for name in KEPT:
            if (parts / name).is_dir():
                shutil.rmtree(home / name, ignore_errors=True)
            if (parts / name).exists():
                os.replace(parts / name, home / name)
        call_command("migrate", interactive=False, verbosity=0)
        models.Effect.objects.filter(status="waiting").update(leased_until=None, leased_by="", enqueued_at=None)


def _unpacked(file: Path, folder: Path) -> Path:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise NotAllowed("not_a_backup", f"{file} is not a backup: {error}", "Nothing was changed.") from error
    if not (folder / "backup.json").exists():
        raise NotAllowed("not_a_backup", f"{file} is not a backup of Musterpoint.", "Nothing was changed.")
    return folder


def _something_there() -> bool:
    from musterpoint.store import schema

    return schema.missing() != schema.needed() and models.Incident.objects.exists()


def _put_back(home: Path, url: str, dump: Path, reason: str) -> None:
    """The database, with its effects held from its first moment: whoever is killed here must not send them again.

    The engine's own tables go: they are rebuilt from the effect rows.
    """
    if connection.vendor == "sqlite":
        connections.close_all()
        name = settings.DATABASES["default"]["NAME"]
        source, target = sqlite3.connect(dump), sqlite3.connect(name, timeout=30)
        with source, target:
            source.execute("INSERT OR REPLACE INTO store_setting (name, value) VALUES (?, ?)", [effects.HELD, reason])
            source.commit()
            source.backup(target)
        source.close()
        target.close()
        for each in home.glob("engine.sqlite3*"):
            each.unlink()
        return
    connections.close_all()
    script, hold = dump.with_suffix(".sql"), dump.with_name("hold.sql")
    _run(["pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(dump)])
    values = f"('{effects.HELD}', '{reason.replace(chr(39), chr(39) * 2)}')"
    hold.write_text(
        "DROP SCHEMA IF EXISTS dbos CASCADE;\n"
        f"INSERT INTO public.store_setting (name, value) VALUES {values}"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value;\n"
    )
    where, password = _without_password(url)
    once = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--dbname={where}"]
    _run(["psql", *once, f"--file={script}", f"--file={hold}"], password)
