"""The issue: raised once, kept in step, worked on by people, and open as long as anything is outstanding."""

from __future__ import annotations

import pytest

from musterpoint import access, actions, effects, intake, reading
from musterpoint.core.aftermath import ActionStatus, Decision, IssueCause
from musterpoint.core.aftermath_journal import IssueChange, IssueComment, Override, WriteupEdit
from musterpoint.core.incident import Milestone, Status, Who
from musterpoint.core.journal import Verdict
from musterpoint.core.writeup_parts import PARTS
from musterpoint.delivery import deliver
from musterpoint.integrations.local.desk import SOURCE, Desk, Page, page
from musterpoint.ports import Changed
from musterpoint.store import models
from tests.actions.telling import declared, read, refused, says, secretly_declared, state
from tests.conftest import World

CARL = Who("tracker:carl", "Carl")


@pytest.fixture
def world(real_world: World) -> World:
    return real_world


def settle(world: World) -> None:
    """Carry out all that waits, and what that leads to."""
    for _ in range(50):
        keys = list(models.Effect.objects.filter(status="waiting").order_by("id").values_list("key", flat=True))
        models.Effect.objects.filter(status="waiting").update(not_before=world.now)
        if not keys:
            return
        for key in keys:
            deliver(key, world.process)
    raise AssertionError(list(models.Effect.objects.filter(status="waiting").values("key", "error")))


def resolved(world: World, title: str = "Checkout answers 502") -> str:
    ref = declared(world, title)
    actions.resolve(world.by("bob"), ref)
    return ref


def raised(world: World, title: str = "Checkout answers 502") -> str:
    ref = resolved(world, title)
    actions.raise_issue(world.by("alice"), ref)
    settle(world)
    return ref


def issue(ref: str) -> str:
    found = state(ref).after.issue
    assert found is not None
    return found.ref


def shown(ref: str) -> Page:
    return page(issue(ref))


def desk(world: World, ref: str) -> Desk:
    return Desk(issue(ref), world.process)


def closes(world: World, ref: str, who: Who = CARL) -> None:
    world.later(1)
    assert desk(world, ref).close(who, world.now)
    settle(world)


def changes(world: World, ref: str) -> list[tuple[bool, str]]:
    facts = [each.fact for each in read(world, ref)]
    return [(each.open, each.cause.value) for each in facts if isinstance(each, IssueChange)]


def edits(world: World, ref: str, old: str, new: str, who: Who = CARL) -> None:
    """Somebody replaces a text in the body."""
    body = shown(ref).body
    assert old in body
    world.later(1)
    assert desk(world, ref).edit(who, body.replace(old, new, 1), world.now, was=body)
    settle(world)


# --- raising ------------------------------------------------------------------------------------------------------


def test_the_issue_has_the_three_sections_and_the_incident_knows_it(world: World) -> None:
    ref = resolved(world)
    actions.raise_issue(world.by("alice"), ref)
    assert reading.issue_shape(state(ref)) is None
    settle(world)
    assert reading.issue_shape(state(ref)) == {"ref": issue(ref), "url": None, "dropped": [], "given_up": []}
    assert Milestone.ISSUE_RAISED in state(ref).milestones
    body = shown(ref).body
    places = [body.index(f"## {name}\n") for name in ("Timeline", "RCA", "Actions")]
    assert places == sorted(places)
    assert shown(ref).title == f"Incident {ref}: Checkout answers 502"
    assert shown(ref).open


def test_only_the_nominee_or_authority_raises_it_and_only_afterwards(world: World) -> None:
    ref = declared(world)
    with refused("not_resolved"):
        actions.raise_issue(world.by("alice"), ref)
    actions.resolve(world.by("bob"), ref)
    with refused("not_nominated"):
        actions.raise_issue(world.by("bob"), ref)
    with refused("no_authority"):
        actions.nominate(world.by("bob"), ref, access.actor("bob", world.process).who)
    actions.nominate(world.by("alice"), ref, access.actor("bob", world.process).who)
    with refused("not_nominated"):
        actions.raise_issue(world.by("charlie"), ref)
    actions.raise_issue(world.by("bob"), ref)
    with refused("already_raised"):
        actions.raise_issue(world.by("alice"), ref)


def test_where_nobody_was_nominated_the_settings_name_who_raises_it(world: World) -> None:
    world.runs(nominee="charlie")
    ref = resolved(world)
    with refused("not_nominated"):
        actions.raise_issue(world.by("bob"), ref)
    actions.raise_issue(world.by("charlie"), ref)


