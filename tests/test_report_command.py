"""`kit report`: for one client, for all, the card, a PDF; what cannot be made is named, and the code says so."""

import os
from datetime import date
from pathlib import Path

import pytest
from asking import run

import kit
from kit.reports import print_pdf

pytestmark = pytest.mark.slow


def test_for_all_a_page_of_each_is_written_and_counted(tmp_path):
    done = run("report", "--all", "--out", str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{name}-{date.today()}.html" for name in ("Birch", "Heron", "Maple", "River")
    ]
    assert done.stdout.splitlines()[-1] == "4 of 4 pages are made."


def test_whose_page_could_not_be_made_is_named_the_others_are_made_and_the_code_is_one(tmp_path):
    done = run("report", "--all", "--audience", "supporter", "--supporter", "Nadia", "--out", str(tmp_path))

    assert done.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"Heron-{date.today()}-supporter-Nadia.html"]
    assert "Birch: Please name one of those who stand by Birch." in done.stderr.splitlines()
    assert "1 of 4 pages are made." in done.stdout


def test_the_coach_may_be_called_coach(tmp_path):
    done = run("report", "Heron", "--audience", "coach", "--out", str(tmp_path))

    assert done.stdout.strip() == str(tmp_path / f"Heron-{date.today()}-just_me.html")


def test_the_card_is_a_page_too(tmp_path):
    done = run("report", "Heron", "--card", "--out", str(tmp_path))

    assert done.stdout.strip() == str(tmp_path / f"Heron-{date.today()}-card.html")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name one client, or write --all"),
        (("Heron", "--all"), "name one client, or write --all"),
        (("--all", "--out", "one.html"), "name a folder"),
        (("Heron", "--paper", "A3"), "A4, Letter"),
    ],
)
def test_what_does_not_fit_together_is_answered_with_the_next_step(words, told):
    done = run("report", *words)

    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_encrypted_practice_makes_pages_for_all_and_nothing_of_it_lies_in_the_clear(kit_home, tmp_path, monkeypatch):
    place = kit_home / "own.book"
    book = kit.open_book(place, passphrase="a lamp in the window")
    book.add(kit.Client(name="Heron"))
    book.add(kit.Win(client="Heron", title="An unmistakable kettle"))
    book.close()
    monkeypatch.setenv("KIT_PASSPHRASE", "a lamp in the window")

    done = run("report", "--all", "--book", str(place), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "An unmistakable kettle" in (tmp_path / f"Heron-{date.today()}.html").read_text("utf-8")
    lying = [path for path in kit_home.rglob("*") if path.is_file()]
    assert [path for path in lying if b"unmistakable" in path.read_bytes()] == []


@pytest.mark.skipif(print_pdf.find_browser() is None, reason="no Chromium, Chrome or Edge found")
def test_as_pdf_it_is_printed_on_the_paper_that_was_named(tmp_path):
    done = run("report", "Birch", "--pdf", "--paper", "Letter", "--out", str(tmp_path))

    place = tmp_path / f"Birch-{date.today()}.pdf"
    assert done.stdout.strip() == str(place), done.stderr
    made = place.read_bytes()
    assert made.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 612 792]" in made
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


@pytest.mark.skipif(os.name == "nt", reason="a path without browsers is a different one there")
def test_without_a_browser_a_pdf_is_one_plain_sentence(tmp_path, monkeypatch):
    if any(Path(place).exists() for place in print_pdf.BROWSER_PATHS):
        pytest.skip("a browser stands where it cannot be hidden")
    monkeypatch.setenv("PATH", str(tmp_path))

    done = run("report", "Birch", "--pdf", "--out", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "A PDF needs Chromium, Chrome or Edge. Please install one, or print the page from a browser."
    )
