"""The command line: one plain sentence, and the right exit code."""

import os

import pytest
from asking import run

import kit
from kit.cli import app as command_line
from kit.cli import opening

pytestmark = pytest.mark.slow


def test_a_report_is_written_and_its_place_is_said(tmp_path):
    done = run("report", "Heron", "--out", str(tmp_path))

    assert done.returncode == 0
    assert done.stdout.strip().endswith(".html")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("report", "Nobody"), 2, "There is no client called Nobody"),
        (("report", "Heron", "--audience", "everybody"), 2, "audience: please choose one of"),
        (("report", "Heron", "--since", "yesterday"), 2, "yesterday"),
        (("report", "Heron", "--audience", "supporter", "--supporter", "X"), 1, "who stand by Heron"),
        (("dance",), 2, "dance"),
        (("clients", "--book", os.devnull + "/x"), 1, "cannot be opened"),
        (("clients", "--book", __file__), 1, "is not a book of the kit"),
    ],
)
def test_what_cannot_be_done_is_one_plain_sentence(words, code, said):
    done = run(*words)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_clients_are_listed():
    assert run("clients").stdout.split() == ["Heron", "Maple", "River", "Birch"]


@pytest.mark.parametrize(
    ("words", "named", "client"),
    [
        (("--book", "one.book", "clients"), None, "One"),
        (("clients", "--book", "one.book"), None, "One"),
        (("--book", "one.book", "clients", "--book", "two.book"), None, "Two"),
        (("--book", "one.book", "clients"), "two.book", "One"),
        (("clients", "--book", "one.book"), "two.book", "One"),
        (("clients",), "two.book", "Two"),
    ],
)
def test_a_book_is_named_before_or_after_a_commands_word_and_what_stands_nearest_counts(
    words, named, client, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for name in ("One", "Two"):
        book = kit.open_book(f"{name.lower()}.book")
        book.add(kit.Client(name=name))
        book.close()
    if named:
        monkeypatch.setenv("KIT_BOOK", named)

    command_line.app(words, standalone_mode=False)
    assert capsys.readouterr().out.split() == [client]


def test_a_book_is_named_without_a_commands_word_too(monkeypatch):
    opened = []
    monkeypatch.setattr(opening, "open_", lambda **given: opened.append(given))

    command_line.app(["--book", "sample"], standalone_mode=False)
    assert opened == [{"book": "sample"}]


def test_check_says_that_all_is_in_order():
    run("clients")  # with which the sample begins
    done = run("check")

    assert done.returncode == 0
    assert "journal_mode wal" in done.stdout
    assert done.stdout.strip().endswith("All in order.")


def test_check_says_what_is_not_in_order(tmp_path):
    (tmp_path / "odd.book").write_text("no book at all")

    done = run("check", "--book", str(tmp_path / "odd.book"))

    assert done.returncode == 1
    assert "! " in done.stdout
    assert "is not a book of the kit" in done.stdout
