"""What a session shows, and what happens when its buttons are pressed."""

from datetime import date, timedelta

import pytest

import kit
from kit import widgets
from kit.charts import registry
from kit.fields import about
from kit.widgets.client_notes import ClientNotes
from kit.widgets.journey import PERIOD_WORDS
from kit.widgets.pictures import Journeys
from kit.words import KitError

WORDS = sorted(widgets.WORDS)
TOGETHER = [word for word in WORDS if word != "just_me"]  # that one turns a page to the coach's own view


@pytest.fixture
def seated(story):
    """The story's client sits at the table."""
    story.state.choose("Heron")
    return story


@pytest.fixture
def here(seated):
    """The same, and every panel is open."""
    return {word: getattr(seated, word)() for word in TOGETHER}


def shown(panel) -> str:
    return repr(panel.view) + repr(panel.status)


def press(panel, do, **message):
    """What the page sends when a button is pressed."""
    panel._heard(panel, {"do": do, **message}, [])


@pytest.mark.parametrize("word", WORDS)
def test_each_word_of_a_notebook_opens_before_anybody_is_chosen(book, word):
    panel = getattr(book, word)()

    assert panel.word == word
    assert panel.view["blocks"]


@pytest.mark.parametrize("word", TOGETHER)
def test_a_panel_tells_a_notebook_nothing_of_what_is_in_it(seated, word):
    bundle = getattr(seated, word)()._repr_mimebundle_()
    plain = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/plain"]

    assert plain == "A panel of the Reflection Kit"


@pytest.mark.parametrize("word", TOGETHER)
def test_what_a_form_asks_for_is_declared(seated, word):
    for form in getattr(seated, word)().forms().values():
        known = {*about(form.kind), *form.extra}

        assert {*form.first, *form.more} <= known
        assert set(form.names) == {*form.first, *form.more}, "a field for the coach alone stands in a shared form"


def test_a_small_win_and_a_spark_are_saved_by_one_press(here, story):
    here["small_win"].fill("win", title="Watered the plants")
    here["small_win"].fill("spark", title="The light at four")

    press(here["small_win"], "save")

    assert story.records(kit.Win)[-1].title == "Watered the plants"
    assert story.records(kit.Spark)[-1].title == "The light at four"
    assert here["small_win"].status["said"].startswith("Saved")
    assert here["small_win"].status["undo"]


def test_undo_takes_all_of_a_save_back_and_puts_it_into_the_form_again(here, story):
    before = [story.records(kind) for kind in (kit.Setback, kit.ToolUse, kit.Tool)]
    panel = here["explore_setback"]
    panel.fill("setback", title="A loud week", triggers=["work", "money"], helped_by=[{"new": "humming"}])
    press(panel, "save")
    assert [len(story.records(kind)) for kind in (kit.Setback, kit.ToolUse, kit.Tool)] == [
        len(some) + 1 for some in before
    ]

    press(panel, "undo")

    assert [story.records(kind) for kind in (kit.Setback, kit.ToolUse, kit.Tool)] == before
    assert panel.typed["setback"]["title"] == "A loud week"
    assert not panel.status["undo"]


def test_a_setback_says_what_came_before_it_and_which_of_that_was_not_in_my_hands(here, story):
    here["explore_setback"].fill(
        "setback", title="X", triggers=["work", "the weather"], outside_control=["the weather"]
    )

    press(here["explore_setback"], "save")

    saved = story.records(kit.Setback)[-1]
    assert saved.triggers == ("work", "the weather")
    assert saved.outside_control == ("the weather",)


def test_what_cannot_be_kept_is_said_under_its_field_and_nothing_is_kept(here, story):
    before = story.records(kit.Setback)
    panel = here["explore_setback"]
    panel.fill("setback", title="X", began_on="2026-03-05", back_on_feet_on="2026-03-01")

    press(panel, "save")

    assert panel.status["problems"] == {
        "setback.back_on_feet_on": "Back on my feet on: this day lies before the beginning. Please look at both dates."
    }
    assert panel.typed["setback"]["title"] == "X"
    assert story.records(kit.Setback) == before


