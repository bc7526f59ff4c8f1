"""Odd texts in a real browser: what is typed comes back to the letter, and none turns round what stands beside it."""

import re

import pytest
import sitting
from playwright.sync_api import expect

import kit
from kit import reports
from kit.reports import ReportRequest

# Each letter and digit of the kit's own words must stand to the right of the one before it on the same line of the same
# block; what people wrote is passed over.
TURNED_ROUND = """([odds, within]) => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const own = (node) => { let at = node.parentElement; while (getComputedStyle(at).display.startsWith("inline")
    && !getComputedStyle(at).display.includes("-")) at = at.parentElement; return at; };
  const wrong = [], before = new Map();
  let seen = 0;
  for (const root of document.querySelectorAll(within)) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (node.parentElement.closest("script, style, svg, .kit-plot")) continue;
      const block = own(node), theirs = new Set();
      odds.forEach((odd) => {
        for (let at = node.data.indexOf(odd); at >= 0; at = node.data.indexOf(odd, at + odd.length)) {
          for (let place = at; place < at + odd.length; place += 1) theirs.add(place);
        }
      });
      for (let place = 0; place < node.data.length; place += 1) {
        if (theirs.has(place) || !/[A-Za-z0-9]/.test(node.data[place])) continue;
        const range = document.createRange();
        range.setStart(node, place);
        range.setEnd(node, place + 1);
        const box = range.getBoundingClientRect(), last = before.get(block);
        if (!box.width) continue;
        seen += 1;
        before.set(block, box);
        if (last && Math.abs(box.top - last.top) < 2 && box.left < last.left) { wrong.push(node.data); break; }
      }
    }
  }
  return [seen, wrong];
}"""
ODD = {
    "override": "abc \u202edef",
    "ends of isolates": "\u2069\u2069\u202eabc",
    "an isolate left open": "\u2067abc\u2067 \u202ed",
    "hebrew": "שלום 12",
    "two lines": "abc\n\u202edef",
    "two paragraphs": "abc\u2029\u202edef",
}
odd = pytest.mark.parametrize("odd", ODD.values(), ids=ODD)


def a_page(page, words: str) -> None:
    from test_odd_strings import a_story

    page.set_content(
        reports.build_from_rows(a_story(lambda *_place: words), words, ReportRequest("just_me")).without_bundle()
    )


@odd
def test_no_text_of_people_turns_round_what_stands_beside_it_on_a_page(page, odd):
    a_page(page, odd)

    seen, wrong = page.evaluate(TURNED_ROUND, [re.split("[\n\u2029]", odd), "body"])
    assert seen > 1000
    assert wrong == []


def test_words_that_are_turned_round_would_be_seen(page):
    page.set_content(f"<p>For {ODD['override']}, who stands by <span>Heron</span></p>")

    assert page.evaluate(TURNED_ROUND, [[ODD["override"]], "body"])[1] != []


@pytest.fixture(scope="module")
def seated(server, room):
    sitting.choose(room, "Heron")
    return room


TYPED = {
    "override": ODD["override"],
    "ends of isolates": ODD["ends of isolates"],
    "emoji": "👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦",
    "confusables": "Неrоn, Ηeron, Ⓗeron",  # noqa: RUF001
    "markup": "<b>x</b>&amp;</script><img src=x onerror=alert(1)>{{7*7}}$\\alpha$",
    "marks upon marks": "Z" + "\u0301\u0316" * 30,
    "blanks": "\u00a0 \u200b\ufeff\u2028 x \u3000",
}


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_what_is_typed_is_kept_to_the_letter_and_turns_nothing_round(server, seated, text):
    for word, name in (("add_milestone", "milestone.title"), ("explore_setback", "setback.title")):
        sitting.write(seated, word, name, text)
        sitting.keep(seated, word)

    book = kit.open_book(server.home / "sample.book")
    kept = [
        max(book.records(kind, "Heron"), key=lambda one: one.created_at).title for kind in (kit.Milestone, kit.Setback)
    ]
    book.close()
    assert kept == [text, text]
    within = ".kit-panel[data-word=entries] li, .kit-panel[data-word=choose_client]"
    seen, wrong = seated.evaluate(TURNED_ROUND, [list(TYPED.values()), within])
    assert seen > 100
    assert wrong == []


def test_half_of_a_sign_is_refused_with_the_reason_and_hurts_nothing_else(seated):
    box = sitting.entry(seated, "small_win", "win.title")
    box.evaluate("(box) => { box.value = 'half \\ud83d sign'; box.dispatchEvent(new Event('input')); }")
    sitting.drafted(seated, "small_win")
    sitting.press(seated, "small_win", "Save")
    sitting.wait_said(seated, "small_win", "Nothing is lost")
    expect(sitting.field(seated, "small_win", "win.title")).to_contain_text("half of a sign is lacking")

    sitting.write(seated, "add_milestone", "milestone.title", "Bread")
    sitting.keep(seated, "add_milestone")
    seated.reload()
    sitting.all_is_there(seated)
    expect(sitting.entry(seated, "small_win", "win.title")).to_have_value("half \ufffd sign")


def test_a_sign_that_cannot_be_shown_is_refused_and_what_was_typed_stays(seated):
    sitting.write(seated, "small_win", "win.title", "a\x1b[31mb\x00c")
    sitting.press(seated, "small_win", "Save")
    sitting.wait_said(seated, "small_win", "Nothing is lost")

    expect(sitting.field(seated, "small_win", "win.title")).to_contain_text("holds a sign that cannot be shown")
    assert sitting.entry(seated, "small_win", "win.title").input_value().startswith("a\x1b[31mb")
