"""The coach's own page: a minute before a session, ten after it, everybody at a glance, and what nobody else sees."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

import kit
from kit.widgets.caseload import at_a_glance
from kit.widgets.client_notes import ClientNotes
from kit.widgets.coach import ago, ahead, in_years

OWN = ("prepare", "caseload", "catch_up", "private_notes", "retention")


def day(days):
    return date.today() + timedelta(days)


@pytest.fixture
def mine(kit_home):
    """The coach's own page on the sample practice."""
    book = kit.open_book("sample")
    book.just_me()
    yield book
    book.close()


@pytest.fixture
def alone(book):
    """The coach's own page on an empty book."""
    book.just_me()
    return book


@pytest.fixture
def otter(alone):
    """Otter, who agrees to notes and was met a week ago."""
    alone.add(kit.Client(name="Otter"))
    alone.add(kit.Agreement(client="Otter", to="notes", on=day(-7)))
    alone.add(
        kit.Session(
            client="Otter", on=day(-7), takeaway="Slow is a pace", ask_next_time="the boat", next_on=date.today()
        )
    )
    alone.state.look_up("Otter")
    return alone


def press(panel, do, given=None, **message):
    panel._heard(panel, {"do": do, "with": given, **message}, [])


def typed(panel, **forms):
    """What the page sends when somebody types: all that its forms hold."""
    drawn = {block["key"]: block["values"] for block in all_blocks(panel) if block["is"] == "form"}
    held = {form: {**values, **panel.typed.get(form, {}), **forms.get(form, {})} for form, values in drawn.items()}
    press(panel, "draft", typed=held)


def all_blocks(panel):
    waiting = list(panel.view["blocks"])
    while waiting:
        block = waiting.pop(0)
        waiting = [*block.get("blocks", []), *waiting]
        yield block


def shown(panel):
    return repr(panel.view) + repr(panel.status) + repr([picture.drawn for picture in panel.pictures])


def names(panel):
    return [item["title"] for block in panel.view["blocks"] if block["is"] == "list" for item in block["items"]]


# a page for two ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", OWN)
def test_on_a_page_for_two_the_coachs_panels_hold_one_sentence_and_nobody(kit_home, word):
    book = kit.open_book("sample")
    panel = getattr(book, word)()
    for client in (None, "River"):
        book.state.look_up(client)

        assert [block["is"] for block in panel.view["blocks"]] == ["text"]
        assert not any(said in shown(panel) for said in ("Heron", "Maple", "Birch", "River", "clinic"))
        assert panel.pictures == []


@pytest.mark.parametrize("word", OWN)
def test_the_coachs_panels_fill_themselves_when_the_page_turns_to_the_coach(kit_home, word):
    book = kit.open_book("sample")
    book.state.look_up("River")
    panel = getattr(book, word)()

    book.just_me()

    assert "own view alone" not in shown(panel)


@pytest.mark.parametrize("word", OWN)
def test_an_empty_book_meets_the_coach_with_a_sentence(alone, word):
    panel = getattr(alone, word)()

    assert any(block["is"] == "text" and block["text"].endswith(".") for block in panel.view["blocks"])


# prepare -------------------------------------------------------------------------------------------


def test_the_last_words_and_what_to_ask_about_come_first(otter):
    blocks = otter.prepare().view["blocks"]

    assert [block.get("text") for block in blocks[:5]] == [
        "Otter",
        f"met 7 days ago \u00b7 next on {date.today():%A}, {date.today().day} {date.today():%b %Y}",
        f"What Otter took with them on {day(-7).day} {day(-7):%b %Y}",
        "Slow is a pace",
        "You wanted to ask about: the boat",
    ]
    assert blocks[3]["tone"] == "own"


def test_a_session_opened_today_leaves_the_last_words_in_view(otter):
    otter.add(kit.Session(client="Otter", topics=("tides",)))
    otter.state.notify()

    assert "Slow is a pace" in shown(otter.prepare())
    assert "met today" in shown(otter.prepare())


