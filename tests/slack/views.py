"""Modals that are open and homes that are published, by person; trigger ids; the checks of views.open and its kin."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tests.slack.limits import check_view
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json

if TYPE_CHECKING:
    from tests.slack.state import State

TRIGGER_LIFE, DEEPEST = 3.0, 3


class Views:
    """`views[user]` is the modal on top; KeyError with none open. Values given out are copies."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: dict[str, list[Json]] = {}
        self._homes: dict[str, Json] = {}
        self._triggers: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def __getitem__(self, user: str) -> Json:
        return deepcopy(self._open[user][-1])

    def __contains__(self, user: object) -> bool:
        return user in self._open

    def stack(self, user: str) -> list[Json]:
        """All that lie on each other, the top one last."""
        return deepcopy(self._open.get(user, []))

    def home(self, user: str) -> Json | None:
        found = self._homes.get(user)
        return deepcopy(found) if found else None

    def of(self, view_id: str) -> tuple[str, Json]:
        """(person, the kept view itself). Refuses with not_found."""
        for user, stack in self._open.items():
            for view in stack:
                if view_id in (view["id"], view["external_id"] or None):
                    return user, view
        for user, view in self._homes.items():
            if view["id"] == view_id:
                return user, view
        raise Refusal("not_found")

    def trigger(self, user: str) -> str:
        """A new trigger id: lives 3 seconds of the workspace's clock and opens one view."""
        number = self._state.number("")
        trigger = (
            f"{number}.{self._state.clock.whole}.{hashlib.md5(number.encode(), usedforsecurity=False).hexdigest()}"
        )
        self._triggers[trigger] = (user, self._state.clock.seconds)
        return trigger

    def exchange(self, trigger: str) -> str:
        """Whose it is; it is used up by that."""
        if trigger in self._used:
            raise Refusal("exchanged_trigger_id")
        if trigger not in self._triggers:
            raise Refusal("invalid_trigger_id")
        user, since = self._triggers[trigger]
        if self._state.clock.seconds - since > TRIGGER_LIFE:
            raise Refusal("expired_trigger_id")
        self._used.add(trigger)
        return user

    def open(self, trigger: str, view: Any) -> Json:
        made = self._made(view, "modal")
        return self.put(self.exchange(trigger), made)

    def push(self, trigger: str, view: Any) -> Json:
        made = self._made(view, "modal")
        return self.lay_on(self.exchange(trigger), made)

    def put(self, user: str, made: Json) -> Json:
        self._open[user] = [made | {"root_view_id": made["id"]}]
        return self[user]

    def lay_on(self, user: str, made: Json) -> Json:
        stack = self._open.get(user)
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= DEEPEST:
            raise Refusal("push_limit_reached")
        stack.append(made | {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]})
        return self[user]

    def update(self, view_id: str, view: Any, expected: str = "") -> Json:
        _, kept = self.of(view_id)
        if expected and expected != kept["hash"]:
            raise Refusal("hash_conflict")
        made = self._made(view, kept["type"])
        stay = ("id", "root_view_id", "previous_view_id")
        kept |= {key: value for key, value in made.items() if key not in stay}
        return deepcopy(kept)

    def publish(self, user: str, view: Any, expected: str = "") -> Json:
        if user not in self._state.users:
            raise Refusal.of_arguments("user not found [json-pointer:/user_id]")
        before = self._homes.get(user)
        if expected and (before is None or expected != before["hash"]):
            raise Refusal("hash_conflict")
        made = self._made(view, "home")
        made |= {"id": before["id"]} if before else {}
        self._homes[user] = made | {"root_view_id": made["id"]}
        return deepcopy(self._homes[user])

    def close(self, user: str, all_of_them: bool = False) -> None:
        """The top one, or all."""
        stack = self._open.get(user, [])
        if all_of_them or len(stack) < 2:
            self._open.pop(user, None)
        else:
            stack.pop()

    def applies(self, view_id: str, answer: Json) -> None:
        """What the answer to a view_submission does: nothing said closes the view; `errors` leave it open."""
        user, view = self.of(view_id)
        action = answer.get("response_action", "")
        if action == "errors":
            blocks = {each["block_id"] for each in view["blocks"] if each["type"] == "input"}
            unknown = set(answer.get("errors", {})) - blocks
            assert answer.get("errors"), "errors without any"
            assert not unknown, f"errors for blocks that are no inputs: {unknown}"
        elif action == "update":
            self.update(view["id"], answer["view"])
        elif action == "push":
            self.lay_on(user, self._made(answer["view"], "modal"))
        else:
            self.close(user, all_of_them=action == "clear")

    def _made(self, view: Any, kind: str) -> Json:
        """A view as Slack keeps it, with ids for all its blocks."""
        given = check_view(view)
        if given["type"] != kind:
            raise Refusal.of_arguments(f"must be of type {kind} [json-pointer:/view/type]")
        state = self._state
        blocks = with_ids(state, given.get("blocks", []))
        digest = hashlib.md5(json.dumps(given).encode(), usedforsecurity=False).hexdigest()[:8]
        made: Json = {
            "id": state.number("V"),
            "team_id": state.team_id,
            "type": kind,
            "blocks": blocks,
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "external_id": given.get("external_id", ""),
            "state": {"values": {}},
            "hash": f"{state.clock.stamp().partition('.')[0]}.{digest}",
            "title": given.get("title"),
            "submit": given.get("submit"),
            "close": given.get("close"),
            "clear_on_close": bool(given.get("clear_on_close")),
            "notify_on_close": bool(given.get("notify_on_close")),
            "root_view_id": "",
            "previous_view_id": None,
            "app_id": state.app.id,
            "app_installed_team_id": state.team_id,
            "bot_id": state.app.bot,
        }
        return made


def with_ids(state: State, blocks: list[Json]) -> list[Json]:
    """The blocks with a block_id each, and an action_id for whatever can be pressed, as Slack adds them."""
    from tests.slack.limits import elements

    made = deepcopy(blocks)
    for block in made:
        block.setdefault("block_id", f"b{state.random.getrandbits(20):05x}")
        for element in elements(block):
            element.setdefault("action_id", f"a{state.random.getrandbits(20):05x}")
    return made
