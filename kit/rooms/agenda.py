"""The arc of a workshop: its phases, their minutes, what each asks; read from a file that may be copied and changed."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import places
from kit.fields import about
from kit.records import BY_PLURAL
from kit.words import KitError, _

BUILT_IN = Path(__file__).with_name("workshop.toml")
SHARED_KINDS = ("word", "rating", "line", "lines", "helps")  # what is kept in the book
HIDDEN_KINDS = ("word", "rating")  # until it is revealed
PRIVATE_KINDS = ("own", "when_then")  # what never leaves the phone
LIST_KINDS = ("lines", "helps")
KINDS = ("agree", *SHARED_KINDS, *PRIVATE_KINDS, "take_home", "read")
SINGLE_LINE_KINDS = ("word", "rating")
MAX_LENGTHS = {"word": 40, "line": 280, "lines": 280, "helps": 140}
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PHASE = {"name": str, "title": str, "minutes": int, "lead": str, "take_home": bool, "ask": list}
_ASK = {"name": str, "kind": str, "prompt": str, "help": str, "of": str, "points": list, "rows": int}


@dataclass(frozen=True)
class Question:
    """One question, which is one screen of a phone."""

    name: str
    kind: str
    prompt: str
    help: str = ""
    ends: tuple[str, str] = ("", "")
    points: tuple[str, ...] = ()
    rows: int = 3

    @property
    def is_shared(self) -> bool:
        return self.kind in SHARED_KINDS

    @property
    def is_hidden(self) -> bool:
        return self.kind in HIDDEN_KINDS

    @property
    def is_list(self) -> bool:
        return self.kind in LIST_KINDS

    @property
    def is_private(self) -> bool:
        return self.kind in PRIVATE_KINDS


@dataclass(frozen=True)
class Phase:
    """A part of the workshop, which all walk through together."""

    name: str
    title: str
    minutes: int
    questions: tuple[Question, ...]
    lead: str = ""
    take_home: bool = False


@dataclass(frozen=True)
class Agenda:
    """All phases in their order."""

    title: str
    phases: tuple[Phase, ...]

    def questions(self) -> Iterator[tuple[int, Question]]:
        for at, phase in enumerate(self.phases):
            for ask in phase.questions:
                yield at, ask

    def find(self, name: str) -> tuple[int, Question] | None:
        """The question of this name, and the number of its phase."""
        return next(((at, ask) for at, ask in self.questions() if ask.name == name), None)

    def start_minute(self, at: int) -> int:
        """After how many minutes a phase begins, when all goes as planned."""
        return sum(phase.minutes for phase in self.phases[:at])


def load(path: Path | None = None) -> Agenda:
    """The arc of `path`, else the one in the kit's folder, else the kit's own; raises KitError with the line."""
    own = places.home() / "workshop.toml"
    path = path or (own if own.exists() else BUILT_IN)
    try:
        text = path.read_text(encoding="utf-8")
        return _Parser(path, text).arc(tomllib.loads(text))
    except OSError as error:
        raise KitError(_("{path} cannot be read. Please look whether it is there.").format(path=path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KitError(
            _("{path} cannot be read: {why}. Please look at that line.").format(path=path, why=error)
        ) from error


class _Parser:
    """Looks at each part of a file, and knows the line of whatever does not fit."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.lines, self.names = path, text.splitlines(), set[str]()

    def arc(self, told: Mapping[str, Any]) -> Agenda:
        where = _Place(0, 0)
        self._known(told, {"title": str, "phase": list}, where)
        if not told.get("title", "").strip() or not told.get("phase"):
            raise self._trouble(_("a workshop needs a title and at least one [[phase]]."), where)
        phases = tuple(self._phase(one, at) for at, one in enumerate(told["phase"], 1))
        if not phases[0].questions or phases[0].questions[0].kind != "agree":
            raise self._trouble(
                _('the first question must be of the kind "agree": nobody joins without it.'), _Place(1)
            )
        return Agenda(told["title"], phases)

    def _phase(self, told: Mapping[str, Any], at: int) -> Phase:
        where = _Place(at)
        self._known(told, _PHASE, where)
        self._needs(told, ("name", "title", "minutes"), where)
        self._named(told["name"], where)
        if not 1 <= told["minutes"] <= 240:
            raise self._trouble(_("minutes: please give a whole number from 1 to 240."), where, "minutes")
        asks = tuple(self._ask(one, at, number) for number, one in enumerate(told.get("ask", ()), 1))
        if not asks:
            raise self._trouble(_("a phase needs at least one [[phase.ask]]."), where)
        return Phase(
            told["name"], told["title"], told["minutes"], asks, told.get("lead", ""), told.get("take_home", False)
        )

    def _ask(self, told: Mapping[str, Any], phase: int, number: int) -> Question:
        where = _Place(phase, number)
        self._known(told, _ASK, where)
        self._needs(told, ("name", "kind"), where)
        self._named(told["name"], where)
        if told["kind"] not in KINDS:
            sentence = _("kind: please choose one of {kinds}.").format(kinds=", ".join(KINDS))
            raise self._trouble(sentence, where, "kind")
        wording = self._wording(told["of"], where) if told.get("of") else {}
        prompt = told.get("prompt", wording.get("prompt", ""))
        if not prompt.strip():
            raise self._trouble(_("prompt: please write the question."), where, "prompt")
        points = told.get("points", [])
        if not all(isinstance(one, str) and one.strip() for one in points):
            raise self._trouble(_("points: please write short texts in quotes."), where, "points")
        if told["kind"] == "agree" and not points:
            raise self._trouble(_("points: please write what you agree on."), where, "points")
        return Question(
            told["name"], told["kind"], prompt, told.get("help", wording.get("help", "")),
            wording.get("ends", (_("not at all"), _("very much"))), tuple(points), max(1, min(told.get("rows", 3), 12)),
        )  # fmt: skip

    def _wording(self, of: str, where: "_Place") -> dict[str, Any]:
        plural, _dot, name = of.partition(".")
        field = about(BY_PLURAL[plural]).get(name) if plural in BY_PLURAL else None
        if field is None:
            sentence = _("of: the kit has no field {of}; the data dictionary lists them all.").format(of=of)
            raise self._trouble(sentence, where, "of")
        return {"prompt": field.label, "help": field.help, **({"ends": field.ends} if any(field.ends) else {})}

    def _named(self, name: str, where: "_Place") -> None:
        if not NAME.fullmatch(name):
            raise self._trouble(_("name: please use small letters, digits and _."), where, "name")
        if name in self.names:
            raise self._trouble(_("name: {name} is there twice.").format(name=name), where, "name")
        self.names.add(name)

    def _known(self, told: Any, keys: Mapping[str, type], where: "_Place") -> None:
        if not isinstance(told, dict):
            raise self._trouble(_("please write this as [[phase]] and [[phase.ask]]."), where)
        for key, value in told.items():
            if key not in keys:
                sentence = _("there is no {key} here. Known are: {keys}.").format(key=key, keys=", ".join(keys))
                raise self._trouble(sentence, where, key)
            if not isinstance(value, keys[key]) or (keys[key] is int and isinstance(value, bool)):
                raise self._trouble(f"{key}: {_ASKED[keys[key]]}", where, key)

    def _needs(self, told: Mapping[str, Any], keys: tuple[str, ...], where: "_Place") -> None:
        for key in keys:
            if key not in told or (isinstance(told[key], str) and not told[key].strip()):
                raise self._trouble(_("{key} is needed here.").format(key=key), where, key)

    def _trouble(self, sentence: str, where: "_Place", key: str = "") -> KitError:
        told = _("{path}, line {line}: {sentence}")
        return KitError(told.format(path=self.path, line=where.line(self.lines, key), sentence=sentence))


_ASKED = {
    str: _('please write it in quotes: "...".'),
    int: _("please give a whole number, without quotes."),
    bool: _("please write true or false."),
    list: _("please write a list: [ ... ]."),
}


@dataclass(frozen=True)
class _Place:
    """The nth phase and its nth question; 0 is before the first."""

    phase: int
    ask: int = 0

    def line(self, lines: list[str], key: str) -> int:
        """The number of the line where `key` stands, else of the head of its part."""
        at, here = (0, 0), 1
        for number, line in enumerate(lines, 1):
            head = re.match(r"\s*\[\[\s*phase\s*(\.\s*ask)?\s*\]\]", line)
            if head:
                at = (at[0], at[1] + 1) if head[1] else (at[0] + 1, 0)
            if at == (self.phase, self.ask):
                here = number if head else here
                if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                    return number
        return here
