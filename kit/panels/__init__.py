"""What a session shows: forms, pictures and lists, one panel a step; panels compose, they compute nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kit.panels.backups import Backups
from kit.panels.caseload import Caseload
from kit.panels.catch_up import CatchUp
from kit.panels.coach import PrivateNotes, Retention
from kit.panels.entries import Entries
from kit.panels.history import History
from kit.panels.invite import Invite
from kit.panels.keeping import Better, Plan, Supporters, Toolkit
from kit.panels.meeting import Agreements
from kit.panels.own import OwnPractice
from kit.panels.page_for_each import PageForEach
from kit.panels.practice import PracticeDetails, SupportLines
from kit.panels.prepare import Prepare
from kit.panels.progress import ChoosePeriod, FindingMyFeet, JustMe, Ladders, SinceDay, Told
from kit.panels.reading import Journey, SupportNow
from kit.panels.recap import ThenAndNow
from kit.panels.report import MakeReport
from kit.panels.session import (
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
from kit.panels.table import Table
from kit.panels.widgets import Panel, PictureWidget
from kit.panels.workshop import Board, Phase, Workshop
from kit.panels.your_data import YourData

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


def opened(word: str, table: Table, *given: str) -> Panel:
    """The panel of a word; when its cell runs again, the one that stood there before is put away."""
    place = (word, _cell())
    if place in _IN_CELLS:
        earlier = _IN_CELLS.pop(place)
        earlier.table.leave(earlier)
        earlier.close()
    panel = WORDS[word](table, *given)
    if place[1]:
        _IN_CELLS[place] = panel
    return panel


def _cell() -> str:
    """The notebook cell that is running, as JupyterLab names it; empty elsewhere."""
    from IPython import get_ipython

    shell = get_ipython()
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() if shell else {}
    return str((parent.get("metadata") or {}).get("cellId", ""))


__all__ = ["WORDS", "Panel", "PictureWidget", "Table", "opened"]
