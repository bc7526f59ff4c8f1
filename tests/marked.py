"""Invented stories with a mark in each text, and who may never find it: for the tests and for `kit bench privacy`."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kit import reports
from kit.fields import about
from kit.frames import CLIENT_KINDS
from kit.records import KINDS, Client, Practice, Record, Supporter, SupportLine
from kit.reports import ReportRequest
from kit.reports.batch import group_by_client

TODAY = date(2026, 5, 4)
MARK = re.compile(r"mk\d+q")
SHARED = ("wins", "sparks", "milestones", "setbacks", "plan", "noticed")
NEVER_SHARED = ("triggers", "outside_control", "private_note", "share_with")
FOR_THE_COACH = ("private_note", "put_away_on", "lock_after")


@dataclass
class Story:
    """Plain rows of two clients, and for each mark its kind, its field, its row."""

    rows: dict[str, list[dict]] = field(default_factory=lambda: {kind.plural: [] for kind in KINDS})
    marks: dict[str, tuple[str, str, dict]] = field(default_factory=dict)

    def read(self) -> dict[str, list[dict]]:
        """What a book hands over for pages."""
        return {kind.plural: self.rows[kind.plural] for kind in (*CLIENT_KINDS, SupportLine, Practice)}

    def hidden_from(self, client: str, audience: str, supporter: dict | None) -> set[str]:
        """The marks that must be nowhere in this reader's page; said here once more, without the kit's own wall."""
        return {mark for mark, told in self.marks.items() if not _may_read(*told, client, audience, supporter)}


def _may_read(plural: str, name: str, row: dict, client: str, audience: str, supporter: dict | None) -> bool:
    if plural in ("support_lines", "practice"):
        return name != "lock_after"
    if row.get("client", row.get("name")) != client:
        return False
    if audience == "just_me":
        return True
    if name in FOR_THE_COACH:
        return False
    if audience == "client":
        return True
    assert supporter
    if plural == "clients":
        return name == "wish_you_knew"
    if plural == "supporters":
        return row["id"] == supporter["id"] and name in ("name", "asked_to")
    if plural not in SHARED or name in NEVER_SHARED:
        return False
    return supporter["id"] in row["share_with"] and plural in supporter["may_see"]


def story(seed: int) -> Story:
    """Two clients, three who stand by each, and a few records of every kind, shared or not by chance."""
    dice, made = random.Random(seed), Story()
    for client in ("Heron", "Maple"):
        for kind in CLIENT_KINDS:
            for _n in range(1 if kind is Client else dice.randint(0, 3) if kind is not Supporter else 3):
                _add(made, dice, kind, client)
    for kind in (SupportLine, Practice):
        _add(made, dice, kind, "")
    return made


def _add(made: Story, dice: random.Random, kind: type[Record], client: str) -> None:
    own = {"client": client} if "client" in kind.model_fields else {}
    row_id = f"{kind.plural}-{client}-{len(made.rows[kind.plural])}"
    marks: dict[str, str] = {}
    values = {name: _value(made, dice, kind, name, client, marks) for name in about(kind)}
    if kind is Client:
        values["name"] = client
        marks.pop("name", None)
    for name in ("back_on_feet_on", "ends_on", "withdrawn_on"):
        values |= {name: None} if name in values else {}
    record = kind.model_validate({"id": row_id, **own, **values}, context={"kept": True})
    row = record.model_dump()
    made.rows[kind.plural].append(row)
    made.marks |= {mark: (kind.plural, name, row) for name, mark in marks.items()}


def _value(made: Story, dice: random.Random, kind: type[Record], name: str, client: str, marks: dict) -> Any:
    told = about(kind)[name]
    if told.kind in ("text", "texts") or (told.kind == "several" and not told.choices):
        mark = f"mk{len(made.marks) + len(marks)}{dice.randint(0, 9**6)}q"
        if name == "outside_control":
            return ()
        marks[name] = mark
        return mark if told.kind == "text" else (mark,) * max(told.least, 1)
    if told.kind == "several":
        return tuple(value for value, _words in told.choices if dice.random() < 0.7)
    if told.kind == "links":
        found = [row["id"] for row in made.rows[told.of] if row["client"] == client]
        return tuple(one for one in found if dice.random() < 0.4)
    if told.kind == "link":
        found = [row["id"] for row in made.rows[told.of] if row["client"] == client]
        return dice.choice(found) if found else f"{told.of}-none"
    if told.kind == "day":
        return TODAY - timedelta(days=7 * dice.randint(0, 30)) - timedelta(days=TODAY.weekday())
    return {"rating": dice.randint(0, 10), "count": dice.randint(1, 4), "flag": name == "timed"}.get(
        told.kind, told.choices[0][0] if told.choices else None
    )


def found_out(seed: int) -> Iterator[tuple[str, int, list[tuple[str, str]]]]:
    """(reader, marks in their page, the fields whose marks must not be in it): a client's page and a supporter's."""
    made = story(seed)
    for client, rows in list(group_by_client(made.read()).items())[seed % 2 :][:1]:
        readers = [("client", None), ("supporter", rows["supporters"][seed % 3])]
        for audience, supporter in readers:
            page = reports.build_from_rows(rows, client, ReportRequest(audience, supporter and supporter["id"]), TODAY)
            name = page.file_name(TODAY)
            there = set(MARK.findall(page.without_bundle() + name))
            wrong = there & made.hidden_from(client, audience, supporter)
            yield audience, len(there), sorted(made.marks[mark][:2] for mark in wrong)
