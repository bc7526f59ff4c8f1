"""From the store to tidy frames: columns and types by the declaration, rows by the wall of confidentiality."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kit
from kit import frames
from kit.fields import about, visible_fields
from kit.records import KINDS, OfClient

DTYPES = {
    "text": "str", "choice": "str", "link": "str", "texts": "object", "several": "object", "links": "object",
    "rating": "Int64", "count": "Int64", "day": "datetime64[us]", "flag": "bool",
}  # fmt: skip
OWN = {"id": "str", "created_at": "datetime64[us, UTC]", "by": "str", "client": "str"}


def dtype_of(told):
    whole_number = told.kind == "choice" and isinstance(told.choices[0][0], int)
    return "Int64" if whole_number else DTYPES[told.kind]


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def declared(kind, audience):
    owner = ["client"] if issubclass(kind, OfClient) else []
    described = about(kind)
    return {
        **{name: OWN[name] for name in ["id", "created_at", "by", *owner]},
        **{name: dtype_of(described[name]) for name in visible_fields(kind, audience)},
    }


def in_frames(story, audience, supporter=None):
    return frames.frames(story._store, "Heron", audience, supporter)


# columns and types ------------------------------------------------------------------------------


def test_there_is_a_frame_for_every_kind_that_tells_of_a_client(story):
    assert set(story.frames("Heron")) == {
        kind.plural for kind in KINDS if kind is kit.Client or issubclass(kind, OfClient)
    }


@pytest.mark.parametrize("audience", ["just_me", "together", "client", "supporter"])
def test_columns_and_types_are_those_of_the_declaration(story, audience):
    told = in_frames(story, audience)

    for kind in frames.CLIENT_KINDS:
        assert dtypes(told[kind.plural]) == declared(kind, audience), kind.plural


def test_a_kind_without_entries_keeps_its_columns_and_types(book):
    book.add(kit.Client(name="Birch"))

    told = book.frames("Birch")

    for kind in frames.CLIENT_KINDS:
        assert dtypes(told[kind.plural]) == declared(kind, "just_me"), kind.plural
        assert len(told[kind.plural]) == (1 if kind is kit.Client else 0)


def test_a_skipped_rating_is_na_and_never_0(story):
    check_ins = story.frames("Heron")["check_ins"]

    assert check_ins["energy"].tolist() == [3, 5]
    assert check_ins["living_well"].isna().tolist() == [True, False]
    assert check_ins["hope"].isna().all()
    assert check_ins["living_well"].mean() == 6


def test_an_open_day_is_nat_and_a_day_is_a_day(story):
    milestones = story.frames("Heron")["milestones"].set_index("title")

    assert pd.isna(milestones.loc["See the sea again", "on"])
    assert milestones.loc["Rang my sister", "on"].date() == date.today() - timedelta(days=35)


def test_an_ongoing_setback_has_no_end(story):
    story.add(kit.Setback(client="Heron", title="Rain again"))

    ends = story.frames("Heron")["setbacks"]["back_on_feet_on"]

    assert ends.isna().tolist() == [False, True]


def test_several_texts_come_as_a_tuple_and_none_as_an_empty_one(story):
    story.add(kit.Setback(client="Heron", title="Rain again"))

    assert story.frames("Heron")["setbacks"]["triggers"].tolist() == [("short nights", "the weather"), ()]


def test_a_moment_knows_that_it_is_in_utc(story):
    noted = story.frames("Heron")["wins"]["created_at"][0]

    assert noted.to_pydatetime() == story.records(kit.Win)[0].created_at


def test_a_level_of_a_ladder_is_a_number(story):
    music = kit.Aspiration(client="Heron", title="music", rungs=("hum", "sing"))
    story._store.save(*[music, kit.LadderMark(client="Heron", aspiration=music.id, level=-1)])

    assert story.frames("Heron")["ladder_marks"]["level"].tolist() == [-1]


def test_rows_come_in_the_order_in_which_they_were_noted(story):
    assert story.frames("Heron")["milestones"]["title"].tolist() == [one.title for one in story.records(kit.Milestone)]


def test_frames_are_of_one_client(story):
    story.add(kit.Client(name="Maple"))
    story.add(kit.Win(client="Maple", title="sun"))

    assert story.frames("Heron")["wins"]["title"].tolist() == ["Bread in the oven"]
    assert story.frames("Maple")["clients"]["name"].tolist() == ["Maple"]


def test_a_client_whom_the_book_does_not_know_has_no_frames(story):
    with pytest.raises(kit.NoSuchClient, match="There is no client called Finch"):
        story.frames("Finch")


# who sees what ----------------------------------------------------------------------------------


def test_the_coach_alone_sees_all_and_the_shared_screen_sees_no_private_notes(story):
    assert story.frames("Heron", "just_me")["setbacks"]["private_note"].tolist() != [""]
    for audience in ("together", "client", "supporter"):
        for frame in story.frames("Heron", audience).values():
            assert "private_note" not in frame


def test_without_naming_a_supporter_nothing_is_shown_to_one(story):
    assert {len(frame) for frame in in_frames(story, "supporter").values()} == {0}


def test_a_supporter_sees_what_was_shared_with_them_and_nothing_else(story, only):
    told = in_frames(story, "supporter", only(kit.Supporter))

    assert {plural: len(frame) for plural, frame in told.items() if len(frame)} == {
        "clients": 1,
        "milestones": 1,
        "setbacks": 1,
        "wins": 1,
    }
    assert told["milestones"]["title"].tolist() == ["Rang my sister"]


def test_a_supporter_sees_of_a_setback_neither_what_came_before_nor_what_is_private(story, only):
    setbacks = in_frames(story, "supporter", only(kit.Supporter))["setbacks"]

    assert setbacks["what_held"].tolist() == ["fed the cat"]
    assert {"triggers", "outside_control", "private_note", "share_with"}.isdisjoint(setbacks.columns)


def test_another_supporter_sees_nothing_of_what_was_shared_with_the_first(story):
    ben = story.add(kit.Supporter(client="Heron", name="Ben", may_see=("wins", "milestones", "setbacks", "sparks")))

    told = in_frames(story, "supporter", ben)
    assert {plural for plural, frame in told.items() if len(frame)} == {"clients"}
    assert {"wish_you_knew"} == set(told["clients"].columns) - {"id", "created_at", "by"}


def test_what_was_shared_stays_hidden_when_its_kind_is_no_longer_among_what_they_may_see(story, only):
    ada = story.change(only(kit.Supporter), may_see=("milestones",))

    told = in_frames(story, "supporter", ada)

    assert [plural for plural, frame in told.items() if len(frame)] == ["clients", "milestones"]


@settings(max_examples=25)
@given(titles=st.lists(st.tuples(st.text("abc", min_size=1), st.none() | st.integers(0, 10)), max_size=5))
def test_whatever_is_kept_stands_in_the_frame_as_it_was(titles):
    with_book = kit.open_book(":memory:")
    with_book.add(kit.Client(name="Heron"))
    for title, effort in titles:
        with_book.add(kit.Milestone(client="Heron", title=title, effort=effort))

    told = with_book.frames("Heron")["milestones"]

    rows = zip(told["title"], [None if pd.isna(one) else one for one in told["effort"]], strict=True)
    assert list(rows) == titles
    with_book.close()