def test_what_is_open_is_a_step_with_its_last_week_and_a_setback_that_goes_on(mine):
    mine.state.look_up("River")

    (listed,) = [block for block in mine.prepare().view["blocks"] if block["is"] == "list"]
    stretch, step = listed["items"]

    assert "still in the middle of it, since" in stretch["meta"]
    assert stretch["lines"][0].startswith("What held: ")
    assert " in the week from " in step["meta"]
    assert step["lines"][0].startswith("When Kofi knocks twice, then I will")


def test_what_was_noted_for_the_coach_alone_is_in_view_before_a_session(mine):
    mine.state.look_up("River")

    assert "Ask each time." in shown(mine.prepare())
    assert "Do not ask when" in shown(mine.prepare())


def test_a_private_note_of_long_ago_is_not_brought_up_again(otter):
    old = otter.records(kit.Session)[0]
    otter.change(old, private_note="looked tired")
    otter.state.notify()
    assert "looked tired" in shown(otter.prepare())

    for days in (-5, -3, -1):
        otter.add(kit.Session(client="Otter", on=day(days)))
    otter.state.notify()

    assert "looked tired" not in shown(otter.prepare())


def test_the_three_months_stand_beside_what_to_have_in_mind(mine):
    panel = mine.prepare()
    assert panel.pictures == []

    mine.state.look_up("Heron")

    assert (len(panel.pictures), panel.view["picture"]) == (1, "beside")
    assert panel.pictures[0].drawn["sentence"]


def test_somebody_of_whom_nothing_is_noted_yet_gets_a_first_meeting(alone):
    alone.add(kit.Client(name="Otter"))
    alone.state.look_up("Otter")

    assert "A first meeting begins with who you are" in shown(alone.prepare())
    assert "Agreement to notes: not asked yet." in shown(alone.prepare())


def test_with_nobody_chosen_those_who_come_next_stand_in_the_order_of_their_days(alone):
    for name, days in (("Otter", 3), ("Wren", 0), ("Linden", 1), ("Yew", 40)):
        alone.add(kit.Client(name=name))
        alone.add(kit.Agreement(client=name, to="notes"))
        alone.add(kit.Session(client=name, on=day(-7), ask_next_time=f"of {name}", next_on=day(days)))

    panel = alone.prepare()

    assert names(panel)[:3] == ["Wren", "Linden", "Otter"]
    assert "Yew" not in shown(panel), "in forty days is early enough"
    assert "You wanted to ask about: of Wren" in shown(panel)
    press(panel, "look_up", "Wren")
    assert alone.state.client == "Wren"


def test_nobody_who_comes_today_is_left_out_of_what_is_next(alone):
    for n in range(9):
        alone.add(kit.Client(name=f"Client {n}"))
        alone.add(kit.Agreement(client=f"Client {n}", to="notes"))
        alone.add(kit.Session(client=f"Client {n}", on=day(-7), next_on=date.today() if n < 8 else day(2)))

    panel = alone.prepare()

    assert names(panel)[:8] == [f"Client {n}" for n in range(8)]
    assert "1 more is in the list below." in shown(panel)


def test_what_is_due_across_the_practice_is_said_on_the_day(alone):
    alone.add(kit.Client(name="Otter", keep_until=date.today()))
    alone.add(kit.Client(name="Wren", keep_until=day(1)))
    alone.add(kit.Client(name="Linden"))
    alone.add(kit.Client(name="Yew", keep_until=day(400)))
    alone.add(kit.Agreement(client="Linden", to="notes", on=day(-9), withdrawn_on=day(-2)))
    for name in ("Otter", "Wren", "Yew"):
        alone.add(kit.Agreement(client=name, to="notes"))

    told = {line.name: line.due() for line in at_a_glance(alone._store)}

    assert "asks for a look. Nothing is removed by itself." in told["Otter"][0]
    assert "tomorrow: something to talk about" in told["Wren"][0]
    assert told["Linden"][0].startswith("Agreement to notes: taken back on")
    assert told["Yew"] == []
    assert names(alone.prepare()) == ["Otter", "Wren", "Linden"]
    assert [one.name for one in alone.records(kit.Client)] == ["Otter", "Wren", "Linden", "Yew"]


