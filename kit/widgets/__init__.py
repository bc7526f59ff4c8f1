"""What a session shows: forms, pictures and lists, one panel a step; panels compose, they compute nothing."""

from kit.widgets.panel import Panel, PictureWidget
from kit.widgets.registry import WORDS, opened
from kit.widgets.session_state import Table

__all__ = ["WORDS", "Panel", "PictureWidget", "Table", "opened"]
