"""The page to take home: what it says, to whom, in whose words; and that it is only ever a page."""

import gzip
import hashlib
import json
import os
import re
import stat
from base64 import b64decode, b64encode
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import assets, charts, reports
from kit.fields import about
from kit.files import file_name
from kit.frames import CARRIED_FORWARD, CLIENT_KINDS, UNDATED_KINDS, filter_period, frame
from kit.records import (
    BY_PLURAL,
    KINDS,
    Better,
    CheckIn,
    Client,
    Milestone,
    Practice,
    Session,
    Setback,
    Spark,
    Step,
    StepWeek,
    Supporter,
    SupportLine,
    Tool,
    ToolUse,
    Win,
    changed,
)
from kit.reports import rendering, story
from kit.words import KitError

TODAY = date(2026, 5, 4)
MONDAY = date(2026, 3, 2)
HERON = {"client": "Heron"}
KINDS_OF_A_PAGE = (*CLIENT_KINDS, SupportLine, Practice)
HOSTILE = (
    "<script>window.broken = 1</script>",
    "</script><script>window.broken = 1</script>",
    "</title></style></textarea><img src=x onerror=window.broken=1>",
    "<a href='https://example.org'>here</a> https://example.org",
    "\"><svg onload=window.broken=1> ' onmouseover='window.broken=1",
    "<!-- -->]]> &lt;b&gt; &amp; {{ 7 * 7 }} {% raw %} {0} {client}",
    "javascript:window.broken=1 <b>bold</b> <br> \u2028 \u2029 \u202e \\u003c",
)


def told(*records, audience="client", supporter=None) -> dict:
    """The frames of a story, without a book."""
    rows = {kind.plural: [] for kind in KINDS_OF_A_PAGE}
    for record in records:
        rows[record.plural].append(record.model_dump())
    shared = ("support_lines", "practice")
    return {
        plural: frame(BY_PLURAL[plural], kept, "client" if plural in shared else audience, supporter)
        for plural, kept in rows.items()
    }


def page(*records, audience="client", supporter=None, client="Heron", **more) -> str:
    frames = told(*records, audience=audience, supporter=supporter)
    return reports.render_page(frames, client=client, audience=audience, today=TODAY, supporter=supporter, **more)


