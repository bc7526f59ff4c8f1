"""What was shared in a workshop that is over, to be read: each question with its lines; whose they are nobody knows."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from kit.records import Answer, Workshop
from kit.rooms import agenda, disclosure
from kit.store import Store

NO_FIGURE = disclosure.Figure()


@dataclass(frozen=True)
class ArchivedQuestion:
    """One question, what was shown of its lines, and what was not; of numbers, the figure that all may see."""

    prompt: str
    kind: str
    shown: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    figure: disclosure.Figure = NO_FIGURE


def read_archive(store: Store, workshop: Workshop) -> list[ArchivedQuestion]:
    """The questions in the order of the phases; one that no phase asks any more comes last, by its name."""
    asks = _questions()
    places = {name: place for place, name in enumerate(asks)}
    found = sorted(
        store.records(Answer, workshop=workshop.id),
        key=lambda one: (places.get(one.phase, len(places)), one.phase, one.id),
    )
    return [_archive_question(asks.get(name), name, list(some)) for name, some in groupby(found, attrgetter("phase"))]


def _questions() -> dict[str, agenda.Question]:
    """What the facilitator's own phases ask, then what the kit's do."""
    own = {ask.name: ask for _at, ask in agenda.load().questions()}
    return own | {ask.name: ask for _at, ask in agenda.load(agenda.BUILT_IN).questions() if ask.name not in own}


def _archive_question(ask: agenda.Question | None, name: str, found: list[Answer]) -> ArchivedQuestion:
    prompt = ask.prompt if ask else name.replace("_", " ").capitalize()
    numbers = [disclosure.parse_figure(one.text) for one in found]
    if ask.kind == "rating" if ask else all(one.text.isdigit() for one in found) or any(one.bands for one in numbers):
        return ArchivedQuestion(prompt, "rating", figure=max(numbers, key=lambda one: one.n))
    shown, back = (tuple(one.text for one in found if one.shown == on) for on in (True, False))
    return ArchivedQuestion(prompt, ask.kind if ask else "lines", shown, back)
