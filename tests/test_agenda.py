"""The phases of a workshop: the kit's own, and a facilitator's file in which something is amiss."""

import pytest

from kit import places
from kit.records import BY_PLURAL
from kit.rooms import agenda
from kit.words import KitError

GOOD = """\
title = "Ours"

[[phase]]
name = "arriving"
title = "Arriving"
minutes = 10

[[phase.ask]]
name = "agreements"
kind = "agree"
prompt = "What we agree on"
points = ["Passing is fine."]

[[phase]]
name = "closing"
title = "Closing"
minutes = 5

[[phase.ask]]
name = "word"
kind = "word"
prompt = "One word"
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "ours.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_kits_own_workshop_takes_ninety_minutes():
    own = agenda.load()

    assert sum(phase.minutes for phase in own.phases) == 90
    assert [own.start_minute(at) for at in range(len(own.phases))] == [0, 10, 20, 40, 55, 75, 85]


def test_the_kits_own_workshop_asks_for_no_setback():
    assert [ask.name for _at, ask in agenda.load().questions() if "setback" in (ask.prompt + ask.name).lower()] == []


def test_wording_comes_from_the_records_own_declaration():
    own = agenda.load()

    assert own.find("energy")[1].prompt == BY_PLURAL["check_ins"].model_fields["energy"].title
    assert own.find("energy")[1].ends == ("running on empty", "plenty")
    assert own.find("small_win")[1].prompt == BY_PLURAL["wins"].model_fields["title"].title


def test_a_file_in_the_kits_folder_takes_the_place_of_the_kits_own():
    (places.home() / "workshop.toml").write_text(GOOD, encoding="utf-8")

    assert agenda.load().title == "Ours"


def test_the_kits_file_can_be_copied_as_it_is(written):
    assert agenda.load(written(agenda.BUILT_IN.read_text(encoding="utf-8"))) == agenda.load()


@pytest.mark.parametrize(
    ("there", "instead", "line", "says"),
    [
        ("minutes = 5", 'minutes = "five"', 17, "whole number"),
        ("minutes = 5", "minutes = 0", 17, "1 to 240"),
        ("minutes = 5", "minutes = true", 17, "whole number"),
        ('kind = "word"', 'kind = "poem"', 21, "please choose one of"),
        ('kind = "word"', 'sort = "word"', 21, "there is no sort"),
        ('kind = "word"\n', "", 19, "kind is needed"),
        ('prompt = "One word"', 'prompt = ""', 22, "please write the question"),
        ('prompt = "One word"', 'of = "check_ins.mood"', 22, "no field check_ins.mood"),
        ('name = "word"', 'name = "arriving"', 20, "there twice"),
        ('name = "word"', 'name = "A word"', 20, "small letters"),
        ('kind = "agree"', 'kind = "read"', 3, "nobody joins without it"),
        ('points = ["Passing is fine."]', "points = [3]", 12, "in quotes"),
        ('points = ["Passing is fine."]', "", 8, "what you agree on"),
        ('title = "Ours"', 'title = "Ours"\ncolour = "red"', 2, "there is no colour"),
    ],
)
def test_what_is_amiss_is_told_with_its_line(written, there, instead, line, says):
    path = written(GOOD.replace(there, instead, 1))

    with pytest.raises(KitError) as trouble:
        agenda.load(path)
    assert f"ours.toml, line {line}: " in str(trouble.value)
    assert says in str(trouble.value)


def test_a_file_that_is_no_toml_is_told_with_its_line(written):
    with pytest.raises(KitError, match="line 6"):
        agenda.load(written(GOOD.replace("minutes = 10", "minutes 10")))


@pytest.mark.parametrize("text", ["", 'title = "Ours"', "title = 3", "phase = 3", 'title = "x"\nphase = ["a"]'])
def test_whatever_stands_in_the_file_the_answer_is_one_sentence(written, text):
    with pytest.raises(KitError):
        agenda.load(written(text))
