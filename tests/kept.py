"""Backups made while another program saves, and killed in the middle: which of them are there, and what is in them."""

import contextlib
import os
import random
import time
from pathlib import Path
from unittest.mock import patch

from harmed import FORK

import kit
from kit.store import Store
from kit.vault import backups, transfer
from kit.words import KitError


def _save_on(place: Path, key: bytes | None, acknowledged: Path, most: int) -> None:
    """Saves as fast as it can, and says so after each save."""
    with contextlib.closing(Store(place, key)) as store, acknowledged.open("ab", buffering=0) as file:
        for _save in range(most):
            win = kit.Win(client="Heron", title="bread")
            store.save(win)
            file.write(f"{win.id}\n".encode())


def _back_up_on(place: Path, key: bytes | None, acknowledged: Path, log: Path) -> None:
    """Makes one backup after the other, and says before each how much was acknowledged by then."""
    with log.open("a", buffering=1) as file:
        while True:
            file.write(f"{len(_lines(acknowledged))}\n")
            file.write(f"{backups.make(place, key, backups.BY_KIT).name}\n")


def _lines(file: Path) -> list[str]:
    return file.read_text().split("\n")[:-1] if file.exists() else []


def killed_backups(folder: Path, kills: int, seed: int = 0, saves: int = 1000) -> tuple[int, int, list[str]]:
    """(finished backups that were looked at, those that a kill cut short, what is amiss) after so many kills."""
    rng, looked_at, cut_short, amiss = random.Random(seed), 0, 0, []
    for number in range(kills):
        home = folder / f"kept-{number}"
        home.mkdir(parents=True)
        with patch.dict(os.environ, KIT_HOME=str(home)):
            found, cut, told = _one_kill(home, (None, b"k" * 32)[number % 2], rng.uniform(0.1, 0.8), saves)
        looked_at, cut_short, amiss = looked_at + found, cut_short + cut, [*amiss, *told]
    return looked_at, cut_short, amiss


def _one_kill(home: Path, key: bytes | None, after: float, saves: int) -> tuple[int, int, list[str]]:
    place, acknowledged, log = home / "one.book", home / "acknowledged", home / "log"
    with contextlib.closing(Store(place, key)) as store:
        store.save(kit.Client(name="Heron"))
    saver = FORK.Process(target=_save_on, args=(place, key, acknowledged, saves))
    backing = FORK.Process(target=_back_up_on, args=(place, key, acknowledged, log))
    saver.start(), backing.start()
    time.sleep(after)
    backing.kill()
    backing.join()
    unfinished = len(list((home / "backups").glob(".moving-*")))
    amiss = [f"listed, and is none: {file.name}" for file in backups.unreadable_files()]
    begun = _begun(_lines(log))
    listed = backups.backup_files(place) if key is None else [one.file for one in backups.list_all()]
    for file in listed:
        amiss += _looked_into(
            file, home / f"{file.name}.book", key, _lines(acknowledged)[: begun.get(file.name, begun[""])]
        )
    saver.kill()
    saver.join()
    backups.make(place, key)
    amiss += [f"left: {one.name}" for one in (home / "backups").glob(".moving-*")]
    return len(listed), unfinished, amiss


def _begun(lines: list[str]) -> dict[str, int]:
    """Name of a backup -> how much was acknowledged when it was begun; "" is one that was laid down and not told."""
    begun, count = {}, 0
    for line in lines:
        if line.isdecimal():
            count = int(line)
        else:
            begun[line] = count
    return {**begun, "": count}


def _looked_into(file: Path, place: Path, key: bytes | None, acknowledged: list[str]) -> list[str]:
    try:
        with file.open("rb") as opened:
            transfer.unpack(opened, place, key or b"")
        with contextlib.closing(Store(place, key)) as store:
            there = {one.id for one in store.records(kit.Win)}
    except KitError as trouble:
        return [f"{file.name}: {trouble}"]
    lacking = len(set(acknowledged) - there)
    return [f"{file.name}: {lacking} are not in it"] if lacking else []
