"""How fields are described, and the one wall of confidentiality."""

import json
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit import frames, measures, reports
from kit.fields import Audience, about, format_value, is_visible, visible_fields
from kit.forms import Form
from kit.records import BY_PLURAL, KINDS, OfClient
from kit.store.tables import COLUMNS

AUDIENCES = get_args(Audience)
FIELDS = [(kind, name, told) for kind in KINDS for name, told in about(kind).items()]
SHARED = {kind.plural for kind in KINDS if "share_with" in about(kind)}
NOT_SAID = re.compile(
    r"\b(fail(ed|ure)?|missed|broke|lost|streak|behind|overdue|should|poor|bad day|relapse|score|trigger|refused"
    r"|symptom load|episode|recovery time|bounce-?back|improvement|suffers?)\b",
    re.IGNORECASE,
)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)


def said(told):
    """Every word of a description that a person can see."""
    return [told.label, told.help, *told.ends, *told.slots, *(words for _, words in told.choices)]


# the declaration --------------------------------------------------------------------------------


@each_kind
def test_every_field_has_a_label_a_known_kind_and_an_audience(kind):
    for name, told in about(kind).items():
        assert told.label.strip(), name
        assert told.kind in COLUMNS, name
        assert [one for one in AUDIENCES if name in visible_fields(kind, one)], name


@each_kind
def test_the_coach_alone_sees_every_field(kind):
    assert visible_fields(kind, "just_me") == tuple(about(kind))


@each_kind
def test_a_heading_and_a_day_are_fields_that_exist(kind):
    assert kind.heading in about(kind)
    assert kind.dated in (*about(kind), "created_at")


def test_no_field_speaks_in_a_clinics_words():
    assert [(name, words) for _, name, told in FIELDS for words in said(told) if NOT_SAID.search(words)] == []


def test_every_rating_has_words_at_both_ends_and_can_be_skipped():
    ratings = [(kind, name, told) for kind, name, told in FIELDS if told.kind == "rating"]

    assert len(ratings) >= 10
    for kind, name, told in ratings:
        assert all(told.ends), name
        assert kind.model_fields[name].default is None, name


def test_the_choices_of_a_field_are_the_values_that_it_takes():
    for kind, name, told in FIELDS:
        if told.kind == "choice":
            allowed = set(get_args(kind.model_fields[name].annotation))

            assert {value for value, _ in told.choices} == allowed - {""}, name


def test_links_and_what_is_chosen_among_point_to_what_exists():
    assert [name for _, name, told in FIELDS if told.of and told.of not in BY_PLURAL] == []
    assert [name for kind, name, told in FIELDS if told.among and told.among not in about(kind)] == []


def test_a_value_in_words_is_what_a_person_reads():
    told = about(kit.Setback)

    assert format_value(told["triggers"], ("short nights", "the weather"), {}) == "short nights, the weather"
    assert format_value(told["intensity"], 0, {}) == "0"
    assert format_value(told["intensity"], None, {}) == ""
    assert format_value(about(kit.Milestone)["area"], "identity", {}) == "who I am"
    assert format_value(about(kit.Step)["tell"], "id-of-ada", {"id-of-ada": "Ada"}) == "Ada"


# who selects fields or kinds by name ------------------------------------------------------------


def test_the_journey_names_kinds_that_exist():
    assert set(measures.JOURNEY) <= set(BY_PLURAL)
    assert set(measures.LANES) <= set(measures.JOURNEY)


def test_a_report_names_kinds_and_fields_that_exist():
    unknown = [(plural, name) for plural, names in reports.TOLD_FIELDS.items() for name in names]

    assert [one for one in unknown if one[1] not in about(BY_PLURAL[one[0]])] == []
    assert {*frames.UNDATED_KINDS, *reports.UNSORTED_KINDS} <= set(BY_PLURAL)


def test_a_supporter_can_be_shown_exactly_the_kinds_that_can_be_shared():
    assert {plural for plural, _ in about(kit.Supporter)["may_see"].choices} == SHARED


# the wall ---------------------------------------------------------------------------------------


@each_kind
@pytest.mark.parametrize("audience", [one for one in AUDIENCES if one != "just_me"])
def test_what_is_for_the_coach_alone_is_seen_by_nobody_else(kind, audience):
    alone = {name for name, told in about(kind).items() if told.audience == ("just_me",)}

    assert alone.isdisjoint(visible_fields(kind, audience))


def test_there_are_fields_for_the_coach_alone_so_that_the_wall_has_something_to_hold():
    alone = {(kind.plural, name) for kind, name, told in FIELDS if told.audience == ("just_me",)}

    assert alone > {(plural, "private_note") for plural in ("clients", "sessions", "setbacks")}


def test_a_group_sees_nothing_of_a_client():
    clients = [kind for kind in KINDS if kind is kit.Client or issubclass(kind, OfClient)]

    assert [kind for kind in clients if visible_fields(kind, "group") or is_visible(kind, (), "group")] == []


def test_a_supporter_never_sees_what_came_before_a_setback():
    assert {"triggers", "outside_control", "private_note", "share_with"}.isdisjoint(
        visible_fields(kit.Setback, "supporter")
    )
    assert {"title", "what_held"} <= set(visible_fields(kit.Setback, "supporter"))


def test_of_what_cannot_be_shared_a_supporter_sees_only_what_was_written_for_them():
    own = {
        (kind.plural, name)
        for kind in KINDS
        if "share_with" not in about(kind)
        for name in visible_fields(kind, "supporter")
    }

    assert own == {("clients", "wish_you_knew")}


@each_kind
def test_what_was_shared_with_nobody_reaches_no_supporter(kind):
    ada = kit.Supporter.model_construct(id="ada", may_see=tuple(BY_PLURAL))

    assert is_visible(kind, (), "supporter", ada) is (kind is kit.Client)
    assert is_visible(kind, ("ada",), "supporter", None) is False


@given(
    kind=st.sampled_from([kind for kind in KINDS if kind is not kit.Client]),
    kinds=st.sets(st.sampled_from(sorted(SHARED))),
    shared=st.sets(st.sampled_from(["ada", "ben", "a", ""])),
)
def test_a_supporter_sees_what_was_shared_with_that_very_person_and_only_kinds_they_may_see(kind, kinds, shared):
    ada = kit.Supporter(client="Heron", id="ada", name="Ada", may_see=tuple(kinds))

    assert is_visible(kind, tuple(shared), "supporter", ada) == (kind.plural in kinds and "ada" in shared)


@pytest.mark.parametrize("audience", ["together", "client", "supporter", "group"])
def test_no_frame_of_a_client_holds_the_coachs_own_notes(story, only, audience):
    from kit import frames

    ada = only(kit.Supporter) if audience == "supporter" else None
    alone = [story.records(kit.Client)[0].private_note, only(kit.Setback).private_note]

    told = json.dumps(
        [frame.to_csv() for frame in frames.frames(story._store, "Heron", audience, ada).values()], ensure_ascii=False
    )

    assert all(alone)
    assert [note for note in alone if note in told] == []


def test_no_form_on_the_shared_screen_asks_for_what_is_for_the_coach_alone():
    for kind in KINDS:
        form = Form(kind, tuple(about(kind)))

        assert "private_note" not in form.names
        assert "private_note" not in [one["name"] for one in form.describe({})]
