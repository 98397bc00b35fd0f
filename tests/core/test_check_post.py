"""The reader of the post: it points out what somebody outside would stumble over, and blocks next to nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from musterpoint.core.advice import Advice
from musterpoint.core.aftermath import Action, ActionStatus, Aftermath
from musterpoint.core.check_post import check, grave
from musterpoint.core.process import Process
from musterpoint.core.public_words import APP, Known
from tests.core.incidents import incident

PEOPLE = [Known("Ana Ruiz"), Known("April May"), Known("Deploy Bot", APP)]
PROCESS = Process(customers=("Acme Freight",), internal_hosts=("*.corp.example.com",))
GOOD = """\
---
date: 2026-03-09
title: "Service Disruption Report for March 2nd, 2026"
description: "On March 2nd, 2026, a disruption affected our customers for 100 minutes: what happened, what we do."
tags:
  - "posts"
---

On May 2nd, 2026, one in ten orders failed, because a setting was wrong. We are sorry.

<!--more-->

## Summary

Errors began at 13:40 UTC.

## Technical Details

### What triggered it

A setting.

## Next Steps

- [Add an alert](https://github.com/acme/shop/issues/3)
"""


def advice(text: str, **values: object) -> list[Advice]:
    return check(text, replace(incident(), **values), PEOPLE, PROCESS)  # type: ignore[arg-type]  # any field


def told(text: str) -> list[tuple[str, str]]:
    return [(each.code, each.passage) for each in advice(text)]


def test_a_good_post_needs_no_advice() -> None:
    assert advice(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "passage"),
    [
        ("one in ten", "Ana broke it; one in ten", "person_named", "Ana"),
        ("one in ten", "orders of ACME FREIGHT failed; one in ten", "customer_named", "ACME FREIGHT"),
        ("A setting.", "Mail ops@shop.example.", "address", "ops@shop.example"),
        ("A setting.", "From 10.1.2.3 on.", "address", "10.1.2.3"),
        ("A setting.", "On db.corp.example.com it is.", "host", "db.corp.example.com"),
        ("A setting.", "Account 123456789012 was full.", "id", "123456789012"),
        ("A setting.", "The password is hunter2hunter2.", "secret", "password is hunter2hunter2."),
        ("https://github.com/acme/shop/issues/3", "http://localhost:8000/3", "private_link", "http://localhost:8000/3"),
        ("Errors began", "The outage began", "outage", "outage"),
        ("## Next Steps", "## More", "next_steps_missing", "## Next Steps"),
        ("A setting.", "", "empty_section", "### What triggered it"),
        ("13:40 UTC", "13:40", "no_zone", "13:40"),
        ("<!--more-->\n", "", "no_introduction", "<!--more-->"),
        ("tags:", "keywords:", "front_matter", "keywords"),
        ('"Service', "Service: it ", "front_matter", 'title: Service: it  Disruption Report for March 2nd, 2026"'),
        ("date: 2026-03-09", "date: March 9th", "front_matter", "date: March 9th"),
    ],
)
def test_what_is_wrong_is_told_with_its_passage(old: str, new: str, code: str, passage: str) -> None:
    assert old in GOOD
    assert told(GOOD.replace(old, new)) == [(code, passage)]


@pytest.mark.parametrize(
    "introduction", ["A setting was wrong. We are sorry.", "Because a setting was wrong, orders failed."]
)
def test_the_impact_comes_before_the_cause(introduction: str) -> None:
    text = GOOD.replace(
        "On May 2nd, 2026, one in ten orders failed, because a setting was wrong. We are sorry.", introduction
    )
    assert told(text) == [("cause_first", introduction)]


def test_lengths_that_search_engines_cut_are_told() -> None:
    text = GOOD.replace("tags:", f'metaTitle: "{"x" * 61}"\ntags:')
    assert [code for code, _ in told(text)] == ["meta_title_length"]
    short = GOOD.replace(" a disruption affected our customers for 100 minutes: what happened, what we do.", "")
    assert [code for code, _ in told(short)] == ["description_length"]


def test_a_post_without_front_matter_is_told() -> None:
    assert told("Orders failed.")[0] == ("front_matter", "Orders failed.")
    assert [code for code, _ in told("")] == ["front_matter", "no_introduction", "cause_first", "next_steps_missing"]


def test_it_was_an_outage_if_somebody_with_the_record_says_so() -> None:
    assert advice(GOOD.replace("Errors began", "The outage began"), title="Outage of the shop") == []


def test_actions_that_are_not_told_of_are_counted() -> None:
    after = Aftermath(actions=(Action(1, "A"), Action(2, "B", status=ActionStatus.DECLINED)))
    [one] = advice(GOOD.replace("## Next Steps", "## More"), after=after)
    assert one.text.endswith("There are 1 actions to tell of.")


def test_only_customers_and_secrets_keep_a_post_back() -> None:
    bad = GOOD.replace("A setting.", "Ana at db-01 for Acme Freight: token=abcd1234efgh, an outage")
    assert sorted(each.code for each in advice(bad) if grave(each)) == ["customer_named", "secret"]
    assert {each.code for each in advice(bad) if not grave(each)} == {"person_named", "host", "outage"}
