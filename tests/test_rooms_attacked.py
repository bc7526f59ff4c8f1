"""Rooms that are attacked: every route, guessed codes, forged forms, scripts as answers, whoever watches the board."""

import json
import re
import socket
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import watching
from rooming import Device, opened, path_of
from tornado.web import RequestHandler, create_signed_value

import kit
from kit import places, rooms
from kit.rooms import access_codes, disclosure, templates, web_server

KINDS = {"workshop": {}, "session": {"client": "Heron"}}
MARK = "a quokka in the snow"
OPEN = {"/", "/try", "/files/room.js"}  # the door, and what tells nothing of the room
PARTS = {r"([\w-]{1,80})": access_codes.new_secret(), r"([\w-]{16,80})": access_codes.new_secret(),
         "(lead|board)": "lead", "(lead)": "lead",
         "(/paper|)": "", r"([\w.]{1,40})": "room.js"}  # fmt: skip
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
NAMES = {"workshop": "small_win", "session": "check_in"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</textarea></form><script>alert(1)</script>",
    "</title></style></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "<!-- {{ 7 * 7 }} {% raw %} --><base href=//evil.example>",
    "<a href='javascript:alert(1)'>\u2028\u202e&lt;b&gt;</a>",
]
PLAIN = ["bread in the oven"] * len(HOSTILE)


@pytest.fixture(params=KINDS)
def room(request, kit_home):
    with opened(kit_home, **KINDS[request.param]) as room:
        yield filled(room)


@pytest.fixture
def workshop(kit_home):
    with opened(kit_home) as room:
        yield filled(room)


def filled(room):
    """In the room are a phone, a lead and perhaps a board; something was written that nobody else may see."""
    room.key = uuid4().hex
    room.phones = {"phone": entered(room), "lead": room.lead()}
    if room.room.kind == "workshop":
        room.phones["board"] = room.board()
        room.act(do="go", at="1")
        room.phones["phone"].share("small_win", MARK, room.key)
        room.release()
    for one in room.phones.values():
        one.token = one.token or token(one)
    return room


def entered(room):
    if room.room.kind == "workshop":
        return room.phone()
    phone = room.device().open(path_of(room.told.join))
    return phone.send("/agree")


def token(device):
    """A token for forms, also for those who are let in nowhere."""
    was, device.cookies = device.cookies, {name: value for name, value in device.cookies.items() if "room" not in name}
    device.open("/")
    device.cookies = was | device.cookies
    return device.token


def stranger(room):
    device = room.device()
    device.open("/")
    return device


def rules(room):
    """(path, role, methods) of all that the room's own application answers to."""
    parts = PARTS | {r"(\w{1,40})": NAMES[room.room.kind]}
    for rule in web_server.application(room.room).wildcard_router.rules:
        path = re.sub(r"\([^)]*\)", lambda part: parts[part[0]], rule.matcher.regex.pattern.rstrip("$"))
        there = [
            one for one in METHODS if getattr(rule.target, one.lower()) is not RequestHandler._unimplemented_method
        ]
        yield path, rule.target_kwargs.get("role", rule.target.role), there


def routes(room):
    return [(path, method) for path, _role, methods in rules(room) for method in methods]


def knock(device, path, method, told=None, **headers):
    """One request, with all that any form of any page sends, and its token unless `told` says otherwise."""
    if method == "GET":
        return device.ask(method, path, **headers)
    sent = {
        "do": "go", "at": "3", "form": "check_in", "code": "aaaaaa", "nickname": "Robin", "text": "3", "what": "come",
        "energy": "3", "id": device.key if hasattr(device, "key") else uuid4().hex,
    }  # fmt: skip
    body = urlencode({**sent, **({"_xsrf": device.token} if told is None else told)})
    return device.ask(method, path, body, **{"Content-Type": "application/x-www-form-urlencoded", **headers})


def refused(device):
    return device.status in (403, 409, 410) or device.page == '{"mark": "closed"}'


def let_in(room, devices, **headers):
    """Whatever was answered to devices to which nothing may be answered, and what changed."""
    before, found = standing(room), []
    for device in devices:
        for path, method in routes(room):
            knock(device, path, method, **headers)
            if not (refused(device) or (path in OPEN and method == "GET")):
                found.append((method, path, device.status))
            assert MARK not in device.page
            assert not any(secret in device.page for secret in secrets_of(room))
    return [*found, *(["something changed"] if standing(room) != before else [])]


