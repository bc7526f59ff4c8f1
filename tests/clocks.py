"""A clock of its own for a process that is begun here: libfaketime reads from a file how far it is off."""

import shutil
import subprocess
from pathlib import Path

BY = {"ten minutes": 600, "ten hours": 36_000, "two days": 172_800}
JUMPS = {f"{name} {way}": sign * by for name, by in BY.items() for way, sign in (("on", 1), ("back", -1))}


def lacking() -> str:
    """Why no clock can be put here; empty where one can."""
    return "" if shutil.which("faketime") else "there is no faketime here, so no clock can be put"


class Clock:
    """The time of day of all processes that are begun in its `surroundings`; the steady clock is as it is."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.put(0)
        found = subprocess.run(["faketime", "now", "env"], capture_output=True, text=True, check=True).stdout
        preload = next(line for line in found.splitlines() if line.startswith("LD_PRELOAD=")).partition("=")[2]
        self.surroundings = {
            "LD_PRELOAD": preload.replace("libfaketime.so", "libfaketimeMT.so"),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def put(self, seconds: int) -> None:
        """So many seconds before or after the time that it is."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self.file)
