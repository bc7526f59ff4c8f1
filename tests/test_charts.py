"""Each picture: its sentence, its table and what is drawn agree; kind, calm, and apart without colour."""

import json
import re
from collections import Counter
from colorsys import rgb_to_hls
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product

import numpy as np
import pytest

import kit
from kit import charts, exchange, measures, places
from kit.charts import registry
from kit.charts.picture import WIDE
from kit.charts.rows import SPARE
from kit.frames import CLIENT_KINDS, frame
from kit.records import AREAS, LISTED_ONLY, OfClient

TODAY = date(2026, 11, 16)
MONDAY = date(2026, 3, 2)
NAMES = ("Heron", "Maple", "River", "Birch")
SHEET = (places.ROOT / "kit" / "static" / "tokens.css").read_text(encoding="utf-8")
THEMES = dict(zip(("light", "dark"), SHEET.split('body[data-jp-theme-light="false"]'), strict=True))
PAINTED = ("color", "fillcolor", "fgcolor", "bgcolor", "gridcolor", "linecolor")


def frames_of(records):
    """The frames of a story, without a book."""
    return {
        kind.plural: frame(kind, [one.model_dump() for one in records if type(one) is kind], "just_me")
        for kind in CLIENT_KINDS
    }


SHOWN = {
    "living_well": ("living", "plane"), "small_steps": ("steps",), "what_helped": ("helped", "fits"),
    "came_before": ("came before",), "areas": ("areas",), "ladders": ("ladders",), "showing_up": ("showing",),
}  # fmt: skip
FEET = {"feet": {}, "feet in days": {"in_days": True}, "feet for the coach": {"for_coach": True}}


def all_pictures(told, today=TODAY):
    """Every picture of one client, as panels and reports have them made."""
    own = told["clients"]["own_words"].iloc[0] if len(told["clients"]) else ()
    client, coach = (registry.Story(told, today, own, for_coach=coach) for coach in (False, True))
    found = {"journey": dict(registry.journeys(told, today, ["all"], own_words=own))["all"]}
    for name, whats in SHOWN.items():
        found |= zip(whats, registry.PICTURES[name](client), strict=True)
    for what, more in FEET.items():
        found[what], *curve = registry.finding_my_feet(replace(client, **more))
    (found["steps for the coach"],) = registry.small_steps(coach)
    return found | dict(zip(["curve"], curve, strict=False))


def feet_of(told, today=TODAY):
    return measures.bounce_back(told["setbacks"], today)


@pytest.fixture(scope="module")
def sample():
    """Name -> frames of the four invented people."""
    records, amiss = exchange.read_folder(places.ROOT / "sample_data")
    assert amiss == []
    named = {name: [one for one in records if isinstance(one, OfClient) and one.client == name] for name in NAMES}
    people = [one for one in records if isinstance(one, kit.Client)]
    return {name: frames_of([*named[name], *(one for one in people if one.name == name)]) for name in NAMES}


@pytest.fixture(scope="module")
def shown(sample):
    """Name -> what it shows -> picture."""
    return {name: all_pictures(told) for name, told in sample.items()}


def setbacks(*lengths, every=30, **more):
    """Setbacks that began every 30 days and lasted so long; None goes on."""
    began = [date(2026, 1, 1) + timedelta(every * n) for n in range(len(lengths))]
    return [
        kit.Setback(client="Otter", title=f"number {n}", began_on=day, **more,
                    back_on_feet_on=None if lasted is None else day + timedelta(lasted))
        for n, (day, lasted) in enumerate(zip(began, lengths, strict=True))
    ]  # fmt: skip


def trace(picture, name):
    (found,) = [one for one in picture.data if one.get("name") == name]
    return found


def words_in(picture):
    """All that can be read in what is drawn."""
    return " | ".join(note["text"] for note in picture.layout.get("annotations", ()))


def everything_in(picture):
    return json.dumps([picture.sentence, picture.rows, words_in(picture), [
        [one.get("name"), one.get("hovertext")] for one in picture.data
    ]])  # fmt: skip


