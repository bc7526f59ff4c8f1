"""A process that stands still for a while is silent, not gone: afterwards everything goes on as it was."""

import os

import lab
import pytest
import silences

from kit.vault import agent

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals that hold a process up")
SECONDS = 3.0  # `kit bench silence` waits for a minute


@pytest.fixture(scope="module")
def evening(chromium, tmp_path_factory):
    contexts = []

    def new_page():
        contexts.append(chromium.new_context(reduced_motion="reduce"))
        return contexts[-1].new_page()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_HOME", str(tmp_path_factory.mktemp("evening")))
        patch.setattr(agent, "TIMEOUT", 30.0)
        with silences.opened(new_page) as evening:
            yield evening
        for one in contexts:
            one.close()


@pytest.mark.parametrize("what", silences.WHAT)
def test_nothing_is_closed_cleared_or_lost_when_it_stands_still_for_a_while(what, evening, monkeypatch):
    monkeypatch.setenv("KIT_HOME", str(evening.server.home))

    assert evening.trial(what, SECONDS) == []


def test_a_notebook_that_is_cut_off_is_said_to_be_silent_and_not_to_have_stopped(evening, page):
    lines, is_cut = [], []

    def line(page_side):
        if is_cut:
            page_side.close()
        else:
            page_side.connect_to_server()
            lines.append(page_side)

    page.route_web_socket("**/channels*", line)
    page.goto(evening.server.address)
    lab.wait_for_quiet(page)
    is_cut.append(True)
    for one in lines:
        one.close()

    lab.wait_for_word(page, "isn't answering just now")
    is_cut.clear()
    lab.wait_for_quiet(page)
