"""A workshop's room: who comes in, what is kept once, what is shown, what nobody learns."""

import random
import re
import threading
from uuid import uuid4

import pytest
from rooming import opened, path_of

import kit
from kit import rooms
from kit.rooms import access_codes, templates, web_server
from kit.rooms import workshop as workshop_module
from kit.vault import backups, erasing, transfer
from kit.words import KitError

PLACES = ["/step/word", "/step/agreements", "/support", "/data", "/now", "/lead", "/lead/state", "/lead/paper",
          "/lead/now", "/board", "/board/now"]  # fmt: skip
PRESSES = ["/step/word", "/step/agreements", "/step/word/back", "/step/helps/dot", "/support", "/lead/do"]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def room(kit_home):
    with opened(kit_home) as room:
        yield room


@pytest.fixture
def checking_in(room):
    """The room in its second phase, in which words are hidden."""
    room.act(do="go", at="1")
    return room


def texts(room):
    return sorted(one.text for one in room.answers())


# coming in -------------------------------------------------------------------------------------------


def test_the_link_leads_through_the_agreements_to_where_everybody_is(checking_in):
    device = checking_in.device().open(path_of(checking_in.told.join))
    assert (device.path, device.status) == ("/step/agreements", 200)

    device.send("/step/agreements", nickname="Robin")
    assert device.path == "/step/word"
    assert "Good to have you here, Robin." in device.page


def test_a_latecomer_cannot_pass_by_the_agreements(checking_in):
    device = checking_in.device().open(path_of(checking_in.told.join))

    assert device.open("/step/word").path == "/step/agreements"
    assert device.share("word", "here", follow=False).status == 400


def test_the_code_can_be_typed_with_spaces_and_capitals(room):
    device = room.device().open("/")

    typed = room.told.typed
    assert device.send("/", code=f" {typed[:3].upper()} {typed[3:]}").path == "/step/agreements"


def test_a_link_holds_at_least_sixty_bits():
    assert len(access_codes.new_secret()) * 6 >= 60
    assert len({access_codes.new_secret() for _time in range(100)}) == 100


def test_after_ten_wrong_codes_no_code_opens_the_room_until_there_is_a_new_one(room):
    device = room.device().open("/")
    for _guess in range(10):
        assert device.send("/", code="aaaaaa").status == 403

    assert device.send("/", code=room.told.typed).status == 403
    assert "too many wrong codes" in device.page
    renewed = room.act(do="renew")["typed"]
    assert device.open("/").send("/", code=renewed).path == "/step/agreements"


def test_ten_thousand_guesses_open_nothing():
    room = access_codes.AccessCodes(typed="abcdef")

    lot = random.Random(3)
    assert not any(room.matches_typed("".join(lot.choices(access_codes.ALPHABET, k=6))) for _guess in range(10_000))
    assert not room.matches_typed("abcdef")


@pytest.mark.parametrize("place", PLACES)
def test_nobody_without_a_code_sees_a_page(room, place):
    device = room.device()

    assert device.ask("GET", place).status == 403
    assert "Tuesday group" not in device.page


@pytest.mark.parametrize("place", PLACES)
def test_a_cookie_of_ones_own_making_opens_no_page(room, place):
    device, phone = room.device(), room.phone()
    device.cookies = dict.fromkeys(phone.cookies, "2|1:0|10:1700000000|11:room_person|4:abcd|" + "0" * 64)

    assert device.ask("GET", place).status == 403


@pytest.mark.parametrize("link", ["/j/", "/lead/", "/board/"])
def test_a_guessed_link_opens_nothing(room, link):
    assert room.device().ask("GET", link + access_codes.new_secret()).status == 403


@pytest.mark.parametrize("place", ["/lead", "/lead/state", "/lead/paper", "/lead/now", "/board", "/board/now"])
def test_a_participant_sees_neither_the_facilitators_page_nor_the_board(room, place):
    assert room.phone().ask("GET", place).status == 403


