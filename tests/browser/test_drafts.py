"""What is being typed comes back: after a reload, a restart, a kernel or a whole kit that ended at once."""

import random
import time

import lab
import pytest
import sitting
from playwright.sync_api import expect

import kit
from kit import widgets

HALF = "half a sentence, not yet sav"
WORDS = "the quick brown fox jumps over the lazy dog and rests a while "


@pytest.fixture
def heron(server, room):
    """Heron is here, with empty forms."""
    sitting.clear_table(room)
    with_book(server, lambda book: [book._store.delete_draft("Heron", word) for word in widgets.WORDS])
    sitting.choose(room, "Heron")
    return room


def with_book(server, ask):
    book = kit.open_book(server.home / "sample.book")
    try:
        return ask(book)
    finally:
        book.close()


def soft(page):
    return sitting.entry(page, "check_in", "check_in.soft")


def type_half_a_sentence(page):
    soft(page).click()
    page.keyboard.type(HALF)
    sitting.drafted(page, "check_in")
    sitting.field(page, "check_in", "check_in.energy").get_by_role("radio", name="4", exact=True).click()


def kept(server):
    """What the store holds of Heron's check-in that is being typed."""
    return with_book(server, lambda book: book._store.draft("Heron", "check_in")).get("check_in", {})


def expect_half_a_sentence(page):
    expect(soft(page)).to_have_value(HALF, timeout=30_000)
    energy = sitting.field(page, "check_in", "check_in.energy").get_by_role("radio", name="4", exact=True)
    expect(energy).to_have_attribute("aria-checked", "true")


def test_after_save_and_reload_the_forms_are_there_with_their_drafts(heron):
    type_half_a_sentence(heron)
    lab.save(heron)

    heron.reload()
    expect_half_a_sentence(heron)
    expect(sitting.panel(heron, "choose_client")).to_contain_text("Here today: Heron")


def test_a_reload_takes_nothing_away_not_even_what_is_not_yet_added_to_the_chips(heron):
    own = sitting.field(heron, "explore_setback", "setback.triggers").locator(".kit-add input")
    own.click()
    heron.keyboard.type("a long drive in the r")

    heron.reload()
    expect(own).to_have_value("a long drive in the r", timeout=30_000)


def test_after_a_kernel_restart_the_drafts_are_there(heron):
    type_half_a_sentence(heron)

    with sitting.panels_anew(heron):
        heron.get_by_role("menuitem", name="Kernel", exact=True).click()
        heron.get_by_text("Restart Kernel…", exact=True).click()
        heron.locator(".jp-Dialog button.jp-mod-warn, .jp-Dialog button.jp-mod-accept").last.click()
    expect_half_a_sentence(heron)


def test_the_drafts_belong_to_their_client(heron):
    type_half_a_sentence(heron)

    sitting.next_person(heron)
    sitting.choose(heron, "Maple")
    assert soft(heron).input_value() == ""
    sitting.next_person(heron)
    sitting.choose(heron, "Heron")
    expect_half_a_sentence(heron)


def test_three_times_of_three_a_kernel_that_ends_at_once_takes_at_most_one_second_of_typing(heron, server):
    for _time in range(3):
        with sitting.panels_anew(heron):
            typed_before = type_until_the_kernel_ends(heron, server)

        there = kept(server)["soft"]
        assert there.startswith(typed_before)
        expect(soft(heron)).to_have_value(there)
        soft(heron).fill("")
        sitting.drafted(heron, "check_in")


def type_until_the_kernel_ends(page, server):
    """Types at a steady pace until the kernel is ended at a random moment; gives what stood there a second before."""
    process = server.kernel_process(sitting.NOTEBOOK)
    soft(page).click()
    history, moment = [(time.monotonic(), "")], time.monotonic() + random.uniform(1.5, 3.5)
    while time.monotonic() < moment:
        letter = WORDS[(len(history) - 1) % len(WORDS)]
        page.keyboard.type(letter)
        history.append((time.monotonic(), history[-1][1] + letter))
        page.wait_for_timeout(40)
    ended = time.monotonic()
    process.kill()
    assert len(history) > 5
    return [text for when, text in history if when <= ended - 1][-1]


def test_a_kit_that_ended_at_once_and_starts_again_goes_on_with_its_drafts(page, serve, tmp_path):
    port = lab.free_port()
    first = serve(sitting.begin, tmp_path, port)
    sitting.come_in(page, first)
    sitting.choose(page, "Heron")
    type_half_a_sentence(page)
    lab.until(lambda: (kept(first).get("soft"), kept(first).get("energy")) == (HALF, 4))

    first.process.kill()
    first.process.wait()
    second = serve(sitting.begin, tmp_path, port)
    sitting.come_in(page, second)
    assert HALF not in page.content()
    sitting.press(page, "choose_client", "Go on with it")
    expect_half_a_sentence(page)
