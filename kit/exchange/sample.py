"""The sample practice: this person's own copy of it, so that anything can be tried out."""

import contextlib
import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from kit import places
from kit.fields import about
from kit.records import Record
from kit.store import Store, checkpoint
from kit.words import KitError, _


def open_sample() -> Store:
    """This person's copy of the sample practice, made at first use so that it ends this week."""
    if places.sample().exists():
        return Store(places.sample())
    from kit import exchange

    told, problems = exchange.read_folder(places.SAMPLE_DATA)
    if problems or not told:
        raise KitError(
            *problems[:1] or [_("The sample practice is not here. Please begin with a whole copy of the kit.")]
        )
    latest = max(one.created_at for one in told).date()
    weeks = (date.today() - latest).days // 7
    making = places.sample().with_suffix(f".{os.getpid()}")
    making.unlink(missing_ok=True)
    try:
        with contextlib.closing(Store(making)) as store:
            store.save(*shifted(told, 7 * weeks))
        _move_into_place(making)
    finally:
        for left in making.parent.glob(f"{making.name}*"):
            left.unlink(missing_ok=True)
    return Store(places.sample())


def _move_into_place(making: Path) -> None:
    """Puts the sample in its place with its head; where another notebook was quicker, its sample stays."""
    place = places.sample()
    for source, target in ((checkpoint.path_for(making), checkpoint.path_for(place)), (making, place)):
        if place.exists():
            source.unlink(missing_ok=True)
        elif source.exists():
            source.replace(target)


def shifted(records: Iterable[Record], days: int) -> list[Record]:
    """The same records, every day in them `days` later; a multiple of 7 keeps Mondays Mondays."""
    return [_shift(record, timedelta(days=days)) for record in records]


def _shift(record: Record, by: timedelta) -> Record:
    dates = [name for name, field in about(type(record)).items() if field.kind == "day"]
    later = {name: getattr(record, name) + by for name in ("created_at", *dates) if getattr(record, name) is not None}
    return type(record).model_validate({**record.model_dump(), **later}, context={"kept": True})
