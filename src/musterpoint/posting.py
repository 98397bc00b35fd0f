"""Renders the public post with a template that the team can replace (docs/website.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Library

from musterpoint.core import writeup
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Basis, Incident, Moment
from musterpoint.core.journal import Entry, RowKind
from musterpoint.core.post import Passage, PublicPost, Step, compose
from musterpoint.core.post_rows import Choice
from musterpoint.core.post_words import day_words
from musterpoint.core.process import Process
from musterpoint.core.public_words import Known
from musterpoint.core.writeup_parts import NOTHING, PARTS, POST, Composed, Part, PartText, Section, Sentence

DEFAULT = Path(__file__).parent / "templates" / "post.md"
UNKNOWN = "\0unknown %s\0"
register = Library()


@register.filter
def yaml(value: object) -> str:
    """A scalar that is YAML whatever is in it: JSON's texts are."""
    return json.dumps(str(value), ensure_ascii=False)


def post_part(
    incident: Incident, entries: Sequence[Entry], process: Process, known: Sequence[Known]
) -> tuple[PartText, PublicPost]:
    """The post as it stands, composed or in a person's words, and what the record says now. Raises NotAllowed."""
    written = [each for each in PARTS if each.name in incident.after.parts]
    parts = [writeup.part_text(incident, entries, each, NOTHING) for each in written]
    post = compose(incident, entries, process, parts, known)
    composed = Composed(post.sentences, post.questions, rendered(post, process))
    return writeup.part_text(incident, entries, Part(POST, "Public post", Section.HEAD), composed), post


def rendered(post: PublicPost, process: Process) -> str:
    """The whole file, but for the dates that publishing adds. Raises NotAllowed (`bad_template`)."""
    name, text = _template(process)
    engine = Engine(autoescape=False, debug=True, string_if_invalid=UNKNOWN, builtins=["musterpoint.posting"])
    try:
        found = engine.from_string(text).render(Context(variables(post), autoescape=False))
    except Exception as error:  # a template may do anything: its file and line are told
        raise _bad(name, _line(error), str(error)) from error
    if unknown := re.search(UNKNOWN.replace("%s", "(.*?)"), found):
        raise _bad(name, "", f"it names {unknown.group(1)!r}, which there is not")
    return re.sub(r"\n{3,}", "\n\n", found).strip() + "\n"


def _template(process: Process) -> tuple[str, str]:
    file = settings.HOME / process.website_template if process.website_template else DEFAULT
    try:
        return process.website_template or "post.md", file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(process.website_template, "", f"it cannot be read: {error}") from error


def _bad(name: str, line: str, why: str) -> NotAllowed:
    return NotAllowed(
        "bad_template",
        f"The template of the post, {name}{line}, is broken: {why}.",
        "Mend the file that [website] template names; docs/website.md lists what it may use.",
    )


def _line(error: Exception) -> str:
    where = getattr(error, "template_debug", None) or {}
    line = where.get("line") or getattr(getattr(error, "token", None), "lineno", "")
    return f", line {line}" if line else ""


def variables(post: PublicPost) -> dict[str, Any]:
    """Everything that a template may name (docs/website.md)."""
    days = [
        {"name": day_words(day), "date": f"{day}", "rows": [_row(each) for each in rows]}
        for day, rows in groupby(post.rows, lambda each: each.at.date())
    ]
    return {
        "ref": post.ref,
        "title": post.title,
        "description": post.description,
        "tags": post.tags,
        "authors": post.authors,
        "introduction": _paragraph(post.introduction),
        "summary": _paragraph(post.summary),
        "technical": [{"title": each.title, "text": each.sentence.text} for each in post.technical],
        "resolution": _paragraph(post.resolution),
        "next_steps": [{"text": each.sentence.text, "url": each.url, "done": each.done} for each in post.steps],
        "days": days,
        "one_day": days[0]["name"] if len(days) == 1 else "",
    }


def _row(row: Choice) -> dict[str, str]:
    about = "about " if row.basis is Basis.ESTIMATED else ""
    return {"time": f"{about}{row.at:%H:%M}", "text": row.sentence.text, "date": f"{row.at:%Y-%m-%d}"}


def _paragraph(sentences: Sequence[Sentence]) -> str:
    return " ".join(each.text for each in sentences)


def example() -> PublicPost:
    """A post that has everything a post may have."""
    said = Sentence("Something.", ("title",))
    at = Moment(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), Basis.RECORDED)
    rows = tuple(Choice("", at.at + timedelta(days=each), at.basis, RowKind.STATUS, said, True, "") for each in (0, 1))
    passages, steps = (Passage("Why", said),), (Step(said, "https://example.com/1", True), Step(said, "", False))
    return PublicPost("1", "A", "B", ("c",), ("d",), (said,), (said,), passages, (said,), steps, rows, ())


def look(process: Process) -> None:
    """Try the template on a post with everything, and on one with little. Raises NotAllowed (`bad_template`)."""
    whole = example()
    rendered(whole, process)
    rendered(replace(whole, authors=(), tags=(), technical=(), steps=(), rows=whole.rows[:1]), process)
