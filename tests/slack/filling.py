"""How forms are filled in: from plain values to what Slack puts into `actions` and `state.values`."""

from __future__ import annotations

from typing import Any

from tests.slack.limits import INPUTS, elements
from tests.slack.shapes import Json

#: Where the value of an element goes, by the element's type.
PLACES = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
ONE_OPTION = ("static_select", "external_select", "radio_buttons", "overflow")
MANY_OPTIONS = ("multi_static_select", "checkboxes")


def chosen(element: Json, value: Any) -> Json:
    """An element's entry: a text, a date, an id as they are; options by their `value` (a list of them for many)."""
    kind = element["type"]
    if kind in PLACES:
        return {"type": kind, PLACES[kind]: value}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, value) if value else None}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, each) for each in value or []]}
    return {"type": kind}


def _option(element: Json, value: str) -> Json:
    options = [*element.get("options", [])]
    options += [option for group in element.get("option_groups", []) for option in group["options"]]
    for option in options:
        if option["value"] == value:
            return {"text": option["text"], "value": option["value"]}
    raise AssertionError(f"no option {value!r}; there are {[each['value'] for each in options]}")


def initial(element: Json) -> Any:
    """What stands in it when the form opens."""
    for key, value in element.items():
        if key.startswith("initial_"):
            if key == "initial_option":
                return value["value"]
            return [each["value"] for each in value] if key == "initial_options" else value
    return None


def filled(blocks: list[Json], values: Json) -> Json:
    """`state.values` of a form. What is not given keeps its initial value; a required input without one is an error,
    because Slack's own client would not let it be sent."""
    found: Json = {}
    used = set()
    for block in blocks:
        for element in elements(block):
            if element["type"] not in INPUTS:
                continue
            names = [each for each in (block["block_id"], element["action_id"]) if each in values]
            used |= set(names)
            value = values[names[0]] if names else initial(element)
            required = block["type"] == "input" and not block.get("optional")
            assert value or not required, f"{block['block_id']}/{element['action_id']} must be filled in"
            longest = element.get("max_length", 3000)
            assert not isinstance(value, str) or len(value) <= longest, f"longer than {longest}: {block['block_id']}"
            found.setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, value)
    unknown = set(values) - used
    assert not unknown, f"no such input: {unknown}"
    return found


def action(block: Json, element: Json, selected: Any, stamp: str) -> Json:
    """One entry of `actions`: what was pressed, with its value or what was chosen."""
    made: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": stamp}
    if element["type"] == "button":
        made |= {"type": "button", "text": element["text"]}
        return made | {key: element[key] for key in ("value", "style") if key in element}
    return made | chosen(element, selected)
