"""All pictures of two and of ten years, beside plotly.express and beside reading; a journey of 10,000, painted."""

import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import kit
from bench import express
from bench.browser import bench, fresh_home
from bench.figures import Finding, Row, in_turn, less, note, times
from bench.saving import CLIENT, both_in_view, followed, journey_in_view, peer, saved, session
from kit import charts, frames
from kit.charts import registry
from kit.words import _

RUNS, IN_BROWSER = 15, 9
TWO_YEARS, TEN_YEARS, MANY = (1_200, 730), (5_000, 3_650), (10_000, 3_650)  # entries, days
SPANS = ["three months", "all"]
AREAS = ("connection", "hope", "identity", "meaning", "having a say")
CAME = ("short nights", "the weather", "a letter from the office", "noise next door", "a crowded week")
BETWEEN = ("", "", "", "life", "a heavier time")
TOOLS = {"a quiet walk": "movement", "drawing": "creative", "ringing Ada": "connection", "warm water": "grounding",
         "the group": "peer support", "talking with Dr. Vale": "therapy"}  # fmt: skip

# The same entries as somebody would draw them with FigureWidget: one point each, in lanes, with its words.
FIGURE = """\
import json, itertools
import ipywidgets as w
import plotly.graph_objects as go
count = itertools.count()
lanes = json.load(open(PLACE))
figure = go.FigureWidget([go.Scatter(name=name, mode="markers", **points) for name, points in lanes.items()])
more = w.Button(description="One more")
more.add_class("append")
def append(_button):
    wins = figure.data[0]
    wins.update(x=[*wins.x, wins.x[0]], y=[*wins.y, wins.y[0]], text=[*wins.text, f"typed just now {next(count)}"])
more.on_click(append)
w.VBox([more, figure])"""


def measure() -> list[Finding]:
    return [*_built(), *_painted()]


# in one process ---------------------------------------------------------------------------------------


def _built() -> list[Finding]:
    two, ten = (_read(*size) for size in (TWO_YEARS, TEN_YEARS))
    two_told, ten_told = two(), ten()
    calls = _calls(two_told)
    sides = [
        lambda: _ms(lambda: [getattr(charts, name)(*given, **more) for name, given, more in calls]),
        lambda: _ms(lambda: [getattr(express, name)(*given, **more) for name, given, more in calls]),
        lambda: _ms(two),
        lambda: _ms(lambda: _drawn(two_told)),
        lambda: _ms(ten),
        lambda: _ms(lambda: _drawn(ten_told)),
    ]
    ours, express_, two_read, two_drawn, ten_read, ten_drawn = in_turn(sides, RUNS, warm=2)
    n = len(calls)
    return [
        less(
            Row(_("two years, {n} pictures from their measures").format(n=n), ours),
            Row(_("the same measures with plotly.express"), express_),
            20,
        ),
        note(
            Row(_("two years, measures and pictures"), two_drawn),
            Row(_("two years, reading what was noted (frames)"), two_read),
        ),
        times(
            Row(_("ten years, measures and pictures"), ten_drawn),
            Row(_("ten years, reading what was noted (frames)"), ten_read),
            5,
        ),
    ]


