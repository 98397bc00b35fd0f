"""The website as a folder: a file is written into it, or committed on a branch where the folder is a git checkout."""

from __future__ import annotations

import os
import secrets
from pathlib import Path, PurePosixPath

from musterpoint.integrations.local.git import Checkout
from musterpoint.integrations.local.place import inside, must_be_ours
from musterpoint.ports import Post, Posted, Refused, Unavailable


class FolderWebsite:
    """`made`: the folder is ours and made when it is needed; another one must be there already, or it is Refused."""

    def __init__(self, folder: Path, timeout: float, *, made: bool = False) -> None:
        self.folder, self._timeout = folder, timeout
        if not folder.is_dir() and not made:
            raise Refused(
                f"The folder of the website, {folder}, does not exist. Make it or clone the website there, "
                "or name another one in [website] folder."
            )
        if folder.is_dir() and not os.access(folder, os.W_OK):
            raise Refused(f"The folder of the website, {folder}, cannot be written.")

    def publish(self, post: Post, key: str) -> Posted:
        place = inside(post.path)
        self.folder.mkdir(parents=True, exist_ok=True)
        if (checkout := self._checkout()) is not None:
            return checkout.commit(post, key)
        return _write(self.folder, place, post)

    def find(self, post: Post, key: str) -> Posted | None:
        place = inside(post.path)
        if not self.folder.is_dir():
            return None
        if (checkout := self._checkout()) is not None:
            return checkout.find(key)
        return Posted(str(place)) if _there(self.folder / place) == post.text.encode() else None

    def _checkout(self) -> Checkout | None:
        """The git checkout that the folder is, or is in; none where git leaves it out."""
        folder = self.folder.resolve()
        if not any((each / ".git").exists() for each in (folder, *folder.parents)):
            return None
        checkout = Checkout(folder, self._timeout)
        return None if checkout.ignored() else checkout


def _there(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error}. Nothing was written.") from error


def _write(folder: Path, place: PurePosixPath, post: Post) -> Posted:
    file = folder / place
    if not file.resolve().is_relative_to(folder.resolve()):
        raise Refused(f"{file} leads out of the folder of the website. Nothing was written.")
    old, text = _there(file), post.text.encode()
    if old == text:
        return Posted(str(place))
    must_be_ours(str(file), old, post)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, text)
    except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise Refused(f"{file} cannot be written: {error}") from error
    except OSError as error:
        raise Unavailable(f"{file} could not be written: {error}") from error
    return Posted(str(place))


def _replace(file: Path, text: bytes) -> None:
    """Either the old file is there or the new one, whole; whatever ends this process or the machine."""
    for old in file.parent.glob(f".{file.name}.*.part"):  # of somebody who was killed
        old.unlink(missing_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
