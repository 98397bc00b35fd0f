"""What Slack refuses as too long or too many, in its own words (docs.slack.dev/reference/block-kit)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.slack.refusal import Refusal
from tests.slack.shapes import Json

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
POSTED_TEXT, UPDATED_TEXT = 40_000, 4_000
#: All `markdown` blocks of a message together; and the whole of a message that has one (not documented, but seen:
#: github.com/slackapi/bolt-js/issues/2509).
MARKDOWN, WITH_MARKDOWN = 12_000, 13_200
BLOCKS = {
    "actions", "alert", "call", "context", "divider", "file", "header", "image", "input", "markdown", "rich_text",
    "section", "table", "video", "context_actions",
}  # fmt: skip
INPUTS = {
    "plain_text_input", "static_select", "users_select", "conversations_select", "channels_select", "external_select",
    "multi_static_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "checkboxes",
    "radio_buttons", "datepicker", "timepicker", "datetimepicker", "number_input", "email_text_input", "url_text_input",
    "rich_text_input", "multi_external_select", "file_input",
}  # fmt: skip
ACTIONS = INPUTS - {"plain_text_input", "number_input", "email_text_input", "url_text_input", "file_input"} | {
    "button",
    "overflow",
    "workflow_button",
}
Complaints = Iterator[str]


def check_blocks(blocks: Any, most: int = MESSAGE_BLOCKS, error: str = "invalid_blocks", top: str = "") -> list[Json]:
    """The blocks as a list. Refuses with everything that is wrong with them, as `response_metadata.messages`."""
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError:
            raise Refusal("invalid_blocks_format") from None
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise Refusal("invalid_blocks_format")
    found = [*_all(blocks, most, f"{top}/blocks")]
    if found:
        messages = {"messages": [f"[ERROR] {each}" for each in found]}
        raise Refusal(error, errors=found, response_metadata=messages)
    markdown = sum(len(each["text"]) for each in blocks if each["type"] == "markdown")
    if markdown > MARKDOWN or (markdown and len(json.dumps(blocks, ensure_ascii=False)) > WITH_MARKDOWN):
        raise Refusal("msg_blocks_too_long")
    return blocks


def _all(blocks: list[Json], most: int, at: str) -> Complaints:
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    for key in (each for each, times in Counter(b["block_id"] for b in blocks if "block_id" in b).items() if times > 1):
        yield f"`block_id` already exists: {key} [json-pointer:{at}]"
    for number, block in enumerate(blocks):
        where = f"{at}/{number}"
        if block.get("type") not in BLOCKS:
            yield f"unsupported type: {block.get('type')} [json-pointer:{where}/type]"
            continue
        yield from _too_long(block.get("block_id", ""), 255, f"{where}/block_id")
        yield from _CHECKS.get(block["type"], _nothing)(block, where)
        ids = Counter(each["action_id"] for each in elements(block) if "action_id" in each)
        for key in (each for each, times in ids.items() if times > 1):  # other blocks may have the same
            yield f"`action_id` already exists: {key} [json-pointer:{where}/elements]"


def elements(block: Json) -> list[Json]:
    """What can be pressed or filled in, within one block."""
    if block.get("type") in ("actions", "context_actions"):
        return list(block.get("elements", []))
    found = [block.get("accessory"), block.get("element") if block.get("type") == "input" else None]
    return [each for each in found if isinstance(each, dict) and each.get("type") != "image"]


def _too_long(text: Any, most: int, at: str, least: int = 0) -> Complaints:
    if not isinstance(text, str):
        yield f"must be a string [json-pointer:{at}]"
    elif len(text) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"
    elif len(text) < least:
        yield f"must be more than {least - 1} characters [json-pointer:{at}]"


def _text(value: Any, most: int, at: str, types: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Complaints:
    if not isinstance(value, dict) or value.get("type") not in types:
        yield f"failed to match all allowed schemas [json-pointer:{at}]"
        return
    yield from _too_long(value.get("text"), most, f"{at}/text", least=1)


def _nothing(block: Json, at: str) -> Complaints:
    yield from ()


def _section(block: Json, at: str) -> Complaints:
    if "text" not in block and not block.get("fields"):
        yield f"missing required field: text [json-pointer:{at}]"
    if "text" in block:
        yield from _text(block["text"], 3000, f"{at}/text")
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield f"no more than 10 items allowed [json-pointer:{at}/fields]"
    for number, each in enumerate(fields):
        yield from _text(each, 2000, f"{at}/fields/{number}")
    if "accessory" in block and block["accessory"].get("type") != "image":
        yield from _element(block["accessory"], f"{at}/accessory", ACTIONS)


def _header(block: Json, at: str) -> Complaints:
    yield from _text(block.get("text"), 150, f"{at}/text", ("plain_text",))


def _markdown(block: Json, at: str) -> Complaints:
    yield from _too_long(block.get("text"), MARKDOWN, f"{at}/text", least=1)


def _context(block: Json, at: str) -> Complaints:
    parts = block.get("elements", [])
    if not 1 <= len(parts) <= 10:
        yield f"must have between 1 and 10 items [json-pointer:{at}/elements]"
    for number, each in enumerate(parts):
        if each.get("type") != "image":
            yield from _text(each, 3000, f"{at}/elements/{number}")


def _actions(block: Json, at: str) -> Complaints:
    parts = block.get("elements", [])
    if not 1 <= len(parts) <= 25:
        yield f"must have between 1 and 25 items [json-pointer:{at}/elements]"
    for number, each in enumerate(parts):
        yield from _element(each, f"{at}/elements/{number}", ACTIONS)


def _input(block: Json, at: str) -> Complaints:
    yield from _text(block.get("label"), 2000, f"{at}/label", ("plain_text",))
    if "hint" in block:
        yield from _text(block["hint"], 2000, f"{at}/hint", ("plain_text",))
    yield from _element(block.get("element", {}), f"{at}/element", INPUTS)


_CHECKS = {
    "section": _section,
    "header": _header,
    "markdown": _markdown,
    "context": _context,
    "actions": _actions,
    "input": _input,
}


def _element(element: Json, at: str, allowed: set[str]) -> Complaints:
    kind = element.get("type", "")
    if kind not in allowed:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    yield from _too_long(element.get("action_id", ""), 255, f"{at}/action_id")
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, f"{at}/placeholder", ("plain_text",))
    if kind == "button":
        yield from _text(element.get("text"), 75, f"{at}/text", ("plain_text",))
        yield from _too_long(element.get("value", ""), 2000, f"{at}/value")
        yield from _too_long(element.get("url", ""), 3000, f"{at}/url")
        if element.get("style", "primary") not in ("primary", "danger"):
            yield f"must be a valid enum value [json-pointer:{at}/style]"
    if kind == "plain_text_input" and element.get("max_length", 1) > 3000:
        yield f"must be less than 3001 [json-pointer:{at}/max_length]"
    yield from _options(element, kind, at)


def _options(element: Json, kind: str, at: str) -> Complaints:
    most = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10, "static_select": 100, "multi_static_select": 100}
    if kind not in most:
        return
    groups = element.get("option_groups", [])
    if not element.get("options") and not groups:
        yield f"must provide options or option_groups [json-pointer:{at}]"
    lists = [("options", element.get("options", []))]
    lists += [(f"option_groups/{number}/options", group.get("options", [])) for number, group in enumerate(groups)]
    for name, options in lists:
        if len(options) > most[kind]:
            yield f"no more than {most[kind]} items allowed [json-pointer:{at}/{name}]"
        for number, option in enumerate(options):
            yield from _text(option.get("text"), 75, f"{at}/{name}/{number}/text")
            yield from _too_long(option.get("value"), 150, f"{at}/{name}/{number}/value", least=1)
            if "description" in option:
                yield from _text(option["description"], 75, f"{at}/{name}/{number}/description", ("plain_text",))
    every = [option for _, options in lists for option in options]
    for initial in [element.get("initial_option"), *element.get("initial_options", [])]:
        if initial and not any(initial.get("value") == option.get("value") for option in every):
            yield f"initial_option must match one of the options [json-pointer:{at}/initial_option]"


def check_view(view: Any) -> Json:
    """A view as views.open and its kin take it. Refuses with invalid_arguments and what is wrong."""
    if isinstance(view, str):
        try:
            view = json.loads(view)
        except ValueError:
            raise Refusal.of_arguments("must be a valid JSON-encoded view [json-pointer:/view]") from None
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        raise Refusal.of_arguments("must be a valid view type [json-pointer:/view/type]")
    given: Json = view
    found = _of_view(given)
    if found:
        raise Refusal.of_arguments(*found)
    check_blocks(given.get("blocks", []), VIEW_BLOCKS, "invalid_arguments", "/view")
    if len(json.dumps(given)) > 250_000:
        raise Refusal("view_too_large")
    return given


def _of_view(view: Json) -> list[str]:
    found: list[str] = []
    if view["type"] == "modal":
        found += _text(view.get("title"), 24, "/view/title", ("plain_text",))
        for key in ("submit", "close"):
            if view.get(key):
                found += _text(view[key], 24, f"/view/{key}", ("plain_text",))
        if any(block.get("type") == "input" for block in view.get("blocks", [])) and not view.get("submit"):
            found.append("submit is required when an input block is within blocks [json-pointer:/view/submit]")
    found += _too_long(view.get("private_metadata", ""), 3000, "/view/private_metadata")
    found += _too_long(view.get("callback_id", ""), 255, "/view/callback_id")
    return found
