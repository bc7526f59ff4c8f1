"""Somebody's HTML with only what tells: headings, lists, tables, links to click; nothing that runs or fetches."""

import re
from html import escape
from html.parser import HTMLParser

ALLOWED_TAGS = frozenset(
    ("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1",
     "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small",
     "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul")
)  # fmt: skip
VOID_TAGS = frozenset(("br", "hr", "img"))
DROPPED_TAGS = frozenset(
    ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title")
)
ALLOWED_ATTRIBUTES = frozenset(("alt", "colspan", "dir", "lang", "rowspan", "scope", "title"))
URL_ATTRIBUTES = {
    "href": re.compile(r"(https?:|mailto:)", re.IGNORECASE),
    "src": re.compile(r"data:image/(png|jpeg|gif|webp);"),
}


def sanitize_html(html: str) -> str:
    """The same text; whatever is not known to be harmless is left out, and what it holds is kept as text."""
    reading = _Sanitizer()
    reading.feed(html)
    reading.close()
    told = "".join([*reading.told, *(f"</{tag}>" for tag in reversed(reading.open))])
    return told.replace("<th></th>", "<td></td>")  # a head that says nothing is none


class _Sanitizer(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.open: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED_TAGS:
            self.silent.append(tag)
        if self.silent or tag not in ALLOWED_TAGS:
            return
        kept = {name: escape(value or "") for name, value in attrs if _is_allowed(name, value or "")}
        if tag == "img" and "src" not in kept:  # a picture from elsewhere: only its words stay
            self.told.append(kept.get("alt", ""))
            return
        kept |= {"alt": kept.get("alt", "")} if tag == "img" else {}
        told = "".join(f' {name}="{value}"' for name, value in kept.items())
        self.told.append(f"<{tag}{told}>")
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in DROPPED_TAGS:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            del self.silent[self.silent.index(tag) :]
        elif not self.silent and tag in self.open:
            while True:
                last = self.open.pop()
                self.told.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.told.append(escape(data))


def _is_allowed(name: str, value: str) -> bool:
    return name in ALLOWED_ATTRIBUTES or (name in URL_ATTRIBUTES and bool(URL_ATTRIBUTES[name].match(value.strip())))
