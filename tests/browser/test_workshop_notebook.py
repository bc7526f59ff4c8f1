"""The facilitator's notebook and the client's own device, in a real JupyterLab with real phones beside it."""

import lab
import pytest
import rooming
import sitting
import traces

import kit
from kit import rooms

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "reduced_motion": "reduce"}
SCRIPT = "<img src=x onerror=document.title=1>"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(serve, home):
    return serve(sitting.begin, home)


@pytest.fixture
def open_rooms(home, monkeypatch):
    """The rooms that this test leaves open are closed."""
    monkeypatch.setenv("KIT_HOME", str(home))
    yield rooms.list_open
    for one in rooms.list_open():
        rooms.close_room(one)


@pytest.fixture
def device(new_page):
    """Pages on devices of their own, each with its own cookies."""
    return lambda **more: new_page(**{**PHONE, **more})


@pytest.fixture
def notebook(page):
    page.said = []
    page.on("console", lambda told: told.type == "error" and page.said.append(told.text))
    page.on("pageerror", lambda error: str(error) == lab.PUT_AWAY or page.said.append(str(error)))
    return page


def the_first(page, word, text):
    return sitting.panel(page, word).get_by_text(text, exact=True).first


def test_a_workshop_is_led_from_the_notebook(notebook, device, server, open_rooms):
    notebook.goto(server.page_of("4_workshop.ipynb"))
    lab.wait_for_form(notebook)
    lab.wait_for_quiet(notebook)
    sitting.write(notebook, "workshop", "workshop.title", "An evening in autumn")
    sitting.press(notebook, "workshop", "Open the room")
    the_first(notebook, "workshop", "1 of 7: Arriving").wait_for()
    (room,) = open_rooms()

    phone, board = device(), device(viewport={"width": 1280, "height": 720}, is_mobile=False)
    phone.goto(room.near)
    phone.get_by_label("The code of this room").fill(room.typed)
    phone.get_by_role("button", name="Come in").click()
    phone.get_by_role("button", name="I agree, and join").click()
    board.goto(room.board)
    sitting.press(notebook, "workshop", "Next phase: Checking in")
    phone.get_by_role("heading", name="One word for how I am here").wait_for()
    the_first(notebook, "workshop", "2 of 7: Checking in").wait_for()

    phone.locator("#text").fill(SCRIPT)
    phone.get_by_role("button", name="Keep it").click()
    phone.get_by_text("Kept, and not shown yet").wait_for()
    notebook.wait_for_timeout(2500)
    assert "onerror" not in notebook.content()
    assert "onerror" not in board.content()
    sitting.press(notebook, "workshop", "Is anything waiting? One word for how I am here")
    the_first(notebook, "workshop", "1 line is waiting. With so few you may guess whose it is.").wait_for()
    sitting.press(notebook, "workshop", "Let me see on my own page")
    sitting.panel(notebook, "workshop").get_by_text("is waiting.").wait_for(state="detached")
    assert "onerror" not in notebook.content()
    notebook.locator("[data-word=phase]").nth(1).get_by_role("button", name="Reveal: One word").click()
    sitting.panel(notebook, "board").get_by_text(SCRIPT).wait_for()
    board.get_by_text(SCRIPT).wait_for()
    assert [notebook.locator("[data-word=board] img").count(), board.locator("main ul img").count()] == [0, 0]

    notebook.reload()
    lab.wait_for_quiet(notebook)
    the_first(notebook, "workshop", "2 of 7: Checking in").wait_for()
    sitting.panel(notebook, "workshop").get_by_role("button", name="Close the room", exact=True).click()
    sitting.press(notebook, "workshop", "Close the room for everybody")
    sitting.press(notebook, "workshop", "Yes, close it")
    phone.get_by_text("This room is closed.").wait_for()
    sitting.panel(notebook, "workshop").get_by_role("button", name="Open the room").wait_for()
    assert open_rooms() == []
    sitting.panel(notebook, "workshop").get_by_role("button", name="Read what was shared").click()
    sitting.panel(notebook, "workshop").get_by_text(SCRIPT).wait_for()
    assert notebook.locator("[data-word=workshop] .kit-words img").count() == 0
    assert notebook.said == []


