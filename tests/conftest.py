"""What all tests share: Heron's story, in a book that nothing else sees; a practice of one's own, with its key."""

import gc
import os
import signal
from datetime import date, timedelta
from unittest import mock

import owned
import pytest
from hypothesis import settings

import kit
from kit import forms, places
from kit.vault import agent, backups, keys, system_keyring

# Where the tests are started in the background, Ctrl-C is ignored, also by every process they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The collector walks over all that is there, and four thousand tests are much: a fifth of their time was its own.
gc.set_threshold(10_000)

# No test depends on how fast a machine is, and nothing is kept beside the project.
settings.register_profile("kit", deadline=None, max_examples=80, database=None)
settings.load_profile("kit")


@pytest.fixture(scope="session", autouse=True)
def nobodys_surroundings():
    """Nothing that a person's own kit or Jupyter has set reaches a test, or what outlives one."""
    with mock.patch.dict(os.environ):
        for name in ("KIT_BOOK", "JPY_PARENT_PID"):
            os.environ.pop(name, None)
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_guesses():
    """What a guess at a passphrase costs is no matter here, but to the test that asks for it."""
    with mock.patch.dict(keys.ARGON2_COSTS, memory=8, passes=1, lanes=1):
        yield


@pytest.fixture(autouse=True)
def surroundings(nobodys_surroundings):
    """What a test, or a command that it calls, sets in its surroundings ends with it."""
    with mock.patch.dict(os.environ):
        yield


@pytest.fixture(autouse=True)
def kit_home(surroundings, tmp_path_factory, monkeypatch):
    """A folder for everything that the kit keeps, for this test alone."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KIT_HOME", str(home))
    monkeypatch.setattr(agent, "TIMEOUT", 30.0)  # seconds; a machine that is busy has not lost its key agent
    monkeypatch.setattr(
        backups, "schedule", lambda place, key: None
    )  # nothing is made beside a test that looks elsewhere
    forms.suggestions.cache_clear()
    yield home
    forms.suggestions.cache_clear()


@pytest.fixture
def book():
    """An empty book in memory."""
    book = kit.open_book(":memory:")
    yield book
    book.close()


@pytest.fixture
def story(book):
    """The book with Heron in it, and what was noted with them in five weeks."""
    book.add(kit.Client(name="Heron", private_note="ask gently about the old house"))
    ada = kit.Supporter(client="Heron", name="Ada", relation="sister", may_see=("wins", "milestones", "setbacks"))
    shared = {"client": "Heron", "share_with": (ada.id,)}
    book._store.save(
        *[
            ada,
            kit.Agreement(client="Heron", to="notes", on=ago(35)),
            kit.Tool(client="Heron", title="a quiet walk", kind="movement"),
            kit.Milestone(**shared, title="Rang my sister", on=ago(35), area="connection", effort=7),
            kit.Milestone(client="Heron", title="Slept through four nights", on=ago(9), noticed_by="coach"),
            kit.Milestone(client="Heron", title="See the sea again", on=None),
            kit.Setback(
                **shared,
                title="Three days in bed",
                began_on=ago(30),
                back_on_feet_on=ago(21),
                what_held="fed the cat",
                triggers=("short nights", "the weather"),
                outside_control=("the weather",),
                intensity=6,
                private_note="looked very tired, and laughed once",
            ),
            kit.Win(**shared, title="Bread in the oven", on=ago(2)),
            kit.Spark(client="Heron", title="A blackbird at five", on=ago(3)),
            kit.CheckIn(client="Heron", on=ago(14), energy=3, soft="tea with a neighbour", heavy="the letters"),
            kit.CheckIn(client="Heron", on=ago(0), energy=5, living_well=6),
        ]
    )
    return book


def ago(days):
    return date.today() - timedelta(days=days)


@pytest.fixture
def only(story):
    """The one record of a kind that Heron has."""

    def found(kind):
        (one,) = story.records(kind, "Heron")
        return one

    return found


@pytest.fixture
def place(kit_home):
    """The coach's own practice, closed."""
    return owned.begun(places.practice())


@pytest.fixture
def key(place):
    return keys.read_key_file(place, owned.WORDS)


@pytest.fixture
def no_keyring(monkeypatch):
    """This computer remembers no key."""
    monkeypatch.setattr(system_keyring, "recall", lambda book: None)
    monkeypatch.setattr(system_keyring, "is_available", lambda: False)
