"""What measures return, as plotly's plain dictionaries; with each picture its sentence and its table."""

from kit.charts.bounce_back import asked_sentence, client_sentence, coach_sentence, finding_my_feet
from kit.charts.goals import areas, ladders
from kit.charts.journey import LANE_AT, LANE_WORDS, MARKS, SPAN, PeriodMarks, entries_since, first_day, journey
from kit.charts.living_well import BOTH, living, plane
from kit.charts.picture import Picture, escaped
from kit.charts.showing_up import showing_up
from kit.charts.steps import small_steps
from kit.charts.survival_curve import curve_sentence, survival_curve
from kit.charts.triggers import came_before
from kit.charts.what_helped import what_fits, what_helped

__all__ = [
    "BOTH", "LANE_AT", "LANE_WORDS", "MARKS", "SPAN", "PeriodMarks", "Picture", "areas", "asked_sentence",
    "came_before", "client_sentence", "coach_sentence", "curve_sentence", "entries_since", "escaped",
    "finding_my_feet", "first_day", "journey", "ladders", "living", "plane", "showing_up", "small_steps",
    "survival_curve", "what_fits", "what_helped",
]  # fmt: skip
