"""The page to take home in a real browser: opened from disk, drawn, printed, and with script turned off."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from kit import reports
from kit.frames import CLIENT_KINDS, frame
from kit.records import Better, CheckIn, Milestone, Setback, Step, StepWeek, Tool, ToolUse
from kit.reports import print_pdf

MONDAY = date(2026, 3, 2)
HOSTILE = "</script></style><script>window.broken = 1</script><img src=x onerror=window.broken=1><a href=//e.org>e</a>"
WATCH = """
window.turnedAway = [];
addEventListener("securitypolicyviolation", (event) => window.turnedAway.push(event.violatedDirective + event.sample));
"""


@pytest.fixture
def place(tmp_path):
    heron = {"client": "Heron"}
    records = [
        Better(**heron, text=HOSTILE, on=MONDAY),
        Milestone(**heron, title=HOSTILE, note=HOSTILE, on=MONDAY),
        Setback(**heron, title=HOSTILE, what_held=HOSTILE, triggers=(HOSTILE,), began_on=MONDAY, back_on_feet_on=None),
        *(CheckIn(**heron, on=MONDAY + timedelta(days=7 * n), energy=4, living_well=n) for n in range(9)),
        Tool(**heron, id="tool", title=HOSTILE, when_it_fits=HOSTILE),
        *(ToolUse(**heron, tool="tool", on=MONDAY + timedelta(days=n), helped=n) for n in range(4)),
        Step(**heron, id="step", title=HOSTILE, when=HOSTILE, then=HOSTILE),
        *(
            StepWeek(**heron, step="step", week_of=MONDAY + timedelta(weeks=n), planned=3, done=n, reason=HOSTILE)
            for n in range(4)
        ),
    ]
    frames = {
        kind.plural: frame(kind, [one.model_dump() for one in records if type(one) is kind], "client")
        for kind in CLIENT_KINDS
    }
    html = reports.render_page(frames, client="Heron", audience="client", today=date(2026, 5, 4))
    return reports.write_page(html, "Heron", "client", date(2026, 5, 4), tmp_path)


@pytest.fixture
def opened(new_page, place):
    """Opens the page from disk and waits for its picture; `asked` are the addresses that it asked for."""

    def begin(width=1280, scheme="light", script=True, forced="none"):
        size = {"width": width, "height": 900}
        page = new_page(viewport=size, color_scheme=scheme, java_script_enabled=script, forced_colors=forced)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        if script:
            page.add_init_script(WATCH)
        page.goto(place.as_uri())
        if script:
            page.wait_for_selector("[data-drawn] .kit-plot .main-svg", timeout=20_000)
        return page

    return begin


def names(page, role: str) -> list[str]:
    """The accessible names of a role, as somebody who listens to the page meets them."""
    return re.findall(rf"^ *- '?{role} \"(.*?)\"", page.locator("main").aria_snapshot(), re.M)


def star(page) -> str:
    return page.evaluate("getComputedStyle(document.querySelector('.scatterlayer .trace:last-child path.point')).fill")


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_drawn_offline_without_anything_cut_off_or_turned_away(opened, place, width, scheme):
    page = opened(width, scheme)

    assert page.asked == [place.as_uri()]
    assert page.evaluate("window.turnedAway") == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".modebar").count() == 0


def test_with_forced_colours_everything_is_drawn_and_reads(opened):
    page = opened(forced="active")

    assert page.evaluate("window.turnedAway") == []
    assert page.locator(".kit-plot .main-svg").first.is_visible()


def test_each_picture_is_an_image_with_its_sentence_and_each_table_has_heads(opened):
    page = opened()
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")

    assert page.locator(".kit-plot").count() == len(names(page, "img")) == 3
    assert names(page, "img")[0].startswith("So far: 1 milestone")
    assert page.locator("table").count() == page.locator("table:has(thead th[scope=col])").count() > 4


def test_the_headings_tell_the_page_in_order_and_none_is_skipped(opened):
    page = opened()
    found = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((one) => [one.tagName, one.textContent])")

    levels = [int(tag[1]) for tag, _words in found]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert [words for tag, words in found if tag == "H2"] == [
        "Milestones", "The journey so far", "Setbacks", "Finding my feet", "What helped", "Small steps",
        "What I can reach for",
    ]  # fmt: skip


def test_the_keyboard_walks_down_the_page_and_each_stop_can_be_seen(opened):
    page = opened()
    tops = []
    for _stop in range(page.locator("summary").count()):
        page.keyboard.press("Tab")
        tops.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    assert tops == sorted(tops)
    assert page.evaluate("Math.min(...[...document.querySelectorAll('summary')].map((one) => one.offsetHeight))") >= 44


def test_a_pdf_is_tagged_has_the_paper_that_was_asked_for_and_all_of_the_page(place):
    made = print_pdf.print_to_pdf(place.read_text("utf-8"))

    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made and b"/StructTreeRoot" in made
    assert b"/Title (Notes to take home)" in made or "Notes to take home".encode("utf-16-be") in made


def test_peoples_text_runs_nothing_and_links_nowhere(opened):
    page = opened()
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")

    assert page.locator("blockquote").text_content() == HOSTILE
    assert page.evaluate("window.broken") is None
    assert page.locator("main a, svg a, main img, main script").count() == 0


def test_the_same_script_put_into_the_page_by_somebody_else_is_turned_away(chromium, place):
    html = place.read_text("utf-8").replace("</main>", "<script>window.broken = 1</script><img src=x:y></main>")
    place.write_text(html, "utf-8")
    page = chromium.new_page()
    page.add_init_script(WATCH)
    page.goto(place.as_uri())
    page.wait_for_selector("[data-drawn] .kit-plot", timeout=20_000)

    assert page.evaluate("window.broken") is None
    assert len(page.evaluate("window.turnedAway")) == 2
    page.close()


def test_without_script_the_sentences_and_tables_tell_everything(opened):
    page = opened(script=False)

    assert "So far: 1 milestone" in page.locator(".journey .sentence").inner_text()
    assert not page.locator(".kit-plot").first.is_visible()
    page.locator(".journey summary").click()
    assert page.locator(".journey tbody tr").count() == 2
    assert page.locator(".journey tbody tr").last.is_visible()


def test_on_paper_the_picture_is_light_and_every_table_is_open(opened):
    page = opened(scheme="dark")
    on_screen = star(page)

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert (on_screen, star(page)) == ("rgb(79, 195, 161)", "rgb(0, 119, 90)")
    assert page.evaluate("document.querySelector('.main-svg').getBoundingClientRect().width") == 640
    assert page.locator(".journey tbody").bounding_box()["height"] > 0
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert star(page) == on_screen
