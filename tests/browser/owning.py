"""A practice of one's own as a coach begins it: in the page, with a passphrase and a recovery sheet."""

import re
from dataclasses import dataclass, field

import lab
import pytest
import sitting
from playwright.sync_api import expect

from kit.vault import agent

PASSPHRASE = "hot tea & 'rain' 🌿"
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
LOCKED = "This practice is locked."
CURTAIN = "This page is just for you."
# All that a page holds: what it shows, what is hidden, what stands in its fields and in pages within the page.
ALL_OF_IT = """() => [document.documentElement.outerHTML,
    ...[...document.querySelectorAll("input, textarea, select")].map((one) => one.value),
    ...[...document.querySelectorAll("iframe")].flatMap((one) => [one.srcdoc, one.contentDocument?.body.innerHTML])
].join("\\n")"""


@dataclass
class Own:
    """A running kit whose practice was begun, and what opens it."""

    server: lab.Lab
    context: object
    rows: list[str]
    pages: dict = field(default_factory=dict)

    def page(self, notebook: str):
        """The page of a notebook, opened once."""
        if notebook not in self.pages:
            page = self.context.new_page()
            page.goto(self.server.page_of(f"{notebook}.ipynb"))
            lab.wait_for_quiet(page)
            page.locator(".kit-panel").first.wait_for()
            self.pages[notebook] = page
        self.pages[notebook].bring_to_front()
        return self.pages[notebook]

    def alone(self):
        """The coach's own page, behind which the coach has come by the passphrase, where it asks for it."""
        page = self.page("just_me")
        with kit_home(self.server.home):
            is_open = agent.is_curtain_open(self.server.home / "practice.book")
        if not is_open:
            is_behind_the_curtain(page)
            open_door(page)
        expect(sitting.panel(page, "just_me")).to_contain_text("for the coach alone")
        return page


class kit_home:
    """For as long as it lasts, this process speaks to the broker of that home."""

    def __init__(self, home):
        self.home = home

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("KIT_HOME", str(self.home))

    def __exit__(self, *_):
        self.patch.undo()


def begin(server: lab.Lab, context) -> Own:
    own = Own(server, context, [])
    page = own.page("0_start_here")
    door = sitting.panel(page, "own_practice")
    door.get_by_role("button", name="Begin my practice").wait_for()
    for box in door.locator(".kit-door").first.locator("input[type=password]").all():
        box.fill(PASSPHRASE)
    door.get_by_role("button", name="Begin my practice").click()
    door.locator(".kit-sheet li").first.wait_for()
    own.rows = [row.strip() for row in door.locator(".kit-sheet li").all_inner_texts()]
    for label in door.locator(".kit-field", has_text="group").all():
        row, group = map(int, re.findall(r"\d+", label.inner_text()))
        label.locator("input").fill(own.rows[row - 1].split()[group - 1].lower())
    door.get_by_role("button", name="The sheet is safe: begin").click()
    door.get_by_role("link", name="Open the first session").wait_for()
    return own


def is_locked(page) -> None:
    """Waits until the page has nothing but its door."""
    page.get_by_role("heading", name=LOCKED).wait_for()


def is_behind_the_curtain(page) -> None:
    """Waits until the coach's own page has nothing but a door that asks for the passphrase."""
    page.get_by_role("heading", name=CURTAIN).wait_for()


def is_open(page) -> None:
    page.get_by_role("heading", name=LOCKED).wait_for(state="detached")


def open_door(page, passphrase: str = PASSPHRASE) -> None:
    door = page.locator(".kit-door").first
    door.locator("input[type=password]").fill(passphrase)
    door.get_by_role("button", name="Open", exact=True).click()


def press_lock(page) -> None:
    page.get_by_role("button", name="Lock", exact=True).click()


def holds_none_of(page, *words: str) -> None:
    """Waits until nothing of the page, seen or hidden, holds any of these words."""
    gone = f"(words) => {{ const all = ({ALL_OF_IT})(); return !words.some((one) => all.includes(one)); }}"
    page.wait_for_function(gone, arg=list(words), timeout=30_000)


def all_of(page) -> str:
    return page.evaluate(ALL_OF_IT)
