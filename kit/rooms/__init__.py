"""Rooms: the kit's forms on people's own devices. From here a room is begun, found again, asked and closed."""

from kit.rooms.control import (
    OpenRoom,
    RoomClosed,
    RoomRequest,
    RoomTimeout,
    close_room,
    get_state,
    has_ended,
    list_all,
    list_open,
    open_room,
    retention_date,
    send_action,
)

__all__ = [
    "OpenRoom",
    "RoomClosed",
    "RoomRequest",
    "RoomTimeout",
    "close_room",
    "get_state",
    "has_ended",
    "list_all",
    "list_open",
    "open_room",
    "retention_date",
    "send_action",
]
