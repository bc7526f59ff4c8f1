"""One unlock for all notebooks: who gets a key, who hears of a lock, and that nothing is left when the broker goes."""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from kit import places, processes
from kit.vault import agent, agent_process, keys

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name == "nt", reason="signals and sockets as POSIX has them")
linux = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks into /proc")
HOUR, MINUTE = 3600.0, 60.0
PATIENCE = 15  # seconds; a machine may be busy
NOTEBOOK = "import hashlib, sys; from pathlib import Path; from kit.vault import agent\n"
ASKS = NOTEBOOK + "key = agent.get_key(Path(sys.argv[1])); print(key and hashlib.sha256(key).hexdigest())"
WATCHES = (
    NOTEBOOK + "agent.subscribe(lambda word: print(word, flush=True)); print('watching', flush=True); sys.stdin.read()"
)
SERVES = (
    NOTEBOOK + "running = agent.start(); print(running.process and running.process.pid, flush=True);"
    "sys.stdin.read(); running.end()"
)


@pytest.fixture
def running():
    running = agent.start()
    yield running
    running.end()


@pytest.fixture
def book():
    return places.practice()


@pytest.fixture
def watch():
    """Watches, and gives the growing list of what was heard."""
    stops = []

    def watch(heard=None):
        words = []
        stops.append(agent.subscribe(heard or words.append))
        return words

    yield watch
    for stop in stops:
        stop()


@contextlib.contextmanager
def another_process(script, *given):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", script, *map(str, given)], **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def until(happened):
    patience = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < patience, "it did not come to that"
        time.sleep(0.02)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    # A process whose parent was killed is buried by whoever looks after orphans, at their leisure.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return sys.platform == "linux"  # it went just now; elsewhere there is no such file


def traces():
    """What lies in the kit's folder; an empty file that is locked while a broker begins is none."""
    return [one for one in places.home().iterdir() if one.name != ".broker.lock"]


def address():
    return json.loads(agent_process.address_file().read_bytes())


# what it is for -------------------------------------------------------------------------------


def test_a_key_that_was_handed_over_is_given_to_other_processes(running, book):
    key = keys.generate()

    assert agent.add_key(book, key, HOUR)
    assert agent.get_key(book) == key
    for way in (book, book.parent / "." / book.name):
        told = subprocess.run([sys.executable, "-c", ASKS, str(way)], capture_output=True, text=True, check=True)
        assert told.stdout.strip() == hashlib.sha256(key).hexdigest()


def test_a_book_that_nobody_opened_has_no_key(running, book):
    agent.add_key(book, keys.generate(), HOUR)

    assert agent.get_key(book.with_name("other.book")) is None


def test_without_a_broker_every_call_says_so_at_once(book):
    assert agent.get_key(book) is None
    assert not agent.add_key(book, keys.generate(), HOUR)
    assert not agent.lock()
    assert not agent.report_activity()
    assert not agent.publish("seat")


def test_the_keys_of_several_books_are_locked_one_by_one_or_all_together(running, book):
    books = [book.with_name(f"{name}.book") for name in ("one", "two", "thrée 🌿")]
    held = {one: keys.generate() for one in books}
    for one, key in held.items():
        assert agent.add_key(one, key, HOUR)

    assert agent.lock(books[0])
    assert [agent.get_key(one) for one in books] == [None, held[books[1]], held[books[2]]]
    assert agent.lock()
    assert [agent.get_key(one) for one in books] == [None, None, None]


def test_all_watchers_hear_of_an_unlock_a_seat_and_a_lock(running, book, watch):
    here = [watch(), watch()]
    with another_process(WATCHES) as notebook:
        assert notebook.stdout.readline() == "watching\n"
        agent.add_key(book, keys.generate(), HOUR)
        agent.publish("seat")
        agent.lock()

        assert [notebook.stdout.readline() for _word in range(3)] == ["opened\n", "seat\n", "locked\n"]
    until(lambda: all(words == ["opened", "seat", "locked"] for words in here))