def number(text):
    return float(text) if text else None


def painted(part):
    if isinstance(part, dict):
        for name, value in part.items():
            if name in PAINTED:
                yield from [value] if isinstance(value, str) else value
            yield from painted(value)
    elif isinstance(part, list):
        for one in part:
            yield from painted(one)


# what holds for all pictures -----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_a_sentence_and_its_table_is_whole(shown, name):
    for what, picture in shown[name].items():
        assert picture.sentence.endswith("."), what
        assert {len(row) for row in picture.rows} <= {len(picture.columns)}, what
        assert all(isinstance(cell, str) for row in picture.rows for cell in row), what
        assert not picture.data or picture.rows, what


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_plain_data(shown, name):
    for what, picture in shown[name].items():
        told = json.loads(json.dumps(picture.drawn(), allow_nan=False))

        assert told == picture.drawn(), what


def test_almost_no_data_is_a_sentence_and_no_axes(shown):
    assert {what: picture.data or picture.layout for what, picture in shown["Birch"].items()} == {
        what: {} for what in shown["Birch"]
    }


def test_almost_nothing_says_when_a_picture_begins(shown):
    assert shown["Birch"]["journey"].sentence == "So far: 1 small win. There is a picture from the second thing on."
    assert len(shown["Birch"]["journey"].rows) == 2


def test_with_enough_data_there_is_something_to_see(shown):
    assert [what for what, picture in shown["Heron"].items() if not picture.data] == []


def test_nothing_at_all_is_a_sentence_each():
    for what, picture in all_pictures(frames_of([])).items():
        assert picture.sentence.endswith("."), what
        assert (picture.data, picture.rows) == ([], []), what


@pytest.mark.parametrize("name", NAMES)
def test_every_colour_comes_from_the_one_sheet_in_light_and_dark(shown, name):
    for what, picture in shown[name].items():
        found = set(painted([picture.data, picture.layout]))

        assert bool(found) == bool(picture.data), what
        assert all(f"{colour[4:-1]}:" in sheet for colour in found for sheet in THEMES.values()), what


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_of_modest_height_without_a_legend(shown, name):
    for what, picture in shown[name].items():
        if picture.data:
            assert 100 <= picture.layout["height"] <= (640 if what == "ladders" else 430), what
            assert picture.layout["showlegend"] is False, what
            assert "width" not in picture.layout, what


def test_peoples_text_is_shown_to_the_letter():
    hostile = "<b>&amp; rest</b>"
    tool = kit.Tool(client="Otter", title=hostile, kind="rest")
    other = kit.Tool(client="Otter", title="tea", kind="rest")
    uses = [kit.ToolUse(client="Otter", tool=one.id, on=TODAY, helped=7) for one in (tool, other)]
    told = frames_of([tool, other, *uses])

    picture = charts.what_helped(measures.what_helped(told["tool_uses"], told["tools"]), told["tools"].iloc[:0])

    assert "&lt;b&gt;&amp;amp; rest&lt;/b&gt;" in words_in(picture)
    assert hostile in [row[0] for row in picture.rows]


# the table equals the figure -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_living_well_and_what_i_live_with_are_drawn_as_the_table_says(shown, name):
    picture = shown[name]["living"]
    rows = picture.rows[::-1]

    for column, word in ((1, picture.columns[1]), (2, picture.columns[2])):
        line, points = [one for one in picture.data if one["name"] == word]
        for kind, at in ((points, column), (line, column + 2)):
            drawn = [value for value in kind["y"] if value is not None]
            assert drawn == [number(row[at]) for row in rows if row[at]]


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_the_plane_holds_each_day_of_its_table(shown, name):
    picture = shown[name]["plane"]
    (spots,) = picture.data
    ringed = [symbol == "circle" for symbol in spots["marker"]["symbol"]]
    drawn = dict(zip(zip(spots["x"], spots["y"], ringed, strict=True), spots["customdata"], strict=True))

    assert drawn == Counter((float(row[1]), float(row[2]), bool(row[3])) for row in picture.rows)
    assert sum(bool(row[3]) for row in picture.rows) == int(re.search(r"On (\d+) of", picture.sentence)[1])


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_each_setback_of_the_table_lies_on_the_line(shown, name):
    picture = shown[name]["feet"]
    ends = trace(picture, "a setback")["x"]
    open_ended = [one for one in picture.data if one["name"].startswith("still in the middle")]

    assert ends.count(None) == len(picture.rows)
    assert len(open_ended) == sum(row[1].startswith("still in") for row in picture.rows)


