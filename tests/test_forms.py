"""From a record's declaration to what a form asks, and from what was typed to records."""

import json
from datetime import date

import pytest

import kit
from kit import forms
from kit.fields import About, about, visible_fields
from kit.forms import ExtraQuestion, Form, FormError
from kit.records import KINDS
from kit.widgets import WORDS
from kit.widgets.client_notes import ClientNotes
from kit.words import KitError


def read_one(form, typed, **owner):
    (record,) = form.to_records(typed, **{"client": "Heron", **owner})
    return record


def told_by(form, typed, **owner):
    """What stands under the fields of a form that cannot be read yet."""
    with pytest.raises(FormError) as unfit:
        form.to_records(typed, **{"client": "Heron", **owner})
    return unfit.value.errors


def walked(story):
    """Every form of every panel, as it is on the page: for nobody, for Heron, on a heavier day, changing an entry."""
    for moment in ("nobody", "Heron", "a heavier day"):
        if moment == "Heron":
            story.state.choose("Heron")
        story.state.make_heavier(moment == "a heavier day")
        for word, panel in WORDS.items():
            opened = panel(story.state)
            for key, form in opened.forms().items():
                yield f"{word}.{key}", form
            story.state.unsubscribe(opened)


@pytest.fixture
def lived_in(story, only):
    """The story with a step under way, so that there is a week to look back on."""
    story.add(kit.Step(client="Heron", title="walk", tool=only(kit.Tool).id))
    return story


# who selects fields by name ---------------------------------------------------------------------


def test_every_form_of_every_panel_asks_only_for_what_exists_and_may_be_seen(lived_in):
    found = list(walked(lived_in))

    assert len({name for name, _ in found}) >= 15
    for name, form in found:
        asked = {*form.first, *form.more} - set(form.extra)
        assert asked <= set(visible_fields(form.kind, form.audience)), name
        assert set(form.fixed) <= set(form.kind.model_fields), name
        assert set(form.extra) <= {*form.first, *form.more}, name
        assert len(form.names) == len({*form.first, *form.more}), name


def test_every_form_of_every_panel_asks_for_whatever_its_kind_cannot_do_without(lived_in):
    for name, form in walked(lived_in):
        needed = {field for field in about(form.kind) if form.kind.model_fields[field].is_required()}

        assert form.record or needed <= {*form.first, *form.fixed}, name


def test_every_entry_can_be_taken_up_and_every_field_of_it_is_asked(lived_in):
    lived_in.state.choose("Heron")
    panel = lived_in.entries()

    for kind in KINDS:
        for record in lived_in.records(kind, "Heron") if "client" in kind.model_fields else ():
            panel.act("take_up", [kind.plural, record.id])
            (form,) = panel.forms().values()

            assert form.names == visible_fields(kind, "together")
            assert form.record == record


def test_a_kind_can_be_asked_for_as_a_whole():
    for kind in KINDS:
        form = Form(kind, tuple(about(kind)))

        assert [one["name"] for one in form.describe({})] == list(visible_fields(kind, "together"))


# what a form asks -------------------------------------------------------------------------------


def test_a_form_says_of_each_field_all_that_a_page_needs():
    (title, effort) = Form(kit.Milestone, ("title",), ("effort",)).describe({})

    assert (title["name"], title["kind"], title["label"]) == ("title", "text", "My milestone, in my words")
    assert (title["more"], effort["more"]) == (False, True)
    assert effort["ends"] == ["came by itself", "all I had"]
    assert (effort["least"], effort["most"]) == (0, 10)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_what_a_form_asks_and_holds_can_go_to_a_page_as_it_is(kind):
    form = Form(kind, tuple(about(kind)))
    asked, blank = form.describe({"tools": [("t", "a walk")]}), form.initial_values()

    assert json.loads(json.dumps([asked, blank])) == [asked, blank]
    assert set(blank) == {one["name"] for one in asked}


def test_tools_and_supporters_that_are_there_are_offered_and_new_ones_may_be_named(story, only):
    story.state.choose("Heron")

    tell, tool = Form(kit.Step, ("tell", "tool")).describe(ClientNotes(story.state).offers())

    assert tell["choices"] == [[only(kit.Supporter).id, "Ada"]]
    assert tool["choices"] == [[only(kit.Tool).id, "a quiet walk"]]
    assert (tell["grows"], tool["grows"]) == (True, True)


def test_a_tool_that_is_no_longer_needed_is_not_offered_and_a_resting_one_is(story, only):
    story.state.choose("Heron")
    walk = story.change(only(kit.Tool), status="resting")
    assert ClientNotes(story.state).offers()["tools"] == [(walk.id, "a quiet walk")]

    story.change(walk, status="retired")
    assert ClientNotes(story.state).offers()["tools"] == []