def secrets_of(room):
    known = room.room.codes
    return [known.join, known.lead, known.board, known.typed, *room.run.people]


def standing(room):
    """All that a press could change, but for the count of wrong codes."""
    run, store = room.run, room.run.store
    kept = [store.records(kind) for kind in (kit.Answer, kit.CheckIn, kit.Agreement, kit.Client)]
    told = [
        getattr(run, name, None)
        for name in ("at", "extra", "aloud", "calls", "kept_back", "asked", "heads", "round", "turn", "saved")
    ]
    return repr((kept, told, getattr(run, "people", None), run.ended, room.room.codes.typed))


# every route -----------------------------------------------------------------------------------------


def test_the_routes_are_found(room):
    assert len(set(routes(room))) > 15
    assert {"/", "/support", "/lead/do", "/now"} <= {path for path, _method in routes(room)}


def test_without_a_code_every_route_is_refused(room):
    assert let_in(room, [stranger(room)]) == []


def test_with_a_guessed_code_every_route_is_refused(room):
    device = stranger(room)
    people = dict.fromkeys(["room_person"], next(iter(room.run.people)))
    for name, value in {**people, "room_lead": "lead", "room_board": "board"}.items():
        device.cookies[name] = create_signed_value("a guessed secret", name, value).decode()

    assert let_in(room, [device]) == []
    assert let_in(room, [device], Authorization=f"Bearer {access_codes.new_secret()}") == []
    assert let_in(room, [device], Authorization=f"Bearer {room.room.codes.join}") == []


def test_with_the_cookies_of_another_room_every_route_is_refused(room, tmp_path):
    with opened(tmp_path, **({"client": "Wren"} if room.room.kind == "session" else {})) as other:
        guests = list(filled(other).phones.values())
        for one in guests:
            one.port = room.port

        assert let_in(room, guests) == []


def test_in_a_closed_room_every_route_is_refused(room):
    room.run.ended = True

    assert let_in(room, room.phones.values()) == []


def test_in_a_room_whose_time_is_over_every_route_is_refused(room):
    room.room.until = 0

    assert let_in(room, room.phones.values()) == []


def test_each_opens_only_what_is_theirs(room):
    own = {"phone": "person", "lead": "lead", "board": "board"}
    for path, role, methods in rules(room):
        for name, device in room.phones.items() if role else ():
            for method in methods if own[name] != role else ():
                assert knock(device, path, method).status == 403, (name, path)


def test_what_belongs_to_another_phone_can_be_neither_sent_nor_taken_nor_dotted(workshop):
    other = entered(workshop)
    other.open("/step/small_win").key = workshop.key
    before = standing(workshop)
    sent = [(path, method) for path, method in routes(workshop) if path.startswith("/step/") and method == "POST"]
    assert len(sent) == 3

    for path, method in sent:
        assert knock(other, path, method).status == 409
        assert MARK not in other.page
    assert standing(workshop) == before


def test_what_belongs_to_another_device_of_a_session_is_refused_too(kit_home):
    with opened(kit_home, client="Heron") as room:
        mine, key = entered(room), uuid4().hex
        mine.open("/form/check_in").send("/form/check_in", id=key, energy="3")
        room.act(do="another")
        other = room.device().open(path_of(room.told.join))
        other.open("/form/check_in").key = key
        before = standing(room)
        sent = [(path, method) for path, method in routes(room) if path.startswith("/form/") and method == "POST"]
        assert len(sent) == 2

        for path, method in sent:
            assert knock(other, path, method).status == 409
        assert standing(room) == before


# guessing --------------------------------------------------------------------------------------------


def test_ten_thousand_guessed_links_open_nothing():
    room = access_codes.AccessCodes()

    assert not any(
        room.matches(role, access_codes.new_secret()) for _guess in range(10_000) for role in ("join", "lead", "board")
    )


def test_ten_thousand_guessed_codes_open_nothing_and_after_ten_the_right_one_does_not_either():
    room = access_codes.AccessCodes()
    opened_by = [number for number in range(10_000) if room.matches_typed(access_codes.new_typed_code())]

    assert [number for number in opened_by if number >= access_codes.MAX_WRONG] == []
    assert len(opened_by) == 0
    assert not room.matches_typed(room.typed)