def test_setbacks_that_overlap_lie_above_each_other_and_each_that_goes_on_stays_open():
    both = [kit.Setback(client="Otter", title="X", began_on=date(2026, 10, day)) for day in (1, 9)]
    earlier = kit.Setback(client="Otter", title="Y", began_on=date(2026, 5, 1), back_on_feet_on=date(2026, 5, 9))

    (picture,) = registry.finding_my_feet(registry.Story(frames_of([*both, earlier]), TODAY))

    heights = trace(picture, "a setback")["y"][::3]
    (open_ended,) = [one for one in picture.data if one["name"].startswith("still in the middle")]
    assert heights[0] == 1
    assert len(set(heights)) == 3
    assert open_ended["y"][::3] == heights[1:]
    assert "still in the middle of 2" in words_in(picture).replace("<br>", " ")


def test_each_setback_of_the_table_is_a_dot_and_the_trend_has_its_interval(shown):
    picture = shown["Heron"]["feet in days"]
    line = [trace(picture, name)["y"] for name in ("the line", "interval, from", "interval, to")]
    cells = [row[3] for row in picture.rows if row[2] == "the line, with its interval"]
    dots = [float(row[3]) for row in picture.rows if row[1]]

    assert trace(picture, "back on my feet")["y"] == dots[::-1]
    assert [f"{middle:g} ({low:g} to {high:g})" for middle, low, high in zip(*line, strict=True)] == cells


def test_the_curve_goes_through_the_numbers_of_its_table(shown, sample):
    picture = shown["Heron"]["curve"]
    step = trace(picture, "share that goes on")
    found = feet_of(sample["Heron"])

    assert list(zip(step["x"], step["y"], strict=True)) == [
        (float(row[0]), float(row[2])) for row in picture.rows if row[0][0].isdigit()
    ]
    assert trace(picture, "half of them")["x"] == [found.median]
    assert picture.rows[-1][1:] == [f"95% interval: {found.low:g} to {found.high:g}", f"{found.median:g}"]


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_done_of_planned_is_drawn_as_the_table_says(shown, name):
    picture = shown[name]["steps"]
    bars = zip(trace(picture, "done")["y"], trace(picture, "planned")["y"], strict=True)

    told = [re.match(r"(\d+)(?: of |, with )(\d+)", row[1]).groups() for row in picture.rows[::-1]]
    assert [(f"{done:g}", f"{planned:g}") for done, planned in bars] == told


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_how_much_each_tool_helped_is_drawn_as_the_table_says(shown, name):
    picture = shown[name]["helped"]
    dots, ranges = trace(picture, "in the middle"), picture.data[1]["x"]
    rows = picture.rows[: len(dots["x"])]

    assert [f"{x:g}" for x in dots["x"]] == [row[3] for row in rows]
    assert [x for x in ranges if x is not None] == [float(cell) for row in rows for cell in row[4:6]]
    assert all(re.search(rf"{row[3]} \u00b7 {row[2]} times?\b", words_in(picture)) for row in rows)


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_what_fits_draws_the_tool_that_its_label_names_and_no_other(shown, name):
    picture = shown[name]["fits"]
    dots = trace(picture, "in the middle")
    first = list({row[0]: row for row in reversed(picture.rows)}.values())[::-1][: len(dots["x"])]

    spots = zip(dots["hovertext"], dots["x"], strict=True)
    assert list(spots) == [(row[1], float(row[4])) for row in first]
    assert len(set(dots["y"])) == len(dots["y"])
    labels = words_in(picture).replace("<br>", " ")
    assert all(f"{row[0]}: {row[1]}"[:40] in labels for row in first)
    assert f"Drawn here: {len(first)} of {len(picture.rows)}; the table holds all." in picture.sentence


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_what_came_before_is_drawn_as_the_table_says(shown, name):
    picture = shown[name]["came before"]
    times, outside = trace(picture, "times")["x"], trace(picture, "not in my hands")["x"]

    assert times == [int(row[1]) for row in picture.rows[: len(times)]]
    assert outside == [int(row[2] or 0) for row in picture.rows[: len(times)]]


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_areas_have_a_star_for_each_milestone_of_the_table(shown, name):
    picture = shown[name]["areas"]
    stars = {one["name"]: Counter(one["y"]) for one in picture.data}

    for at, (_area, reached, ahead) in enumerate(picture.rows):
        assert stars["milestone"][at] == int(reached)
        assert stars.get("hoped for", {}).get(at, 0) == int(ahead)


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_each_ladder_shows_its_rungs_and_where_i_am(shown, sample, name):
    picture = shown[name]["ladders"]
    found = measures.ladders(sample[name]["aspirations"], sample[name]["ladder_marks"])

    for place, row, ladder in zip(found["place"], picture.rows, found.itertuples(), strict=True):
        rail = trace(picture, ladder.title)
        marked = [(one["x"][0], one["y"][0]) for one in picture.data if one["name"] == "here"]
        (here,) = [y for x, y in marked if x == rail["x"][0] and rail["y"][0] <= y <= rail["y"][-1]]
        upwards = rail["y"][::-1]
        assert len(upwards) == len(row[4].split(" \u00b7 "))
        assert here == pytest.approx(np.interp(float(place), range(len(upwards)), upwards))
        assert ladder.rungs[int(place)] in row[1]


