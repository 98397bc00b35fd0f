"""How the write-up looks at a terminal and as Markdown, and how a conflict tells both texts."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from musterpoint.actions.writeup import Written
from musterpoint.cli.screen import paint, screen
from musterpoint.core.decision import NotAllowed
from musterpoint.core.describe import named
from musterpoint.core.incident import read_time
from musterpoint.core.writeup_parts import PARTS
from musterpoint.reading.writeup import as_markdown

_ESCAPED = re.compile(r"\\([\\*_<\[\]])")
_ONE = r"(?:\[[^\]]*\]\([^)\s]*\)|`[^`\s]*`)"
_LINKS = re.compile(rf" \({_ONE}(?:, {_ONE})*\)$")
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")
TITLES = {part.name: part.title for part in PARTS} | {"actions": "Actions"}


def writeup_lines(shape: dict[str, Any]) -> list[str]:
    ref, parts = shape["incident"], shape["parts"]
    own = sum(1 for part in parts if part["version"])
    state = "done" if shape["done"] else "not marked as done"
    lines = [_bold(f"Write-up of incident {ref}: {shape['title']}")]
    lines.append(f"{shape['status']}, {state}; {own} of {len(parts)} parts are people's words, the rest is composed")
    for part in parts:
        lines += ["", *part_lines(part)]
    lines += ["", *_actions(shape)]
    if shape["questions"]:
        lines += ["", _bold(f"Open questions ({len(shape['questions'])})")]
        lines += [f"  {TITLES[each['part']]}: {each['text']}" for each in shape["questions"]]
    lines += ["", *_similar(shape["similar"])]
    return [*lines, "", f"Next: writeup edit {ref}, writeup check {ref}, writeup done {ref}"]


def part_lines(part: dict[str, Any]) -> list[str]:
    """One part: its title, whose it is, its text, and what the record says otherwise since."""
    if part["version"]:
        whose = f"{part['who'] or 'somebody'}, {read_time(part['at']):%Y-%m-%d %H:%M} UTC, version {part['version']}"
    else:
        whose = "composed from the record"
    lines = [f"{_bold(part['title'])}  {_dim(whose)}"]
    text = part["text"]
    lines += _composed(part) if text == part["composed"] else _wrapped(_LINK.sub(r"\1", text))
    if part["changed"]:
        lines += ["", f"  {_dim('since then the record says:')}"]
        lines += [f"    {_plain(line)}" for line in part["changed"].splitlines() if not line.startswith("@@")]
    crossed = [each for each in part["versions"] if each["aside"]]
    if crossed:
        lines.append(f"  {_dim(f'{len(crossed)} crossed with another edit and stand aside: --versions shows them')}")
    return lines


def _composed(part: dict[str, Any]) -> list[str]:
    """With the numbers of entries, which `thread REF` shows, in the place of links."""
    sentences = iter(part["sentences"])
    lines: list[str] = []
    for line in part["text"].splitlines():
        if line.startswith("*Open question: "):
            lines += _wrapped(f"? {line.removeprefix('*Open question: ').removesuffix('*')}")
        elif line.startswith("- "):
            lines += _wrapped(f"{_LINKS.sub('', _plain(line))}{_numbers(next(sentences, None))}")
        elif part["name"] == "summary" and line:
            lines += _wrapped(" ".join(f"{_plain(each['text'])}{_numbers(each)}" for each in sentences))
        elif line:
            lines += _wrapped(_plain(line))
    return lines


def _numbers(sentence: dict[str, Any] | None) -> str:
    numbers = ", ".join(str(each) for each in sentence["entries"]) if sentence else ""
    return f" [{numbers}]" if numbers else ""


def _wrapped(text: str) -> list[str]:
    width = max(40, min(screen().width, 110)) - 2
    lines: list[str] = []
    for line in text.splitlines():
        hanging = "    " if line.lstrip().startswith(("- ", "? ", "* ")) else "  "
        lines += textwrap.wrap(line, width, initial_indent="  ", subsequent_indent=hanging, break_long_words=False) or [
            ""
        ]
    return lines


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text.replace("**", ""))


def _actions(shape: dict[str, Any]) -> Iterator[str]:
    yield _bold("Actions")
    boxes = {"open": "[ ]", "done": "[x]", "declined": "[-]"}
    for each in shape["actions"]:
        due = f", {'overdue since' if each['overdue'] else 'due'} {each['due']}" if each["due"] else ""
        yield f"  {each['number']:>2} {boxes[each['status']]} {each['title']} ({each['owner'] or 'nobody yet'}{due})"
    if not shape["actions"]:
        yield f"  none yet: action add {shape['incident']} TITLE"
    for each in shape["proposed"]:
        yield f"  proposed: {each['text']} ({each['why']})"
        yield f"    action add {shape['incident']} --from {each['entry']}"


def _similar(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield _bold("Similar earlier incidents")
    for each in found:
        day = f"{read_time(each['declared']):%Y-%m-%d}" if each["declared"] else "-"
        words = "; ".join(f"{kind}: {', '.join(words)}" for kind, words in each["shared"].items())
        yield f"  {each['incident']:>4}  {day}  {each['title']}  {_dim(f'same {words}')}"
        for action in each["actions"]:
            due = f", due {action['due']}" if action["due"] else ""
            yield f"          still open: {action['title']} ({action['owner'] or 'nobody yet'}{due})"
    if not found:
        yield "  none that is known"


def version_lines(shape: dict[str, Any]) -> list[str]:
    """All that people wrote, exactly as they wrote it."""
    lines: list[str] = []
    for part in shape["parts"]:
        for each in part["versions"]:
            what = "stands" if each["stands"] else "aside" if each["aside"] else "replaced"
            at = f"{read_time(each['at']):%Y-%m-%d %H:%M} UTC"
            head = f"{part['title']}, version {each['version']}: {each['who'] or 'somebody'}, {at} ({what})"
            lines += [_bold(head), each["text"], ""]
    return lines[:-1] or ["Nobody has written a part of it yet: all is composed from the record."]


def markdown(shape: dict[str, Any], *, alone: bool) -> str:
    return str(shape["parts"][0]["text"]) if alone else as_markdown(shape)


def check_lines(shape: dict[str, Any]) -> list[str]:
    if not shape["advice"]:
        return ["Nothing to point out."]
    lines: list[str] = []
    part = ""
    for each in shape["advice"]:
        if each["part"] != part:
            part = each["part"]
            lines += ["", _bold(TITLES.get(part, part))] if lines else [_bold(TITLES.get(part, part))]
        passage = " ".join(_plain(each["passage"]).split())
        passage = passage if "“" in passage else f"“{passage}”"
        lines += [*_wrapped(f"- {passage.removeprefix('- ')}"), *_wrapped(f"  {each['text']}")]
    number = len(shape["advice"])
    return [*lines, "", f"{number} {'remark' if number == 1 else 'remarks'}. It is advice: nothing is blocked by it."]


def conflict(ref: str, crossed: Sequence[Written], more: str = "") -> NoReturn:
    """Raises NotAllowed with both texts of each part that crossed."""
    told = []
    for each in crossed:
        theirs, mine = each.stands, each.entry
        version = mine.id if mine else 0
        told.append(
            f"{named(theirs.who)} wrote “{theirs.part.title}” meanwhile. That text stands; yours is kept as version "
            f"{version}.\n--- stands, version {theirs.version}\n{theirs.text}\n--- yours, version {version}\n"
            f"{_text_of(each)}\n---"
        )
    name, version = crossed[0].stands.part.name, crossed[0].stands.version
    hint = f"Put both together: writeup set {ref} {name} - --base {version}. {more}"
    hint += f"To read both again: writeup show {ref} {name} --versions"
    raise NotAllowed("conflict", "\n".join(told), hint)


def _text_of(written: Written) -> str:
    number = written.entry.id if written.entry else 0
    return next((each.text for each in written.stands.versions if each.number == number), "")


def _bold(text: str) -> str:
    return paint(text, "1")


def _dim(text: str) -> str:
    return paint(text, "2")
