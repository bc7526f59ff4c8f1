"""Texts that break programs, through all that the kit does with them: back to the letter, or refused in a sentence."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from unicodedata import bidirectional, category

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import kit
from kit import exchange, fields, reports
from kit.exchange import takeout
from kit.fields import LONG, SHORT, about
from kit.files import file_name
from kit.forms import Form, FormError
from kit.frames import CLIENT_KINDS, frame
from kit.records import BY_PLURAL, KINDS, Client, OfClient, Practice, SupportLine, changed
from kit.reports import ReportRequest
from kit.store import Store, code_names
from kit.words import KitError, _, isolate_bidi

MONDAY = date.today() - timedelta(days=date.today().weekday() + 28)
OVERRIDE, ISOLATE, END_OF_ISOLATE = "\u202e", "\u2067", "\u2069"
NASTY = [
    "\0", "a\0b", "\x1b[31mred", "\a\b\f\v", "\x7f", "\x85", "\x9b2J", "\r", "one\r\ntwo", "\x1d\x1e\x1f",
    "\ud800", "\udfff", "half \udc00 sign", "\ud83d",
    OVERRIDE, f"a{OVERRIDE}b",
    f"{ISOLATE}\u2066\u2068", f"{END_OF_ISOLATE}{END_OF_ISOLATE}{OVERRIDE}", "\u202a\u202b\u202c",
    "שלום עולם", "مرحبا 123", "\u200e\u200f\u061c", "\ufeff", "\u200b", "\u00ad", "\u2060", "\u180e", "\u034f",
    "\u2028", "\u2029", "\u3000", "\u00a0", "\ufffd", "\ufffe", "\U0010ffff", "\U000e0041\U000e007f", "\ue000",
    "👩🏽‍🚀", "🏳️‍🌈", "👨‍👩‍👧‍👦", "🇦🇹", "e\u0301", "é", "Z" + "\u0301\u0316" * 60, "ﷺ" * 3, "𒐫", "ﬀ", "İıſß",
    "Нeron", "Неrоn", "Ηeron", "Ⓗeron", "Ｈｅｒｏｎ",  # noqa: RUF001  (that they look alike is the point)
    "</script><script>alert(1)</script>", "]]>", "<!--", "&lt;&amp;&#0;", "{{7*7}}{% raw %}",
    "{0.__class__}{name}", "%s%n%",
    "'; DROP TABLE clients; --", "\"\"\"", "\\", "\\|", " | ", "a|b", "\\0", "\\u0000", "`id`", "${HOME}", "$(id)",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''", ",", ";", "\"", "\n", "\n\n", "\t", " lead", "trail ", "  ",
    "CON", "nul.txt", "..", "../../etc/passwd", "..\\..\\boot.ini", "C:\\x", "a:b", "name.", "~", "-rf", "null",
    "NaN", "1e999",
    "0", "2026-03-31", "true", "x" * SHORT, "x" * (SHORT + 1), "é" * LONG, "🌿" * (LONG + 1), "x" * 1_000_000,
]  # fmt: skip
PARTS = st.sampled_from([one for one in NASTY if len(one) < 60]) | st.text(st.characters(), max_size=4)
ODD = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=40), st.lists(PARTS, max_size=5).map("".join))
BENIGN = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=40)
KEPT = st.sampled_from([one for one in NASTY if len(one) < 100]).filter(lambda one: not unfit(one, SHORT)) | BENIGN
NAMES = KEPT.filter(lambda one: not unfit(one, SHORT, needed=True))
settings.register_profile("odd", settings.get_profile("kit"), suppress_health_check=list(HealthCheck))


def takes_words(told) -> bool:
    return told.kind in ("text", "texts") or (told.kind == "several" and not told.choices)


odd = settings(settings.get_profile("odd"), max_examples=40)
WORDED = [kind for kind in KINDS if any(map(takes_words, about(kind).values()))]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
each_worded = pytest.mark.parametrize("kind", WORDED, ids=lambda kind: kind.plural)


def worded(kind) -> dict[str, fields.About]:
    """The fields of a kind that hold what somebody typed, read from its declaration."""
    return {name: told for name, told in about(kind).items() if takes_words(told)}


def unfit(text: str, longest: int, needed: bool = False) -> bool:
    """Whether a text cannot be kept: said here once more, without the kit's own rules."""
    empty = all(one.isspace() or category(one) == "Cf" for one in text)
    unseen = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)
    return bool(unseen) or len(text) > longest or (needed and empty)


