"""The process of one room: what is asked and the key come by stdin, where the room is goes out by stdout."""

import contextlib
import json
import logging
import os
import signal
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

from tornado.ioloop import IOLoop

from kit.rooms import RoomRequest, web_server
from kit.words import KitError, NoSuchClient

MAX_CONNECTIONS = 8_192  # a phone holds a few; some systems let a process have 256 in all


def main() -> None:
    os.umask(0o077)
    _raise_file_limit()
    logging.disable(logging.CRITICAL)  # a log could hold what somebody typed, or from where
    told = json.loads(sys.stdin.buffer.readline())
    day = told["asked"].pop("keep_until")
    asked = RoomRequest(**told["asked"], keep_until=date.fromisoformat(day) if day else None)
    key = bytes.fromhex(told.pop("key")) or None
    try:
        room, server, opened = web_server.create_room(asked, key)
    except KitError as trouble:
        _write_line({"trouble": str(trouble), "nobody": isinstance(trouble, NoSuchClient)})
        return
    key = None  # the open book is all that needs it

    loop: Any = IOLoop.current()

    def stop(*_signal: object) -> None:
        loop.asyncio_loop.call_soon_threadsafe(loop.stop)  # which wakes a loop that waits

    for name in ("SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is a question to whoever opened the room
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    web_server.serve(room, server, opened, lambda: _write_line(asdict(opened)))


def _raise_file_limit() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # which Windows does without

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MAX_CONNECTIONS if hard == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _write_line(told: dict[str, object]) -> None:
    with contextlib.suppress(OSError):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
