"""What a page outside the notebook brings along: the kit's one sheet of colours, and plotly with what draws by it."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from kit import places
from kit.words import KitError, _

STATIC = places.ROOT / "kit" / "static"
DARK = 'body[data-jp-theme-light="false"]'


@cache
def colours(light: str) -> str:
    """The colours, dark where the screen is dark; never on paper, nor where the body is `light`."""
    told = (STATIC / "tokens.css").read_text("utf-8")
    day, night = told.split(DARK)
    return f"{day}@media screen and (prefers-color-scheme: dark) {{ body:not({light}) {night}}}\n"


def drawing(script: str) -> str:
    """A script that draws pictures, behind what all of these have in common."""
    return "\n".join((STATIC / name).read_text("utf-8") for name in ("drawing.js", script))


def plotly() -> Path:
    """plotly's own bundle, as its package installs it; importing the package would cost every start."""
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise KitError(_("The pictures' library is missing. Please install the kit once more."))
    return Path(found.origin).parent / "package_data" / "plotly.min.js"
