"""Where things lie."""

import os

import pytest

from kit import places
from kit.words import Trouble


def test_everything_lies_in_the_folder_that_kit_home_names(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "mine"))

    assert {places.home(), places.sample().parent, places.practice().parent, places.reports().parent} == {
        tmp_path / "mine"
    }


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_the_folder_is_its_owners_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "mine"))

    assert places.home().stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "file" / "mine"))

    with pytest.raises(Trouble, match="cannot be made"):
        places.home()
