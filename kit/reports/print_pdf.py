"""A page as PDF, printed by a browser that is installed already."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from kit.reports import Page
from kit.reports.output import save
from kit.words import KitError, _, write_error

BROWSER_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
BROWSER_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
ISOLATION_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
    "--virtual-time-budget=20000",
)  # fmt: skip
TIMEOUT = 120  # seconds


def find_browser() -> str | None:
    """A browser of Chromium's family on this machine."""
    there = (place for place in BROWSER_PATHS if Path(place).exists())
    return next(filter(None, [*map(shutil.which, BROWSER_NAMES), *there]), None)


def write_pdf(page: Page, to: Path | None = None, today: date | None = None) -> Path:
    """The page as PDF, at the place where the page itself would lie; `to` is a folder or a .pdf file."""
    return save(print_to_pdf(page.html), page.file_name(today, ".pdf"), to)


def print_to_pdf(html: str) -> bytes:
    """What the browser prints of a page; both lie meanwhile in a folder that only its owner can read."""
    browser = find_browser()
    if browser is None:
        raise KitError(_("A PDF needs Chromium, Chrome or Edge. Please install one, or print the page from a browser."))
    with _private_folder() as folder:
        page, made = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(html, encoding="utf-8")
        _run(
            [
                browser,
                *ISOLATION_FLAGS,
                *_sandbox_flags(),
                f"--user-data-dir={folder}/own",
                f"--print-to-pdf={made}",
                page.as_uri(),
            ]
        )
        if not made.exists():
            raise KitError(_("The browser made no PDF. Please open the page and print it from the browser."))
        return made.read_bytes()


@contextlib.contextmanager
def _private_folder() -> Iterator[str]:
    """A folder for a moment, which only its owner can read."""
    try:
        with tempfile.TemporaryDirectory(prefix="kit-", ignore_cleanup_errors=True) as folder:
            yield folder
    except OSError as error:
        otherwise = _("{place} cannot be written to. Please print the page from a browser.")
        raise write_error(error, error.filename or tempfile.gettempdir(), otherwise) from error


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        sentence = _("The browser did not print the page. Please open the page and print it from the browser.")
        raise KitError(sentence) from error


def _sandbox_flags() -> list[str]:
    """Chromium's own walls cannot be put up by root; the page's policy lets nothing but its own scripts run."""
    return ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