def longest(told) -> int:
    return LONG if told.kind == "text" and told.lines > 1 else SHORT


def fits(kind, name, told, value) -> bool:
    needed = told.kind == "text" and kind.model_fields[name].is_required()
    texts = [value] if isinstance(value, str) else value
    return not any(unfit(one, longest(told), needed) for one in texts)


@st.composite
def typed_into(draw, kind):
    """What somebody types into each field of a form: odd texts, as few as it needs and as many as fit."""
    typed: dict[str, Any] = {}
    for name, told in worded(kind).items():
        if told.among:
            typed[name] = [one for one in typed[told.among] if draw(st.booleans())]
        elif told.kind == "text":
            typed[name] = draw(ODD)
        else:
            typed[name] = draw(st.lists(ODD, min_size=told.least, max_size=max(told.least, min(3, told.most))))
    return typed


def tapped(kind) -> dict[str, Any]:
    """What a kind cannot do without, and nobody types."""
    needed = {name: told for name, told in about(kind).items() if kind.model_fields[name].is_required()}
    found = {name: told.choices[0][0] for name, told in needed.items() if told.kind == "choice"}
    return found | {name: f"{told.of}-1" for name, told in needed.items() if told.kind == "link"} | days(kind)


def days(kind) -> dict[str, Any]:
    return {name: MONDAY.isoformat() for name in ("week_of", "began_on") if name in about(kind)}


# form, store, history, frames, JSON, CSV -----------------------------------------------------------------


PARENTS = ("aspirations", "steps", "tools", "workshops")


@pytest.fixture(scope="module", params=[None, bytes(range(32))], ids=["plain", "encrypted"])
def shelf(request, tmp_path_factory):
    """A book, and all that was put into it; at the end it is opened anew and read."""
    place = tmp_path_factory.mktemp("shelf") / "odd.book"
    store, kept = Store(place, request.param), {}
    store.save(Client(name="Heron"))
    for plural in PARENTS:
        kind = BY_PLURAL[plural]
        rungs = {"rungs": ("a", "b")} if plural == "aspirations" else {}
        store.save(kind(id=f"{plural}-1", title="first", **owner_of(kind), **rungs))
    yield store, kept
    store.close()
    again = Store(place, request.param)
    for record in kept.values():
        assert again.records(type(record), id=record.id) == [record]
    again.close()


@each_kind
def test_what_is_typed_into_a_form_comes_back_to_the_letter_from_everywhere_or_is_refused_in_a_sentence(
    kind, shelf, tmp_path
):
    store, kept = shelf
    form = Form(kind, tuple(about(kind)), audience="just_me")

    @odd
    @given(typed_into(kind))
    def goes_through(typed):
        unkept = {name for name, told in worded(kind).items() if not fits(kind, name, told, typed[name])}
        try:
            (record,) = form.to_records({**tapped(kind), **typed}, **owner_of(kind))
        except FormError as refused:
            assert set(refused.errors) == unkept or refused.errors.keys() == {"outside_control"} == unkept - {
                "triggers"
            }
            assert all(said.startswith(about(kind)[name].label) for name, said in refused.errors.items())
            return
        assert not unkept
        assert {name: list_of(getattr(record, name)) for name in typed} == {n: list_of(one) for n, one in typed.items()}
        if is_turned_away(store, record):
            with pytest.raises(KitError, match="Code name: there is a"):
                store.save(record)
            return
        store.save(record)
        kept[record.id] = record
        comes_back(store, record, tmp_path)

    goes_through()


def is_turned_away(store, record) -> bool:
    """Whether this is a client whose code name holds what nobody sees, or could be taken for somebody else's."""
    return isinstance(record, Client) and bool(
        code_names.find_conflict(record.name, [one.name for one in store.records(Client)])
    )


