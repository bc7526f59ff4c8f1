"""What the panels of a notebook are told of a workshop: where it is, and what everybody in the room may see anyway."""

from typing import Any

from kit.rooms import disclosure
from kit.rooms.agenda import Phase, Question
from kit.rooms.workshop import LiveWorkshop
from kit.words import _, one_or_many


def take(run: LiveWorkshop) -> dict[str, Any]:
    """The phases, and what is on the board; never who has answered, nor how many, nor whether anybody has."""
    return {
        "phases": [_phase_data(one) for one in run.agenda.phases],
        "board": [_board_data(run, ask) for ask in run.phase.questions],
        "calls": bool(run.calls),
        "heads": run.headcount,
        "seated": len(run.seated()),
        "at_the_door": len(run.waiting()),
        "full": run.is_full(),
        "asked": dict(run.asked),
        "keep_until": run.record.keep_until.isoformat() if run.record.keep_until else "",
    }


def few_lines_warning(lines: int) -> str:
    """What somebody should know before they see what waits."""
    return one_or_many(
        "{n} line is waiting. With so few you may guess whose it is.",
        "{n} lines are waiting. With so few you may guess whose they are.",
        lines,
    ).format(n=lines)


def waiting_phones(phones: int, heads: int) -> str:
    told = one_or_many("{n} phone is waiting to come in.", "{n} phones are waiting to come in.", phones)
    return told.format(n=phones) + " " + _("You counted {heads}. Please count once more.").format(
        heads=heads
    )  # fmt: skip


def seated_phones(phones: int) -> str:
    return one_or_many("{n} phone is in", "{n} phones are in", phones).format(n=phones)


def _phase_data(one: Phase) -> dict[str, Any]:
    asks = [{"name": ask.name, "prompt": ask.prompt, "kind": ask.kind} for ask in one.questions]
    return {"name": one.name, "title": one.title, "minutes": one.minutes, "lead": one.lead,
            "take_home": one.take_home, "asks": asks}  # fmt: skip


def _board_data(run: LiveWorkshop, ask: Question) -> dict[str, Any]:
    figure = run.ratings.get(ask.name)
    return {
        "prompt": ask.prompt,
        "kind": ask.kind,
        "lines": [{"text": one.text, "dots": run.dots.get(one.id)} for one in run.shown(ask)],
        "bands": disclosure.to_dicts(figure) if figure and figure.bands else [],
        "ends": list(ask.ends),
    }
