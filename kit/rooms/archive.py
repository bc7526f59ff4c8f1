"""What was shared in a workshop that is over, to be read: each question with its lines; whose they are nobody knows."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from kit.records import Answer, Workshop
from kit.rooms import agenda, disclosure
from kit.store import Store

NONE = disclosure.Shown()


@dataclass(frozen=True)
class Kept:
    """One question, what was shown of its lines, and what was not; of numbers, the figure that all may see."""

    prompt: str
    kind: str
    shown: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    figure: disclosure.Shown = NONE


def of(store: Store, workshop: Workshop) -> list[Kept]:
    """The questions in the order of the phases; one that no phase asks any more comes last, by its name."""
    asks = _asks()
    places = {name: place for place, name in enumerate(asks)}
    found = sorted(
        store.records(Answer, workshop=workshop.id),
        key=lambda one: (places.get(one.phase, len(places)), one.phase, one.id),
    )
    return [_kept(asks.get(name), name, list(some)) for name, some in groupby(found, attrgetter("phase"))]


def _asks() -> dict[str, agenda.Ask]:
    """What the facilitator's own phases ask, then what the kit's do."""
    own = {ask.name: ask for _at, ask in agenda.read().asks()}
    return own | {ask.name: ask for _at, ask in agenda.read(agenda.OWN).asks() if ask.name not in own}


def _kept(ask: agenda.Ask | None, name: str, found: list[Answer]) -> Kept:
    prompt = ask.prompt if ask else name.replace("_", " ").capitalize()
    numbers = [disclosure.read(one.text) for one in found]
    if ask.kind == "rating" if ask else all(one.text.isdigit() for one in found) or any(one.bands for one in numbers):
        return Kept(prompt, "rating", figure=max(numbers, key=lambda one: one.n))
    shown, back = (tuple(one.text for one in found if one.shown == on) for on in (True, False))
    return Kept(prompt, ask.kind if ask else "lines", shown, back)
