"""All that is held of a client as files, and back: exact, readable, never a formula, never over another file."""

import csv
import json
import os
from datetime import date

import pytest
from asking import run

import kit
from kit import exchange
from kit.exchange import takeout
from kit.frames import CLIENT_KINDS
from kit.records import Client, changed
from kit.store import Store
from kit.words import KitError, NoSuchClient

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1"]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def told(story):
    """Heron's story, with something that was changed, something that was removed, and something half typed."""
    win = story.records(kit.Win, "Heron")[0]
    story.change(win, title="Bread, and jam")
    story.remove(story.records(kit.Spark, "Heron")[0])
    story._store.save_draft("Heron", "private_notes", {"clients": {"private_note": "half a secret", "limits": "half"}})
    story.add(kit.Client(name="Maple"))
    story.add(kit.Win(client="Maple", title="a chair"))
    story.add(kit.SupportLine(name="A line", number="0"))
    return story


def held(book, client="Heron"):
    return [one for kind in CLIENT_KINDS for one in book.records(kind, client)]


def everything(folder):
    return json.loads((folder / takeout.EVERYTHING).read_text("utf-8"))


def test_all_that_is_held_comes_back_exactly_in_another_book(told, out):
    told.export("Heron", out)
    other = Store(None)

    new, known, amiss = takeout.import_folder(other, out)

    assert (new, known, amiss) == (len(held(told)), 0, [])
    assert [one for kind in CLIENT_KINDS for one in other.records(kind)] == held(told)
    assert max(one.version for one in held(told)) == 2


def test_each_kind_is_a_table_and_nobody_else_is_in_it(told, out):
    told.export("Heron", out)

    assert {path.stem for path in out.glob("*.csv")} == {one.plural for one in held(told)}
    assert not any("Maple" in path.read_text("utf-8-sig") or "a chair" in path.read_text("utf-8-sig")
                   for path in out.iterdir() if path.name != takeout.DICTIONARY)  # fmt: skip


def test_one_file_holds_everything_earlier_forms_and_what_is_being_typed_too(told, out):
    told.export("Heron", out)

    found = everything(out)
    assert {name: len(rows) for name, rows in found["entries"].items()} == {
        kind.plural: len(told.records(kind, "Heron")) for kind in CLIENT_KINDS if told.records(kind, "Heron")
    }
    changes = [(one["kind"], one["did"], one["before"] and one["before"].get("title")) for one in found["history"]]
    assert ("wins", "changed", "Bread in the oven") in changes
    assert ("sparks", "removed", "A blackbird at five") in changes
    assert found["being_typed"][0]["typed"]["clients"]["private_note"] == "half a secret"


def test_the_words_beside_it_say_what_it_is(told, out):
    told.export("Heron", out)

    readme = (out / takeout.README).read_text("utf-8")
    assert "What is held about Heron" in readme and "`milestones.csv`: milestone, 3" in readme
    assert "`private_note`" in readme and "is told all of it" in readme
    assert (out / takeout.DICTIONARY).read_text("utf-8") == exchange.data_dictionary()


