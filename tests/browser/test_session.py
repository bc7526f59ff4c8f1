"""A session in the real notebook: what is noted is in the store and in the journey, and can be taken back."""

import re
from datetime import date, timedelta

import lab
import pytest
import sitting
from playwright.sync_api import expect

import kit
from kit import widgets

SAVED = re.compile(r"^Saved \d\d:\d\d\b")
ODD = ("<script>window.ran=1</script>", "<img src=x onerror=window.ran=1>", "[a link](javascript:window.ran=1)")
CAN_BE_SEEN = """() => [...document.querySelectorAll("input, textarea")].map((one) => one.value).join("\\n")
    + document.body.innerText + document.body.textContent"""
# The shape, the place and the look of all that stands in a picture, as it is and once plotly draws it anew; its words.
STANDS = """async (plot) => {
    const named = ["class", "d", "transform", "style"];
    const stands = () => [...plot.querySelectorAll(".main-svg path, .main-svg text")].map((one) =>
        [...named.map((name) => one.getAttribute(name)), one.tagName === "text" && one.textContent].join(" ")).sort();
    const now = stands();
    await window.Plotly.redraw(plot);
    return [now, stands(), plot.data.flatMap(({ hovertext }) => hovertext ?? [])];
}"""
TOO_WIDE = """() => [document.scrollingElement, ...document.querySelectorAll(".kit-notebook, .kit-notebook *")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX)
        || one.matches(".kit-panel") && one.getBoundingClientRect().right > innerWidth)
    .map((one) => one.className)"""


@pytest.fixture
def heron(room, book):
    """Heron sits down at a clear table; the browser has nothing to complain about."""
    for panel in widgets.WORDS:
        book._store.delete_draft("Heron", panel)
    sitting.choose(room, "Heron")
    yield room
    sitting.next_person(room)
    assert room.said == []


def noted(book, kind, title):
    return [one for one in book.records(kind, "Heron") if one.title == title]


def journey_table(page):
    """The journey's picture, scrolled to, with its table opened."""
    picture = sitting.panel(page, "journey").locator(".kit-picture")
    picture.scroll_into_view_if_needed()
    picture.locator(".kit-plot[data-drawn]").wait_for()
    picture.locator("details").evaluate("(one) => { one.open = true; }")
    return picture.locator("table")


def times_drawn(page, word):
    plot = sitting.panel(page, word).locator(".kit-plot[data-drawn]")
    plot.wait_for()
    return int(plot.get_attribute("data-drawn"))


def sentence(page, word="small_win"):
    return sitting.panel(page, word).locator(".kit-sentence").inner_text()


def small_wins(page):
    return int(re.search(r"(\d+) small win", sentence(page)).group(1))


def note_win(page, title):
    sitting.write(page, "small_win", "win.title", title)
    return sitting.keep(page, "small_win")


def test_a_small_win_is_in_the_store_and_in_the_journey(heron, book):
    sitting.panel(heron, "small_win").scroll_into_view_if_needed()
    drawn, wins = times_drawn(heron, "small_win"), small_wins(heron)

    assert SAVED.match(note_win(heron, "Sat in the sun for one song"))
    assert [one.on for one in noted(book, kit.Win, "Sat in the sun for one song")] == [date.today()]
    lab.until(lambda: times_drawn(heron, "small_win") > drawn)
    assert small_wins(heron) == wins + 1
    expect(sitting.entry(heron, "small_win", "win.title")).to_have_value("")
    journey_table(heron).get_by_text("Sat in the sun for one song").wait_for()


def test_after_a_save_the_picture_is_the_one_that_would_be_drawn_from_the_start(heron):
    """Only what changed is drawn at a save: the rest must still stand where it belongs."""
    for word, name in (
        ("small_win", "win.title"),
        ("small_win", "spark.title"),
        ("add_milestone", "milestone.title"),
        ("explore_setback", "setback.title"),
        ("explore_setback", "setback.title"),
    ):
        sitting.panel(heron, word).scroll_into_view_if_needed()
        drawn = times_drawn(heron, word)
        sitting.write(heron, word, name, "Several things at once")
        sitting.keep(heron, word)
        lab.until(lambda word=word, drawn=drawn: times_drawn(heron, word) > drawn)

        stands, anew, told = sitting.panel(heron, word).locator(".kit-plot").evaluate(STANDS)
        assert stands == anew
        assert len(stands) > 50
        assert "Several things at once" in told


