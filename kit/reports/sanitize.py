"""Somebody's HTML with only what tells: headings, lists, tables, links to click; nothing that runs or fetches."""

import re

import nh3

URL_ATTRIBUTES = {
    "href": re.compile(r"(https?:|mailto:)", re.IGNORECASE),
    "src": re.compile(r"data:image/(png|jpeg|gif|webp);"),
}
DROPPED_TAGS = {"head", "iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title"}
IMAGE = re.compile(r"<img([^>]*)>")  # nh3 leaves neither < nor > in an attribute


def sanitize_html(html: str) -> str:
    """The same text as HTML that is whole by itself: what is not known to be harmless goes, and its text stays.

    Of a picture that would be fetched from elsewhere its `alt` stays, as text; one that lies in the page is kept.
    """
    return IMAGE.sub(_image, CLEANER.clean(html)).replace("<th></th>", "<td></td>")  # a head that says nothing is none


def _allowed_value(_tag: str, name: str, value: str) -> str | None:
    return value if name not in URL_ATTRIBUTES or URL_ATTRIBUTES[name].match(value.strip()) else None


def _image(found: re.Match[str]) -> str:
    alt = re.search(r' alt="([^"]*)"', found[1])
    if ' src="' not in found[1]:
        return alt[1] if alt else ""
    return found[0] if alt else f'<img{found[1]} alt="">'


CLEANER = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS | {"tfoot"},
    clean_content_tags=DROPPED_TAGS,
    attributes={"*": {"colspan", "dir", "lang", "rowspan", "scope", "title"}, "a": {"href"}, "img": {"alt", "src"}},
    attribute_filter=_allowed_value,
    url_schemes={"http", "https", "mailto", "data"},
    link_rel=None,
)
