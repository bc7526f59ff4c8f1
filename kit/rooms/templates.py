"""Templates, the QR code and the headers that let nothing in a page run but the kit's own files."""

import hashlib
import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import segno
from markupsafe import Markup

from kit import assets
from kit.words import _, day_words, wrapping

KIT = Path(__file__).parent.parent
LIGHT_ONLY = ".board, .paper"  # light whatever the screen is: a projector draws no dark, and paper is white
STATIC_FILES = {
    "tokens.css": "text/css",
    "room.css": "text/css",
    "room.js": "text/javascript",
    "steps.js": "text/javascript",
    "journey.js": "text/javascript",
}
_EMPTY = b64encode(hashlib.sha256(b"").digest()).decode()  # of the empty style that plotly begins with
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{_EMPTY}'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(KIT / "templates" / "rooms"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    templates.globals.update(_=_)
    templates.filters.update(day=day_words, phone_number=phone_number, wrapping=wrapping)
    return templates


def phone_number(number: str) -> str:
    """A number as a phone dials it; empty where it holds words."""
    plain = re.sub(r"[\s()/.-]", "", number)
    return plain if re.fullmatch(r"\+?\d{3,15}", plain) else ""


def json_data(told: Any) -> Markup:
    """Data that cannot end the element it stands in."""
    text = json.dumps(told, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def render(template: str, **told: Any) -> str:
    return _templates().get_template(template).render(**told)


@cache
def static_file(name: str) -> bytes:
    """One of the kit's own files, or plotly's bundle as its package installs it."""
    if name == "tokens.css":
        return assets.colours(LIGHT_ONLY).encode()
    if name == "journey.js":
        return assets.drawing(name).encode()
    if name == "plotly.min.js":
        return assets.plotly().read_bytes()
    if name not in STATIC_FILES:
        raise KeyError(name)
    return (assets.STATIC / name).read_bytes()


@cache
def assets_version() -> str:
    """Stands in the addresses of the files, so that a phone keeps each of them until it changes."""
    return hashlib.sha256(b"".join(static_file(name) for name in STATIC_FILES)).hexdigest()[:12]


@cache
def qr_data_uri(address: str) -> str:
    """The address as a QR code, as a picture that a notebook can show."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=6, border=4, dark="#22303c"))


@cache
def qr_code(address: str) -> Markup:
    """The address as a QR code; it scales with the page."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4, dark="#22303c")
    return Markup(drawn)
