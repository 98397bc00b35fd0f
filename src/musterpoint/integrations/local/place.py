"""Where a post may be written: inside of the website, and over nothing but what we wrote there ourselves."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from musterpoint.core.describe import REDACTED
from musterpoint.ports import Post, Refused


def inside(path: str) -> PurePosixPath:
    """The path below the folder. Raises Refused for one that leads out of it."""
    place = PurePosixPath(path)
    wrong = not place.parts or place.is_absolute() or "\\" in path or not path.isprintable() or path.endswith("/")
    if wrong or any(part in ("..", "~") or part.lower() == ".git" for part in place.parts):
        raise Refused(f"{path!r} is no path inside of the website. Mend [website] path or slug; nothing was written.")
    return place


def must_be_ours(name: str, old: bytes | None, post: Post) -> None:
    """What stands there is what we last wrote, or nothing. Raises Refused."""
    if old is None or (post.was and _same(old.decode(errors="replace"), post.was)):
        return
    why = "somebody changed it since it was published" if post.was else "it is there already, and is not ours"
    raise Refused(
        f"{name}: {why}. Nothing was written. Take over what was changed with `publication edit`, then put the file "
        "back or move it away, and try again with `effects retry`."
    )


def _same(there: str, was: str) -> bool:
    """What was redacted here since is still there as it was written."""
    return re.fullmatch(".*".join(re.escape(part) for part in was.split(REDACTED)), there, re.DOTALL) is not None
