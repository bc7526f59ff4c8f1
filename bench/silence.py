"""Silence is not death: what a process that stands still for a minute closes, clears or loses; many starts at once.

KIT_SILENCE is how long it stands still: 1 is a minute.
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from bench.browser import ARGUMENTS, fresh_home
from bench.figures import Finding
from kit import places
from kit.vault import agent, keys
from kit.words import KitError, _

sys.path.insert(0, str(places.ROOT / "tests"))
import lab
import silences
from starts import Starts

SECONDS = 60 * float(os.environ.get("KIT_SILENCE", "1"))
AT_ONCE = (2, 3, 10)


def measure() -> list[Finding]:
    return [*_standing_still(), *map(_at_once, AT_ONCE)]


def _standing_still() -> list[Finding]:
    path = lab.found_chromium()
    if path is None:
        raise KitError(_("This needs Chromium, Chrome or Edge. Please install one of them, then measure again."))
    from playwright.sync_api import sync_playwright

    with ExitStack() as held:
        home = held.enter_context(fresh_home())
        held.enter_context(patch.dict(os.environ, KIT_HOME=str(home)))
        browser = held.enter_context(sync_playwright()).chromium.launch(executable_path=path, args=ARGUMENTS)
        held.callback(browser.close)
        evening = held.enter_context(silences.opened(lambda: browser.new_context(reduced_motion="reduce").new_page()))
        return [_trial(evening, what) for what in silences.WHAT]


def _trial(evening: silences.Evening, what: str) -> Finding:
    amiss = evening.trial(what, SECONDS)
    sys.stderr.writelines(f"{what}: {one}\n" for one in amiss)
    aim = _("Aim: nothing is closed, cleared or lost when this stands still for {s:g} s: {what}.")
    told = _("Here: {amiss} not as it was, with {n} phones and a page of one's own.")
    return Finding([], aim.format(s=SECONDS, what=what), not amiss, told.format(amiss=len(amiss), n=silences.PHONES))


def _at_once(many: int) -> Finding:
    with fresh_home() as home, patch.dict(os.environ, KIT_HOME=str(home)):
        lab.scratch_notebook(home / "notebooks/1_session.ipynb", ["# A session", "import kit"])
        amiss, servers = _amiss(home / "notebooks", home, many)
    sys.stderr.writelines(f"{many}: {one}\n" for one in amiss)
    aim = _("Aim: of {n} starts at once none ends, one keeper serves all, and closing one locks no other.")
    told = _("Here: {servers} servers, {amiss} not as promised.")
    return Finding([], aim.format(n=many), not amiss, told.format(servers=servers, amiss=len(amiss)))


def _amiss(notebooks: Path, home: Path, many: int) -> tuple[list[str], int]:
    """Half of them open another book, and so begin a server of their own."""
    starts, key = Starts(notebooks.resolve(), home, ("", "sample") * (many // 2) + ("",) * (many % 2)), keys.generate()
    try:
        servers = starts.servers()
        found = [] if all(starts.addresses) else ["a start showed no address"]
        found += [] if len(starts.keepers()) == 1 else [f"keepers: {len(starts.keepers())}"]
        agent.add_key(places.practice(), key, 3600)
        for one in servers:
            found += [] if agent.get_key(places.practice()) == key else ["locked"]
            one.send_signal(lab.interrupt())
            found += [] if one.wait(60) == 0 else [f"a server ended with {one.returncode}"]
        found += ["the keeper stayed"] if starts.keepers() else []
        return [*found, *(told for one in starts.begun if (told := one.communicate()[1]))], len(servers)
    finally:
        starts.kill()
