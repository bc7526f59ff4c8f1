"""What a browser sends of a form, as the form's own declaration reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from kit.forms import Form

FormData = Mapping[str, Sequence[str]]
NEW_SUFFIX = "-new"  # stands behind a field's name where something of one's own is added


def parse(form: Form, sent: FormData) -> dict[str, Any]:
    """Field name -> what was typed, for `form.read`; a field that was not sent stays as it begins."""
    found = {name: PARSERS[told.kind](sent, name) for name, told in form.described.items()}
    for name, told in form.described.items():
        if told.among in found:  # whoever says that it is not in my hands says that it came before
            found[told.among] = list(dict.fromkeys([*found[told.among], *found[name]]))
    return {name: _typed_choice(form, name, value) for name, value in found.items()}


def _text(sent: FormData, name: str) -> str:
    return _first(sent, name).replace("\r\n", "\n").strip()


def _texts(sent: FormData, name: str) -> list[str]:
    return [one.strip() for one in sent.get(name, ()) if one.strip()]


def _number(sent: FormData, name: str) -> Any:
    value = _first(sent, name).strip()
    return int(value) if value.isdecimal() and len(value) < 4 else value or None


def _several(sent: FormData, name: str) -> list[str]:
    own = [one.strip() for line in sent.get(name + NEW_SUFFIX, ()) for one in line.splitlines()]
    return list(dict.fromkeys(one for one in [*sent.get(name, ()), *own] if one))


def _flag(sent: FormData, name: str) -> bool:
    return bool(sent.get(name))


def _link(sent: FormData, name: str) -> Any:
    own = _first(sent, name + NEW_SUFFIX).strip()
    return {"new": own} if own else _first(sent, name) or None


def _links(sent: FormData, name: str) -> list[Any]:
    own = [one.strip() for line in sent.get(name + NEW_SUFFIX, ()) for one in line.splitlines()]
    return [*(one for one in sent.get(name, ()) if one), *({"new": one} for one in own if one)]


def _first(sent: FormData, name: str) -> str:
    return next(iter(sent.get(name, ())), "")


PARSERS = {
    "text": _text,
    "texts": _texts,
    "rating": _number,
    "count": _number,
    "choice": _text,
    "several": _several,
    "day": _text,
    "flag": _flag,
    "link": _link,
    "links": _links,
}


def _typed_choice(form: Form, name: str, value: Any) -> Any:
    """A choice comes as text, whatever it stands for."""
    told = form.described[name]
    return next((key for key, _words in told.choices if str(key) == value), value) if told.kind == "choice" else value
