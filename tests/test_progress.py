"""The pictures as a story: for two of us, and for the coach alone."""

from datetime import date, timedelta

import pytest

import kit
from kit import widgets
from kit.charts import registry


@pytest.fixture
def river(kit_home):
    book = kit.open_book("sample")
    book.state.choose("River")
    yield book
    book.close()


def sentences(panel):
    return [picture.drawn["sentence"] for picture in panel.pictures]


def told(panel):
    return repr(panel.view) + repr([picture.drawn for picture in panel.pictures])


def press(panel, do, given=None):
    panel._heard(panel, {"do": do, "with": given}, [])


def test_each_question_has_its_pictures_and_its_word():
    assert {*widgets.registry.QUESTIONS, "ladders", "finding_my_feet"} == set(registry.PICTURES)
    assert all(hasattr(kit.Book, name) for name in widgets.WORDS)


@pytest.mark.parametrize("name", ["journey", *registry.PICTURES])
@pytest.mark.parametrize("client", ["Heron", "Maple", "River", "Birch"])
def test_each_picture_says_something_to_everybody(river, client, name):
    river.state.choose(client)
    panel = getattr(river, name)()

    assert all(sentence.endswith(".") for sentence in sentences(panel))
    if client == "Birch":
        assert all(picture.drawn["data"] == [] for picture in panel.pictures)


def test_a_client_reads_no_days_of_what_goes_on_until_they_ask(river):
    panel = river.finding_my_feet()
    assert "no end date needed" in sentences(panel)[0]
    assert "so far" not in told(panel)

    press(panel, "turn")
    assert "days so far" in told(panel)

    press(panel, "turn")
    assert "so far" not in told(panel)
    assert len(panel.pictures) == 1


def test_the_coachs_own_view_tells_the_days(river):
    river.just_me()

    panel = river.finding_my_feet()

    assert "at least" in sentences(panel)[0]
    assert len(panel.pictures) == 2
    assert sentences(panel)[1] == "From 5 stretches on there is a curve."


def test_how_the_weeks_went_on_average_is_for_the_coach_alone(river):
    river.choose_period()
    steps = river.small_steps()
    assert "of every 10 planned" not in told(steps)

    river.just_me()

    assert "The mean over 5 weeks of a step: about 9.5 of every 10 planned." in told(steps)


def test_a_first_thing_is_a_sentence_and_the_second_is_drawn_from_the_start_with_its_ring(book):
    book.add(kit.Client(name="Otter"))
    book.add(kit.Agreement(client="Otter", to="notes"))
    book.state.choose("Otter")
    journey, win = book.journey(), book.small_win()

    found = []
    for title in ("Tea", "Bread"):
        win.fill("win", title=title)
        press(win, "save")
        found.append(journey.pictures[0].drawn)

    assert (found[0]["data"], found[0]["layout"]) == ([], {})
    assert [trace["x"] for trace in found[1]["data"] if trace["name"] == "just noted"] == [[str(date.today())]]


def test_one_period_holds_for_all_pictures_of_a_page(river):
    chooser, journey, steps = river.choose_period(), river.journey(), river.small_steps()
    rows_of_all = len(steps.pictures[0].drawn["rows"])
    assert sentences(journey)[0].startswith("So far")

    press(chooser, "look_at", "month")

    assert sentences(journey)[0].startswith("The last month")
    assert len(steps.pictures[0].drawn["rows"]) < rows_of_all


def test_the_page_is_told_when_another_picture_stands_in_a_panel(river):
    chooser, journey = river.choose_period(), river.journey()
    before = journey.view

    press(chooser, "look_at", "month")

    assert journey.view != before, "the page draws a panel anew when its view changes, and only then"


def test_a_saved_week_is_in_the_picture_at_once(river):
    steps, review = river.small_steps(), river.review_steps()
    before = steps.pictures[0].drawn
    form = next(key for key in review.forms() if key.startswith("week-"))
    review.fill(form, done=1, came_between="needed rest")

    press(review, "save")

    assert steps.pictures[0].drawn != before


