"""One program at a time: a lock that is a file, and that ends with the program, however that went."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO


class LockTimeout(Exception):
    """Another program holds the lock, and has not let go of it in time."""


@contextlib.contextmanager
def exclusive(lock: Path, patience: float) -> Iterator[None]:
    """While this holds, no other program gets in; raises Busy where one has not left in so many seconds."""
    lock.touch(mode=0o600)
    with lock.open("ab") as file:
        until = time.monotonic() + patience
        while not _try_lock(file):
            if time.monotonic() >= until:
                raise LockTimeout
            time.sleep(0.05)
        yield


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
