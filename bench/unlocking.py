"""An encrypted practice of 5,000 entries, opened beside a plain book of the same, and locked in three open pages."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from unittest.mock import patch

import kit
from bench.browser import bench, fresh_home, lab
from bench.charts import story
from bench.figures import Finding, Row, in_turn, more, note
from bench.saving import CLIENT
from kit import places
from kit.vault import agent, keys
from kit.words import KitError, _

import owning  # isort: skip
import sitting  # isort: skip

ENTRIES, DAYS, RUNS = 5_000, 3_650, 11
PAGES = ("1_session", "2_progress", "just_me")
WORDS = 'eleven "quiet" herons 🌿'
# The passphrase comes through a pipe, as from a prompt; an empty one: the broker holds the key.
OPENS = """\
import sys, time
import kit.book
from kit.records import KINDS
where, words = sys.argv[1], sys.stdin.buffer.read().decode() or None
began = time.perf_counter()
book = kit.book.open_book(where, words)
opened = time.perf_counter()
entries = sum(len(rows) for rows in book._store.rows(KINDS).values())
print(opened - began, time.perf_counter() - began, entries)
"""


# From when on nothing of the practice is left in a page, seen or hidden; nothing comes back until its door is there.
# Looking costs time too: it is done twenty times a second. The clocks of one browser's pages are one clock.
BLANK = """(mark) => { window.kitBlank = new Promise((done) => {
    let since = 0;
    const looks = setInterval(() => {
        const left = document.documentElement.outerHTML.includes(mark);
        since = left ? 0 : since || performance.timeOrigin + performance.now();
        if (since && document.querySelector(".kit-door")) { clearInterval(looks); done(since); }
    }, 50);
}); }"""
PRESS = """() => { const at = performance.timeOrigin + performance.now();
    [...document.querySelectorAll("button")].find((one) => one.textContent === "Lock").click(); return at; }"""


def measure() -> list[Finding]:
    return [*_opened(), _locked()]


def _opened() -> list[Finding]:
    with fresh_home() as home, patch.dict(os.environ, KIT_HOME=str(home)):
        os.environ.pop("KIT_PASSPHRASE", None)
        plain, own = _book(home / "plain.book"), _book(home / "own.book", WORDS)
        running = agent.start()
        try:
            agent.add_key(own, keys.read_key_file(own, WORDS), 3600)
            sides = [partial(_seconds, own, WORDS), partial(_seconds, plain), partial(_seconds, own)]
            return _findings(*in_turn(sides, RUNS))
        finally:
            running.end()


def _findings(words: list, peer: list, handed: list) -> list[Finding]:
    def row(name: str, runs: list, column: int) -> Row:
        return Row(name, [one[column] for one in runs], "s")

    return [
        more(row(_("an own practice, opened with its passphrase"), words, 0), row(_("a plain book"), peer, 0), 0.4),
        more(
            row(_("the same, and all of its entries read once"), words, 1),
            row(_("a plain book, and all of its entries read once"), peer, 1),
            0.4,
        ),
        note(
            row(_("an own practice that another notebook has unlocked"), handed, 0),
            row(_("the same, and all of its entries read once"), handed, 1),
            told=_("The key comes from the one unlock that all notebooks share, so no passphrase is reckoned with."),
        ),
    ]


def _locked() -> Finding:
    """From a press on Lock in one page until three pages hold nothing of the practice any more."""
    with fresh_home() as home, patch.dict(os.environ, KIT_HOME=str(home)):
        own = _book(home / "own.book", WORDS)
        with bench({}, home, KIT_BOOK=str(own), **owning.NO_KEYRING) as running:
            for name in PAGES[1:]:
                shutil.copy(places.NOTEBOOKS / f"{name}.ipynb", home / "notebooks")
            pages = [running.page(name) for name in PAGES]
            runs = [_until_blank(pages) for _run in range(RUNS)]
    aim = _("Aim: within a second, all three.")
    told = _("Here: {most:.2f} s at most.").format(most=max(runs))
    return Finding([Row(_("Lock, until three open pages are blank"), runs, "s")], aim, max(runs) <= 1, told)


def _until_blank(pages: list) -> float:
    pages[0].locator(".kit-door").first.wait_for()
    owning.open_door(pages[0], WORDS)
    for page in pages:
        owning.is_open(page)
        lab.wait_for_quiet(page)
    if pages[0].locator("[data-word=choose_client] input[type=text]").count():
        sitting.sit_down(pages[0], CLIENT)
    for page in pages:
        page.wait_for_function("(mark) => document.documentElement.outerHTML.includes(mark)", arg=CLIENT)
        page.evaluate(BLANK, CLIENT)
    pressed = pages[0].evaluate(PRESS)
    return (max(page.evaluate("() => window.kitBlank") for page in pages) - pressed) / 1000


def _book(place: Path, words: str | None = None) -> Path:
    book = kit.open_book(place, words)
    book._store.save(*story(ENTRIES, DAYS))
    book.close()
    return place


def _seconds(place: Path, words: str = "") -> tuple[float, float]:
    """Until a book is open, and until all of its entries were read."""
    done = subprocess.run(
        [sys.executable, "-c", OPENS, str(place)], input=words.encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise KitError(_("{place} did not open: {why}").format(place=place.name, why=done.stderr.decode()[-300:]))
    opened, read, entries = done.stdout.split()
    if int(entries) < ENTRIES:
        raise KitError(_("{place} does not hold all of its entries.").format(place=place.name))
    return float(opened), float(read)
