"""What a setback's time, a step's week and a tool's use add up to: definitions and published values."""

import doctest
import subprocess
import sys
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import kit
from kit import charts, measures
from kit.frames import CLIENT_KINDS, frame
from kit.measures import goals, kaplan_meier, living_well, steps
from kit.measures.former_names import RENAMED
from kit.records import LISTED_ONLY

TODAY = date(2026, 6, 30)
MONDAY = date(2026, 3, 2)
OTTER = {"client": "Otter"}
BEWICK = ([1, 1, 4, 5, 6, 9, 9, 22], [True, True, True, True, False, True, False, True])


def told(*records):
    """The frames of a story, without a book."""
    return {
        kind.plural: frame(kind, [one.model_dump() for one in records if type(one) is kind], "just_me")
        for kind in CLIENT_KINDS
    }


def setback(began, back=None, **more):
    return kit.Setback(**OTTER, title=more.pop("title", "X"), began_on=began, back_on_feet_on=back, **more)


def lasting(*lengths, ongoing=None):
    """Setbacks a month apart, each as long as told, and one that goes on since `ongoing`."""
    first = date(2025, 1, 1)
    starts = [first + timedelta(days=60 * n) for n in range(len(lengths))]
    ended = [setback(start, start + timedelta(days=n)) for start, n in zip(starts, lengths, strict=True)]
    return told(*ended, *([setback(ongoing)] if ongoing else []))["setbacks"]


def found_feet(setbacks, **more):
    return measures.bounce_back(setbacks, TODAY, **more)


def week(n, done, planned, came_between="", **more):
    monday = MONDAY + timedelta(days=7 * n)
    return kit.StepWeek(
        **OTTER,
        step=more.pop("step", "a"),
        week_of=monday,
        done=done,
        planned=planned,
        came_between=came_between,
        **more,
    )


def weeks(*some):
    return told(*(week(n, *one) for n, one in enumerate(some)))["step_weeks"]


def uses(tool, *helped, **more):
    return [kit.ToolUse(**OTTER, tool=tool.id, on=MONDAY, helped=one, **more) for one in helped]


def tool(title, kind="rest", **more):
    return kit.Tool(**OTTER, title=title, kind=kind, **more)


def check_in(day, well=None, load=None, **more):
    return kit.CheckIn(**OTTER, on=day, living_well=well, symptom_load=load, **more)


# how long it lasts -----------------------------------------------------------------------------------


def test_the_curve_of_bewick_2004():
    found = measures.survival(*BEWICK)

    assert list(found.columns) == ["days", "at_risk", "share"]
    assert found["days"].tolist() == [1, 4, 5, 9, 22]
    assert found["at_risk"].tolist() == [8, 6, 5, 3, 1]
    assert found["share"].tolist() == pytest.approx([0.750, 0.625, 0.500, 0.333, 0], abs=0.0005)


def test_the_median_is_the_first_day_on_which_half_or_fewer_go_on():
    assert measures.median_days(measures.survival(*BEWICK)) == 5


def test_a_share_of_one_half_is_one_half_in_spite_of_rounding():
    sevenths = measures.survival(range(1, 15), [True] * 14)

    assert measures.median_days(sevenths) == 7


def test_there_is_no_median_while_more_than_half_go_on():
    found = measures.survival([3, 10, 10], [True, False, False])

    assert measures.median_days(found) is None


def test_a_curve_is_empty_while_none_has_ended():
    found = measures.survival([3, 10], [False, False])

    assert found.empty
    assert measures.median_days(found) is None


def ongoing_last(days, ongoing):
    return [*days, *ongoing], [True] * len(days) + [False] * len(ongoing)


RATS = ongoing_last(
    (143, 164, 188, 188, 190, 192, 206, 209, 213, 216, 220, 227, 230, 234, 246, 265, 304), ongoing=(216, 244)
)
MAINTAINED = ongoing_last((9, 13, 18, 23, 31, 34, 48), ongoing=(13, 28, 45, 161))


@pytest.mark.parametrize(
    ("times", "median", "between"), [(RATS, 216, (190, 234)), (MAINTAINED, 31, (13, None))], ids=["rats", "maintained"]
)
def test_the_interval_of_the_median(times, median, between):
    # The first group of Kalbfleisch and Prentice 1980, and Miller's maintained group; lifelines finds the same.
    assert measures.median_days(measures.survival(*times)) == median
    assert kaplan_meier.median_interval(*times) == between