@pytest.mark.parametrize("place", ["/lead", "/lead/state", "/step/word", "/support"])
def test_the_board_opens_no_other_page(room, place):
    assert room.board().ask("GET", place).status == 403


@pytest.mark.parametrize("place", [*PLACES, "/"])
def test_a_closed_room_says_so_and_shows_nothing(room, place):
    devices = [room.phone(), room.lead(), room.board()]
    room.run.ended = True

    for device in devices:
        device.ask("GET", place)
        assert device.status == 410 or '"mark": "closed"' in device.page
        assert "Tuesday group" not in device.page


@pytest.mark.parametrize("place", [*PLACES, "/"])
def test_a_room_whose_time_is_over_shows_nothing(room, place):
    device = room.phone()
    room.room.until = 0

    assert device.ask("GET", place).status == 410


@pytest.mark.parametrize("place", [*PRESSES, "/"])
def test_a_form_without_its_token_is_refused(room, place):
    for device in (room.phone(), room.lead()):
        before = texts(room), room.run.at
        assert device.ask("POST", place, "do=go&at=2&text=x&id=" + uuid4().hex).status == 403
        assert (texts(room), room.run.at) == before


@pytest.mark.parametrize("place", PRESSES)
def test_a_token_without_a_way_in_sends_nothing(room, place):
    for device in (room.device().open("/"), room.device().ask("GET", "/j/" + access_codes.new_secret()).open("/")):
        assert device.send(place, do="go", at="2", text="x", id=uuid4().hex, what="come").status == 403
    assert (room.answers(), room.run.at, room.run.calls) == ([], 0, [])


def test_the_facilitators_own_key_must_be_the_right_one(room):
    device = room.device()

    for bearer in ("", "Bearer ", "Bearer " + access_codes.new_secret()):
        assert device.ask("POST", "/lead/do", '{"do": "go", "at": "3"}', Authorization=bearer).status == 403
    assert room.run.at == 0


def test_another_name_that_leads_to_this_computer_is_turned_away(room):
    assert room.device().ask("GET", "/", Host="evil.example").status == 403
    assert room.device().ask("GET", "/files/room.js", Host="evil.example").status == 403


# what pages carry ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/", "/step/word", "/support", "/nowhere", "/try", "/files/room.js", "/lead"])
def test_every_answer_carries_its_policy(checking_in, place):
    told = checking_in.phone().ask("GET", place).headers

    policy = told["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "no-referrer"
    assert "Server" not in told


def test_a_page_runs_nothing_but_the_kits_own_files_and_fetches_nothing_from_elsewhere(checking_in):
    for device in (checking_in.phone(), checking_in.lead(), checking_in.board()):
        scripts = re.findall(r"<script[^>]*>", device.page)
        assert [one for one in scripts if not re.search(r'src="/files/|type="application/json"', one)] == []
        assert re.findall(r"(?:src|href)=\"(?:https?:)?//", device.page) == []
        assert re.findall(r"\son\w+=|\sstyle=", device.page) == []


def test_cookies_are_signed_and_out_of_reach_of_scripts(room):
    device = room.device().ask("GET", path_of(room.told.join))

    told = device.headers.get_all("Set-Cookie")
    assert told
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in told)
    assert not any(token in one for token in room.run.people for one in told)


def test_what_somebody_typed_is_text_on_every_page(checking_in):
    phone, other = checking_in.phone(SCRIPT), checking_in.phone()
    phone.share("word", SCRIPT[:40])
    phone.share("small_win", SCRIPT)
    phone.open("/support").send("/support", what="come", nickname=SCRIPT, place=SCRIPT)
    for one in checking_in.answers():
        checking_in.act(do="show", id=one.id)

    pages = [phone.open("/step/small_win").page, other.open("/step/small_win").page, checking_in.lead().page]
    for page in [*pages, checking_in.board().page]:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


