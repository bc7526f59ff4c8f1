"""A setback that stayed open while later ones ended: it goes on until somebody says otherwise, and is asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kit.store import Store
from kit.words import _, day_words

LEFT = "still_open"  # the answers lie beside the drafts


@dataclass(frozen=True)
class StillOpen:
    """A setback without a last day, and the last day of the latest one that began after it."""

    id: str
    title: str
    began_on: date
    later: date

    def asks(self) -> str:
        words = _("\u201c{title}\u201d has been open since {day}, and a later one has ended. Is it still going on?")
        return words.format(title=self.title, day=day_words(self.began_on))


def asked_about(store: Store, client: str, setbacks: Sequence[Mapping[str, Any]]) -> tuple[StillOpen, ...]:
    """Those that are asked about: once each, and once more when a further one has ended."""
    found = _found(setbacks)
    left = store.draft(client, LEFT).get("left", {}) if found else {}
    return tuple(one for one in found if left.get(one.id, "") < one.later.isoformat())


def leave(store: Store, client: str, one: StillOpen) -> None:
    """It goes on: nothing of the setback is changed."""
    left = store.draft(client, LEFT).get("left", {})
    store.save_draft(client, LEFT, {"left": {**left, one.id: one.later.isoformat()}})


def _found(setbacks: Sequence[Mapping[str, Any]]) -> list[StillOpen]:
    ended = [(one["began_on"], one["back_on_feet_on"]) for one in setbacks if one["back_on_feet_on"]]
    found = []
    for one in (one for one in setbacks if not one["back_on_feet_on"]):
        later = max((back for began, back in ended if began > one["began_on"]), default=None)
        if later:
            found.append(StillOpen(one["id"], one["title"], one["began_on"], later))
    return sorted(found, key=lambda one: one.began_on)
