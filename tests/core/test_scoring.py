"""What a message's own words say."""

from __future__ import annotations

import time

import pytest

from musterpoint.core.journal import RowKind
from musterpoint.core.scoring import ACKNOWLEDGED, signals

LIKELY = 0.35


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I rolled back the deploy, PR https://git.example.com/shop/api/pull/812", RowKind.ACTION_TAKEN),
        ("bounced both ingress controllers in eu-west", RowKind.ACTION_TAKEN),
        ("reverted", RowKind.ACTION_TAKEN),
        ("Turns out the certificate of the broker expired at midnight", RowKind.FINDING),
        ("I suspect the new connection pool, it came with release 4.2", RowKind.HYPOTHESIS),
        ("scratch that, replication on db-3 is fine", RowKind.FINDING),
        ("didn't help, the workers still time out after 30 s", RowKind.FINDING),
        ("could it be the idle timeout of the second proxy?", RowKind.HYPOTHESIS),
        ("called their hotline and opened a ticket, P1", RowKind.ACTION_TAKEN),
        ("there was a warning at 11:58 already, nobody noticed", RowKind.DETECTION),
        ("mail to all affected customers is out", RowKind.COMMUNICATION),
        ("we stay on the standby until Monday", RowKind.DECISION),
        ("no more timeouts, all 12 workers running", RowKind.VERIFICATION),
        ("it's not solved, just contained. Mei takes over", RowKind.STATUS),
        ("the payments are on the second provider again", RowKind.FINDING),
        ('their support says "resolved, a line card was replaced"', RowKind.FINDING),
        ("error rate is back to normal, no 502 for 15 minutes", RowKind.VERIFICATION),
        ("spoke too soon, the errors are back", RowKind.RELAPSE),
        ("all clear, calling this resolved", RowKind.RESOLUTION),
        ("let's fail over to the standby, Mei does it", RowKind.DECISION),
        ("posted to the status page, support has been told", RowKind.COMMUNICATION),
    ],
)
def test_what_belongs_into_a_timeline_scores_high_and_has_its_kind(text: str, kind: RowKind) -> None:
    found = signals(text)
    assert found.score >= LIKELY
    assert found.kind is kind
    assert found.reasons


@pytest.mark.parametrize(
    "text",
    [
        "looking",
        "on it, thanks!",
        "thanks all, great work",
        "lol of course it is friday",
        "can someone check the logs of the importer?",
        "who is on call for payments?",
        "I'll take a look in a sec",
        "we should add an alert for this next sprint",
        "should we page the database team about this?",
        "if that doesn't work we could restart the broker",
        "brb, coffee",
        "+1",
        "👍",
        "",
        "   \n ",
    ],
)
def test_chatter_questions_and_plans_score_low(text: str) -> None:
    assert signals(text).score < LIKELY


def test_a_question_takes_no_credit_for_the_words_in_it() -> None:
    assert (
        signals("the disk of db-2 filled up at 09:40").score > signals("did the disk of db-2 fill up at 09:40?").score
    )


def test_a_statement_counts_although_a_question_follows_it() -> None:
    assert signals("I restarted all three brokers and the lag is falling. Can you check yours?").score >= LIKELY


def test_a_root_message_is_the_first_report() -> None:
    plain, root = signals("search is slow for us"), signals("search is slow for us", root=True)
    assert root.score > plain.score
    assert "first report" in root.reasons


def test_an_alert_of_a_bot_is_a_detection_and_its_end_a_verification() -> None:
    assert signals("[FIRING:1] CheckoutErrorRate 12 %", bot=True).kind is RowKind.DETECTION
    assert signals("[RESOLVED] CheckoutErrorRate", bot=True).kind is RowKind.VERIFICATION
    assert signals("[FIRING:1] Logins 61 % (normal 93 %)", bot=True).kind is RowKind.DETECTION


def test_a_deployer_and_a_status_page_have_their_kinds() -> None:
    assert signals("search-api: rollback 4.2 -> 4.1 finished, Healthy", bot=True).kind is RowKind.ACTION_TAKEN
    assert signals("Investigating: Some payments are declined.", bot=True).kind is RowKind.COMMUNICATION


def test_acknowledgements_say_so() -> None:
    assert signals("ok, thanks").reasons == (ACKNOWLEDGED,)


def test_reasons_are_three_at_most_and_never_quote_the_message() -> None:
    found = signals("I restarted hub-secret-7 because the token=abc123 expired, error rate is back to 0.1 %")
    assert len(found.reasons) <= 3
    assert not any("secret" in reason or "abc123" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Looks like it was updated yesterday", "reports what was done"),
        ("limit 2Gi -> 4Gi on all pods", "states a decision"),
        ("THANKS EVERYONE", "names an error"),
        ("everything to the second provider again", "says that the trouble came back"),
        ("our endpoint talks to the same vendor", "tells people outside"),
        ("it's not fixed, the workers are contained", "says that it is over"),
    ],
)
def test_a_reason_says_nothing_that_the_message_does_not(text: str, phrase: str) -> None:
    assert phrase not in signals(text).reasons


def test_code_speaks_for_a_message_but_its_words_do_not() -> None:
    assert "shows output or code" in signals("```\nrolled back, restarted, resolved\n```").reasons
    assert signals("```\nrolled back, restarted, resolved\n```").kind is RowKind.FINDING


def test_the_same_text_gives_the_same_answer_whatever_follows_the_limit() -> None:
    log = "connection refused by 10.0.0.7\n" * 2_000
    assert signals(log) == signals(log) == signals(log + "resolved")


@pytest.mark.parametrize("text", ["a" * 200_000, "`" * 20_000, "@" * 9_999 + " " * 9_999, "ok " * 9_999, "?!" * 9_999])
def test_strange_texts_are_quick(text: str) -> None:
    begun = time.perf_counter()
    assert 0 <= signals(text).score <= 1
    assert time.perf_counter() - begun < 0.5