def test_the_next_person_finds_no_picture_of_the_last(river):
    shown = [getattr(river, name)() for name in registry.PICTURES]
    drawn = [widget for panel in shown for widget in panel._widgets]

    river.state.clear()

    assert all(panel.pictures == [] for panel in shown)
    assert all(widget.drawn == {} for widget in drawn)


def test_then_and_now_is_folded_until_the_client_opens_it(river):
    river.state.choose("Heron")

    blocks = river.then_and_now().view["blocks"]

    assert [block["is"] for block in blocks][:2] == ["text", "fold"]


def test_then_and_now_is_made_of_the_clients_own_words(river):
    river.state.choose("Heron")
    better = sorted(river.records(kit.Better, "Heron"), key=lambda one: one.on)

    shown = told(river.then_and_now())

    assert better[0].text[:20] in shown
    assert better[-1].text[:20] in shown
    assert "What you noticed" in shown
    assert "What others noticed" in shown


def test_words_about_what_better_means_without_a_day_are_told_on_the_day_they_were_noted(river):
    river.add(kit.Better(client="River", text="Fewer lists", on=None))
    river.state.notify()

    assert "Fewer lists" in told(river.then_and_now())


def test_with_nothing_to_look_back_on_then_and_now_says_so(book):
    book.add(kit.Client(name="Otter"))
    book.state.choose("Otter")

    assert "not enough told yet" in told(book.then_and_now())


def test_a_step_shrinks_with_low_energy_and_keeps_its_week(book):
    book.add(kit.Client(name="Otter"))
    book.add(kit.Agreement(client="Otter", to="notes"))
    step = book.add(kit.Step(client="Otter", title="Tea", planned=4))
    book.state.choose("Otter")
    review = book.review_steps()
    review.fill(f"week-{step.id}", done=1)
    press(review, "save")
    assert book.records(kit.StepWeek)[0].planned == 4

    book.add(kit.CheckIn(client="Otter", energy=2))
    book.state.notify()

    assert "For now 2 of 4 times a week may be enough." in told(book.next_step())
    assert "energy is low" in told(book.next_step())
    review.fill(f"week-{step.id}", done=2)
    press(review, "save")
    assert [one.planned for one in book.records(kit.StepWeek)] == [4]


def test_a_step_that_is_made_smaller_is_proposed_smaller(book):
    book.add(kit.Client(name="Otter"))
    step = book.add(kit.Step(client="Otter", title="Run", planned=6, confidence=3))
    book.state.choose("Otter")
    panel = book.next_step()

    press(panel, "smaller", step.id)

    assert panel.typed["step"]["planned"] == 3


def test_the_plan_gathers_what_setbacks_taught(book):
    book.add(kit.Client(name="Otter"))
    book.add(kit.Agreement(client="Otter", to="notes"))
    day = date.today() - timedelta(20)
    book.add(kit.Setback(client="Otter", title="X", began_on=day, early_signs="skipping lunch", next_time="ring Ada"))
    book.state.choose("Otter")
    panel = book.plan()
    assert "skipping lunch" in told(panel)
    press(panel, "take", ["early signs", "skipping lunch"])

    press(panel, "save")

    assert [(one.section, one.text) for one in book.records(kit.Plan)] == [("early signs", "skipping lunch")]
    assert "skipping lunch" not in repr(panel.view["blocks"][-1])
    assert "ring Ada" in repr(panel.view["blocks"][-1])


def test_the_one_figure_of_the_ladders_is_the_coachs_and_folded(river):
    river.state.choose("Heron")
    assert "Goal attainment" not in told(river.ladders())

    river.just_me()

    assert river.ladders().view["blocks"][0]["is"] == "fold"
    assert "Goal attainment T = " in told(river.ladders())


def test_days_since_something_began_are_compared_for_the_coach_alone(river):
    river.state.choose("Heron")
    assert "coach's own view alone" in told(river.since_day())
    river.just_me()
    panel = river.since_day()
    assert "Dr. Okafor" not in told(panel), "therapy is listed, and never compared"
    step = sorted(river.records(kit.Step, "Heron"), key=lambda one: one.day())[1]

    press(panel, "look_from", step.id)

    assert "days before" in told(panel)
    assert "does not say that it came from it" in told(panel)
    river.state.choose("Birch")
    assert "days before" not in told(panel)
