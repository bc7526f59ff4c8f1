"""Silence is not death: whether a process is no more, known by its number and by when it began."""

import os
import time
from urllib.error import URLError

import psutil

HASH_RANGE = 1 << 32  # marks are told apart up to this


def identity(pid: int | None = None) -> str:
    """A name for one process that no later one bears: numbers are given again. It is safe from jumps of the clock."""
    pid = os.getpid() if pid is None else pid
    return f"{pid}-{hash(psutil.Process(pid)) % HASH_RANGE:08x}"


def has_ended(told: str, within: float = 0.0) -> bool:
    """Whether the process of this name is no more, or will be in so many seconds: it may just be ending."""
    until = time.monotonic() + within
    while not (over := _has_ended(told)) and time.monotonic() < until:
        time.sleep(0.05)
    return over


def _has_ended(told: str) -> bool:
    """One of which nothing was told is not known to be there."""
    try:
        pid = int(told.partition("-")[0])
        return identity(pid) != told or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.AccessDenied:
        return False
    except (ValueError, OverflowError, psutil.NoSuchProcess):
        return True


def exists(pid: int) -> bool:
    """Whether some process bears this number, where that is all that was told."""
    return psutil.pid_exists(pid)


def is_timeout(error: BaseException) -> bool:
    """Whether this is what waiting in vain for an answer ends with; it tells nothing of who was asked."""
    return isinstance(error.reason if isinstance(error, URLError) else error, TimeoutError)
