"""Looks for what was typed in everything that a run has left: files, in whatever form, and the network."""

import base64
import contextlib
import io
import random
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LETTERS = "jkqvwxyz"
PACKED = {b"\x1f\x8b\x08": 31, b"x\x01": 15, b"x\x5e": 15, b"x\x9c": 15, b"x\xda": 15}
PACKED_AT = re.compile(b"|".join(map(re.escape, PACKED)))
NESTED = 2  # how deep one packed thing is looked for in another


def stem() -> str:
    """What each mark of a run begins with: made anew each time, so that no source and no earlier run holds it.

    It is rare letters without a rhyme: what packs text by its repetitions has to write it out once.
    """
    return "".join(random.SystemRandom().choices(LETTERS, k=12))


def disguises(text: str) -> list[bytes]:
    """A text as it may stand in a file: plain, in both kinds of UTF-16, in digits, in base64 at its three places."""
    raw, wide = text.encode(), text.encode("utf-16-le")[:-1]  # the last byte is the other kind's first
    coded = [
        base64.b64encode(b"-" * shift + one)[(shift and 4) :].rstrip(b"=")[:-1]
        for one in (raw, wide)
        for shift in range(3)
    ]
    return [raw, wide, raw.hex().encode(), *coded]


def readings(data: bytes, depth: int = NESTED) -> Iterator[bytes]:
    """The bytes, and what is packed inside them: gzip and zlib wherever they begin, the files of a zip."""
    yield data
    for inner in (*_inflated(data), *_unzipped(data)) if depth else ():
        yield from readings(inner, depth - 1)


def _inflated(data: bytes) -> Iterator[bytes]:
    for found in PACKED_AT.finditer(data):
        with contextlib.suppress(zlib.error):  # two bytes may only look like a beginning
            inner = zlib.decompressobj(PACKED[found[0]]).decompress(data[found.start() :], 1 << 28)
            if inner:
                yield inner


def _unzipped(data: bytes) -> Iterator[bytes]:
    with (
        contextlib.suppress(zipfile.BadZipFile, RuntimeError, NotImplementedError),
        zipfile.ZipFile(io.BytesIO(data)) as box,
    ):
        for name in box.namelist():
            yield box.read(name)


def is_in(data: bytes, *texts: str) -> bool:
    forms = [form for text in texts for form in disguises(text)]
    return any(form in one for one in readings(data) for form in forms)


def files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def holding(paths: list[Path], *texts: str) -> list[Path]:
    """Those of these files that hold one of the texts, or have it in their name."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):  # of a place that all share, a file may be gone or another's
            if is_in(path.read_bytes(), *texts) or is_in(str(path).encode(), *texts):
                found.append(path)
    return found


@dataclass
class Wire:
    """Where a browser and its server reached out to."""

    addresses: set[str] = field(default_factory=set)

    def listen(self, context) -> None:
        context.on("request", lambda request: self.addresses.add(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.addresses.add(socket.url)))

    def look(self, *processes: psutil.Process) -> None:
        """Adds whom these processes, and those that they began, are connected with or listen to at this moment."""
        for one in {child for process in processes for child in (process, *process.children(recursive=True))}:
            with contextlib.suppress(psutil.Error):
                for line in one.net_connections("inet"):
                    self.addresses |= {f"tcp://{end.ip}" for end in (line.laddr, line.raddr) if end}

    def leading_out(self) -> set[str]:
        here = re.compile(
            r"(data|blob|about|chrome|devtools):|\w+://(127\.0\.0\.1|\[?::1\]?|::ffff:127\.0\.0\.1)(?=[:/]|$)"
        )
        return {one for one in self.addresses if not here.match(one)}