# answers ---------------------------------------------------------------------------------------------


def test_an_answer_is_kept_without_a_name(checking_in):
    checking_in.phone("Robin").share("word", "hopeful")

    [kept] = checking_in.answers()
    assert (kept.text, kept.phase, kept.by, kept.shown) == ("hopeful", "word", "room", False)
    assert "Robin" not in repr(kept)
    assert not any(token in repr(kept) for token in checking_in.run.people)


def test_what_is_sent_twice_is_kept_once(checking_in):
    phone, key = checking_in.phone(), uuid4().hex
    for _time in range(3):
        assert phone.share("small_win", "Bread in the oven", key).status == 200

    assert texts(checking_in) == ["Bread in the oven"]


def test_a_hundred_copies_at_once_are_kept_once(checking_in):
    phone, key = checking_in.phone(), uuid4().hex
    phone.open("/step/small_win")
    statuses = []

    def send():
        copy = checking_in.device()
        copy.cookies, copy.token = dict(phone.cookies), phone.token
        statuses.append(copy.share("small_win", "Bread", key, follow=False).status)

    threads = [threading.Thread(target=send) for _copy in range(40)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(statuses) == {303}
    assert texts(checking_in) == ["Bread"]


def test_lines_that_are_doubled_and_reordered_are_each_kept_once(room):
    room.act(do="go", at="3")
    phones = [room.phone() for _phone in range(5)]
    sent = [(phone, uuid4().hex, f"line {number}") for phone in phones for number in range(8)] * 3
    random.Random(5).shuffle(sent)
    for phone, key, text in sent:
        assert phone.share("shared", text, key, follow=False).status == 303

    assert len(room.answers()) == 40


def test_another_phones_answer_can_be_neither_taken_nor_taken_back(checking_in):
    mine, other, key = checking_in.phone(), checking_in.phone(), uuid4().hex
    mine.share("small_win", "Bread", key)

    assert other.share("small_win", "mine now", key).status == 409
    other.open("/step/small_win")
    assert other.send("/step/small_win/back", id=key).status == 409
    assert texts(checking_in) == ["Bread"]


def test_a_line_can_be_taken_back_and_a_late_copy_brings_nothing_back(checking_in):
    phone, key = checking_in.phone(), uuid4().hex
    phone.share("small_win", "Bread", key)
    phone.send("/step/small_win/back", id=key)
    phone.share("small_win", "Bread", key)

    assert texts(checking_in) == []


def test_a_line_that_is_shown_stays(checking_in):
    phone, key = checking_in.phone(), uuid4().hex
    phone.share("small_win", "Bread", key)
    checking_in.act(do="show", id=checking_in.id_of("Bread"))
    phone.open("/step/small_win").send("/step/small_win/back", id=key)

    assert texts(checking_in) == ["Bread"]


@pytest.mark.parametrize(("ask", "typed"), [("energy", "11"), ("energy", "many"), ("word", " "), ("word", "x" * 41)])
def test_what_does_not_fit_is_told_beside_the_field_and_stays_typed(checking_in, ask, typed):
    phone = checking_in.phone()

    assert phone.share(ask, typed).status == 422
    assert "Please" in phone.page or "please" in phone.page
    assert checking_in.answers() == []


def test_a_question_of_a_later_phase_is_not_open_yet(room):
    phone = room.phone()

    assert phone.open("/step/helps").status == 404
    assert phone.open("/").share("helps", "tea", follow=False).status == 404


def test_earlier_questions_stay_open(room):
    room.act(do="go", at="4")

    assert room.phone().open("/step/word").status == 200


# what leaves the phone -------------------------------------------------------------------------------


def test_what_is_for_oneself_has_no_name_and_stands_in_no_form(room):
    room.act(do="go", at="6")
    phone = room.phone()
    for _at, ask in room.run.agenda.questions():
        page = phone.open(f"/step/{ask.name}").page
        forms = "".join(re.findall(r"<form.*?</form>", page, re.DOTALL))
        own = re.findall(r"<textarea[^>]*data-own[^>]*>", page)
        assert bool(own) == ask.is_private
        assert "data-own" not in forms
        assert not any("name=" in one for one in own)
        if ask.is_private:
            assert "never leaves this phone" in page
            assert phone.share(ask.name, "a secret", follow=False).status == 400
    assert room.answers() == []


# showing ---------------------------------------------------------------------------------------------


def test_the_board_holds_no_word_before_it_is_revealed(checking_in):
    phone, board = checking_in.phone(), checking_in.board()
    phone.share("word", "hopeful")
    checking_in.release()
    assert "hopeful" not in board.open("/board").page
    assert "hopeful" not in checking_in.phone().open("/step/word").page

    checking_in.act(do="reveal", ask="word")
    assert "hopeful" in board.open("/board").page
    assert "hopeful" in checking_in.phone().open("/step/word").page


def test_a_word_that_is_kept_back_is_not_revealed(checking_in):
    checking_in.phone().share("word", "private")
    checking_in.phone().share("word", "hopeful")
    checking_in.act(do="keep_back", id=checking_in.id_of("private"))
    checking_in.act(do="reveal", ask="word")

    page = checking_in.board().page
    assert ("hopeful" in page, "private" in page) == (True, False)


def test_a_word_that_comes_after_the_reveal_waits_for_the_next_one(checking_in):
    checking_in.act(do="reveal", ask="word")
    checking_in.phone().share("word", "late")
    checking_in.release()

    assert "late" not in checking_in.board().page.split("<h1")[1]


def test_a_line_that_was_shown_can_be_kept_back_again(checking_in):
    checking_in.phone().share("small_win", "Bread")
    key = checking_in.id_of("Bread")
    checking_in.act(do="show", id=key)
    checking_in.act(do="keep_back", id=key)

    assert "Bread" not in checking_in.board().page


def test_the_board_hears_of_nothing_while_answers_come_in(checking_in):
    before = checking_in.run.version("board"), checking_in.run.version("phone")
    checking_in.phone().share("word", "hopeful")
    checking_in.phone().share("energy", "3")

    assert (checking_in.run.version("board"), checking_in.run.version("phone")) == before


def test_ratings_of_a_small_group_are_never_shown(checking_in):
    checking_in.act(do="heads", heads="11")
    for rating in range(11):
        checking_in.phone().share("energy", rating)
    checking_in.act(do="reveal", ask="energy")

    pages = checking_in.board().page + checking_in.lead().page + checking_in.phone().open("/step/energy").page
    assert 'class="bands"' not in pages
    assert checking_in.answers() == []


def test_fifteen_ratings_are_shown_as_bands(checking_in):
    checking_in.act(do="heads", heads="15")
    for rating in [2] * 5 + [5] * 5 + [9] * 5:
        checking_in.phone().share("energy", rating)
    checking_in.act(do="reveal", ask="energy")

    counts = re.findall(r"<td>(\d+)</td>", checking_in.board().page)
    assert counts == ["5", "5", "5"]


def test_nobody_is_told_how_many_have_answered(checking_in):
    phones = [checking_in.phone() for _phone in range(7)]
    for phone in phones[:4]:
        phone.share("word", "here")
    for page in (checking_in.board().page, checking_in.lead().page, phones[6].open("/step/word").page):
        told = re.sub(r"<svg.*?</svg>|<(?:script|link|meta|input)[^>]*>|<form.*?</form>", "", page, flags=re.DOTALL)
        assert re.findall(r"\b[347] (?:of|people|answers|have)|\b(?:of) 7 (?:have|people)", told) == []


def test_dots_are_set_once_and_only_beside_what_is_shown(room):
    room.act(do="go", at="4")
    room.act(do="heads", heads="21")
    room.phone().share("helps", "Ringing my sister")
    line = room.id_of("Ringing my sister")
    phones = [room.phone() for _phone in range(20)]
    phones[0].open("/step/helps")
    assert phones[0].send("/step/helps/dot", id=line).status == 409

    room.act(do="show", id=line)
    for phone in phones[:8]:
        phone.open("/step/helps").send("/step/helps/dot", id=line).send("/step/helps/dot", id=line)
    assert "● 8" not in room.board().page
    room.act(do="dots")
    assert "● 8" in room.board().page


# the facilitator -------------------------------------------------------------------------------------


def test_the_next_phase_is_heard_by_a_phone_that_waits(room):
    phone, mark = room.phone(), room.run.version("phone")
    threading.Timer(0.2, lambda: room.act(do="go", at="1")).start()

    assert '"mark": "1.' in phone.ask("GET", f"/now?mark={mark}").page


def test_five_more_minutes(room):
    before = room.act(do="more")["minutes_left"]

    assert 14 < before <= 15
    assert room.act(do="more")["minutes_left"] == pytest.approx(before + 5, abs=0.3)


def test_a_call_reaches_the_facilitator_with_only_what_was_given(room):
    phone = room.phone("Robin")
    phone.open("/support").send("/support", what="come", nickname="", place="by the window")

    [call] = room.run.calls
    assert (call.what, call.nickname, call.place) == ("come", "", "by the window")
    assert "by the window" in room.lead().page
    room.act(do="answered", id=call.id)
    assert "by the window" not in room.lead().page


def test_the_support_sheet_is_on_every_page_and_can_be_read_to_all(room):
    room.run.store.save(kit.SupportLine(name="Night Harbour", number="0123 456"))
    phone = room.phone()
    assert 'href="/support"' in phone.page
    assert "Night Harbour" in phone.open("/support").page
    assert "Night Harbour" not in room.board().page

    room.act(do="aloud", on="1")
    assert "Night Harbour" in phone.open("/step/agreements").page
    assert "Night Harbour" in room.board().page


def test_entering_for_somebody_says_first_that_it_ends_their_anonymity(checking_in):
    assert "ends their anonymity" in checking_in.lead().page

    checking_in.act(do="enter", ask="word", text="calm")
    assert texts(checking_in) == ["calm"]


def test_a_theme_that_the_facilitator_notes_is_shown_at_once(room):
    room.act(do="go", at="4")
    room.act(do="note", ask="themes", text="small things")

    assert "small things" in room.board().page
    with pytest.raises(KitError):
        room.act(do="note", ask="word", text="not for words that are hidden")


def test_nothing_of_a_line_can_be_edited_by_the_facilitator(checking_in):
    checking_in.phone().share("small_win", "Bread")
    key = checking_in.id_of("Bread")

    with pytest.raises(KitError):
        checking_in.act(do="edit", id=key, text="Cake")
    checking_in.act(do="show", id=key, text="Cake")
    assert texts(checking_in) == ["Bread"]


def test_taking_home_is_offered_from_minute_75(room):
    phone = room.phone()
    room.act(do="go", at="4")
    assert "/step/take_home" not in phone.open("/step/helps").page

    room.act(do="go", at="5")
    assert room.run.agenda.start_minute(5) == 75
    assert "/step/take_home" in phone.open("/step/helps").page


def test_every_phase_prints_on_paper(room):
    page = room.lead().open("/lead/paper").page

    assert page.count('class="sheet"') == len(room.run.agenda.phases)
    assert all(templates.jinja2.utils.markupsafe.escape(ask.prompt) in page for _at, ask in room.run.agenda.questions()
               if ask.kind != "take_home")  # fmt: skip


def test_a_device_that_tries_the_day_before_is_noticed_and_not_noted(room):
    mark = room.run.version("lead")
    device = room.device().ask("GET", "/try")

    assert device.status == 200
    assert room.run.version("lead") != mark
    assert "A device has found its way here." in room.lead().page
    assert "Tuesday group" not in device.page
    assert room.act(do="more")["tried"] > 0
    assert device.cookies.keys() <= {"_xsrf"}


# the end ---------------------------------------------------------------------------------------------


def test_a_workshop_that_was_interrupted_goes_on_with_what_was_shared(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="1")
        room.phone().share("word", "hopeful")
        first = room.run.record.id

    with opened(kit_home) as again:
        assert again.run.record.id == first
        assert texts(again) == ["hopeful"]


def test_what_was_shared_is_deleted_when_its_day_has_come(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="1")
        room.phone().share("word", "hopeful")
        room.release()
        store = room.run.store
        store.save(kit.records.changed(room.run.record, keep_until=rooms.retention_date(-1), version=2))
    backups.make(kit_home / "rooms.book", None)

    book = kit.open_book(kit_home / "rooms.book")
    assert book.state is not None
    assert book.records(kit.Workshop) == book.records(kit.records.Answer) == []
    book.close()
    [kept] = backups.backup_files(kit_home / "rooms.book")
    with kept.open("rb") as file:
        transfer.unpack(file, kit_home / "rooms.book.tried", b"")
    assert "hopeful" not in everything(kit_home)


def test_what_is_deleted_is_in_no_file_and_the_book_is_sound_as_before(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="1")
        room.phone().share("small_win", "a quokka in the snow")
        room.act(do="show", id=room.id_of("a quokka in the snow"))
        assert "quokka" in everything(kit_home)
        store = room.run.store
        store.save(kit.Client(name="Heron"), kit.Win(client="Heron", title="Bread in the oven"))
        erasing.purge_workshops(store, lambda one: workshop_module.is_due(one, rooms.retention_date(31)))

    assert "quokka" not in everything(kit_home)
    assert "Bread in the oven" in everything(kit_home)
    book = kit.open_book(kit_home / "rooms.book")
    assert (book.remark, [one.title for one in book.records(kit.Win)]) == ("", ["Bread in the oven"])
    book.close()


def test_a_line_that_was_taken_back_is_in_no_file(checking_in, kit_home):
    phone, keys = checking_in.phone(), [uuid4().hex for _line in range(2)]
    phone.share("small_win", "a quokka in the snow " * 12, keys[0])
    checking_in.phone().share("small_win", "bread in the oven", keys[1])
    checking_in.release()
    assert "quokka" in everything(kit_home)
    phone.open("/step/small_win").send("/step/small_win/back", id=keys[0])

    assert "quokka" not in everything(kit_home)
    assert texts(checking_in) == ["bread in the oven"]


def everything(folder):
    return "".join(file.read_bytes().decode("latin-1") for file in folder.glob("rooms.book*"))


def test_a_clients_code_name_is_no_name_for_a_workshop(kit_home):
    book = kit.open_book(kit_home / "rooms.book")
    book.add(kit.Client(name="Heron"))
    book.close()
    asked = rooms.RoomRequest(book=str(kit_home / "rooms.book"), title="heron", keep_until=rooms.retention_date())

    with pytest.raises(KitError, match="code name"):
        web_server.create_room(asked, None)


def test_the_colours_of_a_room_are_the_kits_own_and_dark_only_on_a_dark_screen(room):
    served = room.device().open("/files/tokens.css").page
    day, night = served.split("@media screen and (prefers-color-scheme: dark)")

    assert "--kit-paper: #fbf8f3" in day
    assert "--kit-paper: #1a2128" in night
    assert night.lstrip().startswith("{ body:not(.board, .paper)")
    assert served.count("{") == served.count("}")


def test_the_door_of_one_client_speaks_of_no_wall(room, tmp_path):
    assert "on the wall" in room.device().open("/").page

    with opened(tmp_path, client="Heron") as other:
        assert "on the wall" not in other.device().open("/").page