def test_after_a_check_in_the_lines_are_those_that_would_be_drawn_from_the_start(heron):
    for energy in ("3", "9"):
        sitting.panel(heron, "small_win").scroll_into_view_if_needed()
        drawn = times_drawn(heron, "small_win")
        sitting.field(heron, "check_in", "check_in.energy").get_by_role("radio", name=energy, exact=True).click()
        sitting.keep(heron, "check_in")
        sitting.panel(heron, "small_win").scroll_into_view_if_needed()
        lab.until(lambda drawn=drawn: times_drawn(heron, "small_win") > drawn)

        stands, anew, _told = sitting.panel(heron, "small_win").locator(".kit-plot").evaluate(STANDS)
        assert stands == anew


def test_undo_takes_it_back_from_the_store_and_the_journey_and_into_the_form(heron, book):
    wins = len(book.records(kit.Win, "Heron"))
    note_win(heron, "Answered one letter")
    journey_table(heron).get_by_text("Answered one letter").wait_for()

    sitting.press(heron, "small_win", "Undo")
    sitting.wait_said(heron, "small_win", "Taken back")
    journey_table(heron).get_by_text("Answered one letter").wait_for(state="detached")
    assert len(book.records(kit.Win, "Heron")) == wins
    expect(sitting.entry(heron, "small_win", "win.title")).to_have_value("Answered one letter")


def test_a_milestone_is_in_the_store_and_in_the_journey(heron, book):
    sitting.write(heron, "add_milestone", "milestone.title", "Asked for the seat by the window")
    sitting.field(heron, "add_milestone", "milestone.area").get_by_role("radio", name="having a say").click()

    assert SAVED.match(sitting.keep(heron, "add_milestone"))
    assert [one.area for one in noted(book, kit.Milestone, "Asked for the seat by the window")] == ["having a say"]
    journey_table(heron).get_by_text("Asked for the seat by the window").wait_for()


def test_a_setback_with_what_came_before_it_and_a_new_tool_is_in_the_store_and_in_the_journey(heron, book):
    sitting.write(heron, "explore_setback", "setback.title", "Two evenings without a word")
    sitting.tap(heron, "explore_setback", "setback.triggers", "short nights", "the weather")
    sitting.tap(heron, "explore_setback", "setback.outside_control", "the weather")
    sitting.add_own(heron, "explore_setback", "setback.helped_by", "humming at the window")

    assert SAVED.match(sitting.keep(heron, "explore_setback"))
    (setback,) = noted(book, kit.Setback, "Two evenings without a word")
    (tool,) = noted(book, kit.Tool, "humming at the window")
    uses = [one.tool for one in book.records(kit.ToolUse, "Heron") if one.setback == setback.id]
    assert (set(setback.triggers), setback.outside_control) == ({"short nights", "the weather"}, ("the weather",))
    assert uses == [tool.id]
    journey_table(heron).get_by_text("Two evenings without a word").wait_for()


def test_undo_takes_a_setback_back_with_the_tool_that_was_named_in_passing(heron, book):
    kept = {kind: len(book.records(kind, "Heron")) for kind in (kit.Setback, kit.Tool, kit.ToolUse)}
    sitting.write(heron, "explore_setback", "setback.title", "A loud Monday")
    sitting.add_own(heron, "explore_setback", "setback.helped_by", "counting tiles")
    sitting.keep(heron, "explore_setback")

    sitting.press(heron, "explore_setback", "Undo")
    sitting.wait_said(heron, "explore_setback", "Taken back")
    assert {kind: len(book.records(kind, "Heron")) for kind in kept} == kept
    expect(sitting.entry(heron, "explore_setback", "setback.title")).to_have_value("A loud Monday")
    expect(sitting.field(heron, "explore_setback", "setback.helped_by").get_by_text("counting tiles")).to_be_visible()


def test_a_double_click_on_save_keeps_it_once(heron, book):
    sitting.write(heron, "small_win", "win.title", "Two taps, one win")

    sitting.panel(heron, "small_win").get_by_role("button", name="Save").dblclick()
    sitting.wait_said(heron, "small_win", "Saved")
    sitting.write(heron, "close_session", "session.takeaway", "Once is enough")
    sitting.keep(heron, "close_session")  # by now whatever was pressed before has been heard
    assert len(noted(book, kit.Win, "Two taps, one win")) == 1
    assert sitting.said(heron, "small_win").startswith("Saved")


def test_the_journey_can_be_put_away_and_comes_back(heron):
    shown, pictures = 4, heron.locator(".kit-picture")
    expect(pictures).to_have_count(shown)

    sitting.press(heron, "journey", "Put it away")
    expect(pictures).to_have_count(0)
    sitting.press(heron, "journey", "Show the journey")
    expect(pictures).to_have_count(shown)