def test_one_amiss_form_keeps_the_other_of_the_panel_back_too(here, story):
    here["small_win"].fill("win", title="Fine")
    here["small_win"].fill("spark", title="x" * 300)

    press(here["small_win"], "save")

    assert [one.title for one in story.records(kit.Win)] != ["Fine"]
    assert "spark.title" in here["small_win"].status["problems"]


def test_saving_an_empty_panel_says_that_leaving_it_out_is_fine(here, story):
    press(here["add_milestone"], "save")

    assert "fine" in here["add_milestone"].status["said"]
    assert len(story.records(kit.Milestone)) == 3


def test_a_draft_is_kept_for_its_client_and_comes_back(here, story):
    press(here["add_milestone"], "draft", typed={"milestone": {"title": "Half a sen"}})

    story.state.clear()
    assert "Half a sen" not in shown(here["add_milestone"])
    story.state.choose("Heron")

    assert "Half a sen" in shown(here["add_milestone"])
    assert here["add_milestone"].typed["milestone"]["title"] == "Half a sen"


def test_a_draft_never_reaches_another_client(here, story):
    story.add(kit.Client(name="Maple"))
    press(here["add_milestone"], "draft", typed={"milestone": {"title": "Only Heron's"}})

    story.state.choose("Maple")

    assert all("Only Heron" not in shown(panel) for panel in here.values())


def test_a_message_that_was_on_its_way_when_the_next_person_came_is_dropped(here, story):
    story.add(kit.Client(name="Maple"))
    story.state.client = "Maple"

    press(here["add_milestone"], "draft", typed={"milestone": {"title": "Only Heron's"}})

    assert story.state.draft("add_milestone") == {}


def test_a_saved_draft_is_gone(here, story):
    press(here["add_milestone"], "draft", typed={"milestone": {"title": "Asked for help"}})

    press(here["add_milestone"], "save", typed={"milestone": {"title": "Asked for help"}})

    assert story.state.draft("add_milestone") == {}
    assert here["add_milestone"].typed == {}


def test_the_next_person_finds_nothing_of_the_last(here, story):
    press(here["add_milestone"], "draft", typed={"milestone": {"title": "Half a sentence"}})
    own = [one.title for one in story.records(kit.Milestone)] + ["Half a sentence", "Nadia"]

    press(here["next_person"], "go")

    for panel in here.values():
        if panel.word != "choose_client":
            assert not any(words in shown(panel) for words in [*own, "Heron"])
        assert all(picture.drawn == {} for picture in panel.pictures)


def test_a_new_client_begins_by_being_named(book):
    panel = book.choose_client()
    panel.fill("new", name="Otter")

    press(panel, "save")

    assert book.state.client == "Otter"
    assert [one.name for one in book.records(kit.Client)] == ["Otter"]


def test_a_code_name_that_is_taken_is_said_in_words(story):
    panel = story.choose_client()
    panel.fill("new", name="heron")

    press(panel, "save")

    assert panel.status["said"].startswith("Code name: there is a client called heron already.")
    assert story.state.client is None


def test_the_first_thing_kept_on_arrival_opens_the_session(here, story):
    here["check_in"].fill("check_in", energy=4)
    press(here["check_in"], "save")
    here["check_in"].fill("session", topics=["sleep"])
    press(here["check_in"], "save")
    here["close_session"].fill("session", takeaway="Rest is a step")

    press(here["close_session"], "save")

    (session,) = story.records(kit.Session)
    assert (session.topics, session.takeaway) == (("sleep",), "Rest is a step")


def test_undo_of_the_takeaway_leaves_the_topics_of_the_session(here, story):
    here["check_in"].fill("session", topics=["sleep"])
    press(here["check_in"], "save")
    here["close_session"].fill("session", takeaway="Rest is a step")
    press(here["close_session"], "save")

    press(here["close_session"], "undo")

    (session,) = story.records(kit.Session)
    assert (session.topics, session.takeaway) == (("sleep",), "")


