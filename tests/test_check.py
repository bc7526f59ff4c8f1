"""A practice in a folder that is copied to a cloud: said by `kit check`, on opening, and before it begins."""

import json
import re

import owned
import pytest
import typer

import kit
from kit import places
from kit.cli import diagnostics, opening
from kit.jupyter import launch
from kit.vault import backups, keys
from kit.widgets import locked

SOON = backups.schedule


@pytest.fixture
def in_dropbox(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "Dropbox"))
    return places.practice()


@pytest.fixture
def served(monkeypatch):
    """The kit opens without a server."""
    monkeypatch.setattr(launch, "open_notebook", lambda *_words, **_more: 0)


def opened(book=None):
    with pytest.raises(typer.Exit):
        opening.open_(book=book)


def own_practice():
    return json.dumps(kit.open_book("sample").own_practice().view["blocks"], ensure_ascii=False)


def test_check_says_it_once_with_the_way_out(in_dropbox):
    told = [one.words for one in diagnostics.run_checks() if not one.fine]

    assert [bool(re.search("copied to Dropbox.*half a book.*KIT_HOME", words)) for words in told] == [True]


def test_a_locked_practice_is_in_order_and_one_without_its_key_file_is_not():
    kit.open_book(places.practice(), passphrase="words for a check").close()
    assert all(one.fine for one in diagnostics.run_checks())

    keys.path_for(places.practice()).unlink()
    assert ["key file is gone" in one.words for one in diagnostics.run_checks() if not one.fine] == [True]


@pytest.mark.parametrize("named", [None, "own.book", "nowhere.book"])
def test_looking_whether_all_is_in_order_changes_nothing(named, kit_home, monkeypatch):
    monkeypatch.setattr(backups, "schedule", SOON)  # each opening but this one makes a backup that is due
    place = kit_home / "own.book"
    owned.begun(place)
    before = {one: one.read_bytes() for one in kit_home.iterdir()}
    monkeypatch.setenv("KIT_PASSPHRASE", owned.WORDS)

    found = list(diagnostics.run_checks(named and str(kit_home / named)))
    assert any("holds 3 entries" in one.words for one in found) == (named == "own.book")
    assert {one: one.read_bytes() for one in kit_home.iterdir() if one.is_file()} == before
    assert not any(places.backups().iterdir())


def test_check_looks_at_the_folder_of_the_book_that_is_named(tmp_path):
    (tmp_path / "OneDrive").mkdir()
    book = tmp_path / "OneDrive" / "my.book"
    kit.open_book(book).close()

    assert any("copied to OneDrive" in one.words for one in diagnostics.run_checks(str(book)))
    assert not any("copied to" in one.words for one in diagnostics.run_checks())


def test_opening_a_practice_there_is_said_in_the_terminal(in_dropbox, served, capsys, monkeypatch):
    monkeypatch.setenv("KIT_BOOK", "")  # opening a named book writes it here: the test puts it back
    opened()
    assert capsys.readouterr().err == ""

    kit.open_book(in_dropbox, passphrase="words for a check").close()
    opened()
    assert "The way out" in capsys.readouterr().err
    opened("sample")
    assert capsys.readouterr().err == ""


def test_a_practice_elsewhere_opens_without_a_word(served, capsys):
    kit.open_book(places.practice(), passphrase="words for a check").close()
    opened()

    assert capsys.readouterr().err == ""


def test_the_page_says_it_before_a_practice_begins_and_quietly_once_it_is_there(in_dropbox):
    before = locked.begin()["care"]
    kit.open_book(in_dropbox, passphrase="words for a check").close()

    assert "Before you begin" in before
    assert "The way out" in own_practice()


def test_the_page_says_nothing_of_it_elsewhere():
    assert "copied to" not in own_practice()
    assert locked.begin()["care"] == ""
