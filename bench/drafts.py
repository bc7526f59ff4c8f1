"""Somebody types steadily, the kernel is killed at a random moment: how many seconds of typing are gone."""

import random
import threading
import time
from typing import Any

from bench.browser import Bench, bench, fresh_home, lab
from bench.figures import Finding, Row, note
from kit.words import KitError, _

TIMES, MOST = 10, 1.0
CLIENT = "Heron"
NOTEBOOK = "1_session"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAUSE = 90  # milliseconds between two keys: somebody who types well

STEADY = 9_000  # milliseconds: Jupyter gives up on a kernel that goes again and again within ten seconds


def measure() -> list[Finding]:
    with fresh_home() as home, bench({}, home) as running:
        page = running.page(NOTEBOOK)
        lab.wait_for_form(page)
        lab.wait_for_quiet(page)
        page.locator("[data-word=choose_client]").get_by_role("button", name=CLIENT).click()
        runs = [_gone(running, page) for _run in range(TIMES)]
    gone, unheard, back = (list(one) for one in zip(*runs, strict=True))
    kept = sum(one <= MOST for one in gone)
    aim = _("Aim: ten of ten at most one second.")
    told = _("Here: {kept} of {n}.").format(kept=kept, n=len(gone))
    return [
        Finding([Row(_("typing before the kill that is gone"), gone, "s")], aim, kept == len(gone), told),
        note(
            Row(_("from the kill until the form is put away: keys in between reach nobody"), unheard, "s"),
            Row(_("from the kill until the form stands there again, filled"), back, "s"),
        ),
    ]


def _gone(running: Bench, page: Any) -> tuple[float, float, float]:
    """Seconds: typing before the kill that did not come back; until the old form went; until the new one was there."""
    field = page.locator("[data-word=small_win] input[type=text]").first
    field.wait_for()
    field.fill("")
    page.wait_for_timeout(STEADY)
    old = field.element_handle()
    pressed, killed = _typed_until_killed(page, field, running.lab.kernel_process(f"{NOTEBOOK}.ipynb"))
    page.wait_for_function("node => !node.isConnected", arg=old, timeout=60_000)
    put_away = time.monotonic()
    lab.wait_for_quiet(page)
    field.wait_for()
    back, found = time.monotonic(), field.input_value()
    typed = "".join(letter for letter, _at in pressed)
    if not typed.startswith(found):
        raise KitError(_("What came back is not what was typed: {found}").format(found=found))
    lost = [at for _letter, at in pressed if at <= killed][len(found) :]
    return (killed - lost[0] if lost else 0.0), put_away - killed, back - killed


def _typed_until_killed(page: Any, field: Any, process: Any) -> tuple[list[tuple[str, float]], float]:
    """Each key with its time, and the time of the kill."""
    moments: list[float] = []

    def kill() -> None:
        moments.append(time.monotonic())
        process.kill()

    pressed: list[tuple[str, float]] = []
    field.focus()
    timer = threading.Timer(random.uniform(2, 5), kill)
    timer.start()
    while not moments:
        letter = LETTERS[len(pressed) % len(LETTERS)]
        page.keyboard.press(letter)
        pressed.append((letter, time.monotonic()))
        page.wait_for_timeout(PAUSE)
    return pressed, moments[0]
