"""The coach's own page behind its curtain: after a page for two it asks for the passphrase again."""

import json
from datetime import timedelta

import owned
import pytest

import kit
from kit import places
from kit.jupyter import unlocking
from kit.vault import agent, agent_process, backups, practice, recovery_sheet
from kit.widgets.session_state import SESSION

OWN_WORDS = "ask gently about the old house"
ASKS = "Type your passphrase"
NEW = "a new one, and long enough"


def words_of(notebook):
    """The notebook's words, in its order."""
    cells = json.loads((places.NOTEBOOKS / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [line.removeprefix("book.").removesuffix("()") for line in code if line.startswith("book.")]


@pytest.fixture
def unlocked(place, key, no_keyring):
    """The running kit's practice, open as a remembered key opens it: nobody has typed the passphrase."""
    book = kit.open_book(place, passphrase=owned.WORDS)
    book.add(kit.Agreement(client="Otter", to="notes"))
    book.change(book.records(kit.Client)[0], private_note=OWN_WORDS)
    book.close()
    running = agent.start()
    practice.share_key(place, key)
    yield place
    running.end()


@pytest.fixture
def opened(unlocked):
    """Opens a notebook of the running kit: its book, and all its panels."""
    books = []

    def opened(notebook):
        book = kit.open_book()
        books.append(book)
        return book, [getattr(book, word)() for word in words_of(notebook)]

    yield opened
    for book in books:
        book.close()


def type_passphrase(words=owned.WORDS):
    return unlocking.handle_request({"do": "open", "passphrase": words})


def follow(book):
    """What each notebook does when it hears of the curtain."""
    book._heard(agent_process.CURTAIN)


def shown(panels):
    pictures = [picture.drawn for panel in panels for picture in panel.pictures]
    return json.dumps([[panel.view, panel.status] for panel in panels] + pictures, default=str, ensure_ascii=False)


def is_empty(panels):
    first, *others = panels
    doors = [block["is"] for block in first.view["blocks"]]
    return doors == ["door"] and ASKS in shown([first]) and "Otter" not in shown(panels) and not any(
        block["is"] != "text" for panel in others for block in panel.view["blocks"]
    )  # fmt: skip


# when it asks -------------------------------------------------------------------------------------


def test_where_nobody_has_typed_the_passphrase_every_word_of_just_me_waits_for_it(opened):
    _book, panels = opened("just_me")

    assert is_empty(panels)


def test_the_passphrase_opens_it_and_first_thing_in_the_morning_it_is_not_asked_for_twice(opened):
    type_passphrase()

    _book, panels = opened("just_me")
    assert not is_empty(panels) and "Otter" in shown(panels)


def test_a_page_for_two_that_seats_somebody_empties_just_me_at_once_and_the_passphrase_fills_it(opened):
    type_passphrase()
    mine, panels = opened("just_me")
    mine.state.look_up("Otter")
    assert OWN_WORDS in shown(panels)

    for_two, _session = opened("1_session")
    for_two.state.choose("Otter")
    follow(mine)
    assert is_empty(panels)
    assert is_empty(opened("just_me")[1])  # opened anew, by whichever address

    assert not type_passphrase().get("said")
    follow(mine)
    assert OWN_WORDS in shown(panels)


@pytest.mark.parametrize("notebook", ["1_session", "2_progress", "3_reports", "5_your_data"])
def test_each_page_for_two_says_that_it_shows_somebody_and_draws_the_curtain_when_it_comes_into_view(opened, notebook):
    book, panels = opened(notebook)
    assert not any(panel.view["for_two"] for panel in panels)  # nobody is here yet
    book.state.choose("Otter")
    type_passphrase()

    assert [panel.view["for_two"] for panel in panels] == [True, *[False] * (len(panels) - 1)]
    panels[0]._heard(panels[0], {"do": "seen"}, [])
    assert not agent.is_curtain_open(places.practice())


def test_just_me_is_no_page_for_two(opened):
    type_passphrase()
    mine, panels = opened("just_me")

    mine.state.look_up("Otter")
    assert not any(panel.view["for_two"] for panel in panels)
    assert all(panel.view["alone"] for panel in panels)


def test_a_session_begun_on_just_me_goes_on_and_just_me_closes_behind_it(opened):
    type_passphrase()
    mine, panels = opened("just_me")
    for_two, _session = opened("1_session")
    prepare = next(panel for panel in panels if panel.name == "prepare")
    mine.state.look_up("Otter")

    prepare.act("begin")
    follow(mine)
    for_two._heard("seat")
    assert is_empty(panels)
    assert for_two.state.client == "Otter"


def test_another_passphrase_is_said_and_opens_nothing(opened):
    mine, panels = opened("just_me")

    assert "does not open" in type_passphrase("something else")["said"]
    follow(mine)
    assert is_empty(panels)


def test_the_recovery_sheet_opens_it_too(opened, key):
    mine, panels = opened("just_me")

    asked = {"do": "recover", "sheet": "\n".join(recovery_sheet.encode(key)), "passphrase": NEW, "again": NEW}
    assert not unlocking.handle_request(asked).get("said")
    follow(mine)
    assert not is_empty(panels)


def test_a_lock_closes_it_with_everything_else_and_one_passphrase_opens_both(opened):
    type_passphrase()
    mine, panels = opened("just_me")

    mine._heard("locked")
    agent.lock()
    assert "This practice is locked." in shown(panels[:1])
    type_passphrase()
    mine._heard("opened")
    assert "Otter" in shown(panels)


def test_what_was_being_typed_on_it_is_there_again(opened):
    type_passphrase()
    mine, panels = opened("just_me")
    mine.state.look_up("Otter")
    notes = next(panel for panel in panels if panel.name == "private_notes")
    key = next(iter(notes.forms()))
    notes._heard(notes, {"do": "draft", "typed": {key: {"private_note": "half a sentence"}}}, [])

    agent.draw_curtain(places.practice())
    follow(mine)
    assert "half a sentence" not in shown(panels)
    type_passphrase()
    follow(mine)
    mine.state.look_up("Otter")
    assert "half a sentence" in shown([notes])


@pytest.mark.parametrize("was_open", [True, False])
def test_bringing_a_backup_back_leaves_the_curtain_as_it_was(unlocked, key, was_open):
    practice.share_key(unlocked, key, was_open)
    made = backups.make(unlocked, key)

    backups.restore_backup(made, unlocked, key)

    assert agent.is_curtain_open(unlocked) is was_open


# where there is none ------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["sample", ":memory:", "plain"])
def test_a_book_without_a_passphrase_says_that_a_practice_would_ask_and_shows_its_panels(place, tmp_path):
    book = kit.open_book(owned.begun(tmp_path / "plain.book", None) if place == "plain" else place)
    panels = [getattr(book, word)() for word in words_of("just_me")]

    assert "In a practice of your own, it would ask for your passphrase here." in shown(panels[:1])
    assert not any(block["is"] == "door" for panel in panels for block in panel.view["blocks"])
    book.close()


def test_a_script_that_has_the_passphrase_is_behind_no_curtain(unlocked):
    book = kit.open_book(unlocked, passphrase=owned.WORDS)

    assert "Otter" in shown([book.just_me(), book.caseload()])
    book.close()


# a session that is open ---------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch):
    """What the keeper is told of a session."""
    told = []
    monkeypatch.setattr(agent, "set_session_end", lambda book, until: told.append(until))
    return told


def test_the_keeper_is_told_of_a_session_while_it_is_open_and_again_after_a_lock(opened, told):
    book, _panels = opened("1_session")
    book.state.choose("Otter")
    _client, _server, since = book.state.store.active_client()
    planned = (since + SESSION).timestamp()
    assert told[-1] == planned and timedelta(minutes=50) == SESSION

    book.lock()
    told.clear()
    book.unlock(owned.WORDS)
    assert told == [planned]
    told.clear()
    opened("2_progress")
    assert told == [planned]  # a page that is opened later says it too
    book.state.clear()
    assert told[-1] == 0


def test_a_session_that_another_start_of_the_kit_left_open_is_not_one_until_it_goes_on(opened, told, monkeypatch):
    opened("1_session")[0].state.choose("Otter")
    monkeypatch.setenv("JPY_PARENT_PID", "another start")

    later, _panels = opened("1_session")
    later.state.clear()
    assert told[-1] == 0


# what is said -------------------------------------------------------------------------------------


@pytest.mark.parametrize("notebook", ["0_start_here", "1_session", "just_me"])
def test_the_session_the_guide_and_just_me_say_to_lock_before_leaving(notebook):
    assert "Lock before you leave the room." in (places.NOTEBOOKS / f"{notebook}.ipynb").read_text("utf-8")


@pytest.mark.parametrize("word", ["close_session", "heavier_day"])
def test_a_session_closes_with_it_and_a_book_without_a_lock_says_so(word, unlocked):
    for place, has_lock in ((unlocked, True), (":memory:", False)):
        book = kit.open_book(place, passphrase=owned.WORDS if has_lock else None)
        if not has_lock:
            book.add(kit.Client(name="Otter"))
            book.add(kit.Agreement(client="Otter", to="notes"))
        panel = getattr(book, word)()
        book.state.choose("Otter")
        book.state.make_heavier(word == "heavier_day")

        words = [block["text"] for block in panel.view["blocks"] if block["is"] == "text"]
        assert words[-1].startswith("Lock before you leave the room.")
        assert ("no passphrase" in words[-1]) is not has_lock
        book.close()


@pytest.mark.parametrize("notebook", ["0_start_here", "just_me"])
def test_the_curtain_is_called_one(notebook):
    words = " ".join((places.NOTEBOOKS / f"{notebook}.ipynb").read_text("utf-8").replace('\\n",', " ").split())

    assert "a curtain, not a wall" in words
    assert "has the keyboard while your practice is open can reach all of it" in words
