"""How a field is described: label, kind, choices, range, lines, help, audience; who may see what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from kit.words import _, beside, day_words

Audience = Literal["together", "just_me", "client", "supporter", "group"]

EVERYONE: tuple[Audience, ...] = ("together", "just_me", "client", "supporter")
OURS: tuple[Audience, ...] = ("together", "just_me", "client")
JUST_ME: tuple[Audience, ...] = ("just_me",)
SHORT, LONG = 200, 20_000
RATINGS = range(11)
# What a file holds was kept before, but not by this book: its days may lie ahead of this clock, not outside of a life.
FROM_OUTSIDE = {"kept": True, "outside": True}
HALF_A_SIGN = _("half of a sign is lacking at one place. Please type it anew.")


@dataclass(frozen=True)
class About:
    """What a form, a table, a report and the data dictionary say of one field."""

    label: str
    kind: str
    help: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    ends: tuple[str, str] = ("", "")
    lines: int = 1
    least: int = 0
    most: int = 0
    slots: tuple[str, ...] = ()
    of: str = ""
    suggests: str = ""
    among: str = ""
    starts: Literal["", "today"] = ""
    must: bool = False  # a day that cannot be left open
    asks: tuple[tuple[int, int, str], ...] = ()
    own: tuple[int, str] | None = None  # which of a client's own words, and the label made with it
    audience: tuple[Audience, ...] | None = None  # None: whoever may see the kind


def field_error(field: str, sentence: str) -> PydanticCustomError:
    """An error that belongs to `field` and says `sentence` to a person."""
    return PydanticCustomError("amiss", "{sentence}", {"field": field, "sentence": sentence})


def _readable(text: str) -> str:
    if text.isprintable():
        return text
    if any(category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise field_error("", _("this text holds a sign that cannot be shown. Please type it anew."))
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise field_error("", HALF_A_SIGN)
    return text


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a yes or no is not a number")
    return value


def _written(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Pydantic alone would read a number as seconds since 1970.
    return date.fromisoformat(value) if value else None


def _within_a_life(day: Any) -> Any:
    if day and not 1900 <= day.year <= date.today().year + 20:
        raise field_error("", _("the year {year} is too far away. Please check it.").format(year=day.year))
    return day


def _moment_within_a_life(moment: datetime, info: ValidationInfo) -> datetime:
    kept_here = bool(info.context and info.context.get("kept") and not info.context.get("outside"))
    return moment if kept_here else _within_a_life(moment)


def _has_come(day: date | None, info: ValidationInfo) -> date | None:
    kept_before = bool(info.context and info.context.get("kept"))
    if day and not kept_before and day > date.today() + timedelta(days=1):
        raise field_error("", _("that day is still to come. Please choose today or an earlier day."))
    return day


def _something(text: str, info: ValidationInfo) -> str:
    kept_before = bool(info.context and info.context.get("kept"))
    unseen = all(letter.isspace() or category(letter) == "Cf" for letter in text)
    if not text.strip() or (unseen and not kept_before):
        raise field_error("", _("please write a few words."))
    return text


Text = Annotated[str, AfterValidator(_readable)]
Title = Annotated[Text, AfterValidator(_something)]
Texts = tuple[Annotated[str, Field(max_length=SHORT), AfterValidator(_readable)], ...]
Rating = Annotated[int | None, BeforeValidator(_number)]
Count = Rating
Day = Annotated[date | None, Field(strict=True), BeforeValidator(_written), AfterValidator(_within_a_life)]
PastDay = Annotated[Day, AfterValidator(_has_come)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment_within_a_life)]
Link = Text | None
Links = tuple[Text, ...]


def _schema_extra(about: About) -> Any:
    return {"about": about}


def _field(about: About, default: Any, **limits: Any) -> Any:
    return Field(
        default,
        title=about.label,
        description=about.help or None,
        json_schema_extra=_schema_extra(about),
        **limits,
    )


def title(label: str, **more: Any) -> Any:
    """One line that must hold a few words."""
    return _field(About(label, "text", **more), ..., max_length=SHORT)


def words(label: str, lines: int = 3, **more: Any) -> Any:
    """Several lines that must hold a few words."""
    return _field(About(label, "text", lines=lines, **more), ..., max_length=LONG)


def text(label: str, lines: int = 1, **more: Any) -> Any:
    """Free text of one line or several; may stay empty."""
    return _field(About(label, "text", lines=lines, **more), "", max_length=SHORT if lines == 1 else LONG)


def texts(label: str, most: int, least: int = 0, **more: Any) -> Any:
    """Up to `most` short texts, each on a line of its own."""
    about = About(label, "texts", least=least, most=most, **more)
    return _field(about, () if not least else ..., max_length=most, min_length=least)


def rating(label: str, ends: tuple[str, str], **more: Any) -> Any:
    """0 to 10 with words at both ends; can always be skipped."""
    return _field(About(label, "rating", ends=ends, most=10, **more), None, ge=0, le=10)


def count(label: str, least: int, most: int, default: int | None = None, **more: Any) -> Any:
    """A whole number from `least` to `most`."""
    return _field(About(label, "count", least=least, most=most, **more), default, ge=least, le=most)


def choice(label: str, choices: Mapping[Any, str], default: Any = "", **more: Any) -> Any:
    """One of a few; `choices` gives each value its words."""
    return _field(About(label, "choice", choices=tuple(choices.items()), **more), default)


def several(label: str, most: int = 12, **more: Any) -> Any:
    """Any number of chips: suggested ones and the client's own."""
    return _field(About(label, "several", most=most, **more), (), max_length=most)