@pytest.mark.parametrize(
    ("days", "ended"),
    [([], []), ([1, 2], [True]), ([-1], [True]), ([float("nan")], [True]), ([None], [True]), ([1], ["x"]), ([1], [2])],
)
def test_times_that_make_no_sense_are_named_in_one_sentence(days, ended):
    with pytest.raises(ValueError, match=r"^Please [^\n]+\.$"):
        measures.survival(days, ended)


# finding my feet -------------------------------------------------------------------------------------


def test_a_setback_without_an_end_counts_as_at_least_its_days_so_far():
    (stretch,) = found_feet(told(setback("2026-06-01"))["setbacks"]).episodes.itertuples()

    assert (stretch.days, stretch.ongoing) == (29, True)
    assert pd.isna(stretch.back_on_feet_on)


def test_days_run_from_the_first_day_to_being_back_on_ones_feet():
    (stretch,) = found_feet(told(setback("2026-05-01", "2026-05-09"))["setbacks"]).episodes.itertuples()

    assert (stretch.began_on, stretch.back_on_feet_on) == (pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-09"))
    assert (stretch.days, stretch.ongoing, stretch.setbacks, stretch.titles) == (8, False, 1, ("X",))


@pytest.mark.parametrize(("again_on", "stretches"), [("2026-05-11", 1), ("2026-05-12", 2)])
def test_setbacks_at_most_two_days_apart_are_one_stretch(again_on, stretches):
    some = told(setback("2026-05-01", "2026-05-09"), setback(again_on, "2026-05-20"))["setbacks"]

    assert found_feet(some).n == stretches


def test_a_short_setback_within_a_long_one_does_not_end_it():
    some = told(
        setback("2026-05-01", "2026-05-30"), setback("2026-05-03", "2026-05-04"), setback("2026-05-20", "2026-05-21")
    )["setbacks"]

    (stretch,) = found_feet(some).episodes.itertuples()

    assert (stretch.days, stretch.setbacks) == (29, 3)


def test_the_gap_can_be_chosen():
    some = told(setback("2026-05-01", "2026-05-09"), setback("2026-05-11", "2026-05-20"))["setbacks"]

    assert found_feet(some, gap=1).n == 2


def test_for_the_curve_an_ongoing_setback_is_joined_with_what_overlaps_it_alone():
    some = told(setback("2026-05-01", "2026-05-09"), setback("2026-05-10"), setback("2026-06-01", "2026-06-05"))

    found = found_feet(some["setbacks"])

    assert (found.n, found.episodes["days"].tolist(), found.episodes["ongoing"].tolist()) == (2, [8, 51], [False, True])
    assert (found.ended, found.ongoing, found.setbacks["days"].tolist()) == (2, 1, [8, 51, 4])


def test_what_had_not_ended_when_one_began_that_goes_on_is_one_stretch_with_it():
    some = told(setback("2026-05-01", "2026-05-10"), setback("2026-05-10"))["setbacks"]

    assert found_feet(some).episodes["days"].tolist() == [60]


def test_what_began_after_an_ongoing_setback_belongs_to_it_on_an_earlier_day_too():
    some = told(setback("2026-05-01"), setback("2026-06-01", "2026-06-05"))["setbacks"]

    assert measures.bounce_back(some, date(2026, 5, 10)).episodes["days"].tolist() == [9]


def test_setbacks_that_stay_out_of_pictures_about_time_are_in_none_of_it():
    some = told(setback("2026-05-01", "2026-05-09"), setback("2026-05-11", timed=False))["setbacks"]

    found = found_feet(some)

    assert (found.n, found.ongoing, found.left_out) == (1, 0, 1)


def test_below_five_stretches_there_are_dots_and_no_curve():
    found = found_feet(lasting(20, 10, 12, 8))

    assert (found.n, found.curve, found.median, found.low, found.high, found.trend) == (4, *[None] * 5)


def test_from_five_stretches_on_there_is_a_curve_with_its_median_and_interval():
    found = found_feet(lasting(20, 10, 12, 8, 6))

    assert found.curve["at_risk"].tolist() == [5, 4, 3, 2, 1]
    assert (found.median, found.low, found.high) == (10, 6, None)


def test_what_goes_on_counts_in_the_median_and_not_in_the_trend():
    ended = found_feet(lasting(20, 10, 12, 8, 6, 5))
    also = found_feet(lasting(20, 10, 12, 8, 6, 5, ongoing="2026-06-01"))

    assert (also.n, also.ongoing) == (7, 1)
    assert (ended.median, also.median) == (8, 10)
    assert also.trend.n == 6
    assert also.trend.per_year == ended.trend.per_year


def test_the_trend_is_in_days_a_year_with_its_interval():
    found = found_feet(lasting(30, 25, 20, 15, 10, 5)).trend

    assert found.per_year == pytest.approx(-5 * 365.25 / 60)
    assert [found.low, found.high] == pytest.approx([found.per_year] * 2)
    assert found.direction == -1
    assert found.line["days"].round(6).tolist() == [30, 17.5, 5]
    assert found.line["on"].tolist()[0] == pd.Timestamp("2025-01-01")


def test_a_trend_whose_interval_holds_both_directions_is_too_early_to_tell():
    found = found_feet(lasting(10, 30, 12, 28, 11, 29))

    assert found.trend.low < 0 < found.trend.high
    assert found.trend.direction == 0


def test_a_line_of_the_trend_never_goes_below_zero_days():
    line = found_feet(lasting(90, 10, 5, 4, 2, 1)).trend.line

    assert (line[["days", "low", "high"]] >= 0).all(axis=None)
    assert (line["low"] <= line["days"]).all()
    assert (line["days"] <= line["high"]).all()


def test_a_setback_that_a_clock_ahead_of_ours_began_tomorrow_has_lasted_no_day():
    some = told(setback(date.today() + timedelta(days=1)))["setbacks"]

    assert measures.bounce_back(some, date.today()).episodes["days"].tolist() == [0]


def test_an_end_before_the_beginning_is_refused():
    some = pd.DataFrame({"began_on": ["2026-05-09"], "back_on_feet_on": ["2026-05-01"], "timed": [True]})

    with pytest.raises(ValueError, match="lies before the beginning"):
        found_feet(some)


def test_records_serve_as_well_as_frames():
    found = found_feet([setback("2026-05-01", "2026-05-09"), setback("2026-06-01", timed=False)])

    assert (found.episodes["days"].tolist(), found.left_out) == ([8], 1)
    assert measures.kept_over([week(0, 4, 5)]) == 0.8


@pytest.mark.parametrize("of", ["client", "asked", "coach", "curve"])
def test_a_sentence_of_the_former_version_is_still_there_and_says_where_it_went(of):
    found = found_feet(lasting(9, ongoing="2026-06-01"))
    former = {"client": "sentence"}.get(of, f"{of}_sentence")

    with pytest.warns(
        DeprecationWarning, match=rf"^BounceBack\.{former} goes .* kit\.charts\.{of}_sentence\(found\)\.$"
    ):
        assert getattr(found, former) == getattr(charts, f"{of}_sentence")(found)


@pytest.mark.parametrize(("former", "now"), RENAMED.items())
def test_a_measure_of_the_former_version_is_still_there_and_says_what_it_is_called_now(former, now):
    with pytest.warns(DeprecationWarning, match=rf"^kit\.measures\.{former} goes .* kit\.measures\.{now}\.$"):
        assert getattr(measures, former) is getattr(measures, now)


def test_a_name_that_no_measure_has_or_had_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^kit\.measures has no progress$"):
        measures.progress  # noqa: B018


def test_meanwhile_counts_what_was_there_too():
    frames = told(
        *(kit.Spark(**OTTER, title="X", on=day) for day in ("2026-06-01", "2026-06-09", "2026-05-31")),
        kit.Win(**OTTER, title="X", on="2026-06-30"),
        kit.Milestone(**OTTER, title="X", on=None),
        kit.StepWeek(**OTTER, step="a", week_of="2026-06-01", done=4, planned=5),
        kit.StepWeek(**OTTER, step="b", week_of="2026-06-01", done=0, planned=4),
        kit.StepWeek(**OTTER, step="a", week_of="2026-06-08", planned=5),
        kit.StepWeek(**OTTER, step="a", week_of="2026-05-25", done=5, planned=5),
    )

    found = measures.meanwhile(frames, date(2026, 6, 1), TODAY)

    assert found == {"milestones": 0, "wins": 1, "sparks": 2, "done": 4, "planned": 9}


# small steps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "planned", "share"),
    [(4, 5, 0.8), (5, 5, 1), (7, 5, 1), (0, 5, 0), (3, 0, None), (0, 0, None), (None, 5, None), (pd.NA, 5, None)],
)
def test_four_of_five_is_four_of_five(done, planned, share):
    assert measures.kept(done, planned) == share


