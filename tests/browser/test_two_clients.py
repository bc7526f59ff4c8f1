"""Three sessions with two clients: the page for two never holds the other one, nor a private note."""

from datetime import timedelta

import owning
import pytest
import sitting
from playwright.sync_api import expect

import kit

PRIVATE = ("kept-for-my-eyes-otter", "kept-for-my-eyes-wren")
TAKEN_ALONG = "the bench by the pond is mine"


@pytest.fixture(scope="module")
def own(serve, chromium, tmp_path_factory):
    server = serve(
        sitting.begin, tmp_path_factory.mktemp("own"), PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring"
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield owning.begin(server, context)
    context.close()


@pytest.fixture(scope="module")
def shared(own):
    """The page that two look at; it says of each step whether it was discreet."""
    page = own.page("1_session")
    page.set_default_timeout(15_000)
    yield page


def discreet(page, *, without):
    held = owning.all_of(page)
    assert [word for word in (*without, *PRIVATE) if word in held] == []


def step(page, without, do, *given):
    do(page, *given)
    discreet(page, without=without)


def catch_up(own, name, note):
    """After the session, alone: a private note, on the coach's own page."""
    page = own.alone()
    look_at(page, name)
    field = sitting.panel(page, "catch_up").locator('[data-field="session.private_note"] textarea')
    field.fill(note)
    sitting.keep(page, "catch_up", "Save all")


def look_at(page, name):
    back = sitting.panel(page, "prepare").get_by_role("button", name="All clients")
    back.or_(sitting.panel(page, "caseload").locator("li")).first.wait_for()
    if back.count():
        back.click()
    sitting.panel(page, "caseload").locator(f'li[data-id="{name}"]').get_by_role("button", name="Look at").click()
    expect(sitting.panel(page, "prepare")).to_contain_text(name)
    sitting.panel(page, "catch_up").locator(".kit-field").first.wait_for()


def a_week_passes(own):
    """What was noted today is as if it had been noted a week ago."""
    book = kit.open_book(own.server.home / "practice.book", passphrase=owning.PASSPHRASE)
    for session in book.records(kit.Session):
        book.change(session, on=session.on - timedelta(days=7))
    book.close()


def close_session(page, takeaway, ask):
    sitting.write(page, "close_session", "session.takeaway", takeaway)
    sitting.more(page, "close_session")
    sitting.write(page, "close_session", "session.ask_next_time", ask)
    sitting.keep(page, "close_session")


def test_three_sessions_with_two_clients(own, shared):
    step(shared, ["Otter", "Wren"], lambda page: None)
    # The first meeting with Otter.
    step(shared, ["Wren"], sitting.begin_with, "Otter")
    sitting.write(shared, "better", "better.text", "mornings that begin slowly")
    step(shared, ["Wren"], lambda page: sitting.keep(page, "better"))
    sitting.write(shared, "next_step", "step.title", "to the pond")
    sitting.write(shared, "next_step", "step.then", "walk to the pond")
    step(shared, ["Wren"], lambda page: sitting.keep(page, "next_step"))
    step(shared, ["Wren"], close_session, TAKEN_ALONG, "the letter")
    step(shared, ["Otter", "Wren", TAKEN_ALONG], sitting.next_person)
    # The first meeting with Wren; the coach catches up alone meanwhile, on another page.
    step(shared, ["Otter", TAKEN_ALONG], sitting.begin_with, "Wren")
    catch_up(own, "Otter", PRIVATE[0])
    shared.bring_to_front()
    discreet(shared, without=["Otter", TAKEN_ALONG])
    step(shared, ["Otter", TAKEN_ALONG], close_session, "less at once", "")
    step(shared, ["Otter", "Wren", TAKEN_ALONG], sitting.next_person)
    catch_up(own, "Wren", PRIVATE[1])
    # Before the second session with Otter: prepare says in its first lines what they took along.
    alone = own.alone()
    look_at(alone, "Otter")
    first = sitting.panel(alone, "prepare")
    expect(first).to_contain_text(TAKEN_ALONG)
    expect(first).to_contain_text("the letter")
    expect(first).to_contain_text(PRIVATE[0])
    assert "Wren" not in first.inner_text()
    shared.bring_to_front()
    discreet(shared, without=["Otter", "Wren", TAKEN_ALONG])
    # A week later: the second session with Otter.
    a_week_passes(own)
    step(shared, ["Wren"], sitting.sit_down, "otter")
    sitting.panel(shared, "small_win").locator(".kit-field").first.wait_for()
    sitting.write(shared, "small_win", "win.title", "sang in the car")
    step(shared, ["Wren"], lambda page: sitting.keep(page, "small_win"))
    sitting.write(shared, "explore_setback", "setback.title", "a week under the blanket")
    step(shared, ["Wren"], lambda page: sitting.keep(page, "explore_setback"))
    step(shared, ["Wren"], close_session, "slow is fine", "")
    step(shared, ["Otter", "Wren", "sang in the car"], sitting.next_person)


def test_the_lock_leaves_neither_on_any_page(own, shared):
    owning.press_lock(shared)

    for page in own.pages.values():
        if page.locator("[data-word=own_practice]").count():
            continue  # the welcome stands on the sample, which has no lock
        owning.is_locked(page)
        owning.holds_none_of(page, "Otter", "Wren", TAKEN_ALONG, *PRIVATE)
