"""What a panel is made of, as plain data: `static/panel.js` draws each block."""

from collections.abc import Sequence
from typing import Any, TypedDict

from kit.fields import About
from kit.forms import ExtraQuestion, Form
from kit.records import Client

Block = dict[str, Any]

_Required = TypedDict("_Required", {"do": str, "label": str, "with": object, "looks": str})


class Button(_Required, total=False):
    """What can be pressed: `do` names the panel's method `do_...`, `with` is what it is given."""

    pressed: bool
    open: bool
    about: str


class Item(TypedDict, total=False):
    """An entry of a list."""

    id: str
    title: str
    meta: str
    lines: list[str]
    forms: dict[str, list]
    blocks: list[Block]
    buttons: list[Button]


class Link(TypedDict):
    """An address that opens in a window of its own, or one that is copied."""

    label: str
    href: str
    looks: str
    copy: str


def text(words: str, tone: str = "plain") -> Block:
    return {"is": "text", "text": words, "tone": tone}


def heading(words: str) -> Block:
    return {"is": "heading", "text": words}


def question(words: str) -> Block:
    """A heading that may stand right under the page's own."""
    return {"is": "heading", "text": words, "top": True}


def button(
    do: str,
    label: str,
    given: object = None,
    looks: str = "",
    pressed: bool | None = None,
    is_open: bool | None = None,
    about: str = "",
) -> Button:
    """`pressed` is for one of several to choose from, `is_open` for what shows more, `about` is read out with it."""
    made: Button = {"do": do, "label": label, "with": given, "looks": looks}
    if pressed is not None:
        made["pressed"] = pressed
    if is_open is not None:
        made["open"] = is_open
    if about:
        made["about"] = about
    return made


def buttons(*items: Button, looks: str = "") -> Block:
    return {"is": "buttons", "items": list(items), "looks": looks}


def listed(items: Sequence[Item], empty: str = "") -> Block:
    """A list; `empty` is said where it holds nothing."""
    return {"is": "list", "items": list(items), "empty": empty}


def fold(label: str, blocks: Sequence[Block], is_open: bool = False, line: str = "", looks: str = "fold") -> Block:
    """Blocks that a press on `label` opens; with a `line` before it, that is all that stands there until then."""
    return {"is": "fold", "label": label, "text": line, "open": is_open, "looks": looks, "blocks": list(blocks)}


def part(label: str, *blocks: Block, is_open: bool = False) -> Block:
    """A part of a long panel, which opens by itself alone."""
    return fold(label, blocks, is_open, looks="part")


def save(label: str) -> Block:
    """Save, and beside it what was said last, with its Undo."""
    return {"is": "save", "label": label}


def said() -> Block:
    """Room for what was said last, with its Undo, where there is nothing to save."""
    return save("")


def unbound_form(key: str, fields: Sequence[dict[str, Any]], values: dict[str, Any]) -> Block:
    """Questions of a panel's own, whose answers are no record's."""
    return {"is": "form", "key": key, "title": "", "fields": list(fields), "values": values, "open": False}


def unbound_field(key: str, asked: About, value: str) -> Block:
    """One question whose answer is nothing to keep; it is typed as `typed[key][key]`."""
    beside = {key: ExtraQuestion(asked, lambda *_given: [])}
    return unbound_form(key, Form(Client, (key,), extra=beside).describe({}), {key: value})


def card_of(title: str, rows: Sequence[tuple[str, str]]) -> Block:
    return {"is": "card", "title": title, "rows": list(rows)}


def one_line(words: str, pressed: Button) -> Block:
    return {"is": "line", "text": words, "button": pressed}


def progress(at: int, of: int, words: str) -> Block:
    return {"is": "progress", "at": at, "of": of, "text": words}


def word_list(words: Sequence[str], looks: str) -> Block:
    return {"is": "words", "words": list(words), "looks": looks}


def preview(html: str, title: str, print_label: str) -> Block:
    """A whole page, shown in a frame of its own and printed from there."""
    return {"is": "preview", "html": html, "title": title, "print": print_label}


def code_to_scan(image: str, label: str, lines: Sequence[str]) -> Block:
    """A picture to scan with a phone, and what stands beside it."""
    return {"is": "code", "src": image, "label": label, "lines": list(lines)}


def links(*items: Link) -> Block:
    return {"is": "links", "items": list(items)}


def link(label: str, address: str, looks: str = "", copy: str = "") -> Link:
    return {"label": label, "href": address, "looks": looks, "copy": copy}
