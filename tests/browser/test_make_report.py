"""A page is looked at inside JupyterLab: in a frame of its own, drawn, and gone with the client."""

import lab
import pytest
import sitting


@pytest.fixture(scope="module")
def room(serve, chromium, tmp_path_factory):
    server = serve(sitting.begin, tmp_path_factory.mktemp("home"), notebook="3_reports")
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.said = []
    page.on("console", lambda told: told.type == "error" and page.said.append(told.text))
    page.goto(server.address)
    sitting.panel(page, "make_report").get_by_text("This opens when somebody is chosen").wait_for(timeout=60_000)
    lab.wait_for_quiet(page)
    yield page
    page.close()


@pytest.fixture
def heron(room):
    sitting.press(room, "choose_client", "Heron")
    sitting.panel(room, "make_report").get_by_role("button", name="A page for me").wait_for()
    yield room
    sitting.press(room, "next_person", "Next person")
    sitting.panel(room, "make_report").get_by_role("button", name="A page for me").wait_for(state="detached")


def frame(page):
    return page.frame_locator(".kit-preview")


def test_the_page_is_drawn_in_its_frame_and_nothing_is_turned_away(heron):
    sitting.press(heron, "make_report", "A page for me")
    frame(heron).locator("[data-drawn] .kit-plot .main-svg").first.wait_for()

    assert frame(heron).locator("h1").inner_text() == "What better means to me"
    assert heron.locator(".kit-preview").get_attribute("title") == "This is what Heron reads"
    assert heron.locator(".kit-preview").get_attribute("sandbox") == "allow-scripts allow-modals"
    assert heron.said == []


def test_the_frame_cannot_reach_the_notebook(heron):
    sitting.press(heron, "make_report", "A page for me")
    frame(heron).locator("[data-drawn]").wait_for()
    inside = heron.locator(".kit-preview").element_handle().content_frame()

    assert inside.evaluate("() => { try { return parent.document.title; } catch (error) { return error.name; } }") == (
        "SecurityError"
    )


def test_the_card_runs_no_script_and_is_printed_from_here(heron):
    sitting.press(heron, "make_report", "The card")
    frame(heron).locator("article.card").wait_for()

    assert heron.locator(".kit-preview").get_attribute("sandbox") == "allow-same-origin allow-modals"
    heron.evaluate(
        "() => { document.querySelector('.kit-preview').contentWindow.print = () => { window.asked = 1; }; }"
    )
    sitting.press(heron, "make_report", "Print it")
    assert heron.evaluate("window.asked") == 1


def test_the_next_person_finds_no_frame(heron):
    sitting.press(heron, "make_report", "A page for me")
    frame(heron).locator("h1").wait_for()

    sitting.press(heron, "next_person", "Next person")
    heron.locator(".kit-preview").wait_for(state="detached")
    assert "What better means to me" not in heron.content()
    sitting.press(heron, "choose_client", "Heron")
    sitting.panel(heron, "make_report").get_by_role("button", name="A page for me").wait_for()
