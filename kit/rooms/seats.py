"""Who is in a room: how many people are said to be here, whose phone is let in, which one waits, which one is gone."""

import time
from dataclasses import dataclass, field
from uuid import uuid4

from kit.forms import FormError
from kit.rooms.live import LiveRoom, NotOwner
from kit.words import KitError, _

MAX_SEATS = 3_000
SEAT_TIMEOUT = 20 * 60.0  # seconds in which somebody says yes to the agreements, or needs the code once more


@dataclass
class Person:
    """A phone in the room; what is known of it stays in this process, and ends with it."""

    agreed: bool = False
    let_in: bool = False
    nickname: str = ""
    since: float = field(default_factory=time.monotonic)
    round: int = 0  # the code under which it was heard last
    tag: str = field(default_factory=lambda: uuid4().hex)  # what the facilitator's page calls it
    kept: dict[str, list[str]] = field(default_factory=dict)  # question -> what the phone calls its answers
    dotted: set[str] = field(default_factory=set)


class Seats(LiveRoom):
    """The phones of a workshop. A seat is held by a phone that was let in and is heard of under the present code.

    Until somebody says how many people are here, everybody is let in, and no figure counts anybody.
    """

    def __init__(self) -> None:
        super().__init__("phone", "door", "board", "lead")
        self.people: dict[str, Person] = {}
        self.headcount: int | None = None
        self.round = 0

    def join(self) -> str:
        """A place for a phone that came by the link or the code; it lapses unless somebody says yes soon."""
        if self.is_full():
            self._remove_expired()
        if self.is_full():
            raise KitError(_("This room is full just now. Please tell the person who leads the group."))
        token = uuid4().hex
        self.people[token] = Person(round=self.round)
        if self.is_full():
            self.notify("lead")
        return token

    def is_full(self) -> bool:
        return len(self.people) >= MAX_SEATS

    def _remove_expired(self) -> None:
        """Places that nobody said yes to in time, and those of an earlier code that were not heard of since."""
        gone = [token for token, one in self.people.items() if self._has_expired(one) or one.round != self.round]
        for token in gone:
            del self.people[token]

    def _has_expired(self, person: Person) -> bool:
        return not person.agreed and time.monotonic() - person.since > SEAT_TIMEOUT

    def is_member(self, token: str) -> bool:
        """Whether a phone has a place here; to be heard of is what renews it under a new code."""
        person = self.people.get(token)
        if person is None or self._has_expired(person):
            self.people.pop(token, None)
            return False
        if person.round != self.round:
            person.let_in = self._has_room()
            person.round = self.round
        return True

    def agree(self, token: str, nickname: str) -> None:
        person = self.people[token]
        person.agreed, person.nickname = True, " ".join(nickname.split())[:40]
        person.let_in = person.let_in or self._has_room()
        self.notify("lead")

    def is_in(self, token: str) -> bool:
        person = self.people[token]
        return person.agreed and person.let_in

    def _has_room(self) -> bool:
        return self.headcount is None or len(self.seated()) < self.headcount

    def seated(self) -> list[Person]:
        """The phones that are in, in no order of arrival."""
        here = (one for one in self.people.values() if one.round == self.round and one.let_in and one.agreed)
        return sorted(here, key=lambda one: (one.nickname.casefold(), one.tag))

    def waiting(self) -> list[Person]:
        """Those who said yes, and are more than there are people."""
        return [one for one in self.people.values() if one.round == self.round and one.agreed and not one.let_in]

    def countable(self) -> int:
        """How many people a figure may count on: phones that are in, and no more than the people who were counted."""
        return min(self.headcount or 0, len(self.seated()))

    # the facilitator -----------------------------------------------------------------------------

    def set_headcount(self, typed: str) -> None:
        """How many people are here; phones that waited for a seat take those that there are now."""
        number = typed.strip()
        if not (number.isdecimal() and len(number) < 5 and 1 <= int(number) <= MAX_SEATS):
            sentence = _("How many people are here: please give a whole number from 1 to {most}.")
            raise FormError({"heads": sentence.format(most=MAX_SEATS)})
        self.headcount = int(number)
        for person in self.waiting():
            person.let_in = self._has_room()
        self.notify("lead", "door")

    def admit_all(self) -> None:
        """All who wait: there are more people here than were counted."""
        for person in self.waiting():
            person.let_in = True
        if self.headcount is not None:
            self.headcount = max(self.headcount, len(self.seated()))
        self.notify("lead", "door")

    def remove_person(self, tag: str) -> None:
        """One phone loses its place; what it has shared stays, and what it wrote for itself is on the phone."""
        token = next((token for token, one in self.people.items() if one.tag == tag), None)
        if token is None:
            raise NotOwner
        del self.people[token]
        self.notify("lead", "phone", "door")

    def renew_seats(self) -> None:
        """There is a new code: who is in goes on as soon as their phone is heard of, every other place is gone."""
        self.people = {token: one for token, one in self.people.items() if one.agreed and one.let_in}
        self.round += 1
        self.notify("lead", "board", "phone", "door")
