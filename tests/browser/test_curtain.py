"""A session as it goes: the screen rests while two people talk, and what is for the coach alone is behind a curtain."""

import shutil
from datetime import date, timedelta

import lab
import owning
import pytest
import sitting
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import kit
from kit import places
from kit.vault import agent

COPY = "notes of my own.ipynb"
FOR_MY_EYES = "ask gently about the old house"
MARK = "walked as far as the old bridge"
# What is on top at a hundred places of the window.
ON_TOP = """() => [...Array(100).keys()].every((at) => {
    const [x, y] = [(at % 10 + 0.5) / 10 * innerWidth, (Math.floor(at / 10) + 0.5) / 10 * innerHeight];
    return document.elementFromPoint(x, y).closest(".kit-rest");
})"""
WHERE = """() => {
    const [page, here] = [document.querySelector(".jp-WindowedPanel-outer"), document.activeElement];
    return [page.scrollTop, here.closest("[data-field]")?.dataset.field, here.value, here.selectionStart];
}"""


@pytest.fixture(scope="module")
def own(serve, chromium, tmp_path_factory):
    """A practice with somebody in it; beside the kit's notebooks lies a coach's own copy of just_me."""
    home, root = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("notebooks")
    for notebook in places.NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(notebook, root)
    shutil.copy(root / "just_me.ipynb", root / COPY)
    book = kit.open_book(home / "practice.book", passphrase=owning.PASSPHRASE)
    book.add(kit.Client(name="Otter", private_note=FOR_MY_EYES))
    book.add(kit.Agreement(client="Otter", to="notes"))
    book.add(kit.Session(client="Otter", on=date.today() - timedelta(days=7)))
    book.add(kit.Win(client="Otter", title=MARK))
    book.close()
    server = serve(lab.open_notebooks, root, home, **owning.NO_KEYRING)
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    own = owning.Own(server, context, [])
    owning.open_door(own.page("1_session"))
    yield own
    context.close()


@pytest.fixture
def session(own):
    """The page for two; Otter is here."""
    page = own.page("1_session")
    chosen = sitting.panel(page, "choose_client")
    chosen.get_by_text("Here today: Otter").or_(chosen.locator("input")).first.wait_for()
    if not chosen.get_by_text("Here today: Otter").count():
        sitting.sit_down(page, "Otter")
    expect(sitting.panel(page, "entries")).to_contain_text(MARK)
    return page


def is_awake(page):
    expect(page.locator(".kit-rest")).to_be_hidden()


def rests(page):
    expect(page.locator(".kit-rest")).to_be_visible()
    assert page.evaluate(ON_TOP)
    heard = read_aloud(page)
    assert any("Press any key" in words for words in heard) and not any("Otter" in words for words in heard)


def read_aloud(page) -> list[str]:
    """All that a screen reader gets of the page."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [
        str(one.get(part, {}).get("value", "")) for one in nodes if not one["ignored"] for part in ("name", "value")
    ]


def is_held(own):
    with owning.kit_home(own.server.home):
        return agent.get_key(own.server.home / "practice.book") is not None


# the curtain --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["doc/tree/just_me.ipynb", "lab/tree/just_me.ipynb", f"doc/tree/{COPY}"])
def test_after_a_page_for_two_just_me_asks_for_the_passphrase_by_any_address(own, session, address):
    page = own.context.new_page()

    page.goto(f"{own.server.base}{address}?token={own.server.token}")
    owning.is_behind_the_curtain(page)
    lab.wait_for_quiet(page)
    owning.holds_none_of(page, "Otter", FOR_MY_EYES)
    page.close()


def test_just_me_empties_itself_as_soon_as_a_page_for_two_comes_into_view(own, session):
    mine = own.alone()
    expect(sitting.panel(mine, "prepare")).to_contain_text(FOR_MY_EYES)

    session.bring_to_front()
    session.evaluate("window.dispatchEvent(new Event('focus'))")  # without a head every page has it, and none is told
    owning.is_behind_the_curtain(mine)
    owning.holds_none_of(mine, "Otter", FOR_MY_EYES)
    expect(sitting.panel(session, "entries")).to_contain_text(MARK)  # the session asks for nothing


def test_just_me_is_empty_at_once_while_its_notebook_is_still_at_work(own, session):
    mine = own.alone()
    expect(sitting.panel(mine, "prepare")).to_contain_text(FOR_MY_EYES)
    notebook = own.server.kernel_process("just_me.ipynb")
    notebook.suspend()
    try:
        session.evaluate("window.dispatchEvent(new Event('focus'))")
        owning.holds_none_of(mine, "Otter", FOR_MY_EYES)
    finally:
        notebook.resume()

    owning.is_behind_the_curtain(mine)


def test_on_a_narrow_screen_every_button_of_the_bar_is_in_view(own, session):
    session.set_viewport_size({"width": 390, "height": 800})
    for label in ("Rest the screen", "Lock", "Close the practice", "Support now"):
        expect(session.locator(".kit-bar").get_by_role("button", name=label)).to_be_in_viewport(ratio=1)
    session.set_viewport_size({"width": 1280, "height": 800})


# the screen at rest -------------------------------------------------------------------------------


def test_twenty_minutes_of_talk_rest_the_screen_and_one_key_brings_everything_back(own, session):
    session.clock.install()
    sitting.field(session, "small_win", "win.title").locator("input, textarea").first.scroll_into_view_if_needed()
    sitting.write(session, "small_win", "win.title", "half a sentence")
    sitting.drafted(session, "small_win")
    session.mouse.move(300, 300)  # the last that anybody touches
    before = session.evaluate(WHERE)
    assert before[1:] == ["win.title", "half a sentence", 15] and before[0] > 0

    session.clock.fast_forward("09:50")
    is_awake(session)
    session.clock.fast_forward("10:10")
    rests(session)
    assert is_held(own)

    session.keyboard.press("x")
    is_awake(session)
    assert session.evaluate(WHERE) == before
    session.keyboard.type("!")
    assert session.evaluate(WHERE)[2] == "half a sentence!"
    session.clock.fast_forward("09:50")  # the key began ten new minutes
    is_awake(session)
    sitting.write(session, "small_win", "win.title", "")
    session.clock.resume()


def test_one_press_rests_every_page_and_a_tap_wakes_them_all(own, session):
    other = own.page("2_progress")
    session.bring_to_front()

    session.get_by_role("button", name="Rest the screen").click()
    rests(session), rests(other)
    found = Axe().run(session, context=".kit-rest")
    assert found.response["passes"] and found.violations_count == 0, found.generate_report()
    session.mouse.click(640, 100)
    is_awake(session), is_awake(other)


def test_support_now_is_one_press_away_from_the_screen_at_rest(own, session):
    session.get_by_role("button", name="Rest the screen").click()
    rests(session)

    session.keyboard.press("Tab")
    expect(session.locator(".kit-rest button")).to_be_focused()
    session.keyboard.press("Enter")
    is_awake(session)
    expect(sitting.panel(session, "support_now")).to_contain_text("Lines to call")
    expect(sitting.panel(session, "support_now")).to_be_in_viewport()


def test_what_is_locked_while_the_screen_rests_shows_its_door_under_it(own, session):
    session.get_by_role("button", name="Rest the screen").click()
    rests(session)

    with owning.kit_home(own.server.home):
        agent.lock()
    session.keyboard.press("Escape")
    is_awake(session)
    owning.is_locked(session)
    owning.holds_none_of(session, "Otter", MARK)
    owning.open_door(session)
    expect(sitting.panel(session, "choose_client")).to_contain_text("Here today: Otter")
