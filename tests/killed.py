"""A workshop that is killed at one write or sync after the other; what was acknowledged until then is told.

Everything runs in children of one process, under the shim of faults.py; the disk is looked at without it.
"""

import asyncio
import ctypes
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import faults

from kit import rooms
from kit.records import Workshop
from kit.rooms import agenda
from kit.rooms.workshop import LiveWorkshop
from kit.store import Store

TITLE, PEOPLE = "Tuesday group", 5
TAKEN_BACK = "line 0 0"
KILLED = -1


def run_of(store):
    """The run of the one workshop in this book, as a room takes it up."""
    found = store.records(Workshop)
    return LiveWorkshop(store, found[0], agenda.load(agenda.BUILT_IN))


def begun(home, key):
    """A book with a workshop in which nothing was shared."""
    (home / "rooms").mkdir(parents=True)
    with closing(Store(home / "a.book", key)) as store:
        store.save(Workshop(title=TITLE, keep_until=rooms.retention_date(30)))


def killed_at(folder, calls):
    """call -> what the child acknowledged until it was killed there: (what was done, text) one after the other."""
    orders = []
    for nth in calls:
        home, key = folder / str(nth), (None, faults.KEY)[nth % 2]
        begun(home, key)
        orders.append([str(home), key.hex() if key else "", nth])
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(orders), capture_output=True, text=True, check=True,
        env={**os.environ, "LD_PRELOAD": faults.shim(folder)},
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(orders), done.stderr
    return dict(zip(calls, told, strict=True))


def lies_there(home, nth):
    """The texts that a room finds when it is opened again: in the book, and waiting."""
    os.environ["KIT_HOME"] = str(home)
    with closing(Store(home / "a.book", (None, faults.KEY)[nth % 2])) as store:
        run = run_of(store)
        run._writer.shutdown()
        return [one.text for one in (*run.answers.values(), *run.staging.waiting.values())]


# in the server and its children ------------------------------------------------------------------


def _serve():
    libc = ctypes.CDLL(None)
    _warm()
    for home, key, nth in json.loads(sys.stdin.read()):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            os.environ["KIT_HOME"] = home
            with closing(Store(Path(home) / "a.book", bytes.fromhex(key) or None)) as store:
                libc.faults_arm(home.encode(), 3, nth, KILLED, 0)
                asyncio.run(_workshop(run_of(store), lambda *told, to=writing: os.write(to, _line(told))))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            told = [json.loads(line) for line in pipe]
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps([told, os.WIFSIGNALED(status)]) + "\n")


def _line(told):
    return json.dumps(told).encode() + b"\n"


def _warm():
    """What is imported only when it is needed is imported now."""
    with closing(Store(None)) as store:
        store.derivation_secret()


async def _workshop(run, acknowledge):
    """People share, alone and at the same moment; one takes back; the facilitator shows, asks and goes on."""
    people = [run.join() for _phone in range(PEOPLE)]
    for token in people:
        run.agree(token, "")
    run.set_phase(3)
    ask = run.agenda.find("shared")[1]

    async def share(at, number):
        key = f"{at}{number}".ljust(32, "0")
        await run.share(people[at], ask, key, f"line {at} {number}")
        acknowledge("kept", f"line {at} {number}")
        return key

    key = await share(0, 0)
    await run.take_back(people[0], key)
    acknowledge("taken back", TAKEN_BACK)
    await asyncio.gather(*(share(at, 1) for at in range(PEOPLE)))
    for at in range(PEOPLE):
        await share(at, 2)
    await run.show(next(iter(run.answers)))
    await share(1, 3)
    await run.advance_to(4)
    await share(2, 4)
    await run.finish()
    acknowledge("finished", "")


if __name__ == "__main__":
    _serve()
