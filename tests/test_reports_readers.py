"""Whom a page is for: what each reader gets, who is not given one, what is left out, and pages for many."""

from datetime import date, timedelta

import pytest
from test_reports import MONDAY, Read

import kit
from kit import reports
from kit.records import Agreement, Client, Milestone, Session, Setback, Step, Supporter, SupportLine, ToolUse, Win
from kit.reports import ReportRequest, print_pdf
from kit.reports.batch import Result, active_clients, build_all, group_by_client
from kit.words import KitError


def page(book, client="Heron", **asked) -> str:
    return reports.build(book._store, client, ReportRequest(**asked)).html


def text(book, **asked) -> str:
    return Read(page(book, **asked)).text()


# the readers ----------------------------------------------------------------------------------------


def test_a_supporters_page_opens_with_what_is_asked_of_them_and_what_the_client_wishes_people_knew(story, only):
    story.change(story.records(Client)[0], wish_you_knew="I am not cross.", limits="Loud rooms.")
    ada = story.change(only(Supporter), asked_to="Ring on Sundays.")

    said = text(story, audience="supporter", supporter=ada.id)
    assert said.startswith(
        "For Ada, who stands by Heron What I ask of you Ring on Sundays. What I wish people knew I am not cross."
    )
    assert said.count("I am not cross.") == 1
    assert "Loud rooms." not in said


def test_the_words_coach_and_just_me_name_one_page(story):
    assert page(story, audience="coach") == page(story, audience="just_me")
    assert "ask gently about the old house" in page(story, audience="coach")


def test_each_page_says_at_its_top_as_of_when_it_is_and_what_is_left_out(story, only):
    day = f"As of {date.today().day} {date.today():%b %Y}."

    assert f"{day} Left out is what the coach notes for their own eyes." in text(story)
    supporters = text(story, audience="supporter", supporter=only(Supporter).id)
    assert f"{day} In it is what Heron chose to share with you; all else stays with Heron." in supporters
    assert "this page is not for handing out" in text(story, audience="coach")


def test_a_reader_whom_nobody_knows_is_told_which_there_are(story):
    with pytest.raises(KitError, match="client, supporter, coach"):
        page(story, audience="everybody")


def test_a_supporter_sees_the_journey_alone_and_no_picture_of_a_part(story, only):
    shown = page(story, audience="supporter", supporter=only(Supporter).id)

    assert shown.count('class="kit-plot"') == 1
    assert "Finding my feet" not in shown


@pytest.mark.parametrize(
    ("to", "asked"),
    [("my report", {}), ("a supporter's report", {"audience": "supporter", "supporter": "Ada"})],
)
def test_a_page_is_made_while_an_agreement_stands_and_not_once_it_was_taken_back(story, to, asked):
    given = story.add(Agreement(client="Heron", to=to, on=date.today() - timedelta(days=9)))
    assert page(story, **asked)

    story.change(given, withdrawn_on=date.today())
    with pytest.raises(KitError, match="Heron has taken back the agreement to a report"):
        page(story, **asked)
    assert page(story, audience="coach")
    story.add(Agreement(client="Heron", to=to))
    assert page(story, **asked)


# what is left out by choice -------------------------------------------------------------------------


def test_what_is_left_out_is_nowhere_in_the_page_and_neither_is_what_hangs_on_it(story, only):
    setback, tool = only(Setback), only(kit.Tool)
    story.add(ToolUse(client="Heron", tool=tool.id, setback=setback.id, on=date.today(), helped=7))
    win = only(Win)

    html = page(story, left_out=(setback.id, win.id, tool.id))
    assert [words for words in (setback.title, setback.what_held, win.title, tool.title) if words in html] == []
    assert "By choice, some of what was noted is left out too." in html
    assert "Rang my sister" in html


def test_a_supporter_is_not_told_that_something_was_left_out(story, only):
    html = page(story, audience="supporter", supporter="Ada", left_out=(only(Win).id,))

    assert "left out too" not in html


def test_of_a_step_that_is_left_out_no_week_stays(story):
    step = story.add(Step(client="Heron", title="Tea", then="sit down"))
    story.add(kit.StepWeek(client="Heron", step=step.id, week_of=MONDAY, planned=5, done=4, reason="a flood"))

    assert "a flood" in page(story)
    assert "a flood" not in page(story, left_out=(step.id,))


# the card -------------------------------------------------------------------------------------------


def test_the_card_holds_win_step_whom_i_tell_next_date_and_lines_and_nothing_else(story, only):
    story.change(only(Supporter), ready_text="A leaf.")
    story.add(Step(client="Heron", title="Tea", when="it rains", then="sit down", on_a_heavy_day="stand by the kettle",
                   tell=only(Supporter).id))  # fmt: skip
    story.add(
        Session(client="Heron", on=date.today(), takeaway="I may rest.", next_on=date.today() + timedelta(days=7))
    )
    story.add(SupportLine(name="Lantern", number="000", hours="evenings"))

    made = reports.build_card(story._store, "Heron")
    said = Read(made.html).text()
    for words in ("Bread in the oven", "When it rains, then I will sit down.", "stand by the kettle", "Ada: A leaf.",
                  "Lantern: 000 (evenings)"):  # fmt: skip
        assert words in said
    assert [words for words in ("Three days in bed", "I may rest.", "setback", " of 10") if words in said] == []
    assert "script-src 'none'" in made.html
    assert made.file_name().endswith("-card.html")


