"""A mark in every field that the notebooks show, on an encrypted practice: nothing else in the machine has it then."""

import contextlib
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import conftest
import lab
import owning
import psutil
import pytest
import sitting
import traces
from playwright.sync_api import expect

import kit
from kit.records import KINDS

MARK = traces.stem()
IN_TEXT = re.compile(MARK + "[a-z]{3}")
# Every place of every field that takes words, as the page shows it at this moment: panel, field, which one of it.
BOXES = """(panel) => [...panel.querySelectorAll(".kit-field :is(input[type=text], textarea)")]
    .filter((one) => one.checkVisibility() && !one.closest(".kit-door"))
    .map((one) => [one.closest("[data-field]").dataset.field, one.matches(".kit-add *"),
        [...one.closest("[data-field]").querySelectorAll("input[type=text], textarea")].indexOf(one)])"""
# What a form cannot do without, and nobody types: the first of a few is tapped where none is.
UNTAPPED = """(panel) => [...panel.querySelectorAll(".kit-field [role=radiogroup].kit-chips")]
    .filter((one) => one.checkVisibility() && !one.querySelector("[aria-checked=true]"))
    .forEach((one) => one.querySelector("[role=radio]")?.click())"""
CLOSED = ".kit-form details:not([open]) > summary, [data-opens][aria-expanded=false]"


