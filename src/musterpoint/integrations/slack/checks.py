"""Whether one message of a file has the shape that the rest of this package relies on."""

from __future__ import annotations

from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.shapes import Object
from musterpoint.integrations.slack.stamps import order

_AS_SLACK = "Give Slack's own answer or export, unchanged."
_QUOTED = (
    'Slack writes it as text in quotes with six digits after the point, "1717984816.912149"; '
    "whatever turned it into a number has changed it. Fetch the thread again and keep it as it comes."
)
_KINDS: dict[type, str] = {str: "text", list: "a list", dict: "an object"}
_FIELDS: dict[str, type] = {
    **dict.fromkeys(("text", "user", "bot_id", "username", "subtype", "channel", "thread_ts", "permalink"), str),
    **dict.fromkeys(("blocks", "attachments", "files", "reactions"), list),
    **dict.fromkeys(("edited", "room", "bot_profile", "user_profile", "file"), dict),
}


def checked(value: object, where: str) -> Object:
    """`value`, known to be a message with a `ts` (and `thread_ts`, if any) that is one. `where`: file and number.

    Raises BadFile. A field that is null counts as absent, as Slack has it in exports.
    """
    if not isinstance(value, dict):
        raise BadFile(f"{where} is not an object.", _AS_SLACK)
    if value.get("ts") is None:
        raise BadFile(f"{where} has no ts.", f"Without it a message has neither time nor identity. {_AS_SLACK}")
    stamp = check_stamp(value["ts"], "ts", where)
    for field, kind in _FIELDS.items():
        found = value.get(field)
        if found is not None and not isinstance(found, kind) and field != "thread_ts":
            raise BadFile(f"{where} (ts {stamp}): {field} is not {_KINDS[kind]}.", _AS_SLACK)
    if value.get("thread_ts"):
        check_stamp(value["thread_ts"], "thread_ts", f"{where} (ts {stamp})")
    return value


def check_stamp(value: object, field: str, where: str) -> str:
    if isinstance(value, int | float):
        raise BadFile(f"{where}: {field} is the number {str(value)[:40]}, not text.", _QUOTED)
    if not isinstance(value, str):
        raise BadFile(f"{where}: {field} is not text.", _AS_SLACK)
    try:
        order(value)
    except ValueError as error:
        raise BadFile(f"{where}: {field} is {str(error)[:80]}.", _QUOTED) from error
    return value
