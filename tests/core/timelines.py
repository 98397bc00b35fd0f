"""Timelines for tests: rows as the record tells them, and the issue's body that has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from musterpoint.core.incident import Basis, Who
from musterpoint.core.issue_body import render
from musterpoint.core.journal import RowKind
from musterpoint.core.process import Process
from musterpoint.core.timeline import Evidence, Row, RowStatus
from musterpoint.core.timeline_markdown import clause, rows_markdown
from musterpoint.core.writeup_parts import PARTS, Composed, PartText, Sentence
from tests.core.incidents import incident

PROCESS = Process()
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA = Who("slack:U1", "Ana Ruiz")
ODD = [
    "a * b",
    "[x](y)",
    "`code <!-- row x -->`",
    "https://x_y.example/a_b",
    "fixes #12",
    "@kim",
    "(stated) so",
    "<b>",
    "14:02 deploy",
    "a † (b)",
    "\\*",
    "see (`entry:9`)",
    "<!-- row entry:1 -->",
    "- [ ] box",
    "### 2026-03-02",
]
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
REFS = st.sampled_from(["entry:77", "slack:C1/17.000100", "a -->b", "x--y", "née 7", "a" * 200])


def row(number: int, text: str, who: Who | None = ANA, minutes: float | None = None, **values: object) -> Row:
    ref = str(values.pop("ref", f"entry:{number}"))
    at = BEGIN + timedelta(minutes=number if minutes is None else minutes)
    status = values.pop("status", RowStatus.KEPT)
    evidence = (Evidence(ref, f"https://chat.example/p{number}" if number % 3 else ""),)
    assert isinstance(status, RowStatus)
    return Row(
        ref, at, Basis.STATED if number % 4 == 1 else Basis.RECORDED, RowKind.OTHER, text, who, evidence, status, ""
    )


def rows(count: int, width: int = 20) -> list[Row]:
    return [row(number, f"row {number} " + "x" * width, minutes=number * 7) for number in range(1, count + 1)]


@st.composite
def any_rows(draw: st.DrawFn, least: int = 0) -> list[Row]:
    texts = draw(st.lists(TEXTS, min_size=least, max_size=9))
    whom = st.sampled_from([ANA, None, Who("x:1", "An [odd] *name*")])
    status = st.sampled_from([RowStatus.KEPT, RowStatus.SUGGESTED])
    apart = draw(st.sampled_from([1, 700]))
    found = [
        row(number, text, draw(whom), number * apart, status=draw(status)) for number, text in enumerate(texts, start=1)
    ]
    if found:
        found[0] = row(1, texts[0], found[0].who, apart, ref=draw(REFS))
    return found


def composed(told: Sequence[Row]) -> Composed:
    sentences = tuple(Sentence(clause(each), tuple(one.ref for one in each.evidence)) for each in told)
    return Composed(sentences, (), rows_markdown(told)) if told else Composed((), ("What?",), "*Open question: What?*")


def parts(told: Sequence[Row], words: str = "", **others: str) -> list[PartText]:
    """The timeline has these rows, or a person's words."""
    timeline = composed(told)
    return [
        PartText(part, words or timeline.text, 9 if words else 0, composed=timeline)
        if part.name == "timeline"
        else PartText(part, others.get(part.name, f"{part.title}, in short."))
        for part in PARTS
    ]


def body_with(told: Sequence[Row], body: str = "", limit: int = 65_536, words: str = "", **others: str) -> str:
    return render(incident(), parts(told, words, **others), PROCESS, body, limit)
