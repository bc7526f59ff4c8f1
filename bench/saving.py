"""From a click on Save to the word and to the picture, beside bare widgets; 1,000 entries of one client."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import kit
from bench.browser import Bench, bench, fresh_home, lab
from bench.figures import Finding, Row, in_turn, note, times
from kit.words import _

CLIENT, ENTRIES, DAYS, RUNS = "Kestrel", 1_000, 420, 15
BUTTON = """\
import itertools
import ipywidgets as w
count = itertools.count()
button, label = w.Button(description="Press"), w.Label("not yet")
button.add_class("relabel"), label.add_class("relabel")
def relabel(_button):
    label.value = f"pressed {next(count)}"
button.on_click(relabel)
w.VBox([button, label])"""
FIGURE = """\
import itertools
import ipywidgets as w
import plotly.graph_objects as go
count = itertools.count()
figure = go.FigureWidget(go.Scatter(x=list(range(1000)), y=[n * 7 % 11 for n in range(1000)], mode="markers"))
button = w.Button(description="Press")
button.add_class("retitle")
def retitle(_button):
    figure.layout.title.text = f"title {next(count)}"
button.on_click(retitle)
more = w.Button(description="One more")
more.add_class("append")
def append(_button):
    points = figure.data[0]
    points.update(x=[*points.x, len(points.x)], y=[*points.y, next(count) % 11])
more.on_click(append)
w.VBox([button, more, figure])"""


def measure() -> list[Finding]:
    with fresh_home() as home:
        book = write_book(home / "bench.book")
        peers = {"button": ["# A button", BUTTON], "figure": ["# A figure", FIGURE]}
        with bench(peers, home, KIT_BOOK=str(book)) as running:
            return list(_findings(running))


def _findings(running: Bench) -> Any:
    page, button, figure = session(running), peer(running, "button"), peer(running, "figure")
    sides = [lambda: followed(figure, "retitle"), lambda: _relabelled(button), lambda: followed(figure, "append")]
    views = (
        (_("three months beside the form"), _beside),
        (_("the journey of all 1,000"), journey_in_view),
        (_("both of them"), both_in_view),
    )
    for words, place in views:
        word = place(page)
        saves, titles, labels, appended = in_turn([lambda word=word: saved(page, word), *sides], RUNS)
        seen = _("{words}; pictures on screen: {n}").format(words=words, n=saves[0]["pictures"])
        painted = Row(_("Save, until painted ({seen})").format(seen=seen), [one["painted"] for one in saves])
        retitled = Row(_("a bare FigureWidget of 1,000 points, retitled"), titles)
        yield times(painted, retitled, 1.3) if saves[0]["pictures"] == 1 else note(painted, retitled)
        yield note(Row(_("a bare FigureWidget of 1,000 points, one point more (it draws its points anew)"), appended))
        said = Row(_("Save, until it says Saved ({seen})").format(seen=seen), [one["said"] for one in saves])
        yield times(said, Row(_("a bare button that changes a label"), labels), 3)


def write_book(place: Path) -> Path:
    """A book with one client, and all entries on the journey."""
    book = kit.open_book(place)
    book.add(kit.Client(name=CLIENT))
    book.add(kit.Agreement(client=CLIENT, to="notes"))
    for n in range(ENTRIES):
        book.add(_entry(n))
    book.close()
    return place


def _entry(n: int) -> Any:
    day = date.today() - timedelta(days=n * DAYS // ENTRIES)
    told: dict[str, Any] = {"client": CLIENT, "title": f"entry {n}"}
    match n % 10:
        case 0 | 1:
            return kit.Milestone(**told, on=day)
        case 2 | 3 | 4:
            return kit.Win(**told, on=day)
        case 5 | 6:
            return kit.Spark(**told, on=day)
        case 7 | 8:
            return kit.CheckIn(client=CLIENT, on=day, energy=n % 11, living_well=n * 3 % 11)
        case _ if n % 50 == 9:
            return kit.Setback(**told, began_on=day - timedelta(days=6), back_on_feet_on=day)
    return kit.Session(client=CLIENT, on=day, takeaway=f"entry {n}")


def session(running: Bench) -> Any:
    page = running.page("1_session")
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    chooser = page.locator("[data-word=choose_client]")
    chooser.locator("input[type=text]").first.fill(CLIENT)
    chooser.get_by_role("button", name="Sit down").click()
    page.locator("[data-word=small_win] input[type=text]").first.wait_for()
    return page


def peer(running: Bench, name: str) -> Any:
    page = running.page(name)
    page.locator(".jupyter-button").first.wait_for()
    lab.wait_for_quiet(page)
    return page


def _beside(page: Any) -> str:
    """The form and the strip of three months beside it."""
    page.bring_to_front()
    page.locator("[data-word=small_win]").evaluate("node => node.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(1500)
    return "small_win"


def journey_in_view(page: Any) -> str:
    """The journey with all entries alone, as one looks at it together; the form that is saved stands further up."""
    _all(page)
    plot = page.locator("[data-word=journey] .kit-plot")
    plot.evaluate("node => node.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(2500)
    return "small_win"


def _all(page: Any) -> None:
    page.bring_to_front()
    page.locator("[data-word=journey]").get_by_role("button", name="all", exact=True).click()
    page.wait_for_timeout(2500)


def both_in_view(page: Any) -> str:
    """The end of a form with its Save and its strip, and below it the journey with all entries."""
    _all(page)
    page.locator("[data-word=explore_setback] .kit-saving").evaluate("node => node.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(2500)
    return "explore_setback"


def saved(page: Any, word: str) -> dict[str, float]:
    page.bring_to_front()
    form = page.locator(f"[data-word={word}]")
    form.locator("input[type=text]").first.evaluate(
        "node => { node.value = 'typed just now'; node.dispatchEvent(new Event('input')); }"
    )
    form.locator(".kit-kept", has_text="kept").wait_for()
    page.wait_for_timeout(1500)  # the draft is kept, the ring of the last one is gone
    return page.evaluate("word => window.kitBench.save(word)", word)


def followed(page: Any, press: str) -> float:
    page.bring_to_front()
    page.wait_for_timeout(500)
    return page.evaluate("press => window.kitBench.follow(press)", press)["painted"]


def _relabelled(page: Any) -> float:
    page.bring_to_front()
    page.wait_for_timeout(500)
    return page.evaluate("() => window.kitBench.relabel()")["said"]