@pytest.mark.parametrize(("done", "planned"), [(-1, 5), (1, -5), ("some", 5), (float("inf"), 5)])
def test_counts_that_make_no_sense_are_refused(done, planned):
    with pytest.raises(ValueError, match=r"^Please [^\n]+\.$"):
        measures.kept(done, planned)


def test_weeks_of_a_step_are_kept_on_average():
    assert measures.kept_over(weeks((4, 5), (5, 5), (3, 5))) == 0.8


def test_a_week_in_which_something_came_between_counts_only_where_it_raises_the_mean():
    plain = ((4, 5), (2, 5))

    assert measures.kept_over(weeks(*plain, (0, 5, "unwell"))) == 0.6
    assert measures.kept_over(weeks(*plain, (3, 5, "unwell"))) == 0.6
    assert measures.kept_over(weeks(*plain, (5, 5, "unwell"))) == pytest.approx(2.2 / 3)
    assert [measures.kept_over_n(weeks(*plain, (done, 5, "unwell"))) for done in (0, 3, 5)] == [2, 2, 3]


def test_a_lower_week_with_something_in_between_does_not_take_from_a_fuller_one():
    assert measures.kept_over(weeks((1, 2), (2, 2, "life"), (3, 5, "life"))) == 0.75


def test_where_something_came_between_in_each_week_the_fullest_stands():
    assert measures.kept_over(weeks((1, 4, "life"), (3, 4, "unwell"))) == 0.75