def test_an_issue_whose_making_was_dropped_is_raised_again(world: World) -> None:
    ref = resolved(world)
    actions.raise_issue(world.by("alice"), ref)
    effects.drop(models.Effect.objects.get(kind="raise"), "wrong tracker")
    actions.raise_issue(world.by("alice"), ref)
    settle(world)
    assert models.LocalIssue.objects.count() == 1
    assert issue(ref)


def test_the_issue_of_a_restricted_incident_stays_in_our_own_tracker(world: World) -> None:
    ref = secretly_declared(world)
    actions.resolve(world.by("bob"), ref)
    world.runs(authority=("sirt",))
    call = world.by("sirt")
    world.runs(tracker="elsewhere")
    with refused("would_leak"):
        actions.raise_issue(world.by("sirt"), ref)
    actions.raise_issue(call, ref)
    world.runs(tracker="local")
    settle(world)
    assert issue(ref)


# --- in step ------------------------------------------------------------------------------------------------------


def test_what_is_said_and_decided_later_is_in_the_issue(world: World) -> None:
    ref = raised(world)
    note = actions.note(world.by("bob"), ref, "The pool was too small")
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    settle(world)
    actions.curate(world.by("bob"), ref, note.ref, Verdict.KEEP)
    settle(world)
    assert "Alert on pool exhaustion" in shown(ref).body
    assert "The pool was too small" in shown(ref).body
    says(world, ref, "Deployed the larger pool, p99 is 40 ms")
    settle(world)
    assert models.IssueCopy.objects.get().body == shown(ref).body


def test_what_people_write_outside_of_our_parts_stays(world: World) -> None:
    ref = raised(world)
    edits(world, ref, "## Timeline\n", "Asked the vendor, ticket 4711.\n\n## Timeline\n")
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    settle(world)
    assert shown(ref).body.count("Asked the vendor, ticket 4711.") == 1
    assert "Alert on pool exhaustion" in shown(ref).body


def test_a_part_that_is_edited_there_is_a_version_of_the_writeup(world: World) -> None:
    ref = raised(world)
    begin, end = "<!-- musterpoint:trigger -->\n", "\n<!-- /musterpoint:trigger -->"
    old = shown(ref).body.partition(begin)[2].partition(end)[0]
    edits(world, ref, f"{begin}{old}{end}", f"{begin}An import emptied the cache.{end}")
    assert f"{begin}An import emptied the cache.{end}" in shown(ref).body
    entry = read(world, ref)[-1]
    assert state(ref).after.parts["trigger"] == entry.id
    assert (entry.who, entry.source) == (CARL, SOURCE)


def test_of_two_edits_that_crossed_the_one_in_the_issue_stands_and_the_difference_is_shown(world: World) -> None:
    ref = raised(world)
    begin, end = "<!-- musterpoint:trigger -->\n", "\n<!-- /musterpoint:trigger -->"
    actions.write_part(world.by("bob"), ref, "trigger", "The import.")
    settle(world)
    before = shown(ref).body
    actions.write_part(world.by("alice"), ref, "trigger", "The import emptied the cache.")
    theirs = before.replace(f"{begin}The import.{end}", f"{begin}The cache.{end}")
    world.later(1)
    desk(world, ref).edit(CARL, theirs, world.now, was=before)
    settle(world)
    assert f"{begin}The cache.{end}" in shown(ref).body
    [comment] = [each.text for each in shown(ref).comments]
    assert "-The import emptied the cache.\n+The cache." in comment
    facts = [each.fact for each in read(world, ref) if isinstance(each.fact, WriteupEdit)]
    assert [(each.text, each.over, each.aside) for each in facts] == [
        ("The import.", False, False),
        ("The import emptied the cache.", False, False),
        ("The cache.", True, False),
    ]


def test_ticks_new_lines_and_titles_are_actions(world: World) -> None:
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    settle(world)
    world.later(1)
    assert desk(world, ref).tick(CARL, 1, world.now)
    settle(world)
    action = state(ref).after.actions[0]
    assert (action.status, action.ended_by) == (ActionStatus.DONE, CARL)
    edits(world, ref, "- [x] Alert on", "- [ ] Write a runbook\n- [x] Page on")
    assert [(each.title, each.status.value) for each in state(ref).after.actions] == [
        ("Page on pool exhaustion", "done"),
        ("Write a runbook", "open"),
    ]
    assert not desk(world, ref).tick(CARL, 9, world.now)
    assert not desk(world, ref).tick(CARL, 1, world.now)


