"""What is said of finding one's feet: to a client, to one who asks for the days, to the coach, and beside the curve."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit import measures
from kit.charts import asked_sentence, client_sentence, coach_sentence, curve_sentence

TODAY = date(2026, 6, 30)


def setback(began, back=None, **more):
    return kit.Setback(client="Otter", title="X", began_on=began, back_on_feet_on=back, **more)


def lasting(*lengths, ongoing=None):
    """Setbacks two months apart, each as long as told, and one that goes on since `ongoing`."""
    starts = [date(2025, 1, 1) + timedelta(days=60 * n) for n in range(len(lengths))]
    ended = [setback(start, start + timedelta(days=n)) for start, n in zip(starts, lengths, strict=True)]
    return [*ended, *([setback(ongoing)] if ongoing else [])]


def found_feet(setbacks):
    return measures.bounce_back(setbacks, TODAY)


@st.composite
def histories(draw):
    """Setbacks of whatever length, some of which go on, and some of which stay out of pictures about time."""
    some = []
    for ago, lasted, timed in draw(st.lists(st.tuples(st.integers(0, 400), st.integers(-60, 400), st.booleans()))):
        began = TODAY - timedelta(days=ago)
        some.append(setback(began, began + timedelta(days=min(lasted, ago)) if lasted >= 0 else None, timed=timed))
    return some


CLIENT_READS = {
    "No setbacks noted yet. The list starts with the first one.": {},
    "Still in the middle of it; no end date needed.": {"ongoing": "2026-06-01"},
    "Still in the middle of it; no end date needed. You found your feet again once before.": {
        "lengths": (9,),
        "ongoing": "2026-06-01",
    },
    "Still in the middle of it; no end date needed. You found your feet again 6 times before.": {
        "lengths": (30, 25, 20, 15, 10, 5),
        "ongoing": "2026-06-01",
    },
    "You found your feet again once; too few yet to tell more.": {"lengths": (9,)},
    "You found your feet again 4 times; too few yet to tell more.": {"lengths": (9, 8, 7, 6)},
    "You found your feet again 6 times.": {"lengths": (30, 25, 20, 15, 10, 5)},
    "You found your feet again 5 times.": {"lengths": (5, 10, 15, 20, 25)},
}


@pytest.mark.parametrize(("sentence", "story"), CLIENT_READS.items(), ids=range(len(CLIENT_READS)))
def test_a_client_reads_how_it_is_without_the_days(sentence, story):
    some = lasting(*story.get("lengths", ()), ongoing=story.get("ongoing"))

    assert client_sentence(found_feet(some)) == sentence


def test_two_that_go_on_are_two():
    found = found_feet([setback("2026-05-01", "2026-05-09"), setback("2026-06-01"), setback("2026-06-10")])

    assert client_sentence(found) == (
        "Still in the middle of 2; no end dates needed. You found your feet again once before."
    )
    assert asked_sentence(found).endswith("They have been going on for at least 29 and 20 days so far.")
    assert coach_sentence(found).startswith("3 setbacks: 8 days; 2 that go on, at least 29 and 20 days so far.")


def test_a_coach_reads_at_least_how_many_days_it_has_been_so_far():
    assert coach_sentence(found_feet(lasting(9, ongoing="2026-06-01"))) == (
        "2 setbacks: 9 days; one that goes on, at least 29 days so far. Too few yet to tell more."
    )


def test_a_coach_reads_the_median_and_the_trend_with_their_intervals():
    found = found_feet(lasting(30, 25, 20, 15, 10, 5))

    assert curve_sentence(found) == "Of 6 stretches half ended within 15 days (95% interval: from 5 days on)."
    assert coach_sentence(found) == (
        "6 setbacks. Over the 6 stretches that ended, 30.4 days fewer a year "
        "(95% interval: 30.4 days fewer to 30.4 days fewer)."
    )


def test_a_client_who_asks_for_the_days_reads_those_of_what_goes_on():
    asked = asked_sentence(found_feet(lasting(9, ongoing="2026-06-01")))

    assert asked.endswith("You found your feet again once before. It has been at least 29 days so far.")


@pytest.mark.parametrize(
    ("lengths", "tends"),
    {
        (50, 41, 30, 22, 9, 5): r"It tends to take fewer days than at first: (\S+) to (\S+) fewer a year",
        (5, 9, 22, 30, 41, 50): r"It tends to take more days than at first: (\S+) to (\S+) more a year",
    }.items(),
)
def test_a_client_who_asks_reads_where_it_tends_with_its_interval(lengths, tends):
    found = found_feet(lasting(*lengths))

    told = re.search(tends + r" \(95% interval, 6 stretches\)", asked_sentence(found)).groups()
    assert sorted(map(float, told)) == sorted(round(abs(one), 1) for one in (found.trend.low, found.trend.high))
    assert float(told[0]) < float(told[1])


def test_where_all_was_left_out_the_sentence_says_whose_choice_it_was():
    found = found_feet([setback("2026-05-01", timed=False)])

    for sentence in (client_sentence(found), coach_sentence(found)):
        assert sentence == "What is noted here stays out of pictures about time, as you chose."


def test_where_the_curve_joins_setbacks_it_says_so():
    found = found_feet([*lasting(20, 10, 12, 8, 6), setback("2025-01-22", "2025-01-30")])

    assert (found.n, found.ended) == (5, 6)
    assert curve_sentence(found).endswith("Setbacks at most 2 days apart are one stretch here.")
    assert "apart" not in coach_sentence(found)


def test_below_five_stretches_a_coach_reads_each_length_and_of_no_curve():
    found = found_feet(lasting(20, 10, 12, 8))

    assert coach_sentence(found) == "4 setbacks: 20, 10, 12 and 8 days. Too few yet to tell more."
    assert curve_sentence(found) == "From 5 stretches on there is a curve."


def test_a_coach_reads_that_what_goes_on_is_not_in_the_trend():
    found = found_feet(lasting(20, 10, 12, 8, 6, 5, ongoing="2026-06-01"))

    assert "What goes on is not in it." in coach_sentence(found)


def test_of_a_trend_whose_interval_holds_both_directions_nobody_reads_a_direction():
    found = found_feet(lasting(10, 30, 12, 28, 11, 29))

    assert "too few yet to tell a direction" in coach_sentence(found)
    assert asked_sentence(found) == "You found your feet again 6 times."
    assert curve_sentence(found).startswith("Of 6 stretches half ended within 12 days (95% interval: ")


@given(st.data(), histories())
def test_the_order_in_which_setbacks_were_noted_changes_no_sentence(data, story):
    one, other = found_feet(story), found_feet(data.draw(st.permutations(story)))

    assert client_sentence(one) == client_sentence(other)
    assert coach_sentence(one) == coach_sentence(other)


@given(histories())
def test_a_client_never_reads_how_long_it_has_been_so_far(story):
    found = found_feet(story)

    assert "at least" not in client_sentence(found)
    if found.ongoing:
        how_many = "it; no end date" if found.ongoing == 1 else f"{found.ongoing}; no end dates"
        assert client_sentence(found).startswith(f"Still in the middle of {how_many} needed.")
        assert "days" not in client_sentence(found)
        assert "at least" in coach_sentence(found)
    assert " p " not in coach_sentence(found)