def test_some_hundred_guesses_at_the_door_let_nobody_in(room):
    people, device = len(room.run.people), stranger(room)
    for _guess in range(access_codes.MAX_WRONG):
        assert device.send("/", code=access_codes.new_typed_code()).status == 403
    for _guess in range(150):
        assert device.send("/", code=access_codes.new_typed_code()).status == 403
        assert device.ask("GET", "/j/" + access_codes.new_secret()).status == 403
        assert device.ask("GET", "/lead/" + access_codes.new_secret()).status == 403

    assert stranger(room).send("/", code=room.room.codes.typed).status == 403
    assert len(room.run.people) == people


# forged forms ----------------------------------------------------------------------------------------


def test_every_form_without_its_token_is_refused(room):
    before, other = standing(room), stranger(room)
    forged = [{}, {"_xsrf": ""}, {"_xsrf": "2|00|00|1"}, {"_xsrf": other.token}]
    for path, method in routes(room):
        for device in room.phones.values() if method != "GET" else ():
            for told in forged:
                assert knock(device, path, method, told).status == 403, (path, told)
            assert knock(device, path, method, {}, **{"X-XSRFToken": other.token}).status == 403
            assert device.ask("POST", path, '{"do": "close"}', **{"Content-Type": "application/json"}).status == 403
    assert standing(room) == before


def test_a_token_without_the_cookie_that_goes_with_it_is_refused(room):
    before = standing(room)
    for path, method in routes(room):
        for device in room.phones.values() if method != "GET" else ():
            bare = Device(room.port)
            bare.cookies = {name: value for name, value in device.cookies.items() if name != "_xsrf"}
            assert knock(bare, path, method, {"_xsrf": device.token}).status == 403, path
    assert standing(room) == before


# what every answer carries ---------------------------------------------------------------------------


def test_every_answer_of_every_route_carries_its_headers(room):
    asked = [*routes(room), ("/nowhere", "GET"), ("/files/nothing.js", "GET"), ("/support", "BREW"), ("/", "PUT")]
    asked += [(path, "HEAD") for path, method in routes(room) if method == "GET"]
    statuses = Counter()
    for device in (stranger(room), *room.phones.values()):
        for path, method in [*asked, ("/step/word?x=%ff", "GET")]:
            if path == "/lead/do":
                continue
            told = knock(device, path, method).headers
            statuses[device.status] += 1
            lacking = {name for name in templates.HEADERS if name not in told}
            assert not lacking, (path, method, device.status, lacking)
            assert told["Content-Security-Policy"] == templates.CONTENT_SECURITY_POLICY
            assert "Server" not in told
    assert {200, 303, 403, 404, 405} <= set(statuses)
    assert "unsafe" not in templates.CONTENT_SECURITY_POLICY


# scripts as answers ----------------------------------------------------------------------------------


class Tree(HTMLParser):
    """The elements of a page with the names of their attributes, and what each address begins with."""

    def __init__(self, page):
        super().__init__()
        self.found, self.forms, self.named = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, given):
        told = dict(given)
        leads = [told[name].split("/")[0] for name in ("href", "src", "action") if told.get(name)]
        self.found.append((tag, sorted(told), leads))
        if tag == "form":
            self.forms.append(told.get("action"))
        if tag in ("input", "textarea", "select", "button"):
            self.named.append((tag, told, bool(self.forms) or "form" in told))

    def handle_endtag(self, tag):
        self.found.append("/" + tag)
        if tag == "form":
            self.forms.pop()

    def handle_comment(self, told):
        self.found.append(("a comment", told))

    def handle_decl(self, told):
        self.found.append(("a declaration", told))


