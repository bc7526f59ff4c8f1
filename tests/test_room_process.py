"""A room is a process of its own: it outlives whoever began it, is found again, and keeps its key to itself."""

import asyncio
import contextlib
import http.cookiejar
import itertools
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

import kit
from kit import places, rooms
from kit.cli.room import close_rooms
from kit.rooms import web_server
from kit.vault import keys
from kit.words import KitError

pytestmark = pytest.mark.slow

PASSPHRASE = "a heron on a cold morning"
BEGIN = """
import sys
from kit import rooms
asked = rooms.RoomRequest(book=sys.argv[1], title="Tuesday group", keep_until=rooms.retention_date())
print(rooms.open_room(asked).near)
"""


@pytest.fixture
def plain(kit_home):
    kit.open_book(kit_home / "plain.book").close()
    return str(kit_home / "plain.book")


@pytest.fixture
def begin():
    """Opens rooms, and closes them after the test."""
    opened = []

    def opening(book, key=None, **asked):
        given = {"title": "Tuesday group", "keep_until": rooms.retention_date(), **asked}
        opened.append(rooms.open_room(rooms.RoomRequest(book=book, **given), key))
        return opened[-1]

    yield opening
    for room in opened:
        rooms.close_room(room)


def process_of(room):
    port = int(room.near.rsplit(":", 1)[1])
    for one in psutil.process_iter(["cmdline"]):
        if one.info["cmdline"] and one.info["cmdline"][-2:] == ["-m", "kit.rooms"]:
            try:
                if any(wire.laddr.port == port for wire in one.net_connections("tcp") if wire.status == "LISTEN"):
                    return one
            except psutil.Error:
                continue
    raise AssertionError("no room listens there")


def end_at_once(room):
    process = process_of(room)
    process.kill()
    process.wait(20)


def page(address, **headers):
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(
        urllib.request.Request(address, headers=headers), context=context, timeout=20
    ) as answer:
        return answer.read().decode()


def test_a_room_outlives_whoever_began_it_and_is_found_again(plain):
    done = subprocess.run([sys.executable, "-c", BEGIN, plain], capture_output=True, text=True, cwd=places.ROOT)
    assert done.returncode == 0, done.stderr

    [room] = rooms.list_open()
    try:
        assert (room.near, room.title) == (done.stdout.strip(), "Tuesday group")
        assert rooms.get_state(room)["phase"] == "arriving"
    finally:
        rooms.close_room(room)
    assert rooms.list_open() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a profile's files to its owner by other means")
def test_the_file_that_finds_it_is_for_its_owner_alone(plain, begin):
    room = begin(plain)

    assert room.file.stat().st_mode & 0o777 == 0o600
    assert room.file.parent.stat().st_mode & 0o777 == 0o700


def test_the_file_that_finds_it_names_no_client_and_it_is_closed_by_their_name_all_the_same(plain, begin):
    kit.open_book(plain).add(kit.Client(name="Otter"))
    room = begin(plain, title="", client="Otter")

    assert "Otter" not in room.file.read_text("utf-8")
    close_rooms("Otter")
    assert rooms.list_open() == []


def test_a_room_that_was_killed_leaves_nothing_to_be_found(plain, begin):
    room = begin(plain)
    end_at_once(room)

    assert rooms.list_open() == []
    assert room.file.exists()  # asking changes nothing
    begin(plain)
    assert not room.file.exists()


def test_a_room_whose_port_somebody_else_has_taken_since_is_gone(plain, begin):
    room = begin(plain)
    end_at_once(room)
    later = begin(plain, port=int(room.near.rsplit(":", 1)[1]))

    with pytest.raises(rooms.RoomClosed):
        rooms.get_state(room)
    assert rooms.list_open() == [later]


