"""Nothing lost: what opening says of damaged and of sound copies, what kills and faults leave, what the look costs.

KIT_SAFETY is how much: 1 takes some minutes, 10 is 10,000 kills, 2,000 copies of each sort, faults at 200 calls.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Finding, Row, in_turn, note
from kit import places, records
from kit.store import Store, checkpoint, opening
from kit.words import _

sys.path.insert(0, str(places.ROOT / "tests"))
import faults
import harmed
import kept

MUCH = float(os.environ.get("KIT_SAFETY", "1"))
KILLS, COPIES, OF_EACH, CALLS, BACKUPS, ENTRIES, RUNS = 1_000, 200, 20, 20, 10, 100_000, 5


def measure() -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="kit-safety-") as name:
        folder = Path(name)
        return [_damaged(folder), _sound(folder), _killed(folder), *_at_each_call(folder), _backed_up(folder),
                _at_once(folder), *_opening(folder)]  # fmt: skip


def _looked_at(folder: Path, acts: tuple) -> list[tuple[str, str, bool]]:
    seeds = range(max(1, round(COPIES * MUCH / OF_EACH)))
    return [one for seed in seeds for one in harmed.looked_at(folder, seed, acts, OF_EACH)]


def _damaged(folder: Path) -> Finding:
    looked = _looked_at(folder, harmed.DAMAGES)
    unnamed = sum(not (said or same) for _what, said, same in looked)
    told = _("Here: {n} copies, {named} named, {same} that lost nothing, {unnamed} not named.").format(
        n=len(looked),
        named=sum(bool(said) for _what, said, _same in looked),
        same=sum(same for _what, _said, same in looked),
        unnamed=unnamed,
    )
    return Finding([], _("Aim: each damaged copy that lost or changed something is named."), not unnamed, told)


def _sound(folder: Path) -> Finding:
    looked = _looked_at(folder, harmed.HARMLESS)
    alarms = sum(bool(said) or not same for _what, said, same in looked)
    told = _("Here: {alarms} of {n} sound copies.").format(alarms=alarms, n=len(looked))
    return Finding([], _("Aim: no sound copy raises an alarm."), not alarms, told)


def _killed(folder: Path) -> Finding:
    acknowledged, lacking, said = harmed.killed(folder, round(KILLS * MUCH), seed=round(time.time()))
    told = _("Here: {kills} kills, {lacking} of {n} entries gone, {alarms} alarms.").format(
        kills=round(KILLS * MUCH), lacking=lacking, n=acknowledged, alarms=len(said)
    )
    aim = _("Aim: after a kill every acknowledged entry is there, and there is no alarm.")
    return Finding([], aim, not (lacking or said), told)


def _at_each_call(folder: Path) -> list[Finding]:
    """Each sort of fault at each call: once or from then on, in an encrypted or a plain book, closed or left."""
    if faults.lacking():
        return [note(told=faults.lacking())]
    within = folder / "faults"
    within.mkdir()
    lived = faults.at_each_call(within, round(CALLS * MUCH), faults.with_heron(within))
    amiss = [one for order, told in lived for one in faults.amiss(order, told)]
    sys.stderr.writelines(f"{one}\n" for one in amiss)
    told = _("Here: {n} faults, {told} told, {kept} entries saved beside them, {amiss} not as promised.").format(
        n=len(lived),
        told=sum(bool(told["said"]) for _order, told in lived),
        kept=sum(len(told["kept"]) for _order, told in lived),
        amiss=len(amiss),
    )
    aim = _("Aim: whatever goes wrong at a call is told, the text stays, and each saved entry is there once.")
    return [Finding([], aim, not amiss, told)]


def _backed_up(folder: Path) -> Finding:
    within = folder / "backed-up"
    within.mkdir()
    looked_at, cut_short, amiss = kept.killed_backups(within, round(BACKUPS * MUCH), seed=round(time.time()))
    told = _("Here: {n} finished backups after {kills} kills, {cut} cut short, {amiss} not as promised.").format(
        n=looked_at, kills=round(BACKUPS * MUCH), cut=cut_short, amiss=len(amiss)
    )
    aim = _("Aim: each finished backup comes back, and an unfinished one is never taken for finished.")
    return Finding([], aim, not amiss, told)


def _at_once(folder: Path) -> Finding:
    there = harmed.saved_at_once(folder / "at-once.book", None, 100, 20)
    told = _("Here: {n} of 2,000.").format(n=there)
    return Finding(
        [], _("Aim: 100 programs save 20 entries each into one book, and all are kept."), there == 2000, told
    )


def _opening(folder: Path) -> list[Finding]:
    found = []
    for name, key in ((_("plain"), None), (_("encrypted"), b"k" * 32)):
        place = _filled(folder / f"{name}.book", key)
        sides = [lambda p=place, k=key: _as_closed(p, k), lambda p=place, k=key: _after_a_kill(p, k),
                 lambda p=place, k=key: _bare(p, k)]  # fmt: skip
        closed, killed, bare = in_turn(sides, RUNS)
        peer = Row(_("{name}, {n} entries: opened without the look").format(name=name, n=ENTRIES), bare)
        looked = Row(_("{name}: opened with it, after it was closed").format(name=name), closed)
        found += [
            _times(looked, peer),
            note(Row(_("{name}: opened with it, after a kill: every entry is looked at").format(name=name), killed)),
        ]
    return found


def _times(row: Row, peer: Row) -> Finding:
    ratio = row.median / peer.median
    aim = _("Aim: at most {most} times the opening without the look.").format(most=2)
    return Finding([row, peer], aim, ratio <= 2, _("Here: {ratio:.2f} times.").format(ratio=ratio))


def _filled(place: Path, key: bytes | None) -> Path:
    store = Store(place, key)
    store.save(records.Client(name="Heron"))
    some = [records.Win(client="Heron", title=f"bread {n}", on=None) for n in range(ENTRIES // 2)]
    others = [records.CheckIn(client="Heron", energy=n % 11, soft="tea with a neighbour") for n in range(ENTRIES // 2)]
    store.save(*some, *others)
    store.close()
    return place


def _as_closed(place: Path, key: bytes | None) -> float:
    return _timed(lambda: Store(place, key)._engine)


def _after_a_kill(place: Path, key: bytes | None) -> float:
    told = checkpoint.path_for(place).read_bytes()
    last = checkpoint.read(place, checkpoint.signing_key(key))
    checkpoint.reset(
        place,
        checkpoint.signing_key(key),
        checkpoint.Checkpoint(last.count, last.link, last.at) if last else checkpoint.Checkpoint(0, "", ""),
    )
    try:
        return _timed(lambda: Store(place, key)._engine)
    finally:
        checkpoint.path_for(place).write_bytes(told)


def _bare(place: Path, key: bytes | None) -> float:
    return _timed(lambda: opening.open_engine(place, key))


def _timed(do: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    engine = do()
    taken = 1000 * (time.perf_counter() - begun)
    engine.dispose()
    return taken
