"""A page for each client in one go: how far it is, whose page could not be made, and nobody's name without need."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import pytest

from kit import places
from kit.records import Agreement, Client, Win
from kit.reports import batch
from kit.store import Store
from kit.widgets import WORDS, SessionState, page_for_each


@pytest.fixture
def state():
    store = Store(None)
    store.save(Client(name="Heron"), Client(name="Maple"), Client(name="Fern", put_away_on=date(2026, 1, 1)))
    store.save(*(Win(client=name, title="bread", on=date(2026, 3, 2)) for name in ("Heron", "Maple")))
    state = SessionState(store, None)
    state.for_coach = True
    return state


@pytest.fixture
def panel(state, monkeypatch):
    """As a script has it; a browser that was driven earlier leaves a loop behind."""

    def no_loop():
        raise RuntimeError

    monkeypatch.setattr(page_for_each, "asyncio", SimpleNamespace(get_running_loop=no_loop))
    return WORDS["page_for_each"](state)


def words(panel) -> str:
    return " ".join(str(block.get("text", "")) for block in panel.view["blocks"])


def test_a_page_lies_there_for_each_who_is_not_put_away(panel):
    panel.act("make", False)

    assert sorted(one.name.split("-")[0] for one in places.reports().iterdir()) == ["Heron", "Maple"]
    assert "2 of 2 pages are made." in words(panel) and str(places.reports()) in words(panel)


def test_while_pages_are_made_it_says_how_far_it_is(panel):
    seen = []
    panel.observe(lambda change: seen.extend(b for b in change["new"]["blocks"] if b["is"] == "progress"), "view")
    panel.act("make", False)

    assert [(one["at"], one["of"]) for one in seen] == [(0, 2), (1, 2), (2, 2)]


def test_whose_page_could_not_be_made_is_named_and_the_others_have_theirs(state, panel):
    state.store.save(Agreement(client="Heron", to="my report", on=date(2026, 1, 1), withdrawn_on=date(2026, 2, 1)))
    panel.act("make", False)

    assert "1 of 2 pages are made." in words(panel)
    assert "Heron: Heron has taken back the agreement to a report" in words(panel)


def test_stopping_leaves_the_pages_that_are_made_and_makes_no_more(panel, monkeypatch):
    many_ = batch.build_all

    def one_by_one(*given, **more):
        for done in many_(*given, **more):
            panel.act("stop")
            yield done

    monkeypatch.setattr(batch, "build_all", one_by_one)
    panel.act("make", False)

    assert len(list(places.reports().iterdir())) == 1
    assert "1 of 2 pages are made." in words(panel)


def test_once_somebody_is_looked_at_nothing_of_the_others_is_in_view(state, panel):
    state.store.save(Agreement(client="Heron", to="my report", on=date(2026, 1, 1), withdrawn_on=date(2026, 2, 1)))
    panel.act("make", False)
    state.look_up("Maple")

    assert panel.view["blocks"] == []
    state.look_up(None)
    assert "Heron" not in words(panel)


def test_with_nobody_in_the_book_it_says_so():
    state = SessionState(Store(None), None)
    state.for_coach = True
    panel = WORDS["page_for_each"](state)
    panel.act("make", False)

    assert panel.status["said"] == "Nobody is in this book yet."


def test_on_a_page_for_two_it_makes_nothing(state):
    state.for_coach = False
    panel = WORDS["page_for_each"](state)

    assert [block["is"] for block in panel.view["blocks"]] == ["text"]


def test_in_a_notebook_the_pages_are_made_beside_its_own_work(state):
    made_in = []

    async def session() -> None:
        panel = WORDS["page_for_each"](state)
        panel.observe(lambda _change: made_in.append(threading.current_thread()), "view")
        panel.act("make", False)
        assert panel._is_making
        while panel._is_making:
            await asyncio.sleep(0.01)

    with ThreadPoolExecutor(1) as notebook:
        notebook.submit(asyncio.run, session()).result()
    assert len(set(made_in)) == 1 < len(made_in)
    assert len(list(places.reports().iterdir())) == 2
