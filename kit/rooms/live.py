"""What is the same in every room: pages that wait hear of news, and writing goes on in a thread of its own."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class NotOwner(Exception):
    """Somebody asks for what belongs to another device."""


class LiveRoom:
    """Something under way, with a mark for each kind of page that is another one as soon as there is news."""

    def __init__(self, *audiences: str) -> None:
        self.ended = False
        self.people: dict[str, Any] = {}
        self._marks = dict.fromkeys(audiences, 0)
        self._moved = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="kit-room")

    def place(self) -> str:
        """Where everybody is; when it changes, phones go along."""
        return ""

    def version(self, of: str) -> str:
        return "closed" if self.ended else f"{self.place()}.{self._marks[of]}"

    async def wait_for_change(self, of: str, known: str, longest: float) -> str:
        """The mark, once it is another one than what is `known`, or after a while."""
        until = time.monotonic() + longest
        while self.version(of) == known and (left := until - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                break
        return self.version(of)

    def notify(self, *whom: str) -> None:
        for one in whom:
            self._marks[one] += 1
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def is_member(self, token: str) -> bool:
        """Whether a device has a place here."""
        return token in self.people

    async def finish(self) -> None:
        """Ends, once all that has to be kept is kept."""
        self.end()

    def end(self) -> None:
        self.ended = True
        self.notify()

    async def run_in_writer(self, work: Callable[..., Any], *given: Any) -> Any:
        """Writes one after the other, while other pages go on."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work, *given)
