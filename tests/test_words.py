"""Every string that a person can see goes through one place, and is kind."""

import ast
import json
import re

import pytest

import kit
from kit import places
from kit.words import KitError, listed

AVOID = re.compile(
    r"\b(fail(s|ed|ure|ures|ing)?|missed|broke|streaks?|behind|overdue|should|poor|bad days?|deteriorat\w+|worse|"
    r"relapses?|addicts?|junkie|suffers?|suffering|afflicted|victims?|committed suicide|refused|non-compliant|"
    r"panic|scores?|symptom load|recovery time|bounce-?back|improvement|mentally ill|leaderboard)\b",
    re.IGNORECASE,
)
KIT = sorted((places.ROOT / "kit").rglob("*.py"))
PAGES = sorted([*(places.ROOT / "kit").rglob("*.js"), *(places.ROOT / "kit" / "templates").rglob("*.html")])


def spoken(path):
    """The strings of a module that go through `_()` or `one_or_many()`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "one_or_many"):
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value


SAYS = {"text", "heading", "button", "KitError", "NoSuchClient", "BadParameter", "echo"}
SAID_UNDER = {"text", "label", "empty", "title", "said", "help"}


def bare(path):
    """Sentences that are put before somebody without going through `_()`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield from node.args if name in SAYS else []
            yield from (one.value for one in node.keywords if one.arg in SAID_UNDER and name != "Field")
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (value for key, value in pairs if getattr(key, "value", None) in SAID_UNDER)


def prose_of(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def unkind(text):
    return [found.group(0) for found in AVOID.finditer(text)]


def test_the_list_of_words_to_avoid_finds_them():
    assert unkind("You failed, and your score is behind.") == ["failed", "score", "behind"]


@pytest.mark.parametrize("path", KIT, ids=lambda path: path.stem)
def test_what_the_kit_says_is_kind(path):
    assert {text: unkind(text) for text in spoken(path) if unkind(text)} == {}


@pytest.mark.parametrize("path", KIT, ids=lambda path: path.stem)
def test_no_sentence_goes_past_the_one_place(path):
    said = [one.value for one in bare(path) if isinstance(one, ast.Constant) and isinstance(one.value, str)]

    assert [text for text in said if re.match(r"[A-Z]\w* |[A-Z]\w+[.!?]", text)] == []


def test_the_kit_speaks_at_all():
    assert sum(len(list(spoken(path))) for path in KIT) > 300


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_says_is_kind(path):
    quoted = re.findall(r"\"([^\"\n]*)\"|`([^`]*)`|>([^<>{}]+)<", path.read_text(encoding="utf-8"))

    assert [text for several in quoted for text in several if unkind(text)] == []


def test_what_the_first_start_says_is_kind():
    told = [node.value for node in ast.walk(ast.parse((places.ROOT / "start.py").read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip

    assert len(told) > 30
    assert [text for text in told if unkind(text)] == []


@pytest.mark.parametrize("notebook", sorted(places.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_what_a_notebook_says_is_kind(notebook):
    assert unkind(prose_of(notebook)) == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_what_the_project_says_of_itself_is_kind(name):
    assert unkind((places.ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", ["suggestions.toml", "rooms/workshop.toml"])
def test_suggestions_are_kind(name):
    assert unkind((places.ROOT / "kit" / name).read_text(encoding="utf-8")) == []


PAGES_OF_ROOMS = sorted((places.ROOT / "kit" / "templates" / "rooms").glob("*.html"))


@pytest.mark.parametrize("path", PAGES_OF_ROOMS, ids=lambda path: path.name)
def test_what_a_room_says_is_kind_and_goes_through_one_place(path):
    text = path.read_text(encoding="utf-8")
    said = re.findall(r'_\("((?:[^"\\]|\\.)*)"', text)
    bare = [found.strip() for found in re.findall(r">([^<>]+)<", re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.DOTALL))]

    assert [sentence for sentence in said if unkind(sentence)] == []
    assert [words for words in bare if re.search(r"[A-Za-z]{3,}", words)] == []


def test_several_things_are_listed_as_people_do():
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_script_that_says_kit_trouble_still_catches_what_cannot_be_done_and_hears_the_new_name():
    with pytest.warns(DeprecationWarning, match=r"kit\.KitError"):
        assert kit.Trouble is KitError
