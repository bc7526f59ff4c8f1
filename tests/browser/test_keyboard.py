"""The whole session with the keyboard alone: every step is reached, focus is seen, and never lost."""

import pytest
import sitting
from playwright.sync_api import expect

import kit

HERE = """() => {
    const node = document.activeElement, told = getComputedStyle(node);
    return {
        word: node.closest("[data-word]")?.dataset.word ?? "",
        field: node.closest("[data-field]")?.dataset.field ?? "",
        label: node.getAttribute("aria-label") || node.innerText || "",
        types: node.matches("input, textarea"),
        body: node === document.body,
        seen: told.outlineStyle !== "none" && parseFloat(told.outlineWidth) > 0,
    };
}"""
CELLS = ".jp-Notebook .jp-Cell"


@pytest.fixture
def hands(room):
    """The keyboard on an open session with nobody chosen."""
    sitting.clear_table(room)
    return Hands(room)


class Hands:
    """Two hands on a keyboard; there is no mouse."""

    def __init__(self, page):
        self.page = page

    def here(self):
        return self.page.evaluate(HERE)

    def to(self, word, field="", label="", key="Tab", at_most=120):
        """Walks on until the keyboard is there; on the way it is always to be seen where it is."""
        for _step in range(at_most):
            self.page.keyboard.press(key)
            here = self.here()
            assert here["seen"] or here["body"] or not here["word"], here
            if (here["word"], here["field"]) == (word, field) and (here["label"] == label if label else here["types"]):
                return
        raise AssertionError(f"{word} {field} {label} was not reached from {here}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, name):
        self.to("choose_client", label=name)
        self.press("Enter")
        sitting.sits_down(self.page, name)

    def write(self, word, field, text):
        self.to(word, field)
        self.page.keyboard.type(text)

    def keep(self, word, label="Save"):
        """Saves, and finds the keyboard where it was."""
        self.to(word, label=label)
        self.press("Enter")
        sitting.wait_said(self.page, word, "Saved ")
        expect(sitting.panel(self.page, word).get_by_role("button", name="Undo", exact=True)).to_be_visible()
        self.stays(word, label)

    def stays(self, word, label):
        self.page.wait_for_timeout(400)  # the emptied form has been drawn by then
        here = self.here()
        assert (here["word"], here["label"], here["seen"]) == (word, label, True)


def test_a_whole_session_needs_no_mouse(hands, book):
    hands.choose("Birch")
    assert (hands.here()["word"], hands.here()["seen"]) == ("choose_client", True)

    hands.to("check_in", "check_in.energy", label="0")
    hands.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    hands.write("check_in", "check_in.soft", "dd m x, typed on keys alone")
    hands.keep("check_in")

    hands.write("small_win", "win.title", "Opened the window")
    hands.keep("small_win")

    hands.write("add_milestone", "milestone.title", "Went to the choir and stayed")
    hands.to("add_milestone", "milestone.area", label="connection")
    hands.press("ArrowRight", "ArrowRight")
    hands.keep("add_milestone")

    hands.write("explore_setback", "setback.title", "A week of short nights")
    hands.to("explore_setback", "setback.triggers", label="short nights")
    hands.press("Space")
    hands.to("explore_setback", "setback.triggers", label="the weather")
    hands.press("Enter")
    hands.to("explore_setback", "setback.outside_control", label="the weather")
    hands.press("Space")
    hands.keep("explore_setback")

    hands.write("next_step", "step.title", "Lights out at eleven")
    hands.write("next_step", "step.when", "the kettle is on")
    hands.write("next_step", "step.then", "put the book beside the bed")
    hands.keep("next_step")

    hands.write("close_session", "session.takeaway", "Nights matter")
    hands.to("close_session", label="Save")
    hands.to("close_session", "win.title", key="Shift+Tab")
    hands.keep("close_session")

    birch = {kind: book.records(kind, "Birch")[-1] for kind in (kit.CheckIn, kit.Win, kit.Milestone, kit.Setback)}
    assert (birch[kit.CheckIn].energy, birch[kit.CheckIn].soft) == (2, "dd m x, typed on keys alone")
    assert birch[kit.Win].title == "Opened the window"
    assert birch[kit.Milestone].area == "identity"
    assert set(birch[kit.Setback].triggers) == {"short nights", "the weather"}
    assert birch[kit.Setback].outside_control == ("the weather",)
    assert book.records(kit.Step, "Birch")[-1].then == "put the book beside the bed"
    assert book.records(kit.Session, "Birch")[-1].takeaway == "Nights matter"

    hands.to("next_person", label="Next person")
    hands.press("Enter")
    sitting.table_is_clear(hands.page)
    hands.to("choose_client", label="Heron", at_most=3)


def test_undo_with_the_keyboard_leaves_it_in_the_panel(hands):
    hands.choose("River")
    hands.write("small_win", "win.title", "Sorted the post")
    hands.keep("small_win")

    hands.to("small_win", label="Undo", at_most=1)
    hands.press("Enter")
    sitting.wait_said(hands.page, "small_win", "Taken back")
    hands.stays("small_win", "Save")


def test_the_keys_of_jupyterlab_do_nothing_within_a_panel(hands, server):
    hands.choose("River")
    cells, files = hands.page.locator(CELLS).count(), [path.read_bytes() for path in notebooks(server)]

    for word, field, label in (
        ("check_in", "check_in.energy", "0"),
        ("explore_setback", "setback.triggers", "short nights"),
        ("journey", "", "a month"),
        ("next_step", "", "Save"),
    ):
        hands.to(word, field, label)
        hands.press("d", "d", "m", "y", "x", "a", "b", "v", "z", "Shift+M", "Shift+Enter", "Control+Enter", "Escape")
        assert hands.here()["word"] == word
    assert hands.page.locator(CELLS).count() == cells
    assert hands.page.locator(".jp-Cell .cm-editor:visible, .jp-Dialog").count() == 0
    assert [path.read_bytes() for path in notebooks(server)] == files


def notebooks(server):
    return sorted(server.root.glob("*.ipynb"))