def test_handing_the_same_key_over_again_is_no_news_and_another_one_is(running, book, watch):
    key, words = keys.generate(), watch()
    for one in (key, key, keys.generate()):
        agent.add_key(book, one, HOUR)
    agent.publish("seat")

    until(lambda: "seat" in words)
    assert words == ["opened", "opened", "seat"]


def test_who_watches_late_hears_that_a_book_is_open_already(running, book, watch):
    agent.add_key(book, keys.generate(), HOUR)
    words = watch()

    until(lambda: words == ["opened"])


def test_who_stopped_watching_hears_nothing_more(running, watch):
    words, others = [], watch()
    stop = agent.subscribe(words.append)
    agent.publish("seat")
    until(lambda: words == ["seat"])

    stop()
    agent.publish("seat")
    until(lambda: others == ["seat", "seat"])
    assert words == ["seat"]


def test_a_panel_that_stumbles_over_a_word_still_hears_the_next(running, watch):
    words = []

    def heard(word):
        words.append(word)
        raise ValueError("a panel stumbled")

    watch(heard)
    agent.publish("seat")
    agent.lock()
    until(lambda: words == ["seat", "locked"])
    until(lambda: "a panel stumbled" in (places.home() / "trouble.log").read_text("utf-8"))


# idle -----------------------------------------------------------------------------------------


def test_a_key_is_forgotten_when_nobody_was_there_for_as_long_as_was_said(running, book, watch):
    words, other = watch(), book.with_name("other.book")
    agent.add_key(other, keys.generate(), HOUR)
    agent.add_key(book, keys.generate(), 0.3)

    until(lambda: "locked" in words)
    assert agent.get_key(book) is None
    assert agent.get_key(other)


@pytest.fixture
def clock(monkeypatch):
    """Two clocks: seconds that the computer was awake, and those of the day."""
    clock = {"awake": 1000.0, "day": 50_000.0}
    monkeypatch.setattr(agent_process, "_now", lambda: (clock["awake"], clock["day"]))

    def passed(awake=0.0, asleep=0.0, put=0.0):
        clock["awake"] += awake
        clock["day"] += awake + asleep + put

    return passed


def kept(idle=60.0):
    one = agent_process.KeyAgent()
    one.answer("hold", book="b", key="00", idle=idle)
    return one


def test_a_touch_in_time_keeps_a_key_and_one_that_comes_late_does_not(clock):
    one = kept()

    for _time in range(3):
        clock(awake=59)
        assert one.answer("touch")
    assert one.answer("ask", book="b") == "00"
    clock(awake=61)
    one.answer("touch")
    assert one.answer("ask", book="b") is None


def test_a_computer_that_slept_for_longer_is_locked_before_its_first_touch(clock):
    one = kept()

    clock(awake=1, asleep=30)
    assert one.answer("ask", book="b") == "00"
    clock(asleep=300)
    one.answer("touch")
    assert one.answer("ask", book="b") is None


def test_a_clock_that_was_put_back_keeps_nothing_open(clock):
    one = kept()

    clock(awake=61, put=-HOUR)
    one.look_at_the_clock()
    assert not one.held


def in_session(clock, planned=50 * MINUTE):
    """A session that has just begun, in a practice that locks after ten minutes with nobody there."""
    one = kept(10 * MINUTE)
    assert one.answer("session", book="b", until=agent_process._now()[1] + planned)
    return one


def test_two_people_who_only_talk_in_a_session_are_not_locked_out_for_an_hour(clock):
    one = in_session(clock)

    clock(awake=20 * MINUTE)
    assert one.answer("ask", book="b") == "00"
    clock(awake=39 * MINUTE)
    assert one.answer("ask", book="b") == "00"
    clock(awake=2 * MINUTE)
    assert one.answer("ask", book="b") is None


