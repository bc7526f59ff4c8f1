"""All that is held of one client as a folder of files, and the entries of such a folder into a book."""

import contextlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from kit import files
from kit.exchange import Row, data_dictionary, read_rows, write_csv
from kit.fields import about, visible_fields
from kit.records import BY_PLURAL, KINDS, Client, OfClient, Record
from kit.store import Store, code_names
from kit.words import KitError, _, day_words, labelled, write_error

CLIENT_KINDS = [kind for kind in KINDS if kind is Client or issubclass(kind, OfClient)]
EVERYTHING, DICTIONARY, README = "everything.json", "data_dictionary.md", "README.md"


def export(store: Store, client: str, to: Path, private: bool = True) -> Path:
    """Writes all that is held of a client into a new or empty folder; gives it back.

    Where `to` holds files already they stay as they are, and a folder is made within it.
    """
    whose = store.client(client)
    with _write_atomically(to, client) as (folder, place):
        found = {kind: store.records(kind, client) for kind in CLIENT_KINDS}
        held = {kind: some for kind, some in found.items() if some}
        for kind, some in held.items():
            write_csv(folder / f"{kind.plural}.csv", some, () if private else _private_fields(kind))
        everything = json.dumps(_as_json(store, whose, held, private), ensure_ascii=False, indent=1)
        texts = {EVERYTHING: everything, DICTIONARY: data_dictionary(), README: _readme(client, held, private)}
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode(errors="backslashreplace"))  # half a sign, as JSON writes it
    return place


def _private_fields(kind: type[Record]) -> set[str]:
    """The fields of a kind that are for the coach's eyes alone."""
    return set(about(kind)) - set(visible_fields(kind, "client"))


def _as_json(store: Store, whose: Client, held: dict, private: bool) -> dict[str, Any]:
    changes, drafts = store.history_of(whose.name)
    return {
        "client": whose.name,
        "taken_out_on": date.today().isoformat(),
        "entries": {
            kind.plural: [_row_as_json(kind, one.model_dump(mode="json"), private) for one in some]
            for kind, some in held.items()
        },
        "history": [_change_as_json(one, private) for one in changes],
        "being_typed": [_draft_as_json(one, private) for one in drafts],
    }


def _draft_as_json(draft: dict[str, Any], private: bool) -> dict[str, Any]:
    return {
        **draft,
        "at": draft["at"].isoformat(),
        "typed": draft["typed"] if private else _redact_draft(draft["typed"]),
    }


def _row_as_json(kind: type[Record], row: dict[str, Any], private: bool) -> dict[str, Any]:
    return {name: value for name, value in row.items() if private or name not in _private_fields(kind)}


def _change_as_json(change: dict[str, Any], private: bool) -> dict[str, Any]:
    before = change["before"] and _row_as_json(BY_PLURAL[change["kind"]], change["before"], private)
    return {**change, "at": change["at"].isoformat(), "before": before}


def _redact_draft(typed: Any) -> Any:
    """What is being typed, without what is for the coach's eyes alone."""
    gone = set().union(*map(_private_fields, CLIENT_KINDS))
    if isinstance(typed, dict):
        return {name: _redact_draft(value) for name, value in typed.items() if name not in gone}
    return typed