def test_weeks_that_were_not_noted_or_had_nothing_planned_do_not_count():
    assert measures.kept_over(weeks((4, 5), (None, 5), (0, 0))) == 0.8
    assert measures.kept_over(weeks((None, 5), (3, 0))) is None
    assert measures.kept_over(weeks()) is None


def test_a_week_adds_up_its_steps_and_says_what_came_between():
    some = told(
        week(1, 4, 5, step="a"),
        week(1, 1, 4, "life", step="b", reason="visitors"),
        week(0, 2, 1, step="a"),
        week(2, None, 3, "unwell"),
    )["step_weeks"]

    found = measures.steps_by_week(some)

    assert found["week_of"].dt.date.tolist() == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
    assert found["done"].tolist() == [2, 5, pd.NA]
    assert found["planned"].tolist() == [1, 9, 3]
    assert found["kept"].tolist() == [1, (0.8 + 0.25) / 2, pd.NA]
    assert found["came_between"].tolist() == [(), ("life",), ("unwell",)]
    assert found["reasons"].tolist() == [(), ("visitors",), ()]


# what helped -----------------------------------------------------------------------------------------


def test_a_tool_used_once_does_not_outrank_one_used_twenty_times():
    walk, tea = tool("walk"), tool("tea")
    frames = told(walk, tea, *uses(walk, *[2] * 20), *uses(tea, 10))

    found = measures.what_helped(frames["tool_uses"], frames["tools"])

    assert found["title"].tolist() == ["walk", "tea"]
    assert found["times"].tolist() == [20, 1]
    assert found["enough"].tolist() == [True, False]


def test_the_median_and_range_stand_beside_how_often():
    walk = tool("walk")
    frames = told(walk, *uses(walk, 8, 3, None, 6), *uses(walk, 1, not_for_me=True))

    (found,) = measures.what_helped(frames["tool_uses"], frames["tools"]).itertuples()

    assert (found.times, found.rated, found.median, found.low, found.high, found.not_for_me) == (5, 4, 4.5, 1, 8, 1)


