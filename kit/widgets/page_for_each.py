"""A page to take home for each client, made in one go while the coach goes on with something else."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kit import places
from kit.widgets.blocks import Block, Button, button, buttons, progress, said, text
from kit.widgets.coach import CoachsOwn
from kit.words import _

if TYPE_CHECKING:
    from kit.reports.batch import Result


@dataclass
class _Run:
    of: int
    stopped: bool = False
    done: list["Result"] = field(default_factory=list)


class PageForEach(CoachsOwn):
    """The pages are made by other programs; what this panel shows of them goes when somebody is looked at."""

    name = "page_for_each"
    needs_client = False
    _run: _Run | None = None
    _is_making = False

    def refresh(self) -> None:
        if self.state.locked or self.state.client:
            self._stop()
            self._run = None
        super().refresh()

    def looks(self) -> str:
        return "waits" if self.state.client else ""

    def blocks(self) -> list[Block]:
        if self.state.client:
            return []
        words = _(
            "Each holds what its client may see. Left out are those who are put away, or have taken back their yes."
        )
        made = [button("make", _("Make a page for each"), False, looks="main"), *self._as_pdf()]
        ways = [button("stop", _("Stop here"))] if self._is_making else made
        return [text(words, "quiet"), *self._how_far(), buttons(*ways), said(), *self._troubles()]

    def _as_pdf(self) -> list[Button]:
        from kit.reports import print_pdf

        return [button("make", _("As PDF"), True)] if print_pdf.find_browser() else []

    def _how_far(self) -> list[Block]:
        run = self._run
        if run is None:
            return []
        made = sum(one.place is not None for one in run.done)
        words = _("{n} of {all} pages are made.").format(n=made, all=run.of)
        if self._is_making:
            return [progress(len(run.done), run.of, words)]
        return [text(words), text(_("They lie here: {path}").format(path=places.reports()), "quiet")]

    def _troubles(self) -> list[Block]:
        told = [one for one in self._run.done if one.trouble] if self._run else []
        return [text(f"{one.client}: {one.trouble}") for one in told]

    # what its buttons do ---------------------------------------------------------------------------

    def do_make(self, pdf: bool) -> None:
        from kit import reports
        from kit.reports.batch import active_clients

        if self._is_making:
            return
        each = active_clients(reports.read_rows(self.state.store))
        if not each:
            self.tell(said=_("Nobody is in this book yet."))
            return
        self._run, self._is_making = _Run(len(each)), True
        self.tell()
        self.refresh()
        self._work(self._run, each, pdf)

    def do_stop(self) -> None:
        self._stop()
        self.refresh()

    def _stop(self) -> None:
        if self._run:
            self._run.stopped = True

    # making ----------------------------------------------------------------------------------------

    def _work(self, run: _Run, each: dict[str, Any], pdf: bool) -> None:
        """Beside the notebook's own work, so that a form can be filled in meanwhile; a script waits for it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._make(run, each, pdf, lambda do, *given: do(*given))
            return
        given = (run, each, pdf, loop.call_soon_threadsafe)
        threading.Thread(target=self._make, args=given, daemon=True).start()

    def _make(self, run: _Run, each: dict[str, Any], pdf: bool, tell: Callable[..., Any]) -> None:
        from kit.reports import ReportRequest
        from kit.reports.batch import build_all

        try:
            for one in build_all(each, ReportRequest(), pdf=pdf):
                tell(self._one_more, run, one)
                if run.stopped:
                    return
        finally:
            tell(self._ended)

    def _one_more(self, run: _Run, one: "Result") -> None:
        run.done.append(one)
        if run is self._run:
            self.refresh()

    def _ended(self) -> None:
        self._is_making = False
        self.refresh()
