"""Where things lie."""

import json
import os
import sys
from pathlib import Path

import pytest
import typer

from kit import places
from kit.cli import opening
from kit.jupyter import launch
from kit.words import KitError


def test_everything_lies_in_the_folder_that_kit_home_names(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "mine"))

    assert {places.home(), places.sample().parent, places.practice().parent, places.reports().parent} == {
        tmp_path / "mine"
    }


def test_a_folder_named_from_where_one_stands_is_the_same_in_the_notebooks(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIT_HOME", "mine")
    monkeypatch.setattr(launch, "open_notebook", lambda *_words, **_more: 0)

    with pytest.raises(typer.Exit):
        opening.open_()
    monkeypatch.chdir(places.notebooks())
    assert places.home() == tmp_path / "mine"


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_the_folder_is_its_owners_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "mine"))

    assert places.home().stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "file" / "mine"))

    with pytest.raises(KitError, match="cannot be made"):
        places.home()


# folders that a service copies to a cloud --------------------------------------------------------------


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    """A person without any such service, whose own folder is empty."""
    for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "me")
    (tmp_path / "me").mkdir()
    return tmp_path / "me"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("OneDrive/kit", "OneDrive"),
        ("OneDrive - Lighthouse Coaching/a/b", "OneDrive"),
        ("Dropbox (Personal)/kit", "Dropbox"),
        ("dropbox", "Dropbox"),
        ("iCloudDrive/kit", "iCloud Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/kit", "iCloud Drive"),
        ("Library/CloudStorage/GoogleDrive-me@mail.org/My Drive/kit", "Google Drive"),
        ("Library/CloudStorage/Box-Box/kit", "Box"),
        ("Library/CloudStorage/Sync-mine/kit", "Sync"),
        ("My Drive/kit", "Google Drive"),
        ("Google Drive", "Google Drive"),
        ("Nextcloud2/kit", "Nextcloud"),
        ("pCloudDrive/kit", "pCloud"),
        ("Box Sync/kit", "Box"),
        ("Documents/kit", ""),
        ("boxes/kit", ""),
        ("onedrivers/my drives/dropboxed", ""),
        (".dropbox/kit", ""),
    ],
)
def test_the_service_whose_folder_it_is_has_a_name(nobody, folder, name):
    (nobody / folder).mkdir(parents=True)

    assert places.cloud_service_of(nobody / folder / "practice.book") == name


@pytest.mark.parametrize("variable", ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"])
def test_the_folder_that_windows_names_is_known_whatever_it_is_called(nobody, monkeypatch, variable):
    monkeypatch.setenv(variable, str(nobody / "Files of mine"))

    assert places.cloud_service_of(nobody / "Files of mine" / "kit") == "OneDrive"
    assert places.cloud_service_of(nobody / "Files of mine too") == ""


def test_the_folders_that_dropbox_names_are_known(nobody):
    (nobody / ".dropbox").mkdir()
    told = {"personal": {"path": str(nobody / "DB")}, "business": {"path": str(nobody / "Work")}}
    (nobody / ".dropbox/info.json").write_text(json.dumps(told))

    assert places.cloud_service_of(nobody / "Work" / "kit") == places.cloud_service_of(nobody / "DB") == "Dropbox"
    for odd in ("", "[]", "{", '{"personal": {}}', '{"personal": 7}'):
        (nobody / ".dropbox/info.json").write_text(odd)
        assert places.cloud_service_of(nobody / "DB") == ""


def test_a_link_is_followed_to_where_it_leads(nobody):
    for name in ("Dropbox", "plain"):
        (nobody / name).mkdir()
    try:
        (nobody / "plain/led").symlink_to(nobody / "Dropbox")
        (nobody / "Dropbox/led").symlink_to(nobody / "plain")
    except OSError:
        pytest.skip("this system makes no links")

    assert places.cloud_service_of(nobody / "plain/led/kit") == "Dropbox"
    assert places.cloud_service_of(nobody / "Dropbox/led/kit") == ""


def test_a_mac_whose_documents_are_copied_says_so(nobody):
    drive = nobody / "Library/Mobile Documents/com~apple~CloudDocs"
    for folder in (drive, nobody / "Documents"):
        folder.mkdir(parents=True)
    try:
        (drive / "Documents").symlink_to(nobody / "Documents")
    except OSError:
        pytest.skip("this system makes no links")

    assert places.cloud_service_of(nobody / "Documents/kit") == "iCloud Drive"
    assert places.cloud_service_of(nobody / "Desktop/kit") == ""


@pytest.mark.parametrize(("system", "name"), [("win32", "OneDrive"), ("darwin", "OneDrive"), ("linux", "")])
def test_capitals_count_only_where_they_do(nobody, monkeypatch, system, name):
    monkeypatch.setenv("OneDrive", str(nobody / "Files"))
    monkeypatch.setattr(sys, "platform", system)

    assert places.cloud_service_of(nobody / "FILES" / "kit") == name


def test_the_sentence_says_what_can_happen_and_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "Dropbox"))
    before = places.cloud_warning(places.practice())
    places.practice().touch()
    begun = places.cloud_warning(places.practice())
    (tmp_path / "Dropbox/deep").mkdir()

    assert "half a book" in before and "Before you begin" in before and "without KIT_HOME" in before
    assert "Take it to another computer" in begun and "outside of Dropbox" in begun
    assert "kit backup" in places.cloud_warning(tmp_path / "Dropbox/deep/other.book")
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "mine"))
    assert places.cloud_warning(places.practice()) == ""