@pytest.mark.parametrize("name", ["Heron", "Maple", "River"])
def test_showing_up_has_a_dot_for_each_week_that_holds_something(shown, name):
    picture = shown[name]["showing"]
    (dots,) = picture.data

    assert len(dots["x"]) == sum(row[1] != "0" for row in picture.rows)
    assert len(dots["x"]) == int(picture.sentence.split()[0])


# what each picture keeps to ------------------------------------------------------------------------


def test_a_client_in_the_middle_of_it_reads_no_days_but_what_was_there_meanwhile(shown, sample):
    days = feet_of(sample["River"]).episodes["days"].iloc[-1]
    client, coach = shown["River"]["feet"], shown["River"]["feet for the coach"]

    assert client.sentence.startswith("Still in the middle of it; no end date needed.")
    assert re.search(r"Meanwhile: .*sparks? of joy, \d+ of \d+ small steps\.$", client.sentence)
    assert "meanwhile: " in words_in(client)
    assert str(days) not in everything_in(client)
    assert client.layout["yaxis"]["visible"] is False
    assert f"at least {days}" in coach.sentence
    assert [f"at least {days}"] == [row[3] for row in coach.rows if row[1].startswith("still")]


def test_days_are_there_when_a_client_asks_for_them(shown, sample):
    picture = shown["River"]["feet in days"]
    days = int(feet_of(sample["River"]).episodes["days"].iloc[-1])

    assert f"It has been at least {days} days so far." in picture.sentence
    assert trace(picture, "still in the middle of it; at least")["y"] == [days]
    assert f"{days} days so far" in words_in(picture)


@pytest.mark.parametrize("name", NAMES)
def test_before_a_client_asks_nothing_about_finding_ones_feet_is_in_days(shown, name):
    picture = shown[name]["feet"]

    assert not re.search(r"\bdays?\b", picture.sentence + words_in(picture))
    assert "Days" not in picture.columns


def test_below_five_stretches_there_is_no_curve_and_from_five_on_there_is():
    few, enough = (measures.bounce_back(setbacks(*lengths), TODAY) for lengths in ((9, 7, 5, 4), (9, 7, 5, 4, 3)))

    assert charts.survival_curve(few).data == []
    assert charts.survival_curve(few).sentence == "From 5 stretches on there is a curve."
    assert charts.survival_curve(enough).data
    assert charts.survival_curve(enough).sentence.startswith("Of 5 stretches half ended within 5 days (95% interval: ")