def test_on_a_heavier_day_three_small_things_are_open_and_the_rest_waits(here):
    press(here["heavier_day"], "begin")

    asked = {key: form.names for key, form in here["heavier_day"].forms().items()}
    assert asked == {
        "spark": ("title",),
        "helps": ("tool",),
        "rest": ("title", "on_a_heavy_day"),
        "session": ("next_on",),
    }
    assert "Not today" in shown(here["explore_setback"])
    assert "Not today" in shown(here["next_step"])
    assert "To take with me" in shown(here["heavier_day"])

    press(here["heavier_day"], "end")
    assert "Not today" not in shown(here["explore_setback"])


def test_on_a_heavier_day_the_card_alone_goes_along_and_a_page_that_was_looked_at_is_put_away(here, story):
    press(here["make_report"], "read", **{"with": ["client", None]})
    assert "preview" in shown(here["make_report"])

    press(here["heavier_day"], "begin")

    assert "Not today" in shown(here["close_session"])
    offered = [item["label"] for block in here["make_report"].view["blocks"] for item in block.get("items", [])]
    assert offered == ["The card"]
    assert "preview" not in shown(here["make_report"])


def test_the_date_of_a_heavier_day_stands_in_the_session_and_what_was_being_typed_elsewhere_waits(here, story):
    here["close_session"].fill("session", takeaway="Rest is a step")
    press(here["close_session"], "draft")
    press(here["heavier_day"], "begin")
    here["heavier_day"].fill("session", next_on=(date.today() + timedelta(days=7)).isoformat())
    press(here["heavier_day"], "save")
    press(here["heavier_day"], "end")

    assert [one.next_on for one in story.records(kit.Session)][-1] == date.today() + timedelta(days=7)
    typed = here["close_session"].view["blocks"][0]["values"]
    assert typed["takeaway"] == "Rest is a step"
    assert typed["next_on"] == (date.today() + timedelta(days=7)).isoformat()


@pytest.mark.parametrize(
    ("word", "name", "must"),
    [("explore_setback", "began_on", True), ("explore_setback", "back_on_feet_on", False), ("catch_up", "on", True),
     ("workshop", "keep_until", True), ("add_milestone", "on", False)],
)  # fmt: skip
def test_a_day_that_has_to_be_one_offers_no_way_to_leave_it_open(story, word, name, must):
    story.state.choose("Heron")
    if word == "catch_up":
        story.just_me()
    blocks = getattr(story, word)().view["blocks"]
    asked = [one for block in blocks if block["is"] == "form" for one in block["fields"] if one["name"] == name]

    assert [one["must"] for one in asked] == [must]


def test_a_page_has_one_chooser_of_periods_for_all_its_pictures(story):
    story.state.choose("Heron")
    alone, chips = story.journey(), set(PERIOD_WORDS.values())
    assert chips < {item["label"] for item in alone.view["blocks"][0]["items"]}

    chooser = story.choose_period()
    beside = story.journey()

    assert [item["label"] for item in beside.view["blocks"][0]["items"]] == ["Put it away"]
    assert chips == {item["label"] for item in chooser.view["blocks"][1]["items"]}


def test_the_card_holds_the_step_and_the_win_and_no_setback(here, story):
    story.add(kit.Step(client="Heron", title="Tea", when="the kettle is on", then="breathe out", on_a_heavy_day="sit"))
    story.state.notify()

    (card,) = (block for block in here["close_session"].view["blocks"] if block["is"] == "card")

    words = dict(card["rows"])
    assert words["My next small step"] == "When the kettle is on, then I will breathe out."
    assert words["On a heavy day this counts too"] == "sit"
    assert story.records(kit.Setback)[0].title not in repr(card)


def test_a_step_that_is_too_big_is_made_smaller_and_takes_its_place(here, story):
    step = story.add(kit.Step(client="Heron", title="Run", when="it is seven", then="run", confidence=4))
    story.state.notify()
    press(here["next_step"], "smaller", **{"with": step.id})
    assert here["next_step"].typed["step"]["title"] == "Run"
    here["next_step"].fill("step", title="Shoes on")

    press(here["next_step"], "save")

    smaller = story.records(kit.Step)[-1]
    assert (smaller.title, smaller.smaller_of) == ("Shoes on", step.id)
    assert ClientNotes(story.state).active_steps() == [smaller]


