"""A real JupyterLab in a real browser for the measurements; the helpers are those of the browser tests."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import places
from kit.words import KitError, _

sys.path.insert(0, str(places.ROOT / "tests" / "browser"))
import lab
from conftest import ARGUMENTS

# Peers have code of their own, which would wait for a person: here it is taken for the kit's.
TAKEN_FOR_OURS = "from kit.jupyter import trust\ntrust.trusted_lines = lambda cells: cells\n"
WATCH = Path(__file__).with_name("watch.js").read_text("utf-8")


@dataclass
class Bench:
    """One server, one browser, one folder of notebooks for a subject's two sides."""

    lab: Any
    context: Any

    def page(self, notebook: str) -> Any:
        """A new page of this notebook, while it loads."""
        page = self.context.new_page()
        page.goto(self.lab.page_of(f"{notebook}.ipynb"))
        return page

    def end_kernel(self, notebook: str) -> None:
        """So that the next page of this notebook begins with a new one."""
        for one in self.lab.ask("api/sessions"):
            if one["path"] == f"{notebook}.ipynb":
                self.lab.ask(f"api/sessions/{one['id']}", "DELETE")


@contextlib.contextmanager
def bench(peers: dict[str, list[str]], home: Path, **surroundings: str) -> Iterator[Bench]:
    """1_session and the peers' notebooks, all opened by the same extension."""
    path = lab.found_chromium()
    if path is None:
        raise KitError(_("This needs Chromium, Chrome or Edge. Please install one of them, then measure again."))
    from playwright.sync_api import sync_playwright

    root = home / "notebooks"
    root.mkdir()
    for name, cells in peers.items():
        lab.scratch_notebook(root / f"{name}.ipynb", cells)
    shutil.copy(places.NOTEBOOKS / "1_session.ipynb", root)
    start = [sys.executable, "-c", TAKEN_FOR_OURS + lab.OPEN_ELSEWHERE, str(root), "1_session", "0"]
    running = lab.start(start, home, root, **surroundings)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
            context.add_init_script(WATCH)
            yield Bench(running, context)
            browser.close()
    finally:
        running.end()


@contextlib.contextmanager
def fresh_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kit-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