@pytest.mark.parametrize("lengths", [(9,), (9, 7, 5, 4), (9, 7, 5, 4, 3, 2)])
@pytest.mark.parametrize("who", [{"for_coach": True}, {"in_days": True}])
def test_no_sentence_of_a_page_about_finding_ones_feet_stands_there_twice(lengths, who):
    drawn = registry.finding_my_feet(registry.Story(frames_of(setbacks(*lengths)), TODAY, **who))

    said = [one for picture in drawn for one in re.split(r"(?<=\.) ", picture.sentence)]
    assert len(drawn) == 2
    assert len(said) == len(set(said))


def test_a_median_that_is_not_reached_yet_is_not_drawn():
    found = measures.bounce_back(setbacks(9, 7, 5, 4, None, every=60), date(2026, 9, 3))
    most = measures.bounce_back([*setbacks(9, 7), *setbacks(None)], date(2026, 9, 3))

    assert trace(charts.survival_curve(found), "half of them")["x"] == [found.median]
    assert charts.survival_curve(most).data == []


def test_setbacks_that_are_left_out_of_pictures_about_time_are_in_none_of_them():
    found = measures.bounce_back(setbacks(9, 7, timed=False), TODAY)

    picture = charts.finding_my_feet(found, TODAY)

    assert (picture.data, picture.rows) == ([], [])
    assert "as you chose" in picture.sentence


def test_gaps_stay_gaps():
    days = ("2026-01-05", "2026-01-08", "2026-05-05")
    check_ins = frames_of([kit.CheckIn(client="Otter", on=day, living_well=6, symptom_load=3) for day in days])
    daily = measures.by_day(check_ins["check_ins"], ratings=charts.BOTH)

    picture = charts.living(daily, measures.living_with_symptoms(check_ins["check_ins"]))

    line, points = [one for one in picture.data if one["name"] == "living well"]
    assert None in line["y"]
    assert line["connectgaps"] is False
    assert 0 not in [*line["y"], *points["y"]]


def test_what_i_live_with_never_has_to_be_noted():
    check_ins = frames_of([kit.CheckIn(client="Otter", on=TODAY - timedelta(n), living_well=6) for n in range(3)])
    daily = measures.by_day(check_ins["check_ins"], ratings=charts.BOTH)

    picture = charts.living(daily, measures.living_with_symptoms(check_ins["check_ins"]))

    assert {one["name"] for one in picture.data} == {"living well"}
    assert picture.sentence == "Noted over 3 days: living well. The other one is not noted; it never has to be."


def test_the_clients_own_words_stand_in_the_pictures(shown):
    assert "the body's weather" in words_in(shown["Maple"]["living"])
    assert "the body's weather" in words_in(shown["Maple"]["plane"])
    assert "a flare" in shown["Maple"]["came before"].sentence
    assert shown["Maple"]["feet"].columns[2] == "a flare"


def test_points_that_stand_for_weeks_say_so():
    check_ins = frames_of([
        kit.CheckIn(client="Otter", on=TODAY - timedelta(n), living_well=6, symptom_load=6) for n in range(30)
    ])["check_ins"]  # fmt: skip
    weekly = measures.by_period(check_ins, "week", ratings=charts.BOTH)

    picture = charts.living(weekly, measures.living_with_symptoms(check_ins), every="week")

    assert picture.sentence.startswith("On 30 of 30 days")
    assert picture.sentence.endswith("A point is the mean of a week.")


def weeks(*told):
    """Weeks of one step, one after the other: (done, planned) or (done, planned, what came between)."""
    step = kit.Step(client="Otter", title="tea", starts_on=MONDAY)
    return frames_of([
        kit.StepWeek(client="Otter", step=step.id, week_of=MONDAY + timedelta(7 * n), done=one[0], planned=one[1],
                     came_between=one[2] if len(one) > 2 else "")
        for n, one in enumerate(told)
    ])["step_weeks"]  # fmt: skip


