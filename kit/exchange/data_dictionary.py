"""The data dictionary: what each file holds, read from the declaration of the records."""

from collections.abc import Iterable

from kit.fields import About, Audience, about, visible_fields
from kit.records import KINDS, OfClient, Record
from kit.words import _

_WHO_SEES: dict[Audience, str] = {
    "together": _("the two of us"),
    "just_me": _("the coach alone"),
    "client": _("the client's report"),
    "supporter": _("a supporter, where shared"),
    "group": _("the group"),
}
_KIND_OF_FIELD = {
    "text": _("text"),
    "texts": _("short texts"),
    "rating": _("rating"),
    "count": _("whole number"),
    "choice": _("one of"),
    "several": _("several"),
    "day": _("day"),
    "flag": _("yes or no"),
    "link": _("id from"),
    "links": _("ids from"),
}


def data_dictionary() -> str:
    """The data dictionary: what each file holds, as Markdown, read from the declaration of the records."""
    head = [_("Field"), _("Label"), _("What it holds"), _("Choices or range"), _("Help"), _("Who may see it")]
    parts = []
    for kind in KINDS:
        rows = [_describe_field(kind, name, field) for name, field in about(kind).items()]
        table = "\n".join([_line(head), _line(["---"] * len(head)), *map(_line, rows)])
        parts.append(f"## {kind.plural}.csv\n\n{_intro(kind)}\n\n{table}\n")
    return "\n".join(parts)


def _intro(kind: type[Record]) -> str:
    if issubclass(kind, OfClient):
        return _("In each row: {what}, of one client.").format(what=f"**{kind.singular}**")
    return _("In each row: {what}.").format(what=f"**{kind.singular}**")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _describe_field(kind: type[Record], name: str, field: About) -> list[str]:
    needed = _(" (needed)") if kind.model_fields[name].is_required() else ""
    return [
        f"`{name}`",
        field.label,
        _KIND_OF_FIELD[field.kind] + needed,
        _range(field),
        field.help,
        ", ".join(_audience_label(kind, audience) for audience in _WHO_SEES if name in visible_fields(kind, audience)),
    ]


def _audience_label(kind: type[Record], audience: Audience) -> str:
    # What was written for supporters reaches each of them who is given a page.
    written_for = audience == "supporter" and "share_with" not in about(kind)
    return _("a supporter") if written_for else _WHO_SEES[audience]


def _range(field: About) -> str:
    if field.choices:
        return ", ".join(f"`{value}` {words}" for value, words in field.choices)
    if field.kind == "rating":
        return _("0 {low} to 10 {high}").format(low=field.ends[0], high=field.ends[1])
    if field.kind == "count":
        return _("{least} to {most}").format(least=field.least, most=field.most)
    if field.kind in ("texts", "several"):
        return _("at most {most}").format(most=field.most)
    return f"`{field.of}`" if field.of else ""
