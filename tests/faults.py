"""What a session keeps when a write, a sync or a lock goes wrong: a child process for each fault, and what it tells.

`faults.c` lets the N-th call go wrong, loaded before everything else (Linux). A server imports the kit once, under the
shim, and forks for each order; what lies on the disk then is looked at by whoever asked, without the shim.
"""

import contextlib
import ctypes
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import kit
from kit.book import Book
from kit.store import Store, opening
from kit.words import KitError

SOURCE = Path(__file__).with_suffix(".c")
KINDS = {"write": 1, "sync": 2, "lock": 4}
KEY = b"k" * 32
ROUNDS = 200  # saves at most until the N-th call has come
TRIED_AGAIN = 2  # rounds after it


@dataclass(frozen=True)
class Order:
    """One fault: where, which call, what the system says then, whether it goes on; and what is done meanwhile."""

    place: str
    key: str
    kind: str
    nth: int
    error: int
    onwards: bool
    closes: bool
    only: str = ""  # the end of the name of the one file that is meant; empty: the book and all beside it
    session: bool = True  # else the book is opened, and that is all


FAULTS = {
    "the disk does not answer": ("write", errno.EIO),
    "the disk is full": ("write", errno.ENOSPC),
    "what is written does not arrive": ("sync", errno.EIO),
    "the book is held": ("lock", errno.EAGAIN),
    "locks do not work": ("lock", errno.EIO),
}


def shim(folder: Path) -> str:
    """The compiled shim."""
    made = folder / "faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl"], check=True)
    return str(made)


