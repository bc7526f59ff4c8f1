"""A workshop on two phones, one of them without script, with the facilitator's window and the projected board."""

import itertools
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import traces
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

import kit
from kit import rooms
from kit.reports.sanitize import sanitize_html
from kit.rooms import agenda

SECRET = "zinnia by the back door"
QUEUED = "Object.entries(sessionStorage).find(([name]) => name.startsWith('kit-queue'))?.[1] ?? null"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A real room, in a process of its own, for the whole file."""
    home = tmp_path_factory.mktemp("rooms")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_HOME", str(home))
        book = kit.open_book(home / "rooms.book")
        book.add(kit.SupportLine(name="Night Harbour", number="0123 456"))
        book.close()
        asked = rooms.RoomRequest(str(home / "rooms.book"), title="Tuesday group", keep_until=rooms.retention_date())
        opened = rooms.open_room(asked)
        yield opened
        rooms.close_room(opened)


@pytest.fixture(scope="module")
def of_one(tmp_path_factory):
    """The room of one client, with a few things to draw."""
    home = tmp_path_factory.mktemp("of-one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_HOME", str(home))
        book = kit.open_book(home / "one.book")
        book.add(kit.Client(name="Heron"))
        for to in ("notes", "a room"):
            book.add(kit.Agreement(client="Heron", to=to))
        for days in (40, 20, 3):
            book.add(kit.Win(client="Heron", title="Bread", on=date.today() - timedelta(days=days)))
        book.close()
        opened = rooms.open_room(rooms.RoomRequest(str(home / "one.book"), client="Heron"))
        yield opened
        rooms.close_room(opened)


@pytest.fixture
def window(chromium):
    """Opens windows of people who were never here before; what goes wrong in one of them is told."""
    contexts, wrong = [], []

    def opening(address, wide=360, script=True, **looks):
        size = {"width": wide, "height": 740 if wide < 600 else 800}
        contexts.append(
            chromium.new_context(viewport=size, java_script_enabled=script, reduced_motion="reduce", **looks)
        )
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
        page.goto(address)
        return page

    yield opening
    for context in contexts:
        context.close()
    assert wrong == []


def go(room, at):
    rooms.send_action(room, "go", at=str(at))


def share(page, text):
    page.fill("#text", text)
    page.click("form.share button.main")
    page.wait_for_selector(f".mine >> text={text}")


def test_a_whole_workshop_with_and_without_script(room, window):
    lead, board = window(room.lead, 390), window(room.board, 1280)
    phone, plain = window(room.near), window(room.join, script=False)
    traffic = []
    phone.on("request", lambda asked: traffic.append(f"{asked.url} {asked.post_data}"))
    phone.fill("#code", room.typed)
    phone.click("text=Come in")
    phone.click("text=I agree, and join")
    plain.click("text=I agree, and join")

    lead.click("text=Next phase")
    phone.wait_for_url("**/step/word")
    share(phone, "hopeful")
    plain.goto(room.near)
    share(plain, "tired")
    assert "hopeful" not in board.content()
    lead.locator("button", has_text="Is anything waiting?").first.click()
    lead.wait_for_selector("text=2 lines are waiting. With so few you may guess whose they are.")
    assert "tired" not in lead.content()
    lead.click("text=Let me see")
    lead.wait_for_selector("text=tired")
    lead.click("text=Reveal these words")
    board.wait_for_selector("text=hopeful")
    assert "tired" in board.content()

    go(room, 2)
    phone.wait_for_url("**/step/better")
    phone.fill("textarea", f"{SECRET}\nmornings without dread")
    plain.goto(room.near)
    assert "please write this one on paper" in plain.inner_text("main")
    assert plain.locator("textarea:visible").count() == 0

    go(room, 3)
    phone.wait_for_url("**/step/shared")
    phone.click("text=mornings without dread")
    phone.click("form.share button.main")
    phone.wait_for_selector(".mine")
    rooms.send_action(room, "release", ask="shared")
    lead.click("li:has-text('mornings without dread') >> text=Show")
    board.wait_for_selector("text=mornings without dread")

    go(room, 5)
    phone.wait_for_url("**/step/when_then")
    phone.fill("textarea >> nth=0", "the kettle is on")
    phone.click("text=Take home: my own page")
    with phone.expect_download() as file:
        phone.click("#take-home")
    page = file.value.path().read_text(encoding="utf-8")
    assert all(words in page for words in (SECRET, "the kettle is on", "Night Harbour"))
    assert "<script" not in page
    assert "kettle" in sanitize_html(page)

    plain.goto(room.near)
    plain.click("text=Support now")
    plain.fill("#place", "by the window")
    plain.click("button:text-is('Please come to me')")
    lead.wait_for_selector("text=by the window")

    assert not any("zinnia" in asked or "kettle" in asked for asked in traffic)
    files = traces.files(Path(room.book).parent)
    assert traces.holding(files, "Night Harbour") and not traces.holding(files, "zinnia")


def test_what_is_shared_without_a_network_goes_out_once_when_it_is_back(room, window):
    go(room, 3)
    phone = window(room.join)
    phone.click("text=I agree, and join")
    phone.wait_for_url("**/step/shared")
    phone.context.set_offline(True)
    phone.fill("#text", "kept on the phone")
    phone.click("form.share button.main")
    phone.wait_for_selector("#outbox:has-text('as soon as the network is back')")
    queued = json.loads(phone.evaluate(QUEUED))
    assert len(queued) == 1

    phone.context.set_offline(False)
    phone.wait_for_selector(".mine >> text=kept on the phone", timeout=30_000)
    assert phone.evaluate(QUEUED) is None
    assert phone.locator(".mine").count() == 1


def test_the_keyboard_alone_is_enough_for_a_rating(room, window):
    go(room, 1)
    phone = window(room.join)
    phone.keyboard.press("Tab")
    for _step in range(8):
        if phone.evaluate("document.activeElement.textContent").startswith("I agree"):
            break
        phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/step/word")
    phone.goto(room.near + "/step/energy")
    while phone.evaluate("document.activeElement.type") != "radio":
        phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowRight")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")

    phone.wait_for_selector(".mine >> text=0 to 3")


def test_a_whole_workshop_needs_no_mouse(room, window):
    go(room, 0)
    lead, phone = window(room.lead, 390), window(room.near)
    reach(phone, "code")
    phone.keyboard.type(room.typed)
    phone.keyboard.press("Enter")
    press(phone, "I agree")
    phone.wait_for_selector("text=Here we wait for each other.")

    press(lead, "Next phase")
    phone.wait_for_url("**/step/word")
    write(phone, "text", "unhurried")
    press(phone, "Keep it")
    phone.wait_for_selector(".mine >> text=unhurried")
    press(lead, "Is anything waiting?")
    press(lead, "Let me see")
    press(lead, "Reveal these words")
    phone.wait_for_selector(".shown >> text=unhurried")

    press(lead, "Next phase")
    phone.wait_for_url("**/step/better")
    write(phone, "better", "a reed by the water")
    press(lead, "Next phase")
    phone.wait_for_url("**/step/shared")
    write(phone, "text", "the far shore")
    press(phone, "Share it without a name")
    phone.wait_for_selector(".mine >> text=the far shore")
    press(lead, "Is anything waiting?")
    press(lead, "Let me see")
    lead.wait_for_selector("text=the far shore")
    press(lead, "Show: the far shore")
    phone.wait_for_selector("text=Shown to all, without a name")

    press(lead, "Next phase")
    phone.wait_for_url("**/step/themes")
    press(lead, "Next phase")
    phone.wait_for_url("**/step/when_then")
    press(phone, "Take home")
    phone.wait_for_url("**/step/take_home")
    reach(phone, "take-home")
    with phone.expect_download() as taken:
        phone.keyboard.press("Enter")
    assert "a reed by the water" in taken.value.path().read_text("utf-8")


def reach(page, what):
    """Goes with Tab to what is called so, by its label, its words or its id."""
    for _step in range(60):
        page.keyboard.press("Tab")
        try:
            here = page.evaluate(
                "(({ id, ariaLabel, textContent }) => [id, ariaLabel ?? textContent.trim()])(document.activeElement)"
            )
        except Error:  # the page has just gone on
            page.wait_for_load_state()
            continue
        if here[0] == what or here[1].startswith(what):
            return
    raise AssertionError(f"{what} was not reached")


def press(page, what):
    reach(page, what)
    page.keyboard.press("Enter")


def write(page, what, words):
    reach(page, what)
    page.keyboard.type(words)


LOOKS = [(320, "light", "none"), (768, "dark", "none"), (1280, "light", "none"), (320, "dark", "active")]


@pytest.mark.parametrize(("wide", "scheme", "forced"), LOOKS)
def test_axe_finds_nothing_amiss_on_any_page_of_a_workshop(room, window, wide, scheme, forced):
    looks = {"wide": wide, "color_scheme": scheme, "forced_colors": forced}
    accessible(window(room.near, **looks))
    phone = window(room.join, **looks)
    accessible(phone)
    phone.click("text=I agree, and join")
    lead, board = window(room.lead, **looks), window(room.board, **looks)
    for at in range(len(agenda.load().phases)):
        go(room, at)
        accessible(another(phone, room.near))
    for path in ("/support", "/data", "/try", "/nowhere"):
        accessible(another(phone, room.near + path))
    accessible(another(lead, room.near + "/lead"))
    accessible(another(lead, room.near + "/lead/paper"))
    accessible(another(board, room.near + "/board"))


def test_axe_finds_nothing_amiss_in_a_session_of_one_and_the_picture_follows_the_screen(of_one, window):
    accessible(window(of_one.near, 320, color_scheme="dark"))
    theirs = window(of_one.join, 320, color_scheme="dark")
    theirs.wait_for_selector("text=Hello, Heron")
    for path in ("/", "/form/check_in", "/form/setback", "/journey", "/support", "/data"):
        theirs.goto(of_one.near + path)
        accessible(theirs)
    accessible(window(of_one.lead, 768, color_scheme="dark"))

    theirs.goto(of_one.near + "/journey")
    theirs.wait_for_selector("[data-drawn] #plot .main-svg")
    wins = theirs.locator("#plot .points path.point").first
    expect(wins).to_have_css("fill", "rgb(236, 231, 221)")
    theirs.emulate_media(color_scheme="light")
    expect(wins).to_have_css("fill", "rgb(34, 48, 60)")


def ground(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_pages_are_dark_on_a_dark_screen_and_the_board_and_paper_stay_light(room, window):
    phone, lead, board = (window(link, color_scheme="dark") for link in (room.join, room.lead, room.board))
    sheets = another(lead, room.near + "/lead/paper")
    dark, light, white = "rgb(26, 33, 40)", "rgb(251, 248, 243)", "rgb(255, 255, 255)"

    assert [ground(page) for page in (phone, lead, board, sheets)] == [dark, dark, light, white]
    phone.emulate_media(color_scheme="light")
    assert ground(phone) == light
    phone.emulate_media(color_scheme="dark", media="print")
    assert ground(phone) == white


def test_each_phase_is_printed_black_on_one_sheet_of_a4(room, window):
    sheets = another(window(room.lead, color_scheme="dark"), room.near + "/lead/paper")
    printed = sheets.pdf(prefer_css_page_size=True)
    sheets.emulate_media(media="print")

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(agenda.load().phases)
    assert {one.evaluate("one => getComputedStyle(one).color") for one in sheets.locator("h1, h2, a").all()} == {
        "rgb(0, 0, 0)"
    }


def test_what_was_chosen_is_seen_with_forced_colours(room, window):
    go(room, 1)
    phone = window(room.join, color_scheme="dark", forced_colors="active")
    phone.click("text=I agree, and join")
    energy = another(phone, room.near + "/step/energy")
    energy.locator(".scale label").nth(4).click()
    marks = energy.locator(".scale span").evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")

    assert [n for n, one in enumerate(marks) if marks.count(one) == 1] == [4]


def test_a_page_that_is_taken_home_follows_the_screen_too(room, window, chromium):
    go(room, 5)
    phone = window(room.join, color_scheme="dark")
    phone.click("text=I agree, and join")
    home = another(phone, room.near + "/step/take_home")
    with home.expect_download() as file:
        home.click("#take-home")

    taken = window(file.value.path().as_uri(), color_scheme="dark")
    taken.set_content(file.value.path().read_text("utf-8"))
    assert ground(taken) == "rgb(26, 33, 40)"
    taken.emulate_media(color_scheme="light")
    assert ground(taken) == "rgb(251, 248, 243)"


def another(page, address):
    """A page of the same device that stands still: one that is open moves on with the room."""
    still = page.context.new_page()
    still.goto(address)
    return still


def accessible(page):
    found = Axe().run(page)

    assert found.response["passes"], page.url
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_the_last_page_offers_what_was_written_once_more_and_clears_nothing(closing, window):
    writer, idle, apart = (in_the_room(closing, window) for _phone in range(3))
    for phone in (writer, apart):
        phone.fill("textarea", SECRET)
    apart.goto(f"{closing.near}/support")
    idle.goto(closing.near)
    go(closing, 3)
    writer.wait_for_url("**/step/shared")
    assert apart.url.endswith("/support")
    writer.fill("#text", "not shared yet")
    rooms.close_room(closing)

    for phone in (writer, idle, apart):
        phone.wait_for_selector("text=This room is closed")
    assert apart.locator("#own-page p").all_inner_texts() == [SECRET]
    assert idle.locator("#main button").count() == 0
    accessible(writer)
    assert writer.locator("#own-page p").all_inner_texts() == [SECRET, "not shared yet"]
    with writer.expect_download() as taken:
        writer.click("#take-home")
    page = Path(taken.value.path()).read_text("utf-8")
    assert SECRET in page
    assert "not shared yet" in page
    assert len(kept(writer)) == 1
    writer.on("dialog", lambda asked: asked.accept())
    writer.click("#let-go")
    assert kept(writer) == []


def test_a_room_that_gives_no_answer_clears_nothing_and_its_page_offers_what_was_written(closing, window):
    phone = in_the_room(closing, window)
    phone.fill("textarea", SECRET)
    answers, met = itertools.cycle(("abort", "500", "503", "nonsense")), []

    def refuse(route):
        met.append(next(answers))
        if met[-1] == "abort":
            route.abort()
        elif met[-1] == "nonsense":
            route.fulfill(status=200, body="<html>a hotel's own page</html>")
        else:
            route.fulfill(status=int(met[-1]), json={"said": "not now", "kept": False})

    phone.route("**/now*", refuse)
    rooms.send_action(closing, "aloud", on="1")  # which ends the wait for news
    phone.locator("#silent").wait_for()
    while len(met) < 5:
        phone.wait_for_timeout(100)
    assert phone.locator("textarea").input_value() == SECRET
    assert len(kept(phone)) == 1
    phone.click("text=Show what I wrote")
    assert phone.locator("#own-page p").all_inner_texts() == [SECRET]
    accessible(phone)


def test_a_clock_that_runs_ahead_clears_nothing_and_another_room_shows_nothing_of_it(closing, window):
    phone = in_the_room(closing, window)
    phone.fill("textarea", SECRET)
    phone.clock.install(time=datetime.now() + timedelta(days=3))
    phone.goto(f"{closing.near}/step/better")
    assert phone.locator("textarea").input_value() == SECRET
    port = closing.near.rsplit(":", 1)[1]
    rooms.close_room(closing)
    while not rooms.has_ended(closing):
        phone.wait_for_timeout(100)

    asked = rooms.RoomRequest(closing.book, title="Wednesday group", keep_until=rooms.retention_date(), port=int(port))
    later = rooms.open_room(asked)
    try:
        go(later, 2)
        phone.goto(later.join)
        phone.click("text=I agree, and join")
        phone.wait_for_url("**/step/better")
        assert phone.locator("textarea").input_value() == ""
        assert len(kept(phone)) == 1
    finally:
        rooms.close_room(later)


@pytest.fixture
def closing(tmp_path, monkeypatch):
    """A room of a test's own, which it may close."""
    monkeypatch.setenv("KIT_HOME", str(tmp_path))
    kit.open_book(tmp_path / "rooms.book").close()
    opened = rooms.open_room(
        rooms.RoomRequest(str(tmp_path / "rooms.book"), title="Tuesday", keep_until=rooms.retention_date())
    )
    yield opened
    rooms.close_room(opened)


def in_the_room(room, window):
    go(room, 2)
    phone = window(room.join)
    phone.click("text=I agree, and join")
    phone.wait_for_url("**/step/better")
    return phone


def kept(phone):
    return phone.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('kit-own'))")
