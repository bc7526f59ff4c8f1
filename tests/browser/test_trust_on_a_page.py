"""What waits for a person, what runs by itself, and what a second window leaves behind, in the real JupyterLab."""

import lab
import pytest
import sitting
from trusting import lay_traps

OWN_CODE = "This notebook holds code of its own. Run it only if you know who wrote it."
ELSEWHERE = "This page is open in another window."
OPENED = ["import kit", 'book = kit.open_book("sample")']
TITLE, CHOOSE, SUPPORT = "# A session", "book.choose_client()", "book.support_now()"
NOTED = "import pathlib; pathlib.Path('it_ran').touch()"
NO_MARK = {"kernelspec": lab.KIT_METADATA["kernelspec"]}
# Changes the last code cell as somebody would in its editor; the notebook follows.
CHANGE = """(code) => {
  const { view } = [...document.querySelectorAll(".jp-CodeCell .cm-content")].at(-1).cmTile;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } });
}"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def kit(place, serve, tmp_path_factory):
    lab.scratch_notebook(place / "1_session.ipynb", [TITLE, *OPENED, CHOOSE, "book.add_milestone()", SUPPORT])
    return serve(lab.open_notebooks, place, tmp_path_factory.mktemp("home"))


def waits(page) -> None:
    """Until the bar says why nothing runs."""
    lab.wait_for_word(page, OWN_CODE)
    page.get_by_role("button", name="Run it", exact=True).wait_for()


def in_its_place(place, name: str):
    return lab.scratch_notebook(place / f"{name}.ipynb", [TITLE, *OPENED, NOTED, CHOOSE])


def by_a_link(place, name: str) -> None:
    in_its_place(place / "elsewhere", name)
    (place / f"{name}.ipynb").symlink_to(place / "elsewhere" / f"{name}.ipynb")


def without_the_mark(place, name: str) -> None:
    lab.scratch_notebook(place / f"{name}.ipynb", [TITLE, *OPENED, NOTED, CHOOSE], NO_MARK)


@pytest.mark.parametrize("way", [in_its_place, by_a_link, without_the_mark], ids=lambda way: way.__name__)
def test_a_notebook_with_code_of_its_own_waits_until_a_person_runs_it_for_this_once(kit, page, place, way):
    way(place, way.__name__)
    page.goto(kit.page_of(f"{way.__name__}.ipynb"))

    waits(page)
    lab.until(lambda: kit.is_idle(f"{way.__name__}.ipynb"))
    assert page.locator(".jp-OutputArea-child").count() == 0
    assert not list(place.rglob("it_ran"))
    assert page.get_by_text(NOTED).is_visible()  # they can see what they are asked about

    page.get_by_role("button", name="Run it", exact=True).press("Enter")
    lab.wait_for_form(page)
    (ran,) = place.rglob("it_ran")
    ran.unlink()

    page.reload()
    waits(page)
    assert not ran.exists()


def test_with_a_new_kernel_it_waits_once_more(kit, page, place):
    in_its_place(place, "again")
    page.goto(kit.page_of("again.ipynb"))
    waits(page)
    page.get_by_role("button", name="Run it", exact=True).click()
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    (ran,) = place.rglob("it_ran")
    ran.unlink()

    kit.kernel_process("again.ipynb").kill()
    waits(page)
    assert not ran.exists()


def test_a_coach_s_copy_in_a_folder_of_its_own_runs_and_what_lies_beside_it_is_not_imported(kit, page, place):
    lay_traps(place / "mine")
    words = ["# Tuesdays, in my words", *OPENED, "book.phase('our_own')", SUPPORT, "book.better()  # first", CHOOSE, ""]
    lab.scratch_notebook(place / "mine/tuesdays.ipynb", words)

    page.goto(kit.page_of("mine/tuesdays.ipynb"))
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    assert page.locator(".kit-notebook").count() == 1
    assert page.locator(".kit-panel").count() == 4
    assert not (place / "mine/imported").exists()


def test_a_cell_that_is_changed_after_it_was_read_runs_as_it_was_read(kit, page, place):
    lab.scratch_notebook(place / "changed.ipynb", [TITLE, *OPENED, CHOOSE, SUPPORT])
    changed = []

    def change(route) -> None:
        answer = route.fetch()
        if answer.json()["runs"]:
            page.evaluate(CHANGE, NOTED)
            changed.append(page.evaluate("() => document.body.textContent.includes('it_ran')"))
        route.fulfill(response=answer)

    page.route("**/kit/trust*", change)
    page.goto(kit.page_of("changed.ipynb"))
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    sitting.panel(page, "support_now").get_by_role("button").wait_for()
    assert changed == [True]
    assert not (place / "it_ran").exists()


def test_a_cell_that_was_changed_after_opening_is_read_anew_before_it_runs_again(kit, page, place):
    lab.scratch_notebook(place / "later.ipynb", [TITLE, *OPENED, CHOOSE, SUPPORT])
    page.goto(kit.page_of("later.ipynb"))
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)

    page.evaluate(CHANGE, NOTED)
    kit.kernel_process("later.ipynb").kill()
    waits(page)
    assert not (place / "it_ran").exists()


# two windows ------------------------------------------------------------------------------------------------


@pytest.fixture
def windows(kit, new_page):
    """The same notebook in two browsers, the second one opened later."""
    pages = [new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") for _window in range(2)]
    for page in pages:
        page.goto(kit.address)
        lab.wait_for_form(page)
        lab.wait_for_quiet(page)
    return pages


def is_elsewhere(page) -> None:
    page.get_by_role("status").filter(has_text=ELSEWHERE).wait_for()


def is_here(page) -> None:
    page.get_by_text(ELSEWHERE).wait_for(state="detached")
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)


def test_an_emptied_window_says_so_and_brings_the_page_back_with_what_was_being_typed(windows):
    first, second = windows
    is_elsewhere(first)
    sitting.press(second, "choose_client", "Heron")
    sitting.write(second, "add_milestone", "milestone.title", "Half a sentence")
    sitting.drafted(second, "add_milestone")

    first.get_by_role("button", name="Bring it here", exact=True).press("Enter")
    is_here(first)
    sitting.entry(first, "add_milestone", "milestone.title").wait_for()
    assert sitting.entry(first, "add_milestone", "milestone.title").input_value() == "Half a sentence"
    is_elsewhere(second)
    assert not lab.forms(second).count()

    second.locator(".kit-bar").get_by_role("button", name="Support now").click()
    is_here(second)
    is_elsewhere(first)


def test_with_a_new_kernel_the_page_comes_back_where_it_was_and_the_other_window_still_says_so(kit, windows):
    first, second = windows
    is_elsewhere(first)

    with sitting.panels_anew(second):
        kit.kernel_process("1_session.ipynb").kill()
    is_elsewhere(first)
    first.get_by_role("button", name="Bring it here").click()
    is_here(first)
    is_elsewhere(second)
