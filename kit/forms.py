"""From a record's declaration to what a form asks, and from what was typed to a record."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kit import places
from kit.fields import About, Audience, about, seen
from kit.records import BY_PLURAL, OfClient, Record, problems
from kit.words import Trouble, _

Offers = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Beside:
    """A question that a form asks beside its record's own; `make(record, answer)` gives the records it leads to."""

    about: About
    make: Callable[[Any, Any], list[Record]]


class Unfit(Exception):
    """What was typed does not make a record yet: field name -> one plain sentence."""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__("; ".join(told.values()))
        self.told = told


@dataclass(frozen=True)
class Form:
    """Some fields of one kind of record, in the order in which they are asked.

    `first` are asked at once, `more` stand under "more, if you like"; `fixed` are values that nobody types.
    """

    kind: type[Record]
    first: tuple[str, ...]
    more: tuple[str, ...] = ()
    fixed: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Beside] = field(default_factory=dict)
    title: str = ""
    optional: bool = True
    audience: Audience = "together"

    @property
    def names(self) -> tuple[str, ...]:
        allowed = seen(self.kind, self.audience)
        return tuple(name for name in (*self.first, *self.more) if name in allowed or name in self.beside)

    @property
    def described(self) -> dict[str, About]:
        fields = {**about(self.kind), **{name: one.about for name, one in self.beside.items()}}
        return {name: fields[name] for name in self.names}

    def asked(self, offers: Offers) -> list[dict[str, Any]]:
        """One plain dictionary a field: all that a page or a widget needs to ask for it."""
        return [_asked(name, field, offers, name in self.more) for name, field in self.described.items()]

    def blank(self, record: Record | None = None) -> dict[str, Any]:
        """What the form holds before anything is typed: a record's values, or the declared beginnings."""
        return {name: None if name in self.beside else _start(self.kind, name, record) for name in self.names}

    def untouched(self, typed: Mapping[str, Any]) -> bool:
        """Whether nothing was filled in; a day or a choice that was there from the beginning does not count."""
        blank = self.blank()
        return all(value in (blank.get(name), "", None, []) for name, value in typed.items())

    def read(self, typed: Mapping[str, Any], **fixed: Any) -> list[Record]:
        """What was typed, as records: the tools and supporters named in passing, the record, what stands beside."""
        new: list[Record] = []
        given, answers = {**fixed, **self.fixed}, {}
        for name, field in self.described.items():
            value = typed.get(name, self.blank()[name])
            if field.kind in ("link", "links"):
                value = _named_in_passing(value, field.of, given.get("client"), new)
            if name in self.beside:
                answers[name] = value
            elif value not in ("", None, []) or field.kind in ("flag", "day"):
                given[name] = value
        try:
            record = self.kind.model_validate(given)
        except ValidationError as error:
            raise Unfit(problems(self.kind, error)) from error
        beside = [one for name, answer in answers.items() for one in self.beside[name].make(record, answer)]
        return [*new, record, *beside]


def _asked(name: str, field: About, offers: Offers, more: bool) -> dict[str, Any]:
    choices = field.choices or tuple(offers.get(field.of, ()))
    if field.suggests == "came_before":
        choices = tuple((one, one) for one in suggestions()["came_before"])
    return {
        "name": name,
        "kind": field.kind,
        "label": field.label,
        "help": field.help,
        "choices": [list(choice) for choice in choices],
        "ends": list(field.ends),
        "lines": field.lines,
        "least": field.least,
        "most": field.most,
        "slots": list(field.slots),
        "among": field.among,
        "asks": [list(one) for one in field.asks],
        "grows": field.kind in ("link", "links") or bool(field.suggests and field.kind == "several"),
        "more": more,
    }


def _start(kind: type[Record], name: str, record: Record | None) -> Any:
    if record is not None:
        return as_typed(getattr(record, name))
    declared = kind.model_fields[name]
    return None if declared.is_required() else as_typed(declared.get_default(call_default_factory=True))


def as_typed(value: Any) -> Any:
    """A record's value in the form in which a page holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _named_in_passing(value: Any, of: str, client: str | None, new: list[Record]) -> Any:
    """Ids stay; `{"new": "a quiet walk"}` becomes a record of its own, and its id stands in its place."""
    if isinstance(value, list):
        return [_named_in_passing(one, of, client, new) for one in value]
    if not isinstance(value, dict):
        return value
    kind = BY_PLURAL[of]
    owner = {"client": client} if issubclass(kind, OfClient) else {}
    record = kind.model_validate({kind.heading: value["new"], **owner})
    new.append(record)
    return record.id


@cache
def suggestions() -> dict[str, Any]:
    """What forms offer to tap: the coach's own file in the kit's folder, else the kit's."""
    own = places.home() / "suggestions.toml"
    path = own if own.exists() else Path(__file__).with_name("suggestions.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(
            _("{path} cannot be read: {why}. Please look at that line.").format(path=path, why=error)
        ) from error
