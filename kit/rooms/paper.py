"""Every phase of a workshop on paper, as one page that needs no room and no network."""

from types import SimpleNamespace

from kit.records import SupportLine
from kit.rooms import agenda, templates
from kit.store import Store


def render_paper(store: Store, title: str) -> str:
    """The sheets of the facilitator's own phases, else of the kit's; the name of the workshop stands on each."""
    run = SimpleNamespace(agenda=agenda.load(), record=SimpleNamespace(title=title))
    look = "\n".join(templates.static_file(name).decode() for name in ("tokens.css", "room.css"))
    lines = store.records(SupportLine)
    return templates.render("paper.html", run=run, lines=lines, layout="alone.html", look=look, room=None)
