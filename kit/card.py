"""The card to take along: my win, my next step, who I'll tell, when we meet again; no setbacks, no numbers about me."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from kit.records import Record, Session, Step, Supporter, Win
from kit.words import _, day_words


def rows(told: Callable[[type[Record]], Sequence[Any]], lines: Sequence[Any], today: date) -> list[tuple[str, str]]:
    """Label and words, in the order of the card; `told` gives a kind's records in the order of noting."""
    wins, sessions = told(Win), told(Session)
    win = max(wins, key=lambda one: (one.day(), one.created_at), default=None)
    step = next(reversed(under_way(told(Step), today)), None)
    tell = next((one for one in told(Supporter) if step and one.id == step.tell), None)
    next_on = min((one.next_on for one in sessions if one.next_on and one.next_on >= today), default=None)
    found = [
        (_("My small win"), win.title if win else ""),
        (_("My next small step"), (when_then(step) or step.title) if step else ""),
        (_("On a heavy day this counts too"), step.on_a_heavy_day if step else ""),
        (_("Who I'll tell"), ": ".join(filter(None, (tell.name, tell.ready_text))) if tell else ""),
        (_("We meet again"), day_words(next_on) if next_on else ""),
        (_("Support lines"), "\n".join(_line(one) for one in lines)),
    ]
    return [(label, words) for label, words in found if words]


def _line(one: Any) -> str:
    return f"{one.name}: {one.number}" + (f" ({one.hours})" if one.hours else "")


def when_then(step: Any) -> str:
    if not (step.when and step.then):
        return str(step.then)
    return _("When {when}, then I will {then}.").format(when=step.when, then=step.then)


def under_way(steps: Sequence[Any], today: date) -> list[Any]:
    """The steps that are begun, not ended, and not made smaller since."""
    replaced = {one.smaller_of for one in steps}
    return [
        one for one in steps
        if one.id not in replaced and one.day() <= today and (one.ends_on is None or one.ends_on >= today)
    ]  # fmt: skip
