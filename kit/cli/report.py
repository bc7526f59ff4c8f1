"""`kit report`: the page that a client takes home."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kit.cli import options
from kit.words import _


def report(
    client: Annotated[str | None, typer.Argument(help=_("A code name"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=_("A page for each client who is not put away"))] = False,
    audience: Annotated[str, typer.Option(help=_("client, supporter or coach"))] = "client",
    supporter: Annotated[str | None, typer.Option(help=_("Whose report it is"))] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("From this day on"))] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Up to this day"))] = None,
    card: Annotated[bool, typer.Option("--card", help=_("The card to take home instead"))] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help=_("As PDF, printed by an installed browser"))] = False,
    paper: Annotated[str, typer.Option(help=_("A4 or Letter, for --pdf"))] = "A4",
    out: Annotated[Path | None, typer.Option(help=_("The folder or file to write"))] = None,
    book: options.Book = None,
) -> None:
    from kit import reports
    from kit.reports import print_pdf
    from kit.reports import rendering as papers

    if audience not in reports.READERS:
        readers = ", ".join(reports.READERS)
        raise typer.BadParameter(_("audience: please choose one of {readers}.").format(readers=readers))
    if all_ == bool(client) or (all_ and card):
        raise typer.BadParameter(_("Please name one client, or write --all for a page of each."))
    if paper not in papers.SIZES:
        raise typer.BadParameter(_("paper: please choose one of {sizes}.").format(sizes=", ".join(papers.SIZES)))
    first, last = (day.date() if day else None for day in (since, until))
    asked = reports.ReportRequest(audience, supporter, first, last, size=paper if pdf else "")
    if all_:
        raise typer.Exit(_report_for_each(book, asked, out, pdf))
    store = options.unlock_book(book)._store
    page = reports.build_card(store, str(client), size=asked.size) if card else reports.build(store, str(client), asked)
    typer.echo(print_pdf.write_pdf(page, out) if pdf else page.write(out))


def _report_for_each(named: str | None, asked: Any, out: Path | None, pdf: bool) -> int:
    """A page for each client; whose page could not be made is named at the end. 1 when that was anybody's."""
    from tqdm import tqdm

    from kit import reports
    from kit.reports.batch import active_clients, build_all

    if out and out.suffix.lower() in (".html", ".htm", ".pdf") and not out.is_dir():
        raise typer.BadParameter(_("--out: please name a folder for the pages of several clients."))
    told = reports.read_rows(options.unlock_book(named)._store)
    each = active_clients(told)
    done = list(tqdm(build_all(each, asked, out, pdf), total=len(each), unit=_(" pages"), disable=None))
    order = list(each)
    for one in sorted(done, key=lambda one: order.index(one.client)):
        typer.echo(one.place or f"{one.client}: {one.trouble}", err=not one.place)
    made = sum(one.place is not None for one in done)
    typer.echo(_("{n} of {all} pages are made.").format(n=made, all=len(done)))
    away = len(told["clients"]) - len(each)
    if away:
        typer.echo(_("Put away, and left out here: {n}.").format(n=away))
    return 0 if made == len(done) else 1
