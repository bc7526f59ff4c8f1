"""A session as two people hold it: the shipped notebook on the sample practice, panels filled in, the book read."""

import sys
from pathlib import Path

import lab

from kit import places

NOTEBOOK = "1_session.ipynb"
READY = "() => document.querySelector('.kit-bar-message')?.textContent === ''"


def begin(home: Path, port: int = 0) -> lab.Lab:
    """The kit's own start, as a coach calls it."""
    command = [sys.executable, "-m", "kit", "open", "--no-browser", "--port", str(port or lab.free_port())]
    return lab.start(command, home, places.NOTEBOOKS)


def come_in(page, server: lab.Lab) -> None:
    page.goto(server.address)
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)


def panel(page, word: str):
    return page.locator(f"[data-word={word}]")


def field(page, word: str, name: str):
    return panel(page, word).locator(f'[data-field="{name}"]')


def entry(page, word: str, name: str):
    """Where the words of a field are typed."""
    return field(page, word, name).locator("input, textarea").first


def write(page, word: str, name: str, text: str) -> None:
    entry(page, word, name).fill(text)


def tap(page, word: str, name: str, *chips: str) -> None:
    for chip in chips:
        field(page, word, name).get_by_role("button", name=chip, exact=True).click()


def add_own(page, word: str, name: str, text: str) -> None:
    """Names something new in passing."""
    field(page, word, name).locator(".kit-add input").fill(text)
    field(page, word, name).get_by_role("button", name="Add my own").click()


def press(page, word: str, label: str) -> None:
    panel(page, word).get_by_role("button", name=label, exact=True).click()


def said(page, word: str) -> str:
    return panel(page, word).locator(".kit-said").inner_text()


def wait_said(page, word: str, text: str) -> str:
    """Waits for a sentence of the panel, and gives it."""
    panel(page, word).locator(".kit-said", has_text=text).wait_for()
    return said(page, word)


def keep(page, word: str, label: str = "Save") -> str:
    press(page, word, label)
    return wait_said(page, word, "Saved ")


def more(page, word: str) -> None:
    """Opens "More, if you like"."""
    for summary in panel(page, word).locator(".kit-form details:not([open]) summary").all():
        summary.click()


def choose(page, name: str) -> None:
    press(page, "choose_client", name)
    panel(page, "choose_client").get_by_text(f"Here today: {name}").wait_for()
    panel(page, "check_in").locator(".kit-field").first.wait_for()


def next_person(page) -> None:
    press(page, "next_person", "Next person")
    panel(page, "choose_client").get_by_role("heading", name="Who is here today?").wait_for()


def drafted(page, word: str) -> None:
    """Waits until the panel says that it has kept what was typed."""
    panel(page, word).locator(".kit-kept", has_text="kept ").wait_for()


def has_focus(locator) -> bool:
    return locator.evaluate("(node) => node === document.activeElement")
