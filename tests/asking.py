"""Asking the kit for something, in a terminal or of a function, and hearing its sentence where it cannot be done."""

import os
import subprocess
import sys

import pytest

from kit.words import KitError


def run(*words: object, typed: str = "", **more: str) -> subprocess.CompletedProcess:
    """`kit WORDS`, with what is typed into it, on a computer that remembers no key."""
    there = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONUTF8": "1", **more}
    command = [sys.executable, "-m", "kit", *map(str, words)]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, encoding="utf-8", env=there, check=False
    )


def trouble_of(do, *given: object, **more: object) -> str:
    with pytest.raises(KitError) as told:
        do(*given, **more)
    return str(told.value)