def test_an_agreement_that_was_given_again_stands(alone):
    alone.add(kit.Client(name="Otter"))
    alone.add(kit.Agreement(client="Otter", to="notes", on=day(-9), withdrawn_on=day(-2)))
    alone.add(kit.Agreement(client="Otter", to="notes", on=date.today()))

    assert at_a_glance(alone._store)[0].due() == []


def test_a_day_that_was_named_and_has_passed_is_told_once_without_a_word_of_blame(otter):
    (session,) = otter.records(kit.Session)
    otter.change(session, next_on=day(-1))
    assert "nothing is noted for it yet" in at_a_glance(otter._store)[0].due()[0]

    otter.change(otter.records(kit.Session)[0], on=day(-60), next_on=day(-30))

    assert at_a_glance(otter._store)[0].due() == []


def test_who_was_put_away_is_named_only_when_the_day_of_keeping_comes(alone):
    alone.add(kit.Client(name="Otter", put_away_on=day(-3)))
    alone.add(kit.Client(name="Wren", put_away_on=day(-3), keep_until=day(-1)))

    assert names(alone.prepare()) == ["Wren"]


# a setback that was left open ----------------------------------------------------------------------


@pytest.fixture
def left_open(otter):
    """Otter, with a setback that was left open while a later one ended."""
    otter.add(kit.Setback(client="Otter", title="The letters again", began_on=day(-60)))
    otter.add(kit.Setback(client="Otter", title="Grey", began_on=day(-20), back_on_feet_on=day(-10)))
    otter.state.notify()
    return otter


def asks(book):
    """What is asked on the page of who is looked at, and at one glance."""
    (line,) = at_a_glance(book._store)
    said = [one for one in line.due() if "Is it still going on?" in one]
    assert [one["text"] for one in all_blocks(book.prepare()) if "Is it still going on?" in one.get("text", "")] == said
    return said


def ongoing(book):
    return [one.title for one in book.records(kit.Setback) if one.back_on_feet_on is None]


def test_a_setback_left_open_while_a_later_one_ended_is_asked_about(left_open):
    began = day(-60)

    assert asks(left_open) == [
        f"\u201cThe letters again\u201d has been open since {began.day} {began:%b %Y}, and a later one has ended. "
        "Is it still going on?"
    ]
    left_open.state.look_up(None)
    assert "Is it still going on?" in shown(left_open.prepare())


@pytest.mark.parametrize(
    "later", [{"began_on": day(-90), "back_on_feet_on": day(-10)}, {"began_on": day(-20)}], ids=["earlier", "open too"]
)
def test_nothing_is_asked_where_no_later_one_has_ended(otter, later):
    otter.add(kit.Setback(client="Otter", title="The letters again", began_on=day(-60)))
    otter.add(kit.Setback(client="Otter", title="Grey", **later))

    assert asks(otter) == []


def test_its_last_day_can_be_set_there_and_taken_back(left_open):
    panel = left_open.prepare()
    (setback,) = [one for one in left_open.records(kit.Setback) if one.back_on_feet_on is None]
    press(panel, "take_up", ["setbacks", setback.id])
    typed(panel, setback={"back_on_feet_on": day(-40).isoformat()})

    press(panel, "save")

    assert (asks(left_open), ongoing(left_open)) == ([], [])
    press(panel, "undo")
    assert ongoing(left_open) == ["The letters again"]
    assert len(asks(left_open)) == 1


def test_left_open_it_is_asked_about_again_only_when_a_further_one_has_ended(left_open):
    panel = left_open.prepare()

    (setback,) = [one for one in left_open.records(kit.Setback) if one.back_on_feet_on is None]
    press(panel, "goes_on", setback.id)

    assert (asks(left_open), ongoing(left_open)) == ([], ["The letters again"])
    left_open.add(kit.Setback(client="Otter", title="Rain", began_on=day(-8), back_on_feet_on=day(-2)))
    left_open.state.notify()
    assert len(asks(left_open)) == 1


def test_without_an_agreement_it_is_asked_and_nothing_is_changed(left_open):
    (agreed,) = left_open.records(kit.Agreement)
    left_open.change(agreed, withdrawn_on=date.today())
    left_open.state.notify()

    assert "It has ended" not in shown(left_open.prepare())
    assert len(asks(left_open)) == 1