@pytest.mark.parametrize(("touched", "looked", "is_held"), [
    (45, 56, True),  # ten quiet minutes, and not yet ten past the planned end
    (49, 61, False),
    (52, 61, True),  # past the end, and not quiet for ten minutes
    (119, 125, True),  # somebody is typing, however late it is
    (119, 130, False),
])  # fmt: skip
def test_ten_minutes_past_its_planned_end_a_session_is_locked_after_ten_quiet_ones(clock, touched, looked, is_held):
    one = in_session(clock)

    for _minute in range(touched):
        clock(awake=MINUTE)
        one.answer("touch")
    clock(awake=(looked - touched) * MINUTE)
    assert (one.answer("ask", book="b") == "00") is is_held


def test_without_an_open_session_ten_quiet_minutes_lock_as_before(clock):
    one = in_session(clock)

    one.answer("session", book="b", until=0)
    clock(awake=11 * MINUTE)
    assert one.answer("ask", book="b") is None


@pytest.mark.parametrize("asleep", [11 * MINUTE, HOUR])
def test_a_lid_that_was_closed_for_longer_than_that_locks_a_session_too(clock, asleep):
    one = in_session(clock)

    clock(awake=MINUTE, asleep=5 * MINUTE)
    assert one.answer("ask", book="b") == "00"
    one.answer("touch")
    clock(asleep=asleep)
    one.answer("touch")
    assert one.answer("ask", book="b") is None


@pytest.mark.parametrize("jump", [-10 * HOUR, -10 * MINUTE])
def test_a_clock_that_is_put_back_in_a_session_neither_locks_it_nor_keeps_it_open(clock, jump):
    one = in_session(clock)

    clock(awake=MINUTE, put=jump)
    assert one.answer("ask", book="b") == "00"
    clock(awake=HOUR)
    assert one.answer("ask", book="b") is None


def test_a_session_of_a_book_that_is_locked_is_no_session(clock):
    one = in_session(clock)

    one.answer("lock")
    assert not one.answer("session", book="b", until=agent_process._now()[1] + HOUR)
    one.answer("hold", book="b", key="00", idle=10 * MINUTE)
    clock(awake=11 * MINUTE)
    assert one.answer("ask", book="b") is None


# the curtain ----------------------------------------------------------------------------------


def test_the_curtain_is_drawn_until_somebody_types_the_passphrase_and_again_after_a_page_for_two(running, book):
    key = keys.generate()
    assert not agent.is_curtain_open(book)
    agent.add_key(book, key, HOUR)
    assert not agent.is_curtain_open(book)

    agent.add_key(book, key, HOUR, is_curtain_open=True)
    assert agent.is_curtain_open(book)
    assert not agent.is_curtain_open(book.with_name("other.book"))
    agent.add_key(book, key, HOUR)  # handed over again by something that needs no passphrase
    assert agent.is_curtain_open(book)
    agent.draw_curtain(book)
    assert not agent.is_curtain_open(book)


def test_whoever_opens_another_key_or_locks_draws_the_curtain(running, book):
    for close in (agent.lock, lambda: agent.add_key(book, keys.generate(), HOUR)):
        agent.add_key(book, keys.generate(), HOUR, is_curtain_open=True)
        close()
        assert not agent.is_curtain_open(book)


def test_all_watchers_hear_of_the_curtain_once_each_time(running, book, watch):
    key, words = keys.generate(), watch()
    agent.add_key(book, key, HOUR, is_curtain_open=True)
    for _time in range(2):
        agent.draw_curtain(book)
    for _time in range(2):
        agent.add_key(book, key, HOUR, is_curtain_open=True)
    agent.publish("seat")

    until(lambda: "seat" in words)
    assert words == ["opened", "curtain", "curtain", "seat"]


def test_without_a_broker_the_curtain_is_drawn(book):
    assert not agent.is_curtain_open(book)
    assert not agent.draw_curtain(book)
    assert not agent.set_session_end(book, time.time() + HOUR)