def test_a_session_of_one_and_the_coachs_notebook(notebook, device, server, open_rooms):
    sitting.come_in(notebook, server)
    sitting.choose(notebook, "Heron")
    sitting.panel(notebook, "invite").get_by_role("button", name="Open a page on it").click()
    sitting.press(notebook, "invite", "Yes, from today")
    sitting.press(notebook, "invite", "Open the page")
    sitting.panel(notebook, "invite").get_by_text("nobody is in it yet").wait_for()
    (room,) = open_rooms()

    theirs = device()
    theirs.goto(room.join)
    theirs.get_by_role("heading", name="Hello, Heron").wait_for()
    sitting.panel(notebook, "invite").get_by_text("Heron has the page before them.").wait_for()
    sitting.press(notebook, "invite", "A small win")
    theirs.locator("#title").wait_for()
    sent = []
    theirs.on("request", lambda asked: sent.append(asked.url + (asked.post_data or "")))
    theirs.locator("#title").press_sequentially(f"Fed the ducks {SCRIPT}")
    sitting.panel(notebook, "invite").get_by_text("It is being written: A small win.").wait_for()
    assert [one for one in sent if "Fed" in one] == []
    assert "Fed the ducks" not in notebook.content()
    theirs.get_by_role("button", name="Keep it").click()
    theirs.get_by_text("Kept. Thank you").wait_for()
    sitting.panel(notebook, "invite").get_by_text("It stands in the entries.").wait_for()
    sitting.panel(notebook, "entries").get_by_text(f"Fed the ducks {SCRIPT}").wait_for()

    assert hidden_on(theirs, room) == []
    theirs.goto(f"{room.near}/journey")
    theirs.locator("body[data-drawn]").wait_for()
    assert theirs.locator("#plot svg").count() > 0
    assert [page.title() for page in (theirs, notebook) if page.title() == "1"] == []
    sitting.press(notebook, "invite", "Close the page")
    theirs.get_by_text("This room is closed.").wait_for()
    assert theirs.locator("#plot").count() == 0
    assert notebook.said == []


def hidden_on(theirs, room):
    """What is for the coach's eyes alone, or is somebody else's, and stands on a page of the client's."""
    book = kit.open_book("sample")
    mine = book.records(kit.Client, "Heron")[0]
    others = [one.name for one in book.records(kit.Client) if one.name != "Heron"]
    kept = [*book.records(kit.Session, "Heron"), *book.records(kit.Setback, "Heron"), mine]
    secret = [*others, *(one.private_note for one in kept if one.private_note)]
    book.close()
    assert len(secret) > len(others)
    found = []
    for path in rooming.PAGES_OF_ONE:
        theirs.goto(room.near + path)
        found += [(path, one) for one in secret if one in theirs.content()]
    return found


def test_a_form_is_one_question_a_screen_and_its_draft_stays_on_the_device(device, open_rooms):
    book = kit.open_book("sample")
    if not any(one.to == "a room" for one in book.records(kit.Agreement, "Heron")):
        book.add(kit.Agreement(client="Heron", to="a room"))
    room = rooms.open_room(rooms.RoomRequest(book=str(book.place.resolve()), client="Heron"))
    theirs = device()
    theirs.goto(room.join)
    theirs.get_by_role("link", name="A setback").click()
    theirs.locator("#title").fill("Two loud days")
    for _screen in range(4):
        theirs.get_by_role("button", name="Go on").click()
    theirs.get_by_text("5 of 9").wait_for()
    theirs.locator('[name=triggers][value="short nights"]').check()
    theirs.locator("#triggers-new").fill("the drums next door")
    theirs.get_by_role("button", name="Go on").click()
    theirs.get_by_label("the drums next door").check()
    assert theirs.locator("[data-field=outside_control] label:visible").all_inner_texts() == [
        "short nights", "the drums next door",
    ]  # fmt: skip

    theirs.reload()
    theirs.get_by_text("6 of 9").wait_for()
    assert book.records(kit.Setback, "Heron")[-1].title != "Two loud days", "nothing is sent before it is kept"
    theirs.get_by_label("the drums next door").check()
    theirs.get_by_role("button", name="Keep it as it is").click()
    theirs.get_by_text("Kept. Thank you").wait_for()
    kept = book.records(kit.Setback, "Heron")[-1]
    assert (kept.title, kept.by) == ("Two loud days", "client")
    assert set(kept.triggers) == {"short nights", "the drums next door"}
    assert kept.outside_control == ("the drums next door",)
    book.close()


MINE = "mornings without the grey zinnia"  # what somebody writes for themselves


def came_in(phone, room):
    phone.goto(room.join)
    phone.get_by_role("button", name="I agree, and join").click()


def shared(phone, text, button="Share it without a name"):
    phone.locator("#text").fill(text)
    phone.get_by_role("button", name=button).click()
    phone.get_by_text("Kept, and not shown yet").wait_for()