def test_what_another_client_has_is_not_offered(story):
    story.add(kit.Client(name="Maple"))
    story.state.choose("Maple")

    assert [one for some in ClientNotes(story.state).offers().values() for one in some] == []


def test_what_came_before_is_suggested_and_something_of_ones_own_may_be_added():
    (triggers, hands) = Form(kit.Setback, ("triggers", "outside_control")).describe({})

    assert ["short nights", "short nights"] in triggers["choices"]
    assert triggers["grows"]
    assert hands["among"] == "triggers"


def test_a_coachs_own_suggestions_take_the_place_of_the_kits(kit_home):
    (kit_home / "suggestions.toml").write_text('came_before = ["exams"]\n', encoding="utf-8")

    (triggers,) = Form(kit.Setback, ("triggers",)).describe({})

    assert triggers["choices"] == [["exams", "exams"]]


@pytest.mark.parametrize("broken", [b'came_before = ["exams"', b"came_before = \xff"])
def test_suggestions_that_cannot_be_read_are_told_with_their_file(kit_home, broken):
    (kit_home / "suggestions.toml").write_bytes(broken)

    with pytest.raises(KitError, match=r"suggestions\.toml cannot be read: "):
        forms.suggestions()


def test_a_form_asks_in_the_clients_own_words(story):
    asked = Form(kit.CheckIn, ("symptom_load",))

    assert asked.describe({}, ("the fog", "the noise"))[0]["label"] == "The noise, how loud today"
    assert asked.describe({}, ("the fog",))[0]["label"] == "What I live with, how loud today"
    assert asked.describe({}, ("", "{0}"))[0]["label"] == "{0}, how loud today"


# what a form holds at first ---------------------------------------------------------------------


def test_a_new_form_begins_with_today_and_with_what_is_declared():
    blank = Form(kit.Setback, ("title", "began_on", "roughly", "triggers", "intensity", "timed")).initial_values()

    assert blank == {
        "title": None,
        "began_on": date.today().isoformat(),
        "roughly": False,
        "triggers": [],
        "intensity": None,
        "timed": True,
    }


def test_a_form_that_changes_a_record_begins_with_what_the_record_says(only):
    setback = only(kit.Setback)

    blank = Form(kit.Setback, ("title", "triggers", "back_on_feet_on"), record=setback).initial_values()

    assert blank == {
        "title": "Three days in bed",
        "triggers": ["short nights", "the weather"],
        "back_on_feet_on": setback.back_on_feet_on.isoformat(),
    }


def test_a_form_is_untouched_until_something_is_filled_in():
    form = Form(kit.Milestone, ("title", "on", "area", "effort"), ("share_with",))

    for typed in ({}, form.initial_values(), {"title": "", "effort": None, "share_with": []}):
        assert form.is_unchanged(typed)
    for typed in ({"title": "x"}, {"effort": 0}, {"share_with": ["a"]}, {"on": "2026-03-02"}):
        assert not form.is_unchanged({**form.initial_values(), **typed})


# from what was typed to a record ----------------------------------------------------------------


def test_what_was_typed_becomes_a_record():
    form = Form(kit.Milestone, ("title", "on", "area"), ("effort", "note"))

    record = read_one(form, {"title": "Rang Ada", "on": "2026-03-02", "area": "connection", "effort": 0, "note": ""})

    assert (record.client, record.title, record.on, record.area) == (
        "Heron",
        "Rang Ada",
        date(2026, 3, 2),
        "connection",
    )
    assert (record.effort, record.note) == (0, "")


@pytest.mark.parametrize("open_day", [None, ""])
def test_a_day_that_was_left_open_stays_open(open_day):
    assert read_one(Form(kit.Milestone, ("title", "on")), {"title": "the sea", "on": open_day}).on is None


def test_what_was_not_typed_is_as_declared():
    record = read_one(Form(kit.Setback, ("title", "began_on", "timed")), {"title": "rain"})

    assert (record.began_on, record.timed, record.intensity) == (date.today(), True, None)


def test_a_flag_can_be_taken_away():
    assert read_one(Form(kit.Setback, ("title", "timed")), {"title": "rain", "timed": False}).timed is False


def test_what_stands_fixed_cannot_be_typed_over():
    form = Form(kit.StepWeek, ("done",), fixed={"step": "s", "week_of": "2026-03-02", "planned": 3})

    record = read_one(form, {"done": 2, "step": "another", "planned": 9, "client": "Maple"})

    assert (record.step, record.planned, record.done, record.client) == ("s", 3, 2, "Heron")


