"""How well the timeline drafts itself: recall and precision against rows that people chose, beside two baselines.

The threads of `tests/threads` carry their reference rows. The real ones of `../shared/real` come with a timeline that a
person wrote; which messages it speaks of is a reading of it, kept here as timestamps alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Entry, Message, RowKind
from musterpoint.core.timeline import Row, RowStatus, timeline
from tests.threads import FOLDER, Thread, all_threads
from tests.threads import entries as entries_of

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
#: The messages that each human timeline speaks of.
HUMAN: dict[str, tuple[str, ...]] = {
    "2i2c-2022-11-14-lis-hub-cannot-scale": (
        "1668433200.000100", "1668433500.000200", "1668436680.000700", "1668436800.000800", "1668437160.000900",
        "1668437280.001200", "1668441660.001300", "1668443340.001400", "1668444660.001600", "1668680400.001700",
    ),
    "2i2c-2025-07-22-openscapes-oom": (
        "1753175100.000100", "1753176000.000200", "1753184520.000300", "1753187820.000400", "1753197840.000500",
    ),
    "2i2c-2026-03-03-pythia-cannot-build": (
        "1772553660.000100", "1772637480.000200", "1772637540.000300", "1772638740.000400", "1772730120.000600",
        "1772730300.000700", "1772742060.000800", "1772742060.000900",
    ),
    "2i2c-2026-03-09-binderhub-502": (
        "1773067140.000100", "1773069660.000200", "1773072120.000300", "1773077160.000400", "1773083340.000500",
        "1773097080.000600",
    ),
}  # fmt: skip


#: The folders of `tests/threads` that the rules of the scorer were written with in view.
SEEN = ("north", "east", "south")


@dataclass(frozen=True)
class Case:
    """A thread, the references of its messages in order, and those that belong into the timeline.

    `kinds` says of which kind the wanted rows are; empty where nobody wrote that down.
    """

    name: str
    entries: Sequence[Entry]
    messages: tuple[str, ...]
    reference: frozenset[str]
    kinds: Mapping[str, RowKind] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """Counts of rows: chosen and right, chosen, and wanted."""

    right: int = 0
    chosen: int = 0
    wanted: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.chosen + other.chosen, self.wanted + other.wanted)

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.chosen if self.chosen else 1.0

    def __str__(self) -> str:
        return f"recall {self.recall:4.2f}  precision {self.precision:4.2f}"


def score(case: Case, chosen: frozenset[str]) -> Score:
    return Score(len(chosen & case.reference), len(chosen), len(case.reference))


def suggested(case: Case, rows: Sequence[Row]) -> frozenset[str]:
    """The messages that are evidence of a row that is kept or suggested."""
    cited = {evidence.ref for row in rows if row.status is not RowStatus.DROPPED for evidence in row.evidence}
    return frozenset(cited & set(case.messages))


def first_and_last(case: Case) -> frozenset[str]:
    return frozenset((case.messages[0], case.messages[-1]))


def written(folder: str | None = None) -> Iterator[Case]:
    """The threads of `tests/threads`, or of one of its folders."""
    for thread in all_threads(folder):
        refs = {said.ts: f"slack:{thread.channel}/{said.ts}" for said in thread.messages}
        kinds = {refs[ts]: kind for ts, kind in thread.reference.items()}
        yield Case(_name(thread), entries_of(thread), tuple(refs.values()), frozenset(kinds), kinds)


def _name(thread: Thread) -> str:
    path = next(FOLDER.rglob(f"{thread.name}.thread"))
    return f"{path.parent.name}/{thread.name}"


def real() -> Iterator[Case]:
    """The incidents of `../shared/real`; none where that folder is absent."""
    for name, chosen in HUMAN.items():
        path = REAL / name / "conversations.replies.json"
        if path.exists():
            messages = json.loads(path.read_text(encoding="utf-8"))["messages"]
            entries = [_entry(number, message, number == 1) for number, message in enumerate(messages, 1)]
            reference = frozenset(f"slack:-/{ts}" for ts in chosen)
            yield Case(name, entries, tuple(entry.ref for entry in entries), reference)


def _entry(number: int, message: dict[str, str], root: bool) -> Entry:
    seconds, micros = message["ts"].split(".")
    at = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros))
    bot = "bot_id" in message
    name = message.get("username") or message.get("user", "")
    text = unescape(re.sub(r"<([^|>]+)(?:\|([^>]*))?>", lambda link: link[2] or link[1], message["text"]))
    who = Who(f"slack:{name}", name)
    fact = Message(text, bot=bot, root=root)
    return Entry(number, fact, at, Basis.RECORDED, at, who, "slack", f"slack:-/{message['ts']}")


def measure(cases: Sequence[Case]) -> None:
    """Prints a line per case, then the totals, the baselines and what must be nought."""
    totals = {"suggested": Score(), "every message": Score(), "first and last": Score()}
    scores: list[Score] = []
    folders: dict[str, Score] = {}
    error, bare = 0.0, 0
    pairs: Counter[tuple[RowKind, RowKind]] = Counter()
    for case in cases:
        rows = timeline(case.entries)
        mine = score(case, suggested(case, rows))
        scores.append(mine)
        folder = case.name.partition("/")[0] if "/" in case.name else ""
        folders[folder] = folders.get(folder, Score()) + mine
        totals["suggested"] += mine
        totals["every message"] += score(case, frozenset(case.messages))
        totals["first and last"] += score(case, first_and_last(case))
        error = max(error, _largest_error(case, rows))
        bare += sum(not row.evidence for row in rows)
        pairs += kinds_of(case, rows)
        print(f"  {case.name:40} {len(case.messages):4} messages, {len(case.reference):3} rows: {mine}")
    for folder, total in folders.items():
        seen = "seen" if folder in SEEN else "never seen"
        if folder:
            print(f"  {folder:40} {f'in total, {seen}':>25}: {total}")
    for name, total in totals.items():
        print(f"  {name:40} {'in total':>25}: {total}")
    macro = sum(one.recall for one in scores) / len(scores), sum(one.precision for one in scores) / len(scores)
    print(f"  {'suggested':40} {'mean of threads':>25}: recall {macro[0]:4.2f}  precision {macro[1]:4.2f}")
    print_kinds(pairs)
    print(f"  largest time error against the evidence: {error:g} s; rows without evidence: {bare}")


def kinds_of(case: Case, rows: Sequence[Row]) -> Counter[tuple[RowKind, RowKind]]:
    """Of the rows that are right: how often the kind that people chose (first) got which kind of ours (second)."""
    ours = {evidence.ref: row.kind for row in rows if row.status is not RowStatus.DROPPED for evidence in row.evidence}
    return Counter((wanted, ours[ref]) for ref, wanted in case.kinds.items() if ref in ours)


def print_kinds(pairs: Counter[tuple[RowKind, RowKind]]) -> None:
    """The accuracy of kinds on rows that are right, and which kind is taken for which: people's down, ours across."""
    if not pairs:
        return
    right = sum(count for (wanted, ours), count in pairs.items() if wanted is ours)
    print(
        f"  kind as people chose it, of the {pairs.total()} rows that are right: accuracy {right / pairs.total():4.2f}"
    )
    print(f"  {'people / ours':14}" + "".join(f"{kind.value[:7]:>8}" for kind in RowKind))
    for wanted in RowKind:
        print(f"  {wanted.value:14}" + "".join(f"{pairs[wanted, ours] or '.':>8}" for ours in RowKind))


def _largest_error(case: Case, rows: Sequence[Row]) -> float:
    times = {entry.ref: entry.at for entry in case.entries}
    return max((abs((row.at - times[row.evidence[0].ref]).total_seconds()) for row in rows if row.evidence), default=0)


def run() -> None:
    """Prints the figures. Targets: recall 0.85 or more at a precision of 0.70 or more; errors and bare rows 0."""
    cases = list(written())
    print("Timeline: suggested rows against the reference (targets: recall >= 0.85, precision >= 0.70)")
    if cases:
        measure(cases)
    people = list(real())
    if people:
        print("Timeline: suggested rows against what people wrote of four real incidents")
        measure(people)
    else:
        print("Timeline: the real incidents are skipped; ../shared/real is absent")


if __name__ == "__main__":
    run()