def test_an_end_before_the_beginning_is_said_under_its_field_and_nothing_is_kept(heron, book):
    kept = len(book.records(kit.Setback, "Heron"))
    sitting.write(heron, "explore_setback", "setback.title", "Out of order")
    sitting.write(heron, "explore_setback", "setback.began_on", date.today().isoformat())
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    sitting.write(heron, "explore_setback", "setback.back_on_feet_on", yesterday)

    sitting.press(heron, "explore_setback", "Save")
    sitting.wait_said(heron, "explore_setback", "Nothing is lost")
    problem = sitting.field(heron, "explore_setback", "setback.back_on_feet_on").locator(".kit-problem")
    assert problem.inner_text().startswith("Back on my feet on: ")
    assert sitting.has_focus(sitting.entry(heron, "explore_setback", "setback.back_on_feet_on"))
    assert sitting.entry(heron, "explore_setback", "setback.title").input_value() == "Out of order"
    assert len(book.records(kit.Setback, "Heron")) == kept
    sitting.write(heron, "explore_setback", "setback.title", "")


def test_a_note_without_a_milestone_asks_for_a_few_words_and_keeps_the_note_in_the_form(heron, book):
    kept = len(book.records(kit.Milestone, "Heron"))
    sitting.more(heron, "add_milestone")
    sitting.write(heron, "add_milestone", "milestone.note", "It rained, and I went.")

    sitting.press(heron, "add_milestone", "Save")
    sitting.wait_said(heron, "add_milestone", "Nothing is lost")
    problem = sitting.field(heron, "add_milestone", "milestone.title").locator(".kit-problem")
    assert problem.inner_text().startswith("My milestone, in my words: ")
    assert sitting.has_focus(sitting.entry(heron, "add_milestone", "milestone.title"))
    assert sitting.entry(heron, "add_milestone", "milestone.note").input_value() == "It rained, and I went."
    assert len(book.records(kit.Milestone, "Heron")) == kept


def test_what_is_typed_while_another_panel_saves_stays(heron):
    sitting.write(heron, "small_win", "win.title", "Sorted the spoons")
    sitting.write(heron, "close_session", "session.takeaway", "I ")
    entry = sitting.entry(heron, "close_session", "session.takeaway").element_handle()

    sitting.panel(heron, "small_win").get_by_role("button", name="Save").evaluate("(save) => save.click()")
    for _key in range(500):
        heron.keyboard.type("x")
        if not entry.evaluate("(node) => node.isConnected"):
            break
    heron.keyboard.type("y")
    assert not entry.evaluate("(node) => node.isConnected")
    typed = sitting.entry(heron, "close_session", "session.takeaway").input_value()
    assert typed.startswith("I x") and typed.endswith("xy")
    assert sitting.has_focus(sitting.entry(heron, "close_session", "session.takeaway"))


def test_a_problem_in_one_panel_does_not_call_the_keyboard_back_from_another(heron):
    sitting.more(heron, "add_milestone")
    sitting.write(heron, "add_milestone", "milestone.note", "Only a note")
    sitting.press(heron, "add_milestone", "Save")
    sitting.wait_said(heron, "add_milestone", "Nothing is lost")

    note_win(heron, "Watered the fern")
    expect(sitting.entry(heron, "small_win", "win.title")).to_have_value("")
    sitting.panel(heron, "entries").locator("li", has_text="Watered the fern").wait_for()
    assert sitting.has_focus(sitting.panel(heron, "small_win").get_by_role("button", name="Save"))


def test_an_entry_can_be_changed(heron, book):
    note_win(heron, "Fed the cat next door")
    line = sitting.panel(heron, "entries").locator("li", has_text="Fed the cat next door")

    line.get_by_role("button", name="Change").click()
    sitting.write(heron, "entries", "entry.title", "Fed both cats next door")
    sitting.keep(heron, "entries")
    sitting.panel(heron, "entries").locator("li", has_text="Fed both cats next door").wait_for()
    assert noted(book, kit.Win, "Fed the cat next door") == []
    assert [one.version for one in noted(book, kit.Win, "Fed both cats next door")] == [2]


def test_an_entry_that_was_removed_comes_back_with_undo(heron, book):
    note_win(heron, "Found the other glove")
    entries = sitting.panel(heron, "entries")
    line = entries.locator("li", has_text="Found the other glove")

    line.get_by_role("button", name="Remove").click()
    line.wait_for(state="detached")
    assert noted(book, kit.Win, "Found the other glove") == []
    assert sitting.has_focus(entries.get_by_role("button", name="Undo"))
    sitting.press(heron, "entries", "Undo")
    line.wait_for()
    assert len(noted(book, kit.Win, "Found the other glove")) == 1