def test_a_page_cannot_fill_in_what_a_form_does_not_ask():
    record = read_one(Form(kit.Setback, ("title",)), {"title": "rain", "private_note": "x", "id": "1", "version": 7})

    assert (record.private_note, record.version) == ("", 1)
    assert record.id != "1"


def test_a_new_tool_is_named_in_passing():
    tool, use = Form(kit.ToolUse, ("tool", "helped")).to_records({"tool": {"new": "clay"}, "helped": 8}, client="Heron")

    assert (tool.plural, tool.title, tool.client) == ("tools", "clay", "Heron")
    assert (use.plural, use.tool, use.helped) == ("tool_uses", tool.id, 8)


def test_new_supporters_are_named_in_passing_beside_those_that_are_there(story, only):
    ada = only(kit.Supporter)

    ben, win = Form(kit.Win, ("title", "share_with")).to_records(
        {"title": "soup", "share_with": [ada.id, {"new": "Ben"}]}, client="Heron"
    )

    assert (ben.name, ben.may_see) == ("Ben", ())
    assert win.share_with == (ada.id, ben.id)
    story._store.save(*[ben, win])


def test_a_question_beside_the_record_leads_to_records_of_its_own():
    def uses(setback, tools):
        return [kit.ToolUse(client=setback.client, tool=one, setback=setback.id) for one in tools or ()]

    helped = ExtraQuestion(About("What helped?", "links", of="tools"), uses)
    form = Form(kit.Setback, ("title", "helped_by"), extra={"helped_by": helped})

    tool, setback, known, new = form.to_records({"title": "rain", "helped_by": ["t", {"new": "clay"}]}, client="Heron")

    assert (tool.title, setback.title) == ("clay", "rain")
    assert [(one.tool, one.setback) for one in (known, new)] == [("t", setback.id), (tool.id, setback.id)]
    assert len(form.to_records({"title": "rain"}, client="Heron")) == 1


def test_what_the_shared_screen_does_not_show_is_kept_when_an_entry_is_changed(story, only):
    setback = only(kit.Setback)
    form = Form(kit.Setback, visible_fields(kit.Setback, "together"), record=setback)

    cleared = {"intensity": None, "triggers": [], "outside_control": []}
    changed = read_one(form, {**form.initial_values(), "title": "Four days in bed", **cleared})

    assert (changed.title, changed.intensity, changed.triggers) == ("Four days in bed", None, ())
    assert (changed.private_note, changed.id, changed.version) == (setback.private_note, setback.id, 2)
    assert changed.created_at == setback.created_at
    story._store.save(*[changed])


# what does not fit yet --------------------------------------------------------------------------


def test_everything_that_does_not_fit_is_told_under_its_field_with_its_label():
    form = Form(kit.Milestone, ("title", "on", "effort"))

    assert told_by(form, {"title": " ", "on": "soon", "effort": 11}) == {
        "title": "My milestone, in my words: please write a few words.",
        "on": "When: please choose a date.",
        "effort": "What it took: please choose a number from 0 to 10, or skip it.",
    }


def test_an_end_before_its_beginning_is_told_under_the_end():
    form = Form(kit.Setback, ("title", "began_on", "back_on_feet_on"))

    assert told_by(form, {"title": "rain", "began_on": "2026-03-02", "back_on_feet_on": "2026-03-01"}) == {
        "back_on_feet_on": "Back on my feet on: this day lies before the beginning. Please look at both dates."
    }


def test_a_title_that_was_left_out_is_asked_for():
    assert told_by(Form(kit.Milestone, ("title", "effort")), {"effort": 3}) == {
        "title": "My milestone, in my words: please write a few words."
    }


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b"])
def test_a_tool_that_is_named_in_passing_and_does_not_fit_is_told_under_the_field_that_named_it(name):
    told = told_by(Form(kit.ToolUse, ("tool",)), {"tool": {"new": name}})

    assert list(told) == ["tool"]
    assert told["tool"].startswith("Something that helps, or might: ") and "lease " in told["tool"]


@pytest.mark.parametrize("strange", [7, {"a": 1}, [[]], ["\ud800"], "\0", [None]])
@pytest.mark.parametrize("kind", [kit.Milestone, kit.Setback, kit.Step, kit.Session, kit.Aspiration])
def test_whatever_a_page_sends_becomes_a_record_or_a_sentence(kind, strange):
    form = Form(kind, tuple(about(kind)))
    for name in form.names:
        try:
            record = form.to_records({"title": "rain", "rungs": ["a", "b"], name: strange}, client="Heron")[-1]
        except FormError as unfit:
            assert all(sentence.endswith((".", "?")) for sentence in unfit.errors.values())
        else:
            assert isinstance(record, kind)
