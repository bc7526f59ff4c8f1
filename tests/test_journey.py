"""The journey: measure, picture, sentence and table agree."""

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest

import kit
from kit import charts, measures, places
from kit.charts import registry
from kit.charts.journey import ONE_OF_THEM
from kit.frames import CLIENT_KINDS, frame
from kit.widgets.journey import PERIOD_WORDS

TODAY = date(2026, 6, 30)


def drawn(book, span="all", **more):
    told = book.frames("Otter")
    return charts.journey(measures.journey(told, TODAY), measures.by_day(told["check_ins"]), TODAY, span, **more)


@pytest.fixture
def otter(book):
    book.add(kit.Client(name="Otter"))
    return book


def traces(picture, name):
    return [trace for trace in picture.data if trace["name"] == name]


def test_a_setback_is_a_span_from_its_first_day_to_being_back_on_ones_feet(otter):
    otter.add(kit.Setback(client="Otter", title="X", began_on="2026-05-01", back_on_feet_on="2026-05-09"))

    entries = measures.journey(otter.frames("Otter"), TODAY)

    (span,) = entries.itertuples()
    assert (span.on, span.until, span.ongoing) == (pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-09"), False)


def test_an_ongoing_setback_reaches_to_today_and_stays_open(otter):
    otter.add(kit.Setback(client="Otter", title="X", began_on="2026-06-01"))
    otter.add(kit.Win(client="Otter", title="Tea", on="2026-05-01"))

    picture = drawn(otter)

    assert picture.rows[0] == ["1 Jun 2026 to still in the middle of it", "setback", "X"]
    assert picture.sentence == "So far: 1 small win and 1 setback. Still in the middle of one; no end date needed."
    assert traces(picture, "still in the middle of it; no end date needed")[0]["x"][-1] > "2026-06-30"
    assert not traces(picture, "finding my feet")


def test_a_milestone_without_a_day_is_looked_out_for(otter):
    otter.add(kit.Milestone(client="Otter", title="Back in the choir", on=None))

    picture = drawn(otter)

    assert picture.rows == [["still ahead", "hoping for", "Back in the choir"]]


def test_an_empty_journey_is_a_sentence_and_no_axes(otter):
    picture = drawn(otter)

    assert picture.data == []
    assert picture.sentence.startswith("Nothing is on the time line")


def test_check_ins_alone_are_told_as_what_they_are(otter):
    for day in (TODAY, TODAY - timedelta(1)):
        otter.add(kit.CheckIn(client="Otter", on=day, energy=4))

    assert drawn(otter).sentence == "The lines show how the days were. Nothing else is on the time line yet."
    assert drawn(otter).data


def test_where_nothing_was_rated_no_room_is_kept_for_the_lines(otter):
    for day in (TODAY, TODAY - timedelta(9)):
        otter.add(kit.Win(client="Otter", title="Tea", on=day))
    without = drawn(otter)
    otter.add(kit.CheckIn(client="Otter", on=TODAY, energy=4))
    rated = drawn(otter)

    assert "yaxis2" not in without.layout and without.layout["yaxis"]["domain"] == [0, 1]
    assert (without.layout["xaxis"]["anchor"], rated.layout["xaxis"]["anchor"]) == ("y", "y2")
    assert without.layout["height"] < rated.layout["height"] and "yaxis2" in rated.layout


def test_one_thing_is_a_sentence_and_a_table_without_axes_and_the_second_draws_it_from_the_start(otter):
    otter.add(kit.CheckIn(client="Otter", on=TODAY, energy=4))
    assert drawn(otter).sentence == "How a day was is noted. There is a picture from the second day on."
    assert (drawn(otter).data, drawn(otter).layout) == ([], {})

    first = otter.add(kit.Win(client="Otter", title="Tea", on=TODAY))
    alone = drawn(otter, newest=first.id)
    assert alone.sentence == "So far: 1 small win. There is a picture from the second thing on."
    assert (alone.data, alone.layout) == ([], {})
    assert [row[2] for row in alone.rows] == ["Tea"]

    second = otter.add(kit.Spark(client="Otter", title="The kettle", on=TODAY))
    both = drawn(otter, newest=second.id)
    assert both.sentence == "So far: 1 small win and 1 spark of joy."
    assert traces(both, "just noted")[0]["x"] == [str(TODAY)]


def test_what_is_looked_out_for_is_told_by_itself(otter):
    for title in ("Back in the choir", "The sea"):
        otter.add(kit.Milestone(client="Otter", title=title, on=None))

    assert drawn(otter).sentence == "So far: 2 milestones hoped for."


def test_ones_own_word_for_a_setback_is_told_with_how_often(book):
    book.add(kit.Client(name="Otter", own_words=("a spin",)))
    for n, told in ((1, "\u201ca spin\u201d once"), (2, "\u201ca spin\u201d 2 times")):
        book.add(kit.Setback(client="Otter", title="X", began_on=TODAY - timedelta(30 * n), back_on_feet_on=TODAY))

        words = book.frames("Otter")["clients"]["own_words"].iloc[0]
        assert drawn(book, own_words=words).sentence.startswith(f"So far: {told}.")


def test_the_table_holds_each_thing_that_is_drawn(story):
    told = story.frames("Heron")
    entries = measures.journey(told, date.today())
    picture = charts.journey(entries, measures.by_day(told["check_ins"]), date.today(), "all")

    points = {charts.LANE_WORDS[lane]: 0 for lane in charts.MARKS}
    for trace in picture.data:
        if trace["name"] in points:
            points[trace["name"]] += len(trace["x"])
    lane_of = {one: charts.LANE_WORDS[lane] for lane, one in ONE_OF_THEM.items()}
    in_table = pd.Series([lane_of[row[1]] for row in picture.rows]).value_counts()
    assert {name: n for name, n in points.items() if n} == {name: n for name, n in in_table.items() if name in points}
    spans = traces(picture, charts.LANE_WORDS["setback"])[0]["x"].count(None)
    assert spans == in_table[charts.LANE_WORDS["setback"]]


def test_gaps_stay_gaps_and_are_never_zero(otter):
    for day in ("2026-01-05", "2026-01-08", "2026-05-05"):
        otter.add(kit.CheckIn(client="Otter", on=day, energy=6))

    daily = measures.by_day(otter.frames("Otter")["check_ins"])

    assert daily["energy"].tolist()[:2] == [6, 6]
    assert pd.isna(daily["energy"].iloc[2])
    line = next(trace for trace in drawn(otter).data if trace["name"] == "energy" and trace["mode"] == "lines")
    assert None in line["y"]
    assert 0 not in line["y"]
    assert line["connectgaps"] is False


def test_a_skipped_rating_is_not_drawn(otter):
    otter.add(kit.CheckIn(client="Otter", on="2026-06-05", soft="the kettle"))

    assert not traces(drawn(otter), "energy")


def test_the_names_of_the_lines_end_inside_a_panel_on_a_phone(otter):
    otter.add(kit.CheckIn(client="Otter", on="2026-06-04", energy=4, living_well=5))
    otter.add(kit.CheckIn(client="Otter", on="2026-06-05", energy=7, living_well=6))
    layout = drawn(otter).layout
    names = [one for one in layout["annotations"] if "xshift" in one]

    assert [one["text"].split(" ", 1)[1] for one in names] == ["living well", "energy"]
    for one in names:
        assert 96 + one["xshift"] >= 0  # a report leaves that much at the left
        assert layout["margin"]["l"] + one["xshift"] + 8 * len(one["text"]) <= 284


def test_two_check_ins_of_one_day_stand_as_their_mean(otter):
    otter.add(kit.CheckIn(client="Otter", on="2026-06-05", energy=4))
    otter.add(kit.CheckIn(client="Otter", on="2026-06-05", energy=7))

    assert measures.by_day(otter.frames("Otter")["check_ins"])["energy"].tolist() == [5.5]


def test_the_order_in_which_things_were_noted_does_not_matter(story):
    told = story.frames("Heron")
    turned = {plural: frame.iloc[::-1].reset_index(drop=True) for plural, frame in told.items()}

    one, other = (
        charts.journey(measures.journey(some, TODAY), measures.by_day(some["check_ins"]), TODAY, "all")
        for some in (told, turned)
    )

    assert sorted(one.rows) == sorted(other.rows)
    assert one.sentence == other.sentence


def test_what_was_noted_just_now_is_ringed(otter):
    otter.add(kit.Win(client="Otter", title="Bread", on=TODAY))
    win = otter.add(kit.Win(client="Otter", title="Tea", on=TODAY - timedelta(3)))

    picture = drawn(otter, newest=win.id)

    assert traces(picture, "just noted")[0]["x"] == ["2026-06-27"]


@pytest.mark.parametrize(
    ("kind", "name"), [(kit.Milestone, "milestones"), (kit.Win, "small wins"), (kit.Spark, "sparks of joy")]
)
def test_two_of_one_day_are_two_marks_that_do_not_cover_each_other(otter, kind, name):
    titles = ("Tea", "Bread", "Rain")
    for title in titles:
        otter.add(kind(client="Otter", title=title, on="2026-06-01"))
    otter.add(kind(client="Otter", title="Alone", on="2026-06-20"))

    (marks,) = traces(drawn(otter), name)

    heights = dict(zip(marks["hovertext"], marks["y"], strict=True))
    lane = heights.pop("Alone")
    assert set(heights) == set(titles)
    assert lane == round(lane), "what is alone on its day lies in the middle of its lane"
    apart = sorted(heights.values())
    assert min(high - low for low, high in pairwise(apart)) > 0.3
    assert all(abs(height - lane) < 0.5 for height in apart)


def test_what_is_looked_out_for_is_a_mark_each(otter):
    for title in ("The sea", "The choir"):
        otter.add(kit.Milestone(client="Otter", title=title, on=None))

    (marks,) = traces(drawn(otter), "hoping for")

    assert len(set(marks["y"])) == 2
    assert marks["hovertext"] == ["The sea", "The choir"]


def test_the_ring_is_around_the_one_of_several_of_a_day_that_was_noted_just_now(otter):
    for title in ("Tea", "Bread"):
        otter.add(kit.Win(client="Otter", title=title, on="2026-06-01"))
    newest = otter.records(kit.Win)[-1]

    picture = drawn(otter, newest=newest.id)

    ((marks,), (ring,)) = (traces(picture, name) for name in ("small wins", "just noted"))
    assert ring["y"] == [marks["y"][marks["hovertext"].index(newest.title)]]


def test_two_setbacks_that_go_on_are_told_as_two(otter):
    for began in ("2026-05-01", "2026-06-01"):
        otter.add(kit.Setback(client="Otter", title="X", began_on=began))

    picture = drawn(otter)

    assert picture.sentence == "So far: 2 setbacks. Still in the middle of 2; no end dates needed."
    assert len(set(traces(picture, "setbacks")[0]["y"][::3])) == 2


def test_peoples_text_is_shown_to_the_letter_by_plotly(otter):
    otter.add(kit.Win(client="Otter", title="Bread", on=TODAY - timedelta(3)))
    otter.add(kit.Win(client="Otter", title='<a href="x">&amp; me</a>', on=TODAY))

    picture = drawn(otter)

    assert traces(picture, "small wins")[0]["hovertext"][1] == '&lt;a href="x"&gt;&amp;amp; me&lt;/a&gt;'
    assert picture.rows[0][2] == '<a href="x">&amp; me</a>'


def test_the_spans_that_are_offered_are_those_that_can_be_drawn():
    assert set(PERIOD_WORDS) == set(charts.SPAN)


def test_nothing_is_drawn_in_red_and_every_colour_comes_from_the_one_sheet(story):
    told = story.frames("Heron")
    picture = charts.journey(measures.journey(told, TODAY), measures.by_day(told["check_ins"]), TODAY, "all")

    def colours(part):
        if isinstance(part, dict):
            for name, value in part.items():
                if name in ("color", "gridcolor", "linecolor", "bgcolor"):
                    yield value
                yield from colours(value)
        elif isinstance(part, list):
            for one in part:
                yield from colours(one)

    found = set(colours([picture.data, picture.layout]))
    sheet = (places.ROOT / "kit" / "static" / "tokens.css").read_text(encoding="utf-8")
    assert found
    assert all(colour.startswith("var(--kit-") and colour[4:-1] in sheet for colour in found)


# more than can be drawn well ---------------------------------------------------------------------------


def long_story(n, days=3650):
    """The frames of `n` days on which something was noted, without a book; every tenth a setback."""
    on = [TODAY - timedelta(days=row * days // n) for row in range(n)]
    records = {kind: [] for kind in (kit.Win, kit.Milestone, kit.CheckIn, kit.Setback)}
    for row, day in enumerate(on):
        records[kit.Win].append(kit.Win(client="Otter", title=f"<win {row}>", on=day))
        records[kit.CheckIn].append(kit.CheckIn(client="Otter", on=day, energy=row % 11, living_well=row * 3 % 11))
        if row % 10 == 0:
            records[kit.Setback].append(
                kit.Setback(client="Otter", title="X", began_on=day - timedelta(2), back_on_feet_on=day)
            )
    kept = {kind: [one.model_dump() for one in some] for kind, some in records.items()}
    return {kind.plural: frame(kind, kept.get(kind, ()), "just_me") for kind in CLIENT_KINDS}


def journey_of(told, span="all", **more):
    return dict(registry.journeys(told, TODAY, [span], **more))[span]


def test_ten_years_are_drawn_by_quarter_and_the_sentence_says_so():
    picture = journey_of(long_story(3650))

    assert picture.sentence.endswith(
        "A mark stands for all of three months, larger where it holds more. The lines go month by month."
    )
    assert max(len(trace["x"]) for trace in traces(picture, "small wins")) <= 41
    assert max(len(trace["x"]) for trace in traces(picture, "energy")) <= 121


def test_what_is_drawn_together_and_what_the_table_holds_are_the_same_number():
    told = long_story(600, days=420)

    picture = journey_of(told)

    (wins,) = traces(picture, "small wins")
    assert sum(int(text.split()[0]) for text in wins["hovertext"]) == 600
    assert sum(row[1] == "small win" for row in picture.rows) == 600
    assert all("the week of" in text for text in wins["hovertext"])
    assert "A mark stands for all of a week" in picture.sentence


def test_setbacks_stay_spans_however_much_there_is():
    told = long_story(600, days=420)

    picture = journey_of(told)

    assert traces(picture, "setbacks")[0]["x"].count(None) == len(told["setbacks"])


def test_up_to_four_hundred_marks_each_is_drawn_by_itself():
    picture = journey_of(long_story(300, days=420))

    assert len(traces(picture, "small wins")[0]["x"]) == 300
    assert "stands for" not in picture.sentence


def test_a_long_story_leaves_its_last_three_months_as_they_are():
    picture = journey_of(long_story(3650), "three months")

    assert len(traces(picture, "small wins")[0]["x"]) == 93
    assert "stands for" not in picture.sentence


def test_the_ring_is_around_the_mark_that_holds_what_was_noted_just_now():
    told = long_story(600, days=420)

    picture = journey_of(told, newest=told["wins"]["id"].iloc[0])

    (ring,), (wins,) = traces(picture, "just noted"), traces(picture, "small wins")
    assert ring["x"][0] == wins["x"][-1]


def test_a_mark_for_many_shows_peoples_text_to_the_letter():
    (wins,) = traces(journey_of(long_story(600, days=420)), "small wins")

    assert "<win" not in wins["hovertext"][0]
    assert "&lt;win" in wins["hovertext"][0]


def test_a_table_of_the_newest_says_how_many_there_are_in_all():
    told = long_story(600, days=420)

    some, whole = journey_of(told, most_rows=200), journey_of(told)

    assert some.rows == whole.rows[:200]
    assert some.table_label == "The newest 200 of 660 as a table; the report holds all"
    assert len(whole.rows) == 660
    assert whole.table_label == journey_of(long_story(20), most_rows=200).table_label


@pytest.mark.parametrize("span", charts.SPAN)
def test_cutting_check_ins_to_a_span_leaves_its_lines_as_they_were(span):
    told = long_story(300)
    entries, daily = measures.journey(told, TODAY), measures.by_day(told["check_ins"])

    assert journey_of(told, span).data == charts.journey(entries, daily, TODAY, span).data