def led_on(notebook, phones, phase, question):
    """The button under the heading of the phase before; every phone goes along."""
    notebook.locator("[data-word=phase]").nth(phase).get_by_role("button", name="Next phase").click()
    for phone in phones:
        phone.get_by_role("heading", name=question).wait_for()


def test_three_phones_a_projector_a_private_page_and_the_notebook(notebook, device, server, home, open_rooms):
    notebook.goto(server.page_of("4_workshop.ipynb"))
    lab.wait_for_form(notebook)
    lab.wait_for_quiet(notebook)
    sitting.write(notebook, "workshop", "workshop.title", "Three of us")
    sitting.press(notebook, "workshop", "Open the room")
    the_first(notebook, "workshop", "1 of 7: Arriving").wait_for()
    (room,) = open_rooms()
    wide = {"viewport": {"width": 1280, "height": 720}, "is_mobile": False}
    one, two, late, board, private = device(), device(), device(), device(**wide), device()
    sent = []
    for page in (one, two, late):
        page.on("request", lambda asked: sent.append(f"{asked.url} {asked.post_data}"))
    board.goto(room.board)
    private.goto(room.lead)
    came_in(one, room)
    came_in(two, room)

    led_on(notebook, (one, two), 0, "One word for how I am here")
    shared(one, "hopeful", "Keep it")
    shared(two, "not for the wall", "Keep it")
    rooms.send_action(room, "release", ask="word")
    private.get_by_text("hopeful").wait_for()
    private.locator("li", has_text="not for the wall").get_by_role("button", name="Keep back").click()
    private.get_by_text("Kept back").wait_for()
    notebook.locator("[data-word=phase]").nth(1).get_by_role("button", name="Reveal: One word").click()
    board.get_by_text("hopeful").wait_for()
    sitting.panel(notebook, "board").get_by_text("hopeful").wait_for()

    led_on(notebook, (one, two), 1, "What does better mean to me")
    one.locator("textarea").fill(MINE)
    led_on(notebook, (one, two), 2, "A line that I would like to share")
    came_in(late, room)
    late.get_by_role("heading", name="A line that I would like to share").wait_for()
    shared(two, "The sea, once more")
    rooms.send_action(room, "release", ask="shared")
    private.locator("li", has_text="The sea").get_by_role("button", name="Show").click()
    for page in (board, late, sitting.panel(notebook, "board")):
        page.get_by_text("The sea, once more").wait_for()

    led_on(notebook, (one, two, late), 3, "What do several of us speak of?")
    one.get_by_role("link", name="Pass, and go on").click()
    one.get_by_role("heading", name="What helps me").wait_for()
    shared(one, "tea with a neighbour")
    rooms.send_action(room, "release", ask="helps")
    private.locator("li", has_text="tea with").get_by_role("button", name="Show").click()
    board.get_by_text("tea with a neighbour").wait_for()
    late.get_by_role("link", name="Pass, and go on").click()
    late.get_by_role("button", name="Helps me, too").click()
    late.get_by_label("your dot is here").wait_for()

    led_on(notebook, (one, two, late), 4, "My next small step")
    one.get_by_role("link", name="Take home: my own page").click()
    with one.expect_download() as taken:
        one.get_by_role("button", name="Take it home as a file").click()
    assert MINE in taken.value.path().read_text("utf-8")
    led_on(notebook, (two, late), 5, "One word to close with")
    late.get_by_role("link", name="Support now").click()
    late.get_by_label("Where I sit").fill("by the window")
    late.get_by_role("button", name="Please come to me").click()
    private.get_by_text("by the window").wait_for()
    late.get_by_role("link", name="Back to the group").click()
    the_first(notebook, "workshop", "There is something for you on your own page.").wait_for()

    everywhere = "".join((notebook.content(), board.content()))
    assert [text for text in ("not for the wall", "by the window", MINE) if text in everywhere] == []
    assert [asked for asked in sent if "zinnia" in asked] == []
    sitting.panel(notebook, "workshop").get_by_role("button", name="Close the room", exact=True).click()
    sitting.press(notebook, "workshop", "Close the room for everybody")
    sitting.press(notebook, "workshop", "Yes, close it")
    for phone in (one, two, late):
        phone.get_by_text("This room is closed.").wait_for()
        kept = phone.evaluate("Object.keys(sessionStorage).filter((name) => /kit-(own|draft|queue)/.test(name))")
        assert [name.split(":")[0] for name in kept] == (["kit-own"] if phone == one else [])
    assert MINE in one.locator("#own-page").inner_text()  # offered once more
    assert traces.holding(traces.files(home), "zinnia") == []
    assert notebook.said == []
