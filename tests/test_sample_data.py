"""The sample practice: it imports, it is what its script makes, and its four stories hold."""

import re
import runpy
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from kit import exchange
from kit.exchange.sample import shifted
from kit.fields import about
from kit.records import KINDS, LISTED_ONLY, OfClient
from kit.store import Store

SAMPLE = Path(__file__).parent.parent / "sample_data"
WITHOUT_SAMPLE = {
    "workshops": "a workshop belongs to a group, and the four are clients",
    "answers": "what was shared in a workshop; there is none in the sample",
}
AVOIDED = (
    "fail|failed|failure|missed|broke|lost|streak|behind|overdue|should|poor|bad day|deteriorated|worse than"
    "|relapse|clean|dirty|addict|junkie|mentally ill|suffers? from|suffering|afflicted|victim"
    "|committed suicide|refused|non-compliant|panic button|score|symptom load|episode|trigger|triggers"
    "|recovery time|bounce-?back|before/after|improvement"
)


@pytest.fixture(scope="module")
def sample():
    records, amiss = exchange.read_folder(SAMPLE)

    assert amiss == []
    return records


@pytest.fixture
def of(sample):
    """The entries of one kind and one client."""
    return lambda plural, client: [
        record for record in sample if record.plural == plural and getattr(record, "client", None) == client
    ]


def ended(setbacks):
    return [
        (one.back_on_feet_on - one.began_on).days
        for one in sorted(setbacks, key=lambda one: one.began_on)
        if one.back_on_feet_on
    ]


def texts(record):
    for value in (getattr(record, name) for name in about(type(record))):
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value


def test_the_sample_goes_into_a_fresh_book_as_it_is(sample):
    store = Store(None)

    store.save(*sample)

    kept = [record for kind in KINDS for record in store.records(kind)]
    store.close()
    assert sorted(kept, key=lambda one: (one.plural, one.id)) == sorted(sample, key=lambda one: (one.plural, one.id))


def test_the_moved_sample_goes_into_a_fresh_book_too(sample):
    store = Store(None)

    store.save(*shifted(sample, 7 * 30))

    store.close()


def test_every_kind_has_a_file_unless_a_reason_is_given():
    there = {path.stem for path in SAMPLE.glob("*.csv")}

    assert there == {kind.plural for kind in KINDS} - set(WITHOUT_SAMPLE)


def test_the_script_makes_the_very_files_that_are_here(tmp_path):
    runpy.run_path(str(SAMPLE / "make_sample.py"))["main"](tmp_path)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    here = {path.name: path.read_bytes() for path in [*SAMPLE.glob("*.csv"), SAMPLE / "README.md"]}
    assert made.keys() == here.keys()
    changed = [name for name in made if made[name] != here[name]]
    assert changed == [], "please run: python sample_data/make_sample.py"


def test_writing_the_sample_again_changes_no_byte(tmp_path):
    for kind in KINDS:
        path = SAMPLE / f"{kind.plural}.csv"
        if path.exists():
            exchange.write_csv(tmp_path / "again.csv", exchange.read_csv(path, kind)[0])

            assert (tmp_path / "again.csv").read_bytes() == path.read_bytes(), path.name


def test_there_are_four_people_fourteen_months_and_a_few_hundred_entries(sample):
    days = [record.day() for record in sample if isinstance(record, OfClient)]

    assert {record.client for record in sample if isinstance(record, OfClient)} == {
        "Heron",
        "Maple",
        "River",
        "Birch",
    }
    assert 200 <= len(sample) <= 400
    assert max(days) - min(days) >= timedelta(days=14 * 30.5)


def test_the_last_note_falls_on_a_sunday_so_that_weeks_move_whole(sample):
    assert max(record.created_at for record in sample).date().isoformat() == "2026-11-15"


def test_every_link_leads_somewhere(sample):
    ids = Counter(record.id for record in sample)
    kind_of = {record.id: record.plural for record in sample}
    linked = [
        (field.of, name)
        for record in sample
        for key, field in about(type(record)).items()
        if field.of
        for name in (getattr(record, key) or () if field.kind == "links" else [getattr(record, key)])
        if name
    ]

    assert max(ids.values()) == 1
    assert len(linked) > 100
    assert [one for one in linked if kind_of.get(one[1]) != one[0]] == []


def test_nothing_is_noted_earlier_than_the_day_it_tells_of(sample):
    dated = {"next_on", "keep_until", "ends_on", "starts_on", "back_on_feet_on", "withdrawn_on", "said_yes_on"}
    early = [
        (record.id, name)
        for record in sample
        for name, field in about(type(record)).items()
        if field.kind == "day" and name not in dated and getattr(record, name)
        if getattr(record, name) > record.created_at.date()
    ]

    assert early == []


def test_herons_setbacks_get_shorter_though_not_each_than_the_last(of):
    lengths = ended(of("setbacks", "Heron"))

    assert 6 <= len(lengths) <= 8
    assert median(lengths[-3:]) < median(lengths[:3])
    assert lengths != sorted(lengths, reverse=True)


def test_two_of_herons_setbacks_have_the_same_things_before_them(of):
    before = Counter(one.triggers for one in of("setbacks", "Heron"))

    assert max(before.values()) == 2


