"""What a session shows: forms, pictures and lists, one panel a step; panels compose, they compute nothing."""

import warnings

from kit.widgets.panel import Panel
from kit.widgets.pictures import PictureWidget
from kit.widgets.registry import WORDS, opened
from kit.widgets.session_state import SessionState
from kit.words import _

__all__ = ["WORDS", "Panel", "PictureWidget", "SessionState", "opened"]


def __getattr__(name: str) -> type[SessionState]:
    if name == "Table":
        warnings.warn(_("kit.widgets.Table is called SessionState now."), DeprecationWarning, stacklevel=2)
        return SessionState
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
