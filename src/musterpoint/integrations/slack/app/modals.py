"""The forms: declare, start an incident from a thread, answer about security; and what a form becomes at the end.

Every form carries with it what it is about (`Origin`, in `private_metadata`).
https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from musterpoint.core.declare import TITLE_LIMIT, Security
from musterpoint.integrations.slack.app import cutting
from musterpoint.integrations.slack.shapes import Object, inner, string

#: The names of the shortcuts in the app's manifest, and of the forms that they open.
DECLARE, ADOPT, SECURITY = "declare_incident", "adopt_thread", "answer_security"
#: The fields, by the ids of their blocks and elements.
TITLE, AFFECTED, NOTICED, INVOLVED = "title", "affected", "noticed", "security"
QUESTION = "Could security or personal data be involved?"
_ANSWERS = (
    (Security.NO, "No"),
    (Security.UNSURE, "Unsure: treat it as if it were"),
    (Security.YES, "Yes"),
)
_LONGEST_NOTICED = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form is about. `key` names the click that opened it; `channel` is where that was. To adopt: the `thread`
    (its root's ts) with the channel's name as far as Slack told it. To answer: the incident `ref`."""

    key: str = ""
    channel: str = ""
    thread: str = ""
    channel_name: str = ""
    private: bool = False
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody filled in. `security` is None where that was not asked."""

    title: str = ""
    affected: str = ""
    noticed: str = ""
    security: Security | None = None


def declare_form(title: str, zone: str, origin: Origin) -> dict[str, Any]:
    """`zone`: in which the person's times are read."""
    return _form(DECLARE, "Declare an incident", "Declare", title, f"Empty: now. Times are read in {zone}.", origin)


def adopt_form(title: str, zone: str, origin: Origin) -> dict[str, Any]:
    hint = f"Empty: when the thread began. Times are read in {zone}."
    return _form(ADOPT, "Start an incident", "Start", title, hint, origin)


def security_form(origin: Origin) -> dict[str, Any]:
    submit, close = cutting.plain("Answer", cutting.MODAL_TITLE), cutting.plain("Cancel", cutting.MODAL_TITLE)
    return _view(SECURITY, f"Incident {origin.ref}", [_security()], origin) | {"submit": submit, "close": close}


def said(title: str, *paragraphs: str) -> dict[str, Any]:
    """A form that only tells something. The paragraphs are people's words: they are escaped here."""
    return _view("", title, [cutting.section(each) for each in paragraphs], Origin()) | {
        "close": cutting.plain("Close", cutting.MODAL_TITLE)
    }


def _form(name: str, title: str, submit: str, given: str, hint: str, origin: Origin) -> dict[str, Any]:
    blocks = [
        _text(TITLE, "What is wrong, in a few words?", TITLE_LIMIT, given=given),
        _text(AFFECTED, "What is affected?", TITLE_LIMIT, optional=True),
        _text(NOTICED, "When was it noticed?", _LONGEST_NOTICED, optional=True, example="14:20, or 10m ago", hint=hint),
        _security(),
    ]
    return _view(name, title, blocks, origin) | {
        "submit": cutting.plain(submit, cutting.MODAL_TITLE),
        "close": cutting.plain("Cancel", cutting.MODAL_TITLE),
    }


def _view(name: str, title: str, blocks: list[dict[str, Any]], origin: Origin) -> dict[str, Any]:
    carried = {key: value for key, value in asdict(origin).items() if value}
    return {
        "type": "modal",
        "callback_id": name,
        "title": cutting.plain(title, cutting.MODAL_TITLE),
        "blocks": blocks,
        "private_metadata": json.dumps(carried),
    }


def _text(
    name: str, label: str, longest: int, *, given: str = "", optional: bool = False, example: str = "", hint: str = ""
) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": name, "max_length": longest}
    element |= {"initial_value": given[:longest]} if given else {}
    element |= {"placeholder": cutting.plain(example, cutting.PLACEHOLDER)} if example else {}
    block = {"type": "input", "block_id": name, "label": cutting.plain(label, 2_000), "element": element}
    return block | {"optional": optional} | ({"hint": cutting.plain(hint, 2_000)} if hint else {})


def _security() -> dict[str, Any]:
    """No answer stands there from the beginning: somebody has to think of it."""
    options = [{"text": cutting.plain(text, cutting.OPTION), "value": value.value} for value, text in _ANSWERS]
    hint = "Unsure or yes: only you and the security team know of it, and nothing is said in any channel."
    return {
        "type": "input",
        "block_id": INVOLVED,
        "label": cutting.plain(QUESTION, 2_000),
        "element": {"type": "radio_buttons", "action_id": INVOLVED, "options": options},
        "hint": cutting.plain(hint, 2_000),
    }


def origin_of(view: Object) -> Origin:
    """What the form that was sent is about. What somebody else put there reads as empty."""
    try:
        found = json.loads(string(view, "private_metadata") or "{}")
    except ValueError:
        found = {}
    if not isinstance(found, Mapping):
        return Origin()
    texts = {name: string(found, name) for name in ("key", "channel", "thread", "channel_name", "ref")}
    return Origin(private=found.get("private") is True, **texts)


def answers_of(view: Object) -> Answers:
    """What was filled in: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload."""
    values = inner(inner(view, "state"), "values")

    def filled(name: str) -> Object:
        return inner(inner(values, name), name)

    chosen = string(inner(filled(INVOLVED), "selected_option"), "value")
    security = Security(chosen) if chosen in list(Security) else None
    title, affected, noticed = (string(filled(each), "value").strip() for each in (TITLE, AFFECTED, NOTICED))
    return Answers(title, affected, noticed, security)


def key_of(view: Object) -> str:
    """The key of what was sent: the same form, sent twice as it is, is once."""
    return f"view:{string(view, 'id')}:{string(view, 'hash')}"
