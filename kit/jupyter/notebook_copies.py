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


def bring() -> list[str]:
    """Lays the notebooks of this kit down; gives a sentence for each that now lies beside one that was changed."""
    known = _known()
    told = [_follow(shipped, known.setdefault(shipped.stem, [])) for shipped in _shipped()]
    if known != _known():
        _put(_record(), json.dumps(known, indent=1).encode())
    return [words for words in told if words]


def beside() -> list[str]:
    """What `bring` said, for each new notebook that still lies beside a changed one."""
    return [_said(shipped.stem, new) for shipped in _shipped() for new in takewhile(Path.exists, _places(shipped.stem))]


def _shipped() -> list[Path]:
    return sorted(places.NOTEBOOKS.glob("*.ipynb"))


def _record() -> Path:
    return places.home() / "notebooks.json"


def _known() -> dict[str, list[str]]:
    """Of each notebook the digests of all that kits have laid down here; a copy with another one was changed."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        told = json.loads(_record().read_text(encoding="utf-8"))
        return {name: [str(digest) for digest in digests] for name, digests in told.items()}
    return {}


def _follow(shipped: Path, known: list[str]) -> str:
    """Brings one notebook up to date, in its own place or, where a person changed that one, beside it."""
    content = shipped.read_bytes()
    digest = _digest(content)
    offered = digest in known
    known.extend([] if offered else [digest])
    if _laid_down(places.notebooks() / shipped.name, content, known):
        for new in takewhile(Path.exists, _places(shipped.stem)):
            if _standing(new, content) in known:
                new.unlink(missing_ok=True)  # its own place has it now
        return ""
    if offered:
        return ""
    return next(_said(shipped.stem, new) for new in _places(shipped.stem) if _laid_down(new, content, known))


def _places(stem: str) -> Iterator[Path]:
    """Where a new notebook can lie beside a changed one."""
    names = chain([f"{stem} (new)"], (f"{stem} (new {number})" for number in count(2)))
    return (places.notebooks() / f"{name}.ipynb" for name in names)


def _laid_down(place: Path, content: bytes, known: list[str]) -> bool:
    """Writes a notebook where nothing stands, or what a kit laid down; False where a person's own stands."""
    found = _standing(place, content)
    if found is not None and found not in known:
        return False
    if found != _digest(content):
        _put(place, content)
    return True


def _standing(place: Path, content: bytes) -> str | None:
    """The digest of what stands there; None where nothing does."""
    try:
        found = place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return ""
    return _digest(content) if found == content else _digest(found, _as_shipped)


def _as_shipped(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook without what only came from running it."""
    from kit.jupyter import extension  # slow to import: only where a copy is not, to the byte, what was shipped

    return extension.cleaned(notebook) if extension.carries_mark(notebook) else notebook


def _digest(content: bytes, made: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> str:
    """Of what counts in a notebook, in whatever way a program has written that down."""
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
        notebook = made(json.loads(content))
        cells = [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]
        content = json.dumps([notebook["metadata"], cells], sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _put(place: Path, content: bytes) -> None:
    try:
        files.write_atomically(place, content)
    except KitError as error:
        if error.__cause__ and is_full(error.__cause__):
            raise
        sentence = _("{file} could not be written. Please look whether its disk has room, then open the kit again.")
        raise KitError(sentence.format(file=place)) from error


def _said(stem: str, new: Path) -> str:
    return _(
        "You've changed {name}, so yours stays as it is. The new version is next to it: {new}. To switch to the new "
        "one, rename or delete yours in {folder}, then open the kit again."
    ).format(name=stem, new=new.stem, folder=new.parent)
