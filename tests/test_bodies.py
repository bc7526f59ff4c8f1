"""Whatever is sent to the kit's own addresses is answered in a sentence: 400 where no page sends such a thing."""

# ruff: noqa: E501  (a shape a line)

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from rooming import opened

from kit import places
from kit.rooms import admission

DEEP = 20_000
ODD: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n\t ",
    "an empty object": b"{}",
    "a list": b"[]",
    "a list of a number": b"[1]",
    "a list of objects": b'[{"do": "lock"}]',
    "a text": b'"x"',
    "an empty text": b'""',
    "a number": b"3",
    "nought": b"0",
    "a negative number": b"-1",
    "a fraction": b"1.5e300",
    "more than a number holds": b"1e999",
    "a number without end": b"9" * 5000,
    "null": b"null",
    "true": b"true",
    "false": b"false",
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "deep lists": b"[" * DEEP,
    "deep lists that end": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"do":' * DEEP,
    "a deep value": b'{"do":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "no JSON": b"do=lock",
    "a form": b"do=lock&passphrase=x",
    "XML": b"<do>lock</do>",
    "half an object": b'{"do": "op',
    "an object and more": b'{"do": "look"} {"do": "look"}',
    "single quotation marks": b"{'do': 'look'}",
    "a comma too many": b'{"do": "look",}',
    "a comment": b'{"do": "look"} // please',
    "no UTF-8": b'{"do": "\xff\xfe"}',
    "UTF-16 of a list": "[1]".encode("utf-16"),
    "a mark": b'\xef\xbb\xbf{"do": [1]}',
    "NULs": b"\0" * 64,
    "a bell": b'{"do": "\x07"}',
    "any bytes": bytes(range(256)),
    "a megabyte of letters": b"x" * 200_000,
    "no word": b'{"passphrase": "x"}',
    "an unknown word": b'{"do": "dance"}',
    "a word of Python's": b'{"do": "__class__"}',
    "an empty word": b'{"do": ""}',
    "a word with a NUL": b'{"do": "open\\u0000"}',
    "half of a sign as a word": b'{"do": "\\ud800"}',
    "a word in capitals": b'{"do": "OPEN"}',
}
WORDS = [b"[1]", b"{}", b"3", b"null", b"true", b'[["open"]]', b'{"do": "open"}', b"1e999", b"[]"]
ODD |= {f"the word {word.decode()}": b'{"do": ' + word + b"}" for word in WORDS}
VALUES = [b"5", b"null", b"[]", b'["x"]', b"{}", b"true", b"1.5", b'"\\u0000"']
OF_THE_DOOR = {
    **ODD,
    **{f"open with {value.decode()}": b'{"do": "open", "passphrase": ' + value + b"}" for value in VALUES},
    **{f"begin with {value.decode()}": b'{"do": "begin", "again": "x", "passphrase": ' + value + b"}" for value in VALUES},
    **{f"recover with {value.decode()}": b'{"do": "recover", "passphrase": "", "again": "", "sheet": ' + value + b"}" for value in VALUES},
    **{f"look over {value.decode()}": b'{"do": "look_over", "of": ' + value + b"}" for value in VALUES},
    **{f"bring back {value.decode()}": b'{"do": "bring_back", "file": ' + value + b"}" for value in VALUES},
    **{f"confirm {value.decode()}": b'{"do": "confirm", "parts": ' + value + b"}" for value in (b"5", b'"x"', b"{}", b"null", b"[1]", b"[[]]", b"true")},
    **{f"remember {value.decode()}": b'{"do": "open", "passphrase": "x", "remember": ' + value + b"}" for value in (b"1", b'"yes"', b"null", b"[]")},
    **{f"{do} without more": b'{"do": "%s"}' % do.encode() for do in ("open", "begin", "recover", "change", "sheet")},
    "a place that no system names": b'{"do": "look_over", "of": "\\ud800"}',
    "a thing that nobody asked": b'{"do": "look", "more": {"x": [1]}}',
}  # fmt: skip
OF_A_ROOM = {
    **ODD,
    **{f"go to {at.decode()}": b'{"do": "go", "at": ' + at + b"}" for at in (b"1", b"null", b"[1]", b'"-1"', b'"x"', b'""', b'"\\u00b2"', b'"' + b"9" * 5000 + b'"', b'"1.0"')},
    **{f"ask {ask.decode()}": b'{"do": "reveal", "ask": ' + ask + b"}" for ask in (b"1", b"{}", b'"nothing"', b'"\\ud800"', b'"\\u0000"')},
    **{f"turn to {form.decode()}": b'{"do": "turn", "form": ' + form + b"}" for form in (b"1", b"[]", b'"nothing"')},
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Jupyter's server with the kit's part, without its pages."""
    home = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [
        sys.executable, "-m", "jupyter_server", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--ServerApp.open_browser=False", "--ServerApp.allow_root=True", "--IdentityProvider.token=t",
        f"--ServerApp.root_dir={home}",
    ]  # fmt: skip
    env = {**os.environ, **own, "KIT_HOME": str(home / "kit"), "JUPYTER_PLATFORM_DIRS": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=env, cwd=places.ROOT, text=True) as running:
        told = next(line for line in running.stderr if "is running at" in line or "rror" in line)
        assert "is running at" in told
        listens(port)
        yield f"http://127.0.0.1:{port}/kit/practice"
        running.terminate()
        running.communicate()


def listens(port):
    """It says that it runs a moment before it listens."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 60).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)


def answer(address, body):
    """(status, what was said) of what is sent there."""
    request = urllib.request.Request(address, data=body, headers={"Authorization": "token t"})
    try:
        with urllib.request.urlopen(request, timeout=60) as told:
            return told.status, json.load(told)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def is_a_sentence(said):
    return isinstance(said, str) and said[0].isupper() and said.endswith(".") and "rror" not in said


@pytest.mark.parametrize("body", OF_THE_DOOR.values(), ids=OF_THE_DOOR.keys())
def test_the_door_answers_what_no_page_sends_with_400_and_a_sentence(server, body):
    status, told = answer(server, body)

    assert status == 400
    assert is_a_sentence(told["said"])


@pytest.mark.parametrize(
    "body",
    [one for one in OF_THE_DOOR.values() if (b"\n" not in one and b'"do"' not in one) or b'"passphrase": ' in one],
)
def test_so_does_the_door_for_a_sealed_practice(server, body):
    status, told = answer(f"{server}/sealed", body + b"\nand what would be the practice")

    assert is_a_sentence(told["said"])
    assert status == 400 or (status == 200 and "passphrase" in json.loads(body) and told["said"])


@pytest.mark.parametrize(("body", "said"), [
    (b'{"do": "open", "passphrase": "x"}', "key file"),
    (b'{"do": "begin", "passphrase": "x", "again": "y"}', "not the same"),
    (b'{"do": "open", "passphrase": "\\ud800"}', ""),
    (b'{"do": "recover", "sheet": "\\ud800", "passphrase": "", "again": ""}', ""),
])  # fmt: skip
def test_what_a_page_may_send_is_answered_as_before(server, body, said):
    status, told = answer(server, body)

    assert status == 200
    assert said in told["said"] and is_a_sentence(told["said"])


@pytest.fixture(scope="module", params=[{}, {"client": "Heron"}], ids=["workshop", "session"])
def room(request, tmp_path_factory):
    with opened(tmp_path_factory.mktemp("room"), **request.param) as room:
        yield room


@pytest.mark.parametrize("body", OF_A_ROOM.values(), ids=OF_A_ROOM.keys())
def test_a_room_answers_what_no_panel_sends_with_a_sentence_and_the_status_that_fits(room, body):
    headers = {
        "Authorization": f"Bearer {room.told.bearer}",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    device = room.device().ask("POST", "/lead/do", body, **headers)

    assert device.status == (413 if len(body) > admission.MAX_PHONE else 400)
    assert is_a_sentence(json.loads(device.page)["said"])


def test_there_are_a_hundred_shapes():
    assert len(OF_THE_DOOR) >= 100
