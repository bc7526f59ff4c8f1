"""A folder of tables in whatever shape people and spreadsheets give it: all of it comes in, or a sentence says why."""

# ruff: noqa: E501  (a shape a line)

import codecs
import os
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from asking import trouble_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kit
from kit.exchange import takeout
from kit.records import KINDS
from kit.store import Store
from kit.words import KitError

HEAD = "client,title,on\n"
GOOD = HEAD + "Heron,Bread,2026-03-02\n"
MOMENT = "client,title,created_at\nHeron,Bread,"
ROW_2 = ["wins.csv, row 2: "]

# What the folder holds -> how each sentence begins; an empty list: all of it comes in.
SHAPES: dict[str, tuple[dict[str, str | bytes | None], list[str]]] = {
    # what a spreadsheet makes of it
    "an .xlsx alone": ({"Heron.xlsx": b"PK\3\4"}, ["Heron.xlsx: this is a spreadsheet."]),
    "an .ods alone": ({"wins.ods": b"PK\3\4"}, ["wins.ods: this is a spreadsheet."]),
    "two spreadsheets": ({"a.xls": b"", "b.XLSX": b""}, ["a.xls: this is", "b.XLSX: this is"]),
    "an .xlsx called .csv": ({"wins.csv": b"PK\3\4\x14\0\6\0\x08\0\xff\xfe\n\x9c"}, ["wins.csv, row 1: "]),
    "an .xlsx beside a table": ({"wins.csv": GOOD, "wins.xlsx": b"PK"}, []),
    "sep=;": ({"wins.csv": "sep=;\r\nclient;title;on\r\nHeron;Bread;2026-03-02\r\n"}, []),
    "sep=, and a mark": ({"wins.csv": b"\xef\xbb\xbfSEP=,\n" + GOOD.encode()}, []),
    "sep=tab": ({"wins.csv": "sep=\t\nclient\ttitle\nHeron\tBread\n"}, []),
    "sep=;, and a day that is none": ({"wins.csv": "sep=;\nclient;title;on\nHeron;Bread;soon\n"}, ROW_2),
    "sep= alone": ({"wins.csv": "sep=;"}, ["wins.csv: this file is empty."]),
    "sep= a quotation mark": ({"wins.csv": 'sep="\nclient"title\n'}, ["FOLDER holds no entry"]),
    "sep= a space": ({"wins.csv": "sep= \nclient title\nHeron Bread\n"}, []),
    "sep= nothing": ({"wins.csv": "sep=\n" + GOOD}, ["wins.csv, row 1: no column"]),
    "semicolons": ({"wins.csv": "client;title\nHeron;Bread, warm\n"}, []),
    "tabs": ({"wins.csv": "client\ttitle\nHeron\tBread, warm\n"}, []),
    "bars": ({"wins.csv": "client|title\nHeron|Bread\n"}, ["wins.csv, row 1: no column"]),
    "spaces between": ({"wins.csv": "client title\nHeron Bread\n"}, ["wins.csv, row 1: no column"]),
    "an American day": ({"wins.csv": HEAD + "Heron,Bread,9/2/2025\n"}, ["wins.csv, row 2: Day: please write the day"]),
    "a German day": ({"wins.csv": HEAD + "Heron,Bread,02.09.2025\n"}, ["wins.csv, row 2: Day: please write the day"]),
    "a short year": ({"wins.csv": HEAD + "Heron,Bread,02.09.25\n"}, ROW_2),
    "a day as a number": ({"wins.csv": HEAD + "Heron,Bread,45902\n"}, ROW_2),
    "a day with a time": ({"wins.csv": HEAD + "Heron,Bread,2025-09-02 00:00\n"}, ROW_2),
    "a month in words": ({"wins.csv": HEAD + "Heron,Bread,2 Sep 2025\n"}, ROW_2),
    "########": ({"wins.csv": HEAD + "Heron,Bread,########\n"}, ROW_2),
    "#REF!": ({"wins.csv": HEAD + "Heron,Bread,#REF!\n"}, ROW_2),
    "a decimal comma": ({"check_ins.csv": "client;energy\nHeron;4,5\n"}, ["check_ins.csv, row 2: Energy today: please"]),
    "a decimal point": ({"check_ins.csv": "client,energy\nHeron,4.5\n"}, ["check_ins.csv, row 2: Energy today: please"]),
    "of ten": ({"check_ins.csv": "client,energy\nHeron,4/10\n"}, ["check_ins.csv, row 2: Energy today: please"]),
    "eleven": ({"check_ins.csv": "client,energy\nHeron,11\n"}, ["check_ins.csv, row 2: Energy today: please"]),
    "a number without end": ({"check_ins.csv": f"client,energy\nHeron,{'9' * 5000}\n"}, ["check_ins.csv, row 2: "]),
    "1E+02": ({"check_ins.csv": "client,energy\nHeron,1E+02\n"}, ["check_ins.csv, row 2: "]),
    "a wide number": ({"check_ins.csv": "client,energy\nHeron,\uff14\n"}, ["check_ins.csv, row 2: "]),
    "TRUE": ({"setbacks.csv": "client,title,began_on,roughly\nHeron,x,2026-01-01,TRUE\n"}, []),
    "WAHR": ({"setbacks.csv": "client,title,began_on,roughly\nHeron,x,2026-01-01,WAHR\n"}, ["setbacks.csv, row 2: "]),
    "a choice in other words": ({"tools.csv": "client,title,kind\nHeron,x,Bewegung\n"}, ["tools.csv, row 2: "]),
    "empty columns behind": ({"wins.csv": "client,title,,\nHeron,Bread,,\n"}, ['wins.csv: there is no column ""']),
    "empty rows": ({"wins.csv": "\n\n" + GOOD + ",,\n\n"}, []),
    "a title above": ({"wins.csv": "My wins,,\n" + GOOD}, ["wins.csv, row 1: no column"]),
    "no row of names": ({"wins.csv": "Heron,Bread,2026-03-02\n"}, ["wins.csv, row 1: no column"]),
    "only names": ({"wins.csv": HEAD}, ["FOLDER holds no entry"]),
    "names twice": ({"wins.csv": "client,title,title\nHeron,a,b\n"}, ['wins.csv: the column "title" stands here twice']),
    "names in capitals": ({"wins.csv": "Client,Title\nHeron,Bread\n"}, ["wins.csv, row 1: no column"]),
    "a misspelt name": ({"wins.csv": "client,titel\nHeron,Bread\n"}, ['wins.csv: there is no column "titel"', *ROW_2]),
    "a name that moves a terminal": ({"wins.csv": "client,title,\x1b[2J\nHeron,Bread,\n"}, ['wins.csv: there is no column " [2J"']),
    "a name of a megabyte": ({"wins.csv": "client," + "x" * 100_000 + "\nHeron,\n"}, ["wins.csv: there is no", *ROW_2]),
    "more cells than names": ({"wins.csv": HEAD + "Heron,Bread, butter,2026-03-02\n"}, ROW_2),
    "fewer cells than names": ({"wins.csv": HEAD + "Heron,Bread\n"}, []),
    "a needed cell is empty": ({"wins.csv": HEAD + "Heron,,2026-03-02\n"}, ["wins.csv, row 2: One small win"]),
    # signs
    "empty": ({"wins.csv": b""}, ["wins.csv: this file is empty."]),
    "a mark alone": ({"wins.csv": b"\xef\xbb\xbf"}, ["wins.csv: this file is empty."]),
    "white space": ({"wins.csv": b" \n\t\n"}, ["wins.csv, row 1: no column"]),
    "a mark": ({"wins.csv": codecs.BOM_UTF8 + GOOD.encode()}, []),
    "two marks": ({"wins.csv": codecs.BOM_UTF8 * 2 + GOOD.encode()}, ['wins.csv: there is no column "', *ROW_2]),
    "UTF-16": ({"wins.csv": GOOD.encode("utf-16")}, ["wins.csv, row 1: a sign here cannot be read."]),
    "UTF-16, big end first": ({"wins.csv": codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be")}, ["wins.csv, row 1: a sign"]),
    "UTF-16 without a mark": ({"wins.csv": GOOD.encode("utf-16-le")}, ["wins.csv, row 1: a sign here cannot be read."]),
    "UTF-32": ({"wins.csv": GOOD.encode("utf-32")}, ["wins.csv, row 1: a sign here cannot be read."]),
    "Windows-1252": ({"wins.csv": (GOOD + "Heron,Crêpe,\n").encode("cp1252")}, ["wins.csv, row 3: a sign here"]),
    "Windows-1250": ({"wins.csv": (HEAD + "Heron,żółw,\n").encode("cp1250")}, ["wins.csv, row 2: a sign here"]),
    "Big5": ({"wins.csv": (HEAD + "Heron,麵包,\n").encode("cp950")}, ["wins.csv, row 2: a sign here"]),
    "Shift JIS": ({"wins.csv": (HEAD + "Heron,パン,\n").encode("cp932")}, ["wins.csv, row 2: a sign here"]),
    "half a letter at the end": ({"wins.csv": (HEAD + "Heron,Crê").encode()[:-1]}, ["wins.csv, row 2: a sign here"]),
    "a surrogate": ({"wins.csv": HEAD.encode() + b"Heron,\xed\xa0\xbd,\n"}, ["wins.csv, row 2: a sign here"]),
    "a NUL in a cell": ({"wins.csv": HEAD + "Heron,Br\0ead,\n"}, ["wins.csv, row 2: One small win"]),
    "a NUL in the names": ({"wins.csv": "cli\0ent,title\nHeron,Bread\n"}, ["wins.csv, row 1: a sign here"]),
    "NULs alone": ({"wins.csv": b"\0" * 4096}, ["wins.csv, row 1: a sign here"]),
    "a bell": ({"wins.csv": HEAD + "Heron,Br\aead,\n"}, ["wins.csv, row 2: One small win"]),
    "any bytes": ({"wins.csv": bytes(range(256))}, ["wins.csv, row 2: a sign here"]),
    "a picture": ({"wins.csv": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}, ["wins.csv, row 1: a sign here"]),
    # lines and quotation marks
    "lines of an old Mac": ({"wins.csv": GOOD.replace("\n", "\r")}, []),
    "mixed lines": ({"wins.csv": "client,title\r\nHeron,Bread\nHeron,Jam\rHeron,Tea"}, []),
    "no last line end": ({"wins.csv": GOOD.rstrip("\n")}, []),
    "a line within a cell": ({"wins.csv": HEAD + 'Heron,"Bread\nand jam",\n'}, []),
    "a mark that is not closed": ({"wins.csv": HEAD + 'Heron,"Bread,2026-03-02\nHeron,Jam,\n'}, ["wins.csv, row 2: a quo"]),
    "a mark not closed in the third row": ({"wins.csv": GOOD + 'Heron,"Jam\n' * 1}, ["wins.csv, row 3: a quotation mark"]),
    "words behind a mark": ({"wins.csv": HEAD + 'Heron,"Bread" warm,\n'}, ["wins.csv, row 2: a quotation mark"]),
    "a mark amid words": ({"wins.csv": HEAD + 'Heron,some "bread",\n'}, []),
    "a mark in the names": ({"wins.csv": 'client,"title\nHeron,Bread\n'}, ["wins.csv, row 1: a quotation mark"]),
    "curly marks": ({"wins.csv": HEAD + "Heron,“Bread”,\n"}, []),
    "10 MB in a line": ({"wins.csv": HEAD + "Heron," + "x" * 10_000_000 + ",\n"}, ["wins.csv, row 2: a quotation mark"]),
    "10 MB of cells": ({"wins.csv": HEAD + "Heron,Bread," + "x," * 5_000_000 + "\n"}, ["wins.csv, row 2: there are more"]),
    "too long for a title": ({"wins.csv": HEAD + "Heron," + "x" * 201 + ",\n"}, ["wins.csv, row 2: One small win"]),
    # moments
    "the year 1": ({"wins.csv": MOMENT + "0001-01-01T00:00:00+14:00\n"}, ["wins.csv, row 2: created_at: the year 1 "]),
    "the year 9999": ({"wins.csv": MOMENT + "9999-12-31T23:59:59-14:00\n"}, ["wins.csv, row 2: created_at: the year 99"]),
    "the year 1500": ({"wins.csv": MOMENT + "1500-01-01T00:00:00Z\n"}, ["wins.csv, row 2: created_at: the year 1500 "]),
    "seconds": ({"wins.csv": MOMENT + "99999999999999999999\n"}, ["wins.csv, row 2: created_at: please write"]),
    "a moment without a zone": ({"wins.csv": MOMENT + "2026-03-02T10:00\n"}, ["wins.csv, row 2: created_at: please write"]),
    "a moment as an American types it": ({"wins.csv": MOMENT + "3/2/2026 10:00\n"}, ["wins.csv, row 2: created_at: please"]),
    "infinity": ({"wins.csv": MOMENT + "inf\n"}, ["wins.csv, row 2: created_at: please write"]),
    "nan": ({"wins.csv": MOMENT + "nan\n"}, ["wins.csv, row 2: created_at: please write"]),
    "a day outside of a life": ({"wins.csv": HEAD + "Heron,Bread,0001-01-01\n"}, ["wins.csv, row 2: Day: the year 1 is"]),
    "a day of the year 9999": ({"wins.csv": HEAD + "Heron,Bread,9999-12-31\n"}, ["wins.csv, row 2: Day: the year 9999"]),
    "by somebody": ({"wins.csv": "client,title,by\nHeron,Bread,me\n"}, ["wins.csv, row 2: by: please write coach, cli"]),
    "version 0": ({"wins.csv": "client,title,version\nHeron,Bread,0\n"}, ["wins.csv, row 2: version: please write"]),
    "a version without end": ({"wins.csv": f"client,title,version\nHeron,x,{10**20}\n"}, ["wins.csv, row 2: version: "]),
    "an id of a thousand signs": ({"wins.csv": f"id,client,title\n{'x' * 1000},Heron,x\n"}, ["wins.csv, row 2: id: at "]),
    # what hangs together
    "nobody of this name": ({"wins.csv": "client,title\nCoot,Bread\n"}, ["wins.csv, row 2: there is no client called Coot"]),
    "no client at all": ({"wins.csv": "title\nBread\n"}, ["wins.csv, row 2: client: please write the code name"]),
    "an entry twice": ({"wins.csv": "id,client,title\na,Heron,x\na,Heron,y\n"}, ["wins.csv, row 2: ", "wins.csv, row 3: "]),
    "two clients of one name": ({"clients.csv": "name\nOwl\nOWL\n"}, ["clients.csv, row 2: Code ", "clients.csv, row 3: Code "]),
    "a link that leads nowhere": ({"steps.csv": "client,title,tool\nHeron,walk,x\n"}, ["steps.csv, row 2: A tool"]),
    # what lies in the folder
    "a folder called wins.csv": ({"wins.csv": None}, ["wins.csv is no file."]),
    "a name with other capitals": ({"WINS.CSV": GOOD}, []),
    "the same kind twice": ({"WINS.csv": GOOD, "wins.csv": GOOD}, ["wins.csv: WINS.csv has the same name."]),
    "a second download": ({"wins (1).csv": GOOD}, ["wins (1).csv: no kind of entry has this name."]),
    "a name that moves a terminal, too": ({"\x1b[2J.csv": GOOD}, [" [2J.csv: no kind of entry has this name."]),
    "what a Mac leaves on a stick": ({"wins.csv": GOOD, "._wins.csv": b"\0\5\x16\7", ".DS_Store": b"\0"}, []),
    "what an export lays beside": ({"wins.csv": GOOD, "everything.json": "{", "README.md": "#"}, []),
    "a text": ({"notes.txt": "Bread"}, ["FOLDER holds no entry"]),
    "nothing": ({}, ["FOLDER holds no entry"]),
    "one sound table and one that is not": ({"wins.csv": GOOD, "sparks.csv": "client,title,on\nHeron,a,?\n"}, ["sparks.csv, row 2: "]),
}  # fmt: skip


@pytest.fixture
def store():
    with closing(Store(None)) as store:
        store.save(kit.Client(name="Heron"))
        yield store


def laid(folder, files):
    for name, content in files.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def count(store):
    return sum(len(store.records(kind)) for kind in KINDS)


def brought(store, folder):
    """What was said, one sentence each, of an import; nothing of a half one is in the book."""
    before = count(store)
    try:
        new, _known, said = takeout.import_folder(store, folder)
    except KitError as trouble:
        new, said = 0, [str(trouble)]
    assert count(store) - before == new
    assert bool(new) != bool(said)
    assert [one for one in said if "\n" in one or not one.endswith(".") or len(one) > 400] == []
    return said


@pytest.mark.parametrize(("files", "begins"), SHAPES.values(), ids=SHAPES.keys())
def test_all_of_a_folder_comes_in_or_a_sentence_names_file_and_row(files, begins, store, tmp_path):
    if "WINS.csv" in files and (tmp_path / "a").write_text("") is not None and (tmp_path / "A").exists():
        pytest.skip("this disk takes both names for one")
    laid(tmp_path, files)

    said = brought(store, tmp_path)

    assert len(said) == len(begins)
    for one, begin in zip(said, begins, strict=True):
        assert one.startswith(begin.replace("FOLDER", str(tmp_path)))


def test_there_are_a_hundred_shapes():
    assert len(SHAPES) >= 100


@settings(suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200) | st.text(st.sampled_from('client,title;on\n\r"Heron\0\t=é\ufeff2026-01'), max_size=80))
def test_any_file_comes_in_or_is_told(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    laid(folder, {"wins.csv": content})
    with closing(Store(None)) as store:
        store.save(kit.Client(name="Heron"))
        brought(store, folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files in a folder")
def test_what_is_no_file_is_not_waited_for(store, tmp_path):
    os.mkfifo(tmp_path / "wins.csv")

    assert brought(store, tmp_path) == ["wins.csv is no file. Please take it out of this folder."]


def test_a_file_that_may_not_be_read_is_named(store, tmp_path, monkeypatch):
    laid(tmp_path, {"wins.csv": GOOD})
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: (_ for _ in ()).throw(PermissionError(13, "no")))

    (said,) = brought(store, tmp_path)
    assert said.startswith(f"{tmp_path / 'wins.csv'} cannot be opened.")


def test_a_folder_that_is_none_is_one_sentence(store, tmp_path):
    (tmp_path / "wins.csv").write_text(GOOD)

    assert "is not a folder" in trouble_of(takeout.import_folder, store, tmp_path / "wins.csv")


@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime.max.replace(tzinfo=UTC)]
)
def test_a_moment_outside_of_a_life_is_no_moment_of_an_entry_wherever_it_comes_from(moment):
    with pytest.raises(ValueError, match=r"created_at: the year (1|9999) is too far away"):
        kit.Win(client="Heron", title="x", created_at=moment)


def test_what_a_book_holds_already_keeps_its_moment():
    earlier = {"name": "Heron", "created_at": datetime(1500, 1, 1, tzinfo=UTC)}

    assert kit.Client.model_validate(earlier, context={"kept": True}).created_at.year == 1500
