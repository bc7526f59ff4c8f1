"""A page for each client of a caseload: read once, made on all cores, and one client's trouble stops nobody else's."""

import os
import traceback
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from kit import places, reports
from kit.records import BY_PLURAL, OfClient
from kit.reports import ReportRequest, print_pdf
from kit.reports.report import Rows
from kit.words import KitError, _

PAGES_PER_PROCESS = 12  # a further process takes as long to begin as about twenty pages take


@dataclass(frozen=True)
class Result:
    """What became of one client's page: the file it lies in, or one sentence that says why there is none."""

    client: str
    place: Path | None = None
    trouble: str = ""


def group_by_client(told: Rows) -> dict[str, Rows]:
    """Code name -> that client's own rows, in the order of the book; what belongs to nobody comes along with each."""
    shared = {plural: some for plural, some in told.items() if not _has_owner(plural)}
    found: dict[str, dict[str, list]] = {row["name"]: defaultdict(list) for row in told["clients"]}
    for plural in told.keys() - shared.keys():
        for row in told[plural]:
            found[row["name" if plural == "clients" else "client"]][plural].append(row)
    return {client: {**dict.fromkeys(told, ()), **some, **shared} for client, some in found.items()}


def _has_owner(plural: str) -> bool:
    return plural == "clients" or issubclass(BY_PLURAL[plural], OfClient)


def build_all(
    each: dict[str, Rows], asked: ReportRequest, to: Path | None = None, pdf: bool = False, cores: int | None = None
) -> Iterator[Result]:
    """The page of each client, as they are done. Further processes are handed plain rows: no book, and no key."""
    to = to or places.reports()
    at_once = min(cores or os.cpu_count() or 1, len(each) // PAGES_PER_PROCESS + 1)
    if at_once == 1:
        for client, told in each.items():
            yield build_one(client, told, asked, to, pdf)
        return
    with ProcessPoolExecutor(at_once, get_context("spawn")) as pool:  # the same on every platform
        waiting = {pool.submit(build_one, client, told, asked, to, pdf): client for client, told in each.items()}
        try:
            for future in as_completed(waiting):
                yield _result_of(waiting[future], future)
        finally:
            pool.shutdown(cancel_futures=True)


def _result_of(client: str, future: Future) -> Result:
    try:
        return future.result()  # type: ignore[no-any-return]
    except BrokenExecutor:
        return Result(client, trouble=_("The program that made it has ended. Please make this page once more."))


def build_one(client: str, told: Rows, asked: ReportRequest, to: Path, pdf: bool) -> Result:
    """One client's page; whatever comes between is said in one sentence."""
    try:
        page = reports.build_from_rows(told, client, asked)
        return Result(client, print_pdf.write_pdf(page, to) if pdf else page.write(to))
    except KitError as trouble:
        return Result(client, trouble=str(trouble))
    except Exception:  # noqa: BLE001  whatever it was, the others get their pages
        places.log_error(traceback.format_exc(limit=-3))
        return Result(client, trouble=_("This page could not be made. What went on is noted in trouble.log."))


def active_clients(told: Rows) -> dict[str, Rows]:
    """Code name -> rows, of all who were not put away."""
    away = {row["name"] for row in told["clients"] if row["put_away_on"]}
    return {client: rows for client, rows in group_by_client(told).items() if client not in away}
