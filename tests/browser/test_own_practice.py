"""A practice of one's own in the real notebook: one unlock for all pages, and a lock that leaves nothing in view."""

import re
from datetime import date, timedelta

import lab
import owning
import psutil
import pytest
import sitting
from playwright.sync_api import expect

import kit
from kit.vault import agent, backups, keys
from kit.widgets.panel import PANEL_JS

NOTEBOOKS = ("1_session", "2_progress", "just_me")
MARK = "walked as far as the old bridge"
# A panel by itself: what a notebook's side would send is handed to it view by view, and what it then shows comes back.
ALONE = """async ([script, views]) => {
    const { default: panel } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const [el, told, heard] = [document.body, { word: "entries", view: views[0], status: {}, pictures: [] }, {}];
    const model = { get: (name) => told[name], on: (name, hear) => { heard[name] = hear; }, send() {} };
    await panel.render({ el, model });
    const shown = [el.innerText];
    const locks = new BroadcastChannel("kit-locked");
    const locked = new Promise((done) => { locks.onmessage = done; });
    new BroadcastChannel("kit-locked").postMessage(1000);
    await locked;
    shown.push(el.innerText);
    for (told.view of views.slice(1)) { await heard["change:view"](); shown.push(el.innerText); }
    return shown;
}"""


@pytest.fixture(scope="module")
def own(serve, chromium, tmp_path_factory):
    home = tmp_path_factory.mktemp("own")
    server = serve(sitting.begin, home, **owning.NO_KEYRING)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    own = owning.begin(server, context)
    with owning.kit_home(home):
        book = kit.open_book(home / "practice.book", passphrase=owning.PASSPHRASE)
        book.add(kit.Client(name="Otter"))
        book.add(kit.Agreement(client="Otter", to="notes"))
        book.add(kit.Session(client="Otter", on=date.today() - timedelta(days=7)))
        book.add(kit.Win(client="Otter", title=MARK))
        book.close()
    yield own
    context.close()


def sit(page, name):
    """They sit down, unless they sit there already."""
    if not sitting.panel(page, "choose_client").get_by_text(f"Here today: {name}").count():
        sitting.sit_down(page, name)
    sitting.panel(page, "small_win").locator(".kit-field").first.wait_for()


@pytest.fixture
def opened(own):
    """Three notebooks, all open; Otter is here, so the coach's own page may ask for the passphrase once more."""
    pages = [own.page(name) for name in NOTEBOOKS]
    closed = [page for page in pages[:2] if page.locator(".kit-door").count()]
    if closed:  # one of them opens all
        owning.open_door(closed[0])
    for page in pages:
        owning.is_open(page)
    sit(pages[0], "Otter")
    expect(sitting.panel(pages[0], "entries")).to_contain_text(MARK)
    return pages


def keeper_of(own) -> psutil.Process:
    children = psutil.Process(own.server.process.pid).children(recursive=True)
    return next(one for one in children if "kit.vault.agent_process" in " ".join(one.cmdline()))


def test_the_first_session_opens_on_the_practice_that_was_just_begun(own):
    page = own.page("1_session")

    owning.is_open(page)
    assert "Heron" not in owning.all_of(page)


def test_the_lock_empties_every_open_page(opened):
    owning.press_lock(opened[1])

    for page in opened:
        owning.is_locked(page)
        owning.holds_none_of(page, MARK, "Otter")


def test_a_page_whose_notebook_is_still_at_work_is_empty_at_once(own, opened):
    notebook = own.server.kernel_process("1_session.ipynb")
    notebook.suspend()
    try:
        owning.press_lock(opened[1])
        owning.holds_none_of(opened[0], MARK, "Otter")
    finally:
        notebook.resume()

    owning.is_locked(opened[0])


