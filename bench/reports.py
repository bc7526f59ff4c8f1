"""The next page of a client beside papermill and nbconvert, 200 pages at once, their size, and what they fetch."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bench.browser import ARGUMENTS, lab
from bench.charts import TWO_YEARS, story
from bench.figures import Finding, Row, in_turn, less
from bench.saving import CLIENT
from kit import exchange, places, reports
from kit.fields import about
from kit.records import Client, OfClient
from kit.reports import ReportRequest
from kit.reports.batch import active_clients, build_all
from kit.store import Store
from kit.words import _

RUNS, WHOLE, CASELOADS = 15, 3, 3
MANY, LONGEST = 200, 8.0  # clients, seconds
LARGEST = 2.2  # MB
READ = ("wins", "setbacks", "check_ins", "step_weeks", "tool_uses", "tools")
# Four pictures and four tables of the same client, as somebody would write them in a notebook of their own.
CELLS = (
    "client, folder = 'Heron', '.'",
    "import pandas as pd, plotly.express as px, plotly.io\nfrom pathlib import Path\n"
    "plotly.io.renderers.default = 'notebook'\n"  # its own default leaves all pictures out of nbconvert's page
    f"read = {{name: pd.read_csv(Path(folder, name + '.csv')) for name in {READ!r}}}\n"
    "read = {name: one[one['client'] == client] for name, one in read.items()}",
    "days = read['check_ins'].sort_values('on')\n"
    "px.line(days, x='on', y=['energy', 'living_well', 'symptom_load'], title='The journey')",
    "days[['on', 'energy', 'living_well', 'symptom_load']].tail(60)",
    "stretches = read['setbacks'].assign(days=lambda one: (pd.to_datetime(one['back_on_feet_on'])"
    " - pd.to_datetime(one['began_on'])).dt.days)\npx.scatter(stretches, x='began_on', y='days', title='My feet')",
    "stretches[['began_on', 'back_on_feet_on', 'days']]",
    "helped = read['tool_uses'].merge(read['tools'], left_on='tool', right_on='id').groupby('title')['helped']"
    ".agg(['median', 'size']).reset_index()\npx.bar(helped, x='median', y='title', title='What helped')",
    "helped",
    "weeks = read['step_weeks'].groupby('week_of')[['planned', 'done']].sum().reset_index()\n"
    "px.bar(weeks, x='week_of', y=['planned', 'done'], barmode='group', title='Small steps')",
    "weeks",
)


def measure() -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="kit-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        book = _book(folder)
        notebook = _notebook(folder)
        whole, label = _whole(folder, notebook)
        next_, in_one = in_turn([lambda: _ms(lambda: _page(book)), lambda: _ms(lambda: _one_process(folder))], RUNS)
        slow = [_ms(whole) for _run in range(WHOLE)]
        kit_row = Row(_("the next page: two years, four pictures and their tables"), next_)
        return [
            less(kit_row, Row(label, slow), 100),
            less(kit_row, Row(_("the same cells in one process, then nbconvert"), in_one), 5),
            _caseload(folder),
            _sizes(folder, book),
        ]


def _ms(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


# the kit's side ---------------------------------------------------------------------------------------


def _book(folder: Path) -> Store:
    """Two years of one client, in a book and as the peers' CSV files."""
    store, told = Store(folder / "bench.book"), story(*TWO_YEARS)
    store.save(*told)
    for plural in READ:
        rows = [one.model_dump() for one in told if one.plural == plural]
        with (folder / f"{plural}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return store


def _page(store: Store) -> str:
    return reports.build(store, CLIENT, ReportRequest()).html


def _caseload(folder: Path) -> Finding:
    store = Store(folder / "caseload.book")
    store.save(*_clients(MANY))
    runs = [_ms(lambda: _all_pages(store, folder / "pages")) / 1000 for _run in range(CASELOADS)]
    row = Row(_("{n} clients as in the sample, read and written on {cores} cores").format(n=MANY, cores=os.cpu_count()),
              runs, "s")  # fmt: skip
    aim = _("Aim: at most {most:g} s.").format(most=LONGEST)
    told = _("Here: {s:.2f} s, {each:.0f} ms a page.").format(s=row.median, each=row.median * 1000 / MANY)
    return Finding([row], aim, row.median <= LONGEST, told)


def _all_pages(store: Store, to: Path) -> None:
    done = list(build_all(active_clients(reports.read_rows(store)), ReportRequest(), to))
    assert [one.trouble for one in done if one.trouble] == [] and len(done) == MANY


def _clients(n: int) -> list[Any]:
    """The sample's clients again and again, each time under another name."""
    told, _problems = exchange.read_folder(places.SAMPLE_DATA)
    own = [one for one in told if isinstance(one, Client | OfClient)]
    each = len([one for one in own if isinstance(one, Client)])
    return [_renamed(one, f"{turn}") for turn in range(n // each) for one in own]


def _renamed(one: Any, turn: str) -> Any:
    values = one.model_dump()
    for name, told in {"id": None, **about(type(one))}.items():
        if name == "id" or (told and told.kind == "link" and values[name]):
            values[name] = f"{turn}-{values[name]}"
        elif told and told.kind == "links":
            values[name] = tuple(f"{turn}-{key}" for key in values[name])
    code_name = "name" if isinstance(one, Client) else "client"
    return type(one).model_validate({**values, code_name: f"{values[code_name]} {turn}"}, context={"kept": True})


# the peers --------------------------------------------------------------------------------------------


def _notebook(folder: Path) -> Path:
    cells = [new_markdown_cell("# A page"), *(new_code_cell(source) for source in CELLS)]
    cells[1]["metadata"]["tags"] = ["parameters"]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "peer.ipynb")
    return folder / "peer.ipynb"


def _whole(folder: Path, notebook: Path) -> tuple[Callable[[], None], str]:
    """papermill and nbconvert where papermill is there (`pip install -e .[bench]`), else nbconvert alone."""
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", "--output", "peer-page.html"]
    if find_spec("papermill") is None:
        return lambda: _run([*convert, "--execute", str(notebook)], folder), _("nbconvert --execute, code hidden")
    mill = [sys.executable, "-m", "papermill", str(notebook), str(folder / "filled.ipynb"),
            "-p", "client", CLIENT, "-p", "folder", str(folder), "--no-progress-bar"]  # fmt: skip

    def both() -> None:
        _run(mill, folder)
        _run([*convert, str(folder / "filled.ipynb")], folder)

    return both, _("papermill, then nbconvert, code hidden")


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _one_process(folder: Path) -> str:
    """What the notebook's cells give, without a kernel, and nbconvert's own page around it."""
    shared: dict[str, Any] = {}
    cells = [new_markdown_cell("# A page")]
    for source in (f"client, folder = {CLIENT!r}, {str(folder)!r}", *CELLS[1:]):
        *lines, last = source.split("\n")
        exec("\n".join(lines), shared)
        try:
            value = eval(last, shared)
        except SyntaxError:
            exec(last, shared)
            value = None
        cells.append(new_code_cell(source, outputs=_output(value)))
    page, _resources = HTMLExporter(exclude_input=True).from_notebook_node(new_notebook(cells=cells))
    return str(page)


def _output(value: Any) -> list[Any]:
    if value is None:
        return []
    figure = hasattr(value, "to_plotly_json")
    html = value.to_html(full_html=False, include_plotlyjs="cdn") if figure else value._repr_html_()
    return [new_output("display_data", data={"text/html": html})]


# what lies there --------------------------------------------------------------------------------------


def _sizes(folder: Path, store: Store) -> Finding:
    ours = reports.build(store, CLIENT, ReportRequest()).write(folder)
    size, theirs = ours.stat().st_size / 1e6, (folder / "peer-page.html").stat().st_size / 1e6
    asked = _requests(ours, "[data-drawn]")
    told = _("Here: {size:.2f} MB (the peer: {theirs:.2f}), {n} requests.").format(size=size, theirs=theirs, n=asked)
    met = size <= LARGEST and asked == 0
    return Finding([], _("Aim: at most {most} MB a file, and no request when opened.").format(most=LARGEST), met, told)


def _requests(page: Path, ready: str) -> int:
    """How often the opened page asks for anything but itself."""
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=lab.found_chromium(), args=ARGUMENTS)
        opened = browser.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(page.as_uri())
        opened.wait_for_selector(ready, timeout=30_000)
        browser.close()
    return len([url for url in asked if url != page.as_uri() and not url.startswith(("data:", "blob:"))])
