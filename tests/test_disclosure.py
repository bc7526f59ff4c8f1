"""Figures of a group: whoever sees them all, and subtracts, learns nothing about fewer than five people."""

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kit.rooms import disclosure
from kit.rooms.disclosure import MIN_CELL, Figure, next_dots, next_figure

ANSWERS = st.lists(st.integers(0, 10), max_size=60)
WORKSHOPS = st.lists(st.tuples(ANSWERS, st.integers(0, 12)), min_size=1, max_size=6)


def people(ratings, first=0):
    return {f"person {number}": rating for number, rating in enumerate(ratings, first)}


def frames(workshop, lot):
    """Each figure that is shown while answers come in; with each of them come some who only listen."""
    given_by, listening, shown, seen = {}, 0, Figure(), []
    for ratings, silent in workshop:
        given_by |= people(ratings, len(given_by))
        listening += silent
        shown = next_figure(shown, given_by, len(given_by) + listening, lot)
        seen.append((shown, len(given_by) + listening, dict(given_by)))
    return seen


def few(count):
    return 0 < count < MIN_CELL


@given(WORKSHOPS, st.randoms())
def test_no_band_of_any_figure_tells_of_fewer_than_five(workshop, lot):
    seen = [band for shown, *_rest in frames(workshop, lot) for band in shown.bands]

    assert [band for band in seen if band[2] < MIN_CELL] == []


@given(WORKSHOPS, st.randoms())
def test_nothing_that_is_left_when_figures_are_subtracted_tells_of_fewer_than_five(workshop, lot):
    seen = [shown for shown, *_rest in frames(workshop, lot) if shown.bands]

    for one, other in combinations(seen, 2):
        differences = [later[2] - earlier[2] for earlier, later in zip(one.bands, other.bands, strict=True)]
        assert not any(map(few, differences))
        assert not few(other.n - one.n)


@given(WORKSHOPS, st.randoms())
def test_whoever_counts_the_room_learns_of_no_remainder_below_five(workshop, lot):
    earlier = Figure()
    for shown, joined, _given in frames(workshop, lot):
        if shown != earlier:
            assert not few(joined - shown.n)
        earlier = shown


@given(WORKSHOPS, st.randoms())
def test_a_figure_counts_whom_it_says_it_counts(workshop, lot):
    for shown, _joined, given_by in frames(workshop, lot):
        counted = [sum(low <= given_by[one] <= high for one in shown.people) for low, high, _count in shown.bands]
        assert counted == [count for *_ends, count in shown.bands]
        assert sum(counted) == len(shown.people)


@given(st.lists(st.integers(0, 10), max_size=14), st.integers(0, 40), st.randoms())
def test_below_fifteen_answers_there_are_words_only(ratings, silent, lot):
    assert next_figure(Figure(), people(ratings), len(ratings) + silent, lot) == Figure()


def test_fifteen_people_in_three_bands_are_shown_as_three_bands():
    shown = next_figure(Figure(), people([1] * 5 + [5] * 5 + [9] * 5), 15)

    assert shown.bands == ((0, 3, 5), (4, 6, 5), (7, 10, 5))


def test_a_small_band_is_joined_with_its_neighbour():
    shown = next_figure(Figure(), people([1] * 2 + [5] * 8 + [9] * 6), 16)

    assert shown.bands == ((0, 6, 10), (7, 10, 6))


def test_one_band_alone_would_only_tell_how_many_answered_and_is_not_shown():
    assert next_figure(Figure(), people([9] * 30), 30) == Figure()


def test_where_one_person_did_not_answer_others_wait_with_them():
    shown = next_figure(Figure(), people([1] * 15 + [9] * 15), 31, Random(1))

    assert (shown.n, len(shown.people)) == (26, 26)


def test_a_latecomer_alone_changes_no_figure():
    shown = next_figure(Figure(), people([1] * 10 + [9] * 10), 20)

    assert next_figure(shown, people([1] * 10 + [9] * 11), 21) == shown


def test_five_more_in_each_band_are_a_new_figure():
    shown = next_figure(Figure(), people([1] * 10 + [9] * 10), 20)
    more = people([1] * 10 + [9] * 10) | people([1] * 5 + [9] * 5, 20)

    assert next_figure(shown, more, 30).bands == ((0, 6, 15), (7, 10, 15))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), min_size=1, max_size=8))
def test_dots_never_tell_of_fewer_than_five_with_them_or_without(story):
    count, joined, shown = 0, 0, {}
    for more, others in story:
        count, joined = count + more, joined + more + others
        after = next_dots(shown, {"tea": count}, joined)
        if after != shown:
            assert joined >= disclosure.MIN_GROUP
            assert after["tea"] >= MIN_CELL
            assert after["tea"] - shown.get("tea", 0) >= MIN_CELL
            assert not few(joined - after["tea"])
        shown = after


def test_a_line_with_few_dots_shows_none():
    shown = next_dots({}, {"tea": 4, "walks": 9}, 30)

    assert shown == {"walks": 9}
