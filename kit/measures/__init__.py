"""What the entries add up to; every meaning of progress stands here, once.

A measure takes frames (`book.frames(client)`) or records, and gives a number or a frame. NA or None stands for "too few
yet to tell", a gap is never 0, and input that makes no sense raises ValueError with one plain sentence.
"""

from typing import TYPE_CHECKING

from kit.measures.bounce_back import BounceBack, Trend, bounce_back
from kit.measures.goals import areas, attained, goal_attainment, ladders
from kit.measures.kaplan_meier import median_days, survival
from kit.measures.living_well import living_with_symptoms, nap, paired_days_by_period, paired_ratings, since_day
from kit.measures.showing_up import days_noted, meanwhile, showing_up
from kit.measures.steps import enough, kept, kept_over, kept_over_n, steps_by_week
from kit.measures.timeline import JOURNEY, LANES, by_day, by_period, entries_by_period, granularity, journey
from kit.measures.what_helped import listed_only, triggers, what_fits, what_helped

__all__ = [
    "JOURNEY", "LANES", "BounceBack", "Trend", "areas", "attained", "bounce_back", "by_day", "by_period",
    "days_noted", "enough", "entries_by_period", "goal_attainment", "granularity", "journey", "kept", "kept_over",
    "kept_over_n", "ladders", "listed_only", "living_with_symptoms", "meanwhile", "median_days", "nap",
    "paired_days_by_period", "paired_ratings", "showing_up", "since_day", "steps_by_week", "survival", "triggers",
    "what_fits", "what_helped",
]  # fmt: skip

if not TYPE_CHECKING:  # a type checker still finds a name that is spelt wrongly
    from kit.measures.former_names import renamed_measure as __getattr__  # noqa: F401
