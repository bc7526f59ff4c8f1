"""What is said of finding one's feet: to the client, to one who asks for the days, and in the coach's own view."""

from typing import Any

import pandas as pd

from kit.words import _, listed, one_or_many

NONE_YET = _("No setbacks noted yet. The list starts with the first one.")


def _nothing(left_out: int) -> str:
    return _("What is noted here stays out of pictures about time, as you chose.") if left_out else NONE_YET


def for_client(n: int, ended: int, ongoing: int, left_out: int, enough: int, **_more: Any) -> str:
    """No days, and nothing to be measured against."""
    if not n:
        return _nothing(left_out)
    if ongoing:
        still = one_or_many(
            "Still in the middle of it; no end date needed.",
            "Still in the middle of {n}; no end dates needed.",
            ongoing,
        ).format(n=ongoing)
        before = one_or_many(
            "You found your feet again once before.", "You found your feet again {n} times before.", ended
        ).format(n=ended)
        return " ".join([still, *([before] if ended else [])])
    if n < enough:
        return one_or_many(
            "You found your feet again once; too few yet to tell more.",
            "You found your feet again {n} times; too few yet to tell more.",
            ended,
        ).format(n=ended)
    return _("You found your feet again {n} times.").format(n=ended)


def for_client_who_asks(setbacks: pd.DataFrame, trend: Any, **more: Any) -> str:
    """The same with the days: what goes on has lasted at least so many, and the trend has its interval."""
    so_far = _so_far(setbacks)
    words = one_or_many(
        "It has been at least {days} so far.", "They have been going on for at least {days} so far.", len(so_far)
    ).format(days=_days_of(so_far))
    return " ".join([for_client(**more), *([words] if so_far else []), *_tends(trend)])


def _tends(trend: Any) -> list[str]:
    words = {
        -1: _(
            "It tends to take fewer days than at first: {least} to {most} fewer a year (95% interval, {n} stretches)."
        ),
        1: _(
            "It tends to take more days than at first: {least} to {most} more a year (95% interval, {n} stretches); "
            "that is worth looking at together."
        ),
    }
    if trend is None or not trend.direction:
        return []
    least, most = sorted((abs(trend.low), abs(trend.high)))
    return [words[trend.direction].format(least=f"{least:.1f}", most=f"{most:.1f}", n=trend.n)]


def for_coach(
    setbacks: pd.DataFrame, n: int, ended: int, ongoing: int, trend: Any, left_out: int, enough: int, **_more: Any
) -> str:
    if not n:
        return _nothing(left_out)
    said = [_setbacks(setbacks, each=n < enough)]
    if n < enough:
        said.append(_("Too few yet to tell more."))
    said += _of_trend(trend, bool(ongoing))
    if left_out:
        said += [_("{n} left out of pictures about time.").format(n=left_out)]
    return " ".join(said)


def of_curve(
    episodes: pd.DataFrame, n: int, median: float | None, low: float | None, high: float | None, gap: int, enough: int,
    **_more: Any,
) -> str:  # fmt: skip
    if n < enough:
        return _("From {n} stretches on there is a curve.").format(n=enough)
    if median is None:
        told = _("More than half of {n} stretches go on; too few have ended yet to tell more.").format(n=n)
    else:
        words = _("Of {n} stretches half ended within {median} ({interval}).")
        told = words.format(n=n, median=_days(median), interval=_between(low, high))
    return " ".join([told, *_of_joining(episodes, gap)])


def _setbacks(setbacks: pd.DataFrame, each: bool) -> str:
    """How many, and while they are few how long each lasted; what goes on always says so."""
    ended, so_far = setbacks.loc[~setbacks["ongoing"], "days"].tolist(), _so_far(setbacks)
    head = one_or_many("{n} setback", "{n} setbacks", len(setbacks)).format(n=len(setbacks))
    told = [_days_of(ended)] if each and ended else []
    goes_on = one_or_many(
        "one that goes on, at least {days} so far", "{n} that go on, at least {days} so far", len(so_far)
    ).format(n=len(so_far), days=_days_of(so_far))
    told += [goes_on] if so_far else []
    return f"{head}: {'; '.join(told)}." if told else f"{head}."


def _so_far(setbacks: pd.DataFrame) -> list[int]:
    return setbacks.loc[setbacks["ongoing"], "days"].tolist()


def _of_trend(trend: Any, ongoing: bool) -> list[str]:
    if trend is None:
        return []
    words = _("Over the {n} stretches that ended, {slope} a year (95% interval: {low} to {high})")
    slope = words.format(n=trend.n, slope=more_or_fewer(trend.per_year), **_ends(trend))
    tail = [_("What goes on is not in it.")] if ongoing else []
    return [slope + ("." if trend.direction else _("; too few yet to tell a direction.")), *tail]


def _ends(trend: Any) -> dict[str, str]:
    return {"low": more_or_fewer(trend.low), "high": more_or_fewer(trend.high)}


def slope_of(trend: Any) -> str:
    """The same slope, for a table."""
    return _("{slope} ({low} to {high})").format(slope=more_or_fewer(trend.per_year), **_ends(trend))


def _of_joining(episodes: pd.DataFrame, gap: int) -> list[str]:
    if (episodes["setbacks"] == 1).all():
        return []
    within = _("Setbacks at most {gap} apart are one stretch here").format(gap=_days(gap))
    joined = (episodes["ongoing"] & (episodes["setbacks"] > 1)).any()
    return [within + (_("; the one that goes on holds what overlaps it, too.") if joined else ".")]


def _days(n: float) -> str:
    whole = round(n)
    return one_or_many("{n} day", "{n} days", whole).format(n=whole)


def _days_of(each: list[int]) -> str:
    """Several numbers of days: 20, 10 and 1 day."""
    return one_or_many("{days} day", "{days} days", each[-1] if each else 0).format(days=listed([str(n) for n in each]))


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return _("95% interval: too few yet to tell")
    if high is None:
        return _("95% interval: from {low} on").format(low=_days(low))
    return _("95% interval: {low} to {high}").format(low=round(low), high=_days(high))


def more_or_fewer(slope: float) -> str:
    words = _("{n} days fewer") if slope < 0 else _("{n} days more")
    return words.format(n=f"{abs(slope):.1f}")