def test_the_estimate_is_shrunk_by_three_ratings_of_the_usual_height():
    walk, tea = tool("walk"), tool("tea")
    frames = told(walk, tea, *uses(walk, 9, 9, 9), *uses(tea, 3, 3, 3))

    found = measures.what_helped(frames["tool_uses"], frames["tools"])

    assert found["estimate"].tolist() == [(27 + 3 * 6) / 6, (9 + 3 * 6) / 6]


def test_a_tool_that_was_used_and_never_rated_stands_last_and_has_no_median():
    walk, tea = tool("walk"), tool("tea")
    frames = told(walk, tea, *uses(walk, None), *uses(tea, 0))

    found = measures.what_helped(frames["tool_uses"], frames["tools"])

    assert found["title"].tolist() == ["tea", "walk"]
    assert found["median"].tolist() == [0, pd.NA]


def ill_kinds():
    return [tool(kind, kind) for kind in LISTED_ONLY]


def test_therapy_and_medication_are_listed_and_never_ranked():
    walk, happened = tool("walk"), setback("2026-03-01", "2026-03-09", triggers=("noise",))
    listed = ill_kinds()
    all_uses = [one for some in (walk, *listed) for one in uses(some, 9, 9, 9, 9, setback=happened.id)]
    frames = told(walk, happened, *listed, *all_uses)
    some = frames["tool_uses"], frames["tools"]

    assert measures.what_helped(*some)["title"].tolist() == ["walk"]
    assert measures.what_fits(*some, frames["setbacks"])["title"].tolist() == ["walk"]
    assert measures.triggers(frames["setbacks"], some[0], TODAY, some[1])["helped"].tolist() == [("walk",)]
    assert measures.listed_only(some[1])["title"].tolist() == sorted(LISTED_ONLY)


def test_without_the_tools_none_is_named_since_any_could_be_medication():
    happened = setback("2026-03-01", "2026-03-09", triggers=("noise",))
    frames = told(happened, *uses(ill_kinds()[0], 9, setback=happened.id))

    assert measures.triggers(frames["setbacks"], frames["tool_uses"], TODAY)["helped"].tolist() == [()]


def test_what_fits_is_told_for_each_thing_that_came_before():
    walk, tea = tool("walk"), tool("tea")
    loud = setback("2026-03-01", "2026-03-09", triggers=("noise", "work"))
    again = setback("2026-04-01", "2026-04-09", triggers=("noise",))
    frames = told(
        walk, tea, loud, again, *uses(walk, 8, setback=loud.id), *uses(tea, 2, setback=again.id), *uses(tea, 9)
    )

    found = measures.what_fits(frames["tool_uses"], frames["tools"], frames["setbacks"])

    assert found[["came_before", "title", "times"]].values.tolist() == [
        ["noise", "walk", 1],
        ["noise", "tea", 1],
        ["work", "walk", 1],
    ]


def test_what_came_before_is_counted_with_its_days():
    some = told(
        setback("2026-03-01", "2026-03-09", triggers=("noise", "work"), outside_control=("work",)),
        setback("2026-04-01", "2026-04-05", triggers=("noise",)),
        setback("2026-06-20", triggers=("noise",)),
        setback("2026-05-01", "2026-05-02", triggers=("noise",), timed=False),
    )

    found = measures.triggers(some["setbacks"], some["tool_uses"], TODAY)

    noise, work = found.itertuples()
    assert (noise.came_before, noise.times, noise.not_in_my_hands, noise.ongoing) == ("noise", 4, 0, 1)
    assert (noise.timed, noise.days, noise.ended) == (3, (4, 8, 10), (True, True, False))
    assert pd.isna(noise.median_days)
    assert (work.times, work.not_in_my_hands) == (1, 1)


def test_from_five_on_what_came_before_has_a_median_in_which_what_goes_on_counts():
    ended = [setback(f"2026-0{n}-01", f"2026-0{n}-{1 + 2 * n:02}", triggers=("noise",)) for n in (1, 2, 3, 4)]

    def median_of(*some):
        frames = told(*ended, *some)
        return measures.triggers(frames["setbacks"], frames["tool_uses"], TODAY)["median_days"].item()

    assert median_of(setback("2026-06-29", "2026-06-30", triggers=("noise",))) == 4
    assert median_of(setback("2026-06-01", triggers=("noise",))) == 6