def test_weeks_of_steps_are_noted_once_and_changed_after_that(here, story):
    step = story.add(kit.Step(client="Heron", title="Tea", planned=5))
    story.state.notify()
    form = f"week-{step.id}"
    here["review_steps"].fill(form, done=4)
    press(here["review_steps"], "save")
    here["review_steps"].fill(form, done=5, came_between="life")

    press(here["review_steps"], "save")

    (week,) = story.records(kit.StepWeek)
    assert (week.done, week.planned, week.came_between, week.version) == (5, 5, "life", 2)


def test_an_ongoing_setback_can_be_added_to(here, story):
    ongoing = story.add(kit.Setback(client="Heron", title="In it", private_note="mine alone", learned="pace"))
    story.state.notify()
    press(here["explore_setback"], "take_up", **{"with": ["setbacks", ongoing.id]})
    here["explore_setback"].fill("setback", what_held="the dog")

    press(here["explore_setback"], "save")

    found = next(one for one in story.records(kit.Setback) if one.id == ongoing.id)
    assert (found.what_held, found.learned, found.private_note) == ("the dog", "pace", "mine alone")
    assert "mine alone" not in "".join(shown(panel) for panel in here.values())


def test_an_entry_is_changed_removed_and_brought_back(here, story):
    milestone = story.records(kit.Milestone)[0]
    given = ["milestones", milestone.id]
    press(here["entries"], "take_up", **{"with": given})
    here["entries"].fill("entry", title="In other words")
    press(here["entries"], "save")
    assert story.records(kit.Milestone)[0].title == "In other words"

    press(here["entries"], "remove", **{"with": given})
    assert len(story.records(kit.Milestone)) == 2
    press(here["entries"], "undo")

    assert story.records(kit.Milestone)[0].title == "In other words"


def test_a_change_from_elsewhere_is_never_overwritten_in_silence(here, story):
    milestone = story.records(kit.Milestone)[0]
    press(here["entries"], "take_up", **{"with": ["milestones", milestone.id]})
    story.change(milestone, title="Changed elsewhere")
    here["entries"].fill("entry", title="Changed here")

    press(here["entries"], "save")

    assert story.records(kit.Milestone)[0].title == "Changed elsewhere"
    assert "elsewhere in the meantime" in here["entries"].status["said"]
    assert here["entries"].typed["entry"]["title"] == "Changed here"


def test_each_save_is_in_the_journey_at_once_and_ringed(here):
    here["add_milestone"].fill("milestone", title="Sang in the car")

    press(here["add_milestone"], "save")

    drawn = here["journey"].pictures[0].drawn
    assert any("Sang in the car" in row for row in drawn["rows"])
    assert any(trace["name"] == "just noted" for trace in drawn["data"])


def test_the_journey_can_be_put_away_and_taken_out_again(here):
    press(here["journey"], "put_away")
    assert here["journey"].pictures == []
    assert here["add_milestone"].view["picture"] == ""

    press(here["journey"], "show")

    assert here["journey"].pictures[0].drawn["rows"]
    assert here["add_milestone"].view["picture"] == "beside"


@pytest.mark.parametrize("span", PERIOD_WORDS)
def test_the_journey_has_each_span_that_it_offers(here, span):
    press(here["journey"], "look_at", **{"with": span})

    assert here["journey"].pictures[0].drawn["sentence"]


def test_support_now_shows_my_own_words_for_hard_times_then_people_then_lines(here, story):
    story.add(kit.Plan(client="Heron", section="when it gets hard", text="Put the phone in the drawer"))
    story.add(kit.SupportLine(name="An invented line", number="000", checked_on="2024-01-05"))

    story.state.notify()

    told = shown(here["support_now"])
    assert told.index("Put the phone") < told.index("An invented line")
    assert "checked on 5 Jan 2024, more than a year ago" in told