def _ms(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _read(entries: int, days: int) -> Callable[[], dict]:
    book = kit.open_book(":memory:")
    book._store.save(*story(entries, days))
    return lambda: frames.frames(book._store, CLIENT, "just_me")


def _drawn(told: dict) -> list:
    """What 1_session and 2_progress show of one client."""
    seen = registry.Story(told, date.today(), in_days=True)
    return [*registry.journeys(told, date.today(), SPANS), *(one(seen) for one in registry.PICTURES.values())]


def _calls(told: dict) -> list[tuple[str, tuple, dict]]:
    """What each picture is built from: both sides get the very same measures."""
    calls: list[tuple[str, tuple, dict]] = []

    class Listening:
        def __getattr__(self, name: str) -> Any:
            if not hasattr(express, name):
                return getattr(charts, name)

            def draw(*given: Any, **more: Any) -> Any:
                calls.append((name, given, more))
                return getattr(charts, name)(*given, **more)

            return draw

    kept, registry.charts = registry.charts, Listening()  # type: ignore[assignment]
    try:
        _drawn(told)
    finally:
        registry.charts = kept
    return calls


# in the browser ---------------------------------------------------------------------------------------


def _painted() -> list[Finding]:
    with fresh_home() as home:
        told = story(*MANY)
        points = home / "points.json"
        points.write_text(json.dumps(_points(told)), "utf-8")
        figure = ["# A figure", FIGURE.replace("PLACE", repr(str(points)))]
        with bench({"figure": figure}, home, KIT_BOOK=str(_book(home / "bench.book", told))) as running:
            page, bare = session(running), peer(running, "figure")
            word = journey_in_view(page)
            saves, appended = in_turn([lambda: saved(page, word), lambda: followed(bare, "append")], IN_BROWSER)
            word = both_in_view(page)
            both = [saved(page, word) for _run in range(IN_BROWSER)]
    figure_row = Row(_("a FigureWidget of the same entries, one point more"), appended)
    words = _("Save, until painted (10,000 in the journey; pictures on screen: {n})")
    one, two = (Row(words.format(n=some[0]["pictures"]), [each["painted"] for each in some]) for some in (saves, both))
    return [times(one, figure_row, 0.3), note(two)]


def _points(told: list[Any]) -> dict[str, dict[str, list]]:
    """Each entry as one point: its day, its lane (or the energy that was noted), its words."""
    found: dict[str, dict[str, list]] = {}
    for kind in (kit.Win, kit.Spark, kit.Milestone, kit.Session, kit.Setback, kit.CheckIn, kit.ToolUse, kit.LadderMark):
        some = [one for one in told if type(one) is kind]
        found[kind.plural] = {
            "x": [one.day().isoformat() for one in some],
            "y": [getattr(one, "energy", -len(found)) for one in some],
            "text": [getattr(one, "title", kind.singular) for one in some],
        }
    return found


def _book(place: Path, told: list[Any]) -> Path:
    book = kit.open_book(place)
    book._store.save(*told)
    book.close()
    return place


# an invented story ------------------------------------------------------------------------------------


def story(entries: int, days: int) -> list[Any]:
    """`entries` notes of one invented client over so many days, up to today."""
    tools = [kit.Tool(client=CLIENT, title=title, kind=kind) for title, kind in TOOLS.items()]
    step = kit.Step(client=CLIENT, title="to the corner", then="walk to the corner", planned=4)
    dreams = [kit.Aspiration(client=CLIENT, title=f"more of {n}", rungs=("a", "b", "c")) for n in range(3)]
    agreed = kit.Agreement(client=CLIENT, to="notes")
    standing = [kit.Client(name=CLIENT), agreed, *tools, step, *dreams]
    weeks = _weeks(step, days)
    rest = entries - len(standing) - len(weeks)
    noted = [_noted(n, date.today() - timedelta(days=n * days // rest), tools, dreams) for n in range(rest)]
    return [*standing, *weeks, *noted]


def _weeks(step: Any, days: int) -> list[Any]:
    monday = date.today() - timedelta(days=date.today().weekday())
    return [
        kit.StepWeek(client=CLIENT, step=step.id, week_of=monday - timedelta(weeks=n), planned=4, done=n * 3 % 6,
                     came_between=BETWEEN[n % 5])
        for n in range(days // 7)
    ]  # fmt: skip


def _noted(n: int, day: date, tools: list, dreams: list) -> Any:
    told: dict[str, Any] = {"client": CLIENT, "title": f"entry {n}"}
    match n % 20:
        case 0:
            return kit.Milestone(**told, on=day, area=AREAS[n // 20 % 5])
        case 1 | 2 | 3:
            return kit.Win(**told, on=day)
        case 4 | 5:
            return kit.Spark(**told, on=day)
        case 6 | 7:
            return kit.ToolUse(client=CLIENT, tool=tools[n // 7 % len(tools)].id, on=day, helped=n % 11)
        case 8 if n % 80 == 8:
            came = (CAME[n // 80 % 5],)
            return kit.Setback(**told, began_on=day - timedelta(days=3 + n % 9), back_on_feet_on=day, triggers=came)
        case 8 if n % 80 == 48:
            return kit.LadderMark(client=CLIENT, aspiration=dreams[n // 80 % 3].id, on=day, level=n // 80 % 5 - 2)
        case 8:
            return kit.Session(client=CLIENT, on=day, takeaway=f"entry {n}")
    return kit.CheckIn(client=CLIENT, on=day, energy=n % 11, living_well=n * 3 % 11, symptom_load=n * 7 % 11)
