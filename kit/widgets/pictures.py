"""The pictures that stand in panels: asked for at `kit.charts.registry`, and kept up to date."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from kit.widgets.cache import ReadCache
from kit.widgets.client_notes import ClientNotes
from kit.widgets.session_state import Change, SessionState, Source

if TYPE_CHECKING:
    from kit.charts import Picture

MOST_ROWS = 200  # as many go to the page at each save; the report holds all


class Live(anywidget.AnyWidget):
    """What panels and pictures have in common: nothing of a person's text goes into a notebook's outputs."""

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = super()._repr_mimebundle_(**kwargs)
        for bundle in shown if isinstance(shown, tuple) else (shown,):
            if bundle and "text/plain" in bundle:
                bundle["text/plain"] = "A panel of the Reflection Kit"
        return shown


class PictureWidget(Live):
    """A picture that can stand beside several panels at once, and is drawn only where it can be seen."""

    _esm = "export default { render() {} };"
    drawn = traitlets.Dict().tag(sync=True)
    near = traitlets.Bool(False).tag(sync=True)


class Journeys(Source):
    """The journey of who is here, over each span that a panel shows: one widget a span, whoever shows it."""

    def __init__(self, state: SessionState) -> None:
        super().__init__(state)
        self._widgets: dict[str, PictureWidget] = {}

    def over(self, span: str) -> PictureWidget:
        if span not in self._widgets:
            self._widgets[span] = PictureWidget()
        if not self._widgets[span].drawn:
            self._draw([span])
        return self._widgets[span]

    def notify(self, change: Change, newest: str = "") -> None:
        if change == "client" or not self._is_in_view:
            self._clear(self._widgets)
        elif change == "saved":
            shown = {widget for panel in self.state.panels for widget in panel.pictures}
            self._clear([span for span, widget in self._widgets.items() if widget not in shown])
            spans = [span for span, widget in self._widgets.items() if widget in shown]
            self._draw(sorted(spans, key=lambda span: not self._widgets[span].near), newest)

    @property
    def _is_in_view(self) -> bool:
        return bool(self.state.client and self.state.journey_in_view)

    def _clear(self, spans: Iterable[str]) -> None:
        """They are drawn when a panel asks for them."""
        for span in spans:
            self._widgets[span].drawn = {}

    def _draw(self, spans: Sequence[str], newest: str = "") -> None:
        from kit import measures
        from kit.charts import registry

        if not (spans and self._is_in_view):
            return
        with self.state.render_pass():
            told = self.state.source(ReadCache).frames(measures.JOURNEY)
            own_words = ClientNotes(self.state).own_words()
        for span, picture in registry.journeys(told, date.today(), spans, newest, own_words, MOST_ROWS):
            self._widgets[span].drawn = picture.drawn()


def pictures_of(state: SessionState, name: str, in_days: bool = False) -> "list[Picture]":
    """The pictures of one question, of who is here and of the period that is looked at."""
    from kit import charts
    from kit.charts import registry

    today = date.today()
    story = registry.Story(
        state.source(ReadCache).frames(registry.READ),
        today,
        ClientNotes(state).own_words(),
        state.for_coach,
        in_days,
        since=charts.first_day(state.period, today),
        span=state.period,
    )
    return registry.shown(registry.PICTURES[name], story)