def day(label: str, **more: Any) -> Any:
    """A date; may stay open."""
    return _field(About(label, "day", **more), None)


def today(label: str, **more: Any) -> Any:
    """A date that starts as today."""
    about = About(label, "day", starts="today", **more)
    return Field(default_factory=date.today, title=label, json_schema_extra=_schema_extra(about))


def flag(label: str, default: bool = False, **more: Any) -> Any:
    """Yes or no."""
    return _field(About(label, "flag", **more), default)


def link(label: str, of: str, required: bool = False, **more: Any) -> Any:
    """Another record of the same client, by its id; `of` is that kind's plural."""
    return _field(About(label, "link", of=of, **more), ... if required else None)


def links(label: str, of: str, **more: Any) -> Any:
    """Several other records, by id."""
    return _field(About(label, "links", of=of, **more), ())


def about(kind: type) -> Mapping[str, About]:
    """Field name -> its description, in the order of the declaration; the kit's own columns are not in it."""
    if kind not in _DESCRIBED:  # asked a thousand times a page
        named = {name: info.json_schema_extra for name, info in kind.model_fields.items()}  # type: ignore[attr-defined]
        _DESCRIBED[kind] = {name: extra["about"] for name, extra in named.items() if extra}
    return _DESCRIBED[kind]


_DESCRIBED: dict[type, Mapping[str, About]] = {}


def visible_fields(kind: type, audience: Audience) -> tuple[str, ...]:
    """The names of the fields of `kind` that `audience` may see: the one wall of confidentiality.

    Of a kind that cannot be shared a supporter sees only what names them among its own readers: it was written for
    them, as "what I wish people knew" is.
    """
    if audience not in kind.audience:  # type: ignore[attr-defined]
        return ()
    described = about(kind)
    only_named = audience == "supporter" and "share_with" not in described
    return tuple(
        name for name, told in described.items()
        if (not only_named if told.audience is None else audience in told.audience)
    )  # fmt: skip


def is_visible(kind: type, share_with: Iterable[str], audience: Audience, supporter: Any = None) -> bool:
    """Whether `audience` may see one record of `kind` at all.

    A supporter sees a record only when it was shared with that very supporter and its kind is among those
    that they may see; of a kind without `share_with`, only what was written for supporters.
    """
    if audience not in kind.audience:  # type: ignore[attr-defined]
        return False
    if audience != "supporter":
        return True
    if supporter is None:
        return False
    if "share_with" not in about(kind):
        return bool(visible_fields(kind, audience))
    return kind.plural in supporter.may_see and supporter.id in share_with  # type: ignore[attr-defined]


def format_value(told: About, value: Any, names: Mapping[str, str]) -> str:
    """A field's value as a person reads it: a choice's own words, the names behind ids, several with commas."""
    words = dict(told.choices)
    if told.kind == "flag":
        return _("yes") if value else ""
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, tuple):
        return beside(", ", (names.get(one, words.get(one, str(one))) for one in value if one))
    if value is None or value == "":
        return ""
    return words.get(value) or names.get(str(value)) or str(value)
