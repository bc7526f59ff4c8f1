"""Rooms: the kit's forms on people's own devices. From here a room is begun, found again, asked and closed."""

from kit.rooms.control import Asked, Gone, Open, Silent, act, begin, close, every, found, is_gone, keep_until, state

__all__ = [
    "Asked", "Gone", "Open", "Silent", "act", "begin", "close", "every", "found", "is_gone", "keep_until", "state",
]  # fmt: skip