@pytest.mark.parametrize(
    ("views", "shown"),
    [
        ([(900, MARK), (900, MARK), (0, "Locked."), (2000, MARK)], [MARK, "", "", "Locked.", MARK]),
        (
            [(0, "Locked."), (900, MARK), (0, "Locked."), (2000, MARK)],
            ["Locked.", "Locked.", "Locked.", "Locked.", MARK],
        ),
        ([(0, MARK), (0, MARK), (0, MARK)], [MARK] * 4),
    ],
    ids=["open", "not filled yet", "without a key"],
)
def test_what_a_notebook_still_sends_after_the_lock_is_not_shown(own, views, shown):
    page = own.context.new_page()
    page.route("**/alone", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto("http://localhost/alone")

    told = [
        {"keyed": keyed, "turn": turn, "blocks": [{"is": "text", "text": text}]}
        for turn, (keyed, text) in enumerate(views)
    ]

    assert page.evaluate(ALONE, [PANEL_JS, told]) == shown
    page.close()


def test_one_unlock_serves_every_open_page_and_the_session_goes_on(opened):
    owning.press_lock(opened[0])
    for page in opened:
        owning.is_locked(page)

    owning.open_door(opened[2])

    for page in opened:
        owning.is_open(page)
    expect(sitting.panel(opened[0], "choose_client")).to_contain_text("Otter")
    expect(sitting.panel(opened[0], "entries")).to_contain_text(MARK)


def test_another_passphrase_is_told_in_one_sentence_and_the_page_stays_locked(opened):
    owning.press_lock(opened[0])
    owning.is_locked(opened[0])

    owning.open_door(opened[0], "something else")

    expect(opened[0].locator(".kit-door [role=alert]").first).to_contain_text("does not open the book")
    owning.holds_none_of(opened[0], MARK)


def test_the_page_says_how_long_a_new_passphrase_is_before_anybody_types_and_once_more_kindly(own):
    page = own.context.new_page()
    page.goto(own.server.page_of("0_start_here.ipynb"))
    change = sitting.panel(page, "own_practice").locator("details", has_text="Change the passphrase").first
    change.locator("summary").click()
    new = change.get_by_label("New passphrase", exact=True)

    expect(new).to_have_accessible_description(re.compile("At least 15 characters"))
    expect(change.get_by_text("At least 15 characters")).to_be_visible()
    change.get_by_label("Passphrase until now").fill(owning.PASSPHRASE)
    for box in (new, change.get_by_label("The same once more")):
        box.fill("a short one")
    change.get_by_role("button", name="Change the passphrase").click()
    expect(change.get_by_role("alert")).to_contain_text("needs at least 15 characters")
    page.close()


def test_when_the_broker_is_killed_everything_is_locked_and_nothing_is_lost(own, opened):
    sitting.write(opened[0], "small_win", "win.title", "half a sentence")
    sitting.drafted(opened[0], "small_win")

    keeper_of(own).kill()

    for page in opened:
        owning.is_locked(page)
        owning.holds_none_of(page, MARK)
    owning.open_door(opened[0])
    for page in opened:
        owning.is_open(page)
    expect(sitting.panel(opened[0], "entries")).to_contain_text(MARK)
    expect(sitting.entry(opened[0], "small_win", "win.title")).to_have_value("half a sentence")
    sitting.write(opened[0], "small_win", "win.title", "")


def test_two_people_who_talk_and_only_move_the_mouse_are_there(own, opened):
    page = own.context.new_page()
    page.goto(own.server.page_of("3_reports.ipynb"))
    page.get_by_role("button", name="Lock", exact=True).wait_for()

    with page.expect_request(lambda asked: "kit/practice" in asked.url and asked.post_data == '{"do":"touch"}'):
        page.mouse.move(200, 200)

    page.close()


def test_when_nobody_is_there_for_a_while_every_page_is_locked(own, opened):
    book = own.server.home / "practice.book"
    sitting.next_person(opened[0])  # a session that is open is not locked so soon
    with owning.kit_home(own.server.home):
        agent.add_key(book, keys.read_key_file(book, owning.PASSPHRASE), idle=1.0)

    for page in opened:
        owning.is_locked(page)
        owning.holds_none_of(page, MARK)


def test_a_locked_page_still_has_the_support_lines(own, opened):
    owning.press_lock(opened[0])
    owning.is_locked(opened[0])

    opened[0].get_by_role("button", name="Support now").first.click()

    expect(sitting.panel(opened[0], "support_now")).to_contain_text("Lines to call")


@pytest.fixture
def damaged(serve, tmp_path_factory):
    """A running kit whose practice lacks what was noted after its backup; the book as it stands."""
    home = tmp_path_factory.mktemp("damaged")
    place = home / "practice.book"
    with owning.kit_home(home):
        book = kit.open_book(place, passphrase=owning.PASSPHRASE)
        book.add(kit.Client(name="Otter"))
        book.close()
        backups.make(place, keys.read_key_file(place, owning.PASSPHRASE))
        older = place.read_bytes()
        book = kit.open_book(place, passphrase=owning.PASSPHRASE)
        book.add(kit.Win(client="Otter", title=MARK))
        book.close()
        place.write_bytes(older)
    return serve(sitting.begin, home, **owning.NO_KEYRING)


def test_a_damaged_practice_is_brought_back_at_its_door(damaged, page):
    older = (damaged.home / "practice.book").read_bytes()
    page.goto(damaged.address)
    owning.is_locked(page)

    owning.open_door(page)
    door = sitting.panel(page, "choose_client")
    expect(door).to_contain_text("is safe: the backup of that moment was opened just now")
    expect(door).to_contain_text("1 later change")
    said_first = door.get_by_role("heading", name="Something happened to this book")
    expect(said_first).to_be_focused()  # whoever pressed is led to what is said now
    expect(said_first).to_be_in_viewport()
    door.get_by_role("button", name="Bring back the backup of").click()
    expect(door).to_contain_text("kept beside it under another name")
    door.get_by_role("button", name="Choose another way").click()
    assert not list(damaged.home.glob("*.before-restore-*"))
    door.get_by_role("button", name="Bring back the backup of").click()
    door.get_by_role("button", name="Yes, bring this one back").click()
    told = door.get_by_text("is kept as").inner_text()
    door.get_by_role("button", name="Open it").click()

    owning.is_open(page)
    sitting.panel(page, "choose_client").get_by_role("button", name="Sit down").wait_for()
    beside = (".key", ".head", "-wal")
    (aside,) = (one for one in damaged.home.glob("*.before-restore-*") if not one.name.endswith(beside))
    assert str(aside) in told and aside.read_bytes() == older
    owning.holds_none_of(page, owning.PASSPHRASE)


def test_a_closing_that_did_not_work_is_said_and_can_be_tried_again(opened):
    opened[0].route("**/api/shutdown*", lambda asked: asked.fulfill(status=500))
    opened[0].get_by_role("button", name="Close the practice").click()

    lab.wait_for_word(opened[0], "Please try once more")
    expect(opened[0].get_by_role("button", name="Close the practice")).to_be_visible()
    opened[0].unroute("**/api/shutdown*")


def test_closing_the_practice_ends_the_kernels_and_the_server(own, opened):
    opened[0].get_by_role("button", name="Close the practice").click()

    lab.wait_for_word(opened[0], "closed and locked")
    assert own.server.process.wait(30) == 0
    owning.holds_none_of(opened[0], MARK)
