"""What was read of who is here; a kind is read anew only when it was written since, here or by another program."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from kit.records import BY_PLURAL, Record
from kit.widgets.session_state import Change, SessionState, Source

if TYPE_CHECKING:
    import pandas as pd

Kind = TypeVar("Kind", bound=Record)


class ReadCache(Source):
    """Records and frames of the client who is here, each with the mark under which it was read."""

    def __init__(self, state: SessionState) -> None:
        super().__init__(state)
        self._records: dict[type[Record], tuple[tuple, list[Any]]] = {}
        self._frames: dict[str, tuple[tuple, pd.DataFrame]] = {}
        self._marks: dict[str, tuple] = {}
        self._marks_of: object | None = None  # the pass in which they were looked up

    def notify(self, change: Change, newest: str = "") -> None:
        if change == "client":
            self._records.clear()
            self._frames.clear()

    def records(self, kind: type[Kind]) -> list[Kind]:
        """In the order in which they were noted; none when nobody is here."""
        if not self.state.client:
            return []
        mark = self._mark(kind.plural)
        if kind not in self._records or self._records[kind][0] != mark:
            self._records[kind] = (mark, self.state.store.records(kind, self.state.client))
        return list(self._records[kind][1])

    def frames(self, plurals: Sequence[str]) -> "dict[str, pd.DataFrame]":
        """Plural of a kind -> frame with what may be seen together."""
        from kit import frames

        marks = {plural: self._mark(plural) for plural in plurals}
        stale = [BY_PLURAL[one] for one in plurals if one not in self._frames or self._frames[one][0] != marks[one]]
        found = frames.frames(self.state.store, self.state.client, "together", kinds=stale)
        self._frames |= {plural: (marks[plural], frame) for plural, frame in found.items()}
        return {plural: self._frames[plural][1] for plural in plurals}

    def _mark(self, plural: str) -> tuple:
        rendering = self.state.rendering
        if rendering is None or rendering is not self._marks_of:
            self._marks, self._marks_of = self.state.store.change_tokens(), rendering
        return (self.state.client, self._marks[plural])