def stepped(*told, for_coach=False):
    (picture,) = registry.small_steps(registry.Story({"step_weeks": weeks(*told)}, TODAY, for_coach=for_coach))
    return picture


def test_a_week_with_something_in_between_shows_as_such_and_what_was_done_counts():
    picture = stepped((4, 5), (1, 5, "unwell"), (0, 3, "life"))

    marked = trace(picture, "something got in the way")
    assert marked["hovertext"] == ["unwell", "life intervened"]
    assert trace(picture, "done")["marker"]["pattern"]["shape"] == ["", "/", "/"]
    assert trace(picture, "done")["y"] == [4, 1, 0]
    assert picture.rows[0] == ["16 Mar 2026", "0 of 3", "life intervened", ""]
    assert "Over 3 weeks: 5 of 13." in picture.sentence
    assert "In 2 of them something got in the way; what was done still counts." in picture.sentence


def test_a_client_reads_totals_and_the_coach_also_the_mean_with_the_n_that_it_counts(shown):
    client, coach = shown["River"]["steps"].sentence, shown["River"]["steps for the coach"].sentence

    assert "Over 8 weeks: 16 of 21. In 3 of them something got in the way" in client
    assert "of every 10" not in client
    assert coach == (
        f"{client} The mean over 5 weeks of a step: about 9.5 of every 10 planned. "
        "One in which something got in the way is in it only where it raises it."
    )


def test_the_words_of_the_last_week_stand_above_the_bars_beside_it():
    picture = stepped((1, 9), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 5), (2, 3))

    (told,) = [note for note in picture.layout["annotations"] if note["text"] == "2 of 3"]
    assert told["y"] == 5


def test_more_than_was_planned_and_nothing_planned_are_said_as_what_they_are():
    picture = stepped((4, 3), (2, 0), (1, 1))

    assert [row[1] for row in picture.rows] == ["1 of 1", "2, with none planned", "4, with 3 planned"]
    assert "Over 3 weeks: 7, with 4 planned." in picture.sentence


def test_a_week_of_which_nothing_was_noted_is_a_gap():
    picture = stepped((4, 5), (None, 5), (5, 5))

    assert trace(picture, "done")["y"] == [4, None, 5]
    assert [row[1] for row in picture.rows] == ["5 of 5", "not noted; 5 planned", "4 of 5"]
    assert "5 of 5" in words_in(picture)


def test_one_week_is_too_few_to_draw():
    picture = stepped((4, 5))

    assert picture.data == []
    assert picture.sentence == "In the week of 2 Mar 2026: 4 of 5. One week; too few yet to tell."


def test_therapy_and_medication_are_named_and_never_compared(sample):
    tools = [kit.Tool(client="Otter", title=kind, kind=kind) for kind in ("rest", "movement", *LISTED_ONLY)]
    uses = [kit.ToolUse(client="Otter", tool=one.id, on=TODAY, helped=9) for one in tools for _again in range(3)]
    told = frames_of([*tools, *uses])

    picture = charts.what_helped(
        measures.what_helped(told["tool_uses"], told["tools"]), measures.listed_only(told["tools"])
    )

    assert "medication and therapy" in picture.sentence
    assert not any(kind in words_in(picture) for kind in LISTED_ONLY)
    assert [row[1:] for row in picture.rows if row[0] in LISTED_ONLY] == [
        ["medication", "", "", "", "", ""],
        ["therapy", "", "", "", "", ""],
    ]


def test_a_tool_of_which_too_little_is_known_is_an_open_ring(shown):
    dots = trace(shown["Heron"]["helped"], "in the middle")
    rows = shown["Heron"]["helped"].rows

    assert {row[2]: symbol for row, symbol in zip(rows, dots["marker"]["symbol"], strict=False)} == {
        "3": "circle", "2": "circle-open", "1": "circle-open"
    }  # fmt: skip
    assert "too few yet to tell" in shown["Maple"]["helped"].sentence


