"""Anybody's own notebook as a page of the same make: run first, no code, offline, and nothing in it runs."""

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_reports import Read

from kit.reports.sanitize import sanitize_html

pytestmark = pytest.mark.slow

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CELLS = (
    "# My page <script>window.broken = 1</script>\n\nWith *prose* <img src=x onerror=window.broken=1>.",
    "import pandas as pd\nsecret_name = 1\npd.DataFrame({'n': range(100), 't': '<b>bold</b>'})",
    "import plotly.graph_objects as go\n"
    "go.Figure(go.Scattergl(x=[1, 2], y=[3, 4], text=['</script>', 'b']), layout={'title': 'Up <i>again</i>'})",
    "from IPython.display import HTML, Javascript\nHTML('<p onclick=broken()>kept words<script>broken()</script></p>')",
    "print('said aloud')\nJavascript('window.broken = 1')",
    "import kit\nkit.open_book('sample').choose_client()",
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    cells = [new_markdown_cell(CELLS[0]), *(new_code_cell(source) for source in CELLS[1:])]
    place = tmp_path_factory.mktemp("own") / "own.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_HOME", str(place.parent / "home"))
        html, resources = get_exporter("kit")().from_filename(str(place))
    assert resources["output_extension"] == ".html"
    return html


def test_it_is_run_first_and_tells_prose_and_tables_without_code(exported):
    text = Read(exported).text()

    assert "My page" in text
    assert "said aloud" in text
    assert "kept words" in text
    assert "secret_name" not in exported


def test_no_row_of_a_table_is_dropped(exported):
    assert all(f"<td>{n}</td>" in exported for n in range(100))


def test_pictures_are_drawn_without_webgl_by_the_pages_own_plotly(exported):
    read = Read(exported)

    assert '"type":"scatter"' in read.scripts[0]
    assert "\\u003c/script\\u003e" in read.scripts[0]
    assert [dict(attrs)["aria-label"] for _tag, attrs in read.elements if ("role", "img") in attrs] == ["Up again"]


def test_only_the_pages_own_scripts_are_in_it_and_nothing_is_fetched(exported):
    read = Read(exported)

    assert len(read.scripts) == 3
    assert "default-src 'none'; script-src 'sha256-" in exported
    assert [attrs for _tag, attrs in read.elements for name, _value in attrs if name.startswith("on")] == []
    assert [value for _tag, attrs in read.elements for name, value in attrs if name == "src"] == []


def test_a_widget_leaves_a_sentence_and_no_state(exported):
    assert "Here the notebook has something to fill in; a page cannot hold it." in exported
    assert "widget-state" not in exported
    assert "IPY_MODEL" not in exported


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<p>a<b>c", "<p>a<b>c</b></p>"),
        ("<script>x</script>y", "y"),
        ("<a href='javascript:x'>a</a>", "<a>a</a>"),
        ("<a href='https://example.org'>a</a>", '<a href="https://example.org">a</a>'),
        ("<img src='https://e.org/x.png' alt='b'>", "b"),
        ("<img src='data:image/png;base64,AA'>", '<img src="data:image/png;base64,AA" alt="">'),
        ("<img src='https://e.org/x.png' alt='<script>x</script>&quot;'>", "&lt;script&gt;x&lt;/script&gt;&quot;"),
        ("<p title='<img>\"onclick=x'>a</p>", '<p title="&lt;img&gt;&quot;onclick=x">a</p>'),
        ("<table><tr><th></th></tr></table>", "<table><tbody><tr><td></td></tr></tbody></table>"),
        ("<svg><script>x</script></svg>z", "z"),
        ("a < b & c", "a &lt; b &amp; c"),
        (
            "<table><td onclick=x colspan=2>1</td></table>",
            '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
        ),
        ("<table><tfoot><td>1</td></table>", "<table><tfoot><tr><td>1</td></tr></tfoot></table>"),
        ("</p></main>text", "<p></p>text"),
        ("<style>p { color: red }</style>t", "t"),
    ],
)
def test_of_somebodys_html_only_what_tells_is_kept(given, kept):
    assert sanitize_html(given) == kept
