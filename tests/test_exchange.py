"""Files in and out: what was written comes back, and what is amiss is said in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kit import exchange
from kit.exchange.sample import shifted
from kit.fields import about
from kit.records import (
    BY_PLURAL,
    KINDS,
    Client,
    LadderMark,
    Milestone,
    OfClient,
    Setback,
    Spark,
    Step,
    StepWeek,
    Win,
)

# Every sign that a CSV file, a list in one cell or a spreadsheet could take amiss, and a few others.
SIGNS = st.sampled_from(" |\\'=+-@\n\t\",;:a\u00e9\u2028\uff1d\U0001f426") | st.characters(
    exclude_categories=["Cs", "Cc"]
)
TEXTS = st.text(SIGNS, max_size=12)
SAID = TEXTS.filter(lambda text: text.strip())
DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
IDS = st.text("abc-019", min_size=1, max_size=8)


def some(kind, name, field):
    """What a field may hold, as its declaration says."""
    if field.kind in ("choice", "flag"):
        offered = [value for value, _label in field.choices] or [True, False]
        default = kind.model_fields[name].default
        return st.sampled_from(offered if kind.model_fields[name].is_required() else [*offered, default])
    if field.kind in ("texts", "several"):
        return st.lists(TEXTS, min_size=field.least, max_size=min(4, field.most)).map(tuple)
    if field.kind in ("rating", "count"):
        return st.none() | st.integers(field.least, field.most)
    needed = kind.model_fields[name].is_required()
    return {
        "text": SAID if needed or name in ("title", "text", "what", "name", "number") else TEXTS,
        "day": st.none() | (DAYS.map(monday) if name == "week_of" else DAYS),
        "link": IDS if needed else st.none() | IDS,
        "links": st.lists(IDS, max_size=3).map(tuple),
    }[field.kind]


def monday(day):
    return day - timedelta(days=day.weekday())


@st.composite
def any_record(draw, kind):
    values = {"id": draw(IDS), "created_at": draw(MOMENTS), "by": draw(st.sampled_from(["client", "room"]))}
    if issubclass(kind, OfClient):
        values["client"] = draw(SAID)
    for name, field in about(kind).items():
        values[name] = draw(some(kind, name, field))
        if field.among:
            values[name] = tuple(one for one in values[field.among] if draw(st.booleans()))
    try:
        return kind.model_validate(values, context={"kept": True})
    except ValidationError:
        reject()


@pytest.fixture
def page(tmp_path):
    """Writes a file of small wins as somebody might type it, and gives its place."""

    def write(text, name="wins.csv"):
        place = tmp_path / name
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    return write


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_what_was_written_comes_back_as_it_was(kind, tmp_path):
    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(st.lists(any_record(kind), min_size=1, max_size=3))
    def round_trip(records):
        exchange.write_csv(tmp_path / "page.csv", records)

        assert exchange.read_csv(tmp_path / "page.csv", kind) == (records, [])

    round_trip()


def test_nothing_noted_comes_back_as_nothing_noted_even_where_a_form_would_begin_with_today(tmp_path):
    looked_out_for = Milestone(client="Heron", title="Swim", on=None)
    step = Step(client="Heron", title="Swim", planned=None)

    exchange.write_csv(tmp_path / "milestones.csv", [looked_out_for])
    exchange.write_csv(tmp_path / "steps.csv", [step])

    assert exchange.read_csv(tmp_path / "milestones.csv", Milestone)[0][0].on is None
    assert exchange.read_csv(tmp_path / "steps.csv", Step)[0][0].planned is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", "\t=1", "\uff1d1+1"])
def test_no_cell_becomes_a_formula_in_a_spreadsheet(text, tmp_path):
    place = tmp_path / "wins.csv"

    exchange.write_csv(place, [Win(client="Heron", title=text)])

    assert f"'{text}" in place.read_text("utf-8-sig")
    assert exchange.read_csv(place, Win)[0][0].title == text


def test_a_level_below_nought_stays_a_number_for_a_spreadsheet(tmp_path):
    place = tmp_path / "ladder_marks.csv"

    exchange.write_csv(place, [LadderMark(client="Heron", aspiration="a", level=-2)])

    assert ",-2," in place.read_text()


def test_several_texts_share_one_cell_in_a_way_that_a_person_can_type(page):
    place = page("client,title,began_on,triggers\nHeron,Loud,2026-03-02,little sleep | noise\n", "setbacks.csv")

    records, amiss = exchange.read_csv(place, Setback)

    assert amiss == []
    assert records[0].triggers == ("little sleep", "noise")


@pytest.mark.parametrize(
    "texts",
    [("",), (" ",), ("", ""), ("a ", " b"), ("a|b",), ("a\\", "b"), ("a\\|", "|"), ("\\",), ("=a", "b"), (" | ",)],
)
def test_any_texts_that_share_a_cell_are_told_apart_again(texts, tmp_path):
    place = tmp_path / "setbacks.csv"

    exchange.write_csv(place, [Setback(client="Heron", title="Loud", triggers=texts)])

    assert exchange.read_csv(place, Setback)[0][0].triggers == texts


def test_a_file_tells_excel_its_encoding_only_when_it_must(tmp_path):
    plain, accented = tmp_path / "plain.csv", tmp_path / "accented.csv"

    exchange.write_csv(plain, [Win(client="Heron", title="Bread")])
    exchange.write_csv(accented, [Win(client="Heron", title="Cr\u00eape")])

    assert plain.read_bytes().startswith(b"id,")
    assert accented.read_bytes().startswith(b"\xef\xbb\xbfid,")


def test_a_european_spreadsheet_with_semicolons_is_read_too(page):
    place = page("client;title;on\r\nHeron;Bread, warm;2026-03-02\r\n")

    records, amiss = exchange.read_csv(place, Win)

    assert amiss == []
    assert (records[0].title, records[0].on) == ("Bread, warm", date(2026, 3, 2))


def test_rows_that_hold_nothing_are_passed_over(page):
    place = page("client,title\nHeron,Bread\n,\n\nHeron,Jam\n")

    records, amiss = exchange.read_csv(place, Win)

    assert amiss == []
    assert [record.title for record in records] == ["Bread", "Jam"]


def test_an_error_names_the_file_the_row_and_the_label_and_the_other_rows_are_read(page):
    place = page("client,title,on\nHeron,Bread,2026-03-02\nHeron,,2026-03-03\nHeron,Jam,2026-03-04\n")

    records, amiss = exchange.read_csv(place, Win)

    assert [record.title for record in records] == ["Bread", "Jam"]
    assert amiss == [
        "wins.csv, row 3: One small win that has nothing to do with feeling better: please write a few words."
    ]


@pytest.mark.parametrize("day", ["soon", "03/04/2026", "46003", "2026-13-01"])
def test_what_is_no_day_is_never_guessed(day, page):
    place = page(f"client,title,on\nHeron,Bread,{day}\n")

    records, amiss = exchange.read_csv(place, Win)

    assert records == []
    assert amiss == ["wins.csv, row 2: Day: please write the day like this: 2026-03-31."]


def test_a_day_that_lies_ahead_of_this_clock_is_read_all_the_same(page):
    place = page(f"client,title,on\nHeron,Bread,{date.today() + timedelta(days=60)}\n")

    records, amiss = exchange.read_csv(place, Win)

    assert (len(records), amiss) == (1, [])


def test_an_unknown_column_is_named_once(page):
    place = page("client,title,mood\nHeron,Bread,fine\nHeron,Jam,fine\n")

    records, amiss = exchange.read_csv(place, Win)

    assert len(records) == 2
    assert amiss == ['wins.csv: there is no column "mood" here. Please look at its spelling.']


def test_a_column_that_stands_there_twice_is_named(page):
    place = page("client,title,title\nHeron,Bread,Jam\n")

    _records, amiss = exchange.read_csv(place, Win)

    assert amiss == ['wins.csv: the column "title" stands here twice. Please leave one out.']


def test_a_row_with_more_cells_than_names_is_left_out_and_said(page):
    place = page("client,title\nHeron,Bread, butter\n")

    records, amiss = exchange.read_csv(place, Win)

    assert records == []
    assert amiss == ["wins.csv, row 2: there are more cells than names in the first row. Please look at the commas."]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "wins.csv: this file is empty. Please begin it with a row of names."),
        (
            b"title\nCr\xeape\n",
            "wins.csv, row 2: a sign here cannot be read. Please save the file as \u201cCSV UTF-8\u201d.",
        ),
        (
            b'title\n"' + b"a" * 140_000 + b'"\n',
            "wins.csv, row 2: a quotation mark lacks its partner here, or a cell is far too long. Please look at this "
            "row.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(content, sentence, page):
    assert exchange.read_csv(page(content), Win) == ([], [sentence])


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    records, amiss = exchange.read_csv(tmp_path / "wins.csv", Win)

    assert records == []
    assert amiss == [f"{tmp_path / 'wins.csv'} cannot be opened. Please look whether it is there."]


def test_a_folder_is_read_with_parents_before_children(tmp_path):
    exchange.write_csv(tmp_path / "sparks.csv", [Spark(client="Heron", title="Rain")])
    exchange.write_csv(tmp_path / "clients.csv", [Client(name="Heron")])

    records, amiss = exchange.read_folder(tmp_path)

    assert [record.plural for record in records] == ["clients", "sparks"]
    assert amiss == []


def test_a_file_of_a_folder_that_is_no_kind_of_entry_is_named(tmp_path, page):
    page("title\nBread\n", "milestone.csv")

    assert exchange.read_folder(tmp_path) == (
        [],
        ["milestone.csv: no kind of entry has this name. Please look at its spelling."],
    )


def test_links_point_only_to_kinds_that_come_earlier():
    order = [kind.plural for kind in KINDS]

    backwards = [
        (kind.plural, name)
        for kind in KINDS
        for name, field in about(kind).items()
        if field.kind == "link" and order.index(field.of) > order.index(kind.plural)
    ]

    assert backwards == []


def test_moving_by_whole_weeks_moves_every_day_and_keeps_mondays():
    week = StepWeek(client="Heron", step="s", week_of=date(2026, 3, 2))
    setback = Setback(client="Heron", title="Loud", began_on=date(2026, 3, 2), back_on_feet_on=None)

    later_week, later_setback = shifted([week, setback], 21)

    assert later_week.week_of == date(2026, 3, 23)
    assert (later_setback.began_on, later_setback.back_on_feet_on) == (date(2026, 3, 23), None)
    assert later_setback.created_at - setback.created_at == timedelta(days=21)


def test_moving_there_and_back_changes_nothing():
    setback = Setback(client="Heron", title="Loud", began_on=date(2026, 3, 2), back_on_feet_on=date(2026, 3, 9))

    there_and_back = shifted(shifted([setback], 364), -364)

    assert there_and_back == [setback]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_the_data_dictionary_has_a_line_for_every_field(kind):
    part = exchange.data_dictionary().partition(f"## {kind.plural}.csv\n")[2].partition("\n## ")[0]

    assert kind.singular in part
    assert [name for name in about(kind) if f"| `{name}` |" not in part] == []


def test_the_data_dictionary_says_who_may_see_what_only_the_coach_sees():
    lines = [line for line in exchange.data_dictionary().splitlines() if line.startswith("| `private_note`")]

    assert lines
    assert all(line.endswith("| the coach alone |") for line in lines)


def test_the_data_dictionary_names_supporters_only_for_kinds_that_can_be_shared():
    parts = exchange.data_dictionary().split("\n## ")
    reached = {part.partition(".csv")[0].removeprefix("## ") for part in parts if "a supporter, where" in part}
    lines = [line for part in parts for line in part.splitlines() if line.endswith("a supporter |")]

    assert reached == {kind.plural for kind in KINDS if "share_with" in about(kind)}
    assert "setbacks" in reached <= set(BY_PLURAL)
    assert [line.split("`")[1] for line in lines] == ["wish_you_knew"]
