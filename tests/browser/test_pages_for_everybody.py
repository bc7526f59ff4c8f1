"""The pages of the sample's people, as they are read by ear, on a phone, at night and in somebody's own colours."""

import re
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from kit import exchange, places, reports
from kit.records import BY_PLURAL
from kit.store import Store

TODAY = date(2026, 11, 20)  # the day after the last one of the sample
READ_ALOUD = Path(__file__).with_name("read_aloud")
VIEWS = [(320, "light", "none"), (768, "dark", "none"), (1280, "light", "none"), (1280, "light", "active")]
PAGES = [("Heron", "client"), ("Heron", "supporter"), ("River", "client"), ("Birch", "client"), ("Birch", "card")]


@pytest.fixture(scope="module")
def book():
    store = Store(None)
    store.save(*exchange.read_folder(places.SAMPLE_DATA)[0])
    return store


def made(book, client: str, audience: str):
    if audience == "card":
        return reports.build_card(book, client, TODAY)
    supporter = book.records(BY_PLURAL["supporters"], client)[0].id if audience == "supporter" else None
    return reports.build_from_rows(
        reports.read_rows(book, client), client, reports.ReportRequest(audience, supporter), TODAY
    )


def as_heard(snapshot: str) -> str:
    """The tree without what lies inside of a picture: there its sentence is read, and nothing else."""
    heard, inside = [], None
    for line in snapshot.splitlines():
        depth = len(line) - len(line.lstrip())
        if inside is None or depth <= inside:
            inside = depth if re.match(r" *- '?img\b", line) else None
            heard.append(line.rstrip(":"))
    return "\n".join(heard) + "\n"


@pytest.fixture
def opened(new_page, book, tmp_path):
    def begin(client, audience, width=1280, scheme="light", forced="none"):
        place = made(book, client, audience).write(tmp_path, TODAY)
        view = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "forced_colors": forced}
        page = new_page(**view, bypass_csp=True)  # the looker itself is a script
        page.goto(place.as_uri())
        if page.locator(".kit-plot").count():
            page.wait_for_selector("[data-drawn] .kit-plot .main-svg", timeout=20_000)
        return page

    return begin


@pytest.mark.parametrize(("client", "audience"), PAGES)
def test_axe_finds_nothing_amiss_however_a_page_is_looked_at(opened, client, audience):
    for width, scheme, forced in VIEWS:
        page = opened(client, audience, width, scheme, forced)
        page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        found = Axe().run(page)

        assert found.violations_count == 0, found.generate_report()
        assert found.response["passes"], "axe looked at nothing"
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_would_find_a_picture_without_its_sentence(opened):
    page = opened("Heron", "client")
    page.evaluate("document.querySelector('.kit-plot').removeAttribute('aria-label')")

    assert Axe().run(page).violations_count == 1


@pytest.mark.parametrize(("client", "audience"), PAGES[1:])
def test_read_aloud_a_page_says_what_it_said_when_somebody_last_listened(opened, client, audience):
    """Where it is meant to say something else now: remove the text file, run this once, and read what it wrote."""
    told = as_heard(opened(client, audience).locator("body").aria_snapshot())
    kept = READ_ALOUD / f"{client}-{audience}.txt"
    if not kept.exists():
        kept.write_text(told, "utf-8")
        pytest.fail(f"{kept.name} was not there; it is written now, and asks to be read")

    assert told == kept.read_text("utf-8")
