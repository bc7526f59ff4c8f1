"""Anybody's own notebook as such a page: run first, without code or widgets, offline, under the same policy."""

import re
from base64 import b64encode
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import ExecutePreprocessor

from kit.reports import rendering
from kit.reports.sanitize import sanitize_html
from kit.words import _

PLOTLY = "application/vnd.plotly.v1+json"
# What a printed table and a picture do by themselves would drop rows, or ask others for plotly.
SETUP_CODE = {
    "pandas": "import pandas; pandas.set_option('display.max_rows', None, 'display.max_columns', None)",
    "plotly": "import plotly.io; plotly.io.renderers.default = 'plotly_mimetype'",
}
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")

AXIS_STYLE = {"gridcolor": "var(--kit-line)", "zerolinecolor": "var(--kit-line)", "linecolor": "var(--kit-line)"}
BASE_LAYOUT = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "dragmode": False,
    "xaxis": AXIS_STYLE,
    "yaxis": AXIS_STYLE,
    "height": 420,
    "margin": {"l": 64, "r": 24, "t": 56, "b": 56},
    "font": {"family": "system-ui, sans-serif", "size": 14, "color": "var(--kit-ink)"},
}

Part = dict[str, Any]


class KitExporter(Exporter):
    """`jupyter nbconvert --to kit NOTEBOOK`, and JupyterLab's own menu of exports."""

    export_from_notebook = _("Page of the Reflection Kit")
    output_mimetype = "text/html"
    file_extension = ".html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        made, resources = super().from_notebook_node(_with_setup(nb), resources, **more)
        made, resources = ExecutePreprocessor(parent=self, store_widget_state=False).preprocess(made, resources)
        figures: list[dict[str, Any]] = []
        parts = [part for cell in made.cells for part in _parts_of(cell, figures)]
        return rendering.render("notebook.html", figures, parts=parts, language="en"), resources


def _with_setup(nb: Any) -> Any:
    """A copy that begins with what its libraries need, so that nothing is dropped or fetched."""
    copy = deepcopy(nb)
    source = "\n".join(cell.source for cell in copy.cells if cell.cell_type == "code")
    first = "\n".join(line for name, line in SETUP_CODE.items() if name in source or "kit" in source)
    code = next((cell for cell in copy.cells if cell.cell_type == "code"), None)
    if code is not None and first:
        copy.cells.insert(0, deepcopy(code))
        copy.cells[0].update(source=first, id="kit-first")
    return copy


def _parts_of(cell: Any, figures: list[dict[str, Any]]) -> Iterator[Part]:
    if cell.cell_type == "markdown":
        yield {"is": "prose", "html": _prose(cell.source)}
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            yield from [{"is": "text", "text": output.text}] if output.name == "stdout" else []
        elif "data" in output:
            yield from _render_output(output.data, output.get("metadata", {}), figures)


def _render_output(data: Any, metadata: Any, figures: list[dict[str, Any]]) -> Iterator[Part]:
    """The one form of an output that tells most; a widget alone has none."""
    picture = next((kind for kind in PICTURES if kind in data), None)
    if PLOTLY in data:
        figures.append(_restyle(data[PLOTLY]))
        yield {"is": "figure", "name": _title_of(data[PLOTLY])}
    elif "application/vnd.jupyter.widget-view+json" in data:
        yield {"is": "quiet", "text": _("Here the notebook has something to fill in; a page cannot hold it.")}
    elif "text/html" in data:
        yield {"is": "prose", "html": Markup(sanitize_html(data["text/html"]))}
    elif picture:
        raw = data[picture]
        packed = b64encode(raw.encode()).decode() if picture == "image/svg+xml" else raw.replace("\n", "")
        yield {"is": "image", "src": f"data:{picture};base64,{packed}", "name": metadata.get("alt", "")}
    elif "text/markdown" in data:
        yield {"is": "prose", "html": _prose(data["text/markdown"])}
    elif "text/plain" in data:
        yield {"is": "text", "text": data["text/plain"]}


def _prose(markdown: str) -> Markup:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return Markup(sanitize_html(MarkdownWithMath(renderer=renderer).render(markdown)))


def _restyle(given: Any) -> dict[str, Any]:
    """The figure in the page's own look, without WebGL: it draws nothing under the policy, and says nothing either."""
    data = [{**trace, "type": str(trace.get("type", "scatter")).removesuffix("gl")} for trace in given["data"]]
    own = {name: value for name, value in given.get("layout", {}).items() if name != "template"}
    axes = {name: {**AXIS_STYLE, **axis} for name, axis in own.items() if re.fullmatch(r"[xy]axis\d*", name)}
    return {"data": data, "layout": {**BASE_LAYOUT, **own, **axes}}


def _title_of(given: Any) -> str:
    title = given.get("layout", {}).get("title") or ""
    words = title if isinstance(title, str) else title.get("text") or ""
    return " ".join(re.sub(r"<[^>]*>", " ", words).split()) or _("A picture; what it shows is told beside it")
