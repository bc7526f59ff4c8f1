"""What is noted of who is here, as panels ask for it."""

from datetime import date

from kit.card import under_way
from kit.fields import about
from kit.records import BY_PLURAL, KINDS, Agreement, CheckIn, Client, Record, Session, Setback, Step, Tool
from kit.widgets.cache import Kind, ReadCache
from kit.widgets.session_state import SessionState
from kit.words import _


class ClientNotes:
    """The notes of the client who is here; empty when nobody is."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    def records(self, kind: type[Kind]) -> list[Kind]:
        """The records of a kind, in the order in which they were noted."""
        return self._state.source(ReadCache).records(kind)

    def _noted(self, kind: type[Kind], **equal: object) -> list[Kind]:
        return self._state.store.records(kind, self._state.client, **equal) if self._state.client else []

    def not_agreed(self) -> str:
        """Why nothing new may be noted, in one sentence; empty when the client agrees to notes."""
        asked = [one for one in self.records(Agreement) if one.to == "notes"]
        if any(one.withdrawn_on is None for one in asked):
            return ""
        if asked:
            return _("Nothing new is noted; what is there can be read, handed out and removed.")
        return _("This opens with a yes to notes, at the top of the session.")

    @property
    def may_note(self) -> bool:
        """Whether somebody is here who agrees that notes are kept."""
        return self._state.client is not None and not self.not_agreed()

    def own_words(self) -> tuple[str, ...]:
        """What the client says instead of "setback" and "what I live with"; empty where nothing was said."""
        found = self.records(Client)
        return found[0].own_words if found else ()

    def offers(self) -> dict[str, list[tuple[str, str]]]:
        """Plural -> (id, words) of what this client has already and may tap; a tool no longer needed rests."""
        return {
            plural: [(one.id, _heading(one)) for one in some if not _is_retired(one)]
            for plural, some in self._linked().items()
        }

    def names(self) -> dict[str, str]:
        """Id -> words, for all of this client's records that another one can name."""
        return {one.id: _heading(one) for some in self._linked().values() for one in some}

    def _linked(self) -> dict[str, list[Record]]:
        plurals = sorted({told.of for kind in KINDS for told in about(kind).values() if told.of})
        return {plural: self.records(BY_PLURAL[plural]) for plural in plurals}

    def session(self, day: date | None = None) -> Session | None:
        """The session of a day, today's if none is named; None when none was opened."""
        found = self._noted(Session, on=day or date.today())
        return found[-1] if found else None

    def energy_today(self) -> int | None:
        """The energy that was noted last today; None when none was."""
        found = self._noted(CheckIn, on=date.today())
        return next((one.energy for one in reversed(found) if one.energy is not None), None)

    def enough(self, step: Step) -> int:
        """How often a step may be enough this week, by today's energy and by how sure the client is."""
        from kit import measures

        return measures.enough(step.planned or 1, self.energy_today(), step.confidence)

    def ongoing_setbacks(self) -> list[Setback]:
        """The setbacks that the client is in the middle of."""
        return self._noted(Setback, back_on_feet_on=None)

    def active_steps(self) -> list[Step]:
        """The small steps that are under way: begun, not ended, and not made smaller since."""
        return under_way(self.records(Step), date.today())


def _heading(record: Record) -> str:
    return str(getattr(record, record.heading))


def _is_retired(record: Record) -> bool:
    return isinstance(record, Tool) and record.status == "retired"