class Read(HTMLParser):
    """The elements of a page with their attributes, and the text that a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple] = []
        self.scripts: list[str] = []
        self.inside = ""
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(attrs)))
        self.inside = tag
        self.said += " " if tag in ("td", "th", "dt", "dd", "p") else ""
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.elements.append((f"/{tag}", ()))
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside not in ("style", "title"):
            self.said += data

    def text(self) -> str:
        return " ".join(self.said.split())


def value_of(kind, name, field, words: str):
    if field.kind in ("texts", "several"):
        several = [choice for choice, _label in field.choices] or [words] * max(field.least, 1)
        return tuple(several)
    if field.kind == "choice":
        return next(choice for choice, _label in field.choices if choice != "")
    if field.kind == "link":
        return f"{field.of}-1"
    fixed = {"rating": 7, "count": 3, "day": MONDAY, "flag": name != "not_for_me", "links": ()}
    return words if field.kind == "text" else fixed[field.kind]


def everything(words=lambda kind, name: "plain words", client="Heron") -> list:
    """One record of each kind, with each field filled in from the declaration."""
    records = []
    for kind in KINDS_OF_A_PAGE:
        fields = about(kind).items()
        values = {name: value_of(kind, name, field, words(kind, name)) for name, field in fields}
        own = {"client": client} if "client" in kind.model_fields else {}
        values |= {"name": client} if kind is Client else {}
        records.append(kind.model_validate({"id": f"{kind.plural}-1", **own, **values}))
    return records


# what it says -------------------------------------------------------------------------------------------


def test_the_page_opens_with_the_clients_own_words_before_any_number():
    first = Better(**HERON, text="Less noise.", on=MONDAY)
    latest = Better(**HERON, text="Answering my sister.", on=MONDAY + timedelta(days=30))

    text = Read(page(first, latest, Win(**HERON, title="Baked bread", on=MONDAY))).text()
    assert not re.search(r"\d", text[: text.index("Answering my sister.")])
    assert text.index("Answering my sister.") < text.index("Less noise.") < text.index("Baked bread")


def test_without_an_own_meaning_of_better_the_page_opens_with_other_words_of_the_client_and_says_them_once():
    text = Read(page(Client(name="Heron"), Session(**HERON, on=MONDAY, takeaway="I may rest."))).text()

    assert text.startswith("For Heron What I take with me, in my words I may rest.")
    assert text.split(" The same as a table")[0].count("I may rest.") == 1
    assert "Until next time" not in text


def test_a_story_with_nothing_in_it_yet_is_a_short_kind_page():
    html = page(Client(name="Birch"), client="Birch")

    assert "This page is at its beginning." in html
    assert "not a substitute for professional help" in html
    assert re.findall(r"<h2", html) == []
    assert len(html) < 20_000


def test_a_setback_is_told_as_what_held_what_helped_what_it_taught_and_next_time():
    setback = Setback(
        **HERON, title="Too loud", began_on=MONDAY, back_on_feet_on=MONDAY + timedelta(days=9), what_held="The soup.",
        learned="Go home early.", next_time="Headphones.", triggers=("noise", "rain"), outside_control=("rain",),
        intensity=9,
    )  # fmt: skip
    bath = Tool(**HERON, title="a bath", kind="rest")
    use = ToolUse(**HERON, tool=bath.id, setback=setback.id, on=MONDAY, helped=6)

    text = Read(page(setback, bath, use)).text()
    assert (
        "2 Mar 2026 to 11 Mar 2026 What held, even a little? The soup. What helped a bath "
        "What it taught me Go home early. Next time I would Headphones. "
        "What came before it noise · rain (not in my hands)"
    ) in text


def test_an_ongoing_setback_has_no_count_of_days():
    text = Read(page(Setback(**HERON, title="Grey", began_on=MONDAY, back_on_feet_on=None))).text()

    assert "since 2 Mar 2026 · still in the middle of it; no end date needed" in text
    assert "63" not in text


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        ("therapy", {"helped": 9}),
        ("medication", {"helped": 9}),
        ("rest", {"helped": 0}),
        ("rest", {"not_for_me": True}),
    ],
)
def test_what_is_prescribed_or_did_not_help_is_not_named_as_what_helped(kind, use):
    setback, tool = Setback(**HERON, title="Too loud", began_on=MONDAY), Tool(**HERON, title="this one", kind=kind)

    html = page(setback, tool, ToolUse(**HERON, tool=tool.id, setback=setback.id, on=MONDAY, **use))
    assert "What helped</dt>" not in html
    assert "this one" in html


def test_a_setback_is_called_what_the_client_calls_it():
    html = page(Client(name="Heron", own_words=("low water",)), Setback(**HERON, title="Grey", began_on=MONDAY))

    assert "What I call low water" in html
    assert ">Setbacks<" not in html


def test_a_step_is_told_week_by_week_as_four_of_five_with_what_came_between():
    step = Step(**HERON, title="Tea", when="the kettle is on", then="sit down", starts_on=MONDAY, planned=5)
    week = StepWeek(**HERON, step=step.id, week_of=MONDAY, planned=5, done=4, came_between="life", reason="a flood")

    text = Read(page(step, week)).text()
    assert "When the kettle is on, then I will sit down" in text
    assert "2 Mar 2026 4 of 5 life intervened a flood" in text


def test_a_rating_of_nought_is_told_like_any_other():
    field = about(Milestone)["effort"]

    assert story.format_value(field, 0, {}) == "0, on a line from 0 (came by itself) to 10 (all I had)"
    assert story.format_value(field, None, {}) == ""


def test_each_small_win_is_told_here_or_in_the_table_to_which_the_page_points():
    wins = [Win(**HERON, title=f"win number {n:03}", on=MONDAY + timedelta(days=n)) for n in range(40)]

    html = page(*wins)
    assert "34 earlier ones stand in the table under the journey." in html
    assert [f"win number {n:03}" for n in range(40) if f'<td dir="auto">win number {n:03}</td>' not in html] == []


def test_the_journey_has_its_sentence_its_table_and_a_named_picture():
    html = page(Milestone(**HERON, title="Sang", on=MONDAY), Spark(**HERON, title="A robin", on=MONDAY))
    figure = dict(next(attrs for tag, attrs in Read(html).elements if ("class", "kit-plot") in attrs))

    assert figure["role"] == "img"
    assert figure["aria-label"] == "So far: 1 milestone and 1 spark of joy."
    assert f'<p class="sentence">{figure["aria-label"]}</p>' in html
    assert "2 Mar 2026 milestone Sang" in Read(html).text()


def test_the_next_date_is_one_that_is_still_to_come():
    past = Session(**HERON, on=MONDAY, takeaway="a", next_on=TODAY - timedelta(days=1))
    coming = Session(**HERON, on=MONDAY, takeaway="b", next_on=TODAY + timedelta(days=3))

    assert "We meet again on 7 May 2026" in Read(page(past, coming)).text()
    assert "We meet again" not in page(past)


def test_a_support_line_that_was_checked_more_than_a_year_ago_says_so():
    old = SupportLine(name="Lantern", number="000", checked_on=TODAY - timedelta(days=366))

    assert "more than a year ago" in page(old)
    assert "more than a year ago" not in page(changed(old, checked_on=TODAY - timedelta(days=365)))


def test_the_footer_says_what_the_page_is_not_when_it_was_made_and_of_what():
    text = Read(page(Practice(name="Green Door", scope="Two people thinking."))).text()

    assert "Green Door Two people thinking. This page is not a substitute for professional help." in text
    assert "Made on 4 May 2026 from the notes that Heron and the coach keep together." in text


@pytest.mark.parametrize("plural", [kind.plural for kind in CLIENT_KINDS if kind.dated in about(kind)])
def test_a_period_holds_what_is_dated_in_it(plural):
    kind = BY_PLURAL[plural]
    days = [MONDAY, MONDAY + timedelta(days=70), MONDAY + timedelta(days=140)]
    record = next(record for record in everything() if record.plural == plural)
    ends = {name: None for name in ("back_on_feet_on", "ends_on", "withdrawn_on") if name in about(kind)}
    records = [changed(record, id=day.isoformat(), **{**ends, kind.dated: day}) for day in days]
    frames = {plural: frame(kind, [one.model_dump() for one in records], "client")}

    kept = filter_period(frames, days[0] + timedelta(days=1), days[2] - timedelta(days=1))[plural]
    so_far = dict.fromkeys((*CARRIED_FORWARD, *(one.plural for one in CLIENT_KINDS if one.ends)), days[:2])
    by_day = {**so_far, **dict.fromkeys(UNDATED_KINDS, days)}.get(plural, days[1:2])
    assert sorted(kept["id"]) == [day.isoformat() for day in by_day]


def test_what_has_no_day_yet_stays_in_every_period_and_the_page_names_the_period():
    html = page(Milestone(**HERON, title="An evening", on=None), since=MONDAY, until=TODAY)

    assert "What I am hoping for" in html
    assert "This page tells of 2 Mar 2026 to 4 May 2026." in html


def test_each_field_that_a_page_selects_is_in_the_declaration():
    lost = [
        (plural, name)
        for plural, names in reports.TOLD_FIELDS.items()
        for name in names
        if name not in about(BY_PLURAL[plural])
    ]

    assert lost == []
    assert set(reports.FORMATTERS) == {field.kind for kind in KINDS for field in about(kind).values()}


# who reads it -------------------------------------------------------------------------------------------


def marked_for_the_coach():
    fields = [(kind, name, field) for kind in KINDS for name, field in about(kind).items() if field.kind == "text"]
    just_me = {(kind, name) for kind, name, field in fields if field.audience == ("just_me",)}
    marks = {(kind, name): f"mark{number}of{name}" for number, (kind, name) in enumerate(sorted(just_me, key=str))}
    records = everything(lambda kind, name: marks.get((kind, name), "plain words"))
    return records, marks.values()


def test_nothing_for_the_coach_alone_is_anywhere_in_a_page_for_somebody_else():
    records, marks = marked_for_the_coach()
    robin = next(record for record in records if isinstance(record, Supporter))
    pages = page(*records), page(*records, audience="supporter", supporter=robin)

    assert len(marks) >= 3
    assert [mark for mark in marks for html in pages if mark in html] == []


def test_the_coachs_own_page_holds_the_private_notes_and_says_whose_it_is():
    records, marks = marked_for_the_coach()
    html = page(*records, audience="just_me")

    assert [mark for mark in marks if mark not in html] == []
    assert "Heron: for the coach alone" in html


def test_a_supporter_reads_what_was_shared_with_them_and_never_what_came_before():
    robin = Supporter(**HERON, name="Robin", asked_to="Ring on Sundays.", may_see=("setbacks", "wins"))
    shared = Setback(**HERON, title="Too loud", began_on=MONDAY, triggers=("a quarrel",), share_with=(robin.id,))
    kept = Setback(**HERON, title="Grey days", began_on=MONDAY)

    text = Read(page(robin, shared, kept, Win(**HERON, title="Bread"), audience="supporter", supporter=robin)).text()
    assert text.startswith("For Robin, who stands by Heron What I ask of you Ring on Sundays.")
    assert "Too loud" in text
    assert [words for words in ("Grey days", "a quarrel", "Bread") if words in text] == []


# only ever a page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
def test_peoples_text_never_becomes_markup(hostile):
    harmless = Read(page(*everything(client="harmless"), client="harmless"))
    read = Read(page(*everything(lambda kind, name: hostile, hostile), client=hostile))

    same = [
        (tag, tuple((name, value and bare(value).replace(hostile, "plain words")) for name, value in attrs))
        for tag, attrs in read.elements
    ]
    assert same == harmless.elements
    assert len(read.scripts) == len(harmless.scripts) == 3
    assert " ".join(hostile.split()) in bare(read.text())


def bare(text: str) -> str:
    """Without the signs that hold in what somebody's words could turn round."""
    return re.sub("[\u2068\u2069]", "", text)


