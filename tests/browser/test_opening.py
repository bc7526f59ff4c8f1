"""Opening a notebook of the kit in JupyterLab: it runs by itself, comes back, and keeps nothing typed."""

import json
import sys

import lab
import pytest
import sitting
import traces

OPENED = ["import kit", 'book = kit.open_book("sample")']
FORM = "book.choose_client()"
NOTED = "import pathlib; pathlib.Path('{name}').touch(); print('it ran')"
NO_MARK = {"kernelspec": lab.KIT_METADATA["kernelspec"]}
STOPPED = "The notebook has stopped"
GONE = "The kit is not running any more"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def shipped(place):
    """The bytes of the kit's notebook as it was shipped."""
    title, *words = "# A session\n\nAnd then [the next one](2_next.ipynb).", "book.workshop()", "book.support_now()"
    cells = [title, *OPENED, FORM, "## What helps?", *words]
    return lab.scratch_notebook(place / "1_session.ipynb", cells)


@pytest.fixture(scope="module")
def kit(place, shipped, serve, tmp_path_factory):
    return serve(lab.open_notebooks, place, tmp_path_factory.mktemp("home"))


@pytest.fixture
def session(kit, page):
    """The kit's notebook, open and ready."""
    page.goto(kit.address)
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    return page


def test_the_one_address_shows_a_usable_form_without_another_action(kit, page):
    page.goto(kit.address)
    lab.wait_for_form(page)

    lab.forms(page).first.fill("usable")
    assert lab.forms(page).first.input_value() == "usable"


def test_no_code_no_prompt_and_no_tool_bar_is_in_view(session):
    in_view = session.locator(
        ".jp-CodeCell .jp-Cell-inputWrapper:visible, .jp-InputPrompt:visible, .jp-OutputPrompt:visible,"
        ".jp-NotebookPanel-toolbar:visible, .jp-SideBar:visible, .jp-Notebook-footer:visible, .jp-Dialog:visible"
    )

    assert in_view.count() == 0


def test_after_save_and_reload_it_runs_again(session):
    there = lab.forms(session).count()
    lab.forms(session).first.fill("typed by a person")
    lab.save(session)

    session.reload()
    lab.wait_for_form(session)
    lab.wait_for_quiet(session)
    assert lab.forms(session).count() == there


def test_saving_leaves_the_file_and_its_checkpoint_as_they_were_shipped(session, place, shipped):
    lab.forms(session).first.fill("typed by a person")

    lab.save(session)
    lab.save(session)
    assert (place / "1_session.ipynb").read_bytes() == shipped
    assert lab.checkpoint(place / "1_session.ipynb").read_bytes() == shipped


def test_nobody_is_asked_about_unsaved_changes_on_leaving(session):
    asked = []
    session.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    lab.forms(session).first.fill("typed by a person")

    session.reload()
    lab.wait_for_form(session)
    assert asked == []


def test_a_second_page_of_the_same_kernel_shows_its_forms_too(session, kit, chromium):
    kernel = kit.kernel("1_session.ipynb")["id"]
    other = chromium.new_context()
    page = other.new_page()

    page.goto(kit.address)
    lab.wait_for_form(page)
    assert kit.kernel("1_session.ipynb")["id"] == kernel
    other.close()


def test_after_a_restart_from_the_menu_the_forms_come_back(session):
    with sitting.panels_anew(session):
        session.get_by_role("menuitem", name="Kernel", exact=True).click()
        session.get_by_text("Restart Kernel…", exact=True).click()
        session.locator(".jp-Dialog button.jp-mod-warn, .jp-Dialog button.jp-mod-accept").last.click()


def test_after_the_kernel_was_killed_the_forms_come_back_without_a_message_box(session, kit):
    with sitting.panels_anew(session):
        kit.kernel_process("1_session.ipynb").kill()
    assert session.locator(".jp-Dialog").count() == 0


def test_a_kernel_that_was_shut_down_comes_back_with_one_click(session, kit):
    with sitting.panels_anew(session):
        kit.ask("api/kernels/" + kit.kernel("1_session.ipynb")["id"], "DELETE")
        lab.wait_for_word(session, STOPPED)
        session.get_by_role("button", name="Bring it back").click()


def test_the_bar_keeps_its_room_when_it_speaks(session, kit):
    top = session.locator("h1").bounding_box()["y"]

    kit.ask("api/kernels/" + kit.kernel("1_session.ipynb")["id"], "DELETE")
    lab.wait_for_word(session, STOPPED)
    assert session.locator("h1").bounding_box()["y"] == top
    session.get_by_role("button", name="Bring it back").click()
    lab.wait_for_quiet(session)


def test_support_now_opens_the_support_lines_and_goes_there(session):
    session.set_viewport_size({"width": 1280, "height": 300})
    session.locator(".kit-bar").get_by_role("button", name="Support now").click()

    lines = sitting.panel(session, "support_now")
    session.wait_for_function("() => document.activeElement?.dataset.word === 'support_now'")
    lines.get_by_role("heading", name="Lines to call").wait_for()
    assert 0 <= lines.bounding_box()["y"] < 300


