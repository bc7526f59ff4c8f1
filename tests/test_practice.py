"""A practice of one's own: begun, opened, locked, recovered."""

import json

import pytest
from asking import run, trouble_of
from owned import WORDS, begun

import kit
from kit import places
from kit.jupyter import unlocking
from kit.vault import keys, practice, recovery_sheet

pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def place(tmp_path):
    return tmp_path / "Otter's practice #1 100%.book"


@pytest.fixture
def kept(place):
    return begun(place)


def as_bytes(folder):
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


# opening ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [WORDS, "  two  or three words  ", "'; DROP TABLE clients; --", "\\" * 15, "ä" * 300, "x'00'" * 3]
)
def test_any_passphrase_begins_a_practice_and_opens_it_again(place, words):
    kit.open_book(place, passphrase=words).add(kit.Client(name="Otter"))

    assert [one.name for one in kit.open_book(place, passphrase=words).records(kit.Client)] == ["Otter"]


def test_a_book_without_its_passphrase_is_locked_and_says_so_in_a_sentence(kept):
    book = kit.open_book(kept)

    assert book.locked
    assert "locked" in trouble_of(book.records, kit.Client)
    assert "locked" in trouble_of(book.add, kit.Client(name="Wren"))
    assert "locked" in trouble_of(book.report, "Otter")


def test_the_environment_can_hold_the_passphrase(kept, monkeypatch):
    monkeypatch.setenv("KIT_PASSPHRASE", WORDS)

    assert not kit.open_book(kept).locked


def test_another_passphrase_is_told_in_one_sentence_and_changes_nothing(kept):
    before = as_bytes(kept.parent)

    assert "does not open" in trouble_of(kit.open_book, kept, passphrase="another")
    assert as_bytes(kept.parent) == before


def test_a_plain_book_is_not_opened_with_a_passphrase(place):
    kit.open_book(place).add(kit.Client(name="Otter"))

    assert "has no passphrase" in trouble_of(kit.open_book, place, passphrase="words")


def test_the_key_file_of_another_book_is_told_and_the_book_is_untouched(kept, tmp_path):
    other = tmp_path / "elsewhere" / "other.book"
    other.parent.mkdir()
    kit.open_book(other, passphrase=WORDS).close()
    keys.path_for(kept).write_bytes(keys.path_for(other).read_bytes())
    before = as_bytes(kept.parent)

    assert "belongs to another book" in trouble_of(kit.open_book, kept, passphrase=WORDS)
    assert as_bytes(kept.parent) == before


@pytest.mark.parametrize("harm", [lambda told: told[:-20], lambda told: told.replace(b"1", b"2"), lambda told: b""])
def test_a_key_file_that_was_cut_or_changed_is_told_and_the_book_is_untouched(kept, harm):
    file = keys.path_for(kept)
    file.write_bytes(harm(file.read_bytes()))
    before = as_bytes(kept.parent)

    assert "cut or changed" in trouble_of(kit.open_book, kept, passphrase=WORDS)
    assert as_bytes(kept.parent) == before


def test_nothing_that_is_there_is_written_over_by_a_new_practice(kept):
    before = as_bytes(kept.parent)

    assert "already" in trouble_of(practice.create, kept, keys.generate(), "words")
    assert as_bytes(kept.parent) == before


# what lies on the disk ----------------------------------------------------------------------------


# Long enough that no chance puts it, or a way to write it, into what is encrypted.
SOMEBODY = "Otter-by-the-old-weir"


def test_nothing_of_what_was_noted_can_be_read_on_the_disk(place):
    book = kit.open_book(place, passphrase=WORDS)
    book.add(kit.Client(name=SOMEBODY))
    marks = [f"mark-{number}-of-what-was-typed" for number in range(50)]
    for mark in marks:
        book.add(kit.Win(client=SOMEBODY, title=mark))
    book.state.choose(SOMEBODY)
    book.state.save_draft("small_win", {"win": {"title": marks[0]}})

    on_disk = b"".join(path.read_bytes() for path in place.parent.iterdir())

    assert len(on_disk) > 50_000
    for mark in (*marks, SOMEBODY, WORDS):
        for form in spellings(mark):
            assert form not in on_disk, mark
    book.close()


