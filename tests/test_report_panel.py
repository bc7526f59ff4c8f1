"""The panel that makes a page: who might see it is asked first, it is looked at here, and it goes with the client."""

import json
from datetime import date, timedelta

import pytest

from kit.records import Agreement, Client, Supporter, Win
from kit.reports import print_pdf


@pytest.fixture
def here(story):
    """The panel, with Heron at the table, who agreed to notes."""
    story.add(Agreement(client="Heron", to="notes"))
    story.add(Client(name="Maple"))
    story.state.choose("Heron")
    return story.make_report()


def labels(panel) -> list[str]:
    return [item["label"] for block in panel.view["blocks"] if block["is"] == "buttons" for item in block["items"]]


def shown(panel) -> str:
    return json.dumps(panel.view, ensure_ascii=False)


def preview(panel) -> dict:
    return next((block for block in panel.view["blocks"] if block["is"] == "preview"), {"html": "", "title": ""})


def test_it_asks_first_who_might_see_it_and_offers_the_card_first(here):
    assert here.view["blocks"][0]["text"] == "Who else might see this?"
    assert "a page that was handed out cannot be called back" in here.view["blocks"][1]["text"]
    assert labels(here) == ["The card", "A page for me", "For Ada"]
    assert preview(here)["html"] == ""


def test_what_the_chosen_person_reads_is_looked_at_here_and_nothing_is_written_before_it_is_kept(here, kit_home):
    here.act("read", ["client", None])

    assert preview(here)["title"] == "This is what Heron reads"
    assert "Rang my sister" in preview(here)["html"]
    assert len(preview(here)["html"]) < 200_000, "the page's own plotly is not sent along"
    assert not (kit_home / "reports").exists()
    here.act("keep")
    (kept,) = (kit_home / "reports").iterdir()
    assert f"It lies here: {kept}" in shown(here)
    assert "Rang my sister" in kept.read_text("utf-8")


def test_a_shorter_time_is_looked_at_and_kept(here, kit_home):
    here.act("read", ["client", None])
    here.act("look_at", "three months")

    since = date.today() - timedelta(days=92)
    assert f"This page tells of the time since {since.day} {since:%b %Y}." in preview(here)["html"]


def test_what_is_left_out_leaves_the_page_and_comes_back(here, story):
    (win,) = story.records(Win, "Heron")
    here.act("read", ["client", None])

    here.act("leave_out", win.id)
    assert win.title not in preview(here)["html"]
    here.act("leave_out", win.id)
    assert win.title in preview(here)["html"]


def test_only_what_the_page_holds_can_be_left_out(here, story):
    here.act("agree")
    here.act("read", ["supporter", story.records(Supporter, "Heron")[0].id])

    (fold,) = [block for block in here.view["blocks"] if block["is"] == "fold"]
    titles = [one["title"] for one in fold["blocks"][0]["items"]]
    assert titles == ["Bread in the oven", "Three days in bed", "Rang my sister"]


def test_for_a_supporter_it_asks_for_an_agreement_where_none_was_given(here, story):
    ada = story.records(Supporter, "Heron")[0]
    here.act("read", ["supporter", ada.id])
    assert preview(here)["html"] == ""

    here.act("agree")
    assert "a supporter's report" in [one.to for one in story.records(Agreement, "Heron")]
    assert preview(here)["title"] == "This is what Ada reads"


def test_once_the_agreement_was_taken_back_one_sentence_stands_in_its_place(here, story):
    given = story.add(Agreement(client="Heron", to="my report"))
    story.change(given, withdrawn_on=date.today())

    here.act("read", ["client", None])
    assert preview(here)["html"] == ""
    assert "Heron has taken back the agreement to a report" in shown(here)


def test_what_is_noted_meanwhile_stands_in_the_preview(here, story):
    here.act("read", ["client", None])
    story.add(Win(client="Heron", title="The tap no longer drips"))
    story.state.notify()

    assert "The tap no longer drips" in preview(here)["html"]


def test_the_preview_goes_with_the_client_and_the_next_person_finds_nothing_of_it(here, story):
    here.act("read", ["client", None])
    here.act("keep")
    story.state.clear()
    assert "Heron" not in shown(here) + repr(here.status)

    story.state.choose("Maple")
    assert "Heron" not in shown(here)
    assert preview(here)["html"] == ""


def test_the_coachs_page_is_offered_in_the_coachs_own_view_alone(here, story):
    here.act("read", ["just_me", None])
    assert preview(here)["html"] == ""

    story.state.turn_to_the_coach()
    assert "For the coach alone" in labels(here)
    here.act("read", ["just_me", None])
    assert "ask gently about the old house" in preview(here)["html"]


def test_without_a_browser_no_pdf_is_offered(here, monkeypatch):
    monkeypatch.setattr(print_pdf, "find_browser", lambda: None)
    here.act("read", ["card", None])

    assert "Keep this page" in labels(here)
    assert "Keep it as PDF" not in labels(here)


def test_the_card_is_one_tap_away(here, story, kit_home):
    here.act("read", ["card", None])
    here.act("keep")

    (kept,) = (kit_home / "reports").iterdir()
    assert kept.name == f"Heron-{date.today().isoformat()}-card.html"
    assert "Three days in bed" not in kept.read_text("utf-8")
