"""What may run by itself is read in the code, and in the kernel that is there; nothing declares itself trusted."""

import ast
import inspect
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client import BlockingKernelClient

import kit
from kit import places
from kit.book import Book
from kit.jupyter import extension, hardening, trust
from kit.notebook import NotebookWords

sys.path.insert(0, str(Path(__file__).parent / "browser"))
import lab
from trusting import ATTEMPTS, COPY, OPENED, lay_traps


def code_of(path: Path) -> list[str]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


SHIPPED = {path.stem: code_of(path) for path in sorted(places.NOTEBOOKS.glob("*.ipynb"))}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_code_of_its_own_waits_for_a_person(attempt):
    assert trust.trusted_lines([*OPENED, "book.journey()"]) is not None
    assert trust.trusted_lines([*OPENED, attempt, "book.journey()"]) is None


@pytest.mark.parametrize("cells", SHIPPED.values(), ids=SHIPPED)
def test_the_kit_s_own_notebooks_run_as_they_are_written(cells):
    assert [ast.dump(ast.parse(line)) for line in trust.trusted_lines(cells)] == [
        ast.dump(ast.parse(cell)) for cell in cells
    ]


def test_there_are_seven_of_them():
    assert len(SHIPPED) == 7


def test_a_coach_s_copy_runs_and_what_runs_is_written_anew():
    assert trust.trusted_lines(COPY) == [
        *OPENED, "book.support_now()", "book.phase('our_own')", "book.phase(name='closing')", "", ""
    ]  # fmt: skip


@pytest.mark.parametrize("cells", [None, "import kit", {"0": "import kit"}, 5, ["import kit"] * 501])
def test_what_is_no_list_of_cells_waits(cells):
    assert trust.trusted_lines(cells) is None


# the words ------------------------------------------------------------------------------------------------


def test_every_word_of_the_shipped_notebooks_is_declared():
    said = {node.attr for cells in SHIPPED.values() for node in ast.walk(ast.parse("\n".join(cells))) if is_word(node)}

    assert len(said) > 40
    assert said <= set(trust.WORDS)


def is_word(node) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "book"


def test_nothing_that_keeps_writes_or_opens_is_a_word():
    others = {name for name, _found in inspect.getmembers(Book) if name[0] != "_"} - set(trust.WORDS)

    assert others >= {"add", "change", "remove", "restore", "report", "export", "erase", "unlock", "lock", "close"}


@pytest.mark.parametrize("word", trust.WORDS)
def test_a_word_says_the_panel_of_its_name_and_nothing_more(word):
    (said,) = ast.parse(textwrap.dedent(inspect.getsource(getattr(NotebookWords, word)))).body
    done = [one for one in said.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]

    assert len(done) == 1
    assert ast.unparse(done[0]).startswith(f"return self._say('{word}'")


def test_saying_every_word_keeps_nothing_and_starts_nothing(kit_home, monkeypatch):
    book = kit.open_book("sample")
    before, held = files(kit_home), everything(book)
    monkeypatch.setattr(subprocess, "Popen", None)

    for word in trust.WORDS:
        getattr(book, word)()
    assert everything(book) == held
    assert files(kit_home) == before


def files(folder):
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))}


def everything(book):
    return [book.records(kind) for kind in (kit.Client, kit.Session, kit.Win, kit.Setback, kit.Workshop, kit.Practice)]


# the kernel -----------------------------------------------------------------------------------------------

NATIVE = [sys.executable, "-m", "ipykernel_launcher", "-f", "kernel.json"]


def kernel(command=NATIVE, spec_env=(), started_in=hardening.KERNEL_ENV):
    provisioner = SimpleNamespace(process=SimpleNamespace(args=command))
    spec = SimpleNamespace(env=dict(spec_env))
    return SimpleNamespace(provisioner=provisioner, kernel_spec=spec, _launch_args={"env": dict(started_in)})


def test_this_python_s_own_kernel_is_ours():
    assert extension.is_trusted_kernel(kernel())


@pytest.mark.parametrize(
    "other",
    [
        kernel(["/usr/bin/R", *NATIVE[1:]]),
        kernel(["python3", *NATIVE[1:]]),
        kernel([sys.executable, "-m", "bash_kernel", "-f", "kernel.json"]),
        kernel([*NATIVE, "--InteractiveShellApp.exec_lines=import os"]),
        kernel(spec_env={"PYTHONPATH": "."}),
        kernel(started_in={}),
        SimpleNamespace(**{**vars(kernel()), "provisioner": SimpleNamespace(process=None)}),
        SimpleNamespace(**{**vars(kernel()), "provisioner": None}),
    ],
    ids=[
        "R",
        "another Python",
        "another kernel",
        "more said",
        "another path",
        "folder on its path",
        "dead",
        "far away",
    ],
)
def test_another_kernel_is_not(other):
    assert not extension.is_trusted_kernel(other)


# a running server -----------------------------------------------------------------------------------------