@pytest.mark.parametrize("odd", ODD, ids=["script", "picture", "link"])
def test_markup_in_a_title_is_shown_as_typed_and_runs_nothing(heron, odd):
    note_win(heron, odd)

    entries, card = sitting.panel(heron, "entries"), sitting.panel(heron, "close_session").locator(".kit-card")
    entries.locator("li").get_by_text(odd, exact=True).wait_for()
    card.get_by_text(odd, exact=True).wait_for()
    journey_table(heron).get_by_text(odd, exact=True).wait_for()
    assert heron.locator(".kit-panel :is(script, img, a[href])").count() == 0
    assert heron.evaluate("() => window.ran") is None
    entries.locator("li", has_text=odd).get_by_role("button", name="Remove").click()
    entries.locator("li", has_text=odd).wait_for(state="detached")


def test_the_first_question_needs_no_scrolling(heron):
    bottom = sitting.field(heron, "check_in", "check_in.energy").evaluate(
        "(node) => node.getBoundingClientRect().bottom + node.closest('.jp-WindowedPanel-outer').scrollTop"
    )

    assert bottom < 900


def test_a_heavier_day_leaves_three_small_things_a_date_and_the_card(heron):
    sitting.press(heron, "heavier_day", "A heavier day")

    expect(heron.locator(".kit-panel:visible")).to_have_count(5)
    open_now = [one.get_attribute("data-word") for one in heron.locator(".kit-panel:visible").all()]
    assert open_now == ["choose_client", "heavier_day", "make_report", "next_person", "support_now"]
    assert sitting.panel(heron, "make_report").get_by_role("button").all_inner_texts() == ["The card"]
    assert heron.get_by_role("heading", name="Is there a setback").count() == 0
    assert sitting.panel(heron, "heavier_day").locator("fieldset").count() == 4
    sitting.press(heron, "heavier_day", "Back to the whole session")
    expect(heron.locator(".kit-panel:visible")).to_have_count(heron.locator(".kit-panel").count())


def test_rest_as_the_step_and_a_spark_of_a_heavier_day_are_in_the_store(heron, book):
    sitting.press(heron, "heavier_day", "A heavier day")
    sitting.write(heron, "heavier_day", "spark.title", "The kettle sang")
    sitting.write(heron, "heavier_day", "rest.title", "Ten minutes on the sofa")

    assert SAVED.match(sitting.keep(heron, "heavier_day"))
    assert len(noted(book, kit.Spark, "The kettle sang")) == len(noted(book, kit.Step, "Ten minutes on the sofa")) == 1


def test_the_next_person_finds_nothing_of_the_last(heron):
    sitting.write(heron, "check_in", "check_in.soft", "half a sentence of Heron")
    note_win(heron, "A win of Heron")
    journey_table(heron).get_by_text("A win of Heron").wait_for()

    sitting.next_person(heron)
    for word in ("half a sentence of Heron", "A win of Heron", "Nadia", "Here today"):
        assert word not in heron.evaluate(CAN_BE_SEEN)
    sitting.choose(heron, "Maple")
    sitting.panel(heron, "entries").locator("li").first.wait_for()
    for word in ("half a sentence of Heron", "A win of Heron", "Nadia", "Heron"):
        assert word not in heron.evaluate(CAN_BE_SEEN)


def test_a_report_is_written_as_a_page(heron, server):
    sitting.press(heron, "make_report", "A page for me")
    sitting.press(heron, "make_report", "Keep this page")
    sitting.panel(heron, "make_report").get_by_text("It lies here: ").wait_for()

    (page,) = (server.home / "reports").glob("Heron-*.html")
    assert str(page) in sitting.panel(heron, "make_report").inner_text()
    assert "Heron" in page.read_text("utf-8")


@pytest.mark.parametrize("width", [1280, 700])
def test_nothing_scrolls_sideways(heron, width):
    heron.set_viewport_size({"width": width, "height": 900})
    sitting.press(heron, "support_now", "Support now")
    sitting.panel(heron, "support_now").get_by_role("heading", name="Lines to call").wait_for()
    journey_table(heron)

    heron.wait_for_function(f"() => !({TOO_WIDE})().length")  # plotly follows a window a little later
    sitting.press(heron, "support_now", "Support now")
    heron.set_viewport_size({"width": 1280, "height": 900})
