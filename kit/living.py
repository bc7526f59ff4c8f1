"""Silence is not death: whether a process is no more, known by its number and by when it began."""

import os
from urllib.error import URLError

import psutil

ANOTHER = 1 << 32  # marks are told apart up to this


def life(pid: int | None = None) -> str:
    """A name for one process that no later one bears: numbers are given again. It is safe from jumps of the clock."""
    pid = os.getpid() if pid is None else pid
    return f"{pid}-{hash(psutil.Process(pid)) % ANOTHER:08x}"


def ended(told: str) -> bool:
    """Whether the process of this name is no more; one of which nothing was told is not known to be there."""
    try:
        pid = int(told.partition("-")[0])
        return life(pid) != told or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.AccessDenied:
        return False
    except (ValueError, OverflowError, psutil.NoSuchProcess):
        return True


def silent(error: BaseException) -> bool:
    """Whether this is what waiting in vain for an answer ends with; it tells nothing of who was asked."""
    return isinstance(error.reason if isinstance(error, URLError) else error, TimeoutError)