def test_prose_among_the_actions_is_kept_as_a_comment(world: World) -> None:
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    settle(world)
    edits(world, ref, "- [ ] Alert on", "Talk to Kim first!\n\n- [ ] Alert on")
    assert "Talk to Kim first!" in [each.fact.text for each in read(world, ref) if isinstance(each.fact, IssueComment)]
    assert any("> Talk to Kim first!" in each.text for each in shown(ref).comments)


def test_a_comment_is_in_the_record_and_not_echoed(world: World) -> None:
    ref = raised(world)
    world.later(1)
    desk(world, ref).comment(CARL, "The vendor confirms.", world.now)
    settle(world)
    assert [each.text for each in shown(ref).comments] == ["The vendor confirms."]
    [entry] = [each for each in read(world, ref) if isinstance(each.fact, IssueComment)]
    assert (entry.who, entry.fact) == (CARL, IssueComment("The vendor confirms."))


def test_who_edits_what_changed_meanwhile_is_told(world: World) -> None:
    ref = raised(world)
    before = shown(ref).body
    edits(world, ref, "## RCA", "## RCA (draft)")
    with pytest.raises(Changed):
        desk(world, ref).edit(CARL, before + "mine", world.now, was=before)


def test_a_tick_that_was_told_is_not_taken_in_again_by_the_next_look(world: World) -> None:
    """Ticked there, opened again here, before we wrote: the tick in the body is old news."""
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    settle(world)
    world.later(1)
    desk(world, ref).tick(CARL, 1, world.now)
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.OPEN, "not deployed")
    settle(world)
    assert state(ref).after.actions[0].status is ActionStatus.OPEN
    assert "- [ ] Alert on" in shown(ref).body


def test_what_was_written_there_untold_is_taken_in_by_the_next_look(world: World) -> None:
    """A tracker may lose an event."""
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    settle(world)
    body = shown(ref).body.replace("- [ ] Alert", "- [x] Alert").replace("## RCA", "Lost words.\n\n## RCA")
    models.LocalIssue.objects.update(body=body)
    actions.note(world.by("bob"), ref, "looking again")
    settle(world)
    assert state(ref).after.actions[0].status is ActionStatus.DONE
    assert "Lost words." in shown(ref).body


def test_an_event_about_an_issue_that_is_not_noted_yet_waits(world: World) -> None:
    ref = resolved(world)
    actions.raise_issue(world.by("alice"), ref)
    [effect] = models.Effect.objects.filter(kind="raise")
    made = models.LocalIssue.objects.create(
        key=effects.name_outside(effect), title="t", body="", created_at=world.now, changed_at=world.now
    )
    models.Effect.objects.update(tries=1)  # whoever began has died after the tracker made it
    Desk(f"local#{made.pk}", world.process).comment(CARL, "Already here?", world.now)
    assert models.Inbound.objects.get().status == "waiting"
    settle(world)
    says(world, ref, "hello there")
    settle(world)
    assert models.Inbound.objects.filter(source=SOURCE).get().status == "taken"
    assert models.LocalIssue.objects.count() == 1
    assert intake.parked() == []


# --- the guard ----------------------------------------------------------------------------------------------------


def test_closed_early_it_is_opened_again_and_the_comment_says_who_and_what(world: World) -> None:
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    closes(world, ref)
    assert shown(ref).open
    [comment] = [each.text for each in shown(ref).comments]
    assert comment.startswith("Carl (")
    assert "write-up is not marked as done" in comment
    assert "Alert on pool exhaustion" in comment
    assert changes(world, ref) == [(False, "person"), (True, "guard")]


def test_a_fight_ends_by_asking_authority_and_is_on_record(world: World) -> None:
    world.runs(reopenings=2)
    ref = raised(world)
    for _ in range(3):
        closes(world, ref)
    assert not shown(ref).open
    assert changes(world, ref)[-2:] == [(False, "person"), (False, IssueCause.YIELDED.value)]
    assert "alice" in shown(ref).comments[-1].text
    actions.note(world.by("bob"), ref, "still at it")
    settle(world)
    assert not shown(ref).open
    actions.add_action(world.by("bob"), ref, "Something new")
    settle(world)
    assert shown(ref).open


def test_when_the_last_thing_is_done_it_closes_itself_and_says_what_was_done(world: World) -> None:
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    actions.add_action(world.by("bob"), ref, "Rewrite it in another language")
    actions.writeup_done(world.by("bob"), ref)
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DONE)
    settle(world)
    assert shown(ref).open
    actions.end_action(world.by("bob"), ref, 2, ActionStatus.DECLINED, "not worth it")
    settle(world)
    assert not shown(ref).open
    last = shown(ref).comments[-1].text
    assert "Action 1 was done by Bob: Alert on pool exhaustion" in last
    assert "Action 2 was declined by Bob: Rewrite it in another language (not worth it)" in last


