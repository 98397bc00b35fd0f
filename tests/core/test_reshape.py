"""Split and merge: the rules."""

from __future__ import annotations

from musterpoint.core.incident import Basis, Kind, Status
from musterpoint.core.journal import Declaration, Merge, Message
from musterpoint.core.reshape import merge, split
from tests.core.incidents import BOB, NOW, VICTOR, at, entry, incident, refused

SECOND = entry(Message("the mail is down too"), -5, 12, ref="slack:C7/2.0")
SECRET = frozenset({"person:1", "person:8"})


def test_the_second_incident_begins_at_the_entry() -> None:
    draft = split(incident(), BOB, " Mail\nis down ", SECOND, at(-20), NOW)
    assert draft.fact == Declaration(
        title="Mail is down", detected_at=at(-5), detected_basis=Basis.ESTIMATED, detected_ref="slack:C7/2.0"
    )
    assert (draft.moment.at, draft.moment.basis) == (NOW, Basis.RECORDED)


def test_what_is_split_off_is_as_restricted() -> None:
    fact = split(
        incident(restricted=True, kind=Kind.SECURITY, members=SECRET), BOB, "Second key", SECOND, at(-20), NOW
    ).fact
    assert isinstance(fact, Declaration)
    assert (fact.restricted, fact.kind) == (True, Kind.SECURITY)
    assert fact.members == ("person:1", "person:2", "person:8")


def test_what_is_split_off_in_a_private_channel_is_as_confined() -> None:
    fact = split(incident(restricted=True, confined=True, members=SECRET), BOB, "Second", SECOND, at(-20), NOW).fact
    assert isinstance(fact, Declaration)
    assert (fact.restricted, fact.confined, fact.kind) == (True, True, Kind.AVAILABILITY)


def test_something_must_be_left() -> None:
    with refused("nothing_left", "Entry 12 is where the thread begins", "Choose the first entry"):
        split(incident(), BOB, "All of it", SECOND, SECOND.at, NOW)


def test_splitting_is_refused_like_every_change() -> None:
    with refused("read_only", "Victor may read"):
        split(incident(), VICTOR, "Mail", SECOND, at(-20), NOW)
    with refused("cancelled", "was cancelled"):
        split(incident(status=Status.CANCELLED), BOB, "Mail", SECOND, at(-20), NOW)
    with refused("empty", "The title is empty.", "Write the title."):
        split(incident(), BOB, " ", SECOND, at(-20), NOW)


def test_one_incident_reads_what_the_other_read() -> None:
    assert merge(incident(ref="8"), incident(), BOB, NOW).fact == Merge("8", "7")


def test_an_incident_is_not_merged_into_itself() -> None:
    with refused("same_incident", "into itself"):
        merge(incident(), incident(), BOB, NOW)


def test_merging_never_shows_what_is_restricted() -> None:
    secret = incident(ref="s-abcdefgh", restricted=True, members=SECRET)
    with refused("would_leak", "s-abcdefgh is restricted and 7 is not", "restrict 7 first"):
        merge(secret, incident(), BOB, NOW)
    assert merge(incident(), secret, BOB, NOW).fact == Merge("7", "s-abcdefgh")
    assert merge(incident(ref="9", restricted=True), secret, BOB, NOW).fact == Merge("9", "s-abcdefgh")


def test_merging_never_shows_a_channel_what_those_who_handle_it_know() -> None:
    secret = incident(ref="s-abcdefgh", restricted=True, members=SECRET)
    confined = incident(ref="s-zzzzzzzz", restricted=True, confined=True, members=SECRET)
    with refused("would_leak", "is for those who handle it and s-zzzzzzzz for all in its channel", "restrict s-zzzzzz"):
        merge(secret, confined, BOB, NOW)
    with refused("would_leak", "s-zzzzzzzz is restricted and 7 is not", "restrict 7 first"):
        merge(confined, incident(), BOB, NOW)
    assert merge(confined, secret, BOB, NOW).fact == Merge("s-zzzzzzzz", "s-abcdefgh")


def test_neither_a_closed_duplicate_nor_a_cancelled_one_is_merged() -> None:
    with refused("closed", "Incident 8 is closed.", "Merge the other way round"):
        merge(incident(ref="8", status=Status.CLOSED), incident(), BOB, NOW)
    assert merge(incident(ref="8"), incident(status=Status.CLOSED), BOB, NOW).fact == Merge("8", "7")
    with refused("cancelled", "Incident 8 was cancelled."):
        merge(incident(ref="8", status=Status.CANCELLED), incident(), BOB, NOW)
    with refused("cancelled", "Incident 7 was cancelled."):
        merge(incident(ref="8"), incident(status=Status.CANCELLED), BOB, NOW)
    with refused("read_only", "Victor may read"):
        merge(incident(ref="8"), incident(), VICTOR, NOW)
