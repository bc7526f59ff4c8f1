"""From the kernel being ready to a form that takes a key, beside a notebook with one bare text field."""

import time
from pathlib import Path
from typing import Any

from bench.browser import Bench, bench, fresh_home, lab
from bench.figures import Finding, Row, in_turn, more, note
from kit.words import _

RUNS = 7
ONE_FIELD = ["# One field", "import ipywidgets as w", "w.Text(description='Your name')"]


def measure() -> list[Finding]:
    with fresh_home() as home, bench({"bare": ONE_FIELD}, home) as running:
        first = _opened(running, "1_session")
        sides = [lambda: _opened(running, "1_session"), lambda: _opened(running, "bare")]
        kit, bare = in_turn(sides, RUNS)
        anew = [_with_a_new_sample(running, home) for _run in range(3)]
        return list(_findings(first, kit, bare, anew))


def _findings(first: dict, kit: list[dict], bare: list[dict], anew: list[dict]) -> Any:
    def row(name: str, runs: list[dict], what: str) -> Row:
        return Row(name, [one[what] for one in runs], "s")

    yield more(
        row(_("1_session: kernel ready, until a key in its form has reached the kernel"), kit, "reached"),
        row(_("one bare text field: the same"), bare, "reached"),
        0.8,
    )
    yield note(
        row(_("1_session: kernel ready, until its first field is in view"), kit, "shown"),
        row(_("one bare text field: the same"), bare, "shown"),
        told=_("The kernel is ready when it has answered the page's first question (kernel_info_reply)."),
    )
    yield note(row(_("1_session, the sample practice made on the way"), anew, "reached"))
    yield note(
        row(_("1_session from the address to that key, this server's very first page"), [first], "whole"),
        row(_("1_session from the address to that key, later pages with a new kernel each"), kit, "whole"),
        row(_("one bare text field: the same"), bare, "whole"),
    )


def _opened(running: Bench, notebook: str) -> dict[str, float]:
    """Seconds from the kernel's first answer until a field is in view, and until a key typed there has arrived."""
    page = running.page(notebook)
    seconds = page.evaluate("() => window.kitBench.first()")
    lab.wait_for_quiet(page)
    page.close()
    running.end_kernel(notebook)
    time.sleep(1)
    return seconds


def _with_a_new_sample(running: Bench, home: Path) -> dict[str, float]:
    for part in home.glob("sample.book*"):
        part.unlink()
    return _opened(running, "1_session")