def test_a_person_who_has_no_numbers_yet_reads_a_sentence(book):
    panel = book.support_now()

    assert "No numbers are noted yet" in shown(panel)


def test_no_traceback_reaches_the_page(here, monkeypatch, kit_home):
    def breaks(*_records, **_more):
        raise RuntimeError("something inside")

    monkeypatch.setattr(here["add_milestone"].state.store, "save", breaks)
    here["add_milestone"].fill("milestone", title="Not for any log")

    press(here["add_milestone"], "save")

    assert here["add_milestone"].status["said"] == (
        "That did not work here; what you typed is kept. Please try once more."
    )
    noted = (kit_home / "trouble.log").read_text()
    assert "something inside" in noted
    assert "Not for any log" not in noted
    assert here["add_milestone"].typed["milestone"]["title"] == "Not for any log"


def test_a_cell_that_runs_again_puts_its_earlier_panel_away(story, monkeypatch):
    monkeypatch.setattr(widgets.registry, "_cell", lambda: "a-cell")
    first = story.small_win()

    second = story.small_win()

    assert first not in story.state.panels
    assert second in story.state.panels
    assert first.comm is None


def test_labels_take_the_clients_own_words(story):
    heron = story.records(kit.Client)[0]
    story.change(heron, own_words=("a wave", "the noise"))
    story.state.choose("Heron")

    assert "The noise, how loud today" in shown(story.check_in())
    assert "A wave: what happened, in a few words" in shown(story.explore_setback())
    assert any(row[1] == "a wave" for row in story.state.source(Journeys).over("all").drawn["rows"])


def test_the_journey_of_who_sits_down_is_drawn_once(here, story, monkeypatch):
    drawn = []
    journeys = registry.journeys

    def counted(told, today, spans, *more):
        drawn.extend(spans)
        return journeys(told, today, spans, *more)

    monkeypatch.setattr(registry, "journeys", counted)

    story.state.choose("Heron")

    assert drawn
    assert len(drawn) == len(set(drawn))


def test_a_former_name_still_works_and_says_the_new_one(story):
    with pytest.warns(DeprecationWarning, match="SessionState"):
        assert widgets.Table is widgets.SessionState
    with pytest.warns(DeprecationWarning, match="book.state"):
        assert story.table is story.state


# when the book does not answer ------------------------------------------------------------------


def silent(*_given, **_more):
    raise KitError("The disk did not answer.")


def test_a_save_that_the_page_cannot_follow_is_said_to_be_saved_and_leaves_no_draft(here, story, monkeypatch):
    panel = here["plan"]
    press(panel, "draft", typed={"plan": {"section": "every day", "text": "breakfast"}})
    with monkeypatch.context() as quiet:
        quiet.setattr(story.state, "notify", silent)

        press(panel, "save", typed=panel.typed)

    assert panel.status["said"].startswith("Saved") and "please reload it" in panel.status["said"]
    assert [one.text for one in story.records(kit.Plan)] == ["breakfast"]
    assert story._store.draft("Heron", "plan") == {}
    press(panel, "save")
    assert len(story.records(kit.Plan)) == 1


def test_where_the_next_persons_draft_cannot_be_read_nothing_of_the_one_before_is_in_view_or_saved(
    here, story, monkeypatch
):
    story.add(kit.Client(name="Maple"))
    story.add(kit.Agreement(client="Maple", to="notes"))
    press(here["plan"], "draft", typed={"plan": {"section": "every day", "text": "Only Heron's"}})
    with monkeypatch.context() as quiet:
        quiet.setattr(story.state, "draft", silent)

        press(here["choose_client"], "choose", **{"with": "Maple"})

        assert here["choose_client"].status["said"] == "The disk did not answer."
        assert all("Only Heron's" not in shown(panel) for panel in here.values())
        press(here["plan"], "save")
    assert story.records(kit.Plan, "Maple") == []

    press(here["choose_client"], "choose", **{"with": "Maple"})
    press(here["plan"], "save", typed={"plan": {"section": "every day", "text": "Maple's own"}})
    assert [one.text for one in story.records(kit.Plan, "Maple")] == ["Maple's own"]
