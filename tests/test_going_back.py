"""A former version after an update: what it does not know it refuses in words, before anything is changed."""

import owned
import pytest

from kit import places
from kit.cli import app as command_line
from kit.cli import diagnostics
from kit.jupyter import unlocking
from kit.store import opening
from kit.vault import backups
from kit.words import KitError

COMMANDS = {
    "clients": [],
    "report": ["Heron"],
    "export": ["Heron", "--out", "{out}"],
    "import": ["{sample_data}"],
    "erase": ["Heron", "--yes"],
    "room": ["Tuesday group"],
    "backup": [],
}


@pytest.fixture
def newer(place, key, monkeypatch, no_keyring):
    """A practice that a newer kit has brought up to its own schema, after a backup."""
    backups.make(place, key)
    engine = opening.open_engine(place, key)
    with engine.begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    monkeypatch.setenv("KIT_PASSPHRASE", owned.WORDS)
    return place


def everything():
    return {path: path.read_bytes() for path in places.home().rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_practice_of_a_newer_kit_is_refused_in_words_and_every_file_stays_as_it_is(newer, command, tmp_path):
    given = [one.format(out=tmp_path / "out", sample_data=places.SAMPLE_DATA) for one in COMMANDS[command]]
    before = everything()

    with pytest.raises(KitError, match="was written by a newer kit"):
        command_line.app([command, *given], standalone_mode=False)
    assert everything() == before
    assert not (tmp_path / "out").exists()


def test_its_door_and_the_check_say_so_too(newer):
    before = everything()

    assert "was written by a newer kit" in unlocking.handle_request({"do": "open", "passphrase": owned.WORDS})["said"]
    assert any("was written by a newer kit" in one.words for one in diagnostics.run_checks() if not one.fine)
    assert everything() == before


def test_a_sample_of_a_newer_kit_is_refused_in_words_and_stays_as_it_is():
    with opening.open_engine(places.sample()).begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = places.sample().read_bytes()

    with pytest.raises(KitError, match="was written by a newer kit"):
        command_line.app(["report", "Heron", "--book", "sample"], standalone_mode=False)
    assert places.sample().read_bytes() == before


def test_a_backup_from_before_the_update_comes_back_and_the_newer_book_is_kept(newer, key):
    as_bytes = newer.read_bytes()

    command_line.app(["restore", "1", "--yes"], standalone_mode=False)
    assert owned.titles(newer, key) == ["bread"]
    assert as_bytes in [path.read_bytes() for path in places.home().iterdir() if path.is_file()]
