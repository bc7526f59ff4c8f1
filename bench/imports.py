"""Importing the kit in a fresh interpreter, beside a bare interpreter and pandas."""

import subprocess
import sys
import time

from bench.figures import Finding, Row, in_turn, more, note
from kit.words import KitError, _

HEAVY = ("pandas", "plotly", "scipy", "alembic")
LOADED = f"import kit, sys; print(*(name for name in {HEAVY} if name in sys.modules))"
RUNS = 9


def measure() -> list[Finding]:
    scripts = ("import kit", "pass", "import kit; kit.open_book", "import pandas")
    seconds = in_turn([lambda script=script: _seconds(script) for script in scripts], RUNS)
    kit, bare, opened, pandas = (
        Row(f"python -c '{script}'", runs, "s") for script, runs in zip(scripts, seconds, strict=True)
    )
    heavy = _run(LOADED).split()
    return [
        more(kit, bare, 0.35),
        note(opened, pandas, told=_("Beside them, for comparison.")),
        Finding([], _("Aim: loads no pandas, plotly, scipy or alembic."), not heavy,
                _("Here: {names}.").format(names=", ".join(heavy) or _("none"))),
    ]  # fmt: skip


def _seconds(script: str) -> float:
    began = time.perf_counter()
    _run(script)
    return time.perf_counter() - began


def _run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        raise KitError(_("`{script}` did not run: {why}").format(script=script, why=done.stderr.strip()[-200:]))
    return done.stdout
