"""In somebody's own Jupyter a book hardens the kernel that it is opened in, and nothing else."""

import ast
import contextlib
import os
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest
from jupyter_client import KernelManager

EARLIER = "earlier = 'work of their own'"
IMPORTS = "import os, kit; before = dict(os.environ)"
IN_A_BOOK = [
    "book = kit.open_book('sample')",
    "book.add(kit.Win(client='Heron', title='bread from scratch'))",
    "book.report('Heron')",
    "made = book.export('Heron', os.path.join(os.environ['KIT_HOME'], 'copy'))",
]
UMASK = "[os.umask(mask) and mask for mask in [os.umask(0o777)]][0]"

posix = pytest.mark.skipif(os.name == "nt", reason="on Windows a file's rights are those of its folder")


class Kernel:
    """A kernel as any Jupyter starts it, for somebody whose files others may read."""

    def __init__(self, person):
        folders = {"IPYTHONDIR": str(person), "JUPYTER_RUNTIME_DIR": str(person / "runtime")}
        self.manager = KernelManager()
        umask = os.umask(0o022)
        self.manager.start_kernel(env={**os.environ, **folders, "KIT_HOME": str(person / "home")})
        os.umask(umask)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def __enter__(self):
        return self

    def run(self, *cells):
        for cell in cells:
            answer = self.client.execute_interactive(cell, timeout=120, output_hook=lambda _message: None)
            assert answer["content"]["status"] == "ok", answer["content"]

    def value(self, expression):
        """What an expression is there; silently, so that it counts as no cell."""
        answer = self.client.execute_interactive("", user_expressions={"it": expression}, silent=True, timeout=60)
        return ast.literal_eval(answer["content"]["user_expressions"]["it"]["data"]["text/plain"])

    def recalled(self):
        """What a person can call up again in this session."""
        self.client.history(hist_access_type="tail", n=20)
        return [line for _session, _number, line in self.client.get_shell_msg(timeout=60)["content"]["history"]]

    def __exit__(self, *_raised):
        self.client.stop_channels()
        self.manager.shutdown_kernel()  # in peace: IPython writes the last of its history then


def lines(person):
    with contextlib.closing(sqlite3.connect(person / "profile_default/history.sqlite")) as history:
        return [line for (line,) in history.execute("SELECT source_raw FROM history ORDER BY session, line")]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """What is left of a session that opened a book, after an earlier one that did not."""
    person = tmp_path_factory.mktemp("person").resolve()
    with Kernel(person) as kernel:
        kernel.run(EARLIER)
    with Kernel(person) as kernel:
        kernel.run(IMPORTS, *IN_A_BOOK)
        return SimpleNamespace(
            person=person,
            recalled=kernel.recalled(),
            is_environment_as_before=kernel.value("before == dict(os.environ)"),
            umask=kernel.value(UMASK),
            made=[(path, path.stat().st_mode) for path in (person / "home").rglob("*")],
        )


def test_a_session_that_opens_a_book_leaves_no_line_of_itself_in_the_persons_history(session):
    assert lines(session.person) == [EARLIER]
    for path in (session.person / "profile_default").rglob("*"):
        assert not path.is_file() or b"Heron" not in path.read_bytes(), path


def test_what_is_typed_with_an_open_book_can_be_called_up_again_while_the_session_lasts(session):
    assert session.recalled == IN_A_BOOK[1:]


@posix
def test_whatever_is_written_with_an_open_book_is_its_owners_alone(session):
    assert session.umask == 0o077
    assert {path.suffix for path, _mode in session.made} >= {".book", ".html", ".csv"}
    assert [(path.name, oct(mode)) for path, mode in session.made if mode & 0o077] == []


def test_the_environment_of_the_kernel_stays_as_it_was(session):
    assert session.is_environment_as_before is True


def test_whoever_imports_the_kit_and_opens_no_book_keeps_history_and_umask(tmp_path):
    cells = [IMPORTS, "kit.Win(client='Heron', title='bread from scratch')"]
    with Kernel(tmp_path) as kernel:
        kernel.run(*cells)
        assert kernel.value(UMASK) == 0o022

    assert lines(tmp_path) == cells


def test_a_script_that_opens_a_book_keeps_its_umask():
    code = f"import os, kit; before = {UMASK}; kit.open_book(':memory:'); print(before == {UMASK})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
