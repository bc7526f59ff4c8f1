"""The seat at the table of the running kit: who sits there, and who sat there before it was started anew."""

import os
from datetime import datetime

from kit.store import Store


def server() -> str:
    """The Jupyter server that this kernel belongs to: a session goes on by itself only while it runs."""
    return os.environ.get("JPY_PARENT_PID", "")


def taken(store: Store) -> tuple[str, datetime] | None:
    """Who sits there, and since when."""
    seat = store.active_client()
    return (seat[0], seat[2]) if seat and seat[1] == server() else None


def left(store: Store) -> tuple[str, datetime] | None:
    """Whose session is still open, from before the kit was started anew too, and since when."""
    seat = store.active_client()
    return (seat[0], seat[2]) if seat else None