def test_what_is_for_the_coachs_eyes_alone_can_be_left_out(told, out):
    told.export("Heron", out / "all")
    told.export("Heron", out / "less", private=False)

    private = ("ask gently", "looked very tired", "half a secret")
    in_all = "".join(path.read_text("utf-8-sig") for path in (out / "all").iterdir())
    in_less = "".join(path.read_text("utf-8-sig") for path in (out / "less").iterdir() if path.suffix != ".md")
    assert all(words in in_all for words in private)
    assert not any(words in in_less for words in private) and "private_note," not in in_less
    assert "is left out here" in (out / "less" / takeout.README).read_text("utf-8")
    assert "Three days in bed" in in_less
    assert everything(out / "less")["being_typed"][0]["typed"]["clients"] == {"limits": "half"}


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_and_each_comes_back(book, out, text):
    book.add(kit.Client(name="Heron", limits=text, own_words=(text, text)))
    book.add(kit.Win(client="Heron", title=text))
    book.export("Heron", out)

    cells = [cell for path in out.glob("*.csv") for row in csv.reader(path.open(encoding="utf-8-sig")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    other = Store(None)
    assert takeout.import_folder(other, out)[2] == []
    assert other.records(kit.Win)[0].title == text
    assert (other.client("Heron").limits, other.client("Heron").own_words) == (text, (text, text))


def test_files_that_are_there_stay(told, out):
    out.mkdir()
    (out / "wins.csv").write_text("mine")

    first, second = told.export("Heron", out), told.export("Heron", out)

    assert (out / "wins.csv").read_text() == "mine"
    assert [one.name for one in (first, second)] == [
        f"Heron-{date.today().isoformat()}", f"Heron-{date.today().isoformat()}-2",
    ]  # fmt: skip
    assert {path.name for path in first.iterdir()} == {path.name for path in second.iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="Windows has the profile's rights")
def test_a_copy_is_readable_for_its_owner_alone(told, out):
    told.export("Heron", out)

    assert [path.stat().st_mode & 0o077 for path in (out, *out.iterdir())] == [0] * (1 + len(list(out.iterdir())))


def test_a_copy_that_cannot_be_written_whole_leaves_nothing_half(told, out, monkeypatch):
    def full(*_words):
        raise OSError("No space left on device")

    monkeypatch.setattr(takeout, "_as_json", full)

    with pytest.raises(KitError, match="could not be written"):
        told.export("Heron", out)

    assert list(out.iterdir()) == []


def test_nobody_is_taken_out_under_a_name_that_nobody_has(book, out):
    with pytest.raises(NoSuchClient):
        book.export("Coot", out)

    assert not out.exists()


# back in -------------------------------------------------------------------------------------------


def test_what_is_in_the_book_already_is_left_as_it_is(told, out):
    told.export("Heron", out)

    assert takeout.import_folder(told._store, out) == (0, len(held(told)), [])


def test_what_stands_there_in_another_form_is_named_and_nothing_comes_in(told, out):
    told.export("Heron", out)
    (win,) = told.records(kit.Win, "Heron")
    told.change(win, title="Cake")
    told.remove(told.records(kit.CheckIn, "Heron")[0])

    new, _known, amiss = takeout.import_folder(told._store, out)

    sentence = "it is in the book already, in another form, and that one stays."
    assert (new, amiss) == (0, [f"wins.csv, row 2: {sentence}"])
    assert len(told.records(kit.CheckIn, "Heron")) == 1


def test_every_row_that_is_amiss_is_named(book, out):
    book.add(kit.Client(name="Otter"))
    exchange.write_csv(_made(out) / "clients.csv", [Client(id="one", name="otter")])
    (out / "wins.csv").write_text(
        "id,client,title,on\na,otter,tea,soon\nb,Coot,tea,2026-01-01\nc,otter,tea,\nc,otter,x,\n"
    )
    (out / "steps.csv").write_text("id,client,title,tool\nd,otter,walk,nowhere\n")
    (out / "odd.csv").write_text("id\n")

    new, _known, amiss = takeout.import_folder(book._store, out)

    assert new == 0 and book.records(kit.Win) == []
    assert amiss == [
        "odd.csv: no kind of entry has this name. Please look at its spelling.",
        "wins.csv, row 2: Day: please write the day like this: 2026-03-31.",
        "clients.csv, row 2: Code name: there is a client called otter already. Please choose another name.",
        "wins.csv, row 3: there is no client called Coot, neither here nor in the book.",
        "steps.csv, row 2: A tool that fits: what it leads to is neither here nor in the book.",
        "wins.csv, row 4: this is here twice. Please remove one.",
        "wins.csv, row 5: this is here twice. Please remove one.",
    ]


def _made(folder):
    folder.mkdir()
    return folder


def test_what_was_brought_in_has_its_history_and_can_be_changed(told, out, book):
    told.export("Heron", out)
    other = Store(None)
    takeout.import_folder(other, out)

    (win,) = other.records(kit.Win)
    other.save(changed(win, title="Cake", version=win.version + 1))

    assert [one.did for one in other.history(win)] == ["noted", "changed"]


@pytest.mark.parametrize(("folder", "said"), [("none", "is not a folder"), (".", "holds no entry")])
def test_a_folder_that_holds_nothing_is_one_sentence(folder, said, tmp_path):
    with pytest.raises(KitError, match=said):
        takeout.import_folder(Store(None), tmp_path / folder)


# the command line ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_commands_take_a_client_to_another_book(tmp_path):
    done = run("export", "Heron", "--out", tmp_path / "out", "--book", "sample")
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "out"))

    done = run("import", tmp_path / "out", "--book", tmp_path / "other.book")

    assert done.returncode == 0, done.stderr
    assert "entries are in the book now." in done.stdout
    assert run("clients", "--book", tmp_path / "other.book").stdout.split() == ["Heron"]


def test_the_import_says_every_row_that_is_amiss_and_brings_in_nothing(tmp_path):
    (tmp_path / "wins.csv").write_text("client,title,on\nHeron,tea,soon\nHeron,,2026-01-01\n")

    done = run("import", tmp_path, "--book", tmp_path / "other.book")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].startswith("wins.csv, row 2") and len(done.stderr.splitlines()) == 3
    assert done.stderr.splitlines()[-1] == "Nothing was brought in."


def test_who_is_not_known_is_one_sentence(tmp_path):
    done = run("export", "Coot", "--out", tmp_path / "out", "--book", "sample")

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
