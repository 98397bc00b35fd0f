"""An export archive, zip or folder, of which single members are read and nothing is ever unpacked."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.documents import LIMIT, unreadable

_EXPORT_AGAIN = "Download the export from Slack again and give it as it comes."
_DEPTHS = ("*.json", "*/*.json", "*/*/*.json")  # an export, perhaps inside one folder
_HIGHEST_RATIO = 250  # of a member's size to what it takes in the zip; exports stay below 50
_SMALL = 1024**2  # bytes; a tiny member of blanks may pack better than that and harms nobody


class Archive(Protocol):
    """`names` are the members' paths with `/`; `read` gives a member's bytes. Both raise BadFile."""

    where: str

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The archive at `path`. Raises BadFile if it is none, or holds a name that leads out of it."""
    try:
        if path.is_dir():
            yield _Folder(path)
            return
        with zipfile.ZipFile(path) as opened:
            yield _Zip(path, opened)
    except zipfile.BadZipFile as error:
        hint = "Give the zip file that Slack exported, or the folder it was unpacked to."
        raise BadFile(f"{path} is not a zip archive, or is damaged: {error}.", hint) from error
    except BadFile:
        raise
    except (OSError, ValueError, NotImplementedError) as error:
        raise unreadable(path, "the export", error) from error


class _Budget:
    """Counts each member once, however often it is read."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._sizes: dict[str, int] = {}

    def charge(self, name: str, size: int) -> None:
        self._sizes[name] = size
        if sum(self._sizes.values()) > LIMIT:
            hint = "Ask Slack for an export of fewer days."
            raise BadFile(f"{self._where}: reading more than 2 GiB is refused (at {name}).", hint)


class _Folder:
    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._root = path.resolve()
        self._budget = _Budget(self.where)

    def names(self) -> list[str]:
        found = (file for depth in _DEPTHS for file in self._root.glob(depth))
        return sorted(file.relative_to(self._root).as_posix() for file in found if file.is_file())

    def read(self, name: str) -> bytes:
        file = (self._root / name).resolve()
        if not file.is_relative_to(self._root):
            raise _climbs(self.where, name)
        self._budget.charge(name, file.stat().st_size)
        return file.read_bytes()


class _Zip:
    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self.where = str(path)
        self._opened = opened
        self._budget = _Budget(self.where)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in opened.infolist():
            name = _name(member)
            if _leads_out(name) or _leads_out(member.filename):
                raise _climbs(self.where, name)
            self._members[name] = member

    def names(self) -> list[str]:
        return sorted(name for name, member in self._members.items() if not member.is_dir())

    def read(self, name: str) -> bytes:
        member = self._members[name]
        if member.flag_bits & 1:
            raise BadFile(f"{self.where}: {name} is encrypted.", "Unpack it with its password and give the folder.")
        if member.file_size > _SMALL and member.file_size > _HIGHEST_RATIO * max(member.compress_size, 1):
            raise BadFile(f"{self.where}: {name} unpacks to more than {_HIGHEST_RATIO} times its size.", _EXPORT_AGAIN)
        self._budget.charge(name, member.file_size)
        try:
            return self._opened.read(member)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError) as error:
            raise BadFile(f"{self.where}: {name} is damaged: {error}.", _EXPORT_AGAIN) from error


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was written: older zip tools store UTF-8 without saying so, which reads as code page 437."""
    if member.flag_bits & 0x800:
        return member.orig_filename
    try:
        return member.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.orig_filename


def _leads_out(name: str) -> bool:
    if name.startswith("/") or "\\" in name or "\0" in name or re.match(r"[A-Za-z]:", name):
        return True
    return ".." in PurePosixPath(name).parts


def _climbs(where: str, name: str) -> BadFile:
    return BadFile(f"{where} holds {name!r}, a path that leads out of the archive; nothing was read.", _EXPORT_AGAIN)
