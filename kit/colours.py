"""The kit's one sheet of colours, as a page takes it that stands outside the notebook."""

from functools import cache

from kit import places

DARK = 'body[data-jp-theme-light="false"]'


@cache
def sheet(light: str) -> str:
    """The colours, dark where the screen is dark; never on paper, nor where the body is `light`."""
    told = (places.ROOT / "kit" / "static" / "tokens.css").read_text("utf-8")
    day, night = told.split(DARK)
    return f"{day}@media screen and (prefers-color-scheme: dark) {{ body:not({light}) {night}}}\n"
