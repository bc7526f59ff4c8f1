"""Nothing that people have is lost: a practice of each earlier version opens, whole, with the kit that stands here.

tests/practices/make.py made each of them with the code of its time. Where a later version keeps something in another
way, what it became is said here, beside what it was.
"""

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

import kit
from kit import places
from kit.records import BY_PLURAL, KINDS
from kit.store import Store
from kit.vault import backups, keys, recovery_sheet, transfer

PRACTICES = Path(__file__).parent / "practices"
VERSIONS = sorted(file.stem for file in PRACTICES.glob("*.zip"))


@pytest.fixture(params=VERSIONS)
def told(request, kit_home):
    """What was in a practice of that version, which lies in this test's KIT_HOME now."""
    with zipfile.ZipFile(PRACTICES / f"{request.param}.zip") as packed:
        packed.extractall(kit_home)
    return json.loads((PRACTICES / f"{request.param}.json").read_text(encoding="utf-8"))


def there(store):
    return {plural: [one.model_dump(mode="json") for one in store.records(BY_PLURAL[plural])] for plural in BY_PLURAL}


def lacking(told, store):
    """What was kept and is not there, field by field."""
    now = {(plural, one["id"]): one for plural, some in there(store).items() for one in some}
    return [
        (plural, name, value)
        for plural, some in told["records"].items()
        for one in some
        for name, value in one.items()
        if now.get((plural, one["id"]), {}).get(name) != value
    ]


def test_there_is_a_practice_of_the_first_version():
    assert "0.1" in VERSIONS


def test_it_opens_by_its_passphrase_with_all_that_was_kept(told):
    book = kit.open_book(passphrase=told["passphrase"])

    assert lacking(told, book._store) == []
    assert not book._store.remark
    book.close()


def test_it_opens_by_its_recovery_sheet_when_its_key_file_is_gone(told):
    keys.path_for(places.practice()).unlink()
    key = recovery_sheet.decode("\n".join(told["sheet"]))

    with closing(Store(places.practice(), key)) as store:
        assert lacking(told, store) == []


def test_its_history_what_was_being_typed_and_the_open_session_are_there(told):
    with closing(Store(places.practice(), keys.read_key_file(places.practice(), told["passphrase"]))) as store:
        history = {kind.plural: sum(len(store.history(one)) for one in store.records(kind)) for kind in KINDS}

        assert {plural: history[plural] for plural in told["history"]} == told["history"]
        assert [[*who, store.draft(*who)] for *who, _typed in told["drafts"]] == told["drafts"]
        assert list(store.active_client()[:2]) == told["seat"]


def test_each_of_its_backups_and_its_sealed_file_open(told, tmp_path):
    key = keys.read_key_file(places.practice(), told["passphrase"])
    files = [one.file for one in backups.list_all()]
    sealed = [places.home() / name for name in told["files"] if name.endswith(".sealed") and "/" not in name]

    assert len(files) == told["backups"]
    for number, file in enumerate([*files, *sealed]):
        place = tmp_path / f"{number}.book"
        with file.open("rb") as opened:
            transfer.unpack(opened, place, told["passphrase"])
        with closing(Store(place, key)) as store:
            assert store.client("Heron").own_words == ("a wave", "the fog")


def test_it_can_be_gone_on_with(told):
    book = kit.open_book(passphrase=told["passphrase"])
    book.add(kit.Win(client="Heron", title="one more"))
    book.change(book.records(kit.Milestone, "Heron")[0], effort=8)
    book.close()

    again = kit.open_book(passphrase=told["passphrase"])
    assert again.records(kit.Win, "Heron")[-1].title == "one more"
    assert again.records(kit.Milestone, "Heron")[0].effort == 8
    again.close()


def test_the_sample_beside_it_keeps_what_was_noted_there(told):
    book = kit.open_book("sample")

    assert {kind.plural: len(book.records(kind)) for kind in KINDS if kind.plural in told["sample"]} == told["sample"]
    assert "mine, in the sample" in [one.title for one in book.records(kit.Win, "Birch")]
    book.close()
