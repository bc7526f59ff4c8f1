"""Makes the sample practice out of the hand-written stories: CSV files, the same to the byte each time.

Run it with the Python of the kit: `python sample_data/make_sample.py [FOLDER]`.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from kit.exchange import data_dictionary, write_csv
from kit.fields import about
from kit.records import BY_PLURAL, KINDS, CheckIn, Client, OfClient, Record, Session, StepWeek

HERE = Path(__file__).parent
STORIES = ("practice", "heron", "maple", "river", "birch")
ENDS_ON = date(2026, 11, 15)  # a Sunday; whoever loads the sample moves it to the present
FIRST_NOTE = time(10, tzinfo=UTC)  # late enough in Honolulu, early enough in Auckland: one day everywhere
SKIPPED = {"energy": 0.04, "living_well": 0.15, "symptom_load": 0.2, "hope": 0.25, "connection": 0.25}


def main(folder: Path) -> None:
    """Writes one CSV for each kind of record, and the README beside them."""
    records = [record for name in STORIES for record in told(name)]
    for kind in KINDS:
        of_kind = [record for record in records if type(record) is kind]
        if of_kind:
            write_csv(folder / f"{kind.plural}.csv", of_kind)
    intro = (HERE / "stories" / "intro.md").read_text(encoding="utf-8")
    (folder / "README.md").write_bytes(f"{intro}\n{data_dictionary()}".encode())


def told(name: str) -> Iterator[Record]:
    """The records of one story."""
    story = tomllib.loads((HERE / "stories" / f"{name}.toml").read_text(encoding="utf-8"))
    arc, dice, noted = story.pop("arc", []), Random(name), Counter[date]()
    met = sorted(entry["on"] for entry in story.get("sessions", []))
    for plural, entries in story.items():
        for number, entry in enumerate(entries, 1):
            kind = BY_PLURAL[plural]
            values = _completed(kind, {**entry}, met, arc, dice)
            yield _record(kind, name, number, values, noted, met)


def _completed(kind: type[Record], values: dict, met: list[date], arc: list[dict], dice: Random) -> dict:
    if kind is Session:
        later = [day for day in met if day > values["on"]]
        return {"next_on": later[0] if later else values["on"] + timedelta(days=14), **values}
    if kind is CheckIn:
        return {**_ratings(values["on"], arc, dice), **values}
    return values


def _ratings(on: date, arc: list[dict], dice: Random) -> dict[str, int | None]:
    """What was noted on a day: near the story's arc, never exactly on it, and sometimes skipped."""
    found: dict[str, int | None] = {}
    for name, skipped in SKIPPED.items():
        skip, swing = dice.random() < skipped, dice.random() * 2 - 1
        found[name] = None if skip or not arc else min(10, max(0, round(_along(arc, name, on) + swing)))
    return found


def _along(arc: list[dict], name: str, on: date) -> float:
    """The height of the arc on a day, on a straight line between the two nearest points of it."""
    earlier = [point for point in arc if point["on"] <= on][-1]
    later = next((point for point in arc if point["on"] > on), earlier)
    days = (later["on"] - earlier["on"]).days or 1
    return float(earlier[name] + (later[name] - earlier[name]) * (on - earlier["on"]).days / days)


def _record(kind: type[Record], story: str, number: int, values: dict, noted: Counter[date], met: list[date]) -> Record:
    key = values.pop("key", number)
    on = values.pop("noted", None) or _known_on(kind, values)
    noted[on] += 1
    moment = datetime.combine(on, FIRST_NOTE) + timedelta(minutes=noted[on] - 1)
    own: dict[str, Any] = {
        "id": _id(story, kind, key),
        "created_at": moment,
        "by": "client" if met and on not in met else "coach",
    }
    if issubclass(kind, OfClient):
        own["client"] = story.capitalize()
    # A day that the story does not name stays open; the declaration would begin it with today.
    own |= {name: None for name, field in about(kind).items() if field.kind == "day"}
    linked = {name: _linked(story, kind, name, value) for name, value in values.items()}
    return kind.model_validate({**own, **linked}, context={"kept": True})


def _known_on(kind: type[Record], values: dict) -> date:
    return values["week_of"] + timedelta(days=6) if kind is StepWeek else values[kind.dated]


def _id(story: str, kind: type[Record], key: Any) -> str:
    """heron-setback-3, maple-tool-bath; a client is known by the bare name."""
    what = re.sub(r"(?<=.)(?=[A-Z])", "-", kind.__name__).lower()
    return story if kind is Client else f"{story}-{what}-{key}"


def _linked(story: str, kind: type[Record], name: str, value: Any) -> Any:
    """The stories point to each other's entries by key; the records do so by id."""
    of = about(kind)[name].of
    if not of:
        return value
    other = BY_PLURAL[of]
    return [_id(story, other, key) for key in value] if isinstance(value, list) else _id(story, other, value)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