def test_one_of_its_clocks_runs_on_while_the_computer_sleeps():
    before = time.time()

    awake, day = agent_process._now()
    assert before <= day <= time.time()
    assert awake <= time.monotonic()


def test_a_time_that_is_no_number_keeps_nothing_open(clock):
    assert kept(float("nan")).answer("ask", book="b") is None
    assert kept(float("inf")).answer("ask", book="b") == "00"


# how it goes ----------------------------------------------------------------------------------


def test_a_broker_that_was_killed_locks_everything_and_a_new_one_is_heard(running, book, watch):
    words = watch()
    agent.add_key(book, keys.generate(), HOUR)
    until(lambda: words == ["opened"])

    running.process.kill()
    until(lambda: words == ["opened", "locked"])
    assert agent.get_key(book) is None
    assert not agent.add_key(book, keys.generate(), HOUR)
    again = agent.start()
    try:
        assert agent.get_key(book) is None
        assert agent.add_key(book, keys.generate(), HOUR)
        until(lambda: words == ["opened", "locked", "opened"])
    finally:
        again.end()
    until(lambda: words == ["opened", "locked", "opened", "locked"])
    assert not traces()


def test_who_watches_before_there_is_a_broker_hears_it_later(book, watch):
    words = watch()
    running = agent.start()
    agent.add_key(book, keys.generate(), HOUR)

    until(lambda: words == ["opened"])
    running.end()
    until(lambda: words == ["opened", "locked"])


@posix
def test_it_goes_when_its_server_is_killed(book, watch):
    with another_process(SERVES) as server:
        pid = int(server.stdout.readline())
        words = watch()
        agent.add_key(book, keys.generate(), HOUR)
        until(lambda: words == ["opened"])

        os.kill(server.pid, signal.SIGKILL)
        until(lambda: words == ["opened", "locked"])
        until(lambda: is_gone(pid))
    assert not traces()


def test_it_ends_on_its_own_and_takes_its_traces_along(running):
    running.end()

    assert running.process.returncode == 0
    assert not traces()


@posix
def test_ctrl_c_is_a_question_to_the_server_and_not_to_it(running, book):
    key = keys.generate()
    agent.add_key(book, key, HOUR)

    os.kill(running.process.pid, signal.SIGINT)
    assert agent.get_key(book) == key


@posix
def test_asked_to_end_by_the_system_it_takes_its_traces_along(running):
    os.kill(running.process.pid, signal.SIGTERM)

    running.process.wait(PATIENCE)
    assert not traces()


def test_a_second_server_takes_the_broker_that_is_there_and_leaves_it_running(running, book):
    key = keys.generate()
    agent.add_key(book, key, HOUR)

    second = agent.start()
    assert second.process is None
    second.end()
    assert agent.get_key(book) == key


def test_a_broker_whose_file_is_gone_goes_on_and_is_found_again(running, book, watch):
    key, words = keys.generate(), watch()
    agent.add_key(book, key, HOUR)
    agent_process.address_file().unlink()

    until(agent_process.address_file().exists)
    assert agent.get_key(book) == key
    assert words == ["opened"]


def test_a_broker_whose_file_is_anothers_goes_on_for_those_who_know_it(running, watch):
    words = watch()
    others = agent_process.address_file().read_bytes()
    agent_process.address_file().write_bytes(b"{}")
    with Client(json.loads(others)["address"], authkey=bytes.fromhex(json.loads(others)["authkey"])) as somebody:
        somebody.send_bytes(b'{"do": "tell", "word": "seat"}')
        assert somebody.recv_bytes() == b"true"

    until(lambda: words == ["seat"])
    running.end()
    assert agent_process.address_file().read_bytes() == b"{}"


# silence is not death -------------------------------------------------------------------------


