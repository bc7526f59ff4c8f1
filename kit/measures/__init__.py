"""What the entries add up to; every meaning of progress stands here, once."""

from kit.measures.columns import days_noted
from kit.measures.curve import median_days, survival
from kit.measures.feet import BounceBack, Trend, bounce_back, meanwhile
from kit.measures.goals import areas, attained, goal_attainment, ladders
from kit.measures.helped import listed_only, triggers, what_fits, what_helped
from kit.measures.living import living_with_symptoms, nap, side_by_side, since_day
from kit.measures.steps import kept, kept_over, showing_up, steps_by_week
from kit.measures.time_line import JOURNEY, LANES, by_day, gathered, journey

__all__ = [
    "JOURNEY", "LANES", "BounceBack", "Trend", "areas", "attained", "bounce_back", "by_day", "days_noted", "gathered",
    "goal_attainment", "journey", "kept", "kept_over", "ladders", "listed_only", "living_with_symptoms", "meanwhile",
    "median_days", "nap", "showing_up", "side_by_side", "since_day", "steps_by_week", "survival", "triggers",
    "what_fits", "what_helped",
]  # fmt: skip
