"""The facilitator's notebook and the client's own device, in a real JupyterLab with real phones beside it."""

import lab
import pytest
import sitting

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
    yield rooms.found
    for one in rooms.found():
        rooms.close(one)


@pytest.fixture
def device(chromium):
    """Pages on devices of their own, each with its own cookies."""
    contexts = []

    def page(**more):
        contexts.append(chromium.new_context(**{**PHONE, **more}))
        return contexts[-1].new_page()

    yield page
    for one in contexts:
        one.close()


@pytest.fixture
def notebook(chromium, server):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.said = []
    page.on("console", lambda told: told.type == "error" and page.said.append(told.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


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
    for path in (
        "/",
        "/form/check_in",
        "/form/small_win",
        "/form/milestone",
        "/form/setback",
        "/journey",
        "/support",
        "/data",
    ):
        theirs.goto(room.near + path)
        found += [(path, one) for one in secret if one in theirs.content()]
    return found


def test_a_form_is_one_question_a_screen_and_its_draft_stays_on_the_device(device, open_rooms):
    book = kit.open_book("sample")
    if not any(one.to == "a room" for one in book.records(kit.Agreement, "Heron")):
        book.add(kit.Agreement(client="Heron", to="a room"))
    room = rooms.begin(rooms.Asked(book=str(book.place.resolve()), client="Heron"))
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