def _readme(client: str, held: dict, private: bool) -> str:
    files = [f"- `{kind.plural}.csv`: {kind.singular}, {len(some)}" for kind, some in held.items()]
    own = sorted({name for kind in held for name in _private_fields(kind)})
    words = _COACHS if private else _WITHOUT_COACHS
    parts = [
        f"# {_('What is held about {client}').format(client=client)}",
        _("Taken out of the Reflection Kit on {day}.").format(day=day_words(date.today())),
        "\n".join(files),
        _(
            "Each of these files is a table that a spreadsheet opens. `everything.json` holds the same entries, and "
            "also earlier forms of those that were changed or removed, and what was typed and not saved yet. "
            "`data_dictionary.md` says what each column holds. Of a kind that is not in the list nothing was noted."
        ),
        words.format(columns=", ".join(f"`{name}`" for name in own)) if own else "",
        _(
            "Words that begin like a formula (with = + - or @) have an apostrophe before them, so that no spreadsheet "
            "reckons with them; the kit takes it away again. Days are written like 2026-03-31, times in UTC."
        ),
        _(
            "Whoever can open this folder can read it: please keep it where nobody else looks, and hand it out by a "
            "safe way. `kit import` brings the entries into another book; earlier forms stay here."
        ),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


_COACHS = _(
    "The columns {columns} were written for the coach's eyes alone. They are in here because whoever asks what is held "
    "about them is told all of it."
)
_WITHOUT_COACHS = _("What was written for the coach's eyes alone ({columns}) is left out here.")
_NOT_WRITTEN = _("{place} could not be written. Please look whether its disk has room, or choose another folder.")


@contextlib.contextmanager
def _write_atomically(to: Path, client: str) -> Iterator[tuple[Path, Path]]:
    """(a folder to write to, where it lies in the end): nothing is there before all is, and it is its owner's alone."""
    try:
        place = free_folder(to, client) if to.exists() and not (to.is_dir() and not any(to.iterdir())) else to
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".taking-out-", dir=place, ignore_cleanup_errors=True) as made:
            yield Path(made), place
            for path in sorted(Path(made).iterdir()):
                path.chmod(0o600)
                path.replace(place / path.name)
    except OSError as error:
        raise write_error(error, to, _NOT_WRITTEN) from error


def free_folder(folder: Path, client: str) -> Path:
    """A name for a client's copy that nothing in this folder has yet."""
    name = f"{files.file_name(client)}-{date.today().isoformat()}"
    names = (folder / (f"{name}-{number}" if number > 1 else name) for number in count(1))
    return next(place for place in names if not place.exists())


# back in ----------------------------------------------------------------------------------------


def import_folder(store: Store, folder: Path) -> tuple[int, int, list[str]]:
    """Brings a folder's records into a book: (how many, how many were there, what is amiss); all of them, or none."""
    if not folder.is_dir():
        raise KitError(
            _("{folder} is not a folder. Please name the folder that holds the files.").format(folder=folder)
        )
    rows, amiss = read_rows(folder)
    if not (rows or amiss):
        raise KitError(_("{folder} holds no entry. Please look whether it is the right folder.").format(folder=folder))
    here = {kind: {one.id: one for one in store.records(kind)} for kind in KINDS}
    new = [row for row in rows if here[type(row.record)].get(row.record.id) != row.record]
    amiss += _conflicts(here, rows, new)
    if new and not amiss:
        store.import_records([row.record for row in new])
    return (0 if amiss else len(new)), len(rows) - len(new), amiss


_Records = dict[type[Record], dict[str, Any]]


def _conflicts(here: _Records, rows: list[Row], new: list[Row]) -> list[str]:
    """Why records cannot come in: one sentence for each."""
    both = {kind: dict(some) for kind, some in here.items()}
    for row in rows:
        both[type(row.record)][row.record.id] = row.record
    clients = {one.name for one in both[Client].values()}
    times = Counter((row.record.plural, row.record.id) for row in rows)
    found = [row.describe(sentence) for row in new for sentence in _conflicts_of(row.record, here, both, clients)]
    return found + [row.describe(_DUPLICATE) for row in rows if times[row.record.plural, row.record.id] > 1]


def _conflicts_of(one: Any, here: _Records, both: _Records, clients: set[str]) -> Iterator[str]:
    if one.id in here[type(one)]:
        yield _("it is in the book already, in another form, and that one stays.")
    elif isinstance(one, Client):
        others = (other.name for other in both[Client].values() if other.id != one.id)
        amiss = code_names.find_conflict(one.name, others)
        if amiss:
            yield labelled(about(Client)["name"].label, amiss)
    if isinstance(one, OfClient) and one.client not in clients:
        yield _("there is no client called {name}, neither here nor in the book.").format(name=one.client)
    for name, field in about(type(one)).items():
        to = getattr(one, name)
        if field.kind == "link" and to and to not in both[BY_PLURAL[field.of]]:
            yield _("{label}: what it leads to is neither here nor in the book.").format(label=field.label)


_DUPLICATE = _("this is here twice. Please remove one.")
