"""Every phase of a workshop on paper, as one page that needs no room and no network."""

from types import SimpleNamespace

from kit.records import SupportLine
from kit.rooms import agenda, templates
from kit.store import Store


def page(store: Store, title: str) -> str:
    """The sheets of the facilitator's own phases, else of the kit's; the name of the workshop stands on each."""
    run = SimpleNamespace(arc=agenda.read(), record=SimpleNamespace(title=title))
    look = "\n".join(templates.file(name).decode() for name in ("tokens.css", "room.css"))
    lines = store.records(SupportLine)
    return templates.filled("paper.html", run=run, lines=lines, layout="alone.html", look=look, room=None)
