"""A process is told apart from every other one, and is known to be no more only when it is."""

import os
import subprocess
import sys

import psutil
import pytest

from kit import living

WAITS = "import sys; sys.stdin.read()"


@pytest.fixture
def process():
    with subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_every_process_that_looks_at_it_gives_it_the_same_name(process):
    told = f"from kit import living; print(living.life({process.pid}))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == living.life(process.pid)
    assert living.life(process.pid) != living.life()


def test_one_that_stands_still_is_there(process):
    psutil.Process(process.pid).suspend()

    assert not living.ended(living.life(process.pid))


def test_one_that_was_killed_is_no_more_also_while_nobody_has_buried_it(process):
    name = living.life(process.pid)
    assert not living.ended(name)

    process.kill()
    assert living.ended(name, within=20)
    process.wait()
    assert living.ended(name)


def test_another_one_that_was_given_the_same_number_is_not_taken_for_it():
    assert living.ended(f"{os.getpid()}-00000000")


@pytest.mark.parametrize("told", ["", "-", "x-1", "0123abcd", f"{10**30}-0", "-5-0"])
def test_one_of_which_nothing_was_told_is_not_known_to_be_there(told):
    assert living.ended(told)


def test_waiting_in_vain_is_silence_and_a_refusal_is_none():
    assert living.silent(TimeoutError())
    assert living.silent(living.URLError(TimeoutError()))
    assert not living.silent(ConnectionRefusedError())
    assert not living.silent(living.URLError(ConnectionRefusedError()))