# choosing and beginning ----------------------------------------------------------------------------


def test_to_look_at_somebody_leaves_the_session_on_the_other_page_as_it_is(mine):
    mine.state.choose("Heron")

    mine.state.look_up("Maple")

    assert mine._store.active_client()[0] == "Heron"
    assert "A session with Heron is open on the page for two" in shown(mine.prepare())


def test_beginning_a_session_takes_the_seat(mine):
    panel = mine.prepare()
    mine.state.look_up("Maple")
    assert "Begin a session with Maple" in shown(panel)

    press(panel, "begin")

    assert mine._store.active_client()[0] == "Maple"
    assert "The session with Maple has been open since" in shown(panel)
    assert "Begin a session" not in shown(panel)


def test_the_coachs_page_stays_with_whom_it_looks_at_when_another_page_goes_on(mine):
    mine.state.look_up("Maple")
    mine._store.set_active_client("Heron", "")

    mine.state.follow_seat()

    assert mine.state.client == "Maple"


def test_the_coachs_page_follows_a_session_while_it_looks_at_nobody(mine):
    mine._store.set_active_client("Heron", "")

    mine.state.follow_seat()

    assert mine.state.client == "Heron"


# the caseload --------------------------------------------------------------------------------------


def test_the_caseload_is_searched_by_typing_and_nothing_of_it_is_kept(mine):
    panel = mine.caseload()

    typed(panel, find={"find": " RIV "})

    assert names(panel) == ["River"]
    assert "1 client" in shown(panel)
    typed(panel, find={"find": "nobody like that"})
    assert "Nobody of this name is here." in shown(panel)


def test_the_caseload_is_sorted_as_asked(alone):
    for name, met, coming in (("Wren", -9, 9), ("Otter", -2, None), ("Linden", -5, 2)):
        alone.add(kit.Client(name=name))
        alone.add(kit.Session(client=name, on=day(met), next_on=coming and day(coming)))
    panel = alone.caseload()
    assert names(panel) == ["Otter", "Linden", "Wren"]

    press(panel, "sort", "next")
    assert names(panel) == ["Linden", "Wren", "Otter"]

    press(panel, "sort", "name")
    assert names(panel) == ["Linden", "Otter", "Wren"]


def test_each_line_says_when_they_were_met_when_next_and_what_is_due(alone):
    alone.add(kit.Client(name="Otter"))
    alone.add(kit.Session(client="Otter", on=day(-1), next_on=day(6)))

    (item,) = [one for block in alone.caseload().view["blocks"] if block["is"] == "list" for one in block["items"]]

    assert item["meta"].startswith("met yesterday \u00b7 next on ")
    assert item["lines"] == ["Agreement to notes: not asked yet."]


def test_who_is_put_away_leaves_the_list_with_all_that_was_noted_and_can_be_taken_up_again(mine):
    panel = mine.caseload()
    before = len(mine.records(kit.Session, "Maple"))

    press(panel, "put_away", "Maple")

    assert "Maple" not in names(panel)
    assert mine._store.client("Maple").put_away_on == date.today()
    assert len(mine.records(kit.Session, "Maple")) == before
    (fold,) = [block for block in panel.view["blocks"] if block.get("label") == "Those who are put away"]
    assert [one["title"] for one in fold["blocks"][0]["items"]] == ["Maple"]

    press(panel, "take_up_again", "Maple")
    assert "Maple" in names(panel)


def test_putting_away_is_taken_back_by_undo(mine):
    panel = mine.caseload()
    press(panel, "put_away", "Maple")

    press(panel, "undo")

    assert "Maple" in names(panel)
    assert panel.status["said"] == "Taken back."


def test_the_list_leaves_the_page_once_somebody_is_chosen(mine):
    panel = mine.caseload()

    press(panel, "look_up", "Maple")

    assert (panel.view["blocks"], panel.view["looks"]) == ([], "waits")
    mine.state.look_up(None)
    assert len(names(panel)) == 4


def test_somebody_new_begins_with_a_code_name(alone):
    panel = alone.caseload()
    panel.fill("new", name="Otter")

    press(panel, "save")

    assert alone.state.client == "Otter"
    assert alone._store.active_client() is None, "to be in the book is not yet a session"


