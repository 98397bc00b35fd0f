"""The fake driven from outside: POST /control/VERB with a verb's arguments by name; POST /control/state to look."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.github.records import Json
from tests.github.refusal import Refusal
from tests.github.routing import Reply

if TYPE_CHECKING:
    from tests.github.github import GitHub

#: Methods of `GitHub` by their own names; arguments as there.
VERBS = (
    "user organisation repository rights install new_token revoke suspend unsuspend open_issue edit rename tick comment"
    " edit_comment delete_comment close reopen assign label delete transfer add_sub_issue remove_sub_issue pull_request"
    " merge close_unmerged rename_repository rename_user delete_user forget_edit uninstall manifest_code issue"
    " issues fails deliver_to settle hold release redeliver ping"
).split()
#: What `set` may change.
SETTINGS = ("limits", "down", "webhook_secret", "hook_url", "hook_of", "transfer_keeps_edits", "line_ends")
DELIVERY = ("lose", "duplicate", "shuffle")
RATES = ("a_minute", "an_hour", "points", "status")


def controlled(github: GitHub, verb: str, args: Json) -> Reply:
    """{"ok": true, "result": ...}; a mistake of the caller is a 400 with `error`."""
    more = {"state": _state, "set": _set, "move": _move, "between": _between}
    try:
        if verb in more:
            result = more[verb](github, args)
        elif verb in VERBS:
            result = getattr(github, verb)(*args.pop("args", []), **args)
        else:
            return Reply(404, {"ok": False, "error": f"no such verb: {verb}"})
    except (AssertionError, KeyError, TypeError, ValueError, StopIteration, Refusal) as error:
        return Reply(400, {"ok": False, "error": f"{type(error).__name__}: {error}"})
    return Reply(200, {"ok": True, "result": plain(result)})


def plain(value: Any) -> Any:
    """As JSON can hold it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _state(github: GitHub, args: Json) -> Json:
    with github.lock:
        told = {
            "url": github.url,
            "now": github.now,
            "token": github.token,
            "app_id": github.app_id,
            "private_key": github.private_key,
            "installations": {each.account.login: each.id for each in github.installations.values()},
            "requests": [[each.method, each.path, each.status, each.done] for each in github.requests],
            "violations": list(github.violations),
            "most_writes_at_once": github.most_writes_at_once,
            "webhooks": [[each.event, each.action, each.guid, each.status] for each in github.webhooks.sent],
            "webhooks_lost": len(github.webhooks.lost),
            "webhooks_waiting": github.webhooks.waiting,
            "refused_by_limits": github.rates.refused,
        }
    found: Json = plain(told)
    return found


def _set(github: GitHub, args: Json) -> None:
    for name, value in args.items():
        places = {SETTINGS: github, DELIVERY: github.webhooks, RATES: github.rates}
        place = next((found for names, found in places.items() if name in names), None)
        if place is None:
            raise ValueError(f"no such setting: {name}")
        setattr(place, name, value)


def _between(github: GitHub, args: Json) -> None:
    """`pattern`, and what somebody `does` then: a verb, its arguments in `given`."""
    verb, given = args["does"], args.get("given", {})
    assert verb in VERBS, f"no such verb: {verb}"
    github.between(args["pattern"], lambda: getattr(github, verb)(**given), args.get("times", 1))


def _move(github: GitHub, args: Json) -> str:
    github.clock.move(float(args["seconds"]))
    return github.now.isoformat()