def spellings(mark):
    from base64 import b64encode

    text = mark.encode()
    # Base64 has three shapes, by where in a group of three bytes the text begins; the edges mix with what is beside.
    shapes = [
        b64encode(b"\0" * lead + text)[first : (lead + len(text)) // 3 * 4] for lead, first in enumerate((0, 2, 3))
    ]
    return [text, mark.encode("utf-16-le"), mark.encode("utf-16-be"), *shapes]


def test_the_search_finds_each_spelling():
    from base64 import b64encode

    for around in (b"", b"a", b"ab"):
        hidden = b64encode(around + b"mark-7-of-what-was-typed" + around)
        assert any(form in hidden for form in spellings("mark-7-of-what-was-typed"))
    assert "mark".encode("utf-16-le") in spellings("mark")


# the recovery sheet, another passphrase ------------------------------------------------------------


def test_the_sheet_opens_a_book_whose_key_file_is_gone(kept):
    rows = recovery_sheet.encode(keys.read_key_file(kept, WORDS))
    keys.path_for(kept).unlink()

    practice.recover(kept, "\n".join(rows).lower(), "a few quite new words")

    assert [one.name for one in kit.open_book(kept, passphrase="a few quite new words").records(kit.Client)] == [
        "Otter"
    ]


def test_the_sheet_of_another_book_is_told_and_no_key_file_is_written(kept):
    before = as_bytes(kept.parent)

    told = trouble_of(
        practice.recover, kept, "\n".join(recovery_sheet.encode(keys.generate())), "a few quite new words"
    )

    assert "another book" in told
    assert as_bytes(kept.parent) == before


def test_another_passphrase_leaves_the_book_as_it_is_and_the_old_one_opens_nothing(kept):
    book = kept.read_bytes()

    practice.change_passphrase(kept, WORDS, "a few quite new words")

    assert kept.read_bytes() == book
    assert "does not open" in trouble_of(kit.open_book, kept, passphrase=WORDS)
    assert not kit.open_book(kept, passphrase="a few quite new words").locked


SHORT = ["", " ", "a", "a lamp at home", "a" + " " * 30 + "b", "e\u0301" * 14, " a lamp at home "]


@pytest.mark.parametrize("words", SHORT)
def test_a_new_passphrase_that_is_short_is_told_kindly_what_would_do_and_nothing_is_written(place, words):
    before = as_bytes(place.parent)

    for do, given in ((kit.open_book, (place, words)), (practice.create, (place, keys.generate(), words))):
        assert trouble_of(do, *given).startswith("A passphrase needs at least 15 characters: a short sentence is easy")
    assert as_bytes(place.parent) == before


@pytest.mark.parametrize("words", SHORT)
def test_neither_a_change_nor_the_sheet_leads_to_a_short_passphrase(kept, words):
    rows = "\n".join(recovery_sheet.encode(keys.read_key_file(kept, WORDS)))
    before = as_bytes(kept.parent)

    assert "at least 15" in trouble_of(practice.change_passphrase, kept, WORDS, words)
    assert "at least 15" in trouble_of(practice.recover, kept, rows, words)
    asked = {"do": "change", "old": WORDS, "passphrase": words, "again": words}
    assert "at least 15" in unlocking.handle_request(asked)["said"]
    assert as_bytes(kept.parent) == before


def test_a_practice_that_was_begun_with_a_short_passphrase_opens_and_is_changed_as_ever(kept):
    key = keys.read_key_file(kept, WORDS)
    keys.write_key_file(kept, key, "x")

    assert [one.name for one in kit.open_book(kept, passphrase="x").records(kit.Client)] == ["Otter"]
    practice.change_passphrase(kept, "x", WORDS)
    assert keys.read_key_file(kept, WORDS) == key


# panels of a locked book ----------------------------------------------------------------------------


def test_every_word_on_a_locked_book_is_a_frame_that_fills_itself(kept):
    from kit.widgets import WORDS as NOTEBOOK_WORDS

    book = kit.open_book(kept)
    said = {word: getattr(book, word)() for word in NOTEBOOK_WORDS}
    first = next(iter(said.values()))

    assert [block["is"] for block in first.view["blocks"]] == ["door"]
    assert not any("Otter" in json.dumps(panel.view) for panel in said.values())
    book.unlock(WORDS)
    book.state.choose("Otter")
    assert not any(
        "locked" in json.dumps(panel.view["blocks"]) for word, panel in said.items() if word != "own_practice"
    )
    book.close()


def test_the_lock_takes_everything_out_of_the_panels_and_unlocking_brings_it_back(kept):
    book = kit.open_book(kept, passphrase=WORDS)
    book.add(kit.Agreement(client="Otter", to="notes"))
    book.add(kit.Win(client="Otter", title="bread from scratch"))
    panels = [book.choose_client(), book.small_win(), book.entries(), book.journey()]
    book.state.choose("Otter")
    panels[1].act("draft")
    panels[1].fill("win", title="half a sentence")
    panels[1].act("draft")
    assert "bread" in in_view(panels)

    book.lock()

    assert not any(word in in_view(panels) for word in ("Otter", "bread", "half a sentence"))
    book.unlock(WORDS)
    book.state.choose("Otter")
    assert "bread" in in_view(panels) and "half a sentence" in in_view(panels)
    book.close()


def in_view(panels):
    """All that the page holds of these panels, pictures included."""
    pictures = [picture.drawn for panel in panels for picture in panel.pictures]
    return json.dumps([[panel.view, panel.status] for panel in panels] + pictures, default=str)


def test_what_a_page_sends_after_the_lock_is_answered_in_a_sentence(kept):
    book = kit.open_book(kept, passphrase=WORDS)
    book.add(kit.Agreement(client="Otter", to="notes"))
    panel = book.small_win()
    book.state.choose("Otter")
    book.lock()

    panel._heard(panel, {"do": "draft", "typed": {"win": {"title": "too late"}}}, [])
    panel._heard(panel, {"do": "save", "typed": {"win": {"title": "too late"}}}, [])

    assert "too late" not in in_view([panel])
    book.unlock(WORDS)
    assert [one.title for one in book.records(kit.Win)] == ["bread"]
    book.close()


# the door, as a page asks for it ---------------------------------------------------------------------


def asked_parts(rows, places_asked):
    return [rows[row - 1].split()[group - 1] for row, group in places_asked]


def test_a_practice_is_begun_only_once_its_sheet_is_confirmed():
    begun = unlocking.handle_request({"do": "begin", "passphrase": WORDS, "again": WORDS})

    assert not places.practice().exists()
    assert "not what stands" in unlocking.handle_request({"do": "confirm", "parts": ["AAAA", "BBBB"]})["said"]
    assert not places.practice().exists()
    told = unlocking.handle_request({"do": "confirm", "parts": asked_parts(begun["rows"], begun["places"])})
    assert told == {"place": str(places.practice())}
    assert not kit.open_book(None, passphrase=WORDS).locked


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"do": "begin", "passphrase": "one", "again": "two"}, "not the same"),
        ({"do": "begin", "passphrase": "", "again": ""}, "at least 15 characters"),
        ({"do": "begin", "passphrase": "a short one", "again": "a short one"}, "at least 15 characters"),
        ({"do": "open", "passphrase": "one"}, "key file"),
        ({"do": "confirm", "parts": []}, "begin once more"),
        ({"do": "something"}, "another version"),
        ({"do": "open"}, "another version"),
        ({}, "another version"),
    ],
)
def test_what_the_door_cannot_do_is_one_sentence(asked, sentence, monkeypatch):
    monkeypatch.setattr(unlocking, "_pending_practice", None)

    assert sentence in unlocking.handle_request(asked)["said"]


def test_a_lock_that_was_not_heard_is_not_called_one(monkeypatch):
    monkeypatch.setattr(unlocking.agent, "lock", lambda: False)
    monkeypatch.setattr(unlocking.agent, "get_key", lambda book: keys.generate())

    assert "did not lock" in unlocking.handle_request({"do": "lock"})["said"]


# the command line -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_line_opens_a_locked_book_with_what_is_typed_or_the_environment(kept):
    for done in (
        run("clients", "--book", str(kept), typed=WORDS + "\n"),
        run("clients", "--book", str(kept), KIT_PASSPHRASE=WORDS),
    ):
        assert (done.returncode, done.stdout, done.stderr) == (0, "Otter\n", "")


@pytest.mark.slow
def test_the_command_line_says_in_one_sentence_that_a_book_stays_locked(kept):
    nothing, wrong = run("clients", "--book", str(kept)), run("clients", "--book", str(kept), typed="another\n")

    assert (nothing.returncode, wrong.returncode) == (1, 1)
    assert "locked" in nothing.stderr and "does not open" in wrong.stderr
    assert "Traceback" not in nothing.stderr + wrong.stderr
