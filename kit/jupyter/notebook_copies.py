"""A person's own copies of the notebooks: what they changed stays as it is, all else follows the kit that runs."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import chain, count, takewhile
from pathlib import Path
from typing import Any

from kit import files, places
from kit.words import KitError, _, is_full


def update_copies() -> list[str]:
    """Lays the notebooks of this kit down; gives a sentence for each that now lies beside one that was changed."""
    known = _load_digests()
    told = [_update_copy(shipped, known.setdefault(shipped.stem, [])) for shipped in _shipped_notebooks()]
    if known != _load_digests():
        _write(_digests_file(), json.dumps(known, indent=1).encode())
    return [words for words in told if words]


def pending_updates() -> list[str]:
    """What `bring` said, for each new notebook that still lies beside a changed one."""
    return [
        _update_sentence(shipped.stem, new)
        for shipped in _shipped_notebooks()
        for new in takewhile(Path.exists, _paths_beside(shipped.stem))
    ]


def _shipped_notebooks() -> list[Path]:
    return sorted(places.NOTEBOOKS.glob("*.ipynb"))


def _digests_file() -> Path:
    return places.home() / "notebooks.json"


def _load_digests() -> dict[str, list[str]]:
    """Of each notebook the digests of all that kits have laid down here; a copy with another one was changed."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        told = json.loads(_digests_file().read_text(encoding="utf-8"))
        return {name: [str(digest) for digest in digests] for name, digests in told.items()}
    return {}


def _update_copy(shipped: Path, known: list[str]) -> str:
    """Brings one notebook up to date, in its own place or, where a person changed that one, beside it."""
    content = shipped.read_bytes()
    digest = _digest(content)
    offered = digest in known
    known.extend([] if offered else [digest])
    if _write_unless_changed(places.notebooks() / shipped.name, content, known):
        for new in takewhile(Path.exists, _paths_beside(shipped.stem)):
            if _digest_of_copy(new, content) in known:
                new.unlink(missing_ok=True)  # its own place has it now
        return ""
    if offered:
        return ""
    return next(
        _update_sentence(shipped.stem, new)
        for new in _paths_beside(shipped.stem)
        if _write_unless_changed(new, content, known)
    )


def _paths_beside(stem: str) -> Iterator[Path]:
    """Where a new notebook can lie beside a changed one."""
    names = chain([f"{stem} (new)"], (f"{stem} (new {number})" for number in count(2)))
    return (places.notebooks() / f"{name}.ipynb" for name in names)


def _write_unless_changed(place: Path, content: bytes, known: list[str]) -> bool:
    """Writes a notebook where nothing stands, or what a kit laid down; False where a person's own stands."""
    found = _digest_of_copy(place, content)
    if found is not None and found not in known:
        return False
    if found != _digest(content):
        _write(place, content)
    return True


def _digest_of_copy(place: Path, content: bytes) -> str | None:
    """The digest of what stands there; None where nothing does."""
    try:
        found = place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return ""
    return _digest(content) if found == content else _digest(found, _without_outputs)


def _without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook without what only came from running it."""
    from kit.jupyter import extension  # slow to import: only where a copy is not, to the byte, what was shipped

    return extension.without_outputs(notebook) if extension.is_kit_notebook(notebook) else notebook


def _digest(content: bytes, made: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> str:
    """Of what counts in a notebook, in whatever way a program has written that down."""
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
        notebook = made(json.loads(content))
        cells = [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]
        content = json.dumps([notebook["metadata"], cells], sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _write(place: Path, content: bytes) -> None:
    try:
        files.write_atomically(place, content)
    except KitError as error:
        if error.__cause__ and is_full(error.__cause__):
            raise
        sentence = _("{file} could not be written. Please look whether its disk has room, then open the kit again.")
        raise KitError(sentence.format(file=place)) from error


def _update_sentence(stem: str, new: Path) -> str:
    return _(
        "You've changed {name}, so yours stays as it is. The new version is next to it: {new}. To switch to the new "
        "one, rename or delete yours in {folder}, then open the kit again."
    ).format(name=stem, new=new.stem, folder=new.parent)