SAY = "import sys, kit; print(kit.__file__, '' in sys.path); kit.open_book('sample').journey()"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The kit's own server; two kernels beside its own are installed there."""
    folder = tmp_path_factory.mktemp("trust")
    root, home = (folder / "notebooks").resolve(), folder / "home"
    lab.scratch_notebook(root / "1_session.ipynb", OPENED)
    lay_traps(root / "deep")
    lab.scratch_notebook(root / "deep/copy.ipynb", COPY)
    for name, more in {"more": ["--InteractiveShellApp.exec_lines=1"], "plain": []}.items():
        spec = {"argv": [*NATIVE[:-1], "{connection_file}", *more], "display_name": name, "language": "python"}
        place = home / "jupyter/data/kernels" / name / "kernel.json"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(spec))
    server = lab.open_notebooks(root, home)
    yield server
    server.end()


def begin(running, notebook: str, kernel: str = "python3") -> str:
    """The kernel with which a page of this notebook begins."""
    session = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": kernel}}
    return running.ask("api/sessions", "POST", session)["kernel"]["id"]


def asked(running, **more) -> dict:
    return running.ask("kit/trust", "POST", more)


def printed(runtime: Path, kernel: str, code: str) -> str:
    """What a kernel prints, asked as a page asks it."""
    client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    said: list[str] = []
    try:
        client.wait_for_ready(60)
        client.execute_interactive(
            code, timeout=60, output_hook=lambda message: said.append(message["content"].get("text", ""))
        )
    finally:
        client.stop_channels()
    return "".join(said).strip()


@pytest.fixture(scope="module")
def own_kernel(running):
    return begin(running, "1_session.ipynb")


def test_none_of_them_runs_and_the_kit_s_own_do(running, own_kernel):
    run = [name for name, one in ATTEMPTS.items() if asked(running, kernel=own_kernel, cells=[*OPENED, one])["runs"]]

    assert len(ATTEMPTS) > 40
    assert run == []
    for cells in (*SHIPPED.values(), COPY):
        assert asked(running, kernel=own_kernel, kernelspec="python3", cells=cells) == {
            "lines": trust.trusted_lines(cells),
            "runs": True,
        }


@pytest.mark.parametrize("name", ["more", "plain"])
def test_the_kernel_that_is_there_counts_and_not_what_the_notebook_says_of_it(running, name):
    answer = asked(running, kernel=begin(running, f"{name}.ipynb", name), kernelspec="python3", cells=OPENED)

    assert answer == {"lines": OPENED, "runs": False}


@pytest.mark.parametrize(
    "said",
    [
        {"kernelspec": "ir"},
        {"kernel": None},
        {"kernel": "another"},
        {"kernel": ["x"]},
        {"kernelspec": {"name": "python3"}},
    ],
    ids=str,
)
def test_a_notebook_that_names_another_kernel_or_none_waits(running, own_kernel, said):
    assert asked(running, **{"kernel": own_kernel, "cells": OPENED, **said})["runs"] is False


@pytest.mark.parametrize("body", [[1], "x", 5, None, {}, {"cells": "import kit"}, {"cells": [OPENED]}], ids=str)
def test_a_question_in_another_shape_is_answered_too(running, body):
    assert running.ask("kit/trust", "POST", body) == {"lines": None, "runs": False}


def test_what_lies_beside_a_notebook_is_not_imported(running):
    said = printed(running.home / "jupyter/runtime", begin(running, "deep/copy.ipynb"), SAY)

    assert said == f"{kit.__file__} False"
    assert not (running.root / "deep/imported").exists()


PLAIN = ["--ServerApp.token=plain", "--allow-root", "--no-browser", "--log-level=CRITICAL"]


@pytest.mark.slow
def test_in_anybody_s_jupyter_a_kit_notebook_imports_nothing_from_beside_it_and_others_as_ever(tmp_path):
    root, port = tmp_path / "notebooks", lab.free_port()
    lay_traps(root / "deep")
    lab.scratch_notebook(root / "deep/copy.ipynb", COPY)
    lab.scratch_notebook(root / "mine.ipynb", ["import helper"], {"kernelspec": lab.KIT_METADATA["kernelspec"]})
    (root / "helper.py").write_text("print('a helper of mine')")
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / "jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    address = f"http://127.0.0.1:{port}/lab?token=plain"
    plain = f"print({address!r}, flush=True); from jupyter_server.serverapp import main; main()"
    options = [f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}", *PLAIN]
    server = lab.start([sys.executable, "-c", plain, *options], tmp_path / "home", root, **own)
    try:
        lab.until(lambda: answers(server), 120)
        runtime = tmp_path / "jupyter/RUNTIME"
        ours = begin(server, "deep/copy.ipynb")
        assert printed(runtime, ours, SAY) == f"{kit.__file__} False"
        assert asked(server, kernel=ours, cells=COPY)["runs"]
        assert not (root / "deep/imported").exists()
        mine = begin(server, "mine.ipynb")
        assert printed(runtime, mine, "import helper") == "a helper of mine"
        assert not asked(server, kernel=mine, cells=OPENED)["runs"]
    finally:
        server.end()


def answers(server) -> bool:
    try:
        return bool(server.ask("api/status"))
    except OSError:
        return False