def test_hundreds_of_clients_are_read_with_one_query_a_kind_and_shown_a_few_at_a_time(alone):
    records = [kit.Client(name=f"Client {n:03}") for n in range(300)]
    records += [kit.Session(client=one.name, on=day(-n % 90 - 90)) for n, one in enumerate(records)]
    alone._store.save(*records)
    asked = []
    sa.event.listen(alone._store._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    panel = alone.caseload()

    assert len([one for one in asked if one.startswith("SELECT")]) <= 4
    assert "300 clients" in shown(panel)
    assert len(names(panel)) == 25
    press(panel, "more")
    assert len(names(panel)) == 50
    asked.clear()
    typed(panel, find={"find": "client 2"})
    assert asked == [], "a letter more asks the book nothing"


# catching up ---------------------------------------------------------------------------------------


def test_one_save_keeps_all_parts_for_the_day_that_is_caught_up(otter):
    panel = otter.catch_up()
    typed(panel, day={"on": day(-1).isoformat()})
    typed(
        panel,
        check_in={"energy": 4, "soft": "the tea"},
        win={"title": "Rang the plumber"},
        milestone={"title": "Slept"},
        step={"title": "Tea"},
        noticed={"what": "You laughed"},
        session={"topics": ["tides"], "takeaway": "Tides turn", "private_note": "tired, and here"},
    )

    press(panel, "save")

    kinds = (kit.CheckIn, kit.Win, kit.Milestone, kit.Noticed)
    assert [(otter.records(kind)[-1].on, len(otter.records(kind))) for kind in kinds] == [(day(-1), 1)] * 4
    assert otter.records(kit.Step)[0].starts_on == day(-1)
    session = otter.records(kit.Session)[-1]
    assert (session.on, session.topics, session.takeaway) == (day(-1), ("tides",), "Tides turn")
    assert session.private_note == "tired, and here"
    assert (otter.records(kit.Noticed)[0].who, session.by) == ("coach", "coach")
    assert "noted for" in panel.status["said"]


def test_what_is_caught_up_is_kept_whole_or_not_at_all(otter):
    panel = otter.catch_up()
    typed(panel, win={"title": "Fine"}, spark={"title": "x" * 300})

    press(panel, "save")

    assert otter.records(kit.Win) == []
    assert "spark.title" in panel.status["problems"]


def test_undo_takes_all_parts_back_and_the_day_stands_as_it_was_chosen(otter):
    panel = otter.catch_up()
    typed(panel, day={"on": day(-1).isoformat()})
    typed(panel, win={"title": "Rang the plumber"}, session={"takeaway": "Tides turn"})
    press(panel, "save")
    assert len(otter.records(kit.Session)) == 2

    press(panel, "undo")

    assert (otter.records(kit.Win), len(otter.records(kit.Session))) == ([], 1)
    assert panel.typed["win"]["title"] == "Rang the plumber"
    assert panel.today() == day(-1)


def test_the_first_thing_caught_up_opens_the_session_of_that_day(otter):
    panel = otter.catch_up()
    typed(panel, win={"title": "Came here"})

    press(panel, "save")

    assert [one.on for one in otter.records(kit.Session)] == [day(-7), date.today()]


def test_a_session_that_was_begun_is_gone_on_with(otter):
    begun = otter.add(kit.Session(client="Otter", topics=("tides",), private_note="mine"))
    otter.state.notify()
    panel = otter.catch_up()
    typed(panel, session={"takeaway": "Tides turn"})

    press(panel, "save")

    found = next(one for one in otter.records(kit.Session) if one.id == begun.id)
    assert (found.topics, found.takeaway, found.private_note) == (("tides",), "Tides turn", "mine")
    assert len(otter.records(kit.Session)) == 2


def test_another_day_takes_along_what_was_typed_and_leaves_what_stood_there(otter):
    otter.add(kit.Session(client="Otter", takeaway="of today"))
    otter.state.notify()
    panel = otter.catch_up()
    assert panel.form_block("session")["values"]["takeaway"] == "of today"
    typed(panel, win={"title": "Rang the plumber"})

    typed(panel, day={"on": day(-1).isoformat()})

    assert panel.form_block("session")["values"]["takeaway"] == ""
    assert panel.form_block("win")["values"]["title"] == "Rang the plumber"
    assert panel.form_block("milestone")["values"]["on"] == day(-1).isoformat()


def test_the_weeks_of_steps_are_those_that_were_looked_at_on_the_day(otter):
    step = otter.add(kit.Step(client="Otter", title="Tea", starts_on=day(-60)))
    otter.state.notify()
    panel = otter.catch_up()
    typed(panel, day={"on": day(-21).isoformat()})
    typed(panel, **{f"week-{step.id}": {"done": 2}})

    press(panel, "save")

    assert day(-21) - timedelta(10) < otter.records(kit.StepWeek)[0].week_of <= day(-21)


@pytest.mark.parametrize("odd", ["0002-11-21", (date.today() + timedelta(3)).isoformat(), "2020-01-01"])
def test_a_day_that_cannot_be_is_said_and_nothing_is_kept(otter, odd):
    panel = otter.catch_up()
    typed(panel, day={"on": odd}, win={"title": "Fine"})

    press(panel, "save")

    assert otter.records(kit.Win) == []
    assert panel.status["problems"] == {
        "day.on": "Day: please choose today or an earlier day of the last twelve months."
    }
    assert panel.typed["win"]["title"] == "Fine"


def test_the_day_holds_for_the_next_client_too(otter):
    otter.add(kit.Client(name="Wren"))
    otter.add(kit.Agreement(client="Wren", to="notes"))
    panel = otter.catch_up()
    typed(panel, day={"on": day(-1).isoformat()})

    otter.state.look_up("Wren")

    assert panel.today() == day(-1)
    assert "yesterday" in shown(panel)


def test_what_is_half_caught_up_comes_back_with_its_day_and_to_its_client_alone(otter):
    otter.add(kit.Client(name="Wren"))
    otter.add(kit.Agreement(client="Wren", to="notes"))
    panel = otter.catch_up()
    typed(panel, day={"on": day(-1).isoformat()})
    typed(panel, win={"title": "Half a sen"})

    otter.state.look_up("Wren")
    assert "Half a sen" not in shown(panel)
    otter.state.look_up("Otter")

    assert panel.form_block("win")["values"]["title"] == "Half a sen"
    assert panel.today() == day(-1)
    (fold,) = [one for one in panel.view["blocks"] if one.get("label") == "A small win, a spark"]
    assert fold["open"], "a part that was begun stands open"


def test_a_setback_that_goes_on_is_added_to_and_the_other_parts_stay(otter):
    ongoing = otter.add(kit.Setback(client="Otter", title="In it", began_on=day(-9), private_note="mine"))
    otter.state.notify()
    panel = otter.catch_up()
    typed(panel, win={"title": "Rang the plumber"}, step={"title": "Tea"})
    press(panel, "take_up", ["setbacks", ongoing.id], typed=panel.typed)
    typed(panel, setback={"what_held": "the dog"})

    press(panel, "save")

    (setback,) = otter.records(kit.Setback)
    assert (setback.what_held, setback.private_note, setback.began_on) == ("the dog", "mine", day(-9))
    assert otter.records(kit.Win)[0].title == "Rang the plumber"
    assert otter.records(kit.Step)[0].smaller_of is None


def test_without_an_agreement_to_notes_nothing_is_caught_up(alone):
    alone.add(kit.Client(name="Otter"))
    alone.state.look_up("Otter")

    assert alone.catch_up().view["blocks"] == [
        {"is": "text", "tone": "quiet", "text": ClientNotes(alone.state).not_agreed()},
    ]


def test_catching_up_asks_what_the_session_asks_and_declares_nothing_anew(mine):
    mine.state.look_up("River")
    asked = {
        (form.kind, name)
        for word in ("check_in", "small_win", "review_steps", "add_milestone", "explore_setback", "next_step",
                     "close_session", "then_and_now")
        for form in getattr(mine, word)().forms().values()
        for name in form.names
    }  # fmt: skip

    caught_up = {(form.kind, name) for form in mine.catch_up().forms().values() for name in form.names}

    own = {(kit.Session, "private_note"), (kit.Setback, "private_note")}
    by_the_page = {
        (kit.Win, "on"),
        (kit.Spark, "on"),
        (kit.Noticed, "on"),
        (kit.Noticed, "who"),
        (kit.Step, "starts_on"),
    }
    assert caught_up == (asked | own) - by_the_page


# private notes -------------------------------------------------------------------------------------


def test_private_notes_are_about_the_client_the_latest_session_and_a_chosen_setback(mine):
    mine.state.look_up("River")
    panel = mine.private_notes()
    assert len(panel.forms()) == 2
    setback = mine.records(kit.Setback, "River")[0]

    press(panel, "about", setback.id)
    panel.fill(f"setbacks-{setback.id}", private_note="for me")
    press(panel, "save")

    assert next(one for one in mine.records(kit.Setback, "River") if one.id == setback.id).private_note == "for me"


def test_a_private_note_that_is_open_is_not_lost_when_another_setback_is_tapped(mine):
    mine.state.look_up("River")
    panel = mine.private_notes()
    first, second = mine.records(kit.Setback, "River")[:2]
    press(panel, "about", first.id)
    typed(panel, **{f"setbacks-{first.id}": {"private_note": "half a thou"}})

    press(panel, "about", second.id)

    assert set(panel.forms()) >= {f"setbacks-{first.id}", f"setbacks-{second.id}"}
    assert "half a thou" in shown(panel)


def test_a_private_note_can_be_taken_out_again(mine):
    mine.state.look_up("River")
    panel = mine.private_notes()
    typed(panel, **{"clients-river": {"private_note": ""}})

    press(panel, "save")

    assert mine._store.client("River").private_note == ""


def test_private_notes_say_that_nobody_else_reads_them(mine):
    mine.state.look_up("River")

    assert "never reach a page for two" in shown(mine.private_notes())


def test_a_private_note_reaches_no_page_for_two_and_no_report_but_the_coachs_own(otter, tmp_path):
    panel = otter.private_notes()
    for key in panel.forms():
        panel.fill(key, private_note="only-mine-4711")
    press(panel, "save")
    otter.add(kit.Agreement(client="Otter", to="my report"))

    otter.state.for_coach = False
    otter.state.notify()

    assert not any("only-mine-4711" in shown(one) for one in otter.state.panels)
    assert "only-mine-4711" not in otter.report("Otter", to=tmp_path / "theirs.html").read_text("utf-8")
    assert "only-mine-4711" in otter.report("Otter", audience="just_me", to=tmp_path / "mine.html").read_text("utf-8")


# how long notes are kept ---------------------------------------------------------------------------


def test_the_day_of_keeping_is_shown_and_changed_there(otter):
    panel = otter.retention()
    assert "No day is noted yet" in shown(panel)

    press(panel, "years", 3)
    press(panel, "save")

    assert otter._store.client("Otter").keep_until == in_years(date.today(), 3)
    assert "as agreed with Otter" in shown(panel)


@pytest.mark.parametrize(
    ("until", "said"),
    [(day(0), "asks for a look"), (day(-400), "asks for a look"), (day(30), "in 4 weeks"), (day(61), "as agreed with")],
)
def test_the_day_of_keeping_is_spoken_of_when_it_is_near_or_there(otter, until, said):
    otter.change(otter._store.client("Otter"), keep_until=until)
    otter.state.notify()

    assert said in shown(otter.retention())


def test_the_day_of_keeping_can_be_left_open_again(otter):
    otter.change(otter._store.client("Otter"), keep_until=day(9))
    otter.state.notify()
    panel = otter.retention()
    typed(panel, clients={"keep_until": None})

    press(panel, "save")

    assert otter._store.client("Otter").keep_until is None


def test_a_year_after_the_29th_of_february_there_is_a_day_too():
    assert in_years(date(2028, 2, 29), 1) == date(2029, 2, 28)


def test_days_are_told_as_people_tell_them():
    assert [ago(day(-n), date.today()) for n in (0, 1, 5, 14, 30)] == [
        "today", "yesterday", "5 days ago", "2 weeks ago", "4 weeks ago",
    ]  # fmt: skip
    assert [ahead(day(n), date.today()) for n in (0, 1, 5, 14, 7 * 9)] == [
        "today", "tomorrow", "in 5 days", "in 2 weeks", "in 9 weeks",
    ]  # fmt: skip


# a copy taken out, and everything erased -------------------------------------------------------------


def buttons_of(panel):
    return [one["label"] for block in all_blocks(panel) if block["is"] == "buttons" for one in block["items"]]


def folds(panel):
    return {block["label"]: block["open"] for block in all_blocks(panel) if block["is"] == "fold"}


@pytest.mark.parametrize(("until", "is_open"), [(day(0), True), (day(-9), True), (day(1), False), (None, False)])
def test_on_the_day_of_keeping_three_ways_are_offered(otter, until, is_open):
    otter.change(otter._store.client("Otter"), keep_until=until)
    otter.state.notify()
    panel = otter.retention()

    assert folds(panel) == {"Take a copy out": is_open, "Erase everything": False}
    assert ("Three ways from here" in shown(panel)) == is_open
    assert otter.records(kit.Client) != []


def test_the_list_of_everybody_names_the_three_ways_on_the_day(otter):
    otter.change(otter._store.client("Otter"), keep_until=date.today())
    otter.state.look_up(None)

    assert "take a copy out, keep them longer, or erase them" in shown(otter.caseload())


def test_a_copy_is_taken_out_into_a_folder_of_its_own(otter, tmp_path):
    panel = otter.retention()
    (tmp_path / "mine.txt").write_text("mine")

    press(panel, "take_out", True, typed={"copy": {"copy": str(tmp_path)}})

    (folder,) = [one for one in tmp_path.iterdir() if one.is_dir()]
    assert folder.name == f"Otter-{date.today().isoformat()}" and str(folder) in panel.status["said"]
    assert "Slow is a pace" in (folder / "sessions.csv").read_text("utf-8")


def test_a_copy_can_leave_out_what_is_for_the_coach_alone(otter, tmp_path):
    otter.change(otter._store.client("Otter"), private_note="ask gently")
    panel = otter.retention()

    press(panel, "take_out", False, typed={"copy": {"copy": str(tmp_path / "out")}})

    (folder,) = (tmp_path / "out").iterdir()
    assert not any("ask gently" in one.read_text("utf-8-sig") for one in folder.iterdir())


def test_erasing_says_first_that_there_is_no_way_back_and_asks_for_the_code_name(otter):
    panel = otter.retention()
    assert "There is no way back, and no Undo." in shown(panel)
    assert "Erase now" not in buttons_of(panel)

    press(panel, "ask")
    press(panel, "erase", typed={"sure": {"sure": "Oter"}})

    assert "Out of reach" in shown(panel) and "type the code name" in shown(panel)
    assert panel.status["said"] == "That is not the code name, so nothing was erased."
    assert otter._store.client("Otter")


def test_an_erasure_is_not_done_in_one_step_and_can_be_left(otter):
    panel = otter.retention()
    press(panel, "erase", typed={"sure": {"sure": "Otter"}})
    press(panel, "ask")

    press(panel, "leave_it")

    assert "Erase now" not in buttons_of(panel)
    assert otter._store.client("Otter")


def test_once_the_code_name_is_typed_everything_is_erased_and_what_was_not_reached_is_said(otter):
    otter.add(kit.Client(name="Coot"))
    panel, notes = otter.retention(), otter.private_notes()
    press(panel, "ask")

    press(panel, "erase", typed={"sure": {"sure": "Otter "}})

    assert [one.name for one in otter.records(kit.Client)] == ["Coot"]
    assert otter.records(kit.Session) == [] and otter.state.client is None
    assert "Otter is erased" in shown(panel) and "Out of reach" in shown(panel)
    assert "Otter" not in shown(notes)
    otter.state.look_up("Coot")
    assert "Otter" not in shown(panel)


def test_the_page_for_two_offers_nothing_of_it(otter):
    panel = otter.retention()
    otter.state.for_coach = False
    otter.state.notify()

    assert folds(panel) == {} and buttons_of(panel) == []