def test_herons_sample_shows_every_corner_of_the_forms(of):
    setbacks = of("setbacks", "Heron")

    assert any(one.roughly for one in setbacks)
    assert any(not one.timed for one in setbacks)
    assert {one.area for one in of("milestones", "Heron")} >= {"connection", "hope", "identity", "meaning"}
    assert [one.title for one in of("milestones", "Heron") if one.on is None]
    assert [one for one in of("step_weeks", "Heron") if one.came_between == "life" and one.done]
    assert len({one.on for one in of("better", "Heron")}) == 3
    assert {one.who for one in of("noticed", "Heron")} == {"client", "coach", "a supporter"}
    assert any(one.share_with for one in of("setbacks", "Heron"))
    assert any(one.may_see for one in of("supporters", "Heron"))
    assert len({one.section for one in of("plan", "Heron")}) == 7


def test_maples_symptoms_stay_and_living_well_grows(of):
    noted = sorted(of("check_ins", "Maple"), key=lambda one: one.on)
    half = len(noted) // 2

    def typical(name, some):
        return median(value for one in some if (value := getattr(one, name)) is not None)

    assert typical("living_well", noted[half:]) > typical("living_well", noted[:half])
    assert abs(typical("symptom_load", noted[half:]) - typical("symptom_load", noted[:half])) <= 1


def test_river_is_in_the_middle_of_one_setback_with_sparks_and_half_steps_in_it(of):
    ongoing = [one for one in of("setbacks", "River") if one.back_on_feet_on is None]

    assert len(ongoing) == 1
    assert ongoing[0].partly_back
    assert [one for one in of("sparks", "River") if one.on > ongoing[0].began_on]
    assert [one for one in of("step_weeks", "River") if one.week_of > ongoing[0].began_on and one.done]
    assert [one for one in of("tool_uses", "River") if one.setback == ongoing[0].id]


def test_birch_has_only_just_begun(sample):
    of_birch = [record for record in sample if getattr(record, "client", record.id) in ("Birch", "birch")]

    assert {"clients", "agreements", "check_ins", "wins"} <= {record.plural for record in of_birch}
    assert len(of_birch) < 8


def test_sessions_are_two_or_three_weeks_apart(of):
    for client in ("Heron", "Maple", "River"):
        met = [one.on for one in of("sessions", client)]
        apart = [(later - earlier).days for earlier, later in pairwise(met)]

        assert 14 <= median(apart) <= 21, client
        assert max(apart) <= 28, client


def test_check_ins_are_dense_at_times_and_have_gaps_at_others(of):
    days = [one.on for one in of("check_ins", "Heron")]
    apart = [(later - earlier).days for earlier, later in pairwise(days)]

    assert sum(gap <= 4 for gap in apart) >= 6
    assert max(apart) >= 21


def test_one_of_herons_weeks_holds_a_single_entry(sample):
    days = [
        record.day()
        for record in sample
        if getattr(record, "client", "") == "Heron" and record.plural not in ("step_weeks", "steps")
    ]
    weeks = Counter(day - timedelta(days=day.weekday()) for day in days)

    assert 1 in weeks.values()


def test_two_people_have_words_of_their_own(sample):
    assert len([one for one in sample if one.plural == "clients" and any(one.own_words)]) == 2


def test_some_notes_are_for_the_coach_alone_so_that_a_leak_would_show(sample):
    private = [one.private_note for one in sample if getattr(one, "private_note", "")]

    assert len(private) >= 6
    assert len(set(private)) == len(private)


def test_therapy_and_medication_are_listed_and_never_rated(sample):
    listed = {one.id for one in sample if one.plural == "tools" and one.kind in LISTED_ONLY}

    assert len(listed) >= 2
    assert [one for one in sample if one.plural == "tool_uses" and one.tool in listed] == []


def test_no_telephone_number_could_be_real(sample):
    digits = [re.sub(r"\D", "", text) for record in sample for text in texts(record)]

    assert [number for number in digits if len(number) > 5 and set(number) - set("01")] == []
    assert all("invented" in one.number or "enter" in one.number for one in sample if one.plural == "support_lines")


def test_the_stories_keep_to_the_words_of_the_kit(sample):
    avoided = re.compile(rf"\b(?:{AVOIDED})\b", re.IGNORECASE)
    prose = re.sub(r"`[^`]*`", "", (SAMPLE / "README.md").read_text("utf-8"))
    told = [(record.id, text) for record in sample for text in texts(record)]

    assert [one for one in told if avoided.search(one[1])] == []
    assert avoided.findall(prose) == []


def test_the_stories_name_no_month_and_no_season_because_the_sample_moves(sample):
    seasons = re.compile(
        r"\b(?:january|february|april|june|july|august|september|october|november|december"
        r"|winter|summer|autumn|springtime|snow|christmas|easter)\b",
        re.IGNORECASE,
    )

    assert [text for record in sample for text in texts(record) if seasons.search(text)] == []


def test_no_two_entries_tell_the_same(sample):
    long = Counter(text for record in sample for text in texts(record) if len(text) > 40)

    assert len(long) >= 120
    assert [text for text, times in long.items() if times > 1] == []
