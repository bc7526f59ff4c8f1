"""Which panel stands behind which word of a notebook; a cell that runs again puts its earlier panel away."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kit.widgets.backups import Backups
from kit.widgets.caseload import Caseload
from kit.widgets.catch_up import CatchUp
from kit.widgets.coach import PrivateNotes, Retention
from kit.widgets.entries import Entries
from kit.widgets.history import History
from kit.widgets.invite import Invite
from kit.widgets.journey import Journey, SupportNow
from kit.widgets.meeting import Agreements
from kit.widgets.own_practice import OwnPractice
from kit.widgets.page_for_each import PageForEach
from kit.widgets.panel import Panel
from kit.widgets.practice_details import PracticeDetails, SupportLines
from kit.widgets.prepare import Prepare
from kit.widgets.progress import ChoosePeriod, FindingMyFeet, JustMe, Ladders, SinceDay, Told
from kit.widgets.report import MakeReport
from kit.widgets.session import (
    AddMilestone,
    CheckIn,
    ChooseClient,
    CloseSession,
    ExploreSetback,
    HeavierDay,
    NextPerson,
    NextStep,
    ReviewSteps,
    SmallWin,
)
from kit.widgets.session_state import SessionState
from kit.widgets.then_and_now import ThenAndNow
from kit.widgets.toolkit import Better, Plan, Supporters, Toolkit
from kit.widgets.workshop import Board, Phase, Workshop
from kit.widgets.your_data import YourData

QUESTIONS = ("living_well", "small_steps", "what_helped", "came_before", "showing_up", "areas")
WORDS: dict[str, Callable[..., Panel]] = {
    **{
        panel.name: panel
        for panel in (
            ChooseClient, CheckIn, SmallWin, ReviewSteps, AddMilestone, ExploreSetback, NextStep, CloseSession,
            NextPerson, HeavierDay, Better, Toolkit, Supporters, Plan, Entries, Journey, MakeReport, SupportNow,
            Agreements, PracticeDetails, SupportLines, ThenAndNow, OwnPractice, ChoosePeriod, JustMe, SinceDay,
            Prepare, Caseload, CatchUp, PrivateNotes, Retention, History, YourData, Backups, PageForEach,
            Workshop, Phase, Board, Invite,
        )
    },
    **{name: partial(Told, name) for name in QUESTIONS},
    "ladders": partial(Ladders, "ladders"),
    "finding_my_feet": partial(FindingMyFeet, "finding_my_feet"),
}  # fmt: skip
_IN_CELLS: dict[tuple[str, str], Panel] = {}


def opened(word: str, state: SessionState, *given: str) -> Panel:
    """The panel of a word; when its cell runs again, the one that stood there before is put away."""
    place = (word, _cell())
    if place in _IN_CELLS:
        earlier = _IN_CELLS.pop(place)
        earlier.state.unsubscribe(earlier)
        earlier.close()
    panel = WORDS[word](state, *given)
    if place[1]:
        _IN_CELLS[place] = panel
    return panel


def _cell() -> str:
    """The notebook cell that is running, as JupyterLab names it; empty elsewhere."""
    from IPython import get_ipython

    shell = get_ipython()
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() if shell else {}
    return str((parent.get("metadata") or {}).get("cellId", ""))
