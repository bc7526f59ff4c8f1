"""A room behind nginx, with the very file that docs/ shows: joining, news, cookies, names, no address in any file."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from http.client import HTTPConnection, RemoteDisconnected

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from rooming import Device, opened, path_of

from kit import places
from kit.rooms import handlers

pytestmark = pytest.mark.slow

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NAME, SOURCE = "room.example.org", "127.0.0.77"
MAIN = """daemon off; pid {here}/pid; error_log stderr emerg;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {here}/typed; proxy_temp_path {here}/answered; fastcgi_temp_path {here}/f;
    uwsgi_temp_path {here}/u; scgi_temp_path {here}/s; access_log {here}/main.log;
    include {here}/site.conf;
}}"""

HERE = NGINX and sys.platform == "linux"  # where a computer has more than one address of its own


@pytest.fixture(autouse=True)
def can_be_tried():
    """Without nginx the example is not tried, or is told where KIT_NGINX_TESTS=required asks for it."""
    lacking = "nginx is not installed here: the example in docs/ is not tried"
    if not HERE and os.environ.get("KIT_NGINX_TESTS") == "required":
        pytest.fail(lacking)
    if not HERE:
        pytest.skip(lacking)


@pytest.fixture
def room(kit_home, tmp_path, monkeypatch):
    with opened(kit_home, public=f"https://{NAME}") as room, standing_before(room, tmp_path) as ports:
        context = ssl.create_default_context(cafile=tmp_path / "fullchain.pem")

        class Secure(HTTPConnection):
            def connect(self):
                self.sock = context.wrap_socket(reached(ports[0]), server_hostname=NAME)

        monkeypatch.setattr("rooming.HTTPConnection", Secure)
        room.folder, room.ports = tmp_path, ports
        yield room


class standing_before:
    """nginx with the example, on ports of its own and with a certificate of its own making."""

    def __init__(self, room, folder):
        self.room, self.folder, self.ports = room, folder, (free(), free())

    def __enter__(self):
        certificate(self.folder)
        site = (places.ROOT / "docs" / "nginx-room.conf").read_text(encoding="utf-8")
        for told, here in (("listen 443", f"listen 127.0.0.1:{self.ports[0]}"), ("/etc/ssl/room", str(self.folder)),
                           ("listen 80", f"listen 127.0.0.1:{self.ports[1]}"),
                           ("127.0.0.1:8800", f"127.0.0.1:{self.room.port}")):  # fmt: skip
            assert told in site
            site = site.replace(told, here)
        (self.folder / "site.conf").write_text(site)
        (self.folder / "nginx.conf").write_text(MAIN.format(here=self.folder))
        self.process = subprocess.Popen([NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", "stderr"])
        until = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", self.ports[0])):
            assert self.process.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        return self.ports

    def __exit__(self, *_gone):
        self.process.terminate()
        self.process.wait(20)


def free():
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return wire.getsockname()[1]


def reached(port):
    return socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(SOURCE, 0))


def certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime.now() + timedelta(2))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False)
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


class Outside(Device):
    """A browser that knows the room by its name."""

    def ask(self, method, path, body=None, **headers):
        super().ask(method, path, body, **{"Host": NAME, **headers})
        self.told = self.headers.get_all("Set-Cookie") or []
        return self


def test_a_phone_joins_by_the_link_and_shares_a_line_and_the_board_shows_it(room):
    assert room.told.join.startswith(f"https://{NAME}/j/")
    room.act(do="go", at="3")
    phone = Outside(0).open(path_of(room.told.join))
    assert phone.send("/step/agreements", nickname="Robin").path == "/step/shared"
    assert phone.share("shared", "Bread in the oven").status == 200

    room.act(do="show", id=room.answers()[0].id)
    assert "Bread in the oven" in Outside(0).open(path_of(room.told.board)).page
    assert "Bread in the oven" in Outside(0).open(path_of(room.told.lead)).page


def test_the_typed_code_opens_it_too_and_cookies_go_over_tls_only(room):
    phone = Outside(0).open("/")
    assert phone.told and all("Secure" in one and "HttpOnly" in one for one in phone.told)

    phone.send("/", follow=False, code=room.told.typed)
    assert (phone.status, phone.headers["Location"]) == (303, "/")
    assert phone.told and all("Secure" in one and "HttpOnly" in one for one in phone.told)
    assert "max-age" in phone.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in phone.headers["Content-Security-Policy"]


def test_a_page_that_waits_hears_of_the_next_phase_and_a_wait_without_news_is_answered(room, monkeypatch):
    monkeypatch.setattr(handlers, "POLL_TIMEOUT", 1.5)
    phone = Outside(0).open(path_of(room.told.join))
    phone.send("/step/agreements", nickname="")
    mark = room.run.version("phone")
    assert mark in phone.ask("GET", f"/now?mark={mark}").page

    monkeypatch.setattr(handlers, "POLL_TIMEOUT", 20)
    threading.Timer(0.3, lambda: room.act(do="go", at="1")).start()
    assert re.search(r'"mark": "1\.', phone.ask("GET", f"/now?mark={mark}").page)


def test_forms_without_their_token_and_other_names_are_refused(room):
    phone = Outside(0).open(path_of(room.told.join))

    assert phone.ask("POST", "/step/agreements", "nickname=Robin").status == 403
    assert phone.ask("GET", "/", Host="evil.example").status == 403
    assert phone.ask("POST", "/support", "x" * 300_000).status == 413


def test_in_the_clear_there_is_only_the_way_to_tls(room):
    wire = HTTPConnection("127.0.0.1", room.ports[1], timeout=20)
    wire.request("GET", "/", headers={"Host": NAME})
    answer = wire.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/")
    answer.read()

    wire.request("GET", path_of(room.told.join), headers={"Host": NAME})
    with pytest.raises(RemoteDisconnected):
        wire.getresponse()


def test_no_address_and_nothing_that_was_typed_is_left_in_any_file(room):
    phone = Outside(0).open(path_of(room.told.join))
    phone.send("/step/agreements", nickname="typedelse" * 2000)
    phone.ask("POST", "/support", "place=typedelse" * 10_000)
    phone.ask("GET", "/typedelse")
    room.run.ended = True
    phone.ask("GET", "/support")

    for file in (file for file in room.folder.rglob("*") if file.is_file()):
        assert not re.search(rf"typedelse|{re.escape(SOURCE)}", file.read_bytes().decode("latin-1")), file
