"""A disk that is full, unplugged or held by somebody: one clear sentence, the text stays, and the book is sound."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import faults
import pytest

from kit.records import KINDS
from kit.store import Store

pytestmark = pytest.mark.slow

BOOKS = Path(__file__).parent / "books"
CALLS = 30


@pytest.fixture(autouse=True)
def can_be_made():
    faults.require()


def test_whatever_goes_wrong_at_any_call_of_a_session_it_is_told_the_text_stays_and_the_book_is_sound(tmp_path):
    lived = faults.at_each_call(tmp_path, CALLS, faults.with_heron(tmp_path))

    assert [(order, one) for order, told in lived for one in faults.amiss(order, told)] == []
    assert len(lived) == CALLS * len(faults.FAULTS)
    assert sum(bool(told["said"]) for _order, told in lived) > len(lived) / 2
    assert sum(len(told["kept"]) for _order, told in lived) > len(lived)


def test_the_head_beside_a_book_stops_no_save(tmp_path):
    lived = faults.at_each_call(tmp_path, 4, faults.with_heron(tmp_path), ("write",), only=".head")

    assert [(order, one) for order, told in lived for one in faults.amiss(order, told)] == []
    assert [told["said"] for _order, told in lived] == [[]] * 8


def first(place, key):
    """A book as the kit wrote it before there was a history."""
    name = "0001.encrypted.book.gz" if key else "0001.book.gz"
    place.write_bytes(gzip.decompress((BOOKS / name).read_bytes()))


def test_whatever_goes_wrong_while_an_older_book_is_brought_up_to_date_nothing_is_lost(tmp_path):
    lived = faults.at_each_call(tmp_path, CALLS, first, session=False)

    hit = [(order, told) for order, told in lived if told["hits"]]
    assert [(order, one) for order, told in hit for one in faults.amiss(order, told)] == []
    assert len(hit) > CALLS * 3
    for order, _told in hit:
        with closing(Store(Path(order.place), bytes.fromhex(order.key) or None)) as store:
            assert sum(map(len, store.rows(KINDS).values())) == 17
    assert {path for order, _told in lived for path in Path(order.place).parent.glob("*.making*")} == set()
    copies = [path for order, _told in lived if not order.key for path in Path(order.place).parent.glob("*.before-*")]
    assert {held(path) for path in copies} == {17}


def held(place):
    with closing(sqlite3.connect(place)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return sum(db.execute(f'SELECT count(*) FROM "{kind.plural}"').fetchone()[0] for kind in KINDS)
