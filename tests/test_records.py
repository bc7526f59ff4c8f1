"""Each kind of record: its fields are the contract, wrong values are told in plain sentences, nothing is changed."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import kit
from kit.fields import about
from kit.records import BY_PLURAL, KINDS, OfClient, Record, changed, problems

# What scripts may rely on, written out once.
CONTRACT = {
    "Client": "name own_words limits wish_you_knew keep_until private_note",
    "Agreement": "to on withdrawn_on",
    "Better": "on text",
    "Session": "on topics today_matters takeaway ask_next_time next_on private_note",
    "CheckIn": "on energy living_well symptom_load hope connection soft heavy",
    "Win": "on title share_with",
    "Spark": "on title share_with",
    "Milestone": "on title i_would_know_it_by area effort noticed_by note share_with",
    "Setback": "title began_on roughly what_held triggers outside_control intensity early_signs back_on_feet_on"
    " partly_back timed learned next_time private_note share_with",
    "Aspiration": "title why rungs importance",
    "LadderMark": "aspiration on level enough_for_now",
    "Step": "title when then on_a_heavy_day planned importance confidence tell tool aspiration from_setback smaller_of"
    " starts_on ends_on",
    "StepWeek": "step week_of planned done came_between reason helped",
    "Tool": "title kind when_it_fits status",
    "ToolUse": "tool on setback helped not_for_me",
    "Supporter": "name relation asked_to said_yes_on ready_text may_see",
    "Plan": "section text share_with",
    "Noticed": "on who what share_with",
    "SupportLine": "name number hours checked_on",
    "Practice": "name contact scope",
    "Workshop": "title on keep_until",
    "Answer": "workshop phase text shown",
}
PRACTICE_WIDE = {"Client", "SupportLine", "Practice", "Workshop", "Answer"}
MONDAY = date(2026, 3, 2)
# The least that makes a record of each kind.
LEAST = {
    "clients": {"name": "Heron"},
    "agreements": {"to": "notes"},
    "sessions": {},
    "check_ins": {},
    "better": {"text": "mornings without dread"},
    "aspirations": {"title": "music", "rungs": ("hum", "sing")},
    "ladder_marks": {"aspiration": "a", "level": 0},
    "supporters": {"name": "Ada"},
    "tool_uses": {"tool": "t"},
    "step_weeks": {"step": "s", "week_of": MONDAY},
    "plan": {"section": "every day", "text": "breakfast"},
    "noticed": {"what": "you laughed"},
    "support_lines": {"name": "Night line", "number": "000"},
    "practice": {"name": "By the river"},
    "answers": {"workshop": "w", "text": "one text to a friend"},
}
FIELDS = [(kind, name, told) for kind in KINDS for name, told in about(kind).items()]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)


def least(kind, /, **more):
    owner = {"client": "Heron"} if issubclass(kind, OfClient) else {}
    return kind(**{**owner, **LEAST.get(kind.plural, {"title": "bread"}), **more})


def fields_of(kind_of_field):
    return [(kind, name, told) for kind, name, told in FIELDS if told.kind in kind_of_field]


def told_of(make, /, *values, **fields):
    """What a person reads when a record is refused."""
    with pytest.raises(ValidationError) as refused:
        make(*values, **fields)
    return str(refused.value)


# the contract -----------------------------------------------------------------------------------


def test_the_front_door_has_every_kind_of_the_contract_and_no_other():
    assert {kind.__name__: getattr(kit, kind.__name__) for kind in KINDS} == {kind.__name__: kind for kind in KINDS}
    assert {kind.__name__ for kind in KINDS} == set(CONTRACT)


@each_kind
def test_every_kind_has_the_fields_of_the_contract(kind):
    assert set(CONTRACT[kind.__name__].split()) <= set(about(kind))


@each_kind
def test_every_record_says_whose_it_is_when_and_by_whom_it_was_noted(kind):
    record = least(kind)

    assert len(record.id) == 32
    assert record.created_at.tzinfo == UTC
    assert (record.by, record.version) == ("coach", 1)
    assert ("client" in kind.model_fields) == (kind.__name__ not in PRACTICE_WIDE)


def test_two_records_never_have_the_same_id():
    assert len({least(kit.Win).id for _ in range(1000)}) == 1000


def test_only_the_kinds_that_are_named_can_be_shared_and_nobody_is_chosen_at_first():
    shared = {kind.__name__ for kind in KINDS if "share_with" in about(kind)}

    assert shared == {"Win", "Spark", "Milestone", "Setback", "Plan", "Noticed"}
    assert {least(getattr(kit, name)).share_with for name in shared} == {()}


def test_nothing_but_a_few_words_is_mandatory():
    needed = {(kind.plural, name) for kind, name, _ in FIELDS if kind.model_fields[name].is_required()}
    of_its_nature = {
        ("agreements", "to"), ("plan", "section"), ("aspirations", "rungs"), ("ladder_marks", "aspiration"),
        ("ladder_marks", "level"), ("step_weeks", "step"), ("tool_uses", "tool"), ("answers", "workshop"),
        ("support_lines", "number"),
    }  # fmt: skip

    assert {name for _, name in needed - of_its_nature} == {"title", "name", "text", "what"}


def test_the_kinds_of_tools_and_the_areas_are_those_that_were_agreed():
    def values(kind, name):
        return {value for value, _ in about(kind)[name].choices}

    assert values(kit.Milestone, "area") == {"connection", "hope", "identity", "meaning", "having a say"}
    assert values(kit.Tool, "status") == {"in use", "resting", "retired"}
    assert {"grounding", "rest", "peer support", "therapy", "medication", "spirit"} <= values(kit.Tool, "kind")
    assert values(kit.StepWeek, "came_between") == {"life", "a heavier time", "unwell", "needed rest"}
    assert values(kit.LadderMark, "level") == {-2, -1, 0, 1, 2}
    assert len(values(kit.Plan, "section")) == 7


@each_kind
def test_a_plural_leads_back_to_its_kind(kind):
    assert BY_PLURAL[kind.plural] is kind


# what a record is about -------------------------------------------------------------------------


def test_a_record_is_about_its_own_day_and_else_about_the_day_it_was_noted():
    noted = datetime(2026, 3, 9, 12).astimezone()

    assert least(kit.Setback, began_on=MONDAY, created_at=noted).day() == MONDAY
    assert least(kit.Milestone, on=None, created_at=noted).day() == date(2026, 3, 9)
    assert least(kit.Tool, created_at=noted).day() == date(2026, 3, 9)


def test_a_day_begins_as_today():
    assert (least(kit.Win).on, least(kit.Setback).began_on, least(kit.CheckIn).on) == (date.today(),) * 3


def test_a_day_may_be_given_as_text_as_pages_and_files_do():
    assert least(kit.Win, on="2026-03-02").on == MONDAY
    assert least(kit.Milestone, on="").on is None


# frozen, and changed as a whole -----------------------------------------------------------------


@each_kind
def test_a_record_is_frozen(kind):
    record = least(kind)

    with pytest.raises(ValidationError):
        setattr(record, kind.heading, "something else")

    assert record == least(kind, **dict(record))


def test_a_change_makes_a_new_record_and_leaves_the_old_one():
    win = least(kit.Win)

    other = changed(win, title="two loaves")

    assert (win.title, other.title, other.id) == ("bread", "two loaves", win.id)


def test_a_change_is_checked_as_a_whole():
    setback = least(kit.Setback, began_on=MONDAY, triggers=("snow",), outside_control=("snow",))

    assert "Back on my feet on: " in told_of(changed, setback, back_on_feet_on=MONDAY - timedelta(days=1))
    assert "Which of these are not in my hands?: " in told_of(changed, setback, triggers=())
    assert "How loud it was: " in told_of(changed, setback, intensity=11)
    assert "colour: there is no such field here." in told_of(changed, setback, colour="blue")
    assert setback == least(kit.Setback, **dict(setback))


# wrong values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [object(), {"a": 1}, [[]], b"\xff"])
def test_a_value_of_a_wrong_type_is_told_with_the_label_of_its_field(wrong):
    for kind, name, told in FIELDS:
        assert f"\n  {told.label}: " in told_of(least, kind, **{name: wrong})


@pytest.mark.parametrize("wrong", ["seven", 3.5, True, -1, 100, float("nan"), float("inf")])
def test_a_number_that_is_none_or_out_of_range_is_told_with_what_is_possible(wrong):
    for kind, name, told in fields_of(("rating", "count")):
        message = told_of(least, kind, **{name: wrong})

        assert f"{told.label}: " in message
        assert f"from {told.least} to {told.most}" in message


def test_a_rating_takes_0_to_10_and_can_be_skipped():
    for kind, name, _ in fields_of(("rating",)):
        taken = [getattr(least(kind, **{name: value}), name) for value in (*range(11), None)]

        assert taken == [*range(11), None]


@pytest.mark.parametrize("wrong", ["soon", 86_400, 0.0, "86400", True, "2026-02-30", date(9999, 12, 31), date(1, 1, 1)])
def test_a_day_that_is_none_or_lies_too_far_off_is_told(wrong):
    for kind, name, told in fields_of(("day",)):
        assert f"\n  {told.label}: " in told_of(least, kind, **{name: wrong})


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kit.Win, "on"), (kit.Milestone, "on"), (kit.Setback, "began_on"), (kit.CheckIn, "on"), (kit.Session, "on")],
)
def test_what_has_happened_has_a_day_that_has_come(kind, name):
    label = about(kind)[name].label

    assert f"{label}: that day is still to come." in told_of(least, kind, **{name: date.today() + timedelta(days=2)})
    assert least(kind, **{name: date.today() + timedelta(days=1)})  # somewhere it is tomorrow already


def test_what_lies_ahead_may_have_a_day_to_come():
    ahead = date.today() + timedelta(days=14)

    assert least(kit.Session, next_on=ahead).next_on == ahead
    assert least(kit.Step, starts_on=ahead, ends_on=ahead).ends_on == ahead


@pytest.mark.parametrize(
    ("kind", "begin", "end"),
    [
        (kit.Setback, "began_on", "back_on_feet_on"),
        (kit.Step, "starts_on", "ends_on"),
        (kit.Agreement, "on", "withdrawn_on"),
    ],
)
def test_an_end_before_its_beginning_is_told_and_one_on_the_same_day_is_fine(kind, begin, end):
    early = MONDAY - timedelta(days=1)

    assert f"{about(kind)[end].label}: this day lies before the beginning." in told_of(
        least, kind, **{begin: MONDAY, end: early}
    )
    assert getattr(least(kind, **{begin: MONDAY, end: MONDAY}), end) == MONDAY


def test_a_text_that_is_too_long_is_told_with_what_fits():
    for kind, name, told in fields_of(("text",)):
        assert f"{told.label}: at most " in told_of(least, kind, **{name: "x" * 100_000})


@pytest.mark.parametrize("sign", ["\0", "\a", "\x1b[31m", "\r", "\x7f", "\x9b", "\ud800", "\udfff"])
def test_a_sign_that_no_page_can_show_is_told(sign):
    one = f"bread{sign}butter"
    for kind, name, told in fields_of(("text", "texts", "several", "link", "links")):
        message = told_of(least, kind, **{name: one if told.kind in ("text", "link") else (one, "salt")})

        assert f"{told.label}: " in message
        assert "Please type it anew." in message or name == "may_see"


def test_a_client_and_an_id_hold_only_what_can_be_shown():
    assert "client: " in told_of(least, kit.Win, client="\ud800")
    assert "id: " in told_of(least, kit.Win, id="a\0")


@pytest.mark.parametrize("empty", ["", " ", "\n\t "])
def test_a_title_holds_a_few_words(empty):
    assert "My milestone, in my words: please write a few words." in told_of(least, kit.Milestone, title=empty)


def test_several_texts_keep_to_their_number_and_length():
    label = "What would make today worthwhile?"

    assert f"{label}: at most 3 fit here." in told_of(least, kit.Session, topics=("a", "b", "c", "d"))
    assert f"{label}: at most 200 characters fit here." in told_of(least, kit.Session, topics=("x" * 201,))
    assert ": please write at least 2." in told_of(least, kit.Aspiration, rungs=("one",))


def test_a_choice_is_one_of_those_offered():
    for kind, name, told in fields_of(("choice",)):
        assert f"{told.label}: please choose one of those offered." in told_of(least, kind, **{name: "purple"})


def test_a_supporter_may_be_shown_only_kinds_that_exist():
    assert "What they may read: please choose from those offered" in told_of(
        least, kit.Supporter, may_see=("thoughts",)
    )


def test_what_is_not_in_ones_hands_is_among_what_came_before():
    told = told_of(least, kit.Setback, triggers=("work",), outside_control=("snow",))

    assert "Which of these are not in my hands?: please choose among what came before it." in told


def test_a_setback_has_a_first_day_and_a_week_begins_on_monday():
    assert "It began on: please choose a date; roughly is enough." in told_of(least, kit.Setback, began_on=None)
    assert "Week that began on Monday: please choose a Monday." in told_of(
        least, kit.StepWeek, week_of=MONDAY + timedelta(days=1)
    )


def test_a_moment_without_its_time_zone_is_not_taken():
    assert "created_at: " in told_of(least, kit.Win, created_at=datetime(2026, 3, 2, 12))


def test_everything_that_is_amiss_is_told_at_once_each_under_its_field():
    with pytest.raises(ValidationError) as refused:
        least(kit.Milestone, title="", effort=11, area="purple", on="soon")

    assert problems(kit.Milestone, refused.value) == {
        "title": "My milestone, in my words: please write a few words.",
        "effort": "What it took: please choose a number from 0 to 10, or skip it.",
        "area": "It has to do with: please choose one of those offered.",
        "on": "When: please choose a date.",
    }


def test_a_refusal_repeats_nothing_of_what_was_typed():
    assert "the letters" not in told_of(least, kit.Win, title="the letters" * 100)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()), st.lists))
def test_whatever_is_given_is_taken_or_refused_in_sentences(value):
    for name, told in about(kit.Setback).items():
        try:
            record = least(kit.Setback, **{name: value})
        except ValidationError as refused:
            for sentence in problems(kit.Setback, refused).values():
                assert sentence.startswith(told.label) and sentence.endswith((".", "?")), sentence
        else:
            assert isinstance(record, Record)


# the front door ---------------------------------------------------------------------------------


def loaded_by(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*(name for name in sys.modules if '.' not in name))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_front_door_opens_without_the_large_libraries():
    large = {
        "pandas",
        "plotly",
        "scipy",
        "numpy",
        "alembic",
        "sqlalchemy",
        "ipywidgets",
        "pydantic",
        "jinja2",
        "tornado",
    }

    assert loaded_by("import kit") & large == set()


@pytest.mark.parametrize("place", [":memory:", "sample", "new.book"])
def test_a_book_opens_and_keeps_without_pandas_plotly_or_alembic(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    once = f"book = kit.open_book({place!r})\nbook.add(kit.Client(name='Heron the second'))\nbook.close()"
    code = f"import kit\n{once}\n{once.replace('second', 'third')}"

    loaded = loaded_by(code)
    assert loaded & {"pandas", "plotly", "scipy", "numpy", "alembic", "ipywidgets"} == set()
    assert "sqlalchemy" in loaded