# living well, and since a day ------------------------------------------------------------------------


def test_living_well_beside_what_one_lives_with_is_a_share_of_the_days_on_which_both_were_noted():
    some = told(
        check_in("2026-01-05", 7, 8),
        check_in("2026-01-06", 6, 6),
        check_in("2026-01-07", 8, 2),
        check_in("2026-02-07", 5, 9),
        check_in("2026-02-08", 9),
    )

    found = measures.living_with_symptoms(some["check_ins"])

    assert found["month"].tolist() == [pd.NaT, pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    assert found["days"].tolist() == [4, 3, 1]
    assert found["both"].tolist() == [2, 2, 0]
    assert found["share"].tolist() == [0.5, 2 / 3, 0]
    assert found["living_well"].tolist() == [6.5, 7, 5]
    assert found["symptom_load"].tolist() == [7, 6, 9]


def test_how_much_counts_as_there_can_be_chosen():
    some = told(check_in("2026-01-05", 4, 5))["check_ins"]

    assert measures.living_with_symptoms(some, at_least=4)["share"].tolist() == [1, 1]


def test_without_a_day_on_which_both_were_noted_it_is_too_early_to_tell():
    found = measures.living_with_symptoms(told(check_in("2026-01-05", 4))["check_ins"])

    assert found["days"].tolist() == [0]
    assert found["share"].isna().all()
    assert found["living_well"].isna().all()


def test_two_check_ins_of_one_day_are_one_day():
    some = told(check_in("2026-01-05", 4, 8), check_in("2026-01-05", 8, 8))["check_ins"]

    assert measures.paired_ratings(some)[["living_well", "symptom_load", "both"]].values.tolist() == [[6, 8, True]]


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], 38.5 / 42),
        ([3, 3, 4, 5], [4, 5, 6, 7, 7], (1 + 16 / 20) / 2),
    ],
)
def test_the_published_values_of_nap_and_of_tau(before, after, share):
    assert measures.nap(before, after) == pytest.approx(share, abs=0.0005)
    assert measures.nap(before, after, better="lower") == pytest.approx(1 - share, abs=0.0005)


def test_what_was_skipped_is_in_no_pair():
    assert measures.nap([1, None, pd.NA], [2]) == 1
    assert measures.nap([1, 2], [pd.NA]) is None


@pytest.mark.parametrize(("before", "after", "better"), [([], [1], "higher"), ([1], [], "higher"), ([1], [2], "more")])
def test_a_comparison_that_makes_no_sense_is_refused(before, after, better):
    with pytest.raises(ValueError, match=r"^Please [^\n]+\.$"):
        measures.nap(before, after, better)


def test_days_since_a_chosen_day_stand_beside_those_before():
    some = told(
        check_in("2026-01-05", 3, 8),
        check_in("2026-01-06", 4, 8),
        check_in("2026-01-07", 6, 5),
        check_in("2026-01-08", 7),
    )["check_ins"]

    found = measures.since_day(some, date(2026, 1, 7)).set_index("rating")

    assert found.loc["living_well"].tolist() == [2, 2, 3.5, 6.5, 1]
    assert found.loc["symptom_load"].tolist() == [2, 1, 8, 5, 1]
    assert found.loc["hope", "days_before"] == 0
    assert pd.isna(found.loc["hope", "nap"])


# ladders, areas, showing up --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "t"), [([1], 60), ([-1, -1, -1], 36.31), ([0], 50), ([0, 0, 0, 0], 50), ([-1], 40), ([2, -2], 50)]
)
def test_the_published_values_of_goal_attainment(levels, t):
    assert measures.goal_attainment(levels) == pytest.approx(t, abs=0.005)


def test_weights_may_be_of_any_size():
    assert measures.goal_attainment([1, 1], [1e300, 1e300]) == pytest.approx(measures.goal_attainment([1, 1]))


def test_what_matters_more_weighs_more():
    assert measures.goal_attainment([1, -1], [3, 1]) > 50


