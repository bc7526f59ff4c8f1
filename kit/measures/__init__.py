"""What the entries add up to; every meaning of progress stands here, once."""

from kit.measures.bounce_back import BounceBack, Trend, bounce_back
from kit.measures.goals import areas, attained, goal_attainment, ladders
from kit.measures.kaplan_meier import median_days, survival
from kit.measures.living_well import counted_by, living_with_symptoms, nap, side_by_side, since_day
from kit.measures.showing_up import days_noted, meanwhile, showing_up
from kit.measures.steps import enough, kept, kept_from, kept_over, steps_by_week
from kit.measures.timeline import JOURNEY, LANES, by_day, by_period, gathered, grain, journey
from kit.measures.what_helped import listed_only, triggers, what_fits, what_helped

__all__ = [
    "JOURNEY", "LANES", "BounceBack", "Trend", "areas", "attained", "bounce_back", "by_day", "by_period", "counted_by",
    "days_noted", "enough", "gathered", "goal_attainment", "grain", "journey", "kept", "kept_from", "kept_over",
    "ladders", "listed_only", "living_with_symptoms", "meanwhile", "median_days", "nap", "showing_up", "side_by_side",
    "since_day", "steps_by_week", "survival", "triggers", "what_fits", "what_helped",
]  # fmt: skip
