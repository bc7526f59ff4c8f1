"""The client's own page in real JupyterLab: what was changed and removed is read there, and comes back."""

import lab
import pytest
import sitting
from playwright.sync_api import expect

import kit


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    return serve(sitting.begin, tmp_path_factory.mktemp("home"), notebook="5_your_data")


@pytest.fixture
def heron(room, book):
    """Heron looks at their own page; the browser has nothing to complain about."""
    sitting.press(room, "choose_client", "Heron")
    sitting.panel(room, "entries").locator("li").first.wait_for()
    yield room
    sitting.press(room, "next_person", "Next person")
    sitting.table_is_clear(room)
    assert [one for one in room.said if one != lab.PUT_AWAY] == []


def line(page, word, text):
    return sitting.panel(page, word).locator(".kit-list > li", has_text=text).first


def titles(book):
    return [one.title for one in book.records(kit.Win, "Heron")]


def test_an_entry_that_was_changed_is_read_in_the_history_and_comes_back_by_the_keyboard(heron, book):
    found = line(heron, "entries", "Found the archive's missing button box")
    found.get_by_role("button", name="Change").click()
    sitting.write(heron, "entries", "entry.title", "Found the archive's missing key box")
    sitting.keep(heron, "entries")

    heron.get_by_role("button", name="Look at what was changed").focus()
    heron.keyboard.press("Enter")
    told = line(heron, "history", "Found the archive's missing key box")
    told.wait_for()
    assert told.locator("mark").all_inner_texts() == ["button", "key"]
    told.get_by_role("button", name="Bring this form back").focus()
    heron.keyboard.press("Enter")

    sitting.wait_said(heron, "history", "It is back as it was.")
    assert "Found the archive's missing button box" in titles(book)
    undo = sitting.panel(heron, "history").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    line(heron, "entries", "Found the archive's missing button box").wait_for()
    heron.keyboard.press("Enter")
    sitting.wait_said(heron, "history", "Taken back.")
    assert "Found the archive's missing key box" in titles(book)


def test_an_entry_that_was_removed_comes_back_after_a_reload(heron, book):
    line(heron, "entries", "Won the crossword race").get_by_role("button", name="Remove").click()
    sitting.wait_said(heron, "entries", "Removed, with what belonged to it.")
    heron.reload()
    sitting.panel(heron, "entries").locator("li").first.wait_for(timeout=60_000)
    lab.wait_for_quiet(heron)
    assert not [one for one in titles(book) if one.startswith("Won the crossword race")]

    sitting.press(heron, "entries", "Removed lately")
    line(heron, "entries", "Won the crossword race").get_by_role("button", name="Bring it back").click()

    sitting.wait_said(heron, "entries", "It is back as it was.")
    assert [one for one in titles(book) if one.startswith("Won the crossword race")]


def test_what_was_said_elsewhere_stands_beside_what_is_typed_here(heron, book):
    win = next(one for one in book.records(kit.Win, "Heron") if one.title.startswith("Won the crossword race"))
    line(heron, "entries", "Won the crossword race").get_by_role("button", name="Change").click()
    sitting.write(heron, "entries", "entry.title", "Won against Ilse")
    book.change(win, title="Won the race, by one word")

    sitting.press(heron, "entries", "Save")
    sitting.wait_said(heron, "entries", "It was changed elsewhere in the meantime.")
    field = sitting.field(heron, "entries", "entry.title")
    expect(field.locator(".kit-elsewhere")).to_have_text("Elsewhere it says now: Won the race, by one word")
    expect(field.locator("input")).to_have_value("Won against Ilse")
    assert sitting.has_focus(field.locator("input"))
    assert "Won against Ilse" not in titles(book)

    sitting.keep(heron, "entries")
    assert "Won against Ilse" in titles(book)


@pytest.mark.parametrize("width", [1280, 700])
def test_nothing_scrolls_sideways(heron, width):
    heron.set_viewport_size({"width": width, "height": 900})
    sitting.press(heron, "history", "Look at what was changed")
    line(heron, "history", "Won against Ilse").wait_for()

    assert heron.evaluate("() => document.querySelectorAll('.kit-panel').length") > 5
    assert (
        heron.evaluate(
            "() => [...document.querySelectorAll('.kit-panel, .kit-panel *')]"
            ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.className)"
        )
        == []
    )
