"""What a browser sends of a form, as the form's own declaration reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from kit.forms import Form

Sent = Mapping[str, Sequence[str]]
NEW = "-new"  # stands behind a field's name where something of one's own is added


def typed(form: Form, sent: Sent) -> dict[str, Any]:
    """Field name -> what was typed, for `form.read`; a field that was not sent stays as it begins."""
    found = {name: READ[told.kind](sent, name) for name, told in form.described.items()}
    for name, told in form.described.items():
        if told.among in found:  # whoever says that it is not in my hands says that it came before
            found[told.among] = list(dict.fromkeys([*found[told.among], *found[name]]))
    return {name: _meant(form, name, value) for name, value in found.items()}


def _text(sent: Sent, name: str) -> str:
    return _first(sent, name).replace("\r\n", "\n").strip()


def _texts(sent: Sent, name: str) -> list[str]:
    return [one.strip() for one in sent.get(name, ()) if one.strip()]


def _number(sent: Sent, name: str) -> Any:
    value = _first(sent, name).strip()
    return int(value) if value.isdecimal() and len(value) < 4 else value or None


def _several(sent: Sent, name: str) -> list[str]:
    own = [one.strip() for line in sent.get(name + NEW, ()) for one in line.splitlines()]
    return list(dict.fromkeys(one for one in [*sent.get(name, ()), *own] if one))


def _flag(sent: Sent, name: str) -> bool:
    return bool(sent.get(name))


def _link(sent: Sent, name: str) -> Any:
    own = _first(sent, name + NEW).strip()
    return {"new": own} if own else _first(sent, name) or None


def _links(sent: Sent, name: str) -> list[Any]:
    own = [one.strip() for line in sent.get(name + NEW, ()) for one in line.splitlines()]
    return [*(one for one in sent.get(name, ()) if one), *({"new": one} for one in own if one)]


def _first(sent: Sent, name: str) -> str:
    return next(iter(sent.get(name, ())), "")


READ = {
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


def _meant(form: Form, name: str, value: Any) -> Any:
    """A choice comes as text, whatever it stands for."""
    told = form.described[name]
    return next((key for key, _words in told.choices if str(key) == value), value) if told.kind == "choice" else value
