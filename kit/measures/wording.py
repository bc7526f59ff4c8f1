"""What is said of finding one's feet: to the client, to one who asks for the days, and in the coach's own view."""

from typing import Any

import pandas as pd

from kit.words import _, listed, one_or_many


def _nothing(left_out: int) -> str:
    if left_out:
        return _("What is noted here stays out of pictures about time, as you chose.")
    return _("No setbacks noted yet. The list starts with the first one.")


def for_client(n: int, ongoing: int, left_out: int, enough: int, **_more: Any) -> str:
    """No days, and nothing to be measured against."""
    ended = n - ongoing
    if not n:
        return _nothing(left_out)
    if ongoing:
        before = one_or_many(
            "You found your feet again once before.", "You found your feet again {n} times before.", ended
        ).format(n=ended)
        return " ".join([_("Still in the middle of it; no end date needed."), *([before] if ended else [])])
    if n < enough:
        return one_or_many(
            "You found your feet again once so far; too few yet to tell more.",
            "You found your feet again {n} times so far; too few yet to tell more.",
            ended,
        ).format(n=ended)
    return _("You found your feet again {n} times.").format(n=ended)


def for_client_who_asks(episodes: pd.DataFrame, trend: Any, **more: Any) -> str:
    """The same with the days: what goes on has lasted at least so many, and the trend has its interval."""
    ongoing = episodes.loc[episodes["ongoing"], "days"].tolist()
    so_far = [_("It has been at least {days} so far.").format(days=_days(one)) for one in ongoing]
    return " ".join([for_client(**more), *so_far, *_tends(trend)])


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


def for_coach(episodes: pd.DataFrame, n: int, trend: Any, left_out: int, gap: int, enough: int, **_more: Any) -> str:
    if not n:
        return _nothing(left_out)
    said = [_stretches(episodes, each=n < enough)]
    if n < enough:
        said.append(_("Too few yet to tell more."))
    said += _of_trend(trend, bool(episodes["ongoing"].any())) + _of_merging(episodes, gap)
    if left_out:
        said += [_("{n} left out of pictures about time.").format(n=left_out)]
    return " ".join(said)


def of_curve(n: int, median: float | None, low: float | None, high: float | None, enough: int, **_more: Any) -> str:
    if n < enough:
        return _("From {n} stretches on there is a curve.").format(n=enough)
    if median is None:
        return _("More than half of {n} stretches go on; too few have ended yet to tell more.").format(n=n)
    words = _("Of {n} stretches half ended within {median} ({interval}).")
    return words.format(n=n, median=_days(median), interval=_between(low, high))


def _stretches(episodes: pd.DataFrame, each: bool) -> str:
    """How many, and while they are few how long each lasted; what goes on always says so."""
    ended = episodes.loc[~episodes["ongoing"], "days"].tolist()
    ongoing = episodes.loc[episodes["ongoing"], "days"].tolist()
    head = one_or_many("{n} stretch", "{n} stretches", len(episodes)).format(n=len(episodes))
    days = one_or_many("{days} day", "{days} days", ended[-1] if ended else 0)
    told = [days.format(days=listed([str(one) for one in ended]))] if each and ended else []
    told += [_("one that goes on, at least {days} so far").format(days=_days(one)) for one in ongoing]
    return f"{head}: {'; '.join(told)}." if told else f"{head}."


def _of_trend(trend: Any, ongoing: bool) -> list[str]:
    if trend is None:
        return []
    slope = _("Over the {n} that ended, {slope} a year (95% interval: {low} to {high})").format(
        n=trend.n, slope=_fewer(trend.per_year), low=_fewer(trend.low), high=_fewer(trend.high)
    )
    tail = [_("The one that goes on is not in it.")] if ongoing else []
    return [slope + ("." if trend.direction else _("; too few yet to tell a direction.")), *tail]


def _of_merging(episodes: pd.DataFrame, gap: int) -> list[str]:
    if (episodes["setbacks"] == 1).all():
        return []
    within = _("Setbacks at most {gap} apart are one stretch").format(gap=_days(gap))
    joined = (episodes["ongoing"] & (episodes["setbacks"] > 1)).any()
    return [within + (_("; the one that goes on holds earlier or later ones too.") if joined else ".")]


def _days(n: float) -> str:
    whole = round(n)
    return one_or_many("{n} day", "{n} days", whole).format(n=whole)


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return _("95% interval: too few yet to tell")
    if high is None:
        return _("95% interval: from {low} on").format(low=_days(low))
    return _("95% interval: {low} to {high}").format(low=round(low), high=_days(high))


def _fewer(slope: float) -> str:
    words = _("{n} days fewer") if slope < 0 else _("{n} days more")
    return words.format(n=f"{abs(slope):.1f}")