def test_what_helped_after_what_came_before_stands_beside_how_often_on_a_phone_too(shown):
    labels = shown["Heron"]["fits"].layout["annotations"]
    names = [one["text"].split("<br>") for one in labels if one.get("yanchor") == "top" and "yshift" not in one]
    asides = [one["text"] for one in labels if one.get("yanchor") == "bottom"]

    assert len(names) == len(asides) > 1
    for lines, aside in zip(names, asides, strict=True):
        assert max(map(len, lines)) <= WIDE
        assert len(lines[-1]) + len(aside) < WIDE + SPARE


def test_where_only_a_part_is_drawn_the_sentence_says_so_and_the_table_holds_all():
    many = [
        kit.Setback(client="Otter", title=str(n), began_on=TODAY, triggers=(f"something that came before, number {n}",))
        for n in range(12)
    ]
    told = frames_of(many)

    (picture,) = registry.came_before(registry.Story(told, TODAY))

    n = len(trace(picture, "times")["x"])
    assert n < 12
    assert f"Drawn here: {n} of 12; the table holds all." in picture.sentence
    assert len(picture.rows) == 12


def test_the_days_of_what_came_before_are_for_the_coach_alone(sample):
    (client,), (coach,) = (
        registry.came_before(registry.Story(sample["River"], TODAY, for_coach=coach)) for coach in (False, True)
    )

    assert len(client.columns) == 4
    assert any("at least" in row[4] for row in coach.rows)
    assert {row[5] for row in coach.rows} == {"too few yet to tell"}
    assert "at least" not in everything_in(client)


def test_how_often_something_came_before_is_told_with_how_many_setbacks_there_are(shown, sample):
    picture, n = shown["Heron"]["came before"], len(sample["Heron"]["setbacks"])
    most = picture.rows[0][1]

    assert f": {most} of {n} times." in picture.sentence
    assert f"{most} of {n}" in words_in(picture).split(" | ")
    assert picture.columns[1] == f"Times, of {n}"


def test_rows_and_ladders_reach_across_the_card(shown):
    for what in ("helped", "fits", "came before"):
        layout = shown["Heron"][what].layout
        assert "domain" not in layout["xaxis"], what
        assert {note["x"] for note in layout["annotations"]} == {0, 1}, what
    first, second = [one["x"][0] for one in shown["Heron"]["ladders"].data if one["name"] != "here"]
    assert first == 0
    assert second > 0.5


def test_areas_are_a_view_in_the_order_of_the_form(shown):
    assert [row[0] for row in shown["Heron"]["areas"].rows] == list(AREAS.values())
    assert "a view, not a rating" in shown["Heron"]["areas"].sentence


def test_a_ladder_without_a_mark_shows_its_rungs_and_nothing_else():
    told = frames_of([kit.Aspiration(client="Otter", title="music", rungs=("listen", "hum", "sing"))])

    picture = charts.ladders(measures.ladders(told["aspirations"], told["ladder_marks"]))

    assert [one["name"] for one in picture.data] == ["music"]
    assert picture.sentence == "music: not marked yet."


def test_enough_for_now_stands_as_it_was_said(shown):
    assert shown["Maple"]["ladders"].sentence.endswith(", enough for now.")
    assert "enough for now" in words_in(shown["Maple"]["ladders"])


def test_out_of_how_many_weeks_stands_in_the_table_alone(shown):
    picture = shown["Maple"]["showing"]
    n, of = re.fullmatch(r"(\d+) of (\d+)", picture.rows[0][2]).groups()

    assert picture.sentence == f"{n} weeks hold something of yours."
    assert int(of) > int(n)
    assert of not in picture.sentence + words_in(picture)


# apart without colour ------------------------------------------------------------------------------

# How colours look to people who see two of three: Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
SEEN = {
    "as it is": np.eye(3),
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}  # fmt: skip
IN_JOURNEY = {"milestones": "milestone", "setbacks": "setback", "sparks of joy": "spark", "living well": "living"}


