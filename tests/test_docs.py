"""What the pages of docs/ say is true: their examples run, and building them or reading them asks no network."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from kit import places
from kit.jupyter import trust

DOCS = places.ROOT / "docs"
PAGE = (DOCS / "your_first_notebook.md").read_text(encoding="utf-8")
CELLS = [re.sub(r"^:.*\n", "", cell, flags=re.M) for cell in re.findall(r"```\{code-cell\}\n(.*?)```", PAGE, re.S)]


def lines(name: str) -> list[str]:
    (block,) = re.findall(rf"```\{{code-block\}} python\n:name: {name}\n(.*?)```", PAGE, re.S)
    return block.splitlines()


@pytest.fixture
def after(tmp_path, monkeypatch):
    """The names that are there when all cells of the page have run, one after the other."""
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for cell in CELLS:
        exec(cell, names)
    yield names
    names["book"].close()


def test_the_cells_of_the_page_run_and_show_something_of_the_sample(after):
    table, steps = (eval(cell, after) for cell in CELLS[-2:])

    assert len(table) == 3
    assert steps


def test_the_notebook_that_the_page_writes_belongs_to_the_kit_and_runs_by_itself(after, tmp_path):
    written = nbformat.read(tmp_path / "tuesdays.ipynb", as_version=4)
    code = [cell.source for cell in written.cells if cell.cell_type == "code"]

    nbformat.validate(written)
    assert written.metadata["kit"] == {"notebook": "tuesdays"}
    assert trust.trusted_lines(code) == code


@pytest.mark.parametrize("line", lines("runs"))
def test_what_is_said_to_run_by_itself_does(line):
    assert trust.trusted_lines([line]) is not None


@pytest.mark.parametrize("line", lines("waits"))
def test_what_is_said_to_wait_waits(line):
    assert trust.trusted_lines([line]) is None


def test_each_word_in_the_table_is_one():
    told = re.findall(r"^\| `book\.(\w+)\(\)` \|", PAGE, re.M)

    assert len(told) >= 10
    assert set(told) <= set(trust.WORDS)


def test_the_pages_are_built_whole_and_fetch_nothing(tmp_path):
    pytest.importorskip("myst_nb", reason="what builds docs/ is not installed: pyproject's extra `docs`")
    nowhere = "http://127.0.0.1:9"
    command = [sys.executable, "-m", "sphinx", "-W", "-q", str(DOCS), str(tmp_path / "docs")]
    env = {**os.environ, "http_proxy": nowhere, "https_proxy": nowhere}

    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "docs" / "your_first_notebook.html").read_text(encoding="utf-8")
    assert 'class="dataframe"' in page
    assert re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:https?:)?//[^>]*>", page) == []
