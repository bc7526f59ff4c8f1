"""The facilitator's panels: a room opened, led and closed from a notebook that may be seen by the whole group."""

import asyncio
import gc
import json
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import rooming

import kit
from kit import rooms
from kit.store import Store
from kit.vault import agent, keys
from kit.widgets import SessionState, room_status

SHOWN, WAITS = "What was shared is in this book", "This opens with the room"
SILENT = "It goes on by itself, and nothing is lost."


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    """A room is looked at when a test does so."""
    monkeypatch.setattr(room_status, "EVERY", 3600)


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A room that is open, as a page finds it."""
    with rooming.opened(tmp_path) as room:
        monkeypatch.setattr(rooms, "list_open", lambda: [] if room.run.ended else [room.told])
        yield room


@pytest.fixture
def book(tmp_path):
    made = kit.open_book(tmp_path / "rooms.book")
    yield made
    made.close()


@pytest.fixture
def page(opened, book):
    """The panels of the notebook."""
    return SimpleNamespace(
        workshop=book.workshop(), board=book.board(), here=book.phase(), closing=book.phase("closing"), state=book.state
    )


def in_days(number) -> date:
    return date.today() + timedelta(days=number)


def look(page) -> None:
    """What happens every two seconds."""
    page.workshop.follow.look()
    page.workshop.follow.tell()


def press(panel, label) -> None:
    """Presses a button of a panel, wherever it stands."""
    (item,) = [one for one in items(panel.view["blocks"]) if one["label"] == label]
    panel._heard(panel, {"do": item["do"], "with": item["with"]}, [])


def items(blocks):
    for block in blocks:
        yield from block.get("items", []) if block["is"] == "buttons" else []
        yield from (one for item in block.get("items", []) if block["is"] == "list" for one in item.get("buttons", []))
        yield from items(block.get("blocks", []))


def seen(*panels) -> str:
    return json.dumps([[panel.view["blocks"], panel.status] for panel in panels], ensure_ascii=False)


def at(room, phase):
    room.act(do="go", at=str(next(n for n, one in enumerate(room.run.agenda.phases) if one.name == phase)))


def test_a_room_is_opened_found_again_by_another_kernel_and_closed(kit_home, tmp_path):
    mine, later = kit.open_book(tmp_path / "a.book"), kit.open_book(tmp_path / "a.book")
    panel = mine.workshop()
    panel.fill("workshop", title="Tuesday group")
    panel._heard(panel, {"do": "save"}, [])
    try:
        again = later.workshop()
        assert "1 of 7: Arriving" in seen(again)
        assert [one.title for one in later.records(kit.Workshop)] == ["Tuesday group"]
        press(again, "Next phase: Checking in")
        panel.follow.look()
        panel.refresh()
        assert "2 of 7: Checking in" in seen(panel)
    finally:
        press(panel, "Close the room for everybody")
        press(panel, "Yes, close it")
    assert SHOWN in seen(panel)
    assert rooms.list_open() == []


def test_next_phase_and_more_time_move_the_room(page, opened):
    press(page.here, "Next phase: Checking in")
    press(page.workshop, "+5 minutes")

    assert (opened.run.at, opened.run.extra) == (1, 5)
    assert "15 minutes left" in seen(page.workshop)
    press(page.closing, "Go there with everybody")
    assert opened.run.phase.name == "closing"
    press(page.workshop, "One phase back")
    assert "6 of 7: One small step" in seen(page.workshop)


def test_a_phase_leads_where_everybody_is_and_offers_the_way_elsewhere(page, opened):
    assert "Go there with everybody" in seen(page.closing)

    at(opened, "closing")
    look(page)
    assert "minutes left" in seen(page.closing)


def test_who_has_answered_changes_nothing_that_the_notebook_shows(page, opened):
    at(opened, "sharing")
    look(page)
    before = seen(page.workshop, page.board, page.here, page.closing)
    phones = [opened.phone(f"guest {number}") for number in range(3)]
    for ask in ("word", "energy", "shared"):
        phones[0].share(ask, "7")

    look(page)
    assert len(opened.run.staging.waiting) == 3
    assert seen(page.workshop, page.board, page.here, page.closing) == before


def test_a_line_stands_in_the_notebook_once_it_is_shown(page, opened):
    at(opened, "sharing")
    opened.phone().share("shared", "The sea, once more").share("shared", "Not for the wall")
    key = opened.id_of("The sea, once more")
    look(page)
    assert "The sea" not in seen(page.workshop, page.board, page.here)

    opened.act(do="show", id=key)
    look(page)
    assert "The sea, once more" in seen(page.board)
    assert "Not for the wall" not in seen(page.workshop, page.board, page.here)


def test_words_are_revealed_from_the_notebook(page, opened):
    at(opened, "check_in")
    opened.phone().share("word", "Here")
    opened.release()
    look(page)

    press(page.here, "Reveal: One word for how I am here")
    assert {"is": "words", "words": ["Here"], "looks": "word"} in page.board.view["blocks"]


def test_who_calls_stands_on_the_facilitators_own_page_alone(page, opened):
    opened.phone("Maple").send("/support", what="come", nickname="Maple", place="by the window")

    look(page)
    assert "There is something for you on your own page." in seen(page.workshop)
    assert "Maple" not in seen(page.workshop, page.board, page.here)
    assert "by the window" not in seen(page.workshop)


def test_the_support_sheet_is_read_to_all_and_put_away(page, opened):
    press(page.workshop, "Read the support sheet to all now")
    assert opened.run.is_read_aloud

    press(page.here, "Put the support sheet away")
    assert not opened.run.is_read_aloud


def test_entering_for_somebody_says_first_what_it_ends(page, opened):
    assert "ends their anonymity" in seen(page.workshop)

    press(page.workshop, "A line that I would like to share, without a name")
    page.workshop.fill("answer", text="From a paper slip")
    press(page.workshop, "They know, and want it: enter it")
    assert [(one.phase, one.text, one.shown) for one in opened.answers()] == [("shared", "From a paper slip", False)]
    assert "Entered." in page.workshop.status["said"]
    assert "From a paper slip" not in seen(page.workshop, page.board)


def test_closing_asks_once_more_and_ends_it_for_everybody(page, opened):
    phone = opened.phone()
    press(page.workshop, "Close the room for everybody")
    assert not opened.run.ended

    press(page.workshop, "Yes, close it")
    assert phone.open("/").status == 410
    assert SHOWN in seen(page.workshop)
    assert WAITS in seen(page.here)
    assert WAITS in seen(page.board)


def test_a_room_that_was_closed_elsewhere_is_gone_from_the_page(page, opened):
    opened.act(do="close")

    look(page)
    assert SHOWN in seen(page.workshop)


def test_a_room_that_gives_no_answer_stays_on_the_page_until_it_says_that_it_is_closed(page, opened, monkeypatch):
    def state(_room):
        raise answers[0]

    answers = [rooms.RoomTimeout()]
    with monkeypatch.context() as patch:
        patch.setattr(rooms, "get_state", state)
        for _time in range(30):
            look(page)
        assert "1 of 7: Arriving" in seen(page.workshop)
        assert SILENT in seen(page.workshop)
    look(page)
    assert SILENT not in seen(page.workshop)

    monkeypatch.setattr(rooms, "get_state", state)
    answers[0] = rooms.RoomClosed("closed")
    look(page)
    assert SHOWN in seen(page.workshop)


def test_a_room_that_is_found_and_gives_no_answer_is_said_to_be_silent_and_not_closed(opened, book, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(rooms, "get_state", lambda _room: (_ for _ in ()).throw(rooms.RoomTimeout()))
        panel = book.workshop()
        assert SILENT in seen(panel)
        assert SHOWN not in seen(panel)
    panel.follow.look()
    panel.refresh()
    assert "1 of 7: Arriving" in seen(panel)


def test_closing_a_room_that_gives_no_answer_is_not_taken_for_closed(page, opened, monkeypatch):
    monkeypatch.setattr(rooms, "close_room", lambda _room: (_ for _ in ()).throw(rooms.RoomTimeout()))
    press(page.workshop, "Close the room for everybody")
    press(page.workshop, "Yes, close it")

    assert "isn't answering just now" in page.workshop.status["said"]
    assert page.workshop.follow.room == opened.told
    assert SHOWN not in seen(page.workshop)


def test_a_press_in_a_room_that_is_gone_says_so(page, opened):
    opened.run.end()

    press(page.here, "+5 minutes")
    assert "This room is closed" in page.here.status["said"]


def test_the_room_of_another_book_is_not_shown(opened, tmp_path):
    other = kit.open_book(tmp_path / "other.book")

    assert "Where can it be reached?" in seen(other.workshop())


def way_in(page):
    (fold,) = [one for one in page.workshop.view["blocks"] if one.get("label") == "How people come in"]
    assert fold["open"]
    return fold["blocks"]


def test_the_way_in_is_a_picture_an_address_and_a_code(page, opened):
    opened.told.__dict__["address"] = "http://192.0.2.7:9"  # as in a network
    page.workshop.refresh()

    code = way_in(page)[0]
    assert code["src"].startswith("data:image/svg+xml")
    assert code["lines"][1:] == [opened.told.address, opened.told.typed]


def test_where_no_phone_can_reach_the_room_there_is_nothing_to_scan(page, opened):
    found = way_in(page)

    assert [one["text"] for one in found[1:3]] == [opened.told.address, opened.told.typed]
    assert not any(one["is"] == "code" for one in found)
    assert "Scan" not in str(found)


def test_a_phone_that_found_its_way_is_told_of(page, opened):
    opened.told.__dict__["address"] = "http://192.0.2.7:9"  # as in a network
    opened.device().open("/try")

    look(page)
    assert "A device has found its way here." in seen(page.workshop)


def test_the_sheets_are_there_before_any_room_is(book):
    (preview,) = [
        one for fold in book.workshop().view["blocks"] for one in fold.get("blocks", []) if one["is"] == "preview"
    ]

    assert preview["html"].count('class="sheet"') == 7
    assert "<script" not in preview["html"]
    assert "http" not in preview["html"].split("</head>")[1]


def test_a_workshop_without_a_name_is_not_opened(book, monkeypatch):
    monkeypatch.setattr(rooms, "open_room", lambda *_asked: pytest.fail("a room was opened"))
    panel = book.workshop()

    panel._heard(panel, {"do": "save"}, [])
    assert "asks for a second look" in panel.status["said"]


def test_what_is_asked_of_a_room_follows_what_was_chosen(book, monkeypatch):
    asked = []
    monkeypatch.setattr(rooms, "open_room", lambda *given: asked.append(given) or object())
    panel = book.workshop()
    panel.fill("workshop", title="Tuesday group", keep_until=None)
    for where, more in (
        ("near", {}),
        ("network", {}),
        ("server", {"server": {"address": "https://a.example", "port": 9000}}),
    ):
        panel._heard(panel, {"do": "reach", "with": where}, [])
        panel.typed |= more
        panel.follow.look = lambda: None
        panel.do_save()
        panel.follow.room = None

    assert [(one.lan, one.public, one.port, key) for one, key in asked] == [
        (False, "", 0, None), (True, "", 0, None), (False, "https://a.example", 9000, None),
    ]  # fmt: skip
    assert {one.keep_until for one, _key in asked} == {rooms.retention_date()}


def test_a_page_is_let_go_with_the_room_that_it_followed():
    page = SessionState(Store(None))
    page.source(room_status.OpenRooms).of("workshop")
    here = weakref.ref(page)

    del page
    gc.collect()

    assert here() is None


def test_an_encrypted_practice_hands_its_key_on_and_keeps_it_nowhere(tmp_path, monkeypatch, kit_home):
    place, key, handed = tmp_path / "own.book", keys.generate(), []
    made = kit.book.practice.create(place, key, "two quiet words")
    made.close()
    book = kit.book.Book(place, kit.book.Store(place, key))
    monkeypatch.setattr(agent, "get_key", lambda _book: key)
    monkeypatch.setattr(rooms, "open_room", lambda asked, given: handed.append((asked, given)))
    panel = book.workshop()
    panel.fill("workshop", title="Tuesday group")
    panel.do_save()

    assert handed[0][1] == key
    assert key.hex() not in repr(handed[0][0])
    assert all(value != key for value in vars(panel.follow).values())


def test_a_room_that_is_followed_is_asked_again_and_again_until_its_panels_are_gone(opened, book, monkeypatch):
    monkeypatch.setattr(room_status, "EVERY", 0.05)

    async def evening():
        mine = kit.open_book(book.place)
        panel = mine.workshop()
        opened.run.set_phase(1)
        while "2 of 7" not in seen(panel):
            await asyncio.sleep(0.05)
        mine.state.unsubscribe(panel)
        await asyncio.wait_for(panel.follow._task, 10)
        mine.close()

    with ThreadPoolExecutor(1) as apart:  # the browser's tests have a loop of their own
        apart.submit(lambda: asyncio.run(asyncio.wait_for(evening(), 20))).result()


def test_while_the_practice_is_locked_nothing_of_the_room_is_in_view(page):
    page.state.set_store(None, page.state.place)

    assert [block["is"] for block in page.workshop.view["blocks"]] == ["door", "text", "buttons"]
    assert "Arriving" not in seen(page.workshop, page.board, page.here)


def test_a_room_is_closed_without_unlocking(page, opened):
    page.state.set_store(None, page.state.place)

    press(page.workshop, "Close it for everybody")
    assert opened.run.ended
    assert [block["is"] for block in page.workshop.view["blocks"]] == ["door"]


def test_what_was_shared_is_deleted_before_its_day_when_it_is_said_twice(book):
    kept = book.add(kit.Workshop(title="Tuesday group"))
    book.add(kit.Answer(workshop=kept.id, phase="shared", text="The sea, once more"))
    panel = book.workshop()

    press(panel, "Read what was shared")
    press(panel, "Delete it now")
    assert len(book.records(kit.Answer)) == 1
    press(panel, "Yes, for good")
    assert book.records(kit.Workshop) + book.records(kit.Answer) == []
    assert "The sea" not in seen(panel)
    assert book.history(kit.Workshop(title="x", id=kept.id)) == []


def held(book, title="Tuesday group", on=0, **shared):
    """A workshop that is over: question -> its lines, each with whether it was shown."""
    made = book.add(kit.Workshop(title=title, on=in_days(on), keep_until=in_days(on + 30)))
    for phase, lines in shared.items():
        for text, shown in lines:
            book.add(kit.Answer(workshop=made.id, phase=phase, text=text, shown=shown, by="room"))
    return made


def words_of(panel):
    """What can be read of a workshop: headings, what stands above some lines, and the lines."""
    (items,) = [block["items"] for fold in panel.view["blocks"] for block in fold.get("blocks", [])
                if block["is"] == "list"]  # fmt: skip
    return [block.get("words", block.get("text")) for item in items for block in item["blocks"]]


def test_what_was_shared_is_read_question_by_question_shown_or_not(book):
    held(book, helps=[("a walk", True), ("bread", True)], shared=[("kept for myself", False), ("The sea", True)],
         themes=[("rest", True)])  # fmt: skip
    panel = book.workshop()
    assert "The sea" not in seen(panel)

    press(panel, "Read what was shared")
    assert [sorted(one) if isinstance(one, list) else one for one in words_of(panel)] == [
        "A line that I would like to share, without a name", "Shown to all", ["The sea"], "Not shown",
        ["kept for myself"], "What do several of us speak of?", "Shown to all", ["rest"],
        "What helps me, even a little?", "Shown to all", ["a walk", "bread"],
    ]  # fmt: skip
    press(panel, "Put it away")
    assert "The sea" not in seen(panel)


def test_of_several_workshops_one_is_chosen_to_be_read(book):
    held(book, "Tuesday group", on=-7, shared=[("a week ago", True)])
    held(book, "Autumn evening", shared=[("this evening", True)])
    panel = book.workshop()
    (read,) = [
        one for one in items(panel.view["blocks"]) if one.get("about") == "Tuesday group" and one["do"] == "read"
    ]

    panel._heard(panel, {"do": read["do"], "with": read["with"]}, [])
    assert words_of(panel)[-1] == ["a week ago"]
    assert "this evening" not in seen(panel)
    assert seen(panel).count("what was shared is deleted on") == 2


def test_numbers_of_people_are_never_read_one_by_one(book):
    held(book, energy=[("3", False), ("9", False)], of_their_own=[("4", False)])
    panel = book.workshop()

    press(panel, "Read what was shared")
    assert [one for one in words_of(panel) if isinstance(one, list)] == []
    assert words_of(panel)[::2] == ["Energy today", "Of their own"]


def test_an_empty_list_and_an_empty_workshop_are_a_sentence(book):
    assert "Nothing is kept of any workshop." in seen(book.workshop())

    held(book)
    panel = book.workshop()
    press(panel, "Read what was shared")
    assert words_of(panel) == ["Nothing was shared in it, and that is fine."]


def test_what_is_read_is_put_away_when_the_practice_is_locked_or_a_room_opens(page, opened, book):
    held(book, "Last week", shared=[("A far shore", True)])
    page.workshop._read_now = book.records(kit.Workshop)[-1].id
    look(page)
    assert "A far shore" not in seen(page.workshop)
    opened.act(do="close")

    look(page)
    (read,) = [one for one in items(page.workshop.view["blocks"]) if one.get("about") == "Last week"][:1]
    assert "A far shore" not in seen(page.workshop)
    page.workshop._heard(page.workshop, {"do": read["do"], "with": read["with"]}, [])
    assert "A far shore" in seen(page.workshop)
    page.state.set_store(None, page.state.place)
    assert "A far shore" not in seen(page.workshop)


@pytest.mark.parametrize(("days", "stays"), [(-1, False), (0, False), (1, True)])
def test_whichever_notebook_is_opened_what_was_shared_goes_on_its_day(book, days, stays):
    kept = book.add(kit.Workshop(title="Tuesday group", on=in_days(-30), keep_until=in_days(days)))
    book.add(kit.Answer(workshop=kept.id, phase="shared", text="The sea, once more"))

    book.choose_client()
    assert bool(book.records(kit.Answer)) == stays


def test_a_workshop_that_is_held_today_is_not_deleted_today(book):
    book.add(kit.Workshop(title="Tuesday group", keep_until=in_days(0)))

    book.choose_client()
    assert len(book.records(kit.Workshop)) == 1