def settled(world: World) -> str:
    """An incident of which everything is done, closed."""
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DONE)
    actions.writeup_done(world.by("bob"), ref)
    actions.decide_publication(world.by("alice"), ref, Decision.SKIP, "one customer alone")
    actions.close(world.by("bob"), ref)
    settle(world)
    assert (state(ref).status, shown(ref).open) == (Status.CLOSED, False)
    return ref


def test_an_action_that_opens_again_opens_issue_and_incident(world: World) -> None:
    ref = settled(world)
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.OPEN, "it was not deployed")
    settle(world)
    assert (state(ref).status, shown(ref).open) == (Status.RESOLVED, True)
    assert Milestone.CLOSED not in state(ref).milestones
    assert "Alert on pool exhaustion" in shown(ref).comments[-1].text


def test_a_relapse_opens_the_issue_again(world: World) -> None:
    ref = settled(world)
    actions.relapse(world.by("bob"), ref)
    settle(world)
    assert (state(ref).status, shown(ref).open) == (Status.OPEN, True)
    assert not state(ref).after.writeup_done


def test_who_opens_a_finished_issue_has_a_reason_and_it_stays_open(world: World) -> None:
    ref = settled(world)
    world.later(1)
    assert desk(world, ref).reopen(CARL, world.now)
    settle(world)
    assert (state(ref).status, shown(ref).open) == (Status.RESOLVED, True)
    actions.note(world.by("bob"), ref, "asked Carl why")
    settle(world)
    assert shown(ref).open
    actions.close(world.by("bob"), ref)
    settle(world)
    assert (state(ref).status, shown(ref).open) == (Status.CLOSED, False)


def test_authority_overrides_with_a_reason_which_is_an_exception_on_record(world: World) -> None:
    ref = raised(world)
    actions.add_action(world.by("bob"), ref, "Alert on pool exhaustion")
    with refused("no_authority"):
        actions.override(world.by("bob"), ref, "enough")
    with refused("empty"):
        actions.override(world.by("alice"), ref, " ")
    actions.override(world.by("alice"), ref, "the service is switched off next week")
    settle(world)
    assert not shown(ref).open
    assert "Alice decided: the service is switched off next week" in shown(ref).comments[-1].text
    [fact] = [each.fact for each in read(world, ref) if isinstance(each.fact, Override)]
    assert fact.keys == ("writeup_open", "action_open:1")
    actions.add_action(world.by("bob"), ref, "One that nobody has excused")
    settle(world)
    assert shown(ref).open


def test_authority_may_override_by_a_comment_here_too_and_others_are_told_who_may(world: World) -> None:
    ref = raised(world)
    for account, name in (("bob", "Bob"), ("alice", "Alice")):
        world.later(1)
        who = world.by(account).actor.who
        desk(world, ref).comment(who, "/musterpoint close because it is switched off", world.now)
        settle(world)
        assert (shown(ref).open, who.name) == (account == "bob", name)
    answer, closing = [each.text for each in shown(ref).comments if each.who == "Musterpoint"]
    assert answer == "Bob: only those with authority may decide that: alice."
    assert closing.startswith("Closed, as Alice decided: it is switched off")


def test_an_incident_that_customers_feel_cannot_be_overridden(world: World) -> None:
    ref = declared(world)
    with refused("not_resolved"):
        actions.override(world.by("alice"), ref, "enough")


def test_close_names_the_first_blocker_and_closes_when_none_is_left(world: World) -> None:
    ref = raised(world)
    with refused("blocked"):
        actions.close(world.by("bob"), ref)
    actions.writeup_done(world.by("bob"), ref)
    settle(world)
    assert not shown(ref).open
    with refused("blocked"):
        actions.close(world.by("bob"), ref)
    with refused("no_authority"):
        actions.close(world.by("bob"), ref, override="I want to")
    actions.decide_publication(world.by("alice"), ref, Decision.SKIP, "one customer alone")
    actions.close(world.by("bob"), ref)
    with refused("already_closed"):
        actions.close(world.by("bob"), ref)


def test_cancelling_closes_the_issue(world: World) -> None:
    ref = raised(world)
    actions.cancel(world.by("bob"), ref, "it was a drill")
    settle(world)
    assert not shown(ref).open


def test_every_part_has_its_place_in_the_issue(world: World) -> None:
    ref = raised(world)
    assert all(f"<!-- musterpoint:{each.name} -->" in shown(ref).body for each in PARTS)