@pytest.mark.parametrize(
    ("levels", "more"),
    [
        ([], {}),
        ([3], {}),
        ([-2.5], {}),
        ([None], {}),
        (["a"], {}),
        ([1, 1], {"weights": [1]}),
        ([1], {"weights": [0]}),
        ([1, 1], {"weights": [2, -1]}),
        ([1], {"weights": [float("inf")]}),
        ([1], {"rho": 2}),
    ],
)
def test_levels_and_weights_that_make_no_sense_are_refused(levels, more):
    with pytest.raises(ValueError, match=r"^Please [^\n]+\.$"):
        measures.goal_attainment(levels, **more)


def test_a_ladder_stands_where_it_was_marked_last():
    singing = kit.Aspiration(**OTTER, title="Singing", rungs=("listen", "hum", "sing"), importance=8)
    quiet = kit.Aspiration(**OTTER, title="Quiet", rungs=("a", "b"))
    marks = [
        kit.LadderMark(**OTTER, aspiration=singing.id, on="2026-02-01", level=1, enough_for_now=True),
        kit.LadderMark(**OTTER, aspiration=singing.id, on="2026-01-01", level=-2),
    ]
    frames = told(singing, quiet, *marks)

    found = measures.ladders(frames["aspirations"], frames["ladder_marks"])

    first, second = found.itertuples()
    assert (first.title, first.rungs, first.first_level, first.level) == ("Singing", ("listen", "hum", "sing"), -2, 1)
    assert (first.on, first.enough_for_now, first.marks, first.place) == (pd.Timestamp("2026-02-01"), True, 2, 1.5)
    assert pd.isna(second.level)
    assert pd.isna(second.place)
    assert (second.marks, second.enough_for_now) == (0, False)
    assert measures.attained(found) == 60


def test_where_nothing_is_marked_there_is_nothing_to_tell():
    frames = told(kit.Aspiration(**OTTER, title="Quiet", rungs=("a", "b")))

    assert measures.attained(measures.ladders(frames["aspirations"], frames["ladder_marks"])) is None


def test_areas_are_counted_in_the_order_of_the_form_and_none_is_left_out():
    some = told(
        kit.Milestone(**OTTER, title="X", on="2026-01-01", area="hope"),
        kit.Milestone(**OTTER, title="X", on=None, area="hope"),
        kit.Milestone(**OTTER, title="X", on="2026-01-01"),
    )["milestones"]

    found = measures.areas(some)

    assert found["area"].tolist() == ["connection", "hope", "identity", "meaning", "having a say", ""]
    assert found["reached"].tolist() == [0, 1, 0, 0, 0, 1]
    assert found["ahead"].tolist() == [0, 1, 0, 0, 0, 0]


def test_showing_up_counts_weeks_and_never_resets():
    found = measures.showing_up([date(2026, 3, 3), date(2026, 3, 8), date(2026, 3, 24)], today=date(2026, 4, 1))

    assert found["week_of"].dt.date.tolist() == [MONDAY + timedelta(days=7 * n) for n in range(5)]
    assert found["entries"].tolist() == [2, 0, 0, 1, 0]
    assert found["weeks"].tolist() == [1, 1, 1, 2, 2]


def test_showing_up_needs_one_day():
    with pytest.raises(ValueError, match="one day at least"):
        measures.showing_up([])


def test_what_was_noted_counts_on_the_day_it_was_written_down_and_a_planned_week_does_not():
    def noon(month, day):
        return datetime(2026, month, day, 12).astimezone()

    frames = told(
        kit.Spark(**OTTER, title="long ago", on="2020-01-01", created_at=noon(3, 4)),
        kit.Client(name="Otter", created_at=noon(1, 1)),
        kit.StepWeek(**OTTER, step="a", week_of=MONDAY, planned=3, created_at=noon(2, 2)),
        kit.StepWeek(**OTTER, step="a", week_of=MONDAY, planned=3, done=0, created_at=noon(3, 11)),
    )

    assert sorted(measures.days_noted(frames).tolist()) == [date(2026, 3, 4), date(2026, 3, 11)]


# ten years of notes ----------------------------------------------------------------------------------


def many_check_ins(n):
    return told(*(check_in(date(2020, 1, 1) + timedelta(days=day), energy=day % 11) for day in range(n)))["check_ins"]