def owner_of(kind) -> dict[str, str]:
    return {"client": "Heron"} if issubclass(kind, OfClient) else {}


def list_of(value) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def comes_back(store, record, folder) -> None:
    kind = type(record)
    assert store.records(kind, id=record.id) == [record]
    assert kind.model_validate_json(record.model_dump_json(), context={"kept": True}) == record
    assert kind.model_validate(json.loads(json.dumps(record.model_dump(mode="json"))), context={"kept": True}) == record
    rows = [row for row in store.rows([kind])[kind.plural] if row["id"] == record.id]
    for name in worded(kind):
        assert [list_of(one) for one in frame(kind, rows, "just_me")[name]] == [list_of(getattr(record, name))]
    exchange.write_csv(folder / "page.csv", [record])
    assert exchange.read_csv(folder / "page.csv", kind) == ([record], [])


@each_worded
def test_an_earlier_form_of_an_entry_holds_what_was_typed_to_the_letter(kind, shelf):
    store, _kept = shelf
    name = next(name for name, told in worded(kind).items() if told.kind == "text")

    @settings(odd, max_examples=10)
    @given(KEPT.filter(lambda one: not unfit(one, SHORT, needed=True)))
    def stays(text):
        needed = {
            one: "x"
            for one, told in worded(kind).items()
            if kind.model_fields[one].is_required() and told.kind == "text"
        }
        several = {one: ("x",) * told.least for one, told in worded(kind).items() if told.least}
        first = kind.model_validate({**tapped(kind), **needed, **several, **owner_of(kind), name: f"{text}."})
        if is_turned_away(store, first):
            return
        store.save(first)
        store.save(changed(first, version=2, **{name: f"other {first.id}"}))

        assert [one.before for one in store.history(first)] == [None, first]

    stays()


def named(part) -> str:
    return part if isinstance(part, str) else part.plural


def named_in_passing():
    for kind in KINDS:
        offers = {told.of: (("x", "x"),) for told in about(kind).values() if told.of}
        for asked in Form(kind, tuple(about(kind)), audience="just_me").describe(offers):
            if asked["grows"] and asked["kind"] in ("link", "links"):
                yield kind, asked["name"]


@pytest.mark.parametrize(("kind", "name"), list(named_in_passing()), ids=named)
def test_what_is_named_in_passing_keeps_its_letters_too(kind, name):
    form = Form(kind, tuple(about(kind)), audience="just_me")
    needed = {
        one: "x" for one, told in worded(kind).items() if kind.model_fields[one].is_required() and told.kind == "text"
    }

    @odd
    @given(ODD)
    @example("a quiet walk")
    def becomes_an_entry(text):
        new = {"new": text}
        typed = {**tapped(kind), **needed, name: [new] if about(kind)[name].kind == "links" else new}
        try:
            first, record = form.to_records(typed, **owner_of(kind))
        except FormError as refused:
            assert set(refused.errors) == {name}
            assert unfit(text, SHORT, needed=True)
        else:
            assert getattr(first, first.heading) == text
            assert first.id in list_of(getattr(record, name))

    becomes_an_entry()


@pytest.mark.parametrize("text", ["x" * 1_000_000, "🌿" * (LONG + 1)], ids=["a megabyte", "one sign too many"])
@each_worded
def test_a_text_that_is_too_long_is_refused_with_what_fits(kind, text):
    form = Form(kind, tuple(about(kind)), audience="just_me")
    typed = {name: text if told.kind == "text" else [text] * max(told.least, 1) for name, told in worded(kind).items()}

    with pytest.raises(FormError) as refused:
        form.to_records({**tapped(kind), **typed}, **owner_of(kind))
    said = refused.value.errors
    assert set(said) == set(typed)
    assert all(
        re.search(r"at most (200|20000) characters fit here\. Please shorten it\.", one) for one in said.values()
    )
    assert max(map(len, said.values())) < 200


@pytest.mark.parametrize("other", ["Heron\u200b", "He\u00adron", "\u2060Heron", "HERON\u200e ", "Ｈｅｒｏｎ"])  # noqa: RUF001
def test_two_clients_never_bear_names_that_differ_only_in_what_nobody_can_see_or_hear(other):
    store = Store(None)
    store.save(Client(name="Heron"))

    with pytest.raises(KitError, match="Code name: there is a"):
        store.save(Client(name=other))
    store.close()