def workshop_pages(home, texts):
    """Every page of a workshop in which all that anybody can type is one of these texts."""
    with opened(home, title=texts[1]) as room:
        room.run.store.save(kit.SupportLine(name=texts[0], number=texts[5], hours=texts[2]))
        room.act(do="go", at="4")
        phone, other = room.phone(texts[3]), room.phone()
        for ask in ("word", "small_win", "shared", "themes", "helps"):
            for text in texts if ask in ("shared", "themes", "helps") else texts[:1]:
                phone.share(ask, text)
        room.release()
        given = list(room.run._released.values())
        for one in given[::2]:
            room.act(do="show", id=one)
        room.act(do="keep_back", id=given[1])
        for text in texts:
            phone.open("/support").send("/support", what="come", nickname=text, place=text)
        phone.open("/step/small_win")
        found = {"typed too long": other.open("/step/small_win").share("small_win", texts[0] * 30).page}
        room.act(do="aloud", on="1")
        for path in ("/", "/support", "/data", *(f"/step/{ask.name}" for _at, ask in room.run.agenda.questions()
                                                 if room.run.agenda.find(ask.name)[0] <= 4)):  # fmt: skip
            found |= {f"phone {path}": phone.open(path).page, f"other {path}": other.open(path).page}
        lead, board = room.lead(), room.board()
        found |= {"lead": lead.page, "paper": lead.open("/lead/paper").page, "aloud": board.page}
        room.act(do="aloud", on="0")
        for at in range(5):
            room.act(do="go", at=str(at))
            found |= {f"board {at}": board.open("/board").page, f"lead {at}": lead.open("/lead").page}
        found["a wrong code"] = room.device().open("/").send("/", code=texts[0]).page
        return found


def session_pages(home, texts):
    """Every page of a session of one whose client typed these texts."""
    with opened(home, client="Heron") as room:
        room.run.store.save(kit.SupportLine(name=texts[0], number=texts[5]))
        phone, lead, found = entered(room), room.lead(), {}
        for name in ("check_in", "small_win", "milestone", "setback"):
            page = phone.open(f"/form/{name}").page
            fields = {told["name"]: told for _tag, told, _in in Tree(page).named if "name" in told}
            sent = {
                field: texts[at % len(texts)]
                for at, (field, told) in enumerate(fields.items())
                if told.get("type") not in ("radio", "checkbox", "date", "number", "hidden")
            }
            found[f"{name}, too long"] = phone.send(
                f"/form/{name}", id=uuid4().hex, **{**sent, "title": texts[0] * 99}
            ).page
            found[f"{name}, kept"] = phone.open(f"/form/{name}").send(f"/form/{name}", id=uuid4().hex, **sent).page
            found[f"{name}, anew"] = phone.open(f"/form/{name}").page
        for path in ("/", "/support", "/data", "/journey"):
            found[path] = phone.open(path).page
        found["lead"] = lead.open("/lead").page
        return found


@pytest.mark.parametrize("pages_of", [workshop_pages, session_pages])
def test_scripts_in_every_answer_leave_every_page_as_harmless_words_do(kit_home, tmp_path, pages_of):
    (tmp_path / "plain").mkdir()
    hostile, plain = pages_of(kit_home, HOSTILE), pages_of(tmp_path / "plain", PLAIN)
    assert hostile.keys() == plain.keys()
    assert sum("alert(1)" in page for page in hostile.values()) > 5

    for name in plain:
        assert elements(hostile[name]) == elements(plain[name]), name


def elements(page):
    """All elements; a picture of data is one element, however much is in it."""
    drawn = re.sub(r"<svg.*?</svg>", "<svg></svg>", page, flags=re.DOTALL)
    return Tree(re.sub(r"(<script type=\"application/json\"[^>]*>)[^<]*", r"\1", drawn)).found


# what is for oneself ---------------------------------------------------------------------------------


def test_no_field_for_oneself_has_a_name_or_belongs_to_a_form(workshop):
    workshop.act(do="go", at="6")
    phone, own = entered(workshop), 0
    for _at, ask in workshop.run.agenda.questions():
        fields = Tree(phone.open(f"/step/{ask.name}").page).named
        for tag, told, in_form in fields:
            alone = "data-own" in told
            own += alone
            assert not (alone and (in_form or told.get("name"))), ask.name
            assert alone or in_form or tag == "button", (ask.name, told)
        assert any("data-own" in told for _tag, told, _in in fields) == ask.is_private
    assert own >= 5


def test_what_is_sent_for_a_question_for_oneself_is_taken_nowhere(workshop):
    workshop.act(do="go", at="6")
    phone, before = entered(workshop), workshop.answers()
    alone = [ask.name for _at, ask in workshop.run.agenda.questions() if ask.is_private]
    assert len(alone) > 3

    for name in alone:
        assert phone.share(name, MARK, follow=False).status == 400
    assert workshop.answers() == before


