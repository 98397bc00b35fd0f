"""What makes an earlier incident similar: components, words of the title, contributing factors; no common words."""

from __future__ import annotations

from musterpoint.core.similar import Profile, Similar, ranked, shared, telling

CHECKOUT = Profile(affected=("web", "shop"), title=("checkout",), factors=("pool", "proxy"))


def test_words_that_incidents_share_everywhere_tell_nothing() -> None:
    assert telling("the checkout of our customers is down 502 errors".split()) == ("checkout",)
    assert telling(["shops", "shop", "access", "shops"]) == ("shop", "access")
    assert len(telling(f"word{each}x" for each in range(50))) == 12


def test_what_is_shared_is_told_by_kind_and_each_word_once() -> None:
    found = shared(CHECKOUT, named=["web", "shop", "checkout", "slow"], told=["pools", "exhausted"])
    assert found == {"affected": ("web", "shop"), "title": ("checkout",), "factors": ("pool",)}
    assert shared(Profile(("shop",), ("shop",)), named=["shop"], told=[]) == {"affected": ("shop",)}


def test_only_a_few_letters_more_are_the_same_word() -> None:
    assert shared(Profile(title=("cat",)), named=["category"], told=[]) == {}
    assert shared(Profile(title=("payment",)), named=["payments"], told=[]) == {"title": ("payment",)}


def test_half_of_the_components_are_enough_and_less_is_not() -> None:
    half = Similar(1, {"affected": ("web",)})
    assert ranked(CHECKOUT, [half]) == [half]
    third = Profile(affected=("web", "shop", "app"))
    assert ranked(third, [half]) == []


def test_a_word_of_the_title_alone_is_not_enough() -> None:
    assert ranked(CHECKOUT, [Similar(1, {"title": ("checkout",)}), Similar(2, {"factors": ("pool",)})]) == []
    both = Similar(3, {"title": ("checkout",), "factors": ("pool", "proxy")})
    assert ranked(CHECKOUT, [both]) == [both]


def test_the_most_similar_come_first_and_equals_stay_in_their_order() -> None:
    less, more, same = (
        Similar(1, {"affected": ("web",)}),
        Similar(2, {"affected": ("web", "shop")}),
        Similar(3, {"affected": ("shop",)}),
    )
    assert ranked(CHECKOUT, [less, more, same]) == [more, less, same]


def test_an_incident_without_telling_words_is_similar_to_none() -> None:
    assert ranked(Profile(), [Similar(1, shared(Profile(), named=["web"], told=["web"]))]) == []