def light(colour):
    """A colour of the sheet as linear light, 0 to 1."""
    return light_of(colour_of(colour))


def colour_of(colour):
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def light_of(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def token(theme, name):
    return re.search(rf"--kit-{name}: (#[0-9a-f]{{6}});", THEMES[theme])[1]


def contrast(one, other):
    bright, dim = sorted(
        (0.05 + float(np.array([0.2126, 0.7152, 0.0722]) @ seen) for seen in (one, other)), reverse=True
    )
    return bright / dim


def blended(one, ground, part):
    """A colour of which so much is seen, on its ground, as linear light."""
    return light_of(colour_of(one) * part + colour_of(ground) * (1 - part))


def looks(sample):
    """What each thing in the journey looks like, its colour left out."""
    told = sample["Heron"]
    picture = charts.journey(measures.journey(told, TODAY), measures.by_day(told["check_ins"]), TODAY, "all")
    found = {}
    for one in picture.data:
        if one["name"] in IN_JOURNEY:
            line = one.get("line", {}) if "lines" in one["mode"] else {}
            found.setdefault(one["name"], (
                one["mode"], one.get("marker", {}).get("symbol"), line.get("width"), line.get("dash"),
            ))  # fmt: skip
    return found


def test_milestone_setback_spark_and_line_differ_in_shape_and_not_in_colour_alone(sample):
    found = looks(sample)

    assert set(found) == set(IN_JOURNEY)
    assert all(one != other for one, other in combinations(found.values(), 2))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("seen", SEEN)
def test_milestone_setback_spark_and_line_stand_out_from_the_card_however_colours_are_seen(theme, seen):
    card = np.clip(SEEN[seen] @ light(token(theme, "card")), 0, 1)

    for name in IN_JOURNEY.values():
        assert contrast(np.clip(SEEN[seen] @ light(token(theme, name)), 0, 1), card) >= 3, name


BEHIND = {"var(--kit-line)", "var(--kit-pale)", "var(--kit-card)"}  # grounds, rails and rims


def marked(trace):
    """Each colour in which a trace draws, and how much of it is seen; plotly pales marks of many sizes by itself."""
    marker, seen = trace.get("marker", {}), trace.get("opacity", 1)
    of_marks = marker.get("opacity", 0.7 if isinstance(marker.get("size"), list) else 1)
    rim = marker.get("line", {}).get("color", ())
    for colour in [marker.get("color"), *([rim] if isinstance(rim, str) else rim)]:
        yield colour, seen * of_marks
    if trace.get("line", {}).get("width"):
        yield trace["line"]["color"], seen


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_mark_and_line_as_pale_as_it_is_drawn_stands_out_from_its_ground(shown, theme, name):
    sheet = {ground: token(theme, ground) for ground in ("card", "pale")}
    for what, picture in shown[name].items():
        grounds = sheet if picture.layout.get("shapes") else {"card": sheet["card"]}
        drawn = {one for trace in picture.data for one in marked(trace) if one[0] and one[0] not in BEHIND}

        for (colour, part), ground in product(drawn, grounds.values()):
            seen = blended(token(theme, colour[10:-1]), ground, part)
            assert contrast(seen, light(ground)) >= 3, (what, colour, part)


@pytest.mark.parametrize("theme", THEMES)
def test_all_words_in_pictures_can_be_read(shown, theme):
    card = light(token(theme, "card"))
    inks = {note["font"]["color"] for some in shown.values() for one in some.values()
            for note in one.layout.get("annotations", ())}  # fmt: skip

    assert len(inks) > 2
    for ink in inks:
        assert contrast(light(token(theme, ink[10:-1])), card) >= 4.5, ink


@pytest.mark.parametrize("theme", THEMES)
def test_no_colour_of_the_sheet_is_red(theme):
    for name, colour in re.findall(r"--kit-(\w+): (#[0-9a-f]{6});", THEMES[theme]):
        hue, lightness, saturation = rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        red = (hue < 20 / 360 or hue > 340 / 360) and saturation > 0.35 and 0.2 < lightness < 0.8
        assert not red, name