def test_a_card_without_anything_on_it_is_kind(book):
    book.add(Client(name="Birch"))

    assert "you came, and that counts" in reports.build_card(book._store, "Birch").html


def test_the_card_on_the_screen_and_on_paper_say_the_same(story):
    story.add(Step(client="Heron", title="Tea", when="it rains", then="sit down"))
    story.add(Agreement(client="Heron", to="notes"))
    story.state.choose("Heron")
    (on_screen,) = [one for one in story.close_session().view["blocks"] if one["is"] == "card"]

    said = Read(reports.build_card(story._store, "Heron").html).text()
    assert [words for row in on_screen["rows"] for words in row if " ".join(words.split()) not in said] == []


# many -----------------------------------------------------------------------------------------------


@pytest.fixture
def caseload(story):
    for name in ("Maple", "River"):
        story.add(Client(name=name))
        story.add(Milestone(client=name, title=f"only of {name}", on=date.today()))
    return story


def test_a_page_is_made_for_each_client_from_one_reading_of_the_book(caseload, tmp_path):
    done = list(build_all(active_clients(reports.read_rows(caseload._store)), ReportRequest(), tmp_path))

    assert [(one.client, one.place.name, one.trouble) for one in done] == [
        (name, f"{name}-{date.today().isoformat()}.html", "") for name in ("Heron", "Maple", "River")
    ]
    assert "only of River" in done[2].place.read_text("utf-8")
    assert "only of River" not in done[1].place.read_text("utf-8")


def test_from_one_reading_and_from_a_clients_own_the_same_page_is_made(caseload):
    each = group_by_client(reports.read_rows(caseload._store))

    assert list(each) == ["Heron", "Maple", "River"]
    for client, rows in each.items():
        assert reports.build_from_rows(rows, client, ReportRequest("coach")).html == page(
            caseload, client, audience="coach"
        )


def test_one_clients_trouble_is_named_and_stops_nobody_else(caseload, tmp_path):
    gone = caseload.add(Agreement(client="Maple", to="my report"))
    caseload.change(gone, withdrawn_on=date.today())

    done = {
        one.client: one
        for one in build_all(active_clients(reports.read_rows(caseload._store)), ReportRequest(), tmp_path)
    }
    assert "Maple has taken back the agreement" in done["Maple"].trouble
    assert [client for client, one in done.items() if one.place] == ["Heron", "River"]


def test_whatever_breaks_is_one_sentence_and_stops_nobody_else(caseload, tmp_path, monkeypatch, kit_home):
    told = reports.read_rows(caseload._store)
    broken = [{**row, "on": "no day"} if row["client"] == "Maple" else row for row in told["milestones"]]

    done = list(build_all(active_clients({**told, "milestones": broken}), ReportRequest(), tmp_path))
    assert [one.trouble for one in done] == [
        "",
        "This page could not be made. What went on is noted in trouble.log.",
        "",
    ]
    assert (kit_home / "trouble.log").exists()


@pytest.mark.slow
def test_further_processes_make_the_same_pages_without_book_and_key(caseload, tmp_path, monkeypatch):
    each = active_clients(reports.read_rows(caseload._store))
    monkeypatch.setattr("kit.reports.batch.PAGES_PER_PROCESS", 1)

    done = sorted(build_all(each, ReportRequest(), tmp_path, cores=2), key=lambda one: one.client)
    assert done == [
        Result(name, tmp_path / f"{name}-{date.today().isoformat()}.html") for name in ("Heron", "Maple", "River")
    ]
    assert done[0].place.read_text("utf-8") == page(caseload)


def test_who_was_put_away_gets_no_page_among_all(caseload):
    maple = next(one for one in caseload.records(Client) if one.name == "Maple")
    caseload.change(maple, put_away_on=date.today())

    assert list(active_clients(reports.read_rows(caseload._store))) == ["Heron", "River"]


def test_two_supporters_of_one_name_get_two_files(story, only):
    second = story.add(Supporter(client="Heron", name="ada", asked_to="Ring."))
    made = [
        reports.build(story._store, "Heron", ReportRequest("supporter", one.id)) for one in (only_ada(story), second)
    ]

    assert len({one.file_name().casefold() for one in made}) == 2


def only_ada(story):
    return next(one for one in story.records(Supporter, "Heron") if one.name == "Ada")


# PDF ------------------------------------------------------------------------------------------------


def test_without_a_browser_a_pdf_is_answered_by_a_plain_sentence(story, monkeypatch, tmp_path):
    monkeypatch.setattr(print_pdf, "find_browser", lambda: None)

    with pytest.raises(KitError, match=r"needs Chromium, Chrome or Edge\. Please install one"):
        print_pdf.write_pdf(reports.build_card(story._store, "Heron"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_a_page_names_its_paper_and_its_policy_lets_that_style_in(story, size):
    html = page(story, size=size)

    assert f"@page {{ size: {size}; }}" in html
    assert reports.rendering.csp_hash(reports.rendering.style(size)) in html