def test_a_sign_that_no_text_can_hold_is_refused_in_a_file_too(tmp_path):
    for cell in ("a\0b", "a\x01b", "x | \x01 | \0"):
        (tmp_path / "setbacks.csv").write_text(
            f'client,title,began_on,triggers\nHeron,Loud,2026-03-02,"{cell}"\n', "utf-8"
        )

        records, amiss = exchange.read_csv(tmp_path / "setbacks.csv", kit.Setback)
        assert records == []
        told = "What came before it: this text holds a sign that cannot be shown. Please type it anew."
        assert amiss == [f"setbacks.csv, row 2: {told}"]


def test_texts_that_differ_only_behind_a_nul_have_different_digests(tmp_path):
    digests = set()
    for text in ("Bread", "Bread\0", "Bread\0one", "Bread\0two"):
        store = Store(tmp_path / "nul.book")
        store.save(*([] if digests else [Client(id="c", name="Heron"), kit.Win(id="w", client="Heron", title="Bread")]))
        from kit.store import audit_log

        with store._engine.begin() as db:
            db.exec_driver_sql("UPDATE wins SET title = ?", (text,))
            digests.add(
                audit_log._RecordDigests(db.connection.driver_connection).digests([("wins", "w")])[("wins", "w")]
            )
            db.exec_driver_sql("UPDATE wins SET title = 'Bread'")
        store.close()

    assert len(digests) == 4


def test_half_of_a_sign_that_is_still_being_typed_is_taken_out_as_it_is(tmp_path):
    store = Store(None)
    store.save(Client(name="Heron"))
    store.save_draft("Heron", "small_win", {"win": {"title": "half \ud83d sign"}})

    folder = takeout.export(store, "Heron", tmp_path / "out")
    typed = json.loads((folder / "everything.json").read_text("utf-8"))["being_typed"]
    assert typed[0]["typed"] == {"win": {"title": "half \ud83d sign"}}
    store.close()


# on the page -------------------------------------------------------------------------------------------------


class Words(HTMLParser):
    """The words of a page as its source holds them, without its scripts and its style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said, self._inside = "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.said += data


def a_story(words: Callable[[str, str], str]) -> dict[str, list[dict]]:
    """One record of each kind, each of its fields filled in with `words` of kind and field."""
    rows: dict[str, list[dict]] = {}
    for kind in (*CLIENT_KINDS, SupportLine, Practice):
        values = {name: a_value(kind, name, told, words) for name, told in about(kind).items()}
        values |= {"name": "Heron"} if kind is Client else {}
        record = kind.model_validate({"id": f"{kind.plural}-1", **owner_of(kind), **values}, context={"kept": True})
        rows[kind.plural] = [record.model_dump()]
    return rows


def a_value(kind, name, told, words):
    if takes_words(told):
        said = words(kind.plural, name if not told.among else told.among)
        return said if told.kind == "text" else (said,) * max(told.least, 1)
    if told.kind in ("several", "choice"):
        value = next(one for one, _words in told.choices if one != "")
        return (value,) if told.kind == "several" else value
    fixed = {"day": MONDAY, "rating": 7, "count": 3, "flag": name != "not_for_me", "link": f"{told.of}-1"}
    ends = name in ("withdrawn_on", "ends_on", "back_on_feet_on", "put_away_on")
    return () if told.kind == "links" else None if ends else fixed[told.kind]


READERS = ("client", "just_me")


def bare(text: str) -> str:
    """A text without the signs that a page puts around people's words, so that they turn nothing round."""
    return re.sub("[\u2068\u2069]", "", text)


def marked(plural: str, name: str, text: str = "") -> str:
    return f"q{plural}-{name}<{text}>{plural}-{name}q"


def told_to(reader: str) -> set[tuple[str, str]]:
    """The fields whose words a page for this reader holds, found by plain marks."""
    said = Words(reports.build_from_rows(a_story(marked), "Heron", ReportRequest(reader)).without_bundle()).said
    every = {(kind.plural, name) for kind in (*CLIENT_KINDS, SupportLine, Practice) for name in worded(kind)}
    return {place for place in every if marked(*place) in said}