@pytest.mark.parametrize("hostile", HOSTILE[:5])
def test_these_texts_would_be_markup_if_they_were_let_through(hostile):
    assert Read(f"<p title='{hostile}'>{hostile}</p>").elements != Read("<p title='harmless'>harmless</p>").elements


@pytest.mark.parametrize("hostile", HOSTILE)
def test_peoples_text_reaches_the_picture_as_data_to_the_letter(hostile):
    beside = Spark(**HERON, title="A robin", on=MONDAY)  # one thing alone has no picture
    figure = Read(page(Milestone(**HERON, title=hostile, on=MONDAY), beside)).scripts[0]

    assert not re.search("[<>&\u2028\u2029]", figure)
    assert [charts.escaped(hostile)] in [trace.get("hovertext") for trace in json.loads(figure)[0]["data"]]


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60).filter(str.strip))
def test_any_text_reads_as_it_was_typed(words):
    read = Read(page(Better(**HERON, text=words, on=MONDAY)))

    assert " ".join(words.split()) in read.text()


def test_only_the_scripts_of_the_page_itself_may_run_and_nothing_is_fetched():
    html = page(*everything())
    read = Read(html)
    policy = dict(
        next(attrs for tag, attrs in read.elements if tag == "meta" and "Content-Security-Policy" in attrs[0])
    )
    _figure, packed, boot = read.scripts
    inflated = gzip.decompress(b64decode(packed))
    style = re.search(r"<style>(.*?)</style>", html, re.S)[1]

    def named(text: bytes) -> str:
        return f"'sha256-{b64encode(hashlib.sha256(text).digest()).decode()}'"

    assert policy["content"] == (
        f"default-src 'none'; script-src {named(boot.encode())} {named(inflated)}; "
        f"style-src {named(style.encode())} {named(b'')}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert b"plotly.js" in inflated[:200]
    assert html.count(packed) == 1
    fetched = [
        (tag, attrs) for tag, attrs in read.elements for name, _value in attrs if name in ("src", "href", "action")
    ]
    assert fetched == [("link", (("rel", "icon"), ("href", "data:,")))]


def test_a_page_without_a_picture_carries_no_bundle_and_lets_no_script_run():
    html = page(Better(**HERON, text="Rest.", on=MONDAY))

    assert Read(html).scripts == []
    assert "script-src 'none'" in html


def test_check_ins_alone_make_a_picture():
    notes = [CheckIn(**HERON, on=MONDAY + timedelta(days=7 * n), energy=4, living_well=5) for n in range(3)]

    assert len(Read(page(*notes)).scripts) == 3


def test_the_look_is_dark_on_a_dark_screen_and_never_on_paper():
    style = rendering.style()
    dark = style.index("@media screen and (prefers-color-scheme: dark) { body:not(.kit-light)  {")

    assert "--kit-paper: #fbf8f3" in style[:dark]
    assert "--kit-paper: #1a2128" in style[dark:]
    assert style.count("{") == style.count("}")
    assert assets.DARK not in style


# to a file ----------------------------------------------------------------------------------------------


def test_a_report_goes_to_the_kits_own_folder_under_the_code_name_and_the_day(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_HOME", str(tmp_path))

    place = reports.write_page("a page", "Heron", "client", TODAY)
    assert place == tmp_path / "reports" / "Heron-2026-05-04.html"
    assert place.read_text("utf-8") == "a page"


@pytest.mark.parametrize(
    ("to", "audience", "supporter", "name"),
    [
        ("", "just_me", "", "Heron-2026-05-04-just_me.html"),
        ("", "supporter", "Robin", "Heron-2026-05-04-supporter-Robin.html"),
        ("new/folder", "client", "", "new/folder/Heron-2026-05-04.html"),
        ("mine.html", "client", "", "mine.html"),
    ],
)
def test_a_report_goes_to_the_folder_or_the_file_that_was_named(tmp_path, to, audience, supporter, name):
    place = reports.write_page("a page", "Heron", audience, TODAY, tmp_path / to, supporter)

    assert place == tmp_path / name
    assert place.exists()


@pytest.mark.skipif(os.name == "nt", reason="on Windows the rights of the person's own folder hold")
def test_a_report_is_readable_by_its_owner_alone(tmp_path):
    place = reports.write_page("a page", "Heron", "client", TODAY, tmp_path)

    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_to_is_named_in_one_plain_sentence(tmp_path):
    (tmp_path / "a file").write_text("")

    with pytest.raises(KitError, match=r"cannot be written to\. Please choose another folder"):
        reports.write_page("a page", "Heron", "client", TODAY, tmp_path / "a file" / "below")


def test_a_home_that_cannot_be_made_is_named_too(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "a file" / "home"))

    with pytest.raises(KitError, match=r"a file.*cannot be made"):
        reports.write_page("a page", "Heron", "client", TODAY)


def test_a_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    before = reports.write_page("the page of before", "Heron", "client", TODAY, tmp_path)
    monkeypatch.setattr(os, "replace", lambda *names: (_ for _ in ()).throw(PermissionError()))

    with pytest.raises(KitError):
        reports.write_page("a new page", "Heron", "client", TODAY, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [before.name]
    assert before.read_text("utf-8") == "the page of before"


@pytest.mark.parametrize(
    "name",
    ["../../etc", "a/b", "a\\b", "CON", "lpt1.txt", ".hidden", "dot.", "a\nb", "\u202egnp", "x" * 300, "火" * 99, "?"],
)
def test_a_name_that_a_file_system_would_mind_is_made_safe(tmp_path, name):
    safe = file_name(name)

    assert re.fullmatch(r"[^<>:\"/\\|?*\x00-\x1f\u202e]+-[0-9a-f]{6}", safe)
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 90
    assert reports.write_page("a page", name, "client", TODAY, tmp_path).parent == tmp_path


@pytest.mark.parametrize("name", ["Heron", "Grey Heron", "Réka", "हंस", "大鷺"])
def test_a_name_that_is_safe_stays_as_it_is(name):
    assert file_name(name) == name


def test_two_clients_never_share_a_file():
    names = ["a/b", "a:b", "a?b", "a-b", "a b", " a-b"]

    assert len({file_name(name) for name in names}) == len(names)


def test_the_folder_of_reports_is_made_when_it_is_lacking(tmp_path):
    place = reports.write_page("a page", "Heron", "client", TODAY, Path(tmp_path, "deep", "down"))

    assert place.parent == tmp_path / "deep" / "down"
