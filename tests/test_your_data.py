"""The client's own page: what is held, until when, and a copy that holds nothing of the coach's own notes."""

from datetime import date, timedelta

import pytest

import kit
from kit import places


@pytest.fixture
def panel(story):
    story.state.choose("Heron")
    return story.your_data()


def said(panel):
    return " ".join(block.get("text", "") for block in panel.view["blocks"])


def keep_until(story, panel, days):
    (heron,) = story.records(kit.Client)
    day = date.today() + timedelta(days=days)
    story.change(heron, keep_until=day)
    panel.refresh()
    return f"{day.day} {day:%b %Y}"


def test_it_says_how_much_is_kept(panel):
    assert "11 entries are kept, noted from " in said(panel)


def test_of_who_has_no_entries_it_says_so(story, panel):
    story.add(kit.Client(name="Otter"))

    story.state.choose("Otter")

    assert "Nothing is noted about you yet, but for your code name." in said(panel)


def test_it_says_until_when(story, panel):
    assert "No day is agreed yet until which they are kept." in said(panel)
    assert f"They are kept until {keep_until(story, panel, 90)}, as you agreed." in said(panel)
    assert f"They were to be kept until {keep_until(story, panel, 0)}: something to talk about today." in said(panel)


def test_the_copy_holds_what_was_noted_and_what_it_was_before_and_nothing_for_the_coach_alone(
    story, panel, only, tmp_path, monkeypatch
):
    monkeypatch.setattr(places, "downloads", lambda: tmp_path)
    story.change(only(kit.Win), title="Two loaves")

    panel.act("take_out")

    (folder,) = tmp_path.iterdir()
    assert panel.status["said"] == f"The copy lies in {folder}"
    everything = "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert "Two loaves" in everything and "Bread in the oven" in everything
    assert "looked very tired" not in everything and "old house" not in everything


def test_the_next_person_reads_nothing_of_the_last_copy(story, panel, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "downloads", lambda: tmp_path)
    panel.act("take_out")
    story.add(kit.Client(name="Otter"))

    story.state.choose("Otter")

    assert "Heron" not in repr(panel.view) + repr(panel.status)