@contextlib.contextmanager
def stopped(process):
    """A process that is there and does nothing, as when a computer has no time for it."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def test_a_room_that_gives_no_answer_is_open_and_is_neither_closed_nor_forgotten(plain, begin, monkeypatch, capsys):
    room = begin(plain)
    told = room.file.read_bytes()
    with monkeypatch.context() as patch, stopped(process_of(room)):
        patch.setattr(rooms.control, "TIMEOUT", 0.3)
        assert rooms.list_open() == [room]
        for asked in (rooms.get_state, rooms.close_room):
            with pytest.raises(rooms.RoomTimeout, match="isn't answering just now"):
                asked(room)
        with pytest.raises(KitError, match="maybe still open: 1"):
            close_rooms(None)
        assert not rooms.has_ended(room)
        assert room.file.read_bytes() == told
    assert capsys.readouterr().out == "Closed: 0.\n"


def test_a_room_goes_on_when_its_file_is_gone_and_puts_it_back(plain, monkeypatch):
    monkeypatch.setattr(web_server, "CHECK_INTERVAL", 0.05)
    with served(plain) as (room, told):
        told.file.unlink()
        while not told.file.exists():
            time.sleep(0.02)
        assert rooms.list_open() == [told]
        assert rooms.get_state(told)["phase"] == "arriving"
        room.until = 0
    assert not told.file.exists()


@contextlib.contextmanager
def served(place):
    """A room in a thread of the test, as its own process would serve it; it is waited for."""
    box, ready = [], threading.Event()

    def serve():
        asyncio.set_event_loop(asyncio.new_event_loop())

        async def opened():
            return web_server.create_room(
                rooms.RoomRequest(place, title="Tuesday group", keep_until=rooms.retention_date()), None
            )

        box.extend(asyncio.get_event_loop().run_until_complete(opened()))
        web_server.serve(*box, ready.set)

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(20)
    yield box[0], box[2]
    thread.join(20)
    assert not thread.is_alive()


def test_the_key_of_an_encrypted_practice_comes_by_a_pipe_alone(kit_home, begin):
    place = kit_home / "own.book"
    kit.open_book(place, PASSPHRASE).close()
    key = keys.read_key_file(place, PASSPHRASE)
    room = begin(str(place), key)

    process = process_of(room)
    told = " ".join(process.cmdline()) + repr(process.environ())
    files = b"".join(file.read_bytes() for file in kit_home.rglob("*") if file.is_file())
    assert PASSPHRASE not in told
    assert key.hex() not in told
    assert key.hex().encode() not in files
    assert key not in files
    assert rooms.get_state(room)["title"] == "Tuesday group"


def test_a_book_that_does_not_open_is_one_sentence(plain, begin):
    with pytest.raises(KitError, match=r"does not open with this key|not a book"):
        begin(plain, b"x" * 32)


def test_a_port_that_is_taken_is_one_sentence(plain, begin):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(KitError, match="not free"):
            begin(plain, port=other.getsockname()[1])


def test_loopback_is_where_a_room_stands_unless_it_is_asked_for_more(plain, begin):
    [wire] = [one for one in process_of(begin(plain)).net_connections("tcp") if one.status == "LISTEN"]

    assert wire.laddr.ip == "127.0.0.1"


def test_a_room_speaks_tls_with_a_certificate(plain, begin, tmp_path):
    cert, key = certificate(tmp_path)
    room = begin(plain, cert=str(cert), key_file=str(key))

    assert room.join.startswith("https://127.0.0.1:")
    assert "What we agree on" in page_with_cookies(room.join)
    with pytest.raises((urllib.error.URLError, OSError)):
        page(room.near.replace("https", "http") + "/")


def page_with_cookies(link):
    context = ssl._create_unverified_context()
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    with urllib.request.build_opener(jar, urllib.request.HTTPSHandler(context=context)).open(
        link, timeout=20
    ) as answer:
        assert all(cookie.secure for cookie in jar.cookiejar)
        return answer.read().decode()


def certificate(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "room")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


def test_a_certificate_that_is_none_is_one_sentence(plain, begin, tmp_path):
    (tmp_path / "cert.pem").write_text("nothing")

    with pytest.raises(KitError, match="--cert"):
        begin(plain, cert=str(tmp_path / "cert.pem"))


def test_behind_a_proxy_the_links_bear_its_address(plain, begin):
    room = begin(plain, public="https://rooms.example.org/")

    assert room.join.startswith("https://rooms.example.org/j/")
    assert page(room.near + "/try", Host="rooms.example.org")


# the command -----------------------------------------------------------------------------------------


def kit_room(*words, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "kit", "room", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=places.ROOT, stdin=subprocess.DEVNULL, **options,
    )  # fmt: skip


def is_open(command):
    """Waits until the command has told all of its room."""
    told = list(itertools.takewhile(lambda line: "Ctrl-C" not in line, iter(command.stdout.readline, "")))
    assert command.poll() is None, (told, command.communicate())


def test_the_command_tells_the_links_and_what_they_mean_and_closes_at_the_end():
    command = kit_room("Tuesday group")
    told = [command.stdout.readline() for _line in range(7)]
    [room] = rooms.list_open()

    assert room.join in told[0]
    assert room.typed in told[1]
    assert room.lead in told[2]
    assert room.board in told[3]
    assert "/try" in told[4]
    assert "Only this computer" in told[5]
    command.send_signal(signal.SIGTERM)
    command.wait(20)
    command.communicate()
    assert rooms.list_open() == []


def test_the_command_opens_an_encrypted_practice_of_ones_own(kit_home):
    kit.open_book(places.practice(), PASSPHRASE).close()
    command = kit_room("Tuesday group", env={**os.environ, "KIT_PASSPHRASE": PASSPHRASE})
    is_open(command)
    [room] = rooms.list_open()

    assert PASSPHRASE not in repr(process_of(room).environ())
    command.terminate()
    command.communicate()
    assert rooms.list_open() == []


@pytest.mark.skipif(os.name == "nt", reason="a signal to a process of its own")
def test_a_room_that_is_told_to_end_leaves_nothing_behind(plain, begin):
    room = begin(plain)
    process = process_of(room)
    process.terminate()

    process.wait(20)
    assert not room.file.exists()


def test_the_command_waits_for_a_room_whose_file_is_gone():
    command = kit_room("Tuesday group")
    is_open(command)
    [room] = rooms.list_open()
    room.file.unlink()

    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(1)
    assert rooms.get_state(room)["phase"] == "arriving"
    command.terminate()
    assert command.communicate()[0] == "The room is closed.\n"
    assert rooms.has_ended(room) or not rooms.list_open()


def test_a_room_can_be_closed_from_elsewhere():
    command = kit_room("Tuesday group")
    is_open(command)
    done = kit_room("--close")
    assert done.communicate()[0] == "Closed: 1.\n"

    assert command.wait(20) == 0
    command.communicate()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "name the workshop"),
        (("x", "--client", "Heron"), 2, "name the workshop"),
        (("x", "--book", "nowhere.book"), 2, "no book"),
        (("x", "--book", ":memory:"), 2, "on the disk"),
        (("--client", "Nobody"), 2, "no client called Nobody"),
        (("x", "--phases", "nowhere.toml"), 1, "cannot be read"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(words, code, says):
    done = kit_room(*words)
    _out, err = done.communicate(timeout=60)

    assert (done.returncode, says in err, "Traceback" in err) == (code, True, False), err


def test_nothing_of_a_participant_is_written_down_anywhere_but_in_the_book(plain, begin, kit_home):
    room = begin(plain)
    urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(room.join, timeout=20).close()

    there = {file.name for file in Path(kit_home).rglob("*") if file.is_file()}
    assert {name for name in there if not name.startswith("plain.book")} == {room.file.name}
