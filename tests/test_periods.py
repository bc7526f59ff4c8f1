"""In this period: one meaning for pictures, pages, lists and sentences; "none in these weeks" is not "none so far"."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kit
from kit import charts, reports
from kit.charts import registry
from kit.charts.registry import ABOUT, NOT_THEN
from kit.frames import CLIENT_KINDS, filter_period, frame, overlaps_period

TODAY = date.today()
OTTER = {"client": "Otter"}
days_ago = st.integers(0, 400)


def day(n):
    return TODAY - timedelta(days=n)


def frames_of(*records, audience="just_me"):
    return {
        kind.plural: frame(kind, [one.model_dump() for one in records if type(one) is kind], audience)
        for kind in CLIENT_KINDS
    }


def setback(began, back=None, title="Grey", **more):
    return kit.Setback(**OTTER, title=title, began_on=began, back_on_feet_on=back, **more)


OLDER = setback(day(100), title="The letters again", triggers=("letters",))


# one meaning --------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(days_ago, st.none() | st.integers(0, 90))), st.none() | days_ago, st.none() | days_ago)
def test_a_span_belongs_to_a_period_when_a_day_of_it_does(spans, since, until):
    since, until = (None if one is None else day(one) for one in (since, until))
    assume(since is None or until is None or since <= until)
    begins, lasts = ([day(began) for began, _n in spans], [n for _began, n in spans])
    ends = [None if n is None else began + timedelta(days=n) for began, n in zip(begins, lasts, strict=True)]

    found = overlaps_period(*(pd.to_datetime(pd.Series(some, dtype="object")) for some in (begins, ends)), since, until)

    first, last = since or day(1000), until or TODAY + timedelta(days=1000)
    period = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    each = [
        any(began + timedelta(days=n) in period for n in range(((end or day(-1000)) - began).days + 1))
        for began, end in zip(begins, ends, strict=True)
    ]
    assert found.tolist() == each


def test_what_has_no_day_yet_belongs_to_every_period():
    assert overlaps_period(pd.Series([pd.NaT]), pd.Series([pd.NaT]), day(30), day(1)).tolist() == [True]


@pytest.mark.parametrize("span", [span for span, reaches in charts.SPAN.items() if reaches])
def test_a_setback_that_goes_on_is_in_every_picture_page_and_list_of_every_period(book, span):
    book.add(kit.Client(name="Otter"))
    book.add(kit.Agreement(**OTTER, to="notes"))
    book.add(setback(day(800), title="The letters again", triggers=("letters",)))
    book.state.choose("Otter")
    book.state.look_at(span)
    report = book.make_report()
    report._heard(report, {"do": "read", "with": ["client", None]}, [])
    report._heard(report, {"do": "look_at", "with": span}, [])

    drawn = [getattr(book, name)().pictures[0].drawn for name in ("journey", "finding_my_feet", "came_before")]

    assert [drawn[0]["rows"][0][2], drawn[1]["rows"][0][2], drawn[2]["rows"][0][0]] == [
        "The letters again", "The letters again", "letters",
    ]  # fmt: skip
    assert "still in the middle of it; no end date needed" in next(
        one["html"] for one in report.view["blocks"] if one["is"] == "preview"
    )
    assert "The letters again" in repr(report._offers()), "what is on the page can be left out of it"


def test_a_setback_belongs_to_a_page_that_ends_before_it_did():
    told = frames_of(setback(day(60), day(20)), audience="client")
    html = reports.render_page(told, client="Otter", audience="client", today=TODAY, since=day(50), until=day(40))

    assert "Grey" in html
    assert "Grey" not in reports.render_page(told, client="Otter", audience="client", today=TODAY, until=day(61))


def test_a_step_belongs_to_the_time_in_which_it_is_under_way():
    ended, open_ended = (
        kit.Step(**OTTER, title=title, then="walk", starts_on=day(90), ends_on=ends)
        for title, ends in (("ended", day(40)), ("open", None))
    )

    told = frames_of(ended, open_ended)

    assert filter_period(told, day(30))["steps"]["title"].tolist() == ["open"]
    assert filter_period(told, day(50))["steps"]["title"].tolist() == ["ended", "open"]
    assert filter_period(told, None, day(91))["steps"].empty


def test_where_somebody_is_on_a_ladder_holds_until_the_next_mark():
    music = kit.Aspiration(**OTTER, title="music", rungs=("hum", "sing"))
    told = frames_of(music, kit.LadderMark(**OTTER, aspiration=music.id, on=day(100), level=2))

    (picture,) = registry.shown(registry.ladders, over("month", told))

    assert picture.sentence == "music: \u201csing\u201d."


def test_weeks_that_hold_something_are_those_of_the_period():
    week = timedelta(days=7)
    wins = [kit.Win(**OTTER, title="soup", on=TODAY - n * week) for n in (0, 1, 20)]
    told = frames_of(*wins, kit.Tool(**OTTER, title="tea", kind="rest"))
    told = {name: some.assign(created_at=pd.Timestamp(day(300), tz="UTC")) for name, some in told.items()}

    (picture,) = registry.shown(registry.showing_up, over("month", told))

    assert picture.sentence == NOT_THEN["month"]


# none in these weeks, and none so far ---------------------------------------------------------------------


def over(span, told):
    return registry.Story(told, TODAY, for_coach=True, since=charts.first_day(span, TODAY), span=span)


def all_kinds(on):
    """Something for every picture, on one day."""
    tea = kit.Tool(**OTTER, title="tea", kind="rest")
    grey = setback(on, on, triggers=("rain",))
    step = kit.Step(**OTTER, title="walk", then="walk", starts_on=on)
    monday = on - timedelta(days=on.weekday())
    noted = [
        tea, grey, step, kit.ToolUse(**OTTER, tool=tea.id, setback=grey.id, on=on, helped=6),
        kit.CheckIn(**OTTER, on=on, energy=5, living_well=7, symptom_load=7), kit.Win(**OTTER, title="soup", on=on),
        kit.StepWeek(**OTTER, step=step.id, week_of=monday, planned=3, done=2), setback(on, on, timed=False),
        kit.Milestone(**OTTER, title="sea", on=on),
    ]  # fmt: skip
    written = pd.Timestamp(on, tz="UTC") + pd.Timedelta(hours=12)
    return {name: some.assign(created_at=written) for name, some in frames_of(*noted).items()}


NAMES = [name for name in registry.PICTURES if name != "ladders"]


@pytest.mark.parametrize("span", list(ABOUT))
@pytest.mark.parametrize("name", NAMES)
def test_a_period_that_holds_nothing_says_so_and_not_that_there_is_nothing_yet(name, span):
    story = over(span, all_kinds(day(700)))

    for picture in registry.shown(registry.PICTURES[name], story):
        assert picture.sentence == NOT_THEN[span]
        assert "yet" not in picture.sentence
        assert picture.data == []


@pytest.mark.parametrize("span", list(ABOUT))
def test_a_period_in_which_nothing_helped_says_so_beside_a_therapy_that_goes_on(span):
    told = all_kinds(day(700))
    ward = frames_of(kit.Tool(**OTTER, title="Fridays with Dr. Ash", kind="therapy"))["tools"]
    told["tools"] = pd.concat([told["tools"], ward], ignore_index=True)

    (picture,) = registry.shown(registry.tools_that_helped, over(span, told))

    assert picture.sentence == NOT_THEN[span]
    assert [row[0] for row in picture.rows] == ["Fridays with Dr. Ash"]


@pytest.mark.parametrize("name", NAMES)
def test_where_there_is_nothing_at_all_the_sentence_is_the_same_in_every_period(name):
    nothing = frames_of()

    said = [
        [one.sentence for one in registry.shown(registry.PICTURES[name], over(span, nothing))] for span in charts.SPAN
    ]

    assert said == [said[-1]] * len(said)
    assert all(" yet" in one for one in said[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_of_a_part_says_of_which_time_it_is_and_never_so_far(name):
    shown = registry.shown(registry.PICTURES[name], over("month", all_kinds(day(3))))

    assert all(one.sentence.endswith(ABOUT["month"]) for one in shown if one.rows)
    assert not any(
        one.sentence.endswith(ABOUT["month"]) for one in registry.PICTURES[name](over("all", all_kinds(day(3))))
    )


def test_setbacks_left_out_by_choice_are_not_called_none():
    told = frames_of(setback(day(3), timed=False), setback(day(300), day(290)))

    path, *_curve = registry.shown(registry.finding_my_feet, over("month", told))

    assert path.sentence.startswith("What is noted here stays out of pictures about time, as you chose.")


@pytest.mark.parametrize(
    ("noted", "sentence"),
    [
        ([], "Nothing is on the time line yet. It starts with the first thing you note."),
        ([kit.Win(**OTTER, title="soup", on=day(100))], "Nothing is on the time line in this time."),
        ([kit.CheckIn(**OTTER, energy=4, on=day(100))], "Nothing is on the time line in this time."),
    ],
    ids=["nothing", "a win of before", "a day of before"],
)
def test_a_journey_of_weeks_that_hold_nothing_says_whether_there_is_anything(noted, sentence):
    ((_span, picture),) = registry.journeys(frames_of(*noted), TODAY, ["month"])

    assert picture.sentence == sentence


def test_a_page_about_a_part_of_the_time_is_not_at_its_beginning_and_says_not_so_far():
    told = frames_of(kit.Win(**OTTER, title="soup", on=day(100)), setback(day(90)), audience="client")

    html = reports.render_page(told, client="Otter", audience="client", today=TODAY, since=day(30))

    assert "This page is at its beginning." not in html
    assert "In this time: 1 setback." in html
    assert "so far" not in html.casefold()


def test_the_journey_of_a_page_begins_where_the_page_does():
    told = frames_of(setback(day(900)), kit.Win(**OTTER, title="soup", on=day(5)))

    (picture,) = registry.journey_of(registry.Story(told, TODAY, since=day(30)))

    assert picture.layout["xaxis"]["range"][0] >= str(day(33))


def test_a_list_of_one_kind_of_which_nothing_is_left_shows_all_again(book):
    book.add(kit.Client(name="Otter"))
    book.add(kit.Agreement(**OTTER, to="notes"))
    win = book.add(kit.Win(**OTTER, title="soup"))
    book.state.choose("Otter")
    entries = book.entries()
    entries._heard(entries, {"do": "only", "with": "wins"}, [])

    entries._heard(entries, {"do": "remove", "with": ["wins", win.id]}, [])

    (listed,) = [one for one in entries.view["blocks"] if one["is"] == "list"]
    assert len(listed["items"]) == 1


def test_steps_that_are_over_and_tools_that_rest_are_not_called_none_yet(book):
    book.add(kit.Client(name="Otter"))
    book.add(kit.Agreement(**OTTER, to="notes"))
    book.add(kit.Step(**OTTER, title="walk", then="walk", starts_on=day(90), ends_on=day(40)))
    book.add(kit.Tool(**OTTER, title="tea", kind="rest", status="retired"))
    book.state.choose("Otter")

    said = repr([getattr(book, name)().view for name in ("review_steps", "next_step", "toolkit")])

    assert said.count("No small step is under way just now.") == 2
    assert "No tool is in use just now." in said
    assert "No small steps noted yet" not in said