def at_each_call(
    folder: Path,
    most: int,
    begun: Callable[[Path, bytes | None], None],
    kinds: Collection[str] = tuple(KINDS),
    **more: Any,
) -> list[tuple[Order, dict[str, Any]]]:
    """(order, what the child told) for each fault at each call up to `most`; `begun` lays the book down.

    The ways take turns: once or from then on, encrypted or plain, closed in the end or left.
    """
    orders = []
    for kind, error in (one for one in FAULTS.values() if one[0] in kinds):
        for nth in range(1, most + 1):
            place, key = folder / str(len(orders)) / "practice.book", (None, KEY)[nth // 2 % 2]
            place.parent.mkdir()
            begun(place, key)
            told = (str(place), key.hex() if key else "", kind, nth, error, nth % 2 == 1, nth // 4 % 2 == 1)
            orders.append(Order(*told, **more))
    return list(zip(orders, lived(orders, folder), strict=True))


def with_heron(folder: Path) -> Callable[[Path, bytes | None], None]:
    """Lays down copies of a small book, so that it need not be made each time."""
    made = {key: folder / f"made-{bool(key)}" / "practice.book" for key in (None, KEY)}
    for key, place in made.items():
        place.parent.mkdir()
        with contextlib.closing(Store(place, key)) as store:
            store.save(kit.Client(name="Heron"), kit.Agreement(client="Heron", to="notes"))

    def begun(place: Path, key: bytes | None) -> None:
        shutil.copytree(made[key].parent, place.parent, dirs_exist_ok=True)

    return begun


def amiss(order: Order, told: dict[str, Any]) -> list[str]:
    """What did not go as promised: each saved entry is there once, each other is in its form, and all is told."""
    found = [told["amiss"]] if told["amiss"] else []
    found += [] if told.get("hits") else ["no call went wrong"]
    found += [f"unclear: {one}" for one in told.get("said", ()) if not _is_clear(one)]
    try:
        store = Store(Path(order.place), bytes.fromhex(order.key) or None)
    except KitError as trouble:
        return [*found, f"alarm: {trouble}"]
    with contextlib.closing(store):
        titles = [one.title for one in store.records(kit.Win)]
        draft = store.draft("Heron", "small_win").get("win", {}).get("title", "")
    found += [f"gone: {one}" for one in told.get("kept", ()) if one not in titles]
    found += [f"twice: {one}" for one in set(titles) if titles.count(one) > 1]
    drafted = told.get("drafted", "")
    found += [f"draft gone: {drafted}"] if drafted and drafted not in (*titles, draft) else []
    return found


def _is_clear(sentence: str) -> bool:
    """One sentence with what to do next; "did not work here" is for what nobody has thought of."""
    return "lease " in sentence and sentence.endswith(".") and "\n" not in sentence and "did not work" not in sentence


def lacking() -> str:
    """Why no fault can be made here; empty where it can."""
    if sys.platform != "linux":
        return "faults are made on Linux alone"
    return "" if shutil.which("cc") else "there is no C compiler (cc) here, so no fault can be made"


def require() -> None:
    """Without a compiler a test of faults is skipped, or fails where KIT_FAULT_TESTS=required asks for one."""
    import pytest  # which the server and its children do without

    if lacking() and os.environ.get("KIT_FAULT_TESTS") == "required":
        pytest.fail(lacking())
    if lacking():
        pytest.skip(lacking())


def lived(orders: Iterable[Order], folder: Path) -> list[dict[str, Any]]:
    """What each child says of what it did."""
    asked = [asdict(one) for one in orders]
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LD_PRELOAD": shim(folder), "KIT_HOME": str(folder), "JPY_PARENT_PID": "1"},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(answers) != len(asked):
        raise RuntimeError(f"{len(answers)} of {len(asked)} answered: {done.stderr}")
    return answers


# in the server and its children ------------------------------------------------------------------


def _serve() -> None:
    opening.SETTINGS["busy_timeout"] = opening.BUSY_TIMEOUT = 20  # nobody waits ten seconds for a lock that never comes
    _warm(kit.open_book(":memory:"))
    libc = ctypes.CDLL(None)
    for told in json.loads(sys.stdin.read()):
        order = Order(**told)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            signal.alarm(60)  # whatever waits for ever dies, and has not answered
            _answer(order, libc, writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            sys.stdout.write(f"{pipe.read() or json.dumps({'amiss': 'died'})}\n")
        os.waitpid(child, 0)


def _warm(book: Any) -> None:
    """What is imported only when it is needed is imported now."""
    import_module("alembic.command")
    book._store.save(kit.Client(name="Heron"), kit.Agreement(client="Heron", to="notes"))
    panel = book.small_win()
    book.state.choose("Heron")
    panel.fill("win", title="bread")
    panel.do_save()


def _answer(order: Order, libc: Any, pipe: int) -> None:
    told: dict[str, Any] = {"said": [], "kept": [], "left": "", "drafted": "", "amiss": ""}
    try:
        with contextlib.suppress(_Over):
            _live(order, libc, told)
    except BaseException:  # noqa: BLE001  it is told, and held against the kit
        told["amiss"] = traceback.format_exc()
    told["hits"] = libc.faults_hits()
    os.write(pipe, json.dumps(told).encode())
    os._exit(0)


class _Over(Exception):
    """The book could not be opened."""


def _live(order: Order, libc: Any, told: dict[str, Any]) -> None:
    kind, path = KINDS[order.kind], f"{order.place}{order.only}".encode()
    libc.faults_arm(path, kind, order.nth, order.error, int(order.onwards))
    if not order.session:
        _open(order, told).close()
        return
    book, chooser, panel = _at_the_table(order, told)
    _press(chooser, told, "choose", {"with": "Heron"})
    if "form" not in repr(panel.view):
        libc.faults_arm(b"", 0, 0, 0, 0)
        _press(chooser, told, "choose", {"with": "Heron"})
    for number in _rounds(libc):
        _round(panel, f"bread {number}", told)
    libc.faults_arm(b"", 0, 0, 0, 0)  # there is room again
    if panel.typed:
        _save(panel, panel.typed["win"]["title"], told, {})
    told["left"] = panel.typed.get("win", {}).get("title", "")
    if order.closes:
        book.close()


def _open(order: Order, told: dict[str, Any]) -> Any:
    try:
        return Book(Path(order.place), Store(Path(order.place), bytes.fromhex(order.key) or None))
    except KitError as trouble:
        told["said"].append(str(trouble))
        raise _Over from trouble


def _at_the_table(order: Order, told: dict[str, Any]) -> tuple[Any, Any, Any]:
    book = _open(order, told)
    try:
        return book, book.choose_client(), book.small_win()
    except KitError as trouble:
        told["said"].append(str(trouble))
        raise _Over from trouble


def _rounds(libc: Any) -> Iterator[int]:
    """Until the fault has come, and some more."""
    left = TRIED_AGAIN
    for number in range(ROUNDS):
        left -= bool(libc.faults_hits())
        if left < 0:
            return
        yield number


def _round(panel: Any, title: str, told: dict[str, Any]) -> None:
    """Somebody types, and presses Save; what was not saved stays in the form, and is saved with the next."""
    title = panel.typed["win"]["title"] if panel.typed else title
    typed = {"win": {"title": title}}
    _press(panel, told, "draft", {"typed": typed})
    if panel.status.get("kept"):
        told["drafted"] = title
    _save(panel, title, told, {"typed": typed})


def _save(panel: Any, title: str, told: dict[str, Any], message: dict[str, Any]) -> None:
    _press(panel, told, "save", message)
    said = panel.status.get("said", "")
    if said.startswith("Saved"):
        told["kept"].append(title)
    elif panel.typed.get("win", {}).get("title") != title:
        raise AssertionError(f"{title!r} is neither saved nor in the form: {said!r}")


def _press(panel: Any, told: dict[str, Any], do: str, message: dict[str, Any]) -> None:
    panel._heard(panel, {"do": do, **message}, [])
    said = panel.status.get("said", "")
    if said and not said.startswith("Saved"):
        told["said"].append(said)


if __name__ == "__main__":
    _serve()
