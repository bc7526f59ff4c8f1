"""A person's own copies of the notebooks: what they changed stays, and all else follows the kit."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import typer

from kit import places
from kit.cli import diagnostics, opening
from kit.jupyter import extension, launch, notebook_copies
from kit.words import KitError

NAME = "1_session.ipynb"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """The notebooks of a kit, of which there is one."""
    monkeypatch.setattr(places, "NOTEBOOKS", tmp_path)
    ship(1)
    return tmp_path


def ship(version: int) -> None:
    """What a kit of this version brings."""
    (places.NOTEBOOKS / NAME).write_text(told(notebook(f"# Version {version}")), encoding="utf-8")


def notebook(title: str) -> dict:
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {"editable": False}, "source": [title, "\n", "of it"]},
        {"cell_type": "code", "id": "word", "metadata": {}, "source": ["book.check_in()"], "outputs": [],
         "execution_count": None},
    ]  # fmt: skip
    metadata = {"kernelspec": dict(extension.KERNELSPEC), "kit": {"notebook": "1_session"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def told(content: dict) -> str:
    return json.dumps(content, indent=1) + "\n"


def mine(name: str = NAME) -> dict:
    return json.loads((places.notebooks() / name).read_text(encoding="utf-8"))


def title(name: str = NAME) -> str:
    return "".join(mine(name)["cells"][0]["source"]).splitlines()[0]


def change(name: str = NAME, words: str = "A line of the coach's own.") -> None:
    content = mine(name)
    content["cells"][0]["source"].append(words)
    (places.notebooks() / name).write_text(told(content), encoding="utf-8")


def there() -> list[str]:
    return sorted(path.name for path in places.notebooks().iterdir())


def test_every_notebook_of_the_kit_is_laid_down_as_it_was_shipped():
    assert notebook_copies.update_copies() == []

    names = [path.name for path in places.NOTEBOOKS.glob("*.ipynb")]
    assert NAME in names
    assert there() == sorted(names)
    assert all((places.notebooks() / one).read_bytes() == (places.NOTEBOOKS / one).read_bytes() for one in names)


def test_books_keys_and_backups_lie_outside_of_the_folder_that_the_server_shows():
    root = places.notebooks()

    kept = (places.practice(), places.sample(), places.backups(), places.reports(), launch.jupyter_folder())
    assert not [path for path in kept if path.is_relative_to(root)]


def test_what_nobody_changed_is_replaced_by_the_next_version(shipped):
    notebook_copies.update_copies()
    ship(2)

    assert notebook_copies.update_copies() == []
    assert title() == "# Version 2"
    assert there() == [NAME]


def test_a_notebook_that_was_only_run_and_saved_in_another_way_counts_as_unchanged(shipped):
    notebook_copies.update_copies()
    used = mine()
    used["metadata"]["language_info"] = {"name": "python"}
    used["cells"][1] |= {"outputs": [{"output_type": "stream"}], "execution_count": 7, "source": "book.check_in()"}
    used["cells"][1]["metadata"] = {"scrolled": True}
    (places.notebooks() / NAME).write_text(json.dumps(used), encoding="utf-8")
    ship(2)

    assert notebook_copies.update_copies() == []
    assert title() == "# Version 2"


def test_what_a_person_changed_stays_and_the_new_one_lies_beside_it_and_a_sentence_says_so(shipped):
    notebook_copies.update_copies()
    change()
    changed = mine()
    ship(2)

    (said,) = notebook_copies.update_copies()
    assert mine() == changed
    assert title("1_session (new).ipynb") == "# Version 2"
    assert said.startswith("You've changed 1_session, so yours stays")
    assert "1_session (new)" in said and str(places.notebooks()) in said


def test_it_is_said_once_on_opening_and_for_as_long_as_it_holds_by_the_check(shipped, monkeypatch, capsys):
    monkeypatch.setattr(launch, "open_notebook", lambda *_words, **_more: 0)
    notebook_copies.update_copies()
    change()
    ship(2)

    heard = []
    for _time in range(2):
        with pytest.raises(typer.Exit):
            opening.open_()
        heard.append("You've changed 1_session" in capsys.readouterr().err)
        assert [one.fine for one in diagnostics.run_checks() if "You've changed 1_session" in one.words] == [True]
    assert heard == [True, False]


def test_a_new_one_that_was_put_away_does_not_come_back_before_the_next_version(shipped):
    notebook_copies.update_copies()
    change()
    ship(2)
    notebook_copies.update_copies()
    (places.notebooks() / "1_session (new).ipynb").unlink()

    assert notebook_copies.update_copies() == notebook_copies.pending_updates() == []
    assert there() == [NAME]
    ship(3)
    assert len(notebook_copies.update_copies()) == 1
    assert title("1_session (new).ipynb") == "# Version 3"


def test_a_new_one_that_nobody_changed_makes_way_for_a_newer_one_and_a_changed_one_stays(shipped):
    notebook_copies.update_copies()
    change()
    for version in (2, 3):
        ship(version)
        notebook_copies.update_copies()
    assert title("1_session (new).ipynb") == "# Version 3"
    change("1_session (new).ipynb")
    ship(4)

    (said,) = notebook_copies.update_copies()
    assert "1_session (new 2)" in said
    assert title("1_session (new).ipynb") == "# Version 3"
    assert title("1_session (new 2).ipynb") == "# Version 4"


@pytest.mark.parametrize("way", ["deletes their own", "renames their own", "puts it in the place of their own"])
def test_whoever_goes_on_with_the_new_one_has_it_in_its_own_place_and_nothing_beside_it(shipped, way):
    notebook_copies.update_copies()
    change()
    ship(2)
    notebook_copies.update_copies()
    own, new = places.notebooks() / NAME, places.notebooks() / "1_session (new).ipynb"
    if way == "deletes their own":
        own.unlink()
    elif way == "renames their own":
        own.rename(own.with_name("mine.ipynb"))
    else:
        new.replace(own)

    assert notebook_copies.update_copies() == notebook_copies.pending_updates() == []
    assert title() == "# Version 2"
    assert there() == [NAME, *(["mine.ipynb"] if way == "renames their own" else [])]


def test_going_back_to_the_former_version_brings_its_notebooks_back_and_leaves_what_was_changed(shipped):
    (places.NOTEBOOKS / "2_progress.ipynb").write_text(told(notebook("# Progress 1")), encoding="utf-8")
    notebook_copies.update_copies()
    ship(2)
    (places.NOTEBOOKS / "2_progress.ipynb").write_text(told(notebook("# Progress 2")), encoding="utf-8")
    notebook_copies.update_copies()
    change()
    changed = mine()

    ship(1)
    (places.NOTEBOOKS / "2_progress.ipynb").write_text(told(notebook("# Progress 1")), encoding="utf-8")
    assert notebook_copies.update_copies() == []
    assert mine() == changed
    assert title("2_progress.ipynb") == "# Progress 1"
    assert there() == [NAME, "2_progress.ipynb"]


@pytest.mark.parametrize("damage", ["", "half a fi", "[]", '{"1_session": 7}', "{}"])
def test_when_the_record_is_lost_nothing_of_a_persons_is(shipped, damage):
    notebook_copies.update_copies()
    change()
    changed = mine()
    notebook_copies._digests_file().write_text(damage, encoding="utf-8")
    ship(2)

    assert len(notebook_copies.update_copies()) == 1
    assert mine() == changed


@pytest.mark.parametrize(
    "words", ["", "no notebook", "[]", '{"cells": [1], "metadata": {}}', '{"metadata": {"kit": {}}}']
)
def test_what_stands_in_its_place_and_is_no_notebook_stays(shipped, words):
    (places.notebooks() / NAME).write_text(words, encoding="utf-8")

    assert len(notebook_copies.update_copies()) == 1
    assert (places.notebooks() / NAME).read_text(encoding="utf-8") == words
    assert title("1_session (new).ipynb") == "# Version 1"


def test_a_folder_in_its_place_stays(shipped):
    (places.notebooks() / NAME / "deeper").mkdir(parents=True)

    assert len(notebook_copies.update_copies()) == 1
    assert (places.notebooks() / NAME / "deeper").is_dir()


def test_a_persons_own_notebook_from_the_kits_folder_comes_along_with_all_that_it_shows(shipped):
    own = notebook("# Mine")
    del own["metadata"]["kit"]
    own["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "shown"}]
    (places.NOTEBOOKS / "own.ipynb").write_text(told(own), encoding="utf-8")
    notebook_copies.update_copies()
    assert mine("own.ipynb") == own

    again = json.loads(told(own))
    again["cells"][1]["outputs"][0]["text"] = "shown later"
    (places.notebooks() / "own.ipynb").write_text(told(again), encoding="utf-8")
    (places.NOTEBOOKS / "own.ipynb").write_text(told(notebook("# Mine, made anew")), encoding="utf-8")
    assert len(notebook_copies.update_copies()) == 1
    assert mine("own.ipynb") == again


def test_several_that_open_the_kit_at_once_lay_down_the_same(shipped):
    for version in (1, 2):
        ship(version)
        with ThreadPoolExecutor(8) as several:
            assert list(several.map(lambda _one: notebook_copies.update_copies(), range(24))) == [[]] * 24
        assert there() == [NAME]
        assert title() == f"# Version {version}"


def test_when_nothing_changed_nothing_is_written(shipped):
    notebook_copies.update_copies()
    before = {
        path: path.stat().st_mtime_ns for path in (*places.notebooks().iterdir(), notebook_copies._digests_file())
    }

    notebook_copies.update_copies()
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_notebook_that_cannot_be_written_is_said_in_one_sentence_and_the_next_start_goes_on(shipped, monkeypatch):
    def full(*_given):
        raise KitError("The key file is not written.")

    with monkeypatch.context() as disk:
        disk.setattr(notebook_copies.files, "write_atomically", full)
        with pytest.raises(KitError, match=r"1_session\.ipynb could not be written.*open the kit again"):
            notebook_copies.update_copies()
    assert notebook_copies.update_copies() == []
    assert title() == "# Version 1"
