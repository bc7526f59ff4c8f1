"""The real notebooks with somebody at the table, as they are read by ear, by day and at night."""

from itertools import pairwise

import lab
import pytest
import sitting
from axe_playwright_python.sync_playwright import Axe

LOOKED_AT = ("1_session", "2_progress", "just_me", "4_workshop", "5_your_data")
NOTEBOOKS = (*LOOKED_AT, "3_reports")
# What is the kit's own on the page; JupyterLab's menus and its list of cells (.jp-WindowedPanel-viewport) are not.
OURS = {"include": [[".kit-bar"], [".jp-RenderedMarkdown"], [".kit-panel"]]}
NEXT = dict(pairwise(NOTEBOOKS))
# The headings that cannot be seen although something that they are about can.
UNSEEN = """() => [...document.querySelectorAll(".jp-MarkdownCell:has(h1, h2, h3)")].filter((cell) => {
    const about = [];
    for (let next = cell.nextElementSibling; next?.matches(".jp-CodeCell"); next = next.nextElementSibling)
        about.push(...next.querySelectorAll(".kit-panel"));
    const hidden = !cell.querySelector("h1, h2, h3").checkVisibility();
    return hidden && (!about.length || about.some((one) => one.checkVisibility()));
}).map((cell) => cell.querySelector("h1, h2, h3").textContent.replace(/\\W+$/, ""))"""
# Where a heading begins, and the card right under it.
EDGES = """() => [...document.querySelectorAll(".jp-MarkdownCell + .jp-CodeCell .kit-panel")].map((card) => {
    const heading = card.closest(".jp-Cell").previousElementSibling.querySelector("h1, h2");
    return [heading, card].map((one) => one.getBoundingClientRect().x);
})"""
# What a first meeting asks in full is later one line that says what it is.
IN_ONE_LINE = {"1_session": ["What does better mean to you", "Who stands by you, and what helps already"]}


@pytest.fixture(scope="module")
def context(chromium):
    """One person's browser, tall enough that every picture is drawn."""
    context = chromium.new_context(viewport={"width": 1280, "height": 16000}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture(scope="module")
def pages(server, context):
    """Each notebook on its page; the one that comes next begins while this one is looked at.

    Heron sits down on the first, and the others follow; the workshop is about nobody.
    """
    opened = {}

    def begun(name):
        if name not in opened:
            opened[name] = context.new_page()
            opened[name].goto(server.page_of(f"{name}.ipynb"), wait_until="commit")
        return opened[name]

    def seated(name):
        page = begun(name)
        begun(NEXT.get(name, name))
        page.bring_to_front()
        lab.wait_for_quiet(page)
        last = sitting.panel(page, {"4_workshop": "support_now", "just_me": "private_notes"}.get(name, "next_person"))
        last.locator("button:visible").first.wait_for()
        return page

    first = begun(NOTEBOOKS[0])
    sitting.all_is_there(first)
    sitting.choose(first, "Heron")
    return seated


def all_in_view(page) -> None:
    """Every picture is drawn, and what can be opened is open."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('.kit-plot')].every((one) => one.hidden || one.dataset.drawn)"
    )
    page.evaluate("document.querySelectorAll('.kit-panel details').forEach((one) => { one.open = true; })")
    page.evaluate("document.querySelectorAll('.kit-panel button[aria-expanded=false]').forEach((one) => one.click())")


def turned(page, scheme: str) -> None:
    """The person's system turns dark or light, and the page follows by itself."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "(light) => document.body.dataset.jpThemeLight === light", arg=str(scheme == "light").lower()
    )


@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing_amiss_in_a_notebook_by_day_and_at_night(pages, name):
    page = pages(name)
    all_in_view(page)
    for scheme in ("light", "dark"):
        turned(page, scheme)
        found = Axe().run(page, context=OURS)

        assert found.response["passes"], "axe looked at nothing"
        assert found.violations_count == 0, found.generate_report()


def test_axe_would_find_a_picture_of_a_notebook_without_its_sentence(pages):
    page = pages("2_progress")
    plot = page.locator(".kit-plot[aria-label]").first
    said = plot.get_attribute("aria-label")
    plot.evaluate("(node) => node.removeAttribute('aria-label')")
    found = Axe().run(page, context={"include": [[".kit-panel"]]}, options={"runOnly": ["role-img-alt"]})
    plot.evaluate("(node, said) => node.setAttribute('aria-label', said)", said)

    assert found.violations_count == 1


def test_a_picture_that_is_far_away_has_no_words_and_is_no_picture_yet(pages):
    """Both come together, when it comes near: a picture without words would be read as nothing."""
    page = pages("2_progress")
    page.set_viewport_size({"width": 1280, "height": 700})
    page.reload()
    lab.wait_for_quiet(page)
    sitting.panel(page, "next_person").locator("button").first.wait_for()
    told = "(all) => all.map((one) => [one.getAttribute('role'), Boolean(one.ariaLabel)])"
    roles = set(map(tuple, page.locator(".kit-plot").evaluate_all(told)))

    page.set_viewport_size({"width": 1280, "height": 16000})
    assert (None, False) in roles, "all of them are near"
    assert roles <= {(None, False), ("img", True)}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_heading_of_a_notebook_is_visible_above_what_it_is_about(pages, name):
    page = pages(name)

    assert page.locator(".jp-MarkdownCell :is(h1, h2):visible").count() > 3
    assert page.evaluate(UNSEEN) == IN_ONE_LINE.get(name, [])


def test_a_heading_begins_where_its_card_begins(pages):
    edges = pages("2_progress").evaluate(EDGES)

    assert len(edges) > 6
    assert {round(heading - card) for heading, card in edges} == {0}
