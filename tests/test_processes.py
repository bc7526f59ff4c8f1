"""A process is told apart from every other one, and is known to be no more only when it is."""

import os
import subprocess
import sys

import psutil
import pytest

from kit import processes

WAITS = "import sys; sys.stdin.read()"


@pytest.fixture
def process():
    with subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_every_process_that_looks_at_it_gives_it_the_same_name(process):
    told = f"from kit import processes; print(processes.identity({process.pid}))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == processes.identity(process.pid)
    assert processes.identity(process.pid) != processes.identity()


def test_one_that_stands_still_is_there(process):
    psutil.Process(process.pid).suspend()

    assert not processes.has_ended(processes.identity(process.pid))


def test_one_that_was_killed_is_no_more_also_while_nobody_has_buried_it(process):
    name = processes.identity(process.pid)
    assert not processes.has_ended(name)

    process.kill()
    assert processes.has_ended(name, within=20)
    process.wait()
    assert processes.has_ended(name)


def test_another_one_that_was_given_the_same_number_is_not_taken_for_it():
    assert processes.has_ended(f"{os.getpid()}-00000000")


@pytest.mark.parametrize("told", ["", "-", "x-1", "0123abcd", f"{10**30}-0", "-5-0"])
def test_one_of_which_nothing_was_told_is_not_known_to_be_there(told):
    assert processes.has_ended(told)


def test_waiting_in_vain_is_silence_and_a_refusal_is_none():
    assert processes.is_timeout(TimeoutError())
    assert processes.is_timeout(processes.URLError(TimeoutError()))
    assert not processes.is_timeout(ConnectionRefusedError())
    assert not processes.is_timeout(processes.URLError(ConnectionRefusedError()))
