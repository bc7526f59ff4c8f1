"""The sample practice: this person's own copy of it, so that anything can be tried out."""

import contextlib
import os
from datetime import date
from pathlib import Path

from kit import places
from kit.store import Store, checkpoint
from kit.words import Trouble, _


def opened() -> Store:
    """This person's copy of the sample practice, made at first use so that it ends this week."""
    if places.sample().exists():
        return Store(places.sample())
    from kit import exchange

    told, problems = exchange.read_folder(places.SAMPLE_DATA)
    if problems or not told:
        raise Trouble(
            *problems[:1] or [_("The sample practice is not here. Please begin with a whole copy of the kit.")]
        )
    latest = max(one.created_at for one in told).date()
    weeks = (date.today() - latest).days // 7
    making = places.sample().with_suffix(f".{os.getpid()}")
    making.unlink(missing_ok=True)
    try:
        with contextlib.closing(Store(making)) as store:
            store.keep(*exchange.moved(told, 7 * weeks))
        _laid_down(making)
    finally:
        for left in making.parent.glob(f"{making.name}*"):
            left.unlink(missing_ok=True)
    return Store(places.sample())


def _laid_down(making: Path) -> None:
    """Puts the sample in its place with its head; where another notebook was quicker, its sample stays."""
    place = places.sample()
    for source, target in ((checkpoint.beside(making), checkpoint.beside(place)), (making, place)):
        if place.exists():
            source.unlink(missing_ok=True)
        elif source.exists():
            source.replace(target)
