"""What is the same in every page: templates, colours, plotly's bundle, and the policy that lets nothing else run."""

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from kit import assets
from kit.reports.story import side_by_side
from kit.words import _, day_words, done_of, isolate_bidi

KIT = Path(__file__).parent.parent
SIZES = ("A4", "Letter")


def render(template: str, drawn: Sequence[dict[str, Any]] = (), size: str = "", **told: Any) -> str:
    """A template filled in; `drawn` are the figures of its pictures, `size` the paper that it is printed on."""
    figures = _data(drawn) if drawn else ""
    return _templates().get_template(template).render(figures=figures, **told, **_page_assets(bool(drawn), size))


def _data(figures: Sequence[dict[str, Any]]) -> Markup:
    """Data that cannot end the element it stands in."""
    text = json.dumps(figures, allow_nan=False, separators=(",", ":"))  # ASCII: U+2028 and U+2029 are escaped
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(KIT / "templates")
    templates = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    templates.globals.update(_=_, done_of=done_of)
    templates.filters.update(isolate_bidi=isolate_bidi, day=day_words, side_by_side=side_by_side, table_rows=table_rows)
    return templates


def table_rows(rows: Sequence[Sequence[str]]) -> Markup:
    """The rows of a table; a long one is escaped as a whole, in a tenth of the time that its cells would take."""
    cell, row = "\x1e", "\x1d"  # signs that separate, and that nobody can type
    told = str(escape(row.join(cell.join(one) for one in rows)))
    inside = told.replace(cell, '</td><td dir="auto">').replace(row, '</td></tr>\n<tr><td dir="auto">')
    return Markup(f'<tr><td dir="auto">{inside}</td></tr>')


@cache
def _page_assets(drawn: bool, size: str) -> dict[str, Any]:
    """Style, script and plotly's own bundle, with the policy that lets these run and nothing else."""
    styled, boot = style(size), assets.drawing("report.js")
    packed, inflated = bundle() if drawn else (Markup(""), "")
    scripts = f"{csp_hash(boot)} {inflated}" if drawn else "'none'"
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {csp_hash(styled)} {csp_hash('')}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return {"policy": Markup(policy), "style": Markup(styled), "boot": Markup(boot), "bundle": packed}


@cache
def bundle() -> tuple[Markup, str]:
    """plotly's bundle as the package installs it, gzipped as base64, and the hash of the script that it holds."""
    script = assets.plotly().read_text("utf-8")
    return Markup(b64encode(gzip.compress(script.encode(), 9, mtime=0)).decode()), csp_hash(script)


def style(size: str = "") -> str:
    """The kit's colours, dark where the screen is dark (never on paper), and the look of a page."""
    paper = f"@page {{ size: {size}; }}\n" if size in SIZES else ""
    return assets.colours(".kit-light") + (assets.STATIC / "report.css").read_text("utf-8") + paper


def csp_hash(script: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
