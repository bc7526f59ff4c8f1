"""Saving a notebook of the kit keeps nothing typed; other people's notebooks are left alone."""

import asyncio
import json
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager, LargeFileManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tornado.web import HTTPError

from kit import assets, places
from kit.jupyter import extension

WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Text(value='typed')"}


def shipped_notebook():
    cells = [
        new_markdown_cell("# How is today?", id="title", metadata={"editable": False, "deletable": False}),
        new_code_cell("book.check_in()", id="form", metadata={"editable": False, "jupyter": {"source_hidden": True}}),
    ]
    metadata = {"kernelspec": dict(extension.KERNELSPEC), "kit": {"notebook": "1_session"}}
    return new_notebook(cells=cells, metadata=metadata)


def used(notebook):
    """The same notebook as JupyterLab holds it after somebody has typed into it."""
    used = deepcopy(notebook)
    used.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"1": {"value": "typed"}}}}
    used.metadata["language_info"] = {"name": "python", "version": "3.99"}
    used.metadata["kernelspec"]["display_name"] = "Another name on this machine"
    used.cells[1].update(execution_count=7, outputs=[new_output("display_data", WIDGET)])
    used.cells[1].metadata.update(execution={"iopub.status.idle": "now"}, scrolled=True, trusted=True)
    used.cells[1].metadata["jupyter"]["outputs_hidden"] = True
    return used


@pytest.fixture
def contents(tmp_path):
    manager = LargeFileManager(root_dir=str(tmp_path))
    manager.register_pre_save_hook(extension.pre_save_hook)
    return manager


def save(contents, name, notebook):
    contents.save({"type": "notebook", "format": "json", "content": json.loads(json.dumps(notebook))}, name)


def test_saving_a_used_notebook_leaves_the_shipped_bytes(contents, tmp_path):
    path = tmp_path / "1_session.ipynb"
    nbformat.write(shipped_notebook(), path)
    shipped = path.read_bytes()

    save(contents, "1_session.ipynb", used(shipped_notebook()))
    assert path.read_bytes() == shipped


def test_a_checkpoint_holds_nothing_typed(contents, tmp_path):
    save(contents, "1_session.ipynb", used(shipped_notebook()))

    contents.create_checkpoint("1_session.ipynb")
    kept = [path.read_text("utf-8") for path in tmp_path.rglob("*.ipynb")]
    assert len(kept) == 2
    assert not any("typed" in text for text in kept)


def test_a_copy_of_a_kit_notebook_is_saved_clean_too(contents, tmp_path):
    save(contents, "1_session-Copy1.ipynb", used(shipped_notebook()))

    assert "typed" not in (tmp_path / "1_session-Copy1.ipynb").read_text("utf-8")


@pytest.mark.parametrize("mark", [None, "1_session", {}, {"notebook": 1}, ["notebook"]])
def test_a_notebook_without_the_mark_is_saved_as_it_is(mark):
    notebook = used(shipped_notebook())
    notebook.metadata["kit"] = mark
    model = {"type": "notebook", "content": notebook}

    extension.pre_save_hook(model=model, path="mine.ipynb")
    assert model["content"] == deepcopy(notebook)
    assert model["content"].cells[1].outputs


@pytest.mark.parametrize("content", [None, "text", [], {}, {"metadata": None}, {"metadata": []}])
def test_anything_that_is_no_notebook_passes(content):
    model = {"type": "file", "content": content}

    extension.pre_save_hook(model=model, path="mine.txt")
    assert model == {"type": "file", "content": content}


def test_what_the_hook_was_given_is_not_changed():
    notebook = used(shipped_notebook())
    before = deepcopy(notebook)

    extension.without_outputs(notebook)
    assert notebook == before


def test_when_the_hook_cannot_clean_nothing_is_saved_and_a_sentence_says_so(contents, tmp_path):
    broken = used(shipped_notebook())
    broken["cells"] = [{"cell_type": "code", "source": "typed"}]

    with pytest.raises(HTTPError) as trouble:
        save(contents, "1_session.ipynb", broken)
    assert trouble.value.reason.startswith("This notebook was not saved")
    assert not (tmp_path / "1_session.ipynb").exists()


def test_prose_that_was_added_is_kept(contents, tmp_path):
    notebook = used(shipped_notebook())
    notebook.cells.append(new_markdown_cell("A line of the coach's own."))

    save(contents, "1_session.ipynb", notebook)
    assert "A line of the coach's own." in (tmp_path / "1_session.ipynb").read_text("utf-8")


def test_every_shipped_notebook_is_already_in_the_form_that_saving_gives(contents, tmp_path):
    for path in sorted(places.NOTEBOOKS.glob("*.ipynb")):
        save(contents, path.name, json.loads(path.read_text("utf-8")))

        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_extension_is_switched_on_for_the_whole_environment():
    wheel = tomllib.loads((places.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    shared = wheel["wheel"]["shared-data"]

    assert shared["kit/jupyter/server.json"].startswith("etc/jupyter/jupyter_server_config.d/")
    switched = json.loads((places.ROOT / "kit/jupyter/server.json").read_text("utf-8"))
    assert switched["ServerApp"]["jpserver_extensions"] == {"kit.jupyter.extension": True}


def test_the_page_s_part_names_the_files_it_brings():
    folder = places.ROOT / "kit/jupyter/labextension"
    package = json.loads((folder / "package.json").read_text("utf-8"))
    entry = folder / package["jupyterlab"]["_build"]["load"]
    named = {
        name
        for file in entry.parent.glob("*.js")
        for name in re.findall(r"'(?:\./)?(\w+\.\w+)'", file.read_text("utf-8"))
    }

    assert named | {entry.name} == {file.name for file in entry.parent.iterdir()}


def test_the_bundle_of_the_pictures_is_there():
    assert assets.plotly().is_file()


async def _save_async(manager, name, notebook):
    await manager.save({"type": "notebook", "format": "json", "content": notebook}, name)


def test_the_hook_works_in_the_manager_that_jupyterlab_uses(tmp_path):
    manager = AsyncLargeFileManager(root_dir=str(tmp_path))
    manager.register_pre_save_hook(extension.pre_save_hook)

    saving = _save_async(manager, "1_session.ipynb", json.loads(json.dumps(used(shipped_notebook()))))
    with ThreadPoolExecutor() as apart:  # the browser's driver may have a loop running in this thread
        apart.submit(asyncio.run, saving).result()
    assert "typed" not in (tmp_path / "1_session.ipynb").read_text("utf-8")


def test_the_server_can_end_while_a_notebook_is_being_started(tmp_path, monkeypatch):
    """Jupyter's own closing gives up at a kernel that is not there yet, and the server stays."""
    launched = KernelManager._async_launch_kernel

    async def slowly(*given, **options):
        await asyncio.sleep(0.5)
        return await launched(*given, **options)

    async def begin_and_end():
        kernels = extension.QuietKernelManager()
        begun = asyncio.create_task(kernels.start_kernel(kernel_name="python3"))
        await asyncio.sleep(0.1)
        assert not begun.done()
        await kernels.shutdown_all()
        await asyncio.wait([begun])
        return kernels.list_kernel_ids()

    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(KernelManager, "_async_launch_kernel", slowly)
    with ThreadPoolExecutor() as apart:
        assert apart.submit(asyncio.run, begin_and_end()).result() == []
