"""The timeline in the issue: what people do to its rows is their verdict, lost markers, pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from musterpoint import actions, reading
from musterpoint.core import row_lines
from musterpoint.core.aftermath_journal import IssueComment, WriteupEdit
from musterpoint.core.given_up import given_up
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.issue_body import texts
from musterpoint.core.issue_journal import RegionLost
from musterpoint.core.journal import Curation, Entry, Note, Verdict
from musterpoint.integrations.local.tracker import LocalTracker
from musterpoint.store import journal, models
from tests.actions.telling import read, rows, state
from tests.actions.test_issue import CARL, desk, edits, raised, settle, shown
from tests.conftest import World

BEGIN, END = "<!-- musterpoint:timeline -->\n", "<!-- /musterpoint:timeline -->\n"


@pytest.fixture
def world(real_world: World) -> World:
    return real_world


def noted(world: World, ref: str, *texts: str) -> list[Entry]:
    """Notes that are rows of the timeline, one a minute."""
    made = []
    for text in texts:
        world.later(1)
        made.append(actions.did(world.by("bob"), ref, text))
    settle(world)
    return made


def line_of(ref: str, entry: Entry) -> str:
    return next(line for line in shown(ref).body.split("\n") if row_lines.key_in(line) == row_lines.key_of(entry.ref))


def curations(world: World, ref: str) -> list[tuple[Verdict, str, str]]:
    found = [each for each in read(world, ref) if isinstance(each.fact, Curation)]
    return [(each.fact.verdict, each.fact.text, each.who.name if each.who else "") for each in found]  # type: ignore[union-attr]


def comments(ref: str) -> list[str]:
    return [each.text for each in shown(ref).comments]


def lost(world: World, ref: str) -> list[RegionLost]:
    return [each.fact for each in read(world, ref) if isinstance(each.fact, RegionLost)]


# --- verdicts -----------------------------------------------------------------------------------------------------


def test_a_row_put_differently_there_is_reworded_by_whoever_did_it(world: World) -> None:
    ref = raised(world)
    [note] = noted(world, ref, "Raised the limit of the pool")
    edits(world, ref, "Raised the limit of the pool", "Raised `max_pool` to 90")
    assert curations(world, ref) == [(Verdict.REWORD, "Raised `max_pool` to 90", "Carl")]
    assert "Bob: Raised `max_pool` to 90 (" in line_of(ref, note)
    assert ("Raised `max_pool` to 90", "action_taken", "kept") in rows(world, ref)
    assert comments(ref) == []


def test_a_deleted_line_drops_the_row(world: World) -> None:
    ref = raised(world)
    _, note = noted(world, ref, "Rolled back", "Fed the cat")
    edits(world, ref, line_of(ref, note) + "\n", "")
    assert curations(world, ref) == [(Verdict.DROP, "", "Carl")]
    assert "Fed the cat" not in shown(ref).body
    assert ("Fed the cat", "other", "dropped") in rows(world, ref)


def test_words_among_the_rows_move_below_them_and_stay(world: World) -> None:
    ref = raised(world)
    [note] = noted(world, ref, "Rolled back")
    edits(world, ref, line_of(ref, note), f"{line_of(ref, note)}\nAsk Kim about the rollback.")
    assert f"{END}\nAsk Kim about the rollback.\n" in shown(ref).body
    noted(world, ref, "Something else")
    assert shown(ref).body.count("Ask Kim about the rollback.") == 1


def test_another_time_is_kept_as_a_comment(world: World) -> None:
    ref = raised(world)
    [note] = noted(world, ref, "Rolled back")
    line = line_of(ref, note)
    edits(world, ref, line, line.replace(f"**{note.at:%H:%M}**", "**03:03**"))
    [comment] = comments(ref)
    assert "The time of a row was written as 03:03" in comment
    assert line_of(ref, note) == line


def test_a_timeline_that_was_emptied_comes_back_and_the_comment_says_so(world: World) -> None:
    ref = raised(world)
    noted(world, ref, "One", "Two", "Three")
    between = shown(ref).body.partition(BEGIN)[2].partition(END)[0]
    before = shown(ref).body
    edits(world, ref, between, "In my own words.\n")
    assert curations(world, ref) == []
    assert shown(ref).body == before.replace(END, f"{END}\nIn my own words.\n")
    [comment] = comments(ref)
    assert "nothing was dropped" in comment


def test_a_row_that_is_reworded_on_both_sides_says_what_the_issue_says(world: World) -> None:
    ref = raised(world)
    [note] = noted(world, ref, "Rolled back")
    before = shown(ref).body
    actions.curate(world.by("alice"), ref, note.ref, Verdict.REWORD, text="Rolled back to 4.1")
    world.later(1)
    desk(world, ref).edit(CARL, before.replace("Rolled back", "Went back to 4.1.2"), world.now, was=before)
    settle(world)
    assert "Went back to 4.1.2" in line_of(ref, note)
    [comment] = comments(ref)
    assert "Rolled back to 4.1" in comment
    assert [text for _, text, _ in curations(world, ref)] == ["Rolled back to 4.1", "Went back to 4.1.2"]


def test_what_was_told_is_not_taken_in_again_by_the_next_look(world: World) -> None:
    """Reworded there, reworded again here, before we wrote: the first one is old news."""
    ref = raised(world)
    [note] = noted(world, ref, "Rolled back")
    known = models.IssueCopy.objects.get()
    before = shown(ref).body
    world.later(1)
    desk(world, ref).edit(CARL, before.replace("Rolled back", "Went back"), world.now, was=before)
    actions.curate(world.by("alice"), ref, note.ref, Verdict.REWORD, text="Went back to 4.1")
    models.IssueCopy.objects.update(body=known.body, writing="")
    settle(world)
    assert "Went back to 4.1" in line_of(ref, note)


def test_what_the_rules_refuse_is_kept_as_a_comment(world: World) -> None:
    ref = raised(world)
    noted(world, ref, "Rolled back")
    edits(world, ref, "Rolled back", "Rolled " + "back " * 500)
    assert curations(world, ref) == []
    assert "Rolled back back" in comments(ref)[0]


def test_a_forged_row_is_kept_as_a_comment(world: World) -> None:
    ref = raised(world)
    [note] = noted(world, ref, "Rolled back")
    edits(world, ref, line_of(ref, note), f"{line_of(ref, note)}\n- Mine <!-- row slack:C9/1.2 -->")
    assert "> Mine" in comments(ref)[0]


def test_a_redacted_row_is_not_brought_back_by_an_old_body(world: World) -> None:
    ref = raised(world)
    [note] = noted(world, ref, "The password is hunter2hunter2")
    there = shown(ref).body
    actions.redact(world.by("alice"), ref, "a secret", note.ref)
    models.LocalIssue.objects.update(body=there)
    settle(world)
    assert "hunter2" not in shown(ref).body
    assert all("hunter2" not in str(each.fact) for each in read(world, ref))


def test_while_a_persons_version_stands_the_timeline_is_a_part(world: World) -> None:
    ref = raised(world)
    noted(world, ref, "Rolled back")
    actions.write_part(world.by("bob"), ref, "timeline", "At nine it failed.")
    settle(world)
    edits(world, ref, "At nine it failed.", "At nine all failed.")
    assert [each.fact.text for each in read(world, ref) if isinstance(each.fact, WriteupEdit)] == [
        "At nine it failed.",
        "At nine all failed.",
    ]
    actions.reset_part(world.by("bob"), ref, "timeline")
    settle(world)
    assert "At nine" not in shown(ref).body
    assert "Rolled back" in shown(ref).body


# --- markers ------------------------------------------------------------------------------------------------------


def test_a_region_without_markers_comes_back_once_and_then_only_with_them(world: World) -> None:
    ref = raised(world)
    marker = "<!-- musterpoint:summary -->\n"
    edits(world, ref, marker, "")
    assert marker in shown(ref).body
    assert lost(world, ref) == [RegionLost("summary")]
    edits(world, ref, marker, "")
    assert marker not in shown(ref).body
    assert lost(world, ref)[1:] == [RegionLost("summary", given_up=True)]
    noted(world, ref, "Something else")
    assert marker not in shown(ref).body
    shape = reading.issue_shape(state(ref))
    assert shape is not None
    assert given_up(shape["given_up"]).startswith("No longer written in the issue: “summary”.")
    edits(world, ref, "## Summary\n", f"## Summary\n{marker}<!-- /musterpoint:summary -->\n")
    assert lost(world, ref)[2:] == [RegionLost("summary", found=True)]
    assert "Checkout answers 502" in texts(shown(ref).body)["summary"]
    known = state(ref).after.issue
    assert known is not None
    assert known.given_up == ()


def test_a_loss_that_is_told_twice_counts_once(world: World) -> None:
    ref = raised(world)
    before = shown(ref).body
    after = before.replace("<!-- musterpoint:summary -->\n", "")
    models.LocalIssue.objects.update(body=after)
    models.IssueCopy.objects.update(body=after)
    world.later(1)
    models.LocalIssue.objects.update(body=before)
    desk(world, ref).edit(CARL, after, world.now, was=before)
    settle(world)
    assert [each for each in lost(world, ref) if each.given_up] == []


def test_the_issue_closes_and_opens_whatever_was_given_up(world: World) -> None:
    ref = raised(world)
    for _ in range(2):
        edits(world, ref, "<!-- musterpoint:actions -->\n", "")
    world.later(1)
    desk(world, ref).close(CARL, world.now)
    settle(world)
    assert shown(ref).open


def test_a_whole_timeline_without_its_markers_drops_nothing(world: World) -> None:
    ref = raised(world)
    noted(world, ref, "One", "Two", "Three")
    body = shown(ref).body
    edits(world, ref, body[body.index(BEGIN) : body.index(END) + len(END)], "")
    assert curations(world, ref) == []
    assert "Two" in texts(shown(ref).body)["timeline"]


# --- parts --------------------------------------------------------------------------------------------------------


def test_a_part_that_is_emptied_while_somebody_writes_it_stands(world: World) -> None:
    ref = raised(world)
    actions.write_part(world.by("bob"), ref, "trigger", "The import.")
    settle(world)
    before = shown(ref).body
    actions.write_part(world.by("alice"), ref, "trigger", "The import emptied the cache.")
    world.later(1)
    desk(world, ref).edit(CARL, before.replace("\nThe import.\n", "\n"), world.now, was=before)
    settle(world)
    assert "The import emptied the cache." in texts(shown(ref).body)["trigger"]


def test_edits_of_different_parts_both_survive(world: World) -> None:
    ref = raised(world)
    actions.write_part(world.by("bob"), ref, "trigger", "The import.")
    settle(world)
    before = shown(ref).body
    actions.write_part(world.by("alice"), ref, "lucky", "It was Sunday.")
    world.later(1)
    desk(world, ref).edit(CARL, before.replace("The import.", "The cache."), world.now, was=before)
    settle(world)
    found = texts(shown(ref).body)
    assert (found["trigger"], found["lucky"]) == ("The cache.", "It was Sunday.")
    assert comments(ref) == []


def test_a_part_that_is_too_long_is_kept_as_a_comment(world: World) -> None:
    ref = raised(world)
    old = texts(shown(ref).body)["lucky"]
    edits(world, ref, f"{old}\n<!-- /musterpoint:lucky", f"{'long ' * 12_100}\n<!-- /musterpoint:lucky")
    assert texts(shown(ref).body)["lucky"] == old
    assert any(isinstance(each.fact, IssueComment) and len(each.fact.text) > 60_000 for each in read(world, ref))


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalTracker, "limit", 6_000)


def long(world: World, count: int = 60) -> str:
    """An issue with so many rows."""
    ref = raised(world)
    for number in range(count):
        world.later(1)
        actions.did(world.by("bob"), ref, f"Step {number} of many: {'x' * 80}")
    settle(world)
    return ref


def everything(ref: str) -> list[str]:
    """All steps that stand in the issue, body and comments."""
    first, _, last = texts(shown(ref).body)["timeline"].partition("in the comments below.*")
    found = [first, *(each.text for each in shown(ref).comments), last]
    return [
        line.partition("Step ")[2].partition(" ")[0] for text in found for line in text.split("\n") if "Step " in line
    ]


def pages(ref: str) -> list[models.LocalComment]:
    return list(models.LocalComment.objects.filter(key__startswith=f"page:{ref}:").order_by("id"))


@pytest.mark.usefixtures("narrow")
def test_what_does_not_fit_follows_in_comments_and_new_rows_join_them(world: World) -> None:
    ref = long(world)
    assert everything(ref) == [str(number) for number in range(60)]
    assert len(shown(ref).body) <= 6_000
    before = [each.text for each in pages(ref)]
    assert len(before) > 1
    noted(world, ref, "Step 60 of many")
    after = [each.text for each in pages(ref)]
    assert everything(ref) == [str(number) for number in range(61)]
    assert after[: len(before) - 1] == before[:-1]


@pytest.mark.usefixtures("narrow")
def test_people_work_in_the_comments_as_in_the_body(world: World) -> None:
    ref = long(world)
    page = pages(ref)[0]
    lines = [line for line in page.text.split("\n") if "Step " in line]
    text = page.text.replace(lines[0], lines[0].replace("Step", "Stage")).replace(f"{lines[1]}\n", "Ask Kim.\n")
    models.LocalComment.objects.filter(pk=page.pk).update(text=f"{text}\nSee also the log.\n")
    noted(world, ref, "Step 60 of many")
    assert {verdict for verdict, _, _ in curations(world, ref)} == {Verdict.REWORD, Verdict.DROP}
    page.refresh_from_db()
    assert "Stage" in page.text
    assert lines[1] not in page.text
    assert page.text.endswith("\nAsk Kim.\n\nSee also the log.\n")
    noted(world, ref, "Step 61 of many")
    page.refresh_from_db()
    assert (page.text.count("Ask Kim."), page.text.count("See also the log.")) == (1, 1)


@pytest.mark.usefixtures("narrow")
def test_a_page_that_is_not_needed_any_more_says_so(world: World) -> None:
    ref = long(world, 45)
    number = len(pages(ref))
    actions.write_part(world.by("bob"), ref, "timeline", "It failed, then it worked.")
    settle(world)
    assert ["The rows that stood here" in each.text for each in pages(ref)] == [True] * number
    assert everything(ref) == []
    actions.reset_part(world.by("bob"), ref, "timeline")
    settle(world)
    assert everything(ref) == [str(number) for number in range(45)]
    assert len(pages(ref)) == number


@pytest.mark.usefixtures("narrow")
def test_a_page_that_was_made_though_nobody_noted_it_is_found_again(world: World) -> None:
    ref = long(world)
    before = [(each.pk, each.text) for each in pages(ref)]
    models.IssuePage.objects.update(external="")
    models.IssuePage.objects.filter(number=2).update(body="", writing=before[0][1])
    noted(world, ref, "Step 60 of many")
    settle(world)
    assert [each.pk for each in pages(ref)][: len(before)] == [pk for pk, _ in before]
    assert everything(ref) == [str(number) for number in range(61)]
    assert curations(world, ref) == []
    assert lost(world, ref) == []


@pytest.mark.usefixtures("narrow")
def test_a_deleted_page_is_made_once_more(world: World) -> None:
    ref = long(world)
    pages(ref)[0].delete()
    noted(world, ref, "Step 60 of many")
    assert sorted(everything(ref), key=int) == [str(number) for number in range(61)]
    assert lost(world, ref) == [RegionLost("timeline-2")]
    models.LocalComment.objects.filter(text__contains="timeline-2 ").delete()
    noted(world, ref, "Step 61 of many")
    assert lost(world, ref)[1:] == [RegionLost("timeline-2", given_up=True)]
    assert not models.LocalComment.objects.filter(text__contains="timeline-2 ").exists()


def test_500_rows_and_120_000_characters_land_whole(world: World) -> None:
    ref = raised(world)
    [thread] = models.Thread.objects.filter(root=ref)
    bob, entries = world.by("bob").actor.who, []
    for number in range(500):
        at = world.now + timedelta(minutes=number)
        owner, key, moment = journal.Owner(thread=thread, anchor=at), f"local:n{number}", Moment(at, Basis.RECORDED)
        for fact, own in ((Note(f"Step {number} of {'y' * 170}"), key), (Curation(key, Verdict.KEEP), f"{key}k")):
            entries.append(journal.row(owner, fact, moment, bob, "cli", at, ref=own))
    models.Entry.objects.bulk_create(entries)
    world.later(600)
    actions.note(world.by("bob"), ref, "That is all.")
    settle(world)
    texts_there = [shown(ref).body, *(each.text for each in pages(ref))]
    assert everything(ref) == [str(number) for number in range(500)]
    assert all(len(each) <= 65_536 for each in texts_there)
    assert sum(len(each) for each in texts_there) > 120_000