def test_keys_pressed_on_a_button_of_a_form_change_no_cell(session):
    cells = session.locator(".jp-Notebook .jp-Cell").count()
    sitting.panel(session, "support_now").get_by_role("button").focus()

    for key in ("a", "b", "d", "d", "x", "v", "m", "Enter", "Shift+Enter"):
        session.keyboard.press(key)
    assert session.locator(".jp-Notebook .jp-Cell").count() == cells
    assert session.locator(".jp-Cell .cm-editor:visible").count() == 0


def test_a_notebook_that_has_nothing_to_do_with_the_kit_is_left_alone(kit, page, place):
    lab.scratch_notebook(place / "my_own.ipynb", [NOTED.format(name="it_ran")], NO_MARK)

    page.goto(kit.page_of("my_own.ipynb"))
    page.locator(".jp-CodeCell").wait_for()
    lab.until(lambda: kit.is_idle("my_own.ipynb"))
    page.wait_for_timeout(2000)  # a kit notebook has run long before
    assert not (place / "it_ran").exists()
    assert page.locator(".kit-notebook, .kit-bar").count() == 0


def test_a_foreign_notebook_keeps_what_it_shows_when_saved(kit, page, place):
    path = place / "keeps.ipynb"
    lab.scratch_notebook(path, ["print('an output of mine')"], NO_MARK)
    page.goto(kit.page_of("keeps.ipynb"))
    lab.until(lambda: kit.is_idle("keeps.ipynb"))

    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("an output of mine", exact=True).wait_for()
    page.keyboard.press("Control+s")
    lab.until(lambda: "an output of mine\\n" in path.read_text("utf-8"))


def test_a_link_leads_on_to_a_notebook_whose_forms_are_there(session, place):
    lab.scratch_notebook(place / "2_next.ipynb", ["# The next one", *OPENED, FORM])

    session.get_by_role("link", name="the next one").click()
    session.get_by_role("heading", name="The next one").wait_for()
    lab.wait_for_form(session)
    assert session.locator(".jp-NotebookPanel-toolbar:visible, .jp-SideBar:visible").count() == 0


def test_the_jupyter_folders_hold_nothing_typed(session, kit):
    lab.forms(session).first.fill("a-word-nobody-else-types")
    lab.save(session)
    session.reload()
    lab.wait_for_form(session)

    files = traces.files(kit.home, kit.root)
    assert len(files) > 5
    assert traces.holding(files, "a-word-nobody-else-types") == []


def test_when_the_server_is_gone_the_page_says_so_and_finds_the_next_one(page, serve, tmp_path):
    lab.scratch_notebook(tmp_path / "notebooks/1_session.ipynb", ["# A session", *OPENED, FORM, "book.support_now()"])
    port = lab.free_port()
    first = serve(lab.open_notebooks, tmp_path / "notebooks", tmp_path / "home", port)
    page.goto(first.address)
    lab.wait_for_form(page)
    lab.wait_for_quiet(page)
    with sitting.panels_anew(page):
        first.end()
        lab.wait_for_word(page, GONE)
        page.get_by_role("button", name="Bring it back").click()
        lab.wait_for_word(page, GONE)
        serve(lab.open_notebooks, tmp_path / "notebooks", tmp_path / "home", port)
        page.get_by_role("button", name="Bring it back").click()
    assert page.locator(".jp-Dialog").count() == 0


def test_a_plain_jupyterlab_of_this_environment_runs_it_and_keeps_nothing_typed(page, serve, tmp_path):
    root = tmp_path / "notebooks"
    shipped = lab.scratch_notebook(root / "1_session.ipynb", ["# A session", *OPENED, FORM])
    plain = "import sys; from jupyterlab.labapp import main; print(sys.argv.pop(1), flush=True); main()"
    port = lab.free_port()
    address = f"http://127.0.0.1:{port}/lab/tree/1_session.ipynb?token=plain"
    options = [f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}", "--IdentityProvider.token=plain"]
    flags = ["--allow-root", "--no-browser", "--log-level=CRITICAL", "-y"]
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / "jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    server = serve(
        lab.start,
        [sys.executable, "-c", plain, address, *options, *flags],
        tmp_path,
        root,
        IPYTHONDIR=str(tmp_path / "ipython"),
        **own,
    )

    lab.until(lambda: _answers(server), 120)
    page.goto(address)
    lab.wait_for_form(page)
    lab.forms(page).first.fill("typed by a person")
    lab.save(page)
    assert (root / "1_session.ipynb").read_bytes() == shipped
    assert lab.checkpoint(root / "1_session.ipynb").read_bytes() == shipped


def _answers(server) -> bool:
    try:
        return bool(server.ask("api/status"))
    except (OSError, json.JSONDecodeError):
        return False
