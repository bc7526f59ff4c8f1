"""After a session, what was typed is in the book and nowhere else: no file, no folder of Jupyter, no browser."""

import lab
import pytest
import sitting
import traces
from playwright.sync_api import expect

import kit
from kit import places

BOOK = ("sample.book", "sample.book-wal", "sample.book-shm")
MARKS = [f"mark{name}zq" for name in (
    "amber", "birchen", "copper", "denim", "ember", "flint", "ginger", "heather", "indigo", "juniper", "khaki", "linen",
)]  # fmt: skip
# What is typed in these fields is saved; undone, removed, half typed or turned down: the others.
KEPT = MARKS[:7]
IN_THE_BROWSER = """async () => {
    const all = [...Object.entries({ ...localStorage }), ...Object.entries({ ...sessionStorage })];
    for (const { name } of await indexedDB.databases()) {
        const opened = indexedDB.open(name);
        const base = await new Promise((done) => { opened.onsuccess = () => done(opened.result); });
        for (const store of base.objectStoreNames) {
            const asked = base.transaction(store).objectStore(store).getAll();
            all.push([name, store, await new Promise((done) => { asked.onsuccess = () => done(asked.result); })]);
        }
        base.close();
    }
    const requests = async (name) => (await (await caches.open(name)).keys()).map((one) => one.url);
    const cached = await Promise.all((await caches.keys()).map(requests));
    return JSON.stringify([all, cached, document.cookie, location.href, history.length]);
}"""


def marks_in(data: bytes) -> set[str]:
    return {mark for mark in MARKS if traces.is_in(data, mark)}


@pytest.fixture(scope="module")
def shipped():
    return {path.name: path.read_bytes() for path in places.NOTEBOOKS.glob("*.ipynb")}


@pytest.fixture(scope="module")
def after(serve, tmp_path_factory, chromium):
    """All that is left after a session with every kind of typing, and after everything was ended."""
    person = tmp_path_factory.mktemp("person")
    server = serve(
        sitting.begin, tmp_path_factory.mktemp("home"), HOME=str(person), XDG_CACHE_HOME=str(person / "cache")
    )
    with sitting.room(chromium, server) as page:
        sitting.choose(page, "Heron")
        note_all(page)
        lab.save(page)
        page.reload()
        expect(sitting.entry(page, "next_step", "step.title")).to_have_value(MARKS[10], timeout=30_000)
        with sitting.panels_anew(page):
            server.kernel_process(sitting.NOTEBOOK).kill()
        expect(sitting.entry(page, "next_step", "step.title")).to_have_value(MARKS[10])
        lab.save(page)
        kept_in_browser = page.evaluate(IN_THE_BROWSER)
    server.end()
    return {"folders": (server.home, person), "home": server.home, "browser": kept_in_browser}


def note_all(page):
    """Types each mark once: saved, taken back, removed, turned down, or left half typed."""
    sitting.write(page, "check_in", "check_in.soft", MARKS[0])
    sitting.keep(page, "check_in")
    sitting.more(page, "add_milestone")
    sitting.write(page, "add_milestone", "milestone.title", MARKS[1])
    sitting.write(page, "add_milestone", "milestone.note", MARKS[2])
    sitting.keep(page, "add_milestone")
    sitting.write(page, "explore_setback", "setback.title", MARKS[3])
    sitting.add_own(page, "explore_setback", "setback.triggers", MARKS[4])
    sitting.add_own(page, "explore_setback", "setback.helped_by", MARKS[5])
    sitting.keep(page, "explore_setback")
    sitting.write(page, "close_session", "session.takeaway", MARKS[6])
    sitting.keep(page, "close_session")
    note_what_goes_again(page)


def note_what_goes_again(page):
    sitting.write(page, "small_win", "win.title", MARKS[7])
    sitting.keep(page, "small_win")
    sitting.press(page, "small_win", "Undo")
    sitting.wait_said(page, "small_win", "Taken back")
    expect(sitting.entry(page, "small_win", "win.title")).to_have_value(MARKS[7])
    sitting.write(page, "small_win", "win.title", MARKS[8])
    sitting.keep(page, "small_win")
    line = sitting.panel(page, "entries").locator("li", has_text=MARKS[8])
    line.get_by_role("button", name="Remove").click()
    line.wait_for(state="detached")
    sitting.write(page, "explore_setback", "setback.next_time", MARKS[9])
    sitting.press(page, "explore_setback", "Save")
    sitting.wait_said(page, "explore_setback", "Nothing is lost")
    sitting.write(page, "next_step", "step.title", MARKS[10])
    sitting.field(page, "next_step", "step.title").locator("input").press("Tab")
    own = sitting.field(page, "review_steps", "helped.tool").locator(".kit-add input")
    own.click()
    page.keyboard.type(MARKS[11])
    sitting.drafted(page, "review_steps")


def test_what_was_saved_is_in_the_book(after):
    book = kit.open_book(after["home"] / "sample.book")
    heron = [one for kind in (kit.CheckIn, kit.Milestone, kit.Setback, kit.Tool, kit.Session)
             for one in book.records(kind, "Heron")]  # fmt: skip

    assert {mark for mark in MARKS if any(mark in str(one) for one in heron)} == set(KEPT)
    book.close()


def test_no_other_file_holds_anything_that_was_typed(after):
    files = [path for path in traces.files(*after["folders"]) if path.name not in BOOK]

    assert len(files) > 10
    assert {path: marks for path in files if (marks := marks_in(path.read_bytes()))} == {}


def test_the_browser_holds_nothing_that_was_typed(after):
    assert len(after["browser"]) > 20
    assert marks_in(after["browser"].encode()) == set()


def test_the_notebooks_are_as_they_were_shipped(after, shipped):
    folder = after["home"] / "notebooks"

    assert {path.name: path.read_bytes() for path in folder.glob("*.ipynb")} == shipped
    assert lab.checkpoint(folder / sitting.NOTEBOOK).read_bytes() == shipped[sitting.NOTEBOOK]


def test_python_keeps_no_history_of_a_session(after):
    assert [path for path in traces.files(*after["folders"]) if path.name.startswith("history")] == []
