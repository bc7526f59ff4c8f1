"""Opening a book, and what a script may call."""

from datetime import date

import pytest

import kit
from kit import places
from kit.widgets.client_notes import ClientNotes


def test_the_sample_is_made_once_and_kept(kit_home):
    first = kit.open_book("sample")
    first.add(kit.Win(client="Heron", title="Noted in one notebook"))

    second = kit.open_book("sample")

    assert second.records(kit.Win, "Heron")[-1].title == "Noted in one notebook"


def test_the_sample_ends_this_week(kit_home):
    book = kit.open_book("sample")
    latest = max(one.on for one in book.records(kit.Spark))

    assert 0 <= (date.today() - latest).days < 14


def test_without_a_name_the_sample_opens_until_there_is_a_practice(kit_home):
    assert [one.name for one in kit.open_book().records(kit.Client)] == ["Heron", "Maple", "River", "Birch"]


def test_kit_book_names_the_book(kit_home, monkeypatch):
    monkeypatch.setenv("KIT_BOOK", str(kit_home / "another.book"))

    kit.open_book().add(kit.Client(name="Otter"))

    assert (kit_home / "another.book").exists()
    assert not places.sample().exists()


def test_a_session_goes_on_after_a_restart_of_the_notebook(kit_home, monkeypatch):
    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    kit.open_book("sample").state.choose("Heron")

    assert kit.open_book("sample").state.client == "Heron"


def test_after_a_new_start_of_the_kit_nobody_is_named_until_somebody_says_so(kit_home, monkeypatch):
    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    kit.open_book("sample").state.choose("Heron")
    monkeypatch.setenv("JPY_PARENT_PID", "4712")
    book = kit.open_book("sample")

    assert book.state.client is None
    offered = book.choose_client().view["blocks"][:2]
    assert "A session was open at" in offered[0]["text"]
    assert "Heron" not in repr(offered)

    book.choose_client().do_go_on()
    assert book.state.client == "Heron"


def test_change_and_remove_speak_of_the_book_as_it_is(story):
    spark = story.records(kit.Spark)[0]
    changed = story.change(spark, title="Brighter")

    assert (changed.version, story.records(kit.Spark)[0]) == (2, changed)
    story.remove(changed)
    assert story.records(kit.Spark) == []


def test_frames_of_a_client_whom_nobody_knows_are_refused(story):
    with pytest.raises(kit.NoSuchClient, match="There is no client called Nobody"):
        story.frames("Nobody")


def test_a_report_is_one_page_named_after_client_and_day(story, tmp_path):
    path = story.report("Heron", to=tmp_path)

    assert path.parent == tmp_path
    assert path.name == f"Heron-{date.today().isoformat()}.html"
    assert story.records(kit.Milestone)[0].title in path.read_text(encoding="utf-8")


def test_a_book_in_a_notebook_s_last_line_says_that_it_is_open_and_nothing_of_anybody(story):
    assert (type(repr(story)), repr(story)) == (str, "An open book of the Reflection Kit")


def test_a_supporters_report_asks_for_a_supporter_of_this_client(story, tmp_path):
    with pytest.raises(kit.KitError, match="who stand by Heron"):
        story.report("Heron", audience="supporter", supporter="A stranger", to=tmp_path)


def test_a_tool_that_is_no_longer_needed_is_not_offered(story):
    story.state.choose("Heron")
    tool = story.records(kit.Tool)[0]
    assert tool.id in dict(ClientNotes(story.state).offers()["tools"])

    story.change(tool, status="retired")

    assert tool.id not in dict(ClientNotes(story.state).offers()["tools"])
    assert ClientNotes(story.state).names()[tool.id] == tool.title
