"""The timeline in an issue at GitHub: what somebody saves between our reading and our writing, and rows in comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from musterpoint import access, actions
from musterpoint.core import row_lines
from musterpoint.core.issue_body import texts
from musterpoint.core.journal import Curation, Entry, Verdict
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.integrations.github import hidden
from musterpoint.integrations.github.tracker import GitHubTracker
from musterpoint.store import models
from tests.conftest import World
from tests.github.house import House, housed

END = "<!-- /musterpoint:timeline -->\n"
PATCH = "PATCH /repos/*/issues/*"


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch) as house:
        house.raised()
        yield house


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def tracker(process: Process) -> GitHubTracker:
        return replace(GitHubTracker.of(process), limit=6_000)

    monkeypatch.setattr(registry, "tracker", tracker)


def did(house: House, *told: str) -> list[Entry]:
    made = [actions.did(house.call(), house.ref, text) for text in told]
    house.turn()
    return made


def verdicts(house: House) -> list[tuple[Verdict, str, str]]:
    row = models.Incident.objects.get(ref=house.ref)
    found = [each for each in access.entries(access.NOBODY, row) if isinstance(each.fact, Curation)]
    return [(each.fact.verdict, each.fact.text, each.who.name if each.who else "") for each in found]  # type: ignore[union-attr]


def line_of(house: House, entry: Entry) -> str:
    key = row_lines.key_of(entry.ref)
    return next(line for line in house.there().body.split("\n") if row_lines.key_in(line) == key)


def test_a_person_who_saves_between_our_read_and_our_write_loses_nothing(house: House) -> None:
    one, two = did(house, "Rolled back", "Fed the cat")
    github, issue, line = house.github, house.issue, line_of(house, two)
    saves = (
        ("Rolled back", "Went back to 4.1.2"),
        (f"{line}\n", "Ask Kim about the cat.\n"),
        ("## RCA", "Vendor ticket 4711.\n\n## RCA"),
    )
    for old, new in saves:

        def save(old: str = old, new: str = new) -> None:
            github.edit("tim", issue, github.issue(issue).body.replace(old, new))

        github.between(PATCH, save)
        did(house, "Something else")
    assert [(verdict, text) for verdict, text, _ in verdicts(house)] == [
        (Verdict.REWORD, "Went back to 4.1.2"),
        (Verdict.DROP, ""),
    ]
    body = house.there().body
    assert "Went back to 4.1.2" in line_of(house, one)
    assert "Fed the cat" not in texts(body)["timeline"]
    assert [body.count(each) for each in ("Ask Kim about the cat.", "Vendor ticket 4711.", END)] == [1, 1, 1]
    assert f"{END}\nAsk Kim about the cat.\n" in body


def steps(house: House) -> list[str]:
    """All steps that stand in the issue, body and comments."""
    there = house.there()
    first, _, last = texts(there.body)["timeline"].partition("in the comments below.*")
    told = [first, *(each.body for each in there.comments), last]
    return [
        line.partition("Step ")[2].partition(" ")[0] for text in told for line in text.split("\n") if "Step " in line
    ]


@pytest.mark.usefixtures("narrow")
def test_rows_that_do_not_fit_stand_in_comments_and_are_worked_on_there(house: House) -> None:
    made = did(house, *(f"Step {number} of many: {'x' * 90}" for number in range(40)))
    assert steps(house) == [str(number) for number in range(40)]
    [page, *_] = house.there().comments
    lines = [line for line in hidden.without_key(page.body).split("\n") if "Step " in line]
    after = page.body.replace(lines[0], lines[0].replace("Step", "Stage")).replace(lines[1], "Ask Kim.")
    house.github.edit_comment("tim", house.issue, page.id, after)
    house.turn()
    assert {verdict for verdict, _, _ in verdicts(house)} == {Verdict.REWORD, Verdict.DROP}
    [page, *_] = house.there().comments
    assert "Stage" in page.body
    assert page.body.count("Ask Kim.") == 1
    assert page.body.index(END.replace("timeline", "timeline-2")) < page.body.index("Ask Kim.")
    writes = len(house.github.writes)
    house.turn()
    assert len(house.github.writes) == writes
    assert len(made) == 40


@pytest.mark.usefixtures("narrow")
def test_a_comment_that_github_made_without_answering_is_not_made_again(house: House) -> None:
    house.github.fails("POST", "/repos/*/issues/*/comments", 502, stored=True)
    did(house, *(f"Step {number} of many: {'x' * 90}" for number in range(40)))
    assert steps(house) == [str(number) for number in range(40)]


@pytest.mark.usefixtures("narrow")
def test_a_person_who_saves_a_comment_of_ours_between_our_read_and_our_write_loses_nothing(house: House) -> None:
    did(house, *(f"Step {number} of many: {'x' * 90}" for number in range(40)))
    github, issue, page = house.github, house.issue, house.there().comments[-1]

    def save() -> None:
        [now] = [each.body for each in github.issue(issue).comments if each.id == page.id]
        line = next(each for each in now.split("\n") if "Step " in each)
        github.edit_comment("tim", issue, page.id, f"Ask Kim.\n\n{now.replace(line, line.replace('Step', 'Stage'))}")

    github.between("PATCH /repos/*/issues/comments/*", save)
    did(house, "Step 40 of many")
    there = "\n".join(each.body for each in house.there().comments)
    assert there.count("Ask Kim.") == 1
    assert there.count("Stage ") == 1
    assert github.faults.waiting == 0


def test_five_hundred_rows_and_120_000_characters_land_whole_within_github_s_limits(house: House) -> None:
    for number in range(500):
        actions.did(house.call(), house.ref, f"Step {number} of {'y' * 170}")
    house.turn()
    there = house.there()
    texts_there = [there.body, *(each.body for each in there.comments)]
    assert steps(house) == [str(number) for number in range(500)]
    assert sum(len(each) for each in texts_there) > 120_000
    assert max(len(each) for each in texts_there) <= 65_536
    assert house.parked() == []
