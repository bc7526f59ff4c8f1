"""Where things lie: everything that the kit keeps is in one folder."""

import os
from pathlib import Path

import platformdirs

from kit.words import Trouble, _

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SAMPLE_DATA = ROOT / "sample_data"


def home() -> Path:
    """The folder of this person's books: what KIT_HOME names, else the platform's data folder.

    It is made at first use, readable for its owner alone (on Windows the profile's own rights hold).
    """
    named = os.environ.get("KIT_HOME")
    folder = Path(named).expanduser() if named else platformdirs.user_data_path("reflection-kit", False)
    return _made(folder)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sentence = _("{folder} cannot be made. Please choose a folder of your own with KIT_HOME.")
        raise Trouble(sentence.format(folder=folder)) from error
    return folder


def sample() -> Path:
    """This person's own copy of the sample practice."""
    return home() / "sample.book"


def practice() -> Path:
    """The coach's own practice."""
    return home() / "practice.book"


def reports() -> Path:
    """The folder of the pages made for reading at home."""
    return _made(home() / "reports")


def note_trouble(told: str) -> None:
    """Keeps the last thing that went wrong inside the kit, for whoever mends it; never what a person typed."""
    (home() / "trouble.log").write_text(told, encoding="utf-8")
