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
from kit.fields import About, Audience, about, visible_fields
from kit.records import BY_PLURAL, OfClient, Record, ToolUse, problems
from kit.words import KitError, _

Offers = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class ExtraQuestion:
    """A question that a form asks beside its record's own; `make(record, answer)` gives the records it leads to."""

    about: About
    make: Callable[[Any, Any], list[Record]]


def _tool_uses(setback: Any, tools: list[str] | None) -> list[Record]:
    return [ToolUse(client=setback.client, tool=tool, setback=setback.id, on=setback.began_on) for tool in tools or []]


WHAT_HELPED = ExtraQuestion(
    About(_("What helped?"), "links", of="tools", help=_("tap all that fit; anything of your own counts")), _tool_uses
)


class FormError(Exception):
    """What was typed does not make a record yet: field name -> one plain sentence."""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__("; ".join(told.values()))
        self.errors = told


@dataclass(frozen=True)
class Form:
    """Some fields of one kind of record, in the order in which they are asked.

    `first` are asked at once, `more` stand under "more, if you like"; `fixed` are values that nobody types; `beside`
    are questions of its own. With a `record`, the form changes it instead of beginning a new one.
    """

    kind: type[Record]
    first: tuple[str, ...]
    more: tuple[str, ...] = ()
    fixed: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, ExtraQuestion] = field(default_factory=dict)
    title: str = ""
    optional: bool = True
    record: Record | None = None
    audience: Audience = "together"

    @property
    def names(self) -> tuple[str, ...]:
        allowed = visible_fields(self.kind, self.audience)
        return tuple(name for name in (*self.first, *self.more) if name in allowed or name in self.extra)

    @property
    def described(self) -> dict[str, About]:
        fields = {**about(self.kind), **{name: one.about for name, one in self.extra.items()}}
        return {name: fields[name] for name in self.names}

    def describe(self, offers: Offers, own_words: Sequence[str] = ()) -> list[dict[str, Any]]:
        """One plain dictionary a field: all that a page or a widget needs to ask for it."""
        return [
            _describe_field(name, told, offers, own_words, name in self.more) for name, told in self.described.items()
        ]

    def initial_values(self) -> dict[str, Any]:
        """What the form holds before anything is typed: its record's values, or the declared beginnings."""
        return {
            name: None if name in self.extra else _initial_value(self.kind, name, self.record) for name in self.names
        }

    def is_unchanged(self, typed: Mapping[str, Any]) -> bool:
        """Whether nothing was filled in; a day or a choice that was there from the beginning does not count.

        In a record that is changed, taking something out is a change.
        """
        blank = self.initial_values()
        empty: tuple[Any, ...] = ("", None, [])
        return all(
            value == blank.get(name) or (value in empty and (self.record is None or blank.get(name) in empty))
            for name, value in typed.items()
        )

    def to_records(self, typed: Mapping[str, Any], **owner: Any) -> list[Record]:
        """What was typed, as records: tools and supporters named in passing, the record, what stands beside it."""
        new: list[Record] = []
        given, answers, blank = {**owner, **self.fixed, **self._as_it_was()}, {}, self.initial_values()
        for name, told in self.described.items():
            value = typed.get(name, blank[name])
            if told.kind in ("link", "links"):
                value = _resolve_links(name, told, value, given.get("client"), new)
            if name in self.extra:
                answers[name] = value
            elif value not in ("", None, []) or told.kind in ("flag", "day"):
                given[name] = value
        try:
            record = self.kind.model_validate(given)
        except ValidationError as error:
            raise FormError(problems(self.kind, error)) from error
        beside = [one for name, answer in answers.items() for one in self.extra[name].make(record, answer)]
        return [*new, record, *beside]

    def _as_it_was(self) -> dict[str, Any]:
        if self.record is None:
            return {}
        unseen = {name: value for name, value in self.record if name not in self.names}
        return {**unseen, "version": self.record.version + 1}


def _describe_field(name: str, told: About, offers: Offers, own_words: Sequence[str], more: bool) -> dict[str, Any]:
    choices = told.choices or tuple(offers.get(told.of, ()))
    if told.suggests == "came_before":
        choices = tuple((one, one) for one in suggestions()["came_before"])
    return {
        "name": name,
        "kind": told.kind,
        "label": _label(told, own_words),
        "help": told.help,
        "choices": [list(choice) for choice in choices],
        "ends": list(told.ends),
        "lines": told.lines,
        "least": told.least,
        "most": told.most,
        "slots": list(told.slots),
        "among": told.among,
        "asks": [list(one) for one in told.asks],
        "must": told.must,
        "grows": _accepts_new(told),
        "more": more,
    }


def _accepts_new(told: About) -> bool:
    """Whether something of one's own can be named in passing: a few words must be all that it needs."""
    if told.kind not in ("link", "links"):
        return bool(told.suggests and told.kind == "several")
    kind = BY_PLURAL[told.of]
    asked = {name for name in about(kind) if kind.model_fields[name].is_required()}
    return asked <= {kind.heading}


def _label(told: About, own_words: Sequence[str]) -> str:
    place, label = told.own or (0, "")
    word = own_words[place] if label and place < len(own_words) else ""
    return label.format(word=word[0].upper() + word[1:]) if word else told.label


def _initial_value(kind: type[Record], name: str, record: Record | None) -> Any:
    if record is not None:
        return to_json_value(getattr(record, name))
    declared = kind.model_fields[name]
    return None if declared.is_required() else to_json_value(declared.get_default(call_default_factory=True))


def to_json_value(value: Any) -> Any:
    """A record's value in the form in which a page holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _resolve_links(name: str, told: About, value: Any, client: str | None, new: list[Record]) -> Any:
    try:
        return _create_named(value, told.of, client, new)
    except ValidationError as error:
        raise FormError({name: " ".join(problems(BY_PLURAL[told.of], error).values())}) from error


def _create_named(value: Any, of: str, client: str | None, new: list[Record]) -> Any:
    """Ids stay; `{"new": "a quiet walk"}` becomes a record of its own, and its id stands in its place."""
    if isinstance(value, list):
        return [_create_named(one, of, client, new) for one in value]
    if not isinstance(value, dict) or "new" not in value:
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
        raise KitError(
            _("{path} cannot be read: {why}. Please look at that line.").format(path=path, why=error)
        ) from error