@contextlib.contextmanager
def stopped(pid):
    """A process that is there and does nothing, as when a computer has no time for it."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@posix
def test_a_broker_that_does_not_answer_holds_nobody_up_and_is_not_taken_for_locked(running, book, monkeypatch, watch):
    monkeypatch.setattr(agent, "TIMEOUT", 0.3)
    key, words = keys.generate(), watch()
    agent.add_key(book, key, HOUR)
    until(lambda: words == ["opened"])

    with stopped(running.process.pid):
        for asked in (lambda: agent.get_key(book), agent.lock, lambda: agent.add_key(book, key, HOUR)):
            with pytest.raises(agent.AgentTimeout, match="isn't answering just now"):
                asked()
        assert agent.find_key(book) is None
        assert not agent.report_activity()
        assert not agent.publish("seat")
        assert callable(agent.subscribe(print))
        assert words == ["opened"]
    until(lambda: "locked" in words)  # it was asked to, and had not answered yet


@posix
def test_a_start_beside_a_broker_that_does_not_answer_begins_no_second_one(running, book, monkeypatch):
    key = keys.generate()
    agent.add_key(book, key, HOUR)
    before = address()

    with stopped(running.process.pid), monkeypatch.context() as patch:
        patch.setattr(agent, "START_TIMEOUT", 0.3)
        with pytest.raises(agent.AgentTimeout):
            agent.start()
    assert address() == before
    assert agent.get_key(book) == key
    second = agent.start()
    assert second.process is None
    second.end()


def test_three_servers_that_start_at_once_share_one_broker_and_the_last_one_to_go_takes_it_along(book, watch):
    words, key = watch(), keys.generate()
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(another_process(SERVES)) for _server in range(3)]
        told = [one.stdout.readline().strip() for one in servers]
        agent.add_key(book, key, HOUR)
        until(lambda: words == ["opened"])

        first = next(one for one, pid in zip(servers, told, strict=True) if pid != "None")
        for one in (first, *(other for other in servers if other is not first)):
            assert agent.get_key(book) == key
            assert words == ["opened"]
            one.stdin.close()
            assert one.wait(PATIENCE) == 0
    assert sum(pid != "None" for pid in told) == 1
    until(lambda: words == ["opened", "locked"])
    assert not traces()


@posix
def test_the_broker_stays_when_the_server_that_began_it_is_killed_and_another_one_is_there(book, watch):
    words, key = watch(), keys.generate()
    with another_process(SERVES) as first, another_process(SERVES) as second:
        assert first.stdout.readline()
        assert second.stdout.readline()
        agent.add_key(book, key, HOUR)
        until(lambda: words == ["opened"])

        first.kill()
        first.wait()
        assert agent.get_key(book) == key
        second.kill()
        until(lambda: words == ["opened", "locked"])
    until(lambda: not traces())


@posix
def test_a_socket_is_put_away_only_when_nobody_listens_there_and_its_process_is_no_more(kit_home):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        was = processes.identity(process.pid)
    names = {"left": f"broker-{was}", "answers": f"broker-{was[:-1]}x", "lives": f"broker-{processes.identity()}"}
    with contextlib.ExitStack() as stack:
        sockets = {what: stack.enter_context(socket.socket(socket.AF_UNIX)) for what in names}
        for what, one in sockets.items():
            one.bind(str(kit_home / names[what]))
        sockets["answers"].listen()

        agent.start().end()
        assert {one.name for one in traces()} == {names["answers"], names["lives"]}


# who may not ----------------------------------------------------------------------------------


def test_who_does_not_know_the_authkey_gets_nothing_and_disturbs_nobody(running, book):
    key = keys.generate()
    agent.add_key(book, key, HOUR)

    with pytest.raises(AuthenticationError):
        Client(address()["address"], authkey=b"wrong")
    assert agent.get_key(book) == key


def test_who_only_pretends_to_know_the_authkey_gets_nothing(running, book):
    agent.add_key(book, keys.generate(), HOUR)

    with Client(address()["address"]) as somebody:
        somebody.recv_bytes()
        somebody.send_bytes(b"x" * 16)
        assert b"WELCOME" not in somebody.recv_bytes()
        with pytest.raises((EOFError, OSError)):
            somebody.send_bytes(json.dumps({"do": "ask", "book": str(book.resolve())}).encode())
            somebody.recv_bytes()


@posix
def test_garbage_at_the_door_disturbs_nobody(running, book):
    key = keys.generate()
    agent.add_key(book, key, HOUR)
    there = address()["address"]

    for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 9000, b"\x7f\xff\xff\xff", os.urandom(600)):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as somebody:
            somebody.connect(there)
            somebody.sendall(garbage)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(there)
        assert agent.get_key(book) == key


@pytest.mark.parametrize("request_", [
    b"", b"{", b"7", b"[]", b"{}", b'{"do": "sing"}', b'{"do": "ask"}', b'{"do": "ask", "book": []}', b"[" * 60_000,
    b'{"do": "hold", "book": "b", "key": "00"}', b'{"do": "answer"}', b"\xff\xfe", b" " * 100_000,
])  # fmt: skip
def test_a_request_that_makes_no_sense_disturbs_nobody(request_, running, book):
    key = keys.generate()
    agent.add_key(book, key, HOUR)

    somebody = Client(address()["address"], authkey=bytes.fromhex(address()["authkey"]))
    with somebody, pytest.raises((EOFError, OSError)):
        somebody.send_bytes(request_)
        somebody.recv_bytes()
    assert agent.get_key(book) == key


def test_a_broken_address_file_is_no_broker_and_is_replaced(book, watch):
    for broken in (b"", b"{", b"[]", b'{"address": "nowhere", "authkey": "00"}', b'{"address": 7, "authkey": "zz"}'):
        agent_process.address_file().write_bytes(broken)
        assert agent.get_key(book) is None
    words = watch()

    running = agent.start()
    assert agent.add_key(book, keys.generate(), HOUR)
    until(lambda: words == ["opened"])
    running.end()


# where the key is not -------------------------------------------------------------------------


def forms(key):
    return [key, key.hex().encode(), key.hex().upper().encode()]


@linux
def test_the_key_is_in_no_argument_and_no_environment_nor_is_the_passphrase(monkeypatch, book):
    monkeypatch.setenv("KIT_PASSPHRASE", "a passphrase of its own")
    running, key = agent.start(), keys.generate()
    agent.add_key(book, key, HOUR)
    told = b"".join((Path("/proc") / str(running.process.pid) / name).read_bytes() for name in ("cmdline", "environ"))
    authkey = address()["authkey"].encode()
    running.end()

    assert b"kit.vault.agent_process" in told
    for secret in (*forms(key), authkey, b"a passphrase of its own"):
        assert secret not in told


def test_the_key_is_in_no_file(running, book):
    key = keys.generate()
    agent.add_key(book, key, HOUR)
    agent.get_key(book)

    files = [one for one in places.home().rglob("*") if one.is_file()]
    assert files
    assert not [one for one in files for form in forms(key) if form in one.read_bytes()]


@posix
def test_only_their_owner_may_read_the_address_and_use_the_socket(running):
    assert agent_process.address_file().stat().st_mode & 0o777 == 0o600
    assert Path(address()["address"]).stat().st_mode & 0o077 == 0


@posix
def test_a_home_too_long_for_a_socket_gets_a_private_folder_for_it(monkeypatch, tmp_path, book):
    home = tmp_path / ("a long name " * 15)
    monkeypatch.setenv("KIT_HOME", str(home))
    running, key = agent.start(), keys.generate()
    there = Path(address()["address"])

    assert agent.add_key(book, key, HOUR)
    assert agent.get_key(book) == key
    assert home not in there.parents
    assert there.parent.stat().st_mode & 0o777 == 0o700
    running.end()
    assert not there.parent.exists()


def test_a_home_that_is_named_from_where_one_stands_is_the_same_for_the_broker(monkeypatch, tmp_path, book):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIT_HOME", "here")
    running = agent.start()

    assert agent.add_key(book, keys.generate(), HOUR)
    running.end()
