"""Several starts of the kit at one moment, on one KIT_HOME: what they show, and who is there afterwards."""

import contextlib
import subprocess
import sys
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent / "browser"))
import lab


class Starts:
    """One start for each book that is named; with none it is the one that a start finds by itself."""

    def __init__(self, notebooks: Path, home: Path, books: tuple[str, ...]) -> None:
        self.home = home
        command = [sys.executable, "-c", lab.OPEN_ELSEWHERE, str(notebooks), "1_session", "0"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True}
        flags = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        named = [lab.surroundings(home, **({"KIT_BOOK": book} if book else {})) for book in books]
        self.begun = [subprocess.Popen(command, env=one, **pipes, **flags) for one in named]
        self.addresses = [one.stdout.readline().strip() for one in self.begun]

    def servers(self) -> list[subprocess.Popen]:
        """Those that did not hand over to another one; whoever did is gone."""
        shown: dict[str, list[subprocess.Popen]] = {}
        for one, address in zip(self.begun, self.addresses, strict=True):
            shown.setdefault(address, []).append(one)
        for some in shown.values():
            lab.until(lambda some=some: sum(one.poll() is None for one in some) == 1)
        return [one for one in self.begun if one.poll() is None]

    def keepers(self) -> list[psutil.Process]:
        """The keepers of this KIT_HOME that are there."""
        return [one for one in psutil.process_iter() if self._keeps(one)]

    def _keeps(self, one: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return one.cmdline()[-1:] == ["kit.vault.agent_process"] and one.environ().get("KIT_HOME") == str(self.home)
        return False

    def kill(self) -> None:
        for one in self.begun:
            one.kill()
            one.wait()
            for wire in (one.stdout, one.stderr):
                wire.close()
