"""The body of the issue: what we write stands between markers, what people write stays, what they change is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from musterpoint.core import regions
from musterpoint.core.action_lines import EXPLAINED, NONE_YET, read
from musterpoint.core.aftermath import Action, ActionKind, ActionStatus, Aftermath, Issue
from musterpoint.core.incident import Incident, Severity, Status, Who
from musterpoint.core.issue_body import Changes, PartChange, changes, render, texts
from musterpoint.core.process import Process
from musterpoint.core.quiet_words import quiet
from musterpoint.core.writeup_parts import PARTS, PartText
from tests.core.incidents import BOB, NOW, incident, recorded

PROCESS = Process()
MARKER = "<!-- /musterpoint:summary -->"
KIM = Who("name:Kim Sato", "Kim Sato")
BROKEN = st.sampled_from(
    [
        *(regions.begin_marker(part.name) for part in PARTS[:3]),
        *(regions.end_marker(part.name) for part in PARTS[:3]),
        "<!-- \\musterpoint:summary -->",
        "  <!-- /musterpoint:actions -->\t",
        "<!-- musterpoint:facts -->",
        "## Summary",
        "## Timeline",
        "## RCA",
        "### What triggered it",
        "## Actions",
        "- [ ] a thing",
        "* [X] a thing <!-- action 1 -->",
        "- [x] First — nobody yet <!-- action 1 -->",
        "<!-- action 99999999999999999999 -->",
        "```",
    ]
)
PROSE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])
BODIES = st.builds(lambda lines, end: end.join(lines), st.lists(BROKEN | PROSE, max_size=25), LINE_ENDS)
PART_TEXTS = st.lists(
    st.builds("\n".join, st.lists(BROKEN | PROSE, max_size=5)),
    min_size=len(PARTS),
    max_size=len(PARTS),
)
TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split()) or "x"
)


@st.composite
def actions(draw: st.DrawFn) -> tuple[Action, ...]:
    titles = draw(
        st.lists(TITLES | st.sampled_from(["a — b", "~~a~~", "[x] a", "a <!-- action 7 -->", "- a"]), max_size=6)
    )
    return tuple(
        Action(
            number,
            title,
            owner=draw(st.sampled_from([None, KIM, BOB.who, Who("person:9", "Ann — Lee, due 2026-01-01")])),
            due=draw(st.sampled_from(["", "2026-03-10"])),
            kind=draw(st.sampled_from([None, ActionKind.PREVENT])),
            status=draw(st.sampled_from(list(ActionStatus))),
            reason=draw(st.sampled_from(["", "too — dear", "declined"])),
        )
        for number, title in enumerate(titles, 1)
    )


def part_texts(written: Sequence[str] = (), version: int = 0) -> list[PartText]:
    given_texts = list(written) or [f"{part.title}, in short." for part in PARTS]
    return [PartText(part, text, version) for part, text in zip(PARTS, given_texts, strict=True)]


def with_actions(*known: Action) -> Incident:
    return incident(after=Aftermath(actions=known))


def body_of(*known: Action) -> str:
    return render(with_actions(*known), part_texts(), PROCESS)


def outside(body: str) -> str:
    lines = regions.lines_of(body)
    for region in sorted(regions.regions(lines).values(), key=lambda each: -each.begin):
        if region.name in {"facts", "actions", *(part.name for part in PARTS)}:
            del lines[region.begin : region.end + 1]
    return "".join(lines)


def is_within(small: str, large: str) -> bool:
    """Whether all characters of one are in the other, in the same order."""
    rest = iter(large)
    return all(any(one == other for other in rest) for one in small)


# --- what is written ---------------------------------------------------------------------------------------------


def test_a_new_issue_has_the_facts_the_parts_and_the_three_sections_in_order() -> None:
    body = body_of()
    headings = [line for line in body.split("\n") if line.startswith("#")]
    assert headings == [
        "## Summary",
        "## Customer impact",
        "## Timeline",
        "## RCA",
        "### What triggered it",
        "### Contributing factors",
        "### How it was detected",
        "### How it was resolved",
        "### Where we were lucky",
        "### What went well",
        "## Actions",
    ]
    assert body.startswith("<!-- musterpoint:facts -->\nIncident 7 is **open**.")
    assert body.endswith("<!-- /musterpoint:actions -->\n")
    assert NONE_YET in body
    assert EXPLAINED in body


def test_headings_and_order_of_the_sections_are_settings() -> None:
    process = Process(sections=("actions", "rca", "timeline"), heading_rca="Causes", heading_actions="What we do now")
    body = render(incident(), part_texts(), process)
    headings = [line for line in body.split("\n") if line.startswith("## ")]
    assert headings == ["## Summary", "## Customer impact", "## What we do now", "## Causes", "## Timeline"]


def test_the_facts_tell_times_with_how_they_are_known_and_the_duration() -> None:
    resolved = incident(
        status=Status.RESOLVED,
        severity=Severity.MAJOR,
        lead=BOB.who,
        milestones={**incident().milestones, "resolved": recorded(45)},
    )
    facts = texts(render(resolved, part_texts(), PROCESS))["facts"]
    assert facts.split("\n") == [
        "Incident 7 is **resolved**. Severity: major. Lead: Bob.",
        "",
        "- Detected: 2026-03-02 09:10 UTC (estimated)",
        "- Declared: 2026-03-02 09:10 UTC (recorded)",
        "- Resolved: 2026-03-02 10:15 UTC (recorded)",
        "- Duration: 1 h 05 min from detection to resolution",
    ]


def test_a_line_for_each_action_open_ones_by_date_then_done_then_declined() -> None:
    body = body_of(
        Action(1, "Say no", status=ActionStatus.DECLINED, reason="too dear", ended_by=BOB.who, ended_at=NOW),
        Action(2, "Raise the limit", status=ActionStatus.DONE, owner=BOB.who, ended_by=BOB.who, ended_at=NOW),
        Action(3, "Some day"),
        Action(4, "Later", KIM, "2026-04-01"),
        Action(5, "Alert on the pool", BOB.who, "2026-03-10", ActionKind.DETECT, "https://tracker.example/9"),
    )
    assert texts(body)["actions"].split("\n")[:5] == [
        "- [ ] Alert on the pool — Bob, due 2026-03-10, detect, https://tracker.example/9 <!-- action 5 -->",
        "- [ ] Later — Kim Sato (not known here), due 2026-04-01 <!-- action 4 -->",
        "- [ ] Some day — nobody yet <!-- action 3 -->",
        "- [x] Raise the limit — Bob, done by Bob on 2026-03-02 <!-- action 2 -->",
        "- [ ] ~~Say no~~ — declined by Bob on 2026-03-02: too dear <!-- action 1 -->",
    ]


# --- what stays --------------------------------------------------------------------------------------------------


def test_what_people_wrote_around_the_regions_stays_to_the_character() -> None:
    body = body_of().replace("## RCA\n", "## RCA\n\nSee  the  *call* \u2028 notes.  \n\n")
    later = render(with_actions(Action(1, "Alert")), part_texts(["New"] * len(PARTS)), PROCESS, body)
    assert "## RCA\n\nSee  the  *call* \u2028 notes.  \n\n" in later
    assert "Alert — nobody yet" in later
    assert texts(later)["summary"] == "New"


def test_line_ends_of_the_tracker_are_kept() -> None:
    body = body_of().replace("\n", "\r\n")
    assert render(with_actions(), part_texts(), PROCESS, body) == body
    later = render(with_actions(Action(1, "Alert")), part_texts(), PROCESS, body)
    assert later.replace("\r\n", "").count("\n") == 0


def test_a_region_that_was_taken_away_comes_back_under_its_heading() -> None:
    body = body_of()
    region = "".join(regions.written("summary", "Summary, in short."))
    without = body.replace(region, "In my own words.\n")
    assert render(with_actions(), part_texts(), PROCESS, without) == without.replace(
        "## Summary\n", f"## Summary\n{region}\n"
    )


def test_a_part_of_the_rca_whose_heading_is_gone_too_comes_back_at_the_end_of_the_rca() -> None:
    body = body_of()
    block = "### How it was detected\n" + "".join(regions.written("detection", "How it was detected, in short."))
    later = render(with_actions(), part_texts(), PROCESS, body.replace(block, ""))
    assert later.index("### What went well") < later.index(block) < later.index("## Actions")


def test_a_begin_without_its_end_is_a_persons_text() -> None:
    body = body_of().replace("<!-- /musterpoint:impact -->\n", "")
    later = render(with_actions(), part_texts(["New"] * len(PARTS)), PROCESS, body)
    assert "<!-- musterpoint:impact -->\nCustomer impact, in short.\n" in later
    assert texts(later)["impact"] == "New"
    assert is_within(outside(body), outside(later))


def test_a_second_region_of_the_same_name_is_a_persons_text() -> None:
    copy = "".join(regions.written("summary", "A copy."))
    body = f"{body_of()}\n{copy}"
    assert copy in render(with_actions(), part_texts(["New"] * len(PARTS)), PROCESS, body)


@given(BODIES, PART_TEXTS, actions(), actions())
@settings(max_examples=200)
def test_whatever_stands_there_survives_and_rendering_again_changes_nothing(
    body: str, written: list[str], known: tuple[Action, ...], later_known: tuple[Action, ...]
) -> None:
    once = render(with_actions(*known), part_texts(written), PROCESS, body)
    assert render(with_actions(*known), part_texts(written), PROCESS, once) == once
    twice = render(with_actions(*later_known), part_texts(), PROCESS, once)
    assert is_within(outside(body), outside(once))
    assert outside(once) == outside(twice)


@given(BODIES, PART_TEXTS, actions())
@settings(max_examples=200)
def test_what_was_rendered_reads_back_exactly(body: str, written: list[str], known: tuple[Action, ...]) -> None:
    found = texts(render(with_actions(*known), part_texts(written), PROCESS, body))
    assert [found[part.name] for part in PARTS] == written


@given(st.text() | BODIES)
def test_defusing_is_undone_exactly(text: str) -> None:
    assert regions.restored(regions.defused(text)) == text
    assert regions.regions(regions.lines_of(regions.defused(text))) == {}


# --- what is too long --------------------------------------------------------------------------------------------


def long_timeline(rows: int) -> str:
    lines = ["All times are UTC.", "", "### 2026-03-02", ""]
    for number in range(rows):
        lines += ["", "### 2026-03-03", ""] if number == rows // 2 else []
        lines.append(
            f"- **12:00** row {number} of the record, with the words that were said ([message](https://x.example))"
        )
    return "\n".join(lines)


def parts_with(timeline: str, version: int = 0, **others: str) -> list[PartText]:
    written = {"timeline": timeline, **others}
    return [PartText(part, written.get(part.name, "Short."), version) for part in PARTS]


def test_composed_parts_that_are_too_long_become_a_pointer() -> None:
    body = render(incident(), parts_with(long_timeline(9), factors="long " * 900), PROCESS, limit=4000)
    assert len(body) <= 4000
    assert "`musterpoint writeup show 7`" in texts(body)["factors"]


def test_a_persons_words_are_never_cut() -> None:
    written = long_timeline(300)
    body = render(incident(), parts_with(written, version=12), PROCESS, limit=4000)
    assert texts(body)["timeline"] == written


# --- what people changed -----------------------------------------------------------------------------------------


@given(BODIES | st.text())
def test_nothing_changed_where_nothing_was_changed(body: str) -> None:
    assert not changes(body, body)
    assert not changes(body, body.replace("\r\n", "\n"))


@given(BODIES | st.text(), BODIES | st.text())
@settings(max_examples=200)
def test_the_difference_of_any_two_texts_is_told(before: str, after: str) -> None:
    assert isinstance(changes(before, after), Changes)


@given(actions(), BODIES, st.data())
@settings(max_examples=200)
def test_ticking_any_of_them_tells_exactly_those(known: tuple[Action, ...], body: str, data: st.DataObject) -> None:
    before = render(with_actions(*known), part_texts(), PROCESS, body)
    chosen = data.draw(st.sets(st.sampled_from([each.number for each in known]))) if known else set()
    lines = regions.lines_of(before)
    region = regions.regions(lines)["actions"]
    for place in range(region.begin, region.end):
        found_line = read(lines[place])
        if found_line and found_line.number in chosen:
            box = "- [ ]" if found_line.done else "* [X]"
            lines[place] = box + lines[place].removeprefix("- [x]").removeprefix("- [ ]")
    done = {each.number: each.status is ActionStatus.DONE for each in known}
    found = changes(before, "".join(lines))
    assert found == Changes(ticked=found.ticked)
    assert dict(found.ticked) == {number: not done[number] for number in chosen}


@given(actions().filter(bool), TITLES)
def test_a_new_title_is_told_whatever_stood_there(known: tuple[Action, ...], title: str) -> None:
    before = body_of(*known)
    stands = quiet(known[0].title)
    after = before.replace(f"] {stands} — ", f"] {title} — ").replace(f"] ~~{stands}~~ — ", f"] {title} — ")
    found = changes(before, after)
    if len({each.title for each in known}) == len(known) and known[0].title != title:
        assert (1, title) in found.retitled
    assert not found.parts
    assert not found.ticked


def test_the_new_text_of_a_part_is_told_with_the_old_one() -> None:
    before = body_of()
    after = before.replace("Summary, in short.", "Nobody could pay.\n\n  * not at all").replace("\n", "\r\n")
    assert changes(before, after) == Changes(
        parts=(PartChange("summary", "Summary, in short.", "Nobody could pay.\n\n  * not at all"),)
    )


def test_what_only_looks_different_is_no_change() -> None:
    before = render(
        with_actions(Action(1, "Alert", status=ActionStatus.DONE)), part_texts(["- a\n- [x] b"] * 9), PROCESS
    )
    after = before.replace("\n- ", "\n* ").replace("[x]", "[X]").replace("\n", "   \r\n")
    assert not changes(before, after)


def test_a_ticked_declined_action_is_done_after_all() -> None:
    before = body_of(Action(1, "Alert", status=ActionStatus.DECLINED, reason="no"))
    assert changes(before, before.replace("- [ ] ~~", "- [x] ~~")) == Changes(ticked=((1, True),))


def test_regions_whose_markers_were_taken_away_are_told_and_those_that_stand_there_again() -> None:
    before = body_of()
    after = before.replace(MARKER, "").replace("<!-- musterpoint:facts -->\n", "")
    assert changes(before, after) == Changes(lost=("facts", "summary"))
    assert changes(after, before).found == ("facts", "summary")


def test_a_region_that_was_given_up_is_not_written_until_it_stands_there_again() -> None:
    without = body_of().replace("".join(regions.written("summary", "Summary, in short.")), "In my own words.\n")
    after = Aftermath(issue=Issue("local#1", lost=("summary",), given_up=("summary",)))
    assert render(incident(after=after), part_texts(), PROCESS, without) == without
    again = without.replace("In my own words.\n", "".join(regions.written("summary", "")))
    assert texts(render(incident(after=after), part_texts(), PROCESS, again))["summary"] == "Summary, in short."


def test_a_document_has_all_parts_and_its_timeline_is_text() -> None:
    after = Aftermath(issue=Issue("local#1", given_up=("summary",)))
    body = render(incident(after=after), part_texts(), PROCESS, document=True)
    assert set(texts(body)) == {"facts", "actions", *(part.name for part in PARTS)}
    assert changes(body, body.replace("Timeline, in short.", "At nine.")).parts == (
        PartChange("timeline", "Timeline, in short.", "At nine."),
    )


def test_a_line_that_was_taken_away_is_no_change() -> None:
    before = body_of(Action(1, "Alert"), Action(2, "Limit"))
    after = "\n".join(line for line in before.split("\n") if "action 1 " not in line)
    assert not changes(before, after)


def test_new_lines_are_new_actions() -> None:
    before = body_of(Action(1, "Alert"))
    after = before.replace(
        "\n\nA tick", "\n- [ ] Raise the limit\n* [x] Tell support\n1. Write it down\n- [ ]\n\nA tick"
    )
    assert changes(before, after).added == (
        ("Raise the limit", False),
        ("Tell support", True),
        ("Write it down", False),
    )
    assert not changes(after, after)


def test_a_copied_line_with_other_words_is_a_new_action_and_the_old_one_stays() -> None:
    before = body_of(Action(1, "Alert"))
    line = "- [ ] Alert — nobody yet <!-- action 1 -->"
    after = before.replace(line, f"{line.replace('Alert', 'Alert at night')}\n{line}")
    found = changes(before, after)
    assert found.added == (("Alert at night", False),)
    assert not found.retitled
    assert not changes(before, before.replace(line, f"{line}\n{line}"))


def test_a_line_whose_comment_got_lost_is_known_by_its_title() -> None:
    before = body_of(Action(1, "Alert"))
    after = before.replace("- [ ] Alert — nobody yet <!-- action 1 -->", "- [x] Alert")
    assert changes(before, after) == Changes(ticked=((1, True),))


def test_the_dash_in_a_title_does_not_end_it() -> None:
    before = body_of(Action(1, "Alert — at night", due="2026-03-10"))
    after = before.replace("Alert — at night", "Alert — by day")
    assert changes(before, after) == Changes(retitled=((1, "Alert — by day"),))


def test_prose_in_the_list_is_reported_so_that_it_can_be_kept() -> None:
    before = body_of(Action(1, "Alert"))
    after = before.replace(
        "<!-- action 1 -->\n", "<!-- action 1 -->\n  - which one?\n\nWe talked about it.\nOn Monday.\n"
    )
    assert changes(before, after) == Changes(notes=("  - which one?", "We talked about it.\nOn Monday."))


def test_what_was_written_about_an_action_beside_its_title_is_reported() -> None:
    before = body_of(Action(1, "Alert"))
    assert changes(before, before.replace("nobody yet", "Kim, next week")).notes == ("Action 1: Kim, next week",)
    assert changes(before, before.replace("action 1 -->", "action 1 --> see #9")).notes == ("Action 1: see #9",)


def test_what_was_written_into_the_facts_is_reported() -> None:
    before = body_of()
    after = before.replace("<!-- /musterpoint:facts -->", "- Region: north\n<!-- /musterpoint:facts -->")
    assert changes(before, after) == Changes(notes=("- Region: north",))


def test_a_very_long_body_is_read_line_by_line() -> None:
    hostile = "<!-- musterpoint:" * 40_000 + "\n" + " " * 400_000 + "x" + "\n- [ ] a" * 40_000 + "<!-- action " * 40_000
    before = body_of(Action(1, "Alert"))
    after = before.replace("<!-- /musterpoint:actions -->", f"{hostile}\n<!-- /musterpoint:actions -->")
    assert len(changes(before, after).added) == 40_000


def test_five_hundred_rows_and_sixty_actions_are_rendered_whole() -> None:
    known = [
        Action(number, f"Action {number}", due=f"{date(2026, 3, 1) + timedelta(number)}") for number in range(1, 61)
    ]
    body = render(with_actions(*known), parts_with(long_timeline(500)), PROCESS, limit=10**6)
    assert body.count("<!-- action ") == 60
    assert body.count("- **12:00**") == 500
