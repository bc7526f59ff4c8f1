"""Code names: two that sound or look alike are never in one book, and nothing in one is out of sight."""

from contextlib import closing

import pytest
import sqlalchemy as sa
from asking import trouble_of
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit import exchange
from kit.exchange import takeout
from kit.rooms import RoomRequest, retention_date, web_server
from kit.store import Store, code_names
from kit.store.tables import TABLES, row_of

LOOK_ALIKE = [
    ("Heron", "\u041d\u0435r\u043en"),  # three Cyrillic letters
    ("Heron", "\u0397\u0395R\u039fN"),  # Greek capitals
    ("Birch", "\u0412irch"),
    ("birch", "b\u0456rch"),
    ("Iris", "lris"),
    ("Client 1", "Client I"),
    ("Owl 0", "Owl O"),
    ("Barn", "Bam"),
    ("Maple", "\uff2dapl\u212f"),
    ("\u05e1\u05d5\u05e1", "\u05e1\u05d5\u05e1\u05f3"[:3]),
]
UNSEEN = {
    "turned round": "He\u202eron",
    "isolated": "\u2067Heron\u2069",
    "a mark of direction": "Heron\u200f",
    "an Arabic mark of direction": "Heron\u061c",
    "zero width": "He\u200bron",
    "a joiner between Latin letters": "He\u200dron",
    "an emoji's variation": "Heron \u2764\ufe0f",
    "a further variation": "Heron\U000e0101",
    "several emoji in one": "\U0001f43b\u200d\u2744\ufe0f",
    "a soft hyphen": "He\u00adron",
    "a filler": "Heron\u3164",
    "a byte order mark": "\ufeffHeron",
    "a line of its own": "Heron\u2028Maple",
    "a tag": "Heron\U000e0041",
    "no grapheme": "He\u034fron",
}
IN_ITS_OWN_SCRIPT = [
    "Żółw 🌿",
    "\u05d3\u05d5\u05d1",
    "小熊",
    "🦊",
    "شاه\u200cتوت",
    "क्\u200dष",
    "Ångström",
    "Bär",
    "นกเค้าแมว",
]


@pytest.fixture
def store():
    with closing(Store(None)) as store:
        yield store


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKE)
def test_a_name_that_looks_like_another_one_is_turned_away_by_its_field(store, one, other):
    store.save(kit.Client(name=one))

    said = trouble_of(store.save, kit.Client(name=other))
    assert said.startswith("Code name: there is a client ") and said.endswith("Please choose another name.")
    assert [client.name for client in store.records(kit.Client)] == [one]


@given(
    st.sampled_from(["Heron", "Żółw", "小熊", "\u05d3\u05d5\u05d1"]),
    st.sampled_from(["Maple", "Zolw", "大熊", "Bear", "Herons"]),
)
def test_names_that_can_be_told_apart_stand_beside_each_other(one, other):
    assert not code_names.is_confusable(one, other)


def test_every_pair_of_unicodes_list_that_normal_forms_leave_apart_is_alike():
    from confusable_homoglyphs.confusables import confusables_data

    pairs = [(one.strip("\u200e"), two["c"].strip("\u200e")) for one, all_ in confusables_data.items() for two in all_]
    apart = [pair for pair in pairs if not code_names.is_confusable(*pair)]

    assert len(pairs) > 12_000
    # What remains is composed of signs that the standard itself takes apart before it looks at them.
    assert len(apart) < 60


@pytest.mark.parametrize("name", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_sign_that_nobody_sees_is_turned_away_by_its_field(store, name):
    said = trouble_of(store.save, kit.Client(name=name))

    assert said.startswith("Code name: there is a sign in it that nobody can see")
    assert store.records(kit.Client) == []


@pytest.mark.parametrize("name", IN_ITS_OWN_SCRIPT)
def test_a_name_in_any_script_is_kept_to_the_letter(store, name):
    store.save(kit.Client(name=name))

    assert store.client(name).name == name


def test_a_rename_is_held_to_the_same(store):
    heron = kit.Client(name="Heron")
    store.save(heron, kit.Client(name="Maple"))

    for name in ("M\u0430ple", "Her\u200bon"):
        assert trouble_of(store.save, kit.records.changed(heron, name=name, version=2)).startswith("Code name: ")


def test_a_name_of_an_earlier_version_goes_on_whatever_it_holds(store):
    earlier = [kit.Client(name=name) for name in ("Heron", "H\u0435ron", "Heron \u2764\ufe0f")]
    with store._writing_transaction(TABLES) as db:
        db.execute(sa.insert(TABLES["clients"]), [row_of(one) for one in earlier])

    for client in earlier:
        new = kit.records.changed(client, limits="mornings", version=2)
        store.save(new, kit.Win(client=client.name, title="bread"))
        assert store.client(client.name) == new


def test_an_import_says_in_which_row_such_a_name_stands(store, tmp_path):
    store.save(kit.Client(name="Heron"))
    (tmp_path / "clients.csv").write_text("name\nOtter\nH\u0435ron\n\u202eOwl\n\u041etter\n", encoding="utf-8")

    _new, _known, amiss = takeout.import_folder(store, tmp_path)

    assert [one.split(":")[0] for one in amiss] == [f"clients.csv, row {row}" for row in (2, 3, 4, 5)]
    assert [one.name for one in store.records(kit.Client)] == ["Heron"]


def test_a_workshop_is_not_called_by_what_looks_like_a_clients_name(tmp_path):
    with closing(Store(tmp_path / "x.book")) as store:
        store.save(kit.Client(name="Heron"))

    asked = RoomRequest(book=str(tmp_path / "x.book"), title="H\u0435ron", keep_until=retention_date())
    assert "code name" in trouble_of(web_server.create_room, asked, None)


def test_what_was_exported_by_an_earlier_version_under_a_sound_name_still_comes_in(store, tmp_path):
    exchange.write_csv(tmp_path / "clients.csv", [kit.Client(name=name) for name in IN_ITS_OWN_SCRIPT])

    assert takeout.import_folder(store, tmp_path) == (len(IN_ITS_OWN_SCRIPT), 0, [])