@dataclass
class Typist:
    """Types a mark of its own into each field of a page, and knows where each went."""

    where: dict[str, tuple[str, str]] = field(default_factory=dict)
    saved: list[str] = field(default_factory=list)

    def new(self, word: str, name: str) -> str:
        n = len(self.where)
        mark = MARK + "".join(chr(97 + n // 26**place % 26) for place in range(3))
        self.where[mark] = (word, name)
        return mark

    def fill(self, page, word: str) -> None:
        panel = sitting.panel(page, word)
        unfold(panel)
        for name, adds, place in panel.evaluate(BOXES):
            box = panel.locator(f'[data-field="{name}"]').locator("input[type=text], textarea").nth(place)
            box.fill(self.new(word, name))
            if adds:
                box.press("Tab")
        panel.evaluate(UNTAPPED)

    def save(self, page, word: str) -> None:
        """What was filled in just now is saved, and the panel says so."""
        begun = len(self.where)
        self.fill(page, word)
        sitting.panel(page, word).locator("[data-press=save]:visible, [data-press='[\"save\",null]']:visible").click()
        sitting.wait_said(page, word, "Saved ")
        self.saved += list(self.where)[begun:]


def unfold(panel) -> None:
    closed = panel.locator(CLOSED).locator("visible=true")
    while closed.count():
        closed.first.click()


def asking(page) -> list[str]:
    """The panels that ask for words at this moment, but for the one that asks who is here."""
    words = page.locator(".kit-panel:visible").evaluate_all("(all) => all.map((one) => one.dataset.word)")
    for word in words:
        unfold(sitting.panel(page, word))
    return [word for word in words if word != "choose_client" and sitting.panel(page, word).evaluate(BOXES)]


# what two people and a coach do ------------------------------------------------------------------------------


def hold_session(page, typist: Typist) -> None:
    """A first meeting, then the whole session; every field is filled in twice: saved, and left as a draft."""
    sitting.begin_with(page, typist.new("choose_client", "new.name"))
    typist.saved += typist.where
    for word in asking(page):
        typist.save(page, word)
    sitting.press(page, "agreements", "Show the whole session")
    sitting.panel(page, "small_win").locator(".kit-field").first.wait_for()
    for word in asking(page):
        typist.save(page, word)
    change_entries(page, typist)
    have_a_heavier_day(page, typist)
    for word in asking(page):
        typist.fill(page, word)
        sitting.drafted(page, word)


def change_entries(page, typist: Typist) -> None:
    """One entry of each kind is taken up, and each of its fields is written anew."""
    panel = sitting.panel(page, "entries")
    for kind in panel.locator("[data-press^='[\"only\"']").evaluate_all("(all) => all.map((one) => one.dataset.press)")[
        1:
    ]:
        chosen = panel.locator(f"[data-press='{kind}']")
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        change = panel.get_by_role("button", name="Change", exact=True)
        if change.count():
            change.first.click()
            panel.locator(".kit-field").first.wait_for()
            typist.save(page, "entries")
            chosen.wait_for()


def have_a_heavier_day(page, typist: Typist) -> None:
    sitting.press(page, "heavier_day", "A heavier day")
    sitting.panel(page, "heavier_day").locator(".kit-field").first.wait_for()
    typist.save(page, "heavier_day")
    sitting.press(page, "heavier_day", "Back to the whole session")
    sitting.panel(page, "small_win").locator(".kit-field").first.wait_for()


def work_alone(page, typist: Typist) -> None:
    """The coach's own page, with whom was here today, and then with nobody."""
    sitting.panel(page, "private_notes").locator(".kit-field").first.wait_for()
    asked = asking(page)
    typist.fill(page, "retention")  # where a copy would go: asked, and not noted
    for word in [one for one in asked if one != "retention"]:
        typist.save(page, word)
    typist.fill(page, "catch_up")
    sitting.drafted(page, "catch_up")
    sitting.press(page, "prepare", "All clients")
    sitting.panel(page, "caseload").get_by_role("button", name="Look at").first.wait_for()
    typist.fill(page, "caseload")
    sitting.press(page, "caseload", "Begin with this name")
    new = next(mark for mark, where in typist.where.items() if where == ("caseload", "new.name"))
    sitting.panel(page, "prepare").get_by_role("heading", name=new).wait_for()
    typist.saved.append(new)


def look_at_reports(page) -> None:
    """Looked at, not kept: what was handed out is where somebody put it."""
    for reader in ("A page for me", "The card"):
        sitting.press(page, "make_report", reader)
        frame = sitting.panel(page, "make_report").frame_locator("iframe")
        frame.locator("body", has_text=MARK).wait_for()


def leave_abruptly(page, server) -> None:
    page.reload()
    sitting.all_is_there(page)
    with sitting.panels_anew(page):
        server.kernel_process(sitting.NOTEBOOK).kill()


@dataclass
class Left:
    """What a day with the kit has left behind."""

    home: Path
    folders: list[Path]
    typist: Typist
    rows: list[str]
    wire: traces.Wire
    said: str
    began: float

    def files(self) -> list[Path]:
        return traces.files(*self.folders)


@pytest.fixture(scope="module")
def left(serve, chromium, tmp_path_factory):
    began, typist, wire = time.time(), Typist(), traces.Wire()
    home, person, browser = (tmp_path_factory.mktemp(name) for name in ("home", "person", "browser"))
    own = {name: str(person) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    own |= {name: str(person / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
    own |= {f"XDG_{name}_HOME": str(person / name.lower()) for name in ("CACHE", "CONFIG", "DATA", "STATE")}
    (person / "tmp").mkdir()
    server = serve(sitting.begin, home, **own, **owning.NO_KEYRING)
    context = chromium.browser_type.launch_persistent_context(
        browser, executable_path=lab.found_chromium(), args=conftest.ARGUMENTS, env={**os.environ, **own},
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce",
    )  # fmt: skip
    wire.listen(context)
    practice = owning.begin(server, context)
    hold_session(practice.page("1_session"), typist)
    work_alone(practice.alone(), typist)
    look_at_reports(practice.page("3_reports"))
    leave_abruptly(practice.page("1_session"), server)
    for page in practice.pages.values():
        page.bring_to_front()
        lab.save(page)
    wire.look(psutil.Process(server.process.pid), *browser_processes(browser))
    context.close()
    server.end()
    said = server.process.stdout.read() + server.process.stderr.read()
    yield Left(home, [home, person, browser], typist, practice.rows, wire, said, began)


def browser_processes(profile: Path) -> list[psutil.Process]:
    return [
        one for one in psutil.process_iter(["cmdline"]) if f"--user-data-dir={profile}" in (one.info["cmdline"] or ())
    ]


# what is left ------------------------------------------------------------------------------------------------


def test_every_field_that_was_shown_was_typed_into_and_what_was_saved_is_in_the_book(left, monkeypatch):
    monkeypatch.setenv("KIT_HOME", str(left.home))
    book = kit.open_book(left.home / "practice.book", passphrase=owning.PASSPHRASE)
    changes = [change for one in book.records(kit.Client) for change in book._store.latest_changes(one.name, 10_000)]
    held = "".join(map(repr, [changes, *(book.records(kind) for kind in KINDS)]))
    book.close()

    assert len(set(left.typist.where.values())) >= 50
    assert {mark for mark in left.typist.saved if mark not in held} == set()


def test_no_file_holds_anything_that_was_typed_but_the_support_lines_that_are_there_for_everybody(left):
    lines = left.home / "practice.book.lines.json"
    found = traces.holding(left.files(), MARK)

    assert len(left.files()) > 100
    assert found == [lines]
    typed = {left.typist.where[mark][0] for mark in IN_TEXT.findall(lines.read_text("utf-8"))}
    assert typed == {"support_lines"}


def test_no_file_holds_the_passphrase_or_the_recovery_sheet(left):
    secrets = [owning.PASSPHRASE, json.dumps(owning.PASSPHRASE)[1:-1], *left.rows]
    secrets += [row.replace(" ", "") for row in left.rows]

    assert traces.holding(left.files(), *secrets) == []


def test_no_folder_that_all_programs_share_holds_anything_that_was_typed(left):
    shared = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/run"), Path.home()}
    entries = [entry for folder in shared if folder.is_dir() for entry in entries_since(folder, left.began)]

    assert traces.holding(entries, MARK) == []


def entries_since(folder: Path, moment: float) -> list[Path]:
    found = []
    for entry in folder.iterdir():
        with contextlib.suppress(OSError):
            if entry.is_file() and entry.stat().st_mtime >= moment:
                found.append(entry)
    return found


def test_server_and_kernels_said_nothing_of_what_was_typed(left):
    assert not traces.is_in(left.said.encode(), MARK, owning.PASSPHRASE)


def test_the_browser_and_the_server_spoke_with_this_computer_alone(left):
    kinds = {address.partition(":")[0] for address in left.wire.addresses}

    assert {"http", "ws", "tcp"} <= kinds and len(left.wire.addresses) > 50
    assert left.wire.leading_out() == set()
    assert [address for address in left.wire.addresses if MARK in address] == []


def test_python_keeps_no_history_and_the_notebooks_are_as_they_were_shipped(left):
    assert [path for path in left.files() if path.name.startswith("history")] == []
    used = [path.read_text("utf-8") for path in (left.home / "notebooks").glob("*.ipynb")]
    assert used
    assert [cell for notebook in used for cell in json.loads(notebook)["cells"] if cell.get("outputs")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="there the profile's own rights hold")
def test_all_that_the_kit_keeps_is_its_owners_alone(left):
    rights = {
        path: path.lstat().st_mode & 0o077 for path in (left.home, *left.home.rglob("*")) if not path.is_symlink()
    }

    assert {"practice.book", "practice.book.head", "practice.book.key", "practice.book.lines.json"} <= {
        path.name for path in rights
    }
    open_to_others = {path for path, others in rights.items() if others}
    assert {path for path in open_to_others if path.parts[-2:] != ("startup", "README")} == set()  # IPython's own words
