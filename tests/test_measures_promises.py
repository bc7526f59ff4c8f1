"""What holds of the measures for whatever is noted."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from kit import measures
from kit.measures.kaplan_meier import median_interval
from kit.records import CAME_BETWEEN, LISTED_ONLY, TOOL_KINDS

TODAY = date(2026, 6, 30)
lengths = st.integers(0, 60)
times = st.lists(st.tuples(lengths, st.booleans()), min_size=1, max_size=30)
ratings = st.one_of(st.none(), st.integers(0, 10))
levels = st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 10)), min_size=1, max_size=8)
came_before = st.lists(st.sampled_from(["noise", "work", "little sleep"]), max_size=3, unique=True).map(tuple)
step_week = st.tuples(
    st.one_of(st.none(), st.integers(0, 9)), st.integers(0, 7), st.sampled_from(["", "", *CAME_BETWEEN])
)
between = st.tuples(st.integers(0, 9), st.integers(0, 7), st.sampled_from(sorted(CAME_BETWEEN)))


@st.composite
def setbacks(draw):
    began = TODAY - timedelta(days=draw(st.integers(0, 400)))
    lasted = draw(st.one_of(st.none(), st.integers(0, (TODAY - began).days)))
    back = None if lasted is None else began + timedelta(days=lasted)
    return began, back, draw(st.booleans()), draw(came_before)


stories = st.lists(setbacks(), max_size=12)
tools = st.lists(st.sampled_from(sorted(TOOL_KINDS)), min_size=1, max_size=6)


def split(pairs):
    return [one for one, _other in pairs], [other for _one, other in pairs]


def happened(story):
    told = pd.DataFrame(story, columns=["began_on", "back_on_feet_on", "timed", "triggers"], dtype="object")
    days = {name: pd.to_datetime(told[name]) for name in ("began_on", "back_on_feet_on")}
    names = [f"setback {one[0]} {one[1]}" for one in story]
    return told.assign(**days, timed=told["timed"].astype(bool), id=names, title=names)


def weeks(some):
    told = pd.DataFrame(some, columns=["done", "planned", "came_between"])
    monday = pd.Timestamp("2026-03-02")
    of = [monday + pd.Timedelta(days=7 * ((done or 0) % 3)) for done, _planned, _between in some]
    return told.astype({"done": "Int64", "planned": "Int64"}).assign(
        week_of=pd.to_datetime(pd.Series(of, dtype=object))
    )


def box(kinds):
    return pd.DataFrame({"id": [f"tool {n}" for n in range(len(kinds))], "title": kinds, "kind": kinds})


def used(some):
    told = pd.DataFrame(some, columns=["tool", "helped", "setback"], dtype="object")
    return told.astype({"helped": "Int64"}).assign(not_for_me=False)


def same(one, other):
    pd.testing.assert_frame_equal(one, other)


@given(times)
def test_the_curve_is_scipys(pairs):
    days, ended = np.array(split(pairs)[0], dtype=float), np.array(split(pairs)[1])
    assume(ended.any())

    found = measures.survival(days, ended)

    scipys = stats.ecdf(stats.CensoredData.right_censored(days, ~ended)).sf
    assert found["share"].to_numpy() == pytest.approx(scipys.evaluate(found["days"]), abs=1e-12)
    assert set(found["days"]) == set(days[ended])
    assert found["share"].is_monotonic_decreasing


@given(times)
@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
def test_the_interval_of_the_median_lies_where_scipys_limits_cross_one_half(pairs):
    days, ended = np.array(split(pairs)[0], dtype=float), np.array(split(pairs)[1])
    assume(ended.any())

    found = median_interval(days, ended)

    sf = stats.ecdf(stats.CensoredData.right_censored(days, ~ended)).sf
    limits = sf.confidence_interval(0.95, method="log-log")
    low, high = (one.quantiles[one.probabilities <= 0.5 + 1e-9] for one in limits)
    zero = sf.quantiles[sf.probabilities <= 1e-12]
    assert found[0] == min([*low, *zero], default=None)
    assert found[1] == min(high, default=None)


@given(times, lengths)
def test_a_further_ongoing_time_never_shortens_the_median(pairs, so_far):
    days, ended = split(pairs)

    before = measures.median_days(measures.survival(days, ended))
    after = measures.median_days(measures.survival([*days, so_far], [*ended, False]))

    assert (after or np.inf) >= before if before is not None else after is None


@given(st.data(), times)
def test_the_order_of_times_does_not_matter(data, pairs):
    turned = data.draw(st.permutations(pairs))

    same(measures.survival(*split(pairs)), measures.survival(*split(turned)))


@given(st.data(), stories)
def test_the_order_in_which_setbacks_were_noted_does_not_matter(data, story):
    turned = data.draw(st.permutations(story))

    one, other = (measures.bounce_back(happened(some), TODAY) for some in (story, turned))

    same(one.episodes.drop(columns=["ids"]), other.episodes.drop(columns=["ids"]))
    assert (one.median, one.low, one.high) == (other.median, other.low, other.high)


@given(stories)
def test_every_timed_setback_is_in_one_stretch_and_stretches_lie_apart(story):
    found = measures.bounce_back(happened(story), TODAY)

    assert found.episodes["setbacks"].sum() + found.left_out == len(story)
    assert found.n == len(found.episodes)
    starts, ends = found.episodes["began_on"], found.episodes["back_on_feet_on"]
    apart = starts.iloc[1:].to_numpy() - ends.iloc[:-1].to_numpy()
    least = np.where(found.episodes["ongoing"].iloc[1:], 0, 2).astype("timedelta64[D]")
    assert (apart > least).all()
    assert found.ongoing == sum(back is None and timed for _began, back, timed, _before in story)
    assert found.episodes["ongoing"].sum() == min(found.ongoing, 1)


@given(st.data(), stories, setbacks())
def test_what_was_told_is_never_taken_back_by_one_setback_more(data, story, one):
    told, more = data.draw(st.permutations([*story, one])), story

    before, after = (measures.bounce_back(happened(some), TODAY) for some in (more, told))

    assert before.ended <= after.ended <= before.ended + 1
    assert before.ongoing <= after.ongoing
    assert after.ended == sum(back is not None and timed for _began, back, timed, _before in told)


@given(stories)
def test_only_what_overlaps_a_setback_that_goes_on_is_joined_with_it(story):
    found = measures.bounce_back(happened(story), TODAY)

    spans = [(began, back) for began, back, timed, _before in story if timed]
    open_from = min((began for began, back in spans if back is None), default=None)
    taken_in = {one for stretch in found.episodes[found.episodes["ongoing"]]["ids"] for one in stretch}
    for began, back in spans:
        if back is not None and open_from is not None and back >= open_from:
            assert f"setback {began} {back}" in taken_in
    first = found.episodes.loc[found.episodes["ongoing"], "began_on"]
    if len(first):  # as it was joined before the one that goes on began, its last day lies on that day or later
        inside = [back for began, back in spans if back and first.iloc[0].date() <= began < open_from]
        assert not inside or max(inside) >= open_from


@given(st.integers(0, 99), st.integers(1, 21))
def test_what_was_kept_stays_between_nothing_and_all(done, planned):
    assert 0 <= measures.kept(done, planned) <= 1


@given(st.lists(step_week, max_size=15), between)
def test_a_week_with_something_in_between_never_lowers_what_was_kept(some, one):
    before, after = measures.kept_over(weeks(some)), measures.kept_over(weeks([*some, one]))

    assert before is None or after >= before


@given(st.lists(step_week.filter(lambda one: not one[2]), max_size=15))
def test_weeks_with_nothing_in_between_are_their_mean(some):
    shares = [measures.kept(done, planned) for done, planned, _between in some]
    counted = [share for share in shares if share is not None]

    found = measures.kept_over(weeks(some))

    assert found == (pytest.approx(np.mean(counted)) if counted else None)


@given(st.data(), st.lists(step_week, max_size=15))
def test_the_order_of_weeks_does_not_matter(data, some):
    turned = data.draw(st.permutations(some))

    assert measures.kept_over(weeks(some)) == measures.kept_over(weeks(turned))
    same(measures.steps_by_week(weeks(some)), measures.steps_by_week(weeks(turned)))


@given(st.lists(ratings, min_size=1, max_size=20), st.lists(ratings, min_size=1, max_size=20))
def test_the_chance_of_a_better_day_is_that_of_all_pairs(before, after):
    found = measures.nap(before, after)

    pairs = [(one, other) for one in before for other in after if one is not None and other is not None]
    counted = [(other > one) + (other == one) / 2 for one, other in pairs]
    assert found == (pytest.approx(np.mean(counted)) if counted else None)


@given(levels, st.floats(1e-3, 1e3))
def test_scaling_all_weights_leaves_the_attainment(pairs, by):
    some, weights = split(pairs)
    assume(any(weights))

    found = measures.goal_attainment(some, weights)

    assert measures.goal_attainment(some, [by * weight for weight in weights]) == pytest.approx(found)


@given(st.data(), levels)
def test_the_order_of_ladders_does_not_matter(data, pairs):
    assume(any(split(pairs)[1]))
    turned = data.draw(st.permutations(pairs))

    assert measures.goal_attainment(*split(pairs)) == pytest.approx(measures.goal_attainment(*split(turned)))


@given(st.data(), tools, stories)
def test_therapy_and_medication_are_in_no_ranking_and_order_does_not_matter(data, kinds, story):
    use = st.tuples(
        st.integers(0, len(kinds) - 1).map("tool {}".format),
        ratings,
        st.sampled_from([None, *happened(story)["id"].tolist()]),
    )
    some = data.draw(st.lists(use, max_size=20))
    turned = data.draw(st.permutations(some))
    known, setbacks = box(kinds), happened(story).drop_duplicates("id")

    rankings = [
        (
            measures.what_helped(used(told), known),
            measures.what_fits(used(told), known, setbacks),
            measures.triggers(setbacks, used(told), TODAY, known),
        )
        for told in (some, turned)
    ]

    helped, fits, before = rankings[0]
    named = {*helped["kind"], *fits["kind"], *(title for titles in before["helped"] for title in titles)}
    assert not named & set(LISTED_ONLY)
    for one, other in zip(*rankings, strict=True):
        same(one, other)


@given(st.data(), st.lists(st.tuples(st.integers(0, 400), ratings, ratings), max_size=30))
def test_the_order_of_check_ins_does_not_matter(data, some):
    def check_ins(told):
        on = [pd.Timestamp("2025-01-01") + pd.Timedelta(days=day) for day, _well, _load in told]
        return pd.DataFrame(
            {
                "on": pd.to_datetime(pd.Series(on, dtype="object")),
                "living_well": pd.Series([well for _day, well, _load in told], dtype="Int64"),
                "symptom_load": pd.Series([load for _day, _well, load in told], dtype="Int64"),
            }
        )

    turned = data.draw(st.permutations(some))

    one, other = (measures.living_with_symptoms(check_ins(told)) for told in (some, turned))

    same(one, other)
    assert one["days"].iloc[0] == one["days"].iloc[1:].sum()
    assert one["share"].dropna().between(0, 1).all()


@given(st.lists(st.dates(date(2024, 1, 1), TODAY), min_size=1, max_size=30))
def test_weeks_that_hold_something_never_become_fewer(noted):
    found = measures.showing_up(noted, TODAY)

    assert found["weeks"].is_monotonic_increasing
    assert found["entries"].sum() == len(noted)
    assert found["weeks"].iloc[-1] == len({day - timedelta(days=day.weekday()) for day in noted})
    assert (found["week_of"].dt.day_of_week == 0).all()
