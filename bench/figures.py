"""Figures of several runs, what they are held against, and how they are told."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from kit.words import _


@dataclass(frozen=True)
class Row:
    """One thing measured several times; `unit` is "ms" or "s"."""

    name: str
    runs: list[float]
    unit: str = "ms"

    @property
    def median(self) -> float:
        return median(self.runs)

    @property
    def quick(self) -> float:
        """A quarter of the runs were at least this quick: what other programs did meanwhile shows least here."""
        return quantiles(self.runs, n=4)[0]

    def told(self) -> list[str]:
        return [self.name, *(self._number(one) for one in (self.median, min(self.runs), max(self.runs)))]

    def _number(self, value: float) -> str:
        return f"{value:.0f} ms" if self.unit == "ms" else f"{value:.2f} s"


@dataclass(frozen=True)
class Finding:
    """The kit's row beside its peer's, and one sentence that says the aim and whether it is met; None: no aim."""

    rows: list[Row]
    aim: str = ""
    met: bool | None = None
    told: str = ""

    @property
    def sentence(self) -> str:
        if self.met is None:
            return self.told
        return f"{self.aim} {self.told} {_('The aim is met.') if self.met else _('The aim is not met yet.')}"


def times(kit: Row, peer: Row, most: float) -> Finding:
    """Held against the peer as a ratio."""
    ratio, undisturbed = kit.median / peer.median, kit.quick / peer.quick
    aim = _("Aim: at most {most} times the peer.").format(most=most)
    told = _("Here: {ratio:.2f} times ({undisturbed:.2f} in the quickest quarter of the runs).")
    return Finding([kit, peer], aim, ratio <= most, told.format(ratio=ratio, undisturbed=undisturbed))


def less(kit: Row, peer: Row, least: float) -> Finding:
    """Held against the peer as how many times quicker it is."""
    ratio = peer.median / kit.median
    aim = _("Aim: at least {least} times quicker than the peer.").format(least=least)
    return Finding([kit, peer], aim, ratio >= least, _("Here: {ratio:.1f} times quicker.").format(ratio=ratio))


def more(kit: Row, peer: Row, most: float) -> Finding:
    """Held against the peer as seconds on top of it."""
    extra = kit.median - peer.median
    aim = _("Aim: at most {most} s more than the peer.").format(most=most)
    return Finding([kit, peer], aim, extra <= most, _("Here: {extra:.2f} s more.").format(extra=extra))


def note(*rows: Row, told: str = "") -> Finding:
    """Figures without an aim."""
    return Finding(list(rows), told=told)


def in_turn(sides: Sequence[Callable[[], Any]], runs: int, warm: int = 1) -> list[list[Any]]:
    """What each side measured, A B A B: whatever else the machine does meets all of them alike."""
    kept: list[list[Any]] = [[] for _side in sides]
    for number in range(warm + runs):
        for side, found in zip(sides, kept, strict=True):
            value = side()
            if number >= warm:
                found.append(value)
    return kept


def table(findings: Sequence[Finding]) -> str:
    """The findings as plain text."""
    head = ["", _("median"), _("least"), _("most")]
    lines = [head, *(row.told() for one in findings for row in one.rows)]
    wide = [max(len(line[column]) for line in lines) for column in range(4)]

    def laid_out(cells: list[str]) -> str:
        first, *others = zip(cells, wide, strict=True)
        return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()

    told = [laid_out(head)]
    for one in findings:
        told += [*(laid_out(row.told()) for row in one.rows), *([f"  {one.sentence}"] if one.sentence else []), ""]
    return "\n".join(told)


def write(path: Path, findings: dict[str, list[Finding]]) -> None:
    """All runs of all figures, for other programs."""
    told = {what: [{**asdict(one), "sentence": one.sentence} for one in some] for what, some in findings.items()}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
