"""Every machine that the kit is for finds ready-made parts: asked of the index, where the network answers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
MACHINES = [
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
NO_PYYAML = ("aarch64-pc-windows-msvc", "3.11")  # no version of it has a wheel there; its source needs no compiler
NO_NETWORK = r"error sending request|Request failed|Failed to (fetch|download)|timed out"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """What uv would install on a machine, of wheels alone: its exit code and its words."""
    target = tmp_path_factory.mktemp("nothing")

    def asked(machine: str, python: str, *words: str) -> tuple[int, str]:
        there = ["--python-platform", machine, "--python-version", python, "--target", str(target)]
        command = [sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--no-deps", "--only-binary", ":all:"]
        done = subprocess.run([*command, *there, *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    code, told = asked(MACHINES[0], PYTHONS[0], "segno")
    if code and re.search(NO_NETWORK, told):
        pytest.skip("the network does not answer: whether each machine finds its wheels was not asked")
    assert code == 0, told
    return asked


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
def test_each_machine_finds_a_wheel_of_every_part_in_the_lock(ask, machine, python):
    code, told = ask(machine, python, "-r", str(LOCK))

    if (machine, python) == NO_PYYAML:
        assert "pyyaml" in told and "no usable wheels" in told
    else:
        assert code == 0, told
