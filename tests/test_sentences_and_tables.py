"""Each number in a sentence is the number of its table, whatever was noted, in every picture and on every page."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape

import kit
from kit import charts, reports
from kit.charts import registry
from kit.charts.journey import ONE_OF_THEM
from kit.frames import CLIENT_KINDS, frame
from kit.records import AREAS, CAME_BETWEEN, TOOL_KINDS
from kit.reports import page_pictures

TODAY = date(2026, 6, 30)
OTTER = {"client": "Otter"}
FEW = settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# what is noted ------------------------------------------------------------------------------------------

days_ago = st.integers(0, 150)
ratings = st.none() | st.integers(0, 10)
some_of = lambda values: st.lists(st.sampled_from(sorted(values)), max_size=2, unique=True)  # noqa: E731


def upto(strategy, most):
    return st.lists(strategy, max_size=most)


HISTORY = st.fixed_dictionaries(
    {
        "setbacks": upto(
            st.tuples(days_ago, st.none() | st.integers(0, 30), st.booleans(), some_of(["noise", "rain", "work"])), 8
        ),
        "milestones": upto(st.tuples(st.none() | days_ago, st.sampled_from(["", *AREAS])), 5),
        "wins": upto(days_ago, 8),
        "sparks": upto(days_ago, 4),
        "check_ins": upto(st.tuples(days_ago, ratings, ratings), 10),
        "tools": upto(st.sampled_from(sorted(TOOL_KINDS)), 4),
        "tool_uses": upto(st.tuples(st.integers(0, 9), st.integers(0, 9), days_ago, ratings), 10),
        "step_weeks": upto(
            st.tuples(
                st.integers(0, 12),
                st.integers(0, 5),
                st.none() | st.integers(0, 7),
                st.sampled_from(["", *CAME_BETWEEN]),
            ),
            6,
        ),
        "ladder_marks": upto(st.tuples(days_ago, st.integers(-2, 2)), 3),
    }
)

NOTHING: dict[str, list] = {
    "setbacks": [], "milestones": [], "wins": [], "sparks": [], "check_ins": [], "tools": [], "tool_uses": [],
    "step_weeks": [], "ladder_marks": [],
}  # fmt: skip


def ago(n):
    return TODAY - timedelta(days=n)


def records_of(history):
    found = [kit.Client(name="Otter")]
    for n, (began, lasted, timed, before) in enumerate(history["setbacks"]):
        back = None if lasted is None else min(ago(began) + timedelta(days=lasted), TODAY)
        told = {"id": f"s{n}", "title": "grey", "triggers": before, "outside_control": before[:1], "timed": timed}
        found.append(kit.Setback(**OTTER, **told, began_on=ago(began), back_on_feet_on=back))
    for day, area in history["milestones"]:
        found.append(kit.Milestone(**OTTER, title="sea", on=None if day is None else ago(day), area=area))
    found += [kit.Win(**OTTER, title="soup", on=ago(day)) for day in history["wins"]]
    found += [kit.Spark(**OTTER, title="a wren", on=ago(day)) for day in history["sparks"]]
    for day, well, load in history["check_ins"]:
        found.append(kit.CheckIn(**OTTER, on=ago(day), living_well=well, symptom_load=load))
    for n, kind in enumerate(history["tools"]):
        found.append(kit.Tool(**OTTER, id=f"t{n}", title=f"tool {'abcd'[n]}", kind=kind))
    for tool, setback, day, helped in history["tool_uses"]:
        in_one = f"s{setback}" if setback < len(history["setbacks"]) else None
        if tool < len(history["tools"]):
            found.append(kit.ToolUse(**OTTER, tool=f"t{tool}", setback=in_one, on=ago(day), helped=helped))
    step = kit.Step(**OTTER, id="walk", title="walk", then="walk", starts_on=ago(200))
    for week, planned, done, between in history["step_weeks"]:
        monday = date(2026, 6, 29) - timedelta(days=7 * week)
        told = {"planned": planned, "done": done, "came_between": between}
        found.append(kit.StepWeek(**OTTER, step=step.id, week_of=monday, **told))
    music = kit.Aspiration(**OTTER, id="music", title="music", rungs=("hum", "sing", "choir"))
    found += [kit.LadderMark(**OTTER, aspiration="music", on=ago(day), level=at) for day, at in history["ladder_marks"]]
    return [*found, *([step] if history["step_weeks"] else []), *([music] if history["ladder_marks"] else [])]


def frames_of(records, audience="just_me"):
    return {
        kind.plural: frame(kind, [one.model_dump() for one in records if type(one) is kind], audience)
        for kind in CLIENT_KINDS
    }


# what a sentence may say, and where in its table the number stands ---------------------------------------

NUMBER = re.compile(r"\d|\b(once|one|twice|two)\b", re.IGNORECASE)
SPELT = {"once": "1", "one": "1"}
# Numbers of the method itself, and figures of speech: they say nothing about what was noted.
OF_THE_METHOD = (
    r"at 6 or more", r"both at 6 or more", r"95% interval", r"fewer than 3 times", r"From 5 stretches on",
    r"Setbacks at most 2 days apart are one stretch here", r"the one that goes on holds", r"of 10 in the middle",
    r"of every 10 planned", r"One in which something got in the way", r"The other one", r"A larger one",
    r"starts with the first one",
)  # fmt: skip
Says = list[tuple[str, Callable]]


def holds(picture, says: Says):
    """Reads the sentence piece by piece; every number in it must be in a piece whose place in the table is known."""
    rest = picture.sentence
    for one in OF_THE_METHOD:
        rest = re.sub(one, "-", rest)
    for pattern, of in says:
        for found in re.finditer(pattern, rest):
            given = [SPELT.get(one.lower(), one) for one in found.groups() if one is not None]
            assert given == [str(one) for one in of(picture)], (picture.sentence, picture.rows)
        rest = re.sub(pattern, "-", rest)
    assert not NUMBER.search(rest), (rest, picture.sentence)


def cells(picture, name):
    at = picture.columns.index(name) if name in picture.columns else None
    return [row[at] for row in picture.rows] if at is not None else []


def whole(text):
    return [int(one) for one in re.findall(r"\d+", text)]


def each_setback(picture):
    return [row for row in picture.rows if row[0] and row[1]]


def ended(picture):
    return [row for row in each_setback(picture) if not row[1].startswith("still")]


def open_ones(picture):
    return [row for row in each_setback(picture) if row[1].startswith("still")]


def day_cells(picture, rows):
    return [re.search(r"\d+", row[3])[0] for row in rows[::-1]]


def as_listed(found):
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def of_meanwhile(picture):
    return whole(open_ones(picture)[-1][picture.columns.index("Meanwhile")])


def trend_cell(picture):
    return next(row for row in picture.rows if row[2].startswith("a year, over"))


def slope_ends(picture):
    _slope, low, high = (float(one) for one in re.findall(r"\d+\.\d", trend_cell(picture)[3]))
    return [*sorted((f"{low:.1f}", f"{high:.1f}"), key=float), *whole(trend_cell(picture)[2])]


N = r"(\d+|once|one)"
MEANWHILE = (r"Meanwhile: ([^.]*)\.", lambda p: [open_ones(p)[-1][p.columns.index("Meanwhile")]])
FEET: Says = [
    MEANWHILE,
    (rf"Still in the middle of {N};", lambda p: [len(open_ones(p))]),
    (rf"You found your feet again {N}", lambda p: [len(ended(p))]),
]
ASKED: Says = [
    *FEET,
    (r"going on for at least ([^.]*) days? so far", lambda p: [as_listed(day_cells(p, open_ones(p)))]),
    (r"It has been at least (\d+) days? so far", lambda p: day_cells(p, open_ones(p))),
    (r"than at first: (\S+) to (\S+) (?:more|fewer) a year \(-, (\d+) stretches\)", slope_ends),
]
COACH: Says = [
    MEANWHILE,
    (r"^(\d+) setbacks?", lambda p: [len(each_setback(p))]),
    (r"(one|\d+) that goe?s? on, at least ([^.;]*) days? so far",
     lambda p: [len(open_ones(p)), as_listed(day_cells(p, open_ones(p)))]),
    (r"Over the (\d+) stretches that ended, (.*) a year \(-: (.*?)\)",
     lambda p: [*whole(trend_cell(p)[2]), *re.fullmatch(r"(.*) \((.*)\)", trend_cell(p)[3]).groups()]),
    (r": ([\d, and]+) days?\b", lambda p: [as_listed(day_cells(p, ended(p)))]),
    (r"(\d+) left out", lambda p: [next(row[3] for row in p.rows if row[2].startswith("left out"))]),
]  # fmt: skip
CURVE: Says = [
    (r"^More than half of (\d+)", lambda p: [p.rows[0][1]]),
    (r"^Of (\d+) stretches half ended within (\d+) days?", lambda p: [p.rows[0][1], p.rows[-1][2]]),
    (r"\(-: (?:from )?(\d+)(?: days? on)?(?: to (\d+) days?)?\)",
     lambda p: whole(p.rows[-1][1].removeprefix("95% interval"))),
]  # fmt: skip


def both_days(picture):
    counted = [(float(row[1]), float(row[2])) for row in picture.rows if row[1] and row[2]]
    return sum(min(pair) >= 6 for pair in counted), len(counted)


LIVING: Says = [
    (r"^(One) day", lambda p: [len(p.rows)]),
    (r"Noted over (\d+) days", lambda p: [len(p.rows)]),
    (r"On (\d+) of (\d+) days", both_days),
    (r"noted together on (\d+) days?", lambda p: both_days(p)[1:]),
]
WEEKS: Says = [
    (r"^In the week of ([^:]*): (.*?)\. (?=One|Over)", lambda p: next(r[:2] for r in p.rows if noted_week(r))),
    (r"(One) week;", lambda p: [len(weeks_of(p))]),
    (r"Over (\d+) weeks: (.*?)\.", lambda p: [len(weeks_of(p)), in_all(p)]),
    (r"In (\d+) of them", lambda p: [sum(bool(row[2]) for row in weeks_of(p))]),
    (r"The mean over (\d+) weeks? of a step: about (\S+) -", lambda p: mean_cells(p)),
]


def noted_week(row):
    return not row[1].startswith(("not noted", "about")) and not row[0].startswith("the mean")


def weeks_of(picture):
    return [row for row in picture.rows if noted_week(row)]


def in_all(picture):
    pairs = [[*whole(row[1]), 0][:2] for row in weeks_of(picture)]
    done, planned = (sum(some) for some in zip(*pairs, strict=True))
    if not planned:
        return f"{done}, with none planned"
    return f"{done}, with {planned} planned" if done > planned else f"{done} of {planned}"


def mean_cells(picture):
    (row,) = [row for row in picture.rows if row[0].startswith("the mean")]
    return [*whole(row[0]), re.search(r"about (\S+) of", row[1])[1]]


def drawn_of(rows):
    return r"Drawn here: (\d+) of (\d+)", lambda p: [sum(len(one["x"]) for one in p.data[-1:]), len(rows(p))]


HELPED: Says = [
    (r"helped most so far: (\S+) -, (\d+) times", lambda p: [p.rows[0][3], p.rows[0][2]]),
    drawn_of(lambda p: [row for row in p.rows if row[1]]),
]
FITS: Says = [
    (r"When “(.*?)” came before it, “(.*?)” fits best so far, (\d+) times",
     lambda p: next([*row[:2], row[3]] for row in p.rows if int(row[3]) >= 3)),
    drawn_of(lambda p: p.rows),
]  # fmt: skip
BEFORE: Says = [
    (r"Each came before a setback (once)", lambda p: set(cells(p, p.columns[1]))),
    (r"Most often “(.*?)” came before a setback: (\d+) of (\d+) times",
     lambda p: [*p.rows[0][:2], *whole(p.columns[1])]),
    drawn_of(lambda p: p.rows),
]  # fmt: skip
SHOWING: Says = [(r"^(\d+) weeks? holds?", lambda p: [sum(row[1] != "0" for row in p.rows)])]
AREAS_SAID: Says = [
    (r"^(One) milestone;", lambda p: [sum(map(int, cells(p, "Milestones") + cells(p, "Hoped for")))]),
    (r"(\d+) milestones?\b", lambda p: [sum(map(int, cells(p, "Milestones")))]),
    (r"(\d+) hoped for", lambda p: [sum(map(int, cells(p, "Hoped for")))]),
]
SAID: dict[str, list[Says]] = {
    "living_well": [LIVING, LIVING],
    "finding_my_feet": [FEET, CURVE],
    "small_steps": [WEEKS],
    "what_helped": [HELPED, FITS],
    "came_before": [BEFORE],
    "ladders": [[]],
    "showing_up": [SHOWING],
    "areas": [AREAS_SAID],
}


def lane(name):
    return lambda p: [sum(row[1] == ONE_OF_THEM[name] for row in p.rows)]


JOURNEY: Says = [
    (r"(\d+) milestones?\b(?! hoped)", lane("milestone")),
    (r"(\d+) small wins?\b", lane("win")),
    (r"(\d+) sparks? of joy\b", lane("spark")),
    (r"(\d+) setbacks?\b", lane("setback")),
    (r"(\d+) milestones? hoped for", lane("ahead")),
    (rf"Still in the middle of {N};", lambda p: [sum(row[0].endswith("middle of it") for row in p.rows)]),
]


def said_of(name, who):
    if name == "finding_my_feet" and who.get("for_coach"):
        return [COACH, CURVE]
    return [ASKED, CURVE] if name == "finding_my_feet" and who.get("in_days") else SAID[name]


# what must hold ----------------------------------------------------------------------------------------


def test_each_picture_has_its_declared_places():
    assert set(SAID) == set(registry.PICTURES)


@pytest.mark.parametrize("who", [{}, {"in_days": True}, {"for_coach": True}], ids=["client", "in days", "coach"])
@FEW
@given(HISTORY, st.sampled_from(list(charts.SPAN)))
def test_each_number_in_the_sentence_of_a_picture_is_that_of_its_table(who, history, span):
    noted = frames_of(records_of(history), "together")
    story = registry.Story(noted, TODAY, since=charts.first_day(span, TODAY), span=span, **who)

    for name, of in registry.PICTURES.items():
        shown = registry.shown(of, story)
        for picture, says in zip(shown, said_of(name, who), strict=False):
            holds(picture, says)


def test_where_a_row_is_a_week_its_table_holds_the_days_that_the_sentence_counts():
    days = [(n, 5 + n % 4, 7 if n % 3 else None) for n in range(500)]
    noted = frames_of(records_of({**NOTHING, "check_ins": days}), "together")

    over_time, _plane = registry.living_well(registry.Story(noted, TODAY))

    both, there = (sum(map(int, cells(over_time, name))) for name in ("Days with both", "Both at 6 or more"))
    assert len(over_time.rows) < 100
    assert over_time.sentence.startswith(f"On {there} of {both} days living well and")


@FEW
@given(HISTORY, st.integers(0, 60), st.sampled_from(list(charts.SPAN)))
def test_one_entry_more_of_any_kind_never_takes_back_that_somebody_got_up(history, which, span):
    told = records_of(history)
    without = [*told[: 1 + which % len(told)], *told[2 + which % len(told) :]]

    times = [times_back_up(some, span) for some in (without, told)]

    assert times[0] <= times[1]


def times_back_up(records, span):
    story = registry.Story(frames_of(records), TODAY, since=charts.first_day(span, TODAY), span=span)
    path, *_curve = registry.finding_my_feet(story)
    found = re.search(r"You found your feet again (\w+)", path.sentence)
    return int(SPELT.get(found[1], found[1])) if found else 0


@FEW
@given(HISTORY)
def test_each_number_in_the_sentence_of_a_journey_is_that_of_its_table(history):
    noted = frames_of(records_of(history), "together")

    for _span, picture in registry.journeys(noted, TODAY, charts.SPAN):
        holds(picture, JOURNEY)


@pytest.mark.slow
@settings(FEW, max_examples=12)
@given(HISTORY, st.sampled_from(["client", "just_me"]), st.none() | days_ago, st.none() | days_ago)
def test_each_number_in_the_sentences_of_a_page_is_that_of_its_tables(history, audience, since, until):
    told = frames_of(records_of(history), audience)
    since, until = (None if day is None else ago(day) for day in (since, until))
    html = reports.render_page(told, client="Otter", audience=audience, today=TODAY, since=since, until=until)

    shown = page_pictures.draw(told, until or TODAY, (), audience, since, until)

    feet = COACH if audience == "just_me" else FEET
    says = {"journey": [JOURNEY], "finding_my_feet": [feet, CURVE], "what_helped": [HELPED], "small_steps": [WEEKS]}
    for name, found in shown.items():
        for picture, one in zip(found, says[name], strict=False):
            assert escape(picture.sentence) in html
            holds(picture, one)
    for n in re.findall(r"(\w+) (?:earlier ones stand|earlier one stands) in the table under the journey", html):
        things = Counter(row[1] for row in shown["journey"][0].rows)
        assert reports.report.OPEN_ITEMS + {"An": 1}.get(n, n.isdigit() and int(n)) in things.values()