@pytest.mark.parametrize("reader", READERS)
def test_a_page_holds_each_text_as_it_was_typed(reader):
    places = told_to(reader)
    assert len(places) >= 30
    assert ("setbacks", "private_note") in places or reader == "client"

    @odd
    @given(KEPT)
    def reads_as_typed(text):
        html = reports.build_from_rows(
            a_story(lambda *place: marked(*place, text)), "Heron", ReportRequest(reader)
        ).without_bundle()
        said = bare(Words(html).said)

        assert {place for place in places if bare(marked(*place, text)) not in said} == set()

    reads_as_typed()


@odd
@given(NAMES)
def test_whatever_the_code_name_is_a_page_is_made_and_says_it(name):
    rows = {**a_story(lambda *place: "words"), "agreements": []}

    for reader in READERS:
        assert bare(name) in bare(
            Words(reports.build_from_rows(rows, name, ReportRequest(reader)).without_bundle()).said
        )


# in a sentence -----------------------------------------------------------------------------------------------


def where_direction_ends(text: str) -> list[int]:
    """How many signs of direction are open at the end of each paragraph; below nought: closed once too often."""
    depths = [0]
    for letter in text:
        if letter in "\u2066\u2067\u2068":
            depths[-1] += 1
        elif letter == END_OF_ISOLATE:
            depths[-1] -= 1
            assert depths[-1] >= 0, "an end without its beginning"
        elif letter in "\n\u2029":
            depths.append(0)
        else:
            assert depths[-1] or bidirectional(letter) not in TURNS, "a sign of direction that nothing holds in"
    return depths


TURNS = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF"}


@odd
@given(KEPT, KEPT)
@example(f"{END_OF_ISOLATE}{END_OF_ISOLATE}{OVERRIDE}x", "")
@example(f"{ISOLATE}{ISOLATE}x", OVERRIDE)
@example(f"a\n{OVERRIDE}b\u2029{END_OF_ISOLATE}{OVERRIDE}", "x")
def test_words_in_a_sentence_turn_nothing_round_and_are_all_there(one, other):
    said = _("When {when}, then I will {then}.").format(when=one, then=other)

    assert set(where_direction_ends(said)) == {0}
    assert bare(said) == bare(f"When {one}, then I will {other}.")


@given(st.text(st.characters(codec="ascii")) | st.integers())
def test_words_without_signs_of_direction_stand_in_a_sentence_as_they_are(words):
    assert isolate_bidi(words) == words
    assert _("For {client}").format(client=words) == f"For {words}"


# names of files ------------------------------------------------------------------------------------------------


FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


@odd
@given(NAMES)
@example("n" * 300)
@example("🌿" * 300)
@example("con.txt")
@example("COM¹")
def test_a_file_is_called_by_a_name_that_every_system_takes(name):
    called = file_name(name)

    assert not FORBIDDEN.search(called)
    assert not OF_WINDOWS.fullmatch(called)
    assert called == called.strip(" .") and called
    assert len(called.encode()) <= 100
    assert not called.startswith("-")


@odd
@given(NAMES.filter(lambda name: not code_names.find_conflict(name, [])), NAMES)
@example("Heron", "Неrоn")  # noqa: RUF001
@example("a/b", "a:b")
@example("Ada", "Ada\u202e")
def test_two_code_names_that_a_book_keeps_apart_never_share_a_file(tmp_path_factory, one, other):
    store = Store(None)
    store.save(Client(name=one))
    if not code_names.find_conflict(other, [one]):
        assert file_name(one).casefold() != file_name(other).casefold()
    store.close()


def test_a_report_of_an_odd_name_is_written_where_it_was_asked_for(tmp_path):
    for n, name in enumerate(one for one in NASTY if one.strip() and not unfit(one, SHORT)):
        folder = tmp_path / str(n)
        written = reports.Page("<p>page</p>", name, "client").write(folder)

        assert written.parent == folder and [path.name for path in folder.iterdir()] == [written.name]
