"""A session as two people hold it: the shipped notebook on the sample practice, panels filled in, the book read."""

import sys
from contextlib import contextmanager
from pathlib import Path

import lab

NOTEBOOK = "1_session.ipynb"


def begin(home: Path, port: int = 0, notebook: str = "1_session", **more: str) -> lab.Lab:
    """The kit's own start, as a coach calls it."""
    command = [sys.executable, "-m", "kit", "open", notebook, "--no-browser", *(["--port", str(port)] if port else [])]
    return lab.start(command, home, home / "notebooks", **more)


@contextmanager
def room(chromium, server: lab.Lab):
    """A page on which the session is open; `said` collects what the browser's console complains about."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.said = []
    page.on("console", lambda told: told.type == "error" and page.said.append(told.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    come_in(page, server)
    yield page
    context.close()


def come_in(page, server: lab.Lab) -> None:
    page.goto(server.address)
    all_is_there(page)


def all_is_there(page) -> None:
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    panel(page, "support_now").get_by_role("button").first.wait_for()


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
    """Saves what was typed just now: its draft has taken the place of an earlier "Saved"."""
    panel(page, word).locator(".kit-said", has_text="Saved ").wait_for(state="hidden")
    press(page, word, label)
    return wait_said(page, word, "Saved ")


def more(page, word: str) -> None:
    """Opens "More, if you like"."""
    panel(page, word).locator(".kit-form").first.wait_for()
    closed = panel(page, word).locator(".kit-form details:not([open]) summary")
    while closed.count():
        closed.first.click()


def choose(page, name: str) -> None:
    press(page, "choose_client", name)
    sits_down(page, name)


def sit_down(page, name: str) -> None:
    """In a practice of one's own no name is in view: it is typed."""
    write(page, "choose_client", "new.name", name)
    press(page, "choose_client", "Sit down")


def begin_with(page, name: str) -> None:
    """Somebody comes for the first time, to a practice of one's own, and agrees to notes and to nothing else."""
    sit_down(page, name)
    press(page, "choose_client", "Begin with this name")
    press(page, "agreements", "Yes, from today")
    leave_the_other_agreements(page)
    panel(page, "close_session").locator(".kit-field").first.wait_for()


def leave_the_other_agreements(page) -> None:
    for about in ("my report", "a supporter's report", "a room"):
        panel(page, "agreements").locator(f'[data-press*="later"][data-press*="{about}"]').click()
    panel(page, "agreements").get_by_role("button", name="Look at them").wait_for()


def sits_down(page, name: str) -> None:
    """Waits until every panel has opened for who is here."""
    panel(page, "choose_client").get_by_text(f"Here today: {name}").wait_for()
    for word in ("check_in", "explore_setback", "close_session"):
        panel(page, word).locator(".kit-field").first.wait_for()
    panel(page, "next_person").get_by_role("button").wait_for()


def next_person(page) -> None:
    press(page, "next_person", "Next person")
    table_is_clear(page)


def table_is_clear(page) -> None:
    """Waits until somebody can be chosen: all else has closed by then."""
    panel(page, "choose_client").get_by_role("heading", name="Who is here today?").wait_for()
    panel(page, "next_person").get_by_role("button").wait_for(state="detached")


def clear_table(page) -> None:
    """Whoever was here before, nobody is now."""
    all_is_there(page)
    here = panel(page, "choose_client")
    here.get_by_text("Here today:").or_(here.get_by_role("heading", name="Who is here today?")).first.wait_for()
    if here.get_by_text("Here today:").count():
        next_person(page)


@contextmanager
def panels_anew(page):
    """What happens within brings a new kernel; afterwards its panels stand in the place of those before."""
    page.evaluate("() => { window.earlier = document.querySelector('[data-word=support_now]'); }")
    yield
    page.wait_for_function(
        "() => { const now = document.querySelector('[data-word=support_now]');"
        " return now && now !== window.earlier && now.querySelector('button'); }",
        timeout=60_000,
    )
    lab.wait_for_quiet(page)


def drafted(page, word: str) -> None:
    """Waits until the panel says that it has kept what was typed; the last key may be 0.4 s behind the first."""
    panel(page, word).locator(".kit-kept", has_text="kept ").wait_for()
    page.wait_for_timeout(600)


def has_focus(locator) -> bool:
    return locator.evaluate("(node) => node === document.activeElement")
