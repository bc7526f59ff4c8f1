"""The kit's pictures, built from the same measures as people build them today: with plotly.express."""

from typing import Any

import plotly.express as px


def journey(entries: Any, daily: Any, today: Any, span: str = "all", binned: Any = None, **more: Any) -> list:
    marks = entries[entries["lane"] != "setback"] if binned is None else binned.marks
    held = entries[entries["lane"] == "setback"]
    return [
        px.scatter(marks, x="on", y="lane", color="lane", symbol="lane"),
        px.timeline(held, x_start="on", x_end="until", y="lane", hover_name="text"),
        px.line(daily, x="on", y=["energy", "living_well", "energy_line", "living_well_line"]),
    ]


def living(daily: Any, *given: Any) -> Any:
    return px.line(daily, x="on", y=["living_well", "symptom_load", "living_well_line", "symptom_load_line"])


def plane(days: Any, *given: Any) -> Any:
    return px.scatter(days, x="symptom_load", y="living_well")


def finding_my_feet(found: Any, *given: Any) -> Any:
    return px.scatter(found.episodes, x="began_on", y="days", symbol="ongoing", hover_name="began_on")


def survival_curve(found: Any, *given: Any) -> Any:
    return px.line(found.curve, x="days", y="share", line_shape="hv")


def small_steps(weeks: Any, *given: Any) -> Any:
    return px.bar(weeks, x="week_of", y=["planned", "done"], barmode="overlay")


def what_helped(helped: Any, *given: Any) -> Any:
    return px.bar(helped, x="times", y="title", orientation="h")


def what_fits(fits: Any, *given: Any) -> Any:
    return px.bar(fits, x="times", y="title", color="came_before", orientation="h")


def came_before(triggers: Any, *given: Any) -> Any:
    return px.bar(triggers, x=["times", "not_in_my_hands"], y="came_before", orientation="h", barmode="overlay")


def ladders(found: Any, *given: Any) -> Any:
    return px.scatter(found, x="place", y="title")


def showing_up(weeks: Any, *given: Any) -> Any:
    return px.scatter(weeks, x="week_of", y="weeks")


def areas(found: Any, *given: Any) -> Any:
    return px.bar(found, x=["reached", "ahead"], y="area", orientation="h")