# very many at once -----------------------------------------------------------------------------------


@pytest.fixture
def few_files():
    """As on a system that lets a process have 256 files; afterwards this process may have enough to knock."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    yield lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_048), hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_whoever_holds_hundreds_of_connections_keeps_no_phone_out(kit_home, few_files):
    kit.open_book(kit_home / "rooms.book").close()
    told = rooms.open_room(
        rooms.RoomRequest(str(kit_home / "rooms.book"), title="Tuesday", keep_until=rooms.retention_date())
    )
    few_files()
    port = int(told.near.rsplit(":", 1)[1])
    held = [socket.create_connection(("127.0.0.1", port), timeout=20) for _wire in range(600)]
    try:
        assert Device(port).open(path_of(told.join)).path == "/step/agreements"
    finally:
        for wire in held:
            wire.close()
        rooms.close_room(told)


def test_no_phone_crowds_out_the_call_of_another_one(workshop):
    quiet, loud = entered(workshop), entered(workshop)
    quiet.open("/support").send("/support", what="come", nickname="", place="by the window")
    quiet.send("/support", what="out", nickname="", place="")
    loud.open("/support")
    for number in range(60):
        loud.send("/support", what="come", nickname="", place=f"seat {number}")

    told = [(one.what, one.place) for one in workshop.run.calls]
    assert told == [("come", "by the window"), ("out", ""), ("come", "seat 59")]


# nothing in any log ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_address_and_nothing_that_was_typed_is_in_any_log(kit_home):
    kit.open_book(kit_home / "rooms.book").close()
    asked = {"book": str(kit_home / "rooms.book"), "title": "Tuesday group", "keep_until": "2999-01-01"}
    with subprocess.Popen([sys.executable, "-X", "dev", "-m", "kit.rooms"], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=places.ROOT) as process:  # fmt: skip
        asked["keep_until"] = rooms.retention_date().isoformat()
        process.stdin.write(json.dumps({"asked": asked, "key": ""}) + "\n")
        process.stdin.close()
        process.stdin = None
        told = rooms.OpenRoom(**json.loads(process.stdout.readline()))
        visited(told)
        rooms.close_room(told)
        out, wrong = process.communicate(timeout=60)

    assert (out, wrong) == ("", "")
    files = {file: file.read_bytes().decode("latin-1") for file in kit_home.rglob("*") if file.is_file()}
    assert any("typedline" in text for file, text in files.items() if ".book" in file.name)
    for file, text in files.items():
        assert [word for word in ("127.0.0.77", "typedelse", "AgentOfAPhone") if word in text] == [], file
        assert ".book" in file.name or "typedline" not in text


def visited(told):
    """Somebody from an address of their own who types into every field there is, and much that is wrong."""
    rooms.send_action(told, "go", at="3")
    phone = Elsewhere(int(told.near.rsplit(":", 1)[1]))
    phone.open("/").send("/", code="typedelse")
    phone.open(path_of(told.join)).send("/step/agreements", nickname="typedelse")
    phone.open("/step/shared").share("shared", "typedline")
    phone.open("/support").send("/support", what="come", nickname="typedelse", place="typedelse")
    for path in ("/typedelse", "/step/typedelse", "/j/typedelse", "/now?mark=typedelse", "/step/word?x=%ff", "/lead"):
        phone.ask("GET", path)
    phone.ask("POST", "/lead/do", "typedelse", Authorization="Bearer typedelse", **{"Content-Type": "application/json"})
    phone.ask("POST", "/support", "typedelse=%ff&a;b", **{"Content-Type": "multipart/form-data; boundary=typedelse"})
    phone.cookies |= {"room_person": "typedelse", "_xsrf": "2|typedelse|x|y"}
    phone.ask("GET", "/")
    with socket.create_connection(("127.0.0.1", phone.port), source_address=phone.source) as wire:
        wire.sendall(b"typedelse typedelse\r\nContent-Length: typedelse\r\n\r\n")
        wire.recv(1000)


class Elsewhere(Device):
    """A browser at an address that nothing else has; a few systems know only one address of their own."""

    def __init__(self, port):
        super().__init__(port)
        self.source = ("127.0.0.77", 0)
        try:
            socket.create_connection(("127.0.0.1", port), source_address=self.source).close()
        except OSError:
            self.source = None

    def ask(self, method, path, body=None, **headers):
        real = HTTPConnection.__init__

        def elsewhere(wire, *given, **more):
            real(wire, *given, source_address=self.source, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(HTTPConnection, "__init__", elsewhere)
            return super().ask(method, path, body, **{"User-Agent": "AgentOfAPhone", **headers})


# whoever watches the board ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frames():
    return watching.watch(seed=1, how_many=100)


@pytest.mark.slow
def test_whoever_keeps_every_frame_of_a_hundred_workshops_learns_nothing_about_fewer_than_five(frames):
    assert [watching.told(one) for one in frames if watching.told(one)] == []
    assert sum(any(frame.bands for frame in one) for one in frames) > 30
    assert sum(len({tuple(frame.bands) for frame in one if frame.bands}) > 1 for one in frames) > 5
    assert sum(any(frame.dots for frame in one) for one in frames) > 5


@pytest.mark.slow
def test_no_frame_of_the_board_holds_a_line_that_was_not_shown_or_is_shown_no_more(frames):
    for frame in (frame for one in frames for frame in one):
        assert frame.marks <= frame.revealed
    assert sum(len(frame.marks) for one in frames for frame in one) > 500


def counted(earlier, given):
    """Each band with all who are in it by now."""
    before = [count for *_ends, count in earlier.bands] or [0] * len(disclosure.BANDS)
    return [
        (low, high, more + sum(low <= one <= high for one in given.values()))
        for (low, high), more in zip(disclosure.BANDS, before, strict=True)
    ]


@pytest.mark.slow
def test_the_same_watcher_sees_through_a_board_that_shows_every_figure(monkeypatch):
    def naive(earlier, given, _joined, _lot):
        return disclosure.Figure(tuple(counted(earlier, given)), earlier.people | frozenset(given))

    monkeypatch.setattr(disclosure, "next_figure", naive)
    monkeypatch.setattr(disclosure, "next_dots", lambda _earlier, given, _joined: dict(given))
    found = [watching.told(one) for one in watching.watch(seed=2, how_many=10)]

    assert sum(map(bool, found)) >= 8
    assert {"a figure", "a difference", "a complement"} <= {what for some in found for what, *_rest in some}


@pytest.mark.slow
def test_a_board_that_only_hides_small_figures_is_seen_through_by_subtraction(monkeypatch):
    def hiding(earlier, given, joined, _lot):
        found = counted(earlier, given)
        small = joined < disclosure.MIN_GROUP or min(count for *_ends, count in found) < disclosure.MIN_CELL
        return earlier if small else disclosure.Figure(tuple(found), earlier.people | frozenset(given))

    monkeypatch.setattr(disclosure, "next_figure", hiding)
    found = [what for one in watching.watch(seed=3, how_many=30) for what, *_rest in watching.told(one)]

    assert "a difference" in found
    assert "a figure" not in found


def test_what_is_read_of_the_board_is_what_is_on_it():
    page = """<tr><th scope="row">0 to 6</th><td><meter>7</meter></td><td>7</td></tr>
    <tr><th scope="row">7 to 10</th><td><meter>9</meter></td><td>9</td></tr>
    <li dir="auto" class="text">mark12. <span class="dots">● 8</span></li><li dir="auto" class="text">mark13.</li>"""
    frame = watching.Frame(page, 16, {"mark12."})

    assert frame.spans() == {(0, 6): 7, (7, 10): 9, (0, 10): 16}
    assert (frame.dots, frame.marks - frame.revealed) == ({"mark12.": 8}, {"mark13."})


def test_what_the_board_hears_is_a_mark_and_nothing_else(workshop):
    board = workshop.phones["board"]

    assert re.fullmatch(r'\{"mark": "\d+\.\d+"\}', board.ask("GET", "/board/now").page)
    assert board.ask("GET", "/board").status == 200
    assert MARK not in board.page


def test_no_page_of_another_phone_holds_a_line_before_it_is_shown(workshop):
    other = entered(workshop)
    seen = [other.open(path).page for path, method in routes(workshop) if method == "GET"]
    seen += [other.open(f"/step/{ask.name}").page for ask in workshop.run.open_asks()]

    assert not any(MARK in page for page in seen)
    workshop.act(do="show", id=workshop.id_of(MARK))
    assert MARK in other.open("/step/small_win").page
