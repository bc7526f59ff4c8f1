"""Whoever looks for traces finds them: wherever and however a mark is written, and wherever an address leads."""

import gzip
import os
import zipfile
import zlib
from base64 import b64encode
from io import BytesIO

import pytest
import traces

MARK = traces.stem()


def zipped(data: bytes) -> bytes:
    page = BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("inner", data)
    return page.getvalue()


HIDDEN = {
    "plain": lambda raw: raw,
    "utf-16 le": lambda raw: raw.decode().encode("utf-16-le"),
    "utf-16 be": lambda raw: raw.decode().encode("utf-16-be"),
    "base64": b64encode,
    "base64, one on": lambda raw: b64encode(b"-" + raw),
    "base64, two on": lambda raw: b64encode(b"--" + raw),
    "base64 of utf-16": lambda raw: b64encode(raw.decode().encode("utf-16-le")),
    "hexadecimal": lambda raw: raw.hex().encode(),
    "gzip": gzip.compress,
    "gzip of base64": lambda raw: gzip.compress(b64encode(raw)),
    "zlib": zlib.compress,
    "zip": zipped,
    "gzip in a zip": lambda raw: zipped(gzip.compress(raw)),
}


@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN)
def test_the_search_finds_a_mark_wherever_and_however_it_is_written(tmp_path, hide):
    (tmp_path / "deep").mkdir()
    planted = tmp_path / "deep" / "file"
    planted.write_bytes(
        b"\x00other \xff" + hide(b"words before " + MARK.encode() + b"abc, and after") + b"\x00 and others"
    )
    (tmp_path / "deep" / "innocent").write_bytes(os.urandom(4096))

    assert traces.holding(traces.files(tmp_path), MARK) == [planted]


def test_the_search_looks_at_the_names_of_files(tmp_path):
    (tmp_path / f"{MARK}abc.txt").touch()

    assert traces.holding(traces.files(tmp_path), MARK)


@pytest.mark.parametrize(("address", "leads_out"), [
    ("http://127.0.0.1:8888/lab", False), ("ws://127.0.0.1:1/api/kernels", False), ("data:image/png;base64,AA", False),
    ("blob:http://127.0.0.1:1/2", False), ("tcp://::1", False), ("tcp://127.0.0.1", False),
    ("https://fonts.example.org/a.woff", True), ("http://127.0.0.1.example.org/", True), ("tcp://10.0.0.7", True),
    ("tcp://0.0.0.0", True), ("tcp://::", True),
])  # fmt: skip
def test_an_address_that_leads_out_of_this_computer_is_known(address, leads_out):
    assert bool(traces.Wire({address}).leading_out()) == leads_out