def test_a_period_is_the_mean_of_its_days_and_a_gap_stays_a_gap():
    some = told(check_in("2026-01-05", energy=4), check_in("2026-01-07", energy=8), check_in("2026-06-01", energy=5))[
        "check_ins"
    ]

    found = measures.by_period(some, "month")

    assert found["energy"].tolist()[::2] == [6, 5]
    assert found["on"].tolist()[::2] == [pd.Timestamp("2026-01-07"), pd.Timestamp("2026-06-01")]
    assert np.isnan(found["energy_line"].tolist()[1])
    assert found.columns.tolist() == measures.by_day(some).columns.tolist()


@pytest.mark.parametrize(("days", "every"), [(400, "day"), (401, "week"), (3650, "month"), (12_500, "quarter")])
def test_the_grain_is_the_finest_that_can_be_drawn(days, every):
    noted = [date(1990, 1, 1) + timedelta(days=day) for day in range(days)]

    assert measures.granularity(noted) == every


def test_what_is_gathered_holds_each_mark_once():
    frames = told(
        *(kit.Win(**OTTER, title=str(day), on=date(2026, 1, 1) + timedelta(days=day)) for day in range(59)),
        kit.Milestone(**OTTER, title="ahead", on=None),
        setback("2026-01-01"),
    )

    found = measures.entries_by_period(measures.journey(frames, TODAY), "month")

    assert found["n"].tolist() == [31, 28]
    assert found["lane"].tolist() == ["win", "win"]
    assert found["period"].tolist() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    assert found["texts"].tolist() == [("0", "1", "2"), ("31", "32", "33")]


# the measures themselves -----------------------------------------------------------------------------


def test_the_worked_examples_of_the_docstrings_hold():
    found = [doctest.testmod(one) for one in (kaplan_meier, goals, living_well, steps)]

    assert sum(one.attempted for one in found) >= 4
    assert sum(one.failed for one in found) == 0


@pytest.mark.parametrize("name", [one for one in measures.__all__ if callable(getattr(measures, one))])
def test_every_measure_says_what_it_is(name):
    assert len(getattr(measures, name).__doc__) > 60


def test_scipy_waits_until_a_trend_is_asked_for():
    asks = (
        "import sys; from datetime import date; from kit import measures; import pandas as pd\n"
        "measures.bounce_back(pd.DataFrame({'began_on': [], 'back_on_feet_on': []}), date(2026, 1, 1))\n"
        "sys.exit('scipy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0


@pytest.mark.parametrize(
    "asked",
    [
        lambda frames: measures.steps_by_week(frames["step_weeks"]),
        lambda frames: measures.what_helped(frames["tool_uses"], frames["tools"]),
        lambda frames: measures.what_fits(frames["tool_uses"], frames["tools"], frames["setbacks"]),
        lambda frames: measures.triggers(frames["setbacks"], frames["tool_uses"], TODAY, frames["tools"]),
        lambda frames: measures.listed_only(frames["tools"]),
        lambda frames: measures.paired_ratings(frames["check_ins"]),
        lambda frames: measures.ladders(frames["aspirations"], frames["ladder_marks"]),
        lambda frames: measures.by_period(frames["check_ins"]),
        lambda frames: measures.entries_by_period(measures.journey(frames, TODAY), "week"),
        lambda frames: measures.bounce_back(frames["setbacks"], TODAY).episodes,
    ],
)
def test_where_nothing_is_noted_yet_there_is_an_empty_frame_with_all_columns(asked):
    walk, happened = tool("walk"), setback("2026-03-01", "2026-03-09", triggers=("noise",))
    something = told(
        tool("medication", "medication"), walk, happened, *uses(walk, 3, setback=happened.id), week(0, 1, 2),
        check_in("2026-01-01", 3, 3), kit.Aspiration(**OTTER, title="X", rungs=("a", "b")), kit.Win(**OTTER, title="X"),
    )  # fmt: skip

    empty, full = asked(told()), asked(something)

    assert len(empty) == 0
    assert len(full) > 0
    assert empty.columns.tolist() == full.columns.tolist()


def test_a_frame_that_lacks_a_column_is_named():
    with pytest.raises(ValueError, match="the column planned"):
        measures.kept_over(pd.DataFrame({"done": [1], "came_between": [""]}))
