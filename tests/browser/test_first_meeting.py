"""A first meeting in the real notebook: agreements come first, then its own short arc; nobody else's name is in it."""

import lab
import pytest
import sitting
from playwright.sync_api import expect

import kit

OTHER = "Badger-who-is-somebody-else"
ALL = """() => document.documentElement.outerHTML
    + [...document.querySelectorAll("input, textarea")].map((one) => one.value).join("\\n")"""
IN_VIEW = """() => [...document.querySelectorAll(".kit-panel")].filter((one) => one.checkVisibility())
    .map((one) => one.dataset.word)"""
ARC = ["choose_client", "agreements", "heavier_day", "better", "supporters", "toolkit", "next_step", "close_session",
       "make_report", "entries", "next_person", "support_now"]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A practice of one's own, without a passphrase, in which somebody is known already."""
    home = tmp_path_factory.mktemp("home")
    book = kit.open_book(home / "practice.book")
    book.add(kit.Practice(name="The Green Door", scope="Two people thinking together."))
    book.add(kit.SupportLine(name="The Lantern", number="000"))
    book.add(kit.Client(name=OTHER))
    book.add(kit.Agreement(client=OTHER, to="notes"))
    book.close()
    return home


@pytest.fixture(scope="module")
def server(serve, home):
    return serve(sitting.begin, home)


@pytest.fixture(scope="module")
def book(home):
    book = kit.open_book(home / "practice.book")
    yield book
    book.close()


@pytest.fixture
def clear(room):
    """Nobody is here; nothing that is on the page at the end names anybody else."""
    sitting.clear_table(room)
    yield room
    assert room.said == []


def in_view(page):
    return page.evaluate(IN_VIEW)


def test_a_first_meeting_is_walked_from_the_agreements_to_the_card(clear, book):
    sitting.sit_down(clear, "Otter")
    sitting.wait_said(clear, "choose_client", "Nobody here is called Otter yet")
    assert OTHER not in clear.evaluate(ALL)
    sitting.press(clear, "choose_client", "Begin with this name")
    sitting.panel(clear, "agreements").get_by_text("Two people thinking together.").wait_for()
    assert sitting.panel(clear, "close_session").locator("input").count() == 0

    sitting.press(clear, "agreements", "Yes, from today")
    sitting.panel(clear, "agreements").get_by_role("heading", name="May a report be made for you?").wait_for()
    sitting.leave_the_other_agreements(clear)
    lab.until(lambda: in_view(clear) == ARC)
    assert clear.get_by_role("heading", name="Is there a setback").count() == 0

    sitting.write(clear, "better", "better.text", "I can answer the door")
    sitting.write(clear, "better", "me.wish_you_knew", "Mornings are hard")
    sitting.keep(clear, "better")
    sitting.write(clear, "supporters", "supporters.name", "Ada")
    sitting.keep(clear, "supporters")
    sitting.press(clear, "toolkit", "a quiet walk")
    sitting.wait_said(clear, "toolkit", "Saved: a quiet walk")
    sitting.write(clear, "next_step", "step.title", "Tea")
    sitting.write(clear, "next_step", "step.when", "the kettle is on")
    sitting.write(clear, "next_step", "step.then", "breathe out")
    sitting.keep(clear, "next_step")
    sitting.write(clear, "close_session", "session.takeaway", "I was heard")
    sitting.keep(clear, "close_session")
    card = sitting.panel(clear, "close_session").locator(".kit-card")
    card.get_by_text("When the kettle is on, then I will breathe out.").wait_for()

    assert [one.to for one in book.records(kit.Agreement, "Otter")] == ["notes"]
    assert book.records(kit.Better, "Otter")[0].text == "I can answer the door"
    assert book.records(kit.Client, "Otter")[0].wish_you_knew == "Mornings are hard"
    assert book.records(kit.Session, "Otter")[0].takeaway == "I was heard"
    assert in_view(clear) == ARC
    assert OTHER not in clear.evaluate(ALL)


def test_the_whole_session_can_be_shown_and_put_back(clear):
    sitting.begin_with(clear, "Robin")

    sitting.press(clear, "agreements", "Show the whole session")
    sitting.panel(clear, "small_win").locator(".kit-field").first.wait_for()
    sitting.press(clear, "agreements", "Back to the first meeting")
    lab.until(lambda: in_view(clear) == ARC)


def test_enter_in_the_name_sits_down_and_the_keyboard_is_not_lost(clear):
    sitting.write(clear, "choose_client", "new.name", OTHER.upper())
    clear.keyboard.press("Enter")

    sitting.panel(clear, "choose_client").get_by_text(f"Here today: {OTHER}").wait_for()
    assert sitting.has_focus(sitting.panel(clear, "choose_client"))


def test_notes_that_are_taken_back_close_every_form_and_come_back_with_undo(clear, book):
    sitting.begin_with(clear, "Wren")
    sitting.write(clear, "next_step", "step.title", "Half a step")
    sitting.drafted(clear, "next_step")

    sitting.press(clear, "agreements", "Look at them")
    sitting.press(clear, "agreements", "Take it back")
    sitting.wait_said(clear, "agreements", "Taken back today: notes.")
    expect(clear.locator(".kit-panel:not([data-word=choose_client]) .kit-field")).to_have_count(0)
    assert [one.withdrawn_on is None for one in book.records(kit.Agreement, "Wren")] == [False]

    sitting.press(clear, "agreements", "Undo")
    expect(sitting.entry(clear, "next_step", "step.title")).to_have_value("Half a step")
    assert [one.withdrawn_on for one in book.records(kit.Agreement, "Wren")] == [None]


def test_what_stands_in_one_line_opens_and_its_text_has_room(clear, book):
    sitting.begin_with(clear, "Finch")
    sitting.next_person(clear)
    book.add(kit.Session(client="Finch", on="2026-03-03"))
    book.change(book.records(kit.Client, "Finch")[0], wish_you_knew="a line\n" * 9)
    sitting.sit_down(clear, "finch")
    sitting.sits_down(clear, "Finch")

    sitting.press(clear, "better", "Still so?")
    area = sitting.entry(clear, "better", "me.wish_you_knew")
    area.wait_for()
    assert area.evaluate("(area) => area.scrollHeight <= area.clientHeight + 2")
    lab.wait_for_quiet(clear)


def test_support_now_holds_the_lines_whoever_is_here(clear):
    sitting.press(clear, "support_now", "Support now")

    sitting.panel(clear, "support_now").get_by_text("The Lantern: 000").wait_for()
    assert OTHER not in clear.evaluate(ALL)
